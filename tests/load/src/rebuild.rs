//! What it costs to compute the progress of a course from all statements again, against the least
//! that could be done with them: reading each from the database and parsing it.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use rusqlite::Connection as Database;
use tempfile::TempDir;

use crate::growth::fill;
use crate::process::Server;
use crate::rounds::{Aim, Effort, line};
use crate::wire::{Connection, post, put};
use crate::world;

const STATEMENTS: u64 = 1_000_000;
const LEARNERS: u64 = 50_000;
const COURSE: &str = "/api/v1/courses/aula";
/// The database that is read for comparison.
const TEXTS: &str = "texts.sqlite";
/// Pairs of rounds.
const PAIRS: usize = 3;

/// One line.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let folder = TempDir::new()?;
    let statements = effort.size(STATEMENTS);
    fill(folder.path(), effort, 0..statements).await?;
    let texts = texts_of(folder.path())?;
    let server = Server::traccia(folder.path(), &[]).await?;
    let mut client = Connection::open(&server.address).await?;
    client.exchange(&put(COURSE, "application/toml", &course())).await?;
    client.exchange(&put(&format!("{COURSE}/learners"), "text/csv", &list())).await?;
    // The follower may still be reading the log for the new course: this finds what it has not come to.
    client.exchange(&post(&format!("{COURSE}/rebuild"), "")).await?;
    let (mut ratios, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let begun = Instant::now();
        let answer = client.exchange(&post(&format!("{COURSE}/rebuild"), "")).await?;
        let rebuilding = begun.elapsed().as_secs_f64();
        let answer: serde_json::Value = serde_json::from_slice(answer)?;
        let told = |key: &str| answer.get(key).and_then(serde_json::Value::as_u64);
        ensure!(told("statements") == Some(statements) && told("changed") == Some(0), "{answer}");
        let reading = read_all(texts.path(), statements)?;
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

/// A database with the texts of all statements of a store as they are: the store keeps them compressed.
fn texts_of(store: &Path) -> Result<TempDir> {
    let folder = TempDir::new()?;
    let mut database = Database::open(folder.path().join(TEXTS))?;
    database.pragma_update(None, "page_size", 8192)?;
    database
        .execute_batch("CREATE TABLE statement (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)")?;
    let program = std::env::current_exe()?.with_file_name("traccia");
    let mut command = Command::new(program);
    command.args(["store", "export", "--from"]).arg(format!("sqlite:{}", store.display()));
    let mut export = command.stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(export.stdout.take().context("no output")?).lines();
    let transaction = database.transaction()?;
    let mut insert = transaction.prepare("INSERT INTO statement (body) VALUES (?1)")?;
    for line in lines {
        insert.execute([line?])?;
    }
    drop(insert);
    transaction.commit()?;
    ensure!(export.wait()?.success(), "the export has failed");
    Ok(folder)
}

/// Reads and parses every statement; the seconds it takes.
fn read_all(folder: &Path, statements: u64) -> Result<f64> {
    let database = Database::open(folder.join(TEXTS))?;
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
