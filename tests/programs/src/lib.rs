//! The programs that tests start: how one is found, awaited and ended, and the server of databases among them.
//!
//! A crate of its own because the scenes and the contract tests of the server's library need the same databases.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test's fixture fails by panicking, with all that the program wrote in the message"
)]

mod mongodb;
mod program;

pub use mongodb::{MongoServer, fresh_database};
pub use program::{Program, built};
