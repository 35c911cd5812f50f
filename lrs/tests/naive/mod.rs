//! Progress as the words define it, computed the slow way: every question goes through
//! the whole log of raw JSON again. Shares no code with `lrs::course`.

use serde_json::{Value, json};

const ADL: &str = "http://adlnet.gov/expapi/verbs/";
const CMI5: &str = "https://w3id.org/xapi/adl/verbs/";
const MOODLE_UNCOMPLETED: &str = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";

/// A course as the generator made it.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) modules: Vec<PlannedModule>,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedModule {
    pub(crate) id: String,
    /// `None` is all; `Some(n)` is at least n (any is 1).
    pub(crate) at_least: Option<usize>,
    pub(crate) activities: Vec<PlannedActivity>,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedActivity {
    pub(crate) is_prefix: bool,
    pub(crate) iri: String,
    pub(crate) rule: PlannedRule,
    /// In milliseconds.
    pub(crate) cap: Option<i128>,
}

#[derive(Clone, Debug)]
pub(crate) enum PlannedRule {
    Completed,
    Passed,
    Score(f64),
    Experienced,
}

/// A learner as the generator made them: the actors that are them, as JSON.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) region: String,
    pub(crate) actors: Vec<Value>,
}

/// A statement as the store keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) id: String,
    pub(crate) stored: i64,
    pub(crate) statement: Value,
}

fn verb(logged: &Logged) -> &str {
    logged.statement["verb"]["id"].as_str().unwrap()
}

fn happened(logged: &Logged) -> jiff::Timestamp {
    match logged.statement["timestamp"].as_str() {
        Some(text) => text.parse().unwrap(),
        None => jiff::Timestamp::from_microsecond(logged.stored).unwrap(),
    }
}

/// The log without the statements that another one voids.
pub(crate) fn live(log: &[Logged]) -> Vec<Logged> {
    let voided: Vec<&Value> = log
        .iter()
        .filter(|other| verb(other) == format!("{ADL}voided"))
        .filter(|other| other.statement["object"]["objectType"] == "StatementRef")
        .map(|other| &other.statement["object"]["id"])
        .collect();
    let is_live = |logged: &&Logged| !voided.iter().any(|id| **id == logged.id);
    log.iter().filter(is_live).cloned().collect()
}

fn is_by(logged: &Logged, person: &Person) -> bool {
    let actor = &logged.statement["actor"];
    if actor["objectType"] == "Group" {
        return false;
    }
    person.actors.iter().any(|own| {
        ["account", "mbox", "mbox_sha1sum", "openid"]
            .iter()
            .any(|key| own.get(*key).is_some() && own.get(*key) == actor.get(*key))
    })
}

/// Module and activity, by position.
fn where_it_counts(plan: &Plan, logged: &Logged) -> Option<(usize, usize)> {
    let object = &logged.statement["object"];
    if !matches!(object["objectType"].as_str(), None | Some("Activity")) {
        return None;
    }
    let iri = object["id"].as_str()?;
    let mut best: Option<(usize, (usize, usize))> = None;
    for (m, module) in plan.modules.iter().enumerate() {
        for (a, activity) in module.activities.iter().enumerate() {
            let fits = if activity.is_prefix {
                iri.starts_with(&activity.iri)
            } else {
                iri == activity.iri
            };
            let strength = if activity.is_prefix { activity.iri.len() } else { usize::MAX };
            if fits && best.is_none_or(|(other, _)| strength > other) {
                best = Some((strength, (m, a)));
            }
        }
    }
    best.map(|(_, place)| place)
}

fn bears_on_completion(logged: &Logged) -> Option<bool> {
    if let Some(value) = logged.statement["result"]["completion"].as_bool() {
        return Some(value);
    }
    let verb = verb(logged);
    let yes = [
        format!("{ADL}completed"),
        format!("{ADL}passed"),
        format!("{CMI5}satisfied"),
        format!("{CMI5}waived"),
    ];
    if yes.iter().any(|known| known == verb) {
        Some(true)
    } else if verb == MOODLE_UNCOMPLETED {
        Some(false)
    } else {
        None
    }
}

fn bears_on_success(logged: &Logged) -> Option<bool> {
    if let Some(value) = logged.statement["result"]["success"].as_bool() {
        return Some(value);
    }
    let verb = verb(logged);
    if verb == format!("{ADL}passed") {
        Some(true)
    } else if verb == format!("{ADL}failed") {
        Some(false)
    } else {
        None
    }
}

fn latest(statements: &[&Logged], bears: fn(&Logged) -> Option<bool>) -> Option<bool> {
    let mut bearing: Vec<&&Logged> = statements.iter().filter(|s| bears(s).is_some()).collect();
    bearing.sort_by_key(|s| (happened(s), s.stored, s.id.clone()));
    bearing.last().and_then(|s| bears(s))
}

