//! When a learner begins, how fast they go, and how far.

use rand::Rng;

/// A learner's pace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The day on which they begin.
    pub(super) starts: i64,
    /// The days that the whole course takes them.
    span: f64,
    /// The share of what is online after which they stop; 1 for those who do all.
    pub(super) reach: f64,
}

impl Pace {
    /// A pace for a course of `days` days; none for those who never begin.
    pub(super) fn draw(days: i64, online: bool, chance: &mut impl Rng) -> Option<Self> {
        if chance.random_bool(0.14) {
            return None;
        }
        let is_late = online && chance.random_bool(0.3);
        let latest = if is_late { days * 2 / 5 } else { days / 12 };
        let starts = if online { chance.random_range(0..=latest.max(0)) } else { 0 };
        let stops = chance.random_bool(if online { 0.5 } else { 0.15 });
        let reach = if stops {
            // The lower of two draws: more stop early than late.
            let mut draw = || chance.random_range(0.02..1.0_f64);
            draw().min(draw())
        } else {
            1.0
        };
        #[expect(clippy::cast_precision_loss, reason = "a course has some hundred days")]
        let span = (days - starts) as f64 * chance.random_range(0.7..0.92);
        Some(Self { starts, span, reach })
    }

    /// The day on which a share of the course is done.
    pub(super) fn day(&self, share: f64) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "a course has some hundred days")]
        let days = (self.span * share) as i64;
        self.starts + days
    }

    /// Whether the learner still takes part on a day.
    pub(super) fn takes_part(&self, day: i64) -> bool {
        self.starts <= day && (self.reach >= 1.0 || day <= self.day(self.reach))
    }
}
