//! The reports: each a function from a [`View`] to a [`Table`](super::Table).

mod assessment;
mod bodies;
mod certificates;
mod curve;
mod figure;
mod funnel;
mod hours;
mod kind;
mod learner;
mod matrix;
mod people;
mod presence;
mod progress;
mod risk;
mod sheet;
mod small;
mod unmet;
mod view;

pub use assessment::assessment;
pub use bodies::bodies;
pub(super) use certificates::IN_PRINT as CERTIFICATE_IN_PRINT;
pub use certificates::{certificates, rule as certificate_rule};
pub use curve::curve;
pub(super) use figure::hours_cell;
pub use funnel::{comparison, funnel, hours_of_parts};
pub use hours::{Detail, hours, ledger};
pub use learner::learner;
pub use matrix::matrix;
pub use presence::{attendance, register, session_of};
pub use progress::progress;
pub use risk::{at_risk, glance};
pub use sheet::{SessionPlace, sessions_named, sheet};
pub use view::{Member, View};
