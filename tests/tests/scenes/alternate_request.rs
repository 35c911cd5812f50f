//! The alternate request syntax: everything in a form, for pages that are being closed. 1.0.x only.

use e2e::{Ask, Client, Document, Setup, Statement, Traccia, activity_iri, agent, new_id};
use serde_json::json;

#[tokio::test]
async fn a_form_alone_stores_a_statement_as_a_beacon_sends_it() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let sent = Statement::new().json().to_string();
    let beacon = traccia.anonymous().without_version();
    let form = [
        ("Authorization", admin.credentials()),
        ("X-Experience-API-Version", "1.0.3"),
        ("Content-Type", "application/json"),
        ("content", sent.as_str()),
    ];
    let reply = beacon.post("/statements?method=POST").form(&form).await.expect(200);
    let id = reply.json()[0].as_str().unwrap().to_owned();
    admin.statement(&id).await;
}

#[tokio::test]
async fn a_form_can_put_get_and_delete() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let id = new_id();
    let sent = Statement::new().json().to_string();
    let form = [("statementId", &*id), ("content", &sent), ("Content-Type", "application/json")];
    admin.post("/statements?method=PUT").form(&form).await.is(204);
    let seen = admin.post("/statements?method=GET").form(&[("statementId", &id)]).await.expect(200);
    assert_eq!(seen.json()["id"], id.as_str());
    let state = Document::state("form");
    state.put(&admin, &json!({"a": 1})).await.is(204);
    let (anna, golf) = (agent("anna").to_string(), activity_iri("golf"));
    let form = [("stateId", "form"), ("agent", &anna), ("activityId", &golf)];
    admin.post("/activities/state?method=DELETE").form(&form).await.is(204);
    state.get(&admin).await.is(404);
}

#[tokio::test]
async fn conditions_travel_in_the_form() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let anna = agent("anna").to_string();
    let form = [
        ("agent", anna.as_str()),
        ("profileId", "form"),
        ("If-None-Match", "*"),
        ("Content-Type", "application/json"),
        ("content", "{\"a\":1}"),
    ];
    admin.post("/agents/profile?method=PUT").form(&form).await.is(204);
    admin.post("/agents/profile?method=PUT").form(&form).await.problem(412);
}

#[tokio::test]
async fn special_characters_in_a_form_are_kept() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let name = "Anna & Bruno = 100% + €";
    let sent = Statement::new().with("/actor/name", json!(name)).json().to_string();
    let form = [("content", sent.as_str()), ("Content-Type", "application/json")];
    let reply = admin.post("/statements?method=POST").form(&form).await.expect(200);
    let id = reply.json()[0].as_str().unwrap().to_owned();
    assert_eq!(admin.statement(&id).await["actor"]["name"], name);
}

#[tokio::test]
async fn further_parameters_in_the_address_are_refused() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let sent = Statement::new().json().to_string();
    let form = [("content", sent.as_str()), ("Content-Type", "application/json")];
    let path = format!("/statements?method=PUT&statementId={}", new_id());
    admin.post(&path).form(&form).await.problem(400);
    assert!(admin.found(&[]).await.is_empty());
}

#[tokio::test]
async fn a_method_that_does_not_exist_is_refused() {
    let traccia = Traccia::start().await;
    traccia.admin().post("/statements?method=BREW").form(&[("limit", "1")]).await.problem(400);
}

#[tokio::test]
async fn wrong_credentials_in_a_form_are_401() {
    let traccia = Traccia::start().await;
    let sent = Statement::new().json().to_string();
    let form = [
        ("Authorization", "Basic bm86b25l"),
        ("X-Experience-API-Version", "1.0.3"),
        ("Content-Type", "application/json"),
        ("content", sent.as_str()),
    ];
    let beacon = traccia.anonymous().without_version();
    beacon.post("/statements?method=POST").form(&form).await.problem(401);
    assert!(traccia.admin().found(&[]).await.is_empty());
}

