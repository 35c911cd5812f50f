//! Enrolment: lists sent again, several identifiers of one person, merges, and actors who are
//! nobody yet.

use e2e::seminar::{self, LESSON, SITE, did, learners, reported, row, rows};
use e2e::{Client, Statement, Traccia, account, agent};
use serde_json::{Value, json};

async fn with_course() -> (Traccia, Client) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    (traccia, admin)
}

async fn import(client: &Client, list: &str, query: &str) -> Value {
    let put = client.put(&seminar::at(&format!("/learners{query}")));
    put.body("text/csv", list.to_owned()).await.expect(200).json()
}

fn hours(hours: f64) -> impl Fn(&Value) -> bool {
    move |it| rows(it)[0]["hours"] == hours
}

fn an_hour(who: Value, when: &str) -> Value {
    let object = json!({"id": LESSON});
    let hour = json!({"duration": "PT1H"});
    Statement::new().by(who).did("terminated").to(object).when(when).with("/result", hour).json()
}

#[tokio::test]
async fn a_list_sent_again_updates_and_forgets_nobody() {
    let (_traccia, admin) = with_course().await;
    let list = "learner,identifiers,region,body\nu1,account:https://moodle.example.org|1,Marche,\
                Comune di Ancona\nu13,account:https://moodle.example.org|13,Umbria,Comune di Perugia\n";
    let dry = import(&admin, list, "?dry_run=true").await;
    assert_eq!((&dry["added"], &dry["updated"]), (&json!(["u13"]), &json!(["u1"])), "{dry}");
    assert_eq!(dry["absent"].as_array().map(Vec::len), Some(11), "{dry}");
    assert_eq!(import(&admin, &learners(), "?dry_run=true").await["unchanged"], 12);
    assert_eq!(import(&admin, list, "").await["learners"], 13);
    let matrix = seminar::report(&admin, "matrix", &[]).await;
    assert_eq!(rows(&matrix).len(), 13, "{matrix:#}");
    assert_eq!(row(&matrix, &json!({"learner": "u1"}))["region"], "Marche", "{matrix:#}");
    let left = import(&admin, list, "?mode=replace").await;
    assert_eq!(left["learners"], 2, "{left}");
    admin.put(&seminar::at("/learners?mode=add")).body("text/csv", learners()).await.problem(400);
}

#[tokio::test]
async fn who_leaves_and_comes_back_has_what_they_did() {
    let (_traccia, admin) = with_course().await;
    let hour = json!({"duration": "PT1H"});
    admin.store_one(&did(2, "terminated", LESSON, "2026-02-02T09:00:00Z", hour.clone())).await;
    reported(&admin, "hours", &[("learner", "u2")], hours(1.0)).await;
    let all = learners();
    let others: Vec<&str> = all.lines().filter(|line| !line.starts_with("u2,")).collect();
    let without = others.join("\n");
    import(&admin, &without, "?mode=replace").await;
    admin.get(&seminar::at("/reports/learner")).query(&[("learner", "u2")]).await.problem(404);
    admin.store_one(&did(2, "terminated", LESSON, "2026-02-03T09:00:00Z", hour)).await;
    import(&admin, &learners(), "").await;
    reported(&admin, "hours", &[("learner", "u2")], hours(2.0)).await;
}

#[tokio::test]
async fn a_learner_with_three_identifiers_is_one_person_and_a_hash_is_their_address() {
    let (_traccia, admin) = with_course().await;
    // printf mailto:u1@example.org | sha1sum
    let hash = "ea7b2f934625e08e2331e2ab0024c905f91df5e9";
    let list = "learner,identifiers,body\nu1,account:https://moodle.example.org|1;\
                mailto:u1@example.org;account:https://regione.example.org|mrossi,Comune di Perugia\n";
    import(&admin, list, "").await;
    admin
        .store(&[
            an_hour(account(SITE, "1"), "2026-02-02T09:00:00Z"),
            an_hour(account("https://regione.example.org", "mrossi"), "2026-02-03T09:00:00Z"),
            an_hour(json!({"mbox": "mailto:u1@example.org"}), "2026-02-04T09:00:00Z"),
            an_hour(json!({"mbox_sha1sum": hash}), "2026-02-05T09:00:00Z"),
            // The same as the one before in verb, object, timestamp and result: counted once.
            an_hour(account(SITE, "1"), "2026-02-05T09:00:00Z"),
        ])
        .await;
    reported(&admin, "hours", &[("learner", "u1")], hours(4.0)).await;
}

