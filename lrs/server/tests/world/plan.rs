//! Courses: which statements are theirs (their shape), and what these count for (their terms).

use super::Tape;
use crate::naive::{
    Days, Plan, PlannedCertificate, PlannedEvent, PlannedItem, PlannedModule, PlannedModuleRule,
    PlannedRule,
};

const WEIGHTS: [&str; 5] = ["1", "2", "0.5", "3", "0.1"];
const SCORES: [&str; 4] = ["0.6", "0", "-0.5", "1"];
const HOURS: [&str; 5] = ["0", "0.5", "1", "1.5", "25"];

impl Plan {
    /// Two of the same shape take the same statements into the same items.
    pub(super) fn drawn(shape: &[u16], terms: &[u16]) -> Self {
        let (shape, terms) = (&mut Tape::new(shape), &mut Tape::new(terms));
        let zone = shape.pick(&["Europe/Rome", "Europe/Rome", "America/Los_Angeles"]);
        let mut items = items(shape);
        let mut modules: Vec<PlannedModule> = Vec::new();
        // Items may move among the modules while their statements stay.
        for n in 0..=terms.draw(3.min(items.len())) {
            modules.push(PlannedModule {
                id: format!("m{}", 9 - n),
                weight: terms.pick(&WEIGHTS),
                requires: some(n, 4, terms),
                audience: audience(terms),
                rule: PlannedModuleRule::All,
                items: vec![items.pop().unwrap()],
            });
        }
        for item in items {
            let n = terms.draw(modules.len());
            modules[n].items.push(item);
        }
        for module in &mut modules {
            module.items.sort_by_key(|item| item.event.is_some());
            for at in 0..module.items.len() {
                agree(&mut module.items[at], at, terms);
            }
            module.rule = module_rule(terms, module.items.len(), 2);
        }
        // Prerequisites look back; the file may well name what follows.
        if terms.once_in(2) && modules.iter().all(|module| module.requires.is_empty()) {
            let last = modules.len() - 1;
            modules[0].requires.extend((last > 0).then_some(last));
        }
        let certificate = terms.once_in(2).then(|| PlannedCertificate {
            modules: terms.once_in(2).then(|| some(modules.len(), 2, terms)),
            hours: terms.once_in(4).then(|| terms.pick(&["0.5", "1", "2"])),
            hours_presence: terms.once_in(4).then(|| terms.pick(&["0.5", "1"])),
            score: terms.once_in(4).then(|| terms.pick(&SCORES)),
            by: terms.once_in(2).then(|| terms.day()),
        });
        let window = days(terms, 4);
        let edition = |terms: &mut Tape<'_>| {
            let (begins, ends) = days(terms, 3);
            let is_turned = begins.or(window.0).zip(ends.or(window.1)).is_some_and(|(a, b)| b < a);
            if is_turned { (None, None) } else { (begins, ends) }
        };
        Self {
            zone,
            window,
            editions: vec![("e1", edition(terms)), ("e2", edition(terms))],
            certificate,
            modules,
        }
    }
}

/// Some of so many, each once in `rarity`.
fn some(of: usize, rarity: usize, tape: &mut Tape<'_>) -> Vec<usize> {
    (0..of).filter(|_| tape.once_in(rarity)).collect()
}

fn days(tape: &mut Tape<'_>, rarity: usize) -> Days {
    if !tape.once_in(rarity) {
        return (None, None);
    }
    let (one, other) = (tape.day(), tape.day());
    let both = (Some(one.min(other)), Some(one.max(other)));
    match tape.draw(3) {
        0 => both,
        1 => (both.0, None),
        _ => (None, both.1),
    }
}

fn audience(tape: &mut Tape<'_>) -> Vec<(&'static str, Vec<&'static str>)> {
    match tape.draw(10) {
        0..6 => Vec::new(),
        6 => vec![("role", vec!["manager"])],
        7 => vec![("region", vec!["Umbria", "Lombardia"]), ("office", vec!["tributi"])],
        8 => vec![("edition", vec!["e1"])],
        _ => vec![("role", vec!["official"]), ("edition", vec!["e1", "e2"])],
    }
}

