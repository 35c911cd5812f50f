//! What the program says against what the naive reading says, figure by figure.

use std::collections::BTreeSet;

use access::bounds::Bounds;
use course::{ActivityStanding, Course, Standing, State};
use jiff::civil::Date;
use proptest::prelude::*;
use report::reports::PROGRESS;
use report::{Asked, Cell, Grouping, Make, Member, Room, Table, View};

use crate::naive::{self, Exact, Figures, ItemStand, Part, Person, Plan, Said, Stand, Whole};
use crate::world::{BODIES, REGIONS};

/// Where everybody stands by the naive reading.
pub(crate) struct Naive<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) people: Vec<(&'a Person, Whole)>,
}

impl<'a> Naive<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        log: &[Said],
        people: &'a [Person],
        at: Option<Date>,
    ) -> Self {
        let whole = |person: &'a Person| (person, naive::whole(plan, log, person, at));
        Self { plan, people: people.iter().map(whole).collect() }
    }
}

pub(crate) fn state(state: State) -> naive::State {
    match state {
        State::NotStarted => naive::State::NotStarted,
        State::InProgress => naive::State::InProgress,
        State::Completed => naive::State::Completed,
    }
}

/// But for the rounding of floats.
fn is_near(float: Option<f64>, exact: Option<Exact>, by: f64) -> bool {
    match (float, exact) {
        (Some(float), Some(exact)) => (float - exact.float()).abs() <= by,
        (float, exact) => float.is_none() && exact.is_none(),
    }
}

fn assert_same(what: &str, standing: &Standing, naive: &Stand) -> Result<(), TestCaseError> {
    let said = format!("{what}\n{standing:?}\n{naive:?}");
    prop_assert_eq!(standing.applies, naive.applies, "{}", said);
    if !naive.applies {
        prop_assert_eq!(*standing, Standing::default(), "{}", said);
        return Ok(());
    }
    prop_assert_eq!(state(standing.state), naive.state, "{}", said);
    prop_assert_eq!(standing.success, naive.success, "{}", said);
    prop_assert!(is_near(standing.score, naive.score, 1e-9), "{}", said);
    prop_assert!(is_near(Some(standing.progress), Some(naive.progress), 1e-9), "{}", said);
    prop_assert_eq!(i128::from(standing.online), naive.online, "{}", said);
    prop_assert_eq!(i128::from(standing.presence), naive.presence, "{}", said);
    prop_assert_eq!(standing.since, naive.since, "{}", said);
    Ok(())
}

fn assert_same_item(
    what: &str,
    standing: &ActivityStanding,
    naive: &ItemStand,
) -> Result<(), TestCaseError> {
    let said = format!("{what}\n{standing:?}\n{naive:?}");
    prop_assert_eq!(state(standing.state), naive.state, "{}", said);
    prop_assert_eq!(standing.success, naive.success, "{}", said);
    prop_assert_eq!(standing.attended, naive.attended, "{}", said);
    prop_assert!(is_near(standing.score, naive.score, 1e-9), "{}", said);
    prop_assert_eq!(usize::from(standing.attempts), naive.attempts, "{}", said);
    prop_assert_eq!(i128::from(standing.micros), naive.micros, "{}", said);
    prop_assert_eq!(standing.since, naive.since, "{}", said);
    Ok(())
}

pub(crate) fn assert_same_standings(
    course: &Course,
    members: &[Member],
    naive: &Naive<'_>,
) -> Result<(), TestCaseError> {
    let ids: BTreeSet<&str> = members.iter().map(|member| member.learner.id.as_str()).collect();
    let expected: BTreeSet<&str> = naive.people.iter().map(|(it, _)| it.id.as_str()).collect();
    prop_assert_eq!(ids, expected);
    prop_assert_eq!(members.len(), naive.people.len());
    for (person, whole) in &naive.people {
        let member = members.iter().find(|member| member.learner.id == person.id).unwrap();
        let (id, standings) = (&person.id, &member.standings);
        assert_same(&format!("{id} in the course"), &standings.course, &whole.course)?;
        prop_assert_eq!(standings.modules.len(), whole.modules.len());
        let modules = course.modules().iter().zip(&standings.modules).zip(&whole.modules);
        for ((module, standing), naive) in modules {
            assert_same(&format!("{id} in {}", module.id), standing, naive)?;
        }
        prop_assert_eq!(standings.activities.len(), whole.items.len());
        let items = course.activities().zip(&standings.activities).zip(&whole.items);
        for (((_, activity), standing), naive) in items {
            assert_same_item(&format!("{id} on {}", activity.key), standing, naive)?;
        }
        prop_assert_eq!(standings.last_seen, whole.last_seen, "{} last seen", id);
        prop_assert_eq!(standings.certified, whole.certified, "{} certified", id);
    }
    Ok(())
}

