//! Where statements come from: a file or standard input, compressed or not, read line by line on a
//! thread of its own, so that a command that is stopped need not wait for the next line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use flate2::bufread::MultiGzDecoder;
use serde_json::Value;
use tokio::sync::mpsc;

use super::elements::{Element, Elements, is_array};
use super::record;
use crate::cli::exit;
use crate::cli::out::{self, in_words};
use texts::{Message, MessageValue};

/// Statements and bytes of one batch, whichever comes first.
pub(super) const STATEMENTS: usize = 500;
pub(super) const BYTES: usize = 4 << 20;
/// A longer line is no statement that a server would take.
const LONGEST: usize = 64 << 20;
/// How much of a file is read at once, and looked at to know whether its statements are in an array.
const BEGIN: usize = 64 << 10;
/// Batches that are read ahead.
pub(super) const AHEAD: usize = 2;

/// How gzip begins, and the byte order marks.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];
pub(super) const UTF_8: [u8; 3] = [0xef, 0xbb, 0xbf];
pub(super) const UTF_16: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];

/// What of a file is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Unit {
    /// Its lines.
    #[default]
    Line,
    /// The elements of its array.
    Statement,
}

impl Unit {
    /// The one of this number, for people.
    pub(super) fn message(self, number: u64) -> Message {
        let message = match self {
            Self::Line => Message::new("cli-import-line"),
            Self::Statement => Message::new("cli-import-statement"),
        };
        message.with("number", number)
    }

    /// In reasons, which are kept.
    const fn word(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Statement => "statement",
        }
    }
}

/// A line that may be a statement.
#[derive(Debug)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// What is counted.
    pub(super) unit: Unit,
    /// Without white space around it.
    pub(super) text: Vec<u8>,
    /// Whether it has an id: sent twice, it is kept once.
    pub(super) has_id: bool,
}

/// A line that is none, and why.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) line: Line,
    pub(super) reason: String,
}

/// Lines to be sent together, and those between them that are no statements.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) lines: Vec<Line>,
    pub(super) faults: Vec<Fault>,
}

/// A source that is being read.
pub(super) struct Source {
    /// The name for people.
    pub(super) name: String,
    /// In the order of the lines; an error is the last.
    pub(super) batches: mpsc::Receiver<anyhow::Result<Batch>>,
    /// How many bytes it has, as it lies on the disk; 0 where that is not known.
    pub(super) total: u64,
    /// How many of them were read.
    pub(super) read: Arc<AtomicU64>,
}

impl Source {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(file: &Path) -> anyhow::Result<Self> {
        let bytes = Bytes::open(file)?;
        let (sender, batches) = mpsc::channel(AHEAD);
        let (name, total, read) = (bytes.name.clone(), bytes.total, bytes.counter());
        let of = name.clone();
        std::thread::spawn(move || {
            let mut reader = Reader {
                name: of,
                batches: sender,
                batch: Batch::default(),
                bytes: 0,
                unit: Unit::Line,
            };
            if let Err(error) = reader.run(bytes) {
                // Where the command has ended, the channel is closed.
                let _ = reader.batches.blocking_send(Err(error));
            }
        });
        Ok(Self { name, batches, total, read })
    }
}

/// The bytes of a file or of standard input, counted as they are read.
pub(super) struct Bytes {
    /// The name for people.
    pub(super) name: String,
    /// How many there are; 0 where that is not known.
    pub(super) total: u64,
    from: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Bytes {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(file: &Path) -> anyhow::Result<Self> {
        let read = Arc::new(AtomicU64::new(0));
        if file == Path::new("-") {
            let name = "standard input".to_owned();
            return Ok(Self { name, total: 0, from: Box::new(io::stdin()), read });
        }
        let name = file.display().to_string();
        let opened = File::open(file).with_context(|| out::opening(&name))?;
        let about = opened.metadata().with_context(|| out::reading(&name))?;
        let total = if about.is_file() { about.len() } else { 0 };
        Ok(Self { name, total, from: Box::new(opened), read })
    }

    /// How many were read.
    pub(super) fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read)
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// From where on a file cannot be read.
pub(super) fn unread_from(name: &str, unit: Unit, number: u64) -> String {
    let from = Message::new("cli-import-unread-from").with("name", name);
    in_words(&from.with_value("place", MessageValue::Message(unit.message(number))))
}

struct Reader {
    name: String,
    batches: mpsc::Sender<anyhow::Result<Batch>>,
    batch: Batch,
    bytes: usize,
    unit: Unit,
}

impl Reader {
    fn run(&mut self, bytes: Bytes) -> anyhow::Result<()> {
        let mut bytes = BufReader::with_capacity(BEGIN, bytes);
        let name = self.name.clone();
        let begin = bytes.fill_buf().with_context(|| out::reading(&name))?;
        if begin.starts_with(&GZIP) {
            self.statements(BufReader::with_capacity(BEGIN, MultiGzDecoder::new(bytes)))
        } else {
            self.statements(bytes)
        }
    }

    /// Sends all statements, those of an array or one a line, whichever it is.
    fn statements(&mut self, mut bytes: impl BufRead) -> anyhow::Result<()> {
        let unread = Message::new("cli-import-unread").with("name", &self.name);
        let begin = bytes.fill_buf().with_context(|| in_words(&unread))?;
        let marked = begin.starts_with(&UTF_8);
        let begin = begin.strip_prefix(&UTF_8).unwrap_or(begin);
        if !is_array(begin) {
            return self.lines(bytes);
        }
        if marked {
            bytes.consume(UTF_8.len());
        }
        self.unit = Unit::Statement;
        self.elements(Elements::of(bytes, LONGEST))
    }

