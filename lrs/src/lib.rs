//! Traccia, a learning record store for SCORM and xAPI.

pub mod access;
pub mod clock;
pub mod course;
pub mod demo;
pub mod store;
pub mod xapi;