/// Who sees whom, and who asks: nobody bound, bound to a region, to bodies by name and code.
pub(crate) fn bounds() -> Vec<Option<Bounds>> {
    let of = |regions: &[&str], bodies: &[&str]| {
        let own = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect();
        Some(Bounds { regions: own(regions), bodies: own(bodies), ..Bounds::default() })
    };
    vec![
        None,
        of(&[REGIONS[0]], &[]),
        of(&[], &[BODIES[0].0]),
        of(&[], &[BODIES[1].1]),
        of(&[REGIONS[1]], &[BODIES[0].1]),
        of(&["", "Sicilia"], &[""]),
    ]
}

pub(crate) fn may_see(bounds: Option<&Bounds>, person: &Person) -> bool {
    let Some(Bounds { regions, bodies, .. }) = bounds else { return true };
    let named = |list: &[String], it: &str| !it.is_empty() && list.iter().any(|own| own == it);
    named(regions, person.region) || named(bodies, person.body) || named(bodies, person.istat)
}

/// The progress report for each who may ask, grouped by this and that.
pub(crate) fn assert_same_views(
    course: &Course,
    members: &[Member],
    naive: &Naive<'_>,
) -> Result<(), TestCaseError> {
    for bounds in bounds() {
        let is_seen = |member: &&Member| {
            let it = &member.learner;
            bounds.as_ref().is_none_or(|bounds| bounds.include(&it.region, &it.body, &it.istat))
        };
        let view = View {
            course,
            at: None,
            day: Date::default(),
            through: None,
            hides_small_groups: bounds.is_none(),
            unseen: std::collections::BTreeSet::new(),
            room: Room::default(),
            members: members.iter().filter(is_seen).collect(),
        };
        for by in GROUPINGS {
            let grouping: Grouping = by.parse().unwrap();
            let Make::OfLearners(progress) = PROGRESS.make else { panic!("of learners") };
            let table = progress(&Asked::new(view.clone(), &grouping));
            assert_same_table(&table, by, naive, bounds.as_ref())?;
        }
    }
    Ok(())
}

pub(crate) const GROUPINGS: [&str; 6] =
    ["", "module", "module,region", "activity,edition", "edition,module", "region,role"];

/// The keys a row's part of the course has in the table, its module, and its position among all
/// items.
type RowsPart = (Vec<(&'static str, String)>, Option<usize>, Option<usize>);

/// A row's part of the course, by the keys it has in the table.
fn parts_of(by: &str, plan: &Plan) -> Vec<RowsPart> {
    let mut parts = Vec::new();
    let mut item = 0;
    for (m, module) in plan.modules.iter().enumerate() {
        if by.contains("activity") {
            for planned in &module.items {
                parts.push((vec![("activity", planned.key())], Some(m), Some(item)));
                item += 1;
            }
        } else if by.contains("module") {
            parts.push((vec![("module", module.id.clone())], Some(m), None));
        }
    }
    if parts.is_empty() {
        parts.push((Vec::new(), None, None));
    }
    parts
}

pub(crate) fn assert_same_table(
    table: &Table,
    by: &str,
    naive: &Naive<'_>,
    bounds: Option<&Bounds>,
) -> Result<(), TestCaseError> {
    let seen = naive.people.iter().filter(|(person, _)| may_see(bounds, person));
    let seen: Vec<&(&Person, Whole)> = seen.collect();
    let keys: Vec<&str> =
        by.split(',').filter(|it| !matches!(*it, "" | "module" | "activity")).collect();
    let values_of = |person: &Person| -> Vec<&'static str> {
        keys.iter().map(|key| person.value(key)).collect()
    };
    let mut groups: BTreeSet<Vec<&str>> = seen.iter().map(|(it, _)| values_of(it)).collect();
    if keys.is_empty() {
        groups.insert(Vec::new());
    }
    let bodies: BTreeSet<&str> = seen.iter().map(|(it, _)| it.body).collect();
    let parts = parts_of(by, naive.plan);
    prop_assert_eq!(table.rows.len(), parts.len() * groups.len(), "{}", by);
    let in_presence: Vec<bool> = naive
        .plan
        .modules
        .iter()
        .flat_map(|module| &module.items)
        .map(naive::PlannedItem::is_in_presence)
        .collect();
    for (names, module, item) in parts {
        let mut rows: Vec<(Figures, Vec<Cell>)> = Vec::new();
        for group in &groups {
            let parts = seen.iter().filter(|(it, _)| values_of(it) == *group);
            let parts = parts.filter_map(|(_, whole)| match (module, item) {
                (Some(m), Some(n)) => Part::of_item(whole, m, n, in_presence[n]),
                _ => Part::of(whole, module),
            });
            let figures = naive::figures(&parts.collect::<Vec<_>>());
            let of_group = keys.iter().zip(group).map(|(key, value)| (*key, (*value).to_owned()));
            let wanted: Vec<(&str, String)> = names.iter().cloned().chain(of_group).collect();
            let is_it = |row: &&Vec<Cell>| {
                wanted
                    .iter()
                    .all(|(key, value)| cell(table, row, key) == &Cell::Text(value.clone()))
            };
            let found: Vec<&Vec<Cell>> = table.rows.iter().filter(is_it).collect();
            prop_assert_eq!(found.len(), 1, "{:?}", wanted);
            rows.push((figures, found[0].clone()));
        }
        assert_same_rows(table, &rows, bounds.is_none() && bodies.len() > 1)?;
    }
    Ok(())
}

fn cell<'t>(table: &Table, row: &'t [Cell], key: &str) -> &'t Cell {
    let at = table.columns.iter().position(|column| column.key == key);
    &row[at.unwrap_or_else(|| panic!("no column {key}"))]
}

