//! `traccia data export`: what `DuckDB`, pandas and Polars read of its files, and whether the questions of docs/data have the
//! answers that were planted.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

mod asked;
mod crash;
mod dbt;
mod erased;
mod found;
mod imported;
mod plant;
mod s3;
mod served;

use plant::{Plot, UNTIL, learner_list, plant};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs `traccia data export` of the store in `home` into its folder `out`.
fn export(home: &Path, course: &str, more: &[&str]) -> Output {
    let from = format!("sqlite:{}", home.join("store").display());
    Command::new(env!("CARGO_BIN_EXE_traccia"))
        .args(["data", "export", course, "--from", &from, "--output"])
        .arg(home.join("out"))
        .args(more)
        .output()
        .unwrap()
}

fn done(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn manifest(home: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(home.join("out/manifest.json")).unwrap()).unwrap()
}

fn rows(manifest: &Value, table: &str) -> u64 {
    let files = manifest["tables"][table]["files"].as_array().unwrap();
    files.iter().map(|file| file["rows"].as_u64().unwrap()).sum()
}

/// The Python in which scripts of tests/data run; nothing where there is no environment for it, which is said.
fn python_program(script: &str) -> Option<PathBuf> {
    let target = PathBuf::from(env!("CARGO_BIN_EXE_traccia"));
    let python = target.parent().unwrap().join("python/bin/python");
    if !python.exists() {
        let reason = "no Python environment: tests/data/setup target/debug/python makes one";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{reason}");
        eprintln!("skipped: {script}, {reason}");
        return None;
    }
    Some(python)
}

/// Runs a script of tests/data; nothing where there is no environment for it.
fn python(script: &str, arguments: &[&str]) -> Option<Value> {
    let python = python_program(script)?;
    let script = root().join("tests/data").join(script);
    let output = Command::new(python).arg(script).args(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

async fn planted(home: &Path) -> usize {
    let plot = Plot::whole();
    let count = plot.len();
    plant(&home.join("store"), plot).await;
    count
}

/// The answers to the questions of docs/data, by number.
fn asked(home: &Path) -> Option<Value> {
    let folder = format!("{}/", home.join("out").display());
    let docs = root().join("docs/data");
    let [views, questions] =
        ["views.sql", "questions.sql"].map(|it| docs.join(it).display().to_string());
    python("ask.py", &[&folder, &views, &questions])
}

/// The members of rows.
fn picked(rows: &Value, members: &[&str]) -> Vec<Value> {
    let row = |row: &Value| members.iter().map(|member| row[member].clone()).collect();
    rows.as_array().unwrap().iter().map(row).collect()
}

fn is_near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() < 1e-6, "{value} is not {expected}");
}

#[tokio::test]
async fn the_twelve_questions_have_the_answers_that_were_planted() {
    let home = TempDir::new().unwrap();
    planted(home.path()).await;
    done(&export(home.path(), "all", &["--until", UNTIL]));
    let Some(answers) = asked(home.path()) else { return };
    learning(&answers);
    sources(&answers);
    people(&answers);
}

/// Whether two rows are the same in the members of the second; numbers by value.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            (one.as_f64().unwrap() - other.as_f64().unwrap()).abs() < 1e-6
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            other.iter().all(|(name, value)| one.get(name).is_some_and(|it| is_same(it, value)))
        }
        (one, other) => one == other,
    }
}

/// Items that are equally good at telling learners apart come in any order, since a sum depends on the order of its numbers.
fn in_order(mut rows: Value) -> Value {
    if let Some(rows) = rows.as_array_mut()
        && rows.iter().all(|row| row["discrimination"].is_number())
    {
        rows.sort_by_key(|row| {
            let millionths = (row["discrimination"].as_f64().unwrap() * 1e6).round();
            (format!("{:>10}", millionths + 2e6), row["item"].to_string())
        });
    }
    rows
}

