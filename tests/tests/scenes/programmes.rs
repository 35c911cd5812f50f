//! The five programmes: each loads with its cohort, and answers what it must report. Figures are
//! counted again here, from the list of learners and the statements that were sent.

#![allow(clippy::float_cmp, clippy::cast_precision_loss, reason = "whole numbers, and small ones")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use e2e::{Traccia, eventually};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

/// A programme that was loaded, and what was sent of it.
struct Programme {
    id: &'static str,
    traccia: Traccia,
    /// By heading.
    learners: Vec<BTreeMap<String, String>>,
    /// Without those that were voided.
    statements: Vec<Value>,
}

impl Programme {
    async fn load(id: &'static str) -> Self {
        let traccia = Traccia::start().await;
        let folder = traccia.folder().join("cohort").display().to_string();
        traccia.cli(&["demo", id, "--output", &folder]).await.success();
        let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        let sent: Vec<Value> = read("statements.ndjson")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let voided: BTreeSet<String> = sent
            .iter()
            .filter(|it| it["verb"]["id"] == "http://adlnet.gov/expapi/verbs/voided")
            .map(|it| it["object"]["id"].as_str().unwrap().to_owned())
            .collect();
        let is_live = |it: &&Value| it["id"].as_str().is_none_or(|id| !voided.contains(id));
        let statements = sent.iter().filter(is_live).cloned().collect();
        let learners = table(&read("learners.csv"));
        traccia.cli(&["demo", id, "--load"]).await.success();
        let programme = Self { id, traccia, learners, statements };
        programme.is_followed().await;
        programme
    }

    /// Waits until the newest statement is in the reports.
    async fn is_followed(&self) {
        let newest = self.traccia.admin().get("/statements").query(&[("limit", "1")]).await;
        let stored = newest.statements()[0]["stored"].as_str().unwrap().to_owned();
        eventually("all statements are in the reports", Duration::from_mins(2), || async {
            let path = format!("/api/v1/courses/{}/reports/progress", self.id);
            let reply = self.traccia.admin().get(&path).await;
            if reply.status != 200 {
                return Err(reply.to_string());
            }
            let through = reply.json()["through"].as_str().unwrap_or_default().to_owned();
            if through >= stored { Ok(()) } else { Err(format!("{through} < {stored}")) }
        })
        .await;
    }

    async fn rows(&self, report: &str, query: &[(&str, &str)]) -> Vec<Value> {
        let path = format!("/api/v1/courses/{}/reports/{report}", self.id);
        let report = self.traccia.admin().get(&path).query(query).await.expect(200).json();
        report["rows"].as_array().unwrap().clone()
    }

    /// How many learners have each value of a column.
    fn count(&self, column: &str) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for learner in &self.learners {
            *counts.entry(learner[column].clone()).or_default() += 1;
        }
        counts
    }

    /// The column of the learner whom an actor is, also under the hash of their address.
    fn of_actor<'a>(&'a self, actor: &Value, column: &str) -> Option<&'a str> {
        let text = |key: &str| actor[key].as_str().map(str::to_owned);
        let account = |account: &Value| {
            let (home, name) = (account["homePage"].as_str()?, account["name"].as_str()?);
            Some(format!("account:{home}|{name}"))
        };
        let named = account(&actor["account"]).or_else(|| text("mbox"));
        let hash = text("mbox_sha1sum");
        let is_theirs = |own: &str| {
            named.as_deref() == Some(own)
                || hash.as_deref() == own.strip_prefix("mbox_sha1sum:").or(Some(&sha1(own)))
        };
        let has = |it: &&BTreeMap<String, String>| it["identifiers"].split(';').any(is_theirs);
        self.learners.iter().find(has).map(|learner| learner[column].as_str())
    }

    /// The statements with a verb that are of learners, each with its learner; of equal ones the
    /// first.
    fn of_learners(&self, verb: &str) -> Vec<(&str, &Value)> {
        let mut counted = BTreeSet::new();
        let with_verb = self.statements.iter().filter(|it| it["verb"]["id"] == verb);
        with_verb
            .filter_map(|it| Some((self.of_actor(&it["actor"], "learner")?, it)))
            .filter(|(learner, it)| {
                let told = json!([learner, it["object"]["id"], it["timestamp"], it["result"]]);
                counted.insert(told.to_string())
            })
            .collect()
    }
}

fn sha1(text: &str) -> String {
    let digest = Sha1::digest(text.as_bytes());
    digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// A CSV text as rows by heading; quotes only where the demo writes them.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines().map(fields);
    let header = lines.next().unwrap();
    lines.map(|line| header.iter().cloned().zip(line).collect()).collect()
}

fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields.last_mut().unwrap().push(letter),
        }
    }
    fields
}

fn sum(rows: &[Value], key: &str) -> f64 {
    rows.iter().filter_map(|row| row[key].as_f64()).sum()
}

