//! `traccia import`: from where it takes statements, how it counts them, and what it says when it
//! cannot go on.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use e2e::{Done, Scripted, Setup, Statement, Traccia, Turn, eventually, new_id, sha2_hex};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

/// So many statements, each with an id, one a line.
fn statements(count: usize) -> String {
    (0..count).map(|_| Statement::new().id(&new_id()).json().to_string() + "\n").collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

async fn stored(traccia: &Traccia) -> usize {
    traccia.admin().found_on_all_pages(&[("limit", "500")]).await.len()
}

/// Imports what comes through a pipe.
async fn piped(traccia: &Traccia, bytes: &[u8]) -> (i32, String) {
    let rejects = traccia.folder().join("piped.rejects").display().to_string();
    let mut command = traccia.command(&["import", "-", "--rejects", &rejects]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    running.stdin.take().unwrap().write_all(bytes).await.unwrap();
    let output = running.wait_with_output().await.unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn an_import_counts_what_is_new_what_is_known_and_what_is_refused() {
    let traccia = Traccia::program().await;
    let first = statements(3);
    let file = traccia.file("first.ndjson", &first);
    let done = traccia.cli(&["import", &file]).await;
    assert!(done.success().contains("3 new, 0 known, 0 refused"), "{done}");
    let done = traccia.cli(&["import", &file]).await;
    assert!(done.success().contains("0 new, 3 known, 0 refused"), "{done}");

    let bad = Statement::new().with("/actor/mbox", json!("anna")).json();
    let mixed = traccia.file("mixed.ndjson", format!("{first}{bad}\n{}", statements(2)));
    let done = traccia.cli(&["import", &mixed]).await;
    assert_eq!(done.code, Some(1), "{done}");
    assert!(done.stdout.contains("2 new, 3 known, 1 refused"), "{done}");
    assert!(done.stderr.contains("line 4 is refused: "), "the line is named: {done}");
    assert!(done.stderr.contains("mixed.ndjson.rejects.ndjson"), "{done}");
    assert_eq!(stored(&traccia).await, 5);
}

#[tokio::test]
async fn statements_come_from_a_pipe_and_compressed() {
    let traccia = Traccia::program().await;
    let [plain, compressed, both, parts] = [700, 20, 30, 5].map(statements);
    let (code, said) = piped(&traccia, plain.as_bytes()).await;
    assert_eq!((code, said.contains("700 new")), (0, true), "{said}");
    let file = traccia.file("compressed.gz", gzip(&compressed));
    let done = traccia.cli(&["import", &file]).await;
    assert!(done.success().contains("20 new"), "{done}");
    let (code, said) = piped(&traccia, &gzip(&both)).await;
    assert_eq!((code, said.contains("30 new")), (0, true), "{said}");
    // As `cat a.gz b.gz` writes them.
    let two = [gzip(&parts), gzip(&plain)].concat();
    let (code, said) = piped(&traccia, &two).await;
    assert_eq!((code, said.contains("5 new, 700 known")), (0, true), "{said}");
}

#[tokio::test]
async fn a_file_that_breaks_off_is_sent_as_far_as_it_goes_and_the_line_is_named() {
    let traccia = Traccia::program().await;
    let mut broken = gzip(&statements(600));
    broken.truncate(broken.len() - 40);
    let file = traccia.file("broken.gz", broken);
    let done = traccia.cli(&["import", &file]).await;
    assert_eq!(done.code, Some(5), "{done}");
    let kept = stored(&traccia).await;
    assert!((500..600).contains(&kept), "{kept}: {done}");
    let next = format!("from line {} on", kept + 1);
    assert!(done.stderr.contains(&next), "{next} is not in {done}");
    assert!(done.stderr.contains(&format!("{kept} new")), "{done}");
}

#[tokio::test]
async fn a_byte_order_mark_is_no_fault_and_what_is_no_text_is_refused_as_a_whole() {
    let traccia = Traccia::program().await;
    let marked = traccia.file("marked.ndjson", format!("\u{feff}\n\n{}", statements(2)));
    let done = traccia.cli(&["import", &marked]).await;
    assert!(done.success().contains("2 new"), "{done}");
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(statements(1).bytes()).collect();
    let wide = traccia.file("wide.ndjson", wide);
    let done = traccia.cli(&["import", &wide]).await;
    assert_eq!((done.code, done.stderr.contains("UTF-16")), (Some(3), true), "{done}");
    let empty = traccia.file("empty.ndjson", "\n");
    let done = traccia.cli(&["import", &empty]).await;
    assert!(done.success().contains("0 new, 0 known, 0 refused"), "{done}");
    assert_eq!(stored(&traccia).await, 2);
}

#[tokio::test]
async fn a_server_that_takes_less_at_once_gets_all_of_it() {
    let limit = ("TRACCIA__LIMITS__STATEMENTS_PER_BATCH", "7");
    let traccia = Setup::default().variable(limit.0, limit.1).start().await;
    let file = traccia.file("all.ndjson", statements(40));
    let done = traccia.cli(&["import", &file]).await;
    assert!(done.success().contains("40 new, 0 known, 0 refused"), "{done}");
}

#[tokio::test]
async fn the_rejects_are_not_written_over_the_source() {
    let traccia = Traccia::program().await;
    let text = statements(1) + "7\n";
    let file = traccia.file("all.ndjson", &text);
    let done = traccia.cli(&["import", &file, "--rejects", &file]).await;
    assert_eq!(done.code, Some(2), "{done}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

fn kept(new: &'static str) -> Turn {
    Turn::Answer("200 OK", new, "[]".to_owned())
}

fn unavailable(headers: &'static str) -> Turn {
    let problem = json!({"detail": "The store is full.", "remedy": "Make room."});
    Turn::Answer("503 Service Unavailable", headers, problem.to_string())
}

const ALL_NEW: &str = "x-traccia-new-statements: 500\r\n";
const FEW_NEW: &str = "x-traccia-new-statements: 60\r\n";

/// Imports 600 statements, in two batches, into a server that does as told.
async fn into(traccia: &Traccia, turns: Vec<Turn>, more: &[&str]) -> (Done, usize) {
    let server = Scripted::start(turns).await;
    let file = traccia.file("all.ndjson", statements(600));
    let arguments = [&["import", &file, "--url", server.url()], more].concat();
    (traccia.cli(&arguments).await, server.bodies().len())
}

#[tokio::test]
async fn a_server_that_cannot_work_or_dies_ends_it_with_line_and_counts() {
    let traccia = Traccia::program().await;
    for (turn, reason) in
        [(unavailable(""), "The store is full."), (Turn::Close, "cannot reach http://127.0.0.1")]
    {
        let turns = vec![kept(ALL_NEW), turn];
        let (done, _) = into(&traccia, turns, &["--patience", "0"]).await;
        assert_eq!(done.code, Some(4), "{done}");
        assert!(done.stderr.contains(reason), "{done}");
        for part in [
            "before line 501",
            "500 new, 0 known, 0 refused",
            "line 501 to line 600",
            "may be kept",
        ] {
            assert!(done.stderr.contains(part), "{part} is not in {done}");
        }
    }
}

#[tokio::test]
async fn a_server_that_cannot_work_for_a_moment_is_asked_again() {
    let traccia = Traccia::program().await;
    let again = || unavailable("retry-after: 0\r\n");
    let turns = vec![again(), kept(ALL_NEW), again(), again(), kept(FEW_NEW)];
    let (done, requests) = into(&traccia, turns, &[]).await;
    assert!(done.success().contains("560 new, 40 known, 0 refused"), "{done}");
    assert_eq!(requests, 5);
}

#[tokio::test]
async fn what_would_be_kept_twice_is_not_sent_again() {
    let traccia = Traccia::program().await;
    let server = Scripted::start(vec![unavailable("retry-after: 0\r\n")]).await;
    let nameless = format!("{}{}\n", statements(1), Statement::new().json());
    let file = traccia.file("nameless.ndjson", nameless);
    let done = traccia.cli(&["import", &file, "--url", server.url()]).await;
    assert_eq!((done.code, server.bodies().len()), (Some(4), 1), "{done}");
    assert!(done.stderr.contains("from line 1 to line 2"), "{done}");
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_says_how_far_it_came() {
    let traccia = Traccia::program().await;
    let server = Scripted::start(vec![kept(FEW_NEW), Turn::Silence]).await;
    let file = traccia.file("all.ndjson", statements(600));
    let mut command = traccia.command(&["import", &file, "--url", server.url()]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = command.spawn().unwrap();
    eventually("the second batch is on its way", Duration::from_mins(1), || async {
        let seen = server.bodies().len();
        if seen == 2 { Ok(()) } else { Err(format!("{seen} requests")) }
    })
    .await;
    let id = running.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = running.wait_with_output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    for part in
        ["stopped", "before line 501", "60 new, 440 known, 0 refused", "line 501 to line 600"]
    {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

/// A log or a script shows that something happens, also while it waits for the next line.
#[tokio::test]
async fn without_a_terminal_a_line_says_now_and_then_how_far_it_is() {
    let traccia = Traccia::program().await;
    let mut command = traccia.command(&["import", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let mut statements_in = running.stdin.take().unwrap();
    statements_in.write_all(statements(500).as_bytes()).await.unwrap();
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
    let next = tokio::time::timeout(Duration::from_mins(1), lines.next_line());
    let line = next.await.expect("a line within a minute").unwrap().unwrap();
    assert!(line.starts_with("standard input: ") && line.contains(" new"), "{line}");
    drop(statements_in);
    assert!(running.wait().await.unwrap().success());
}

/// Statements with an id each, as values.
fn values(count: usize) -> Vec<Value> {
    (0..count).map(|_| Statement::new().id(&new_id()).json()).collect()
}

#[tokio::test]
async fn arrays_answers_and_records_of_other_stores_are_statements_too() {
    let traccia = Traccia::program().await;
    let array = json!(values(700)).to_string();
    let answer = json!({"more": "", "statements": values(3)}).to_string();
    let pretty = serde_json::to_string_pretty(&values(2)).unwrap();
    let record = |member: &str| {
        let records = values(4).into_iter().map(|it| json!({"_id": {"$oid": "5"}, member: it}));
        records.map(|record| record.to_string()).collect::<Vec<_>>().join("\n")
    };
    for (name, bytes, count) in [
        ("array.json", format!("\u{feff} \n{array}").into_bytes(), 700),
        ("array.json.gz", gzip(&json!(values(9)).to_string()), 9),
        ("answer.json", answer.into_bytes(), 3),
        ("pretty.json", pretty.into_bytes(), 2),
        ("locker.ndjson", record("statement").into_bytes(), 4),
        ("sql.ndjson", record("payload").into_bytes(), 4),
    ] {
        let file = traccia.file(name, bytes);
        let done = traccia.cli(&["import", "statements", &file]).await;
        let expected = format!("{count} new, 0 known, 0 refused");
        assert!(done.success().contains(&expected), "{name}: {done}");
        let done = traccia.cli(&["import", &file]).await;
        let expected = format!("0 new, {count} known, 0 refused");
        assert!(done.success().contains(&expected), "{name} again: {done}");
    }
    assert_eq!(stored(&traccia).await, 722);
}

#[tokio::test]
async fn what_is_refused_of_an_array_is_named_by_its_place_and_an_array_that_breaks_off_by_where() {
    let traccia = Traccia::program().await;
    let mut mixed = values(5);
    mixed[2] = json!(7);
    mixed[3]["actor"]["mbox"] = json!("anna");
    let file = traccia.file("mixed.json", json!(mixed).to_string());
    let done = traccia.cli(&["import", &file]).await;
    assert_eq!(done.code, Some(1), "{done}");
    assert!(done.stdout.contains("3 new, 0 known, 2 refused"), "{done}");
    for said in ["statement 3 is refused: The statement is not", "statement 4 is refused: "] {
        assert!(done.stderr.contains(said), "{said}: {done}");
    }
    let mut text = json!(values(3)).to_string();
    text.truncate(text.len() - 9);
    let file = traccia.file("broken.json", text);
    let done = traccia.cli(&["import", &file]).await;
    assert_eq!(done.code, Some(5), "{done}");
    assert!(done.stderr.contains("from statement 3 on"), "{done}");
    assert!(done.stderr.contains("2 new"), "{done}");
}

#[tokio::test]
async fn a_folder_is_its_files_one_after_the_other_and_rejects_name_theirs() {
    let traccia = Traccia::program().await;
    let folder = traccia.folder().join("export");
    std::fs::create_dir_all(folder.join("2026")).unwrap();
    std::fs::write(folder.join("a.ndjson"), statements(2) + "7\n").unwrap();
    std::fs::write(folder.join("2026/b.json"), json!(values(3)).to_string()).unwrap();
    std::fs::write(folder.join("readme.txt"), "no statements").unwrap();
    let folder = folder.display().to_string();
    let done = traccia.cli(&["import", &folder]).await;
    assert_eq!(done.code, Some(1), "{done}");
    assert!(done.stdout.contains("5 new, 0 known, 1 refused"), "{done}");
    assert!(done.stderr.contains("a.ndjson: line 3 is refused"), "{done}");
    let rejects = std::fs::read_to_string(format!("{folder}.rejects.ndjson")).unwrap();
    assert!(rejects.contains("a.ndjson"), "{rejects}");
    let done = traccia.cli(&["import", &folder]).await;
    assert!(done.stdout.contains("0 new, 5 known, 1 refused"), "{done}");
}

#[tokio::test]
async fn attachments_come_from_a_folder_where_they_are_named_by_their_hash() {
    let traccia = Traccia::program().await;
    let data = b"as it was signed";
    let hash = sha2_hex(data);
    let folder = traccia.folder().join("attachments");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{hash}.pdf")), data).unwrap();
    let about = |hash: &str| {
        json!([{"usageType": "https://x.example/a", "display": {"en": "A"}, "contentType": "application/pdf",
            "length": data.len(), "sha2": hash}])
    };
    let there = Statement::new().id(&new_id()).with("/attachments", about(&hash)).json();
    let missing =
        Statement::new().id(&new_id()).with("/attachments", about(&"0".repeat(64))).json();
    let plain = Statement::new().id(&new_id()).json();
    let file = traccia.file("all.ndjson", format!("{there}\n{missing}\n{plain}\n"));
    let folder = folder.display().to_string();
    let done = traccia.cli(&["import", &file, "--attachments", &folder]).await;
    assert_eq!(done.code, Some(1), "{done}");
    assert!(done.stdout.contains("2 new, 0 known, 1 refused"), "{done}");
    assert!(done.stderr.contains("line 2 is refused"), "{done}");
}
