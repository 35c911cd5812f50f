//! Fields of the documents that this engine wrote. A field that is missing or of another type is
//! [`StoreError::Corrupt`]: another program wrote the document.

use mongodb::bson::oid::ObjectId;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, Document};
use uuid::Uuid;

use store::{Result, StoreError};
use xapi::instant::Instant;

fn corrupt(name: &str) -> StoreError {
    StoreError::Corrupt(format!("a document of the database lacks a good field `{name}`"))
}

/// The field `name`, of any type.
pub(super) fn any<'a>(document: &'a Document, name: &str) -> Result<&'a Bson> {
    document.get(name).ok_or_else(|| corrupt(name))
}

/// The integer `name`. Servers may give back a small one as 32 bits.
pub(super) fn integer(document: &Document, name: &str) -> Result<i64> {
    match document.get(name) {
        Some(Bson::Int64(number)) => Ok(*number),
        Some(Bson::Int32(number)) => Ok(i64::from(*number)),
        _ => Err(corrupt(name)),
    }
}

pub(super) fn instant(document: &Document, name: &str) -> Result<Instant> {
    integer(document, name).map(Instant::from_micros)
}

pub(super) fn boolean(document: &Document, name: &str) -> Result<bool> {
    document.get_bool(name).map_err(|_| corrupt(name))
}

pub(super) fn text(document: &Document, name: &str) -> Result<String> {
    document.get_str(name).map(str::to_owned).map_err(|_| corrupt(name))
}

/// The texts in the list `name`.
pub(super) fn texts<'a>(document: &'a Document, name: &str) -> Result<Vec<&'a str>> {
    let list = document.get_array(name).map_err(|_| corrupt(name))?;
    list.iter().map(|entry| entry.as_str().ok_or_else(|| corrupt(name))).collect()
}

pub(super) fn object_id(document: &Document, name: &str) -> Result<ObjectId> {
    document.get_object_id(name).map_err(|_| corrupt(name))
}

/// The integers in the list `name`.
pub(super) fn integers(document: &Document, name: &str) -> Result<Vec<i64>> {
    let list = document.get_array(name).map_err(|_| corrupt(name))?;
    let integer = |entry: &Bson| match entry {
        Bson::Int64(number) => Ok(*number),
        Bson::Int32(number) => Ok(i64::from(*number)),
        _ => Err(corrupt(name)),
    };
    list.iter().map(integer).collect()
}

/// The documents in the list `name`.
pub(super) fn documents<'a>(document: &'a Document, name: &str) -> Result<Vec<&'a Document>> {
    let list = document.get_array(name).map_err(|_| corrupt(name))?;
    list.iter().map(|entry| entry.as_document().ok_or_else(|| corrupt(name))).collect()
}

pub(super) fn uuid(document: &Document, name: &str) -> Result<Uuid> {
    let Some(Bson::Binary(binary)) = document.get(name) else { return Err(corrupt(name)) };
    Uuid::from_slice(&binary.bytes).map_err(|_| corrupt(name))
}

/// The ids in the list `name`.
pub(super) fn uuids(document: &Document, name: &str) -> Result<Vec<Uuid>> {
    let list = document.get_array(name).map_err(|_| corrupt(name))?;
    let uuid = |entry: &Bson| match entry {
        Bson::Binary(binary) => Uuid::from_slice(&binary.bytes).map_err(|_| corrupt(name)),
        _ => Err(corrupt(name)),
    };
    list.iter().map(uuid).collect()
}

/// The object ids in the list `name`.
pub(super) fn object_ids(document: &Document, name: &str) -> Result<Vec<ObjectId>> {
    let list = document.get_array(name).map_err(|_| corrupt(name))?;
    list.iter().map(|entry| entry.as_object_id().ok_or_else(|| corrupt(name))).collect()
}

/// An id as the database keeps it: 16 bytes.
pub(super) fn of_uuid(id: Uuid) -> Bson {
    binary(BinarySubtype::Uuid, id.as_bytes())
}

pub(super) fn of_bytes(bytes: &[u8]) -> Bson {
    binary(BinarySubtype::Generic, bytes)
}

fn binary(subtype: BinarySubtype, bytes: &[u8]) -> Bson {
    Bson::Binary(Binary { subtype, bytes: bytes.to_vec() })
}
