//! The sheets that people fill in and send as CSV: what learner lists and registers have in common.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::encoding::{decode, line_ends};
use super::error::{SheetError, SheetErrors};
use super::heading::{Heading, folded};

/// More are a slip, or an attack.
const MOST_COLUMNS: usize = 200;

/// What a kind of sheet looks like.
pub(super) struct Form {
    /// The columns that mean something; others are kept.
    pub(super) headings: &'static [Heading],
    /// Of each of these at least one column must be there, by [`Heading::name`].
    pub(super) required: &'static [&'static [&'static str]],
    /// A header as people may write it.
    pub(super) example: &'static str,
}

/// A sheet whose header is right, and what is wrong with its lines so far.
#[derive(Debug)]
pub(super) struct Sheet {
    columns: Columns,
    rows: Vec<(u64, StringRecord)>,
    /// Of lines that have more or fewer values than the header; they are not among the rows.
    pub(super) faults: Vec<SheetError>,
}

impl Sheet {
    /// Reads a sheet in UTF-8 or UTF-16 with a byte order mark, its fields separated by `,`, `;`
    /// or tab: by what a first line such as `sep=;` says, else by what gives the header most
    /// headings of the form. Fields with separators or line ends stand in `"`. Spaces around a
    /// value are dropped, and empty lines skipped.
    ///
    /// # Errors
    /// Of the text or the header, with which there are no lines to speak of.
    pub(super) fn read(bytes: &[u8], form: &Form) -> Result<Self, SheetErrors> {
        let text = decode(bytes).map_err(|fault| SheetErrors(vec![fault]))?;
        let (separator, rest) = told_separator(&text);
        let separator = separator.unwrap_or_else(|| likely_separator(rest, form));
        let mut lines = Lines { text: &text, offset: 0, line: 1 };
        let skipped = text.len() - rest.len();
        let mut records =
            records(rest, separator).map(|(byte, record)| (lines.of(skipped + byte), byte, record));
        let Some((line, _, header)) = records.next() else {
            let message =
                format!("there is nothing in it: begin with a line such as {}", form.example);
            return Err(SheetErrors(vec![SheetError::new(1, None, message)]));
        };
        let columns = Columns::find(line, &header, form)?;
        let mut sheet = Self { columns, rows: Vec::new(), faults: Vec::new() };
        let mut last = None;
        for (line, byte, record) in records {
            last = Some((line, byte));
            sheet.record(line, record);
        }
        if let Some((line, byte)) = last {
            sheet.faults.extend(open_quote(line, rest.get(byte..).unwrap_or_default()));
        }
        Ok(sheet)
    }

    fn record(&mut self, line: u64, record: StringRecord) {
        let (values, headings) = (record.len(), self.columns.0.len());
        if record.iter().all(str::is_empty) {
            return;
        }
        if values == headings {
            self.rows.push((line, record));
            return;
        }
        let message = format!(
            "{values} values where the header has {headings}: add or remove separators, and put a \
             value that contains one in quotation marks"
        );
        self.faults.push(SheetError::new(line, None, message));
    }

    /// The lines that have a value for each column, not all of them empty.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let columns = &self.columns;
        self.rows.iter().map(move |(line, record)| Row { line: *line, columns, record })
    }

    /// The faults that `found` are, by [`Heading::name`], under the sheet's own headings and with
    /// those of the sheet, in the order of its lines; nothing if there are none.
    pub(super) fn verdict(mut self, found: Vec<SheetError>) -> Result<(), SheetErrors> {
        for mut fault in found {
            fault.column = fault.column.map(|name| self.columns.heading(&name).to_owned());
            self.faults.push(fault);
        }
        self.faults.sort_by_key(|fault| fault.line);
        if self.faults.is_empty() { Ok(()) } else { Err(SheetErrors(self.faults)) }
    }
}

/// A line of a sheet.
pub(super) struct Row<'a> {
    /// Where it begins, from 1.
    pub(super) line: u64,
    columns: &'a Columns,
    record: &'a StringRecord,
}

