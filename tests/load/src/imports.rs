//! What `traccia import` sends to a server, against batches that clients send; and what clients send to a server that keeps
//! files of datasets, against one that keeps none.

use std::cell::Cell;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::process::Server;
use crate::rounds::{Aim, Effort, compare, line};
use crate::wire::KEY;
use crate::world::World;
use crate::writes::{BATCH, BATCH_CONNECTIONS, Statements, send_batches};

/// Statements of one file.
const FILE: u64 = 40_000;
/// The ids of statements that are imported begin here: beyond those of [`Statements`].
const FIRST: u64 = 1 << 40;

/// Both ratios.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let statements = Rc::new(Statements::new(effort));
    let (folder, home) = (TempDir::new()?, TempDir::new()?);
    let server = Server::traccia(folder.path(), &[]).await?;
    let (file, next) = (home.path().join("history.ndjson"), Cell::new(FIRST));
    let import = async || {
        let first = next.replace(next.get() + FILE);
        imported(&server, &file, effort, first).await
    };
    let post = async || send_batches(&server, effort, &statements).await;
    let compared = compare(effort.pairs, import, post).await?;
    line(
        &format!("traccia import / POST of {BATCH}, {BATCH_CONNECTIONS} connections"),
        compared.ratio,
        Aim::AtLeast(0.5),
        &format!("{:.0} against {:.0} statements/s", compared.ours, compared.theirs),
    );
    drop(server);
    with_datasets(effort, &statements).await
}

async fn with_datasets(effort: &Effort, statements: &Rc<Statements>) -> Result<()> {
    let (with, without, files) = (TempDir::new()?, TempDir::new()?, TempDir::new()?);
    let files = files.path().display().to_string();
    let with = Server::traccia(with.path(), &["--datasets", &files]).await?;
    let without = Server::traccia(without.path(), &[]).await?;
    let ours = async || send_batches(&with, effort, statements).await;
    let theirs = async || send_batches(&without, effort, statements).await;
    let compared = compare(effort.pairs, ours, theirs).await?;
    line(
        &format!("POST of {BATCH} with datasets / without"),
        compared.ratio,
        Aim::AtLeast(0.95),
        &format!("{:.0} against {:.0} statements/s", compared.ours, compared.theirs),
    );
    Ok(())
}

/// Imports a file of new statements; gives how many a second.
async fn imported(server: &Server, file: &Path, effort: &Effort, first: u64) -> Result<f64> {
    let (world, count) = (World::new(effort), effort.size(FILE));
    let lines: Vec<String> = (first..first + count).map(|number| world.statement(number)).collect();
    std::fs::write(file, lines.join("\n"))?;
    let mut command = Command::new(std::env::current_exe()?.with_file_name("traccia"));
    command.arg("import").arg(file).args(["--key", KEY, "--url"]);
    command.arg(format!("http://{}", server.address));
    let begun = Instant::now();
    let done = tokio::task::spawn_blocking(move || command.output()).await??;
    let seconds = begun.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&done.stdout);
    ensure!(said.starts_with(&format!("{count} new, 0 known")), "{said}");
    Ok(f64::from(u32::try_from(count)?) / seconds)
}
