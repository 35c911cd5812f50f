//! The sessions of `sessions.json`. The JavaScript that mirrors sessions is held to the same table in `tests/browser`.

use package::Kind;
use package::runtime::LessonMode;
use serde_json::{Map, Value};

use crate::played::{COURSE, Play, launch, verb};

const TABLE: &str = include_str!("sessions.json");

/// What the table says of a statement.
fn told(statement: &Value) -> Value {
    let definition = &statement["object"]["definition"];
    let parent = statement["context"]["contextActivities"]["parent"].as_array();
    let parent: Vec<_> = parent.into_iter().flatten().map(|it| it["id"].clone()).collect();
    let mut told = Map::new();
    for (name, value) in [
        ("verb", &verb(statement).into()),
        ("object", &statement["object"]["id"]),
        ("interactionType", &definition["interactionType"]),
        ("pattern", &definition["correctResponsesPattern"]),
        ("result", &statement["result"]),
        ("parent", &parent.into()),
    ] {
        if !value.is_null() {
            told.insert(name.to_owned(), value.clone());
        }
    }
    told.into()
}

fn played(one: &Value) -> Vec<Value> {
    let is_12 = one["version"] == "1.2";
    let mut launch = launch(if is_12 { Kind::Scorm12 } else { Kind::Scorm2004Fourth });
    one["sco"].as_str().unwrap().clone_into(&mut launch.sco.identifier);
    let mut play = Play::of(launch);
    for (session, steps) in one["sessions"].as_array().unwrap().iter().enumerate() {
        let steps = steps.as_array().unwrap();
        let word = |step: &Value, at: usize| step[at].as_str().unwrap_or_default().to_owned();
        for step in steps.iter().filter(|step| step[0] == "mode") {
            play.launch.mode =
                if step[1] == "review" { LessonMode::Review } else { LessonMode::Browse };
        }
        play.begin(session as u128 + 1);
        play.commit();
        for step in steps {
            play.now += 1;
            match word(step, 0).as_str() {
                "set" => play.set(&word(step, 1), &word(step, 2)),
                "commit" => drop(play.commit()),
                "end" => drop(play.end()),
                _ => {}
            }
        }
        play.now += 3_600;
    }
    assert!(
        play.said
            .iter()
            .all(|it| it["context"]["contextActivities"]["grouping"][0]["id"] == COURSE)
    );
    play.said.iter().map(told).collect()
}

#[test]
fn each_session_of_the_table_gives_the_statements_that_stand_there() {
    let table: Vec<Value> = serde_json::from_str(TABLE).unwrap();
    assert!(table.len() >= 14);
    for one in &table {
        let expected = one["statements"].as_array().unwrap();
        assert_eq!(&played(one), expected, "{}", one["name"]);
    }
}
