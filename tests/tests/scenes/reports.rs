//! Reports: the figures worked out by hand, on any day, in every format and language.

use e2e::seminar::{self, LESSON, TEST, did, register_of, report, reported, row, rows};
use e2e::{Client, Traccia};
use serde_json::{Value, json};

const REPORTS: [&str; 19] = [
    "glance",
    "funnel",
    "progress",
    "matrix",
    "curve",
    "ledger",
    "hours",
    "bodies",
    "at-risk",
    "register",
    "assessment",
    "questions",
    "content",
    "times",
    "attendance",
    "comparison",
    "learner",
    "health",
    "certificates",
];

/// An attempt of the test, inside of it as Moodle's plugin says.
fn attempt(who: u32, number: u32, when: &str, passed: bool) -> Value {
    let score = if passed { 0.8 } else { 0.3 };
    let result = json!({
        "completion": true, "success": passed, "duration": "PT30M", "score": {"scaled": score},
    });
    let object = format!("https://moodle.example.org/mod/quiz/attempt.php?attempt={number}&cmid=2");
    let mut statement = did(who, "completed", &object, when, result);
    statement["context"] = json!({"contextActivities": {"parent": [{"id": TEST}]}});
    statement
}

/// What `u1`, `u2` and `u7` do:
/// - `u1` spends 4 and 3 hours on the lesson, completes it on 3 February, passes the test at the
///   second attempt on the 4th (half an hour each), and is 4 hours at Perugia and 4 at Terni.
/// - `u2` begins the lesson on 20 March, for half an hour, and is 2.5 hours at Perugia.
/// - `u7` is at Milano, for as long as it lasts: 4 hours.
async fn with_history() -> (Traccia, Client) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let (four, three, half) =
        (json!({"duration": "PT4H"}), json!({"duration": "PT3H"}), json!({"duration": "PT30M"}));
    admin
        .store(&[
            did(1, "suspended", LESSON, "2026-02-02T09:00:00Z", four),
            did(1, "terminated", LESSON, "2026-02-03T09:00:00Z", three),
            did(1, "completed", LESSON, "2026-02-03T09:00:01Z", Value::Null),
            attempt(1, 1, "2026-02-03T10:00:00Z", false),
            attempt(1, 2, "2026-02-04T10:00:00Z", true),
            did(2, "suspended", LESSON, "2026-03-20T09:00:00Z", half),
        ])
        .await;
    for (session, register) in [
        ("perugia", "matricola;ore\nu1;4\nu2;2,5\nu3;assente\n"),
        ("terni", "learner,hours\nu1,4\n"),
        ("milano", "learner\nu7\n"),
    ] {
        let put = admin.put(&register_of(session)).body("text/csv", register.to_owned());
        put.await.is(200);
    }
    reported(&admin, "progress", &[("by", "")], |it| rows(it)[0]["hours"] == 21.0).await;
    (traccia, admin)
}

#[tokio::test]
async fn hours_online_and_in_presence_are_those_worked_out_by_hand() {
    let (_traccia, admin) = with_history().await;
    let hours = report(&admin, "hours", &[("at", "2026-12-31")]).await;
    let of = |id: &str| {
        let row = row(&hours, &json!({"learner": id}));
        (row["hours_online"].clone(), row["hours_presence"].clone(), row["hours"].clone())
    };
    // 4 + 3 hours of lesson, two attempts of half an hour; 8 hours of seminar, of which 6 count.
    assert_eq!(of("u1"), (json!(8.0), json!(6.0), json!(14.0)));
    assert_eq!(of("u2"), (json!(0.5), json!(2.5), json!(3.0)));
    assert_eq!(of("u7"), (json!(0.0), json!(4.0), json!(4.0)));
    assert_eq!(of("u3"), (json!(0.0), json!(0.0), json!(0.0)));
    let first = row(&hours, &json!({"learner": "u1"}));
    assert_eq!((&first["target"], &first["target_year"]), (&json!(16.0), &json!(40.0)));
    assert_eq!(first["hours_year"], 14.0, "all of them in 2026");
    let by_body = report(&admin, "hours", &[("by", "body"), ("at", "2026-12-31")]).await;
    let perugia = row(&by_body, &json!({"body": "Comune di Perugia"}));
    assert!(perugia["hours"].is_null(), "hidden with Terni, or Terni were the rest: {by_body:#}");
    assert_eq!(row(&by_body, &json!({"body": "Comune di Milano"}))["hours"], 4.0, "{by_body:#}");
}

