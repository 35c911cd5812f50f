//! Presence: registers, corrections, check-in codes, and what Moodle says of meetings. The log
//! stays the only truth.

use std::time::Duration;

use e2e::seminar::{self, FACE_TO_FACE, did, file, register_of, report, reported, row, rows};
use e2e::{Client, Traccia, eventually};
use serde_json::{Value, json};

async fn with_course() -> (Traccia, Client) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    (traccia, admin)
}

async fn keep(client: &Client, session: &str, register: &str) -> Value {
    let put = client.put(&register_of(session)).body("text/csv", register.to_owned());
    put.await.expect(200).json()
}

fn counts(kept: &Value) -> (usize, usize, u64) {
    let count = |key: &str| kept[key].as_array().map_or(0, Vec::len);
    (count("written"), count("voided"), kept["unchanged"].as_u64().unwrap())
}

async fn hours_of(client: &Client, learner: &str, hours: f64) {
    let wanted = |it: &Value| rows(it)[0]["hours_presence"] == hours;
    reported(client, "hours", &[("learner", learner)], wanted).await;
}

#[tokio::test]
async fn a_register_becomes_attended_statements_that_anybody_can_read() {
    let (_traccia, admin) = with_course().await;
    let kept = keep(&admin, "perugia", "learner,hours,note\nu1,4,\nu2,2.5,left early\n").await;
    assert_eq!(counts(&kept), (2, 0, 0));
    let object = "https://learn.example.org/civic/events/seminar/perugia";
    let found = admin.found(&[("activity", object)]).await;
    assert_eq!(found.len(), 2);
    let id = kept["written"][1].as_str().unwrap();
    let statement = admin.statement(id).await;
    assert_eq!(statement["verb"]["id"], "http://adlnet.gov/expapi/verbs/attended");
    assert_eq!(statement["object"]["id"], object);
    assert_eq!(statement["result"]["duration"], "PT2H30M");
    assert_eq!(statement["result"]["response"], "left early");
    assert_eq!(statement["timestamp"], "2026-03-05T09:00:00+01:00");
    assert_eq!(statement["actor"]["account"]["name"], "2");
    let of_course = admin
        .found(&[("activity", "https://learn.example.org/civic"), ("related_activities", "true")])
        .await;
    assert_eq!(of_course.len(), 2, "they stand in the course");
    hours_of(&admin, "u2", 2.5).await;
}

#[tokio::test]
async fn a_corrected_register_voids_what_it_corrects() {
    let (_traccia, admin) = with_course().await;
    let first = keep(&admin, "perugia", "learner,hours\nu1,4\nu2,4\nu3,4\n").await;
    hours_of(&admin, "u2", 4.0).await;
    // u1 as before, u2 for less, u3 was not there after all, u4 was forgotten.
    let second = keep(&admin, "perugia", "learner,hours\nu1,4\nu2,1\nu4,4\n").await;
    assert_eq!(counts(&second), (2, 2, 1));
    for (learner, hours) in [("u1", 4.0), ("u2", 1.0), ("u3", 0.0), ("u4", 4.0)] {
        hours_of(&admin, learner, hours).await;
    }
    let corrected = first["written"][1].as_str().unwrap();
    admin.get("/statements").query(&[("statementId", corrected)]).await.is(404);
    admin.get("/statements").query(&[("voidedStatementId", corrected)]).await.is(200);
    assert_eq!(
        counts(&keep(&admin, "perugia", "learner,hours\nu1,4\nu2,1\nu4,4\n").await),
        (0, 0, 3)
    );
    // Back to what it was at first: those statements are voided for good, so they are written anew.
    let third = keep(&admin, "perugia", "learner,hours\nu1,4\nu2,4\nu3,4\n").await;
    assert_eq!(counts(&third), (2, 2, 1));
    hours_of(&admin, "u2", 4.0).await;
    hours_of(&admin, "u4", 0.0).await;
}

