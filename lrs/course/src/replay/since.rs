//! Since when something has held.

use crate::model::Course;

/// Whether something holds, and since when. What is lost and regained on one day held at the end
/// of each day, and so has held since before.
#[derive(Clone, Copy, Debug, Default)]
pub struct Since {
    /// Whether it holds.
    pub holds: bool,
    /// Since when it holds, in microseconds since 1970; nothing where it always has.
    pub at: Option<i64>,
    /// Since when it held before, and when that ended.
    lost: Option<(Option<i64>, i64)>,
}

impl Since {
    /// Notes whether it holds from an instant on; says whether that is news.
    pub(super) fn turn(&mut self, holds: bool, at: Option<i64>, course: &Course) -> bool {
        if holds == self.holds {
            return false;
        }
        let day = |at: Option<i64>| at.and_then(|at| course.day_of(at));
        self.holds = holds;
        if holds {
            let regained = self.lost.filter(|(_, end)| day(Some(*end)) == day(at));
            self.at = regained.map_or(at, |(before, _)| before);
        } else {
            self.lost = at.map(|end| (self.at, end));
            self.at = None;
        }
        true
    }
}
