//! What a player that is not ours may send.

use package::Kind;
use package::runtime::{Commit, CommitRefusal};
use serde_json::{Value, json};

use crate::played::{Play, at, launch};

fn begun() -> Play {
    let mut play = Play::of(launch(Kind::Scorm2004Fourth));
    play.now = 1_000;
    play.begin(1);
    play.sequence = 1;
    play
}

#[test]
fn a_clock_that_is_ahead_or_behind_is_held_to_the_servers() {
    for (said, kept) in [(999_999, 1_060), (-999_999, 1_000), (1_030, 1_030)] {
        let mut play = begun();
        play.now = 1_060;
        let commit = Commit { at: at(said).to_string(), ..play.made(false) };
        play.apply(&commit).unwrap();
        let time: jiff::Timestamp = play.said[0]["timestamp"].as_str().unwrap().parse().unwrap();
        assert_eq!(time, at(kept), "{said}");
    }
}

#[test]
fn what_is_too_much_is_refused_by_name_and_not_kept() {
    let many: Value = (0..=2_000)
        .map(|n| (n.to_string(), json!({ "id": n.to_string() })))
        .collect::<serde_json::Map<_, _>>()
        .into();
    for (cmi, refusal) in [
        (json!({ "suspend_data": "è".repeat(64_001) }), CommitRefusal::SuspendDataLong),
        (json!({ "interactions": many }), CommitRefusal::InteractionsMany),
        (json!({ "comments_from_learner": many }), CommitRefusal::CommentsMany),
        (json!({ "x": "x".repeat(2_000_001) }), CommitRefusal::StateLarge),
        // Six bytes each, as they are written.
        (json!({ "x": "\u{1}".repeat(340_000) }), CommitRefusal::StateLarge),
    ] {
        let mut play = begun();
        let before = play.state.clone();
        let commit = Commit { cmi: cmi.as_object().unwrap().clone(), ..play.made(false) };
        assert_eq!(play.apply(&commit).unwrap_err(), refusal);
        assert_eq!(play.state, before);
    }
    let mut play = begun();
    let commit = Commit { at: "yesterday".to_owned(), ..play.made(false) };
    assert_eq!(play.apply(&commit).unwrap_err(), CommitRefusal::Time);
    play.launch.sco.identifier = String::new();
    let large = Commit {
        sco: String::new(),
        sequencing: Some("x".repeat(2_000_001).into()),
        ..play.made(false)
    };
    assert_eq!(play.apply(&large).unwrap_err(), CommitRefusal::StateLarge);
}

#[test]
fn models_of_any_shape_give_valid_statements() {
    let shapes = [
        json!(null),
        json!(1),
        json!(-1e308),
        json!("x"),
        json!(""),
        json!([]),
        json!({}),
        json!([[{}]]),
        json!({ "0": 5 }),
        json!({ "0": { "id": "q\u{0}\u{202e}", "type": "numeric", "learner_response": "\u{fffd}", "result": "1e999" } }),
        json!({ "7": { "id": 5, "learner_response": [] }, "-1": { "id": "x" }, "99999999999999999999": { "id": "x" } }),
        json!({ "raw": "NaN", "min": "inf", "max": "5", "scaled": "9" }),
        json!("P99999999999Y"),
        json!("PT1H1H"),
        json!("99999:99:99"),
        json!("PT"),
        json!("-PT5S"),
        json!("9999:99:99.99"),
    ];
    let names = [
        "interactions",
        "score",
        "session_time",
        "success_status",
        "completion_status",
        "progress_measure",
        "exit",
        "core",
        "comments",
        "comments_from_learner",
        "suspend_data",
        "objectives",
        "location",
    ];
    for standard in [Kind::Scorm12, Kind::Scorm2004Fourth] {
        for name in names {
            for shape in &shapes {
                let mut play = Play::of(launch(standard));
                play.begin(1);
                for cmi in [json!({ name: shape }), json!({ "core": { name: shape } })] {
                    play.cmi = cmi.as_object().unwrap().clone();
                    play.commit();
                }
                play.end();
                play.begin(2);
                play.commit();
                play.end();
                assert!(play.said.len() >= 4, "{name} {shape}");
            }
        }
    }
}
