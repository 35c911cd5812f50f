//! A course with tests, a seminar in four sessions and a certificate, for scenes about reports.

use serde_json::{Value, json};

use crate::client::Client;
use crate::eventually::eventually;
use crate::statement::{Statement, account};

/// The course's id.
pub const COURSE: &str = "civic";
/// The site whose accounts the learners hold.
pub const SITE: &str = "https://moodle.example.org";
/// A lesson of module `m1`.
pub const LESSON: &str = "https://moodle.example.org/mod/scorm/view.php?id=1";
/// The test of module `m1`; its attempts stand in it.
pub const TEST: &str = "https://moodle.example.org/mod/quiz/view.php?id=2";
/// The seminar of module `m2` as Moodle's face-to-face module reports it.
pub const FACE_TO_FACE: &str = "https://moodle.example.org/mod/facetoface/view.php?id=3";

/// Two modules: a lesson (10 hours at most) with a test after it, and a seminar of 6 hours held in
/// Perugia, Terni and Milano, and in Palermo in the night in which the clocks leap.
pub fn file() -> String {
    format!(
        r#"id = "{COURSE}"
iri = "https://learn.example.org/civic"
title = {{ it = "Educazione civica", en = "Civics" }}
time_zone = "Europe/Rome"
hours = 16
begins = 2026-01-01
ends = 2026-12-31

[certificate]
hours = 8
hours_presence = 4
by = 2026-12-31

[[module]]
id = "m1"
title = {{ it = "Le regole", en = "The rules" }}
hours = 10

[[module.activity]]
key = "lesson"
id = "{LESSON}"
title = {{ it = "Lezione", en = "Lesson" }}
hours = 10

[[module.activity]]
key = "test"
id = "{TEST}"
within = "{TEST}"
kind = "test"
requires = ["lesson"]
complete_when = "passed"

[[module]]
id = "m2"
title = {{ it = "Il seminario", en = "The seminar" }}
hours = 6

[[module.event]]
key = "seminar"
id = "{FACE_TO_FACE}"
title = {{ it = "Seminario", en = "Seminar" }}
kind = "seminar"
hours = 6
{}"#,
        [
            "perugia|2026-03-05|09:00:00|13:00:00",
            "terni|2026-03-12|09:00:00|13:00:00",
            "milano|2026-03-19|14:00:00|18:00:00",
            "palermo|2026-03-29|01:00:00|05:00:00"
        ]
        .map(session)
        .concat()
    )
}

/// A session of the seminar: `id|date|from|to`.
pub fn session(text: &str) -> String {
    let parts: Vec<&str> = text.split('|').collect();
    let [id, date, from, to] = parts.as_slice() else { panic!("id|date|from|to: {text}") };
    format!(
        "\n[[module.event.session]]\nid = \"{id}\"\ndate = {date}\nfrom = {from}\nto = {to}\n\
         place = \"{id}\"\n"
    )
}

/// Twelve learners: `u1` to `u6` in Umbria, five of them at Perugia and `u6` at Terni; `u7` to
/// `u12` at Milano in Lombardia. Everybody has an account, `u1` a mail address too.
pub fn learners() -> String {
    let mut lines = vec![
        "learner,name,identifiers,region,province,body,istat,role,office,edition,gender".to_owned(),
    ];
    for number in 1..=12 {
        let (region, province, body, istat) = match number {
            1..=5 => ("Umbria", "Perugia", "Comune di Perugia", "054039"),
            6 => ("Umbria", "Terni", "Comune di Terni", "055032"),
            _ => ("Lombardia", "Milano", "Comune di Milano", "015146"),
        };
        let mail = if number == 1 { ";mailto:u1@example.org" } else { "" };
        let role = if number % 2 == 0 { "manager" } else { "official" };
        let gender = if number % 3 == 0 { "f" } else { "m" };
        lines.push(format!(
            "u{number},Persona {number},account:{SITE}|{number}{mail},{region},{province},{body},\
             {istat},{role},social services,,{gender}"
        ));
    }
    lines.join("\n") + "\n"
}

/// Loads course and learners.
pub async fn load(client: &Client) {
    let put = client.put(&at("")).body("application/toml", file());
    put.await.is(200);
    client.put(&at("/learners")).body("text/csv", learners()).await.is(200);
}

/// An address of the course.
pub fn at(path: &str) -> String {
    format!("/api/v1/courses/{COURSE}{path}")
}

/// The register of a session of the seminar.
pub fn register_of(session: &str) -> String {
    at(&format!("/events/seminar/sessions/{session}/register"))
}

/// What a learner did.
pub fn did(who: u32, verb: &str, what: &str, when: &str, result: Value) -> Value {
    let object = json!({"objectType": "Activity", "id": what});
    let account = account(SITE, &who.to_string());
    let statement = Statement::new().by(account).did(verb).to(object).when(when);
    if result.is_null() { statement.json() } else { statement.with("/result", result).json() }
}

/// A report in JSON.
pub async fn report(client: &Client, name: &str, query: &[(&str, &str)]) -> Value {
    client.get(&at(&format!("/reports/{name}"))).query(query).await.expect(200).json()
}

/// Awaits a report that is as wanted, for at most ten seconds, and gives it.
pub async fn reported(
    client: &Client,
    name: &str,
    query: &[(&str, &str)],
    is_wanted: impl Fn(&Value) -> bool,
) -> Value {
    let patience = std::time::Duration::from_secs(10);
    eventually(&format!("the report {name} is as wanted"), patience, || async {
        let report = report(client, name, query).await;
        if is_wanted(&report) { Ok(report) } else { Err(format!("{report:#}")) }
    })
    .await
}

/// The rows of a report.
pub fn rows(report: &Value) -> Vec<Value> {
    report["rows"].as_array().cloned().unwrap_or_default()
}

/// The first row with these values.
pub fn row(report: &Value, wanted: &Value) -> Value {
    let is_wanted = |row: &&Value| {
        let members = wanted.as_object().into_iter().flatten();
        members.into_iter().all(|(key, value)| row[key] == *value)
    };
    rows(report).iter().find(is_wanted).cloned().unwrap_or(Value::Null)
}
