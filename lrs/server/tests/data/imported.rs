//! `traccia import --into`: statements of other systems in a new store, at the instants at which they were stored there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{KeptOrigin, Store};
use store_sqlite::SqliteStore;
use store_testkit::clock::SystemClock;
use store_testkit::sample;
use tempfile::TempDir;
use xapi::instant::Instant;

use crate::served::Served;

/// The `n`th statement of another system, stored there at `stored`.
fn statement(n: u32, stored: &str) -> Value {
    let authority =
        json!({"account": {"homePage": "https://old.example", "name": format!("k{n}")}});
    let mut value = sample::statement(n);
    let members = value.as_object_mut().unwrap();
    members.insert("stored".into(), stored.into());
    members.insert("timestamp".into(), "2019-12-31T00:00:00Z".into());
    members.insert("authority".into(), authority);
    value
}

/// Two systems: of one a file of lines, of the other an array, compressed; they have one instant in common.
fn write_sources(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let lines = [
        statement(2, "2020-01-01T00:00:02.000Z").to_string(),
        statement(0, "2020-01-01T00:00:01.000Z").to_string(),
        "{".to_owned(),
        json!({"id": sample::id(9), "stored": "2020-01-01T00:00:03Z"}).to_string(),
        json!({"statement": statement(3, "2020-01-01T00:00:01.000Z")}).to_string(),
    ];
    std::fs::write(folder.join("north.ndjson"), lines.join("\n")).unwrap();
    let mut other = statement(2, "2020-01-01T00:00:04Z");
    other["verb"] = sample::verb("undid");
    let mut nameless = statement(5, "2020-01-01T00:00:05Z");
    nameless.as_object_mut().unwrap().remove("id");
    let array = json!([
        statement(1, "2020-01-01T00:00:01Z"),
        statement(0, "2020-01-01T00:00:06Z"),
        other,
        nameless,
    ]);
    let file = std::fs::File::create(folder.join("south.json.gz")).unwrap();
    let mut file = GzEncoder::new(file, flate2::Compression::fast());
    file.write_all(array.to_string().as_bytes()).unwrap();
    file.finish().unwrap();
}

fn import(home: &Path, step: Option<u32>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_traccia"));
    if let Some(step) = step {
        command.env("TRACCIA_FAILPOINT", step.to_string());
    }
    let into = format!("sqlite:{}", home.join("new").display());
    command.arg("import").arg(home.join("old")).args(["--into", &into]);
    command.arg("--rejects").arg(home.join("rejects.ndjson")).output().unwrap()
}

fn said(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "some are refused: {error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn open(home: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(&home.join("new"), Arc::new(SystemClock)).unwrap())
}

/// When each statement is stored, and its authority's name; and all origins.
async fn kept(home: &Path) -> (Vec<(String, String)>, Vec<KeptOrigin>) {
    let store = open(home);
    let log = sample::log(&store).await;
    let told = log.iter().map(|kept| {
        let value = kept.statement.value().unwrap();
        assert_eq!(value["stored"], kept.statement.stored.to_string());
        let name = value["authority"]["account"]["name"].as_str().unwrap().to_owned();
        (kept.statement.stored.to_string(), name)
    });
    let ever = Instant::from_micros(i64::MAX);
    (told.collect(), store.origins(Instant::default(), ever, 100).await.unwrap())
}

fn refused(home: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(home.join("rejects.ndjson")).unwrap();
    let rejects = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let told = rejects.map(|it| {
        let file = Path::new(it["file"].as_str().unwrap()).file_name().unwrap().to_owned();
        let number = if it["line"].is_null() { &it["number"] } else { &it["line"] };
        (format!("{} {number}", file.display()), it["reason"].to_string())
    });
    told.collect()
}

