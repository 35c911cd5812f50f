//! Conditions on rows.

use std::ops::Bound;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rustc_hash::FxHashSet;
use serde_json::Value;
use xapi::instant::Instant;

use super::ask::{AskError, RowCondition};
use super::batch::{Batch, NONE, Values};
use super::columns::{column, column_of};
use crate::columnar::ParquetError;
use crate::schema::{Dataset, Datum, DatumKind};

/// A condition whose columns and values are known. The columns are those of one table.
#[derive(Clone, Debug)]
pub enum Test {
    /// All hold.
    All(Vec<Test>),
    /// One holds.
    Any(Vec<Test>),
    /// It does not hold.
    Not(Box<Test>),
    /// A value is as asked.
    Of(usize, ColumnTest),
}

/// What is asked of a value. None is met by a missing value but [`ColumnTest::Missing`].
#[derive(Clone, Debug)]
pub enum ColumnTest {
    /// One of these texts.
    Texts(FxHashSet<Vec<u8>>),
    /// A text that begins so.
    Prefix(Vec<u8>),
    /// A text between two.
    TextsBetween(Bound<Vec<u8>>, Bound<Vec<u8>>),
    /// One of these whole numbers, or instants in microseconds.
    Wholes(FxHashSet<i64>),
    /// A whole number, or an instant, between two.
    WholesBetween(Bound<i64>, Bound<i64>),
    /// One of these numbers.
    Numbers(Vec<f64>),
    /// A number between two.
    NumbersBetween(Bound<f64>, Bound<f64>),
    /// One of these.
    Truths(Vec<bool>),
    /// No value.
    Missing,
}

/// Reads conditions on the columns of a table, with days of a zone.
#[derive(Clone, Debug)]
pub struct WhereOf {
    /// The table.
    pub dataset: Dataset,
    /// Where days begin.
    pub zone: TimeZone,
}

impl WhereOf {
    /// The condition with columns and values that are known.
    ///
    /// # Errors
    /// [`AskError`] where there is no such column, or no such value in it.
    pub fn test(&self, condition: &RowCondition) -> Result<Test, AskError> {
        let RowCondition { all, any, not, column: name, .. } = condition;
        let members = [all.is_some(), any.is_some(), not.is_some(), name.is_some()];
        if members.into_iter().filter(|there| *there).count() != 1 {
            return Err(AskError("a condition has one of all, any, not, column".into()));
        }
        let each = |conditions: &[RowCondition]| {
            conditions.iter().map(|it| self.test(it)).collect::<Result<Vec<_>, _>>()
        };
        if let Some(all) = all {
            return each(all).map(Test::All);
        }
        if let Some(any) = any {
            return each(any).map(Test::Any);
        }
        if let Some(not) = not {
            return self.test(not).map(|test| Test::Not(Box::new(test)));
        }
        self.of_column(name.as_deref().unwrap_or_default(), condition)
    }

    fn of_column(&self, name: &str, condition: &RowCondition) -> Result<Test, AskError> {
        let (at, kind) = column_of(self.dataset, name)?;
        let mut checks = Vec::new();
        if let Some(values) = &condition.one_of {
            checks.push(Test::Of(at, self.equal(name, kind, values)?));
        }
        if let Some(value) = &condition.equals {
            checks.push(Test::Of(at, self.equal(name, kind, std::slice::from_ref(value))?));
        }
        if let Some(prefix) = &condition.prefix {
            if kind != DatumKind::Text {
                return Err(AskError(format!("`{name}` is no text, and has no prefix")));
            }
            checks.push(Test::Of(at, ColumnTest::Prefix(prefix.as_bytes().to_vec())));
        }
        let low = match (&condition.from, &condition.after) {
            (None, None) => Bound::Unbounded,
            (Some(from), None) => Bound::Included(from),
            (None, Some(after)) => Bound::Excluded(after),
            _ => return Err(AskError(format!("`{name}` has one of from, after"))),
        };
        let high = match (&condition.until, &condition.through) {
            (None, None) => Bound::Unbounded,
            (Some(until), None) => Bound::Excluded(until),
            (None, Some(through)) => Bound::Included(through),
            _ => return Err(AskError(format!("`{name}` has one of until, through"))),
        };
        if low != Bound::Unbounded || high != Bound::Unbounded {
            checks.push(Test::Of(at, self.between(name, kind, low, high)?));
        }
        if let Some(missing) = condition.missing {
            let test = Test::Of(at, ColumnTest::Missing);
            checks.push(if missing { test } else { Test::Not(Box::new(test)) });
        }
        match checks.len() {
            0 => Err(AskError(format!(
                "`{name}` has one of in, equals, prefix, from, until, after, through, missing"
            ))),
            _ => Ok(Test::All(checks)),
        }
    }

