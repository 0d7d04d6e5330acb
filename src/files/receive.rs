//! Receiving one file, from the network to the object store, with every limit held while it is read.
//!
//! What must stay true: no more than the limit is ever read; the row in `uploads` is written before the object, so
//! whatever happens in between is swept; the object becomes visible only when the whole form was read and found
//! good. No transaction is open while bytes travel.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::claims::agreed_name;
use super::scan::Scanner;
use super::sniff::{HEAD_BYTES, Watch};
use super::upload::{Upload, given_name, in_time, next_chunk, read_text, refused_field, unreadable};
use super::{MediaType, Refusal, Verdict, store};
use crate::infra::clock::Moment;
use crate::infra::config;
use crate::infra::crypto::Sha256;
use crate::infra::db::{Conn, Db};
use crate::infra::objects::{Incoming, Objects};
use crate::kernel::ids::FileId;
use crate::kernel::{Error, General, Result};

/// The field that is the file; the others are short texts.
const FILE: &str = "file";
/// What the form weighs beside the file: boundaries, headers, texts.
const FORM_BYTES: u64 = 64 * 1024;
/// The largest file in this time is 23 KiB/s.
const LONGEST_UPLOAD: Duration = Duration::from_secs(15 * 60);
/// Each may hold a part of some megabytes in memory.
const UPLOADS_AT_ONCE: usize = 64;

/// A file that is whole and stored, and belongs to nobody until [`store::keep`].
#[derive(Clone, Debug)]
pub struct Received {
    pub id: FileId,
    pub name: String,
    pub media_type: MediaType,
    pub size_bytes: i64,
    pub sha256: Vec<u8>,
    pub scan_verdict: Verdict,
    /// The short texts that came with it.
    pub fields: BTreeMap<String, String>,
}

impl Received {
    /// What was sent, as one digest: the body's identity for an idempotency key.
    pub fn digest(&self) -> Vec<u8> {
        let mut digest = Sha256::default();
        digest.update(&self.sha256);
        digest.update(self.name.as_bytes());
        for (name, text) in &self.fields {
            digest.update(b"\0");
            digest.update(name.as_bytes());
            digest.update(b"\0");
            digest.update(text.as_bytes());
        }
        digest.finish()
    }

    /// Where a component takes fewer types than the portal.
    pub fn must_be_one_of(&self, media_types: &[String]) -> Result<()> {
        if media_types.iter().any(|code| code == self.media_type.code()) {
            return Ok(());
        }
        Err(Refusal::TypeNotTaken
            .error()
            .with("found", self.media_type.code())
            .with("taken", media_types.to_vec()))
    }
}

/// The hands that receive; one for the whole portal.
#[derive(Clone)]
pub struct Receiver {
    db: Db,
    objects: Objects,
    scanner: Arc<dyn Scanner>,
    limits: config::Files,
    seats: Arc<Semaphore>,
}

/// The form as far as it was read.
#[derive(Default)]
struct Form {
    file: Option<Arriving>,
    fields: BTreeMap<String, String>,
}

struct Arriving {
    id: FileId,
    name: String,
    watch: Watch,
    incoming: Incoming,
    digest: Sha256,
    size: u64,
}