/// The rows of one part of the course. Across bodies groups of one to four are hidden; where that
/// is one alone, another goes with it, lest it be found by subtraction. A reader of a territory
/// sees all groups in it.
fn assert_same_rows(
    table: &Table,
    rows: &[(Figures, Vec<Cell>)],
    hides_small: bool,
) -> Result<(), TestCaseError> {
    let is_small = |figures: &Figures| hides_small && (1..5).contains(&figures.enrolled);
    let small = rows.iter().filter(|(figures, _)| is_small(figures)).count();
    let larger = rows.iter().filter(|(figures, _)| figures.enrolled >= 5).count();
    let mut hidden = 0;
    for (figures, row) in rows {
        if *cell(table, row, "enrolled") == Cell::Suppressed {
            hidden += 1;
            prop_assert!(is_small(figures) || small == 1 && figures.enrolled >= 5);
            for column in &table.columns {
                let is_figure = !matches!(column.kind, report::Kind::Text);
                prop_assert!(!is_figure || *cell(table, row, &column.key) == Cell::Suppressed);
            }
        } else {
            prop_assert!(!is_small(figures), "{:?} shows", figures);
            assert_same_row(table, row, figures)?;
        }
    }
    prop_assert_eq!(hidden, if small == 1 && larger > 0 { 2 } else { small });
    Ok(())
}

fn assert_same_row(table: &Table, row: &[Cell], naive: &Figures) -> Result<(), TestCaseError> {
    let what = format!("{row:?}\n{naive:?}");
    for (key, count) in [
        ("enrolled", naive.enrolled),
        ("not_started", naive.not_started),
        ("in_progress", naive.in_progress),
        ("completed", naive.completed),
        ("passed", naive.passed),
        ("failed", naive.failed),
    ] {
        prop_assert_eq!(cell(table, row, key), &Cell::Count(count), "{} of {}", key, what);
    }
    let float = |key: &str| match cell(table, row, key) {
        Cell::Score(float) | Cell::Share(float) | Cell::Hours(float) => Some(*float),
        _ => None,
    };
    prop_assert!(is_near(float("score_mean"), naive.score_mean, 5.0001e-5), "{}", what);
    prop_assert!(is_near(float("progress"), naive.progress_mean, 5.0001e-5), "{}", what);
    let hours = |micros: i128| {
        // Hundredths of an hour, halves up.
        let hundredths = (Exact::from(micros) / Exact::from(36_000_000)).rounded();
        Some(Exact::from(hundredths) / Exact::from(100))
    };
    for (key, micros) in [
        ("hours_online", naive.online),
        ("hours_presence", naive.presence),
        ("hours", naive.online + naive.presence),
    ] {
        prop_assert!(is_near(float(key), hours(micros), 1e-9), "{} of {}", key, what);
    }
    Ok(())
}
