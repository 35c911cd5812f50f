//! The list of a course's learners, as CSV.

use std::collections::{BTreeMap, HashMap};

use csv::{ReaderBuilder, StringRecord};

use super::error::{LearnerListError, LearnerListErrors};
use super::identifier::Identifier;
use super::learner::Learner;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The learners of one course, each of whose identifiers means one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LearnerList {
    learners: Vec<Learner>,
    by_identifier: HashMap<Identifier, usize>,
}

impl LearnerList {
    /// Reads a list: UTF-8 with or without byte order mark, fields separated by `,` or, as Excel
    /// writes it in Italy, by `;` (the header line decides).
    ///
    /// Columns are found by their heading, in any order: `learner` and `identifiers` must be
    /// there, `name`, `region`, `province`, `body`, `istat`, `role` and `office` may be, others
    /// are kept as attributes. Identifiers are separated by `;`, so a list with `;` between
    /// fields quotes them. Empty lines are skipped; spaces around a value are dropped.
    ///
    /// # Errors
    /// [`LearnerListErrors`] with every fault and its line: a list is taken whole or not at all.
    pub fn parse(text: &[u8]) -> Result<Self, LearnerListErrors> {
        let text = utf8(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))?;
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let Some(Ok(header)) = records.next() else {
            return Err(LearnerListErrors(vec![fault(1, None, "the list is empty")]));
        };
        let columns = Columns::find(&header)?;
        let mut reading = Reading::default();
        let mut lines = Lines { text, offset: 0, line: 1 };
        // Reading fails only on text that is not UTF-8, and this is.
        for record in records.flatten() {
            let line = lines.of(record.position().map_or(0, csv::Position::byte));
            reading.record(line, &columns, &record);
        }
        reading.finish()
    }

    /// The list of learners that are known already, as a store gives them back.
    ///
    /// # Errors
    /// [`LearnerListErrors`] when two share an id or an identifier; `line` is the position in
    /// `learners`, from 1.
    pub fn from_learners(learners: Vec<Learner>) -> Result<Self, LearnerListErrors> {
        let mut reading = Reading::default();
        for (learner, line) in learners.into_iter().zip(1..) {
            reading.learner(line, learner);
        }
        reading.finish()
    }

    /// In the order of the file.
    pub fn learners(&self) -> &[Learner] {
        &self.learners
    }

    /// The learner whom a statement's actor is, if any. A hashed address finds the learner of
    /// that address; an address does not find a learner listed only by its hash.
    pub fn find(&self, identifier: &Identifier) -> Option<&Learner> {
        self.learners.get(*self.by_identifier.get(identifier)?)
    }
}

#[derive(Default)]
struct Reading {
    list: LearnerList,
    lines: Vec<u64>,
    by_id: HashMap<String, u64>,
    faults: Vec<LearnerListError>,
}

impl Reading {
    fn record(&mut self, line: u64, columns: &Columns, record: &StringRecord) {
        if record.iter().all(str::is_empty) {
            return;
        }
        if record.len() != columns.headings.len() {
            let message = format!(
                "{} fields where the header has {}: quote a value that contains the separator",
                record.len(),
                columns.headings.len()
            );
            self.faults.push(fault(line, None, &message));
            return;
        }
        let faults = self.faults.len();
        let learner = columns.learner(line, record, &mut self.faults);
        if self.faults.len() == faults {
            self.learner(line, learner);
        }
    }

    fn learner(&mut self, line: u64, learner: Learner) {
        if let Some(first) = self.by_id.get(&learner.id) {
            let message = format!(
                "learner `{}` is already on line {first}: put all their identifiers on one line",
                learner.id
            );
            self.faults.push(fault(line, Some("learner"), &message));
            return;
        }
        let position = self.list.learners.len();
        for identifier in learner.known_as() {
            match self.list.by_identifier.get(&identifier) {
                Some(&other) => {
                    let (name, first) = (self.list.learners.get(other), self.lines.get(other));
                    let message = format!(
                        "`{identifier}` already means learner `{}` of line {}: an identifier \
                         means one person",
                        name.map_or("", |other| &other.id),
                        first.copied().unwrap_or_default(),
                    );
                    self.faults.push(fault(line, Some("identifiers"), &message));
                }
                None => drop(self.list.by_identifier.insert(identifier, position)),
            }
        }
        self.by_id.insert(learner.id.clone(), line);
        self.list.learners.push(learner);
        self.lines.push(line);
    }

