//! What the pages on courses ask: all courses at a glance, learners by the page, what a course file would change, and
//! activities that belong to no module.

use std::time::Duration;

use e2e::course::{COURSE, FIRST, SECOND, SITE, at, file, learners, load};
use e2e::{Client, Statement, Traccia, account, eventually, new_id};
use serde_json::{Value, json};

async fn with_course() -> (Traccia, Client) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    load(&admin).await;
    (traccia, admin)
}

async fn umbria(traccia: &Traccia) -> Client {
    let new = json!({"scopes": ["progress/read"], "bounds": {"regions": ["Umbria"]}});
    let key = traccia.admin().post("/api/v1/keys").json(&new).await.expect(201).json();
    traccia.with_key(key["key"].as_str().unwrap(), key["secret"].as_str().unwrap())
}

fn said(learner: &str, object: &str, verb: &str) -> Value {
    Statement::new().by(account(SITE, learner)).did(verb).to(json!({"id": object})).json()
}

async fn effect(admin: &Client, file: String) -> Value {
    let asked = admin.put(&at("?dry_run=true")).body("application/toml", file);
    asked.await.expect(200).json()["effect"].clone()
}

#[tokio::test]
async fn courses_are_listed_with_what_there_is_of_each_and_a_bound_key_counts_its_own() {
    let (traccia, admin) = with_course().await;
    let ids = admin.get("/api/v1/courses").await.expect(200).json();
    assert_eq!(ids, json!([COURSE]));
    let list = async |client: &Client| {
        client.get("/api/v1/courses?details=true").await.expect(200).json()["items"][0].clone()
    };
    let course = list(&admin).await;
    assert_eq!(course["id"], COURSE);
    assert_eq!(course["title"]["en"], "Fire safety");
    assert_eq!((&course["learners"], &course["modules"]), (&json!(4), &json!(2)));
    assert_eq!(list(&umbria(&traccia).await).await["learners"], 3);
    admin.put(&at("/learners/u2/merge")).json(&json!({"into": "u3"})).await.is(204);
    assert_eq!(list(&admin).await["learners"], 3);
}

#[tokio::test]
async fn learners_are_read_by_the_page_searched_and_one_by_one() {
    let (traccia, admin) = with_course().await;
    let umbria = umbria(&traccia).await;
    let page = async |client: &Client, query: &str| {
        client.get(&at(&format!("/learners?{query}"))).await.expect(200).json()
    };
    let ids = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = page(&admin, "limit=3&sort=-id").await;
    assert_eq!(
        (ids(&first), &first["found"]),
        (vec!["u4".into(), "u3".into(), "u2".into()], &json!(4))
    );
    let next = first["next"].as_str().unwrap();
    let last = page(&admin, &format!("limit=3&sort=-id&after={next}")).await;
    assert_eq!((ids(&last), &last["next"]), (vec!["u1".to_owned()], &Value::Null));
    assert_eq!(ids(&page(&admin, "search=TERNI").await), ["u2", "u3"]);
    assert_eq!(ids(&page(&admin, "search=u1@example").await), ["u1"]);
    assert_eq!(ids(&page(&umbria, "limit=9").await), ["u1", "u2", "u3"]);
    assert!(ids(&page(&umbria, "search=verona").await).is_empty());
    admin.get(&at("/learners?after=x")).await.problem(400);
    admin.get(&at("/learners?sort=age")).await.problem(400);
    let whole = admin.get(&at("/learners")).await.expect(200).json();
    assert_eq!(whole["learners"].as_array().unwrap().len(), 4, "as before");

    admin.put(&at("/learners/u4/merge")).json(&json!({"into": "u1"})).await.is(204);
    let one = admin.get(&at("/learners/u4")).await.expect(200).json();
    assert_eq!((&one["id"], &one["merged_into"]), (&json!("u1"), &json!("u1")));
    assert_eq!(one["merged"][0]["id"], "u4");
    let seen = umbria.get(&at("/learners/u1")).await.expect(200).json();
    assert_eq!(seen["merged"], json!([]), "whom it was merged from is elsewhere");
    umbria.get(&at("/learners/u4")).await.problem(404);
    admin.get(&at("/learners/none")).await.problem(404);
}

