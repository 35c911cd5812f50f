//! `traccia store copy`: everything goes over, and back, and is the same.

use std::time::Duration;

use e2e::course::{self, COURSE, FIRST, learner};
use e2e::{
    Client, Document, Multipart, Setup, Statement, Traccia, cli, cli_killed_after, eventually,
    new_id, reference, sha2_hex,
};
use programs::fresh_database;
use serde_json::{Value, json};
use tempfile::TempDir;

const SOON: Duration = Duration::from_secs(30);
/// Copies that are killed, at the most.
const KILLS: u64 = 6;
const DATA: &[u8] = b"a certificate\r\n\0\xff";

/// A place for stores in folders.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn store(&self, name: &str) -> String {
        format!("sqlite:{}", self.0.path().join(name).display())
    }

    fn file(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

async fn serve(store: &str) -> Traccia {
    Setup::default().store(store).start().await
}

fn with_data() -> Multipart {
    with(DATA)
}

fn with(data: &[u8]) -> Multipart {
    let described = json!([{
        "usageType": "http://adlnet.gov/expapi/attachments/certificate",
        "display": {"en": "Certificate"},
        "contentType": "text/plain",
        "length": data.len(),
        "sha2": sha2_hex(data),
    }]);
    let statement = Statement::new().with("/attachments", described);
    Multipart::of(&statement.json()).attachment("text/plain", data)
}

fn completed(who: u32) -> Value {
    let object = json!({"objectType": "Activity", "id": FIRST});
    Statement::new().by(learner(who)).did("completed").to(object).json()
}

/// Something of every kind. Gives a statement that is voided.
async fn fill(traccia: &Traccia) -> String {
    let admin = traccia.admin();
    course::load(&admin).await;
    let statements: Vec<Value> = (1..5).map(completed).collect();
    let ids = admin.store(&statements).await;
    let target = new_id();
    admin.store(&[Statement::new().to(reference(&target)).json()]).await;
    admin.store(&[Statement::new().id(&target).json(), Statement::voiding(&ids[3]).json()]).await;
    admin.post("/statements").multipart(&with_data()).await.is(200);
    for document in Document::of_each_kind("kept") {
        let put = document
            .put_bytes(&admin, "text/plain", "é".as_bytes())
            .header("If-None-Match", "*")
            .await;
        put.is(204);
    }
    let gone = Document::state("gone");
    gone.put_bytes(&admin, "text/plain", b"x").await.is(204);
    gone.delete(&admin).await.is(204);
    ids[3].clone()
}

/// Copies, and gives what both stores hold after it.
async fn copy(from: &str, to: &str) -> String {
    copied(&cli(&["store", "copy", "--from", from, "--to", to]).await)
}

/// Copies as somebody does who reads that the same command goes on: on a busy machine a copy may beat too late, and the
/// statements of its last page are taken back.
async fn copy_on(from: &str, to: &str) -> String {
    for _ in 0..10 {
        let done = cli(&["store", "copy", "--from", from, "--to", to]).await;
        if !done.stderr.contains("the same command goes on") {
            return copied(&done);
        }
    }
    panic!("ten copies have not come to an end");
}

fn copied(done: &e2e::Done) -> String {
    let text = done.success();
    assert!(text.contains("Both stores hold this."), "{text}");
    text.split("Both stores").next().unwrap().to_owned()
}

async fn digest(store: &str) -> String {
    cli(&["store", "digest", "--from", store]).await.success().to_owned()
}

async fn export(store: &str) -> String {
    cli(&["store", "export", "--from", store]).await.success().to_owned()
}

async fn page(admin: &Client) -> Value {
    admin.get("/statements").query(&[("limit", "2")]).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_store_goes_into_a_database_and_back_and_stays_the_same() {
    let database = fresh_database().await;
    let place = Place::new();
    let (first, last) = (place.store("first"), place.store("last"));
    let mut traccia = serve(&first).await;
    let voided = fill(&traccia).await;
    let other = traccia.holder_of(&["statements/read"]).await;
    let credentials = other.credentials().to_owned();
    let before = page(&traccia.admin()).await;
    traccia.kill();

    let held = copy(&first, &database).await;
    assert!(held.contains("statements              8 "), "{held}");
    assert!(held.contains("attachments             1 "), "{held}");
    assert!(held.contains("documents               3 "), "{held}");
    assert_eq!(digest(&database).await, held);
    assert_eq!(copy(&database, &last).await, held);
    let exported = export(&first).await;
    assert_eq!(exported.lines().count(), 8);
    assert_eq!(export(&database).await, exported);
    assert_eq!(export(&last).await, exported);

    for store in [&database, &last] {
        let traccia = serve(store).await;
        let admin = traccia.admin();
        assert_eq!(page(&admin).await, before);
        let more = before["more"].as_str().unwrap();
        admin.follow(more).await.is(200);
        let known = traccia.anonymous().authorization(&credentials);
        known.get("/statements").await.is(200);
        let query = [("voidedStatementId", voided.as_str())];
        admin.get("/statements").query(&query).await.is(200);
        let report = eventually("the course is followed", SOON, || async {
            let report = course::report(&admin).await;
            let counts = course::counts(&report, "m1", "Umbria");
            if counts["completed"] == 3 { Ok(report) } else { Err(report.to_string()) }
        });
        report.await;
        let query = [("attachments", "true"), ("limit", "20")];
        let parts = admin.get("/statements").query(&query).await.expect(200).parts();
        assert!(
            parts
                .iter()
                .any(|part| part.header("x-experience-api-hash") == Some(sha2_hex(DATA).as_str()))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_copy_goes_on_where_it_ended_and_takes_changes_over() {
    let database = fresh_database().await;
    let place = Place::new();
    let first = place.store("first");
    let mut traccia = serve(&first).await;
    let admin = traccia.admin();
    admin.store(&[Statement::new().json(), Statement::new().json()]).await;
    let document = Document::state("s");
    document.put_bytes(&admin, "text/plain", b"1").await.is(204);
    Document::state("t").put_bytes(&admin, "text/plain", b"1").await.is(204);
    traccia.kill();
    copy(&first, &database).await;

    let mut traccia = traccia.restart().await;
    let admin = traccia.admin();
    admin.store(&[Statement::new().json()]).await;
    document.put_bytes(&admin, "text/plain", b"2").await.is(204);
    Document::state("t").delete(&admin).await.is(204);
    course::load(&admin).await;
    traccia.kill();
    let held = copy(&first, &database).await;
    assert!(held.contains("statements              3 "), "{held}");
    assert!(held.contains("documents               1 "), "{held}");
    assert!(held.contains("courses                 1 "), "{held}");
    assert_eq!(copy(&first, &database).await, held, "again, with nothing to do");
    let traccia = serve(&database).await;
    assert_eq!(course::report(&traccia.admin()).await["course"], COURSE);
}

/// However often, at whatever moment.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_copy_that_is_killed_goes_on() {
    let database = fresh_database().await;
    let place = Place::new();
    let first = place.store("first");
    let mut traccia = serve(&first).await;
    let admin = traccia.admin();
    for batch in 0..4 {
        let statements: Vec<Value> = (0..500).map(|n| completed(batch * 500 + n)).collect();
        admin.store(&statements).await;
    }
    // Attachments that weigh more than what is kept at once: more than one group.
    for _ in 0..3 {
        let data = vec![b'a' + rand::random_range(0..26); 22 << 20];
        admin.post("/statements").multipart(&with(&data)).await.is(200);
    }
    traccia.kill();
    let arguments = ["store", "copy", "--from", &first, "--to", &database];
    let mut killed = 0;
    for kill in 1..=KILLS {
        let time = Duration::from_millis(rand::random_range(100..600 * kill));
        if cli_killed_after(&arguments, time).await {
            break;
        }
        killed += 1;
    }
    assert!(killed > 1, "killed {killed} times");
    assert!(copy_on(&first, &database).await.contains("statements           2003 "));
    assert_eq!(export(&database).await, export(&first).await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_store_in_use_is_not_copied_over() {
    let database = fresh_database().await;
    let place = Place::new();
    let (first, used) = (place.store("first"), place.store("used"));
    let mut traccia = serve(&first).await;
    traccia.admin().store(&[Statement::new().json()]).await;
    traccia.kill();
    for store in [&used, &database] {
        copy(&first, store).await;
        let mut traccia = serve(store).await;
        let document = Document::state("mine");
        document.put_bytes(&traccia.admin(), "text/plain", b"1").await.is(204);
        traccia.kill();
        let held = digest(store).await;
        let done = cli(&["store", "copy", "--from", &first, "--to", store]).await;
        assert_eq!(done.code, Some(3), "{done}");
        assert!(done.stderr.contains("the target has been used by a server"), "{done}");
        assert!(!done.stderr.contains("goes on"), "{done}");
        assert_eq!(digest(store).await, held);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_source_lacks_is_said_before_anything_is_copied() {
    let place = Place::new();
    let (first, second) = (place.store("first"), place.store("second"));
    let mut traccia = serve(&first).await;
    let name = "gone";
    traccia.cli(&["key", "create", "--scope", "all/read", "--name", name]).await.success();
    traccia.kill();
    copy(&first, &second).await;
    let mut traccia = traccia.restart().await;
    traccia.cli(&["key", "revoke", name]).await.success();
    traccia.admin().store(&[Statement::new().json()]).await;
    traccia.kill();
    let done = cli(&["store", "copy", "--from", &first, "--to", &second]).await;
    assert!(done.stderr.contains(&format!("the target has the key `{name}`")), "{done}");
    assert_eq!(export(&second).await, "");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_database_without_a_store_is_not_read_and_not_made_one() {
    let database = fresh_database().await;
    let place = Place::new();
    let target = place.store("target");
    for arguments in [
        vec!["store", "copy", "--from", &database, "--to", &target],
        vec!["store", "export", "--from", &database],
        vec!["store", "digest", "--from", &database],
    ] {
        for _ in 0..2 {
            let done = cli(&arguments).await;
            assert_eq!(done.code, Some(4), "{done}");
            assert!(done.stderr.contains("there is no Traccia store in the database"), "{done}");
        }
    }
    assert!(!std::path::Path::new(&place.file("target")).exists(), "the source comes first");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_copied_is_refused_with_the_reason() {
    let place = Place::new();
    let (first, second) = (place.store("first"), place.store("second"));
    for store in [&first, &second] {
        let mut traccia = serve(store).await;
        traccia.admin().store(&[Statement::new().json()]).await;
        traccia.kill();
    }
    let before = export(&second).await;
    let missing = place.store("missing");
    for (from, to, code, reason) in [
        (&first, &second, 3, "the target has statements of its own"),
        (&first, &first, 2, "name the same store"),
        (&missing, &second, 4, "there is no store in the folder"),
        (&first, &"oracle:x".to_owned(), 2, "use sqlite:FOLDER or mongodb://"),
    ] {
        let done = cli(&["store", "copy", "--from", from, "--to", to]).await;
        assert_eq!(done.code, Some(code), "{done}");
        assert!(done.stderr.contains(reason), "{done}");
        assert_eq!(export(&second).await, before);
    }
    assert!(!std::path::Path::new(&place.file("missing")).exists(), "nothing is made to be read");
}