/// The ids of her statements are taken for good; what the register says is kept under others.
#[tokio::test]
async fn a_register_is_kept_again_with_somebody_whose_statements_an_erasure_removed() {
    let (_traccia, admin) = with_course().await;
    let register = "learner,hours\nu1,4\nu2,4\n";
    for erased in 0..2 {
        let kept = keep(&admin, "perugia", register).await;
        assert_eq!(counts(&kept), if erased == 0 { (2, 0, 0) } else { (1, 0, 1) });
        let asked = json!({"identifier": "mailto:u1@example.org", "reason": "prot. 3/2026",
            "mode": "delete"});
        let begun = admin.post("/api/v1/erasures").json(&asked).await.expect(202).json();
        let address = format!("/api/v1/erasures/{}", begun["id"].as_str().unwrap());
        let done = eventually("the erasure is done", Duration::from_secs(20), || async {
            let shown = admin.get(&address).await.expect(200).json();
            if shown["state"] == "done" { Ok(shown) } else { Err(shown.to_string()) }
        })
        .await;
        assert_eq!(done["counts"]["removed"], 1, "{done}");
        let list = admin.put(&seminar::at("/learners")).body("text/csv", seminar::learners());
        list.await.is(200);
    }
    let kept = keep(&admin, "perugia", "learner,hours\nu1,4\nu2,4\nu3,3\n").await;
    assert_eq!(counts(&kept), (2, 0, 1));
    hours_of(&admin, "u1", 4.0).await;
    hours_of(&admin, "u3", 3.0).await;
}

/// No sheet can name her any more, and her hours were paid for.
#[tokio::test]
async fn the_hours_of_who_was_erased_stay_whatever_the_next_sheet_says() {
    let (_traccia, admin) = with_course().await;
    keep(&admin, "perugia", "learner,hours\nu1,4\nu2,4\nu3,4\n").await;
    hours_of(&admin, "u1", 4.0).await;
    let asked = json!({"identifier": "mailto:u1@example.org", "reason": "12/2026"});
    let begun = admin.post("/api/v1/erasures").json(&asked).await.expect(202).json();
    let erasure = format!("/api/v1/erasures/{}", begun["id"].as_str().unwrap());
    eventually("she is erased", Duration::from_secs(30), || async {
        let shown = admin.get(&erasure).await.expect(200).json();
        if shown["state"] == "done" { Ok(()) } else { Err(shown.to_string()) }
    })
    .await;
    let pseudonym = begun["pseudonym"].as_str().unwrap();
    hours_of(&admin, pseudonym, 4.0).await;
    // One is corrected, one was not there after all.
    assert_eq!(counts(&keep(&admin, "perugia", "learner,hours\nu2,1\n").await), (1, 2, 0));
    for (learner, hours) in [("u2", 1.0), ("u3", 0.0), (pseudonym, 4.0)] {
        hours_of(&admin, learner, hours).await;
    }
}

#[tokio::test]
async fn a_correction_of_some_leaves_the_others() {
    let (_traccia, admin) = with_course().await;
    keep(&admin, "perugia", "learner,hours\nu1,4\nu2,4\n").await;
    let post = admin.post(&register_of("perugia"));
    let sent =
        json!({"entries": [{"learner": "u2", "hours": 3}, {"learner": "u5", "hours": "1,5"}]});
    let corrected = post.json(&sent).await.expect(200).json();
    assert_eq!(counts(&corrected), (2, 1, 0));
    for (learner, hours) in [("u1", 4.0), ("u2", 3.0), ("u5", 1.5)] {
        hours_of(&admin, learner, hours).await;
    }
}

#[tokio::test]
async fn a_seminar_held_four_times_counts_once_up_to_its_hours() {
    let (_traccia, admin) = with_course().await;
    for session in ["perugia", "terni", "milano", "palermo"] {
        keep(&admin, session, "learner\nu1\n").await;
    }
    // 4 + 4 + 4 and, over the leap of the clocks, 3: fifteen hours, of which 6 count.
    hours_of(&admin, "u1", 6.0).await;
    // By object: Milano, Palermo, Perugia, Terni.
    let told = |it: &Value| -> Vec<Value> {
        rows(it).iter().map(|row| row["hours_measured"].clone()).collect()
    };
    let of_all = |it: &Value| told(it) == [json!(4.0), json!(3.0), json!(4.0), json!(4.0)];
    reported(&admin, "ledger", &[("learner", "u1")], of_all).await;
    hours_of(&admin, "u1", 6.0).await;
    let attendance = report(&admin, "attendance", &[("at", "2026-12-31")]).await;
    let seminars = row(&attendance, &json!({"kind": "seminar"}));
    let told =
        ["events", "sessions", "participants", "attendances"].map(|key| seminars[key].clone());
    assert_eq!(told, [json!(1), json!(4), json!(1), json!(1)], "{attendance:#}");
}

