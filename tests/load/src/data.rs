//! What tables cost: how fast files are written and how large they are, and what questions about all statements cost over
//! them, in seconds of the answer and memory of the server.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::growth::fill;
use crate::process::Server;
use crate::rounds::{Aim, Effort, line, median};
use crate::wire::{Connection, get};
use crate::world::World;

const STATEMENTS: u64 = 1_000_000;
const AGGREGATE: &str = "/api/v1/statements/aggregate";
/// Each question, the seconds that its answer may take, and its address.
const QUESTIONS: [(&str, f64, &str); 3] = [
    (
        "count, distinct(actor) by verb, week",
        0.5,
        "by=verb,week(timestamp)&measure=count,distinct(actor)&zone=Europe/Rome",
    ),
    (
        "count by course and module, with a filter",
        0.2,
        "by=course,parent&measure=count&where=verb=completed",
    ),
    ("the same, twins counted once", 1.0, "by=course,parent&measure=count&duplicates=once"),
];
/// Times that each question is asked.
const TIMES: usize = 9;
/// The most that the server may take more than before the questions, in MiB.
const MOST_MIB: f64 = 300.0;

/// The most bytes that a row of `statements` may take.
const MOST_BYTES: f64 = 90.0;
/// Statements that are parsed to be compared with.
const PARSED: u64 = 100_000;

/// A line for the speed of writing, one for what a row takes, one for each question, and one for the memory.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let (store, files) = (TempDir::new()?, TempDir::new()?);
    let statements = effort.size(STATEMENTS);
    fill(store.path(), effort, 0..statements).await?;
    seal(store.path(), files.path(), effort, statements)?;
    let folder = files.path().display().to_string();
    let server = Server::traccia(store.path(), &["--datasets", &folder]).await?;
    let process = server.process().as_raw_nonzero().get();
    let before = peak(process)?;
    let mut client = Connection::open(&server.address).await?;
    for (what, most, query) in QUESTIONS {
        let mut seconds = Vec::new();
        let mut groups = 0;
        for _ in 0..TIMES {
            let begun = Instant::now();
            let answer = client.exchange(&get(&format!("{AGGREGATE}?{query}"))).await?;
            seconds.push(begun.elapsed().as_secs_f64());
            let answer: Value = serde_json::from_slice(answer)?;
            groups = answer.get("rows").and_then(Value::as_array).map_or(0, Vec::len);
            ensure!(groups > 0, "{query}: {answer}");
        }
        let figures = format!("seconds, {groups} groups of {statements} statements");
        line(what, median(seconds), Aim::AtMost(most), &figures);
    }
    let taken = peak(process)? - before;
    line("memory of the server for it", taken, Aim::AtMost(MOST_MIB), "MiB more than before");
    Ok(())
}

/// Writes the files of a server's datasets, as far as the log goes.
fn seal(store: &Path, files: &Path, effort: &Effort, statements: u64) -> Result<()> {
    let parsed = parsed(effort)?;
    let program = std::env::current_exe()?.with_file_name("traccia");
    let begun = Instant::now();
    let mut command = Command::new(program);
    command.args(["data", "export", "all", "--from"]).arg(format!("sqlite:{}", store.display()));
    let written = command.arg("--output").arg(files).output()?;
    ensure!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let rate = f64::from(u32::try_from(statements)?) / begun.elapsed().as_secs_f64();
    line(
        "datasets written / statements parsed by serde_json",
        rate / parsed,
        Aim::AtLeast(0.5),
        &format!("{rate:.0} against {parsed:.0} statements/s"),
    );
    let manifest: Value = serde_json::from_slice(&std::fs::read(files.join("manifest.json"))?)?;
    let sealed = manifest.pointer("/tables/statements/files").and_then(Value::as_array);
    let sum = |member: &str| {
        let each = sealed.into_iter().flatten().filter_map(|file| file.get(member)?.as_f64());
        each.sum::<f64>()
    };
    let figures = format!("bytes; {} rows in {:.1} MiB", sum("rows"), sum("bytes") / 1_048_576.0);
    line("a row of `statements`", sum("bytes") / sum("rows"), Aim::AtMost(MOST_BYTES), &figures);
    Ok(())
}

/// How many statements one thread parses in a second.
fn parsed(effort: &Effort) -> Result<f64> {
    let world = World::new(effort);
    let texts: Vec<String> =
        (0..effort.size(PARSED)).map(|number| world.statement(number)).collect();
    let begun = Instant::now();
    for text in &texts {
        std::hint::black_box(serde_json::from_str::<Value>(text)?);
    }
    Ok(f64::from(u32::try_from(texts.len())?) / begun.elapsed().as_secs_f64())
}

/// The most memory that a process has had, in MiB.
fn peak(process: i32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}