/// The sum of the whole hours and minutes of ISO durations.
fn hours(statement: &Value) -> f64 {
    let text = statement["result"]["duration"].as_str().unwrap_or("PT0S");
    let (mut sum, mut number) = (0.0, String::new());
    for letter in text.trim_start_matches("PT").chars() {
        let value: f64 = number.parse().unwrap_or_default();
        match letter {
            'H' => sum += value,
            'M' => sum += value / 60.0,
            'S' => sum += value / 3600.0,
            _ => {
                number.push(letter);
                continue;
            }
        }
        number.clear();
    }
    sum
}

/// Progress per module, per territory, per body; hours towards 150; who may get the certificate.
#[tokio::test]
async fn prog_2796_reports_modules_territories_bodies_hours_and_certificates() {
    let programme = Programme::load("prog-2796").await;
    assert_eq!(programme.learners.len(), 520);
    let rows = programme.rows("progress", &[("by", "module,region")]).await;
    assert_eq!(rows.len(), 16, "4 modules in 4 territories");
    for (region, people) in programme.count("region") {
        let of_region: Vec<&Value> = rows.iter().filter(|row| row["region"] == region).collect();
        assert_eq!(of_region.len(), 4, "{region}");
        for row in of_region {
            assert_eq!(row["enrolled"], people, "{row}");
            let states = ["not_started", "in_progress", "completed"];
            let all: u64 = states.iter().map(|state| row[*state].as_u64().unwrap()).sum();
            assert_eq!(all, people, "{row}");
        }
    }
    let bodies = programme.rows("bodies", &[]).await;
    assert_eq!(bodies.len(), programme.count("body").len());
    assert_eq!(sum(&bodies, "enrolled"), 520.0);
    let per_head = programme.rows("hours", &[]).await;
    assert!(per_head.iter().all(|row| row["target"] == 150.0 && row["target_year"] == 40.0));
    let matrix = programme.rows("matrix", &[]).await;
    let certified = programme.rows("certificates", &[]).await;
    assert!(!certified.is_empty() && certified.len() < 520, "{}", certified.len());
    for row in &certified {
        assert!(row["hours"].as_f64().unwrap() >= 120.0, "{row}");
        let theirs = matrix.iter().find(|it| it["learner"] == row["learner"]).unwrap();
        assert!(["m1", "m2", "m3", "m4"].iter().all(|m| theirs[*m] == "completed"), "{theirs}");
    }
    let curve = programme.rows("curve", &[("by", "region"), ("at", "2026-10-31")]).await;
    assert_eq!(curve.len(), 48, "twelve months in four territories");
    assert!(curve.iter().any(|row| row["planned"] == 150.0), "the plan ends at 150 hours");
}

/// Which municipalities take part and how far, presence against distance, per office area.
#[tokio::test]
async fn anci_reports_municipalities_presence_against_distance_and_offices() {
    let programme = Programme::load("anci-formazione-immigrazione").await;
    let municipalities = programme.count("body").len();
    assert!(municipalities > 370, "{municipalities}");
    let bodies = programme.rows("bodies", &[("small_groups", "true")]).await;
    assert_eq!(bodies.len(), municipalities, "each of them is named");
    assert_eq!(sum(&bodies, "enrolled"), programme.learners.len() as f64);
    let by_class = programme.rows("bodies", &[("by", "region,population_class")]).await;
    assert_eq!(sum(&by_class, "bodies"), municipalities as f64);
    let regions = programme.rows("bodies", &[("by", "region")]).await;
    assert_eq!(regions.len(), 5);
    for row in &regions {
        let (all, started) = (row["bodies"].as_u64(), row["bodies_started"].as_u64());
        assert!(started > Some(0) && started <= all, "{row}");
    }
    let offices = programme.rows("hours", &[("by", "office")]).await;
    assert_eq!(offices.len(), programme.count("office").len());
    for row in &offices {
        let (online, presence) = (row["hours_online"].as_f64(), row["hours_presence"].as_f64());
        assert!(online > Some(0.0) && presence > Some(0.0), "{row}");
        let both = online.unwrap() + presence.unwrap();
        assert!((both - row["hours"].as_f64().unwrap()).abs() < 0.02, "{row}");
    }
    let attendance = programme.rows("attendance", &[]).await;
    let there: BTreeSet<&str> = programme
        .of_learners("http://adlnet.gov/expapi/verbs/attended")
        .into_iter()
        .map(|(learner, _)| learner)
        .collect();
    assert_eq!(attendance[0]["participants"], there.len() as u64, "{attendance:?}");
}

