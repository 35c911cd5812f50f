//! Statements become progress per module and region within a second, and take it back as quickly.

use std::time::Duration;

use e2e::course::{self, COURSE, FIRST, SECOND, counts, learner};
use e2e::{Statement, Traccia, agent, eventually};
use serde_json::{Value, json};

const SECOND_OF_TIME: Duration = Duration::from_secs(1);
/// Where processes share a store, who follows the log is held for dead when it was silent for some seconds.
const TAKEOVER: Duration = Duration::from_secs(15);
const UNCOMPLETED: &str = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";

/// How many learners of a module and region are where; `..NONE` for nobody in the others.
struct Counts {
    enrolled: u32,
    not_started: u32,
    in_progress: u32,
    completed: u32,
    passed: u32,
    failed: u32,
}

const NONE: Counts =
    Counts { enrolled: 0, not_started: 0, in_progress: 0, completed: 0, passed: 0, failed: 0 };

impl Counts {
    fn json(&self) -> Value {
        json!({
            "enrolled": self.enrolled, "not_started": self.not_started,
            "in_progress": self.in_progress, "completed": self.completed,
            "passed": self.passed, "failed": self.failed,
        })
    }
}

/// A server that knows the course and its learners.
async fn with_course() -> Traccia {
    with_course_on(Traccia::start().await).await
}

async fn with_course_on(traccia: Traccia) -> Traccia {
    course::load(&traccia.admin()).await;
    traccia
}

/// Awaits that this row of the report counts so, for at most a second.
async fn counted(traccia: &Traccia, module: &str, region: &str, wanted: Counts) -> Value {
    counted_within(SECOND_OF_TIME, traccia, module, region, wanted).await
}

async fn counted_within(
    time: Duration,
    traccia: &Traccia,
    module: &str,
    region: &str,
    wanted: Counts,
) -> Value {
    let wanted = wanted.json();
    let what = format!("{module} in {region} counts {wanted}");
    eventually(&what, time, || async {
        let report = course::report(&traccia.admin()).await;
        let seen = counts(&report, module, region);
        if seen == wanted { Ok(report) } else { Err(report.to_string()) }
    })
    .await
}

fn did(who: u32, verb: &str, what: &str) -> Statement {
    let object = json!({"objectType": "Activity", "id": what});
    Statement::new().by(learner(who)).did(verb).to(object)
}

fn in_second(name: &str) -> String {
    format!("{SECOND}{name}")
}

#[tokio::test]
async fn at_first_everybody_is_enrolled_and_nobody_has_started() {
    let traccia = with_course().await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 3, ..NONE }).await;
    let report =
        counted(&traccia, "m2", "Veneto", Counts { enrolled: 1, not_started: 1, ..NONE }).await;
    assert_eq!(report["course"], COURSE);
    assert_eq!(report["time_zone"], "Europe/Rome");
    assert!(report["through"].is_string(), "{report}");
    assert_eq!(report["rows"].as_array().map(Vec::len), Some(4), "two modules in two regions");
}

#[tokio::test]
async fn a_statement_changes_the_report_within_a_second() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    admin.store_one(&did(1, "initialized", FIRST).json()).await;
    counted(
        &traccia,
        "m1",
        "Umbria",
        Counts { enrolled: 3, not_started: 2, in_progress: 1, ..NONE },
    )
    .await;
    admin.store_one(&did(1, "completed", FIRST).json()).await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 2, completed: 1, ..NONE })
        .await;
    admin.store_one(&did(2, "passed", FIRST).json()).await;
    counted(
        &traccia,
        "m1",
        "Umbria",
        Counts { enrolled: 3, not_started: 1, completed: 2, passed: 1, ..NONE },
    )
    .await;
    counted(&traccia, "m1", "Veneto", Counts { enrolled: 1, not_started: 1, ..NONE }).await;
}

