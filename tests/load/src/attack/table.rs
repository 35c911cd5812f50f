//! The table: a row for each attack, and whether its aims hold.

use std::time::Duration;

use anyhow::Result;

use super::Options;
use super::catalogue::Attack;
use super::siege::Outcome;

/// The least part of their pace that good requests must keep.
const PACE: f64 = 0.5;
/// The longest answer of `/healthz`.
const HEALTH: Duration = Duration::from_millis(250);
/// How much longer than without an attack a good request may take.
const HELD_UP: Duration = Duration::from_millis(250);
/// SIGTERM ends the server within ten seconds; the rest is for the process to go.
const END: Duration = Duration::from_millis(10_500);

/// The lines over all rows.
pub(super) fn heading(options: &Options) {
    println!(
        "Aims: good requests at {:.0} % of their pace, none more than {} ms longer than before, /healthz in {} ms, \
         {} MiB, end in 10 s of SIGTERM.",
        PACE * 100.0,
        HELD_UP.as_millis(),
        HEALTH.as_millis(),
        options.memory,
    );
    if cfg!(debug_assertions) {
        println!("This is a debug build: the figures are not those of a release.");
    }
    println!(
        "{:<20} {:>15} {:>5} {:>6} {:>15} {:>9} {:>12} {:>7}  {:<8} answered",
        "attack", "good/s", "ratio", "failed", "longest ms", "/healthz", "MiB", "end s", "aims",
    );
}

/// One row; whether all aims hold.
pub(super) fn row(
    attack: &Attack,
    outcome: Result<&Outcome, &anyhow::Error>,
    options: &Options,
) -> bool {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            println!("{:<20} not done: {error:#}", attack.name);
            return false;
        }
    };
    let Outcome { before, during, tally, .. } = outcome;
    let missed = missed(attack, outcome, options);
    let ended =
        outcome.ended.map_or_else(|| "never".to_owned(), |it| format!("{:.1}", it.as_secs_f64()));
    println!(
        "{:<20} {:>15} {:>5.2} {:>6} {:>15} {:>9} {:>12} {:>7}  {:<8} {}",
        attack.name,
        format!("{:.0} → {:.0}", before.rate, during.rate),
        during.rate / before.rate,
        during.failed,
        format!("{} → {}", before.longest.as_millis(), during.longest.as_millis()),
        during.health.as_millis(),
        format!("{} → {}", outcome.memory_before, outcome.memory),
        ended,
        if missed.is_empty() { "held" } else { "MISSED" },
        tally.answers,
    );
    for note in &tally.notes {
        println!("{:<20} {note}", "");
    }
    if !missed.is_empty() {
        println!("{:<20} missed: {}", "", missed.join("; "));
    }
    missed.is_empty()
}

fn missed(attack: &Attack, outcome: &Outcome, options: &Options) -> Vec<String> {
    let Outcome { before, during, tally, ended, .. } = outcome;
    let mut missed = tally.missed.clone();
    let mut aim = |is_met: bool, what: &str| {
        if !is_met {
            missed.push(what.to_owned());
        }
    };
    let keeps_pace = attack.floods || during.rate >= before.rate * PACE;
    aim(keeps_pace, "the pace of good requests");
    aim(during.longest <= before.longest + HELD_UP, "a good request was held up");
    aim(during.health <= HEALTH, "/healthz");
    aim(outcome.memory <= options.memory, "memory");
    aim(!outcome.died, "the server died");
    aim(!outcome.panicked, "the server panicked");
    aim(outcome.died || ended.is_some_and(|ended| ended <= END), "the end after SIGTERM");
    missed
}
