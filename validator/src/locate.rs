//! From JSON pointers to bytes, lines and columns. Only ever asked after a failure, and then for
//! all pointers at once: a body may be large and break a rule in many thousands of places.

use std::collections::HashMap;

use crate::{json, pointer};

/// Where a value begins, and where the key of the member it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) key: usize,
    pub(crate) value: usize,
}

/// The first bytes of the values that the pointers point to; where a pointer leads nowhere, those
/// of the deepest value on its way. Takes time in proportion to the text, not to the pointers.
pub(crate) fn starts<'p>(text: &str, pointers: impl Iterator<Item = &'p str>) -> Vec<Start> {
    let pointers: Vec<Vec<String>> =
        pointers.map(|pointer| pointer::tokens(pointer).collect()).collect();
    let mut walk = Walk { found: vec![Start::default(); pointers.len()], pointers: &pointers };
    walk.descend(text, 0, 0, (0..pointers.len()).collect());
    walk.found
}

struct Walk<'p> {
    pointers: &'p [Vec<String>],
    found: Vec<Start>,
}

impl Walk<'_> {
    /// Follows the pointers of these indices into a value that begins at `start`, their first
    /// `depth` tokens being done.
    fn descend(&mut self, text: &str, start: usize, depth: usize, indices: Vec<usize>) {
        let mut wanted: HashMap<&str, Vec<usize>> = HashMap::new();
        for index in indices {
            if let Some(token) = self.pointers.get(index).and_then(|tokens| tokens.get(depth)) {
                wanted.entry(token).or_default().push(index);
            }
        }
        if wanted.is_empty() {
            return;
        }
        for (token, key, value) in parts(text) {
            let Some(indices) = wanted.remove(&*token) else {
                continue;
            };
            let found = Start { key: start + key, value: start + value.start };
            for &index in &indices {
                if let Some(place) = self.found.get_mut(index) {
                    *place = found;
                }
            }
            let Some(inner) = text.get(value) else {
                continue;
            };
            self.descend(inner, found.value, depth + 1, indices);
        }
    }
}

/// The token, the key's first byte and the value's bytes of all that a value contains.
fn parts(text: &str) -> Vec<(String, usize, std::ops::Range<usize>)> {
    if text.starts_with('[') {
        let elements = json::elements(text).into_iter().enumerate();
        return elements.map(|(index, range)| (index.to_string(), range.start, range)).collect();
    }
    let members = json::members(text).into_iter();
    members.map(|member| (member.key, member.whole.start, member.value)).collect()
}

/// Counts lines and columns on its way through a body, forwards only.
pub(crate) struct Cursor<'b> {
    rest: &'b [u8],
    byte: usize,
    line: usize,
    column: usize,
}

impl<'b> Cursor<'b> {
    pub(crate) fn new(body: &'b [u8]) -> Self {
        Self { rest: body, byte: 0, line: 1, column: 1 }
    }

    /// 1-based line and column of a byte that does not lie before the last one asked for; the
    /// column counts characters, not bytes.
    pub(crate) fn at(&mut self, byte: usize) -> (usize, usize) {
        let length = byte.saturating_sub(self.byte).min(self.rest.len());
        let (passed, rest) = self.rest.split_at(length);
        for &b in passed {
            if b == b'\n' {
                self.line += 1;
                self.column = 1;
            } else if b & 0xC0 != 0x80 {
                self.column += 1;
            }
        }
        self.rest = rest;
        self.byte += length;
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Start, starts};

    #[test]
    fn pointers_are_followed_to_keys_and_values() {
        let text = r#"{"a": [1, {"x/y": 2}], "b":3}"#;
        let found = starts(text, ["/a/1/x~1y", "", "/b", "/a/7/z"].into_iter());
        let place = |key, value| Start { key, value };
        assert_eq!(found, [place(11, 18), place(0, 0), place(23, 27), place(1, 6)]);
    }

    #[test]
    fn columns_count_characters_and_lines_begin_anew() {
        let mut cursor = Cursor::new("è=1\nxyz".as_bytes());
        assert_eq!(cursor.at(2), (1, 2));
        assert_eq!(cursor.at(5), (2, 1));
        assert_eq!(cursor.at(99), (2, 4));
    }
}