#[tokio::test]
async fn a_prefix_gathers_activities_and_a_pass_is_asked() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    admin.store_one(&did(4, "completed", &in_second("quiz-1")).json()).await;
    counted(&traccia, "m2", "Veneto", Counts { enrolled: 1, in_progress: 1, ..NONE }).await;
    admin.store_one(&did(4, "failed", &in_second("quiz-1")).json()).await;
    counted(&traccia, "m2", "Veneto", Counts { enrolled: 1, in_progress: 1, failed: 1, ..NONE })
        .await;
    admin.store_one(&did(4, "passed", &in_second("quiz-2")).json()).await;
    counted(&traccia, "m2", "Veneto", Counts { enrolled: 1, completed: 1, passed: 1, ..NONE })
        .await;
}

#[tokio::test]
async fn a_learner_is_known_under_each_identifier() {
    let traccia = with_course().await;
    let by_mail = did(1, "completed", FIRST).by(agent("u1"));
    traccia.admin().store_one(&by_mail.json()).await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 2, completed: 1, ..NONE })
        .await;
}

#[tokio::test]
async fn strangers_and_other_activities_do_not_count() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    admin
        .store(&[
            did(99, "completed", FIRST).json(),
            did(2, "completed", "https://learn.example.org/mod/scorm/view.php?id=11").json(),
            did(2, "completed", "https://learn.example.org/m").json(),
            did(1, "completed", FIRST).json(),
        ])
        .await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 2, completed: 1, ..NONE })
        .await;
    counted(&traccia, "m2", "Umbria", Counts { enrolled: 3, not_started: 3, ..NONE }).await;
}

#[tokio::test]
async fn uncompleted_takes_a_completion_back() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    admin.store_one(&did(1, "completed", FIRST).when("2026-10-05T09:00:00Z").json()).await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 2, completed: 1, ..NONE })
        .await;
    admin.store_one(&did(1, UNCOMPLETED, FIRST).when("2026-10-05T10:00:00Z").json()).await;
    counted(
        &traccia,
        "m1",
        "Umbria",
        Counts { enrolled: 3, not_started: 2, in_progress: 1, ..NONE },
    )
    .await;
}

#[tokio::test]
async fn the_latest_by_timestamp_decides_however_late_the_others_come() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    let late = [
        did(1, "completed", FIRST).when("2026-10-05T11:00:00Z").json(),
        did(1, UNCOMPLETED, FIRST).when("2026-10-05T12:00:00+02:00").json(),
        did(2, "completed", FIRST).when("2026-10-05T08:00:00Z").json(),
        did(2, UNCOMPLETED, FIRST).when("2026-10-05T09:00:00Z").json(),
    ];
    for statement in late {
        admin.store_one(&statement).await;
    }
    counted(
        &traccia,
        "m1",
        "Umbria",
        Counts { enrolled: 3, not_started: 1, in_progress: 1, completed: 1, ..NONE },
    )
    .await;
}

#[tokio::test]
async fn what_the_result_says_goes_before_the_verb() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    let no = did(1, "completed", FIRST).with("/result/completion", json!(false)).json();
    let yes =
        did(2, "experienced", FIRST).with("/result", json!({"completion": true, "success": false}));
    admin.store(&[no, yes.json()]).await;
    counted(
        &traccia,
        "m1",
        "Umbria",
        Counts { enrolled: 3, not_started: 1, in_progress: 1, completed: 1, failed: 1, ..NONE },
    )
    .await;
}

#[tokio::test]
async fn voiding_takes_back_and_a_voided_retraction_counts_no_more() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    let done = did(1, "completed", FIRST).when("2026-10-05T09:00:00Z").json();
    let undone = did(1, UNCOMPLETED, FIRST).when("2026-10-05T10:00:00Z").json();
    let ids = admin.store(&[done, undone]).await;
    counted(
        &traccia,
        "m1",
        "Umbria",
        Counts { enrolled: 3, not_started: 2, in_progress: 1, ..NONE },
    )
    .await;
    admin.store_one(&Statement::voiding(&ids[1]).json()).await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 2, completed: 1, ..NONE })
        .await;
    admin.store_one(&Statement::voiding(&ids[0]).json()).await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 3, ..NONE }).await;
}

