//! Statements in one JSON array: taken apart as they are read, so that a file may be larger than the memory.

use std::io::{self, BufRead, ErrorKind, Read as _};

use serde::de::IgnoredAny;

/// How a file begins that has its statements in an array: with the array, or as the answer of a learning record store, an
/// object whose member `statements` is the array. `more` may stand before it.
pub(super) fn is_array(begin: &[u8]) -> bool {
    array_at(begin).is_some()
}

/// Where the array begins that has the statements.
fn array_at(begin: &[u8]) -> Option<usize> {
    let mut at = blank(begin, 0);
    if begin.get(at) == Some(&b'[') {
        return Some(at);
    }
    at = after(begin, at, b"{")?;
    if let Some(text) = after(begin, at, b"\"more\"") {
        let value = after(begin, text, b":").and_then(|at| after(begin, at, b"\""))?;
        let end = value + begin.get(value..)?.iter().position(|byte| *byte == b'"')?;
        at = after(begin, blank(begin, end + 1), b",")?;
    }
    let at = after(begin, at, b"\"statements\"").and_then(|at| after(begin, at, b":"))?;
    (begin.get(at) == Some(&b'[')).then_some(at)
}

fn blank(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Behind `token`, and the white space after it, where it stands at `from`.
fn after(text: &[u8], from: usize, token: &[u8]) -> Option<usize> {
    text.get(from..)?.starts_with(token).then(|| blank(text, from + token.len()))
}

/// An element of the array.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// Its text.
    Text(Vec<u8>),
    /// It is longer than may be held.
    Overlong,
}

/// The elements of an array.
pub(super) struct Elements<R> {
    bytes: R,
    longest: usize,
    /// What the array stands in, up to its bracket.
    begin: &'static str,
    is_begun: bool,
    is_over: bool,
}

impl<R: BufRead> Elements<R> {
    /// The elements of what [`is_array`] was true for; one of more than `longest` bytes is not held.
    pub(super) const fn of(bytes: R, longest: usize) -> Self {
        Self { bytes, longest, begin: "[", is_begun: false, is_over: false }
    }

    /// The next element; none at the end of the array.
    ///
    /// # Errors
    /// Those of the file; [`ErrorKind::UnexpectedEof`] where it ends within the array, [`ErrorKind::InvalidData`] where
    /// something other than an element stands in it, or something after it that does not belong to it.
    pub(super) fn next(&mut self) -> io::Result<Option<Element>> {
        if !self.is_begun {
            let buffer = self.bytes.fill_buf()?;
            let none = || io::Error::new(ErrorKind::InvalidData, "there is no array of statements");
            let begin = array_at(buffer).ok_or_else(none)?;
            if buffer.get(blank(buffer, 0)) == Some(&b'{') {
                self.begin = "{\"statements\":[";
            }
            self.bytes.consume(begin + 1);
            self.is_begun = true;
        }
        if self.is_over {
            return Ok(None);
        }
        match self.skip_to_element()? {
            b']' => {
                self.end()?;
                self.is_over = true;
                Ok(None)
            }
            _ => self.element().map(Some),
        }
    }

    /// Reads what stands from the bracket at the end on: the rest of the object that the array is in, or white space.
    fn end(&mut self) -> io::Result<()> {
        let longest = u64::try_from(self.longest.max(REST)).unwrap_or(u64::MAX);
        let mut rest = Vec::new();
        (&mut self.bytes).take(longest).read_to_end(&mut rest)?;
        let whole = [self.begin.as_bytes(), &rest].concat();
        if serde_json::from_slice::<IgnoredAny>(&whole).is_ok() {
            return Ok(());
        }
        let seen: String = String::from_utf8_lossy(&rest).chars().skip(1).take(40).collect();
        Err(misplaced(&format!(
            "after the array's end stands what does not belong to it: `{seen}`"
        )))
    }

    /// The first byte of the next element, or the end of the array, which is not consumed.
    fn skip_to_element(&mut self) -> io::Result<u8> {
        loop {
            let buffer = self.bytes.fill_buf()?;
            let length = buffer.len();
            let is_between = |byte: &&u8| byte.is_ascii_whitespace() || **byte == b',';
            let skipped = buffer.iter().take_while(is_between).count();
            let first = buffer.get(skipped).copied();
            self.bytes.consume(skipped);
            match first {
                Some(first) => return Ok(first),
                None if length == 0 => return Err(ended()),
                None => {}
            }
        }
    }

