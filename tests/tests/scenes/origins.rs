//! Pages of other origins and what they may do with a key that the browser remembers: nothing
//! outside of /xapi but read. One rule for all routes, which are taken from the API's description.

use e2e::{Ask, Document, Reply, Traccia, seminar};
use reqwest::Method;
use serde_json::json;

const FOREIGN: [(&str, &str); 5] = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
    ("origin", "https://evil.example"),
    ("origin", "null"),
    ("origin", "http://127.0.0.1:1"),
];

/// Every operation outside of /xapi, as the description names them, with parameters filled in.
async fn operations(traccia: &Traccia) -> Vec<(Method, String)> {
    let description = traccia.anonymous().get("/api/openapi.json").await.expect(200).json();
    let paths = description["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, operations)| {
        let path: Vec<&str> = path
            .split('/')
            .map(|segment| if segment.starts_with('{') { "some" } else { segment })
            .collect();
        let path = path.join("/");
        let methods = operations.as_object().unwrap().keys().map(|it| it.to_ascii_uppercase());
        methods.map(move |it| (it.parse().unwrap(), path.clone())).collect::<Vec<_>>()
    });
    operations.collect()
}

/// The exchange of a package's key, which packages on other origins ask for: the key stands in the form, and what the
/// browser adds by itself counts for nothing there.
const EXCHANGE: &str = "/api/v1/packages/ticket";

/// Statements as they come: the answer goes on for as long as its reader stays.
const LIVE: &str = "/api/v1/statements/live";

async fn writes(traccia: &Traccia) -> Vec<(Method, String)> {
    let mut operations = operations(traccia).await;
    operations.retain(|(method, path)| !method.is_safe() && path != EXCHANGE);
    assert!(operations.len() >= 10, "keys, courses, learners, registers …: {operations:?}");
    operations
}

fn is_origin(reply: &Reply) -> bool {
    reply.status == 403 && reply.json()["rule"] == "origin"
}

#[tokio::test]
async fn no_write_of_another_origin_is_taken_outside_of_xapi() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for (method, path) in writes(&traccia).await {
        for (name, value) in FOREIGN {
            let reply = admin.ask(method.clone(), &path).header(name, value).await;
            assert!(is_origin(&reply), "{method} {path} with {name}: {value}: {reply}");
            reply.problem(403);
        }
        for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", traccia.url())] {
            let reply = admin.ask(method.clone(), &path).header(name, value).await;
            assert!(!is_origin(&reply), "{method} {path} with {name}: {value}: {reply}");
        }
    }
    let wish = json!({"scopes": ["all"]});
    let make = |(name, value)| admin.post("/api/v1/keys").json(&wish).header(name, value);
    let problem = make(FOREIGN[2]).await.problem(403);
    assert!(problem.says("base_url"), "what a wrong setting leads to: {problem:?}");
    make(("x-other", "1")).await.is(201);
}

#[tokio::test]
async fn reads_and_the_resources_of_xapi_are_for_pages_of_all_origins() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for (name, value) in FOREIGN {
        admin.get("/whoami").header(name, value).await.is(200);
        let statement = e2e::Statement::new().json();
        admin.post("/statements").json(&statement).header(name, value).await.is(200);
        admin
            .at("/data/xAPI")
            .post("/statements")
            .json(&statement)
            .header(name, value)
            .await
            .is(200);
        Document::state("s").put(&admin, &json!({})).header(name, value).await.is(204);
    }
}

#[tokio::test]
async fn the_exchange_of_a_packages_key_takes_no_credentials_that_a_browser_adds() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for (name, value) in FOREIGN {
        for form in ["", "home_page=https%3A%2F%2Fm.example&name=anna"] {
            let ask = admin.post(EXCHANGE).body("application/x-www-form-urlencoded", form);
            let problem = ask.header(name, value).await.problem(400);
            assert_eq!(problem.body["rule"], "ticket-field", "{form}: {problem:?}");
        }
    }
}

