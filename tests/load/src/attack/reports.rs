//! Reports that are large, and statements that make them slow.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use super::course::{self, SITE};
use super::request::Request;
use super::statements::post;
use super::target::{ORDINARY, Target, Volley};

const JSON: &str = "application/json";
const ID: &str = "grande";
const LEARNERS: u32 = 20_000;
const ACTIVITIES: u32 = 100;
/// Statements in a batch of a preparation.
const BATCH: u32 = 1_000;

/// Any object below the prefix is of the last activity.
fn file() -> String {
    let mut text = format!(
        "id = \"{ID}\"\ntitle = {{ it = \"G\" }}\ntime_zone = \"Europe/Rome\"\n\
         [[module]]\nid = \"m1\"\ntitle = {{ it = \"M\" }}\n"
    );
    for number in 1..ACTIVITIES {
        let _ = write!(text, "[[module.activity]]\nid = \"{SITE}/{ID}/{number}\"\n");
    }
    let _ = write!(text, "[[module.activity]]\nprefix = \"{SITE}/{ID}/libro/\"\n");
    text
}

fn report(query: &str) -> Vec<u8> {
    Request::new("GET", &format!("/api/v1/courses/{ID}/{query}")).by(ORDINARY).bytes()
}

/// A board of each of many days, by eight at once.
pub(super) async fn many_days(target: Target) -> Result<Volley> {
    course::put(&target, ID, file(), LEARNERS).await?;
    Ok(target.repeat_all(8, |number| {
        let (month, day) = (number / 28 % 12 + 1, number % 28 + 1);
        report(&format!("progress?by=region&at=2025-{month:02}-{day:02}"))
    }))
}

/// Every learner with every activity, by four at once.
pub(super) async fn wide_matrix(target: Target) -> Result<Volley> {
    course::put(&target, ID, file(), LEARNERS).await?;
    let formats = ["json", "csv", "xlsx", "html"];
    Ok(target.repeat_all(4, move |number| {
        let format = usize::try_from(number).ok().and_then(|at| formats.get(at % formats.len()));
        report(&format!("reports/matrix?expand=true&format={}", format.unwrap_or(&"text")))
    }))
}

fn said(who: &str, object: &str, second: u32) -> Value {
    json!({
        "actor": {"account": {"homePage": SITE, "name": who}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/terminated"},
        "object": {"id": object},
        "result": {"duration": "PT1S"},
        "timestamp": format!(
            "2026-02-{:02}T{:02}:{:02}:{:02}Z",
            second / 86_400 % 28 + 1, second / 3_600 % 24, second / 60 % 60, second % 60
        ),
    })
}

async fn keep(target: &Target, all: u32, statement: impl Fn(u32) -> Value) -> Result<()> {
    for batch in 0..all / BATCH {
        let statements: Vec<Value> = (0..BATCH).map(|n| statement(batch * BATCH + n)).collect();
        target.set_up(post().body(JSON, Value::from(statements).to_string())).await?;
    }
    Ok(())
}

/// One learner has opened ten thousand pages of a book; each further one is followed by a report.
pub(super) async fn many_objects(target: Target) -> Result<Volley> {
    course::put(&target, ID, file(), 100).await?;
    let page = |number: u32| format!("{SITE}/{ID}/libro/{number}");
    keep(&target, 10_000, |number| said("1", &page(number), number)).await?;
    Ok(target.repeat_all(2, move |number| {
        if number.is_multiple_of(2) {
            let number = 10_000 + u32::try_from(number).unwrap_or_default();
            post().body(JSON, said("1", &page(number), number).to_string()).bytes()
        } else {
            report("progress?by=module")
        }
    }))
}

/// One learner has said thirty thousand things of one activity, and goes on.
pub(super) async fn long_journal(target: Target) -> Result<Volley> {
    course::put(&target, ID, file(), 100).await?;
    let object = format!("{SITE}/{ID}/1");
    keep(&target, 30_000, |number| said("1", &object, number)).await?;
    Ok(target.repeat_all(1, move |number| {
        let number = 30_000 + u32::try_from(number).unwrap_or_default();
        post().body(JSON, said("1", &object, number).to_string()).bytes()
    }))
}

/// Twenty thousand actors of whom nobody is enrolled.
pub(super) async fn strangers(target: Target) -> Result<Volley> {
    course::put(&target, ID, file(), 100).await?;
    let object = format!("{SITE}/{ID}/1");
    keep(&target, 20_000, |number| said(&format!("stranger-{number}"), &object, number)).await?;
    Ok(target.repeat_all(4, |number| {
        report(if number.is_multiple_of(2) { "unassigned" } else { "reports/health" })
    }))
}
