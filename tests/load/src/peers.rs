//! Traccia beside xapi-rs, a learning record store in Rust on `PostgreSQL`: the same load on both in turn, for five
//! minutes in all, with commits that wait for the disk on both sides. Neither `PostgreSQL` nor xapi-rs is a part of the
//! build: without one of them this part is skipped, and says how to get it.

mod postgres;
mod xapi_rs;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Server;
use crate::rounds::{Aim, Effort, compare, line, note};
use crate::wire::{BASIC, Connection, drive_timed, get_as, post_as};
use crate::writes::{BATCH, BATCH_CONNECTIONS, CONNECTIONS, PATH, Statements};

use postgres::Postgres;
use xapi_rs::XapiRs;

/// Chooses this part, which runs only where it is chosen.
pub(crate) const ARGUMENT: &str = "peers";

/// Several batches on each connection: xapi-rs takes seconds for one. With [`PAIRS`], five minutes for both ways on
/// both sides and for the rounds that are not counted.
const ROUND: Duration = Duration::from_secs(12);
/// Pairs of rounds per ratio, or fewer.
const PAIRS: usize = 5;
/// Statements that are sent again and again, each time under a new id. xapi-rs takes a minute or so to know them.
const POOL: u64 = 1200;
/// Statements on a page while those kept are counted.
const PAGE: u32 = 500;

/// How statements are sent, and what the ratio should be.
struct Way {
    name: &'static str,
    connections: usize,
    /// Statements of one request.
    count: u32,
    aim: Aim,
}

const WAYS: [Way; 2] = [
    Way { name: "single POST", connections: CONNECTIONS, count: 1, aim: Aim::AtLeast(30.0) },
    Way {
        name: "POST of 100",
        connections: BATCH_CONNECTIONS,
        count: BATCH,
        aim: Aim::AtLeast(60.0),
    },
];

/// Both ratios. Fails where a side refuses a statement, or keeps more or fewer than it has accepted.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let (programs, program) = (postgres::programs()?, xapi_rs::program()?);
    if programs.is_none() {
        note("Traccia / xapi-rs", postgres::MISSING);
    }
    if program.is_none() {
        note("Traccia / xapi-rs", xapi_rs::MISSING);
    }
    let (Some(programs), Some(program)) = (programs, program) else { return Ok(()) };
    let (data, own) = (TempDir::new()?, TempDir::new()?);
    let postgres = Postgres::start(&programs).await?;
    let peer = XapiRs::start(&program, own.path(), &postgres, PAGE).await?;
    let traccia = Server::traccia(data.path(), &[]).await?;
    let ours = Side::new(&traccia.address, PATH, BASIC, effort);
    let theirs = Side::new(&peer.address, xapi_rs::PATH, xapi_rs::BASIC, effort);
    ours.introduce().await?;
    theirs.introduce().await?;
    for way in &WAYS {
        beside(effort, way, &ours, &theirs).await?;
    }
    let (ours, theirs) = (ours.kept().await?, theirs.kept().await?);
    note("statements accepted, and found by GET", &format!("{ours} and {theirs}"));
    Ok(())
}

async fn beside(effort: &Effort, way: &Way, ours: &Side, theirs: &Side) -> Result<()> {
    let length = effort.round(ROUND);
    let compared = compare(
        effort.pairs.min(PAIRS),
        async || ours.round(way, length).await,
        async || theirs.round(way, length).await,
    )
    .await?;
    line(
        &format!("{}, {} connections: Traccia / xapi-rs", way.name, way.connections),
        compared.ratio,
        way.aim,
        &format!(
            "{:.0} against {:.0} statements/s, {} against {}",
            compared.ours,
            compared.theirs,
            ours.waits(),
            theirs.waits()
        ),
    );
    Ok(())
}

/// A server under load. Both sides are sent the same statements in the same order.
struct Side {
    address: String,
    /// Where statements are sent.
    path: &'static str,
    /// What the `Authorization` header has after `Basic`.
    basic: &'static str,
    statements: Rc<Statements>,
    accepted: Cell<u64>,
    /// How long the requests of each round have waited, since they were last told of.
    waits: RefCell<Vec<Vec<Duration>>>,
}

impl Side {
    fn new(address: &str, path: &'static str, basic: &'static str, effort: &Effort) -> Self {
        Self {
            address: address.to_owned(),
            path,
            basic,
            statements: Rc::new(Statements::changed(effort, POOL, below_maximum)),
            accepted: Cell::new(0),
            waits: RefCell::default(),
        }
    }

    /// Sends one request after another until the server knows all verbs, activities and people: xapi-rs answers 500 to
    /// requests that bring the same new one at once.
    async fn introduce(&self) -> Result<()> {
        let mut connection = Connection::open(&self.address).await?;
        while self.accepted.get() < POOL {
            let request = post_as(self.basic, self.path, &self.statements.body(BATCH));
            connection.exchange(&request).await?;
            self.accepted.set(self.accepted.get() + u64::from(BATCH));
        }
        Ok(())
    }

    /// Sends for as long as `length`; gives statements per second.
    async fn round(&self, way: &Way, length: Duration) -> Result<f64> {
        let (statements, path, basic) = (Rc::clone(&self.statements), self.path, self.basic);
        let count = way.count;
        let next = move |request: &mut Vec<u8>| {
            *request = post_as(basic, path, &statements.body(count));
        };
        let begun = Instant::now();
        let waits = drive_timed(&self.address, way.connections, length, next).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let accepted = u32::try_from(waits.len())? * count;
        self.accepted.set(self.accepted.get() + u64::from(accepted));
        self.waits.borrow_mut().push(waits);
        Ok(f64::from(accepted) / seconds)
    }

    /// The waits of all rounds but the first, which warms up; then forgets them.
    fn waits(&self) -> String {
        let mut waits: Vec<Duration> = self.waits.take().into_iter().skip(1).flatten().collect();
        waits.sort_unstable();
        let at = |share: usize| {
            let wait = waits.get(waits.len() * share / 100).copied().unwrap_or(Duration::MAX);
            wait.as_secs_f64() * 1000.0
        };
        format!("p50 {:.1} p99 {:.1} ms", at(50), at(99))
    }

    /// How many statements the server has, by the pages of a GET: as many as it has accepted.
    async fn kept(&self) -> Result<u64> {
        let mut connection = Connection::open(&self.address).await?;
        let mut kept = 0;
        let mut next = format!("{}?format=ids&limit={PAGE}", self.path);
        while !next.is_empty() {
            let page = connection.exchange(&get_as(self.basic, &next)).await?;
            let page: Value = serde_json::from_slice(page).context("a page of statements")?;
            let statements = page.get("statements").and_then(Value::as_array);
            kept += u64::try_from(statements.context("a page without statements")?.len())?;
            let more = page.get("more").and_then(Value::as_str).unwrap_or_default();
            path_of(more).clone_into(&mut next);
        }
        let (accepted, path) = (self.accepted.get(), self.path);
        ensure!(kept == accepted, "{path}: {accepted} statements accepted and {kept} kept");
        Ok(kept)
    }
}

/// A score that reaches its maximum, which xapi-rs refuses, becomes one that nearly does.
fn below_maximum(statement: &str) -> String {
    statement.replace(r#""raw":100,"#, r#""raw":99,"#)
}

/// The path and query of a URL, or of what is a path already.
fn path_of(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find('/').and_then(|start| rest.get(start..)).unwrap_or_default()
}