/// A reading that knows no table: what a column or view gets wrong shows.
#[tokio::test]
async fn the_twelve_questions_have_the_answers_of_a_slow_reading_of_the_raw_log() {
    let home = TempDir::new().unwrap();
    planted(home.path()).await;
    done(&export(home.path(), "all", &["--until", UNTIL]));
    let Some(by_sql) = asked(home.path()) else { return };
    let [log, list] = ["log.ndjson", "learners.csv"].map(|it| home.path().join(it));
    std::fs::write(&list, learner_list()).unwrap();
    let from = format!("sqlite:{}", home.path().join("store").display());
    let raw = Command::new(env!("CARGO_BIN_EXE_traccia"))
        .args(["store", "export", "--from", &from, "--output"])
        .arg(&log)
        .output()
        .unwrap();
    done(&raw);
    let through = manifest(home.path())["through"].as_str().unwrap().to_owned();
    let [log, list] = [log, list].map(|it| it.display().to_string());
    let slowly = python("slow.py", &[&log, &list, &through]).unwrap();
    for question in 1..=12 {
        let number = question.to_string();
        let [sql, slow] = [&by_sql, &slowly].map(|it| in_order(it[&number].clone()));
        assert!(slow.as_array().is_some_and(|rows| !rows.is_empty()), "{number}: {slow}");
        assert!(is_same(&sql, &slow), "question {number}\nby SQL: {sql}\nslowly: {slow}");
    }
}

fn learning(answers: &Value) {
    let lesson = |name: &str| format!("https://x.example/lesson/{name}");
    assert_eq!(
        picked(&answers["1"], &["object", "starts", "ends", "drop_off"]),
        [json!([lesson("b"), 20, 5, 0.75]), json!([lesson("a"), 40, 30, 0.25])]
    );
    assert_eq!(picked(&answers["2"], &["parent", "people"]), [json!(["https://x.example/m1", 11])]);
    is_near(&answers["2"][0]["hours"], 310.0 / 60.0);
    is_near(&answers["2"][0]["median_minutes"], 30.0);
    let items = answers["3"].as_array().unwrap();
    let item = |name: &str| {
        let iri = format!("https://x.example/test/{name}");
        items.iter().find(|row| row["item"] == json!(iri)).unwrap()
    };
    assert_eq!(items[0]["item"], json!("https://x.example/test/bad"), "the bad item comes first");
    is_near(&items[0]["discrimination"], -2.0 / 5.0_f64.sqrt());
    for (name, difficulty) in [("i1", 0.75), ("i2", 0.5), ("i3", 0.25), ("bad", 0.5)] {
        assert_eq!(item(name)["answers"], 40, "the first answers");
        is_near(&item(name)["difficulty"], difficulty);
    }
    let wrong = picked(&answers["4"], &["item", "choice", "n", "share"]);
    let i1 = "https://x.example/test/i1";
    let of_i1: Vec<_> = wrong.into_iter().filter(|row| row[0] == i1).collect();
    assert_eq!(of_i1, [json!([i1, "b", 7, 0.7]), json!([i1, "c", 3, 0.3])]);
    assert_eq!(
        picked(&answers["10"], &["object", "takers", "passed_first", "most"]),
        [json!(["https://x.example/exam", 16, 0.5, 2])]
    );
}

fn sources(answers: &Value) {
    let repeated = picked(&answers["5"], &["source", "repeated"]);
    assert_eq!(repeated, [json!(["storyline", 4]), json!(["cmi5", 0]), json!(["moodle", 0])]);
    let alarms = picked(&answers["6"], &["source", "alarm"]);
    let expected = [json!(["cmi5", true]), json!(["moodle", false]), json!(["storyline", false])];
    assert_eq!(alarms, expected);
    let late = picked(&answers["7"], &["source", "future", "over_a_day"]);
    let expected = [json!(["cmi5", 0, 0]), json!(["moodle", 0, 0]), json!(["storyline", 1, 3])];
    assert_eq!(late, expected);
    is_near(&answers["7"][1]["seconds"][0], 5.0);
    let newest = &picked(&answers["8"], &["verb", "source", "n", "objects"])[0];
    assert_eq!(*newest, json!(["https://v.example/new", "moodle", 1, 1]));
}

