//! Figures as reports write them: rounded once, at the end.

use jiff::civil::Date;

use crate::table::{Cell, Column, Kind};
use course::hours_of;

/// Four decimals. Adding zero turns -0.0, which a tiny negative mean rounds to, into 0.
pub(crate) fn four(value: f64) -> f64 {
    (value * 1e4).round() / 1e4 + 0.0
}

/// Hours with two decimals, rounded up.
#[expect(clippy::cast_precision_loss, reason = "hundredths of hours are fewer than 2^52")]
pub(crate) fn hours_up(micros: u64) -> f64 {
    const HUNDREDTH: u64 = 36_000_000;
    micros.div_ceil(HUNDREDTH) as f64 / 100.0
}

pub(crate) fn hours_cell(micros: u64) -> Cell {
    Cell::Hours(hours_of(micros))
}

/// Hours of a course file.
pub(crate) fn target(hours: Option<f64>) -> Cell {
    hours.map_or(Cell::Empty, |hours| Cell::Hours((hours * 100.0).round() / 100.0))
}

pub(crate) fn score(score: Option<f64>) -> Cell {
    score.map_or(Cell::Empty, |score| Cell::Score(four(score)))
}

pub(crate) fn date(date: Option<Date>) -> Cell {
    date.map_or(Cell::Empty, Cell::Date)
}

pub(crate) fn flag(flag: Option<bool>) -> Cell {
    flag.map_or(Cell::Empty, Cell::Flag)
}

/// The mean of a sum over `count` learners; none over no learner.
#[expect(clippy::cast_precision_loss, reason = "learners are fewer than 2^52")]
pub(crate) fn mean(sum: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}

/// The median of times in microseconds: of an even number, the mean of the two in the middle. None of no times.
pub(crate) fn median(micros: &[u64]) -> Option<u64> {
    let mut sorted = micros.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some(lower.midpoint(upper))
}

/// The share that `part` learners are of `whole`; empty where `whole` is 0.
#[expect(clippy::cast_precision_loss, reason = "learners are fewer than 2^52")]
pub(crate) fn share(part: u64, whole: u64) -> Cell {
    if whole == 0 { Cell::Empty } else { Cell::Share(four(part as f64 / whole as f64)) }
}

/// The columns of hours that several reports have: at a distance, in presence, and together.
pub(crate) fn hour_columns() -> [Column; 3] {
    ["hours_online", "hours_presence", "hours"].map(|key| Column::of(key, Kind::Hours))
}

/// The cells of [`hour_columns`], of microseconds.
pub(crate) fn hour_cells(online: u64, presence: u64) -> [Cell; 3] {
    [online, presence, online.saturating_add(presence)].map(hours_cell)
}
