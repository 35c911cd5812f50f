//! People: who is invited, what they may see and change, what they see of themselves; and who changed what.

use std::time::Duration;

use e2e::seminar::{LESSON, did, reported, rows};
use e2e::{Client, Setup, Statement, Traccia, cli, eventually, seminar};
use serde_json::{Value, json};

use super::sessions::{Browser, PASSWORD, person, sign_in, signed_in};

/// A course whose learner u1 has done something, of several kinds.
async fn with_history() -> (Traccia, Client) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let hours = || json!({"duration": "PT5H"});
    admin
        .store(&[
            did(1, "terminated", LESSON, "2026-02-02T09:00:00Z", hours()),
            did(1, "completed", LESSON, "2026-02-02T09:00:00Z", Value::Null),
            did(2, "terminated", LESSON, "2026-02-02T09:00:00Z", hours()),
            did(7, "terminated", LESSON, "2026-02-02T09:00:00Z", hours()),
        ])
        .await;
    reported(&admin, "progress", &[("by", "")], |it| rows(it)[0]["hours"] == 15.0).await;
    (traccia, admin)
}

#[tokio::test]
async fn a_regional_coordinator_sees_their_region_alone() {
    let (traccia, _admin) = with_history().await;
    let about = json!({"role": "regional_coordinator", "bounds": {"regions": ["Umbria"]}});
    let anna = person(&traccia, "anna", about).await;
    let report = anna.get(&seminar::at("/reports/matrix")).await.expect(200).text();
    assert!(!report.contains("Lombardia") && !report.contains("Persona 7\""), "{report}");
    anna.get(&seminar::at("/reports/learner?learner=u7")).await.problem(404);
    anna.get(&seminar::at("/certificates")).await.problem(403);
    let wrong =
        json!({"name": "x", "role": "regional_coordinator", "bounds": {"regions": ["Umbira"]}});
    let wrong = traccia.admin().post("/api/v1/people").json(&wrong).await.problem(400);
    assert!(wrong.says("Umbria"), "{wrong:?}");
}

#[tokio::test]
async fn the_audit_log_says_who_changed_what() {
    let traccia = Traccia::start().await;
    let anna = person(&traccia, "anna", json!({"role": "administrator"})).await;
    let key = json!({"scopes": ["state"], "key": "k", "label": "x"});
    anna.post("/api/v1/keys", key).await.is(201);
    anna.delete("/api/v1/keys/k").await.is(204);
    anna.delete("/api/v1/keys/k").await.problem(404);
    let (course, file) = ("/api/v1/courses/c", "not a course");
    anna.with(anna.client.put(course)).body("application/toml", file).await.problem(400);
    let log = anna.get("/api/v1/audit?actor=anna&limit=3").await.expect(200).json();
    let said: Vec<(&str, &str)> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["action"].as_str().unwrap(), it["target"].as_str().unwrap()))
        .collect();
    assert_eq!(said, [("key.revoked", "k"), ("key.created", "k"), ("person.accepted", "anna")]);
    assert_eq!(log["items"][1]["details"]["scopes"], json!(["state"]));
    assert_eq!(log["items"][0]["actor"], json!({"kind": "person", "name": "anna"}));
    let first = anna.get("/api/v1/audit?limit=1").await.expect(200).json();
    let next = first["next"].as_str().unwrap();
    let second = anna.get(&format!("/api/v1/audit?limit=1&after={next}")).await.expect(200).json();
    assert_eq!(second["items"][0]["action"], "key.created");
    let made = anna.get("/api/v1/audit?action=person.created").await.expect(200).json();
    assert_eq!(made["items"][0]["actor"], json!({"kind": "key", "name": "seed"}));
    let text = anna.get("/api/v1/audit?limit=500").await.expect(200).text();
    assert!(!text.contains(PASSWORD) && !text.contains("#token="), "{text}");
}

#[tokio::test]
async fn the_last_administrator_stays_and_who_is_disabled_is_signed_out() {
    let traccia = Traccia::start().await;
    let anna = person(&traccia, "anna", json!({"role": "administrator"})).await;
    assert_eq!(anna.delete("/api/v1/people/anna").await.problem(409).body["rule"], "person-last");
    let lowered = json!({"role": "designer"});
    assert_eq!(
        anna.put("/api/v1/people/anna", lowered).await.problem(409).body["rule"],
        "person-last"
    );
    let bea = person(&traccia, "bea", json!({"role": "administrator"})).await;
    let disabled = json!({"role": "administrator", "disabled": true});
    anna.put("/api/v1/people/bea", disabled).await.is(200);
    bea.get("/api/v1/session").await.problem(401);
    let refused = traccia.anonymous().post("/api/v1/sessions").json(&sign_in("bea", PASSWORD));
    refused.await.problem(401);
    assert_eq!(anna.delete("/api/v1/people/anna").await.problem(409).body["rule"], "person-last");
    anna.delete("/api/v1/people/bea").await.is(204);
    assert_eq!(anna.get("/api/v1/people/bea").await.problem(404).body["rule"], "person-unknown");
}