#[tokio::test]
async fn each_hour_of_the_ledger_names_its_rule_and_its_statements() {
    let (_traccia, admin) = with_history().await;
    let ledger = report(&admin, "ledger", &[("learner", "u1")]).await;
    let told: Vec<(Value, Value, Value, usize)> = rows(&ledger)
        .iter()
        .map(|row| {
            let statements = row["statements"].as_array().map_or(0, Vec::len);
            (row["activity"].clone(), row["rule"].clone(), row["hours"].clone(), statements)
        })
        .collect();
    let line = |activity: &str, rule: &str, hours: f64, statements: usize| {
        (json!(activity), json!(rule), json!(hours), statements)
    };
    assert_eq!(
        told,
        [
            line("lesson", "sessions", 7.0, 2),
            line("test", "outcome", 0.5, 1),
            line("test", "outcome", 0.5, 1),
            line("seminar", "presence", 4.0, 1),
            line("seminar", "presence", 2.0, 1),
        ]
    );
    for row in rows(&ledger) {
        let id = row["statements"][0].as_str().unwrap();
        admin.statement(id).await;
    }
}

#[tokio::test]
async fn a_report_on_a_past_day_knows_nothing_of_later_days() {
    let (_traccia, admin) = with_history().await;
    let hours = async |day: &str| {
        let report = report(&admin, "hours", &[("at", day), ("learner", "u1")]).await;
        assert_eq!(report["at"], day);
        rows(&report)[0]["hours"].clone()
    };
    assert_eq!(hours("2026-02-01").await, json!(0.0));
    assert_eq!(hours("2026-02-02").await, json!(4.0));
    assert_eq!(hours("2026-02-03").await, json!(7.5));
    assert_eq!(hours("2026-02-28").await, json!(8.0));
    assert_eq!(hours("2026-03-05").await, json!(12.0));
    assert_eq!(hours("2026-03-12").await, json!(14.0));
    let module = async |day: &str| {
        let matrix = report(&admin, "matrix", &[("at", day), ("learner", "u1")]).await;
        let row = rows(&matrix)[0].clone();
        (row["m1"].clone(), row["m1/since"].clone(), row["m2"].clone())
    };
    assert_eq!(
        module("2026-02-03").await,
        (json!("in_progress"), Value::Null, json!("not_started"))
    );
    assert_eq!(
        module("2026-03-12").await,
        (json!("completed"), json!("2026-02-04"), json!("completed"))
    );
}

#[tokio::test]
async fn a_day_ends_at_midnight_in_the_courses_time_zone_when_the_clocks_leap_too() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let hour = || json!({"duration": "PT1H"});
    admin
        .store(&[
            did(4, "terminated", LESSON, "2026-03-28T23:30:00+01:00", hour()),
            did(4, "terminated", LESSON, "2026-03-29T21:59:59Z", hour()),
            did(4, "terminated", LESSON, "2026-03-29T22:00:00Z", hour()),
            did(4, "terminated", LESSON, "2026-10-25T22:59:59Z", hour()),
            did(4, "terminated", LESSON, "2026-10-25T23:00:00Z", hour()),
        ])
        .await;
    reported(&admin, "hours", &[("learner", "u4")], |it| rows(it)[0]["hours"] == 5.0).await;
    for (day, hours) in [
        ("2026-03-28", 1.0),
        ("2026-03-29", 2.0),
        ("2026-03-30", 3.0),
        ("2026-10-25", 4.0),
        ("2026-10-26", 5.0),
    ] {
        let report = report(&admin, "hours", &[("at", day), ("learner", "u4")]).await;
        assert_eq!(rows(&report)[0]["hours"], hours, "{day}");
    }
}

