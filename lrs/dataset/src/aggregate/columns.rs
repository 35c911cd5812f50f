//! A question that has an answer: columns, values and names are known.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::answer::AnswerColumn;
use super::ask::{self, Ask, AskError, Duplicates, Voided};
use super::filter::{ColumnTest, Test, WhereOf, equals};
use super::period::Period;
use crate::schema::{Dataset, DatumKind};

/// The most dimensions of a question.
pub(super) const MOST_DIMENSIONS: usize = 8;
/// The quantiles that show where small groups are hidden: those at the ends are values of one person.
const SHOWN_QUANTILES: std::ops::RangeInclusive<f64> = 0.05..=0.95;
/// The most measures of a question.
const MOST_MEASURES: usize = 20;

/// A question that has an answer.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) test: Option<Test>,
    pub(super) dimensions: Vec<By>,
    pub(super) measures: Vec<StatementParts>,
    /// Places among dimensions and measures, and whether the greatest comes first.
    pub(super) order: Vec<(usize, bool)>,
    pub(super) limit: Option<usize>,
    pub(super) excludes_voided: bool,
    pub(super) once: bool,
    pub(super) hides_small: bool,
}

/// A dimension.
#[derive(Clone, Debug)]
pub(super) struct By {
    pub(super) name: String,
    pub(super) column: usize,
    pub(super) kind: DatumKind,
    pub(super) period: Option<(Period, TimeZone)>,
}

/// A measure.
#[derive(Clone, Debug)]
pub(super) struct StatementParts {
    pub(super) name: String,
    pub(super) what: What,
}

/// What is said of a group. Places are those of columns of `statements`.
#[derive(Clone, Debug)]
pub(super) enum What {
    Rows,
    Values(usize),
    Distinct(usize, DatumKind),
    Sum(usize, DatumKind),
    Mean(usize),
    Quantile(usize, f64),
    Share(usize, ColumnTest),
    First(usize, DatumKind),
    Last(usize, DatumKind),
}

/// The place of a column of `statements`, which is there.
pub(super) fn place(name: &str) -> usize {
    let columns = Dataset::Statements.columns();
    columns.iter().position(|column| column.name == name).unwrap_or(usize::MAX)
}

/// A column of `statements`.
pub(super) fn column(name: &str) -> Result<(usize, DatumKind), AskError> {
    column_of(Dataset::Statements, name)
}

pub(super) fn column_of(dataset: Dataset, name: &str) -> Result<(usize, DatumKind), AskError> {
    let columns = dataset.columns();
    let found = columns.iter().position(|column| column.name == name);
    found.and_then(|at| Some((at, columns.get(at)?.kind))).ok_or_else(|| {
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        AskError(format!("`{dataset}` has no column `{name}`; it has {}", names.join(", ")))
    })
}

/// The time zone of this name; UTC where none is named.
///
/// # Errors
/// [`AskError`] where no zone has the name.
pub fn zone(name: Option<&str>) -> Result<TimeZone, AskError> {
    name.map_or(Ok(TimeZone::UTC), zone_of)
}

/// A time zone of this name.
fn zone_of(name: &str) -> Result<TimeZone, AskError> {
    TimeZone::get(name)
        .map_err(|_| AskError(format!("`{name}` is no time zone, such as Europe/Rome or UTC")))
}

impl Plan {
    /// The question with everything known.
    ///
    /// # Errors
    /// [`AskError`], which says what to write instead.
    pub fn of(ask: &Ask) -> Result<Self, AskError> {
        let zone = zone(ask.zone.as_deref())?;
        if ask.dimensions.len() > MOST_DIMENSIONS || ask.measures.len() > MOST_MEASURES {
            return Err(AskError(format!(
                "a question has at most {MOST_DIMENSIONS} dimensions and {MOST_MEASURES} measures"
            )));
        }
        if ask.limit == Some(0) {
            return Err(AskError("`limit` is 1 or more".into()));
        }
        let read = WhereOf { dataset: Dataset::Statements, zone: zone.clone() };
        let test = ask.filter.as_ref().map(|filter| read.test(filter)).transpose()?;
        let dimensions = ask.dimensions.iter().map(|it| By::of(it, &zone));
        let dimensions = dimensions.collect::<Result<Vec<_>, _>>()?;
        let mut measures = ask.measures.iter().map(|it| StatementParts::of(it, &zone));
        let mut measures = measures.by_ref().collect::<Result<Vec<_>, _>>()?;
        if measures.is_empty() {
            measures.push(StatementParts { name: "count".into(), what: What::Rows });
        }
        let (voided, once) = (ask.voided, ask.duplicates == Duplicates::Once);
        let excludes_voided = voided == Voided::Exclude;
        let limit = ask.limit;
        let (order, hides_small) = (Vec::new(), false);
        let plan =
            Self { test, dimensions, measures, order, limit, excludes_voided, once, hides_small };
        plan.ordered(&ask.order)
    }

    /// The question of who may not read identities: groups and figures of fewer than five people are hidden.
    ///
    /// # Errors
    /// [`AskError`] for measures that are the value of one person.
    pub fn hiding_small(mut self) -> Result<Self, AskError> {
        for said in &self.measures {
            let told = match &said.what {
                What::First(..) | What::Last(..) => "`first` and `last` are".to_owned(),
                What::Quantile(_, at) if !SHOWN_QUANTILES.contains(at) => {
                    format!("a quantile at {at}, which is not from 0.05 to 0.95, is")
                }
                _ => continue,
            };
            return Err(AskError(format!(
                "{told} for keys with `identities/read`: the value may be of one person"
            )));
        }
        self.hides_small = true;
        Ok(self)
    }

