//! Rights: a coordinator's key sees its own regions or bodies, in every report, and nothing else.

use e2e::seminar::{self, LESSON, did, register_of, reported, rows};
use e2e::{Client, Traccia};
use serde_json::{Value, json};

const OF_LEARNERS: [&str; 17] = [
    "glance",
    "funnel",
    "progress",
    "matrix",
    "curve",
    "ledger",
    "hours",
    "bodies",
    "at-risk",
    "register",
    "assessment",
    "questions",
    "content",
    "times",
    "attendance",
    "comparison",
    "certificates",
];

async fn with_history() -> (Traccia, Client) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let result = json!({"duration": "PT1H", "score": {"scaled": 0.5}, "success": true});
    let all: Vec<Value> = (1..=12)
        .map(|who| did(who, "passed", LESSON, "2026-02-02T09:00:00Z", result.clone()))
        .collect();
    admin.store(&all).await;
    reported(&admin, "progress", &[("by", "")], |it| rows(it)[0]["hours"] == 12.0).await;
    (traccia, admin)
}

async fn bound(traccia: &Traccia, scopes: &[&str], bounds: Value) -> Client {
    let new = json!({"scopes": scopes, "bounds": bounds});
    let key = traccia.admin().post("/api/v1/keys").json(&new).await.expect(201).json();
    traccia.with_key(key["key"].as_str().unwrap(), key["secret"].as_str().unwrap())
}

/// The sum of a column that counts people, over the rows of one module or of none.
fn enrolled(report: &Value) -> Option<u64> {
    let first = |row: &&Value| row["module"].is_null() || row["module"] == "m1";
    rows(report).iter().filter(first).map(|row| row["enrolled"].as_u64()).sum()
}

#[tokio::test]
async fn a_key_of_a_region_sees_its_region_alone_in_every_report() {
    let (traccia, _admin) = with_history().await;
    let umbria = bound(&traccia, &["progress/read"], json!({"regions": ["Umbria"]})).await;
    for name in OF_LEARNERS {
        let whole = [("lang", "it"), ("expand", "true")];
        let whole = if name == "matrix" { &whole[..] } else { &whole[..1] };
        for query in [&[][..], &[("at", "2026-12-31")], whole] {
            let report = seminar::report(&umbria, name, query).await;
            let text = report.to_string();
            for foreign in ["Lombardia", "Milano", "u7", "u12", "Persona 7\"", "Persona 12"] {
                assert!(!text.contains(foreign), "{name} shows {foreign}: {report:#}");
            }
        }
    }
    for (name, by, people) in
        [("progress", "module", 6), ("hours", "region", 6), ("glance", "", 6), ("matrix", "", 0)]
    {
        let by = if by.is_empty() { &[][..] } else { &[("by", by)] };
        let report = seminar::report(&umbria, name, by).await;
        if people > 0 {
            assert_eq!(enrolled(&report), Some(people), "{name}: {report:#}");
        } else {
            assert_eq!(rows(&report).len(), 6, "{name}: {report:#}");
        }
    }
    // Asking for others by name gives nobody, and the one who is asked for is not betrayed.
    let query = [("learner", "u7")];
    umbria.get(&seminar::at("/reports/learner")).query(&query).await.problem(404);
    let elsewhere = umbria.get(&seminar::at("/reports/matrix")).query(&[("region", "Lombardia")]);
    elsewhere.await.problem(400);
    let list = umbria.get(&seminar::at("/learners")).await.expect(200).json();
    assert_eq!(list["learners"].as_array().map(Vec::len), Some(6), "{list}");
}

#[tokio::test]
async fn a_key_of_a_body_sees_the_body_by_its_name_or_code() {
    let (traccia, _admin) = with_history().await;
    for body in ["Comune di Perugia", "054039"] {
        let perugia = bound(&traccia, &["progress/read"], json!({"bodies": [body]})).await;
        let report = seminar::report(&perugia, "matrix", &[]).await;
        assert_eq!(rows(&report).len(), 5, "{body}: {report:#}");
        let roles = seminar::report(&perugia, "progress", &[("by", "role")]).await;
        assert_eq!(enrolled(&roles), Some(5), "within one body nothing is hidden: {roles:#}");
    }
}

