//! What is known of each group so far.

use rustc_hash::{FxHashMap, FxHashSet};

use super::batch::{Batch, Values};
use super::codes::{Codes, MISSING};
use super::columns::What;
use crate::columnar::ParquetError;
use crate::schema::{Datum, DatumKind};

/// One measure of all groups.
pub(super) enum State {
    Count(Vec<u64>),
    Distinct(DistinctState),
    Whole(Vec<Option<i128>>),
    Number(Vec<Option<f64>>),
    Mean(Vec<(f64, u64)>),
    Quantile(f64, Vec<Vec<f64>>, usize),
    Share(Vec<(u64, u64)>),
    Edge { is_last: bool, kind: DatumKind, best: Vec<Option<Best>> },
}

/// Different values of groups.
#[derive(Default)]
pub(super) struct DistinctState {
    seen: FxHashSet<u64>,
    counts: Vec<u64>,
}

/// The value at one end: when it was said, when that was stored, its code.
#[derive(Clone, Copy)]
pub(super) struct Best {
    at: (i64, i64),
    code: u32,
}

/// The rows of a batch that count, and the group of each.
pub(super) struct Rows<'a> {
    pub(super) rows: &'a [u32],
    pub(super) groups: &'a [u32],
}

impl Rows<'_> {
    fn each(&self) -> impl Iterator<Item = (u32, usize)> + '_ {
        self.rows.iter().zip(self.groups).map(|(row, group)| (*row, *group as usize))
    }
}

impl DistinctState {
    pub(super) fn add(&mut self, groups: &[u32], codes: &[u32]) {
        for (group, code) in groups.iter().zip(codes).filter(|(_, code)| **code != MISSING) {
            if self.seen.insert(u64::from(*group) << 32 | u64::from(*code))
                && let Some(count) = self.counts.get_mut(*group as usize)
            {
                *count += 1;
            }
        }
    }

    pub(super) fn grow(&mut self, groups: usize) {
        self.counts.resize(groups, 0);
    }

    pub(super) fn count(&self, group: usize) -> u64 {
        self.counts.get(group).copied().unwrap_or_default()
    }

    pub(super) fn weight(&self) -> usize {
        self.seen.capacity() * 10 + self.counts.len() * 8
    }
}

impl State {
    pub(super) fn of(what: &What) -> Self {
        match what {
            What::Rows | What::Values(_) => Self::Count(Vec::new()),
            What::Distinct(..) => Self::Distinct(DistinctState::default()),
            What::Sum(_, DatumKind::Number) => Self::Number(Vec::new()),
            What::Sum(..) => Self::Whole(Vec::new()),
            What::Mean(_) => Self::Mean(Vec::new()),
            What::Quantile(_, at) => Self::Quantile(*at, Vec::new(), 0),
            What::Share(..) => Self::Share(Vec::new()),
            What::First(_, kind) => Self::Edge { is_last: false, kind: *kind, best: Vec::new() },
            What::Last(_, kind) => Self::Edge { is_last: true, kind: *kind, best: Vec::new() },
        }
    }

    pub(super) fn grow(&mut self, groups: usize) {
        match self {
            Self::Count(counts) => counts.resize(groups, 0),
            Self::Distinct(distinct) => distinct.grow(groups),
            Self::Whole(sums) => sums.resize(groups, None),
            Self::Number(sums) => sums.resize(groups, None),
            Self::Mean(sums) => sums.resize(groups, (0.0, 0)),
            Self::Quantile(_, values, _) => values.resize(groups, Vec::new()),
            Self::Share(parts) => parts.resize(groups, (0, 0)),
            Self::Edge { best, .. } => best.resize(groups, None),
        }
    }

