//! What requests hold of the server's memory, and for how long: bodies whose end never comes,
//! answers that nobody reads.

use std::time::Duration;

use e2e::{Client, Document, Setup, Statement, Traccia, Wire, eventually, gzip, new_id};
use serde_json::{Value, json};

const WITHIN: Duration = Duration::from_secs(30);
const JSON: &str = "Content-Type: application/json";

/// Every resource that takes a body from a key.
const WRITES: [&str; 12] = [
    "POST /xapi/statements",
    "PUT /xapi/statements?statementId=fdfb7f3c-6c5a-4d5e-8d25-8f8a1f6b7a11",
    "POST /xapi/activities/state",
    "PUT /xapi/activities/state",
    "PUT /xapi/activities/profile",
    "PUT /xapi/agents/profile",
    "POST /api/v1/keys",
    "PUT /api/v1/courses/c",
    "PUT /api/v1/courses/c/learners",
    "PUT /api/v1/courses/c/learners/l/merge",
    "PUT /api/v1/courses/c/events/e/sessions/s/register",
    "POST /api/v1/courses/c/events/e/sessions/s/register",
];

#[tokio::test]
async fn who_has_no_good_key_is_answered_before_the_body_comes() {
    let traccia = Traccia::program().await;
    for stranger in [traccia.anonymous(), traccia.with_key("seed", "wrong")] {
        for request in WRITES {
            let mut wire = Wire::to(traccia.url()).await;
            wire.head(&stranger, request, &[JSON, "Content-Length: 1000000"]).await;
            let (status, head) = wire.answer().await;
            assert_eq!(status, 401, "{request}: {head}");
        }
    }
}

#[tokio::test]
async fn without_a_key_bodies_are_small() {
    let traccia = Traccia::program().await;
    let nobody = traccia.anonymous();
    let form = "Content-Type: application/x-www-form-urlencoded";
    let (whole, _) = gzip(&"a&".repeat(100_000));
    for (request, kind) in [("POST /check-in/c", form), ("POST /api/v1/courses/c/check-in", JSON)] {
        let mut wire = Wire::to(traccia.url()).await;
        wire.head(&nobody, request, &[kind, "Content-Length: 5000"]).await;
        assert_eq!(wire.answer().await.0, 413, "{request}, before it comes");
        let length = format!("Content-Length: {}", whole.len());
        let mut wire = Wire::to(traccia.url()).await;
        wire.head(&nobody, request, &[kind, "Content-Encoding: gzip", &length]).await;
        wire.send(&whole).await;
        assert_eq!(wire.answer().await.0, 413, "{request}, of what it becomes");
    }
}

/// A server whose memory holds so many bodies of the largest size; that of a key three quarters of
/// them, and half of that in answers.
async fn narrow(bodies: usize, bytes: usize) -> Traccia {
    Setup::default()
        .variable("TRACCIA__LIMITS__BODY_BYTES", &bytes.to_string())
        .variable("TRACCIA__LIMITS__MEMORY_BYTES", &(bodies * bytes).to_string())
        .start()
        .await
}

async fn put(client: &Client, bytes: usize) -> e2e::Reply {
    Document::state("s").put_bytes(client, "text/plain", &vec![b'x'; bytes]).await
}

#[tokio::test]
async fn bodies_that_are_held_leave_room_for_others_and_give_it_back() {
    let traccia = narrow(4, 65_536).await;
    let (holder, other) = (traccia.admin(), traccia.holder_of(&["state"]).await);
    let (_, endless) = gzip(&" ".repeat(60_000));
    let mut held = Vec::new();
    // A body is held once the server has read so far: until then, one more is sent.
    let refused = loop {
        assert!(held.len() < 100, "the share of the key is never taken");
        let mut wire = Wire::to(traccia.url()).await;
        let headers = [JSON, "Content-Encoding: gzip", "Content-Length: 1000"];
        wire.head(&holder, "POST /xapi/statements", &headers).await;
        wire.send(&endless).await;
        held.push(wire);
        let reply = put(&holder, 60_000).await;
        if reply.status != 204 {
            break reply;
        }
    };
    refused.problem(503);
    refused.header("retry-after");
    put(&other, 30_000).await.is(204);
    traccia.anonymous().get("/healthz").await.is(200);
    drop(held);
    eventually("it comes back", WITHIN, async || {
        let reply = put(&holder, 60_000).await;
        if reply.status == 204 { Ok(()) } else { Err(format!("{reply}")) }
    })
    .await;
}

