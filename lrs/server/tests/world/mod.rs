//! Random courses, learners and histories, made so that the rules meet: few objects, few moments,
//! the same people under several names. Each is read off a tape of numbers on which 0 is the
//! plainest choice, so that a failure shrinks to a plain world.

mod file;
mod people;
mod plan;
mod statement;

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;
use proptest::prelude::*;
use serde_json::Value;

use crate::naive::{Plan, Record};

pub(crate) use file::course_file;
pub(crate) use people::{BODIES, REGIONS, forms, list_file};
pub(crate) use statement::tell;
use statement::{Focus, actor};

/// Days on which something can happen, the day before one and the day after another.
pub(crate) const DAYS: [&str; 9] = [
    "2026-03-29",
    "2026-10-25",
    "2026-03-28",
    "2026-03-30",
    "2026-10-24",
    "2026-10-26",
    "2025-12-31",
    "2026-01-01",
    "1969-07-20",
];

/// What happens to the store, in this order.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A new statement, `stored` some microseconds after the last.
    Statement { value: Value, pause: i64 },
    /// An earlier statement, sent again without its id.
    Repeat(usize),
    /// An earlier statement, sent again under another name.
    Echo(usize, Value),
    /// A statement like an earlier one but for its result.
    Resemble(usize, Option<Value>),
    /// An earlier statement's actor does something else with its object, at another moment.
    Turn { which: usize, verb: &'static str, moment: &'static str },
    /// An earlier statement is voided.
    Void(usize),
    /// The course becomes one of the plans.
    Edit(usize),
    /// A list of learners is taken.
    Import { list: Vec<Record>, replace: bool },
    /// A learner turns out to be another one.
    Merge(String, String),
    /// A merge is taken back.
    Unmerge(String),
}

#[derive(Clone)]
pub(crate) struct World {
    /// What the course is at first, and becomes.
    pub(crate) plans: Vec<Plan>,
    pub(crate) steps: Vec<Step>,
    pub(crate) shuffle: u64,
    /// At whose end reports are looked at, besides now.
    pub(crate) days: Vec<Date>,
}

impl fmt::Debug for World {
    /// What is needed to write the world down as a test.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edits = self.steps.iter().filter_map(|step| match step {
            Step::Edit(plan) => Some(*plan),
            _ => None,
        });
        let used: BTreeSet<usize> = std::iter::once(0).chain(edits).collect();
        for plan in used {
            writeln!(f, "--- course {plan}\n{}", course_file(&self.plans[plan]))?;
        }
        for step in &self.steps {
            match step {
                Step::Statement { value, pause } => writeln!(f, "{pause} later {value}")?,
                Step::Import { list, replace } => {
                    writeln!(f, "replace: {replace}\n{}", list_file(list))?;
                }
                other => writeln!(f, "{other:?}")?,
            }
        }
        write!(f, "{:?} {}", self.days, self.shuffle)
    }
}

/// A row of numbers from which choices are read; at its end all are 0.
pub(crate) struct Tape<'t>(std::slice::Iter<'t, u16>);

impl<'t> Tape<'t> {
    pub(crate) fn new(numbers: &'t [u16]) -> Self {
        Self(numbers.iter())
    }

    /// One of `n`.
    pub(crate) fn draw(&mut self, n: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % n
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.draw(from.len())].clone()
    }

    /// Yes once in `n`.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.draw(n) == n - 1
    }

    pub(crate) fn day(&mut self) -> Date {
        self.pick(&DAYS).parse().unwrap()
    }
}

fn tape(length: usize) -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u16>(), length)
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let steps = prop::collection::vec(tape(32), 0..40);
    (tape(60), tape(60), tape(200), tape(200), steps, tape(20), any::<u64>()).prop_map(
        |(shape, other_shape, terms, other_terms, steps, days, shuffle)| {
            let plans = vec![
                Plan::drawn(&shape, &terms),
                Plan::drawn(&shape, &other_terms),
                Plan::drawn(&other_shape, &other_terms),
            ];
            let first =
                Step::Import { list: people::list(&mut Tape::new(&days), true), replace: true };
            let focus = Focus::drawn(&mut Tape::new(&days));
            let steps = steps.iter().map(|tape| step(&focus, &mut Tape::new(tape)));
            let mut tape = Tape::new(&days);
            let days = (0..3).map(|_| tape.day()).collect();
            World { plans, steps: std::iter::once(first).chain(steps).collect(), shuffle, days }
        },
    )
}

fn step(focus: &Focus, tape: &mut Tape<'_>) -> Step {
    match tape.draw(28) {
        0..11 => {
            let pause = tape.pick(&[0, 1, 1_800_000_000, 36_000_000_000, 86_400_000_000]);
            Step::Statement { value: statement::statement(focus, tape), pause }
        }
        11..16 => {
            let (verb, moment) = focus.turn(tape);
            Step::Turn { which: tape.draw(1000), verb, moment }
        }
        16 | 17 => Step::Repeat(tape.draw(1000)),
        18 | 19 => Step::Echo(tape.draw(1000), actor(tape)),
        20 | 21 => Step::Resemble(tape.draw(1000), statement::result(tape)),
        22 => Step::Void(tape.draw(1000)),
        23 => Step::Edit(tape.draw(3)),
        24 | 25 => {
            let replace = tape.once_in(2);
            Step::Import { list: people::list(tape, replace), replace }
        }
        26 => Step::Merge(people::id(tape), people::id(tape)),
        _ => Step::Unmerge(people::id(tape)),
    }
}
