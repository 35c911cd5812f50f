//! Packages that are hosted: from import over launch and player to progress.

use std::time::Duration;

use e2e::{Client, Traccia, eventually};
use serde_json::{Value, json};

use package::{CONTENT, Player, cmi, film, import, launch};

mod bounds;
mod course;
mod package;

/// Where processes share a store, one that was killed is held for dead when it was silent for some seconds.
const TAKEOVER: Duration = Duration::from_secs(15);

const COURSE: &str = r#"
id = "safety"
title = { it = "Sicurezza" }
time_zone = "Europe/Rome"

[[module]]
id = "m1"
title = { it = "Modulo" }
complete_when = "all"

[[module.activity]]
key = "package"
title = { it = "Il pacchetto" }
package = "corso"
"#;
const LEARNERS: &str = "learner,name,identifiers,region,body\n\
    u1,Rossi Anna,mailto:u1@example.org,Umbria,Perugia\n\
    u2,Bianchi Ugo,account:https://lms.example.org|17,Umbria,Perugia\n";

/// A server with a package of these SCOs, named by a module of a course.
async fn with_package(scos: &[&str]) -> Traccia {
    with_package_on(Traccia::start().await, scos).await
}

/// [`with_package`], on this server: scenes about the process give [`Traccia::program`].
async fn with_package_on(traccia: Traccia, scos: &[&str]) -> Traccia {
    import(&traccia, "corso", package::package(scos, "one")).await;
    let admin = traccia.admin();
    admin.put("/api/v1/courses/safety").body("application/toml", COURSE).await.is(200);
    admin.put("/api/v1/courses/safety/learners").body("text/csv", LEARNERS).await.is(200);
    traccia
}

fn of(learner: &str) -> Value {
    json!({"learner": learner, "course": "safety"})
}

/// Awaits where a learner stands in the module, for at most a second.
async fn stands(traccia: &Traccia, learner: &str, state: &str, seconds: u32) -> Value {
    stands_within(Duration::from_secs(1), traccia, learner, state, seconds).await
}

async fn stands_within(
    time: Duration,
    traccia: &Traccia,
    learner: &str,
    state: &str,
    seconds: u32,
) -> Value {
    let what = format!("{learner} is {state} with {seconds} s");
    eventually(&what, time, || async {
        let ask = traccia.admin().get("/api/v1/courses/safety/reports/learner");
        let report = ask.query(&[("learner", learner)]).await.expect(200).json();
        let rows = report["rows"].as_array().cloned().unwrap_or_default();
        let row = rows.into_iter().find(|row| row["module"] == "m1").unwrap_or_default();
        let hours = row["hours"].as_f64().unwrap_or_default();
        // Reports give hundredths of an hour.
        let wanted = f64::from(seconds) / 3600.0;
        let is_so = row["state"] == state && (hours - wanted).abs() < 0.006;
        if is_so { Ok(row) } else { Err(report.to_string()) }
    })
    .await
}

/// All statements, the first first.
async fn statements(admin: &Client) -> Vec<Value> {
    let page = admin.get("/statements").query(&[("ascending", "true"), ("limit", "500")]);
    page.await.expect(200).statements()
}

/// The last parts of the verbs' ids.
fn verbs(statements: &[Value]) -> Vec<&str> {
    let id = |it| Value::as_str(Value::pointer(it, "/verb/id").unwrap()).unwrap();
    statements.iter().map(|it| id(it).rsplit('/').next().unwrap()).collect()
}

