//! Packages: checked by the command and by the API.

use std::io::{Cursor, Write as _};
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use e2e::{Client, Setup, Traccia, cli, eventually};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::sessions::person;

/// A package of SCORM 1.2 whose page has another name than the manifest says.
fn package() -> Vec<u8> {
    let manifest = r#"<?xml version="1.0"?>
<manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schemaversion>1.2</schemaversion></metadata>
  <organizations default="O"><organization identifier="O"><title>Corso</title>
    <item identifier="I" identifierref="R"><title>Uno</title></item></organization></organizations>
  <resources>
    <resource identifier="R" type="webcontent" adlcp:scormtype="sco" href="index.html"/>
  </resources>
</manifest>
"#;
    let page = "<script>LMSInitialize(''); LMSSetValue('cmi.core.lesson_status', 'passed'); \
                LMSFinish('')</script>";
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("imsmanifest.xml", manifest), ("Index.html", page)] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The rules that are broken, each with its line.
fn found(report: &Value) -> Vec<(String, Option<u64>)> {
    let findings = report["findings"].as_array().unwrap();
    let one = |it: &Value| (it["rule"].as_str().unwrap().to_owned(), it["line"].as_u64());
    findings.iter().map(one).filter(|(rule, _)| rule.contains("href")).collect()
}

#[tokio::test]
async fn a_package_is_checked_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corso.zip");
    std::fs::write(&file, package()).unwrap();
    let file = file.to_str().unwrap();
    let text = cli(&["package", "check", file]).await;
    assert_eq!(text.code, Some(3), "{text}");
    assert!(text.stdout.contains("SCORM 1.2. Comunicherà: se è completato o superato."), "{text}");
    let place = format!("{file}/imsmanifest.xml:8: errore: ");
    assert!(text.stdout.contains(&place) && text.stdout.contains("Index.html"), "{text}");
    let json = cli(&["package", "check", file, "--format", "json", "--lang", "en"]).await;
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["sentence"], "SCORM 1.2. It will report: whether it is completed or passed.");
    assert_eq!(found(&report), [("package.href-case".to_owned(), Some(8))]);
    let sarif = cli(&["package", "check", file, "--format", "sarif"]).await;
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "package.href-case");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 8);
}

#[tokio::test]
async fn what_is_no_package_or_no_file_ends_the_command_by_its_own_code() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.zip");
    std::fs::write(&file, "x").unwrap();
    let none = cli(&["package", "check", file.to_str().unwrap(), "--lang", "en"]).await;
    assert_eq!(none.code, Some(3), "{none}");
    assert!(none.stdout.contains("no package that can be played"), "{none}");
    let missing = cli(&["package", "check", "/nowhere/x.zip"]).await;
    assert_eq!(missing.code, Some(5), "{missing}");
}

#[tokio::test]
async fn a_package_is_checked_by_the_api_in_the_language_and_format_asked_for() {
    let traccia = Traccia::start().await;
    let check = |query: &[(&str, &str)]| {
        let ask = traccia.admin().post("/api/v1/packages/check").query(query);
        ask.body("application/zip", package())
    };
    let report = check(&[("lang", "it")]).await.expect(200).json();
    assert_eq!(report["kind"], "scorm-1.2");
    assert_eq!(report["sentence"], "SCORM 1.2. Comunicherà: se è completato o superato.");
    assert_eq!(found(&report), [("package.href-case".to_owned(), Some(8))]);
    let sarif = check(&[("format", "sarif"), ("name", "corso.zip")]).await.expect(200);
    assert_eq!(sarif.header("content-type"), "application/sarif+json");
    assert_eq!(sarif.json()["runs"][0]["artifacts"][0]["location"]["uri"], "corso.zip");
    let text = check(&[("format", "text"), ("name", "corso.zip")]).await.expect(200).text();
    assert!(text.starts_with("corso.zip: SCORM 1.2. It will report:"), "{text}");
    check(&[("format", "pdf")]).await.problem(400);
    let admin = traccia.admin();
    for media_type in ["text/plain", "application/json"] {
        let problem = admin.post("/api/v1/packages/check").body(media_type, "x").await.problem(415);
        let remedy = problem.body["remedy"].as_str().unwrap().to_owned();
        assert!(remedy.contains("application/zip"), "{media_type}: {remedy}");
    }
}

