//! Courses and how far learners are in them: course files, learner lists, what a statement says
//! about progress, the fold over statements, and the report. No I/O, no clock, no async.
//!
//! A statement becomes [`Evidence`]; evidence of one learner is applied to their
//! [`LearnerProgress`], in any order and any number of times; a [`ProgressReport`] adds up the
//! progress of many [`Learner`]s.

mod check;
mod encoding;
mod error;
mod evidence;
mod file;
mod fold;
mod grouping;
mod heading;
mod identifier;
mod learner;
mod learner_list;
mod list_change;
mod model;
mod progress;
mod register;
mod render;
mod report;
mod sheet;
mod standing;
mod table;
#[cfg(test)]
mod tests;

pub use error::{CourseError, CourseErrors, SheetError, SheetErrors};
pub use evidence::{Evidence, TimeSpent};
pub use grouping::{GroupKey, Grouping, UnknownGroupKey};
pub use identifier::{Identifier, IdentifierError};
pub use learner::Learner;
pub use learner_list::LearnerList;
pub use list_change::ListChange;
pub use model::{
    Activity, ActivityPlace, ActivityRule, Course, Module, ModuleRule, Selector, Title,
};
pub use progress::{ActivityProgress, LearnerProgress, Mark, ModuleProgress, ObjectTime, State};
pub use register::{LengthError, Register, RegisterEntry, SessionDay, length};
pub use report::{Figures, ProgressReport, ReportRow};
pub use standing::{Standing, Standings};
pub use table::{Cell, Column, Kind, Language, Table, Words};