/// The kept one was sent by another program, or when there was more memory; what refers to it is short.
#[tokio::test]
async fn a_kept_statement_is_in_the_share_of_the_key_before_a_refusal_is_tested_by_it() {
    const MEMORY: &str = "TRACCIA__LIMITS__MEMORY_BYTES";
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("traccia.toml");
    std::fs::write(&settings, "[limits]\nbody_bytes = 65536\nmemory_bytes = 262144\n").unwrap();
    let traccia = Setup::default()
        .arguments(&["--config", settings.to_str().unwrap()])
        .variable(MEMORY, "67108864")
        .start()
        .await;
    let (id, lists) = (new_id(), json!({"https://example.org/e": vec![json!([]); 18_000]}));
    let large = Statement::new().id(&id).with("/context/extensions", lists).json();
    traccia.admin().store_one(&large).await;
    let other = Statement::new().did("passed").id(&id).json();
    traccia.admin().post("/statements").json(&other).await.is(409);
    let page = traccia.admin().get("/api/v1/refusals").await.expect(200).json();
    let path = format!("/api/v1/refusals/{}/test", page["items"][0]["id"].as_str().unwrap());
    let tested = traccia.admin().post(&path).await.expect(200).json();
    assert_eq!(tested["problem"]["rule"], "statement-conflict", "{tested:#}");

    let traccia = traccia.restart_without(MEMORY).await;
    let refused = traccia.admin().post(&path).await;
    assert_eq!(refused.problem(413).body["rule"], "memory-too-large");
    traccia.admin().store_one(&Statement::new().json()).await;
}

#[tokio::test]
async fn a_body_must_be_over_in_time() {
    let traccia = Setup::default().variable("TRACCIA__LIMITS__BODY_SECONDS", "1").start().await;
    for (headers, part) in [
        (&[JSON, "Content-Length: 1000"][..], b"[".to_vec()),
        (&[JSON, "Content-Length: 1000", "Content-Encoding: gzip"], gzip("[ ").1),
    ] {
        let mut wire = Wire::to(traccia.url()).await;
        wire.head(&traccia.admin(), "POST /xapi/statements", headers).await;
        wire.send(part).await;
        let (status, answer) = wire.answer().await;
        assert_eq!(status, 408, "{answer}");
        wire.rest().await;
    }
    traccia.admin().store_one(&Statement::new().json()).await;
}

#[tokio::test]
async fn who_does_not_read_an_answer_can_ask_for_no_more() {
    let size = 8 << 20;
    let traccia = narrow(16, size).await;
    let (reader, other) = (traccia.admin(), traccia.holder_of(&["all/read"]).await);
    for _ in 0..3 {
        let long = Value::from("x".repeat(size - 10_000));
        reader.store_one(&Statement::new().with("/result/response", long).json()).await;
    }
    let mut unread = Wire::to(traccia.url()).await;
    unread.head(&reader, "GET /xapi/statements", &[]).await;
    assert_eq!(unread.answer().await.0, 200);
    let refused = reader.get("/statements").await;
    refused.problem(503);
    refused.header("retry-after");
    other.get("/statements").await.is(200);
    reader.store_one(&Statement::new().json()).await;
    traccia.anonymous().get("/healthz").await.is(200);
    drop(unread);
    eventually("the memory is given back", WITHIN, async || {
        let reply = reader.get("/statements").attempt().await.map_err(|it| it.to_string())?;
        if reply.status == 200 { Ok(()) } else { Err(reply.status.to_string()) }
    })
    .await;
}

