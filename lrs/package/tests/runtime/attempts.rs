//! An attempt over several sessions: resuming, time, repeats, disorder, tabs that are closed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use package::Kind;
use package::runtime::{After, Commit, CommitRefusal, LessonMode, apply, close};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::played::{Play, at, launch, verb};

fn played(standard: Kind) -> Play {
    Play::of(launch(standard))
}

fn time(statement: &Value) -> Timestamp {
    statement["timestamp"].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_suspended_sco_is_resumed_with_what_it_had_kept() {
    let mut play = played(Kind::Scorm12);
    let first = play.begin(1);
    assert_eq!(first["core"]["entry"], "ab-initio");
    assert_eq!(first["core"]["lesson_status"], "not attempted");
    assert_eq!(first["core"]["total_time"], "0000:00:00.00");
    let long = "è".repeat(64_000);
    for (name, value) in [
        ("cmi.suspend_data", long.as_str()),
        ("cmi.core.lesson_location", "pagina 7"),
        ("cmi.core.lesson_status", "incomplete"),
        ("cmi.objectives.0.id", "o1"),
        ("cmi.objectives.0.status", "passed"),
        ("cmi.core.session_time", "00:10:00"),
        ("cmi.core.exit", "suspend"),
    ] {
        play.set(name, value);
    }
    play.end();
    let second = play.begin(2);
    assert_eq!(second["core"]["entry"], "resume");
    assert_eq!(second["suspend_data"], long);
    assert_eq!(second["core"]["lesson_location"], "pagina 7");
    assert_eq!(second["objectives"]["0"], json!({ "id": "o1", "status": "passed" }));
    assert_eq!(second["core"]["total_time"], "0000:10:00.00");
    assert!(second["core"].get("session_time").is_none() && second["core"].get("exit").is_none());
    play.commit();
    assert_eq!(play.verbs(), ["initialized", "suspended", "resumed"]);
    let attempts: BTreeSet<_> =
        play.said.iter().map(|it| it["context"]["registration"].to_string()).collect();
    assert_eq!(attempts.len(), 1);
}

#[test]
fn an_empty_correct_response_is_found_again() {
    let mut play = played(Kind::Scorm2004Fourth);
    play.begin(1);
    for (name, value) in [
        ("cmi.interactions.0.id", "i1"),
        ("cmi.interactions.0.type", "fill-in"),
        ("cmi.interactions.0.correct_responses.0.pattern", ""),
        ("cmi.interactions.0.correct_responses.1.pattern", "b"),
        ("cmi.exit", "suspend"),
    ] {
        play.set(name, value);
    }
    play.end();
    let second = play.begin(2);
    let responses = json!({ "0": { "pattern": "" }, "1": { "pattern": "b" } });
    assert_eq!(second["interactions"]["0"]["correct_responses"], responses);
}

#[test]
fn scorm_2004_finds_its_own_model_again() {
    let mut play = played(Kind::Scorm2004Third);
    play.launch.sco.passing_score = Some(0.8);
    play.launch.sco.launch_data = "corso=1".to_owned();
    let first = play.begin(1);
    for (name, value) in [
        ("entry", "ab-initio"),
        ("learner_id", "anna"),
        ("learner_name", "Rossi, Anna"),
        ("credit", "credit"),
        ("mode", "normal"),
        ("total_time", "PT0S"),
        ("scaled_passing_score", "0.8"),
        ("launch_data", "corso=1"),
    ] {
        assert_eq!(first[name], value, "{name}");
    }
    play.set("cmi.exit", "suspend");
    play.set("cmi.location", "3");
    play.set("cmi.session_time", "PT1H30.25S");
    play.end();
    let second = play.begin(2);
    assert_eq!(second["entry"], "resume");
    assert_eq!(second["location"], "3");
    assert_eq!(second["total_time"], "PT1H30.25S");
}

#[test]
fn the_time_of_a_session_counts_once_however_often_the_sco_says_it() {
    let mut play = played(Kind::Scorm12);
    for (session, minutes) in [(1, ["05", "07", "08"]), (2, ["01", "02", "03"])] {
        play.begin(session);
        for minute in minutes {
            play.set("cmi.core.session_time", &format!("00:{minute}:00"));
            play.set("cmi.core.exit", "suspend");
            play.commit();
        }
        play.end();
        play.now += 600;
    }
    let found = play.begin(3);
    assert_eq!(found["core"]["total_time"], "0000:11:00.00");
    assert_eq!(play.state.unwrap().summary().seconds, 660);
    let ends: Vec<_> = play.said.iter().filter(|it| verb(it) == "suspended").collect();
    assert_eq!(ends[0]["result"]["duration"], "PT0H8M0S");
    assert_eq!(ends[1]["result"]["duration"], "PT0H3M0S");
}

#[test]
fn a_sco_that_says_no_time_is_measured() {
    let mut play = played(Kind::Scorm2004Fourth);
    play.begin(1);
    play.commit();
    play.now = 90;
    play.end();
    assert_eq!(play.last("terminated")["result"]["duration"], "PT1M30S");
    assert_eq!(play.state.unwrap().summary().seconds, 90);
}

#[test]
fn a_session_that_was_cut_off_is_ended_by_the_next_one_where_it_was_heard_last() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    play.commit();
    play.now = 300;
    play.set("cmi.core.lesson_status", "incomplete");
    play.set("cmi.core.lesson_location", "4");
    play.commit();
    play.now = 90_000;
    let found = play.begin(2);
    assert_eq!(found["core"]["entry"], "resume");
    assert_eq!(found["core"]["lesson_location"], "4");
    assert_eq!(found["core"]["total_time"], "0000:05:00.00");
    let end = play.last("suspended");
    assert_eq!(end["result"], json!({ "completion": false, "duration": "PT5M" }));
    assert_eq!(time(end), at(300) + jiff::Span::new().milliseconds(1));
    play.begin(2);
    assert_eq!(
        play.verbs(),
        ["initialized", "suspended"],
        "a begin that is sent again says nothing again"
    );
    play.begin(3);
    assert_eq!(
        play.verbs(),
        ["initialized", "suspended"],
        "a session in which the SCO said nothing is none"
    );
}

