//! The xAPI resources over HTTP, one file each.

pub mod about;
pub mod activities;
pub mod agents;
mod attached;
pub mod documents;
pub mod get_statements;
mod one;
pub mod put_statements;
pub(super) mod untrusted;
