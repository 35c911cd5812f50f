use jiff::civil::date;

use super::super::{
    ActivityPlace, ActivityRule, Course, Credit, Form, Mode, ModuleRule, ScoreRule, Territories,
    Window,
};
use super::said::of_course;

const SMALLEST: &str = r#"
id = "c"
title = { it = "Corso" }
time_zone = "Europe/Rome"
[[module]]
id = "m1"
title = { it = "Primo" }
[[module.activity]]
id = "https://c.example/1"
"#;

#[test]
fn the_smallest_course_asks_that_all_activities_be_completed() {
    let course = Course::parse(SMALLEST).unwrap();
    let module = &course.modules()[0];
    assert_eq!(module.complete_when, ModuleRule::All);
    assert_eq!(module.activities[0].complete_when, ActivityRule::Completed);
    let activity = &module.activities[0];
    assert_eq!(activity.selection.ids, ["https://c.example/1"]);
    assert_eq!((activity.key.as_str(), activity.kind.as_str()), ("https://c.example/1", "online"));
    assert_eq!((activity.weight, module.weight), (1.0, 1.0));
    let online =
        Form::Online { credit: Credit::Measured, score: ScoreRule::Best, assessment: None };
    assert_eq!(activity.form, online);
    let outline = course.outline();
    assert_eq!(outline.iri, "urn:traccia:course:c");
    assert_eq!((outline.hours_per_year, outline.at_risk_days), (Some(40.0), 14));
    assert_eq!((outline.window, outline.certificate.is_none()), (Window::default(), true));
    assert_eq!((course.hours(), module.hours, module.activities[0].hours), (None, None, None));
}

#[test]
fn the_course_files_of_the_programmes_load() {
    let course = Course::parse(include_str!("../../../demo/courses/prog-2796.toml")).unwrap();
    assert_eq!(course.id(), "prog-2796");
    assert_eq!(course.modules().len(), 4);
    assert_eq!(course.title().in_language("de"), course.title().in_language("it"));
    let planned: f64 = course.modules().iter().filter_map(|module| module.hours).sum();
    assert_eq!(Some(planned), course.hours());
    for module in course.modules() {
        let most: f64 = module.activities.iter().filter_map(|activity| activity.hours).sum();
        assert_eq!(Some(most), module.hours, "{}", module.id);
    }
}

#[test]
fn an_exact_id_beats_a_prefix_a_prefix_beats_what_lies_around_and_a_parent_goes_first() {
    let more = "[[module.activity]]\nprefix = [\"https://c.example/\", \"https://d.example/\"]\n\
                [[module.activity]]\nwithin = \"https://w.example/1\"\n\
                [[module.activity]]\nwithin = [\"https://w.example/2\"]\n\
                [[module.event]]\nkey = \"e\"\ntitle = { it = \"E\" }\nkind = \"seminar\"\n\
                [[module.event.session]]\nid = \"s\"\ndate = 2026-03-05\n\
                object = \"https://c.example/hall\"\n\
                [[module.event.session]]\nid = \"t\"\ndate = 2026-03-06\n";
    let course = Course::parse(&format!("{SMALLEST}{more}")).unwrap();
    let place = |iri: &str, parents: &[&str], groupings: &[&str]| {
        let own =
            |iris: &[&str]| iris.iter().map(|iri| format!("https://w.example/{iri}")).collect();
        let (parents, groupings): (Vec<String>, Vec<String>) = (own(parents), own(groupings));
        let place = course.place_of(iri, &parents, &groupings);
        place.map(|ActivityPlace { activity, .. }| activity)
    };
    assert_eq!(place("https://c.example/1", &["1"], &[]), Some(0));
    assert_eq!(place("https://c.example/12", &["1"], &[]), Some(1));
    assert_eq!(place("https://d.example/", &[], &[]), Some(1));
    assert_eq!(place("https://c.example/hall", &[], &[]), Some(4));
    assert_eq!(place("urn:traccia:course:c/events/e/t", &["1"], &[]), Some(4));
    assert_eq!(place("urn:traccia:course:c/events/e/s", &[], &[]), None, "it has its own object");
    assert_eq!(place("https://e.example/1", &["1"], &["2"]), Some(2));
    assert_eq!(place("https://e.example/1", &["9", "2"], &["1"]), Some(3));
    assert_eq!(place("https://e.example/1", &[], &["9", "1"]), Some(2));
    assert_eq!(place("https://e.example/1", &[], &[]), None);
}