/// What selects statements. Prefixes of one world do not overlap.
#[derive(Clone)]
enum Selector {
    Id(&'static str),
    Prefix(&'static str),
    Within(&'static str),
}

fn selectors(tape: &mut Tape<'_>) -> Vec<Selector> {
    use Selector::{Id, Prefix, Within};
    let prefixes: &[&str] = match tape.draw(4) {
        0 => &["https://c.example/a", "https://c.example/b/1"],
        1 => &["https://c.example/"],
        2 => &["https://c.example/a/", "https://c.example/b/1?", "https://d.example/else"],
        _ => &["https://d.example/", "https://c.example/b"],
    };
    let ids = [
        "https://c.example/a/1",
        "https://c.example/b/1",
        "https://d.example/1",
        "https://c.example/a/2",
        "https://e.example/hall",
    ];
    let within = ["https://w.example/1", "https://w.example/2", "https://d.example/1"];
    let mut all: Vec<Selector> = ids.map(Id).into();
    all.extend(prefixes.iter().map(|prefix| Prefix(prefix)));
    all.extend(within.map(Within));
    // A shuffle: each place takes one of those left.
    for at in 0..all.len() {
        let other = at + tape.draw(all.len() - at);
        all.swap(at, other);
    }
    // Small courses mostly: these can be completed.
    let wanted = if tape.once_in(3) { all.len() } else { 2 + tape.draw(3) };
    all.truncate(wanted);
    all
}

fn items(tape: &mut Tape<'_>) -> Vec<PlannedItem> {
    let mut items: Vec<PlannedItem> = Vec::new();
    let mut events = 0;
    for (n, selector) in selectors(tape).into_iter().enumerate() {
        if n < 2 || tape.draw(3) < 2 {
            items.push(plain_item());
        }
        let item = items.last_mut().unwrap();
        match selector {
            Selector::Id(id) => item.ids.push(id.into()),
            Selector::Prefix(prefix) => item.prefixes.push(prefix.into()),
            Selector::Within(iri) => item.within.push(iri.into()),
        }
    }
    for (n, item) in items.iter_mut().enumerate() {
        if tape.draw(5) >= 3 {
            let default = [("s1", None), ("s2", None)];
            let sessions = default.into_iter().take(tape.draw(3)).collect();
            item.event = Some(PlannedEvent { distance: tape.once_in(3), sessions });
            item.key = Some(format!("k{events}"));
            events += 1;
        } else if tape.once_in(2) {
            item.key = Some(format!("n{n}"));
        }
    }
    items
}

fn plain_item() -> PlannedItem {
    PlannedItem {
        key: None,
        ids: Vec::new(),
        prefixes: Vec::new(),
        within: Vec::new(),
        event: None,
        cap: None,
        nominal: false,
        last_score: false,
        weight: "1",
        requires: Vec::new(),
        window: (None, None),
        rule: PlannedRule::Completed,
    }
}

/// The terms of the item at a place of its module.
fn agree(item: &mut PlannedItem, at: usize, tape: &mut Tape<'_>) {
    item.cap = tape.once_in(2).then(|| tape.pick(&HOURS));
    item.nominal = tape.once_in(3) && item.cap.is_some() && item.event.is_none();
    item.last_score = tape.once_in(3) && item.event.is_none();
    item.weight = tape.pick(&WEIGHTS);
    item.requires = some(at, 5, tape);
    item.window = days(tape, 5);
    item.rule = rule(tape, item, 2);
}

fn rule(tape: &mut Tape<'_>, item: &PlannedItem, depth: usize) -> PlannedRule {
    let many =
        |tape: &mut Tape<'_>| (0..=tape.draw(2)).map(|_| rule(tape, item, depth - 1)).collect();
    match tape.draw(if depth > 0 { 12 } else { 10 }) {
        0..3 if item.event.is_some() => PlannedRule::Attended,
        0..4 => PlannedRule::Completed,
        4 | 5 => PlannedRule::Passed,
        6 => PlannedRule::Experienced,
        7 | 8 => PlannedRule::Score(tape.pick(&SCORES)),
        9 => {
            let hours = tape.pick(&HOURS[1..4]);
            let cap = item.cap.map_or(f64::MAX, |cap| cap.parse().unwrap());
            let is_within_reach = hours.parse::<f64>().unwrap() <= cap;
            if is_within_reach { PlannedRule::Hours(hours) } else { PlannedRule::Experienced }
        }
        10 => PlannedRule::AllOf(many(tape)),
        _ => PlannedRule::AnyOf(many(tape)),
    }
}

fn module_rule(tape: &mut Tape<'_>, items: usize, depth: usize) -> PlannedModuleRule {
    let many = |tape: &mut Tape<'_>| {
        (0..=tape.draw(2)).map(|_| module_rule(tape, items, depth - 1)).collect()
    };
    match tape.draw(if depth > 0 { 10 } else { 8 }) {
        0..3 => PlannedModuleRule::All,
        3 => PlannedModuleRule::Any,
        4 => PlannedModuleRule::AtLeast(1 + tape.draw(items)),
        5 | 6 => PlannedModuleRule::Score(tape.pick(&SCORES)),
        7 => PlannedModuleRule::Hours(tape.pick(&HOURS[1..])),
        8 => PlannedModuleRule::AllOf(many(tape)),
        _ => PlannedModuleRule::AnyOf(many(tape)),
    }
}
