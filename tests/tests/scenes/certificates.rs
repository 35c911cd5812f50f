//! Certificates: who has a right to one, on which day, and lists that nobody can change unnoticed.

use std::collections::BTreeSet;

use e2e::seminar::{self, COURSE, LESSON, TEST, did, register_of, report, reported, rows};
use e2e::{Client, Traccia};
use serde_json::{Value, json};

/// `u1` fulfils the rule (8 hours, 4 of them in presence, both modules) on 5 March, `u2` lacks the
/// test.
async fn with_history() -> (Traccia, Client) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let five = || json!({"duration": "PT5H"});
    admin
        .store(&[
            did(1, "terminated", LESSON, "2026-02-02T09:00:00Z", five()),
            did(1, "completed", LESSON, "2026-02-02T09:00:00Z", Value::Null),
            did(1, "passed", TEST, "2026-02-03T09:00:00Z", Value::Null),
            did(2, "terminated", LESSON, "2026-02-02T09:00:00Z", five()),
            did(2, "completed", LESSON, "2026-02-02T09:00:00Z", Value::Null),
        ])
        .await;
    let put = admin.put(&register_of("perugia"));
    put.body("text/csv", "learner\nu1\nu2\n".to_owned()).await.is(200);
    reported(&admin, "hours", &[("by", "region")], |it| rows(it).len() == 2).await;
    reported(&admin, "certificates", &[], |it| rows(it).len() == 1).await;
    (traccia, admin)
}

#[tokio::test]
async fn the_list_names_who_fulfils_all_rules_on_the_day_and_since_when() {
    let (_traccia, admin) = with_history().await;
    let list = report(&admin, "certificates", &[]).await;
    let first = &rows(&list)[0];
    assert_eq!((&first["learner"], &first["since"]), (&json!("u1"), &json!("2026-03-05")));
    assert_eq!((&first["hours"], &first["hours_presence"]), (&json!(9.0), &json!(4.0)));
    let rule = list["notes"][0].as_str().unwrap();
    for part in ["m1, m2", "8 hours", "4 of them in presence", "2026-12-31"] {
        assert!(rule.contains(part), "{part}: {rule}");
    }
    let before = report(&admin, "certificates", &[("at", "2026-03-04")]).await;
    assert!(rows(&before).is_empty(), "{before:#}");
}

#[tokio::test]
async fn what_comes_after_the_last_day_gives_no_right() {
    let (_traccia, admin) = with_history().await;
    let put = admin.put(&seminar::at(""));
    let earlier = seminar::file().replace("by = 2026-12-31", "by = 2026-03-04");
    put.body("application/toml", earlier).await.is(200);
    let list = report(&admin, "certificates", &[]).await;
    assert!(rows(&list).is_empty(), "the seminar came a day late: {list:#}");
}

#[tokio::test]
async fn a_frozen_list_stays_as_it_was_and_verify_sees_every_change() {
    let (traccia, admin) = with_history().await;
    let frozen = traccia.cli(&["certificate", "freeze", COURSE, "--at", "2026-03-31"]).await;
    let id = frozen.success().split_whitespace().next().unwrap().to_owned();
    assert!(id.starts_with("2026-03-31-"), "{frozen}");
    let file = traccia.folder().join("list.json");
    let file = file.to_str().unwrap();
    let show = ["certificate", "show", COURSE, &id, "--format", "json", "--output", file];
    traccia.cli(&show).await.success();
    let verified = traccia.cli(&["certificate", "verify", file]).await;
    assert!(verified.success().contains("1 people"), "{verified}");
    traccia.cli(&["certificate", "verify", file, "--offline"]).await.success();

    // What happens afterwards changes the report, and not the list.
    admin.store_one(&did(2, "passed", TEST, "2026-03-01T09:00:00Z", Value::Null)).await;
    reported(&admin, "certificates", &[], |it| rows(it).len() == 2).await;
    traccia.cli(&["certificate", "verify", file]).await.success();
    let list = admin.get(&seminar::at(&format!("/certificates/{id}"))).await.expect(200);
    assert_eq!(list.text().trim(), std::fs::read_to_string(file).unwrap().trim());

    let text = std::fs::read_to_string(file).unwrap();
    for (from, to) in
        [("Persona 1", "Persona 2"), ("2026-03-05", "2026-03-01"), ("\"u1\"", "\"u9\"")]
    {
        let changed = traccia.file("changed.json", text.replace(from, to));
        let verified = traccia.cli(&["certificate", "verify", &changed]).await;
        assert_eq!(verified.code, Some(1), "{from} became {to}: {verified}");
        assert!(verified.stderr.contains("changed"), "{verified}");
    }
}

