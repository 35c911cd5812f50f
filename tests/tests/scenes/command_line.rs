//! The command line, spoken to a running server.

use std::collections::BTreeSet;
use std::time::Duration;

use e2e::course::{self, COURSE, FIRST, learner};
use e2e::{Setup, Statement, Traccia, eventually};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

async fn with_course() -> Traccia {
    let traccia = Traccia::program().await;
    let file = traccia.file("course.toml", course::file());
    traccia.cli(&["course", "load", &file]).await.success();
    let learners = traccia.file("learners.csv", course::learners());
    traccia.cli(&["learners", "import", COURSE, &learners]).await.success();
    traccia
}

fn completed(who: u32) -> Value {
    let object = json!({"objectType": "Activity", "id": FIRST});
    Statement::new().by(learner(who)).did("completed").to(object).json()
}

async fn report(traccia: &Traccia, format: &str) -> String {
    let arguments = ["progress", "report", COURSE, "--by", "module,region", "--format", format];
    traccia.cli(&arguments).await.success().to_owned()
}

#[tokio::test]
async fn a_course_is_loaded_and_reported_in_every_format() {
    let traccia = with_course().await;
    traccia.admin().store_one(&completed(1)).await;
    let seen = eventually("the report counts it", Duration::from_secs(10), || async {
        let report: Value = serde_json::from_str(&report(&traccia, "json").await).unwrap();
        let counts = course::counts(&report, "m1", "Umbria");
        if counts["completed"] == 1 { Ok(report) } else { Err(report.to_string()) }
    })
    .await;
    assert_eq!(seen["course"], COURSE);
    let csv = report(&traccia, "csv").await;
    let head = csv.lines().next().unwrap_or_default();
    assert!(
        head.starts_with("Module,Module title,Region,Enrolled,Not started,In progress,Completed"),
        "{csv}"
    );
    assert!(csv.lines().any(|line| line.starts_with("m1,Prevenzione,Umbria,3,2,0,1,")), "{csv}");
    let table = report(&traccia, "table").await;
    assert!(table.contains("Umbria") && table.contains("m1"), "{table}");
}

#[tokio::test]
async fn a_rebuild_changes_no_row() {
    let traccia = with_course().await;
    traccia.admin().store_one(&completed(2)).await;
    let before = eventually("the report counts it", Duration::from_secs(10), || async {
        let csv = report(&traccia, "csv").await;
        if csv.contains("m1,Prevenzione,Umbria,3,2,0,1,") { Ok(csv) } else { Err(csv) }
    })
    .await;
    traccia.cli(&["progress", "rebuild", COURSE]).await.success();
    eventually("the rebuilt report is the same", Duration::from_secs(10), || async {
        let after = report(&traccia, "csv").await;
        if after == before { Ok(()) } else { Err(after) }
    })
    .await;
}

