//! `xapi-validate` as people call it: exit codes, standard input, NDJSON.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xapi-validate"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever refuses the arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

const VALID: &str = r#"{"actor":{"mbox":"mailto:a@example.it"},"verb":{"id":"http://example.it/v"},"object":{"id":"http://example.it/o"}}"#;

#[test]
fn a_valid_statement_ends_with_0() {
    let output = run(&["-"], VALID);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, b"<stdin>: valid (1 statement)\n");
}

#[test]
fn lines_of_ndjson_are_those_of_the_file() {
    let broken = VALID.replace("mailto:", "");
    let output =
        run(&["-", "--format", "json"], &format!("{VALID}\n\n[{VALID},{broken}]\n{VALID}\n"));
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let violation = &report["violations"][0];
    assert_eq!(report["violations"].as_array().unwrap().len(), 1);
    assert_eq!((&violation["line"], &violation["statement"]), (&3.into(), &1.into()));
    assert_eq!(violation["rule"], "mailbox");
}

#[test]
fn the_version_decides() {
    let statement = VALID.replacen('{', r#"{"version":"2.0.0","#, 1);
    assert_eq!(run(&["-", "--version", "2.0.0"], &statement).status.code(), Some(0));
    assert_eq!(run(&["-", "--version", "1.0.3"], &statement).status.code(), Some(1));
    assert_eq!(run(&["-"], &statement).status.code(), Some(1));
}

#[test]
fn what_cannot_run_ends_with_2() {
    for arguments in [&["no such file.json"][..], &["-", "--version", "0.9"], &[]] {
        let output = run(arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}
