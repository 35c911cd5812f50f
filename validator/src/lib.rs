//! xAPI statements, checked: what comes in as bytes leaves as a [`Statement`] or as a [`Report`]
//! of every rule it breaks. No I/O, no clock, no async.

mod version;

pub use version::Version;
