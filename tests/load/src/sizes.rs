//! What statements take: as JSON, as documents of the MongoDB engine with the entries of their
//! indexes, and on the disk of the embedded store.
//!
//! The real server keeps two sets of statements in either engine: those of [`World`], and a
//! programme's cohort, which makes progress documents too. What it has kept is read back with the
//! drivers. `TRACCIA_TEST_MONGODB_URI` may name the server to use in place of `FerretDB`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::{Collection, Database};
use rusqlite::Connection as Sqlite;
use tempfile::TempDir;

use crate::database::OwnDatabase;
use crate::key_string;
use crate::process::Server;
use crate::rounds::Effort;
use crate::wire::{Connection, KEY, get, post, put};
use crate::world::{World, activity, spread};
use crate::writes::PATH;

/// The name of this among the benchmarks.
pub(crate) const ARGUMENT: &str = "sizes";

/// Statements of the world: a thousand attempts from their first step to their last.
const STATEMENTS: u64 = 12_000;
const BATCH: u64 = 500;
const PROGRAMME: &str = "anci-formazione-immigrazione";
/// Few, as `FerretDB` reads a whole collection for most questions.
const LEARNERS: &str = "40";
/// State documents, and the bytes of each.
const STATES: u64 = 500;
const STATE: usize = 1_000;
/// Equal reports, one a second, after which no more is awaited.
const STILL: u32 = 4;
/// What a storage engine compresses at once.
const BLOCK: usize = 32 << 10;
/// Tables below this are a few pages, whatever is kept.
const SMALL: usize = 64 << 10;

/// What is kept.
#[derive(Clone, Copy)]
enum Set {
    World,
    Cohort,
}

impl Set {
    const fn name(self) -> &'static str {
        match self {
            Self::World => "statements by number",
            Self::Cohort => PROGRAMME,
        }
    }
}

/// Both sets in both engines.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    for set in [Set::World, Set::Cohort] {
        println!("\n== {}, MongoDB engine", set.name());
        mongo(set, effort).await?;
        println!("\n== {}, embedded store", set.name());
        embedded(set, effort).await?;
    }
    Ok(())
}

async fn mongo(set: Set, effort: &Effort) -> Result<()> {
    let (folder, own) = (TempDir::new()?, OwnDatabase::new().await?);
    let server = Server::traccia(folder.path(), &["--store", &own.uri]).await?;
    fill(&server, set, effort).await?;
    states(&server, effort).await?;
    server.stop()?;
    let mut names = own.database.list_collection_names().await?;
    names.sort_unstable();
    for name in names {
        collection(&own.database, &name).await?;
    }
    Ok(own.database.drop().await?)
}

/// Sends the statements of a set.
async fn fill(server: &Server, set: Set, effort: &Effort) -> Result<()> {
    match set {
        Set::World => {
            let mut client = Connection::open(&server.address).await?;
            let (world, statements) = (World::new(effort), effort.size(STATEMENTS));
            for first in (0..statements).step_by(usize::try_from(BATCH)?) {
                let batch = first..statements.min(first + BATCH);
                let batch: Vec<String> = batch.map(|number| world.statement(number)).collect();
                client.exchange(&post(PATH, &format!("[{}]", batch.join(",")))).await?;
            }
        }
        Set::Cohort => {
            let program = std::env::current_exe()?.with_file_name("traccia");
            let mut command = Command::new(program);
            command.args([
                "demo",
                PROGRAMME,
                "--learners",
                LEARNERS,
                "--load",
                "--key",
                KEY,
                "--url",
            ]);
            let loaded = command.arg(format!("http://{}", server.address)).output()?;
            ensure!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
            followed(server).await?;
        }
    }
    Ok(())
}

