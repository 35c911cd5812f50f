//! Traccia's own API under `/api/v1`, described by `/api/openapi.json`.

pub mod courses;
pub mod health;
pub mod keys;
pub mod packages;
pub mod whoami;
