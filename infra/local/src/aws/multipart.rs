//! Files that are sent in parts, until they are complete. They are forgotten when the process ends, as S3 forgets them some day.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use s3s::{S3Result, s3_error};

use super::{objects::Incoming, random};

/// The least size of a part that is not the last.
const PART_LEAST: u64 = 5 * 1024 * 1024;

/// The uploads that are under way, by their ids.
#[derive(Default)]
pub(super) struct Uploads(Mutex<HashMap<String, Upload>>);

/// One of them.
struct Upload {
    bucket: String,
    key: String,
    content_type: String,
    parts: BTreeMap<i32, Part>,
}

/// A part that has arrived.
pub(super) struct Part {
    pub(super) size: u64,
    pub(super) etag: String,
    pub(super) incoming: Incoming,
}

impl Uploads {
    /// Begins an upload, and answers with its id.
    pub(super) fn begin(&self, bucket: &str, key: &str, content_type: String) -> String {
        let id = random::letters(32);
        let upload = Upload { bucket: bucket.to_owned(), key: key.to_owned(), content_type, parts: BTreeMap::new() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), upload);
        id
    }

    /// Keeps a part; one of the same number is replaced.
    pub(super) fn part(&self, bucket: &str, key: &str, id: &str, number: i32, part: Part) -> S3Result<()> {
        if !(1..=10_000).contains(&number) {
            return Err(s3_error!(InvalidArgument, "Part numbers go from 1 to 10000."));
        }
        let mut uploads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let upload = uploads.get_mut(id).filter(|upload| upload.bucket == bucket && upload.key == key);
        upload.ok_or_else(|| s3_error!(NoSuchUpload))?.parts.insert(number, part);
        Ok(())
    }

    /// Ends an upload, and answers with its content type and the parts that `named` names by number and tag, in their order.
    pub(super) fn finish(&self, bucket: &str, key: &str, id: &str, named: &[(i32, String)]) -> S3Result<(String, Vec<Part>)> {
        let mut uploads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let upload =
            uploads.get(id).filter(|upload| upload.bucket == bucket && upload.key == key).ok_or_else(|| s3_error!(NoSuchUpload))?;
        if named.is_empty() {
            return Err(s3_error!(MalformedXML));
        }
        if named.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(s3_error!(InvalidPartOrder));
        }
        for (place, (number, tag)) in named.iter().enumerate() {
            let part = upload.parts.get(number).filter(|part| part.etag == *tag).ok_or_else(|| s3_error!(InvalidPart))?;
            if part.size < PART_LEAST && place + 1 < named.len() {
                return Err(s3_error!(EntityTooSmall));
            }
        }
        let mut upload = uploads.remove(id).ok_or_else(|| s3_error!(NoSuchUpload))?;
        let parts = named.iter().filter_map(|(number, _)| upload.parts.remove(number)).collect();
        Ok((upload.content_type, parts))
    }
}
