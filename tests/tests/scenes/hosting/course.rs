//! Packages that course files name.

use e2e::Traccia;
use serde_json::json;

use super::package::{import, package};
use super::{COURSE, LEARNERS, of, with_package};

#[tokio::test]
async fn a_course_file_with_a_package_that_is_not_there_is_warned_of() {
    let traccia = Traccia::start().await;
    import(&traccia, "sicurezza", package(&["I1"], "one")).await;
    let admin = traccia.admin();
    let typo = COURSE.replace("\"corso\"", "\"sicurezz\"");
    let put = |file: &str, language: &str| {
        let ask = admin.put("/api/v1/courses/safety").header("accept-language", language);
        ask.query(&[("dry_run", "true")]).body("application/toml", file.to_owned())
    };
    let warned = put(&typo, "en").await.expect(200).json();
    let warning = &warned["warnings"][0];
    let line = 1 + typo.lines().position(|line| line.starts_with("package")).unwrap();
    assert_eq!(warning["line"], line, "{warned}");
    let message = warning["message"].as_str().unwrap();
    assert!(message.contains("`sicurezz` was not imported: is it `sicurezza`?"), "{message}");
    assert!(message.contains("traccia package import"), "{message}");
    let warned = put(&typo, "it").await.expect(200).json();
    let message = warned["warnings"][0]["message"].as_str().unwrap();
    assert!(message.contains("`sicurezz` non è stato importato"), "{message}");
    let good = COURSE.replace("\"corso\"", "\"sicurezza\"");
    assert_eq!(put(&good, "en").await.expect(200).json().get("warnings"), None);
    let file = traccia.file("typo.toml", &typo);
    let loaded = traccia.cli(&["course", "load", &file]).await;
    loaded.success();
    let place = format!("typo.toml:{line}:11: warning: the package `sicurezz` was not imported");
    assert!(loaded.stderr.contains(&place), "{loaded}");
}

#[tokio::test]
async fn a_launch_for_a_course_without_the_package_is_refused_with_what_to_do() {
    let traccia = with_package(&["I1"]).await;
    import(&traccia, "altro", package(&["I1"], "other")).await;
    let ask = traccia.admin().post("/api/v1/packages/altro/launches");
    let refused = ask.json(&of("u1")).await.problem(409);
    assert_eq!(refused.body["rule"], "launch-course");
    let remedy = refused.body["remedy"].as_str().unwrap();
    assert!(remedy.contains("package = \"altro\""), "{remedy}");
    // A course may name one SCO of it alone.
    let one = COURSE.replace("package = \"corso\"", "id = \"urn:traccia:package:altro/I1\"");
    let admin = traccia.admin();
    let one = one.replace("\"safety\"", "\"one\"");
    admin.put("/api/v1/courses/one").body("application/toml", one).await.is(200);
    admin.put("/api/v1/courses/one/learners").body("text/csv", LEARNERS).await.is(200);
    let launch = admin.post("/api/v1/packages/altro/launches");
    launch.json(&json!({"learner": "u1", "course": "one"})).await.is(201);
}

#[tokio::test]
async fn a_key_without_the_scope_is_told_which_scopes_would_do() {
    let traccia = with_package(&["I1"]).await;
    let reader = traccia.holder_of(&["all/read"]).await;
    let ask = reader.post("/api/v1/packages/corso/launches");
    let refused = ask.json(&of("u1")).await.problem(403);
    assert_eq!(refused.body["rule"], "scope");
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains("packages/launch, packages, all"), "{detail}");
    let ask = reader.post("/api/v1/packages/corso/launches").header("accept-language", "it");
    let refused = ask.json(&of("u1")).await.problem(403);
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains("Quelli che bastano: packages/launch, packages, all"), "{detail}");
}
