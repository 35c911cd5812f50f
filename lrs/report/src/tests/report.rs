use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::super::{Cell, Grouping, Table};
use super::scene::{Said, activity, course, lasting, module};
use crate::reports::named;
use crate::{Asked, Make, Member, Room, View};
use course::{Course, Learner, Replay, State};

/// Modules in an order that is not the alphabet's; the second for officials alone.
pub(super) fn two_modules() -> Course {
    let z = activity("z1", "") + &activity("z2", "complete_when = 'passed'");
    let event = "[[module.event]]\nkey = 'day'\ntitle = { it = 'Giornata' }\nkind = 'seminar'\n\
                 id = 'https://c.example/day'\n";
    let a = format!("hours = 10\naudience = {{ role = ['official'] }}\n{event}");
    course("hours = 150", &(module("z", "'all'", &z) + &module("a", "'all'", &a)))
}

pub(super) fn learner(id: &str, region: &str, body: &str, role: &str) -> Learner {
    Learner {
        id: id.into(),
        region: region.into(),
        body: body.into(),
        role: role.into(),
        ..Learner::default()
    }
}

pub(super) fn at(time: &str) -> String {
    format!("2026-05-04T{time}:00Z")
}

/// Maria has completed z and been at the day, Anna begun, Ugo nothing, Ivo has no region.
pub(super) fn cohort() -> Vec<(Learner, Said)> {
    let maria = Said::default()
        .and("completed", "z1", &at("10:00"), json!({"score": {"scaled": 0.6}}))
        .and("passed", "z2", &at("10:00"), json!({"score": {"scaled": 0.9}, "duration": "PT20M"}))
        .and("terminated", "z1", &at("11:00"), lasting("PT1H0M10S"))
        .and("attended", "day", &at("12:00"), lasting("PT4H"));
    let anna = Said::default().and(
        "failed",
        "z2",
        &at("10:00"),
        json!({"score": {"scaled": 0.25}, "duration": "PT20M"}),
    );
    let perugia = "Comune di Perugia";
    vec![
        (learner("maria", "Umbria", perugia, "official"), maria),
        (learner("anna", "Umbria", perugia, "manager"), anna),
        (learner("ugo", "Sicilia", perugia, "official"), Said::default()),
        (learner("ivo", "", perugia, "official"), Said::default()),
    ]
}

pub(super) fn members(
    course: &Course,
    cohort: &[(Learner, Said)],
    at: Option<Date>,
) -> Vec<Member> {
    let cut = at.map(|day| course.end_of(day).unwrap());
    let member = |(learner, said): &(Learner, Said)| {
        let document = said.document(course);
        let (replay, track) = Replay::new(course, learner, [&document]).tracked(cut);
        let standings = Arc::new(replay.standings());
        Member { standings, track, learner: Arc::new(learner.clone()) }
    };
    cohort.iter().map(member).collect()
}

pub(super) fn view<'a>(
    course: &'a Course,
    members: impl IntoIterator<Item = &'a Member>,
) -> View<'a> {
    let members = members.into_iter().collect();
    View {
        course,
        at: None,
        day: date(2026, 5, 31),
        through: None,
        hides_small_groups: true,
        unseen: BTreeSet::new(),
        room: Room::default(),
        members,
    }
}

/// The report of this name, by this grouping.
pub(super) fn made(name: &str, view: &View<'_>, by: &str) -> Table {
    let grouping: Grouping = by.parse().unwrap();
    table_of(name, &Asked::new(view.clone(), &grouping))
}

pub(super) fn table_of(name: &str, asked: &Asked<'_>) -> Table {
    match named(name).unwrap().make {
        Make::OfLearners(make) => make(asked),
        Make::OfData(_) => panic!("{name} is not about learners"),
    }
}

pub(super) fn progress(view: &View<'_>, by: &str) -> Table {
    made("progress", view, by)
}