#[tokio::test]
async fn a_night_in_which_the_clocks_leap_is_as_long_as_it_was() {
    let (_traccia, admin) = with_course().await;
    keep(&admin, "palermo", "learner,from,to\nu8,01:00,05:00\nu9,03:00,05:00\n").await;
    hours_of(&admin, "u8", 3.0).await;
    hours_of(&admin, "u9", 2.0).await;
    let gap = admin.put(&register_of("palermo"));
    let gap = gap.body("text/csv", "learner,from,to\nu8,02:30,05:00\n".to_owned()).await;
    gap.problem(400);
    assert!(gap.text().contains("line 2"), "{gap}");
}

#[tokio::test]
async fn a_register_with_faults_is_not_kept_at_all() {
    let (_traccia, admin) = with_course().await;
    let put = admin.put(&register_of("perugia"));
    let text = "matricola;ore\nu1;4\nu99;4\nu2;quattro\nu1;3\n";
    let refused = put.body("text/csv", text.to_owned()).await;
    refused.problem(400);
    for part in ["line 3", "line 4", "line 5", "u99", "quattro"] {
        assert!(refused.text().contains(part), "{part}: {refused}");
    }
    assert!(admin.found(&[]).await.is_empty(), "nothing was written");
    let put = admin.put(&format!("{}?dry_run=true", register_of("perugia")));
    let dry = put.body("text/csv", "learner,hours\nu1,4\n".to_owned()).await.expect(200).json();
    assert_eq!((counts(&dry), &dry["dry_run"]), ((1, 0, 0), &json!(true)));
    assert!(admin.found(&[]).await.is_empty(), "a dry run writes nothing");
    let nowhere = admin.put(&register_of("venezia")).body("text/csv", "learner\nu1\n".to_owned());
    nowhere.await.problem(404);
}

#[tokio::test]
async fn what_moodle_says_of_meetings_counts_as_it_comes() {
    let (_traccia, admin) = with_course().await;
    let completion = json!({"completion": true, "duration": "PT2H"});
    let meeting = |who: u32, verb: &str, when: &str| {
        let mut statement = did(who, "attended", FACE_TO_FACE, when, Value::Null);
        statement["verb"]["id"] = json!(format!("http://activitystrea.ms/schema/1.0/{verb}"));
        statement
    };
    admin
        .store(&[
            did(1, "attended", FACE_TO_FACE, "2026-03-02T10:00:00Z", completion),
            meeting(2, "join", "2026-03-02T10:00:00Z"),
            meeting(2, "leave", "2026-03-02T10:45:00Z"),
            meeting(2, "join", "2026-03-02T11:00:00Z"),
            meeting(2, "leave", "2026-03-02T11:30:00Z"),
        ])
        .await;
    hours_of(&admin, "u1", 2.0).await;
    hours_of(&admin, "u2", 1.25).await;
    let register = report(&admin, "register", &[("learner", "u2")]).await;
    let told = row(&register, &json!({"learner": "u2", "present": true}));
    assert_eq!((&told["object"], &told["hours"]), (&json!(FACE_TO_FACE), &json!(1.25)));
    assert_eq!(told["statements"].as_array().map(Vec::len), Some(4), "{register:#}");
}

#[tokio::test]
async fn the_register_names_who_came_and_who_never_did_and_a_sheet_has_room_to_sign() {
    let (_traccia, admin) = with_course().await;
    keep(&admin, "perugia", "learner,hours\nu1,4\n").await;
    hours_of(&admin, "u1", 4.0).await;
    let register = report(&admin, "register", &[("at", "2026-12-31")]).await;
    assert_eq!(rows(&register).iter().filter(|row| row["present"] == true).count(), 1);
    assert_eq!(rows(&register).iter().filter(|row| row["present"] == false).count(), 11);
    let before = report(&admin, "register", &[("at", "2026-03-10")]).await;
    assert_eq!(rows(&before).len(), 1, "nobody is missing while sessions are to come");
    let sheet = admin.get(&seminar::at("/reports/register"));
    let sheet = sheet.query(&[("session", "perugia"), ("format", "html"), ("lang", "it")]).await;
    assert_eq!(sheet.text().matches("Persona ").count(), 12, "{sheet}");
    assert!(sheet.text().contains("Firma"), "{sheet}");
}