#[tokio::test]
async fn a_package_that_is_too_large_for_the_api_is_pointed_to_the_command() {
    let traccia = Setup::default().variable("TRACCIA__LIMITS__BODY_BYTES", "1000").start().await;
    let ask = traccia.admin().post("/api/v1/packages/check");
    let problem = ask.body("application/zip", vec![b'x'; 1001]).await.problem(413);
    let remedy = problem.body["remedy"].as_str().unwrap();
    assert!(remedy.contains("traccia package check"), "{remedy}");
    assert!(!remedy.contains("statements"), "{remedy}");
}

#[tokio::test]
async fn several_packages_and_one_that_comes_through_a_pipe_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["one.zip", "two.zip"].map(|name| {
        let file = folder.path().join(name);
        std::fs::write(&file, package()).unwrap();
        file.to_str().unwrap().to_owned()
    });
    let text = cli(&["package", "check", &one, &two]).await;
    assert_eq!(text.code, Some(3), "{text}");
    assert_eq!(text.stdout.matches("SCORM 1.2. Comunicherà").count(), 2, "{text}");
    let json = cli(&["package", "check", &one, &two, "--format", "json"]).await;
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let files: Vec<&str> =
        json.as_array().unwrap().iter().map(|it| it["file"].as_str().unwrap()).collect();
    assert_eq!(files, [&one, &two]);
    let sarif = cli(&["package", "check", &one, &two, "--format", "sarif"]).await;
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    assert_eq!(sarif["runs"].as_array().unwrap().len(), 2);
    let missing = cli(&["package", "check", "/nowhere/x.zip", &one]).await;
    assert_eq!(missing.code, Some(5), "{missing}");
    assert!(missing.stdout.contains("SCORM 1.2"), "the other is checked: {missing}");
    let traccia = Traccia::start().await;
    let mut command = traccia.command(&["package", "check", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = command.spawn().unwrap();
    running.stdin.take().unwrap().write_all(&package()).await.unwrap();
    let output = running.wait_with_output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("stdin: SCORM 1.2. Comunicherà"), "{text}");
    assert_eq!(output.status.code(), Some(3));
}

