//! Traccia's own API under `/api/v1`, described by `/api/openapi.json`.

pub mod account;
pub mod aggregate;
pub mod audit;
pub mod check;
pub mod courses;
pub mod data;
pub mod dossiers;
pub mod erasures;
pub mod health;
pub mod jobs;
pub mod keys;
pub mod live;
pub mod monitoring;
pub mod my;
pub mod odata;
pub mod oidc;
pub mod packages;
pub mod people;
pub mod pipes;
pub mod reactions;
pub mod refusals;
mod search;
pub mod sessions;
pub mod setup;
pub mod statements;
pub mod system;
pub mod whoami;
