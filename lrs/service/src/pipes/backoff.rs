//! How long a pipe waits before it asks again.

use std::time::Duration;

use rand::Rng as _;

/// The shortest wait.
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest wait of Traccia's own: 15 minutes.
const LONGEST: Duration = Duration::from_mins(15);

/// The wait after `attempts` failures in a row: full jitter, a random time between a second and the ceiling, which
/// doubles with each attempt up to 15 minutes; but not less than the other store `asks` for.
pub(super) fn wait(attempts: u32, asks: Option<Duration>) -> Duration {
    let own = rand::rng().random_range(SHORTEST..=ceiling(attempts));
    asks.map_or(own, |asks| own.max(asks))
}

fn ceiling(attempts: u32) -> Duration {
    let doubled = SHORTEST.saturating_mul(1_u32.checked_shl(attempts.min(20)).unwrap_or(u32::MAX));
    doubled.clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_up_to_fifteen_minutes_and_honours_what_is_asked_for() {
        assert_eq!([0, 1, 2, 9, 10, 99].map(|n| ceiling(n).as_secs()), [1, 2, 4, 512, 900, 900]);
        let waits: Vec<Duration> = (0..200).map(|n| wait(n, None)).collect();
        assert!(waits.iter().all(|it| (SHORTEST..=LONGEST).contains(it)), "{waits:?}");
        let late = waits.iter().skip(10);
        assert!(
            late.clone().any(|it| it.as_secs() < 450) && late.clone().any(|it| it.as_secs() > 450)
        );
        assert_eq!(wait(0, Some(Duration::from_hours(2))), Duration::from_hours(2));
        assert!(wait(0, Some(Duration::ZERO)) >= SHORTEST);
    }
}