    /// Sends all elements of an array in batches. What was read before an error is sent.
    fn elements(&mut self, mut elements: Elements<impl BufRead>) -> anyhow::Result<()> {
        for number in 1.. {
            match elements.next() {
                Ok(Some(Element::Text(text))) => self.line(number, text.trim_ascii()),
                Ok(Some(Element::Overlong)) => {
                    let reason = format!("The statement is longer than {LONGEST} bytes.");
                    self.fault(number, &[], reason);
                }
                Ok(None) => break,
                Err(error) => {
                    self.send();
                    let place = unread_from(&self.name, Unit::Statement, number);
                    return Err(anyhow::Error::new(error).context(place));
                }
            }
            if !self.is_wanted() {
                return Ok(());
            }
        }
        self.send();
        Ok(())
    }

    /// Sends all lines in batches. What was read before an error is sent.
    fn lines(&mut self, mut bytes: impl BufRead) -> anyhow::Result<()> {
        for number in 1.. {
            let line = match next_line(&mut bytes, LONGEST) {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(error) => {
                    self.send();
                    let place = unread_from(&self.name, Unit::Line, number);
                    return Err(anyhow::Error::new(error).context(place));
                }
            };
            let text = match &line {
                Next::Line(text) if number == 1 => self.without_mark(text)?,
                Next::Line(text) => text,
                Next::Overlong => {
                    let reason = format!("The line is longer than {LONGEST} bytes.");
                    self.fault(number, &[], reason);
                    continue;
                }
            };
            let text = text.trim_ascii();
            if text.is_empty() {
                continue;
            }
            self.line(number, text);
            if !self.is_wanted() {
                return Ok(());
            }
        }
        self.send();
        Ok(())
    }

    fn without_mark<'t>(&self, text: &'t [u8]) -> anyhow::Result<&'t [u8]> {
        if UTF_16.iter().any(|mark| text.starts_with(mark)) {
            let message = Message::new("cli-import-utf-16").with("name", &self.name);
            return Err(exit::refused(in_words(&message)));
        }
        Ok(text.strip_prefix(&UTF_8).unwrap_or(text))
    }

    /// Refuses what would not be one statement in the list that is sent: the server counts
    /// statements, and its counts must be ours.
    fn line(&mut self, number: u64, text: &[u8]) {
        let text = &*record::statement(text);
        match validator::json::parse(text) {
            Ok(Value::Object(statement)) => {
                let has_id = statement.contains_key("id");
                self.bytes += text.len();
                let unit = self.unit;
                self.batch.lines.push(Line { number, unit, text: text.to_vec(), has_id });
                if self.batch.lines.len() == STATEMENTS || self.bytes >= BYTES {
                    self.send();
                }
            }
            Ok(_) => {
                let reason = format!("The {} is not a JSON object.", self.unit.word());
                self.fault(number, text, reason);
            }
            Err(report) => self.fault(number, text, report.to_string()),
        }
    }

    fn fault(&mut self, number: u64, text: &[u8], reason: String) {
        let line = Line { number, unit: self.unit, text: text.to_vec(), has_id: false };
        self.bytes += text.len();
        self.batch.faults.push(Fault { line, reason });
        if self.batch.faults.len() == STATEMENTS || self.bytes >= BYTES {
            self.send();
        }
    }

    fn send(&mut self) {
        self.bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        if !batch.lines.is_empty() || !batch.faults.is_empty() {
            // Where the command has ended, the channel is closed.
            let _ = self.batches.blocking_send(Ok(batch));
        }
    }

    fn is_wanted(&self) -> bool {
        !self.batches.is_closed()
    }
}

/// A line that was read.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Line(Vec<u8>),
    Overlong,
}

/// The next line without its end; `None` at the end. Of one of more than `longest` bytes nothing is
/// kept.
fn next_line(bytes: &mut impl BufRead, longest: usize) -> io::Result<Option<Next>> {
    let (mut line, mut length) = (Vec::new(), 0);
    loop {
        let buffer = bytes.fill_buf()?;
        if buffer.is_empty() && length == 0 {
            return Ok(None);
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let is_last = buffer.is_empty() || end.is_some();
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        length += part.len();
        if length <= longest {
            line.extend_from_slice(part);
        } else {
            line = Vec::new();
        }
        let used = part.len() + usize::from(end.is_some());
        bytes.consume(used);
        if is_last {
            return Ok(Some(if length <= longest { Next::Line(line) } else { Next::Overlong }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, at_once: usize) -> Vec<Option<String>> {
        let mut bytes = BufReader::with_capacity(at_once, text.as_bytes());
        let mut lines = Vec::new();
        while let Some(next) = next_line(&mut bytes, 5).unwrap() {
            lines.push(match next {
                Next::Line(line) => Some(String::from_utf8(line).unwrap()),
                Next::Overlong => None,
            });
        }
        lines
    }

    #[test]
    fn lines_are_told_apart_however_they_are_read() {
        for at_once in 1..9 {
            let line = |text: &str| Some(text.to_owned());
            assert_eq!(lines("", at_once), []);
            assert_eq!(lines("\n\na\n", at_once), [line(""), line(""), line("a")]);
            assert_eq!(lines("12345\nab", at_once), [line("12345"), line("ab")]);
            assert_eq!(lines("123456\nab\n1234567", at_once), [None, line("ab"), None]);
        }
    }
}
