//! A person is given what is kept of them, and is erased; what their body did stays true.

use std::time::Duration;

use e2e::seminar::{LESSON, SITE, did, reported, rows};
use e2e::{Setup, Statement, Traccia, cli, eventually, seminar};
use serde_json::{Value, json};
use tempfile::TempDir;

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
    assert!(done["scrubbed"].as_str() >= done["done"].as_str(), "{done}");
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

#[tokio::test]
async fn a_request_about_a_person_has_a_hundred_identifiers_at_most() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let others: Vec<String> = (0..100).map(|n| format!("mailto:q{n}@example.org")).collect();
    let whose = "mailto:u1@example.org";
    let many = json!({"identifier": whose, "identifiers": others, "reason": "prot. 12/2026"});
    let refused = admin.post("/api/v1/erasures").json(&many).await.expect(400).json();
    assert!(refused["detail"].as_str().unwrap().contains("101 identifiers"), "{refused}");
    let many = json!({"identifier": whose, "identifiers": others});
    admin.post("/api/v1/dossiers").json(&many).await.is(400);
}

/// Also from the boards that the server has in memory, and from files.
#[tokio::test]
async fn what_a_person_did_is_deleted_and_the_hours_of_their_body_go() {
    let traccia = Setup::default().start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let hours = |said: &str| json!({"duration": "PT5H", "response": said});
    let hers = did(1, "terminated", LESSON, "2026-02-02T09:00:00Z", hours("what she answered"));
    let his = did(2, "terminated", LESSON, "2026-02-02T09:00:00Z", hours("what he answered"));
    let ids = admin.store(&[hers, his]).await;
    let reference = json!({"objectType": "StatementRef", "id": &ids[0]});
    let about_hers = Statement::new().with("/object", reference).json();
    let about_hers = admin.store_one(&about_hers).await;
    reported(&admin, "progress", &[("by", "")], |it| rows(it)[0]["hours"] == 10.0).await;
    let kept = admin.get(&format!("/statements?statementId={}", ids[0])).await.expect(200).text();
    let whose = "mailto:u1@example.org";
    let dry = ["person", "erase", whose, "--mode", "delete", "--dry-run"];
    let told = traccia.cli(&dry).await;
    assert!(told.success().contains("removed         1"), "{told}");
    let erase = ["person", "erase", whose, "--mode", "delete", "--reason", "prot. 2/2026", "--yes"];
    traccia.cli(&erase).await.success();
    let listed = admin.get("/api/v1/erasures").await.expect(200).json();
    let erasure = &listed["items"][0];
    assert_eq!((&erasure["mode"], &erasure["counts"]["removed"]), (&json!("delete"), &json!(1)));
    reported(&admin, "progress", &[("by", "")], |it| rows(it)[0]["hours"] == 5.0).await;
    let learners = admin.get(&seminar::at("/learners")).await.expect(200).text();
    assert!(!learners.contains("erased-") && !learners.contains("\"u1\""), "{learners}");
    assert!(learners.contains("\"u2\""), "{learners}");
    admin.get(&format!("/statements?statementId={}", ids[0])).await.is(404);
    for id in [&ids[1], &about_hers] {
        admin.get(&format!("/statements?statementId={id}")).await.is(200);
    }
    // A platform that sends it again does not bring her back.
    let again = admin.post("/statements").json(&serde_json::from_str::<Value>(&kept).unwrap());
    let refused = again.await.expect(409).json();
    assert_eq!(refused["rule"], "statement-conflict");
    assert!(refused["detail"].as_str().unwrap().contains("was erased"), "{refused}");
    let audit = admin.get("/api/v1/audit?action=person.erased").await.expect(200).text();
    assert!(audit.contains("delete"), "{audit}");
}

/// Whether a file of a folder has this text, also in deleted rows.
fn is_in_files(folder: &std::path::Path, text: &str) -> bool {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(path)
                .unwrap()
                .windows(text.len())
                .any(|it| it == text.as_bytes())
            {
                return true;
            }
        }
    }
    false
}