#[tokio::test]
async fn people_are_searched_and_paged() {
    let traccia = Traccia::start().await;
    for (name, role) in [("c", "designer"), ("a", "data_reader"), ("b", "designer")] {
        let new = json!({"name": name, "role": role, "label": format!("Signora {name}")});
        traccia.admin().post("/api/v1/people").json(&new).await.is(201);
    }
    let names = async |query: &str| {
        let page = traccia.admin().get(&format!("/api/v1/people?{query}")).await.expect(200).json();
        let items = page["items"].as_array().unwrap().iter();
        let names: Vec<String> = items.map(|it| it["name"].as_str().unwrap().to_owned()).collect();
        (names.join(""), page["next"].as_str().map(str::to_owned))
    };
    assert_eq!(names("").await, ("abc".into(), None));
    assert_eq!(names("limit=2").await, ("ab".into(), Some("b".into())));
    assert_eq!(names("limit=2&after=b").await, ("c".into(), None));
    assert_eq!(names("role=designer").await, ("bc".into(), None));
    assert_eq!(names("search=SIGNORA%20b").await, ("b".into(), None));
    traccia.admin().get("/api/v1/people?limit=0").await.problem(400);
    traccia.admin().get("/api/v1/people?role=boss").await.problem(400);
}

#[tokio::test]
async fn statements_are_read_with_a_session_page_by_page() {
    let (traccia, _admin) = with_history().await;
    let anna = person(&traccia, "anna", json!({"role": "data_reader"})).await;
    let first = anna.get("/api/v1/statements?limit=2").await.expect(200).json();
    let more = first["more"].as_str().unwrap();
    assert!(more.starts_with("/api/v1/statements?cursor="), "{more}");
    let second = anna.get(more).await.expect(200).json();
    assert_ne!(first["statements"][0]["id"], second["statements"][0]["id"]);
    let plain = traccia.admin().get("/statements?limit=2").await.expect(200).json();
    assert_eq!(plain["statements"], first["statements"]);
    assert_eq!(
        anna.get("/api/v1/statements?verbs=x").await.problem(400).body["rule"],
        "parameter-unknown"
    );
    let bea = person(&traccia, "bea", json!({"role": "national_coordinator"})).await;
    bea.get("/api/v1/statements").await.problem(403);
}

#[tokio::test]
async fn who_searches_for_somebody_is_in_the_audit_log_with_what_they_looked_for() {
    let (traccia, admin) = with_history().await;
    let anna = person(&traccia, "anna", json!({"role": "data_reader"})).await;
    for query in ["limit=1", "where=verb%3Dcompleted", "text=persona", "where=actor%3D12ab"] {
        anna.get(&format!("/api/v1/statements?{query}")).await.is(200);
    }
    anna.with(anna.client.head("/api/v1/statements?text=rossi")).await.is(200);
    let agent = json!({"account": {"homePage": "https://moodle.example.org", "name": "1"}});
    let agent = agent.to_string();
    let live = anna.client.get("/api/v1/statements/live").query(&[("agent", &agent)]);
    drop(anna.with(live).begun().await);
    let read = admin.get("/api/v1/audit?action=statements.read").await.expect(200).json();
    let targets = read["items"].as_array().unwrap().iter().map(|it| it["target"].as_str().unwrap());
    // Of searched words, which may be a part of somebody's name, there is a mark.
    let is_mark = |it: &&str| it.len() == "text=#".len() + 16 && it.starts_with("text=#");
    let (marks, others): (Vec<&str>, Vec<&str>) = targets.partition(is_mark);
    assert_eq!(others, ["account::1@https://moodle.example.org", "actor=12ab"], "{read}");
    assert!(marks.len() == 2 && marks[0] != marks[1], "{read}");
}

