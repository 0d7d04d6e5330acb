//! Texts that people write: trimmed, never empty, not longer than their place, no control characters but line breaks.
//! All faults of a body are gathered, so that they can be told at once.

use crate::kernel::{Error, Fault, Result};

pub const LONGEST_TITLE: usize = 200;
pub const LONGEST_QUESTION: usize = 5_000;
pub const LONGEST_ANSWER: usize = 20_000;
pub const LONGEST_BASIS: usize = 300;
pub const MOST_BASES: usize = 20;

/// The faults found so far.
#[derive(Default)]
pub struct Reading {
    faults: Vec<Fault>,
}

impl Reading {
    pub fn text(&mut self, pointer: &str, text: &str, longest: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.fault(pointer, "words.empty", "Cần ghi nội dung.", "Something must be written here.");
        }
        if text.chars().count() > longest {
            let (vi, en) =
                (format!("Nội dung dài quá {longest} ký tự."), format!("At most {longest} characters."));
            self.faults.push(Fault::new(pointer, "words.too_long", vi, en));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.fault(
                pointer,
                "words.control",
                "Nội dung có ký tự điều khiển.",
                "Control characters are not taken.",
            );
        }
        text.to_owned()
    }

    pub fn legal_basis(&mut self, bases: &[String]) -> Vec<String> {
        if bases.len() > MOST_BASES {
            self.fault("/legal_basis", "too_many", "Quá nhiều căn cứ pháp lý.", "Too many legal texts.");
        }
        let each = bases.iter().take(MOST_BASES).enumerate();
        each.map(|(index, basis)| self.text(&format!("/legal_basis/{index}"), basis, LONGEST_BASIS)).collect()
    }

    pub fn fault(&mut self, pointer: &str, code: &str, vi: &str, en: &str) {
        self.faults.push(Fault::new(pointer, code, vi, en));
    }

    pub fn finish(self) -> Result<()> {
        if self.faults.is_empty() { Ok(()) } else { Err(Error::invalid(self.faults)) }
    }
}