pub(super) fn cell<'t>(table: &'t Table, row: usize, key: &str) -> &'t Cell {
    let column = table.columns.iter().position(|column| column.key == key);
    &table.rows[row][column.unwrap_or_else(|| panic!("no column {key}"))]
}

/// The cells of a row in these columns, as JSON would have them.
pub(super) fn cells(table: &Table, row: usize, keys: &[&str]) -> Vec<Value> {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Suppressed => json!("hidden"),
        Cell::Text(text) => json!(text),
        Cell::Count(count) => json!(count),
        Cell::Hours(number) | Cell::Score(number) | Cell::Share(number) => json!(number),
        other => panic!("{other:?}"),
    };
    keys.iter().map(|key| value(cell(table, row, key))).collect()
}

pub(super) fn rows(table: &Table, keys: &[&str]) -> Value {
    (0..table.rows.len()).map(|row| cells(table, row, keys)).collect()
}

#[test]
fn the_report_by_module_and_region_has_these_figures() {
    // z, Umbria. Scores: Maria (0.6 + 0.9) / 2 = 0.75, Anna 0.25: mean 0.5. Progress: Maria 1,
    // Anna 0. Hours: Maria 1:00:10 + 0:20, Anna 0:20: 1:40:10 = 1.6694… .
    let course = two_modules();
    let members = members(&course, &cohort(), None);
    let table = progress(&view(&course, &members), "module,region");
    let keys = [
        "module",
        "region",
        "enrolled",
        "not_started",
        "in_progress",
        "completed",
        "passed",
        "failed",
        "score_mean",
        "progress",
        "hours_online",
        "hours_presence",
        "hours",
        "target",
    ];
    let expected = json!([
        ["z", "", 1, 1, 0, 0, 0, 0, null, 0.0, 0.0, 0.0, 0.0, null],
        ["z", "Sicilia", 1, 1, 0, 0, 0, 0, null, 0.0, 0.0, 0.0, 0.0, null],
        ["z", "Umbria", 2, 0, 1, 1, 1, 1, 0.5, 0.5, 1.67, 0.0, 1.67, null],
        ["a", "", 1, 1, 0, 0, 0, 0, null, 0.0, 0.0, 0.0, 0.0, 10.0],
        ["a", "Sicilia", 1, 1, 0, 0, 0, 0, null, 0.0, 0.0, 0.0, 0.0, 10.0],
        ["a", "Umbria", 1, 0, 0, 1, 0, 0, null, 1.0, 0.0, 4.0, 4.0, 10.0],
    ]);
    assert_eq!(rows(&table, &keys), expected);
}

#[test]
fn without_module_the_figures_are_about_the_whole_course() {
    // Hours 1:20:10 + 4:00 and 0:20: 5:40:10 = 5.6694…, of four heads 1.4174. Progress: Maria 1,
    // three others 0: 0.25.
    let course = two_modules();
    let members = members(&course, &cohort(), None);
    let table = progress(&view(&course, &members), "");
    let keys = ["enrolled", "completed", "score_mean", "progress", "hours", "hours_mean", "target"];
    assert_eq!(rows(&table, &keys), json!([[4, 1, 0.5, 0.25, 5.67, 1.42, 150.0]]));
    assert_eq!(cells(&table, 0, &["target_year"]), [json!(40.0)]);
}

#[test]
fn by_activity_each_has_its_row_and_hours_where_they_belong() {
    let course = two_modules();
    let members = members(&course, &cohort(), None);
    let table = progress(&view(&course, &members), "activity");
    let keys = ["activity", "enrolled", "completed", "hours_online", "hours_presence"];
    let expected =
        json!([["z1", 4, 1, 1.0, 0.0], ["z2", 4, 1, 0.67, 0.0], ["day", 3, 1, 0.0, 4.0]]);
    assert_eq!(rows(&table, &keys), expected);
}