#[tokio::test]
async fn two_learners_become_one_and_two_again() {
    let (_traccia, admin) = with_course().await;
    admin
        .store(&[
            an_hour(account(SITE, "3"), "2026-02-02T09:00:00Z"),
            an_hour(account(SITE, "4"), "2026-02-03T09:00:00Z"),
        ])
        .await;
    reported(&admin, "hours", &[("learner", "u3")], hours(1.0)).await;
    let merge = |from: &str| admin.put(&seminar::at(&format!("/learners/{from}/merge")));
    merge("u4").json(&json!({"into": "u3"})).await.is(204);
    reported(&admin, "hours", &[("learner", "u3")], hours(2.0)).await;
    // Under either id: lists on paper keep the old one.
    let page = seminar::report(&admin, "learner", &[("learner", "u4")]).await;
    assert!(rows(&page).iter().all(|row| row["learner"] == "u3"), "{page:#}");
    let whole = seminar::report(&admin, "progress", &[("by", "")]).await;
    assert_eq!(rows(&whole)[0]["enrolled"], 11);
    merge("u4").json(&json!({"into": "u3"})).await.problem(409);
    merge("u3").json(&json!({"into": "u4"})).await.problem(409);
    merge("u5").json(&json!({"into": "u99"})).await.problem(404);
    merge("u5").json(&json!({"to": "u3"})).await.problem(400);
    // A merge outlives the next import.
    import(&admin, &learners(), "").await;
    reported(&admin, "hours", &[("learner", "u3")], hours(2.0)).await;
    let unmerge = || admin.delete(&seminar::at("/learners/u4/merge"));
    unmerge().await.is(204);
    reported(&admin, "hours", &[("learner", "u3")], hours(1.0)).await;
    reported(&admin, "hours", &[("learner", "u4")], hours(1.0)).await;
    unmerge().await.problem(409);
}

#[tokio::test]
async fn what_a_stranger_did_is_kept_counted_and_adopted_on_enrolment() {
    let (_traccia, admin) = with_course().await;
    let stranger = agent("stranger");
    let mbox = stranger["mbox"].as_str().unwrap().to_owned();
    admin
        .store(&[
            an_hour(stranger.clone(), "2026-02-02T09:00:00Z"),
            an_hour(stranger, "2026-02-03T09:00:00Z"),
            an_hour(account(SITE, "1"), "2026-02-03T09:00:00Z"),
        ])
        .await;
    reported(&admin, "hours", &[("learner", "u1")], hours(1.0)).await;
    let unassigned = admin.get(&seminar::at("/unassigned")).await.expect(200).json();
    assert_eq!((&unassigned["actors"], &unassigned["statements"]), (&json!(1), &json!(2)));
    assert_eq!(unassigned["unassigned"][0]["actor"], format!("mbox::{mbox}"));
    let health = seminar::report(&admin, "health", &[]).await;
    assert_eq!(row(&health, &json!({"check": "unassigned"}))["count"], 2, "{health:#}");
    import(&admin, &format!("learner,identifiers\nu20,{mbox}\n"), "").await;
    reported(&admin, "hours", &[("learner", "u20")], hours(2.0)).await;
    let unassigned = admin.get(&seminar::at("/unassigned")).await.expect(200).json();
    assert_eq!(unassigned["statements"], 0, "{unassigned}");
}

#[tokio::test]
async fn a_month_sent_again_without_ids_changes_nothing() {
    let (_traccia, admin) = with_course().await;
    let month: Vec<Value> = (1..=28)
        .flat_map(|day| {
            let when = format!("2026-02-{day:02}T09:00:00Z");
            let quarter = json!({"duration": "PT15M"});
            [
                did(1, "suspended", LESSON, &when, quarter),
                did(2, "completed", LESSON, &when, Value::Null),
            ]
        })
        .map(|mut statement| {
            statement.as_object_mut().unwrap().remove("id");
            statement
        })
        .collect();
    admin.store(&month).await;
    // 28 quarters of an hour.
    reported(&admin, "hours", &[("learner", "u1")], hours(7.0)).await;
    let before = seminar::report(&admin, "matrix", &[]).await;
    for half in month.chunks(20) {
        admin.store(half).await;
    }
    admin.store_one(&did(3, "completed", LESSON, "2026-03-01T09:00:00Z", Value::Null)).await;
    let seen = |it: &Value| row(it, &json!({"learner": "u3"}))["m1"] == "in_progress";
    let after = reported(&admin, "matrix", &[], seen).await;
    for learner in ["u1", "u2"] {
        let of = |report: &Value| row(report, &json!({"learner": learner}));
        assert_eq!(of(&after), of(&before), "{learner}");
    }
}

#[tokio::test]
async fn learners_of_an_edition_have_its_days_and_a_file_must_keep_it() {
    let (_traccia, admin) = with_course().await;
    let edition = "[[edition]]\nid = \"spring\"\ntitle = { it = \"Primavera\" }\n\
                   begins = 2026-03-01\nends = 2026-05-31\n\n[certificate]";
    let file = seminar::file().replace("[certificate]", edition);
    let list = "learner,identifiers,edition\nu1,account:https://moodle.example.org|1,spring\n";
    let put = |path: &str| admin.put(&seminar::at(path));
    let unknown = put("/learners").body("text/csv", list.to_owned()).await;
    unknown.problem(400);
    assert!(unknown.text().contains("spring"), "{unknown}");
    put("").body("application/toml", file).await.is(200);
    put("/learners").body("text/csv", list.to_owned()).await.is(200);
    admin
        .store(&[
            an_hour(account(SITE, "1"), "2026-02-28T09:00:00Z"),
            an_hour(account(SITE, "1"), "2026-03-01T09:00:00Z"),
            an_hour(account(SITE, "2"), "2026-02-28T09:00:00Z"),
        ])
        .await;
    reported(&admin, "hours", &[("learner", "u2")], hours(1.0)).await;
    reported(&admin, "hours", &[("learner", "u1")], hours(1.0)).await;
    let lost = put("").body("application/toml", seminar::file()).await;
    lost.problem(400);
    assert!(lost.text().contains("spring"), "{lost}");
}
