//! Why something was not taken or given.

use crate::memory::Exhausted;
use crate::record::error::RecordError;
use course::{CourseErrors, MergeError, SheetErrors, offer};
use report::UnknownGroupKey;
use store::StoreError;
use texts::Message;

/// Why a course, its learners, a register or a report was not taken or given. Nothing was
/// changed.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// There is no course of this id.
    #[error("there is no course `{0}`")]
    NoCourse(String),
    /// The file's id is not the one it was sent under.
    #[error("the course file says id = \"{file}\", but it was sent as `{address}`")]
    OtherId {
        /// The id in the file.
        file: String,
        /// The id in the address.
        address: String,
    },
    /// The course file has faults.
    #[error(transparent)]
    Course(#[from] CourseErrors),
    /// The list of learners, or the presence sheet, has faults.
    #[error(transparent)]
    Sheet(#[from] SheetErrors),
    /// A list without a learner.
    #[error("the list names nobody")]
    EmptyList,
    /// The day is still to come.
    #[error("{0} is still to come: what will be true at its end is not known")]
    DayToCome(jiff::civil::Date),
    /// Something that this report does not take.
    #[error("the report {report} does not take {what}")]
    NotTaken {
        /// The parameters that it takes.
        takes: Vec<&'static str>,
        /// The report.
        report: &'static str,
        /// What was asked.
        what: String,
    },
    /// The report on one learner, without one.
    #[error("the report `learner` is about one learner, and none is named")]
    NobodyNamed,
    /// Learners name an edition that the course does not have.
    #[error(
        "learner `{learner}` is enrolled in the edition `{edition}`, which the course does not \
         have ({count} in all)"
    )]
    NoEdition {
        /// The first of them.
        learner: String,
        /// The edition they name.
        edition: String,
        /// How many learners name an edition that is not there.
        count: usize,
    },
    /// Two learners cannot be merged or told apart.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// A word to group by that is nothing.
    #[error(transparent)]
    Grouping(#[from] UnknownGroupKey),
    /// There is no learner of this id that the caller may see.
    #[error("there is no learner `{0}` in this course that this key may see")]
    NoLearner(String),
    /// A value that no learner has whom the caller may see.
    #[error("{}", nobody_has(.what, .value, .near))]
    NobodyHas {
        /// The column of the list of learners.
        what: &'static str,
        /// What was asked for.
        value: String,
        /// What learners have that looks like it.
        near: Vec<String>,
    },
    /// The course has no module of this id.
    #[error("the course has no module `{0}`")]
    NoModule(String),
    /// The activity belongs to a module already.
    #[error("the activity `{activity}` is in the module `{module}` already")]
    Mapped {
        /// The activity's IRI.
        activity: String,
        /// The module's id.
        module: String,
    },
    /// The course file is written so that nothing can be added without changing more of it.
    #[error("the course file is written in a way that only its author can change")]
    NotEditable,
    /// A place in a list that no page of it gave.
    #[error("`{0}` is not the `next` of a page")]
    NoCursor(String),
    /// There is no session of this name.
    #[error("the course has no event `{event}` with a session `{session}`")]
    NoSession {
        /// The event's key.
        event: String,
        /// The session's id.
        session: String,
    },
    /// Several events have a session of this id.
    #[error("several events have a session `{session}`: {}", named.join(", "))]
    SeveralSessions {
        /// The session's id.
        session: String,
        /// Each of them as EVENT/SESSION.
        named: Vec<String>,
    },
    /// There is no frozen list of this id.
    #[error("there is no certificate list `{0}` that this key may see")]
    NoCertificates(String),
    /// The course was changed, and what statements say of it is being read again.
    #[error("the progress of `{0}` is being computed from all statements")]
    Computing(String),
    /// The report is about the whole course, and the key is bound to a territory.
    #[error("this is about the whole course, and the key is bound to a territory")]
    Bounded,
    /// A day that has no end in the calendar.
    #[error("the day {0} is too far off")]
    NoDay(jiff::civil::Date),
    /// The check-in code is of no session.
    #[error("this code is not valid today")]
    NoCode,
    /// The check-in code is of a session of another day.
    #[error("this code is valid on {0} alone")]
    CodeOfDay(jiff::civil::Date),
    /// The session's day is past, on which alone its check-in code is good.
    #[error("the session `{session}` was on {date}: its check-in code is not valid any more")]
    SessionOver {
        /// The session's id.
        session: String,
        /// Its day.
        date: jiff::civil::Date,
    },
    /// Other requests changed the course at the same time, again and again.
    #[error("the course was changed by another request at the same time")]
    Busy,
    /// The course has frozen certificate lists, which would go with it.
    #[error("the course `{course}` has {lists} frozen certificate lists, which would go with it")]
    HasCertificates {
        /// The course's id.
        course: String,
        /// How many lists.
        lists: usize,
    },
    /// Boards, or the table of a report, need more memory than is left.
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    /// A register's statements were not taken.
    #[error(transparent)]
    Record(Box<RecordError>),
    /// The store cannot serve.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ProgressError {
    /// The message of the catalogue, where the error has one.
    pub fn message(&self) -> Option<Message> {
        match self {
            Self::NobodyHas { what, value, near } => Some(nobody_has(what, value, near)),
            Self::Merge(error) => Some(error.message()),
            _ => None,
        }
    }
}

fn nobody_has(what: &str, value: &str, near: &[String]) -> Message {
    let message = Message::new("nobody-has").with("what", what).with("value", value);
    message.with_value("near", offer(near))
}

impl From<RecordError> for ProgressError {
    fn from(error: RecordError) -> Self {
        Self::Record(Box::new(error))
    }
}
