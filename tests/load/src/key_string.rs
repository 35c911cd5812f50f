//! How long an entry of an index is in the key format of `MongoDB`, `KeyString` V1, before the
//! storage engine leaves out what neighbours have in common.
//!
//! The field values one after another, an end byte, the number of the record, and a byte that
//! says which numbers were 64-bit ones, where there are any. Read from `key_string.cpp`; this is
//! no measurement of a server.

use mongodb::bson::{Bson, Document};

/// The number of a record among 2^26 to 2^34: two bytes hold 10 bits, each other one 8.
const RECORD: usize = 5;
const END: usize = 1;

/// How long the entries are that an index on `fields` has for `document`: one for each different
/// element of a list.
pub(crate) fn entries(document: &Document, fields: &[String]) -> Vec<usize> {
    let mut entries = vec![Entry::default()];
    for field in fields {
        match at(document, field) {
            Some(Bson::Array(list)) => {
                let mut different: Vec<&Bson> = Vec::new();
                for element in list.iter().filter(|it| !matches!(it, Bson::Array(_))) {
                    if !different.contains(&element) {
                        different.push(element);
                    }
                }
                entries = different
                    .into_iter()
                    .flat_map(|element| entries.iter().map(|entry| entry.with(element)))
                    .collect();
            }
            Some(value) => entries = entries.iter().map(|entry| entry.with(value)).collect(),
            None => entries = entries.iter().map(|entry| entry.with(&Bson::Null)).collect(),
        }
    }
    entries.iter().map(Entry::length).collect()
}

/// The value under a dotted name.
fn at<'a>(document: &'a Document, name: &str) -> Option<&'a Bson> {
    match name.split_once('.') {
        Some((first, rest)) => at(document.get_document(first).ok()?, rest),
        None => document.get(name),
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    values: usize,
    is_typed: bool,
}

impl Entry {
    fn with(self, value: &Bson) -> Self {
        Self {
            values: self.values + length(value),
            is_typed: self.is_typed || matches!(value, Bson::Int64(_)),
        }
    }

    fn length(&self) -> usize {
        self.values + END + RECORD + usize::from(self.is_typed)
    }
}

/// A type byte, and the value: numbers without leading zeros and shifted by one bit, text up to
/// its end with a zero, bytes after their count and subtype.
fn length(value: &Bson) -> usize {
    match value {
        Bson::Int64(number) => integer(*number),
        Bson::Int32(number) => integer(i64::from(*number)),
        Bson::ObjectId(_) => 1 + 12,
        Bson::String(text) => 1 + text.len() + 1,
        Bson::Binary(binary) => 1 + 1 + 1 + binary.bytes.len(),
        Bson::DateTime(_) | Bson::Double(_) => 1 + 8,
        // True, false, null and what is missing.
        _ => 1,
    }
}

fn integer(number: i64) -> usize {
    let shifted = u128::from(number.unsigned_abs()) << 1;
    let bits = (u128::BITS - shifted.leading_zeros()) as usize;
    1 + bits.div_ceil(8)
}
