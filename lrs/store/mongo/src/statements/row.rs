//! A statement as a document: `_id`, `stored` in microseconds, `keys`, `body`, `crc`, and for one that
//! refers to another `refers` and `voids`: whether it voids that one. A version before wrote no `crc`. A statement that was
//! removed has other fields: see [`super::remove`].

use std::collections::BTreeSet;

use bytes::Bytes;
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use super::key::Key;
use crate::blob::{Blobs, Holder};
use crate::field;
use store::inheritance::Link;
use store::{Result, StoreError, checksum};
use xapi::instant::Instant;
use xapi::prepare::Prepared;
use xapi::stored::Stored;

/// The document of `statement`, stored at `stored`.
pub(super) async fn document(
    statement: &Prepared,
    stored: Instant,
    blobs: &Blobs,
    holder: Holder,
) -> Result<Document> {
    let keys: BTreeSet<Key> = statement.keys.iter().map(Key::from_index).collect();
    let text = statement.stamped(stored);
    let crc = checksum::of_statement(statement.id, stored, statement.voiding, text.as_bytes());
    let mut document = doc! {
        "_id": field::of_uuid(statement.id),
        "stored": stored.micros(),
        "keys": keys.into_iter().map(Key::to_bson).collect::<Vec<_>>(),
        "body": blobs.text_field(&text, holder).await?,
        "crc": i64::from(crc),
    };
    if let Some(target) = statement.target {
        document.insert("refers", field::of_uuid(target));
        document.insert("voids", statement.voiding);
    }
    Ok(document)
}

/// The projection without keys, which may be longer than all other fields together.
pub(super) fn without_keys() -> Document {
    doc! {"keys": 0}
}

/// What [`is_voiding`] and a place in the log need, without the text.
pub(super) fn mark() -> Document {
    doc! {"stored": 1, "voids": 1}
}

/// The fields that [`link`] needs beside `_id`.
pub(super) const LINK: [&str; 2] = ["stored", "refers"];

/// The link of a statement whose text has `length` bytes.
pub(super) fn link(document: &Document, length: usize) -> Result<Link> {
    Ok(Link {
        id: field::uuid(document, "_id")?,
        stored: field::instant(document, "stored")?,
        target: target(document)?,
        length,
    })
}

/// The keys of a document, in which those that the statement inherited stand beside its own.
pub(super) fn keys(document: &Document) -> Result<BTreeSet<Key>> {
    if is_removed(document) {
        return Ok(BTreeSet::new());
    }
    let corrupt = || StoreError::Corrupt("a statement's list of keys cannot be read".into());
    let keys = document.get_array("keys").map_err(|_| corrupt())?;
    keys.iter().map(|key| Key::from_bson(key).ok_or_else(corrupt)).collect()
}

/// Whether a document is what is left of a statement that an erasure removed.
pub(super) fn is_removed(document: &Document) -> bool {
    document.contains_key("removed")
}

/// The statement that a document's statement refers to.
pub(super) fn target(document: &Document) -> Result<Option<Uuid>> {
    document.contains_key("refers").then(|| field::uuid(document, "refers")).transpose()
}

/// Whether it is a voiding statement.
pub(super) fn is_voiding(document: &Document) -> bool {
    matches!(document.get("voids"), Some(Bson::Boolean(true)))
}

/// The statement of a document, where it is as it was written.
pub(super) async fn statement(document: &Document, blobs: &Blobs) -> Result<Stored> {
    let (id, stored) = (field::uuid(document, "_id")?, field::instant(document, "stored")?);
    let body: Bytes = blobs.bytes(document, "body").await.map_err(|error| match error {
        StoreError::Corrupt(reason) => StoreError::Unreadable { id: Some(id), stored, reason },
        other => other,
    })?;
    let crc = document.contains_key("crc").then(|| field::integer(document, "crc")).transpose()?;
    checksum::checked(Stored { id, stored, body }, is_voiding(document), crc)
}
