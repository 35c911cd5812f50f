//! The export as rows: CSV or TSV, with headings in any order.

use std::io::{self, BufRead as _, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use csv::{ByteRecord, Reader, ReaderBuilder};
use flate2::bufread::MultiGzDecoder;

use super::super::source::{Bytes, Fault, GZIP, Line, UTF_8, UTF_16, Unit, unread_from};
use super::Account;
use crate::cli::exit;
use crate::cli::out::{self, in_words};
use texts::Message;
use xapi::instant::Instant;

/// The longest row in bytes: a quote that is never closed must not take the rest of the file.
const LONGEST: u64 = 16 << 20;
/// How much of the file the delimiter is looked for in: its first line.
const HEAD: usize = 16 * 1024;

/// What tells attempts apart: learner, course module, SCO, number of the attempt. Rows are sorted by it.
pub(super) type Key = [u64; 4];

/// One element of one attempt.
#[derive(Debug)]
pub(super) struct Row {
    /// From 1; that of its beginning.
    pub(super) line: u64,
    pub(super) key: Key,
    pub(super) learner: String,
    pub(super) identifier: String,
    pub(super) title: String,
    pub(super) element: String,
    pub(super) value: String,
    /// In seconds since 1970.
    pub(super) time: i64,
}

/// The columns, each with the names that it may have.
const COLUMNS: [(&str, &[&str]); 10] = [
    ("userid", &["userid", "user_id", "moodleuserid"]),
    ("cmid", &["cmid", "coursemoduleid", "course_module_id"]),
    ("scoid", &["scoid", "sco_id"]),
    ("attempt", &["attempt", "attemptnumber"]),
    ("element", &["element"]),
    ("value", &["value"]),
    ("timemodified", &["timemodified", "time_modified"]),
    ("username", &["username", "user_name"]),
    ("identifier", &["identifier", "scoidentifier"]),
    ("title", &["title", "scotitle"]),
];
/// How many of them must be there.
const NEEDED: usize = 7;

/// The rows of an export.
pub(super) struct Rows {
    name: String,
    reader: Reader<Bounded<Box<dyn Read + Send>>>,
    left: Arc<AtomicU64>,
    record: ByteRecord,
    /// Whether a row is a line, as clients of databases write tabs.
    is_of_lines: bool,
    /// The place of each of [`COLUMNS`] in a record.
    places: [Option<usize>; COLUMNS.len()],
    account: Account,
}

/// Fails where more than so many bytes are read before the count is begun anew.
struct Bounded<R> {
    bytes: R,
    left: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        let length = read as u64;
        let taken = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(length));
        let text = format!("a row is longer than {LONGEST} bytes: is a quotation mark missing?");
        taken.map(|_| read).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, text))
    }
}

impl Rows {
    /// Reads the headings.
    ///
    /// # Errors
    /// Where the file cannot be read, is UTF-16, or lacks a column.
    pub(super) fn of(bytes: Bytes, account: Account) -> anyhow::Result<Self> {
        let name = bytes.name.clone();
        let cannot = || out::reading(&name);
        let mut plain = BufReader::new(bytes);
        let begin = plain.fill_buf().with_context(cannot)?;
        let unpacked: Box<dyn Read + Send> = if begin.starts_with(&GZIP) {
            Box::new(MultiGzDecoder::new(plain))
        } else {
            Box::new(plain)
        };
        let mut unpacked = BufReader::with_capacity(HEAD, unpacked);
        let begin = unpacked.fill_buf().with_context(cannot)?;
        if UTF_16.iter().any(|mark| begin.starts_with(mark)) {
            return Err(exit::refused(in_words(
                &Message::new("cli-import-utf-16").with("name", &name),
            )));
        }
        let mark = if begin.starts_with(&UTF_8) { UTF_8.len() } else { 0 };
        let delimiter = delimiter(begin);
        let is_of_lines = delimiter == b'\t';
        unpacked.consume(mark);
        let left = Arc::new(AtomicU64::new(LONGEST));
        let bounded: Bounded<Box<dyn Read + Send>> =
            Bounded { bytes: Box::new(unpacked), left: Arc::clone(&left) };
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .quoting(!is_of_lines)
            .from_reader(bounded);
        let headings = reader.byte_headers().with_context(cannot)?;
        let headings: Vec<String> = headings.iter().map(heading).collect();
        let places =
            COLUMNS.map(|(_, names)| headings.iter().position(|it| names.contains(&it.as_str())));
        let rows =
            Self { name, reader, left, record: ByteRecord::new(), is_of_lines, places, account };
        rows.refuse_missing().map(|()| rows)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn refuse_missing(&self) -> anyhow::Result<()> {
        let needed = if self.account == Account::Username { NEEDED + 1 } else { NEEDED };
        let all = COLUMNS.iter().zip(&self.places).take(needed);
        let missing: Vec<&str> =
            all.filter(|(_, place)| place.is_none()).map(|((name, _), _)| *name).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let lacking = Message::new("cli-import-columns").with("name", &self.name);
        Err(exit::refused(in_words(&lacking.with("columns", missing.join(", ")))))
    }

    /// The next row, or why it is none; nothing at the end.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Result<Row, Fault>>> {
        self.left.store(LONGEST, Ordering::Relaxed);
        let read = self.reader.read_byte_record(&mut self.record);
        let line = self.reader.position().line();
        let place = || unread_from(&self.name, Unit::Line, line);
        if !read.with_context(place)? {
            return Ok(None);
        }
        let line = self.record.position().map_or(line, csv::Position::line);
        if self.is_of_lines {
            self.record = self.record.iter().map(unescaped).collect();
        }
        Ok(Some(self.row(line).map_err(|reason| {
            let text = self.record.iter().collect::<Vec<_>>().join(&b'\t');
            let text = text.get(..text.len().min(1000)).unwrap_or_default().to_vec();
            let line = Line { number: line, unit: Unit::Line, text, has_id: false };
            Fault { line, reason }
        })))
    }

