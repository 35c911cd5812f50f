//! The reports on a course, each described by a [`Report`] and made as a [`Table`], and the formats
//! that tables are written in. [`reports::EVERY`] lists the reports.

mod certificate;
mod descriptor;
mod detail;
pub mod export;
mod figure;
mod frozen;
mod grouping;
mod groups;
mod ledger;
mod page;
mod parameter;
mod people;
pub mod reports;
mod risk;
mod room;
mod sessions;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use descriptor::{Asked, Grouped, Make, Needs, Report};
pub use detail::Detail;
pub use frozen::{FrozenCertificates, FrozenPerson};
pub use grouping::{GroupKey, Grouping, UnknownGroupKey};
pub use ledger::{HoursRule, LedgerLine, ledger_lines};
pub use page::{Condition, NoCondition, PageError, Sort, TablePage};
pub use parameter::Parameter;
pub use reports::UnknownReport;
pub use reports::health::{Check, DataHealth, Finding};
pub use risk::is_at_risk;
pub use room::Room;
pub use sessions::{SessionPlace, session_of, sessions_named};
pub use table::{Cell, Column, Kind, Table};
pub use view::{Member, View};
