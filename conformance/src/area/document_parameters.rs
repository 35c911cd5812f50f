//! What requests to the document resources must say, and must not.

use serde_json::json;

use crate::case::Case;
use crate::document::{Document, Kind};
use crate::failure::Checked;
use crate::fixture::uuid;
use crate::lrs::Lrs;

const METHODS: [&str; 4] = ["GET", "PUT", "POST", "DELETE"];

/// Resource, parameter, and the requirements of GET, PUT, POST and DELETE without it.
const MISSING: [(Kind, &str, [&str; 4]); 7] = [
    (Kind::State, "activityId", ["XAPI-00208", "XAPI-00210", "XAPI-00209", "XAPI-00207"]),
    (Kind::State, "agent", ["XAPI-00213", "XAPI-00215", "XAPI-00214", "XAPI-00212"]),
    (Kind::State, "stateId", ["", "XAPI-00206", "XAPI-00211", ""]),
    (Kind::ActivityProfile, "activityId", ["XAPI-00296", "XAPI-00299", "XAPI-00298", "XAPI-00297"]),
    (Kind::ActivityProfile, "profileId", ["", "XAPI-00302", "XAPI-00301", "XAPI-00300"]),
    (Kind::AgentProfile, "agent", ["XAPI-00261", "XAPI-00264", "XAPI-00263", "XAPI-00262"]),
    (Kind::AgentProfile, "profileId", ["", "XAPI-00267", "XAPI-00266", "XAPI-00265"]),
];

/// Resource, parameter, values of the wrong form, and the requirements of GET, PUT, POST and DELETE.
const WRONG: [(Kind, &str, &[&str], [&str; 4]); 6] = [
    (Kind::State, "agent", NO_AGENTS, ["XAPI-00197", "XAPI-00199", "XAPI-00198", "XAPI-00196"]),
    (
        Kind::State,
        "registration",
        &["not-a-uuid", "1"],
        ["XAPI-00201", "XAPI-00203", "XAPI-00202", "XAPI-00200"],
    ),
    (
        Kind::State,
        "activityId",
        &["no scheme"],
        ["XAPI-00012", "XAPI-00012", "XAPI-00012", "XAPI-00012"],
    ),
    (
        Kind::ActivityProfile,
        "activityId",
        &["no scheme"],
        ["XAPI-00305", "XAPI-00306", "XAPI-00307", "XAPI-00012"],
    ),
    (
        Kind::AgentProfile,
        "agent",
        NO_AGENTS,
        ["XAPI-00258", "XAPI-00257", "XAPI-00256", "XAPI-00255"],
    ),
    (
        Kind::AgentProfile,
        "agent",
        &["{\"objectType\":\"Group\"}"],
        ["XAPI-00276", "XAPI-00276", "XAPI-00277", "XAPI-00277"],
    ),
];

const NO_AGENTS: &[&str] = &[
    "text",
    "{",
    "1",
    "{}",
    "{\"name\":\"A\"}",
    "{\"mbox\":\"nobody\"}",
    "{\"objectType\":\"Activity\",\"id\":\"http://example.org/a\"}",
];

const SINCE: [(Kind, &str); 3] = [
    (Kind::State, "XAPI-00204"),
    (Kind::ActivityProfile, "XAPI-00295"),
    (Kind::AgentProfile, "XAPI-00260"),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, parameter, requirements) in MISSING {
        for (method, requirement) in METHODS.into_iter().zip(requirements) {
            if requirement.is_empty() {
                continue;
            }
            let id =
                format!("document-needs-{parameter}-{}@{}", method.to_lowercase(), kind.name());
            let title = format!("{method} {} without {parameter} is refused", kind.path());
            cases.push(Case::new(&id, &title, &[requirement], move |lrs| async move {
                let document = Document::new(kind).without(parameter);
                send(&lrs, &document, method).await
            }));
        }
    }
    for (number, (kind, parameter, values, requirements)) in WRONG.into_iter().enumerate() {
        for (method, requirement) in METHODS.into_iter().zip(requirements) {
            let suffix = if number == 5 { "group" } else { parameter };
            let id = format!("document-wrong-{suffix}-{}@{}", method.to_lowercase(), kind.name());
            let title =
                format!("{method} {} with a {parameter} of the wrong form is refused", kind.path());
            cases.push(Case::new(&id, &title, &[requirement], move |lrs| async move {
                for value in values {
                    send(&lrs, &Document::new(kind).with(parameter, value), method).await?;
                }
                Ok(())
            }));
        }
    }
    cases.extend(since());
    cases.extend(unknown());
    cases
}

async fn send(lrs: &Lrs, document: &Document, method: &str) -> Checked {
    let mut ask = document.ask(lrs, method);
    if matches!(method, "PUT" | "POST") {
        ask = ask.json(&json!({"a": 1}));
    }
    if method == "PUT" {
        ask = ask.header("If-None-Match", "*");
    }
    ask.await?.is(400).map(drop)
}

fn since() -> Vec<Case> {
    SINCE
        .into_iter()
        .map(|(kind, requirement)| {
            let id = format!("document-wrong-since@{}", kind.name());
            let title = format!("GET {} with a since that is no timestamp is refused", kind.path());
            Case::new(&id, &title, &[requirement], move |lrs| async move {
                for value in ["yesterday", "1", "2015-13-18T12:17:00Z", ""] {
                    let document = Document::new(kind).list().with("since", value);
                    document.get(&lrs).await?.is(400)?;
                }
                Ok(())
            })
        })
        .collect()
}

fn unknown() -> Vec<Case> {
    Kind::ALL
        .into_iter()
        .map(|kind| {
            let id = format!("document-unknown-parameter@{}", kind.name());
            let title = format!(
                "Parameters that {} does not know are refused, whatever the method",
                kind.path()
            );
            Case::new(&id, &title, &["XAPI-00324", "XAPI-00325"], move |lrs| async move {
                for method in METHODS {
                    send(&lrs, &Document::new(kind).with("unheardOf", "1"), method).await?;
                    let upper = kind.id_name().to_uppercase();
                    send(&lrs, &Document::new(kind).with(&upper, &uuid()), method).await?;
                }
                Ok(())
            })
        })
        .collect()
}
