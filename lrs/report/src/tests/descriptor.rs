use std::collections::BTreeSet;

use super::report::{cohort, members, table_of, two_modules, view};
use crate::reports::{EVERY, named};
use crate::{Asked, Cell, DataHealth, Detail, Finding, Make, Parameter, Report, Table};
use crate::{Check, Grouped, Grouping};
use course::Bilingual;

#[test]
fn every_report_is_found_by_its_name_and_by_no_other() {
    let names: BTreeSet<&str> = EVERY.iter().map(|report| report.name).collect();
    assert_eq!(names.len(), EVERY.len());
    for report in EVERY {
        assert_eq!(named(report.name), Ok(report));
    }
    let error = named("funnels").unwrap_err().to_string();
    assert!(
        error.starts_with("there is no report `funnels`: use any of glance, funnel, "),
        "{error}"
    );
}

#[test]
fn a_report_takes_its_own_parameters_and_those_of_its_sort() {
    let takes = |name, parameter| named(name).unwrap().parameters().contains(&parameter);
    let only = |parameter| {
        let takes = |report: &&&Report| report.parameters().contains(&parameter);
        EVERY.iter().filter(takes).map(|report| report.name).collect::<Vec<_>>()
    };
    assert_eq!(only(Parameter::Expand), ["matrix"]);
    assert_eq!(only(Parameter::Session), ["register"]);
    assert!(takes("glance", Parameter::By) && takes("glance", Parameter::SmallGroups));
    assert!(!takes("ledger", Parameter::By) && !takes("ledger", Parameter::SmallGroups));
    let of_health = named("health").unwrap().parameters();
    assert_eq!(of_health, [Parameter::Format, Parameter::Lang, Parameter::Width]);
    assert_eq!(only(Parameter::Width).len(), EVERY.len());
}

#[test]
fn the_usual_grouping_of_a_report_is_one_that_it_takes() {
    for report in EVERY {
        let usual: Grouping = report.usual_grouping().parse().unwrap();
        assert_eq!(report.refused_key(&usual), None, "{report}");
    }
    let by: Grouping = "region,module".parse().unwrap();
    let refused = |grouped| named(grouped).unwrap().refused_key(&by).map(crate::GroupKey::as_str);
    assert_eq!(refused("glance"), Some("module"));
    assert_eq!(refused("matrix"), Some("region"));
    assert_eq!(named("hours").unwrap().grouped, Grouped::Freely(""));
}

/// What each report says, on a course with learners.
fn tables() -> Vec<Table> {
    let course = two_modules();
    let cohort = cohort();
    let members = members(&course, &cohort, None);
    let detail = |(learner, said): &(course::Learner, super::scene::Said)| Detail {
        learner: std::sync::Arc::new(learner.clone()),
        documents: vec![said.document(&course)],
    };
    let details: Vec<Detail> = cohort.iter().map(detail).collect();
    let table = |report: &&Report| match report.make {
        Make::OfData(make) => {
            let row = |check| Finding { check, subject: String::new(), count: None, last: None };
            let findings = Check::EVERY.into_iter().map(row).collect();
            make(DataHealth { course: &course, through: 1, newest: 2, findings })
        }
        Make::OfLearners(_) => {
            let grouping = report.usual_grouping().parse().unwrap();
            let asked = Asked::new(view(&course, &members), &grouping);
            table_of(report.name, &Asked { details: &details, expand: true, ..asked })
        }
    };
    EVERY.iter().map(table).collect()
}

/// A message that the catalogue lacks is shown by its id.
#[test]
fn everything_that_reports_say_is_in_the_catalogue() {
    const OF_REPORTS: [&str; 9] = [
        "report-",
        "column-",
        "note-",
        "certificate-",
        "unmet-",
        "state-",
        "hours-rule-",
        "check-",
        "sheet-",
    ];
    for table in tables() {
        let headings = table.columns.iter().map(|column| column.heading.clone());
        let cells = table.rows.iter().flatten().filter_map(|cell| match cell {
            Cell::Bilingual(words) => Some(Bilingual::clone(words)),
            Cell::Code(it) => Some(it.1.clone()),
            _ => None,
        });
        let all = headings.chain(cells).chain(table.notes.clone()).chain([table.title.clone()]);
        for Bilingual { it, en } in all {
            for text in [it, en] {
                let is_id = OF_REPORTS.iter().any(|begin| text.starts_with(begin));
                assert!(!is_id, "{}: the catalogue lacks {text}", table.report);
            }
        }
    }
}

#[test]
fn what_is_damaged_stands_first_in_the_health_report_and_checks_have_names_in_italian() {
    let course = two_modules();
    let row = |check| Finding { check, subject: String::new(), count: None, last: None };
    let findings = [Check::Source, Check::UnassignedActor, Check::Unreadable, Check::Late];
    let Make::OfData(make) = named("health").unwrap().make else { panic!("of data") };
    let findings = findings.into_iter().map(row).collect();
    let table = make(DataHealth { course: &course, through: 1, newest: 2, findings });
    let checks = table.rows.iter().map(|row| match &row[0] {
        Cell::Code(named) => [&*named.0, &*named.1.it, &*named.1.en],
        other => panic!("{other:?}"),
    });
    assert_eq!(
        checks.collect::<Vec<_>>(),
        [
            ["unreadable", "illeggibile", "unreadable"],
            ["source", "fonte", "source"],
            ["unassigned_actor", "attore non iscritto", "unassigned_actor"],
            ["late", "in ritardo", "late"],
        ]
    );
}
