//! Faults of form: what is no TOML, and words and types that a course file does not know.

use super::{HEAD, after, event, of, session, with};

#[test]
fn a_text_that_is_not_toml_is_refused_where_it_ceases_to_be() {
    assert!(of("id = \"c\"\ntitle = {")[0].starts_with("2:"));
    let unquoted = "`Corso` is no value: put text in quotation marks, and write numbers without a \
                    unit, days as 2026-03-05 and times as 09:30:00";
    assert_eq!(with("'Corso'", "Corso"), [format!("2:16: {unquoted}")]);
}

#[test]
fn a_text_that_is_not_toml_is_told_so_on_each_line() {
    let faults = of(&HEAD.replace("'Corso'", "Corso").replace("'Primo'", "Primo"));
    assert!(faults[0].starts_with("2:16: ") && faults[1].starts_with("6:16: "), "{faults:#?}");
    assert_eq!(faults.len(), 2, "{faults:#?}");
}

#[test]
fn a_decimal_comma_is_answered_with_the_number_to_write() {
    let comma = |place: &str, wrong: &str, right: &str| {
        format!("{place}: `{wrong}` has a decimal comma: write {right}")
    };
    assert_eq!(after("weight = 0,6 # less\n"), [comma("10:10", "0,6", "0.6")]);
    assert_eq!(
        after("complete_when = { any_of = ['passed', { score = 0,75 }] }\nhours = 1,5\n"),
        [comma("10:49", "0,75", "0.75"), comma("11:9", "1,5", "1.5")]
    );
    assert_eq!(after("hours = '0,6'\n"), ["10:9: `hours` is a number: write 0.6"]);
    assert_eq!(after("hours = [0,6]\n"), ["10:9: `hours` is a number: write 0.6"]);
    let with_others = after("weight = 0,5\ncolour = 3\nkind = 'Study visit'\n");
    let places: Vec<&str> = with_others.iter().filter_map(|it| it.split(": ").next()).collect();
    assert_eq!(places, ["10:10", "11:1", "12:8"], "{with_others:#?}");
    let quoted = format!("{HEAD}title = {{ it = 'x = 0,6' }}\nkind = test\n");
    assert_eq!(of(&quoted).len(), 1, "no comma inside of a text: {:#?}", of(&quoted));
}

#[test]
fn an_unknown_key_is_named_with_those_there_are() {
    let fault = after("colour = 3\n");
    assert_eq!(fault.len(), 1);
    let message = "10:1: an activity has no `colour`: write one of `key`, `id`, `prefix`";
    assert!(fault[0].starts_with(message), "{fault:?}");
    assert!(with("title", "colour = 3\ntitle")[0].starts_with("2:1: a course has no `colour`"));
    assert!(session("room = 'A'\n")[0].starts_with("17:1: a session has no `room`"));
    let certificate = after("[certificate]\nhour = 3\n");
    let message = "11:1: a certificate has no `hour`: is it `hours` or `hours_presence`? Known are";
    assert!(certificate[0].starts_with(message), "{certificate:?}");
    let audience = with("[[module.activity]]", "audience = { town = ['x'] }\n[[module.activity]]");
    assert!(audience[0].starts_with("7:14: an audience has no `town`"), "{audience:?}");
}

#[test]
fn a_missing_key_is_named() {
    let fault = with("time_zone = 'Europe/Rome'\n", "");
    assert_eq!(fault, ["1:1: a course needs `time_zone`: add it"]);
    let fault = event("[[module.event.session]]\nid = 's'\n");
    assert_eq!(fault, ["14:1: a session needs `date`: add it"]);
}

#[test]
fn a_value_of_another_type_is_told_what_to_write() {
    let cases = [
        ("hours = true\n", "10:9: `hours` is a number: write one such as 4 or 2.5"),
        ("key2 = 1\nkind = 5\n", "11:8: `kind` is a text: put it in quotation marks"),
        ("requires = 'b'\n", "10:12: `requires` is a list: write it in brackets, [\"b\"]"),
        (
            "title = 'Lezione'\n",
            "10:9: `title` is a text for each language: write { it = \"Lezione\" }",
        ),
        (
            "begins = '2026-01-01'\n",
            "10:10: `begins` is a day or a time: write 2026-01-01 without quotation marks",
        ),
        (
            "begins = 5\n",
            "10:10: `begins` is a day or a time: write 2026-03-05 or 09:30:00, without quotation \
             marks",
        ),
        (
            "prefix = 5\n",
            "10:10: `prefix` is a text or a list of texts: write it in quotation marks",
        ),
        (
            "complete_when = { score = 0.6, hours = 2 }\n",
            "10:17: `complete_when` is one rule: to ask for several, write { all_of = [{ … }, { … }] }",
        ),
    ];
    for (text, wanted) in cases {
        let faults = after(text);
        assert!(faults.iter().any(|fault| fault == wanted), "{text}: {faults:#?}");
    }
    let days = with("title", "at_risk_days = 2.5\ntitle");
    let whole = "2:16: `at_risk_days` is a whole number: write one from 0 to 65535, such as 14";
    assert_eq!(days, [whole]);
    let single = HEAD.replace("[[module.activity]]", "[module.activity]");
    let single = format!("{single}colour = 3\n");
    let faults = of(&single);
    let twice = "7:1: there may be several `activity`: write [[activity]] with two brackets";
    assert_eq!(faults[0], twice);
    assert!(faults[1].starts_with("10:1: an activity has no `colour`"), "{faults:#?}");
    assert_eq!(faults.len(), 2, "{faults:#?}");
}