#[test]
fn a_session_of_another_sco_of_the_attempt_is_closed_once() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    play.commit();
    let closed = close(&play.launch, play.state.as_ref().unwrap()).unwrap();
    assert_eq!(closed.statements.iter().map(verb).collect::<Vec<_>>(), ["suspended"]);
    assert!(close(&play.launch, &closed.state).is_none());
    let again = close(&play.launch, play.state.as_ref().unwrap()).unwrap();
    assert_eq!(again.statements, closed.statements);
}

#[test]
fn a_commit_that_is_sent_again_says_nothing_and_one_that_is_computed_again_says_the_same() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    play.set("cmi.core.lesson_status", "passed");
    play.set("cmi.core.score.raw", "90");
    play.set("cmi.interactions.0.id", "q");
    play.set("cmi.interactions.0.student_response", "a");
    play.sequence = 1;
    let (before, commit) = (play.state.clone(), play.made(true));
    let first = play.apply(&commit).unwrap();
    assert_eq!(first.statements.len(), 5);
    // The server stopped between the statements and the state.
    let later = apply(&play.launch, before.as_ref(), &commit, at(5_000)).unwrap();
    assert_eq!(later.statements, first.statements);
    assert_eq!(later.state, first.state);
    let again = play.apply(&commit).unwrap();
    assert_eq!(again.statements, [Value::Null; 0]);
    assert_eq!(again.state, first.state);
}

#[test]
fn commits_that_arrive_late_are_passed_over() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    play.set("cmi.core.lesson_location", "1");
    play.commit();
    let mut late = play.made(false);
    late.sequence = 2;
    play.set("cmi.core.lesson_location", "9");
    play.set("cmi.core.exit", "suspend");
    play.sequence = 2;
    play.end();
    let applied = play.apply(&late).unwrap();
    assert_eq!(applied.statements, [Value::Null; 0]);
    assert_eq!(play.begin(2)["core"]["lesson_location"], "9");
}

#[test]
fn a_session_begins_after_the_last_words_of_the_page_before() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    play.commit();
    let after = Some(After { session: play.session, sequence: 2 });
    play.set("cmi.core.lesson_location", "9");
    let mut last = play.made(false);
    last.sequence = 2;
    let next =
        Commit { session: Uuid::from_u128(2), sequence: 0, begin: true, after, ..play.made(false) };
    assert_eq!(play.apply(&next).unwrap_err(), CommitRefusal::NotYet);
    play.apply(&last).unwrap();
    let begun = play.apply(&next).unwrap();
    assert_eq!(begun.answer["cmi"]["core"]["lesson_location"], "9");
    let other = Commit { session: Uuid::from_u128(3), after, ..next };
    assert!(
        play.apply(&other).is_ok(),
        "a session that another one has followed is not waited for"
    );
}

