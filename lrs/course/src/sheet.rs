//! The sheets that people fill in and send as CSV: what learner lists and registers have in common.

use std::borrow::Cow;
use std::collections::BTreeMap;

use csv::StringRecord;
use texts::{Message, MessageValue};

use super::encoding::{decode, line_ends};
use super::error::{SheetError, SheetErrors, SheetFaults, clipped};
use super::formula;
use super::heading::{Heading, folded};
use records::{Records, TooLong};

mod records;

/// More are a slip, or an attack.
const MOST_COLUMNS: usize = 200;

/// What a kind of sheet looks like.
pub(super) struct SheetForm {
    /// The columns that mean something; others are kept.
    pub(super) headings: &'static [Heading],
    /// Of each of these at least one column must be there, by [`Heading::name`].
    pub(super) required: &'static [&'static [&'static str]],
    /// A header as people may write it.
    pub(super) example: &'static str,
}

/// A sheet whose header is right; its lines are read one by one.
#[derive(Debug)]
pub(super) struct Sheet<'t> {
    columns: SheetColumns,
    text: Cow<'t, str>,
    /// Where the header begins in the text.
    begin: usize,
    separator: u8,
}

impl<'t> Sheet<'t> {
    /// Reads the header of a sheet in UTF-8 or UTF-16 with a byte order mark, its fields separated
    /// by `,`, `;` or tab: by what a first line such as `sep=;` says, else by what gives the header
    /// most headings of the form. Fields with separators or line ends stand in `"`. Spaces around a
    /// value are dropped, and empty lines skipped.
    ///
    /// # Errors
    /// Of the text or the header, with which there are no lines to speak of.
    pub(super) fn read(bytes: &'t [u8], form: &SheetForm) -> Result<Self, SheetErrors> {
        let text = decode(bytes).map_err(|fault| SheetErrors(vec![fault]))?;
        let (separator, rest) = told_separator(&text);
        let separator = separator.unwrap_or_else(|| likely_separator(rest, form));
        let begin = text.len() - rest.len();
        let one = |line, message| Err(SheetErrors(vec![SheetError::new(line, None, message)]));
        let (byte, header) = match Records::new(rest, separator).next() {
            Some(Ok(first)) => first,
            Some(Err(TooLong { .. })) => {
                let message = Message::new("sheet-fault-header-long");
                return one(1, message.with("example", form.example));
            }
            None => {
                let message = Message::new("sheet-fault-empty");
                return one(1, message.with("example", form.example));
            }
        };
        let line = Lines { text: &text, offset: 0, line: 1 }.of(begin + byte);
        let columns = SheetColumns::find(line, &header, form)?;
        Ok(Self { columns, text, begin, separator })
    }

    /// Gives each line that has a value for each column, not all of them empty, to `read`, which
    /// says what is wrong with it, by [`Heading::name`]. Ends early where there are more faults than
    /// are told.
    ///
    /// # Errors
    /// [`SheetErrors`] with the faults of all lines in their order, under the sheet's own headings.
    pub(super) fn each(
        &self,
        mut read: impl FnMut(&Row<'_>) -> Vec<SheetError>,
    ) -> Result<(), SheetErrors> {
        let rest = self.text.get(self.begin..).unwrap_or_default();
        let mut lines = Lines { text: &self.text, offset: 0, line: 1 };
        let mut faults = SheetFaults::default();
        let mut last = None;
        for record in Records::new(rest, self.separator).skip(1) {
            let found = match record {
                Ok((byte, record)) => {
                    let line = lines.of(self.begin + byte);
                    last = Some((line, byte));
                    self.record(line, &record, &mut read)
                }
                Err(TooLong { byte }) => {
                    let line = lines.of(self.begin + byte);
                    last = None;
                    let open = open_quote(line, rest.get(byte..).unwrap_or_default());
                    vec![open.unwrap_or_else(|| too_long(line))]
                }
            };
            for fault in found {
                faults.note(self.under_its_heading(fault));
            }
            if faults.are_full() {
                return faults.verdict();
            }
        }
        let open = last.and_then(|(line, byte)| open_quote(line, rest.get(byte..)?));
        if let Some(fault) = open {
            faults.note(fault);
        }
        faults.verdict()
    }

    fn record(
        &self,
        line: u64,
        record: &StringRecord,
        read: &mut impl FnMut(&Row<'_>) -> Vec<SheetError>,
    ) -> Vec<SheetError> {
        let (values, headings) = (record.len(), self.columns.0.len());
        if record.iter().all(str::is_empty) {
            return Vec::new();
        }
        if values == headings {
            return read(&Row { line, columns: &self.columns, record });
        }
        let message = Message::new("sheet-fault-values").with("values", values);
        let message = message.with("headings", headings);
        vec![SheetError::new(line, None, message)]
    }

    fn under_its_heading(&self, mut fault: SheetError) -> SheetError {
        let heading = |name: &String| clipped(self.columns.heading(name)).into_owned();
        fault.column = fault.column.as_ref().map(heading);
        fault
    }
}

fn too_long(line: u64) -> SheetError {
    SheetError::new(line, None, Message::new("sheet-fault-line-long"))
}

/// A line of a sheet.
pub(super) struct Row<'a> {
    /// Where it begins, from 1.
    pub(super) line: u64,
    columns: &'a SheetColumns,
    record: &'a StringRecord,
}

impl Row<'_> {
    /// The value under a heading of the form; empty where the sheet has no such column.
    pub(super) fn value(&self, heading: &Heading) -> &str {
        let at = self.columns.0.iter().position(|column| column.name == heading.name);
        formula::read(at.and_then(|at| self.record.get(at)).unwrap_or_default())
    }

