use serde_json::{Value, json};

use super::super::{Evidence, Identifier, Time};
use super::scene::HOUR;

fn said(verb: &str, result: &Value) -> Evidence {
    let mut statement = json!({
        "actor": {"account": {"homePage": "https://m.example", "name": "7"}},
        "verb": {"id": verb},
        "object": {"id": "https://c.example/1"},
        "timestamp": "2026-05-04T10:00:00Z",
    });
    if !result.is_null() {
        statement["result"] = result.clone();
    }
    Evidence::read(&statement, "s1", 99).unwrap()
}

fn adl(verb: &str, result: &Value) -> Evidence {
    said(&format!("http://adlnet.gov/expapi/verbs/{verb}"), result)
}

fn session(duration: &str) -> Option<u64> {
    match adl("terminated", &json!({ "duration": duration })).word.time? {
        Time::Session(micros) => Some(micros),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_verb_speaks_where_the_result_is_silent() {
    let none = Value::Null;
    let words = |e: Evidence| (e.word.completion, e.word.success);
    assert_eq!(words(adl("completed", &none)), (Some(true), None));
    assert_eq!(words(adl("passed", &none)), (Some(true), Some(true)));
    assert_eq!(words(adl("failed", &none)), (None, Some(false)));
    assert_eq!(words(said("https://w3id.org/xapi/adl/verbs/satisfied", &none)), (Some(true), None));
    assert_eq!(words(said("https://w3id.org/xapi/adl/verbs/waived", &none)), (Some(true), None));
    let uncompleted = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";
    assert_eq!(words(said(uncompleted, &none)), (Some(false), None));
    assert_eq!(words(adl("initialized", &none)), (None, None));
}

#[test]
fn the_result_speaks_louder_than_the_verb() {
    let result = json!({"completion": false, "success": false});
    let evidence = adl("passed", &result);
    assert_eq!((evidence.word.completion, evidence.word.success), (Some(false), Some(false)));
    let result = json!({"completion": true, "success": true, "score": {"scaled": 0.85}});
    let evidence = adl("terminated", &result);
    assert_eq!((evidence.word.completion, evidence.word.success), (Some(true), Some(true)));
    assert_eq!(evidence.word.score, Some(0.85));
}

#[test]
fn how_far_somebody_is_counts_as_no_score() {
    let scaled = json!({"score": {"scaled": 1}});
    assert_eq!(adl("progressed", &scaled).word.score, None);
    assert_eq!(adl("scored", &scaled).word.score, Some(1.0));
}

#[test]
fn only_an_agent_on_an_activity_says_anything() {
    let read = |actor: Value, object: Value| {
        let verb = json!({"id": "http://adlnet.gov/expapi/verbs/completed"});
        let statement = json!({"actor": actor, "verb": verb, "object": object});
        Evidence::read(&statement, "s1", 99)
    };
    let agent = json!({"mbox": "mailto:a@b.it"});
    let activity = json!({"id": "https://c.example/1"});
    let evidence = read(agent.clone(), activity.clone()).unwrap();
    assert_eq!(evidence.actor, Identifier::Mbox("mailto:a@b.it".into()));
    assert_eq!(evidence.timestamp, 99, "without a timestamp it happened when it was stored");
    let group = json!({"objectType": "Group", "mbox": "mailto:a@b.it"});
    assert_eq!(read(group, activity), None);
    for kind in ["Agent", "Group", "SubStatement", "StatementRef"] {
        assert_eq!(read(agent.clone(), json!({"objectType": kind, "id": "x:y"})), None);
    }
    assert_eq!(read(agent, json!({"objectType": "Activity"})), None);
}

#[test]
fn durations_are_microseconds() {
    assert_eq!(session("PT0S"), Some(0));
    assert_eq!(session("PT1H30M5.25S"), Some(5_405_250_000));
    assert_eq!(session("P1DT2H"), Some(26 * 3_600_000_000));
    assert_eq!(session("P2W"), Some(14 * 24 * 3_600_000_000));
    assert_eq!(session("PT0.5H"), Some(1_800_000_000));
    for wrong in ["", "P", "PT", "1H", "PT1M1H", "PT-5S", "PT1", "P1H", "PTS", "PT1.2.3S"] {
        assert_eq!(session(wrong), None, "{wrong}");
    }
    assert_eq!(session("P99999999999999999Y"), Some(i64::MAX as u64));
}

#[test]
fn timestamps_of_any_offset_are_instants() {
    let at = |text: &str| {
        let mut statement = json!({
            "actor": {"mbox": "mailto:a@b.it"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://c.example/1"},
        });
        statement["timestamp"] = json!(text);
        Evidence::read(&statement, "s1", -1).unwrap().timestamp
    };
    // date -u -d 2026-03-29T01:30:00Z +%s
    let instant = 1_774_747_800_000_000;
    assert_eq!(at("2026-03-29T01:30:00Z"), instant);
    assert_eq!(at("2026-03-29T03:30:00+02:00"), instant);
    assert_eq!(at("2026-03-29T02:30:00.000001+01:00"), instant + 1);
    assert_eq!(at("2026-03-29T01:30:00"), instant, "no offset is UTC");
}

#[test]
fn sessions_are_alike_when_verb_object_timestamp_and_result_are() {
    let one = adl("terminated", &json!({"duration": "PT1H", "score": {"raw": 3, "scaled": 1}}));
    let same = adl("terminated", &json!({"score": {"scaled": 1.0, "raw": 3}, "duration": "PT1H"}));
    assert_eq!(one.fingerprint, same.fingerprint);
    let other_verb =
        adl("suspended", &json!({"duration": "PT1H", "score": {"raw": 3, "scaled": 1}}));
    let other_result =
        adl("terminated", &json!({"duration": "PT1H", "score": {"raw": 4, "scaled": 1}}));
    assert_ne!(one.fingerprint, other_verb.fingerprint);
    assert_ne!(one.fingerprint, other_result.fingerprint);
}

#[test]
fn only_closing_verbs_and_outcomes_tell_time() {
    let result = json!({"duration": "PT1H"});
    for verb in ["suspended", "exited", "terminated"] {
        assert!(matches!(adl(verb, &result).word.time, Some(Time::Session(HOUR))), "{verb}");
    }
    for verb in ["completed", "passed", "failed"] {
        assert!(matches!(adl(verb, &result).word.time, Some(Time::Outcome(HOUR))), "{verb}");
    }
    assert_eq!(adl("experienced", &result).word.time, None);
    assert_eq!(adl("terminated", &Value::Null).word.time, None);
}

#[test]
fn every_form_that_a_statement_may_have_counts() {
    assert_eq!(session("PT0,5H"), Some(1_800_000_000));
    assert_eq!(session("P1W"), Some(7 * 86_400 * 1_000_000));
    let at = |timestamp: &str| {
        let statement = json!({
            "actor": {"mbox": "mailto:a@x.it"},
            "verb": {"id": "https://v.example/v"},
            "object": {"id": "https://c.example/1"},
            "timestamp": timestamp,
        });
        Evidence::read(&statement, "s1", 99).unwrap().timestamp
    };
    assert_eq!(at("1970-01-01T00:00:00.1234567890123Z"), 123_456);
    assert_eq!(at("1970-01-01T01:00:01+01:00"), 1_000_000);
}

#[test]
fn presence_is_told_by_registers_and_by_joining_and_leaving() {
    let hour = json!({"duration": "PT1H"});
    assert_eq!(adl("attended", &hour).word.time, Some(Time::Attended(HOUR)));
    assert_eq!(adl("attended", &Value::Null).word.time, Some(Time::Attended(0)));
    let stream = |verb: &str| said(&format!("http://activitystrea.ms/schema/1.0/{verb}"), &hour);
    assert_eq!(stream("join").word.time, Some(Time::Join));
    assert_eq!(stream("leave").word.time, Some(Time::Leave));
}

#[test]
fn a_raw_score_counts_between_its_bounds_and_a_scaled_one_goes_first() {
    let score = |score: Value| adl("completed", &json!({ "score": score })).word.score;
    assert_eq!(score(json!({"raw": 18, "min": 0, "max": 30})), Some(0.6));
    assert_eq!(score(json!({"raw": -1, "min": -4, "max": 1})), Some(0.6));
    assert_eq!(score(json!({"scaled": 0.5, "raw": 18, "min": 0, "max": 30})), Some(0.5));
    assert_eq!(score(json!({"raw": 18, "max": 30})), None);
    assert_eq!(score(json!({"raw": 5, "min": 5, "max": 5})), None);
}

#[test]
fn attempts_end_passed_failed_or_completed_with_a_score() {
    let scored = json!({"score": {"scaled": 0.5}});
    let ends = |verb: &str, result: &Value| adl(verb, result).word.ends_attempt;
    assert!(ends("passed", &Value::Null) && ends("failed", &Value::Null));
    assert!(ends("completed", &scored) && !ends("completed", &Value::Null));
    assert!(!ends("terminated", &scored) && !ends("attended", &scored));
}

#[test]
fn uncompleted_means_no_whatever_its_result_says() {
    let uncompleted = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";
    let word = said(uncompleted, &json!({"completion": true, "success": true})).word;
    assert_eq!((word.completion, word.success), (Some(false), Some(true)));
}

#[test]
fn questions_and_the_places_around_an_object_are_seen() {
    let statement = |verb: &str, kind: &str| {
        let statement = json!({
            "actor": {"mbox": "mailto:a@b.it"},
            "verb": {"id": verb},
            "object": {"id": "https://c.example/1", "definition": {"type": kind}},
            "context": {"contextActivities": {
                "parent": {"id": "https://w.example/1"},
                "grouping": [{"id": "https://w.example/2"}, {"id": "https://w.example/3"}],
                "other": [{"id": "https://w.example/4"}],
            }},
        });
        Evidence::read(&statement, "s1", 1).unwrap()
    };
    let lesson = "http://adlnet.gov/expapi/activities/lesson";
    let passed = "http://adlnet.gov/expapi/verbs/passed";
    let plain = statement(passed, lesson);
    assert!(!plain.is_interaction);
    assert_eq!(plain.parents, ["https://w.example/1"]);
    assert_eq!(plain.groupings, ["https://w.example/2", "https://w.example/3"]);
    assert!(
        statement(passed, "http://adlnet.gov/expapi/activities/cmi.interaction").is_interaction
    );
    assert!(statement(passed, "http://adlnet.gov/expapi/activities/objective").is_interaction);
    for verb in ["answered", "responded", "interacted", "commented"] {
        let verb = format!("http://adlnet.gov/expapi/verbs/{verb}");
        assert!(statement(&verb, lesson).is_interaction, "{verb}");
    }
}

#[test]
fn a_score_between_the_largest_numbers_is_a_number() {
    let score = |raw: f64| {
        adl("scored", &json!({"score": {"raw": raw, "min": -1e308, "max": 1e308}})).word.score
    };
    assert_eq!([score(-1e308), score(0.0), score(1e308)], [Some(0.0), Some(0.5), Some(1.0)]);
}

#[test]
fn an_actor_whose_identifier_is_longer_than_any_says_nothing() {
    let said = |length: usize| {
        let name = "n".repeat(length - "https://a.example".len());
        let statement = json!({
            "actor": {"account": {"homePage": "https://a.example", "name": name}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://c.example/a"},
        });
        Evidence::read(&statement, "s", 0)
    };
    assert!(said(8 << 10).is_some());
    assert_eq!(said((8 << 10) + 1), None);
}
