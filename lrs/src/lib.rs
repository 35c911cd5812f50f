//! Traccia, a learning record store for SCORM and xAPI.

pub mod course;
pub mod demo;
