//! Courses: statements that make the follower work, and reports that make boards.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::request::Request;
use super::statements::post;
use super::target::{ORDINARY, Target, Volley};
use crate::wire::KEY;

const JSON: &str = "application/json";
const ID: &str = "aula";
/// Another course, whose progress must not wait for the first.
const OTHER: &str = "altra";
pub(super) const CHECK_IN: &str = "/check-in/aula";
pub(super) const REGISTER: &str = "/api/v1/courses/aula/events/seminario/sessions/roma/register";
/// The learners of the list.
const LEARNERS: u32 = 2_000;
pub(super) const SITE: &str = "https://aula.example.org";
/// How long a statement may take into the reports.
const BEHIND: Duration = Duration::from_secs(5);
/// How long it is waited for.
const GIVEN_UP: Duration = Duration::from_secs(9);

/// Two courses with learners.
pub(super) async fn load(target: &Target) -> Result<()> {
    for id in [ID, OTHER] {
        put(target, id, file(id), LEARNERS).await?;
    }
    Ok(())
}

/// A course with so many learners.
pub(super) async fn put(target: &Target, id: &str, file: String, learners: u32) -> Result<()> {
    let path = format!("/api/v1/courses/{id}");
    let file = Request::new("PUT", &path).by(KEY).body("application/toml", file);
    target.set_up(file).await?;
    let list = Request::new("PUT", &format!("{path}/learners")).by(KEY);
    target.set_up(list.body("text/csv", list_of(learners))).await?;
    Ok(())
}

fn file(id: &str) -> String {
    format!(
        r#"id = "{id}"
title = {{ it = "Aula", en = "Room" }}
time_zone = "Europe/Rome"
[[module]]
id = "m1"
title = {{ it = "M" }}
[[module.activity]]
id = "{SITE}/{id}/lezione"
[[module.event]]
key = "seminario"
title = {{ it = "Seminario" }}
kind = "seminar"
hours = 6
[[module.event.session]]
id = "roma"
date = 2026-03-05
from = 09:00:00
to = 13:00:00
"#
    )
}

fn list_of(learners: u32) -> String {
    let mut text = String::from("learner,name,identifiers,region,body\n");
    for number in 0..learners {
        let (region, body) = (number % 20, number % 400);
        let _ = writeln!(
            text,
            "u{number},Nome{number} Cognome{number},account:{SITE}|{number},Regione {region},Comune {body}"
        );
    }
    text
}

/// A statement of a learner in a course.
fn completed(course: &str, learner: u32, minute: u32) -> Value {
    json!({
        "actor": {"account": {"homePage": SITE, "name": learner.to_string()}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": format!("{SITE}/{course}/lezione")},
        "timestamp": format!("2026-02-{:02}T{:02}:{:02}:00Z", minute / 1440 + 1, minute / 60 % 24, minute % 60),
    })
}

/// The ids that a POST of statements is answered with.
fn ids(answer: &[u8]) -> Result<Vec<String>> {
    serde_json::from_slice(answer).context("a list of ids")
}

/// The batch of voids comes three times, each of other statements; meanwhile a learner completes the other course.
pub(super) async fn voids(target: Target) -> Result<Volley> {
    load(&target).await?;
    let mut kept = Vec::new();
    for batch in 0..8 {
        let statements: Vec<Value> = (0..500).map(|n| completed(ID, 0, batch * 500 + n)).collect();
        let answer = target.set_up(post().body(JSON, Value::from(statements).to_string())).await?;
        kept.extend(ids(&answer.body)?);
    }
    let before = behind(&target, 1).await?;
    target.note(format!("a statement counted after {:.2} s before", before.as_secs_f64()));
    let voids = |ids: &[String]| {
        let void = |id: &String| {
            json!({
                "actor": {"mbox": "mailto:a@example.org"},
                "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
                "object": {"objectType": "StatementRef", "id": id},
            })
        };
        post().body(JSON, Value::from(ids.iter().map(void).collect::<Vec<_>>()).to_string()).bytes()
    };
    let batches: Vec<Vec<u8>> = kept.chunks(1000).take(3).map(voids).collect();
    Ok(Box::pin(async move {
        for (batch, learner) in batches.iter().zip(2..) {
            target.fire(batch).await;
            match behind(&target, learner).await {
                Ok(time) => target
                    .aim(format!("and after {:.2} s during", time.as_secs_f64()), time <= BEHIND),
                Err(error) => target.aim(format!("progress stands still: {error}"), false),
            }
        }
    }))
}

/// How many prefixes of IRIs are in a course file of nearly 4 MiB.
const PREFIXES: usize = 100_000;

/// A course whose one activity has very many prefixes, and statements that begin with none of them. Meanwhile learners
/// complete the other course.
pub(super) async fn many_prefixes(target: Target) -> Result<Volley> {
    put(&target, OTHER, file(OTHER), LEARNERS).await?;
    let mut prefixes = String::new();
    for number in 0..PREFIXES {
        let _ = writeln!(prefixes, "\"{SITE}/{number:06}\",");
    }
    let course = format!(
        "id = \"{ID}\"\ntitle = {{ it = \"Aula\" }}\ntime_zone = \"Europe/Rome\"\n[[module]]\nid = \"m1\"\n\
         title = {{ it = \"M\" }}\n[[module.activity]]\nkey = \"tutto\"\ntitle = {{ it = \"T\" }}\nprefix = [\n{prefixes}]\n"
    );
    put(&target, ID, course, LEARNERS).await?;
    let statement = |number: u32| {
        json!({
            "actor": {"account": {"homePage": SITE, "name": (number % LEARNERS).to_string()}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
            "object": {"id": format!("{SITE}/zzz/{number}")},
        })
    };
    let batch = |at: u32| {
        let statements: Vec<Value> = (0..2_000).map(|n| statement(at * 2_000 + n)).collect();
        post().body(JSON, Value::from(statements).to_string()).bytes()
    };
    let batches: Vec<Vec<u8>> = (0..3).map(batch).collect();
    Ok(Box::pin(async move {
        for (batch, learner) in batches.iter().zip(2..) {
            target.fire(batch).await;
            match behind(&target, learner).await {
                Ok(time) => target.aim(
                    format!("a statement counted after {:.2} s", time.as_secs_f64()),
                    time <= BEHIND,
                ),
                Err(error) => target.aim(format!("progress stands still: {error}"), false),
            }
        }
        let unmapped = Request::new("GET", "/api/v1/courses/aula/unmapped").by(ORDINARY);
        target.fire(&unmapped.bytes()).await;
    }))
}

/// How long a statement of the other course takes into its report.
async fn behind(target: &Target, learner: u32) -> Result<Duration> {
    target.set_up(post().body(JSON, completed(OTHER, learner, 0).to_string())).await?;
    let answered = Instant::now();
    loop {
        let path = format!("/api/v1/courses/{OTHER}/reports/matrix?learner=u{learner}");
        let report = target.set_up(Request::new("GET", &path).by(KEY)).await?;
        let report: Value = serde_json::from_slice(&report.body)?;
        if report.pointer("/rows/0/progress").and_then(Value::as_f64) > Some(0.0) {
            return Ok(answered.elapsed());
        }
        ensure!(answered.elapsed() < GIVEN_UP, "more than {} s behind", GIVEN_UP.as_secs());
        sleep(Duration::from_millis(20)).await;
    }
}
