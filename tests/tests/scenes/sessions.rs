//! Sessions: who signs in, from where, until when, and what ends them.

use std::time::Duration;

use e2e::{Client, Traccia};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "cavallo e batteria";

pub(crate) const OTHER: &str = "ventisette gatti neri";

/// A browser with a cookie, on a page of this server.
pub(crate) struct Browser {
    pub(crate) client: Client,
    pub(crate) cookie: String,
}

impl Browser {
    pub(crate) fn of(traccia: &Traccia, reply: &e2e::Reply) -> Self {
        let set = reply.header("set-cookie");
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
            assert!(set.contains(attribute), "{set}");
        }
        let cookie = set.split(';').next().expect("a cookie").to_owned();
        assert!(cookie.starts_with("__Host-traccia="), "{cookie}");
        Self { client: traccia.anonymous(), cookie }
    }

    pub(crate) fn with(&self, ask: e2e::Ask) -> e2e::Ask {
        ask.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin")
    }

    pub(crate) async fn get(&self, path: &str) -> e2e::Reply {
        self.with(self.client.get(path)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> e2e::Reply {
        self.with(self.client.put(path)).json(&body).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> e2e::Reply {
        self.with(self.client.post(path)).json(&body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> e2e::Reply {
        self.with(self.client.delete(path)).await
    }
}

/// Has the administrator invite somebody, who accepts.
pub(crate) async fn person(traccia: &Traccia, name: &str, about: Value) -> Browser {
    let mut new = about;
    new["name"] = json!(name);
    let made = traccia.admin().post("/api/v1/people").json(&new).await.expect(201).json();
    let url = made["invitation"]["url"].as_str().expect("a link");
    let token = url.split_once("/invitation#token=").expect("a token").1;
    let accepted = json!({"token": token, "password": PASSWORD});
    let reply = traccia.anonymous().post("/api/v1/invitations").json(&accepted).await.expect(201);
    Browser::of(traccia, &reply)
}

pub(crate) fn sign_in(name: &str, password: &str) -> Value {
    json!({"name": name, "password": password})
}

pub(crate) async fn signed_in(traccia: &Traccia, name: &str, password: &str) -> Browser {
    let asked = traccia.anonymous().post("/api/v1/sessions").json(&sign_in(name, password));
    Browser::of(traccia, &asked.await.expect(201))
}

#[tokio::test]
async fn who_was_invited_signs_in_and_out() {
    let traccia = Traccia::start().await;
    let anna = person(&traccia, "Anna@x.it", json!({"role": "designer", "label": "Anna"})).await;
    let session = anna.get("/api/v1/session").await.expect(200).json();
    assert_eq!(session["name"], "anna@x.it");
    assert_eq!((&session["kind"], &session["role"]), (&json!("person"), &json!("designer")));
    assert_eq!(session["idle_seconds"], 1800);
    assert!(session["may"].as_array().unwrap().contains(&json!("courses.write")), "{session}");
    anna.get("/api/v1/courses").await.is(200);
    anna.get("/api/v1/people").await.problem(403);
    let again = signed_in(&traccia, "ANNA@X.IT", PASSWORD).await;
    let listed = again.get("/api/v1/sessions").await.expect(200).json();
    let current = |it: &Value| it["current"] == true;
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items.iter().filter(|it| current(it)).count(), 1);
    let other = items.iter().find(|it| !current(it)).unwrap()["id"].as_str().unwrap();
    again.delete(&format!("/api/v1/sessions/{other}")).await.is(204);
    anna.get("/api/v1/session").await.problem(401);
    let out = again.delete("/api/v1/session").await.expect(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    again.get("/api/v1/session").await.problem(401);
    let key = traccia.admin().get("/api/v1/session").await.expect(200).json();
    assert_eq!((&key["kind"], &key["role"]), (&json!("key"), &Value::Null));
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_answered_alike() {
    let traccia = Traccia::start().await;
    person(&traccia, "anna", json!({"role": "designer"})).await;
    let invited = json!({"name": "invited", "role": "designer"});
    traccia.admin().post("/api/v1/people").json(&invited).await.is(201);
    let ask = async |name: &str, password: &str| {
        let asked = traccia.anonymous().post("/api/v1/sessions").json(&sign_in(name, password));
        let mut body = asked.await.problem(401).body;
        assert!(body["request_id"].take().is_string(), "each answer has its own");
        body
    };
    let wrong = ask("anna", "not this one").await;
    assert_eq!(wrong["rule"], "sign-in");
    for (name, password) in
        [("nobody", PASSWORD), ("invited", PASSWORD), ("a:b", PASSWORD), ("", "")]
    {
        assert_eq!(ask(name, password).await, wrong, "{name}");
    }
    let italian = traccia.anonymous().post("/api/v1/sessions").json(&sign_in("anna", "x"));
    let italian = italian.header("accept-language", "it").await.problem(401);
    assert!(italian.says("Il nome o la password non sono giusti"), "{italian:?}");
}

#[tokio::test]
async fn wrong_passwords_are_throttled_by_name_and_address_together() {
    let traccia = Traccia::start().await;
    person(&traccia, "anna", json!({"role": "designer"})).await;
    person(&traccia, "bea", json!({"role": "designer"})).await;
    let ask = async |client: Client, name: &str, password: &str| {
        client.post("/api/v1/sessions").json(&sign_in(name, password)).await
    };
    for _ in 0..10 {
        ask(traccia.anonymous(), "anna", "not this one").await.problem(401);
    }
    let refused = ask(traccia.anonymous(), "ANNA ", PASSWORD).await;
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(refused.problem(429).body["rule"], "too-many-attempts");
    ask(traccia.anonymous(), "bea", PASSWORD).await.is(201);
    let elsewhere = traccia.anonymous().from_address("127.0.0.2".parse().unwrap());
    ask(elsewhere, "anna", PASSWORD).await.is(201);
    traccia.admin().get("/api/v1/keys").await.is(200);
}

#[tokio::test]
async fn a_cookie_is_believed_from_this_servers_pages_alone() {
    let traccia = Traccia::start().await;
    let anna = person(&traccia, "anna", json!({"role": "administrator"})).await;
    let with = |ask: e2e::Ask| ask.header("cookie", &anna.cookie);
    let client = traccia.anonymous();
    let people = "/api/v1/people";
    for site in ["cross-site", "same-site", "none"] {
        let get = with(client.get(people)).header("sec-fetch-site", site);
        assert_eq!(get.await.problem(403).body["rule"], "session-origin", "{site}");
        let id = "/api/v1/sessions/x";
        let delete = with(client.delete(id)).header("sec-fetch-site", site).await;
        delete.problem(403);
    }
    with(client.get(people)).await.is(200);
    let new = json!({"name": "eve", "role": "administrator"});
    with(client.post(people)).json(&new).await.problem(403);
    let evil = with(client.post(people)).header("origin", "https://evil.example");
    evil.json(&new).await.problem(403);
    let own = with(client.post(people)).header("origin", traccia.url());
    own.json(&new).await.is(201);
    // Nowhere else a cookie is looked at.
    anna.with(client.get("/statements")).await.problem(401);
    anna.with(client.get("/about")).await.is(200);
    let list = anna.with(client.get("/api/v1/statements")).await.expect(200).json();
    assert!(list["statements"].is_array(), "{list}");
    // A key that is shown is what counts.
    let key = anna.with(traccia.with_key("seed", "wrong").get(people));
    assert_eq!(key.await.problem(401).body["rule"], "credentials");
}

#[tokio::test]
async fn pages_that_are_told_401_are_asked_for_no_key() {
    let traccia = Traccia::start().await;
    let challenge = async |site: Option<&str>| {
        let mut ask = traccia.anonymous().get("/api/v1/session");
        if let Some(site) = site {
            ask = ask.header("sec-fetch-site", site);
        }
        let reply = ask.await;
        reply.problem(401);
        reply.header("www-authenticate")
    };
    assert!(challenge(None).await.starts_with("Basic"));
    assert!(challenge(Some("same-origin")).await.starts_with("Session"));
}

#[tokio::test]
async fn nobody_signs_in_over_plain_http_from_elsewhere() {
    let traccia = Traccia::start().await;
    person(&traccia, "anna", json!({"role": "designer"})).await;
    let ask = |origin: &str| {
        let ask = traccia.anonymous().post("/api/v1/sessions");
        ask.header("origin", origin).header("host", origin.split_once("://").unwrap().1)
    };
    let refused = ask("http://traccia.example.it").json(&sign_in("anna", PASSWORD)).await;
    let problem = refused.problem(403);
    assert_eq!(problem.body["rule"], "sign-in-insecure");
    assert!(problem.says("base_url"), "{problem:?}");
    ask("https://traccia.example.it").json(&sign_in("anna", PASSWORD)).await.is(201);
}

#[tokio::test]
async fn another_password_ends_all_other_sessions() {
    let traccia = Traccia::start().await;
    let anna = person(&traccia, "anna", json!({"role": "designer"})).await;
    let other = signed_in(&traccia, "anna", PASSWORD).await;
    let path = "/api/v1/session/password";
    let wrong = anna.put(path, json!({"old": OTHER, "new": OTHER})).await;
    assert_eq!(wrong.problem(401).body["rule"], "sign-in");
    let weak = anna.put(path, json!({"old": PASSWORD, "new": "passwordpassword"})).await;
    assert_eq!(weak.problem(400).body["rule"], "password-weak");
    let changed = anna.put(path, json!({"old": PASSWORD, "new": OTHER})).await.expect(204);
    let same = Browser::of(&traccia, &changed);
    same.get("/api/v1/session").await.is(200);
    anna.get("/api/v1/session").await.problem(401);
    other.get("/api/v1/session").await.problem(401);
    let old = traccia.anonymous().post("/api/v1/sessions").json(&sign_in("anna", PASSWORD));
    old.await.problem(401);
    signed_in(&traccia, "anna", OTHER).await;
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_it_is_on() {
    let traccia = Traccia::start().await;
    let anna = person(&traccia, "anna", json!({"role": "designer"})).await;
    let made = anna.post("/api/v1/session/totp", json!({})).await.expect(201).json();
    assert!(made["otpauth_uri"].as_str().unwrap().starts_with("otpauth://totp/Traccia:anna?"));
    let secret = made["secret"].as_str().unwrap();
    let on = async |code: &str, password: &str| {
        anna.put("/api/v1/session/totp", json!({"code": code, "password": password})).await
    };
    on("x", PASSWORD).await.problem(400);
    let code = e2e::code(secret, 0);
    anna.put("/api/v1/session/totp", json!({"code": code})).await.problem(400);
    on(&code, OTHER).await.problem(401);
    on(&code, PASSWORD).await.is(204);
    let ask = async |code: Option<&str>| {
        let mut body = sign_in("anna", PASSWORD);
        body["code"] = json!(code);
        traccia.anonymous().post("/api/v1/sessions").json(&body).await
    };
    let needed = ask(None).await.problem(401).body;
    assert_eq!((&needed["rule"], &needed["code_needed"]), (&json!("sign-in"), &json!(true)));
    ask(Some(&code)).await.problem(401);
    // The telephone's clock may be a step ahead.
    let next = e2e::code(secret, 1);
    ask(Some(&next)).await.is(201);
    ask(Some(&next)).await.problem(401);
    let off = anna.with(anna.client.delete("/api/v1/session/totp"));
    off.json(&json!({"password": PASSWORD})).await.is(204);
    ask(None).await.is(201);
}

#[tokio::test]
async fn statements_come_no_more_when_the_session_is_revoked() {
    let traccia = Traccia::start().await;
    let anna = person(&traccia, "anna", json!({"role": "administrator"})).await;
    let ask = anna.with(anna.client.get("/api/v1/statements/live"));
    let mut live = ask.begun().await;
    assert_eq!(live.status(), 200);
    assert!(live.chunk().await.unwrap().is_some(), "it is connected");
    let bea = signed_in(&traccia, "anna", PASSWORD).await;
    let sessions = bea.get("/api/v1/sessions").await.expect(200).json();
    let mut others =
        sessions["items"].as_array().unwrap().iter().filter(|it| it["current"] == false);
    let id = others.next().unwrap()["id"].as_str().unwrap();
    bea.delete(&format!("/api/v1/sessions/{id}")).await.is(204);
    let ends = async { while let Ok(Some(_)) = live.chunk().await {} };
    tokio::time::timeout(Duration::from_mins(1), ends).await.expect("it ends");
}

#[tokio::test]
async fn wrong_passwords_lock_nobody_out_of_a_browser_in_which_they_signed_in_before() {
    let traccia = Traccia::start().await;
    person(&traccia, "anna", json!({"role": "designer"})).await;
    let ask = |password: &str| {
        traccia.anonymous().post("/api/v1/sessions").json(&sign_in("anna", password))
    };
    let reply = ask(PASSWORD).await.expect(201);
    let cookies = reply.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap());
    let known = cookies.filter_map(|it| it.split(';').next()).find(|it| it.contains("-known="));
    let known = known.expect("a cookie for later");
    for _ in 0..10 {
        ask("not this one").await.problem(401);
    }
    ask(PASSWORD).await.problem(429);
    ask(PASSWORD).header("cookie", &format!("{known}x")).await.problem(429);
    ask(PASSWORD).header("cookie", known).await.is(201);
    for _ in 0..10 {
        ask("not this one").header("cookie", known).await.problem(401);
    }
    ask(PASSWORD).header("cookie", known).await.problem(429);
}