const FULL: &str = r#"
id = "c"
iri = "https://f.example/c"
title = { it = "Corso" }
time_zone = "Europe/Rome"
hours_per_year = 30
begins = 2026-01-01
ends = 2026-12-31
at_risk_days = 7
[[edition]]
id = "spring"
title = { it = "Primavera" }
ends = 2026-06-30
[certificate]
modules = ["m1"]
by = 2026-10-31
[[module]]
id = "m1"
title = { it = "Primo" }
weight = 2
audience = { role = ["manager"], edition = ["spring"] }
complete_when = { any_of = ["all", { all_of = [{ at_least = 1 }, { hours = 2 }] }] }
[[module.event]]
key = "e"
title = { it = "Evento" }
kind = "study_visit"
mode = "distance"
hours = 6
[[module.event.session]]
id = "s"
date = 2026-03-05
from = 09:00:00
to = 13:30:00
place = "Perugia"
region = "Umbria"
[[module.activity]]
key = "test"
id = ["https://c.example/1", "https://c.example/2"]
kind = "test"
hours = 1
credit = "nominal"
score = "last"
assessment = "exit"
requires = ["e"]
begins = 2026-02-01
complete_when = { any_of = ["passed", { score = 0.6 }] }
"#;

#[test]
fn everything_that_a_file_may_say_is_read() {
    let course = Course::parse(FULL).unwrap();
    assert_eq!(course.window_of("spring").begins, Some(date(2026, 1, 1)), "as the course's");
    assert_eq!(course.window_of("spring").ends, Some(date(2026, 6, 30)));
    assert_eq!(course.window_of("").ends, Some(date(2026, 12, 31)));
    let certificate = course.outline().certificate.as_ref().unwrap();
    assert_eq!(
        (certificate.by, certificate.modules.as_slice()),
        (Some(date(2026, 10, 31)), &[0][..])
    );
    let [test, event] = course.modules()[0].activities.as_slice() else { panic!("two") };
    assert_eq!(test.requires, [1], "those online stand first");
    assert!(matches!(
        test.form,
        Form::Online { credit: Credit::Nominal, score: ScoreRule::Last, .. }
    ));
    assert_eq!(event.complete_when, ActivityRule::Attended);
    assert!(event.is_event() && !event.is_in_presence());
    assert!(matches!(event.form, Form::Event { mode: Mode::Distance, .. }));
    let session = &event.sessions()[0];
    assert_eq!(session.object, "https://f.example/c/events/e/s");
    assert_eq!(session.micros(course.zone()), Some(16_200_000_000), "4 h 30");
}

#[test]
fn a_course_reads_like_another_when_it_takes_the_same_statements() {
    let course = |text: &str| Course::parse(text).unwrap();
    let known = course(SMALLEST);
    let other_rule =
        SMALLEST.replace("title = { it = \"Primo\" }", "title = { it = \"P\" }\nweight = 3");
    assert!(course(&other_rule).reads_like(&known));
    assert!(!course(&SMALLEST.replace("example/1", "example/2")).reads_like(&known));
    assert!(!course(&SMALLEST.replace("Europe/Rome", "UTC")).reads_like(&known));
    let keyed = SMALLEST.replace("[[module.activity]]", "[[module.activity]]\nkey = \"k\"");
    assert!(!course(&keyed).reads_like(&known), "documents are by key");
}

/// Moodle's log store plugin tells no duration of SCORM packages.
#[test]
fn hours_of_moodles_scorm_packages_are_warned_of_unless_their_credit_is_told() {
    let scorm = |more: &str| {
        let id = "https://moodle.example.it/mod/scorm/view.php?id=7";
        let text = SMALLEST.replace("https://c.example/1", id) + more;
        Course::check(&text).unwrap().warnings
    };
    let warned = scorm("hours = 2\n");
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert_eq!((warned[0].line, warned[0].column), (9, 6));
    assert!(warned[0].to_string().contains("credit = \"nominal\""), "{warned:?}");
    assert_eq!(scorm("credit = 'nominal'\nhours = 2\n"), []);
    assert_eq!(scorm("credit = 'measured'\nhours = 2\n"), []);
    assert_eq!(Course::check(SMALLEST).unwrap().warnings, []);
}