#[tokio::test]
async fn figures_are_grouped_by_anything_also_by_a_column_of_the_list() {
    let (_traccia, admin) = with_history().await;
    for (by, wanted, enrolled) in [
        ("module,region", json!({"module": "m1", "region": "Umbria"}), 6),
        ("activity", json!({"activity": "seminar"}), 12),
        ("role", json!({"role": "manager"}), 6),
        ("gender,module", json!({"gender": "m", "module": "m2"}), 8),
        ("province", json!({"province": "Milano"}), 6),
        ("edition", json!({"edition": ""}), 12),
    ] {
        let report = report(&admin, "progress", &[("by", by)]).await;
        let row = row(&report, &wanted);
        // A gender of four people is hidden, and the other with it.
        if by.starts_with("gender") {
            assert!(row["enrolled"].is_null() && row["suppressed"] == true, "{report:#}");
        } else {
            assert_eq!(row["enrolled"], enrolled, "{by}: {report:#}");
        }
    }
    let module = report(&admin, "progress", &[("by", "module")]).await;
    let m1 = row(&module, &json!({"module": "m1"}));
    let counts = ["not_started", "in_progress", "completed", "passed", "failed"];
    let counts: Vec<&Value> = counts.iter().map(|key| &m1[*key]).collect();
    assert_eq!(counts, [&json!(10), &json!(1), &json!(1), &json!(1), &json!(0)], "{m1:#}");
    let unknown = admin.get(&seminar::at("/reports/progress")).query(&[("by", "shoe-size")]);
    let unknown = unknown.await;
    unknown.problem(400);
    assert!(unknown.text().contains("gender"), "it names the columns of the list: {unknown}");
}

#[tokio::test]
async fn groups_under_five_are_hidden_across_bodies_and_not_within_one() {
    let (_traccia, admin) = with_history().await;
    let across = report(&admin, "progress", &[("by", "body")]).await;
    let terni = row(&across, &json!({"body": "Comune di Terni"}));
    assert!(terni["enrolled"].is_null() && terni["hours"].is_null(), "one person: {across:#}");
    assert_eq!(terni["suppressed"], true);
    let perugia = row(&across, &json!({"body": "Comune di Perugia"}));
    assert!(perugia["enrolled"].is_null(), "the next smallest is hidden with it: {across:#}");
    assert_eq!(row(&across, &json!({"body": "Comune di Milano"}))["enrolled"], 6);
    let within = [("by", "role"), ("body", "Comune di Perugia")];
    let within = report(&admin, "progress", &within).await;
    assert_eq!(row(&within, &json!({"role": "manager"}))["enrolled"], 2, "{within:#}");
    let text = admin.get(&seminar::at("/reports/progress"));
    let text = text.query(&[("by", "body"), ("format", "csv"), ("lang", "it")]).await.text();
    assert!(text.contains("Comune di Terni;<5;"), "{text}");
}

#[tokio::test]
async fn small_groups_are_shown_to_a_key_of_the_territory_and_on_request() {
    let (traccia, admin) = with_history().await;
    let terni =
        |report: &Value| row(report, &json!({"body": "Comune di Terni"}))["enrolled"].clone();
    let by_body = [("by", "body")];
    assert_eq!(terni(&report(&admin, "progress", &by_body).await), Value::Null);
    let asked = [("by", "body"), ("small_groups", "true")];
    assert_eq!(terni(&report(&admin, "progress", &asked).await), 1);
    let umbria = json!({"scopes": ["progress/read"], "bounds": {"regions": ["Umbria"]}});
    let key = admin.post("/api/v1/keys").json(&umbria).await.expect(201).json();
    let umbria = traccia.with_key(key["key"].as_str().unwrap(), key["secret"].as_str().unwrap());
    assert_eq!(terni(&report(&umbria, "progress", &by_body).await), 1);
    assert_eq!(terni(&report(&umbria, "hours", &by_body).await), 1);
}

