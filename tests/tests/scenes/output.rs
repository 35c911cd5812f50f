//! What commands print, to whom, and the exit code they end with.

use std::process::Stdio;

use e2e::course::{self, COURSE};
use e2e::{Setup, Statement, Traccia, cli};
use serde_json::json;

async fn with_course() -> Traccia {
    let traccia = Traccia::program().await;
    let file = traccia.file("course.toml", course::file());
    traccia.cli(&["course", "load", &file]).await.success();
    let learners = traccia.file("learners.csv", course::learners());
    traccia.cli(&["learners", "import", COURSE, &learners]).await.success();
    traccia
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_ends_a_command_quietly() {
    let traccia = with_course().await;
    let (course, learners) =
        (traccia.file("again.toml", course::file()), traccia.file("again.csv", course::learners()));
    for arguments in [
        &["key", "list"][..],
        &["key", "list", "--format", "json"],
        &["course", "load", &course],
        &["learners", "import", COURSE, &learners],
        &["learners", "unassigned", COURSE],
        &["learners", "statements", COURSE, "u1"],
        &["progress", "rebuild", COURSE],
        &["report", COURSE, "matrix"],
        &["report", COURSE, "matrix", "--format", "xlsx"],
        &["demo", "mimain-2740", "--learners", "3"],
        &["health", "--url", traccia.url()],
        &["key", "--help"],
    ] {
        let done = traccia.cli_unread(arguments).await;
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{done}");
    }
}

#[tokio::test]
async fn a_store_is_exported_to_a_reader_that_stops_reading() {
    let folder = tempfile::tempdir().unwrap();
    let from = format!("sqlite:{}", folder.path().display());
    let mut traccia = Setup::default().store(&from).start().await;
    traccia.admin().store_one(&Statement::new().json()).await;
    traccia.kill();
    let done = traccia.cli_unread(&["store", "export", "--from", &from]).await;
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{done}");
}

#[tokio::test]
async fn a_key_whose_secret_nobody_can_read_is_not_passed_over_in_silence() {
    let traccia = Traccia::program().await;
    let done = traccia.cli_unread(&["key", "create", "--scope", "state", "--name", "unread"]).await;
    assert_eq!(done.code, Some(5), "{done}");
    assert!(done.stderr.contains("unread") && done.stderr.contains("revoke"), "{done}");
}

/// Only Linux has a device that is always full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_output_that_cannot_be_written_is_an_error() {
    let traccia = Traccia::program().await;
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = traccia.command(&["key", "list"]);
    let output = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let output = output.wait_with_output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("standard output"), "{said}");
}

#[tokio::test]
async fn standard_error_may_be_closed_too() {
    let traccia = Traccia::program().await;
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = traccia.command(&["key", "revoke", "nobody"]);
    let status = command.stdout(Stdio::null()).stderr(writer).status().await.unwrap();
    assert_eq!(status.code(), Some(3));
}

/// Every exit code of the list in `traccia --help`, but that of Ctrl-C.
#[tokio::test]
async fn each_exit_code_has_one_meaning() {
    let traccia = Traccia::program().await;
    let mut line = Statement::new().json();
    line["verb"] = json!({"id": "no iri"});
    let bad = traccia.file("bad.ndjson", line.to_string());
    let broken = traccia.file("broken.toml", "id = \"x\"\ntitle = \n");
    let nowhere = "http://127.0.0.1:9";
    for (code, arguments) in [
        (0, &["key", "list"][..]),
        (1, &["import", &bad]),
        (1, &["health", "--url", nowhere]),
        (2, &["key", "list", "--colour"]),
        (2, &["key", "list", "--key", "no-secret"]),
        (2, &["demo", "prog-2797"]),
        (2, &["serve", "--store", "oracle:x"]),
        (2, &["serve", "--config", "/nowhere/traccia.toml"]),
        (3, &["course", "load", &broken]),
        (3, &["key", "list", "--key", "seed:wrong"]),
        (3, &["report", "no-course", "glance"]),
        (4, &["key", "list", "--url", nowhere]),
        (5, &["course", "load", "/nowhere/course.toml"]),
        (5, &["import", "/nowhere/statements.ndjson"]),
    ] {
        let done = traccia.cli(arguments).await;
        assert_eq!(done.code, Some(code), "{done}");
        assert!(code == 0 || !done.stderr.is_empty() || !done.stdout.is_empty(), "{done}");
    }
    let help = cli(&["--help"]).await;
    for code in ["0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "130"] {
        assert!(help.success().lines().any(|line| line.trim().starts_with(code)), "{help}");
    }
}

#[tokio::test]
async fn a_wrong_setting_is_said_once_as_it_is_written() {
    let traccia = Traccia::program().await;
    let file = traccia.file("wrong.toml", "[limits]\nbody_byte = 3\n");
    let done = cli(&["serve", "--config", &file]).await;
    assert_eq!(done.code, Some(2), "{done}");
    assert!(done.stderr.contains("limits.body_byte in") && done.stderr.contains(&file), "{done}");
    assert!(done.stderr.contains("did you mean `body_bytes`?"), "{done}");
    assert!(!done.stderr.contains("default."), "{done}");
    assert_eq!(done.stderr.matches("not usable").count(), 1, "{done}");
    assert_eq!(done.stderr.matches("no such setting").count(), 1, "{done}");
}

#[tokio::test]
async fn a_workbook_goes_through_a_pipe() {
    let traccia = with_course().await;
    let mut command = traccia.command(&["report", COURSE, "matrix", "--format", "xlsx"]);
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.starts_with(b"PK\x03\x04"), "a workbook is a zip archive");
    assert!(!output.stdout.ends_with(b"\n"), "and nothing follows it");
}
