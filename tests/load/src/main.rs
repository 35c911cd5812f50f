//! `make bench`: what Traccia costs, as ratios to the least that could do the same.
//!
//! The real server runs as its own process on a fresh folder, with its commits as durable as
//! always. Each ratio comes from short rounds taken in turn (ours, theirs, ours, …) and is the
//! median of the rounds, so that a busy machine slows both sides alike. `BENCH_QUICK=1` runs
//! everything at a twentieth of the size, to try the harness; its figures mean little.
//!
//! `make sizes`: what statements take in either engine, in bytes, and no ratios.
//!
//! `load fill FOLDER`: the course of `scale.rs` as a data folder; `tests/browser/scale` measures the browser UI on it.
//!
//! `make bench peers`: the same load on another learning record store, where it is installed.
//!
//! `make bench growth`: an empty store filled with ten million statements.
//!
//! `make attack`: what attacks do to good requests beside them, and to the server's memory.

mod attack;
mod bare;
mod cluster;
mod data;
mod database;
mod empty;
mod growth;
mod hosting;
mod imports;
mod key_string;
mod packages;
mod peers;
mod pipes;
mod process;
mod progress;
mod reads;
mod rebuild;
mod rounds;
mod scale;
mod sizes;
mod validation;
mod wire;
mod world;
mod writes;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use rounds::Effort;

fn main() -> Result<ExitCode> {
    if std::env::args().nth(1).as_deref() == Some(empty::ARGUMENT) {
        return empty::serve().map(|()| ExitCode::SUCCESS);
    }
    if std::env::args().nth(1).as_deref() == Some(hosting::ARGUMENT) {
        let folder = std::env::args().nth(2).unwrap_or_default();
        return hosting::serve(&folder).map(|()| ExitCode::SUCCESS);
    }
    // One thread sends and receives: the cores are for the server.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> Result<ExitCode> {
    if std::env::args().nth(1).as_deref() == Some(attack::ARGUMENT) {
        return attack::run().await;
    }
    if std::env::args().nth(1).as_deref() == Some(scale::ARGUMENT) {
        let folder = std::env::args().nth(2).context("usage: load fill FOLDER")?;
        return scale::fill(Path::new(&folder)).await.map(|()| ExitCode::SUCCESS);
    }
    measure().await.map(|()| ExitCode::SUCCESS)
}

async fn measure() -> Result<()> {
    let effort = Effort::of_environment();
    let chosen: Vec<String> = std::env::args().skip(1).filter(|name| name != "--bench").collect();
    if chosen.iter().any(|name| name == sizes::ARGUMENT) {
        return sizes::measure(&effort).await;
    }
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    rounds::heading(&effort);
    if chosen.iter().any(|name| name == growth::ARGUMENT) {
        growth::to_ten_million(&effort).await?;
    }
    if chosen.iter().any(|name| name == peers::ARGUMENT) {
        peers::measure(&effort).await?;
    }
    if wanted("validation") {
        validation::measure(&effort).await?;
    }
    if wanted("writes") {
        writes::measure(&effort).await?;
    }
    if wanted("cluster") {
        cluster::measure(&effort).await?;
    }
    if wanted("reads") {
        reads::measure(&effort).await?;
    }
    if wanted("progress") {
        progress::measure(&effort).await?;
    }
    if wanted("scale") {
        scale::measure(&effort).await?;
    }
    if wanted("rebuild") {
        rebuild::measure(&effort).await?;
    }
    if wanted("data") {
        data::measure(&effort).await?;
    }
    if wanted("imports") {
        imports::measure(&effort).await?;
    }
    if wanted("pipes") {
        pipes::measure(&effort).await?;
    }
    if wanted("packages") {
        packages::measure(&effort)?;
        hosting::measure(&effort).await?;
    }
    Ok(())
}