#[tokio::test]
async fn an_address_that_is_none_is_said_in_words_and_no_key_is_made() {
    let traccia = Traccia::start().await;
    let from = traccia.file("corso.zip", package());
    let to = traccia.folder().join("made.zip").display().to_string();
    let given = ["package", "shim", &from, "--output", &to, "--server", traccia.url()];
    for (activity, home_page, named) in [
        ("https://moodle.example.it/1", "foo", "--home-page foo is no whole address"),
        ("course", "https://moodle.example.it", "--activity course is no whole address"),
    ] {
        let done = traccia
            .cli(&[&given[..], &["--activity", activity, "--home-page", home_page]].concat())
            .await;
        assert_eq!(done.code, Some(2), "{done}");
        assert!(done.stderr.contains(named) && !done.stderr.contains('{'), "{done}");
    }
    assert_eq!(
        traccia.admin().get("/api/v1/keys").await.expect(200).json().as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn what_the_check_warns_of_is_said_beside_a_package_that_was_written_and_its_reasons_alone_beside_one_that_was_not()
 {
    let traccia = Traccia::start().await;
    let from = traccia.file("corso.zip", package());
    let [to, other] =
        ["made.zip", "other.zip"].map(|name| traccia.folder().join(name).display().to_string());
    let course = "https://moodle.example.it/mod/scorm/view.php?id=77";
    let given = ["--activity", course, "--server", traccia.url(), "--lang", "en"];
    let done =
        traccia.cli(&[&["package", "shim", &from, "--output", &to][..], &given].concat()).await;
    assert_eq!(done.success(), format!("{course}/I\n"));
    assert!(done.stderr.contains("[package.href-case]"), "{done}");
    assert!(!done.stderr.contains("note:"), "{done}");
    let none = traccia.file("cmi5.xml", "<courseStructure/>");
    let done =
        traccia.cli(&[&["package", "shim", &none, "--output", &other][..], &given].concat()).await;
    assert_eq!(done.code, Some(3), "{done}");
    assert!(done.stdout.contains("[package.shim-not-scorm]"), "{done}");
    assert_eq!(done.stdout.matches("[package.").count(), 1, "{done}");
    let twice = traccia.cli(&["package", "check", &to, "--lang", "en"]).await;
    assert!(twice.stdout.contains("reports to Traccia beside its platform already"), "{twice}");
}

#[tokio::test]
async fn the_list_of_keys_says_what_each_is_bound_to() {
    let traccia = Traccia::start().await;
    let course = "https://moodle.example.it/mod/scorm/view.php?id=77";
    let create =
        ["key", "create", "--scope", "statements/write", "--activity", course, "--name", "pack"];
    traccia
        .cli(&[&create[..], &["--home-page", "https://moodle.example.it"]].concat())
        .await
        .success();
    let list = traccia.cli(&["key", "list"]).await;
    let list = list.success();
    let bound = format!(
        "pack  statements/write  \n    activities: {course}\n    home pages: https://moodle.example.it\n"
    );
    assert!(list.contains(&bound), "{list}");
}

#[tokio::test]
async fn the_help_names_what_is_done_with_packages() {
    let help = cli(&["--help"]).await;
    assert!(help.stdout.contains("make them report to Traccia"), "{help}");
}

#[tokio::test]
async fn a_package_is_written_again_with_a_key_of_its_own() {
    let traccia = Traccia::start().await;
    let keys = async || traccia.admin().get("/api/v1/keys").await.expect(200).json();
    let from = traccia.file("corso.zip", package());
    let to = traccia.folder().join("made.zip");
    let to = to.to_str().unwrap();
    let course = "https://moodle.example.it/mod/scorm/view.php?id=77";
    let given = ["--activity", course, "--server", traccia.url(), "--output", to];
    let shim = |file: &str| [&["package", "shim", file][..], &given].concat().join("\n");
    let run = async |line: String| {
        let words: Vec<&str> = line.split('\n').collect();
        traccia.cli(&words).await
    };
    // A bare cmi5.xml is no SCORM: nothing is written, and no key is made.
    let other = traccia.file("cmi5.xml", "<courseStructure/>");
    assert_eq!(run(shim(&other)).await.code, Some(3));
    assert!(!std::path::Path::new(to).exists());
    // Nor where nothing can be written.
    let nowhere = shim(&from).replace("made.zip", "no/such/folder/made.zip");
    assert_eq!(run(nowhere).await.code, Some(5));
    assert_eq!(keys().await.as_array().unwrap().len(), 1);
    assert_eq!(run(shim(&from)).await.success(), format!("{course}/I\n"));
    let key = keys().await.as_array().unwrap().iter().find(|it| !it["bounds"].is_null()).cloned();
    let key = key.unwrap();
    assert_eq!(key["bounds"], serde_json::json!({"activities": [course]}));
    assert_eq!(key["scopes"], serde_json::json!(["statements/write"]));
    // Nothing is written over.
    assert_eq!(run(shim(&from)).await.code, Some(2));
    let other = |key: &str| {
        format!("{}\n--package-key\n{key}", shim(&from).replace("made.zip", "other.zip"))
    };
    assert_eq!(run(other("x")).await.code, Some(2));
    // Nor with a key that may do more than a learner should, or with none that there is.
    let refused = run(other("seed:seed-secret")).await;
    assert_ne!(refused.code, Some(0), "{refused}");
    let all = traccia.seed();
    let refused = run(other(&all)).await;
    assert_eq!(refused.code, Some(2), "{refused}");
    assert!(refused.stderr.contains("every learner can read"), "{refused}");
    assert!(!traccia.folder().join("other.zip").exists());
}

#[tokio::test]
async fn questions_and_objectives_of_a_sco_that_a_course_names_are_not_said_to_be_of_no_activity() {
    let traccia = Traccia::start().await;
    let sco = "https://moodle.example.it/mod/scorm/view.php?id=77/I1";
    let course = format!(
        "id = \"c\"\ntitle = {{ it = \"C\" }}\ntime_zone = \"Europe/Rome\"\n[[module]]\nid = \"m\"\ntitle = {{ it = \"M\" }}\n\
         [[module.activity]]\nid = \"{sco}\"\ntitle = {{ it = \"A\" }}\n"
    );
    let admin = traccia.admin();
    admin.put("/api/v1/courses/c").body("application/toml", course).await.is(200);
    let learners = "learner,name,identifiers\nu1,Anna,account:https://moodle.example.it|anna\n";
    admin.put("/api/v1/courses/c/learners").body("text/csv", learners).await.is(200);
    let said = |verb: &str, of: &str, kind: &str| {
        json!({
            "actor": {"account": {"homePage": "https://moodle.example.it", "name": "anna"}},
            "verb": {"id": format!("http://adlnet.gov/expapi/verbs/{verb}")},
            "object": {"id": format!("{sco}/{of}"), "definition": {"type": format!("http://adlnet.gov/expapi/activities/{kind}")}},
            "context": {"contextActivities": {"parent": [{"id": sco}]}},
        })
    };
    admin.store_one(&said("responded", "interactions/q1", "cmi.interaction")).await;
    admin.store_one(&said("passed", "objectives/o1", "objective")).await;
    admin.store_one(&said("experienced", "page", "module")).await;
    let unmapped = async || {
        let report =
            admin.get("/api/v1/courses/c/reports/health?format=json").await.expect(200).json();
        let rows = report["rows"].as_array().unwrap().clone();
        let is = |row: &Value| {
            row.to_string().contains("/I1/").then(|| row["subject"].as_str().unwrap().to_owned())
        };
        let found: Vec<String> = rows.iter().filter_map(is).collect();
        if found.is_empty() { Err("nothing is unmapped".to_owned()) } else { Ok(found) }
    };
    let found = eventually("the report", Duration::from_secs(10), unmapped).await;
    assert_eq!(found, [format!("{sco}/page")], "what is neither is still told");
}

/// A package of SCORM 1.2 with one SCO and no fault.
fn sound() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let manifest = r#"<?xml version="1.0"?>
<manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="O"><organization identifier="O"><title>Corso</title>
    <item identifier="I" identifierref="R"><title>Uno</title></item></organization></organizations>
  <resources>
    <resource identifier="R" type="webcontent" adlcp:scormtype="sco" href="index.html">
      <file href="index.html"/></resource>
  </resources>
</manifest>
"#;
    let page = "<script>LMSInitialize(''); LMSFinish('')</script>";
    for (name, text) in [("imsmanifest.xml", manifest), ("index.html", page)] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const ACTIVITY: &str = "https://moodle.example.it/mod/scorm/view.php?id=77";
const HOME_PAGE: &str = "https://moodle.example.it";

#[tokio::test]
async fn a_package_is_written_again_by_the_api_with_a_key_that_can_do_nothing_else() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let query = [("activity", ACTIVITY), ("home_page", HOME_PAGE), ("name", "corso.zip")];
    let ask = admin.post("/api/v1/packages/shim").query(&query);
    let answer = ask.body("application/zip", sound()).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/zip");
    assert_eq!(answer.header("cache-control"), "no-store");
    let zip = zip::ZipArchive::new(Cursor::new(answer.bytes.clone())).unwrap();
    let mut names: Vec<_> = zip.file_names().map(Result::unwrap).collect();
    names.sort_unstable();
    assert_eq!(names, ["imsmanifest.xml", "index.html", "traccia-1.html"]);
    let keys = admin.get("/api/v1/keys").await.expect(200).json();
    let made = keys.as_array().unwrap().iter().find(|key| key["label"] == "package corso.zip");
    let made = made.expect("the package's key is among the keys");
    let log = admin.get("/api/v1/audit?action=package.shimmed").await.expect(200).json();
    assert_eq!(log["items"][0]["target"], made["key"], "{log}");
    assert_eq!(log["items"][0]["details"]["activity"], ACTIVITY);
    assert_eq!(made["scopes"], json!(["statements/write"]));
    let bounds = json!({"activities": [ACTIVITY], "home_pages": [HOME_PAGE], "package": true});
    assert_eq!(made["bounds"], bounds);
    assert_eq!(made["made_by"], name_of(&admin).await);
}

/// The name of the key that a client shows.
async fn name_of(client: &Client) -> String {
    let known = client.get("/whoami").await.expect(200).json();
    known["key"].as_str().expect("a name").to_owned()
}

/// The key in a package that was written again, as its page sends it.
fn key_in(zip: &[u8]) -> (String, String) {
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut page = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("traccia-1.html").unwrap(), &mut page).unwrap();
    let at = page.find("Basic ").expect("the page has a key") + "Basic ".len();
    let end = page[at..].find(|c: char| !c.is_ascii_alphanumeric() && !"+/=".contains(c)).unwrap();
    let text = String::from_utf8(STANDARD.decode(&page[at..at + end]).unwrap()).unwrap();
    let (name, secret) = text.split_once(':').unwrap();
    (name.to_owned(), secret.to_owned())
}

