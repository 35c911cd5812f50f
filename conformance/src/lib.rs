//! Tests whether a learning record store does what xAPI asks of it, from outside, over HTTP.
//!
//! The [`catalogue`] says what the standard asks, the [`suite`] has the cases that test it, the [`runner`]
//! runs them against a [`lrs::Target`] through a [`transport::Transport`], and a [`result::Run`] is what they
//! came to; [`report`] makes texts of it. Nothing here knows a particular server.

mod area;
mod ask;
pub mod case;
pub mod catalogue;
pub mod cli;
mod document;
pub mod edit;
pub mod exchange;
pub mod failure;
mod fixture;
mod kept;
pub mod known;
pub mod lrs;
pub mod multipart;
mod place;
pub mod probe;
pub mod report;
pub mod result;
pub mod runner;
pub mod suite;
mod table;
pub mod transport;
mod version;

pub use ask::{Ask, Reply};
pub use version::Version;
