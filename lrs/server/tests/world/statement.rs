//! Statements.

use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};

use super::Tape;
use super::people::sha1;

const OBJECTS: [&str; 13] = [
    "https://c.example/a/1",
    "https://c.example/a/2",
    "https://c.example/a/3",
    "https://c.example/b/1",
    "https://c.example/b/1?x=1",
    "https://c.example/a",
    "https://d.example/1",
    "https://d.example/2",
    "https://d.example/elsewhere",
    "https://e.example/hall",
    "urn:traccia:course:c/events/k0/s1",
    "urn:traccia:course:c/events/k0/s2",
    "urn:traccia:course:c/events/k1/s1",
];
const VERBS: [&str; 22] = [
    "http://adlnet.gov/expapi/verbs/completed",
    "http://adlnet.gov/expapi/verbs/passed",
    "http://adlnet.gov/expapi/verbs/failed",
    "http://adlnet.gov/expapi/verbs/terminated",
    "http://adlnet.gov/expapi/verbs/attended",
    "http://activitystrea.ms/schema/1.0/join",
    "http://activitystrea.ms/schema/1.0/leave",
    "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted",
    "http://adlnet.gov/expapi/verbs/terminated",
    "http://adlnet.gov/expapi/verbs/suspended",
    "http://adlnet.gov/expapi/verbs/exited",
    "https://w3id.org/xapi/adl/verbs/abandoned",
    "https://w3id.org/xapi/adl/verbs/satisfied",
    "https://w3id.org/xapi/adl/verbs/waived",
    "http://adlnet.gov/expapi/verbs/initialized",
    "http://id.tincanapi.com/verb/viewed",
    "http://adlnet.gov/expapi/verbs/answered",
    "http://adlnet.gov/expapi/verbs/commented",
    "http://adlnet.gov/expapi/verbs/attended",
    "http://activitystrea.ms/schema/1.0/join",
    "http://activitystrea.ms/schema/1.0/leave",
    "http://adlnet.gov/expapi/verbs/completed",
];
const DURATIONS: [&str; 8] =
    ["PT1H", "PT0S", "PT18S", "PT1M", "PT60S", "PT1H30M", "P1DT2H0.25S", "PT45M7.5S"];
/// Few, so that statements often happen at the same moment; two texts mean the same moment, and
/// many lie around the midnights of days on which clocks are changed.
const MOMENTS: [&str; 17] = [
    "2026-03-29T08:00:00Z",
    "2026-03-29T02:30:00+01:00",
    "2026-03-29T01:30:00Z",
    "2026-03-29T03:30:00.001+02:00",
    "2026-03-28T22:59:59.999Z",
    "2026-03-28T23:00:00Z",
    "2026-03-29T21:59:59.999999Z",
    "2026-03-29T22:00:00Z",
    "2026-10-24T22:00:00Z",
    "2026-10-25T00:30:00Z",
    "2026-10-25T02:30:00+01:00",
    "2026-10-25T22:59:59.5Z",
    "2026-10-25T23:00:00Z",
    "2026-10-25T06:59:59Z",
    "2026-10-25T07:00:00Z",
    "2025-12-31T23:30:00Z",
    "1969-07-20T20:17:00Z",
];

const PLACES: [&str; 4] =
    ["https://w.example/1", "https://w.example/2", "https://w.example/3", "https://d.example/1"];

/// One of few people under one of their names. The last two are nobody: an unknown agent, and a
/// group that holds a learner's name.
pub(crate) fn actor(tape: &mut Tape<'_>) -> Value {
    match tape.draw(14) {
        0 => json!({"account": {"name": "0", "homePage": "https://c.example"}}),
        1 => json!({"mbox": "mailto:u0@comune.example"}),
        2 => json!({"objectType": "Agent", "mbox_sha1sum": sha1("mailto:u0@comune.example")}),
        3 | 4 => json!({"account": {"homePage": "https://c.example", "name": "1"}, "name": "N"}),
        5 => json!({"mbox": "mailto:u1@comune.example"}),
        6 => json!({"mbox_sha1sum": sha1("mailto:u1@comune.example")}),
        7 => json!({"openid": "https://id.example/2"}),
        8 => json!({"mbox": "mailto:u2@comune.example"}),
        9 => json!({"mbox_sha1sum": sha1("mailto:u3@comune.example")}),
        10 => json!({"mbox": "mailto:u3@comune.example"}),
        11 => json!({"account": {"name": "0", "homePage": "https://d.example"}}),
        12 => json!({"mbox": "mailto:nobody@comune.example"}),
        _ => json!({"objectType": "Group", "mbox": "mailto:u0@comune.example"}),
    }
}