impl Row<'_> {
    /// The value under a heading of the form; empty where the sheet has no such column.
    pub(super) fn value(&self, heading: &Heading) -> &str {
        let at = self.columns.0.iter().position(|column| column.name == heading.name);
        at.and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    /// The values that are not empty under headings the form does not know, by the heading in
    /// small letters.
    pub(super) fn others(&self) -> BTreeMap<String, String> {
        (self.columns.0.iter().zip(self.record))
            .filter(|(column, value)| !column.known && !value.is_empty())
            .map(|(column, value)| (column.name.clone(), value.to_owned()))
            .collect()
    }
}

#[derive(Debug)]
struct Columns(Vec<Column>);

#[derive(Debug)]
struct Column {
    /// As the sheet writes it.
    heading: String,
    /// [`Heading::name`], or the heading in small letters.
    name: String,
    known: bool,
}

impl Columns {
    fn find(line: u64, header: &StringRecord, form: &Form) -> Result<Self, SheetErrors> {
        if header.len() > MOST_COLUMNS {
            let message = format!(
                "{} columns: no list has more than {MOST_COLUMNS}; look at the separator",
                header.len()
            );
            return Err(SheetErrors(vec![SheetError::new(line, None, message)]));
        }
        let columns = Self(header.iter().map(|heading| Column::new(heading, form)).collect());
        let mut faults = Vec::new();
        for names in form.required {
            if !columns.0.iter().any(|column| names.contains(&column.name.as_str())) {
                faults.push(missing(line, names, form));
            }
        }
        for (at, column) in columns.0.iter().enumerate() {
            let earlier = columns.0.iter().take(at).find(|other| other.is_same(column));
            if column.heading.is_empty() {
                let message = format!("column {} has no heading: name it or remove it", at + 1);
                faults.push(SheetError::new(line, None, message));
            } else if let Some(Column { heading, .. }) = earlier {
                let message = format!("means the same as column `{heading}`: keep one of them");
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

impl Column {
    fn new(heading: &str, form: &Form) -> Self {
        let known = form.headings.iter().find(|known| known.is_named(&folded(heading)));
        let name = known.map_or_else(|| heading.to_lowercase(), |known| known.name.to_owned());
        Self { heading: heading.to_owned(), name, known: known.is_some() }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.name == other.name || folded(&self.heading) == folded(&other.heading)
    }
}

fn missing(line: u64, names: &[&str], form: &Form) -> SheetError {
    let also = form.headings.iter().filter(|heading| names.contains(&heading.name));
    let also: Vec<String> = also
        .flat_map(|heading| std::iter::once(&heading.name).chain(heading.also))
        .map(|name| format!("`{name}`"))
        .collect();
    let message = format!(
        "there is no column {}: the first line must name the columns, such as {}",
        also.join(" or "),
        form.example
    );
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

/// The separator that gives the header most headings that the form knows, then most headings.
fn likely_separator(text: &str, form: &Form) -> u8 {
    let worth = |separator: u8| {
        let header = records(text, separator).next().map(|(_, header)| header);
        let headings = header.iter().flat_map(StringRecord::iter);
        let known = headings.filter(|heading| Column::new(heading, form).known).count();
        (known, header.as_ref().map_or(0, StringRecord::len))
    };
    // Of equals the last is the greatest.
    b"\t;,".iter().copied().max_by_key(|separator| worth(*separator)).unwrap_or(b',')
}

/// The records of a text, each with the byte at which the reader took it up.
fn records(text: &str, separator: u8) -> impl Iterator<Item = (usize, StringRecord)> {
    let reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    // Reading fails only on text that is not UTF-8, and this is.
    reader.into_records().flatten().map(|record| {
        let byte = record.position().map_or(0, csv::Position::byte);
        (usize::try_from(byte).unwrap_or(usize::MAX), record)
    })
}

/// A quotation mark that is never closed makes all lines after it one value of the last record.
fn open_quote(line: u64, record: &str) -> Option<SheetError> {
    let record = record.trim();
    let open = record.contains('\n') && record.matches('"').count() % 2 == 1;
    let message = "a quotation mark begins here that never ends: close it, or write it twice";
    open.then(|| SheetError::new(line, None, message))
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