#[tokio::test]
async fn a_key_is_created_listed_and_revoked() {
    let traccia = Traccia::program().await;
    let create = ["key", "create", "--scope", "statements/write", "--scope", "state"];
    let create = [&create[..], &["--label", "Terni", "--format", "json"]].concat();
    let made = traccia.cli(&create).await.json();
    let (key, secret) = (made["key"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let holder = traccia.with_key(key, secret);
    holder.store_one(&Statement::new().json()).await;
    holder.get("/statements").await.problem(403);
    let list = traccia.cli(&["key", "list"]).await;
    assert!(list.success().contains(key) && list.stdout.contains("Terni"), "{list}");
    assert!(!list.stdout.contains(secret), "{list}");
    traccia.cli(&["key", "revoke", key]).await.success();
    holder.post("/statements").json(&Statement::new().json()).await.problem(401);
}

#[tokio::test]
async fn an_import_stores_the_good_lines_and_writes_down_the_refused_ones() {
    let traccia = Traccia::program().await;
    let bad = Statement::new().with("/actor/mbox", json!("anna")).json();
    let lines: Vec<String> = (0..250)
        .map(|number| match number {
            17 => bad.to_string(),
            99 => "{\"actor\":".to_owned(),
            _ => Statement::new().json().to_string(),
        })
        .collect();
    let file = traccia.file("history.ndjson", lines.join("\n") + "\n");
    let rejects = traccia.folder().join("rejects.ndjson");
    let done = traccia.cli(&["import", &file, "--rejects", rejects.to_str().unwrap()]).await;
    let stored = traccia.admin().found_on_all_pages(&[("limit", "100")]).await;
    assert_eq!(stored.len(), 248, "{done}");
    let refused = std::fs::read_to_string(&rejects).unwrap();
    let line = |text| serde_json::from_str::<Value>(text).unwrap()["line"].as_u64().unwrap();
    let places: BTreeSet<u64> = refused.lines().map(line).collect();
    assert_eq!(places, BTreeSet::from([18, 100]), "{refused}");
}

#[tokio::test]
async fn importing_twice_the_statements_that_have_ids_stores_them_once() {
    let traccia = Traccia::program().await;
    let lines: Vec<String> =
        (0..30).map(|_| Statement::new().id(&e2e::new_id()).json().to_string()).collect();
    let file = traccia.file("history.ndjson", lines.join("\n"));
    for _ in 0..2 {
        traccia.cli(&["import", &file]).await.success();
    }
    assert_eq!(traccia.admin().found_on_all_pages(&[]).await.len(), 30);
}

#[tokio::test]
async fn flags_go_before_the_environment() {
    let traccia = Traccia::program().await;
    let done = traccia.cli(&["key", "list", "--key", "seed:wrong"]).await;
    assert_eq!(done.code, Some(3), "{done}");
    assert!(!done.stderr.is_empty(), "it says why: {done}");
    let done = traccia.cli(&["key", "list", "--url", "http://127.0.0.1:9"]).await;
    assert_eq!(done.code, Some(4), "{done}");
    assert!(done.stderr.contains("127.0.0.1:9"), "it says where: {done}");
}

#[tokio::test]
async fn a_mistake_in_a_file_is_shown_with_its_place() {
    let traccia = Traccia::program().await;
    let file = traccia.file("broken.toml", "id = \"x\"\ntitle = \n");
    let done = traccia.cli(&["course", "load", &file]).await;
    assert_eq!(done.code, Some(3), "{done}");
    assert!(done.stderr.contains("broken.toml has faults: 2:9: "), "{done}");
    let missing = traccia.cli(&["course", "load", "/nowhere/course.toml"]).await;
    assert_eq!(missing.code, Some(5), "{missing}");
    assert!(missing.stderr.contains("/nowhere/course.toml"), "{missing}");
}

#[tokio::test]
async fn help_and_version_need_no_server() {
    let traccia = Traccia::program().await;
    for command in ["serve", "health", "key", "course", "learners", "progress", "import"] {
        let help = traccia.cli(&[command, "--help"]).await;
        assert!(help.success().contains("Usage"), "{help}");
    }
    assert!(traccia.cli(&["--version"]).await.success().contains("traccia"));
}

#[tokio::test]
async fn lines_that_are_not_one_statement_each_are_refused_and_the_import_ends() {
    let traccia = Traccia::program().await;
    let (good, other) = (Statement::new().json().to_string(), Statement::new().json().to_string());
    let bad = "{\"actor\":{}}";
    let lines = [format!("{good},{bad}"), format!("[{good}]"), other, bad.into(), "7".into()];
    let file = traccia.file("history.ndjson", lines.join("\n"));
    let done = traccia.cli(&["import", &file]).await;
    assert_eq!(done.code, Some(1), "{done}");
    assert_eq!(traccia.admin().found_on_all_pages(&[]).await.len(), 1);
    let refused = std::fs::read_to_string(format!("{file}.rejects.ndjson")).unwrap();
    assert_eq!(refused.lines().count(), 4, "{refused}");
}

#[tokio::test]
async fn health_tells_by_its_exit_code_whether_the_server_is_up_and_needs_no_key() {
    let mut traccia = Traccia::program().await;
    let up = traccia.cli(&["health", "--url", traccia.url()]).await;
    assert!(up.success().contains(traccia.url()), "{up}");
    let with_slash = format!("{}/", traccia.url());
    traccia.cli(&["health", "--url", &with_slash]).await.success();
    traccia.kill();
    let down = traccia.cli(&["health"]).await;
    assert_eq!((down.code, down.stderr.lines().count()), (Some(1), 1), "{down}");
    assert!(down.stderr.contains(traccia.url()), "it says where: {down}");
}

#[tokio::test]
async fn health_says_in_one_line_what_keeps_the_server_from_working() {
    let traccia = Traccia::program().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let problem = json!({"detail": "The store is\nfull.", "remedy": "Make room."}).to_string();
    let ill = tokio::spawn(async move {
        let (mut asked, _) = listener.accept().await.unwrap();
        let head = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length";
        let answer = format!("{head}: {}\r\n\r\n{problem}", problem.len());
        assert_ne!(asked.read(&mut [0; 1024]).await.unwrap(), 0, "somebody asks");
        asked.write_all(answer.as_bytes()).await.unwrap();
    });
    let done = traccia.cli(&["health", "--url", &url]).await;
    ill.await.unwrap();
    assert_eq!((done.code, done.stderr.lines().count()), (Some(1), 1), "{done}");
    assert!(done.stderr.contains("503") && done.stderr.contains("The store is full."), "{done}");
}

#[tokio::test]
async fn the_store_can_be_named_in_a_file_as_secrets_are() {
    let folder = tempfile::tempdir().unwrap();
    let (store, named) = (folder.path().join("store"), folder.path().join("secret"));
    std::fs::write(&named, format!("sqlite:{}\n", store.display())).unwrap();
    let named = named.to_str().unwrap();
    let traccia = Setup::default().variable("TRACCIA__STORE_FILE", named).start().await;
    traccia.admin().store_one(&Statement::new().json()).await;
    assert!(std::fs::read_dir(&store).unwrap().count() > 0, "the store is there");
    assert!(!traccia.folder().join("data").exists(), "and nowhere else");
}

/// What commands print for people is in the language of the terminal.
#[tokio::test(flavor = "multi_thread")]
async fn commands_speak_italian_where_the_terminal_does() {
    let traccia = Traccia::start().await;
    let lines = traccia.file("one.ndjson", Statement::new().json().to_string());
    let steps = json!([{"verbs": ["https://v.example/did"]}]);
    let rule = json!({"when": {"event": "statements", "pattern": {"steps": steps}},
        "statement": {"verb": {"id": "https://v.example/earned"}}, "paused": true});
    let rule = traccia.file("rule.json", rule.to_string());
    let to = "http://127.0.0.1:9/xapi";
    let begun: [(&[&str], &[&str]); 14] = [
        (&["pipe", "push", "p", "--to", to], &["0 statement", "consegnati: 0; rinunciati: 0"]),
        (&["pipe", "pause", "p"], &["  in pausa  "]),
        (&["pipe", "dead", "p"], &["A nessuno statement si è rinunciato."]),
        (&["pipe", "erasures", "p"], &["non è passata nessuna cancellazione"]),
        (&["pipe", "remove", "p"], &["La condotta `p` se ne va", "aggiungere --yes"]),
        (&["pipe", "remove", "p", "--yes"], &[]),
        (&["pipe", "list"], &["Non ci sono condotte."]),
        (&["reaction", "put", "r", &rule], &["0 scritti  in pausa"]),
        (&["reaction", "remove", "r", "--yes"], &["r è stata tolta"]),
        (&["retention", "show"], &["nessuna regola: non si cancella nessuno"]),
        (&["import", &lines], &["1 nuovi, 0 già noti, 0 rifiutati"]),
        (
            &["person", "erase", "mailto:anna@example.org", "--dry-run"],
            &["identificativo  mailto:"],
        ),
        (&["audit", "verify"], &["voci sono come furono scritte"]),
        (&["key", "list"], &["usata l’ultima volta: "]),
    ];
    for (arguments, said) in begun {
        let mut command = traccia.command(arguments);
        let output = command.env("LC_ALL", "it_IT.UTF-8").output().await.unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        assert!(said.iter().all(|it| told.contains(it)), "{arguments:?}: {told}");
    }
}

/// A command, how it ends, and what it says in English and in Italian.
type Spoken<'a> = (&'a [&'a str], i32, &'a str, &'a str);

/// What commands say of themselves, and what the server says to them.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_in_the_language_of_the_terminal() {
    let traccia = Traccia::start().await;
    let there = traccia.file("there.zip", "no zip");
    let shim = ["package", "shim", &there, "--server", traccia.url()];
    let shim = |more: &[&'static str]| [&shim[..], more].concat();
    let exists =
        [&shim(&["--activity", "https://a.example/c"])[..], &["--output", &there]].concat();
    let partial = shim(&["--output", "/nowhere/out.zip", "--activity", "course"]);
    let below = shim(&["--output", "/nowhere/out.zip", "--activity", "https://a.example/c/"]);
    let malformed = shim(&[
        "--output",
        "/nowhere/out.zip",
        "--activity",
        "https://a.example/c",
        "--package-key",
        "k",
    ]);
    let nowhere = "http://127.0.0.1:9";
    let spoken: [Spoken<'_>; 13] = [
        (&exists, 2, "is there already: choose another", "esiste già: scegliere un altro"),
        (&partial, 2, "--activity course is no whole", "--activity course non è un indirizzo"),
        (&below, 2, "for the SCOs are below it", "perché gli SCO stanno al di sotto"),
        (&malformed, 2, "is written as NAME:SECRET", "si scrive NOME:SEGRETO"),
        (&["package", "check", "/nowhere/p.zip"], 5, "reading /nowhere/p", "lettura di /nowhere/p"),
        (
            &["package", "versions", "none"],
            3,
            "There is no package `none`",
            "Il pacchetto `none` non",
        ),
        (&["key", "list", "--key", "k"], 2, "is not KEY:SECRET", "non ha la forma CHIAVE:SEGRETO"),
        (
            &["key", "list", "--url", nowhere],
            4,
            "cannot reach http",
            "http://127.0.0.1:9 non è raggi",
        ),
        (
            &["store", "copy", "--from", "sqlite:a", "--to", "sqlite:a"],
            2,
            "the same store",
            "lo stesso",
        ),
        (&["demo", "none"], 2, "there is no programme `none`", "non c’è nessun programma `none`"),
        (
            &["import", &there, "--source", "è"],
            2,
            "has at most 200 characters",
            "ha al massimo 200 caratteri",
        ),
        (&["health"], 0, "is ready", "è pronto"),
        (&["refusals", "list"], 0, "Nothing was refused.", "Non è stato rifiutato nulla."),
    ];
    for spoken in spoken {
        is_spoken(&traccia, spoken).await;
    }
}

async fn is_spoken(traccia: &Traccia, (arguments, code, english, italian): Spoken<'_>) {
    for (locale, said, other) in [("C", english, italian), ("it_IT.UTF-8", italian, english)] {
        let mut command = traccia.command(arguments);
        let output = command.env("LC_ALL", locale).output().await.unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(said) && !told.contains(other), "{arguments:?} {locale}: {told}");
    }
}
