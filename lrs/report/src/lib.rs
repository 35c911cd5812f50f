//! The reports: each a function from a [`View`] to a [`Table`](crate::Table).

mod assessment;
mod bodies;
mod certificates;
mod curve;
pub mod export;
mod figure;
mod frozen;
mod funnel;
mod grouping;
mod hours;
mod kind;
mod learner;
mod ledger;
mod matrix;
mod people;
mod presence;
mod progress;
mod risk;
mod sheet;
mod small;
mod table;
#[cfg(test)]
mod tests;
mod unmet;
mod view;

pub use assessment::assessment;
pub use bodies::bodies;
pub use certificates::{certificates, rule as certificate_rule};
pub use curve::curve;
pub use frozen::{FrozenCertificates, FrozenPerson};
pub use funnel::{comparison, funnel, hours_of_parts};
pub use grouping::{GroupKey, Grouping, UnknownGroupKey};
pub use hours::{Detail, hours, ledger};
pub use learner::learner;
pub use ledger::{HoursRule, LedgerLine, ledger_lines};
pub use matrix::matrix;
pub use presence::{attendance, register, session_of};
pub use progress::progress;
pub use risk::{at_risk, glance};
pub use sheet::{SessionPlace, sessions_named, sheet};
pub use table::{Cell, Column, Kind, Table};
pub use view::{Member, View};
