use std::sync::Arc;

use course::Learner;
use serde_json::json;

use super::super::{Asked, Cell, Detail, Grouped, Grouping, Table};
use super::report::{at, cohort, made, members, of_bodies, progress, table_of, two_modules, view};
use super::scene::Said;
use crate::reports::EVERY;

fn total<'t>(table: &'t Table, key: &str) -> &'t Cell {
    let column = table.columns.iter().position(|column| column.key == key);
    let totals = table.totals.as_ref().unwrap_or_else(|| panic!("{} has no totals", table.report));
    &totals[column.unwrap_or_else(|| panic!("no column {key}"))]
}

fn hours(value: f64) -> Cell {
    Cell::Hours(value)
}

#[test]
fn groups_of_learners_add_up_to_the_row_of_everybody() {
    let course = two_modules();
    let members = members(&course, &cohort(), None);
    let view = view(&course, &members);
    let (by_region, all) = (progress(&view, "region"), progress(&view, ""));
    let figures = by_region.columns.iter().map(|column| column.key.as_str()).skip(1);
    for (key, expected) in figures.zip(&all.rows[0]) {
        assert_eq!(total(&by_region, key), expected, "{key}");
    }
    assert_eq!(total(&by_region, "region"), &Cell::Empty);
    assert_eq!(all.totals, None, "the totals of one row are the row");
}

#[test]
fn hours_of_modules_add_up_and_people_who_are_in_several_do_not() {
    let course = two_modules();
    let members = members(&course, &cohort(), None);
    let view = view(&course, &members);
    let by_module = progress(&view, "module");
    assert_eq!(total(&by_module, "hours"), &hours(5.67), "1:40:10 and 4:00");
    assert_eq!(total(&by_module, "hours_presence"), &hours(4.0));
    assert_eq!(total(&by_module, "enrolled"), &Cell::Empty);
    assert_eq!(total(&by_module, "score_mean"), &Cell::Empty);
    let funnel = made("funnel", &view, "module,region");
    assert_eq!(funnel.totals, None, "a funnel has numbers of people alone");
}

#[test]
fn hours_and_bodies_have_totals_too() {
    let course = two_modules();
    let members = members(&course, &of_bodies(&[("a", 6), ("b", 7)]), None);
    let view = view(&course, &members);
    for by in ["", "body"] {
        let table = made("hours", &view, by);
        assert_eq!(total(&table, "hours"), &hours(13.0), "{by}");
    }
    for by in ["", "region,body"] {
        let table = made("bodies", &view, by);
        assert_eq!(total(&table, "enrolled"), &Cell::Count(13), "{by}");
        assert_eq!(total(&table, "hours_mean"), &hours(1.0), "{by}");
    }
    let glance = made("glance", &view, "body");
    assert_eq!(total(&glance, "started_week_before"), &Cell::Count(13));
}

#[test]
fn totals_of_fewer_than_five_people_of_several_bodies_are_hidden() {
    let course = two_modules();
    let people = members(&course, &of_bodies(&[("a", 1), ("b", 3)]), None);
    let mut view = view(&course, &people);
    assert_eq!(total(&progress(&view, "body"), "hours"), &Cell::Suppressed);
    view.hides_small_groups = false;
    assert_eq!(total(&progress(&view, "body"), "hours"), &hours(4.0));
}

/// Four people with hours in each of two activities are not eight.
#[test]
fn totals_over_parts_of_the_course_do_not_count_people_twice() {
    let course = two_modules();
    let people = members(&course, &of_bodies(&[("a", 1), ("b", 3)]), None);
    let table = made("progress", &view(&course, &people), "activity,body");
    assert_eq!(total(&table, "hours"), &Cell::Suppressed);
}

/// Everybody of these bodies has hours and a score, so that every report has rows of them.
#[test]
fn every_report_by_learners_hides_the_same_bodies() {
    let course = two_modules();
    let (score, right) = (json!({"score": {"scaled": 0.5}}), json!({"success": true}));
    let cohort: Vec<(Learner, Said)> = of_bodies(&[("a", 3), ("b", 7), ("c", 5)])
        .into_iter()
        .map(|(who, said)| (who, said.and("failed", "z2", &at("10:00"), score.clone())))
        .map(|(who, said)| (who, said.and("answered", "z1", &at("10:00"), right.clone())))
        .collect();
    let people = members(&course, &cohort, None);
    let detail = |(learner, said): &(Learner, Said)| Detail {
        learner: Arc::new(learner.clone()),
        documents: vec![said.document(&course)],
    };
    let details: Vec<Detail> = cohort.iter().map(detail).collect();
    let (mut view, by) = (view(&course, &people), "body".parse::<Grouping>().unwrap());
    let reports = |view: &crate::View<'_>| {
        let by_learners = EVERY.into_iter().filter(|report| report.grouped != Grouped::Not);
        let asked = |by| Asked { details: &details, ..Asked::new(view.clone(), by) };
        let mut tables: Vec<Table> =
            by_learners.map(|report| table_of(report.name, &asked(&by))).collect();
        tables.push(table_of("bodies", &asked(&Grouping::default())));
        tables
    };
    let shown = |table: &Table| {
        let body = table.columns.iter().position(|column| column.key == "body").unwrap();
        let enrolled = table.columns.iter().position(|column| column.key == "enrolled").unwrap();
        // Of a report with several parts or days the last.
        let last = &table.rows[table.rows.len() - 3..];
        last.iter().map(|row| (row[body].clone(), row[enrolled].clone())).collect::<Vec<_>>()
    };
    let of = |body: &str, cell: Cell| (Cell::Text(body.into()), cell);
    let (a, b, c) = (of("a", Cell::Suppressed), of("b", Cell::Count(7)), of("c", Cell::Suppressed));
    for table in reports(&view) {
        assert_eq!(shown(&table), [a.clone(), b.clone(), c.clone()], "{}", table.report);
    }
    view.hides_small_groups = false;
    let (a, c) = (of("a", Cell::Count(3)), of("c", Cell::Count(5)));
    for table in reports(&view) {
        assert_eq!(shown(&table), [a.clone(), b.clone(), c.clone()], "{}", table.report);
    }
}

/// Programs read the value, people the name that the course file gives it.
#[test]
fn values_of_the_list_are_written_as_the_course_file_names_them() {
    let course = two_modules();
    let members = members(&course, &cohort(), None);
    let view = view(&course, &members);
    let title = |text: &str| course::Title([("it".to_owned(), text.to_owned())].into());
    let role = &members[0].learner.role;
    let names = course::Names {
        role: [(role.clone(), title("Funzionario"))].into(),
        ..course::Names::default()
    };
    for by in ["role", "region,role"] {
        let table = progress(&view, by).with_names(&names);
        let column = table.columns.iter().position(|column| column.key == "role").unwrap();
        let named: Vec<&Cell> = table.rows.iter().map(|row| &row[column]).collect();
        let expected =
            Cell::code(role.clone(), course::Bilingual::new("Funzionario", "Funzionario"));
        assert!(named.contains(&&expected), "{named:?}");
        assert!(!named.contains(&&Cell::Text(role.clone())), "{named:?}");
    }
}
