//! Made-up cohorts: printed, written, and loaded into a running server.

use e2e::Traccia;
use serde_json::Value;

/// Counts of the register of the one workshop of `for-pa-105920`: who was there, and who was not.
async fn workshop(traccia: &Traccia) -> (usize, usize) {
    let arguments = [
        "report",
        "for-pa-105920",
        "register",
        "--session",
        "laboratorio-decisori/perugia",
        "--format",
        "json",
    ];
    let report = traccia.cli(&arguments).await.json();
    let rows = report["rows"].as_array().cloned().unwrap_or_default();
    let there = rows.iter().filter(|row| row["present"] == Value::Bool(true)).count();
    (there, rows.len() - there)
}

#[tokio::test]
async fn a_programme_is_loaded_with_its_cohort_and_loading_it_again_changes_nothing() {
    let traccia = Traccia::start().await;
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
    let traccia = Traccia::start().await;
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
async fn the_same_seed_prints_the_same_statements_and_those_of_moodle_have_no_ids_as_sent() {
    let traccia = Traccia::start().await;
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
    let traccia = Traccia::start().await;
    let done = traccia.cli(&["demo", "prog-2797"]).await;
    assert_ne!(done.code, Some(0));
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
