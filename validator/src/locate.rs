//! From JSON pointers to bytes, lines and columns. Only ever asked after a failure.

use crate::{json, pointer};

/// The first byte of the value a pointer points to; of the deepest value found on the way when
/// the pointer leads nowhere.
pub(crate) fn value(text: &str, pointer: &str) -> usize {
    walk(text, pointer).1
}

/// The first byte of the key of the member a pointer points to.
pub(crate) fn key(text: &str, pointer: &str) -> usize {
    walk(text, pointer).0
}

fn walk(text: &str, pointer: &str) -> (usize, usize) {
    let mut found = (0, 0);
    let mut rest = text;
    for token in pointer::tokens(pointer) {
        let Some((key, value)) = step(rest, &token) else {
            break;
        };
        let start = found.1;
        found = (start + key, start + value.start);
        let Some(inner) = rest.get(value) else { break };
        rest = inner;
    }
    found
}

fn step(text: &str, token: &str) -> Option<(usize, std::ops::Range<usize>)> {
    if text.starts_with('[') {
        let range = json::elements(text).into_iter().nth(token.parse().ok()?)?;
        return Some((range.start, range));
    }
    let member = json::members(text)
        .into_iter()
        .find(|member| member.key == token)?;
    Some((member.whole.start, member.value))
}

/// 1-based line and column of a byte; the column counts characters, not bytes.
pub(crate) fn line_and_column(body: &[u8], byte: usize) -> (usize, usize) {
    let before = body.get(..byte).unwrap_or(body);
    let line = before.split(|&b| b == b'\n').count();
    let start = before
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |newline| newline + 1);
    let column = before
        .iter()
        .skip(start)
        .filter(|&&b| b & 0xC0 != 0x80)
        .count()
        + 1;
    (line, column)
}
