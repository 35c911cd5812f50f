//! Traccia over HTTP: the only part that knows axum.

pub mod api;
pub mod consistency;
pub mod content;
pub mod credentials;
pub mod limits;
pub mod listen;
pub mod multipart;
pub mod packages;
pub mod problem;
pub mod request;
pub mod router;
#[cfg(not(test))]
mod routes;
pub mod share;
pub mod state;
pub mod version;
pub mod xapi;

mod alternate;
pub mod answered;
mod appended;
mod audit;
mod byte_range;
mod check_in;
mod compressed;
mod cors;
mod deadline;
#[cfg(test)]
mod describe;
mod described;
mod guard;
mod harden;
mod home;
mod language;
mod lingering;
mod origin;
mod paths;
pub mod rate;
mod refused;
mod shared;
mod signed_in;
pub mod web;