#[test]
fn no_two_statements_of_an_attempt_share_an_id_and_time_goes_on() {
    let mut play = played(Kind::Scorm2004Fourth);
    for session in 1..=3 {
        play.begin(session);
        for status in ["failed", "passed", "failed"] {
            play.set("cmi.success_status", status);
            play.set("cmi.interactions.0.id", "q");
            play.set("cmi.interactions.0.learner_response", status);
            play.commit();
        }
        play.set("cmi.exit", "suspend");
        play.end();
    }
    let ids: BTreeSet<_> = play.said.iter().map(|it| it["id"].to_string()).collect();
    assert_eq!(ids.len(), play.said.len());
    let times: Vec<_> = play.said.iter().map(time).collect();
    assert!(times.is_sorted(), "{times:?}");
    let ends = |it: &&Value| matches!(verb(it), "initialized" | "resumed" | "suspended");
    let bounds: BTreeSet<_> = play.said.iter().filter(ends).map(time).collect();
    assert_eq!(bounds.len(), 6, "what begins and ends a session has an instant of its own");
}

#[test]
fn a_small_last_message_changes_what_it_names() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    play.set("cmi.suspend_data", "x");
    play.set("cmi.core.lesson_location", "1");
    play.set("cmi.interactions.0.id", "q");
    play.commit();
    let cmi = json!({ "core": { "exit": "suspend", "session_time": "00:00:40" } });
    let last = Commit {
        sequence: 2,
        cmi: cmi.as_object().unwrap().clone(),
        partial: true,
        ..play.made(true)
    };
    play.apply(&last).unwrap();
    let found = play.begin(2);
    assert_eq!(found["suspend_data"], "x");
    assert_eq!(found["interactions"]["0"]["id"], "q");
    assert_eq!(found["core"]["entry"], "resume");
    assert_eq!(found["core"]["total_time"], "0000:00:40.00");
}

#[test]
fn a_mastery_score_decides_at_the_end_of_a_session_that_is_not_suspended() {
    for (raw, exit, status) in
        [("80", "", "passed"), ("79.9", "", "failed"), ("10", "suspend", "incomplete")]
    {
        let mut play = played(Kind::Scorm12);
        play.launch.sco.mastery_score = Some(80.0);
        assert_eq!(play.begin(1)["student_data"]["mastery_score"], "80");
        play.set("cmi.core.score.raw", raw);
        play.set("cmi.core.lesson_status", "incomplete");
        play.set("cmi.core.exit", exit);
        let applied = play.end();
        assert_eq!(applied.answer["status"]["status"], status, "{raw} {exit}");
        assert!(applied.is_outcome_changed, "{raw} {exit}");
    }
}

#[test]
fn a_sco_of_scorm_1_2_that_says_no_status_has_completed() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    play.end();
    assert_eq!(play.verbs(), ["initialized", "completed", "terminated"]);
}

#[test]
fn measures_decide_in_scorm_2004() {
    let mut play = played(Kind::Scorm2004Fourth);
    play.launch.sco.passing_score = Some(0.7);
    play.launch.sco.completion_threshold = Some(0.5);
    play.begin(1);
    play.set("cmi.progress_measure", "0.4");
    play.set("cmi.score.scaled", "0.75");
    play.set("cmi.completion_status", "completed");
    play.set("cmi.success_status", "failed");
    play.commit();
    assert_eq!(play.verbs(), ["initialized", "progressed", "scored", "passed"]);
    play.set("cmi.progress_measure", "0.5");
    play.commit();
    assert_eq!(play.verbs()[4..], ["progressed", "completed"]);
}

#[test]
fn an_activity_that_content_need_not_complete_is_completed_when_it_was_left() {
    for (exit, by_content, status) in [
        ("normal", false, "completed"),
        ("suspend", false, "incomplete"),
        ("normal", true, "incomplete"),
    ] {
        let mut play = played(Kind::Scorm2004Third);
        play.launch.sco.is_completion_set_by_content = by_content;
        play.begin(1);
        play.set("cmi.completion_status", "unknown");
        play.set("cmi.exit", exit);
        assert_eq!(play.end().answer["status"]["status"], status, "{exit} {by_content}");
    }
}

