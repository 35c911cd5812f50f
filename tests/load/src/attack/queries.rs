//! Questions whose answers are larger than what was kept, or cost more.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;
use futures::future::join_all;
use serde_json::{Map, Value, json};

use super::request::Request;
use super::statements::{VERB, activity_with_extension, attachment, mixed, multipart, post, sha2};
use super::target::{ORDINARY, Target, Volley};
use super::wire::Connection;

const JSON: &str = "application/json";
const ACTIVITY: &str = "https://a.example/large";

fn get(query: &str) -> Request {
    Request::xapi("GET", &format!("statements?{query}")).by(ORDINARY)
}

/// Each statement comes with the whole definition.
pub(super) async fn canonical(target: Target) -> Result<Volley> {
    target.set_up(post().body(JSON, activity_with_extension(ACTIVITY, 4 << 20))).await?;
    let plain = json!({
        "actor": {"mbox": "mailto:a@example.org"}, "verb": {"id": VERB}, "object": {"id": ACTIVITY},
    });
    target.set_up(post().body(JSON, Value::from(vec![plain; 249]).to_string())).await?;
    let query = "format=canonical&limit=250&activity=https%3A%2F%2Fa.example%2Flarge";
    Ok(target.repeat(1, get(query).bytes()))
}

/// Two readers take a kibibyte now and then.
pub(super) async fn attachments(target: Target) -> Result<Volley> {
    const SIZE: usize = 40 << 20;
    for number in 0..24_u8 {
        let data = vec![number; SIZE];
        let sha2 = sha2(&data);
        let mut statement = super::statements::statement();
        if let Some(members) = statement.as_object_mut() {
            let named = attachment("https://u.example/film", &sha2, SIZE);
            members.insert("attachments".into(), vec![named].into());
            members.insert("object".into(), json!({"id": ACTIVITY}));
        }
        let body = multipart(&statement.to_string(), &[(&sha2, &data)]);
        target.set_up(post().body(&mixed(), body)).await?;
    }
    let query = "attachments=true&limit=24&activity=https%3A%2F%2Fa.example%2Flarge";
    let ask = get(query).bytes();
    Ok(Box::pin(async move {
        let reader = async || {
            target.begin();
            let Ok(mut connection) = Connection::open(target.address).await else { return };
            if connection.send(&ask).await.is_ok() {
                while connection.sip().await.is_ok_and(|read| read > 0) {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        };
        join_all([reader(), reader()]).await;
    }))
}

/// None of the languages asked for is there.
pub(super) async fn languages(target: Target) -> Result<Volley> {
    let letters = || (b'a'..=b'z').map(char::from);
    let tags = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}-IT")));
    let more = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}-CH")));
    let display: Map<String, Value> =
        tags.chain(more).take(1000).map(|tag| (tag, json!("x"))).collect();
    let mut statement = super::statements::statement();
    if let Some(members) = statement.as_object_mut() {
        members.insert("verb".into(), json!({"id": VERB, "display": display}));
    }
    target.set_up(post().body(JSON, Value::from(vec![statement; 20]).to_string())).await?;
    let mut asked = String::new();
    for number in 0.. {
        if asked.len() >= 292 * 1024 {
            break;
        }
        let _ = write!(asked, "qq-x-{number},");
    }
    let query =
        format!("format=canonical&limit=20&verb={}", VERB.replace(':', "%3A").replace('/', "%2F"));
    Ok(target.repeat(1, get(&query).header("Accept-Language", &asked).bytes()))
}