    fn row(&self, line: u64) -> Result<Row, String> {
        let [user, module, sco, attempt, element, value, time, username, identifier, title] =
            self.places;
        let text = |place: Option<usize>| {
            let bytes = place.and_then(|place| self.record.get(place)).unwrap_or_default();
            str::from_utf8(bytes).map_err(|_| "The row is not UTF-8.".to_owned())
        };
        let whole = |place, name: &str| {
            let text = text(place)?.trim();
            text.parse::<u64>().map_err(|_| format!("`{text}` is no number, in the column {name}."))
        };
        let last = self.places.iter().take(NEEDED).flatten().max().copied().unwrap_or_default();
        if self.record.len() <= last {
            return Err(format!(
                "The row has {} fields, fewer than the headings.",
                self.record.len()
            ));
        }
        let key = [
            whole(user, "userid")?,
            whole(module, "cmid")?,
            whole(sco, "scoid")?,
            whole(attempt, "attempt")?,
        ];
        let named = text(username)?.trim();
        let learner = match self.account {
            Account::Id => key[0].to_string(),
            Account::Username if named.is_empty() => {
                return Err("The row has no user name.".to_owned());
            }
            Account::Username => named.to_owned(),
        };
        let element = text(element)?.trim().to_owned();
        if element.is_empty() {
            return Err("The row has no element.".to_owned());
        }
        let time = text(time)?.trim();
        let micros = || Instant::parse(time).map(|time| time.micros().div_euclid(1_000_000));
        let time = time
            .parse::<i64>()
            .ok()
            .or_else(micros)
            .filter(|time| (0..100_000_000_000).contains(time));
        let time = time.ok_or_else(|| {
            "The column timemodified has no time in seconds since 1970.".to_owned()
        })?;
        let (identifier, title) =
            (text(identifier)?.trim().to_owned(), text(title)?.trim().to_owned());
        Ok(Row {
            line,
            key,
            learner,
            identifier,
            title,
            element,
            value: text(value)?.to_owned(),
            time,
        })
    }
}

/// A field as clients of databases write it: line ends and tabs behind a backslash, and NULL for none. One that a
/// spreadsheet has put into quotes is without them.
fn unescaped(field: &[u8]) -> Vec<u8> {
    if field == b"NULL" {
        return Vec::new();
    }
    if let Some(quoted) = field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\"")) {
        let mut plain = quoted.to_vec();
        let mut was_quote = false;
        // Of two quotes one is left.
        plain.retain(|byte| {
            was_quote = *byte == b'"' && !was_quote;
            *byte != b'"' || was_quote
        });
        return plain;
    }
    let (mut plain, mut bytes) = (Vec::with_capacity(field.len()), field.iter());
    while let Some(byte) = bytes.next() {
        match (byte, bytes.as_slice().first()) {
            (b'\\', Some(next @ (b'n' | b't' | b'\\' | b'0'))) => {
                bytes.next();
                plain.push(match next {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'0' => 0,
                    other => *other,
                });
            }
            _ => plain.push(*byte),
        }
    }
    plain
}

fn heading(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_ascii_lowercase()
}

/// What separates the headings: that of comma, semicolon and tab which stands there most often.
fn delimiter(begin: &[u8]) -> u8 {
    let line = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| memchr::memchr_iter(*delimiter, line).count();
    [b',', b';', b'\t'].into_iter().max_by_key(count).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_a_line_is_read_as_clients_of_databases_write_it() {
        for (field, read) in [
            ("a,b", "a,b"),
            ("a\\nb\\tc\\\\d", "a\nb\tc\\d"),
            ("\"quoted, \"\"twice\"\"\"", "quoted, \"twice\""),
            ("\"open", "\"open"),
            ("NULL", ""),
            ("\\", "\\"),
            ("\\x", "\\x"),
        ] {
            assert_eq!(String::from_utf8(unescaped(field.as_bytes())).unwrap(), read, "{field}");
        }
    }

    #[test]
    fn what_stands_most_often_in_the_headings_separates_them() {
        assert_eq!(delimiter(b"a,b;c;d\n1,2,3,4,5"), b';');
        assert_eq!(delimiter(b"a\tb\tc"), b'\t');
        assert_eq!(delimiter(b"a"), delimiter(b""));
    }
}
