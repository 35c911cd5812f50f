//! What a progress report costs, and how long after its answer a statement counts in it. The
//! server has the demo programme with its cohort.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Server;
use crate::rounds::{Effort, median, note};
use crate::wire::{Connection, drive, get, post};
use crate::writes::PATH;

const REPORT: &str = "/api/v1/courses/prog-2796/progress?by=module,region";
const ROUND: Duration = Duration::from_secs(2);
const CONNECTIONS: usize = 4;
/// Statements whose way into the report is timed.
const TIMED: u64 = 40;

/// Two lines without an aim.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::traccia(folder.path(), &["--demo"]).await?;
    let mut client = Connection::open(&server.address).await?;
    let rows = rows(client.exchange(&get(REPORT)).await?)?;
    let next = |request: &mut Vec<u8>| *request = get(REPORT);
    let rate = drive(&server.address, CONNECTIONS, effort.round(ROUND), next).await?;
    let rows = rows.as_array().map_or(0, Vec::len);
    note("report by module,region of the demo", &format!("{rate:.0} requests/s, {rows} rows"));

    let mut waits = Vec::new();
    for number in 0..TIMED {
        waits.push(wait(&mut client, number).await?.as_secs_f64() * 1000.0);
    }
    let longest = waits.iter().copied().fold(0.0, f64::max);
    note(
        "from a POST's answer to the report that counts it",
        &format!("median {:.1} ms, longest {longest:.1} ms", median(waits)),
    );
    Ok(())
}

/// Sends a statement that changes the report, and asks for the report until it has changed.
async fn wait(client: &mut Connection, number: u64) -> Result<Duration> {
    let before = rows(client.exchange(&get(REPORT)).await?)?;
    client.exchange(&post(PATH, &attempt(number))).await?;
    let answered = Instant::now();
    while rows(client.exchange(&get(REPORT)).await?)? == before {
        anyhow::ensure!(answered.elapsed() < Duration::from_secs(10), "the report stands still");
    }
    Ok(answered.elapsed())
}

/// A test that is failed and passed in turn: each time the latest outcome, so that it decides. The learner of the demo has
/// passed it already, so that `passed` as the first would change nothing.
fn attempt(number: u64) -> String {
    let passed = !number.is_multiple_of(2);
    let verb = if passed { "passed" } else { "failed" };
    format!(
        r#"{{"actor":{{"account":{{"homePage":"https://formazione.example.it","name":"1001"}}}},"verb":{{"id":"http://adlnet.gov/expapi/verbs/{verb}"}},"object":{{"id":"https://formazione.example.it/mod/quiz/view.php?id=78"}},"result":{{"success":{passed}}},"timestamp":"2035-01-01T00:{:02}:{:02}Z"}}"#,
        number / 60,
        number % 60,
    )
}

fn rows(report: &[u8]) -> Result<Value> {
    let mut report: Value = serde_json::from_slice(report)?;
    report.get_mut("rows").map(Value::take).context("the report has no rows")
}
