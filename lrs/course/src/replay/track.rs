//! How far a learner had come by each day: what a curve over time needs, small and in one piece.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Cut, Replay};
use crate::progress::State;

/// How far a learner had come in the course as a whole at the end of each day on which that changed.
///
/// Made in one replay ([`Replay::tracked`]). [`Track::at`] gives for any day what a replay to the end of that day
/// gives: [`Standing::state`](crate::Standing::state) and [`Standing::micros`](crate::Standing::micros) of
/// [`Standings::course`](crate::Standings::course). A clone shares the days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track(Arc<[Reached]>);

/// How far a learner had come at the end of a day, and at the end of every later one up to the next change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The day. [`Date::MIN`] for what held before the first statement.
    pub day: Date,
    /// By the rule of the course.
    pub state: State,
    /// Time that counts, online and in presence, in microseconds.
    pub micros: u64,
}

impl Track {
    /// How far the learner had come at the end of a day: not started before the first change.
    ///
    /// A day after the cut of the replay gives what held at the cut.
    pub fn at(&self, day: Date) -> Reached {
        let changes = self.0.partition_point(|reached| reached.day <= day);
        let last = changes.checked_sub(1).and_then(|last| self.0.get(last));
        last.copied().unwrap_or_default()
    }

    /// Each change, by day.
    pub fn changes(&self) -> &[Reached] {
        &self.0
    }

    /// How many bytes it takes in memory. A track without changes takes none of its own.
    pub fn weight(&self) -> usize {
        const OF_ARC: usize = 2 * size_of::<usize>();
        if self.0.is_empty() { 0 } else { OF_ARC + size_of_val(&*self.0) }
    }
}

impl Replay<'_> {
    /// Goes on to the end of a day, or to the end where there is no day, as [`Self::until`] does from the beginning; and
    /// the track of the way there.
    #[must_use]
    pub fn tracked(mut self, cut: Option<Cut>) -> (Self, Track) {
        debug_assert_eq!(self.gone, 0, "a track begins at the beginning");
        let mut changes = Vec::new();
        self.derive_results(None);
        let mut day = Cut { day: Date::MIN, before: i64::MIN };
        while let Some(step) = self.steps.get(self.gone).copied() {
            if cut.is_some_and(|cut| step.timestamp >= cut.before) {
                break;
            }
            if step.timestamp >= day.before {
                self.note(day.day, &mut changes);
                day = self.day_around(step.timestamp);
            }
            self.gone += 1;
            self.take(step);
        }
        self.note(day.day, &mut changes);
        self.cut = cut;
        (self, Track(changes.into()))
    }

    /// Notes how far the learner has come, where that is not as it was.
    fn note(&self, day: Date, changes: &mut Vec<Reached>) {
        let (state, micros) = self.whole.reached(&self.modules);
        let last = changes.last().copied().unwrap_or_default();
        if (last.state, last.micros) != (state, micros) {
            changes.push(Reached { day, state, micros });
        }
    }

    /// The day whose end is the next after an instant, in the course's time zone.
    fn day_around(&self, timestamp: i64) -> Cut {
        let day = self.course.day_of(timestamp).unwrap_or(Date::MAX);
        // Where clocks go back over midnight, the end of the day has passed once already.
        let next = || day.tomorrow().ok().and_then(|next| self.course.end_of(next));
        let end = self.course.end_of(day).filter(|end| timestamp < end.before).or_else(next);
        end.unwrap_or(Cut { day: Date::MAX, before: i64::MAX })
    }
}
