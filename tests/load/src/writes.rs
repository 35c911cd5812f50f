//! What keeping statements costs: single POSTs against a handler that only reads and answers,
//! batches against a bare loop of prepared inserts.

use std::cell::Cell;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::bare::Bare;
use crate::process::Server;
use crate::rounds::{Aim, Effort, compare, line, median, note};
use crate::wire::{drive, drive_timed, post};
use crate::world::{World, id};

/// Where statements are sent.
pub(crate) const PATH: &str = "/xapi/statements";
/// Statements in a batch.
pub(crate) const BATCH: u32 = 100;
/// Statements that are sent again and again, each time under a new id.
const POOL: u64 = 24_000;
const ROUND: Duration = Duration::from_secs(2);
const LONGEST_STOP: Duration = Duration::from_secs(10);
/// Where the id is in a statement of [`World`].
const ID: std::ops::Range<usize> = 7..43;
pub(crate) const CONNECTIONS: usize = 64;
pub(crate) const BATCH_CONNECTIONS: usize = 8;

/// How often the disk is asked to have written something.
const SYNCS: u64 = 400;

/// How long waits are measured: long enough for the journal to be copied many times.
const STEADY: Duration = Duration::from_mins(1);

/// Both ratios and the waits, each on a fresh folder.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let statements = Rc::new(Statements::new(effort));
    singles(effort, &statements).await?;
    waits(effort, &statements).await?;
    batches(effort, &statements).await
}

async fn singles(effort: &Effort, statements: &Rc<Statements>) -> Result<()> {
    let folder = TempDir::new()?;
    let (traccia, empty) = (Server::traccia(folder.path(), &[]).await?, Server::empty()?);
    let round = async |server: &Server| {
        let statements = Rc::clone(statements);
        let next = move |request: &mut Vec<u8>| *request = post(PATH, &statements.body(1));
        drive(&server.address, CONNECTIONS, effort.round(ROUND), next).await
    };
    let compared =
        compare(effort.pairs, async || round(&traccia).await, async || round(&empty).await).await?;
    line(
        &format!("single POST, {CONNECTIONS} connections / empty handler"),
        compared.ratio,
        Aim::AtLeast(0.3),
        &format!(
            "{:.0} against {:.0} requests/s, {} bytes each",
            compared.ours,
            compared.theirs,
            statements.mean_length()
        ),
    );
    Ok(())
}

/// How long the disk takes to have written 32 KiB, four pages: what a commit of a group of single POSTs waits for at least.
/// While one group waits for it, the other half of the connections gathers for the next, so no more can be answered in a
/// second than all connections in twice this time.
fn syncs(folder: &Path, effort: &Effort) -> Result<()> {
    let mut file = File::create(folder.join("synced"))?;
    let (mut waits, pages) = (Vec::new(), vec![7; 32 << 10]);
    for _ in 0..effort.size(SYNCS) {
        file.write_all(&pages)?;
        let begun = Instant::now();
        file.sync_data()?;
        waits.push(begun.elapsed().as_secs_f64());
    }
    let wait = median(waits);
    note(
        "single POST: what the disk allows",
        &format!(
            "one fsync takes {:.1} ms: at most {:.0} requests/s",
            wait * 1e3,
            f64::from(u32::try_from(CONNECTIONS)?) / wait / 2.0
        ),
    );
    Ok(())
}

/// How long single POSTs wait, and what is written for each.
async fn waits(effort: &Effort, statements: &Rc<Statements>) -> Result<()> {
    let folder = TempDir::new()?;
    let traccia = Server::traccia(folder.path(), &[]).await?;
    let statements = Rc::clone(statements);
    let next = move |request: &mut Vec<u8>| *request = post(PATH, &statements.body(1));
    let length = effort.round(STEADY);
    let mut waits = drive_timed(&traccia.address, CONNECTIONS, length, next).await?;
    waits.sort_unstable();
    let at = |share: usize| {
        waits.get(waits.len() * share / 1000).or(waits.last()).copied().unwrap_or_default()
    };
    let millis = |wait: Duration| wait.as_secs_f64() * 1000.0;
    line(
        &format!("single POST, {CONNECTIONS} connections: p99 / p50 of the waits"),
        millis(at(990)) / millis(at(500)),
        Aim::AtMost(4.0),
        &format!(
            "p50 {:.1} ms, p99 {:.1} ms, longest {:.0} ms, {} in {length:.0?}",
            millis(at(500)),
            millis(at(990)),
            millis(at(1000)),
            waits.len()
        ),
    );
    let each = traccia.written()? / u64::try_from(waits.len().max(1))?;
    line(
        "single POST: written for each statement / 4,000 bytes",
        f64::from(u32::try_from(each)?) / 4000.0,
        Aim::AtMost(1.0),
        &format!("{each} bytes"),
    );
    syncs(folder.path(), effort)
}

