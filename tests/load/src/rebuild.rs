//! What it costs to compute the progress of a course from all statements again, against the least
//! that could be done with them: reading each from the database and parsing it.

use std::fmt::Write as _;
use std::time::Instant;

use anyhow::{Result, ensure};
use rusqlite::Connection as Database;
use tempfile::TempDir;

use crate::process::Server;
use crate::reads::fill;
use crate::rounds::{Aim, Effort, line};
use crate::wire::{Connection, post, put};
use crate::world;

const STATEMENTS: u64 = 1_000_000;
const LEARNERS: u64 = 50_000;
const COURSE: &str = "/api/v1/courses/aula";
/// Pairs of rounds.
const PAIRS: usize = 3;

/// One line.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let folder = TempDir::new()?;
    let statements = effort.size(STATEMENTS);
    fill(folder.path(), effort, 0..statements).await?;
    let server = Server::traccia(folder.path(), &[]).await?;
    let mut client = Connection::open(&server.address).await?;
    client.exchange(&put(COURSE, "application/toml", &course())).await?;
    client.exchange(&put(&format!("{COURSE}/learners"), "text/csv", &list())).await?;
    let (mut ratios, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let begun = Instant::now();
        let answer = client.exchange(&post(&format!("{COURSE}/rebuild"), "")).await?;
        let rebuilding = begun.elapsed().as_secs_f64();
        let answer: serde_json::Value = serde_json::from_slice(answer)?;
        let told = |key: &str| answer.get(key).and_then(serde_json::Value::as_u64);
        ensure!(told("statements") == Some(statements) && told("changed") == Some(0), "{answer}");
        let reading = read_all(folder.path(), statements)?;
        ratios.push(rebuilding / reading);
        ours.push(rebuilding);
        theirs.push(reading);
    }
    let median = crate::rounds::median;
    line(
        &format!("rebuild of {statements} statements / reading and parsing them"),
        median(ratios),
        Aim::AtMost(3.0),
        &format!("{:.1} and {:.1} s", median(ours), median(theirs)),
    );
    Ok(())
}

/// Reads and parses every statement; the seconds it takes.
fn read_all(folder: &std::path::Path, statements: u64) -> Result<f64> {
    let database = Database::open(folder.join("traccia.sqlite"))?;
    let begun = Instant::now();
    let mut select = database.prepare("SELECT body FROM statement ORDER BY seq")?;
    let mut rows = select.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let value: serde_json::Value = serde_json::from_str(row.get_ref(0)?.as_str()?)?;
        count += u64::from(value.is_object());
    }
    ensure!(count == statements, "{count} statements were read");
    Ok(begun.elapsed().as_secs_f64())
}

/// A course of a fifth of the world's activities: 4 modules of 25.
fn course() -> String {
    let mut text = String::from(
        "id = \"aula\"\ntitle = { it = \"Aula\" }\ntime_zone = \"Europe/Rome\"\nhours = 150\n",
    );
    for module in 0..4 {
        let _ = write!(text, "[[module]]\nid = \"m{module}\"\ntitle = {{ it = \"M\" }}\n");
        for number in 0..25 {
            let id = world::activity(module * 25 + number);
            let _ = write!(text, "[[module.activity]]\nid = \"{id}\"\n");
        }
    }
    text
}

fn list() -> String {
    let mut text = String::from("learner,identifiers,region,body\n");
    for learner in 0..LEARNERS {
        let body = learner % 400;
        let account = format!("account:{}|{learner}", world::SITE);
        let _ = writeln!(text, "u{learner},{account},Regione {},Comune {body}", body % 20);
    }
    text
}