impl Receiver {
    pub fn new(db: Db, objects: Objects, scanner: Arc<dyn Scanner>, limits: config::Files) -> Self {
        Self { db, objects, scanner, limits, seats: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)) }
    }

    /// Takes one file and the short texts named in `text_fields`; anything else in the form is refused.
    pub async fn receive(&self, upload: Upload, text_fields: &[&str], now: Moment) -> Result<Received> {
        if !upload.is_form {
            return Err(Refusal::NotMultipart.error().with("expected", "multipart/form-data"));
        }
        if upload.declared_bytes.is_some_and(|bytes| bytes > self.limits.file_limit_bytes + FORM_BYTES) {
            return Err(self.too_large());
        }
        let Ok(_seat) = self.seats.try_acquire() else {
            return Err(General::Busy.error().retry_after(5));
        };
        let mut form = Form::default();
        let read = timeout(LONGEST_UPLOAD, self.read(upload.multipart, text_fields, now, &mut form)).await;
        let outcome = read.unwrap_or_else(|_| Err(Refusal::Stalled.into()));
        match (outcome, form.file.take()) {
            (Ok(()), Some(file)) => self.finish(file, form.fields).await,
            (Ok(()), None) => Err(Refusal::NoFile.into()),
            (Err(error), Some(file)) => {
                self.abandon(file).await;
                Err(error)
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn read(
        &self,
        mut multipart: Multipart,
        text_fields: &[&str],
        now: Moment,
        form: &mut Form,
    ) -> Result<()> {
        while let Some(field) = in_time(multipart.next()).await?.transpose().map_err(unreadable)? {
            let name: String = field.name().unwrap_or_default().chars().take(64).collect();
            if name == FILE && form.file.is_some() {
                return Err(Refusal::SecondFile.into());
            } else if name == FILE {
                self.read_file(field, now, form).await?;
            } else if !text_fields.contains(&name.as_str()) {
                return Err(refused_field(
                    &name,
                    "unknown_field",
                    "Không có trường này.",
                    "there is no such field",
                ));
            } else {
                let text = read_text(field, &name).await?;
                if form.fields.insert(name.clone(), text).is_some() {
                    return Err(refused_field(
                        &name,
                        "duplicate_field",
                        "Trường bị lặp.",
                        "the field is repeated",
                    ));
                }
            }
        }
        Ok(())
    }

    async fn read_file(&self, field: Field, now: Moment, form: &mut Form) -> Result<()> {
        // Fused: a field that has ended panics when it is asked again.
        let mut field = field.fuse();
        let mut head = BytesMut::new();
        while head.len() < HEAD_BYTES
            && let Some(chunk) = next_chunk(&mut field).await?
        {
            head.extend_from_slice(&chunk);
        }
        if head.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let watch = Watch::begin(&head)?;
        let declared = field.get_ref().content_type().map(ToString::to_string);
        let name = agreed_name(&given_name(field.get_ref()), declared.as_deref(), watch.media_type())?;

        let id = FileId::new();
        self.db.write(move |conn| store::begin(conn, id, now)).await?;
        let incoming = self.objects.begin(id.uuid()).await?;
        let file =
            form.file.insert(Arriving { id, name, watch, incoming, digest: Sha256::default(), size: 0 });
        self.take_in(file, head.freeze()).await?;
        while let Some(chunk) = next_chunk(&mut field).await? {
            self.take_in(file, chunk).await?;
        }
        file.watch.finish()
    }

    async fn take_in(&self, file: &mut Arriving, chunk: Bytes) -> Result<()> {
        file.size += u64::try_from(chunk.len()).map_err(Error::internal)?;
        if file.size > self.limits.file_limit_bytes {
            return Err(self.too_large());
        }
        file.watch.see(&chunk)?;
        file.digest.update(&chunk);
        file.incoming.write(chunk).await
    }

    async fn finish(&self, file: Arriving, fields: BTreeMap<String, String>) -> Result<Received> {
        let size_bytes = i64::try_from(file.size).map_err(Error::internal)?;
        let media_type = file.watch.media_type();
        file.incoming.finish().await?;
        let scan_verdict = self.scanner.scan(&self.objects, file.id).await?;
        if scan_verdict == Verdict::Infected {
            self.objects.remove(file.id.uuid()).await?;
            return Err(Refusal::Infected.into());
        }
        Ok(Received {
            id: file.id,
            name: file.name,
            media_type,
            size_bytes,
            sha256: file.digest.finish(),
            scan_verdict,
            fields,
        })
    }

    /// Runs the transaction that keeps what was received. When it refuses, the bytes go at once: refusals must
    /// not fill the disk.
    pub async fn keep<T: Send + 'static>(
        &self,
        received: Received,
        work: impl Fn(&mut Conn, &Received) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let id = received.id;
        let kept = self.db.write(move |conn| work(conn, &received)).await;
        // After a fault of ours it may have been kept all the same: the sweep will know.
        if kept.as_ref().is_err_and(|error| error.code().status < 500 && !error.is(Refusal::UploadGone)) {
            let tidied = self.objects.remove(id.uuid()).await;
            self.forget(id, tidied).await;
        }
        kept
    }

    async fn abandon(&self, file: Arriving) {
        let tidied = file.incoming.abandon().await;
        self.forget(file.id, tidied).await;
    }

    /// What cannot be tidied now is tidied by the sweep.
    async fn forget(&self, id: FileId, tidied: Result<()>) {
        let forgotten = match tidied {
            Ok(()) => self.db.write(move |conn| store::forget(conn, id)).await,
            Err(error) => Err(error),
        };
        if let Err(error) = forgotten {
            tracing::warn!(event = "upload_left_to_the_sweep", file_id = %id, cause = format!("{error:?}"));
        }
    }

    fn too_large(&self) -> Error {
        Refusal::TooLarge.error().with("limit_bytes", self.limits.file_limit_bytes)
    }
}