#[tokio::test]
async fn text_fits_the_width_that_was_asked_for_and_80_otherwise() {
    let (_traccia, admin) = with_history().await;
    let longest = async |query: &[(&str, &str)]| {
        let text = admin.get(&seminar::at("/reports/matrix")).query(&[("format", "text")]);
        let text = text.query(query).await.expect(200).text();
        text.lines().map(|line| line.chars().count()).max().unwrap_or_default()
    };
    let (usual, narrow) = (longest(&[]).await, longest(&[("width", "60")]).await);
    assert!((61..=80).contains(&usual) && narrow <= 60, "{usual} {narrow}");
    assert!(longest(&[("width", "0")]).await > 80, "all columns");
    let wrong = admin.get(&seminar::at("/reports/matrix")).query(&[("width", "wide")]).await;
    wrong.problem(400);
}

#[tokio::test]
async fn every_report_answers_in_every_format_and_both_languages() {
    let (_traccia, admin) = with_history().await;
    for name in REPORTS {
        for (format, kind, begins) in [
            ("json", "application/json", &b"{\"report\":"[..]),
            ("csv", "text/csv", b""),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
            ("html", "text/html", b"<!DOCTYPE html>"),
            ("text", "text/plain", b""),
        ] {
            for language in ["it", "en"] {
                let ask = admin.get(&seminar::at(&format!("/reports/{name}")));
                let whom = if name == "learner" { &[("learner", "u1")][..] } else { &[] };
                let ask = ask.query(whom);
                let day = if name == "health" { &[][..] } else { &[("at", "2026-11-01")] };
                let ask = ask.query(&[("format", format), ("lang", language)]).query(day);
                let reply = ask.await.expect(200);
                assert!(reply.header("content-type").starts_with(kind), "{name} {format}: {reply}");
                assert!(reply.bytes.starts_with(begins), "{name} {format}: {reply}");
                if format == "html" {
                    let page = reply.text();
                    assert!(page.contains(&format!("lang=\"{language}\"")), "{name}: {page}");
                    assert!(page.contains("Europe/Rome"), "{name} names its time zone");
                }
            }
        }
    }
    let csv = admin.get(&seminar::at("/reports/hours"));
    let csv = csv.query(&[("format", "csv")]).header("accept-language", "it-IT,it;q=0.9").await;
    assert!(csv.text().starts_with("\u{feff}Matricola;Nome;"), "{csv}");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_explained() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    for (path, query, status) in [
        ("/reports/progres", &[][..], 404),
        ("/reports/progress", &[("at", "yesterday")][..], 400),
        ("/reports/progress", &[("at", "2026-02-30")], 400),
        ("/reports/progress", &[("format", "pdf")], 400),
        ("/reports/progress", &[("lang", "de")], 400),
        ("/reports/progress", &[("regoin", "Umbria")], 400),
        ("/reports/progress", &[("by", "module,,region")], 400),
        ("/reports/progress", &[("at", "2026-05-04T10:00")], 400),
        ("/reports/learner", &[("learner", "nobody")], 404),
        ("/reports/learner", &[], 400),
        ("/reports/glance", &[("by", "module,region")], 400),
        ("/reports/matrix", &[("by", "region")], 400),
        ("/reports/register", &[("session", "seminar/venezia")], 404),
    ] {
        admin.get(&seminar::at(path)).query(query).await.problem(status);
    }
    admin.get("/api/v1/courses/none/reports/glance").await.problem(404);
}

