//! xAPI statements, checked: what comes in as bytes leaves as a [`Statement`] or as a [`Report`]
//! of every rule it breaks. No I/O, no clock, no async.
//!
//! ```
//! use validator::{Version, check};
//!
//! let text = br#"{"actor": {"mbox": "mailto:maria@example.it"},
//!                 "verb": {"id": "http://example.it/verbs/read"},
//!                 "object": {"id": "chapter one"}}"#;
//! let report = check(text, Version::V1_0_3).unwrap_err();
//! let violation = &report.violations[0];
//! assert_eq!(violation.rule.id, "iri");
//! assert_eq!(violation.pointer, "/object/id");
//! assert_eq!((violation.line, violation.column), (3, 34));
//! ```

mod batch;
mod locate;
mod report;
mod rule;
mod rules;
mod schema;
mod statement;
mod version;

pub mod ifi;
pub mod json;
pub mod pointer;
pub mod value;

pub use batch::{Batch, check_batch};
pub use report::{MOST_VIOLATIONS, Report, Violation};
pub use rule::{Rule, rules};
pub use schema::files as schemas;
pub use statement::{Statement, check, check_agent};
pub use version::Version;
