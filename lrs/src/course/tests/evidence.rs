use serde_json::{Value, json};

use super::super::{Evidence, Identifier, TimeSpent};

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
    match adl("terminated", &json!({"duration": duration})).time? {
        TimeSpent::Session { micros, .. } => Some(micros),
        TimeSpent::Outcome { .. } => None,
    }
}

fn fingerprint(evidence: &Evidence) -> u64 {
    match evidence.time {
        Some(TimeSpent::Session { fingerprint, .. }) => fingerprint,
        _ => panic!("no session"),
    }
}

#[test]
fn the_verb_speaks_where_the_result_is_silent() {
    let none = Value::Null;
    let words = |e: Evidence| (e.completion, e.success);
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
    assert_eq!((evidence.completion, evidence.success), (Some(false), Some(false)));
    let result = json!({"completion": true, "success": true, "score": {"scaled": 0.85}});
    let evidence = adl("terminated", &result);
    assert_eq!((evidence.completion, evidence.success), (Some(true), Some(true)));
    assert_eq!(evidence.scaled, Some(0.85));
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
    assert_eq!(fingerprint(&one), fingerprint(&same));
    let other_verb =
        adl("suspended", &json!({"duration": "PT1H", "score": {"raw": 3, "scaled": 1}}));
    let other_result =
        adl("terminated", &json!({"duration": "PT1H", "score": {"raw": 4, "scaled": 1}}));
    assert_ne!(fingerprint(&one), fingerprint(&other_verb));
    assert_ne!(fingerprint(&one), fingerprint(&other_result));
}

#[test]
fn only_closing_verbs_and_outcomes_tell_time() {
    let result = json!({"duration": "PT1H"});
    for verb in ["suspended", "exited", "terminated"] {
        assert!(matches!(adl(verb, &result).time, Some(TimeSpent::Session { .. })), "{verb}");
    }
    for verb in ["completed", "passed", "failed"] {
        assert!(matches!(adl(verb, &result).time, Some(TimeSpent::Outcome { .. })), "{verb}");
    }
    assert_eq!(adl("experienced", &result).time, None);
    assert_eq!(adl("terminated", &Value::Null).time, None);
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
