use serde_json::{Value, json};
use uuid::Uuid;
use xapi::instant::Instant;
use xapi::stored::Stored;

use super::*;

const AT: i64 = 1_767_225_600_000_001;

fn stored(value: &Value) -> Stored {
    let body = value.to_string().into_bytes().into();
    Stored { id: Uuid::from_u128(0xAB), stored: Instant::from_micros(AT), body }
}

fn flattener() -> Flattener {
    Flattener::new(Pseudonyms::under(b"secret"))
}

fn rows(dataset: Dataset, value: &Value) -> Vec<RowOf> {
    let rows = flattener().rows(dataset, (&stored(value), None), value);
    for row in &rows {
        assert_eq!(row.len(), dataset.columns().len(), "{dataset}");
        for (column, datum) in dataset.columns().iter().zip(row) {
            assert!(!column.required || *datum != Datum::Null, "{dataset} {}", column.name);
        }
    }
    rows
}

/// The value of one column of the one row of `statements`.
fn cell(value: &Value, column: &str) -> Datum {
    let row = rows(Dataset::Statements, value).remove(0);
    let at = Dataset::Statements.columns().iter().position(|it| it.name == column).unwrap();
    row[at].clone()
}

fn answered() -> Value {
    json!({
        "actor": {"objectType": "Agent", "name": "Anna", "account": {"homePage": "https://lms.example", "name": "anna7"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "https://lms.example/q/1", "definition": {
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction", "interactionType": "choice"}},
        "result": {"success": false, "response": "a[,]b", "duration": "PT1M2.5S",
            "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
            "extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 40, "https://x.example/secret": "s"}},
        "context": {"registration": "AA97B177-9383-4934-8543-0F91A7A02836", "platform": "Moodle", "language": "it",
            "instructor": {"mbox": "mailto:prof@x.example"},
            "extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": "s1"},
            "contextActivities": {
                "parent": [{"id": "https://lms.example/quiz"}],
                "grouping": {"id": "https://lms.example/course", "definition": {"type": "http://adlnet.gov/expapi/activities/course"}}}},
        "timestamp": "2026-01-01T01:00:00+01:00",
        "authority": {"objectType": "Agent", "account": {"homePage": "https://lrs.example", "name": "moodle"}},
        "version": "1.0.3",
    })
}

#[test]
fn every_column_comes_from_its_place() {
    let said = answered();
    let text = |text: &str| Datum::Text(text.to_owned());
    let anna = flattener().pseudonyms().of("account::anna7@https://lms.example");
    for (column, expected) in [
        ("id", text("00000000-0000-0000-0000-0000000000ab")),
        ("stored", Datum::Time(AT)),
        ("timestamp", Datum::Time(1_767_225_600_000_000)),
        ("source", text("moodle")),
        ("xapi_version", text("1.0.3")),
        ("actor", text(&anna)),
        ("actor_type", text("Agent")),
        ("actor_kind", text("account")),
        ("actor_home", text("https://lms.example")),
        ("verb", text("http://adlnet.gov/expapi/verbs/answered")),
        ("object_type", text("Activity")),
        ("object", text("https://lms.example/q/1")),
        ("interaction_type", text("choice")),
        ("success", Datum::Truth(false)),
        ("completion", Datum::Null),
        ("score_scaled", Datum::Number(0.5)),
        ("score_raw", Datum::Number(5.0)),
        ("score_max", Datum::Number(10.0)),
        ("duration_ms", Datum::Whole(62_500)),
        ("response", text("a[,]b")),
        ("registration", text("aa97b177-9383-4934-8543-0f91a7a02836")),
        ("session", text("s1")),
        ("platform", text("Moodle")),
        ("language", text("it")),
        ("course", text("https://lms.example/course")),
        ("parent", text("https://lms.example/quiz")),
        ("instructor", text(&flattener().pseudonyms().of("mbox::mailto:prof@x.example"))),
        ("voids", Datum::Null),
        ("attachments", Datum::Count(0)),
        ("body_bytes", Datum::Count(said.to_string().len().try_into().unwrap())),
        ("origin", Datum::Null),
    ] {
        assert_eq!(cell(&said, column), expected, "{column}");
    }
}

#[test]
fn open_tables_name_nobody_and_the_others_do() {
    let said = answered();
    for dataset in Dataset::EVERY {
        let text = format!("{:?}", rows(dataset, &said));
        let names = text.contains("anna7") || text.contains("Anna") || text.contains("prof@");
        assert_eq!(names, dataset.names_people(), "{dataset}: {text}");
    }
}

#[test]
fn what_names_the_actor_is_replaced_and_what_people_write_is_left_out() {
    let mut said = answered();
    said["object"]["id"] = json!("https://lms.example/user/anna7");
    said["context"]["contextActivities"]["parent"] =
        json!({"id": "https://lms.example/people/anna7/quiz"});
    for column in ["object", "parent"] {
        let Datum::Text(text) = cell(&said, column) else { panic!("{column}") };
        assert!(text.starts_with("person:") && !text.contains("anna7"), "{column}: {text}");
    }
    let around = rows(Dataset::ContextActivities, &said);
    assert!(!format!("{around:?}").contains("anna7"), "{around:?}");
    said["object"]["definition"]["interactionType"] = json!("long-fill-in");
    assert_eq!(cell(&said, "response"), Datum::Null);
}

/// A computer may be called by its owner, who need not be the actor.
#[test]
fn a_platform_with_a_mail_address_is_not_shown() {
    let mut said = answered();
    for platform in ["bea@x.example pc", "PC of bea@x.example", "mailto:bea@x.example"] {
        said["context"]["platform"] = json!(platform);
        let Datum::Text(text) = cell(&said, "platform") else { panic!("{platform}") };
        assert!(text.starts_with("person:") && !text.contains('@'), "{platform}: {text}");
        assert_eq!(cell(&said, "platform"), Datum::Text(text), "it is the same each time");
    }
    for platform in ["Moodle 4.5", "Moodle @ UniPG", "a@", "@b"] {
        said["context"]["platform"] = json!(platform);
        assert_eq!(cell(&said, "platform"), Datum::Text(platform.to_owned()));
    }
}

#[test]
fn side_tables_have_a_row_for_each_thing() {
    let said = answered();
    let around = rows(Dataset::ContextActivities, &said);
    let relations: Vec<_> = around.iter().map(|row| row[1].clone()).collect();
    assert_eq!(relations, ["parent", "grouping"].map(|text| Datum::Text(text.into())));
    assert_eq!(rows(Dataset::Agents, &said).len(), 1, "the instructor");
    let extensions = rows(Dataset::Extensions, &said);
    assert_eq!(extensions.len(), 1, "keys that are not on the list have no row");
    assert_eq!(extensions[0][4], Datum::Number(40.0));
}

#[test]
fn voiding_references_groups_and_open_durations_are_rows_too() {
    let mut said = answered();
    said["verb"]["id"] = json!("http://adlnet.gov/expapi/verbs/voided");
    said["object"] =
        json!({"objectType": "StatementRef", "id": "AA97B177-9383-4934-8543-0F91A7A02836"});
    let id = Datum::Text("aa97b177-9383-4934-8543-0f91a7a02836".into());
    assert_eq!((cell(&said, "voids"), cell(&said, "object")), (id.clone(), id));
    said["actor"] = json!({"objectType": "Group", "member": [{"mbox": "mailto:a@x.example"}]});
    assert_eq!(cell(&said, "actor"), Datum::Null);
    assert_eq!(cell(&said, "actor_kind"), Datum::Text("anonymous".into()));
    assert_eq!(rows(Dataset::Agents, &said).len(), 2, "the member and the instructor");
    for (text, expected) in [
        ("P1M", Datum::Null),
        ("P1Y", Datum::Null),
        ("PT1M", Datum::Whole(60_000)),
        ("P1W", Datum::Whole(604_800_000)),
    ] {
        said["result"]["duration"] = json!(text);
        assert_eq!(cell(&said, "duration_ms"), expected, "{text}");
    }
}

#[test]
fn twins_share_a_fingerprint_and_others_do_not() {
    let said = answered();
    let mut twin = said.clone();
    twin["context"]["platform"] = json!("elsewhere");
    assert_eq!(cell(&said, "fingerprint"), cell(&twin, "fingerprint"));
    twin["result"]["response"] = json!("b");
    assert_ne!(cell(&said, "fingerprint"), cell(&twin, "fingerprint"));
}

/// What anybody can work out of the verb, the time and a guess at the rest.
fn tried(said: &Value, object: &str) -> Datum {
    let verb = said["verb"]["id"].as_str().unwrap();
    let time = timestamp::parse(said["timestamp"].as_str().unwrap()).unwrap().micros;
    let result = said.get("result").and_then(Node::canonical);
    Datum::Whole(course::fingerprint(verb, object, time, result.as_deref()).cast_signed())
}

#[test]
fn what_no_column_shows_cannot_be_tried_against_the_fingerprint() {
    let mut said = answered();
    said.as_object_mut().unwrap().remove("result");
    said["actor"]["account"]["name"] = json!("4711");
    let page = "https://lms.example/user/profile.php?id=4711";
    said["object"] = json!({"id": page});
    assert!(matches!(cell(&said, "object"), Datum::Text(shown) if shown.starts_with("person:")));
    assert_ne!(cell(&said, "fingerprint"), tried(&said, page));
    let mut twin = said.clone();
    twin["object"]["definition"] = json!({"name": {"it": "Profilo"}});
    assert_eq!(cell(&said, "fingerprint"), cell(&twin, "fingerprint"));
    twin["object"]["id"] = json!(format!("{page}&course=2"));
    assert_ne!(cell(&said, "fingerprint"), cell(&twin, "fingerprint"));
    let mut open = answered();
    open["object"]["definition"]["interactionType"] = json!("fill-in");
    assert_eq!(cell(&open, "response"), Datum::Null);
    assert_ne!(cell(&open, "fingerprint"), tried(&open, "https://lms.example/q/1"));
    // For each recipient another one.
    let other = Flattener::new(Pseudonyms::under(b"another secret"));
    let at = Dataset::Statements.columns().iter().position(|it| it.name == "fingerprint").unwrap();
    let row = other.rows(Dataset::Statements, (&stored(&said), None), &said).remove(0);
    assert_ne!(row[at], cell(&said, "fingerprint"));
    // What columns show anyway is told as before.
    let mut plain = said.clone();
    plain["object"]["id"] = json!("https://lms.example/q/1");
    assert_eq!(cell(&plain, "fingerprint"), tried(&plain, "https://lms.example/q/1"));
}

#[test]
fn the_source_is_the_key_and_for_a_person_a_pseudonym() {
    let mut said = answered();
    said["authority"] = json!({"account": {"homePage": "https://lrs.example", "name": "person:anna@comune.example"}});
    let Datum::Text(source) = cell(&said, "source") else { panic!("no text") };
    assert!(source.starts_with("person:") && !source.contains("anna"), "{source}");
    said["authority"]["account"]["name"] = json!("moodle");
    assert_eq!(cell(&said, "source"), Datum::Text("moodle".into()));
}

#[test]
fn what_came_from_another_store_says_from_where_and_names_nobody() {
    let value = answered();
    let row = |authority: Value| {
        let came = json!({"stored": "2020-01-01T00:00:00Z", "authority": authority});
        let origin = Origin::of("old lrs", &came);
        let rows = flattener().rows(Dataset::Statements, (&stored(&value), Some(&origin)), &value);
        rows[0][33..].to_vec()
    };
    let account = json!({"account": {"homePage": "https://old.example", "name": "player"}});
    let at = Datum::Time(1_577_836_800_000_000);
    let text = |text: &str| Datum::Text(text.to_owned());
    assert_eq!(row(account), [text("old lrs"), at.clone(), text("player")]);
    let person = Pseudonyms::under(b"secret").of("mbox::mailto:boss@x.example");
    let boss = json!({"mbox": "mailto:boss@x.example"});
    assert_eq!(row(boss), [text("old lrs"), at, text(&person)]);
    assert_eq!(cell(&value, "origin"), Datum::Null);
}

mod skimmed;
