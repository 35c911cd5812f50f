//! E-learning packages: SCORM, cmi5 and xAPI. Pure: reads from `Read + Seek`, no clock, no files.

mod archive;
mod finding;
mod limits;
mod rule;

pub use finding::{Finding, Findings};
pub use limits::Limits;
pub use rule::{Rule, Severity};
