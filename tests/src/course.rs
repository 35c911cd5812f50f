//! A small course and its learners, for scenes about progress and the command line.

use serde_json::{Value, json};

use crate::client::Client;
use crate::statement::account;

/// The course's id.
pub const COURSE: &str = "fire-safety";
/// The site whose accounts the learners hold.
pub const SITE: &str = "https://learn.example.org";
/// The activity of module `m1`.
pub const FIRST: &str = "https://learn.example.org/mod/scorm/view.php?id=1";
/// A prefix of the activities of module `m2`.
pub const SECOND: &str = "https://learn.example.org/m2/";

/// The course file: `m1` asks completion of one activity, `m2` a pass of whatever stands below its prefix.
pub fn file() -> String {
    format!(
        r#"id = "{COURSE}"
title = {{ it = "Sicurezza antincendio", en = "Fire safety" }}
time_zone = "Europe/Rome"
hours = 10

[[module]]
id = "m1"
title = {{ it = "Prevenzione" }}
hours = 4
complete_when = "all"
[[module.activity]]
id = "{FIRST}"
credit = "measured"
complete_when = "completed"

[[module]]
id = "m2"
title = {{ it = "Evacuazione" }}
hours = 6
complete_when = "any"
[[module.activity]]
prefix = "{SECOND}"
credit = "measured"
complete_when = "passed"
"#
    )
}

/// Four learners, three in Umbria and one in Veneto; learner `u1` is also known by mail address.
pub fn learners() -> String {
    let people = [
        (1, "Umbria", "Perugia"),
        (2, "Umbria", "Terni"),
        (3, "Umbria", "Terni"),
        (4, "Veneto", "Verona"),
    ];
    let mut lines =
        vec!["learner,name,identifiers,region,province,body,istat,role,office".to_owned()];
    for (number, region, province) in people {
        let mail = if number == 1 { ";mailto:u1@example.org" } else { "" };
        let identifiers = format!("account:{SITE}|{number}{mail}");
        // One body: small groups show only within a body.
        let place = format!("{region},{province},Agenzia nazionale,");
        lines.push(format!(
            "u{number},Learner {number},{identifiers},{place},official,social services"
        ));
    }
    lines.join("\n") + "\n"
}

/// Loads course and learners.
pub async fn load(client: &Client) {
    client.put(&at("")).body("application/toml", file()).await.is(200);
    client.put(&at("/learners")).body("text/csv", learners()).await.is(200);
}

/// An address of the course.
pub fn at(path: &str) -> String {
    format!("/api/v1/courses/{COURSE}{path}")
}

/// The report by module and region.
pub async fn report(client: &Client) -> Value {
    client.get(&at("/progress")).query(&[("by", "module,region")]).await.expect(200).json()
}

/// The account of learner `number`.
pub fn learner(number: u32) -> Value {
    account(SITE, &number.to_string())
}

/// One row of a report by module and region: its counts, or nulls for what is missing.
pub fn counts(report: &Value, module: &str, region: &str) -> Value {
    let rows = report["rows"].as_array().cloned().unwrap_or_default();
    let row = rows.iter().find(|row| row["module"] == module && row["region"] == region);
    let row = row.cloned().unwrap_or(Value::Null);
    json!({
        "enrolled": row["enrolled"],
        "not_started": row["not_started"],
        "in_progress": row["in_progress"],
        "completed": row["completed"],
        "passed": row["passed"],
        "failed": row["failed"],
    })
}
