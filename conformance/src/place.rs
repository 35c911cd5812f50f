//! Where in a statement an agent, an activity, a language map … can stand.

use serde_json::{Value, json};

use crate::edit::{set, with};
use crate::fixture::{activity, agent, choice, iri, statement, sub_statement, uuid};
use crate::multipart::sha256;
use crate::version::Version;

/// A place for a kind of value: a valid statement that has one there, and the pointer to it.
pub(crate) struct Place {
    /// Its name in case ids: `sub-actor`.
    pub(crate) label: &'static str,
    /// Whether only 2.0 has it.
    pub(crate) only_two: bool,
    pointer: &'static str,
    fill: fn(&str) -> Value,
}

impl Place {
    /// A valid statement with a valid value at the place.
    pub(crate) fn base(&self) -> Value {
        (self.fill)(self.pointer)
    }

    /// The pointer to the place.
    pub(crate) fn pointer(&self) -> &'static str {
        self.pointer
    }

    /// Whether a version has the place.
    pub(crate) fn exists_in(&self, version: Version) -> bool {
        version == Version::Two || !self.only_two
    }
}

fn place(label: &'static str, pointer: &'static str, fill: fn(&str) -> Value) -> Place {
    Place { label, only_two: false, pointer, fill }
}

fn only_two(label: &'static str, pointer: &'static str, fill: fn(&str) -> Value) -> Place {
    Place { only_two: true, ..place(label, pointer, fill) }
}

/// The places of a kind of value; none for a kind that does not exist.
pub(crate) fn places(kind: &str) -> Vec<Place> {
    match kind {
        "top" => vec![place("statement", "", |_| statement())],
        "statement" => vec![
            place("statement", "", |_| statement()),
            place("sub-statement", "/object", |_| sub_statement()),
        ],
        "sub-statement" => vec![place("sub-statement", "/object", |_| sub_statement())],
        "agent" => agents(),
        "group" => groups(),
        "verb" => vec![
            place("verb", "/verb", |_| statement()),
            place("sub-verb", "/object/verb", |_| sub_statement()),
        ],
        "activity" => activities(),
        "definition" => vec![
            place("object", "/object/definition", definition),
            place("sub-object", "/object/object/definition", definition_in_sub),
            place(
                "context",
                "/context/contextActivities/parent/0/definition",
                definition_in_context,
            ),
        ],
        "reference" => references(),
        "attachment" => vec![
            place("statement", "/attachments/0", |_| attached(statement(), "")),
            place("sub-statement", "/object/attachments/0", |_| {
                attached(sub_statement(), "/object")
            }),
        ],
        "extensions" => extensions(),
        "language-map" => language_maps(),
        _ => simple(kind),
    }
}

/// Members of a statement and of its sub-statement that are objects of their own.
fn simple(kind: &str) -> Vec<Place> {
    match kind {
        "result" => {
            vec![place("result", "/result", result), place("sub-result", "/object/result", result)]
        }
        "score" => vec![
            place("result", "/result/score", score),
            place("sub-result", "/object/result/score", score),
        ],
        "context" => vec![
            place("context", "/context", context),
            place("sub-context", "/object/context", context),
        ],
        "context-activities" => vec![
            place("context", "/context/contextActivities", context_activities),
            place("sub-context", "/object/context/contextActivities", context_activities),
        ],
        "context-agent" => vec![
            only_two("context", "/context/contextAgents/0", context_agent),
            only_two("sub-context", "/object/context/contextAgents/0", context_agent),
        ],
        "context-group" => vec![
            only_two("context", "/context/contextGroups/0", context_group),
            only_two("sub-context", "/object/context/contextGroups/0", context_group),
        ],
        _ => Vec::new(),
    }
}

fn agents() -> Vec<Place> {
    vec![
        place("actor", "/actor", put_agent),
        place("object", "/object", put_agent),
        place("member", "/actor/member/0", |_| {
            with(statement(), "/actor", json!({"objectType": "Group", "member": [agent()]}))
        }),
        place("instructor", "/context/instructor", put_agent),
        place("authority", "/authority", put_agent),
        place("sub-actor", "/object/actor", put_agent),
        place("sub-object", "/object/object", put_agent),
        place("sub-instructor", "/object/context/instructor", put_agent),
        only_two("context-agent", "/context/contextAgents/0/agent", context_agent_inside),
    ]
}

fn groups() -> Vec<Place> {
    vec![
        place("actor", "/actor", put_group),
        place("object", "/object", put_group),
        place("instructor", "/context/instructor", put_group),
        place("team", "/context/team", put_group),
        place("sub-actor", "/object/actor", put_group),
        place("sub-object", "/object/object", put_group),
        place("sub-team", "/object/context/team", put_group),
        only_two("context-group", "/context/contextGroups/0/group", context_group_inside),
    ]
}

fn activities() -> Vec<Place> {
    vec![
        place("object", "/object", |_| statement()),
        place("sub-object", "/object/object", |_| sub_statement()),
        place("parent", "/context/contextActivities/parent/0", context_activity),
        place("grouping", "/context/contextActivities/grouping/0", context_activity),
        place("category", "/context/contextActivities/category/0", context_activity),
        place("other", "/context/contextActivities/other/0", context_activity),
        place("sub-other", "/object/context/contextActivities/other/0", context_activity),
    ]
}

