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
use xapi::instant::Instant;
use xapi::prepare::Prepared;

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
    /// The same, of a text that has zeros wherever the statement's `stored` stands. Before the frame: how many such places
    /// there are, in one byte, and the offset of each, in two bytes, the low one first.
    Unstamped = 2,
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
/// See [`body`].
pub(super) fn columns(text: &[u8]) -> Result<(&str, Option<Vec<u8>>)> {
    let packed = pack(text);
    Ok((body(text, packed.as_deref())?, packed))
}

/// What the column `body` gets for a statement's text beside what `packed` gets.
///
/// # Errors
/// [`StoreError::Corrupt`] for a text that is not UTF-8 and not packed.
pub(super) fn body<'t>(text: &'t [u8], packed: Option<&[u8]>) -> Result<&'t str> {
    if packed.is_some() {
        return Ok("");
    }
    let corrupt = |_| StoreError::Corrupt("a statement that is not UTF-8".into());
    Ok(std::str::from_utf8(text).map_err(corrupt)?)
}

/// The text of a statement before it is known when the statement is stored, as the column `packed` has it: so it is packed on
/// the thread of its request, and not on the one thread that writes. `None` where the text stays as it is.
pub(super) fn ahead(statement: &Prepared) -> Option<Vec<u8>> {
    let (text, places) = statement.unstamped();
    let count = u8::try_from(places.len()).ok()?;
    let mut before = vec![Form::Unstamped as u8, count];
    for place in places {
        before.extend(u16::try_from(*place).ok()?.to_le_bytes());
    }
    if count == 0 { pack(text.as_bytes()) } else { packed_after(before, text.as_bytes()) }
}

/// `text` in fewer bytes; `None` where it stays as it is.
fn pack(text: &[u8]) -> Option<Vec<u8>> {
    packed_after(vec![Form::Zstd as u8], text)
}

/// The bytes `before`, and the frame of `text`.
fn packed_after(mut before: Vec<u8>, text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let frame = PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(Compressor::with_prepared_dictionary(&TO_PACK)?),
        };
        let start = before.len();
        before.reserve_exact(text.len());
        let mut frame = io::Cursor::new(before);
        frame.set_position(start as u64);
        // What is not shorter than the text does not fit, which is an error.
        packer.compress_to_buffer(text, &mut frame)?;
        Ok::<_, io::Error>(frame.into_inner())
    });
    let mut packed = frame.ok().filter(|packed| packed.len() < text.len())?;
    packed.shrink_to_fit();
    Some(packed)
}

/// The text of which [`columns`] or [`ahead`] has made `packed`, of a statement that is stored at `stored`.
///
/// # Errors
/// What it was made of cannot be told: a byte of it is another one.
pub(super) fn unpack(packed: &[u8], stored: Instant) -> io::Result<Bytes> {
    let (form, rest) = packed.split_first().ok_or_else(damaged)?;
    if *form == Form::Zstd as u8 {
        return Ok(unpacked(rest)?.into());
    }
    if *form != Form::Unstamped as u8 {
        return Err(damaged());
    }
    let (count, rest) = rest.split_first().ok_or_else(damaged)?;
    let (places, frame) = rest.split_at_checked(2 * usize::from(*count)).ok_or_else(damaged)?;
    let (mut text, stored) = (unpacked(frame)?, stored.to_string());
    for place in places.as_chunks().0 {
        let start = usize::from(u16::from_le_bytes(*place));
        let room = text.get_mut(start..start + stored.len()).ok_or_else(damaged)?;
        room.copy_from_slice(stored.as_bytes());
    }
    Ok(text.into())
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its packed text is damaged")
}

fn unpacked(frame: &[u8]) -> io::Result<Vec<u8>> {
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decompressor::with_prepared_dictionary(&TO_UNPACK)?),
        };
        unpacker.decompress(frame, LONGEST)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use store_testkit::sample::{prepared_by, statement};

    const AT: Instant = Instant::from_micros(1_795_000_000_123_456);

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
            assert_eq!(unpack(&packed, AT).unwrap(), text);
        }
    }

    #[test]
    fn what_an_earlier_version_has_packed_is_read() {
        assert_eq!(unpack(&hex::decode(KEPT).unwrap(), AT).unwrap(), TEXT);
    }

    /// The same text as if it had been packed when it was stored.
    #[test]
    fn what_is_packed_before_it_is_stored_is_unpacked_with_the_instant() {
        let one = prepared_by("key", &statement(7));
        let packed = ahead(&one).unwrap();
        let (text, places) = one.unstamped();
        assert_eq!((packed[0], usize::from(packed[1])), (2, places.len()));
        assert!(!places.is_empty() && packed.len() < text.len());
        for stored in [AT, Instant::from_micros(0)] {
            assert_eq!(unpack(&packed, stored).unwrap(), one.stamped(stored));
        }
        let kept = one.stamp(AT);
        let again = Prepared::again(&kept).unwrap();
        assert_eq!(unpack(&ahead(&again).unwrap(), Instant::from_micros(0)).unwrap(), kept.body);
    }

    #[test]
    fn places_outside_of_the_text_are_damage() {
        let one = prepared_by("key", &statement(7));
        let packed = ahead(&one).unwrap();
        for end in 0..packed.len() {
            assert!(unpack(&packed[..end], AT).map_or(true, |text| text != one.stamped(AT)));
        }
        for bit in 0..packed.len() * 8 {
            let mut packed = packed.clone();
            packed[bit / 8] ^= 1 << (bit % 8);
            assert!(unpack(&packed, AT).map_or(true, |text| text.len() <= LONGEST), "bit {bit}");
        }
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
            assert!(unpack(&packed[..end], AT).map_or(true, |text| text != TEXT), "cut at {end}");
        }
        for bit in 0..packed.len() * 8 {
            let mut packed = packed.clone();
            packed[bit / 8] ^= 1 << (bit % 8);
            assert!(unpack(&packed, AT).map_or(true, |text| text.len() <= LONGEST), "bit {bit}");
        }
    }
}