#[tokio::test]
async fn what_a_register_notes_stands_in_the_report() {
    let (_traccia, admin) = with_course().await;
    keep(&admin, "perugia", "learner,hours,note\nu1,4,\nu2,2.5,left early\n").await;
    keep(&admin, "terni", "learner,hours,note\nu2,4,\"late, by train\"\n").await;
    hours_of(&admin, "u2", 6.0).await;
    let register = report(&admin, "register", &[("at", "2026-12-31")]).await;
    let note = |learner: &str, session: &str| {
        row(&register, &json!({"learner": learner, "session": session}))["note"].clone()
    };
    assert_eq!(note("u2", "perugia"), "left early");
    assert_eq!(note("u2", "terni"), "late, by train");
    assert_eq!(note("u1", "perugia"), Value::Null);
    let paper = admin.get(&seminar::at("/reports/register"));
    let paper = paper.query(&[("format", "html"), ("lang", "it")]).await.expect(200);
    assert!(paper.text().contains("Annotazioni"), "{paper}");
    assert!(paper.text().contains("left early"), "{paper}");
}

#[tokio::test]
async fn a_presence_longer_than_its_session_is_warned_of_and_written() {
    let (traccia, admin) = with_course().await;
    let register = "learner,hours,from,to\nu1,4,,\nu2,4:30,,\nu3,,08:00,13:00\n";
    let kept = keep(&admin, "perugia", register).await;
    assert_eq!(counts(&kept), (3, 0, 0));
    assert_eq!(
        kept["warnings"],
        json!([
            {"line": 3, "learner": "u2", "hours": 4.5, "session_hours": 4.0},
            {"line": 4, "learner": "u3", "hours": 5.0, "session_hours": 4.0},
        ])
    );
    let file = traccia.file("register.csv", register);
    let cli = ["register", "keep", seminar::COURSE, "seminar", "perugia", &file, "--dry-run"];
    let kept = traccia.cli(&cli).await;
    kept.success();
    assert!(kept.stderr.contains("warning: line 3: u2: 4.5 hours, of a session of 4.0"), "{kept}");
    let kept = keep(&admin, "perugia", "learner,hours\nu1,4\n").await;
    assert_eq!(kept["warnings"], Value::Null);
}

#[tokio::test]
async fn a_register_follows_a_session_that_was_moved_and_a_learner_whose_address_changed() {
    let (_traccia, admin) = with_course().await;
    keep(&admin, "perugia", "learner,hours\nu1,4\n").await;
    hours_of(&admin, "u1", 4.0).await;
    let moved = file().replace("date = 2026-03-05", "date = 2026-03-06");
    admin.put(&seminar::at("")).body("application/toml", moved).await.is(200);
    let list = "learner,name,identifiers,body\nu1,Persona Nuova,mailto:new@example.org,Comune di Perugia\n";
    admin.put(&seminar::at("/learners")).body("text/csv", list.to_owned()).await.is(200);
    // What they did under the account they had before is theirs still.
    hours_of(&admin, "u1", 4.0).await;
    let kept = keep(&admin, "perugia", "learner,hours\nu1,4\n").await;
    assert_eq!(counts(&kept), (1, 1, 0), "{kept}");
    let statement = admin.statement(kept["written"][0].as_str().unwrap()).await;
    assert_eq!(statement["timestamp"], "2026-03-06T09:00:00+01:00");
    assert_eq!(statement["actor"]["mbox"], "mailto:new@example.org");
    hours_of(&admin, "u1", 4.0).await;
}

/// A course whose only session is on a day without nine o'clock: the calendar's instants end before.
const FAR: &str = "id = 'far'\ntitle = { it = 'Lontano' }\ntime_zone = 'America/New_York'\n\
    [[module]]\nid = 'm1'\ntitle = { it = 'M' }\n[[module.event]]\nkey = 'day'\n\
    title = { it = 'G' }\nkind = 'seminar'\n[[module.event.session]]\nid = 'last'\n\
    date = 9999-12-31\n";

#[tokio::test]
async fn a_session_on_a_day_without_an_instant_writes_no_statement_of_1970() {
    let (_traccia, admin) = with_course().await;
    let put =
        |path: &str, kind: &'static str, body: &str| admin.put(path).body(kind, body.to_owned());
    put("/api/v1/courses/far", "application/toml", FAR).await.is(200);
    let list = "learner,identifiers\nu1,mailto:u1@example.org\n";
    put("/api/v1/courses/far/learners", "text/csv", list).await.is(200);
    let register = "/api/v1/courses/far/events/day/sessions/last/register";
    let refused = put(register, "text/csv", "learner,hours\nu1,2\n").await.expect(400).json();
    assert_eq!(refused["rule"], "parameter-value");
    assert!(refused["detail"].as_str().unwrap().contains("9999-12-31"), "{refused}");
    let verb = "http://adlnet.gov/expapi/verbs/attended";
    assert_eq!(admin.found(&[("verb", verb)]).await, [] as [Value; 0]);
}