/// Waits until the log has been read for the course: its report stands still.
async fn followed(server: &Server) -> Result<()> {
    let mut client = Connection::open(&server.address).await?;
    let report = get(&format!("/api/v1/courses/{PROGRAMME}/reports/progress"));
    let (mut before, mut still) = (serde_json::Value::Null, 0);
    while still < STILL {
        let mut now: serde_json::Value = serde_json::from_slice(client.exchange(&report).await?)?;
        let rows = now.get_mut("rows").context("the report has no rows")?.take();
        still = if rows == before { still + 1 } else { 0 };
        before = rows;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// Keeps state documents, as a SCORM player does.
async fn states(server: &Server, effort: &Effort) -> Result<()> {
    let mut client = Connection::open(&server.address).await?;
    let body = "s".repeat(STATE);
    for number in 0..effort.size(STATES) {
        let agent = format!(r#"{{"mbox":"mailto:discente{number}@aula.example.org"}}"#);
        let path = format!(
            "/xapi/activities/state?stateId=cmi5&activityId={}&agent={}",
            encoded(&activity(spread(number, 41))),
            encoded(&agent)
        );
        client.exchange(&put(&path, "text/plain", &body)).await?;
    }
    Ok(())
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// One collection and its indexes.
async fn collection(database: &Database, name: &str) -> Result<()> {
    let documents: Collection<RawDocumentBuf> = database.collection(name);
    let kept: Vec<RawDocumentBuf> = documents.find(doc! {}).await?.try_collect().await?;
    if kept.is_empty() {
        return Ok(());
    }
    let raw: Vec<&[u8]> = kept.iter().map(|kept| kept.as_bytes()).collect();
    let total: usize = raw.iter().map(|bytes| bytes.len()).sum();
    println!(
        "{name}: {} documents of {:.0} bytes (to {}), snappy {:.2}",
        kept.len(),
        each(total, kept.len()),
        raw.iter().map(|bytes| bytes.len()).max().unwrap_or_default(),
        ratio(&raw)?,
    );
    let read = kept.iter().map(|raw| Document::try_from(raw.as_ref()));
    let read: Vec<Document> = read.collect::<std::result::Result<_, _>>()?;
    let bodies: usize = read.iter().filter_map(|it| it.get_str("body").ok()).map(str::len).sum();
    if bodies > 0 {
        println!("  {:<34}{:>25.1} bytes a document", "body, the text", each(bodies, read.len()));
    }
    let indexes: Vec<_> = documents.list_indexes().await?.try_collect().await?;
    for index in indexes {
        let fields: Vec<String> = index.keys.keys().cloned().collect();
        let lengths: Vec<usize> =
            read.iter().flat_map(|document| key_string::entries(document, &fields)).collect();
        let total: usize = lengths.iter().sum();
        println!(
            "  {:<34}{:>6.2} entries of{:>6.1} ={:>6.1} bytes a document",
            fields.join(", "),
            each(lengths.len(), read.len()),
            each(total, lengths.len()),
            each(total, read.len()),
        );
    }
    Ok(())
}

/// How many times smaller the documents are in blocks that Snappy has compressed.
fn ratio(documents: &[&[u8]]) -> Result<f64> {
    let all = documents.concat();
    let mut compressed = 0;
    for block in all.chunks(BLOCK) {
        compressed += snap::raw::Encoder::new().compress_vec(block)?.len();
    }
    Ok(each(all.len(), compressed))
}

async fn embedded(set: Set, effort: &Effort) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::traccia(folder.path(), &[]).await?;
    fill(&server, set, effort).await?;
    server.stop()?;
    tables(folder.path())
}

/// The tables and indexes of the embedded store, by what a statement takes in each.
fn tables(folder: &Path) -> Result<()> {
    let database = Sqlite::open(folder.join("traccia.sqlite"))?;
    let count = |table: &str| -> Result<usize> {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = database.query_row(&sql, [], |row| row.get(0))?;
        Ok(usize::try_from(count)?)
    };
    let (statements, progress) = (count("statement")?, count("progress")?);
    let mut select = database.prepare("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
    let mut sizes = BTreeMap::<String, usize>::new();
    for row in rows {
        let (name, size) = row?;
        sizes.insert(name, usize::try_from(size)?);
    }
    println!(
        "{statements} statements, {progress} progress documents: {:.0} bytes a statement",
        each(sizes.values().sum(), statements)
    );
    for (name, size) in sizes.iter().filter(|(_, size)| **size >= SMALL) {
        println!("  {name:<34}{:>25.1} bytes a statement", each(*size, statements));
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn each(total: usize, count: usize) -> f64 {
    total as f64 / count.max(1) as f64
}
