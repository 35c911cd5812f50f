//! The presence sheet of one session: which learners were there, and for how long.

mod hours;
mod length;
mod line;
mod namesakes;
mod offer;
mod shown;
mod who;

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use texts::Message;

use super::error::{SheetError, SheetErrors, SheetFaults, clipped};
use super::heading::{
    BODY, EDITION, FROM, HOURS, IDENTIFIERS, ISTAT, LEARNER, NAME, NOTE, OFFICE, POPULATION_CLASS,
    PROVINCE, REGION, ROLE, TO,
};
use super::learner_list::LearnerList;
use super::sheet::{Sheet, SheetForm};
use hours::Stay;
pub use length::{LengthError, length};
use line::Line;
use who::Roll;

/// The most people whom a register names as present: each becomes a statement, and all of them are kept at once.
const MOST_ENTRIES: usize = 10_000;

const FORM: SheetForm = SheetForm {
    headings: &[
        LEARNER,
        IDENTIFIERS,
        NAME,
        REGION,
        PROVINCE,
        BODY,
        ISTAT,
        POPULATION_CLASS,
        ROLE,
        OFFICE,
        EDITION,
        HOURS,
        FROM,
        TO,
        NOTE,
    ],
    required: &[&[LEARNER.name, IDENTIFIERS.name, NAME.name]],
    example: "learner,name,hours,from,to,note",
};

/// The session that a register is of.
#[derive(Clone, Debug)]
pub struct SessionDay {
    /// The day, from midnight to midnight.
    pub date: Date,
    /// The course's time zone, in which times of day are meant.
    pub time_zone: TimeZone,
    /// In microseconds: the time of learners for whom the sheet gives none.
    pub length: Option<u64>,
}

/// Who was at a session. Learners whom the sheet does not mention are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct PresenceSheet {
    /// The learners who were there, in the order of the sheet; each once.
    pub entries: Vec<Presence>,
    /// The ids of the learners who were not there, by the sheet.
    pub absent: Vec<String>,
    /// Those who were there for longer than the session lasted, as far as that is known.
    pub overlong: Vec<Overlong>,
}

/// A presence that is longer than its session.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Overlong {
    /// The line of the sheet, or the position of the entry, from 1.
    pub line: u64,
    /// [`Learner::id`](super::Learner::id).
    pub learner: String,
    /// How long the register says, in microseconds.
    pub micros: u64,
    /// How long the session lasted, in microseconds.
    pub length: u64,
}

/// One learner's presence.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Presence {
    /// [`Learner::id`](super::Learner::id).
    pub learner: String,
    /// How long they were there, in microseconds; more than 0.
    pub micros: u64,
    /// What the register notes; may be empty.
    pub note: String,
}

impl PresenceSheet {
    /// Reads a register in CSV, which may be written in all ways in which a learner list may.
    ///
    /// A line means the learner of its `learner` (`id`, `matricola`), else of its `identifiers`,
    /// else of its `name` (`nome`), whose words may have any order; of several of one name, that
    /// whose `region`, `province`, `body`, `istat`, `population_class`, `role`, `office` and
    /// `edition` are those of the line, where it gives them.
    ///
    /// `hours` (`ore`) are `2.5`, `2,5`, `2:30` or `2h30`; else `from` (`dalle`) and `to`
    /// (`alle`) are times of day; else the session's length counts. 0 hours, `assente` and
    /// `absent` mean that the learner was not there.
    ///
    /// # Errors
    /// [`SheetErrors`] with the first faults, their lines and columns: a register is taken whole or not at
    /// all.
    pub fn from_csv(
        text: &[u8],
        learners: &LearnerList,
        session: &SessionDay,
    ) -> Result<Self, SheetErrors> {
        let mut reading = Reading::new(learners, session);
        Sheet::read(text, &FORM)?.each(|row| reading.line(&Line::of_row(row)))?;
        Ok(reading.register)
    }

    /// Reads a register in JSON: `{"entries": [{"learner": "u1", "hours": 2.5, "note": ""}]}`.
    /// The keys are the columns of [`PresenceSheet::from_csv`], the values texts or numbers.
    ///
    /// # Errors
    /// [`SheetErrors`] with the first faults; `line` is the position of the entry, from 1, and
    /// `column` its key. What is no such JSON has one, with its line in the text.
    pub fn from_json(
        text: &[u8],
        learners: &LearnerList,
        session: &SessionDay,
    ) -> Result<Self, SheetErrors> {
        let mut reading = Reading::new(learners, session);
        let mut faults = SheetFaults::default();
        for line in Line::of_json(text)? {
            let found = line.map_or_else(|faults| faults, |line| reading.line(&line));
            for fault in found {
                faults.note(fault);
            }
            if faults.are_full() {
                break;
            }
        }
        faults.verdict()?;
        Ok(reading.register)
    }
}

struct Reading<'a> {
    roll: Roll<'a>,
    session: &'a SessionDay,
    lines: HashMap<&'a str, u64>,
    register: PresenceSheet,
}

impl<'a> Reading<'a> {
    fn new(learners: &'a LearnerList, session: &'a SessionDay) -> Self {
        Self {
            roll: Roll::new(learners),
            session,
            lines: HashMap::new(),
            register: PresenceSheet::default(),
        }
    }

    /// Takes up what a line says, or says what is wrong with it.
    fn line(&mut self, line: &Line) -> Vec<SheetError> {
        let learner = self.learner(line);
        let stay = Stay::of(line, self.session);
        match (learner, stay) {
            (Ok(learner), Ok(Stay::Absent)) => self.register.absent.push(learner),
            (Ok(learner), Ok(Stay::Micros(micros))) => {
                let note = line.value(&NOTE).to_owned();
                if let Some(length) = self.session.length.filter(|length| micros > *length) {
                    let (line, learner) = (line.number, learner.clone());
                    self.register.overlong.push(Overlong { line, learner, micros, length });
                }
                if self.register.entries.len() == MOST_ENTRIES {
                    let message = Message::new("presence-fault-many").with("most", MOST_ENTRIES);
                    return vec![SheetError::new(line.number, None, message)];
                }
                self.register.entries.push(Presence { learner, micros, note });
            }
            (learner, stay) => {
                return [learner.err(), stay.err()].into_iter().flatten().collect();
            }
        }
        Vec::new()
    }

    fn learner(&mut self, line: &Line) -> Result<String, SheetError> {
        let (learner, heading) = self.roll.whom(line)?;
        let first = *self.lines.entry(&learner.id).or_insert(line.number);
        if first == line.number {
            return Ok(learner.id.clone());
        }
        let message = Message::new("presence-fault-learner-twice").with("line", first);
        Err(line.fault(heading, message.with("learner", clipped(&learner.id))))
    }
}
