//! One attack, from the fresh server to its end.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::Options;
use super::bystander::{Bystander, Observed};
use super::catalogue::Attack;
use super::memory::Watch;
use super::target::{Tally, Target};
use crate::database::OwnDatabase;
use crate::process::Server;

/// The files that a server may have open where an attack does not say otherwise.
const FILES: u64 = 1024;
/// A preparation that takes longer is given up.
const PREPARATION: Duration = Duration::from_mins(10);
/// For good clients to connect, and their key to be remembered.
const WARMING: Duration = Duration::from_secs(1);
/// The time without an attack.
const CALM: Duration = Duration::from_secs(4);
/// An attack that is over sooner is still looked at so long.
const SHORTEST: Duration = Duration::from_secs(4);
/// The time that a server may take to end, and is waited for.
const FAREWELL: Duration = Duration::from_secs(15);
/// A server with so many times the memory it may have is killed, before it takes others with it.
const DEADLY: u64 = 4;

/// What an attack did.
pub(super) struct Outcome {
    pub(super) tally: Tally,
    pub(super) before: Observed,
    pub(super) during: Observed,
    /// In MiB.
    pub(super) memory_before: u64,
    /// The most, in MiB.
    pub(super) memory: u64,
    /// How long the server took to end when it was told to, with the attack still under way.
    pub(super) ended: Option<Duration>,
    /// Whether it was gone before it was told to end.
    pub(super) died: bool,
    /// Whether it says in its log that a thread of it panicked.
    pub(super) panicked: bool,
}

/// Starts a server and attacks it.
pub(super) async fn of(attack: &Attack, options: &Options) -> Result<Outcome> {
    let folder = TempDir::new()?;
    let log = folder.path().join("server.log");
    let (mut server, _database) = start(attack, options, folder.path(), &log).await?;
    let target = Target::new(&server.address).await?;
    let preparation = timeout(PREPARATION, (attack.prepare)(target.clone())).await;
    let volley = preparation.context("the preparation took too long")??;

    let memory = Watch::over(server.process(), options.memory * DEADLY);
    let bystander = Bystander::start(target.address)?;
    sleep(WARMING).await;
    bystander.begin();
    sleep(CALM).await;
    let (before, memory_before) = (bystander.observed(), memory.peak());

    bystander.begin();
    let begun = Instant::now();
    let storm = tokio::spawn(volley);
    let is_over = || storm.is_finished() && begun.elapsed() >= SHORTEST;
    let mut died = false;
    while !is_over() && begun.elapsed() < Duration::from_secs(attack.seconds) && !died {
        sleep(Duration::from_millis(20)).await;
        died = server.has_ended()?;
    }
    let (during, peak, tally) = (bystander.observed(), memory.peak(), target.tally());
    let ended = if died { None } else { server.ended_within(FAREWELL).await? };
    storm.abort();
    bystander.stop();
    memory.stop();
    drop(server);
    let panicked = std::fs::read_to_string(&log)?.contains("panicked at");
    Ok(Outcome { tally, before, during, memory_before, memory: peak, ended, died, panicked })
}

async fn start(
    attack: &Attack,
    options: &Options,
    folder: &Path,
    log: &Path,
) -> Result<(Server, Option<OwnDatabase>)> {
    let beside = std::env::current_exe()?.with_file_name("traccia");
    let program = options.program.as_deref().unwrap_or(&beside);
    let database = match options.store.as_str() {
        "sqlite" => None,
        "mongodb" => Some(OwnDatabase::new().await?),
        other => anyhow::bail!("`--store {other}` is neither sqlite nor mongodb"),
    };
    let uri = database.as_ref().map(|database| database.uri.as_str());
    let more = uri.map_or_else(Vec::new, |uri| vec!["--store", uri]);
    let files = attack.files.unwrap_or(FILES);
    let server = Server::limited(program, &folder.join("data"), &more, files, File::create(log)?)?;
    let said = || std::fs::read_to_string(log).unwrap_or_default();
    ensure!(!server.address.is_empty(), "the server does not start: {}", said());
    Ok((server, database))
}