/// The files are written anew while all that write wait, which no key may ask for again and again.
#[tokio::test]
async fn what_a_key_has_erased_goes_from_the_files_with_what_an_administrator_has_erased() {
    let place = TempDir::new().unwrap();
    let data = place.path().join("data");
    let store = format!("sqlite:{}", data.to_str().unwrap());
    let traccia = Setup::default().store(&store).start().await;
    let north = traccia.holder_of(&["statements/write", "erasures/write"]).await;
    let by = |who: &str| {
        let actor = json!({"mbox": format!("mailto:{who}@comune.example")});
        Statement::new().with("/actor", actor).json()
    };
    north.store(&[by("anna"), by("bruno")]).await;
    let erase = async |client: &e2e::Client, who: &str| {
        let asked =
            json!({"identifier": format!("mailto:{who}@comune.example"), "reason": "12/2026"});
        let begun = client.post("/api/v1/erasures").json(&asked).await.expect(202).json();
        (format!("/api/v1/erasures/{}", begun["id"].as_str().unwrap()), begun)
    };
    let (address, begun) = erase(&north, "anna").await;
    assert_eq!(begun["marks"], json!([]), "a key has nothing to try identifiers against");
    // The quiet hour is half a day away.
    let hour: u8 = begun["created"].as_str().unwrap()[11..13].parse().unwrap();
    let hour = ((hour + 12) % 24).to_string();
    let traccia = traccia.restart_with("TRACCIA__PRIVACY__SCRUB_HOUR", &hour).await;
    let admin = traccia.admin();
    let shown = async |address: &str, state: &str| {
        eventually(state, IN_TIME, || async {
            let shown = admin.get(address).await.expect(200).json();
            if shown["state"] == state { Ok(shown) } else { Err(shown.to_string()) }
        })
        .await
    };
    let erased = shown(&address, "erased").await;
    let expected = (&json!(null), &json!(null), &json!(""), true);
    let said =
        (&erased["scrubbed"], &erased["holds"], &erased["proof"], erased["done"].is_string());
    assert_eq!(said, expected, "{erased}");
    let due = format!("T{hour:0>2}:00:00");
    assert!(erased["scrub_due"].as_str().is_some_and(|it| it.contains(&due)), "{erased}");
    assert!(is_in_files(&data, "anna@comune"), "as the answer says");
    let (managed, _) = erase(&admin, "bruno").await;
    shown(&managed, "done").await;
    let done = shown(&address, "done").await;
    assert_eq!((&done["holds"], &done["scrub_due"]), (&json!(true), &json!(null)), "{done}");
    assert!(done["scrubbed"].as_str() > done["done"].as_str(), "{done}");
    assert!(!is_in_files(&data, "anna@comune") && !is_in_files(&data, "bruno@comune"));
}