#[tokio::test]
async fn several_sources_are_merged_at_the_instants_that_they_had() {
    let home = TempDir::new().unwrap();
    write_sources(&home.path().join("old"));
    assert_eq!(said(&import(home.path(), None)), "5 new, 1 known, 3 refused\n");
    let (log, origins) = kept(home.path()).await;
    let at = |time: &str, name: &str| (format!("2020-01-01T00:00:0{time}Z"), name.to_owned());
    let expected = [
        at("1.000000", "k0"),
        at("1.000001", "k3"),
        at("1.000002", "k1"),
        at("2.000000", "k2"),
        at("5.000000", "k5"),
    ];
    assert_eq!(log, expected);
    let first = Instant::parse("2020-01-01T00:00:01Z").unwrap();
    let came: Vec<_> = origins
        .iter()
        .map(|it| (it.origin.name.as_str(), it.origin.stored.unwrap().micros() - first.micros()))
        .collect();
    let second = 1_000_000;
    let expected =
        [("north", 0), ("north", 0), ("south", 0), ("north", second), ("south", 4 * second)];
    assert_eq!(came, expected);
    let refused = refused(home.path());
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused["south.json.gz 3"].contains("/verb/id"), "{refused:?}");
    assert!(refused.contains_key("north.ndjson 3") && refused.contains_key("north.ndjson 4"));
}

#[tokio::test]
async fn the_same_import_again_changes_nothing_and_what_is_earlier_is_refused() {
    let home = TempDir::new().unwrap();
    let old = home.path().join("old");
    write_sources(&old);
    import(home.path(), None);
    let before = kept(home.path()).await;
    let rejects = refused(home.path());
    assert_eq!(said(&import(home.path(), None)), "0 new, 6 known, 3 refused\n");
    assert_eq!(kept(home.path()).await, before);
    assert_eq!(refused(home.path()), rejects, "those of before are told again");
    let earlier = statement(7, "2019-01-01T00:00:00Z").to_string();
    std::fs::write(old.join("west.ndjson"), earlier).unwrap();
    assert_eq!(said(&import(home.path(), None)), "0 new, 6 known, 4 refused\n");
    assert_eq!(kept(home.path()).await, before);
}

#[tokio::test]
async fn a_store_that_a_server_has_used_gets_no_instants_of_the_past() {
    let home = TempDir::new().unwrap();
    write_sources(&home.path().join("old"));
    std::fs::create_dir(home.path().join("new")).unwrap();
    open(home.path()).mark_used().await.unwrap();
    let output = import(home.path(), None);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a server has worked on the store"));
    assert_eq!(kept(home.path()).await, (Vec::new(), Vec::new()));
}

/// The program is killed before and after each write; the next run goes on, and in the end all is as if nothing had happened.
#[cfg(unix)]
#[tokio::test]
async fn an_import_that_is_killed_at_any_step_goes_on_and_keeps_nothing_twice() {
    let whole = TempDir::new().unwrap();
    write_sources(&whole.path().join("old"));
    import(whole.path(), None);
    let expected = (kept(whole.path()).await, refused(whole.path()));
    let mut killed = 0;
    for step in 1.. {
        let home = TempDir::new().unwrap();
        write_sources(&home.path().join("old"));
        let output = import(home.path(), Some(step));
        let is_killed = output.status.code().is_none();
        let (log, origins) = kept(home.path()).await;
        assert_eq!(log.len(), origins.len(), "killed at step {step}");
        if is_killed {
            killed += 1;
            import(home.path(), None);
        }
        assert_eq!((kept(home.path()).await, refused(home.path())), expected, "step {step}");
        if !is_killed {
            break;
        }
    }
    assert!(killed >= 3, "{killed} steps");
}

/// With new `stored` and authority, and the old ones as origin; a known statement gets none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_keeps_where_imported_statements_were() {
    let served = Served::start().await;
    let home = TempDir::new().unwrap();
    let file = home.path().join("old.ndjson");
    let lines = [0, 1].map(|n| statement(n, "2020-01-01T00:00:01.000Z").to_string());
    std::fs::write(&file, lines.join("\n")).unwrap();
    let import = |source: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_traccia"));
        command.arg("import").arg(&file).args(["--url", &served.url, "--key", "seed:secret"]);
        command.args(source.into_iter().flat_map(|name| ["--source", name])).output().unwrap()
    };
    assert_eq!(crate::done(&import(Some("old-lrs"))), "2 new, 0 known, 0 refused\n");
    assert_eq!(crate::done(&import(Some("other"))), "0 new, 2 known, 0 refused\n");
    let query = "by=origin,origin_authority,hour(origin_stored)%20as%20at&measure=count";
    let path = format!("/api/v1/statements/aggregate?{query}&where=origin!%3D");
    let answer: Value = served.ok(&path).await.json().await.unwrap();
    let at = "2020-01-01T00:00:00.000000Z";
    let row = |key: &str| json!(["old-lrs", key, at, 1]);
    assert_eq!(answer["rows"], json!([row("k0"), row("k1")]), "{answer}");
    let value = statement(7, at);
    let headers = [("X-Experience-API-Version", "1.0.3"), ("X-Traccia-Origin", " ")];
    let nameless = served.post("/xapi/statements", &value, &headers).await;
    assert_eq!(nameless.status(), 400);
}