#[tokio::test]
async fn what_is_about_the_whole_course_is_not_for_a_bound_key() {
    let (traccia, admin) = with_history().await;
    let umbria = bound(&traccia, &["progress/read"], json!({"regions": ["Umbria"]})).await;
    for path in ["/reports/health", "/unassigned", "/certificates"] {
        umbria.get(&seminar::at(path)).await.problem(403);
        admin.get(&seminar::at(path)).await.is(200);
    }
    umbria.get("/statements").await.problem(403);
    umbria.post(&seminar::at("/certificates")).await.problem(403);
    umbria.put(&seminar::at("/learners")).body("text/csv", seminar::learners()).await.problem(403);
    umbria
        .put(&register_of("perugia"))
        .body("text/csv", "learner\nu1\n".to_owned())
        .await
        .problem(403);
    let keeper = ["presence/write"];
    let keeper = bound(&traccia, &keeper, json!({"regions": ["Umbria"]})).await;
    let code = seminar::at("/events/seminar/sessions/milano/code");
    keeper.get(&code).await.problem(403);
    // The session is over: the administrator is told that, and not that it is elsewhere.
    admin.get(&code).await.problem(409);
    let shown = umbria.get("/whoami").await.expect(200).json();
    assert_eq!(shown["bounds"], json!({"regions": ["Umbria"]}), "{shown}");
}

#[tokio::test]
async fn a_bound_register_knows_its_own_people_and_leaves_the_others() {
    let (traccia, admin) = with_history().await;
    let scopes = ["progress/read", "presence/write"];
    let umbria = bound(&traccia, &scopes, json!({"regions": ["Umbria"]})).await;
    let put = |client: &Client, text: &str| {
        client.put(&register_of("perugia")).body("text/csv", text.to_owned())
    };
    put(&admin, "learner,hours\nu1,4\nu7,4\n").await.is(200);
    let stranger = put(&umbria, "learner,hours\nu8,4\n").await;
    stranger.problem(400);
    assert!(!stranger.text().contains("Persona 8"), "{stranger}");
    let kept = put(&umbria, "learner,hours\nu2,4\n").await.expect(200).json();
    assert_eq!(kept["voided"].as_array().map(Vec::len), Some(1), "u1's alone: {kept}");
    let presence = |it: &Value| rows(it)[0]["hours_presence"] == 8.0;
    reported(&admin, "progress", &[("by", "")], presence).await;
    let ledger = seminar::report(&admin, "ledger", &[("learner", "u7")]).await;
    assert_eq!(rows(&ledger).len(), 2, "an hour of lesson, four of seminar: {ledger:#}");
}

#[tokio::test]
async fn a_merge_over_the_bounds_is_not_told() {
    let (traccia, admin) = with_history().await;
    let umbria = bound(&traccia, &["progress/read"], json!({"regions": ["Umbria"]})).await;
    for (id, into) in [("u7", "u1"), ("u2", "u8"), ("u4", "u3")] {
        let merge = seminar::at(&format!("/learners/{id}/merge"));
        admin.put(&merge).json(&json!({"into": into})).await.is(204);
    }
    let asks = |who: &str| {
        let report = |name: &&str| {
            umbria.get(&seminar::at(&format!("/reports/{name}"))).query(&[("learner", who)])
        };
        let timeline = umbria.get(&seminar::at(&format!("/learners/{who}/statements")));
        let reports = OF_LEARNERS.iter().chain(&["learner"]).map(report);
        reports.chain([timeline]).collect::<Vec<_>>()
    };
    for within in asks("u4") {
        within.await.is(200);
    }
    // Somebody outside merged into one inside, and the other way round: as if they did not exist.
    for merged in ["u7", "u2"] {
        for (of_merged, of_nobody) in asks(merged).into_iter().zip(asks("u99")) {
            let (of_merged, of_nobody) = (of_merged.await.expect(404), of_nobody.await);
            assert_eq!(of_merged.text_alike(), of_nobody.text_alike().replace("u99", merged));
        }
    }
}

