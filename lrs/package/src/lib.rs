//! E-learning packages: what a SCORM, cmi5 or xAPI package is, what it will report, and what is
//! wrong with it. Pure: reads from `Read + Seek`, no files, no clock.
//!
//! [`check`] gives a [`Report`] with typed [`Finding`]s; who shows them puts words to them through
//! [`Words`].

mod archive;
mod check;
mod content;
mod finding;
mod href;
mod limits;
mod report;
mod rule;
mod scan;
mod scorm;
mod shim;
mod show;
mod unfolded;
mod unpack;
mod xapi;
mod xml;

pub mod runtime;

pub use check::check;
pub use finding::{Finding, Findings};
pub use limits::Limits;
pub use report::{Kind, Part, Report, Reports};
pub use rule::{Rule, Severity};
pub use shim::{Mirror, Shimmed, shim, shim_refusal};
pub use show::{Words, findings, json, sarif, text};
pub use unpack::{Unpacked, unpack};
