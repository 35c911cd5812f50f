//! A person is given what is kept of them, and is erased; what their body did stays true.

use std::time::Duration;

use e2e::seminar::{LESSON, SITE, did, reported, rows};
use e2e::{Traccia, eventually, seminar};
use serde_json::{Value, json};

const IN_TIME: Duration = Duration::from_secs(20);

#[tokio::test]
async fn an_erased_person_is_nowhere_and_the_hours_of_their_body_stay() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let hours = || json!({"duration": "PT5H"});
    admin
        .store(&[
            did(1, "terminated", LESSON, "2026-02-02T09:00:00Z", hours()),
            did(1, "completed", LESSON, "2026-02-02T09:00:00Z", Value::Null),
            did(2, "terminated", LESSON, "2026-02-02T09:00:00Z", hours()),
        ])
        .await;
    let all = |it: &Value| rows(it)[0]["hours"] == 10.0;
    let before = reported(&admin, "progress", &[("by", "region")], |it| {
        rows(it).iter().any(|row| row["hours"].as_f64() > Some(0.0))
    })
    .await;
    reported(&admin, "progress", &[("by", "")], all).await;
    // By the mail address, which no statement has.
    let asked = json!({"identifier": "mailto:u1@example.org", "reason": "prot. 12/2026"});
    let whose = json!({"identifier": "mailto:u1@example.org"});
    admin.post("/api/v1/dossiers").json(&whose).await.is(200);
    let preview = admin
        .post("/api/v1/erasures")
        .query(&[("dry_run", "true")])
        .json(&asked)
        .await
        .expect(200)
        .json();
    assert_eq!(preview["counts"]["statements"], 2, "{preview}");
    assert_eq!(preview["learners"][0]["learner"], "u1");
    let begun = admin.post("/api/v1/erasures").json(&asked).await.expect(202).json();
    let address = format!("/api/v1/erasures/{}", begun["id"].as_str().unwrap());
    let done = eventually("the erasure is done", IN_TIME, || async {
        let shown = admin.get(&address).await.expect(200).json();
        if shown["state"] == "done" { Ok(shown) } else { Err(shown.to_string()) }
    })
    .await;
    assert_eq!(done["holds"], true, "{done}");
    assert_eq!(done["counts"]["statements"], 2, "{done}");
    let agent = json!({"account": {"homePage": SITE, "name": "1"}}).to_string();
    assert_eq!(admin.found(&[("agent", &agent)]).await, Vec::<String>::new());
    reported(&admin, "progress", &[("by", "")], all).await;
    let after =
        reported(&admin, "progress", &[("by", "region")], |it| rows(it) == rows(&before)).await;
    assert_eq!(rows(&after), rows(&before));
    let learners = admin.get(&seminar::at("/learners")).await.expect(200).text();
    assert!(!learners.contains("u1@example.org") && !learners.contains("\"u1\""), "{learners}");
    let verified = admin.get("/api/v1/audit/verification").await.expect(200).json();
    assert_eq!((&verified["whole"], verified["erased"].as_u64() > Some(0)), (&json!(true), true));
    let audit = admin.get("/api/v1/audit?limit=500").await.expect(200).text();
    assert!(!audit.contains("u1@example.org") && audit.contains("person.exported"), "{audit}");
}