#[tokio::test]
async fn what_somebody_outside_did_before_they_were_merged_into_one_inside_is_not_shown() {
    let (traccia, admin) = with_history().await;
    let umbria = bound(&traccia, &["progress/read"], json!({"regions": ["Umbria"]})).await;
    let list = "learner,name,identifiers,region\n\
                u7,Persona 7,account:https://moodle.example.org|7;mailto:u7@example.org,Lombardia\n";
    admin.put(&seminar::at("/learners")).body("text/csv", list.to_owned()).await.is(200);
    admin.put(&seminar::at("/learners/u7/merge")).json(&json!({"into": "u1"})).await.is(204);
    let timeline = seminar::at("/learners/u1/statements");
    let at_risk = seminar::at("/reports/at-risk?at=2030-01-01&format=json");
    let theirs = [r#""name":"7""#, "u7@example.org"];
    for (client, is_seen) in [(&admin, true), (&umbria, false)] {
        let statements = client.get(&timeline).await.expect(200).text().replace(' ', "");
        assert!(statements.contains(r#""name":"1""#), "u1's own: {statements}");
        assert_eq!(statements.contains(theirs[0]), is_seen, "{statements}");
        let at_risk = client.get(&at_risk).await.expect(200).text();
        assert!(at_risk.contains("u1@example.org"), "{at_risk}");
        assert_eq!(at_risk.contains(theirs[1]), is_seen, "{at_risk}");
    }
}

#[tokio::test]
async fn a_bound_register_knows_nobody_by_what_only_somebody_outside_has() {
    let (traccia, admin) = with_history().await;
    let umbria = bound(&traccia, &["presence/write"], json!({"regions": ["Umbria"]})).await;
    let merge = seminar::at("/learners/u7/merge");
    admin.put(&merge).json(&json!({"into": "u1"})).await.is(204);
    let ask = |client: &Client, who: &str| {
        let put = client.put(&register_of("perugia")).query(&[("dry_run", "true")]);
        put.body(
            "text/csv",
            format!("identifiers,hours\naccount:https://moodle.example.org|{who},4\n"),
        )
    };
    ask(&umbria, "1").await.is(200);
    ask(&admin, "7").await.is(200);
    let (of_merged, of_nobody) = (ask(&umbria, "7").await, ask(&umbria, "99").await);
    of_merged.problem(400);
    assert_eq!(of_merged.text_alike(), of_nobody.text_alike().replace("99", "7"));
}

#[tokio::test]
async fn columns_that_only_others_have_are_unknown_to_a_bound_key() {
    let (traccia, admin) = with_history().await;
    let list = "learner,name,identifiers,region,lot\n\
                u7,Persona 7,account:https://moodle.example.org|7,Lombardia,north\n";
    admin.put(&seminar::at("/learners")).body("text/csv", list.to_owned()).await.is(200);
    let umbria = bound(&traccia, &["progress/read"], json!({"regions": ["Umbria"]})).await;
    let by = |client: &Client, by: &str| {
        client.get(&seminar::at("/reports/progress")).query(&[("by", by)])
    };
    by(&admin, "lot").await.is(200);
    assert!(by(&admin, "zzz").await.expect(400).text().contains("lot"), "all are named");
    let unknown = by(&umbria, "zzz").await.expect(400);
    assert!(unknown.text().contains("gender") && !unknown.text().contains("lot"), "{unknown}");
    let others = by(&umbria, "lot").await.expect(400);
    assert_eq!(others.text_alike(), unknown.text_alike().replace("zzz", "lot"));
}

#[tokio::test]
async fn bounds_that_would_not_hold_are_refused() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for new in [
        json!({"scopes": ["all"], "bounds": {"regions": ["Umbria"]}}),
        json!({"scopes": ["progress/read", "statements/read"], "bounds": {"bodies": ["x"]}}),
        json!({"scopes": ["progress/read"], "bounds": {}}),
        json!({"scopes": ["progress/read"], "bounds": {"regions": [""]}}),
        json!({"scopes": ["progress/read"], "bounds": {"provinces": ["Perugia"]}}),
    ] {
        admin.post("/api/v1/keys").json(&new).await.problem(400);
    }
    // A territory that was lost on the way does not make a key that sees everybody.
    let lost = json!({"scopes": ["progress/read"], "bounds": null});
    let refused = admin.post("/api/v1/keys").json(&lost).await;
    refused.problem(400);
    assert!(refused.text().contains("leave `bounds` out"), "it says what to do: {refused}");
    let create = ["key", "create", "--scope", "progress/read", "--region", "Umbria"];
    let created = traccia.cli(&create).await;
    let (key, secret) = created.success().trim().split_once(':').unwrap();
    let holder = traccia.with_key(key, secret);
    assert_eq!(holder.get("/whoami").await.json()["bounds"]["regions"], json!(["Umbria"]));
}