#[tokio::test]
async fn a_memory_that_holds_no_four_bodies_is_no_setting() {
    let data = tempfile::tempdir().unwrap();
    let settings = data.path().join("traccia.toml");
    std::fs::write(&settings, "[limits]\nbody_bytes = 1000\nmemory_bytes = 3999\n").unwrap();
    let (data, settings) = (data.path().to_str().unwrap(), settings.to_str().unwrap());
    let done = e2e::cli(&["serve", "--data", data, "--config", settings]).await;
    assert_eq!(done.code, Some(2), "{done}");
    assert!(done.stderr.contains("limits.memory_bytes is 3999"), "{done}");
}

const WIDE: &str = "/api/v1/courses/wide";

/// Loads a course with so many learners and activities.
async fn load_wide(client: &Client, learners: usize, activities: usize) {
    let mut file = String::from(
        "id = \"wide\"\ntitle = { it = \"W\" }\ntime_zone = \"UTC\"\n[[module]]\nid = \"m\"\n\
         title = { it = \"M\" }\n",
    );
    let of_activity =
        |number| format!("[[module.activity]]\nid = \"https://w.example.org/{number}\"\n");
    file.extend((0..activities).map(of_activity));
    let of_learner = |number| {
        let region = if number % 100 == 0 { "Umbria" } else { "Lazio" };
        format!("u{number},Name {number},account:https://w.example.org|{number},{region}\n")
    };
    client.put(WIDE).body("application/toml", file).await.is(200);
    // In parts: a list is refused that takes more than the share of its key while it is read.
    let all: Vec<usize> = (0..learners).collect();
    for part in all.chunks(100) {
        let mut list = String::from("learner,name,identifiers,region\n");
        list.extend(part.iter().copied().map(of_learner));
        client.put(&format!("{WIDE}/learners")).body("text/csv", list).await.is(200);
    }
}

#[tokio::test]
async fn a_report_that_does_not_fit_is_refused_and_a_long_matrix_comes_while_it_is_made() {
    let traccia = narrow(4, 8 << 20).await;
    let admin = traccia.admin();
    load_wide(&admin, 1_000, 60).await;
    let matrix = |query: &[(&str, &str)]| {
        let mut all = vec![("expand", "true")];
        all.extend_from_slice(query);
        admin.get(&format!("{WIDE}/reports/matrix")).query(&all)
    };
    for format in ["xlsx", "html"] {
        let refused = matrix(&[("format", format)]).await;
        assert_eq!(refused.problem(413).body["rule"], "report-too-large", "{format}");
        assert!(refused.to_string().contains("CSV"), "{refused}");
        matrix(&[("format", format), ("region", "Umbria")]).await.is(200);
    }
    let csv = matrix(&[("format", "csv"), ("lang", "en")]).await.expect(200);
    assert_eq!(csv.text().lines().count(), 1_001);
    assert_eq!(csv.maybe_header("content-length"), None, "it is not there as a whole");
    let json = matrix(&[]).await.expect(200).json();
    assert_eq!(json["rows"].as_array().map(Vec::len), Some(1_000));
    assert_eq!(json["rows"][999]["learner"], "u999");
}

#[tokio::test]
async fn a_list_of_learners_that_does_not_fit_is_refused() {
    // To write it takes more than to read it.
    let traccia = narrow(256, 256 << 10).await;
    load_wide(&traccia.admin(), 2_000, 1).await;
    let memory = (4 * (256 << 10)).to_string();
    let traccia = traccia.restart_with("TRACCIA__LIMITS__MEMORY_BYTES", &memory).await;
    let refused = traccia.admin().get(&format!("{WIDE}/learners")).await;
    assert_eq!(refused.problem(413).body["rule"], "report-too-large");
}
