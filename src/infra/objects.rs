//! Where file bytes live: any store that `object_store` speaks to; a local folder by default. A key is written
//! once and never reused, so an object that is there is whole.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt};
use uuid::Uuid;

use crate::kernel::{Error, Result};

#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// Where the store is a folder: what a killed process was writing lies beside its place, under a name of its own.
    folder: Option<Arc<Path>>,
}

/// An object on its way in. Dropped without [`Incoming::finish`], nothing becomes visible.
pub struct Incoming {
    upload: Box<dyn MultipartUpload>,
    pending: Vec<Bytes>,
    pending_bytes: usize,
}

/// Parts as small as an S3 store takes.
const PART_BYTES: usize = 5 * 1024 * 1024;

impl Objects {
    pub fn in_folder(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(Error::internal)?;
        // People's papers: what lies under a folder that is closed is closed.
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(Error::internal)?;
        // An object whose row was committed is on the disk, not on its way there.
        let store = LocalFileSystem::new_with_prefix(folder).map_err(Error::internal)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder.into()) })
    }

    pub async fn begin(&self, id: Uuid) -> Result<Incoming> {
        let upload = self.store.put_multipart(&key_of(id)).await.map_err(Error::internal)?;
        Ok(Incoming { upload, pending: Vec::new(), pending_bytes: 0 })
    }

    pub async fn read(&self, id: Uuid) -> Result<BoxStream<'static, Result<Bytes>>> {
        let object = self.store.get(&key_of(id)).await.map_err(Error::internal)?;
        Ok(object.into_stream().map_err(Error::internal).boxed())
    }

    /// Removing what is not there is success: the sweep may come twice.
    pub async fn remove(&self, id: Uuid) -> Result<()> {
        match self.store.delete(&key_of(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(Error::internal(error)),
        }
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let place = folder.join(key_of(id).as_ref());
        tokio::task::spawn_blocking(move || remove_unfinished(&place))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }
}

impl Incoming {
    pub async fn write(&mut self, chunk: Bytes) -> Result<()> {
        self.pending_bytes += chunk.len();
        self.pending.push(chunk);
        if self.pending_bytes >= PART_BYTES {
            self.send_part().await?;
        }
        Ok(())
    }

    pub async fn finish(mut self) -> Result<()> {
        if self.pending_bytes > 0 {
            self.send_part().await?;
        }
        self.upload.complete().await.map_err(Error::internal)?;
        Ok(())
    }

    pub async fn abandon(mut self) -> Result<()> {
        self.upload.abort().await.map_err(Error::internal)
    }

    async fn send_part(&mut self) -> Result<()> {
        let part: object_store::PutPayload = std::mem::take(&mut self.pending).into_iter().collect();
        self.pending_bytes = 0;
        self.upload.put_part(part).await.map_err(Error::internal)
    }
}

/// The library stages `name` as `name#1`, `name#2` and so on.
fn remove_unfinished(place: &Path) -> std::io::Result<()> {
    let (Some(folder), Some(name)) = (place.parent(), place.file_name()) else { return Ok(()) };
    let mut staged = name.to_os_string();
    staged.push("#");
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(staged.as_encoded_bytes()) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Two levels of folders, so that a folder never holds millions.
fn key_of(id: Uuid) -> Key {
    let text = id.simple().to_string();
    let tail: String = text.chars().rev().take(4).collect();
    let (outer, inner): (String, String) = (tail.chars().take(2).collect(), tail.chars().skip(2).collect());
    Key::from_iter([outer.as_str(), inner.as_str(), text.as_str()])
}
