//! Figures as reports write them: rounded once, at the end.

use jiff::civil::Date;

use crate::table::Cell;
use course::hours_of;

/// Four decimals. Adding zero turns -0.0, which a tiny negative mean rounds to, into 0.
pub(super) fn four(value: f64) -> f64 {
    (value * 1e4).round() / 1e4 + 0.0
}

/// Hours with two decimals, rounded up.
#[expect(clippy::cast_precision_loss, reason = "hundredths of hours are fewer than 2^52")]
pub(super) fn hours_up(micros: u64) -> f64 {
    const HUNDREDTH: u64 = 36_000_000;
    micros.div_ceil(HUNDREDTH) as f64 / 100.0
}

/// A day as an Italian sentence has it; an English one takes ISO 8601.
pub(super) fn day_it(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// A number as an Italian sentence has it.
pub(super) fn number_it(number: f64) -> String {
    number.to_string().replace('.', ",")
}

pub(crate) fn hours_cell(micros: u64) -> Cell {
    Cell::Hours(hours_of(micros))
}

/// Hours of a course file.
pub(super) fn target(hours: Option<f64>) -> Cell {
    hours.map_or(Cell::Empty, |hours| Cell::Hours((hours * 100.0).round() / 100.0))
}

pub(super) fn score(score: Option<f64>) -> Cell {
    score.map_or(Cell::Empty, |score| Cell::Score(four(score)))
}

pub(super) fn date(date: Option<Date>) -> Cell {
    date.map_or(Cell::Empty, Cell::Date)
}

pub(super) fn flag(flag: Option<bool>) -> Cell {
    flag.map_or(Cell::Empty, Cell::Flag)
}

/// The mean of a sum over so many; nothing over nobody.
#[expect(clippy::cast_precision_loss, reason = "learners are fewer than 2^52")]
pub(super) fn mean(sum: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}

/// A share of so many.
#[expect(clippy::cast_precision_loss, reason = "learners are fewer than 2^52")]
pub(super) fn share(part: u64, whole: u64) -> Cell {
    if whole == 0 { Cell::Empty } else { Cell::Share(four(part as f64 / whole as f64)) }
}
