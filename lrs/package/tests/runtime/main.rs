//! What a player commits, as state and statements.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod attempts;
mod bounds;
mod contents;
mod played;
mod table;
