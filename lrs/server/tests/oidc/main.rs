//! Sign-in at an identity provider: a running server, and a provider in the process of the test.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod answers;
mod idp;
mod people;
mod providers;
mod signing_out;
mod world;
