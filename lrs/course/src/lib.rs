//! Courses and how far learners are in them: course files, learner lists, what a statement says
//! about progress, what becomes of it, and the reports. No I/O, no clock, no async.
//!
//! A statement becomes [`Evidence`]; evidence of one actor is applied to their
//! [`ActorProgress`], in any order. A [`Replay`] over the documents of a [`Learner`]'s actors
//! gives their [`Standings`] on any day, and a report adds up the standings of many.

mod check;
mod encoding;
mod enrolment;
mod error;
mod evidence;
mod file;
mod formula;
mod heading;
mod identifier;
mod language;
mod learner;
mod learner_list;
mod list_change;
mod list_csv;
mod list_warning;
mod model;
mod near;
mod persons;
mod presence_sheet;
mod progress;
mod replay;
mod sheet;
mod standing;
mod territory;
#[cfg(test)]
mod tests;
mod usage;

pub use enrolment::{Enrolment, MergeError, Unlisted};
pub use error::{CheckedCourse, CourseError, CourseErrors, NamedPackage, SheetError, SheetErrors};
pub use evidence::{
    ATTENDED, Answer, EVIDENCE, Evidence, LONGEST_RESPONSE, PRESENCE, Time, Word, fingerprint,
};
pub use file::{EditError, LARGEST_FILE, with_activity};
pub use formula::written as written_in_sheet;
pub use identifier::{Identifier, IdentifierError};
pub use language::{Bilingual, Language};
pub use learner::Learner;
pub use learner_list::LearnerList;
pub use list_change::ListChange;
pub use list_warning::ListWarning;
pub use model::{
    Activity, ActivityPlace, ActivityRule, Assessment, Audience, Certificate, Course, Credit,
    Edition, Form, Mode, Module, ModuleRule, Names, Outline, ScoreRule, Selectors, Session, Title,
    Window, hours_of, micros_of_hours, reaches_score,
};
pub use near::{near, offer};
pub use persons::Persons;
pub use presence_sheet::{LengthError, Overlong, Presence, PresenceSheet, SessionDay, length};
pub use progress::{ActorProgress, Entry, Journal, MOST_KEPT, MOST_USED, Seen, State};
pub use replay::{ActivityState, Cut, ObjectTime, Reached, Replay, Since, Step, Track};
pub use standing::{ActivityStanding, Standing, Standings};
pub use territory::Territories;
pub use usage::{FirstAnswer, Usage};

// The tests of reports share the scene of the tests here, which names this crate as they do.
#[cfg(test)]
extern crate self as course;