    /// That a value is one of these.
    pub(super) fn equal(
        &self,
        name: &str,
        kind: DatumKind,
        values: &[Value],
    ) -> Result<ColumnTest, AskError> {
        Ok(match kind {
            DatumKind::Text => {
                let text = |value: &Value| text(name, value).map(String::into_bytes);
                ColumnTest::Texts(values.iter().map(text).collect::<Result<_, _>>()?)
            }
            DatumKind::Timestamp => {
                let time = |value: &Value| self.time(name, value);
                ColumnTest::Wholes(values.iter().map(time).collect::<Result<_, _>>()?)
            }
            DatumKind::Whole | DatumKind::Count => {
                let whole = |value: &Value| whole(name, value);
                ColumnTest::Wholes(values.iter().map(whole).collect::<Result<_, _>>()?)
            }
            DatumKind::Number => ColumnTest::Numbers(
                values.iter().map(|it| number(name, it)).collect::<Result<_, _>>()?,
            ),
            DatumKind::Truth => ColumnTest::Truths(
                values.iter().map(|it| truth(name, it)).collect::<Result<_, _>>()?,
            ),
        })
    }

    fn between(
        &self,
        name: &str,
        kind: DatumKind,
        low: Bound<&Value>,
        high: Bound<&Value>,
    ) -> Result<ColumnTest, AskError> {
        Ok(match kind {
            DatumKind::Text => {
                let text = |value: &Value| text(name, value).map(String::into_bytes);
                ColumnTest::TextsBetween(each(low, text)?, each(high, text)?)
            }
            DatumKind::Timestamp => {
                let time = |value: &Value| self.time(name, value);
                ColumnTest::WholesBetween(each(low, time)?, each(high, time)?)
            }
            DatumKind::Whole | DatumKind::Count => {
                let whole = |value: &Value| whole(name, value);
                ColumnTest::WholesBetween(each(low, whole)?, each(high, whole)?)
            }
            DatumKind::Number => {
                let number = |value: &Value| number(name, value);
                ColumnTest::NumbersBetween(each(low, number)?, each(high, number)?)
            }
            DatumKind::Truth => {
                return Err(AskError(format!("`{name}` is true or false, and not in between")));
            }
        })
    }

    /// An instant, or the beginning of a day, in microseconds.
    fn time(&self, name: &str, value: &Value) -> Result<i64, AskError> {
        let text = text(name, value)?;
        if let Some(instant) = Instant::parse(&text) {
            return Ok(instant.micros());
        }
        let day = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        let begin = day.and_then(|day| day.to_zoned(self.zone.clone()).ok());
        begin.map(|begin| begin.timestamp().as_microsecond()).ok_or_else(|| {
            AskError(format!(
                "`{name}` is a time, and `{text}` none: write 2026-01-31 or 2026-01-31T08:00:00Z"
            ))
        })
    }
}

fn each<T>(
    bound: Bound<&Value>,
    read: impl Fn(&Value) -> Result<T, AskError>,
) -> Result<Bound<T>, AskError> {
    Ok(match bound {
        Bound::Included(value) => Bound::Included(read(value)?),
        Bound::Excluded(value) => Bound::Excluded(read(value)?),
        Bound::Unbounded => Bound::Unbounded,
    })
}

fn text(name: &str, value: &Value) -> Result<String, AskError> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| AskError(format!("`{name}` is compared with texts, and {value} is none")))
}

/// Numbers and truths of short questions come as texts.
fn whole(name: &str, value: &Value) -> Result<i64, AskError> {
    let whole = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    whole.ok_or_else(|| AskError(format!("`{name}` is a whole number, and {value} is none")))
}

fn number(name: &str, value: &Value) -> Result<f64, AskError> {
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
    let number = number.filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| AskError(format!("`{name}` is a number, and {value} is none")))
}

fn truth(name: &str, value: &Value) -> Result<bool, AskError> {
    let truth = value.as_bool().or_else(|| value.as_str()?.parse().ok());
    truth.ok_or_else(|| AskError(format!("`{name}` is true or false, and {value} is neither")))
}

impl Test {
    /// Whether a row of the table meets it.
    pub fn is_met(&self, row: &[Datum]) -> bool {
        match self {
            Self::All(tests) => tests.iter().all(|test| test.is_met(row)),
            Self::Any(tests) => tests.iter().any(|test| test.is_met(row)),
            Self::Not(test) => !test.is_met(row),
            Self::Of(at, check) => check.is_met(row.get(*at).unwrap_or(&Datum::Null)),
        }
    }