#[tokio::test]
async fn the_statements_of_a_learner_are_read_by_the_page_from_either_end() {
    let (_traccia, admin) = with_course().await;
    let mut ids = Vec::new();
    for day in 1..=5 {
        let id = new_id();
        let statement = Statement::new().id(&id).by(account(SITE, "1")).to(json!({"id": FIRST}));
        admin.store_one(&statement.when(&format!("2026-03-0{day}T10:00:00Z")).json()).await;
        ids.push(id);
    }
    let read = async |query: &str| {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let path = at(&format!("/learners/u1/statements?limit=2{query}{after}"));
            let page = admin.get(&path).await.expect(200).json();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            all.extend(items.iter().map(|it| it["id"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return all,
            }
        }
    };
    assert_eq!(read("").await, ids);
    ids.reverse();
    assert_eq!(read("&descending=true").await, ids);
    let whole = admin.get(&at("/learners/u1/statements")).await.expect(200).json();
    assert_eq!(whole.as_array().unwrap().len(), 5, "as before");
    admin.get(&at("/learners/u1/statements?after=x")).await.problem(400);
}

#[tokio::test]
async fn faults_of_a_course_file_and_of_a_list_are_told_one_by_one() {
    let (_traccia, admin) = with_course().await;
    let broken = file().replace("hours = 4", "hours = \"four\"").replace("\"passed\"", "\"won\"");
    let asked = admin.put(&at("?dry_run=true")).body("application/toml", broken);
    let problem = asked.header("accept-language", "it").await.problem(400);
    let faults = problem.body["faults"].as_array().unwrap().clone();
    assert_eq!(faults.len(), 2, "{problem:?}");
    assert!(faults.iter().all(|it| it["line"].is_u64() && it["column"].is_u64()), "{faults:?}");
    let list = learners().replace("u2,", "u1,");
    let asked = admin.put(&at("/learners?dry_run=true")).body("text/csv", list);
    let problem = asked.await.problem(400);
    assert_eq!(problem.body["faults"][0]["line"], 3, "{problem:?}");
    assert!(problem.body["faults"][0]["message"].is_string(), "{problem:?}");
}

#[tokio::test]
async fn a_change_of_rules_is_previewed_for_all_who_did_anything() {
    let (_traccia, admin) = with_course().await;
    admin
        .store(&[
            said("1", FIRST, "completed"),
            said("1", &format!("{SECOND}quiz"), "passed"),
            said("2", FIRST, "completed"),
            said("2", &format!("{SECOND}quiz"), "failed"),
        ])
        .await;
    // What is compared with is what counts now: wait until all four do.
    let began = eventually("the statements count", Duration::from_secs(15), || async {
        let effect = effect(&admin, file()).await;
        if effect["looked_at"] == 2 && effect["completed_before"] == 1 {
            Ok(effect)
        } else {
            Err(effect.to_string())
        }
    });
    assert_eq!(began.await["learners_changed"], 0);
    let same = effect(&admin, file()).await;
    assert_eq!((&same["learners"], &same["learners_changed"]), (&json!(4), &json!(0)), "{same:#}");
    let lenient = file().replace("complete_when = \"passed\"", "complete_when = \"experienced\"");
    let found = effect(&admin, lenient).await;
    assert_eq!(found["complete"], true);
    assert_eq!(
        (&found["completed_before"], &found["completed_after"]),
        (&json!(1), &json!(2)),
        "{found:#}"
    );
    assert_eq!(found["examples"][0]["learner"], "u2");
    assert_eq!(found["examples"][0]["after"]["state"], "completed");
    let shorter: String = file().split("\n[[module]]\nid = \"m2\"").next().unwrap().to_owned();
    let found = effect(&admin, shorter).await;
    assert_eq!(found["modules_removed"], json!(["m2"]));
    assert_eq!(found["completed_after"], 2, "{found:#}");
    let again = effect(&admin, file()).await;
    assert_eq!(again, same, "nothing was changed");
}

#[tokio::test]
async fn an_activity_that_belongs_to_no_module_is_found_and_put_into_one() {
    let (traccia, admin) = with_course().await;
    let new = format!("{SITE}/mod/scorm/view.php?id=77");
    let named = json!({"id": new, "definition": {"name": {"it-IT": "Nuovo \"quiz\""}}});
    let completed = |learner: &str| {
        Statement::new().by(account(SITE, learner)).did("completed").to(named.clone()).json()
    };
    admin.store(&[completed("1"), completed("4"), completed("4"), completed("99")]).await;
    admin.store_one(&said("1", "https://elsewhere.example/x", "completed")).await;
    let found = admin.get(&at("/unmapped")).await.expect(200).json();
    let [item] = found["items"].as_array().unwrap().as_slice() else { panic!("{found:#}") };
    assert_eq!(item["activity"], new);
    assert_eq!((&item["learners"], &item["statements"]), (&json!(2), &json!(3)));
    assert_eq!(
        (&item["name"]["it-IT"], &item["suggestion"]),
        (&json!("Nuovo \"quiz\""), &json!("m1"))
    );
    let bound = umbria(&traccia).await.get(&at("/unmapped")).await.expect(200).json();
    assert_eq!(bound["items"][0]["learners"], 1, "its own");

    let mapping = json!({"activity": new, "module": "m1", "based_on": found["revision"]});
    let dry = admin.post(&at("/mappings?dry_run=true")).json(&mapping).await.expect(200).json();
    assert_eq!((&dry["activities"], &dry["effect"]["complete"]), (&json!(3), &json!(true)));
    let mapped = admin.post(&at("/mappings")).json(&mapping).await.expect(200).json();
    assert!(mapped["revision"].as_i64() > found["revision"].as_i64(), "{mapped}");
    let text = admin.get(&at("")).await.expect(200).text();
    let before = file();
    let begin = text.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
    assert!(text.ends_with(&before[begin..]), "all else of the file stays: {text}");
    assert!(text.contains("Nuovo \\\"quiz\\\"") || text.contains("'Nuovo \"quiz\"'"), "{text}");
    assert_eq!(admin.get(&at("/unmapped")).await.expect(200).json()["items"], json!([]));
    // The wish of another page, made of the file before.
    let again = admin.post(&at("/mappings")).json(&mapping).await.problem(409);
    assert_eq!(again.body["rule"], "course-changed");
    let mapping = json!({"activity": new, "module": "m2"});
    let again = admin.post(&at("/mappings")).json(&mapping).await.problem(409);
    assert_eq!(again.body["rule"], "activity-mapped");
    let nowhere = json!({"activity": format!("{new}8"), "module": "m9"});
    admin.post(&at("/mappings")).json(&nowhere).await.problem(404);
    let old = at(&format!("?based_on={}", found["revision"]));
    admin.put(&old).body("application/toml", file()).await.problem(409);
    let now = admin.get(&at("/summary")).await.expect(200).json()["revision"].clone();
    admin.put(&at(&format!("?based_on={now}"))).body("application/toml", file()).await.is(200);
}

#[tokio::test]
async fn keys_are_made_by_what_they_are_for() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let bundles = admin.get("/api/v1/keys/bundles").await.expect(200).json();
    let ids: Vec<&str> =
        bundles.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["moodle", "storyline", "content_package", "reader", "coordinator"]);
    for bundle in bundles.as_array().unwrap() {
        let bounds = match bundle["bounds_needed"].as_str() {
            Some("territory") => json!({"regions": ["Umbria"]}),
            Some(_) => json!({"activities": ["https://example.org/a"]}),
            None => Value::Null,
        };
        let bare = json!({"bundle": bundle["id"]});
        let mut new = bare.clone();
        if bounds.is_object() {
            admin.post("/api/v1/keys").json(&bare).await.problem(400);
            new["bounds"] = bounds;
        }
        let made = admin.post("/api/v1/keys").json(&new).await.expect(201).json();
        let sorted = |list: &Value| {
            let mut names: Vec<String> = serde_json::from_value(list.clone()).unwrap();
            names.sort();
            names
        };
        assert_eq!(sorted(&made["scopes"]), sorted(&bundle["scopes"]), "{made}");
    }
    for wrong in [
        json!({"bundle": "none"}),
        json!({"bundle": "moodle", "scopes": ["all"]}),
        json!({"bundle": "moodle", "key": "bundles"}),
        json!({}),
    ] {
        admin.post("/api/v1/keys").json(&wrong).await.problem(400);
    }
}

