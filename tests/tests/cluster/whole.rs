//! One scene through everything on this engine, from a course file to reports. What the scenes ask of each part they
//! ask of the embedded engine; `make mongo` asks all of it here.

use e2e::seminar::{self, COURSE, LESSON, TEST, did, register_of, report, reported, row, rows};
use e2e::{Client, Document, Multipart, Setup, Statement, Traccia, new_id, sha2_hex};
use programs::fresh_database;
use serde_json::{Value, json};

const PAPER: &[u8] = b"a paper\r\n\0\xff";

/// By command line: the course, its learners and a key that may only write.
async fn set_up(traccia: &Traccia) -> Client {
    let file = traccia.file("course.toml", seminar::file());
    traccia.cli(&["course", "load", &file]).await.success();
    let learners = traccia.file("learners.csv", seminar::learners());
    traccia.cli(&["learners", "import", COURSE, &learners]).await.success();
    traccia.holder_of(&["statements/write"]).await
}

/// `u1` does all that a certificate asks; `u2` the same but for the test, whose pass is voided. One says it with a
/// paper attached.
async fn learn(player: &Client, admin: &Client) {
    let five = || json!({"duration": "PT5H"});
    let described = json!([{
        "usageType": "http://adlnet.gov/expapi/attachments/certificate",
        "display": {"en": "Paper"},
        "contentType": "text/plain",
        "length": PAPER.len(),
        "sha2": sha2_hex(PAPER),
    }]);
    let ids = player
        .store(&[
            did(1, "terminated", LESSON, "2026-02-02T09:00:00Z", five()),
            did(1, "completed", LESSON, "2026-02-02T09:00:00Z", Value::Null),
            did(2, "terminated", LESSON, "2026-02-02T09:00:00Z", five()),
            did(2, "completed", LESSON, "2026-02-02T09:00:00Z", Value::Null),
            did(2, "passed", TEST, "2026-02-03T09:00:00Z", Value::Null),
        ])
        .await;
    let mut passed = did(1, "passed", TEST, "2026-02-03T09:00:00Z", Value::Null);
    passed["attachments"] = described;
    let body = Multipart::of(&passed).attachment("text/plain", PAPER);
    player.post("/statements").multipart(&body).await.is(200);
    admin.store_one(&Statement::voiding(&ids[4]).json()).await;
    let register = "learner,hours\nu1,4\nu2,4\n".to_owned();
    admin.put(&register_of("perugia")).body("text/csv", register).await.is(200);
}

/// Whoever asks twice is told the same: `u1` alone has a right to a certificate.
async fn look(traccia: &Traccia, wanted: &Value) {
    let admin = traccia.admin();
    let hours =
        reported(&admin, "hours", &[("learner", "u2")], |it| rows(it)[0]["hours_presence"] == 4.0);
    assert_eq!(rows(&hours.await)[0]["hours"], 9.0);
    let list = reported(&admin, "certificates", &[], |it| rows(it).len() == 1).await;
    assert_eq!(row(&list, &json!({"learner": "u1"}))["since"], "2026-03-05");
    let funnel = report(&admin, "matrix", &[("learner", "u1")]).await;
    assert_eq!(rows(&funnel).len(), 1, "{funnel:#}");
    for (format, begin) in [("csv", "Learner,Name"), ("xlsx", "PK"), ("html", "<!DOCTYPE html>")] {
        let path = seminar::at("/reports/certificates");
        let sheet = admin.get(&path).query(&[("format", format)]).await.expect(200);
        assert!(sheet.text().starts_with(begin), "{format}: {sheet}");
    }
    let page = admin.get("/statements").query(&[("attachments", "true")]).await.expect(200);
    assert!(page.parts().iter().any(|part| part.body == PAPER), "{page}");
    let all = admin.found_on_all_pages(&[("limit", "3")]).await;
    // What was sent but for the voided pass, the voiding statement, and two of the register.
    assert_eq!(all.len(), 5 + 1 - 1 + 1 + 2, "{all:?}");
    let kept = Document::state("place").get(&admin).await.expect(200);
    assert_eq!(kept.json(), *wanted);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn from_a_course_file_to_reports_and_again_after_a_kill() {
    let database = fresh_database().await;
    let mut traccia = Setup::default().store(&database).start().await;
    let player = set_up(&traccia).await;
    let admin = traccia.admin();
    let place = json!({"slide": new_id()});
    Document::state("place").put(&admin, &place).await.is(204);
    learn(&player, &admin).await;
    look(&traccia, &place).await;

    let frozen = traccia.cli(&["certificate", "freeze", COURSE, "--at", "2026-03-31"]).await;
    let id = frozen.success().split_whitespace().next().unwrap().to_owned();
    let list = admin.get(&seminar::at(&format!("/certificates/{id}"))).await.expect(200).text();
    let file = traccia.file("list.json", list);

    traccia.kill();
    let traccia = traccia.restart().await;
    look(&traccia, &place).await;
    traccia.cli(&["certificate", "verify", &file]).await.success();
}
