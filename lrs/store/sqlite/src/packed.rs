//! Texts of statements, made shorter where they lie in their table: fewer bytes are written, kept and read.
//!
//! Each text is compressed by itself, so that a statement is read without its neighbours and an erased one leaves nothing
//! behind in others. What most statements have in common is in a dictionary that is part of the program: one that was made
//! of statements would keep what they say about people.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;

use bytes::Bytes;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use self::dictionary::DICTIONARY;
use crate::failure::Result;
use store::StoreError;

mod dictionary;

/// Of zstd: the quickest. Level 3 makes a text 4 % shorter than this.
const LEVEL: i32 = 1;
/// Longer texts, of which there are few, stay as they are.
const LONGEST: usize = 64 << 10;

/// The first byte of what is packed: how to unpack it. Another dictionary is one more form.
#[repr(u8)]
enum Form {
    /// A frame of zstd with [`DICTIONARY`].
    Zstd = 1,
}

static TO_PACK: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY.as_bytes(), LEVEL));
static TO_UNPACK: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY.as_bytes()));

thread_local! {
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// What the columns `body` and `packed` get for a statement's text.
///
/// # Errors
/// [`StoreError::Corrupt`] for a text that is not UTF-8.
pub(super) fn columns(text: &[u8]) -> Result<(&str, Option<Vec<u8>>)> {
    let body = std::str::from_utf8(text)
        .map_err(|_| StoreError::Corrupt("a statement that is not UTF-8".into()))?;
    let packed = pack(text);
    Ok((if packed.is_some() { "" } else { body }, packed))
}

/// `text` in fewer bytes; `None` where it stays as it is.
fn pack(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let frame = PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(Compressor::with_prepared_dictionary(&TO_PACK)?),
        };
        let mut packed = Vec::with_capacity(1 + text.len());
        packed.push(Form::Zstd as u8);
        let mut frame = io::Cursor::new(packed);
        frame.set_position(1);
        // What is not shorter than the text does not fit, which is an error.
        packer.compress_to_buffer(text, &mut frame)?;
        Ok::<_, io::Error>(frame.into_inner())
    });
    frame.ok().filter(|packed| packed.len() < text.len())
}

/// The text of which [`pack`] has made `packed`.
///
/// # Errors
/// What it was made of cannot be told: a byte of it is another one.
pub(super) fn unpack(packed: &[u8]) -> io::Result<Bytes> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "its packed text is damaged");
    let (form, frame) = packed.split_first().ok_or_else(damaged)?;
    if *form != Form::Zstd as u8 {
        return Err(damaged());
    }
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decompressor::with_prepared_dictionary(&TO_UNPACK)?),
        };
        unpacker.decompress(frame, LONGEST).map(Bytes::from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"actor":{"mbox":"mailto:a@x.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"}}"#;

    /// What the program `zstd -1 --no-check` makes of [`TEXT`] with the dictionary, after the number of the form. A dictionary
    /// that changes is noticed here.
    const KEPT: &str =
        "0128b52ffd2060150100907b6140782e6578616d706c65226564227d7d04003b4506282447695596400b9caf";

    #[test]
    fn what_is_packed_is_unpacked_and_shorter() {
        let long = TEXT.repeat(LONGEST / TEXT.len());
        for text in [TEXT, &long] {
            let (body, packed) = columns(text.as_bytes()).unwrap();
            let packed = packed.unwrap();
            assert!(body.is_empty() && packed.len() < text.len() / 2, "{}", packed.len());
            assert_eq!(unpack(&packed).unwrap(), text);
        }
    }

    #[test]
    fn what_an_earlier_version_has_packed_is_read() {
        assert_eq!(unpack(&hex::decode(KEPT).unwrap()).unwrap(), TEXT);
    }

    #[test]
    fn what_would_not_be_shorter_or_is_long_stays_as_it_is() {
        let long = "x".repeat(LONGEST + 1);
        for text in ["", "7", "\u{1}q\u{2}w\u{3}e\u{4}r", &long] {
            assert_eq!(columns(text.as_bytes()).unwrap(), (text, None));
        }
        assert!(columns(b"\xff").is_err());
    }

    /// Of changed bytes comes an error or another text, which the checksum of the row tells; never a panic, never more than
    /// the longest text.
    #[test]
    fn what_is_damaged_is_an_error_or_another_text() {
        let packed = pack(TEXT.as_bytes()).unwrap();
        for end in 0..packed.len() {
            assert!(unpack(&packed[..end]).map_or(true, |text| text != TEXT), "cut at {end}");
        }
        for bit in 0..packed.len() * 8 {
            let mut packed = packed.clone();
            packed[bit / 8] ^= 1 << (bit % 8);
            assert!(unpack(&packed).map_or(true, |text| text.len() <= LONGEST), "bit {bit}");
        }
    }
}