#[tokio::test]
async fn under_2_0_the_syntax_is_refused() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin().version("2.0.0");
    let sent = Statement::new().json().to_string();
    let form = [("content", sent.as_str()), ("Content-Type", "application/json")];
    admin.post("/statements?method=POST").form(&form).await.problem(400);
    admin.post("/statements?method=GET").form(&[("limit", "1")]).await.problem(400);
    let beacon = traccia.anonymous().without_version();
    let form = [
        ("Authorization", admin.credentials()),
        ("X-Experience-API-Version", "2.0.0"),
        ("Content-Type", "application/json"),
        ("content", sent.as_str()),
    ];
    // Also when the form names the version.
    beacon.post("/statements?method=POST").form(&form).await.problem(400);
    assert!(admin.found(&[]).await.is_empty());
}

/// The fields of a request as one text, as players write it.
fn encoded(fields: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://x").unwrap();
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_form_need_not_be_called_one() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let beacon = traccia.anonymous().without_version();
    let send = |kind: &'static str| {
        let sent = Statement::new().json().to_string();
        let form = encoded(&[
            ("Authorization", admin.credentials()),
            ("X-Experience-API-Version", "1.0.2"),
            ("Content-Type", "application/json"),
            ("content", &sent),
            ("statementId", &new_id()),
        ]);
        let ask = beacon.post("/statements?method=PUT");
        if kind.is_empty() { ask.untyped(form) } else { ask.body(kind, form) }
    };
    let taken = ["", "text/plain;charset=UTF-8", "Text/Plain", "application/x-www-form-urlencoded"];
    for kind in taken {
        send(kind).await.is(204);
    }
    assert_eq!(admin.found(&[]).await.len(), taken.len());
    for kind in ["application/json", "multipart/form-data; boundary=x", "text/html"] {
        send(kind).await.problem(400);
    }
    assert_eq!(admin.found(&[]).await.len(), taken.len());
}

#[tokio::test]
async fn what_a_player_was_launched_with_may_stand_beside_the_method_and_in_the_form() {
    let sent = Statement::new().json().to_string();
    let id = new_id();
    let form = [("statementId", id.as_str()), ("content", &sent), ("lang", "it"), ("_", "17")];
    let put = |who: &Client| who.post("/statements?tincan=true&method=PUT").form(&form);
    let traccia = Traccia::start().await;
    put(&traccia.admin()).await.is(204);
    let strict = Setup::default().arguments(&["--strict"]).start().await;
    assert!(put(&strict.admin()).await.problem(400).says("method"));
}

/// What a page of another site sends, as a browser sends it: with these headers, and with the
/// credentials that it remembers where it adds them.
fn from_elsewhere(ask: Ask, headers: &[(&str, &str)]) -> Ask {
    headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value))
}

const CROSS_SITE: [(&str, &str); 3] = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "no-cors"),
    ("origin", "https://evil.example"),
];

#[tokio::test]
async fn credentials_that_a_browser_added_to_another_sites_form_are_not_looked_at() {
    let traccia = Traccia::start().await;
    // The browser remembers the administrator's key.
    let browser = traccia.admin().without_version();
    let sent = Statement::new().json().to_string();
    let form = [
        ("X-Experience-API-Version", "1.0.3"),
        ("Content-Type", "application/json"),
        ("content", sent.as_str()),
    ];
    let text = encoded(&form);
    let same_site = [("sec-fetch-site", "same-site"), ("origin", "https://evil.example")];
    let by_origin = [("origin", "https://evil.example")];
    let null = [("origin", "null")];
    for headers in [&CROSS_SITE[..], &same_site, &by_origin, &null] {
        let post = || browser.post("/statements?method=POST");
        for ask in [
            post().form(&form),
            post().body("text/plain", text.clone()),
            post().untyped(text.clone()),
        ] {
            let problem = from_elsewhere(ask, headers).await.problem(401);
            assert!(problem.says("Authorization"), "{problem:?}");
        }
        let read = [("X-Experience-API-Version", "1.0.3"), ("limit", "1")];
        let get = browser.post("/statements?method=GET").form(&read);
        from_elsewhere(get, headers).await.problem(401);
    }
    assert!(traccia.admin().found(&[]).await.is_empty());
}

