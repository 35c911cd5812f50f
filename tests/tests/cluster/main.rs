//! Servers on a database: several agree, and outlive each other and the database; one does everything. One file per
//! topic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod agreement;
mod backup;
mod copy;
mod kills;
mod ledger;
mod load;
mod node;
mod outage;
mod refusal;
mod run;
mod takeover;
mod turns;
mod whole;

use e2e::{Setup, Traccia};
use programs::fresh_database;

/// Two servers on a database of their own.
async fn two() -> [Traccia; 2] {
    let uri = fresh_database().await;
    let start = || Setup::default().store(&uri).start();
    [start().await, start().await]
}
