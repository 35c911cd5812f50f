//! Since when something has held.

use crate::model::Course;

/// Whether a result holds, and since when. Results are reported by the end of a day: a result lost
/// at 10:00 and regained at 15:00 of one day keeps its earlier date, because it held at the end of that
/// day and of the day before. A result regained on a later day holds since then.
#[derive(Clone, Copy, Debug, Default)]
pub struct Since {
    /// Whether the result holds now.
    pub holds: bool,
    /// Since when it holds, in microseconds since 1970. None where it does not hold, and where it has
    /// held from the beginning.
    pub at: Option<i64>,
    /// Since when it held before it was lost (none: from the beginning), and when it was lost.
    lost: Option<(Option<i64>, i64)>,
}

impl Since {
    /// Records that the result holds, or does not, from `at` on (none: from the beginning). Returns
    /// whether that is a change.
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