    /// Reads one element, up to the comma or bracket after it.
    fn element(&mut self) -> io::Result<Element> {
        let mut text = Vec::new();
        let mut scan = Scan::default();
        loop {
            let buffer = self.bytes.fill_buf()?;
            if buffer.is_empty() {
                return Err(ended());
            }
            let end = buffer.iter().position(|byte| scan.ends_before(*byte));
            let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
            scan.length += part.len();
            if scan.length <= self.longest {
                text.extend_from_slice(part);
            } else {
                text = Vec::new();
            }
            let used = part.len();
            self.bytes.consume(used);
            if end.is_some() {
                if scan.length == 0 {
                    return Err(misplaced(
                        "a bracket that closes nothing stands in the place of an element",
                    ));
                }
                let is_too_long = scan.length > self.longest;
                return Ok(if is_too_long { Element::Overlong } else { Element::Text(text) });
            }
        }
    }
}

/// How much may stand after the array, in bytes, where an element may not be longer.
const REST: usize = 64 << 10;

fn misplaced(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

fn ended() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "the array has no end")
}

/// Where in an element the reading is.
#[derive(Default)]
struct Scan {
    depth: usize,
    is_in_text: bool,
    is_escaped: bool,
    length: usize,
}

impl Scan {
    /// Takes the next byte; whether the element ended before it.
    const fn ends_before(&mut self, byte: u8) -> bool {
        if self.is_in_text {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.is_in_text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.is_in_text = true,
            b'{' | b'[' => self.depth += 1,
            b',' | b']' | b'}' if self.depth == 0 => return true,
            b']' | b'}' => self.depth -= 1,
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn all(text: &str, at_once: usize) -> Result<Vec<String>, ErrorKind> {
        // The beginning is looked at in one piece, as `Reader` does.
        let at = array_at(text.as_bytes()).unwrap_or_default();
        let rest = text.get(at..).unwrap_or_default();
        let mut elements = Elements::of(BufReader::with_capacity(at_once, rest.as_bytes()), 12);
        let mut found = Vec::new();
        loop {
            match elements.next().map_err(|error| error.kind())? {
                None => return Ok(found),
                Some(Element::Overlong) => found.push("…".to_owned()),
                Some(Element::Text(text)) => {
                    found.push(String::from_utf8(text).unwrap().trim().to_owned());
                }
            }
        }
    }

    #[test]
    fn elements_are_told_apart_however_they_are_read() {
        for at_once in 1..9 {
            let all = |text: &str| all(text, at_once);
            assert_eq!(all("[]").unwrap(), [""; 0]);
            assert_eq!(all("[{\"a\":[1]} ,\n7,\"],\"]").unwrap(), ["{\"a\":[1]}", "7", "\"],\""]);
            assert_eq!(all("[\"\\\"]\\\\\",{}]").unwrap(), ["\"\\\"]\\\\\"", "{}"]);
            assert_eq!(all("[\"0123456789012\",{}]").unwrap(), ["…", "{}"]);
            assert_eq!(all("[{},{\"a\""), Err(ErrorKind::UnexpectedEof));
            assert_eq!(all("[{}"), Err(ErrorKind::UnexpectedEof));
        }
    }

    #[test]
    fn arrays_and_answers_of_stores_are_told_from_lines() {
        for (begin, is) in [
            (" [ {", true),
            ("{\"statements\": [", true),
            ("{ \"more\" : \"/x?a=1\" , \"statements\":[", true),
            ("{\"id\": \"x\"}", false),
            ("{\"statements\": {}", false),
            ("{\"statement\": [", false),
            ("", false),
            ("7", false),
        ] {
            assert_eq!(is_array(begin.as_bytes()), is, "{begin}");
        }
    }

    #[test]
    fn what_closes_nothing_and_what_stands_after_the_array_are_refused() {
        for at_once in 1..9 {
            for text in ["[{\"a\":1}},{}]", "[}", "[{}]]", "[{}],{}", "[{}]\n[{}]", "[{}]x"] {
                assert_eq!(all(text, at_once), Err(ErrorKind::InvalidData), "{text}");
            }
            assert_eq!(all("[{}] \r\n\t", at_once).unwrap(), ["{}"]);
        }
        let whole = |text: &str| {
            let mut elements = Elements::of(text.as_bytes(), 12);
            elements.next().and_then(|_| elements.next()).map_err(|error| error.to_string())
        };
        assert_eq!(whole("{\"more\":\"\",\"statements\":[{}],\"x\":1} "), Ok(None));
        assert_eq!(whole("{\"statements\":[{}]}"), Ok(None));
        for text in ["{\"statements\":[{}]", "{\"statements\":[{}]}{", "{\"statements\":[{}],{}}"] {
            assert!(whole(text).unwrap_err().contains("after the array's end"), "{text}");
        }
    }
}