#[tokio::test]
async fn a_learner_reads_what_is_known_of_them_alone() {
    let (traccia, _admin) = with_history().await;
    let about = json!({"role": "learner", "learner": ["account:https://moodle.example.org|1"]});
    let u1 = person(&traccia, "u1", about).await;
    let courses = u1.get("/api/v1/my/courses").await.expect(200).json();
    let mine = &courses["items"][0];
    assert_eq!(mine["course"], seminar::COURSE, "{courses}");
    assert!(mine["hours"].as_f64().unwrap() > 0.0, "{mine}");
    let mut after = String::new();
    let mut statements = 0;
    loop {
        let page =
            u1.get(&format!("/api/v1/my/statements?limit=1{after}")).await.expect(200).json();
        for statement in page["items"].as_array().unwrap() {
            statements += 1;
            assert!(statement["actor"]["account"]["name"] == "1", "{statement}");
        }
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert!(statements > 1, "{statements}");
    let export = u1.get("/api/v1/my/export").await.expect(200);
    assert!(export.header("content-disposition").starts_with("attachment"));
    let export = export.json();
    assert_eq!(export["statements"].as_array().unwrap().len(), statements);
    assert_eq!(export["courses"], courses["items"]);
    u1.get("/api/v1/courses").await.problem(403);
    u1.get("/api/v1/statements").await.problem(403);
    traccia.admin().get("/api/v1/my/courses").await.problem(403);
}

#[tokio::test]
async fn one_s_own_statements_are_read_in_the_memory_that_one_has() {
    let bytes = 65_536;
    let traccia = Setup::default()
        .variable("TRACCIA__LIMITS__BODY_BYTES", &bytes.to_string())
        .variable("TRACCIA__LIMITS__MEMORY_BYTES", &(4 * bytes).to_string())
        .start()
        .await;
    let admin = traccia.admin();
    let learner = |count: usize| -> Vec<String> {
        (0..count).map(|n| format!("account:https://moodle.example.org|{n}")).collect()
    };
    let many = json!({"name": "bea", "role": "learner", "learner": learner(21)});
    let refused = admin.post("/api/v1/people").json(&many).await.problem(400);
    assert_eq!(refused.body["rule"], "person-invalid");
    assert!(
        refused.body["detail"].to_string().contains("at most 20 identifiers, and these are 21"),
        "{:?}",
        refused.body
    );
    let u0 = person(&traccia, "u0", json!({"role": "learner", "learner": learner(20)})).await;
    for _ in 0..5 {
        let long = json!("x".repeat(50_000));
        let statement = Statement::new().by(e2e::account("https://moodle.example.org", "0"));
        admin.store_one(&statement.with("/result/response", long).json()).await;
    }
    let all = u0.get("/api/v1/my/statements?limit=200").await;
    assert_eq!(all.problem(413).body["rule"], "report-too-large");
    u0.get("/api/v1/my/statements?limit=1").await.is(200);
    let export = u0.get("/api/v1/my/export").await.expect(200).json();
    assert_eq!(export["statements"].as_array().map(Vec::len), Some(5), "in smaller pages");
    assert_eq!(export["unreadable"], 0);
}

#[tokio::test]
async fn bodies_about_people_are_brief() {
    let traccia = Traccia::start().await;
    let anna = person(&traccia, "anna", json!({"role": "administrator"})).await;
    let long = json!({"x": "x".repeat(70_000)});
    for path in ["/api/v1/session/password", "/api/v1/session/totp", "/api/v1/people/anna"] {
        anna.put(path, long.clone()).await.problem(413);
    }
    for path in ["/api/v1/people", "/api/v1/courses/c/mappings"] {
        anna.post(path, long.clone()).await.problem(413);
    }
    let off = anna.with(anna.client.delete("/api/v1/session/totp"));
    off.json(&long).await.problem(413);
}

/// The link that a server printed at its start.
async fn shown_link(traccia: &Traccia) -> String {
    eventually("it shows a link", Duration::from_secs(10), || async {
        let said = traccia.said();
        let line = said.lines().find_map(|line| line.strip_prefix("set up at"));
        let whole = said.contains("makes the first administrator");
        line.filter(|_| whole).map(|line| line.trim().to_owned()).ok_or(said)
    })
    .await
}

#[tokio::test]
async fn a_first_start_prints_a_link_that_makes_the_first_administrator_once() {
    let traccia = Setup::default().seedless().start().await;
    let link = shown_link(&traccia).await;
    let (page, token) = link.split_once("#token=").unwrap();
    assert_eq!(page, format!("{}/setup", traccia.url()));
    assert!(!traccia.log().contains(token), "it is in no log");
    let state = async |traccia: &Traccia| {
        traccia.anonymous().get("/api/v1/setup").await.expect(200).json()["needed"] == true
    };
    assert!(state(&traccia).await);
    // The link outlives the process; a later start prints no other.
    let traccia = traccia.restart().await;
    assert!(state(&traccia).await);
    let ask = async |token: &str, password: &str| {
        let body = json!({"token": token, "name": "Admin", "password": password});
        traccia.anonymous().post("/api/v1/setup").json(&body).await
    };
    ask("other", PASSWORD).await.problem(410);
    ask(token, "short").await.problem(400);
    let admin = Browser::of(&traccia, &ask(token, PASSWORD).await.expect(201));
    admin.get("/api/v1/people").await.is(200);
    ask(token, PASSWORD).await.problem(410);
    assert!(!state(&traccia).await);
    assert!(!traccia.said().contains("set up at"), "{}", traccia.said());
    let log = admin.get("/api/v1/audit").await.expect(200).json();
    assert_eq!(log["items"][0]["action"], "person.set_up");
}

#[tokio::test]
async fn people_are_managed_from_the_command_line() {
    let traccia = Traccia::program().await;
    let made = traccia
        .cli(&["user", "create", "anna", "--role", "regional_coordinator", "--region", "Umbria"])
        .await;
    let link = made.success().trim().to_owned();
    assert_eq!(made.stdout.lines().count(), 1, "scripts take all of it: {made}");
    let token = link.split_once("/invitation#token=").unwrap().1;
    let accepted = json!({"token": token, "password": PASSWORD});
    let reply = traccia.anonymous().post("/api/v1/invitations").json(&accepted).await.expect(201);
    let anna = Browser::of(&traccia, &reply);
    let list = traccia.cli(&["user", "list"]).await;
    assert!(list.success().contains("anna  regional_coordinator  active"), "{list}");
    assert!(list.stdout.contains("regions: Umbria"), "{list}");
    traccia
        .cli(&["user", "role", "anna", "--role", "designer", "--label", "Anna R"])
        .await
        .success();
    let session = anna.get("/api/v1/session").await.expect(200).json();
    assert_eq!((&session["role"], &session["bounds"]), (&json!("designer"), &Value::Null));
    let disabled = traccia.cli(&["user", "disable", "anna"]).await;
    assert!(disabled.success().contains("disabled  Anna R"), "{disabled}");
    anna.get("/api/v1/session").await.problem(401);
    traccia.cli(&["user", "disable", "anna", "--undo"]).await.success();
    signed_in(&traccia, "anna", PASSWORD).await;
    assert!(traccia.cli(&["user", "invite", "anna"]).await.success().contains("#token="));
    let wrong = traccia.cli(&["user", "create", "bea", "--role", "boss"]).await;
    assert_eq!(wrong.code, Some(3), "{wrong}");
    assert!(wrong.stderr.contains("data_reader"), "{wrong}");
    traccia.cli(&["user", "remove", "anna", "--yes"]).await.success();
    assert_eq!(traccia.cli(&["user", "list"]).await.success(), "");
}

/// Where all administrators are locked out.
#[tokio::test]
async fn who_has_the_store_at_hand_makes_an_administrator_and_sets_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let uri = format!("sqlite:{}", folder.path().join("store").display());
    let made = cli(&["user", "init", "--store", &uri, "--name", "Capo"]).await;
    let token = made.success().trim().split_once("/invitation#token=").unwrap().1.to_owned();
    let traccia = Setup::default().store(&uri).start().await;
    let accepted = json!({"token": token, "password": PASSWORD});
    traccia.anonymous().post("/api/v1/invitations").json(&accepted).await.is(201);
    signed_in(&traccia, "capo", PASSWORD).await;
    let open = cli(&["user", "init", "--store", &uri]).await;
    assert_eq!(open.code, Some(4), "a server works on it: {open}");
    drop(traccia);
    let again = cli(&["user", "init", "--store", &uri]).await;
    assert_eq!(again.code, Some(3), "{again}");
    let unknown = cli(&["user", "password", "nobody", "--store", &uri]).await;
    assert_eq!(unknown.code, Some(3), "{unknown}");
    let copy = format!("sqlite:{}", folder.path().join("copy").display());
    let copied = cli(&["store", "copy", "--from", &uri, "--to", &copy]).await;
    assert!(copied.success().contains("people"), "{copied}");
    let digest = cli(&["store", "digest", "--from", &copy]).await;
    assert!(copied.stdout.starts_with(digest.success()), "{copied} {digest}");
    let traccia = Setup::default().store(&copy).start().await;
    signed_in(&traccia, "capo", PASSWORD).await;
}