/// By the program and its commands alone.
#[tokio::test]
async fn who_was_erased_after_a_backup_is_erased_again_in_what_is_restored_of_it() {
    let place = TempDir::new().unwrap();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let on = |folder: String| async move {
        Setup::default().store(&format!("sqlite:{folder}")).start().await
    };
    let traccia = on(at("data")).await;
    let by = |who: &str| {
        let actor = json!({"mbox": format!("mailto:{who}@comune.example")});
        Statement::new().with("/actor", actor).json()
    };
    let admin = traccia.admin();
    let ids = [admin.store_one(&by("anna")).await, admin.store_one(&by("bruno")).await];
    let store = format!("sqlite:{}", at("data"));
    cli(&["backup", &at("backups"), "--store", &store]).await.success();
    let whose = "mailto:anna@comune.example";
    assert!(is_in_files(&place.path().join("data"), "anna@comune"));
    let erased =
        traccia.cli(&["person", "erase", whose, "--reason", "prot. 1/2026", "--yes"]).await;
    assert!(erased.success().contains("erased: "), "{erased}");
    assert!(!is_in_files(&place.path().join("data"), "anna@comune"));
    let list = admin.get("/api/v1/erasures?limit=500").await.expect(200).text();
    let list = traccia.file("erasures.json", list);
    for (target, again) in [("as-it-was", None), ("restored", Some(list.as_str()))] {
        let target = at(target);
        let backups = at("backups");
        let mut arguments = vec!["restore", &backups, "--data", &target];
        arguments.extend(again.into_iter().flat_map(|list| ["--erasures", list]));
        cli(&arguments).await.success();
        let restored = on(target.clone()).await;
        let admin = restored.admin();
        let agent = json!({"mbox": whose}).to_string();
        if again.is_none() {
            assert!(
                is_in_files(std::path::Path::new(&target), "anna@comune"),
                "the backup has her"
            );
            assert_eq!(admin.found(&[("agent", &agent)]).await, ids[..1]);
            continue;
        }
        eventually("the erasure is done again", IN_TIME, || async {
            let shown = admin.get("/api/v1/erasures").await.expect(200).json();
            if shown["items"][0]["state"] == "done" { Ok(()) } else { Err(shown.to_string()) }
        })
        .await;
        // Before somebody asks for her: the audit log notes about whom.
        assert!(!is_in_files(std::path::Path::new(&target), "anna@comune"));
        assert_eq!(admin.found(&[("agent", &agent)]).await, Vec::<String>::new());
        for id in &ids {
            admin.get(&format!("/statements?statementId={id}")).await.is(200);
        }
        let verified = restored.cli(&["audit", "verify"]).await;
        verified.success();
    }
}

#[tokio::test]
async fn rules_of_retention_are_tried_set_and_shown() {
    let traccia = Traccia::program().await;
    let shown = traccia.cli(&["retention", "show"]).await;
    assert!(shown.success().contains("nobody is erased"), "{shown}");
    let rules = json!({"rules": [{"source": "moodle", "days": 365}], "most_a_day": 7}).to_string();
    let file = traccia.file("retention.json", rules);
    let tried = traccia.cli(&["retention", "set", &file, "--dry-run"]).await;
    assert!(tried.success().contains("0 people would be erased now"), "{tried}");
    assert!(traccia.cli(&["retention", "show"]).await.success().contains("nobody"));
    traccia.cli(&["retention", "set", &file, "--yes"]).await.success();
    let shown = traccia.cli(&["retention", "show"]).await;
    let expected = "365 days  source moodle\nat most 7 people a day\n";
    assert!(shown.success().starts_with(expected), "{shown}");
    let left_out = traccia.cli(&["retention", "left-out"]).await;
    assert_eq!(left_out.success(), "");
    let admin = traccia.admin();
    let audit = admin.get("/api/v1/audit").await.expect(200).text();
    assert!(audit.contains("retention.changed"), "{audit}");
    let short = json!({"rules": [{"days": 3}]});
    let refused = admin.put("/api/v1/retention").json(&short).await;
    assert!(refused.expect(400).text().contains("an age of 30 to 36500 days"));
}

/// As another store tells of an erasure: also again, where the list of the next night has brought the person back.
#[tokio::test]
async fn a_pseudonym_is_of_one_person() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let pseudonym = format!("erased-{:032x}", 7);
    let erase = async |who: &str| {
        let asked = json!({"identifier": format!("mailto:{who}@example.org"), "reason": "prot. 12/2026",
            "pseudonym": pseudonym});
        admin.post("/api/v1/erasures").json(&asked).await
    };
    for _ in 0..2 {
        seminar::load(&admin).await;
        let begun = erase("u1").await.expect(202).json();
        let address = format!("/api/v1/erasures/{}", begun["id"].as_str().unwrap());
        eventually("the erasure is done", IN_TIME, || async {
            let shown = admin.get(&address).await.expect(200).json();
            if shown["state"] == "done" { Ok(()) } else { Err(shown.to_string()) }
        })
        .await;
        let learners = admin.get(&seminar::at("/learners")).await.expect(200).text();
        assert!(
            !learners.contains("u1@example.org") && learners.contains(&pseudonym),
            "{learners}"
        );
        reported(&admin, "progress", &[("by", "")], |it| !rows(it).is_empty()).await;
    }
    let refused = erase("u2").await.problem(409);
    assert_eq!(refused.body["rule"], "erasure-pseudonym-taken");
}

