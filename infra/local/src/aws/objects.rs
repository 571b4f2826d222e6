//! Objects on disk: one folder for each key, one folder in it for each version.
//!
//! A key's folder is named by the key's digest, so that no key can name a place of its own; the key itself is written
//! beside the data. A version is made elsewhere and moved into place whole.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use tokio::{fs::File, io::AsyncWriteExt};

use super::{files, random};

/// Where versions are made before they are moved into place.
const INCOMING: &str = ".incoming";

/// What is known of one version of an object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) key: String,
    pub(super) id: String,
    pub(super) size: u64,
    pub(super) content_type: String,
    pub(super) etag: String,
    pub(super) checksum_sha256: Option<String>,
}

/// Why a version was not stored.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error("an object of that key is there already")]
    Exists,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The buckets and their objects.
pub(super) struct Objects {
    root: PathBuf,
    buckets: Vec<String>,
    /// Held while a version is put in its place, so that of two writers one is first.
    placing: Mutex<()>,
}

/// A version that is being written.
pub(super) struct Incoming {
    folder: PathBuf,
    /// The file that takes the object's bytes.
    pub(super) file: File,
}

impl Incoming {
    /// Its bytes so far, to be read from their start.
    pub(super) async fn reread(&self) -> io::Result<File> {
        File::open(self.folder.join("data")).await
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Gone already if the version was placed; else the remains of an upload that failed.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Objects {
    pub(super) fn open(root: PathBuf, buckets: Vec<String>) -> io::Result<Self> {
        for bucket in &buckets {
            let incoming = root.join(bucket).join(INCOMING);
            match fs::remove_dir_all(&incoming) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => files::private_folder(&incoming)?,
            }
        }
        Ok(Self { root, buckets, placing: Mutex::new(()) })
    }

    pub(super) fn has_bucket(&self, bucket: &str) -> bool {
        self.buckets.iter().any(|name| name == bucket)
    }

    /// Begins to write a version.
    pub(super) async fn begin(&self, bucket: &str) -> io::Result<Incoming> {
        let folder = self.root.join(bucket).join(INCOMING).join(random::uuid());
        files::private_folder(&folder)?;
        let file = File::create_new(folder.join("data")).await?;
        Ok(Incoming { folder, file })
    }

    /// Makes a written version durable and the newest of its key; with `only_new` only if the key has none.
    pub(super) async fn place(
        &self,
        bucket: &str,
        mut incoming: Incoming,
        mut version: Version,
        only_new: bool,
    ) -> Result<Version, StoreError> {
        incoming.file.flush().await?;
        incoming.file.sync_all().await?;
        let home = self.home(bucket, &version.key);
        files::private_folder(&home)?;
        let _held = self.placing.lock().unwrap_or_else(PoisonError::into_inner);
        let count = versions(&home)?.len();
        if only_new && count > 0 {
            return Err(StoreError::Exists);
        }
        version.id = format!("{count:08}.{}", random::letters(24));
        files::replace(&incoming.folder.join("object.json"), &serde_json::to_vec(&version).map_err(io::Error::other)?)?;
        let place = home.join(&version.id);
        fs::rename(&incoming.folder, &place)?;
        files::sync_parent(&place)?;
        Ok(version)
    }

    /// What is known of a version, or of the newest; `None` if there is none.
    pub(super) fn find(&self, bucket: &str, key: &str, wanted: Option<&str>) -> io::Result<Option<Version>> {
        let home = self.home(bucket, key);
        let names = versions(&home)?;
        // Looked up among the names that are there: what a caller wrote never becomes part of a path.
        let Some(name) = names.iter().filter(|name| wanted.is_none_or(|wanted| wanted == *name)).max() else {
            return Ok(None);
        };
        let bytes = fs::read(home.join(name).join("object.json"))?;
        Ok(Some(serde_json::from_slice(&bytes)?))
    }

    /// The bytes of a version that `find` has found.
    pub(super) async fn read(&self, bucket: &str, version: &Version) -> io::Result<File> {
        File::open(self.home(bucket, &version.key).join(&version.id).join("data")).await
    }

    /// Deletes a version for good, if it is there.
    pub(super) fn erase(&self, bucket: &str, key: &str, id: &str) -> io::Result<()> {
        let home = self.home(bucket, key);
        let _held = self.placing.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked up among the names that are there: what a caller wrote never becomes part of a path.
        let Some(name) = versions(&home)?.into_iter().find(|name| name == id) else { return Ok(()) };
        fs::remove_dir_all(home.join(name))?;
        if versions(&home)?.is_empty() {
            fs::remove_dir(home)?;
        }
        Ok(())
    }

    fn home(&self, bucket: &str, key: &str) -> PathBuf {
        let name = Bytes::copy_from_slice(digest(&SHA256, key.as_bytes()).as_ref());
        self.root.join(bucket).join(format!("{name:x}"))
    }
}

fn versions(home: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(home) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Whether a key is one that the product could have made: no empty, `.` or `..` segment, nothing absolute.
pub(super) fn key_is_plain(key: &str) -> bool {
    !key.is_empty()
        && !key.contains(|c: char| c == '\\' || c.is_control())
        && key.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_could_name_a_place_elsewhere_are_not_plain() {
        for key in ["../a", "a/../b", "/a", "a//b", "a/.", "..", "a\\b", "a\0b", ""] {
            assert!(!key_is_plain(key), "{key:?}");
        }
        for key in ["firm/client/document", "a..b", "über.pdf"] {
            assert!(key_is_plain(key), "{key:?}");
        }
    }
}
