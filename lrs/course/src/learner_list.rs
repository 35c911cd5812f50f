//! The list of a course's learners, as CSV.

use std::collections::HashMap;

use texts::Message;

use super::error::{MOST_FAULTS, SheetError, SheetErrors, SheetFaults, clipped};
use super::heading::{
    BODY, EDITION, IDENTIFIERS, ISTAT, LEARNER, MERGED_INTO, NAME, OFFICE, POPULATION_CLASS,
    PROVINCE, REGION, ROLE,
};
use super::identifier::Identifier;
use super::learner::Learner;
use super::sheet::{Row, Sheet, SheetForm};

const FORM: SheetForm = SheetForm {
    headings: &[
        LEARNER,
        NAME,
        IDENTIFIERS,
        REGION,
        PROVINCE,
        BODY,
        ISTAT,
        POPULATION_CLASS,
        ROLE,
        OFFICE,
        EDITION,
        MERGED_INTO,
    ],
    required: &[&[LEARNER.name], &[IDENTIFIERS.name]],
    example: "learner,name,identifiers,region,province,body,istat,population_class,role,office,\
              edition",
};

/// The learners of one course, each of whose identifiers means one of them. Two lists are equal
/// when their learners are, in the same order.
#[derive(Clone, Debug, Default)]
pub struct LearnerList {
    learners: Vec<Learner>,
    lines: Vec<u64>,
    by_identifier: HashMap<Identifier, usize>,
    merges: Vec<ListedMerge>,
}

/// That a learner of a list is the same person as another one.
#[derive(Clone, Debug)]
pub(super) struct ListedMerge {
    /// Where the list says so.
    pub(super) line: u64,
    /// The learner's id.
    pub(super) id: String,
    /// The other one's, who may be enrolled and not in the list.
    pub(super) into: String,
}

impl PartialEq for LearnerList {
    fn eq(&self, other: &Self) -> bool {
        self.learners == other.learners
    }
}

impl Eq for LearnerList {}

impl LearnerList {
    /// Reads a list: UTF-8 with or without byte order mark or UTF-16, fields separated by `,`,
    /// tab or, as Excel writes it in Italy, by `;` (a line `sep=;` or the header decides).
    ///
    /// Columns are found by their heading, in any order, in English or Italian, whatever its case
    /// and accents: `learner` (`id`, `matricola`) and `identifiers` (`identificativi`) must be
    /// there, `name`, `region`, `province`, `body`, `istat`, `population_class`, `role`, `office`,
    /// `edition` and `merged_into` may be, others are kept as attributes. Identifiers are separated by `;`, so
    /// a list with `;` between fields quotes them. Empty lines are skipped; spaces around a value
    /// are dropped.
    ///
    /// # Errors
    /// [`SheetErrors`] with the first faults and their lines: a list is taken whole or not at all.
    pub fn parse(text: &[u8]) -> Result<Self, SheetErrors> {
        let mut reading = Reading::default();
        Sheet::read(text, &FORM)?.each(|row| reading.row(row))?;
        Ok(reading.list)
    }

    /// The list of learners that are known already, as a store gives them back.
    ///
    /// # Errors
    /// [`SheetErrors`] when two share an id or an identifier; `line` is the position in
    /// `learners`, from 1.
    pub fn from_learners(learners: Vec<Learner>) -> Result<Self, SheetErrors> {
        let mut reading = Reading::default();
        let mut faults = SheetFaults::default();
        for (learner, line) in learners.into_iter().zip(1..) {
            for fault in reading.learner(line, learner) {
                faults.note(fault);
            }
            if faults.are_full() {
                break;
            }
        }
        faults.verdict()?;
        Ok(reading.list)
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

    /// The merges that the list asks for, in its order.
    pub(super) fn merges(&self) -> &[ListedMerge] {
        &self.merges
    }

    /// The learners, each with the line on which the list has them.
    pub(super) fn with_lines(&self) -> impl Iterator<Item = (u64, &Learner)> {
        self.lines.iter().copied().zip(&self.learners)
    }
}

#[derive(Default)]
struct Reading {
    list: LearnerList,
    by_id: HashMap<String, u64>,
}

impl Reading {
    /// Takes up the learner of a row, or says what is wrong with it.
    fn row(&mut self, row: &Row<'_>) -> Vec<SheetError> {
        let (learner, faults) = learner_of(row);
        if !faults.is_empty() {
            return faults;
        }
        let into = row.value(&MERGED_INTO);
        if !into.is_empty() {
            let (line, id) = (row.line, learner.id.clone());
            self.list.merges.push(ListedMerge { line, id, into: into.to_owned() });
        }
        self.learner(row.line, learner)
    }

    fn learner(&mut self, line: u64, learner: Learner) -> Vec<SheetError> {
        if let Some(first) = self.by_id.get(&learner.id) {
            let message = Message::new("sheet-fault-learner-twice").with("line", first);
            let message = message.with("learner", clipped(&learner.id));
            return vec![SheetError::new(line, Some(LEARNER.name), message)];
        }
        let mut faults = Vec::new();
        let position = self.list.learners.len();
        for identifier in learner.known_as() {
            match self.list.by_identifier.get(&identifier) {
                Some(&other) if faults.len() <= MOST_FAULTS => {
                    let (name, first) = (self.list.learners.get(other), self.list.lines.get(other));
                    let message = Message::new("sheet-fault-identifier-twice")
                        .with("identifier", clipped(&identifier.to_string()))
                        .with("learner", name.map_or("".into(), |other| clipped(&other.id)))
                        .with("line", first.copied().unwrap_or_default());
                    faults.push(SheetError::new(line, Some(IDENTIFIERS.name), message));
                }
                Some(_) => {}
                None => drop(self.list.by_identifier.insert(identifier, position)),
            }
        }
        self.by_id.insert(learner.id.clone(), line);
        self.list.learners.push(learner);
        self.list.lines.push(line);
        faults
    }
}

/// The learner of a row, and what is wrong with them.
fn learner_of(row: &Row<'_>) -> (Learner, Vec<SheetError>) {
    let mut faults = Vec::new();
    let mut fault = |column: &str, message: Message| {
        faults.push(SheetError::new(row.line, Some(column), message));
    };
    let value = |heading| row.value(heading).to_owned();
    if value(&LEARNER).is_empty() {
        fault(LEARNER.name, Message::new("sheet-fault-no-id"));
    }
    let (identifiers, wrong) = Identifier::read_all(row.value(&IDENTIFIERS));
    if identifiers.is_empty() && wrong.is_empty() {
        fault(IDENTIFIERS.name, Message::new("sheet-fault-no-identifier"));
    }
    for error in wrong {
        fault(IDENTIFIERS.name, error.message());
    }
    let learner = Learner {
        id: value(&LEARNER),
        name: value(&NAME),
        identifiers,
        region: value(&REGION),
        province: value(&PROVINCE),
        body: value(&BODY),
        istat: value(&ISTAT),
        population_class: value(&POPULATION_CLASS),
        role: value(&ROLE),
        office: value(&OFFICE),
        edition: value(&EDITION),
        attributes: row.others(),
    };
    (learner, faults)
}
