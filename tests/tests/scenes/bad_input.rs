//! Whatever is sent: refused with rule, clause, place and remedy, nothing stored, the server alive.

use e2e::{Ask, Client, Document, Multipart, Statement, Traccia, activity_iri, agent, new_id};
use serde_json::{Value, json};

const JSON: &str = "application/json";

/// Asserts that each is an explained 400, that nothing was stored and that the server goes on.
async fn refused(traccia: &Traccia, cases: Vec<(&str, Ask)>) {
    let admin = traccia.admin();
    for (what, ask) in cases {
        let reply = ask.await;
        assert_eq!(reply.status, 400, "{what}: {reply}");
        reply.problem(400);
        assert!(admin.found(&[]).await.is_empty(), "{what}: nothing is stored");
    }
    admin.store_one(&Statement::new().json()).await;
}

/// A statement whose deepest array stands at `depth`, the statement itself being 1.
fn nested(depth: usize) -> String {
    let open = "[".repeat(depth - 3);
    let close = "]".repeat(depth - 3);
    let result = format!(r#"{{"extensions":{{"https://example.org/e":{open}{close}}}}}"#);
    let statement = Statement::new().with("/result", json!("HERE")).json().to_string();
    statement.replace("\"HERE\"", &result)
}

fn post(who: &Client, body: impl Into<Vec<u8>>) -> Ask {
    who.post("/statements").body(JSON, body.into())
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let traccia = Traccia::start().await;
    let who = traccia.admin();
    let whole = Statement::new().json().to_string();
    let mut invalid =
        Statement::new().with("/actor/name", json!("NAME")).json().to_string().into_bytes();
    let place = invalid.windows(4).position(|w| w == b"NAME").unwrap();
    invalid[place] = 0xff;
    let cut = &whole[..whole.len() - 1];
    let twice = whole.replacen('{', r#"{"actor":{"mbox":"mailto:bruno@example.org"},"#, 1);
    let inner = whole.replacen("\"mbox\"", r#""mbox":"mailto:bruno@example.org","mbox""#, 1);
    let surrogate = whole.replacen("experienced\"", "\\ud800\"", 1);
    let cases = vec![
        ("truncated", post(&who, cut)),
        ("nothing", post(&who, "")),
        ("only spaces", post(&who, "  \n ")),
        ("two values", post(&who, format!("{whole}{whole}"))),
        ("a comma too many", post(&who, whole.replacen("},", "},,", 1))),
        ("a key twice", post(&who, twice)),
        ("a key twice further in", post(&who, inner)),
        ("invalid UTF-8", post(&who, invalid)),
        ("half a surrogate pair", post(&who, surrogate)),
        ("65 deep", post(&who, nested(65))),
        ("very deep", post(&who, "[".repeat(100_000))),
        ("a number", post(&who, "1")),
        ("text", post(&who, "\"statement\"")),
        ("null", post(&who, "null")),
        ("a list of null", post(&who, "[null]")),
        ("a list of lists", post(&who, "[[]]")),
        (
            "NaN",
            post(
                &who,
                whole.replacen("\"verb\":", "\"result\":{\"score\":{\"raw\":NaN}},\"verb\":", 1),
            ),
        ),
    ];
    refused(&traccia, cases).await;
}

#[tokio::test]
async fn depth_is_counted_and_64_is_allowed() {
    let traccia = Traccia::start().await;
    post(&traccia.admin(), nested(64)).await.is(200);
}

#[tokio::test]
async fn a_refusal_names_line_and_column() {
    let traccia = Traccia::start().await;
    let body = "{\n  \"actor\": {\"mbox\": \"mailto:a@example.org\"},\n  \"verb\": oops\n}";
    let problem = post(&traccia.admin(), body).await.problem(400);
    let violation = &problem.reasons()[0];
    assert_eq!(violation["line"], 3, "{violation}");
    assert!(violation["column"].as_u64().is_some_and(|column| column >= 11), "{violation}");
}

/// Asserts that each is refused at its pointer, and nothing stored.
async fn refused_at(cases: Vec<(&str, Statement)>) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let mut elsewhere = Vec::new();
    for (pointer, statement) in cases {
        let reply = admin.post("/statements").json(&statement.json()).await;
        let pointers = reply.problem(400).pointers();
        if pointers.iter().all(|found| found != pointer) {
            elsewhere.push((pointer, pointers));
        }
    }
    assert!(elsewhere.is_empty(), "wanted, found: {elsewhere:#?}");
    assert!(admin.found(&[]).await.is_empty());
}

/// A new statement with a value at a pointer.
fn with(pointer: &str, value: Value) -> Statement {
    Statement::new().with(pointer, value)
}

#[tokio::test]
async fn a_statement_without_its_three_parts_is_refused() {
    refused_at(vec![
        // What is missing has no place: its statement lacks it.
        ("", Statement::new().without("actor")),
        ("", Statement::new().without("verb")),
        ("", Statement::new().without("object")),
        ("/actor", with("/actor", Value::Null)),
        ("/surprise", with("/surprise", json!(1))),
        ("/id", Statement::new().id("not-a-uuid")),
    ])
    .await;
}

#[tokio::test]
async fn who_did_what_to_what_is_refused_at_its_place() {
    let golf = json!({"id": activity_iri("golf"), "definition": {"name": "golf"}});
    refused_at(vec![
        ("/actor", with("/actor", json!({"name": "nobody"}))),
        ("/actor", with("/actor/openid", json!("https://anna.example.org"))),
        ("/actor/mbox", with("/actor/mbox", json!("mailto:anna"))),
        ("/actor/objectType", with("/actor/objectType", json!("agent"))),
        ("/verb/id", with("/verb/id", json!("passed"))),
        ("/verb/display/not a language", with("/verb/display", json!({"not a language": "x"}))),
        ("/object/id", with("/object/id", json!("golf"))),
        ("/object/definition/name", Statement::new().to(golf)),
    ])
    .await;
}

#[tokio::test]
async fn result_context_and_time_are_refused_at_their_place() {
    refused_at(vec![
        ("/result/score/scaled", with("/result/score/scaled", json!(1.01))),
        ("/result/score/scaled", with("/result/score/scaled", json!("1"))),
        ("/result/duration", with("/result/duration", json!("1 hour"))),
        ("/result/completion", with("/result/completion", json!("true"))),
        ("/result/extensions/no-iri", with("/result/extensions", json!({"no-iri": 1}))),
        ("/context/registration", with("/context/registration", json!("not-a-uuid"))),
        ("/context/language", with("/context/language", json!("not a language"))),
        ("/timestamp", Statement::new().when("yesterday")),
        ("/timestamp", Statement::new().when("2020-01-01T00:00:00-00:00")),
    ])
    .await;
}

#[tokio::test]
async fn wrong_content_types_are_refused() {
    let traccia = Traccia::start().await;
    let who = traccia.admin();
    let whole = Statement::new().json().to_string();
    for (what, ask) in [
        ("text", who.post("/statements").body("text/plain", whole.clone())),
        (
            "a form",
            who.post("/statements").body("application/x-www-form-urlencoded", whole.clone()),
        ),
        ("nonsense", who.post("/statements").body("json", whole.clone())),
        ("none", who.post("/statements").untyped(whole.clone())),
        (
            "form data",
            who.post("/statements").body("multipart/form-data; boundary=x", whole.clone()),
        ),
    ] {
        let reply = ask.await;
        assert_eq!(reply.problem(400).body["status"], 400, "{what}");
    }
    assert!(who.found(&[]).await.is_empty());
    who.post("/statements").body("application/json; charset=utf-8", whole.clone()).await.is(200);
    who.post("/statements").body("Application/JSON", whole).await.is(200);
}

#[tokio::test]
async fn malformed_multipart_is_refused() {
    let traccia = Traccia::start().await;
    let who = traccia.admin();
    let good = Multipart::of(&Statement::new().json());
    let (bytes, content_type) = (good.bytes(), good.content_type.clone());
    let delimiter = format!("--{}", good.boundary);
    let send = |content_type: &str, body: Vec<u8>| who.post("/statements").body(content_type, body);
    let end = bytes.len();
    let cases = vec![
        ("no boundary named", send("multipart/mixed", bytes.clone())),
        ("another boundary", send("multipart/mixed; boundary=other", bytes.clone())),
        ("an empty boundary", send("multipart/mixed; boundary=", bytes.clone())),
        ("cut off before its end", send(&content_type, bytes[..end - 10].to_vec())),
        ("cut off in a header", send(&content_type, bytes[..delimiter.len() + 8].to_vec())),
        ("nothing", send(&content_type, Vec::new())),
        ("no parts", send(&content_type, format!("{delimiter}--\r\n").into_bytes())),
        (
            "a first part that is not JSON",
            send(
                &content_type,
                String::from_utf8_lossy(&bytes).replace(JSON, "text/plain").into_bytes(),
            ),
        ),
        ("a header that is none", {
            let text = String::from_utf8_lossy(&bytes).replace("Content-Type: ", "content-type");
            send(&content_type, text.into_bytes())
        }),
    ];
    refused(&traccia, cases).await;
}

#[tokio::test]
async fn unknown_repeated_and_unreadable_parameters_are_refused() {
    let traccia = Traccia::start().await;
    let who = traccia.admin();
    let id = new_id();
    let cases = [
        "foo=bar".to_owned(),
        "StatementId=x".to_owned(),
        "limit=1&limit=2".to_owned(),
        format!("statementId={id}&statementId={id}"),
        format!("statementId={id}&voidedStatementId={id}"),
        format!("statementId={id}&limit=1"),
        "statementId=not-a-uuid".to_owned(),
        "limit=-1".to_owned(),
        "limit=many".to_owned(),
        "since=yesterday".to_owned(),
        "until=2020-13-01T00:00:00Z".to_owned(),
        "ascending=maybe".to_owned(),
        "attachments=1".to_owned(),
        "related_agents=".to_owned(),
        "agent=anna".to_owned(),
        "agent=%7B%22mbox%22%3A%22anna%22%7D".to_owned(),
        "agent=%7B%7D".to_owned(),
        "verb=passed".to_owned(),
        "activity=golf".to_owned(),
        "registration=1".to_owned(),
        "verb=%ff".to_owned(),
    ];
    for query in cases {
        let reply = who.get(&format!("/statements?{query}")).await;
        assert_eq!(reply.status, 400, "{query}: {reply}");
        reply.problem(400);
    }
}

#[tokio::test]
async fn put_and_post_insist_on_their_parameters() {
    let traccia = Traccia::start().await;
    let who = traccia.admin();
    let (id, other) = (new_id(), new_id());
    let one = Statement::new().json();
    let named = Statement::new().id(&other).json();
    let put = |id: &str| who.put("/statements").query(&[("statementId", id)]);
    let cases = vec![
        ("PUT without an id", who.put("/statements").json(&one)),
        ("PUT with an id that is none", put("x").json(&one)),
        ("PUT under another id than its own", put(&id).json(&named)),
        ("PUT of a list", put(&id).json(&json!([one.clone()]))),
        ("PUT with an unknown parameter", put(&id).query(&[("foo", "bar")]).json(&one)),
        ("POST with an id", who.post("/statements").query(&[("statementId", &id)]).json(&one)),
        ("POST with an unknown parameter", who.post("/statements?foo=bar").json(&one)),
    ];
    refused(&traccia, cases).await;
}

#[tokio::test]
async fn documents_insist_on_their_parameters() {
    let traccia = Traccia::start().await;
    let who = traccia.admin();
    let (anna, golf) = (agent("anna").to_string(), activity_iri("golf"));
    let state = |query: &[(&str, &str)]| who.put("/activities/state").query(query).json(&json!({}));
    let (a, b, c) = (("agent", &*anna), ("activityId", &*golf), ("stateId", "x"));
    let cases = vec![
        ("no agent", state(&[b, c])),
        ("no activity", state(&[a, c])),
        ("no state", state(&[a, b])),
        ("an activity that is no IRI", state(&[a, ("activityId", "golf"), c])),
        ("an agent that is none", state(&[("agent", "{}"), b, c])),
        ("a registration that is none", state(&[a, b, c, ("registration", "1")])),
        ("an unknown parameter", state(&[a, b, c, ("foo", "bar")])),
        ("a repeated parameter", state(&[a, b, c, c])),
        ("JSON that is broken", Document::state("x").post_bytes(&who, JSON, b"{\"a\":")),
        ("a since that is no time", who.get("/activities/state").query(&[a, b, ("since", "now")])),
        ("no profile", who.put("/agents/profile").query(&[a]).json(&json!({}))),
        ("no agent of a profile", who.get("/agents/profile").query(&[("profileId", "x")])),
        ("no activity of a profile", who.get("/activities/profile").query(&[("profileId", "x")])),
        ("no agent for a person", who.get("/agents")),
        ("no activity", who.get("/activities")),
    ];
    refused(&traccia, cases).await;
    assert_eq!(Document::state("x").list(&who).await.expect(200).json(), json!([]));
}

#[tokio::test]
async fn a_refusal_never_shows_what_the_server_is_made_of() {
    let traccia = Traccia::start().await;
    let reply = post(&traccia.admin(), "{\"actor\":").await.expect(400);
    for word in ["panicked", "serde", "src/", ".rs:", "rusqlite", "RUST_BACKTRACE"] {
        assert!(!reply.text().contains(word), "{word}: {reply}");
    }
}