fn references() -> Vec<Place> {
    vec![
        place("object", "/object", put_reference),
        place("context", "/context/statement", put_reference),
        place("sub-object", "/object/object", put_reference),
        place("sub-context", "/object/context/statement", put_reference),
    ]
}

fn extensions() -> Vec<Place> {
    vec![
        place("result", "/result/extensions", put_extensions),
        place("context", "/context/extensions", put_extensions),
        place("definition", "/object/definition/extensions", put_extensions),
        place("sub-result", "/object/result/extensions", put_extensions),
        place("sub-context", "/object/context/extensions", put_extensions),
        place("sub-definition", "/object/object/definition/extensions", put_extensions),
    ]
}

fn language_maps() -> Vec<Place> {
    vec![
        place("verb", "/verb/display", put_map),
        place("name", "/object/definition/name", put_map),
        place("description", "/object/definition/description", put_map),
        place("choice", "/object/definition/choices/0/description", definition),
        place("attachment", "/attachments/0/display", |_| attached(statement(), "")),
        place("attachment-description", "/attachments/0/description", |_| {
            attached(statement(), "")
        }),
        place("sub-verb", "/object/verb/display", put_map),
        place("sub-name", "/object/object/definition/name", put_map),
    ]
}

/// A statement, or one with a sub-statement if the pointer leads into one.
fn base_for(pointer: &str) -> Value {
    let deeper =
        ["/object/object", "/object/actor", "/object/context", "/object/result", "/object/verb"];
    if deeper.iter().any(|start| pointer.starts_with(start)) {
        sub_statement()
    } else {
        statement()
    }
}

fn put(pointer: &str, value: Value) -> Value {
    with(base_for(pointer), pointer, value)
}

fn put_agent(pointer: &str) -> Value {
    put(pointer, agent())
}

fn put_group(pointer: &str) -> Value {
    put(pointer, json!({"objectType": "Group", "member": [agent(), agent()]}))
}

fn put_reference(pointer: &str) -> Value {
    put(pointer, json!({"objectType": "StatementRef", "id": uuid()}))
}

fn put_extensions(pointer: &str) -> Value {
    put(pointer, json!({iri(): 1}))
}

fn put_map(pointer: &str) -> Value {
    put(pointer, json!({"en-US": "A word"}))
}

fn definition(_: &str) -> Value {
    with(statement(), "/object", choice())
}

fn definition_in_sub(_: &str) -> Value {
    with(sub_statement(), "/object/object", choice())
}

fn definition_in_context(_: &str) -> Value {
    with(statement(), "/context/contextActivities/parent", json!([choice()]))
}

fn result(pointer: &str) -> Value {
    put(
        pointer,
        json!({
            "score": {"scaled": 0.5, "raw": 50, "min": 0, "max": 100},
            "success": true, "completion": true, "response": "a", "duration": "PT1M",
        }),
    )
}

fn score(pointer: &str) -> Value {
    put(pointer, json!({"scaled": 0.5, "raw": 50, "min": 0, "max": 100}))
}

fn context(pointer: &str) -> Value {
    put(
        pointer,
        json!({
            "registration": uuid(), "instructor": agent(), "revision": "1", "platform": "A platform",
            "language": "en-GB", "team": {"objectType": "Group", "member": [agent()]},
            "statement": {"objectType": "StatementRef", "id": uuid()},
            "contextActivities": {"parent": [activity()]},
        }),
    )
}

fn context_activities(pointer: &str) -> Value {
    put(
        pointer,
        json!({
            "parent": [activity()], "grouping": [activity()], "category": [activity()], "other": [activity()],
        }),
    )
}

fn context_activity(pointer: &str) -> Value {
    let list = pointer.trim_end_matches("/0");
    put(list, json!([activity()]))
}

fn context_agent(pointer: &str) -> Value {
    let value = json!([{"objectType": "contextAgent", "agent": agent(), "relevantTypes": [iri()]}]);
    put(pointer.trim_end_matches("/0"), value)
}

fn context_agent_inside(pointer: &str) -> Value {
    context_agent(pointer.trim_end_matches("/agent"))
}

fn context_group(pointer: &str) -> Value {
    let group = json!({"objectType": "Group", "member": [agent()]});
    let value = json!([{"objectType": "contextGroup", "group": group, "relevantTypes": [iri()]}]);
    put(pointer.trim_end_matches("/0"), value)
}

fn context_group_inside(pointer: &str) -> Value {
    context_group(pointer.trim_end_matches("/group"))
}

fn attached(mut base: Value, at: &str) -> Value {
    let attachment = json!({
        "usageType": iri(), "display": {"en-US": "A file"}, "description": {"en-US": "What it is"},
        "contentType": "text/plain", "length": 4, "sha2": sha256(b"text"), "fileUrl": iri(),
    });
    set(&mut base, &format!("{at}/attachments"), json!([attachment]));
    base
}
