use serde_json::{Value, json};

use super::super::{Course, Evidence, LearnerProgress, ModuleProgress, State};

const HOUR: u64 = 3_600_000_000;
const UNCOMPLETED: &str = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";

/// Two activities, by id (completed, at most 2 hours) and by prefix (passed).
fn course(rule: &str) -> Course {
    let text = format!(
        r#"
id = "c"
title = {{ it = "Corso" }}
time_zone = "Europe/Rome"
[[module]]
id = "m1"
title = {{ it = "Primo" }}
complete_when = {rule}
[[module.activity]]
id = "https://c.example/1"
hours = 2
[[module.activity]]
prefix = "https://c.example/part/"
complete_when = "passed"
"#
    );
    Course::parse(&text).unwrap()
}

/// A statement of the fourth of May 2026, stored `stored` microseconds after 1970.
fn said(verb: &str, object: &str, time: &str, stored: i64, result: Value) -> Evidence {
    let verb = match verb {
        "abandoned" => format!("https://w3id.org/xapi/adl/verbs/{verb}"),
        UNCOMPLETED => verb.to_owned(),
        _ => format!("http://adlnet.gov/expapi/verbs/{verb}"),
    };
    let mut statement = json!({
        "actor": {"account": {"homePage": "https://m.example", "name": "7"}},
        "verb": {"id": verb},
        "object": {"id": format!("https://c.example/{object}")},
        "timestamp": format!("2026-05-04T{time}Z"),
    });
    if !result.is_null() {
        statement["result"] = result;
    }
    Evidence::read(&statement, &format!("statement-{stored}"), stored).unwrap()
}

fn m1(rule: &str, history: &[Evidence]) -> ModuleProgress {
    let course = course(rule);
    let forth = LearnerProgress::rebuild(&course, history);
    let back = LearnerProgress::rebuild(&course, history.iter().rev().chain(history));
    assert_eq!(serde_json::to_string(&forth).unwrap(), serde_json::to_string(&back).unwrap());
    forth.modules.get("m1").cloned().unwrap_or_default()
}

#[test]
fn without_a_statement_nothing_is_started() {
    assert_eq!(m1("\"all\"", &[]).state, State::NotStarted);
}

#[test]
fn a_statement_on_another_course_changes_nothing() {
    let mut progress = LearnerProgress::default();
    let elsewhere = said("completed", "2", "10:00:00", 1, Value::Null);
    assert!(!progress.apply(&course("\"all\""), &elsewhere));
    assert_eq!(progress, LearnerProgress::default());
}

#[test]
fn a_repeated_statement_reports_no_change() {
    let course = course("\"all\"");
    let mut progress = LearnerProgress::default();
    let seen = said("initialized", "1", "10:00:00", 1, Value::Null);
    assert!(progress.apply(&course, &seen));
    assert!(!progress.apply(&course, &seen));
}

#[test]
fn all_activities_or_any_or_some_complete_a_module() {
    let first = said("completed", "1", "10:00:00", 1, Value::Null);
    let second = said("passed", "part/a", "11:00:00", 2, Value::Null);
    let both = [first.clone(), second];
    let state = |rule: &str, history: &[Evidence]| m1(rule, history).state;
    assert_eq!(state("\"all\"", std::slice::from_ref(&first)), State::InProgress);
    assert_eq!(state("\"all\"", &both), State::Completed);
    assert_eq!(state("\"any\"", std::slice::from_ref(&first)), State::Completed);
    assert_eq!(state("{ at_least = 1 }", std::slice::from_ref(&first)), State::Completed);
    assert_eq!(state("{ at_least = 2 }", std::slice::from_ref(&first)), State::InProgress);
    assert_eq!(state("{ at_least = 2 }", &both), State::Completed);
}

#[test]
fn completion_is_the_latest_word_not_a_count() {
    let done = said("completed", "1", "10:00:00", 1, Value::Null);
    let undone = said(UNCOMPLETED, "1", "11:00:00", 2, Value::Null);
    let again = said("completed", "1", "12:00:00", 3, Value::Null);
    assert_eq!(m1("\"any\"", &[done.clone(), undone.clone()]).state, State::InProgress);
    assert_eq!(m1("\"any\"", &[done, undone, again]).state, State::Completed);
}

