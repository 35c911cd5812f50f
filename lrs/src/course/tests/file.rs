use super::super::{ActivityPlace, ActivityRule, Course, ModuleRule, Selector};

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

fn faults(text: &str) -> Vec<String> {
    Course::parse(text).unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn the_smallest_course_asks_that_all_activities_be_completed() {
    let course = Course::parse(SMALLEST).unwrap();
    let module = &course.modules()[0];
    assert_eq!(module.complete_when, ModuleRule::All);
    assert_eq!(module.activities[0].complete_when, ActivityRule::Completed);
    assert_eq!(module.activities[0].selector, Selector::Id("https://c.example/1".into()));
    assert_eq!((course.hours(), module.hours, module.activities[0].hours), (None, None, None));
}

#[test]
fn the_course_files_of_the_programmes_load() {
    let course = Course::parse(include_str!("../../../courses/prog-2796.toml")).unwrap();
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
fn an_unknown_key_is_named_with_its_line_and_column() {
    let text = SMALLEST.replace("[[module.activity]]", "colour = 3\n[[module.activity]]");
    let faults = faults(&text);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("8:1: unknown field `colour`"), "{}", faults[0]);
}

#[test]
fn a_text_that_is_not_toml_is_refused_where_it_ends_to_be() {
    let faults = faults("id = \"c\"\ntitle = {");
    assert!(faults[0].starts_with("2:"), "{}", faults[0]);
}

#[test]
fn an_unknown_rule_names_those_there_are() {
    let text =
        SMALLEST.replace("[[module.activity]]", "complete_when = \"some\"\n[[module.activity]]");
    let faults = faults(&text);
    assert!(faults[0].starts_with("8:17: "), "{}", faults[0]);
    assert!(faults[0].contains("at_least"), "{}", faults[0]);
}

#[test]
fn all_faults_of_meaning_come_at_once_in_the_order_of_the_file() {
    let faults = faults(
        r#"id = "corso di prova"
title = {}
time_zone = "Europe/Roma"
hours = -1
[[module]]
id = "m1"
title = { italiano-ita = "Primo", it = " " }
complete_when = { at_least = 5 }
[[module.activity]]
id = "https://c.example/1"
prefix = "https://c.example/"
[[module.activity]]
complete_when = { score = 60 }
[[module.activity]]
id = "mod/scorm/view.php?id=7"
[[module]]
id = "m1"
title = { it = "Secondo" }
"#,
    );
    let places: Vec<&str> = faults.iter().filter_map(|fault| fault.split(": ").next()).collect();
    let expected = [
        "1:6", "2:9", "3:13", "4:9", "7:9", "8:17", "11:10", "12:1", "13:17", "15:6", "17:6",
        "17:6",
    ];
    assert_eq!(places, expected, "{faults:#?}");
    assert!(faults[2].contains("Europe/Rome"), "{}", faults[2]);
    assert!(faults[10].contains("already on line 6"), "{}", faults[10]);
}

#[test]
fn an_activity_in_two_modules_is_refused_because_a_statement_counts_once() {
    let again = "[[module]]\nid = \"m2\"\ntitle = { it = \"S\" }\n[[module.activity]]\n\
                 id = \"https://c.example/1\"\n";
    let faults = faults(&format!("{SMALLEST}{again}"));
    assert_eq!(faults.len(), 1);
    assert!(faults[0].contains("already on line 9"), "{}", faults[0]);
}

#[test]
fn a_column_counts_characters_not_bytes() {
    let text = SMALLEST.replace("{ it = \"Corso\" }", "{ it = \"èèè\", xx-123456789 = \"n\" }, ");
    assert!(faults(&text)[0].starts_with("3:"), "{:?}", faults(&text));
    let text = SMALLEST.replace("id = \"m1\"", "id = \"m\u{e8}\"");
    assert!(faults(&text)[0].starts_with("6:6: the module id"), "{:?}", faults(&text));
}

#[test]
fn an_exact_id_beats_a_prefix_and_a_long_prefix_beats_a_short_one() {
    let more = "[[module.activity]]\nprefix = \"https://c.example/\"\n\
                [[module.activity]]\nprefix = \"https://c.example/1\"\n";
    let course = Course::parse(&format!("{SMALLEST}{more}")).unwrap();
    let activity = |iri| course.place_of(iri).map(|ActivityPlace { activity, .. }| activity);
    assert_eq!(activity("https://c.example/1"), Some(0));
    assert_eq!(activity("https://c.example/12"), Some(2));
    assert_eq!(activity("https://c.example/2"), Some(1));
    assert_eq!(activity("https://d.example/1"), None);
}