    /// An upper bound of the bytes it holds.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Count(counts) => counts.len() * 8,
            Self::Distinct(distinct) => distinct.weight(),
            Self::Whole(sums) => sums.len() * 32,
            Self::Number(sums) => sums.len() * 16,
            Self::Mean(sums) => sums.len() * 16,
            // A list that grows has twice the room it needs at the most.
            Self::Quantile(_, values, kept) => values.len() * 24 + kept * 16,
            Self::Share(parts) => parts.len() * 16,
            Self::Edge { best, .. } => best.len() * 32,
        }
    }

    /// Adds rows. The columns of `what` are in the batch.
    pub(super) fn add(
        &mut self,
        what: &What,
        rows: &Rows<'_>,
        batch: &mut Batch<'_>,
        codes: &mut FxHashMap<usize, Codes>,
        times: (usize, usize),
    ) -> Result<(), ParquetError> {
        let column = what.column();
        if let Some(column) = column {
            batch.need(column)?;
        }
        if matches!(self, Self::Edge { .. }) {
            batch.need(times.0)?;
            batch.need(times.1)?;
        }
        let values = column.map(|column| batch.get(column));
        match (self, values) {
            (Self::Count(counts), None) => {
                rows.each().for_each(|(_, group)| bump(counts, group, |count| *count += 1));
            }
            (Self::Count(counts), Some(values)) => {
                let missing = values.missing();
                let is_there = |row: u32| missing.get(row as usize) == Some(&false);
                let there = rows.each().filter(|(row, _)| is_there(*row));
                there.for_each(|(_, group)| bump(counts, group, |count| *count += 1));
            }
            (Self::Distinct(distinct), Some(values)) => {
                distinct.add(rows.groups, &coded(what, values, rows.rows, codes));
            }
            (Self::Edge { is_last, best, .. }, Some(values)) => {
                let codes = coded(what, values, rows.rows, codes);
                let (said, stored) = (batch.get(times.0), batch.get(times.1));
                for ((row, group), code) in rows.each().zip(codes).filter(|(_, it)| *it != MISSING)
                {
                    let at = (
                        said.whole(row).unwrap_or_default(),
                        stored.whole(row).unwrap_or_default(),
                    );
                    bump(best, group, |best| keep(best, Best { at, code }, *is_last));
                }
            }
            (Self::Share(parts), Some(values)) => share(what, parts, rows, values),
            (numbers, Some(values)) => numbers.add_numbers(rows, values),
            _ => {}
        }
        Ok(())
    }

    fn add_numbers(&mut self, rows: &Rows<'_>, values: &Values) {
        if let Self::Whole(sums) = self {
            for (row, group) in rows.each() {
                if let Some(value) = values.whole(row) {
                    bump(sums, group, |sum| {
                        *sum = Some(sum.unwrap_or_default() + i128::from(value));
                    });
                }
            }
            return;
        }
        for (row, group) in rows.each() {
            let Some(value) = values.number(row) else { continue };
            match self {
                Self::Number(sums) => {
                    bump(sums, group, |sum| *sum = Some(sum.unwrap_or_default() + value));
                }
                Self::Mean(sums) => bump(sums, group, |(sum, count)| {
                    *sum += value;
                    *count += 1;
                }),
                Self::Quantile(_, all, kept) => {
                    bump(all, group, |values| values.push(value));
                    *kept += 1;
                }
                _ => {}
            }
        }
    }

    /// What is said of a group in the end.
    #[expect(clippy::cast_precision_loss, reason = "shares and means are of 53 bits")]
    pub(super) fn datum(&mut self, group: usize, codes: Option<&Codes>) -> Datum {
        let whole = |count: u64| Datum::Whole(i64::try_from(count).unwrap_or(i64::MAX));
        match self {
            Self::Count(counts) => whole(counts.get(group).copied().unwrap_or_default()),
            Self::Distinct(distinct) => whole(distinct.count(group)),
            Self::Whole(sums) => {
                let sum = sums.get(group).copied().flatten();
                let clamped = |sum: i128| {
                    let end = if sum < 0 { i64::MIN } else { i64::MAX };
                    i64::try_from(sum).unwrap_or(end)
                };
                sum.map_or(Datum::Null, |sum| Datum::Whole(clamped(sum)))
            }
            Self::Number(sums) => {
                sums.get(group).copied().flatten().map_or(Datum::Null, Datum::Number)
            }
            Self::Mean(sums) => match sums.get(group) {
                Some((sum, count)) if *count > 0 => Datum::Number(sum / *count as f64),
                _ => Datum::Null,
            },
            Self::Quantile(at, values, _) => {
                let mut values = values.get_mut(group).map(std::mem::take).unwrap_or_default();
                quantile(*at, &mut values).map_or(Datum::Null, Datum::Number)
            }
            Self::Share(parts) => match parts.get(group) {
                Some((hits, count)) if *count > 0 => Datum::Number(*hits as f64 / *count as f64),
                _ => Datum::Null,
            },
            Self::Edge { kind, best, .. } => {
                let best = best.get(group).copied().flatten();
                best.zip(codes).map_or(Datum::Null, |(best, codes)| codes.datum(best.code, *kind))
            }
        }
    }
}

impl What {
    /// The column that it is about.
    pub(super) const fn column(&self) -> Option<usize> {
        match self {
            Self::Rows => None,
            Self::Values(at)
            | Self::Distinct(at, _)
            | Self::Sum(at, _)
            | Self::Mean(at)
            | Self::Quantile(at, _)
            | Self::Share(at, _)
            | Self::First(at, _)
            | Self::Last(at, _) => Some(*at),
        }
    }
}

fn coded(
    what: &What,
    values: &Values,
    rows: &[u32],
    codes: &mut FxHashMap<usize, Codes>,
) -> Vec<u32> {
    match what {
        What::Distinct(at, kind) | What::First(at, kind) | What::Last(at, kind) => {
            codes.entry(*at).or_insert_with(|| Codes::of(*kind)).of_rows(values, rows)
        }
        _ => Vec::new(),
    }
}

fn share(what: &What, parts: &mut [(u64, u64)], rows: &Rows<'_>, values: &Values) {
    let What::Share(_, check) = what else { return };
    let (hits, missing) = (check.mask(values), values.missing());
    for (row, group) in rows.each() {
        if missing.get(row as usize) == Some(&false) {
            let is_hit = hits.get(row as usize) == Some(&true);
            bump(parts, group, |(hits, count)| {
                *hits += u64::from(is_hit);
                *count += 1;
            });
        }
    }
}

fn keep(best: &mut Option<Best>, new: Best, is_last: bool) {
    let is_better = best.is_none_or(|old| if is_last { new.at > old.at } else { new.at < old.at });
    if is_better {
        *best = Some(new);
    }
}

fn bump<T>(states: &mut [T], group: usize, change: impl FnOnce(&mut T)) {
    if let Some(state) = states.get_mut(group) {
        change(state);
    }
}

/// The quantile at a part from 0 to 1, on the line between the two values that it falls between.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the place lies between 0 and the number of values"
)]
fn quantile(at: f64, values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let place = at * (values.len().checked_sub(1)?) as f64;
    let below = *values.get(place.floor() as usize)?;
    let above = *values.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}
