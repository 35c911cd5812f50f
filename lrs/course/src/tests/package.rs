use serde_json::json;

use super::super::{Course, State};
use super::scene::{MINUTE, Said, course, first_activity, first_module, lasting, module};

const PACKAGE: &str = "urn:traccia:package:corso";

fn of(name: &str, rest: &str) -> String {
    format!("[[module.activity]]\nkey = 'p'\npackage = '{name}'\n{rest}\n")
}

fn played() -> Course {
    course("", &module("m1", "'all'", &of("corso", "")))
}

fn sco(item: &str) -> String {
    format!("{PACKAGE}/{item}")
}

#[test]
fn a_package_is_its_own_activity_and_all_below_it() {
    let course = played();
    for (object, is) in [
        (PACKAGE.to_owned(), true),
        (sco("I1"), true),
        (format!("{PACKAGE}-2"), false),
        (format!("{PACKAGE}-2/I1"), false),
        ("urn:traccia:package:altro".to_owned(), false),
    ] {
        assert_eq!(course.place_of(&object, &[], &[]).is_some(), is, "{object}");
    }
}

#[test]
fn the_package_says_what_is_completed_and_its_scos_how_long_it_took() {
    let course = played();
    let result = |completion: bool, success: bool, scaled: f64, duration: &str| json!({"completion": completion, "success": success, "score": {"scaled": scaled}, "duration": duration});
    let first = Said::default()
        .and("passed", &sco("I1"), "2026-05-04T10:10:00Z", json!({"success": true}))
        .and("terminated", &sco("I1"), "2026-05-04T10:10:01Z", result(true, true, 1.0, "PT10M"));
    let standing = first_activity(&course, &first);
    assert_eq!((standing.state, standing.success, standing.score), (State::InProgress, None, None));
    assert_eq!((standing.micros, standing.attempts), (10 * MINUTE, 0));
    assert_eq!(first_module(&course, &first).success, None);
    let second = first.and("terminated", &sco("I2"), "2026-05-04T11:00:00Z", lasting("PT20M")).and(
        "completed",
        PACKAGE,
        "2026-05-04T11:00:01Z",
        json!({"completion": true, "success": false, "score": {"scaled": 0.4}}),
    );
    let standing = first_activity(&course, &second);
    assert_eq!(
        (standing.state, standing.success, standing.score),
        (State::Completed, Some(false), Some(0.4))
    );
    assert_eq!((standing.micros, standing.attempts), (30 * MINUTE, 1));
    assert_eq!(first_module(&course, &second).success, Some(false));
}

#[test]
fn a_package_that_is_not_there_is_warned_of_with_its_place_and_those_that_are_like_it() {
    let text = format!(
        "id = 'c'\ntitle = {{ it = 'C' }}\ntime_zone = 'Europe/Rome'\n{}",
        module("m1", "'all'", &of("sicurezz", ""))
    );
    let named = Course::check(&text).unwrap().packages;
    let line = 1 + text.lines().position(|line| line.starts_with("package")).unwrap();
    assert_eq!(named.len(), 1);
    assert_eq!((&*named[0].name, named[0].line, named[0].column), ("sicurezz", line, 11));
    let said = |known: &[&str]| named[0].unknown(known.iter().copied()).to_string();
    let near = said(&["antincendio", "sicurezza"]);
    assert!(near.contains("`sicurezz` was not imported: is it `sicurezza`? Until"), "{near}");
    assert!(said(&[]).contains("`sicurezz` was not imported. Until"), "{}", said(&[]));
    assert!(said(&[]).contains("traccia package import FILE.zip --name sicurezz"));
}

#[test]
fn a_package_stands_alone_under_a_name_that_it_can_have() {
    let faults = |activities: &str| {
        let text = format!(
            "id = 'c'\ntitle = {{ it = 'C' }}\ntime_zone = 'Europe/Rome'\n{}",
            module("m1", "'all'", activities)
        );
        Course::parse(&text).unwrap_err().to_string()
    };
    assert!(faults(&of("Il corso", "")).contains("`Il corso` is no package's name"));
    for other in ["id", "prefix", "within"] {
        let beside = faults(&of("corso", &format!("{other} = 'https://c.example/1'")));
        assert!(beside.contains("has its IRIs from the package"), "{beside}");
    }
    let twice = of("corso", "") + &of("corso", "").replace("'p'", "'q'");
    assert!(faults(&twice).contains("is already on line"), "{}", faults(&twice));
    let below = of("corso", "")
        + "[[module.activity]]\nkey = 'q'\nprefix = 'urn:traccia:package:corso/I1'\n";
    assert!(faults(&below).contains("overlaps with"), "{}", faults(&below));
}