#[tokio::test]
async fn sending_again_changes_nothing() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    let done = did(1, "completed", FIRST).id(&e2e::new_id()).json();
    for _ in 0..3 {
        admin.store_one(&done).await;
    }
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 2, completed: 1, ..NONE })
        .await;
}

#[tokio::test]
async fn learners_enrolled_afterwards_bring_what_they_did_before() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    admin.store_one(&did(1, "completed", FIRST).json()).await;
    course::load(&admin).await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 2, completed: 1, ..NONE })
        .await;
}

#[tokio::test]
async fn an_edited_course_file_is_counted_anew() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    admin.store_one(&did(1, "completed", FIRST).json()).await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, not_started: 2, completed: 1, ..NONE })
        .await;
    let stricter = course::file().replacen("\"completed\"", "\"passed\"", 1);
    let put = admin.put(&format!("/api/v1/courses/{COURSE}")).body("application/toml", stricter);
    put.await.is(200);
    counted(
        &traccia,
        "m1",
        "Umbria",
        Counts { enrolled: 3, not_started: 2, in_progress: 1, ..NONE },
    )
    .await;
}

#[tokio::test]
async fn a_rebuild_gives_the_same_rows() {
    let traccia = with_course().await;
    let admin = traccia.admin();
    let score = json!({"score": {"scaled": 0.5}, "duration": "PT30M"});
    let mut stream = Vec::new();
    for who in 1..=4 {
        stream.push(did(who, "initialized", FIRST).json());
        stream.push(did(who, "passed", &in_second("quiz")).with("/result", score.clone()).json());
    }
    stream.push(did(2, "completed", FIRST).json());
    let ids = admin.store(&stream).await;
    admin.store_one(&Statement::voiding(&ids[1]).json()).await;
    counted(&traccia, "m1", "Umbria", Counts { enrolled: 3, in_progress: 2, completed: 1, ..NONE })
        .await;
    let before = counted(
        &traccia,
        "m2",
        "Umbria",
        Counts { enrolled: 3, not_started: 1, completed: 2, passed: 2, ..NONE },
    )
    .await;
    admin.post(&format!("/api/v1/courses/{COURSE}/rebuild")).await.is(200);
    let after = counted(
        &traccia,
        "m2",
        "Umbria",
        Counts { enrolled: 3, not_started: 1, completed: 2, passed: 2, ..NONE },
    )
    .await;
    assert_eq!(after["rows"], before["rows"]);
}

#[tokio::test]
async fn progress_outlives_a_kill() {
    let mut traccia = with_course_on(Traccia::program().await).await;
    traccia.admin().store_one(&did(1, "completed", FIRST).json()).await;
    traccia.kill();
    let traccia = traccia.restart().await;
    counted_within(
        TAKEOVER,
        &traccia,
        "m1",
        "Umbria",
        Counts { enrolled: 3, not_started: 2, completed: 1, ..NONE },
    )
    .await;
}

#[tokio::test]
async fn a_report_can_be_grouped_otherwise() {
    let traccia = with_course().await;
    let path = format!("/api/v1/courses/{COURSE}/progress");
    let admin = traccia.admin();
    let by_module = admin.get(&path).query(&[("by", "module")]).await.expect(200).json();
    let rows = by_module["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{by_module}");
    assert!(rows.iter().all(|row| row["enrolled"] == 4), "{by_module}");
    admin.get(&path).query(&[("by", "shoe-size")]).await.problem(400);
}

#[tokio::test]
async fn an_unknown_course_is_404_and_a_broken_file_is_explained() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    admin.get("/api/v1/courses/none/progress").query(&[("by", "module")]).await.problem(404);
    let path = format!("/api/v1/courses/{COURSE}");
    for broken in
        ["id = ", "id = \"fire-safety\"", &course::file().replace("[[module]]", "[[modul]]")]
    {
        admin.put(&path).body("application/toml", broken.to_owned()).await.problem(400);
    }
}
