//! Who is at risk of dropping out, by the rule of the course file.

use course::{Bilingual, Course, Standings, State};
use jiff::civil::Date;

use crate::words::{Value, words_with};

/// How many days a learner has been idle on `day`, if they ever did anything.
pub(crate) fn idle_days(standings: &Standings, day: Date) -> Option<u64> {
    let last = standings.last_seen?;
    u64::try_from(last.until(day).ok()?.get_days()).ok()
}

/// Started, not completed, and idle for as long as the course says.
pub fn is_at_risk(course: &Course, standings: &Standings, day: Date) -> bool {
    let most = u64::from(course.outline().at_risk_days);
    standings.course.state == State::InProgress
        && idle_days(standings, day).is_some_and(|idle| idle >= most)
}

/// The rule for people.
pub(crate) fn rule(course: &Course) -> Bilingual {
    let days = Value::Number(course.outline().at_risk_days.into());
    words_with("note-at-risk", &[("days", days)])
}