    /// The values that are not empty under headings the form does not know, by the heading in
    /// small letters.
    pub(super) fn others(&self) -> BTreeMap<String, String> {
        (self.columns.0.iter().zip(self.record))
            .filter(|(column, value)| !column.known && !value.is_empty())
            .map(|(column, value)| (column.name.clone(), formula::read(value).to_owned()))
            .collect()
    }
}

#[derive(Debug)]
struct SheetColumns(Vec<SheetColumn>);

#[derive(Debug)]
struct SheetColumn {
    /// As the sheet writes it.
    heading: String,
    /// [`Heading::name`], or the heading in small letters.
    name: String,
    /// The heading as headings are compared.
    folded: String,
    known: bool,
}

impl SheetColumns {
    fn find(line: u64, header: &StringRecord, form: &SheetForm) -> Result<Self, SheetErrors> {
        if header.len() > MOST_COLUMNS {
            let message = Message::new("sheet-fault-columns-many").with("columns", header.len());
            let message = message.with("most", MOST_COLUMNS);
            return Err(SheetErrors(vec![SheetError::new(line, None, message)]));
        }
        let columns = Self(header.iter().map(|heading| SheetColumn::new(heading, form)).collect());
        let mut faults = Vec::new();
        for names in form.required {
            if !columns.0.iter().any(|column| names.contains(&column.name.as_str())) {
                faults.push(missing(line, names, form));
            }
        }
        for (at, column) in columns.0.iter().enumerate() {
            let earlier = columns.0.iter().take(at).find(|other| other.is_same(column));
            if column.heading.is_empty() {
                let message = Message::new("sheet-fault-no-heading").with("position", at + 1);
                faults.push(SheetError::new(line, None, message));
            } else if let Some(SheetColumn { heading, .. }) = earlier {
                let heading = clipped(heading);
                let message = Message::new("sheet-fault-column-twice").with("heading", heading);
                faults.push(SheetError::new(line, Some(&column.heading), message));
            }
        }
        if faults.is_empty() { Ok(columns) } else { Err(SheetErrors(faults)) }
    }

    /// What the sheet calls the column of a [`Heading::name`].
    fn heading<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.iter().find(|column| column.name == name).map_or(name, |column| &column.heading)
    }
}

impl SheetColumn {
    fn new(heading: &str, form: &SheetForm) -> Self {
        let heading = formula::read(heading);
        let folded = folded(heading);
        let known = form.headings.iter().find(|known| known.is_named(&folded));
        let name = known.map_or_else(|| heading.to_lowercase(), |known| known.name.to_owned());
        Self { heading: heading.to_owned(), name, folded, known: known.is_some() }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.name == other.name || self.folded == other.folded
    }
}

fn missing(line: u64, names: &[&str], form: &SheetForm) -> SheetError {
    let also = form.headings.iter().filter(|heading| names.contains(&heading.name));
    let also: Vec<String> = also
        .flat_map(|heading| std::iter::once(&heading.name).chain(heading.also))
        .map(|name| format!("`{name}`"))
        .collect();
    let message = Message::new("sheet-fault-column-missing").with("example", form.example);
    let message = message.with_value("columns", MessageValue::EachOr(also));
    SheetError::new(line, None, message)
}

/// The separator of a first line such as `sep=;`, which Excel obeys and may quote, and the text
/// after it.
fn told_separator(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let told = first.trim_end_matches('\r').trim_matches('"').to_ascii_lowercase();
    match told.strip_prefix("sep=").map(str::as_bytes) {
        Some(&[separator @ (b',' | b';' | b'\t' | b'|')]) => (Some(separator), rest),
        _ => (None, text),
    }
}

/// The separator with which the header has most headings of the form, then most headings.
fn likely_separator(text: &str, form: &SheetForm) -> u8 {
    let worth = |separator: u8| {
        let header = Records::new(text, separator).next().and_then(Result::ok);
        let header = header.map(|(_, header)| header);
        let headings = header.iter().flat_map(StringRecord::iter).take(MOST_COLUMNS);
        let known = headings.filter(|heading| SheetColumn::new(heading, form).known).count();
        (known, header.as_ref().map_or(0, StringRecord::len))
    };
    // Of equals the last is the greatest.
    b"\t;,".iter().copied().max_by_key(|separator| worth(*separator)).unwrap_or(b',')
}

/// A quotation mark that is never closed makes all lines after it one value of the last record.
fn open_quote(line: u64, record: &str) -> Option<SheetError> {
    let record = record.trim();
    let open = record.contains('\n') && record.matches('"').count() % 2 == 1;
    open.then(|| SheetError::new(line, None, Message::new("sheet-fault-quote-open")))
}

/// Line numbers of records. The reader's own are those of the line end before the record, and so
/// too small after an empty line or CRLF.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record at a byte offset; offsets must not fall.
    fn of(&mut self, byte: usize) -> u64 {
        let rest = self.text.get(byte..).unwrap_or_default();
        let begin = self.text.len() - rest.trim_start_matches(['\r', '\n']).len();
        self.line += line_ends(self.text.get(self.offset..begin).unwrap_or_default());
        self.offset = begin;
        self.line
    }
}
