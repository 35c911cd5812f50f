//! Two versions of xAPI at one address, told apart by a header.

use e2e::{Setup, Statement, Traccia};
use serde_json::json;

#[tokio::test]
async fn each_known_version_is_answered_in_its_line() {
    let traccia = Traccia::start().await;
    for (asked, answered) in [
        ("1.0", "1.0.3"),
        ("1.0.0", "1.0.3"),
        ("1.0.1", "1.0.3"),
        ("1.0.2", "1.0.3"),
        ("1.0.3", "1.0.3"),
        ("1.0.4", "1.0.3"),
        ("1.0.99", "1.0.3"),
        ("2.0", "2.0.0"),
        ("2.0.0", "2.0.0"),
        ("2.0.1", "2.0.0"),
    ] {
        let me = traccia.admin().version(asked);
        let stored = me.post("/statements").json(&Statement::new().json()).await.expect(200);
        assert_eq!(stored.header("x-experience-api-version"), answered, "asked {asked}");
        let read = me.get("/statements").await.expect(200);
        assert_eq!(read.header("x-experience-api-version"), answered, "asked {asked}");
    }
}

#[tokio::test]
async fn an_unknown_version_is_refused() {
    let traccia = Traccia::start().await;
    for version in ["0.9", "0.95", "1", "1.00", "1.1.0", "2.1.0", "3.0.0", "", "one"] {
        let reply = traccia.admin().version(version).get("/statements").await;
        let problem = reply.problem(400);
        reply.header("x-experience-api-version");
        assert!(problem.says("1.0.3") && problem.says("2.0.0"), "names what is known: {problem:?}");
    }
}

#[tokio::test]
async fn a_missing_version_is_refused_in_the_default_one() {
    for (default, setup) in [
        ("1.0.3", Setup::default()),
        ("2.0.0", Setup::default().arguments(&["--default-version", "2.0.0"])),
    ] {
        let traccia = setup.start().await;
        let me = traccia.admin().without_version();
        for reply in [
            me.get("/statements").await,
            me.post("/statements").json(&Statement::new().json()).await,
            me.get("/agents").query(&[("agent", "{\"mbox\":\"mailto:a@example.org\"}")]).await,
        ] {
            reply.problem(400);
            assert_eq!(reply.header("x-experience-api-version"), default);
        }
        assert!(traccia.admin().found(&[]).await.is_empty());
    }
}

#[tokio::test]
async fn what_only_2_0_knows_is_refused_under_1_0() {
    let traccia = Traccia::start().await;
    let modern = json!([{"objectType": "contextAgent", "agent": {"mbox": "mailto:b@example.org"}}]);
    let statement = Statement::new().with("/context/contextAgents", modern).json();
    let admin = traccia.admin();
    admin.post("/statements").json(&statement).await.problem(400).violations();
    admin.version("2.0.0").post("/statements").json(&statement).await.is(200);
}

#[tokio::test]
async fn statements_of_both_versions_live_together() {
    let traccia = Traccia::start().await;
    let (old, new) = (traccia.admin(), traccia.admin().version("2.0.0"));
    let first = old.store_one(&Statement::new().json()).await;
    let second = new.store_one(&Statement::new().json()).await;
    for reader in [&old, &new] {
        assert_eq!(reader.found(&[("ascending", "true")]).await, [first.clone(), second.clone()]);
    }
    assert!(new.statement(&first).await["version"].as_str().unwrap().starts_with("1.0"));
    assert!(old.statement(&second).await["version"].as_str().unwrap().starts_with("2.0"));
}

#[tokio::test]
async fn a_statement_keeps_the_version_it_names() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for version in ["1.0", "1.0.0", "1.0.2"] {
        let id = admin.store_one(&Statement::new().with("/version", json!(version)).json()).await;
        assert_eq!(admin.statement(&id).await["version"], version);
    }
    for version in ["0.95", "1.1.0", "", "3.0.0"] {
        let statement = Statement::new().with("/version", json!(version)).json();
        admin.post("/statements").json(&statement).await.problem(400).violations();
    }
}

#[tokio::test]
async fn every_answer_names_the_version_also_refusals() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for reply in [
        traccia.anonymous().get("/statements").await.expect(401),
        admin.get("/statements").query(&[("limit", "x")]).await.expect(400),
        admin.get("/nothing-here").await.expect(404),
        admin.delete("/statements").await.expect(405),
    ] {
        assert_eq!(reply.header("x-experience-api-version"), "1.0.3", "{reply}");
    }
}