#[tokio::test]
async fn the_key_in_a_package_says_nothing_of_other_activities_and_ends_with_its_maker() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let designer = traccia.holder_of(&["packages"]).await;
    let shim = |activity: &str| {
        let query = [("activity", activity), ("home_page", HOME_PAGE)];
        designer.post("/api/v1/packages/shim").query(&query).body("application/zip", sound())
    };
    let course = r#"id = "corso"
title = { it = "Corso" }
time_zone = "Europe/Rome"
[[module]]
id = "m1"
title = { it = "Uno" }
complete_when = "all"
[[module.activity]]
id = "https://moodle.example.it/mod/quiz/view.php?id=7"
"#;
    admin.put("/api/v1/courses/corso").body("application/toml", course).await.is(200);
    let quiz = "https://moodle.example.it/mod/quiz/view.php?id=7";
    assert_eq!(shim(quiz).await.problem(403).body["rule"], "shim-counts");
    assert_eq!(shim("https://moodle.example.it").await.problem(400).body["rule"], "shim-address");
    let other = "https://moodle.example.it/mod/quiz/view.php?id=8";
    for (activities, is_looked_at) in [
        (json!(["https://moodle.example.it/mod/quiz/view.php?id=8&q=1"]), true),
        (json!(["https://moodle.example.it/mod/"]), true),
        (json!([]), true),
        (json!(["https://moodle.example.it/mod/page"]), false),
    ] {
        let rule = json!({
            "when": {"event": "statements", "pattern": {"steps": [{"activities": activities}]}},
            "statement": {"verb": {"id": "https://v.example/earned"}},
        });
        admin.put("/api/v1/reactions/badge").json(&rule).await.is(200);
        if is_looked_at {
            assert_eq!(shim(other).await.problem(403).body["rule"], "shim-reacted-to");
        }
    }
    let zip = shim("https://moodle.example.it/mod/quiz/view.php").await.expect(200).bytes;
    let (name, secret) = key_in(&zip);
    let key = traccia.with_key(&name, &secret);
    let said = |object: &str| {
        json!({"actor": {"account": {"homePage": HOME_PAGE, "name": "anna"}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"}, "object": {"id": object}})
    };
    let send = |object: &str| key.post("/statements").json(&said(object));
    assert_eq!(send(quiz).await.problem(403).body["rule"], "key-bounds");
    send("https://moodle.example.it/mod/quiz/view.php/I1").await.is(200);
    let keys = admin.get("/api/v1/keys").await.expect(200).json();
    let made = keys.as_array().unwrap().iter().find(|it| it["key"] == *name).unwrap();
    let maker = name_of(&designer).await;
    assert_eq!(made["made_by"], maker);
    admin.delete(&format!("/api/v1/keys/{maker}")).await.is(204);
    send("https://moodle.example.it/mod/quiz/view.php/I1").await.problem(401);
}

#[tokio::test]
async fn the_key_that_a_person_has_made_for_a_package_ends_with_the_person() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let query = [("activity", ACTIVITY), ("home_page", HOME_PAGE)];
    let made_by = async || {
        let keys = admin.get("/api/v1/keys").await.expect(200).json();
        let made = keys.as_array().unwrap().iter().filter_map(|key| key["made_by"].as_str());
        made.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut keys = Vec::new();
    for name in ["dora", "dino", "drusilla"] {
        let person = person(&traccia, name, json!({"role": "designer"})).await;
        let ask = person.with(person.client.post("/api/v1/packages/shim")).query(&query);
        let (name, secret) = key_in(&ask.body("application/zip", sound()).await.expect(200).bytes);
        keys.push(traccia.with_key(&name, &secret));
    }
    let statement = json!({"actor": {"account": {"homePage": HOME_PAGE, "name": "anna"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"}, "object": {"id": ACTIVITY}});
    // Which of the keys are good still, for a server that has seen their secrets.
    let good = async || {
        let mut good = Vec::new();
        for key in &keys {
            let status = key.post("/statements").json(&statement).await.status.as_u16();
            assert!([200, 401].contains(&status), "{status}");
            good.push(status == 200);
        }
        good
    };
    assert_eq!(sorted(made_by().await), ["person:dino", "person:dora", "person:drusilla"]);
    assert_eq!(good().await, [true; 3]);
    admin.delete("/api/v1/people/dora").await.is(204);
    assert_eq!(sorted(made_by().await), ["person:dino", "person:drusilla"]);
    assert_eq!(good().await, [false, true, true]);
    let other = json!({"label": "", "role": "data_reader", "disabled": false});
    admin.put("/api/v1/people/dino").json(&other).await.is(200);
    assert_eq!(made_by().await, ["person:drusilla"], "the role gives no right to packages");
    assert_eq!(good().await, [false, false, true]);
    let label = json!({"label": "D.", "role": "designer", "disabled": false});
    admin.put("/api/v1/people/drusilla").json(&label).await.is(200);
    assert_eq!(good().await, [false, false, true], "another label takes nothing away");
    let disabled = json!({"label": "D.", "role": "designer", "disabled": true});
    admin.put("/api/v1/people/drusilla").json(&disabled).await.is(200);
    assert!(made_by().await.is_empty());
    assert_eq!(good().await, [false; 3]);
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names
}

#[tokio::test]
async fn what_cannot_be_written_again_is_refused_and_leaves_no_key() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let keys = async || {
        let keys = admin.get("/api/v1/keys").await.expect(200).json();
        keys.as_array().unwrap().len()
    };
    let before = keys().await;
    let shim = |query: &[(&str, &str)], body: Vec<u8>| {
        admin.post("/api/v1/packages/shim").query(query).body("application/zip", body)
    };
    let whole = [("activity", ACTIVITY), ("home_page", HOME_PAGE)];
    let problem = shim(&whole, b"no zip".to_vec()).await.problem(400);
    assert_eq!(problem.body["rule"], "package-refused");
    shim(&whole[..1], sound()).await.problem(400);
    for activity in [
        "moodle",
        "urn:traccia:package:corso",
        "https://m.example",
        "https://m.example?",
        "https://m.example/",
        "https://m.example/#a",
    ] {
        let query = [("activity", activity), ("home_page", HOME_PAGE)];
        let problem = shim(&query, sound()).await.problem(400);
        assert_eq!(problem.body["rule"], "shim-address", "{activity}");
    }
    let query = [("activity", ACTIVITY), ("home_page", "moodle")];
    assert_eq!(shim(&query, sound()).await.problem(400).body["rule"], "shim-address");
    shim(&[], sound()).await.problem(400);
    assert_eq!(keys().await, before);
}