/// As many as three requests take, the first hundred with an attachment, and one that is refused; each run of `step` has its
/// own ids.
fn write_many(home: &Path, step: u32) -> usize {
    const MANY: u32 = 1_101;
    let data = format!("the certificate of step {step}");
    let attachments = home.join("attachments");
    std::fs::create_dir_all(&attachments).unwrap();
    let hash = hex::encode(Sha256::digest(&data));
    std::fs::write(attachments.join(&hash), &data).unwrap();
    let about = json!([{"usageType": "https://x.example/a", "display": {"en": "A"},
        "contentType": "text/plain", "length": data.len(), "sha2": hash}]);
    let line = |n: u32| {
        let mut value = statement(1_000_000 + step * 10_000 + n, "2020-01-01T00:00:01Z");
        if n < 100 {
            value["attachments"] = about.clone();
        }
        if n == 700 {
            value["actor"] = json!({"mbox": "anna"});
        }
        value.to_string()
    };
    let lines: Vec<String> = (0..MANY).map(line).collect();
    std::fs::write(home.join("many.ndjson"), lines.join("\n")).unwrap();
    MANY as usize - 1
}

/// The rows of statements that were stored after an instant, and up to when they are all.
async fn rows_after(served: &Served, after: &str) -> (Vec<Value>, String) {
    let rows = served.ok(&format!("/api/v1/data/statements?after={after}")).await;
    let through = rows.headers()["traccia-through"].to_str().unwrap().to_owned();
    let text = rows.text().await.unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), through)
}

/// The program is killed before and after each request, and started again: each statement is there once, with its attachment,
/// and what is refused is told as if nothing had happened.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_into_a_server_that_is_killed_at_any_step_keeps_each_statement_once() {
    let served = Served::start().await;
    let (_, mut through) = rows_after(&served, "2025-01-01T00:00:00Z").await;
    let mut killed = 0;
    for step in 1.. {
        let home = TempDir::new().unwrap();
        let good = write_many(home.path(), step);
        let source = format!("step-{step}");
        let import = |step: Option<u32>| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_traccia"));
            if let Some(step) = step {
                command.env("TRACCIA_FAILPOINT", step.to_string());
            }
            command.arg("import").arg(home.path().join("many.ndjson"));
            command.arg("--attachments").arg(home.path().join("attachments"));
            command.arg("--rejects").arg(home.path().join("rejects.ndjson"));
            command.args(["--url", &served.url, "--key", "seed:secret", "--source", &source]);
            command.output().unwrap()
        };
        let output = import(Some(step));
        let is_killed = output.status.code().is_none();
        if is_killed {
            killed += 1;
            let told = said(&import(None));
            assert!(told.ends_with("1 refused\n"), "killed at step {step}: {told}");
        }
        let (rows, end) = rows_after(&served, &through).await;
        through = end;
        assert!(rows.iter().all(|row| row["origin"] == json!(source)), "killed at step {step}");
        let ids: BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!((rows.len(), ids.len()), (good, good), "killed at step {step}");
        let with_data = rows.iter().filter(|row| row["attachments"] == json!(1)).count();
        assert_eq!(with_data, 100, "killed at step {step}");
        let rejects = std::fs::read_to_string(home.path().join("rejects.ndjson")).unwrap();
        assert_eq!(rejects.lines().count(), 1, "killed at step {step}: {rejects}");
        if !is_killed {
            break;
        }
    }
    assert!(killed >= 6, "{killed} steps");
}

