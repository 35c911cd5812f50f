//! Questions about all statements: over HTTP and by `traccia query`, on a store whose facts are known.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::plant::UNTIL;
use crate::served::Served;
use crate::{done, export, picked, planted};

const AGGREGATE: &str = "/api/v1/statements/aggregate";

async fn answer(served: &Served, query: &str) -> Value {
    served.ok(&format!("{AGGREGATE}?{query}")).await.json().await.unwrap()
}

/// Rows in an order of their own.
fn sorted(rows: &[Value]) -> Vec<String> {
    let mut rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_questions_that_can_be_asked_have_the_answers_that_duckdb_finds() {
    let home = TempDir::new().unwrap();
    planted(home.path()).await;
    done(&export(home.path(), "all", &["--until", UNTIL]));
    let Some(by_sql) = crate::asked(home.path()) else { return };
    let served = Served::start().await;
    let rows = async |query: &str| {
        let answer = answer(&served, query).await;
        assert_eq!((&answer["complete"], &answer["hidden"]), (&json!(true), &json!(0)));
        answer["rows"].as_array().unwrap().clone()
    };
    let verbs =
        "by=verb,activity_type,source&measure=count%20as%20n,distinct(object)%20as%20objects";
    let expected = picked(&by_sql["8"], &["verb", "activity_type", "source", "n", "objects"]);
    assert_eq!(sorted(&rows(verbs).await), sorted(&expected));
    let hours = "by=weekday(timestamp),hour_of_day(timestamp)&measure=distinct(actor)\
        &duplicates=once&zone=Europe/Rome";
    let expected = picked(&by_sql["11"], &["weekday", "hour", "people"]);
    assert_eq!(sorted(&rows(hours).await), sorted(&expected));
    let kept = rows("by=source&measure=count").await;
    assert_eq!(sorted(&kept), sorted(&picked(&by_sql["5"], &["source", "kept"])));
    let first = rows("by=source&measure=count&duplicates=once").await;
    let repeated: Vec<Value> = kept
        .iter()
        .zip(&first)
        .map(|(all, once)| json!([all[0], all[1].as_u64().unwrap() - once[1].as_u64().unwrap()]))
        .collect();
    assert_eq!(sorted(&repeated), sorted(&picked(&by_sql["5"], &["source", "repeated"])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_the_same_from_the_log_from_files_by_post_and_in_every_format() {
    let served = Served::start().await;
    let query =
        "by=verb&measure=count,distinct(actor)%20as%20people&where=source%3Dmoodle&order=-count";
    served.manifest().await;
    let by_get = answer(&served, query).await;
    assert_eq!(by_get["columns"][2], json!({"name": "people", "type": "whole"}));
    let asked = json!({
        "filter": {"column": "source", "equals": "moodle"}, "dimensions": [{"column": "verb"}],
        "measures": [{"count": "statements"}, {"distinct": "actor", "as": "people"}],
        "order": [{"by": "count", "descending": true}],
    });
    let by_post: Value = served.post(AGGREGATE, &asked, &[]).await.json().await.unwrap();
    assert_eq!(by_post["rows"], by_get["rows"]);
    let csv = served.ok(&format!("{AGGREGATE}?{query}&format=csv")).await;
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(csv.headers().contains_key("traccia-through"));
    let csv = csv.text().await.unwrap();
    assert_eq!(csv.lines().count(), by_get["rows"].as_array().unwrap().len() + 1);
    let xlsx = served.ok(&format!("{AGGREGATE}?{query}&format=xlsx")).await;
    assert!(xlsx.bytes().await.unwrap().starts_with(b"PK"));
    let job = served.post(AGGREGATE, &asked, &[("prefer", "respond-async")]).await;
    assert_eq!(job.status(), 202);
    let place = job.headers()["location"].to_str().unwrap().to_owned();
    let by_job = loop {
        let found = served.get(&place, &[]).await;
        if found.status() == 200 {
            break found.json::<Value>().await.unwrap();
        }
        assert_eq!(found.status(), 202);
        tokio::task::yield_now().await;
    };
    assert_eq!(by_job["rows"], by_get["rows"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_groups_are_hidden_from_who_may_not_read_identities() {
    let served = Served::start().await;
    let (key, secret) = served.key(&["data/read"]).await;
    let query =
        "by=actor_home&measure=distinct(actor)%20as%20people&where=object%3Dhttps://x.example/page";
    let open = answer(&served, query).await;
    let people = |answer: &Value| -> Vec<u64> {
        answer["rows"].as_array().unwrap().iter().map(|row| row[1].as_u64().unwrap()).collect()
    };
    assert_eq!((people(&open).len(), &open["hidden"]), (2, &json!(0)), "{open}");
    let hidden = served.http.get(format!("{}{AGGREGATE}?{query}", served.url));
    let hidden = hidden.basic_auth(key, Some(secret)).send().await.unwrap();
    let hidden: Value = hidden.json().await.unwrap();
    assert_eq!((people(&hidden), &hidden["hidden"]), (vec![], &json!(2)), "{hidden}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_reads_its_own_statements_asks_about_these_alone() {
    let served = Served::start().await;
    let (key, secret) = served.key(&["statements/write", "statements/read/mine"]).await;
    let said = |n: u32| {
        json!({"actor": {"mbox": format!("mailto:o{n}@x.example")},
            "verb": {"id": "https://v.example/own"}, "object": {"id": "https://x.example/page"}})
    };
    let own: Vec<Value> = (0..6).map(said).collect();
    let sent = served.http.post(format!("{}/xapi/statements", served.url));
    let sent = sent.basic_auth(&key, Some(&secret)).header("x-experience-api-version", "2.0.0");
    assert_eq!(sent.json(&own).send().await.unwrap().status(), 200);
    let asked = served.http.get(format!("{}{AGGREGATE}?by=verb", served.url));
    let asked = asked.basic_auth(&key, Some(&secret)).send().await.unwrap();
    let asked: Value = asked.json().await.unwrap();
    assert_eq!(asked["rows"], json!([["https://v.example/own", 6]]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_asked_is_said_in_the_language_of_who_asks() {
    let served = Served::start().await;
    for (query, status, says) in [
        ("by=nothing", 400, "has no column `nothing`"),
        ("measure=most(verb)", 400, "is no measure"),
        ("where=verb", 400, "is no condition"),
        ("format=pdf", 400, "json, csv or xlsx"),
        ("duplicates=never", 400, "all or once"),
        ("group=verb", 400, "not known here"),
    ] {
        let refused = served.get(&format!("{AGGREGATE}?{query}"), &[]).await;
        assert_eq!(refused.status(), status, "{query}");
        let problem = refused.text().await.unwrap();
        assert!(problem.contains(says), "{query}: {problem}");
    }
    let italian = [(reqwest::header::ACCEPT_LANGUAGE, "it")];
    let refused = served.get(&format!("{AGGREGATE}?by=nothing"), &italian).await;
    let problem = refused.text().await.unwrap();
    assert!(problem.contains("La domanda non si può fare"), "{problem}");
    let text =
        served.http.post(format!("{}{AGGREGATE}", served.url)).basic_auth("seed", Some("secret"));
    let text = text.header("content-type", "text/plain").body("{}").send().await.unwrap();
    assert_eq!(text.status(), 415);
    assert_eq!(served.get(&format!("{AGGREGATE}/{}", uuid::Uuid::nil()), &[]).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_asks_the_same() {
    let served = Served::start().await;
    let run = |more: &'static [&'static str]| {
        let url = served.url.clone();
        tokio::task::spawn_blocking(move || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_traccia"));
            command
                .args(["query", "--url", &url, "--key", "seed:secret"])
                .args(more)
                .output()
                .unwrap()
        })
    };
    let said = done(
        &run(&[
            "--by",
            "source,week(timestamp)",
            "--measure",
            "count,distinct(actor)",
            "--where",
            "verb=passed",
        ])
        .await
        .unwrap(),
    );
    let lines: Vec<Vec<&str>> =
        said.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        lines,
        [
            vec!["source", "week", "count", "distinct_actor"],
            vec!["moodle", "2025-01-06", "16", "16"]
        ]
    );
    let csv = done(
        &run(&["--by", "verb", "--order", "-count", "--limit", "1", "--format", "csv"])
            .await
            .unwrap(),
    );
    assert_eq!(csv, "verb,count\nhttp://adlnet.gov/expapi/verbs/experienced,315\n");
    let refused = run(&["--by", "colour"]).await.unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("has no column `colour`"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_read_identities_asks_for_no_value_of_one_person() {
    let served = Served::start().await;
    let (key, secret) = served.key(&["data/read"]).await;
    for (measure, status) in
        [("first(actor)", 400), ("quantile(score_scaled,1)", 400), ("median(score_scaled)", 200)]
    {
        let asked = served.http.get(format!("{}{AGGREGATE}?measure={measure}", served.url));
        let asked = asked.basic_auth(&key, Some(&secret)).send().await.unwrap();
        assert_eq!(asked.status(), status, "{measure}");
    }
}
