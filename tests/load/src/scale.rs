//! Reports on a course of a size that few have: 100,000 learners in 400 bodies, 4 modules of 20
//! activities, 8 million activity states.
//!
//! The states are written as progress documents straight into the database, as the server would
//! have kept them: sending the statements behind them would take half an hour.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rusqlite::{Connection as Database, params};
use tempfile::TempDir;

use crate::process::Server;
use crate::rounds::{Aim, Effort, line, median, note};
use crate::wire::{Connection, get, post, put};
use crate::world::spread;
use crate::writes::PATH;

const LEARNERS: u64 = 100_000;
const BODIES: u64 = 400;
const MODULES: u64 = 4;
const ACTIVITIES: u64 = 20;
const SITE: &str = "https://grande.example.org";
const COURSE: &str = "/api/v1/courses/grande";
/// Requests of each kind.
const ASKED: usize = 21;
/// Statements whose way into the report is timed.
const TIMED: u64 = 15;

/// The argument that makes a data folder of the course, for whoever measures the pages of the browser UI on it.
pub(crate) const ARGUMENT: &str = "fill";

/// Makes `folder` a data folder with the course, its learners and what they did.
pub(crate) async fn fill(folder: &Path) -> Result<()> {
    let learners = Effort::of_environment().size(LEARNERS);
    enrol(folder, learners).await?;
    write_documents(folder, learners)
}

/// Two reports, and a statement on its way into one.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let folder = TempDir::new()?;
    let learners = effort.size(LEARNERS);
    enrol(folder.path(), learners).await?;
    write_documents(folder.path(), learners)?;
    let server = Server::traccia(folder.path(), &[]).await?;
    let mut client = Connection::open(&server.address).await?;
    note(
        &format!("{learners} learners, {MODULES} modules of {ACTIVITIES} activities"),
        &format!(
            "first report after the start: {:.1} s",
            asked(&mut client, "module").await? / 1e3
        ),
    );
    for (by, aim) in [
        ("module,region", 100.0),
        ("body", 300.0),
        ("module,body", 300.0),
        ("activity,region", 0.0),
    ] {
        let mut times = Vec::new();
        for _ in 0..ASKED {
            times.push(asked(&mut client, by).await?);
        }
        let time = median(times);
        if aim > 0.0 {
            let what = format!("report by {by}: ms / {aim:.0} ms");
            line(&what, time / aim, Aim::AtMost(1.0), &format!("{time:.1} ms"));
        } else {
            note(&format!("report by {by}"), &format!("{time:.1} ms"));
        }
    }
    let past = Instant::now();
    client.exchange(&get(&format!("{COURSE}/reports/progress?by=module&at=2026-03-31"))).await?;
    let first = past.elapsed();
    let past = Instant::now();
    client.exchange(&get(&format!("{COURSE}/reports/progress?by=body&at=2026-03-31"))).await?;
    let figures = format!("first {:.1} s, then {:.0} ms", first.as_secs_f64(), millis(past));
    note("report at a past day", &figures);
    arrivals(&mut client).await
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// The milliseconds of one report.
async fn asked(client: &mut Connection, by: &str) -> Result<f64> {
    let begun = Instant::now();
    let answer = client.exchange(&get(&format!("{COURSE}/reports/progress?by={by}"))).await?;
    let time = millis(begun);
    ensure!(answer.starts_with(b"{\"report\":\"progress\""), "{}", String::from_utf8_lossy(answer));
    Ok(time)
}

/// Sends a statement that changes a row, and asks until it has changed.
async fn arrivals(client: &mut Connection) -> Result<()> {
    let report = get(&format!("{COURSE}/reports/progress?by=region"));
    let mut waits = Vec::new();
    for number in 0..TIMED {
        let before = rows(client.exchange(&report).await?)?;
        client.exchange(&post(PATH, &session(number))).await?;
        let answered = Instant::now();
        while rows(client.exchange(&report).await?)? == before {
            ensure!(answered.elapsed() < Duration::from_secs(30), "the report stands still");
        }
        waits.push(millis(answered));
    }
    let longest = waits.iter().copied().fold(0.0, f64::max);
    line(
        "a statement shows in the report: longest / 1 s",
        longest / 1e3,
        Aim::AtMost(1.0),
        &format!("median {:.0} ms, longest {longest:.0} ms", median(waits)),
    );
    Ok(())
}

fn rows(report: &[u8]) -> Result<serde_json::Value> {
    let mut report: serde_json::Value = serde_json::from_slice(report)?;
    report.get_mut("rows").map(serde_json::Value::take).context("the report has no rows")
}

