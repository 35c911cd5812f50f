//! The body of a request that pushes statements with the data of their attachments, within the memory budget.
//!
//! A statement may name any number of attachments that are kept already, without sending their data again. So what a
//! statement is sent with is bounded by the budget, not by what the statement was received with.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::multipart::Writing;
use super::push::Outgoing;
use super::run::{Halt, Run, halted};
use super::wire::WireError;
use store::{KeptAttachment, whole};

/// What one request may have of the memory budget for the data of attachments: this part. The budget has room for as many
/// bodies of requests at least, so what was received in one body is sent in one.
const PART: usize = 4;

/// What is sent of some statements.
pub(super) enum Body {
    /// The media type and the bytes.
    Ready(String, Bytes),
    /// The data of the attachments is longer than this server sends at once; both lengths in bytes.
    TooLong { data: u64, most: usize },
}

impl Run {
    /// The body with `json`, which is the text of the statements of `slice`, and the data of their attachments, each once. The
    /// memory is reserved before data is read, and held as long as the body.
    ///
    /// # Errors
    /// [`Halt::Answer`] where other requests hold the memory now.
    pub(super) async fn body(&self, slice: &[Outgoing], json: Vec<u8>) -> Result<Body, Halt> {
        let each: BTreeMap<&str, &KeptAttachment> = slice
            .iter()
            .flat_map(|it| &it.attachments)
            .map(|kept| (kept.sha2.as_str(), kept))
            .collect();
        if each.is_empty() {
            return Ok(Body::Ready("application/json".to_owned(), json.into()));
        }
        let memory = &self.works.memory;
        let lengths = || each.values().map(|kept| kept.bytes);
        let (data, most) = (lengths().fold(0, u64::saturating_add), memory.size() / PART);
        // The body, and the one whose data was just read.
        let needed = data.saturating_add(lengths().fold(0, u64::max));
        let (Ok(length), Ok(needed)) = (usize::try_from(data), usize::try_from(needed)) else {
            return Ok(Body::TooLong { data, most });
        };
        if length > most {
            return Ok(Body::TooLong { data, most });
        }
        let reserved = memory.reserve(needed).map_err(|_| halted(&WireError::Memory))?;
        let mut writing = Writing::begin(&json, length);
        for kept in each.into_values() {
            writing.add(&whole(&*self.works.store, kept).await?);
        }
        let (kind, body) = writing.end();
        Ok(Body::Ready(kind, reserved.hold(body)))
    }
}
