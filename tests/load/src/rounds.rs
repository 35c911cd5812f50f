//! Rounds taken in turn, and the lines that come of them.

use std::time::Duration;

use anyhow::Result;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Everything is this many times smaller.
    pub(crate) divisor: u32,
    /// Pairs of rounds per ratio.
    pub(crate) pairs: usize,
}

impl Effort {
    /// The whole, or a twentieth with `BENCH_QUICK=1`.
    pub(crate) fn of_environment() -> Self {
        match std::env::var("BENCH_QUICK") {
            Ok(quick) if quick != "0" => Self { divisor: 20, pairs: 3 },
            _ => Self { divisor: 1, pairs: 9 },
        }
    }

    /// The length of a round that lasts `whole` in a whole run.
    pub(crate) fn round(&self, whole: Duration) -> Duration {
        whole / self.divisor
    }

    /// The size of what counts `whole` in a whole run.
    pub(crate) fn size(&self, whole: u64) -> u64 {
        whole / u64::from(self.divisor)
    }
}

/// Two sides measured in turn, in things per second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compared {
    /// The median of ours / theirs over the pairs of rounds.
    pub(crate) ratio: f64,
    /// The median of our rounds.
    pub(crate) ours: f64,
    /// The median of their rounds.
    pub(crate) theirs: f64,
}

/// Runs both sides in turn. The first pair warms up and is not counted.
pub(crate) async fn compare(
    pairs: usize,
    mut ours: impl AsyncFnMut() -> Result<f64>,
    mut theirs: impl AsyncFnMut() -> Result<f64>,
) -> Result<Compared> {
    ours().await?;
    theirs().await?;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for _ in 0..pairs {
        left.push(ours().await?);
        right.push(theirs().await?);
    }
    let ratios = left.iter().zip(&right).map(|(ours, theirs)| ours / theirs).collect();
    Ok(Compared { ratio: median(ratios), ours: median(left), theirs: median(right) })
}

/// The middle value; the upper one of two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What a ratio should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

/// The line over all others.
pub(crate) fn heading(effort: &Effort) {
    if effort.divisor > 1 {
        println!("A quick run at 1/{} of the size: the figures mean little.", effort.divisor);
    }
    println!("{:<58} {:>6}  {:<8}", "what", "ratio", "aim");
}

/// One ratio, its aim, and the absolute figures behind it.
pub(crate) fn line(what: &str, ratio: f64, aim: Aim, figures: &str) {
    let (sign, aim, met) = match aim {
        Aim::AtLeast(aim) => ('≥', aim, ratio >= aim),
        Aim::AtMost(aim) => ('≤', aim, ratio <= aim),
    };
    let verdict = if met { "met   " } else { "missed" };
    println!("{what:<58} {ratio:>6.2}  {sign} {aim:<4.2} {verdict}  {figures}");
}

/// A figure that has no ratio.
pub(crate) fn note(what: &str, figures: &str) {
    println!("{what:<58} {:>6}  {:<13}  {figures}", "", "");
}
