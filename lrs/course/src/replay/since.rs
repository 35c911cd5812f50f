//! Since when something has held.

use crate::model::Course;

/// Whether a result holds, such as a completion, and since when.
///
/// Results are told by day. A result that is lost and regained within one day of the course's time zone
/// held at the end of that day, so it has held since before. Example: completed on 3 May, taken back on
/// 5 May at 9:00, completed again on 5 May at 17:00: it holds since 3 May.
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
