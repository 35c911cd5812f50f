//! The reports are functions of a run: nothing of the server's reaches a page unescaped, and the counts are right.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use conformance::Version;
use conformance::catalogue::Level;
use conformance::exchange::Exchange;
use conformance::report::{Format, text};
use conformance::result::{CaseResult, Counts, Outcome, Run};

fn result(id: &str, level: Level, outcome: Outcome, known: Option<&str>) -> CaseResult {
    CaseResult {
        id: id.to_owned(),
        title: format!("{id} holds"),
        area: "voiding".to_owned(),
        version: Version::One,
        level,
        requirements: vec!["XAPI-00083".to_owned()],
        outcome,
        milliseconds: 5,
        known: known.map(str::to_owned),
        evidence: None,
    }
}

fn failed() -> Outcome {
    Outcome::Failed {
        expected: "status 400".to_owned(),
        got: "<script>alert(1)</script>".to_owned(),
    }
}

fn run() -> Run {
    let mut bad = result("bad", Level::Must, failed(), None);
    bad.evidence = Some(Exchange {
        request: "GET http://lrs.example/?a=<b>".to_owned(),
        request_headers: vec![("A".to_owned(), "<i>".to_owned())],
        request_body: "&".to_owned(),
        answer: "200".to_owned(),
        response_headers: Vec::new(),
        response_body: "</pre><script>".to_owned(),
        curl: "curl '<'".to_owned(),
    });
    Run {
        endpoint: "http://lrs.example/\"<x>".to_owned(),
        program: "0".to_owned(),
        started: String::new(),
        cases: vec![
            result("good", Level::Must, Outcome::Passed, None),
            bad,
            result("known", Level::Must, failed(), Some("we are told")),
            result("missed", Level::Should, failed(), None),
            result("healed", Level::Must, Outcome::Passed, Some("it was broken")),
            result("skipped", Level::Must, Outcome::Skipped { reason: "no key".to_owned() }, None),
        ],
        ended_early: None,
    }
}

#[test]
fn the_counts_and_the_exit_code_follow_from_the_outcomes() {
    let mut run = run();
    let counts = Counts { passed: 2, failed: 1, known: 1, missed: 1, skipped: 1 };
    assert_eq!(run.counts(Version::One), counts);
    assert_eq!((run.exit_code(false), run.exit_code(true)), (1, 1));
    run.cases.retain(|case| case.id != "bad");
    assert_eq!((run.exit_code(false), run.exit_code(true)), (0, 1));
    run.ended_early = Some("gone".to_owned());
    assert_eq!(run.exit_code(false), 2);
}

#[test]
fn nothing_from_the_server_is_markup_on_the_page() {
    let page = Format::Html.render(&run());
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)"));
    assert!(page.contains("1 failure against xAPI 1.0.3."));
    assert!(!page.contains("http://lrs.example/\"<x>"));
}

#[test]
fn json_can_be_read_again() {
    let json = Format::Json.render(&run());
    assert_eq!(serde_json::from_str::<Run>(&json).unwrap(), run());
}

#[test]
fn junit_counts_known_failures_as_skipped() {
    let xml = Format::Junit.render(&run());
    assert!(xml.contains("tests=\"6\"") && xml.contains("failures=\"2\""), "{xml}");
    assert!(xml.contains("known to fail: we are told"));
}

#[test]
fn the_text_names_the_clause_and_what_is_no_longer_known_to_fail() {
    let text = text(&run(), false);
    for part in [
        "FAILED bad",
        "KNOWN known",
        "MISSED missed",
        "Data 2.4.5.1",
        "healed in 1.0.3 is known to fail and passes",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}