#[tokio::test]
async fn a_player_elsewhere_puts_its_credentials_into_the_form_or_sets_the_header() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let sent = || Statement::new().json().to_string();
    // Whatever the browser adds: here, the credentials of nobody.
    let browser = traccia.anonymous().authorization("Basic bm86b25l").without_version();
    let content = sent();
    let form = encoded(&[
        ("Authorization", admin.credentials()),
        ("X-Experience-API-Version", "1.0.3"),
        ("content", &content),
    ]);
    let beacon = browser.post("/statements?method=POST").body("text/plain;charset=UTF-8", form);
    from_elsewhere(beacon, &CROSS_SITE).await.is(200);
    // Only a script can set the version's header, and only after a preflight without credentials.
    let content = sent();
    let preflighted = admin.post("/statements?method=POST").form(&[("content", content.as_str())]);
    from_elsewhere(preflighted, &CROSS_SITE).await.is(200);
    // A page of Traccia's own origin, and a program.
    let content = sent();
    let form = [("X-Experience-API-Version", "1.0.3"), ("content", content.as_str())];
    let own = admin.without_version().post("/statements?method=POST").form(&form);
    from_elsewhere(own, &[("sec-fetch-site", "same-origin"), ("origin", traccia.url())])
        .await
        .is(200);
    let content = sent();
    let form = [("X-Experience-API-Version", "1.0.3"), ("content", content.as_str())];
    admin.without_version().post("/statements?method=POST").form(&form).await.is(200);
    assert_eq!(admin.found(&[]).await.len(), 4);
}

#[tokio::test]
async fn simple_posts_that_are_no_alternate_request_are_refused() {
    let traccia = Traccia::start().await;
    let browser = traccia.admin().without_version();
    let sent = Statement::new().json().to_string();
    let state = "/activities/state?activityId=https://a.example/a&stateId=s&agent=%7B%22mbox%22%3A%22mailto%3Aa%40b.it%22%7D";
    for path in ["/statements", state] {
        for kind in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        ] {
            let ask = browser.post(path);
            let ask = if kind.is_empty() {
                ask.untyped(sent.clone())
            } else {
                ask.body(kind, sent.clone())
            };
            from_elsewhere(ask, &CROSS_SITE).await.problem(400);
        }
    }
    assert!(traccia.admin().found(&[]).await.is_empty());
}

#[tokio::test]
async fn a_form_with_more_fields_than_any_request_needs_is_refused_before_it_is_unfolded() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let post = |form: String| admin.post("/statements?method=POST").body("text/plain", form);
    post("a&".repeat(1 << 20)).await.problem(413);
    let beside = post(format!("agent={}", "a".repeat(70_000))).await.problem(413);
    assert_eq!(beside.body["rule"], "alternate-request-too-large");
    let (head, tail) = ("content=[]&a0=1", "&content-type=application/json");
    let many = (1..32).map(|n| format!("&a{n}=1")).collect::<Vec<_>>().concat();
    assert!(post(format!("{head}{many}{tail}")).await.problem(413).says("32"));
}

/// Whoever sends a form whose key stands in it is known once the form was read, so it may not be long.
#[tokio::test]
async fn a_long_form_needs_its_key_in_the_header() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let document = json!({"text": "x".repeat(1 << 20)}).to_string();
    let (anna, golf) = (agent("anna").to_string(), activity_iri("golf"));
    let fields = [
        ("Content-Type", "application/json"),
        ("stateId", "long"),
        ("agent", &*anna),
        ("activityId", &*golf),
        ("content", &*document),
    ];
    let mut with_key = fields.to_vec();
    with_key.push(("Authorization", admin.credentials()));
    let refused = traccia.anonymous().post("/activities/state?method=PUT").form(&with_key).await;
    assert_eq!(refused.problem(413).body["rule"], "alternate-request-unpaid");
    admin.post("/activities/state?method=PUT").form(&fields).await.is(204);
    let state = Document::state("long").get(&admin).await.expect(200);
    assert_eq!(state.json()["text"].as_str().unwrap().len(), 1 << 20);
}