/// Attendance by kind of event, needs mapped per territory, breakdown by gender where given.
#[tokio::test]
async fn mimain_reports_kinds_of_events_needs_per_territory_and_gender() {
    let programme = Programme::load("mimain-2740").await;
    let kinds = programme.rows("attendance", &[]).await;
    for kind in ["classroom", "workshop", "specialist_training", "study_visit", "joint_workshop"] {
        let row = kinds.iter().find(|row| row["kind"] == kind).expect(kind);
        assert!(
            row["participants"].as_u64() > Some(0) && row["hours"].as_f64() > Some(0.0),
            "{row}"
        );
    }
    let genders = programme.count("gender");
    assert!(genders.len() >= 2, "{genders:?}");
    let by_gender = programme.rows("progress", &[("by", "gender")]).await;
    for (gender, people) in &genders {
        let row = by_gender.iter().find(|row| row["gender"] == *gender).unwrap();
        assert!(*people < 5 && row["enrolled"].is_null() || row["enrolled"] == *people, "{row}");
    }
    let needs = programme.rows("assessment", &[("by", "province")]).await;
    let needs: Vec<&Value> = needs.iter().filter(|row| row["module"] == "bisogni").collect();
    let places: BTreeSet<&str> = needs.iter().filter_map(|row| row["province"].as_str()).collect();
    assert_eq!(places, ["Palermo", "Roma", "Trapani"].into());
    for row in needs {
        let mut scores: BTreeMap<&str, f64> = BTreeMap::new();
        let (area, place) = (row["activity"].as_str().unwrap(), row["province"].as_str().unwrap());
        for it in programme.statements.iter().filter(|it| {
            it["object"]["id"]
                .as_str()
                .is_some_and(|id| id.ends_with(area.trim_start_matches("bisogni-")))
        }) {
            let learner = programme.of_actor(&it["actor"], "learner");
            let is_there = programme.of_actor(&it["actor"], "province") == Some(place);
            if let (Some(score), Some(learner)) =
                (it["result"]["score"]["scaled"].as_f64(), learner)
                && is_there
            {
                let best = scores.entry(learner).or_insert(score);
                *best = best.max(score);
            }
        }
        if !scores.is_empty() {
            assert_eq!(row["takers"], scores.len() as u64, "{row}");
            let mean = scores.values().sum::<f64>() / scores.len() as f64;
            assert!((row["score_mean"].as_f64().unwrap() - mean).abs() < 0.0001, "{mean}: {row}");
        }
    }
}

/// Registers with hours in presence, per body and per role.
#[tokio::test]
async fn for_pa_reports_registers_and_hours_in_presence_per_body_and_role() {
    let programme = Programme::load("for-pa-105920").await;
    let register = programme.rows("register", &[]).await;
    let present: Vec<&Value> = register.iter().filter(|row| row["present"] == true).collect();
    let attended = programme.of_learners("http://adlnet.gov/expapi/verbs/attended");
    let told: f64 = attended.iter().map(|(_, it)| hours(it)).sum();
    let registered: f64 = present.iter().filter_map(|row| row["hours"].as_f64()).sum();
    assert!((told - registered).abs() < 0.5, "{told} hours were told, {registered} registered");
    assert!(register.iter().any(|row| row["present"] == false), "who never came is named");
    for (by, column) in [("role", "role"), ("body", "body")] {
        let rows = programme.rows("hours", &[("by", by)]).await;
        assert_eq!(rows.len(), programme.count(column).len());
        assert_eq!(sum(&rows, "hours_online"), 0.0);
    }
    let workshop = json!("decisori");
    let modules = programme.rows("progress", &[("by", "module,role")]).await;
    let roles: BTreeSet<&str> = modules
        .iter()
        .filter(|row| row["module"] == workshop && row["enrolled"].as_u64() > Some(0))
        .filter_map(|row| row["role"].as_str())
        .collect();
    assert_eq!(roles, ["councillor", "manager", "mayor"].into(), "decision makers alone");
    let arguments =
        ["report", "for-pa-105920", "register", "--session", "laboratorio-decisori/perugia"];
    let arguments = [&arguments[..], &["--format", "html", "--lang", "it"]].concat();
    let sheet = programme.traccia.cli(&arguments).await.success().to_owned();
    assert!(sheet.contains("21/05/2015") && sheet.contains("Firma"), "{sheet}");
}

/// Participation and completion per area, over time.
#[tokio::test]
async fn formare_per_integrare_reports_participation_and_completion_per_area_over_time() {
    let programme = Programme::load("formare-per-integrare").await;
    let areas = programme.rows("progress", &[("by", "module")]).await;
    let enrolled: f64 = areas.iter().filter_map(|row| row["enrolled"].as_f64()).sum();
    assert!(enrolled >= programme.learners.len() as f64, "everybody has an area");
    let curve = programme.rows("curve", &[("by", "office"), ("at", "2026-12-31")]).await;
    let offices = programme.count("office");
    for (office, people) in &offices {
        let over_time: Vec<&Value> = curve.iter().filter(|row| row["office"] == *office).collect();
        assert!(over_time.len() >= 12, "{office}: twelve months");
        assert!(over_time.iter().all(|row| row["enrolled"] == *people), "{office}");
        for key in ["started", "completed", "hours_mean"] {
            let values: Vec<f64> = over_time.iter().filter_map(|row| row[key].as_f64()).collect();
            assert!(
                values.last() > values.first() || key == "completed",
                "{office} {key}: {values:?}"
            );
            if key == "started" {
                assert!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{office}: {values:?}");
            }
        }
    }
    let last = curve.iter().filter(|row| row["date"] == "2026-12-31");
    assert!(
        last.filter_map(|row| row["completed"].as_u64()).sum::<u64>() > 0,
        "somebody completed"
    );
}
