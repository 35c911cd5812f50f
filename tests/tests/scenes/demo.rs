//! Made-up cohorts: printed, written, and loaded into a running server.

use std::process::Stdio;

use e2e::Traccia;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// Counts of the register of the one workshop of `for-pa-105920`: who was there, and who was not.
async fn workshop(traccia: &Traccia) -> (usize, usize) {
    let arguments = ["report", "for-pa-105920", "register", "--format", "json"];
    let report = traccia.cli(&arguments).await.json();
    let rows = report["rows"].as_array().cloned().unwrap_or_default();
    let there = rows.iter().filter(|row| row["present"] == Value::Bool(true)).count();
    (there, rows.len() - there)
}

#[tokio::test]
async fn a_programme_is_loaded_with_its_cohort_and_loading_it_again_changes_nothing() {
    let traccia = Traccia::program().await;
    let load = ["demo", "for-pa-105920", "--load"];
    let rebuild = ["progress", "rebuild", "for-pa-105920"];
    let first = traccia.cli(&load).await.success().to_owned();
    traccia.cli(&rebuild).await.success();
    let (there, absent) = workshop(&traccia).await;
    assert!(there > 10 && absent > 0, "{there} were there, {absent} were not");
    assert_eq!(traccia.cli(&load).await.success(), first);
    traccia.cli(&rebuild).await.success();
    assert_eq!(workshop(&traccia).await, (there, absent));
}

#[tokio::test]
async fn a_cohort_is_written_as_files_that_the_other_commands_take() {
    let traccia = Traccia::program().await;
    let folder = traccia.folder().join("cohort").display().to_string();
    let demo = ["demo", "mimain-2740", "--learners", "12", "--output", &folder];
    traccia.cli(&demo).await.success();
    let file = |name: &str| format!("{folder}/{name}");
    traccia.cli(&["course", "load", &file("course.toml")]).await.success();
    traccia.cli(&["learners", "import", "mimain-2740", &file("learners.csv")]).await.success();
    let sent = traccia.cli(&["import", &file("statements.ndjson")]).await;
    assert!(sent.success().contains(", 0 refused"), "{sent}");
}

#[tokio::test]
async fn files_that_are_there_are_not_written_over() {
    let traccia = Traccia::program().await;
    let folder = traccia.folder().join("cohort");
    std::fs::create_dir(&folder).unwrap();
    let mine = folder.join("learners.csv");
    std::fs::write(&mine, "mine").unwrap();
    let name = folder.display().to_string();
    let demo = ["demo", "mimain-2740", "--learners", "3", "--output", &name];
    let refused = traccia.cli(&demo).await;
    assert_eq!(refused.code, Some(3), "{refused}");
    assert!(
        refused.stderr.contains("learners.csv") && refused.stderr.contains("--force"),
        "{refused}"
    );
    assert_eq!(std::fs::read_to_string(&mine).unwrap(), "mine");
    assert!(!folder.join("course.toml").exists(), "nothing is written");
    traccia.cli(&[&demo[..], &["--force"]].concat()).await.success();
    assert_ne!(std::fs::read_to_string(&mine).unwrap(), "mine");
}

/// `make run` starts it so, and it takes a while.
#[tokio::test]
async fn a_server_says_that_it_loads_the_demo_before_it_does() {
    let traccia = Traccia::program().await;
    let data = traccia.folder().join("demo").display().to_string();
    let mut serve =
        traccia.command(&["serve", "--demo", "--listen", "127.0.0.1:0", "--data", &data]);
    let mut running = serve.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    assert!(first.contains("prog-2796") && first.contains("520 made-up learners"), "{first}");
    let next = lines.next_line().await.unwrap().unwrap();
    assert!(next.starts_with("prog-2796: "), "how far it is, or that it is done: {next}");
    running.kill().await.unwrap();
}

#[tokio::test]
async fn the_same_seed_prints_the_same_statements_and_those_of_moodle_have_no_ids_as_sent() {
    let traccia = Traccia::program().await;
    let demo = ["demo", "formare-per-integrare", "--learners", "5", "--seed", "3"];
    let first = traccia.cli(&demo).await.success().to_owned();
    assert_eq!(traccia.cli(&demo).await.success(), first);
    let as_sent = traccia.cli(&[&demo[..], &["--as-sent"]].concat()).await.success().to_owned();
    assert_eq!(as_sent.lines().count(), first.lines().count());
    for line in as_sent.lines() {
        let statement: Value = serde_json::from_str(line).unwrap();
        let is_moodle = statement["context"]["platform"] == "Moodle";
        assert_eq!(statement.get("id").is_none(), is_moodle, "{line}");
    }
}

#[tokio::test]
async fn an_unknown_programme_is_told_the_five() {
    let traccia = Traccia::program().await;
    let done = traccia.cli(&["demo", "prog-2797"]).await;
    assert_eq!(done.code, Some(2), "{done}");
    for id in [
        "prog-2796",
        "anci-formazione-immigrazione",
        "mimain-2740",
        "for-pa-105920",
        "formare-per-integrare",
    ] {
        assert!(done.stderr.contains(id), "{done}");
    }
}
