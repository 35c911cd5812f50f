//! The statements of each kind of sender, in the shapes in which they really arrive.

pub(super) mod cmi5;
pub(super) mod moodle;
pub(super) mod package;
pub(super) mod register;
mod shape;

pub(super) use shape::{Outcome, set};
