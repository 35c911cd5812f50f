//! Statements in tables: [`put`] keeps them, [`filter`] finds them, [`read`] gives them back.

mod filter;
mod learn;
mod link;
pub(super) mod put;
pub(super) mod read;