#[test]
fn a_review_changes_nothing_of_the_attempt() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    play.set("cmi.core.lesson_status", "failed");
    play.set("cmi.core.session_time", "00:10:00");
    play.end();
    play.launch.mode = LessonMode::Review;
    let found = play.begin(2);
    assert_eq!(
        (&found["core"]["credit"], &found["core"]["lesson_mode"]),
        (&json!("no-credit"), &json!("review"))
    );
    play.set("cmi.core.lesson_status", "passed");
    play.set("cmi.core.session_time", "00:20:00");
    let applied = play.end();
    assert_eq!(applied.answer["status"], json!({ "status": "failed", "seconds": 600 }));
    assert_eq!(play.last("terminated")["result"], json!({ "duration": "PT0H20M0S" }));
}

#[test]
fn a_comment_that_grows_is_said_by_what_was_added() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    for (comments, said) in
        [("Bello è. ", "Bello è. "), ("Bello è. Lungo.", "Lungo."), ("Altro", "Altro")]
    {
        play.set("cmi.comments", comments);
        play.commit();
        assert_eq!(play.last("commented")["result"]["response"], said);
    }
    play.commit();
    assert_eq!(play.verbs().len(), 4);
}

#[test]
fn what_the_player_keeps_for_the_attempt_says_nothing_and_counts_its_commits() {
    let mut play = played(Kind::Scorm2004Fourth);
    play.launch.sco.identifier = String::new();
    for (sequence, kept, expected) in [(1, "a", "a"), (3, "c", "c"), (2, "b", "c")] {
        let commit = Commit { sequence, sequencing: Some(kept.into()), ..play.made(false) };
        play.apply(&commit).unwrap();
        assert_eq!(play.state.as_ref().unwrap().sequencing(), Some(&expected.into()));
    }
    play.session = uuid::Uuid::from_u128(9);
    let commit = Commit { sequence: 1, sequencing: Some("d".into()), ..play.made(false) };
    play.apply(&commit).unwrap();
    assert_eq!(play.state.as_ref().unwrap().sequencing(), Some(&"d".into()));
    assert_eq!(play.said, [Value::Null; 0]);
}

#[test]
fn what_a_page_before_sent_for_the_attempt_is_late_where_a_later_one_kept_something() {
    let mut play = played(Kind::Scorm2004Fourth);
    play.launch.sco.identifier = String::new();
    play.now += 60;
    let kept = |play: &Play| play.state.as_ref().unwrap().sequencing().cloned();
    let late = Commit { sequence: 5, sequencing: Some("late".into()), ..play.made(false) };
    play.session = Uuid::from_u128(9);
    play.now += 10;
    let commit = Commit { sequence: 1, sequencing: Some("later".into()), ..play.made(false) };
    play.apply(&commit).unwrap();
    play.apply(&late).unwrap();
    assert_eq!(kept(&play), Some("later".into()));
    // What the page itself sends next counts.
    let commit = Commit { sequence: 2, sequencing: Some("next".into()), ..play.made(false) };
    play.apply(&commit).unwrap();
    assert_eq!(kept(&play), Some("next".into()));
}

#[test]
fn a_score_that_changes_after_the_status_is_another_outcome() {
    let mut play = played(Kind::Scorm12);
    play.begin(1);
    play.set("cmi.core.lesson_status", "passed");
    assert!(play.commit().is_outcome_changed);
    play.set("cmi.core.score.raw", "80");
    assert!(play.commit().is_outcome_changed);
    assert!(!play.commit().is_outcome_changed);
}

#[test]
fn sessions_that_were_not_begun_that_ended_and_that_were_followed_are_refused() {
    let mut play = played(Kind::Scorm12);
    let early = Commit { sequence: 1, ..play.made(false) };
    assert_eq!(play.apply(&early).unwrap_err(), CommitRefusal::NotBegun);
    play.begin(1);
    play.end();
    let after = Commit { sequence: 2, ..play.made(false) };
    assert_eq!(play.apply(&after).unwrap_err(), CommitRefusal::Ended);
    play.begin(2);
    let old = Commit { sequence: 3, ..after };
    assert_eq!(play.apply(&old).unwrap_err(), CommitRefusal::Superseded);
}
