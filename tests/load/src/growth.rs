//! What a store comes to as it grows: how fast it is filled, what memory and disk it takes, and how long a start takes after
//! the process was killed.

use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::process::Server;
use crate::rounds::{Aim, Effort, line, note};
use crate::wire::{Connection, post};
use crate::world::World;
use crate::writes::PATH;

/// The argument that asks for `to_ten_million`, which is no part of a run without arguments.
pub(crate) const ARGUMENT: &str = "growth";

/// Statements that a store has at the end of `to_ten_million`.
const TEN_MILLION: u64 = 10_000_000;
/// Between two figures of `to_ten_million`.
const MILLION: u64 = 1_000_000;
/// Statements whose time is compared, at the beginning and at the end of `to_ten_million`.
const HUNDRED_THOUSAND: u64 = 100_000;
/// Statements in a batch while a store is filled.
const FILLING: u64 = 500;
/// Statements that are added before the process is killed: nearly as many as the engine holds the index of in memory.
const BEFORE_THE_END: u64 = 48_000;

/// How a store was filled.
pub(crate) struct Filled {
    /// Statements a second.
    rate: f64,
    /// The most memory that the server has had, in bytes.
    memory: u64,
}

/// Fills `folder`, which has the statements up to `numbers.start`, and prints what that comes to. `first` is how the first
/// `part` were filled into the empty store: the last `part` are compared with them.
pub(crate) async fn measure(
    folder: &Path,
    effort: &Effort,
    first: &Filled,
    part: u64,
    numbers: Range<u64>,
) -> Result<()> {
    let last = numbers.end - part;
    fill(folder, effort, numbers.start..last).await?;
    let filled = fill(folder, effort, last..numbers.end).await?;
    line(
        &format!("filling: {last} to {} / 0 to {part}", numbers.end),
        filled.rate / first.rate,
        Aim::AtLeast(0.9),
        &format!("{:.0} and {:.0} statements/s", filled.rate, first.rate),
    );
    let megabytes = mega(filled.memory);
    line(
        "memory while that is filled: highest / 150 MB",
        megabytes / 150.0,
        Aim::AtMost(1.0),
        &format!("{megabytes:.0} MB, the program's file among them"),
    );
    let kept = numbers.end;
    let disk = size(folder)? / kept;
    line(
        &format!("disk for each of {kept} statements / 1,600 bytes"),
        mega(disk) * 1e6 / 1600.0,
        Aim::AtMost(1.0),
        &format!("{disk} bytes"),
    );
    Ok(())
}

/// Fills an empty store with ten million statements, prints the rate of each million and compares the last hundred thousand
/// with the first. Takes 6 GB in the folder of temporary files, and some ten minutes.
pub(crate) async fn to_ten_million(effort: &Effort) -> Result<()> {
    let folder = TempDir::new()?;
    let (part, step, all) =
        (effort.size(HUNDRED_THOUSAND), effort.size(MILLION), effort.size(TEN_MILLION));
    let first = fill(folder.path(), effort, 0..part).await?;
    let mut start = part;
    while start < all - step {
        let end = (start / step + 1) * step;
        fill(folder.path(), effort, start..end).await?;
        start = end;
    }
    measure(folder.path(), effort, &first, part, start..all).await?;
    start_after_a_kill(folder.path(), effort, all).await
}

/// Prints how long a start takes after the server was killed that had just added to the `kept` statements of `folder`.
pub(crate) async fn start_after_a_kill(folder: &Path, effort: &Effort, kept: u64) -> Result<()> {
    let server = Server::traccia(folder, &[]).await?;
    let added = effort.size(BEFORE_THE_END);
    send(&server, effort, kept..kept + added).await?;
    // Dropping kills.
    drop(server);
    let begun = Instant::now();
    let server = Server::traccia(folder, &[]).await?;
    let seconds = begun.elapsed().as_secs_f64();
    line(
        "start after a kill / 2 s",
        seconds / 2.0,
        Aim::AtMost(1.0),
        &format!("{seconds:.2} s with {} statements, until a key is let in", kept + added),
    );
    server.stop()
}

/// How many bytes the files of a folder have.
fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

#[expect(clippy::cast_precision_loss, reason = "a figure to read")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Sends statements through the server, as everybody does.
pub(crate) async fn fill(folder: &Path, effort: &Effort, numbers: Range<u64>) -> Result<Filled> {
    let server = Server::traccia(folder, &[]).await?;
    let begun = Instant::now();
    let count = numbers.end - numbers.start;
    send(&server, effort, numbers.clone()).await?;
    let rate = f64::from(u32::try_from(count)?) / begun.elapsed().as_secs_f64();
    note(
        &format!("filling by POSTs of {FILLING}, {} to {}", numbers.start, numbers.end),
        &format!("{rate:.0} statements/s"),
    );
    let memory = server.highest_memory()?;
    server.stop().context("stopping the server")?;
    Ok(Filled { rate, memory })
}

async fn send(server: &Server, effort: &Effort, numbers: Range<u64>) -> Result<()> {
    let world = World::new(effort);
    let mut next = numbers.start;
    let mut clients = Vec::new();
    for _ in 0..2 {
        clients.push(Connection::open(&server.address).await?);
    }
    let [first, second] = clients.as_mut_slice() else { bail!("there are two clients") };
    let mut batch = || {
        let until = (next + FILLING).min(numbers.end);
        let statements: Vec<_> = (next..until).map(|number| world.statement(number)).collect();
        next = until;
        (!statements.is_empty()).then(|| post(PATH, &format!("[{}]", statements.join(","))))
    };
    while let Some(one) = batch() {
        let other = batch();
        let other = async {
            if let Some(other) = &other {
                second.exchange(other).await?;
            }
            anyhow::Ok(())
        };
        let (one, other) = tokio::join!(first.exchange(&one), other);
        one?;
        other?;
    }
    Ok(())
}