#[test]
fn a_course_without_learners_has_a_row_of_zeros_for_each_module() {
    let course = two_modules();
    let table = progress(&view(&course, []), "module");
    assert_eq!(
        rows(&table, &["module", "enrolled", "hours"]),
        json!([["z", 0, 0.0], ["a", 0, 0.0]])
    );
    assert_eq!(progress(&view(&course, []), "").rows.len(), 1);
    assert_eq!(progress(&view(&course, []), "module,region").rows.len(), 0);
}

#[test]
fn rows_follow_the_order_of_the_keys() {
    let course = two_modules();
    let members = members(&course, &cohort(), None);
    let table = progress(&view(&course, &members), "region, module");
    let expected = json!([
        ["", "z"],
        ["", "a"],
        ["Sicilia", "z"],
        ["Sicilia", "a"],
        ["Umbria", "z"],
        ["Umbria", "a"],
    ]);
    assert_eq!(rows(&table, &["region", "module"]), expected);
}

/// Of each of these bodies so many, all of whom have done an hour.
pub(super) fn of_bodies(bodies: &[(&str, usize)]) -> Vec<(Learner, Said)> {
    let said = Said::default().and("terminated", "z1", &at("10:00"), lasting("PT1H"));
    let all = bodies.iter().flat_map(|(body, count)| (0..*count).map(move |n| (*body, n)));
    let person = |(body, n): (&str, usize)| learner(&format!("{body}-{n}"), "Umbria", body, "");
    all.map(|who| (person(who), said.clone())).collect()
}

#[test]
fn groups_under_five_are_hidden_across_bodies_and_the_next_smallest_where_one_alone_would_be() {
    let course = two_modules();
    let hours = |bodies: &[(&str, usize)]| {
        let members = members(&course, &of_bodies(bodies), None);
        let table = progress(&view(&course, &members), "body");
        rows(&table, &["body", "enrolled", "hours_online", "hours_mean"])
    };
    let hidden = |body: &str| json!([body, "hidden", "hidden", "hidden"]);
    let shown = |body: &str, n: u32| json!([body, n, f64::from(n), 1.0]);
    assert_eq!(
        hours(&[("a", 4), ("b", 1), ("c", 5)]),
        json!([hidden("a"), hidden("b"), shown("c", 5)])
    );
    assert_eq!(
        hours(&[("a", 4), ("b", 7), ("c", 5)]),
        json!([hidden("a"), shown("b", 7), hidden("c")])
    );
    assert_eq!(hours(&[("a", 5), ("b", 5)]), json!([shown("a", 5), shown("b", 5)]));
    // Learners of one body alone: the reader is responsible for all of them.
    assert_eq!(hours(&[("a", 1)]), json!([shown("a", 1)]));
    let members = members(&course, &of_bodies(&[("a", 4), ("b", 7), ("c", 5)]), None);
    let table = progress(&view(&course, &members), "body");
    assert!(table.notes.iter().any(|note| note.en.contains("fewer than 5")));
}

#[test]
fn every_row_counts_only_whom_the_reader_may_see() {
    let course = two_modules();
    let members = members(&course, &of_bodies(&[("a", 6), ("b", 7), ("c", 8)]), None);
    let may_see = |member: &&Member| ["a", "c"].contains(&member.learner.body.as_str());
    let seen: Vec<&Member> = members.iter().filter(may_see).collect();
    let table = progress(&view(&course, seen.iter().copied()), "body,module");
    assert_eq!(
        rows(&table, &["body", "module", "enrolled", "hours_online"]),
        json!([["a", "z", 6, 6.0], ["a", "a", 0, 0.0], ["c", "z", 8, 8.0], ["c", "a", 0, 0.0]])
    );
    let table = progress(&view(&course, seen), "");
    assert_eq!(rows(&table, &["enrolled", "hours"]), json!([[14, 14.0]]));
}

