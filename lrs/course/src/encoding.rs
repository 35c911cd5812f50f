//! From the bytes of a file to its text, whatever program saved it.

use std::borrow::Cow;

use texts::Message;

use super::error::SheetError;

/// The text of UTF-8 with or without byte order mark, or of UTF-16 with one.
///
/// # Errors
/// Of anything else, with the line of the first wrong byte; among it Windows-1252, whose letters
/// with accents could not be told from those of other encodings.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    let text = match bytes {
        [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            return Err(whole(Message::new("sheet-fault-workbook")));
        }
        [0xff, 0xfe, rest @ ..] => Cow::from(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::from(utf16(rest, u16::from_be_bytes)?),
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::from(utf8(rest)?),
        _ => Cow::from(utf8(bytes)?),
    };
    if text.contains('\0') {
        return Err(whole(Message::new("sheet-fault-no-text")));
    }
    Ok(text)
}

fn utf8(bytes: &[u8]) -> Result<&str, SheetError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let before = std::str::from_utf8(before).unwrap_or_default();
        let character = before.rsplit(['\r', '\n']).next().map_or(0, |rest| rest.chars().count());
        let message = Message::new("sheet-fault-not-utf8").with("character", character + 1);
        SheetError::new(1 + line_ends(before), None, message)
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, SheetError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text = String::from_utf16(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<_>>());
    match text {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(whole(Message::new("sheet-fault-not-utf16"))),
    }
}

/// How many lines end in a text: at LF, CRLF or CR. CR at its very end counts, LF follow or not.
pub(super) fn line_ends(text: &str) -> u64 {
    let crlf = text.matches("\r\n").count();
    (text.matches(['\r', '\n']).count() - crlf) as u64
}

fn whole(message: Message) -> SheetError {
    SheetError::new(1, None, message)
}