#[tokio::test]
async fn a_package_goes_from_import_to_progress_in_two_sessions() {
    let traccia = with_package(&["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    assert!(launched["url"].as_str().unwrap().contains("://content.localhost:"), "{launched}");
    let mut player = Player::of(&traccia, &launched);
    let begun = player.begin("I1").await;
    assert_eq!(begun["cmi"]["core"]["entry"], "ab-initio");
    assert_eq!(begun["cmi"]["core"]["student_name"], "Rossi Anna");
    player.commit("I1", &cmi("incomplete", 20, "00:05:00", "suspend"), true).await;
    stands(&traccia, "u1", "in_progress", 300).await;

    // Another day: the same attempt, with what the content had put aside.
    let launched = launch(&traccia, "corso", &of("u1")).await;
    assert_eq!(launched["attempt"], 1);
    let mut player = Player::of(&traccia, &launched);
    let begun = player.begin("I1").await;
    assert_eq!(begun["cmi"]["core"]["entry"], "resume");
    assert_eq!(begun["cmi"]["core"]["total_time"], "0000:05:00.00");
    assert_eq!(begun["cmi"]["suspend_data"], "page of incomplete");
    player.commit("I1", &cmi("passed", 90, "00:10:00", ""), true).await;
    let row = stands(&traccia, "u1", "completed", 900).await;
    assert_eq!(row["score"], 0.9, "{row}");
    stands(&traccia, "u2", "not_started", 0).await;

    let all = statements(&traccia.admin()).await;
    let expected = [
        "initialized",
        "scored",
        "suspended",
        "resumed",
        "scored",
        "passed",
        "terminated",
        "completed",
    ];
    let mut said = verbs(&all);
    said.sort_unstable();
    let mut wanted = expected.to_vec();
    wanted.sort_unstable();
    assert_eq!(said, wanted, "{all:#?}");
    for statement in &all {
        assert_eq!(statement["authority"]["account"]["name"], "traccia:player");
        assert_eq!(statement["context"]["registration"], launched["registration"]);
    }
    // A finished attempt is over: the next launch is of another one.
    assert_eq!(launch(&traccia, "corso", &of("u1")).await["attempt"], 2);
}

#[tokio::test]
async fn a_package_of_two_scos_is_completed_with_the_second_and_not_before() {
    let traccia = with_package(&["I1", "I2"]).await;
    let launched = launch(&traccia, "corso", &of("u2")).await;
    let mut player = Player::of(&traccia, &launched);
    player.begin("I1").await;
    player.commit("I1", &cmi("passed", 100, "00:01:00", ""), true).await;
    stands(&traccia, "u2", "in_progress", 60).await;
    player.begin("I2").await;
    player.commit("I2", &cmi("passed", 50, "00:02:00", ""), true).await;
    let row = stands(&traccia, "u2", "completed", 180).await;
    assert_eq!(row["score"], 0.75, "{row}");
}

#[tokio::test]
async fn a_commit_sent_again_changes_nothing() {
    let traccia = with_package(&["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    let mut player = Player::of(&traccia, &launched);
    player.begin("I1").await;
    let commit = player.next("I1", &cmi("passed", 90, "00:10:00", ""), true);
    let first = player.post(&commit).await.expect(200).json();
    let all = statements(&traccia.admin()).await;
    for _ in 0..3 {
        let again = player.post(&commit).await.expect(200).json();
        assert_eq!(again["result"], first["result"]);
    }
    assert_eq!(statements(&traccia.admin()).await, all);
    stands(&traccia, "u1", "completed", 600).await;
}

#[tokio::test]
async fn a_commit_is_sent_again_after_the_server_was_killed() {
    let mut traccia = with_package_on(Traccia::program().await, &["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    let mut player = Player::of(&traccia, &launched);
    let session = player.begin("I1").await;
    assert_eq!(session["result"], "true");
    let mut commits = Vec::new();
    for round in 1..=4 {
        let time = format!("00:0{round}:00");
        let last = round == 4;
        let status = if last { "passed" } else { "incomplete" };
        let commit = player.next("I1", &cmi(status, 10 * round, &time, ""), last);
        if round % 2 == 0 {
            player.post(&commit).await.is(200);
            traccia.kill();
        } else {
            // The server is killed at some point of the commit: its answer may be lost, or the commit with it.
            let _ = tokio::join!(player.attempt(&commit), async { traccia.kill() });
        }
        traccia = traccia.restart().await;
        player = player.at(&traccia);
        let again = player.post(&commit).await.expect(200).json();
        assert_eq!(again["result"], "true", "round {round}: {again}");
        commits.push(commit);
    }
    let all = statements(&traccia.admin()).await;
    for commit in &commits {
        player.post(commit).await.is(200);
    }
    assert_eq!(statements(&traccia.admin()).await, all);
    let count = |verb: &str| verbs(&all).into_iter().filter(|it| *it == verb).count();
    assert_eq!((count("initialized"), count("terminated"), count("passed")), (1, 1, 1));
    stands_within(TAKEOVER, &traccia, "u1", "completed", 240).await;
}

#[tokio::test]
async fn files_are_served_whole_and_in_part_on_the_host_of_contents_alone() {
    let traccia = with_package(&["I1"]).await;
    let launched = launch(&traccia, "corso", &json!({"preview": true})).await;
    let player = Player::of(&traccia, &launched);
    let files = launched["files"].as_str().unwrap();
    let key = files.rsplit('/').nth(1).unwrap();
    let page = player.get(&format!("/p/{key}/I1/index.html")).await.expect(200);
    assert!(page.text().contains("<title>one</title>"), "{page}");
    assert_eq!(page.header("content-type"), "text/html");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(page.maybe_header("set-cookie").is_none());
    let policy = page.header("content-security-policy");
    for part in [
        " https://cdn.example.org; connect-src 'self' data: blob:;",
        "object-src 'none'",
        "sandbox allow-scripts",
        "frame-ancestors 'self' http://127.0.0.1:",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    let film = film();
    let path = format!("/p/{key}/media/film.mp4");
    let whole = player.get(&path).await.expect(200);
    assert_eq!(whole.header("content-length"), film.len().to_string());
    assert_eq!(whole.header("content-type"), "video/mp4");
    assert!(whole.bytes == film, "all bytes");
    let etag = whole.header("etag");
    let ask = |name: &str, value: &str| {
        traccia.anonymous().get(&path).header("host", CONTENT).header(name, value)
    };
    let part = ask("range", "bytes=1000000-2300000").await.expect(206);
    assert_eq!(part.header("content-range"), "bytes 1000000-2300000/2500000");
    assert!(part.bytes == film[1_000_000..=2_300_000], "the part that was asked for");
    ask("range", "bytes=2500000-").await.is(416);
    ask("if-none-match", &etag).await.is(304);
    ask("service-worker", "script").await.is(403);
    let head = traccia.anonymous().head(&path).header("host", CONTENT).await.expect(200);
    assert_eq!(head.header("content-length"), "2500000");
    for wrong in [
        format!("/p/{key}/media/none"),
        format!("/p/{key}/../imsmanifest.xml"),
        "/p/none/I1/index.html".into(),
    ] {
        player.get(&wrong).await.is(404);
    }
    // Each host serves its own, and nothing of the other.
    traccia.anonymous().get(&path).await.is(404);
    let token = launched["token"].as_str().unwrap();
    traccia.anonymous().get(&format!("/launch/{token}/")).await.is(404);
    for path in ["/", "/api/v1/packages", "/healthz", "/whoami", "/problems"] {
        let reply = traccia.admin().get(path).header("host", CONTENT).await;
        assert_eq!(reply.status, 404, "{path}: {reply}");
    }
}

#[tokio::test]
async fn a_launch_that_expired_or_was_taken_back_is_refused_in_the_learners_words() {
    let traccia = with_package_on(Traccia::program().await, &["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    let mut player = Player::of(&traccia, &launched);
    player.begin("I1").await;
    let id = launched["id"].as_str().unwrap();
    let path = format!("/api/v1/packages/corso/launches/{id}");
    traccia.admin().delete(&path).await.is(204);
    let commit = player.next("I1", &cmi("passed", 90, "00:10:00", ""), true);
    let refused = player.post(&commit).await.expect(403).json();
    assert_eq!((&refused["result"], &refused["reason"]), (&json!("false"), &json!("revoked")));
    let page = player.page().await.expect(403);
    assert!(page.text().contains("was taken back"), "{page}");
    let unknown = Player::of(&traccia, &json!({"token": "no-such-token"}));
    unknown.page().await.is(404);
    unknown.post(&commit).await.is(404);
    let all = statements(&traccia.admin()).await;
    assert_eq!(verbs(&all), ["initialized"; 0], "a session that said nothing says nothing");
    let log = traccia.log();
    assert!(!log.contains(launched["token"].as_str().unwrap()), "the log has no token");
}

#[tokio::test]
async fn versions_are_chosen_and_removed_and_attempts_go_on_with_their_own() {
    let traccia = with_package(&["I1"]).await;
    let admin = traccia.admin();
    let first = launch(&traccia, "corso", &of("u1")).await;
    let made = import(&traccia, "corso", package::package(&["I1"], "two")).await;
    assert_eq!((&made["current"], made["versions"].as_array().unwrap().len()), (&json!(2), 2));
    assert_eq!(launch(&traccia, "corso", &of("u1")).await["version"], 1, "the attempt's own");
    assert_eq!(launch(&traccia, "corso", &of("u2")).await["version"], 2);
    let path = "/api/v1/packages/corso";
    let back = admin.put(path).json(&json!({"current": 1})).await.expect(200).json();
    assert_eq!(back["current"], 1);
    admin.put(path).json(&json!({"current": 9})).await.problem(404);
    let remove = |query: &[(&str, &str)]| admin.delete(path).query(query);
    remove(&[("version", "1")]).await.problem(409);
    let live = remove(&[("version", "2")]).await.problem(409);
    assert_eq!(live.body["rule"], "package-launched");
    remove(&[("version", "2"), ("force", "true")]).await.is(204);
    remove(&[]).await.problem(409);
    remove(&[("force", "true")]).await.is(204);
    admin.get(path).await.problem(404);
    let gone = Player::of(&traccia, &first).page().await.expect(410);
    assert!(gone.text().contains("was removed"), "{gone}");
    assert_eq!(admin.get("/api/v1/packages").await.expect(200).json(), json!([]));
}

#[tokio::test]
async fn what_is_no_good_package_is_refused_and_leaves_nothing() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let send = |name: &str, zip: Vec<u8>| {
        admin.post("/api/v1/packages").query(&[("name", name)]).body("application/zip", zip)
    };
    let good = || package::package(&["I1"], "one");
    assert_eq!(send("Corso", good()).await.problem(400).body["rule"], "package-name");
    assert_eq!(
        send("corso", b"no zip".to_vec()).await.problem(400).body["rule"],
        "package-refused"
    );
    let mut broken = good();
    broken.truncate(broken.len() / 2);
    send("corso", broken).await.problem(400);
    let ask = admin.post("/api/v1/packages").query(&[("name", "corso")]);
    ask.body("text/html", good()).await.problem(415);
    assert_eq!(admin.get("/api/v1/packages").await.expect(200).json(), json!([]));
    admin.get("/api/v1/packages/corso").await.problem(404);
}

#[tokio::test]
async fn content_on_the_applications_own_host_is_off_and_says_why() {
    let setup = e2e::Setup::default().variable("TRACCIA__CONTENT_URL", "http://127.0.0.1:9");
    let traccia = setup.start().await;
    import(&traccia, "corso", package::package(&["I1"], "one")).await;
    let ask = traccia.admin().post("/api/v1/packages/corso/launches");
    let refused = ask.json(&json!({"preview": true})).await.problem(409);
    assert_eq!(refused.body["rule"], "content-off");
    assert!(traccia.said().contains("packages are off"), "{}", traccia.said());
}

#[tokio::test]
async fn a_preview_keeps_nothing() {
    let traccia = with_package(&["I1"]).await;
    let mut player =
        Player::of(&traccia, &launch(&traccia, "corso", &json!({"preview": true})).await);
    let begun = player.begin("I1").await;
    assert_eq!(begun["cmi"]["core"]["lesson_mode"], "normal");
    player.commit("I1", &cmi("passed", 90, "00:10:00", ""), true).await;
    let begun = player.begin("I1").await;
    assert_eq!(begun["cmi"]["core"]["entry"], "ab-initio");
    assert_eq!(statements(&traccia.admin()).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_command_line_imports_launches_goes_back_and_removes() {
    let traccia = Traccia::start().await;
    let one = traccia.file("one.zip", package::package(&["I1"], "one"));
    let two = traccia.file("two.zip", package::package(&["I1"], "two"));
    let run = async |line: &[&str]| traccia.cli(&[&["package"], line].concat()).await;
    let imported = run(&["import", &one, "--name", "corso"]).await;
    assert!(
        imported.success().starts_with("corso is version 1: Sicurezza  scorm-1.2"),
        "{imported}"
    );
    assert!(imported.stderr.contains("package = \"corso\""), "{imported}");
    run(&["import", &two, "--name", "corso"]).await.success();
    let listed = run(&["list"]).await;
    assert!(listed.success().starts_with("corso  2  Sicurezza"), "{listed}");
    let launched =
        run(&["launch", "corso", "--mail", "anna@example.org", "--person", "Anna"]).await;
    let url = launched.success().trim_end();
    assert!(url.starts_with("http://content.localhost:") && url.ends_with('/'), "{url}");
    let launches = run(&["launches", "corso"]).await;
    assert!(launches.success().trim_end().ends_with("version 2, attempt 1  Anna"), "{launches}");
    let id = launches.stdout.split_whitespace().next().unwrap();
    let refused = run(&["remove", "corso"]).await;
    assert_eq!(refused.code, Some(3), "{refused}");
    run(&["revoke", "corso", id]).await.success();
    let path = format!("/launch/{}/", url.trim_end_matches('/').rsplit('/').next().unwrap());
    traccia.anonymous().get(&path).header("host", CONTENT).await.is(403);
    run(&["rollback", "corso"]).await.success();
    let versions = run(&["versions", "corso"]).await;
    assert!(versions.success().starts_with("* 1  Sicurezza"), "{versions}");
    assert_eq!(run(&["rollback", "corso"]).await.code, Some(2), "there is none before");
    run(&["remove", "corso", "--version", "2"]).await.success();
    run(&["remove", "corso"]).await.success();
    assert_eq!(run(&["versions", "corso"]).await.code, Some(3));
    assert_eq!(run(&["launch", "corso"]).await.code, Some(2), "for whom?");
}

#[tokio::test]
async fn the_command_line_says_in_italian_what_is_done() {
    let traccia = Traccia::start().await;
    let one = traccia.file("one.zip", package::package(&["I1"], "one"));
    let run = async |line: &[&str]| {
        let mut command = traccia.command(&[&["package"], line].concat());
        let output = command.env("LC_ALL", "it_IT.UTF-8").output().await.unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let said = run(&["import", &one, "--name", "corso"]).await;
    assert!(said.starts_with("corso è alla versione 1: Sicurezza"), "{said}");
    let said = run(&["launch", "corso", "--account", "account::17@https://lms.example.org"]).await;
    assert!(said.contains("Aprire l'indirizzo in una finestra propria"), "{said}");
    let said = run(&["launches", "corso"]).await;
    assert!(said.trim_end().ends_with("versione 1, tentativo 1  17"), "{said}");
    let id = said.split_whitespace().next().unwrap();
    let said = run(&["revoke", "corso", id]).await;
    assert_eq!(said.trim_end(), format!("{id} è stato revocato"));
    let said = run(&["launch", "corso", "--mail", "mbox::mailto:anna@example.org"]).await;
    assert!(said.contains("Tentativo 1, versione 1, valido fino a"), "{said}");
    let said = run(&["remove", "corso", "--force"]).await;
    assert_eq!(said.trim_end(), "corso è stato eliminato con tutte le sue versioni");
}

#[tokio::test]
async fn pages_of_the_origins_in_the_settings_may_show_the_player_in_a_frame() {
    let setup = e2e::Setup::default().variable(
        "TRACCIA__CONTENT_FRAME_ANCESTORS",
        "[\"https://Moodle.example.it/\", \"https://lms.example.org:8443\"]",
    );
    let traccia = with_package_on(setup.start().await, &["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    let player = Player::of(&traccia, &launched);
    let files = launched["files"].as_str().unwrap().split_once("/p/").unwrap().1.to_owned();
    let file = player.get(&format!("/p/{files}I1/index.html")).await;
    for reply in [player.page().await, file] {
        let policy = reply.header("content-security-policy");
        let ancestors = policy.split(';').find(|it| it.trim().starts_with("frame-ancestors"));
        let ancestors = ancestors.unwrap_or_else(|| panic!("{reply}"));
        assert!(
            ancestors.ends_with(" https://moodle.example.it https://lms.example.org:8443"),
            "{ancestors}"
        );
    }
}

#[tokio::test]
async fn a_setting_that_is_no_origin_is_refused_with_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("traccia.toml");
    for wrong in ["*", "https://*.example.it", "https://m.example.it/moodle", "moodle.example.it"] {
        std::fs::write(&file, format!("content_frame_ancestors = [\"{wrong}\"]\n")).unwrap();
        let data = folder.path().join("data");
        let (data, file) = (data.to_str().unwrap(), file.to_str().unwrap());
        let refused = e2e::cli(&["serve", "--data", data, "--config", file]).await;
        assert_eq!(refused.code, Some(2), "{refused}");
        assert!(refused.stderr.contains("content_frame_ancestors has"), "{refused}");
        assert!(refused.stderr.contains("https://moodle.example.it"), "{refused}");
    }
}