#[test]
fn the_hours_of_a_year_are_what_was_added_since_the_last_one_ended() {
    // 2 hours in 2025, 3 in 2026, the first of them at half past midnight in Rome.
    let course = course("hours = 4", &module("m1", "'all'", &activity("1", "")));
    let said = Said::default()
        .and("terminated", "1", "2025-12-31T22:30:00Z", lasting("PT2H"))
        .and("terminated", "1", "2025-12-31T23:30:00Z", lasting("PT1H"))
        .and("terminated", "1", "2026-02-01T10:00:00Z", lasting("PT2H"));
    let cohort = [(learner("u1", "Umbria", "a", ""), said)];
    let now = members(&course, &cohort, Some(date(2026, 5, 31)));
    let before = members(&course, &cohort, Some(date(2025, 12, 31)));
    let by = |by: &str| {
        let grouping = by.parse().unwrap();
        let earlier = view(&course, &before);
        table_of("hours", &Asked { earlier, ..Asked::new(view(&course, &now), &grouping) })
    };
    let keys = ["hours", "target", "hours_year", "target_year"];
    assert_eq!(rows(&by(""), &keys), json!([[5.0, 4.0, 3.0, 40.0]]));
    let keys = ["region", "hours", "hours_year", "reaching", "reaching_year"];
    assert_eq!(rows(&by("region"), &keys), json!([["Umbria", 5.0, 3.0, 1, 0]]));
}

#[test]
fn who_is_idle_for_as_many_days_as_the_course_says_is_at_risk() {
    let course = course("at_risk_days = 10", &module("m1", "'all'", &activity("1", "")));
    let begun = |day: &str| {
        Said::default().and("initialized", "1", &format!("2026-05-{day}T10:00:00Z"), Value::Null)
    };
    let done = begun("01").and("completed", "1", "2026-05-01T11:00:00Z", Value::Null);
    let cohort =
        [("idle", begun("21")), ("busy", begun("22")), ("done", done), ("new", Said::default())]
            .map(|(id, said)| (learner(id, "Umbria", "a", ""), said));
    let members = members(&course, &cohort, None);
    let table = made("at-risk", &view(&course, &members), "");
    assert_eq!(table.rows.len(), 1);
    assert_eq!(cell(&table, 0, "learner"), &Cell::Text("idle".into()));
}

#[test]
fn the_matrix_says_since_when_and_leaves_out_what_is_not_for_somebody() {
    let course = two_modules();
    let members = members(&course, &cohort(), None);
    let table = made("matrix", &view(&course, &members), "");
    assert_eq!(cell(&table, 0, "z"), &Cell::State(State::Completed));
    assert_eq!(cell(&table, 0, "z/since"), &Cell::Date(date(2026, 5, 4)));
    assert_eq!(cell(&table, 1, "a"), &Cell::Empty, "Anna is a manager");
    assert_eq!(cell(&table, 1, "z"), &Cell::State(State::InProgress));
    assert_eq!(cell(&table, 3, "last_seen"), &Cell::Empty);
}

#[test]
fn an_unknown_key_is_answered_with_the_known_ones() {
    let learners = [Learner {
        attributes: [("city".to_owned(), "Spello".to_owned())].into(),
        ..Learner::default()
    }];
    let check = |by: &str| by.parse::<Grouping>().unwrap().check(&learners);
    assert_eq!(check("module,city"), Ok(()));
    assert_eq!(
        check("module,town").unwrap_err().to_string(),
        "`town` is nothing to group by: use any of module, activity, region, province, body, \
         population_class, role, office, edition, city"
    );
    assert_eq!("module, region,module".parse::<Grouping>().unwrap().to_string(), "module,region");
    assert_eq!(
        "Modulo, regione, attivita".parse::<Grouping>().unwrap().to_string(),
        "module,region,activity"
    );
    assert_eq!(
        "classe demografica,ente".parse::<Grouping>().unwrap().to_string(),
        "population_class,body"
    );
    assert!("module,,region".parse::<Grouping>().is_err());
}
