//! Texts of statements, made shorter where they lie in their table: fewer bytes are written, kept and read.
//!
//! Each text is compressed by itself, so that a statement is read without its neighbours and an erased one leaves nothing
//! behind in others. What most statements have in common is in a dictionary that is part of the program: one that was made
//! of a store's statements would keep what they say about people.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;

use bytes::Bytes;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::CParameter;

use self::dictionary::{DICTIONARY, TABLES};
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
#[derive(Clone, Copy)]
#[repr(u8)]
enum Form {
    /// A frame of zstd with [`DICTIONARY`]: what versions before [`TABLES`] have packed.
    Words = 1,
    /// The same with places, as in [`Self::Unstamped`].
    WordsUnstamped = 2,
    /// A frame of zstd with [`TABLES`] and [`DICTIONARY`].
    Zstd = 3,
    /// The same, of a text that has zeros wherever the statement's `stored` stands. Before the frame: how many such places
    /// there are, in one byte, and the offset of each, in two bytes, the low one first.
    Unstamped = 4,
}

impl Form {
    const ALL: [Self; 4] = [Self::Words, Self::WordsUnstamped, Self::Zstd, Self::Unstamped];

    /// The form of which this is the first byte.
    fn of(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|form| *form as u8 == byte)
    }
}

/// What texts are packed with.
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the constant has digits alone, and a test unpacks with it"
    )]
    let mut whole = hex::decode(TABLES).expect("hexadecimal digits");
    whole.extend(DICTIONARY.as_bytes());
    whole
});
static TO_PACK: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(&WHOLE, LEVEL));
static TO_UNPACK: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(&WHOLE));
static TO_UNPACK_WORDS: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY.as_bytes()));

thread_local! {
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER_OF_WORDS: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
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
pub(super) fn pack(text: &[u8]) -> Option<Vec<u8>> {
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
            None => packer.insert(new_packer()?),
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

fn new_packer() -> io::Result<Compressor<'static>> {
    let mut packer = Compressor::with_prepared_dictionary(&TO_PACK)?;
    // The form says which dictionary it is.
    packer.set_parameter(CParameter::DictIdFlag(false))?;
    Ok(packer)
}

/// The text of which [`columns`] or [`ahead`] has made `packed`, of a statement that is stored at `stored`.
///
/// # Errors
/// What it was made of cannot be told: a byte of it is another one.
pub(super) fn unpack(packed: &[u8], stored: Instant) -> io::Result<Bytes> {
    let (form, rest) = packed.split_first().ok_or_else(damaged)?;
    match Form::of(*form).ok_or_else(damaged)? {
        Form::Words => Ok(unpacked_words(rest)?.into()),
        Form::Zstd => Ok(unpacked(rest)?.into()),
        Form::WordsUnstamped => stamped(rest, unpacked_words, stored),
        Form::Unstamped => stamped(rest, unpacked, stored),
    }
}

/// The text of a frame that stands behind its places, stored at `stored`.
fn stamped(
    rest: &[u8],
    unpack: impl Fn(&[u8]) -> io::Result<Vec<u8>>,
    stored: Instant,
) -> io::Result<Bytes> {
    let (count, rest) = rest.split_first().ok_or_else(damaged)?;
    let (places, frame) = rest.split_at_checked(2 * usize::from(*count)).ok_or_else(damaged)?;
    let (mut text, stored) = (unpack(frame)?, stored.to_string());
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
    UNPACKER.with_borrow_mut(|unpacker| with(unpacker, &TO_UNPACK, frame))
}

fn unpacked_words(frame: &[u8]) -> io::Result<Vec<u8>> {
    UNPACKER_OF_WORDS.with_borrow_mut(|unpacker| with(unpacker, &TO_UNPACK_WORDS, frame))
}

fn with(
    unpacker: &mut Option<Decompressor<'static>>,
    dictionary: &'static DecoderDictionary<'static>,
    frame: &[u8],
) -> io::Result<Vec<u8>> {
    let unpacker = match unpacker {
        Some(unpacker) => unpacker,
        None => unpacker.insert(Decompressor::with_prepared_dictionary(dictionary)?),
    };
    unpacker.decompress(frame, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store_testkit::sample::{prepared_by, statement};

    const AT: Instant = Instant::from_micros(1_795_000_000_123_456);

    const TEXT: &str = r#"{"actor":{"mbox":"mailto:a@x.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"}}"#;

    /// A text with room for the instant at which it is stored, from byte 11 on.
    const UNSTAMPED: &str =
        r#"{"stored":"000000000000000000000000000","actor":{"mbox":"mailto:a@x.example"}}"#;

    /// What zstd 1.5.4 makes of [`TEXT`], or of [`UNSTAMPED`], at level 1 with the dictionary of each form, after what stands
    /// before the frame. A dictionary that changes is noticed here.
    const KEPT: [(&str, &str); 4] = [
        (
            TEXT,
            "0128b52ffd2060150100907b6140782e6578616d706c65226564227d7d04003b4506282447695596400b9caf",
        ),
        (
            UNSTAMPED,
            "02010b0028b52ffd204e1d0100787b6140782e6578616d706c65227d7d06007d6509db6407b36401721f921ad0377505",
        ),
        (
            TEXT,
            "0328b52ffd2060050100238103dbf6ecbfc72e9967bec9b0c04f0204fc3b0b0085245b95725ae4d1530c",
        ),
        (
            UNSTAMPED,
            "04010b0028b52ffd204e050100f30003dbf61ebb649ef926c3023f0906fc7d619b7796fe563f653f3b58de6201",
        ),
    ];

    #[test]
    fn what_is_packed_is_unpacked_and_shorter() {
        let long = TEXT.repeat(LONGEST / TEXT.len());
        for text in [TEXT, &long] {
            let packed = pack(text.as_bytes()).unwrap();
            assert_eq!(body(text.as_bytes(), Some(&packed)).unwrap(), "");
            assert!(packed.len() < text.len() / 2, "{}", packed.len());
            assert_eq!(unpack(&packed, AT).unwrap(), text);
        }
    }

    #[test]
    fn what_any_version_has_packed_is_read() {
        let stored = UNSTAMPED.replace(&"0".repeat(Instant::TEXT_LENGTH), &AT.to_string());
        for (text, kept) in KEPT {
            let expected = if text == UNSTAMPED { &stored } else { text };
            assert_eq!(unpack(&hex::decode(kept).unwrap(), AT).unwrap(), expected, "{kept}");
        }
    }

    #[test]
    fn a_form_of_later_versions_is_damage() {
        for byte in [0, 5, 255] {
            let mut packed = pack(TEXT.as_bytes()).unwrap();
            packed[0] = byte;
            unpack(&packed, AT).unwrap_err();
        }
    }

    /// The same text as if it had been packed when it was stored.
    #[test]
    fn what_is_packed_before_it_is_stored_is_unpacked_with_the_instant() {
        let one = prepared_by("key", &statement(7));
        let packed = ahead(&one).unwrap();
        let (text, places) = one.unstamped();
        assert_eq!((packed[0], usize::from(packed[1])), (4, places.len()));
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
            assert_eq!(pack(text.as_bytes()), None);
            assert_eq!(body(text.as_bytes(), None).unwrap(), text);
        }
        assert!(body(b"\xff", None).is_err());
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