#[test]
fn a_late_statement_does_not_overrule_what_happened_after_it() {
    let undone = said(UNCOMPLETED, "1", "11:00:00", 1, Value::Null);
    let late = said("completed", "1", "10:00:00", 2, Value::Null);
    assert_eq!(m1("\"any\"", &[undone, late]).state, State::InProgress);
}

#[test]
fn at_the_same_moment_the_one_stored_last_decides() {
    let done = said("completed", "1", "10:00:00", 1, Value::Null);
    let undone = said(UNCOMPLETED, "1", "10:00:00", 2, Value::Null);
    assert_eq!(m1("\"any\"", &[done, undone]).state, State::InProgress);
}

#[test]
fn the_objects_of_a_prefix_are_one_activity() {
    let passed = said("passed", "part/a", "10:00:00", 1, Value::Null);
    let failed = said("failed", "part/b", "11:00:00", 2, Value::Null);
    let progress = m1("\"any\"", &[passed, failed]);
    assert_eq!(progress.state, State::InProgress);
    assert_eq!(progress.success.map(|mark| mark.value), Some(false));
}

#[test]
fn success_is_the_latest_over_the_activities_of_the_module() {
    let failed = said("failed", "1", "12:00:00", 1, Value::Null);
    let passed = said("passed", "part/a", "11:00:00", 2, Value::Null);
    let success = m1("\"all\"", &[failed, passed]).success;
    assert_eq!(success.map(|mark| mark.value), Some(false));
}

#[test]
fn a_later_lower_score_does_not_lower_the_best() {
    let high = said("completed", "1", "10:00:00", 1, json!({"score": {"scaled": 0.8}}));
    let low = said("completed", "1", "11:00:00", 2, json!({"score": {"scaled": 0.5}}));
    let other = said("passed", "part/a", "11:00:00", 3, json!({"score": {"scaled": 0.3}}));
    let progress = m1("\"all\"", &[high, low, other]);
    assert_eq!((progress.score_sum, progress.scored), (0.8 + 0.3, 2));
}

#[test]
fn sessions_add_up_and_a_month_sent_again_without_ids_adds_nothing() {
    let session =
        |time, stored| said("terminated", "part/a", time, stored, json!({"duration": "PT1H"}));
    let suspended = said("suspended", "part/a", "14:00:00", 3, json!({"duration": "PT30M"}));
    // The same two an hour later in the store, with ids of their own.
    let history = [
        session("10:00:00", 1),
        session("12:00:00", 2),
        suspended,
        session("10:00:00", 4),
        session("12:00:00", 5),
    ];
    assert_eq!(m1("\"all\"", &history).micros, 2 * HOUR + HOUR / 2);
}

#[test]
fn without_sessions_the_largest_outcome_counts_and_with_them_none() {
    let outcome = |verb, duration: &str, stored| {
        said(verb, "part/a", "10:00:00", stored, json!({ "duration": duration }))
    };
    let mut history = vec![outcome("failed", "PT2H", 1), outcome("passed", "PT3H", 2)];
    assert_eq!(m1("\"all\"", &history).micros, 3 * HOUR);
    history.push(outcome("abandoned", "PT1H", 3));
    assert_eq!(m1("\"all\"", &history).micros, HOUR);
    // The choice is by object: another page without sessions still counts its outcome.
    history.push(said("completed", "part/b", "10:00:00", 4, json!({"duration": "PT15M"})));
    assert_eq!(m1("\"all\"", &history).micros, HOUR + HOUR / 4);
}

#[test]
fn an_activity_counts_at_most_its_hours() {
    let session = |time, stored| said("exited", "1", time, stored, json!({"duration": "PT90M"}));
    let history = [session("10:00:00", 1), session("12:00:00", 2)];
    assert_eq!(m1("\"all\"", &history).micros, 2 * HOUR);
}

#[test]
fn the_document_reads_back_as_it_was_written() {
    let history = [
        said("terminated", "1", "10:00:00", 1, json!({"duration": "PT1H", "completion": true})),
        said("passed", "part/a", "10:00:00", 2, json!({"score": {"scaled": 0.1}})),
    ];
    let progress = LearnerProgress::rebuild(&course("\"all\""), &history);
    let text = serde_json::to_string(&progress).unwrap();
    let again: LearnerProgress = serde_json::from_str(&text).unwrap();
    assert_eq!(again, progress);
    assert!(again.is_current());
}
