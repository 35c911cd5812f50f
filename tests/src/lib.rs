//! What end-to-end tests share: a running Traccia and clients typed by who is asking.
//!
//! A scene starts its own server on its own folder ([`Traccia::start`] in the process of the tests, or
//! [`Traccia::program`] where the scene is about the process), takes a client for the one who asks
//! ([`Traccia::admin`], [`Traccia::anonymous`], [`Traccia::with_key`]) and looks at whole answers ([`Reply`]).
//! Whatever becomes true later is awaited by [`eventually`]; nothing sleeps for a guessed time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test's fixture fails by panicking, with the whole answer in the message"
)]

mod answers;
mod client;
pub mod course;
mod document;
mod eventually;
mod factor;
mod in_process;
pub mod paths;
mod ralph;
mod reply;
mod scripted;
pub mod seminar;
pub mod source;
mod statement;
mod traccia;
mod wire;

pub use answers::Answers;
pub use client::{Ask, Client};
pub use conformance::multipart::{Multipart, Part, sha256 as sha2_hex};
pub use document::Document;
pub use eventually::eventually;
pub use factor::code;
pub use ralph::Ralph;
pub use reply::{Problem, Reply};
pub use scripted::{Scripted, Turn};
pub use statement::{
    ADL, Statement, account, activity, activity_iri, agent, anonymous_group, group, new_id,
    reference, verb,
};
pub use traccia::{Done, Setup, Traccia, cli, cli_killed_after, cli_within};
pub use wire::{Wire, gzip};
