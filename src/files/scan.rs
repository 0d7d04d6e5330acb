//! The scanner for malicious code, behind one trait. The portal ships [`NoScanner`]: it says `not_scanned`, and
//! so does the receipt. A clamd or ICAP adapter implements the same trait and is chosen at start-up.

use std::future::Future;
use std::pin::Pin;

use super::Verdict;
use crate::infra::objects::Objects;
use crate::kernel::Result;
use crate::kernel::ids::FileId;

pub type Scanning<'a> = Pin<Box<dyn Future<Output = Result<Verdict>> + Send + 'a>>;

/// Looks at an object that is whole and not yet visible to anybody.
pub trait Scanner: Send + Sync {
    fn scan<'a>(&'a self, objects: &'a Objects, id: FileId) -> Scanning<'a>;
}

pub struct NoScanner;

impl Scanner for NoScanner {
    fn scan<'a>(&'a self, _: &'a Objects, _: FileId) -> Scanning<'a> {
        Box::pin(async { Ok(Verdict::NotScanned) })
    }
}
