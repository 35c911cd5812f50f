//! The data folder of the embedded store: what a removed database, a removed lock file and a stop do to it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use e2e::{Client, Setup, Statement, Traccia, cli, eventually, new_id};
use serde_json::json;
use tempfile::TempDir;

/// A server on a new embedded store in this folder, whatever store the other scenes run on.
async fn on(folder: &Path) -> Traccia {
    Setup::default().store(&uri(folder)).start().await
}

fn uri(folder: &Path) -> String {
    format!("sqlite:{}", folder.display())
}

/// A place, and the folder in it that a server is to make.
fn place() -> (TempDir, PathBuf) {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("store");
    (place, folder)
}

/// What a server says that does not start on this folder.
async fn refused(folder: &Path) -> String {
    let started = cli(&["serve", "--listen", "127.0.0.1:0", "--store", &uri(folder)]).await;
    assert_eq!(started.code, Some(4), "{started}");
    started.stderr
}

/// The server says that it is not ready, or will in a moment: it may remember its last answer.
async fn is_unready(admin: &Client) {
    let look = async || match admin.get("/readyz").await {
        reply if reply.status == 503 => Ok(()),
        reply => Err(reply.to_string()),
    };
    eventually("it says that it is not ready", Duration::from_secs(10), look).await;
}

#[tokio::test]
async fn a_database_that_is_removed_is_missed_at_once_and_at_the_next_start() {
    let (_place, folder) = place();
    let mut traccia = on(&folder).await;
    let admin = traccia.admin();
    admin.post("/statements").json(&Statement::new().json()).await.is(200);
    admin.get("/readyz").await.is(200);
    fs::remove_file(folder.join("traccia.sqlite")).unwrap();
    let refusal = admin.post("/statements").json(&Statement::new().json()).await;
    assert_eq!(refusal.problem(503).body["rule"], "store-unavailable");
    is_unready(&admin).await;
    traccia.stop().await;
    let said = refused(&folder).await;
    assert!(said.contains("traccia.sqlite is missing") && said.contains("backup"), "{said}");
}

/// Flips a bit of a text that is in the file once.
fn flip(file: &Path, text: &str) {
    let mut bytes = fs::read(file).unwrap();
    let mut places = bytes.windows(text.len()).enumerate().filter(|(_, at)| *at == text.as_bytes());
    let (at, _) = places.next().expect("it is there");
    assert!(places.next().is_none(), "it is there once");
    bytes[at] ^= 1;
    fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_statement_that_a_flipped_bit_has_hit_is_an_error_that_names_it() {
    let (_place, folder) = place();
    let mut traccia = on(&folder).await;
    let ids: Vec<String> = (0..3).map(|_| new_id()).collect();
    for id in &ids {
        // So long that its text lies in the file as it is.
        let response = format!("needle {id}{}", " ".repeat(65_536));
        let marked = Statement::new().id(id).with("/result/response", json!(response));
        traccia.admin().post("/statements").json(&marked.json()).await.is(200);
    }
    traccia.stop().await;
    flip(&folder.join("traccia.sqlite"), &format!("needle {}", ids[1]));
    let traccia = on(&folder).await;
    let admin = traccia.admin();
    let newest = admin.get("/statements").await.expect(200);
    assert_eq!(newest.statement_ids(), [ids[2].clone()], "the page ends before it");
    let more = newest.more().unwrap();
    let by_id = admin.get(&format!("/statements?statementId={}", ids[1])).await;
    for refused in [by_id, admin.follow(&more).await] {
        let problem = refused.problem(500).body;
        assert_eq!(problem["rule"], "store-corrupt");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("statement {} cannot be read", ids[1])), "{detail}");
    }
    for id in [&ids[0], &ids[2]] {
        admin.get(&format!("/statements?statementId={id}")).await.is(200);
    }
    is_unready(&admin).await;
}

#[tokio::test]
async fn a_second_server_is_refused_though_the_lock_file_was_removed() {
    let (_place, folder) = place();
    let traccia = on(&folder).await;
    fs::remove_file(folder.join("traccia.lock")).unwrap();
    let said = refused(&folder).await;
    assert!(said.contains("another Traccia has it open"), "{said}");
    traccia.admin().post("/statements").json(&Statement::new().json()).await.is(200);
}

#[tokio::test]
async fn a_server_that_was_asked_to_stop_leaves_one_file_with_everything() {
    let (place, folder) = place();
    let mut traccia = on(&folder).await;
    let (admin, id) = (traccia.admin(), new_id());
    admin.post("/statements").json(&Statement::new().id(&id).json()).await.is(200);
    admin.get("/statements").await.is(200);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(traccia.stop().await, Some(0));
    let mut files: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["traccia.lock", "traccia.sqlite"]);
    let copy = place.path().join("copy");
    fs::create_dir(&copy).unwrap();
    fs::copy(folder.join("traccia.sqlite"), copy.join("traccia.sqlite")).unwrap();
    let copied = on(&copy).await;
    copied.admin().get(&format!("/statements?statementId={id}")).await.is(200);
}

#[tokio::test]
async fn a_base_url_that_no_client_could_call_is_refused() {
    let (_place, folder) = place();
    for wrong in ["lrs.example.org", "/lrs", "http:lrs.example.org", "https://lrs.example.org?x"] {
        let file = folder.with_extension("toml");
        fs::write(&file, format!("base_url = {wrong:?}\nlisten = \"127.0.0.1:0\"\n")).unwrap();
        let started =
            cli(&["serve", "--config", file.to_str().unwrap(), "--store", &uri(&folder)]).await;
        assert_eq!(started.code, Some(2), "{started}");
        assert!(started.stderr.contains(&format!("base_url is `{wrong}`")), "{started}");
        assert!(started.stderr.contains("https://lrs.example.org"), "{started}");
        assert!(!folder.exists(), "nothing is made before");
    }
}