#[tokio::test]
async fn a_list_with_a_right_hash_that_this_server_never_froze_is_made_up() {
    let (traccia, _admin) = with_history().await;
    let (other, other_admin) = with_history().await;
    let put = other_admin.put(&seminar::at("/learners"));
    let renamed = seminar::learners().replace("Persona 1,", "Persona X,");
    put.body("text/csv", renamed).await.is(200);
    let frozen = other_admin.post(&seminar::at("/certificates?at=2026-03-31")).await.expect(201);
    let id = frozen.json()["id"].as_str().unwrap().to_owned();
    let list = other_admin.get(&seminar::at(&format!("/certificates/{id}"))).await.expect(200);
    let file = traccia.file("other.json", list.text());
    traccia.cli(&["certificate", "verify", &file, "--offline"]).await.success();
    let verified = traccia.cli(&["certificate", "verify", &file]).await;
    assert_eq!(verified.code, Some(1), "{verified}");
    assert!(verified.stderr.contains("never froze"), "{verified}");
    drop(other);
}

#[tokio::test]
async fn a_frozen_list_can_be_printed_with_its_rule_and_hash() {
    let (_traccia, admin) = with_history().await;
    let frozen = admin.post(&seminar::at("/certificates?at=2026-03-31")).await.expect(201).json();
    let (id, hash) = (frozen["id"].as_str().unwrap(), frozen["hash"].as_str().unwrap());
    let again = admin.get(&seminar::at("/certificates")).await.expect(200).json();
    assert_eq!(again[0]["hash"], hash);
    let page = admin.get(&seminar::at(&format!("/certificates/{id}")));
    let page = page.query(&[("format", "html"), ("lang", "it")]).await.expect(200).text();
    for part in [hash, "Persona 1", "31/03/2026", "05/03/2026", "almeno 8 ore"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    admin.get(&seminar::at("/certificates/none")).await.problem(404);
    admin.get(&seminar::at("/certificates/none/people")).await.problem(404);
    admin.post(&seminar::at("/certificates?at=soon")).await.problem(400);
    admin.post(&seminar::at("/certificates?at=9998-01-01")).await.problem(400);
}

#[tokio::test]
async fn the_people_of_a_frozen_list_come_in_pages_and_are_searched() {
    let (_traccia, admin) = with_history().await;
    admin.store_one(&did(2, "passed", TEST, "2026-03-01T09:00:00Z", Value::Null)).await;
    reported(&admin, "certificates", &[], |it| rows(it).len() == 2).await;
    let frozen = admin.post(&seminar::at("/certificates?at=2026-03-31")).await.expect(201).json();
    let id = frozen["id"].as_str().unwrap();
    let people = async |query: &[(&str, &str)]| {
        let page = admin.get(&seminar::at(&format!("/certificates/{id}/people")));
        page.query(query).await.expect(200).json()
    };
    let names = |page: &Value| rows(page).iter().map(|it| it["name"].clone()).collect::<Vec<_>>();
    let first = people(&[("limit", "1"), ("sort", "-name")]).await;
    assert_eq!((names(&first), &first["found"]), (vec!["Persona 2".into()], &2.into()));
    let second = people(&[("limit", "1"), ("sort", "-name"), ("offset", "1")]).await;
    assert_eq!(names(&second), ["Persona 1"]);
    assert_eq!(names(&people(&[("search", "persona 2")]).await), ["Persona 2"]);
}

/// Who has the list without a line does not find the line by trying names against the hash.
#[tokio::test]
async fn each_line_of_a_frozen_list_has_a_salt_that_nobody_guesses() {
    let (_traccia, admin) = with_history().await;
    admin.store_one(&did(2, "passed", TEST, "2026-03-01T09:00:00Z", Value::Null)).await;
    reported(&admin, "certificates", &[], |it| rows(it).len() == 2).await;
    let mut salts = BTreeSet::new();
    for day in ["2026-03-30", "2026-03-31"] {
        let path = seminar::at(&format!("/certificates?at={day}"));
        let frozen = admin.post(&path).await.expect(201).json();
        let id = frozen["id"].as_str().unwrap();
        let list = admin.get(&seminar::at(&format!("/certificates/{id}"))).await.expect(200).json();
        for person in list["people"].as_array().unwrap() {
            salts.insert(person["salt"].as_str().expect("a salt").to_owned());
        }
    }
    assert_eq!(salts.len(), 4, "two lines of two lists: {salts:?}");
    assert!(salts.iter().all(|salt| salt.len() >= 32), "{salts:?}");
}
