//! Cases of format, from tables: what a server takes and what it refuses at each place of a statement.
//!
//! A row names a kind of value and, for that kind, variations that are right or wrong. It becomes one case
//! for each place where such a value can stand.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::case::Case;
use crate::edit;
use crate::failure::{Checked, Failure};
use crate::fixture;
use crate::kept;
use crate::lrs::{Lrs, id_of};
use crate::place::{Place, places};
use crate::version::Version;

/// One row of a table. The lists of values are JSON, so that `null` can be said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    id: String,
    says: String,
    requirements: Vec<String>,
    /// The kind of value, one that [`places`] knows.
    #[serde(rename = "in")]
    kind: String,
    /// The labels of the places that count; all if empty.
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    /// Put at the place first, instead of the valid value there.
    start: Option<String>,
    /// Where below the place the values are put.
    #[serde(default = "root")]
    at: Vec<String>,
    refuse: Option<String>,
    accept: Option<String>,
    /// Members that must not be missing.
    #[serde(default)]
    remove: Vec<String>,
    /// `/actor>Actor`: members that must not be named otherwise.
    #[serde(default)]
    rename: Vec<String>,
    /// Objects that must not have a member of an unknown name.
    #[serde(default)]
    extra: Vec<String>,
    version: Option<Version>,
}

fn root() -> Vec<String> {
    vec![String::new()]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

/// One statement to be sent, and what should become of it.
struct Step {
    what: String,
    statement: Value,
    taken: bool,
}

/// The cases of a table.
#[expect(clippy::expect_used, reason = "the text is compiled in, and a test reads it")]
pub(crate) fn cases(text: &str) -> Vec<Case> {
    let table: Table = toml::from_str(text).expect("the table is well-formed");
    table.row.into_iter().flat_map(|row| of_row(&Arc::new(row))).collect()
}

fn of_row(row: &Arc<Row>) -> Vec<Case> {
    let wanted = |place: &Place| {
        let listed = |labels: &[String]| labels.iter().any(|label| label == place.label);
        (row.only.is_empty() || listed(&row.only)) && !listed(&row.except)
    };
    places(&row.kind).into_iter().filter(wanted).map(|place| at_place(row, place)).collect()
}

fn at_place(row: &Arc<Row>, place: Place) -> Case {
    let id = format!("{}@{}", row.id, place.label);
    let title = format!("{} (at {})", row.says, place.label);
    let requirements: Vec<&str> = row.requirements.iter().map(String::as_str).collect();
    let in_version = |version: &Version| {
        place.exists_in(*version) && row.version.is_none_or(|only| only == *version)
    };
    let versions = Version::ALL.into_iter().filter(in_version).collect();
    let (row, place) = (Arc::clone(row), Arc::new(place));
    let mut case = Case::new(&id, &title, &requirements, move |lrs| {
        let steps = steps(&row, &place);
        run(lrs, steps)
    });
    case.versions = versions;
    case
}

fn steps(row: &Row, place: &Place) -> Vec<Step> {
    let mut steps = Vec::new();
    for (values, taken) in [(&row.refuse, false), (&row.accept, true)] {
        for value in json_list(values.as_deref()) {
            for at in &row.at {
                let pointer = format!("{}{at}", place.pointer());
                steps.push(Step {
                    what: format!("{value} at {pointer}"),
                    statement: changed(row, place, |s| edit::set(s, &pointer, value.clone())),
                    taken,
                });
            }
        }
    }
    for at in &row.remove {
        let pointer = format!("{}{at}", place.pointer());
        let statement = changed(row, place, |s| drop(edit::remove(s, &pointer)));
        steps.push(Step { what: format!("no {pointer}"), statement, taken: false });
    }
    for (at, name) in row.rename.iter().filter_map(|text| text.split_once('>')) {
        let pointer = format!("{}{at}", place.pointer());
        let statement = changed(row, place, |s| edit::rename(s, &pointer, name));
        steps.push(Step { what: format!("{name} for {pointer}"), statement, taken: false });
    }
    for at in &row.extra {
        let pointer = format!("{}{at}/unheardOf", place.pointer());
        let statement = changed(row, place, |s| edit::set(s, &pointer, json!("x")));
        steps.push(Step { what: format!("an additional {pointer}"), statement, taken: false });
    }
    steps
}

/// The valid statement of the place, the row's start value in it, one change, and fresh identifiers.
fn changed(row: &Row, place: &Place, change: impl FnOnce(&mut Value)) -> Value {
    let mut statement = place.base();
    if let Some(start) = row.start.as_deref().map(json_text) {
        edit::set(&mut statement, place.pointer(), start);
    }
    change(&mut statement);
    fixture::freshen(&mut statement, &fixture::names());
    statement
}

fn json_list(text: Option<&str>) -> Vec<Value> {
    match text.map(json_text) {
        Some(Value::Array(values)) => values,
        Some(other) => vec![other],
        None => Vec::new(),
    }
}

#[expect(clippy::expect_used, reason = "the text is compiled in, and a test reads it")]
fn json_text(text: &str) -> Value {
    serde_json::from_str(text).expect("the values of a table are JSON")
}

/// Sends all statements and tells of every one that was not treated as it should have been.
async fn run(lrs: Lrs, steps: Vec<Step>) -> Checked {
    let (mut wrong, mut first) = (Vec::new(), None);
    let count = steps.len();
    for step in steps {
        match send(&lrs, &step).await {
            Err(Failure::Wrong { expected, got, exchange }) => {
                first.get_or_insert((expected.clone(), exchange));
                wrong.push(format!("{}: {got}", step.what));
            }
            other => other?,
        }
    }
    match first {
        None => Ok(()),
        Some((expected, exchange)) => {
            let got = format!("{} of {count} variations wrong: {}", wrong.len(), wrong.join("; "));
            Err(Failure::Wrong { expected, got, exchange })
        }
    }
}

async fn send(lrs: &Lrs, step: &Step) -> Checked {
    let reply = lrs.post("statements").json(&step.statement).await?;
    if !step.taken {
        return reply.is(400).map(drop);
    }
    reply.is(200)?;
    let got = lrs.fetch(&id_of(&step.statement)).await?;
    match kept::lost(&step.statement, &got) {
        None => Ok(()),
        Some(at) => Err(Failure::wrong(
            "the statement as it was sent",
            format!("{at} is {}", got.pointer(&at).unwrap_or(&Value::Null)),
        )),
    }
}
