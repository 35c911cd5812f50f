//! Questions as they are written on a command line and in an address:
//! `by=course,week(timestamp)`, `measure=count,distinct(actor) as people`, `where=verb=completed`, `order=-people`.

use serde_json::Value;

use super::ask::{AskError, Dimension, Measure, Order, RowCondition, ShareOf};

/// Verbs that are named by their last part: those of ADL, and those that cmi5 adds.
const OF_CMI5: [&str; 3] = ["abandoned", "waived", "satisfied"];

/// Parts between commas that are outside of parentheses.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// `text as name`.
fn named(text: &str) -> (&str, Option<String>) {
    match text.rsplit_once(" as ") {
        Some((text, name)) => (text.trim(), Some(name.trim().to_owned())),
        None => (text, None),
    }
}

/// `word(inner)`.
fn call(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once('(')?;
    Some((word.trim(), rest.trim().strip_suffix(')')?.trim()))
}

/// Dimensions: `course,week(timestamp),weekday(timestamp) as day`.
///
/// # Errors
/// [`AskError`] where a part is none.
pub fn dimensions(text: &str) -> Result<Vec<Dimension>, AskError> {
    let dimension = |part: &str| {
        let (part, name) = named(part);
        let Some((word, column)) = call(part) else {
            return Ok(Dimension { column: part.to_owned(), name, ..Dimension::default() });
        };
        let period: super::Period = word.parse()?;
        let (own, column) = (Some(word.to_owned()), column.to_owned());
        let (truncate, part) = if period.comes_again() { (None, own) } else { (own, None) };
        Ok(Dimension { column, truncate, part, zone: None, name })
    };
    parts(text).into_iter().map(dimension).collect()
}

/// Measures: `count`, `count(score_scaled)`, `distinct(actor)`, `sum(duration_ms)`, `mean(score_scaled)`,
/// `median(duration_ms)`, `quantile(duration_ms,0.9)`, `share(success=true)`, `first(verb)`, `last(verb)`.
///
/// # Errors
/// [`AskError`] where a part is none.
pub fn measures(text: &str) -> Result<Vec<Measure>, AskError> {
    parts(text).into_iter().map(measure).collect()
}

fn measure(part: &str) -> Result<Measure, AskError> {
    let (part, name) = named(part);
    let new = Measure { name, ..Measure::default() };
    if part == "count" {
        return Ok(Measure { count: Some("statements".to_owned()), ..new });
    }
    let unknown = || {
        AskError(format!(
            "`{part}` is no measure, such as count, distinct(actor), sum(duration_ms), \
             mean(score_scaled), median(duration_ms), quantile(duration_ms,0.9), share(success=true), \
             first(verb), last(verb)"
        ))
    };
    let (word, inner) = call(part).ok_or_else(unknown)?;
    let column = Some(inner.to_owned());
    Ok(match word {
        "count" => Measure { count: column, ..new },
        "distinct" => Measure { distinct: column, ..new },
        "sum" => Measure { sum: column, ..new },
        "mean" => Measure { mean: column, ..new },
        "median" => Measure { quantile: column, at: Some(0.5), ..new },
        "quantile" => {
            let (column, at) = inner.split_once(',').ok_or_else(unknown)?;
            let at = at.trim().parse().map_err(|_| unknown())?;
            Measure { quantile: Some(column.trim().to_owned()), at: Some(at), ..new }
        }
        "share" => {
            let (column, value) = inner.split_once('=').ok_or_else(unknown)?;
            let equals = value_of(column.trim(), value.trim());
            Measure { share: Some(ShareOf { column: column.trim().to_owned(), equals }), ..new }
        }
        "first" => Measure { first: column, ..new },
        "last" => Measure { last: column, ..new },
        _ => return Err(unknown()),
    })
}

/// What groups are sorted by: `-people,course`; a minus puts the greatest first.
pub fn order(text: &str) -> Vec<Order> {
    let order = |part: &str| match part.strip_prefix('-') {
        Some(name) => Order { by: name.to_owned(), descending: true },
        None => Order { by: part.to_owned(), descending: false },
    };
    parts(text).into_iter().map(order).collect()
}

/// Conditions that all hold, each as [`condition`] reads it.
///
/// # Errors
/// Those of [`condition`].
pub fn conditions<'a>(
    texts: impl Iterator<Item = &'a str>,
) -> Result<Option<RowCondition>, AskError> {
    let all = texts.map(condition).collect::<Result<Vec<_>, _>>()?;
    Ok((!all.is_empty()).then(|| RowCondition { all: Some(all), ..RowCondition::default() }))
}

/// The column that a condition is on, as [`condition`] reads it.
pub fn column_of(text: &str) -> &str {
    parted(text).0
}

/// A condition as its column and what follows.
fn parted(text: &str) -> (&str, &str) {
    let at = text.find(['=', '<', '>', '!', '^']).unwrap_or(text.len());
    let (column, rest) = text.split_at(at);
    (column.trim(), rest)
}

/// A condition: `verb=completed|passed`, `verb!=completed`, `object^=https://x.example/`, `timestamp>=2026-01-01`,
/// `score_scaled<0.5`, `actor=` (no value), `actor!=` (a value).
///
/// # Errors
/// [`AskError`] where it is none.
pub fn condition(text: &str) -> Result<RowCondition, AskError> {
    let (column, rest) = parted(text);
    let operators = ["!=", "^=", ">=", "<=", "=", ">", "<"];
    let found = operators.into_iter().find_map(|it| Some((it, rest.strip_prefix(it)?.trim())));
    let Some((operator, value)) = found.filter(|_| !column.is_empty()) else {
        return Err(AskError(format!(
            "`{text}` is no condition, such as verb=completed, timestamp>=2026-01-01, \
             object^=https://x.example/"
        )));
    };
    let new = RowCondition { column: Some(column.to_owned()), ..RowCondition::default() };
    let one = || Some(value_of(column, value));
    Ok(match operator {
        "=" | "!=" if value.is_empty() => RowCondition { missing: Some(operator == "="), ..new },
        "=" | "!=" => {
            let values = value.split('|').map(|it| value_of(column, it.trim())).collect();
            let equal = RowCondition { one_of: Some(values), ..new };
            if operator == "=" {
                equal
            } else {
                RowCondition { not: Some(Box::new(equal)), ..RowCondition::default() }
            }
        }
        "^=" => RowCondition { prefix: Some(value.to_owned()), ..new },
        ">=" => RowCondition { from: one(), ..new },
        "<=" => RowCondition { through: one(), ..new },
        ">" => RowCondition { after: one(), ..new },
        _ => RowCondition { until: one(), ..new },
    })
}

/// A value as it is written. A verb without a colon is one of ADL's.
fn value_of(column: &str, value: &str) -> Value {
    if column == "verb" && !value.contains(':') {
        let of = if OF_CMI5.contains(&value) {
            "https://w3id.org/xapi/adl"
        } else {
            "http://adlnet.gov/expapi"
        };
        return format!("{of}/verbs/{value}").into();
    }
    value.into()
}