    fn finish(self) -> Result<LearnerList, LearnerListErrors> {
        if self.faults.is_empty() { Ok(self.list) } else { Err(LearnerListErrors(self.faults)) }
    }
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
    fn of(&mut self, byte: u64) -> u64 {
        let rest = self.text.get(usize::try_from(byte).unwrap_or(usize::MAX)..).unwrap_or_default();
        let begin = self.text.len() - rest.trim_start_matches(['\r', '\n']).len();
        let passed = self.text.get(self.offset..begin).unwrap_or_default();
        self.line += passed.matches('\n').count() as u64;
        self.offset = begin;
        self.line
    }
}

/// Which heading stands where.
struct Columns {
    headings: Vec<String>,
}

impl Columns {
    fn find(header: &StringRecord) -> Result<Self, LearnerListErrors> {
        let headings: Vec<String> = header.iter().map(str::to_lowercase).collect();
        let mut faults = Vec::new();
        for required in ["learner", "identifiers"] {
            if !headings.iter().any(|heading| heading == required) {
                let message = format!(
                    "there is no column `{required}`: the first line must name the columns, such \
                     as learner,name,identifiers,region,province,body,istat,role,office"
                );
                faults.push(fault(1, None, &message));
            }
        }
        for (at, heading) in headings.iter().enumerate() {
            if heading.is_empty() {
                let message = format!("column {} has no heading: name it or remove it", at + 1);
                faults.push(fault(1, None, &message));
            } else if headings.iter().take(at).any(|earlier| earlier == heading) {
                let message = "the column is there twice: keep one of them";
                faults.push(fault(1, Some(heading), message));
            }
        }
        if faults.is_empty() { Ok(Self { headings }) } else { Err(LearnerListErrors(faults)) }
    }

    fn learner(
        &self,
        line: u64,
        record: &StringRecord,
        faults: &mut Vec<LearnerListError>,
    ) -> Learner {
        let mut values: BTreeMap<String, String> = self
            .headings
            .iter()
            .zip(record)
            .filter(|(_, value)| !value.is_empty())
            .map(|(heading, value)| (heading.clone(), value.to_owned()))
            .collect();
        let mut take = |heading: &str| values.remove(heading).unwrap_or_default();
        let id = take("learner");
        if id.is_empty() {
            faults.push(fault(line, Some("learner"), "the id is empty: give each learner one"));
        }
        let identifiers = identifiers(line, &take("identifiers"), faults);
        Learner {
            id,
            identifiers,
            name: take("name"),
            region: take("region"),
            province: take("province"),
            body: take("body"),
            istat: take("istat"),
            role: take("role"),
            office: take("office"),
            attributes: values,
        }
    }
}

fn identifiers(line: u64, text: &str, faults: &mut Vec<LearnerListError>) -> Vec<Identifier> {
    let mut all = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        match part.parse::<Identifier>() {
            Ok(identifier) if !all.contains(&identifier) => all.push(identifier),
            Ok(_) => {}
            Err(error) => faults.push(fault(line, Some("identifiers"), &error.to_string())),
        }
    }
    if text.is_empty() {
        let message = "no identifier: no statement could be this learner's; write one, such as \
                       account:https://moodle.example.it|1042";
        faults.push(fault(line, Some("identifiers"), message));
    }
    all
}

fn utf8(text: &[u8]) -> Result<&str, LearnerListErrors> {
    std::str::from_utf8(text).map_err(|error| {
        let before = text.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let message = "the text is not UTF-8 from here on: in Excel save as \"CSV UTF-8\"";
        LearnerListErrors(vec![fault(line as u64, None, message)])
    })
}

fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let (commas, semicolons) = (header.matches(',').count(), header.matches(';').count());
    if semicolons > commas { b';' } else { b',' }
}

fn fault(line: u64, column: Option<&str>, message: &str) -> LearnerListError {
    LearnerListError { line, column: column.map(str::to_owned), message: message.to_owned() }
}