#[tokio::test]
async fn how_the_server_fares_is_told_to_who_reads_everything() {
    let (_traccia, admin) = with_course().await;
    admin.store_one(&said("1", FIRST, "completed")).await;
    let health = admin.get("/api/v1/health").await.expect(200).json();
    let source = &health["sources"][0];
    assert_eq!(
        (&source["statements_today"], &source["silent"]),
        (&json!(1), &json!(false)),
        "{health:#}"
    );
    assert!(source["last_statement"].is_string(), "{health:#}");
    assert_eq!(health["follower"][0]["course"], COURSE);
    assert!(health["disk"]["used_bytes"].as_u64().is_none_or(|used| used > 0), "{health:#}");
}

#[tokio::test]
async fn a_rebuild_is_begun_and_looked_at_until_it_has_ended() {
    let (_traccia, admin) = with_course().await;
    admin.post(&at("/rebuild?job=true")).await.is(202);
    admin.post("/api/v1/courses/none/rebuild?job=true").await.problem(404);
    let ended = eventually("the rebuild", Duration::from_secs(30), || async {
        let job = admin.get("/api/v1/jobs").await.expect(200).json()["items"][0].clone();
        if job["state"] == "running" { Err(job.to_string()) } else { Ok(job) }
    });
    let job = ended.await;
    assert_eq!(
        (&job["state"], &job["kind"], &job["course"]),
        (&json!("done"), &json!("rebuild"), &json!(COURSE))
    );
    assert_eq!(job["result"]["statements"], 0, "{job}");
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    admin.delete(&path).await.is(204);
    admin.delete(&path).await.problem(404);
}