/// Below the page of an activity lies what the package reports by itself, and that with its time.
#[test]
fn hours_that_a_package_reports_by_itself_are_not_warned_of() {
    let page = "https://moodle.example.it/mod/scorm/view.php?id=7";
    let warned = |selection: &str| {
        let text = SMALLEST.replace("id = \"https://c.example/1\"", selection);
        assert!(text.contains(selection), "{text}");
        Course::check(&text).unwrap().warnings.len()
    };
    assert_eq!(warned(&format!("prefix = \"{page}/\"")), 0);
    assert_eq!(warned(&format!("id = \"{page}/I1\"")), 0);
    assert_eq!(warned(&format!("id = \"{page}#sco\"")), 1);
    assert_eq!(warned(&format!("prefix = \"{page}\"")), 1);
}

#[test]
fn the_course_files_of_the_programmes_have_nothing_to_be_warned_of() {
    for text in [
        include_str!("../../../demo/courses/anci-formazione-immigrazione.toml"),
        include_str!("../../../demo/courses/for-pa-105920.toml"),
        include_str!("../../../demo/courses/formare-per-integrare.toml"),
        include_str!("../../../demo/courses/mimain-2740.toml"),
        include_str!("../../../demo/courses/prog-2796.toml"),
    ] {
        assert_eq!(Course::check(text).unwrap().warnings, []);
    }
}

#[test]
fn territories_and_the_hours_of_a_year_are_data_of_the_course() {
    let of = |line: &str| {
        let outline = Course::parse(&format!("{line}\n{SMALLEST}")).unwrap().outline().clone();
        (outline.territories, outline.hours_per_year)
    };
    assert_eq!(of(""), (Territories::Italy, Some(40.0)));
    assert_eq!(of("territories = 'italy'"), (Territories::Italy, Some(40.0)));
    assert_eq!(of("hours_per_year = 24"), (Territories::Italy, Some(24.0)));
    assert_eq!(of("territories = 'any'"), (Territories::Any, None));
    assert_eq!(of("territories = 'any'\nhours_per_year = 8"), (Territories::Any, Some(8.0)));
    let regions = Territories::Regions(["Tirolo".to_owned(), "Vorarlberg".to_owned()].into());
    assert_eq!(of("territories = ['Tirolo', 'Vorarlberg']"), (regions, None));
}

#[test]
fn territories_that_are_none_are_refused() {
    let fault = |line: &str| {
        let errors = Course::parse(&format!("{line}\n{SMALLEST}")).unwrap_err();
        of_course(&errors).concat()
    };
    let wanted =
        "1:15: `territories` is \"italy\", \"any\", or a list of regions: write one of the three";
    assert_eq!(fault("territories = []"), wanted);
    assert_eq!(fault("territories = 5"), wanted);
    let near = "1:15: `territories` knows no `itlay`: is it `italy`? Known are \"italy\", \"any\"";
    assert_eq!(fault("territories = 'itlay'"), near);
}

#[test]
fn a_course_names_values_of_its_learner_lists() {
    let names = "[names.role]\nofficial = { it = 'Funzionario', en = 'Official' }\n\
                 [names.office]\n'front office' = { it = 'Sportello' }\n";
    let course = Course::parse(&format!("{SMALLEST}{names}")).unwrap();
    let names = &course.outline().names;
    assert_eq!(names.of("role", "official").unwrap().in_language("it"), "Funzionario");
    assert_eq!(names.of("office", "front office").unwrap().in_language("it"), "Sportello");
    assert_eq!((names.of("role", "mayor"), names.of("region", "official")), (None, None));
    assert_eq!(names.value_called("role", "Funzionario"), Some("official"));
    assert_eq!(names.value_called("office", "Funzionario"), None);
    let fault = |names: &str| {
        of_course(&Course::parse(&format!("{SMALLEST}{names}\n")).unwrap_err()).concat()
    };
    let wanted = "11:8: `role` is a table: write a title for each value, such as \
                  official = { it = \"Funzionario\", en = \"Official\" }";
    assert_eq!(fault("[names]\nrole = 5"), wanted);
    assert!(fault("[names.body]\nx = { it = 'X' }").contains("`names` has no `body`"));
    assert!(fault("[names.role]\nx = {}").contains("the title is empty"));
}
