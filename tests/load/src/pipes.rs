//! What a pipe between two servers of one machine delivers, against batches that clients send to the first one.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::Server;
use crate::rounds::{Aim, Effort, compare, line};
use crate::wire::{Connection, KEY, drive, get, post};
use crate::writes::{BATCH, PATH, Statements};

const ROUND: Duration = Duration::from_secs(2);
const CONNECTIONS: usize = 8;
const PIPE: &str = "/api/v1/pipes/bench";
/// How far apart the pipe is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Each pair of rounds: clients fill the first server while the pipe rests, and then the pipe takes all of it over.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let (from, to) = (TempDir::new()?, TempDir::new()?);
    let here = Server::traccia(from.path(), &[]).await?;
    let there = Server::traccia(to.path(), &[]).await?;
    let mut connection = Connection::open(&here.address).await?;
    let (user, password) = KEY.split_once(':').context("NAME:SECRET")?;
    let pipe = json!({"name": "bench", "direction": "push", "user": user, "password": password,
        "url": format!("http://{}/xapi", there.address)});
    connection.exchange(&post("/api/v1/pipes", &pipe.to_string())).await?;
    let statements = Rc::new(Statements::new(effort));
    let filled = Cell::new(0_u64);
    let connection = Rc::new(tokio::sync::Mutex::new(connection));
    let fill = async || {
        connection.lock().await.exchange(&post(&format!("{PIPE}/pause"), "")).await?;
        let (statements, sent) = (Rc::clone(&statements), Rc::new(Cell::new(0_u64)));
        let counted = Rc::clone(&sent);
        let next = move |request: &mut Vec<u8>| {
            counted.set(counted.get() + u64::from(BATCH));
            *request = post(PATH, &statements.body(BATCH));
        };
        let batches = drive(&here.address, CONNECTIONS, effort.round(ROUND), next).await?;
        filled.set(filled.get() + sent.get());
        Ok(batches * f64::from(BATCH))
    };
    let take_over = async || {
        let mut connection = connection.lock().await;
        let before = delivered(connection.exchange(&get(PIPE)).await?)?;
        let begun = Instant::now();
        connection.exchange(&post(&format!("{PIPE}/resume"), "")).await?;
        loop {
            let now = delivered(connection.exchange(&get(PIPE)).await?)?;
            if now >= filled.get() {
                #[expect(clippy::cast_precision_loss, reason = "a count of statements")]
                return Ok((now - before) as f64 / begun.elapsed().as_secs_f64());
            }
            ensure!(begun.elapsed() < ROUND * 60, "the pipe stands at {now} of {}", filled.get());
            tokio::time::sleep(LOOK).await;
        }
    };
    // A round fills what the next one takes over.
    let compared = compare(effort.pairs, fill, take_over).await?;
    line(
        &format!("pipe to a second server / POST of {BATCH}, {CONNECTIONS} connections"),
        1.0 / compared.ratio,
        Aim::AtLeast(0.5),
        &format!("{:.0} against {:.0} statements/s", compared.theirs, compared.ours),
    );
    Ok(())
}

fn delivered(body: &[u8]) -> Result<u64> {
    let pipe: Value = serde_json::from_slice(body)?;
    pipe.get("delivered").and_then(Value::as_u64).with_context(|| format!("no pipe: {pipe}"))
}