pub(crate) fn result(tape: &mut Tape<'_>) -> Option<Value> {
    let mut result = Map::new();
    if tape.draw(5) < 3 {
        result.insert("duration".into(), json!(tape.pick(&DURATIONS)));
    }
    if tape.once_in(4) {
        result.insert("completion".into(), json!(tape.once_in(2)));
    }
    if tape.once_in(4) {
        result.insert("success".into(), json!(tape.once_in(2)));
    }
    if tape.once_in(3) {
        result.insert("score".into(), score(tape));
    }
    (!result.is_empty() || tape.once_in(2)).then_some(Value::Object(result))
}

fn score(tape: &mut Tape<'_>) -> Value {
    tape.pick(&[
        json!({"scaled": 0.6}),
        json!({"scaled": 1}),
        json!({"scaled": 1.0, "raw": 3}),
        json!({"scaled": -0.0}),
        json!({"scaled": 0}),
        json!({"scaled": -1}),
        json!({"scaled": 0.3}),
        json!({"raw": 18, "min": 0, "max": 30}),
        json!({"raw": 18.0, "min": 0, "max": 30.0}),
        json!({"raw": -1, "min": -4, "max": 1}),
        json!({"raw": 5, "max": 10}),
        json!({"raw": 5, "min": 5, "max": 5}),
        json!({"raw": 7}),
    ])
}

/// What most statements of a world are about, so that they meet.
#[derive(Clone)]
pub(super) struct Focus {
    actors: Vec<Value>,
    objects: Vec<&'static str>,
    moments: Vec<&'static str>,
}

impl Focus {
    pub(super) fn drawn(tape: &mut Tape<'_>) -> Self {
        Self {
            actors: (0..2).map(|_| actor(tape)).collect(),
            objects: (0..3).map(|_| tape.pick(&OBJECTS)).collect(),
            moments: (0..4).map(|_| tape.pick(&MOMENTS)).collect(),
        }
    }

    pub(super) fn turn(&self, tape: &mut Tape<'_>) -> (&'static str, &'static str) {
        (tape.pick(&VERBS), tape.pick(&self.moments))
    }
}

pub(super) fn statement(focus: &Focus, tape: &mut Tape<'_>) -> Value {
    let iri = if tape.draw(3) < 2 { tape.pick(&focus.objects) } else { tape.pick(&OBJECTS) };
    let verb = tape.pick(&VERBS);
    let moment = (!tape.once_in(10))
        .then(|| if tape.draw(2) < 1 { tape.pick(&focus.moments) } else { tape.pick(&MOMENTS) });
    let mut object = json!({"id": iri});
    match tape.draw(10) {
        0..3 => object["objectType"] = json!("Activity"),
        9 => object["objectType"] = json!("SubStatement"),
        _ => {}
    }
    let actor = if tape.draw(3) < 2 { tape.pick(&focus.actors) } else { actor(tape) };
    let mut value = json!({"actor": actor, "verb": {"id": verb}, "object": object});
    if let Some(moment) = moment {
        value["timestamp"] = json!(moment);
    }
    if let Some(result) = result(tape) {
        value["result"] = result;
    }
    tell(&mut value);
    value
}

/// Statements that count once have one context and say one thing of their object: both are told
/// by what makes them equal.
pub(crate) fn tell(value: &mut Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = [&value["object"]["id"], &value["verb"]["id"], &value["timestamp"]].map(text);
    let digest = Sha1::digest(told.join("\n").as_bytes());
    let numbers: Vec<u16> = digest.iter().map(|byte| u16::from(*byte)).collect();
    let told = &mut Tape::new(&numbers);
    let interaction = json!({"type": "http://adlnet.gov/expapi/activities/cmi.interaction"});
    let is_interaction = told.once_in(8);
    let registration = told.draw(3);
    let mut context = told.once_in(2).then(|| json!({ "contextActivities": around(told) }));
    if registration > 0 {
        let id = format!("00000000-0000-4000-8000-00000000000{registration}");
        context.get_or_insert_with(|| json!({}))["registration"] = json!(id);
    }
    let mut set = |path: &str, key: &str, to: Option<Value>| {
        if let Some(Value::Object(map)) = value.pointer_mut(path) {
            match to {
                Some(to) => drop(map.insert(key.to_owned(), to)),
                None => drop(map.shift_remove(key)),
            }
        }
    };
    set("/object", "definition", is_interaction.then_some(interaction));
    set("", "context", context);
}

fn around(tape: &mut Tape<'_>) -> Value {
    let mut around = Map::new();
    for relation in ["parent", "grouping", "category"] {
        let place = |tape: &mut Tape<'_>| json!({"id": tape.pick(&PLACES)});
        let places: Vec<Value> = (0..tape.draw(3)).map(|_| place(tape)).collect();
        match places.as_slice() {
            [] => {}
            [alone] if tape.once_in(2) => drop(around.insert(relation.into(), alone.clone())),
            _ => drop(around.insert(relation.into(), Value::Array(places))),
        }
    }
    Value::Object(around)
}
