//! How far somebody is in an activity or event.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::said::{Said, latest};
use super::{Exact, PlannedItem, PlannedModule, PlannedRule, State, micros_of};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ItemStand {
    pub(crate) state: State,
    pub(crate) success: Option<bool>,
    pub(crate) attended: bool,
    pub(crate) score: Option<Exact>,
    pub(crate) attempts: usize,
    /// Those that count.
    pub(crate) micros: i128,
    pub(crate) since: Option<Date>,
}

/// Every item of a module, given the statements on each.
pub(super) fn stands<'a>(
    module: &PlannedModule,
    on_item: &dyn Fn(usize) -> Vec<&'a Said>,
) -> Vec<ItemStand> {
    let stand = |a: usize| {
        let (item, said) = (&module.items[a], on_item(a));
        let is_fulfilled = is_fulfilled(module, on_item, a);
        let of = |said: &Said| item.names(&said.object);
        ItemStand {
            state: if is_fulfilled {
                State::Completed
            } else if said.is_empty() {
                State::NotStarted
            } else {
                State::InProgress
            },
            success: latest(said.iter().copied(), |said| said.success(of(said))),
            attended: attended(item, &said),
            score: score(item, &said),
            attempts: attempts(item, &said),
            micros: match (item.nominal, is_fulfilled) {
                (true, true) => micros_of(item.cap.unwrap()),
                (true, false) => 0,
                (false, _) => measured(item, &said),
            },
            since: None,
        }
    };
    (0..module.items.len()).map(stand).collect()
}

/// What is completed under the registration of a judgement is not an attempt of its own.
fn attempts(item: &PlannedItem, said: &[&Said]) -> usize {
    let ends: Vec<_> =
        said.iter().filter(|said| said.is_attempt(item.names(&said.object))).collect();
    let is_judged = |said: &Said| ends.iter().any(|it| it.is_judgement() && it.is_of_attempt(said));
    ends.iter().filter(|it| it.is_judgement() || !is_judged(it)).count()
}

/// Its rule and all that it requires.
fn is_fulfilled<'a>(
    module: &PlannedModule,
    on_item: &dyn Fn(usize) -> Vec<&'a Said>,
    a: usize,
) -> bool {
    let item = &module.items[a];
    is_met(&item.rule, item, &on_item(a))
        && item.requires.iter().all(|other| is_fulfilled(module, on_item, *other))
}

fn is_met(rule: &PlannedRule, item: &PlannedItem, said: &[&Said]) -> bool {
    let of = |said: &Said| item.names(&said.object);
    let all = || said.iter().copied();
    match rule {
        PlannedRule::Completed => latest(all(), |it| it.completion(of(it))) == Some(true),
        PlannedRule::Passed => latest(all(), |it| it.success(of(it))) == Some(true),
        PlannedRule::Experienced => !said.is_empty(),
        PlannedRule::Attended => attended(item, said),
        PlannedRule::Score(least) => score(item, said).is_some_and(|it| it >= Exact::of(least)),
        PlannedRule::Hours(least) => measured(item, said) >= micros_of(least),
        PlannedRule::AllOf(rules) => rules.iter().all(|rule| is_met(rule, item, said)),
        PlannedRule::AnyOf(rules) => rules.iter().any(|rule| is_met(rule, item, said)),
    }
}

fn attended(item: &PlannedItem, said: &[&Said]) -> bool {
    let speaks = |said: &&&Said| said.speaks(item.names(&said.object));
    said.iter().filter(speaks).any(|said| said.is_attended() || said.joins())
}

fn score(item: &PlannedItem, said: &[&Said]) -> Option<Exact> {
    let of = |said: &Said| said.score(item.names(&said.object));
    if item.last_score {
        return latest(said.iter().copied(), of);
    }
    let scores = said.iter().filter_map(|said| of(said));
    scores.fold(None, |best: Option<Exact>, score| {
        Some(best.filter(|best| *best >= score).unwrap_or(score))
    })
}

/// The time that statements tell of, at most the item's hours.
fn measured(item: &PlannedItem, said: &[&Said]) -> i128 {
    let objects: BTreeSet<&str> = said.iter().map(|said| said.object.as_str()).collect();
    let mut sum = 0;
    for object in objects {
        let here: Vec<&Said> = (said.iter().copied())
            .filter(|said| said.object == object && said.speaks(item.names(object)))
            .collect();
        sum += if item.event.is_some() { in_presence(&here) } else { online(&here) };
    }
    item.cap.map_or(sum, |cap| sum.min(micros_of(cap)))
}

fn durations(said: &[&Said], which: impl Fn(&Said) -> bool) -> Vec<i128> {
    said.iter().filter(|said| which(said)).filter_map(|said| said.duration()).collect()
}

fn online(said: &[&Said]) -> i128 {
    let closing = durations(said, Said::closes);
    if closing.is_empty() {
        durations(said, Said::ends).into_iter().max().unwrap_or(0)
    } else {
        closing.iter().sum()
    }
}

fn in_presence(said: &[&Said]) -> i128 {
    let mut sum: i128 = durations(said, Said::is_attended).iter().sum();
    let mut sorted = said.to_vec();
    sorted.sort_by_key(|said| said.order());
    let mut joined = None;
    for said in sorted {
        if said.joins() {
            // Somebody who joins again begins anew: nobody knows when they left.
            joined = Some(said.happened);
        } else if said.leaves()
            && let Some(joined) = joined.take()
        {
            sum += joined.duration_until(said.happened).as_micros();
        }
    }
    sum
}

impl PlannedItem {
    pub(crate) fn is_in_presence(&self) -> bool {
        self.event.as_ref().is_some_and(|event| !event.distance)
    }
}
