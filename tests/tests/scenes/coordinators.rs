//! What a coordinator is told of what they hardly meant: names that nobody has, lists whose columns
//! are swapped, courses whose hours would stay 0.

use e2e::seminar::{self, LESSON, did, reported, row, rows};
use e2e::{Client, Traccia};
use serde_json::{Value, json};

async fn with_course() -> (Traccia, Client) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    (traccia, admin)
}

async fn refused(client: &Client, report: &str, query: &[(&str, &str)]) -> String {
    let answer = client.get(&seminar::at(&format!("/reports/{report}"))).query(query).await;
    assert_eq!(answer.problem(400).body["rule"], "nobody-has", "{answer}");
    answer.json()["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_report_on_what_nobody_has_is_an_error_that_names_what_is_near() {
    let (traccia, admin) = with_course().await;
    for (what, value, near) in [
        ("region", "Umbira", "is it `Umbria`?"),
        ("region", "umbria", "is it `Umbria`?"),
        ("province", "Perugai", "is it `Perugia`?"),
        ("body", "Perugia", "is it `Comune di Perugia`?"),
        ("body", "54039", "is it `054039`?"),
        ("role", "managers", "is it `manager`?"),
        ("office", "social service", "is it `social services`?"),
    ] {
        let detail = refused(&admin, "hours", &[(what, value)]).await;
        assert_eq!(detail, format!("no learner has the {what} `{value}`: {near}"));
    }
    let nothing_near = refused(&admin, "matrix", &[("region", "Atlantide")]).await;
    assert_eq!(nothing_near, "no learner has the region `Atlantide`");
    refused(&admin, "progress", &[("edition", "2027")]).await;
    let cli = traccia.cli(&["report", seminar::COURSE, "hours", "--region", "Umbira"]).await;
    assert_eq!(cli.code, Some(3), "{cli}");
    assert!(cli.stderr.contains("is it `Umbria`?"), "{cli}");
    // What each is of somebody, and together of nobody, is an empty table.
    let none = seminar::report(&admin, "hours", &[("region", "Umbria"), ("body", "015146")]).await;
    assert!(rows(&none).is_empty(), "{none:#}");
    assert_eq!(rows(&seminar::report(&admin, "hours", &[("body", "054039")]).await).len(), 5);
}

#[tokio::test]
async fn a_bound_key_is_told_no_names_from_outside_of_its_bounds() {
    let (traccia, admin) = with_course().await;
    let new = json!({"scopes": ["progress/read"], "bounds": {"regions": ["Umbria"]}});
    let key = admin.post("/api/v1/keys").json(&new).await.expect(201).json();
    let umbria = traccia.with_key(key["key"].as_str().unwrap(), key["secret"].as_str().unwrap());
    for value in ["Lombardia", "Lombardy"] {
        let detail = refused(&umbria, "hours", &[("region", value)]).await;
        assert_eq!(detail, format!("no learner has the region `{value}`"));
    }
}

#[tokio::test]
async fn a_key_is_not_bound_to_a_territory_that_nobody_is_in() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let bind = async |bounds: Value| {
        let new = json!({"scopes": ["progress/read"], "bounds": bounds});
        admin.post("/api/v1/keys").json(&new).await
    };
    bind(json!({"regions": ["Umbira"]})).await.is(201);
    seminar::load(&admin).await;
    for (bounds, said) in [
        (json!({"regions": ["Umbria", "Umbira"]}), "the region `Umbira`: is it `Umbria`?"),
        (json!({"bodies": ["Perugia"]}), "the body `Perugia`: is it `Comune di Perugia`?"),
        (json!({"regions": ["Atlantide"]}), "the region `Atlantide`"),
    ] {
        let refused = bind(bounds).await;
        assert_eq!(refused.problem(400).body["rule"], "nobody-has", "{refused}");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.ends_with(said), "{detail}");
    }
    // Known to the state, or to the list of learners.
    bind(json!({"regions": ["Sicilia"], "bodies": ["082053"]})).await.is(201);
    bind(json!({"regions": ["Lombardia"], "bodies": ["Comune di Terni", "055032"]})).await.is(201);
}

#[tokio::test]
async fn a_list_is_taken_and_warned_of_in_the_language_of_the_terminal() {
    let (traccia, admin) = with_course().await;
    let list = "learner,identifiers,region,province,istat\n\
                v1,account:https://moodle.example.org/|1,Milano,Lombardia,15146\n\
                v2,\"mailto:a@example.org,mailto:b@example.org\",Milano,Lombardia,015146\n\
                v3,mailto:c@example.org,Umbria,Perugia,054039\n";
    let put = admin.put(&seminar::at("/learners?dry_run=true")).body("text/csv", list.to_owned());
    let taken = put.await.expect(200).json();
    let told: Vec<Value> = taken["warnings"].as_array().unwrap().clone();
    let kinds: Vec<&Value> = told.iter().map(|it| &it["warning"]).collect();
    assert_eq!(
        kinds,
        ["region-province-swapped", "istat-without-zero", "identifiers-joined", "home-page-slash"]
    );
    assert_eq!((&told[0]["count"], &told[0]["lines"]), (&json!(2), &json!([2, 3])));
    assert!(told[0]["message"]["it"].as_str().unwrap().contains("scambiate"), "{taken:#}");
    assert_eq!(taken["added"], json!(["v1", "v2", "v3"]));
    let file = traccia.file("learners.csv", list);
    let import = ["learners", "import", seminar::COURSE, &file, "--dry-run"];
    let cli = traccia.cli(&import).await;
    assert!(cli.success().contains("a dry run"), "{cli}");
    assert!(
        cli.stderr.contains("warning: 2 lines (2, 3): `region` and `province` are swapped"),
        "{cli}"
    );
    let good = admin.put(&seminar::at("/learners")).body("text/csv", seminar::learners());
    assert_eq!(good.await.expect(200).json()["warnings"], Value::Null);
}

#[tokio::test]
async fn lessons_of_moodle_that_tell_no_time_are_named_when_loaded_and_in_the_health_report() {
    let (traccia, admin) = with_course().await;
    let file = traccia.file("course.toml", seminar::file());
    let loaded = traccia.cli(&["course", "load", &file, "--dry-run"]).await;
    loaded.success();
    assert!(loaded.stderr.contains("course.toml:21:6: warning: "), "{loaded}");
    assert!(loaded.stderr.contains("credit = \"nominal\""), "{loaded}");
    admin.store(&[did(1, "completed", LESSON, "2026-02-02T09:00:00Z", Value::Null)]).await;
    let of_lesson = json!({"check": "without_time", "subject": "lesson"});
    let health = reported(&admin, "health", &[], |it| !row(it, &of_lesson).is_null()).await;
    let told = row(&health, &of_lesson);
    assert_eq!(told["count"], 1);
    assert!(told["meaning"].as_str().unwrap().contains("credit = \"nominal\""), "{told:#}");
    let timed = json!({"duration": "PT1H"});
    admin.store(&[did(2, "completed", LESSON, "2026-02-02T10:00:00Z", timed)]).await;
    reported(&admin, "health", &[], |it| row(it, &of_lesson).is_null()).await;
}
