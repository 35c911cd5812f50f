//! The data of attachments, in a folder: each in a file that is named by its hash, with or without an ending.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use http_api::multipart;
use serde_json::Value;
use xapi::attachment::{Attachment, described};

use super::source::Line;
use crate::cli::out;

/// What is sent at once may have attachments of this number of bytes together.
pub(super) const MOST: u64 = 32 << 20;
/// Never stands in an attachment by chance.
const BOUNDARY: &str = "traccia-import-6f1c2a6e8d0b4c0fb3a9f3d1";

/// A folder of attachments.
#[derive(Default)]
pub(super) struct Attached {
    files: HashMap<String, PathBuf>,
}

/// The data of one attachment.
struct Data {
    content_type: String,
    file: PathBuf,
}

impl Attached {
    /// The files in `folder`.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        let mut files = HashMap::new();
        let reading = || out::reading(folder.display());
        for entry in std::fs::read_dir(folder).with_context(reading)? {
            let path = entry.with_context(reading)?.path();
            // A name that is no text is no hash.
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let hash = name.split_once('.').map_or(name, |(hash, _)| hash).to_ascii_lowercase();
            files.insert(hash, path);
        }
        Ok(Self { files })
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many bytes the attachments of these statements have that are there.
    pub(super) fn weight(&self, lines: &[Line]) -> u64 {
        let length = |data: &Data| data.file.metadata().map_or(0, |about| about.len());
        self.data(lines).values().map(length).sum()
    }

    /// The body of a request that sends these statements, and its media type: with the attachments that are there.
    pub(super) fn body(&self, lines: &[Line]) -> anyhow::Result<(String, Vec<u8>)> {
        let texts: Vec<&[u8]> = lines.iter().map(|line| &line.text[..]).collect();
        let statements = [&b"["[..], &texts.join(&b','), b"]"].concat();
        let data = self.data(lines);
        if data.is_empty() {
            return Ok(("application/json".to_owned(), statements));
        }
        let mut body = multipart::opening(BOUNDARY).into_bytes();
        body.extend(statements);
        for (hash, Data { content_type, file }) in data {
            body.extend(multipart::head(BOUNDARY, &content_type, &hash).into_bytes());
            let reading = || out::reading(file.display());
            body.extend(std::fs::read(&file).with_context(reading)?);
        }
        body.extend(multipart::closing(BOUNDARY).into_bytes());
        Ok((format!("multipart/mixed; boundary={BOUNDARY}"), body))
    }

    /// The data of the attachments of one statement that are there.
    pub(super) fn parts(&self, line: &Line) -> anyhow::Result<Vec<Attachment>> {
        let mut parts = Vec::new();
        for (sha2, Data { content_type, file }) in self.data(std::slice::from_ref(line)) {
            let reading = || out::reading(file.display());
            let body = std::fs::read(&file).with_context(reading)?.into();
            parts.push(Attachment { sha2, content_type, body });
        }
        Ok(parts)
    }

    /// By hash.
    fn data(&self, lines: &[Line]) -> BTreeMap<String, Data> {
        let mut found = BTreeMap::new();
        if self.files.is_empty() {
            return found;
        }
        for line in lines
            .iter()
            .filter(|line| memchr::memmem::find(&line.text, b"\"attachments\"").is_some())
        {
            // A line that is no JSON has none; the server says what is wrong with it.
            let value: Value = serde_json::from_slice(&line.text).unwrap_or_default();
            for described in described(&value) {
                let hash = described.sha2.to_ascii_lowercase();
                if let Some(file) = self.files.get(&hash) {
                    let content_type = described.content_type.to_owned();
                    found.insert(hash, Data { content_type, file: file.clone() });
                }
            }
        }
        found
    }
}