    fn ordered(mut self, order: &[ask::Order]) -> Result<Self, AskError> {
        let names: Vec<String> = self.columns().into_iter().map(|column| column.name).collect();
        let mut known = BTreeSet::new();
        if let Some(twice) = names.iter().find(|name| !known.insert(name.as_str())) {
            return Err(AskError(format!(
                "two columns of the answer are named `{twice}`: give one another name by `as`"
            )));
        }
        for it in order {
            let at = names.iter().position(|name| *name == it.by).ok_or_else(|| {
                let names = names.join(", ");
                AskError(format!("the answer has no column `{}` to sort by; it has {names}", it.by))
            })?;
            self.order.push((at, it.descending));
        }
        Ok(self)
    }

    /// The columns of the answer: dimensions, then measures.
    pub fn columns(&self) -> Vec<AnswerColumn> {
        let dimensions = self.dimensions.iter().map(|it| AnswerColumn {
            name: it.name.clone(),
            kind: it.period.as_ref().map_or_else(|| kind_of(it.kind), |(period, _)| period.kind()),
        });
        let measures = self.measures.iter().map(|it| AnswerColumn {
            name: it.name.clone(),
            kind: match &it.what {
                What::Rows | What::Values(_) | What::Distinct(..) => "whole",
                What::Sum(_, kind) | What::First(_, kind) | What::Last(_, kind) => kind_of(*kind),
                What::Mean(_) | What::Quantile(..) | What::Share(..) => "number",
            },
        });
        dimensions.chain(measures).collect()
    }

    /// Whether statements that were voided, and those that void, do not count.
    pub const fn excludes_voided(&self) -> bool {
        self.excludes_voided
    }
}

const fn kind_of(kind: DatumKind) -> &'static str {
    match kind {
        DatumKind::Count => "whole",
        other => other.name(),
    }
}

impl By {
    fn of(ask: &ask::Dimension, zone: &TimeZone) -> Result<Self, AskError> {
        let (column, kind) = column(&ask.column)?;
        let (name, comes_again) = match (&ask.truncate, &ask.part) {
            (Some(_), Some(_)) => {
                return Err(AskError("a dimension has one of truncate, part".into()));
            }
            (Some(name), None) => (Some(name), false),
            (None, Some(name)) => (Some(name), true),
            (None, None) => (None, false),
        };
        let period: Option<Period> = name.map(|name| name.parse()).transpose()?;
        if period.is_some_and(|period| period.comes_again() != comes_again) {
            return Err(AskError(
                "`truncate` is hour, day, week, month, quarter or year; `part` is weekday or hour_of_day"
                    .into(),
            ));
        }
        if period.is_some() && kind != DatumKind::Timestamp {
            return Err(AskError(format!("`{}` is no time", ask.column)));
        }
        let zone = ask.zone.as_deref().map_or_else(|| Ok(zone.clone()), zone_of)?;
        let own = name.unwrap_or(&ask.column);
        let name = ask.name.as_ref().unwrap_or(own).clone();
        Ok(Self { name, column, kind, period: period.map(|period| (period, zone)) })
    }
}

impl StatementParts {
    fn of(ask: &ask::Measure, zone: &TimeZone) -> Result<Self, AskError> {
        let mut found = Vec::new();
        if let Some(name) = &ask.count {
            found.push(if name == "statements" {
                ("count".to_owned(), What::Rows)
            } else {
                (format!("count_{name}"), What::Values(column(name)?.0))
            });
        }
        let of = |word: &str, name: &str| -> Result<_, AskError> {
            let (at, kind) = column(name)?;
            Ok((format!("{word}_{name}"), at, kind))
        };
        if let Some(column) = &ask.distinct {
            let (name, at, kind) = of("distinct", column)?;
            found.push((name, What::Distinct(at, kind)));
        }
        if let Some(column) = &ask.sum {
            let (name, at, kind) = of("sum", column)?;
            found.push((name, What::Sum(number(column, at, kind)?, kind)));
        }
        if let Some(column) = &ask.mean {
            let (name, at, kind) = of("mean", column)?;
            found.push((name, What::Mean(number(column, at, kind)?)));
        }
        if let Some(column) = &ask.quantile {
            let (_, at, kind) = of("quantile", column)?;
            let part = ask.at.unwrap_or(0.5);
            if !(0.0..=1.0).contains(&part) {
                return Err(AskError(format!("a quantile is `at` 0 to 1, and not at {part}")));
            }
            let is_median = (part - 0.5).abs() < f64::EPSILON;
            let name = if is_median { "median".to_owned() } else { format!("quantile_{part}") };
            let what = What::Quantile(number(column, at, kind)?, part);
            found.push((format!("{name}_{column}"), what));
        }
        if let Some(share) = &ask.share {
            let (at, check) = equals(&share.column, &share.equals, zone)?;
            found.push((format!("share_{}", share.column), What::Share(at, check)));
        }
        if let Some(column) = &ask.first {
            let (name, at, kind) = of("first", column)?;
            found.push((name, What::First(at, kind)));
        }
        if let Some(column) = &ask.last {
            let (name, at, kind) = of("last", column)?;
            found.push((name, What::Last(at, kind)));
        }
        match found.pop() {
            Some((name, what)) if found.is_empty() => {
                Ok(Self { name: ask.name.clone().unwrap_or(name), what })
            }
            _ => Err(AskError(
                "a measure has one of count, distinct, sum, mean, quantile, share, first, last"
                    .into(),
            )),
        }
    }
}

fn number(name: &str, at: usize, kind: DatumKind) -> Result<usize, AskError> {
    match kind {
        DatumKind::Whole | DatumKind::Count | DatumKind::Number => Ok(at),
        _ => Err(AskError(format!("`{name}` is no column of numbers"))),
    }
}
