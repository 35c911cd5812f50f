//! Whether what is read is what was written. Disks, cables and memory flip bits, and no engine notices all of them.
//!
//! A checksum is a CRC-32: it finds every single flipped bit and every burst of up to 32 bits, at several gigabytes a
//! second. Rows of a version before have none; of a statement without one it is known at least that it is JSON.

use crc32fast::Hasher;
use serde::de::IgnoredAny;
use uuid::Uuid;

use super::{Result, StoreError};
use xapi::document::{Document, DocumentKey, Resource};
use xapi::instant::Instant;
use xapi::stored::Stored;

/// The checksum of a statement's id, its `stored`, whether it voids, and its text.
pub fn of_statement(id: Uuid, stored: Instant, voiding: bool, body: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(id.as_bytes());
    hasher.update(&stored.micros().to_le_bytes());
    hasher.update(&[u8::from(voiding)]);
    hasher.update(body);
    hasher.finalize()
}

/// The checksum of a document, its address included.
pub fn of_document(key: &DocumentKey, document: &Document) -> u32 {
    let mut hasher = Hasher::new();
    let DocumentKey { shelf, id } = key;
    for part in [&shelf.activity, &shelf.agent, id, &document.content_type] {
        hasher.update(&part.len().to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(shelf.registration.unwrap_or_default().as_bytes());
    hasher.update(&[number(shelf.resource)]);
    hasher.update(&document.updated.micros().to_le_bytes());
    hasher.update(&document.body);
    hasher.finalize()
}

/// A number that never changes: kept checksums are made of it.
const fn number(resource: Resource) -> u8 {
    match resource {
        Resource::State => 0,
        Resource::ActivityProfile => 1,
        Resource::AgentProfile => 2,
    }
}

/// The statement as it was read, where it is as it was written with this `checksum`.
///
/// # Errors
/// [`StoreError::Unreadable`], which names the statement.
pub fn checked(kept: Stored, voiding: bool, checksum: Option<i64>) -> Result<Stored> {
    let Stored { id, stored, body } = &kept;
    let reason = match checksum {
        Some(checksum) => (checksum != i64::from(of_statement(*id, *stored, voiding, body)))
            .then(|| "it is not as it was written (its checksum is another one)".to_owned()),
        None => serde_json::from_slice::<IgnoredAny>(body).err().map(|error| error.to_string()),
    };
    match reason {
        None => Ok(kept),
        Some(reason) => Err(StoreError::Unreadable { id: Some(*id), stored: *stored, reason }),
    }
}

/// The document as it was read, where it is as it was written with this `checksum`.
///
/// # Errors
/// [`StoreError::Corrupt`], which names the document.
pub fn checked_document(
    key: &DocumentKey,
    document: Document,
    checksum: Option<i64>,
) -> Result<Document> {
    if checksum.is_none_or(|checksum| checksum == i64::from(of_document(key, &document))) {
        return Ok(document);
    }
    let DocumentKey { shelf, id } = key;
    Err(StoreError::Corrupt(format!(
        "the document `{id}` of activity `{}`, agent `{}` is not as it was written (its checksum is another one)",
        shelf.activity, shelf.agent
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use xapi::document::Shelf;

    fn statement() -> Stored {
        let body = r#"{"id":"x","result":{"response":"yes"}}"#.into();
        Stored { id: Uuid::from_u128(7), stored: Instant::from_micros(1_795_000_000_000_000), body }
    }

    fn sum(kept: &Stored, voiding: bool) -> i64 {
        of_statement(kept.id, kept.stored, voiding, &kept.body).into()
    }

    #[test]
    fn any_bit_of_a_statement_that_flips_is_noticed() {
        let kept = statement();
        let sum = sum(&kept, false);
        let checksum = Some(sum);
        assert!(checked(kept.clone(), false, checksum).is_ok());
        assert!(checked(kept.clone(), true, checksum).is_err());
        assert!(checked(kept.clone(), false, Some(sum ^ 1)).is_err());
        assert!(checked(kept.clone(), false, Some(sum ^ 1 << 40)).is_err());
        for bit in 0..kept.body.len() * 8 {
            let mut body = kept.body.to_vec();
            body[bit / 8] ^= 1 << (bit % 8);
            let flipped = Stored { body: body.into(), ..kept.clone() };
            let error = checked(flipped, false, checksum).unwrap_err();
            assert!(error.to_string().contains(&kept.id.to_string()), "{error}");
        }
        for bit in 0..64 {
            let stored = Instant::from_micros(kept.stored.micros() ^ 1 << bit);
            assert!(checked(Stored { stored, ..kept.clone() }, false, checksum).is_err());
        }
        for bit in 0..128 {
            let id = Uuid::from_u128(kept.id.as_u128() ^ 1 << bit);
            assert!(checked(Stored { id, ..kept.clone() }, false, checksum).is_err());
        }
    }

    #[test]
    fn a_statement_without_a_checksum_is_json_at_least() {
        assert!(checked(statement(), false, None).is_ok());
        for broken in [&b"{\"id\":\"x\""[..], b"{\"id\":\xff}", b"", b"{} {}"] {
            let body = bytes::Bytes::from_static(broken);
            let error = checked(Stored { body, ..statement() }, false, None).unwrap_err();
            assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
        }
    }

    #[test]
    fn a_document_that_is_not_as_it_was_written_is_named() {
        let shelf = Shelf {
            resource: Resource::State,
            activity: "https://a.example/a".into(),
            agent: "mbox::mailto:p@x.example".into(),
            registration: None,
        };
        let key = DocumentKey { shelf, id: "bookmark".into() };
        let document = Document {
            content_type: "text/plain".into(),
            body: "page 7".into(),
            updated: Instant::from_micros(5),
        };
        let checksum = Some(i64::from(of_document(&key, &document)));
        assert!(checked_document(&key, document.clone(), checksum).is_ok());
        assert!(checked_document(&key, document.clone(), None).is_ok());
        for other in [
            Document { body: "page 6".into(), ..document.clone() },
            Document { content_type: "text/plaim".into(), ..document.clone() },
            Document { updated: Instant::from_micros(4), ..document.clone() },
        ] {
            let error = checked_document(&key, other, checksum).unwrap_err().to_string();
            assert!(error.contains("`bookmark`") && error.contains(&key.shelf.activity), "{error}");
        }
        let elsewhere = DocumentKey { id: "bookmarl".into(), ..key };
        assert!(checked_document(&elsewhere, document, checksum).is_err());
    }
}