/// Frozen lists and the audit log go on naming who left the list.
#[tokio::test]
async fn who_left_the_learner_list_is_erased_from_frozen_lists_and_from_the_audit_log() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    admin.put("/api/v1/courses/corso").body("application/toml", CERTIFIED).await.is(200);
    let put = async |list: &str, query: &[(&str, &str)]| {
        let put = admin.put("/api/v1/courses/corso/learners").query(query);
        put.body("text/csv", format!("learner,name,identifiers\n{list}")).await.is(200);
    };
    put("u1,Anna,mailto:u1@example.org\nu2,Bruno,mailto:u2@example.org\n", &[]).await;
    let completed = |n: u32| {
        let actor = json!({"mbox": format!("mailto:u{n}@example.org")});
        let verb = json!({"id": "http://adlnet.gov/expapi/verbs/completed"});
        json!({"actor": actor, "verb": verb, "object": {"id": "https://x.example/a"}})
    };
    admin.store(&[completed(1), completed(2)]).await;
    let lists = "/api/v1/courses/corso/certificates";
    let frozen = eventually("both have the certificate", IN_TIME, || async {
        let list = admin.post(lists).await.expect(201).json();
        if list["people"] == 2 { Ok(list) } else { Err(list.to_string()) }
    })
    .await;
    admin.get("/api/v1/courses/corso/learners/u1").await.is(200);
    // The next list has other people, and then the course goes.
    put("u2,Bruno,mailto:u2@example.org\n", &[("mode", "replace")]).await;
    let erased = async |whose: &str| {
        let asked = json!({"identifier": whose, "reason": "prot. 1/2026"});
        let begun = admin.post("/api/v1/erasures").json(&asked).await.expect(202).json();
        let address = format!("/api/v1/erasures/{}", begun["id"].as_str().unwrap());
        eventually("the erasure is done", IN_TIME, || async {
            let shown = admin.get(&address).await.expect(200).json();
            if shown["state"] == "done" { Ok(shown) } else { Err(shown.to_string()) }
        })
        .await
    };
    let done = erased("mailto:u1@example.org").await;
    assert!(done["counts"]["certificates"].as_u64() >= Some(1), "{done}");
    let list = format!("{lists}/{}", frozen["id"].as_str().unwrap());
    let list = admin.get(&list).await.expect(200).text();
    assert!(!list.contains("Anna") && !list.contains("\"u1\"") && list.contains("Bruno"), "{list}");
    admin.get("/api/v1/courses/corso/learners/u2").await.is(200);
    let audit = async || admin.get("/api/v1/audit?limit=500").await.expect(200).text();
    let before = audit().await;
    assert!(!before.contains("corso/u1") && before.contains("corso/u2"), "{before}");
    admin.delete("/api/v1/courses/corso").query(&[("certificates", "true")]).await.is(200);
    erased("mailto:u2@example.org").await;
    let after = audit().await;
    assert!(!after.contains("corso/u2"), "{after}");
}

const CERTIFIED: &str = "id = 'corso'\ntitle = { it = 'Corso' }\ntime_zone = 'Europe/Rome'\n\
    [certificate]\nmodules = ['m1']\n[[module]]\nid = 'm1'\ntitle = { it = 'Uno' }\n\
    complete_when = 'all'\n[[module.activity]]\nid = 'https://x.example/a'\n";
