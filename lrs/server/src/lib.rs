//! Traccia, a learning record store for SCORM and xAPI.
//!
//! [`xapi`], [`course`] and [`access`] are the vocabularies: pure words and rules; [`export`]
//! writes reports for people and programs. [`store`] is what an engine must do, [`record`] and
//! [`progress`] are what Traccia does with one, [`transfer`] with two, [`http`] and [`cli`] are how it is asked. [`app`]
//! puts the parts together. [`memory`] is what all requests may hold.

// What commands print goes through `cli::out`, which takes a reader that goes away.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod app;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod config;
mod failpoint;
pub mod stop;
pub mod web;