    /// Which rows of a batch meet it.
    pub(super) fn mask(&self, batch: &mut Batch<'_>) -> Result<Vec<bool>, ParquetError> {
        match self {
            Self::All(tests) => {
                let mut mask = vec![true; batch.rows()];
                for test in tests {
                    if mask.contains(&true) {
                        let more = test.mask(batch)?;
                        mask.iter_mut().zip(more).for_each(|(all, it)| *all &= it);
                    }
                }
                Ok(mask)
            }
            Self::Any(tests) => {
                let mut mask = vec![false; batch.rows()];
                for test in tests {
                    let more = test.mask(batch)?;
                    mask.iter_mut().zip(more).for_each(|(any, it)| *any |= it);
                }
                Ok(mask)
            }
            Self::Not(test) => Ok(test.mask(batch)?.into_iter().map(|it| !it).collect()),
            Self::Of(at, check) => {
                batch.need(*at)?;
                Ok(check.mask(batch.get(*at)))
            }
        }
    }

    /// Whether no row meets it where `range` gives the smallest and greatest whole number of a column.
    pub(super) fn is_beyond(&self, range: &impl Fn(usize) -> Option<(i64, i64)>) -> bool {
        match self {
            Self::All(tests) => tests.iter().any(|test| test.is_beyond(range)),
            Self::Any(tests) => tests.iter().all(|test| test.is_beyond(range)),
            Self::Of(at, ColumnTest::WholesBetween(low, high)) => {
                range(*at).is_some_and(|(least, greatest)| {
                    let is_below = match low {
                        Bound::Included(low) => greatest < *low,
                        Bound::Excluded(low) => greatest <= *low,
                        Bound::Unbounded => false,
                    };
                    let is_above = match high {
                        Bound::Included(high) => least > *high,
                        Bound::Excluded(high) => least >= *high,
                        Bound::Unbounded => false,
                    };
                    is_below || is_above
                })
            }
            _ => false,
        }
    }
}

impl ColumnTest {
    fn is_met(&self, datum: &Datum) -> bool {
        match datum {
            Datum::Null => matches!(self, Self::Missing),
            Datum::Text(text) => self.takes_text(text.as_bytes()),
            Datum::Time(whole) | Datum::Whole(whole) => self.takes_whole(*whole),
            Datum::Count(count) => self.takes_whole(i64::from(*count)),
            Datum::Number(number) => self.takes_number(*number),
            Datum::Truth(truth) => self.takes_truth(*truth),
        }
    }

    fn takes_text(&self, text: &[u8]) -> bool {
        match self {
            Self::Texts(texts) => texts.contains(text),
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::TextsBetween(low, high) => {
                let low = low.as_ref().map(Vec::as_slice);
                let high = high.as_ref().map(Vec::as_slice);
                std::ops::RangeBounds::<[u8]>::contains(&(low, high), text)
            }
            _ => false,
        }
    }

    fn takes_whole(&self, whole: i64) -> bool {
        match self {
            Self::Wholes(wholes) => wholes.contains(&whole),
            Self::WholesBetween(low, high) => {
                std::ops::RangeBounds::<i64>::contains(&(*low, *high), &whole)
            }
            _ => false,
        }
    }

    fn takes_number(&self, number: f64) -> bool {
        match self {
            Self::Numbers(numbers) => numbers.contains(&number),
            Self::NumbersBetween(low, high) => {
                std::ops::RangeBounds::<f64>::contains(&(*low, *high), &number)
            }
            _ => false,
        }
    }

    fn takes_truth(&self, truth: bool) -> bool {
        matches!(self, Self::Truths(truths) if truths.contains(&truth))
    }

    pub(super) fn mask(&self, values: &Values) -> Vec<bool> {
        if matches!(self, Self::Missing) {
            return values.missing();
        }
        match values {
            Values::Text { words, codes } => {
                let met: Vec<bool> =
                    words.iter().map(|word| self.takes_text(word.data())).collect();
                let is_met = |code: &u32| {
                    *code != NONE && met.get(*code as usize).copied().unwrap_or_default()
                };
                codes.iter().map(is_met).collect()
            }
            Values::Whole(values) => {
                values.iter().map(|it| it.is_some_and(|it| self.takes_whole(it))).collect()
            }
            Values::Number(values) => {
                values.iter().map(|it| it.is_some_and(|it| self.takes_number(it))).collect()
            }
            Values::Truth(values) => {
                values.iter().map(|it| it.is_some_and(|it| self.takes_truth(it))).collect()
            }
        }
    }
}

/// That a value of a column is this one.
pub(super) fn equals(
    name: &str,
    value: &Value,
    zone: &TimeZone,
) -> Result<(usize, ColumnTest), AskError> {
    let (at, kind) = column(name)?;
    let read = WhereOf { dataset: Dataset::Statements, zone: zone.clone() };
    Ok((at, read.equal(name, kind, std::slice::from_ref(value))?))
}