fn people(answers: &Value) {
    assert_eq!(
        picked(&answers["9"], &["actor_kind", "actor_home", "source", "actors", "n"]),
        [
            json!(["mbox", null, "moodle", 3, 3]),
            json!(["account", "https://other.example", "moodle", 1, 2])
        ]
    );
    let hours = picked(&answers["11"], &["weekday", "hour", "people"]);
    assert!(hours.contains(&json!([7, 3, 1])), "one learner on Sunday at three: {hours:?}");
    assert_eq!(hours.iter().find(|row| row[0] == 1 && row[1] == 8).unwrap()[2], 40, "{hours:?}");
    assert_eq!(
        picked(&answers["12"], &["region", "n", "people"]),
        [json!(["Lazio", 0, 14]), json!(["Umbria", 0, 24])],
        "Molise has two learners"
    );
}

#[tokio::test]
async fn duckdb_pandas_and_polars_read_the_same_rows_and_times_with_their_zone() {
    let home = TempDir::new().unwrap();
    let count = planted(home.path()).await as u64;
    done(&export(home.path(), "all", &["--until", UNTIL]));
    let folder = home.path().join("out").display().to_string();
    for table in [
        "statements",
        "context_activities",
        "agents",
        "extensions",
        "learners",
        "course_activities",
        "activities",
        "verbs",
        "refusals",
        "erasures",
    ] {
        let Some(read) = python("read.py", &[&folder, table]) else { return };
        let named = rows(&manifest(home.path()), table);
        let columns: Vec<_> = manifest(home.path())["tables"][table]["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|column| column["name"].clone())
            .collect();
        for reader in ["duckdb", "pandas", "polars"] {
            assert_eq!(read[reader], json!([named, columns]), "{table} by {reader}");
        }
        if table == "statements" {
            assert_eq!(named, count);
            let zones = &read["zones"];
            assert_eq!(zones["duckdb"], "TIMESTAMP WITH TIME ZONE");
            assert!(zones["pandas"].as_str().unwrap().contains("UTC"), "{zones}");
            assert!(zones["polars"].as_str().unwrap().contains("UTC"), "{zones}");
        }
    }
}

#[tokio::test]
async fn an_export_adds_what_is_new_and_never_writes_what_is_there_twice() {
    let home = TempDir::new().unwrap();
    let count = planted(home.path()).await as u64;
    done(&export(home.path(), "all", &["--until", "2025-01-09T12:00:00Z"]));
    let first = manifest(home.path());
    let begun = rows(&first, "statements");
    assert!(0 < begun && begun < count, "{begun}");
    let said = done(&export(home.path(), "all", &["--until", UNTIL]));
    assert!(said.starts_with(&format!("{} statements written", count - begun)), "{said}");
    let second = manifest(home.path());
    assert_eq!(rows(&second, "statements"), count);
    let said = done(&export(home.path(), "all", &["--until", UNTIL]));
    assert!(said.starts_with("0 statements written"), "{said}");
    for file in second["tables"]["statements"]["files"].as_array().unwrap() {
        let path = home.path().join("out").join(file["path"].as_str().unwrap());
        assert_eq!(std::fs::metadata(path).unwrap().len(), file["bytes"].as_u64().unwrap());
    }
}

#[tokio::test]
async fn the_export_of_a_course_has_its_statements_and_a_folder_keeps_to_one_recipe() {
    let home = TempDir::new().unwrap();
    planted(home.path()).await;
    done(&export(home.path(), "c", &["--until", UNTIL]));
    // 40 begun, 30 completed, and the two that void, whatever they void.
    assert_eq!(rows(&manifest(home.path()), "statements"), 72);
    let other = export(home.path(), "all", &["--until", UNTIL]);
    assert_eq!(other.status.code(), Some(3));
    let said = String::from_utf8_lossy(&other.stderr);
    assert!(said.contains("the course c") && said.contains("use an empty folder"), "{said}");
    let unknown = TempDir::new().unwrap();
    planted(unknown.path()).await;
    let unknown = export(unknown.path(), "nowhere", &[]);
    assert_eq!(unknown.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no course `nowhere`"));
}
