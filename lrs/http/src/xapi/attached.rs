//! A multipart/mixed answer (Communication 1.5.2) whose attachments are read from the store in pieces, as the client
//! takes them: what such an answer holds does not depend on how much there is, nor on how slowly it is read.

use std::mem;
use std::vec::IntoIter;

use axum::body::Body;
use bytes::Bytes;
use futures::stream;

use crate::multipart;
use service::memory::{Exhausted, Memory, Reserved};
use service::record::{Record, RecordError};
use store::{KeptAttachment, PIECE};

/// The statements and attachments of an answer under a boundary that does not occur in them.
pub(super) struct Answer {
    pub(super) boundary: String,
    /// The statements, which hold their memory.
    pub(super) json: Bytes,
    pub(super) attachments: Vec<KeptAttachment>,
}

impl Answer {
    /// How many bytes there are of it.
    pub(super) fn length(&self) -> u64 {
        let Self { boundary, json, attachments } = self;
        let around = multipart::opening(boundary).len() + multipart::closing(boundary).len();
        let heads = attachments.iter().map(|kept| {
            multipart::head(boundary, &kept.content_type, &kept.sha2).len() as u64 + kept.bytes
        });
        heads.sum::<u64>() + (around + json.len()) as u64
    }

    /// The answer as a body, and the memory that this takes until it is sent. An error of the store ends the body early
    /// and is logged: the status was sent long before.
    pub(super) fn body(self, record: Record, memory: &Memory) -> Result<Body, Exhausted> {
        let Self { boundary, json, attachments } = self;
        let largest = attachments.iter().map(|kept| kept.bytes).max().unwrap_or_default();
        let piece = usize::try_from(largest).unwrap_or(PIECE).min(PIECE);
        // One piece is on its way to the client while the next is read.
        let held = memory.reserve(2 * piece)?;
        let opening = Bytes::from(multipart::opening(&boundary));
        let left = vec![json, opening];
        let attachments = attachments.into_iter();
        let writing = Writing {
            record,
            boundary,
            left,
            attachments,
            at: None,
            is_closed: false,
            _held: held,
        };
        Ok(Body::from_stream(stream::try_unfold(writing, async |mut writing| {
            let next = writing.next().await.inspect_err(|error| {
                tracing::error!(%error, "an answer with attachments ends early");
            })?;
            Ok::<_, RecordError>(next.map(|bytes| (bytes, writing)))
        })))
    }
}

/// An answer, as far as it is not sent.
struct Writing {
    record: Record,
    boundary: String,
    /// What is there already, the first last.
    left: Vec<Bytes>,
    attachments: IntoIter<KeptAttachment>,
    /// The attachment that is read, and from where on.
    at: Option<(KeptAttachment, u64)>,
    is_closed: bool,
    _held: Reserved,
}

impl Writing {
    /// The next bytes; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, RecordError> {
        if let Some(bytes) = self.left.pop() {
            return Ok(Some(bytes));
        }
        if let Some((kept, from)) = self.at.take_if(|(kept, from)| *from < kept.bytes) {
            let piece = self.record.attachment_data(&kept, from).await?;
            let from = from.saturating_add(piece.len() as u64);
            self.at = Some((kept, from));
            return Ok(Some(piece));
        }
        self.at = self.attachments.next().map(|kept| (kept, 0));
        if let Some((kept, _)) = &self.at {
            let head = multipart::head(&self.boundary, &kept.content_type, &kept.sha2);
            return Ok(Some(head.into()));
        }
        let is_closed = mem::replace(&mut self.is_closed, true);
        Ok((!is_closed).then(|| multipart::closing(&self.boundary).into()))
    }
}
