//! Traccia over HTTP: the only part that knows axum.

pub mod api;
pub mod consistency;
pub mod credentials;
pub mod multipart;
pub mod problem;
pub mod request;
pub mod router;
pub mod state;
pub mod version;
pub mod xapi;

mod alternate;
mod cors;
mod home;
mod paths;