async fn batches(effort: &Effort, statements: &Rc<Statements>) -> Result<()> {
    let folder = TempDir::new()?;
    let mut first = Server::traccia(folder.path(), &[]).await?;
    send_batches(&first, effort, statements).await?;
    // At its end the server brings the rows of the index into their table.
    first.ended_within(LONGEST_STOP).await?.context("the server does not stop")?;
    let mut text = || statements.body(1);
    let plain = Bare::with_rows_of(folder.path(), Some(&mut text))?;
    let packed = Bare::with_rows_of(folder.path(), None)?;
    let traccia = Server::traccia(folder.path(), &[]).await?;
    for (mut bare, of) in [(plain, "texts as they came"), (packed, "packed texts")] {
        let round = async || send_batches(&traccia, effort, statements).await;
        let bare_round = async || bare.insert(effort.round(ROUND));
        let compared = compare(effort.pairs, round, bare_round).await?;
        line(
            &format!("POST of {BATCH} / bare insert loop, {of}"),
            compared.ratio,
            Aim::AtLeast(2.0),
            &format!(
                "{:.0} against {:.0} statements/s, {:.1} index rows each, {BATCH_CONNECTIONS} connections",
                compared.ours,
                compared.theirs,
                bare.index_rows_each()
            ),
        );
    }
    Ok(())
}

/// A round of batches; gives statements per second.
pub(crate) async fn send_batches(
    traccia: &Server,
    effort: &Effort,
    statements: &Rc<Statements>,
) -> Result<f64> {
    let statements = Rc::clone(statements);
    let next = move |request: &mut Vec<u8>| *request = post(PATH, &statements.body(BATCH));
    let batches = drive(&traccia.address, BATCH_CONNECTIONS, effort.round(ROUND), next).await?;
    Ok(batches * f64::from(BATCH))
}

/// Statements without an end: a pool, each time around under new ids.
pub(crate) struct Statements {
    pool: Vec<String>,
    sent: Cell<u64>,
}

impl Statements {
    pub(crate) fn new(effort: &Effort) -> Self {
        Self::changed(effort, effort.size(POOL), str::to_owned)
    }

    /// A pool of `size`, each statement as `change` makes it, which leaves the id where it is.
    pub(crate) fn changed(effort: &Effort, size: u64, change: fn(&str) -> String) -> Self {
        let world = World::new(effort);
        let pool = (0..size).map(|number| change(&world.statement(number))).collect();
        Self { pool, sent: Cell::new(0) }
    }

    fn mean_length(&self) -> usize {
        self.pool.iter().map(String::len).sum::<usize>() / self.pool.len().max(1)
    }

    /// One statement, or as many as a batch has.
    pub(crate) fn body(&self, count: u32) -> String {
        let mut body = String::with_capacity(usize::try_from(count).unwrap_or(1) * 2048);
        if count == 1 {
            self.push(&mut body);
            return body;
        }
        body.push('[');
        for number in 0..count {
            if number > 0 {
                body.push(',');
            }
            self.push(&mut body);
        }
        body.push(']');
        body
    }

    fn push(&self, text: &mut String) {
        let number = self.sent.replace(self.sent.get() + 1);
        let place = usize::try_from(number).unwrap_or(0) % self.pool.len().max(1);
        let Some(statement) = self.pool.get(place) else { return };
        let start = text.len();
        text.push_str(statement);
        text.replace_range(start + ID.start..start + ID.end, &id(number).to_string());
    }
}