/// Two hours of one learner, in a session of its own.
fn session(number: u64) -> String {
    format!(
        r#"{{"actor":{{"account":{{"homePage":"{SITE}","name":"7"}}}},"verb":{{"id":"http://adlnet.gov/expapi/verbs/terminated"}},"object":{{"id":"{}"}},"result":{{"duration":"PT2H"}},"timestamp":"2026-06-01T{:02}:00:00Z"}}"#,
        activity(0, 0),
        number % 24,
    )
}

fn activity(module: u64, activity: u64) -> String {
    format!("{SITE}/mod/scorm/view.php?id={}", module * ACTIVITIES + activity + 1)
}

/// Course and learners, through the server.
async fn enrol(folder: &Path, learners: u64) -> Result<()> {
    let server = Server::traccia(folder, &[]).await?;
    let mut client = Connection::open(&server.address).await?;
    client.exchange(&put(COURSE, "application/toml", &course())).await?;
    let begun = Instant::now();
    let list = put(&format!("{COURSE}/learners"), "text/csv", &list(learners));
    client.exchange(&list).await?;
    note(&format!("enrolling {learners} learners"), &format!("{:.1} s", millis(begun) / 1e3));
    // The server has read the (empty) log for the course once a report answers.
    client.exchange(&get(&format!("{COURSE}/reports/progress"))).await?;
    server.stop()
}

fn course() -> String {
    let mut text = String::from(
        "id = \"grande\"\ntitle = { it = \"Grande\" }\ntime_zone = \"Europe/Rome\"\nhours = 150\n",
    );
    for module in 0..MODULES {
        let _ = write!(text, "[[module]]\nid = \"m{module}\"\ntitle = {{ it = \"M\" }}\n");
        for number in 0..ACTIVITIES {
            let id = activity(module, number);
            let _ = write!(text, "[[module.activity]]\nid = \"{id}\"\n");
        }
    }
    text
}

fn list(learners: u64) -> String {
    let mut text = String::from("learner,name,identifiers,region,province,body,role\n");
    for learner in 0..learners {
        let body = spread(learner, 31) % BODIES;
        let _ = writeln!(
            text,
            "u{learner},Persona {learner},account:{SITE}|{learner},Regione {},Provincia {},Comune {body},{}",
            body % 20,
            body % 100,
            if learner % 10 == 0 { "manager" } else { "official" },
        );
    }
    text
}

/// What each learner did: something in each activity, most of it completed.
fn write_documents(folder: &Path, learners: u64) -> Result<()> {
    let mut database = Database::open(folder.join("traccia.sqlite"))?;
    let transaction = database.transaction()?;
    let version: i64 = transaction.query_row(
        "UPDATE followed SET version = version + 1, base = version + 1 WHERE course = 'grande' \
         RETURNING version",
        [],
        |row| row.get(0),
    )?;
    let sql = "INSERT INTO progress (course, actor, version, body) VALUES ('grande', ?1, ?2, ?3)";
    let mut insert = transaction.prepare(sql)?;
    for learner in 0..learners {
        let actor = format!("account::{learner}@{SITE}");
        insert.execute(params![actor, version, document(learner)])?;
    }
    drop(insert);
    transaction.commit()?;
    Ok(())
}

/// A progress document with one statement on each activity.
fn document(learner: u64) -> String {
    let states = MODULES * ACTIVITIES;
    let mut text = format!("{{\"shape\":3,\"statements\":{states},\"activities\":{{");
    // Documents hold their activities by key, sorted; the server reads them in any order.
    for number in 0..states {
        let what = spread(learner * states + number, 32);
        let (day, minutes) = (what % 300, what / 300 % 90);
        let time = 1_767_225_600_000_000 + (day * 86_400 + what % 86_400) * 1_000_000;
        let date = day_of_2026(day);
        let id = activity(number / ACTIVITIES, number % ACTIVITIES);
        let comma = if number == 0 { "" } else { "," };
        let completed = what / 7 % 10 < 7;
        let statement = crate::world::id(learner * states + number);
        let _ = write!(
            text,
            r#"{comma}"{id}":{{"days":{{"{date}":{{"t":{time},"k":{time},"s":"{statement}"}}}},"objects":{{"{id}":[{{"t":{time},"f":{what},"k":{time},"s":"{statement}","w":{{"c":{completed},"g":0.{},"d":{{"session":{}}}}}}}]}}}}"#,
            what % 90 + 10,
            minutes * 60_000_000,
        );
    }
    text.push_str("}}");
    text
}

/// A day of 2026, counted in months of 28 days.
fn day_of_2026(day: u64) -> String {
    format!("2026-{:02}-{:02}", day / 28 + 1, day % 28 + 1)
}