#[tokio::test]
async fn a_write_that_a_form_can_make_is_refused_by_the_whole_api() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let types = [
        "text/plain",
        "TEXT/PLAIN; charset=utf-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
    ];
    for (method, path) in writes(&traccia).await {
        if !path.starts_with("/api") {
            continue;
        }
        let ask = || admin.ask(method.clone(), &path);
        for sent in types {
            let problem = ask().body(sent, "{\"scopes\":[\"all\"]}").await.problem(415);
            assert!(problem.says("Content-Type: application/"), "{method} {path}: {problem:?}");
            ask().body(sent, "").await.problem(415);
        }
        ask().untyped("{\"scopes\":[\"all\"]}").await.problem(415);
        let without = ask().await;
        assert!(without.status != 415 || !is_bodiless(&path), "{method} {path}: {without}");
    }
    assert_eq!(admin.get("/api/v1/keys").await.json().as_array().map(Vec::len), Some(1));
}

fn is_bodiless(path: &str) -> bool {
    path.ends_with("/rebuild") || path.ends_with("/certificates")
}

#[tokio::test]
async fn each_file_has_its_media_type() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let register = seminar::register_of("perugia");
    let (course, learners) = (seminar::at(""), seminar::at("/learners"));
    let wrong: [(Ask, &str); 6] = [
        (admin.post("/api/v1/keys"), "text/csv"),
        (admin.put(&course), "application/json"),
        (admin.put(&learners), "application/json"),
        (admin.put(&register), "application/toml"),
        (admin.put(&seminar::at("/learners/u1/merge")), "text/json"),
        (traccia.anonymous().post(&seminar::at("/check-in")), "text/csv"),
    ];
    for (ask, sent) in wrong {
        let problem = ask.body(sent, "{}").await.problem(415);
        assert!(problem.says("Content-Type: "), "{problem:?}");
    }
    let json = admin.post(&register).body("application/JSON; charset=utf-8", "{\"entries\": []}");
    json.await.is(200);
    admin.put(&register).body("Text/CSV", "learner,hours\nu1,4\n").await.is(200);
}

/// Pages that a person sees, but for the UI: the browser tests have its policy.
fn pages() -> [String; 3] {
    [
        "/server".to_owned(),
        format!("/check-in/{}", seminar::COURSE),
        seminar::at("/reports/progress?format=html"),
    ]
}

#[tokio::test]
async fn pages_have_no_script_stand_in_no_frame_and_stay_in_no_cache() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    for path in pages() {
        let reply = admin.at("").get(&path).await.expect(200);
        assert!(reply.header("content-type").starts_with("text/html"), "{reply}");
        let policy = reply.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        let store = reply.maybe_header("cache-control");
        assert!(store.as_deref() == Some("no-store") || path == "/server", "{path}: {reply}");
    }
    let secret = admin.post("/api/v1/keys").json(&json!({"scopes": ["all"]})).await.expect(201);
    assert_eq!(secret.header("cache-control"), "no-store");
}

#[tokio::test]
async fn no_answer_lets_a_browser_guess_what_it_is() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let check = |what: String, reply: Reply| {
        let sniff = reply.maybe_header("x-content-type-options");
        assert_eq!(sniff.as_deref(), Some("nosniff"), "{what}: {reply}");
    };
    let (anna, golf) = (e2e::agent("anna").to_string(), e2e::activity_iri("golf"));
    for (method, path) in operations(&traccia).await {
        for who in [&admin, &traccia.anonymous()] {
            // A parameter that this operation does not know: an answer without an end would not begin.
            let query: &[_] = if path == LIVE { &[("unknown", "x")] } else { &[] };
            check(format!("{method} {path}"), who.ask(method.clone(), &path).query(query).await);
        }
    }
    let state = Document::state("s");
    state.put_bytes(&admin, "text/html", b"<script>").await.is(204);
    check("a document".into(), state.get(&admin).await);
    for path in ["/statements", "/about", "/nothing", "/activities/state"] {
        check(path.into(), admin.get(path).await);
        check(path.into(), traccia.anonymous().get(path).await);
        check(path.into(), admin.options(path).header("origin", "https://a.example").await);
    }
    let query = [("agent", anna.as_str()), ("activityId", golf.as_str())];
    check("ids".into(), admin.get("/activities/state").query(&query).await);
}