/// The states that a learner has, by id.
async fn states(served: &Served) -> Value {
    let agent = "%7B%22mbox%22%3A%22mailto%3Aanna%40x.example%22%7D";
    let path = format!("/xapi/activities/state?activityId=https://x.example/a&agent={agent}");
    let version = reqwest::header::HeaderName::from_static("x-experience-api-version");
    let ids: Vec<String> =
        served.get(&path, &[(version.clone(), "1.0.3")]).await.json().await.unwrap();
    let mut states = serde_json::Map::new();
    for id in ids {
        let one = served.get(&format!("{path}&stateId={id}"), &[(version.clone(), "1.0.3")]).await;
        states.insert(id, one.text().await.unwrap().into());
    }
    states.into()
}

/// The program is killed before and after each request, and started again.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_imported_once_however_often_the_program_is_killed_and_none_is_written_over()
{
    let served = Served::start().await;
    let home = TempDir::new().unwrap();
    let file = home.path().join("states.ndjson");
    let state = |id: &str, content: Value| {
        json!({"_id": {"$oid": "5"}, "activityId": "https://x.example/a", "agent": {"mbox": "mailto:anna@x.example"},
            "stateId": id, "content": content, "etag": "x"})
    };
    let mut lines = [
        state("a", json!({"page": 7})),
        state("b", json!([1])),
        json!({"stateId": "c", "content": 1}),
        state("d", json!({"x&46;y": 1})),
    ];
    let write = |lines: &[Value]| {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        std::fs::write(&file, lines.join("\n")).unwrap();
    };
    write(&lines);
    let import = |step: Option<u32>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_traccia"));
        if let Some(step) = step {
            command.env("TRACCIA_FAILPOINT", step.to_string());
        }
        command.args(["import", "documents"]).arg(&file).arg("--rejects");
        command.arg(home.path().join("rejects.ndjson"));
        command.args(["--url", &served.url, "--key", "seed:secret"]).output().unwrap()
    };
    for step in [1, 2, 1, 2, 3, 4] {
        assert_eq!(import(Some(step)).status.code(), None, "killed at step {step}");
    }
    // The steps above have made two of them.
    assert_eq!(said(&import(None)), "1 new, 2 known, 1 refused\n");
    let kept = json!({"a": r#"{"page":7}"#, "b": "[1]", "d": r#"{"x.y":1}"#});
    assert_eq!(states(&served).await, kept);
    lines[0]["content"] = json!({"page": 9});
    write(&lines);
    assert_eq!(said(&import(None)), "0 new, 2 known, 2 refused\n");
    let rejects = std::fs::read_to_string(home.path().join("rejects.ndjson")).unwrap();
    assert!(rejects.contains("Another document is there"), "{rejects}");
    assert_eq!(states(&served).await, kept, "nothing is written over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_cannot_be_sent_is_refused_and_the_next_ones_are_sent() {
    let served = Served::start().await;
    let home = TempDir::new().unwrap();
    let (file, rejects) = (home.path().join("states.ndjson"), home.path().join("rejects.ndjson"));
    let state = |id: &str, kind: &str| {
        json!({"activityId": "https://x.example/a", "agent": {"mbox": "mailto:anna@x.example"},
            "stateId": id, "contentType": kind, "content": "x"})
    };
    let lines = [
        state("a", "text/plain\r\nX-Other: 1"),
        state(&"b".repeat(100_000), "text/plain"),
        state("c", "text/plain"),
    ];
    std::fs::write(&file, lines.map(|line| line.to_string()).join("\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_traccia"));
    command.env("LC_ALL", "C").args(["import", "documents"]).arg(&file);
    command.arg("--rejects").arg(&rejects);
    command.args(["--url", &served.url, "--key", "seed:secret"]);
    assert_eq!(said(&command.output().unwrap()), "1 new, 0 known, 2 refused\n");
    assert_eq!(states(&served).await, json!({"c": "x"}));
    let rejects = std::fs::read_to_string(rejects).unwrap();
    let rejects = rejects.lines().map(|line| serde_json::from_str(line).unwrap());
    let rejects: Vec<Value> = rejects.collect();
    let told: Vec<_> = rejects.iter().map(|it| (&it["line"], &it["reason"])).collect();
    let not_sent = |why: &str| json!(format!("The document is not sent: {why}"));
    let first = not_sent("`contentType` is no media type that a header may have.");
    let second = not_sent("its ids make an address that is too long.");
    assert_eq!(told, [(&json!(1), &first), (&json!(2), &second)]);
}