fn best_score(statements: &[&Logged]) -> Option<f64> {
    statements
        .iter()
        .filter_map(|s| s.statement["result"]["score"]["scaled"].as_f64())
        .fold(None, |best: Option<f64>, score| Some(best.map_or(score, |best| best.max(score))))
}

fn duration(logged: &Logged) -> Option<i128> {
    let text = logged.statement["result"]["duration"].as_str()?;
    let span: jiff::Span = text.parse().unwrap();
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).unwrap();
    Some(duration.as_millis())
}

fn millis(statements: &[&Logged], activity: &PlannedActivity) -> i128 {
    let mut objects: Vec<&Value> =
        statements.iter().map(|s| &s.statement["object"]["id"]).collect();
    objects.sort_by_key(|id| id.as_str());
    objects.dedup();
    let mut sum = 0;
    for object in objects {
        let mut distinct: Vec<&Logged> = Vec::new();
        for logged in statements.iter().filter(|s| &s.statement["object"]["id"] == object) {
            let is_equal = |other: &&Logged| {
                verb(other) == verb(logged)
                    && happened(other) == happened(logged)
                    && other.statement.get("result") == logged.statement.get("result")
            };
            if !distinct.iter().any(is_equal) {
                distinct.push(logged);
            }
        }
        let of = |verbs: &[String]| -> Vec<i128> {
            let of_verbs = distinct.iter().filter(|s| verbs.iter().any(|v| v == verb(s)));
            of_verbs.filter_map(|s| duration(s)).collect()
        };
        let closing = of(&[
            format!("{ADL}terminated"),
            format!("{ADL}suspended"),
            format!("{ADL}exited"),
            format!("{CMI5}abandoned"),
        ]);
        sum += if closing.is_empty() {
            let ends = [format!("{ADL}completed"), format!("{ADL}passed"), format!("{ADL}failed")];
            of(&ends).into_iter().max().unwrap_or(0)
        } else {
            closing.iter().sum()
        };
    }
    activity.cap.map_or(sum, |cap| sum.min(cap))
}

fn fulfils(statements: &[&Logged], rule: &PlannedRule) -> bool {
    match rule {
        PlannedRule::Completed => latest(statements, bears_on_completion) == Some(true),
        PlannedRule::Passed => latest(statements, bears_on_success) == Some(true),
        PlannedRule::Score(least) => best_score(statements).is_some_and(|best| best >= *least),
        PlannedRule::Experienced => !statements.is_empty(),
    }
}

fn is_completed(plan: &Plan, log: &[Logged], person: &Person, m: usize) -> bool {
    let module = &plan.modules[m];
    let done = (0..module.activities.len())
        .filter(|a| {
            let statements = on(plan, log, person, |place| place == (m, *a));
            fulfils(&statements, &module.activities[*a].rule)
        })
        .count();
    done >= module.at_least.unwrap_or(module.activities.len())
}

/// A person's statements that count, on the places asked for.
fn on<'a>(
    plan: &Plan,
    log: &'a [Logged],
    person: &Person,
    wanted: impl Fn((usize, usize)) -> bool,
) -> Vec<&'a Logged> {
    log.iter()
        .filter(|s| is_by(s, person))
        .filter(|s| where_it_counts(plan, s).is_some_and(&wanted))
        .collect()
}

/// The report's figures for some people and some modules, from the [`live`] log, as the JSON of a row without its keys.
pub(crate) fn figures(plan: &Plan, log: &[Logged], people: &[&Person], modules: &[usize]) -> Value {
    let (mut not_started, mut in_progress, mut completed) = (0, 0, 0);
    let (mut passed, mut failed, mut total) = (0, 0, 0_i128);
    let mut means: Vec<f64> = Vec::new();
    for person in people {
        let all = on(plan, log, person, |(m, _)| modules.contains(&m));
        if modules.iter().all(|m| is_completed(plan, log, person, *m)) {
            completed += 1;
        } else if all.is_empty() {
            not_started += 1;
        } else {
            in_progress += 1;
        }
        match latest(&all, bears_on_success) {
            Some(true) => passed += 1,
            Some(false) => failed += 1,
            None => {}
        }
        let mut scores: Vec<f64> = Vec::new();
        for m in modules {
            for (a, activity) in plan.modules[*m].activities.iter().enumerate() {
                let statements = on(plan, log, person, |place| place == (*m, a));
                scores.extend(best_score(&statements));
                total += millis(&statements, activity);
            }
        }
        if !scores.is_empty() {
            means.push(scores.iter().sum::<f64>() / scores.len() as f64);
        }
    }
    let score_mean = (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64);
    json!({
        "enrolled": people.len(), "not_started": not_started, "in_progress": in_progress,
        "completed": completed, "passed": passed, "failed": failed, "score_mean": score_mean,
        // A hundredth of an hour is 36,000 milliseconds; halves go up.
        "hours": ((total + 18_000) / 36_000) as f64 / 100.0,
    })
}