#[tokio::test]
async fn who_began_and_went_silent_is_at_risk() {
    let (_traccia, admin) = with_history().await;
    // u2 was last seen on 20 March: 13 idle days on the 2nd of April, 14 on the 3rd.
    let names = async |day: &str| {
        let report = report(&admin, "at-risk", &[("at", day)]).await;
        rows(&report).iter().map(|row| row["learner"].clone()).collect::<Vec<_>>()
    };
    assert!(names("2026-04-01").await.is_empty());
    assert_eq!(names("2026-04-02").await, ["u7"], "idle since 19 March");
    assert_eq!(names("2026-04-03").await, ["u7", "u2"], "u1 has completed");
    let glance = report(&admin, "glance", &[("at", "2026-04-02")]).await;
    let numbers = &rows(&glance)[0];
    let keys = ["enrolled", "started", "active_7d", "on_track", "at_risk", "completed"];
    let told: Vec<&Value> = keys.iter().map(|key| &numbers[*key]).collect();
    assert_eq!(told, [&json!(12), &json!(3), &json!(0), &json!(1), &json!(1), &json!(1)]);
    assert_eq!(numbers["at_risk_week_before"], 0, "{glance:#}");
    assert_eq!(numbers["active_7d_week_before"], 1, "u2, six days before: {glance:#}");
}

#[tokio::test]
async fn a_report_takes_a_key_or_says_that_it_does_not() {
    let (_traccia, admin) = with_history().await;
    for name in REPORTS {
        for by in [
            "module",
            "activity",
            "region",
            "province",
            "body",
            "population_class",
            "role",
            "office",
            "edition",
            "gender",
            "module,region",
            "region,activity",
            "gender,body",
        ] {
            let whom = if name == "learner" { &[("learner", "u1")][..] } else { &[] };
            let ask = admin.get(&seminar::at(&format!("/reports/{name}"))).query(&[("by", by)]);
            let reply = ask.query(whom).await;
            if reply.status == 400 {
                reply.problem(400);
                continue;
            }
            let report = reply.expect(200).json();
            for row in rows(&report) {
                for key in by.split(',').filter(|_| name != "health") {
                    assert!(row[key].is_string(), "{name} by {by}: {row}");
                }
            }
        }
    }
    let hours = report(&admin, "hours", &[("by", "module")]).await;
    assert_eq!(row(&hours, &json!({"module": "m2"}))["hours_presence"], 12.5, "{hours:#}");
}

#[tokio::test]
async fn gender_never_shows_for_fewer_than_five_not_even_within_a_body() {
    let (_traccia, admin) = with_history().await;
    let query = [("by", "gender"), ("body", "Comune di Perugia")];
    let report = report(&admin, "progress", &query).await;
    assert!(rows(&report).iter().all(|row| row["enrolled"].is_null()), "{report:#}");
}

#[tokio::test]
async fn a_learners_timeline_is_what_they_did_in_the_order_in_which_it_happened() {
    let (traccia, admin) = with_history().await;
    let elsewhere =
        did(2, "completed", "https://other.example.org/x", "2026-01-02T09:00:00Z", Value::Null);
    admin.store_one(&elsewhere).await;
    let timeline = admin.get(&seminar::at("/learners/u2/statements")).await.expect(200).json();
    let told: Vec<(&str, &str)> = timeline
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["verb"]["id"].as_str().unwrap(), it["timestamp"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("http://adlnet.gov/expapi/verbs/attended", "2026-03-05T09:00:00+01:00"),
            ("http://adlnet.gov/expapi/verbs/suspended", "2026-03-20T09:00:00Z"),
        ]
    );
    let printed = traccia.cli(&["learners", "statements", seminar::COURSE, "u2"]).await.json();
    assert_eq!(printed, timeline);
    admin.get(&seminar::at("/learners/nobody/statements")).await.problem(404);
    let new = json!({"scopes": ["progress/read"], "bounds": {"regions": ["Lombardia"]}});
    let key = admin.post("/api/v1/keys").json(&new).await.expect(201).json();
    let lombardia = traccia.with_key(key["key"].as_str().unwrap(), key["secret"].as_str().unwrap());
    lombardia.get(&seminar::at("/learners/u2/statements")).await.problem(404);
}