#[tokio::test]
async fn the_command_line_asks_the_same() {
    let (traccia, admin) = with_course().await;
    let new = format!("{SITE}/mod/scorm/view.php?id=77");
    admin.store_one(&said("1", &new, "completed")).await;
    let unmapped = traccia.cli(&["course", "unmapped", COURSE]).await;
    assert!(unmapped.success().contains(&new), "{unmapped}");
    let dry = traccia.cli(&["course", "map", COURSE, &new, "m1", "--dry-run"]).await;
    assert!(dry.success().contains("would stand otherwise"), "{dry}");
    traccia.cli(&["course", "map", COURSE, &new, "m1"]).await.success();
    let text = traccia.file("course.toml", file());
    let preview = traccia.cli(&["course", "preview", &text]).await;
    assert!(preview.success().contains("learners looked at"), "{preview}");
    let wrong = traccia.file("s.json", r#"{"actor": {}}"#);
    let checked = traccia.cli(&["statement", "check", &wrong]).await;
    assert_eq!(checked.code, Some(1), "{checked}");
    admin.post("/statements").json(&json!({"actor": {}})).await.is(400);
    let listed = traccia.cli(&["refusals", "list", "--limit", "1"]).await;
    let id = listed.success().split_whitespace().nth(1).unwrap().to_owned();
    assert!(traccia.cli(&["refusals", "show", &id]).await.success().contains("/xapi/statements"));
    assert_eq!(traccia.cli(&["refusals", "test", &id]).await.code, Some(1));
}
