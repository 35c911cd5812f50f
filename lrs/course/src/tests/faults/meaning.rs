//! Faults of meaning: what a course cannot be.

use super::super::super::Course;
use super::super::said::of_course;
use super::{HEAD, after, event, of, session, with};

#[test]
fn ids_stand_in_addresses() {
    let allowed = "stands in addresses: use letters a-z, digits, `-`, `_` and `.`";
    assert_eq!(with("'c'", "'my course'"), [format!("1:6: the course id `my course` {allowed}")]);
    assert_eq!(with("'m1'", "'m/1'"), [format!("5:6: the module id `m/1` {allowed}")]);
    assert_eq!(with("'a'", "'a b'"), [format!("8:7: the activity id `a b` {allowed}")]);
    let edition = after("[[edition]]\nid = ''\ntitle = { it = 'E' }\n");
    assert_eq!(edition, [format!("11:6: the edition id `` {allowed}")]);
    let faults = of(&format!(
        "{HEAD}[[module.event]]\nkey = 'è'\ntitle = {{ it = 'E' }}\nkind = 'seminar'\n\
         [[module.event.session]]\nid = 's s'\ndate = 2026-03-05\n"
    ));
    assert_eq!(
        faults,
        [
            format!("11:7: the event id `è` {allowed}"),
            format!("15:6: the session id `s s` {allowed}")
        ]
    );
}

#[test]
fn an_id_twice_names_the_first_line() {
    let module = "[[module]]\nid = 'm1'\ntitle = { it = 'S' }\n[[module.activity]]\nid = 'https://c.example/2'\n";
    assert_eq!(
        after(module),
        ["11:6: module `m1` is already on line 5: give each module an id of its own"]
    );
    let edition = "[[edition]]\nid = 'e'\ntitle = { it = 'E' }\n";
    assert_eq!(
        after(&edition.repeat(2)),
        ["14:6: edition `e` is already on line 11: give each edition an id of its own"]
    );
    assert_eq!(
        session("[[module.event.session]]\nid = 's'\ndate = 2026-03-06\n"),
        ["18:6: session `s` is already on line 15: give each session an id of its own"]
    );
}

#[test]
fn a_key_twice_names_the_first_line_across_modules_too() {
    let key = "[[module.activity]]\nkey = 'a'\nid = 'https://c.example/2'\n";
    assert_eq!(after(key), ["11:7: the key `a` is already on line 8: choose another one"]);
    let module = format!("[[module]]\nid = 'm2'\ntitle = {{ it = 'S' }}\n{key}");
    assert_eq!(after(&module), ["14:7: the key `a` is already on line 8: choose another one"]);
    let event = "[[module.event]]\nkey = 'a'\ntitle = { it = 'E' }\nkind = 'seminar'\n\
                 [[module.event.session]]\nid = 's'\ndate = 2026-03-05\n";
    assert_eq!(after(event), ["11:7: the key `a` is already on line 8: choose another one"]);
}

#[test]
fn a_course_and_a_module_hold_something() {
    let faults = of("id = 'c'\ntitle = { it = 'C' }\ntime_zone = 'Europe/Rome'\n");
    assert_eq!(faults, ["1:6: the course has no module: add a [[module]] table"]);
    let faults = after("[[module]]\nid = 'm2'\ntitle = { it = 'S' }\n");
    assert_eq!(
        faults,
        ["11:6: module `m2` has no activity: add a [[module.activity]] with an id, a prefix or \
          within, or a [[module.event]]"]
    );
    let faults = after("[[module.activity]]\nkey = 'b'\n");
    assert_eq!(
        faults,
        ["10:1: the activity has neither id nor prefix nor within: give the IRI its statements \
          have as object, or what such IRIs begin with, or what they stand in"]
    );
    assert_eq!(
        event(""),
        ["11:7: event `e` is never held: add a [[module.event.session]] with its date, or the id \
          under which a platform reports it"]
    );
}

#[test]
fn a_title_says_something_under_a_language_tag() {
    assert_eq!(with("{ it = 'Corso' }", "{}"), ["2:9: the title is empty: write { it = \"…\" }"]);
    assert_eq!(
        with("{ it = 'Corso' }", "{ it_IT = 'C' }"),
        ["2:9: `it_IT` is not a language tag: write `it`, `en`, `de-IT` …"]
    );
    assert_eq!(
        with("{ it = 'Primo' }", "{ it = ' ' }"),
        ["6:9: the title in `it` is empty: write it, or leave `it` out"]
    );
}

#[test]
fn time_zones_are_iana_names() {
    assert_eq!(
        with("Europe/Rome", "Europe/Roma"),
        ["3:13: `Europe/Roma` is not a time zone: write an IANA name such as \"Europe/Rome\""]
    );
}

#[test]
fn iris_are_whole() {
    let fault = |what: &str, iri: &str| {
        format!(
            "the {what} `{iri}` is not an IRI: write it whole, such as https://…, without spaces"
        )
    };
    let iri = "mod/scorm/view.php?id=7";
    assert_eq!(with("https://c.example/1", iri), [format!("9:6: {}", fault("id", iri))]);
    assert_eq!(after("prefix = 'x y'\n"), [format!("10:10: {}", fault("prefix", "x y"))]);
    assert_eq!(after("within = ['<a:b>']\n"), [format!("10:10: {}", fault("within", "<a:b>"))]);
    assert_eq!(session("object = 'room'\n"), [format!("17:10: {}", fault("object", "room"))]);
    assert_eq!(with("title", "iri = 'corso'\ntitle"), [format!("2:7: {}", fault("iri", "corso"))]);
    assert_eq!(
        after("prefix = []\n"),
        ["10:10: the list of prefix is empty: write an IRI, or leave it out"]
    );
}

#[test]
fn hours_and_weights_are_within_reason() {
    assert_eq!(after("hours = -1\n"), ["10:9: hours = -1 is out of range: write 0 to 100000"]);
    assert_eq!(
        with("title", "hours_per_year = 100001\ntitle"),
        ["2:18: hours = 100001 is out of range: write 0 to 100000"]
    );
    assert_eq!(
        after("[certificate]\nhours_presence = nan\n"),
        ["11:18: hours = NaN is out of range: write 0 to 100000"]
    );
    assert_eq!(
        after("weight = 0\n"),
        ["10:10: weight = 0 weighs nothing: write a number above 0, such as 2"]
    );
    assert!(
        with("[[module.activity]]", "weight = -2\n[[module.activity]]")[0].starts_with("7:10: ")
    );
}

#[test]
fn nominal_credit_needs_hours() {
    assert_eq!(
        after("credit = 'nominal'\n"),
        ["10:10: credit = \"nominal\" counts the activity's hours: write hours too"]
    );
    assert!(Course::parse(&format!("{HEAD}credit = 'nominal'\nhours = 2\n")).is_ok());
}

#[test]
fn a_rule_can_be_fulfilled() {
    assert_eq!(
        after("complete_when = 'attended'\n"),
        [
            "10:17: an online activity is not attended: use completed, passed, experienced, score or \
          hours, or make it a [[module.event]]"
        ]
    );
    assert_eq!(
        after("complete_when = { score = 60 }\n"),
        ["10:17: score = 60 is a scaled score: write -1 to 1, such as 0.6"]
    );
    assert_eq!(
        after("hours = 2\ncomplete_when = { any_of = ['passed', { hours = 3 }] }\n"),
        ["11:17: the rule asks 3 hours, but at most 2 count: nobody could fulfil it"]
    );
    assert_eq!(
        after("complete_when = { hours = -2 }\n"),
        ["10:17: hours = -2 is out of range: write 0 to 100000"]
    );
    assert_eq!(
        after("complete_when = { all_of = [] }\n"),
        ["10:17: the combined rule is empty: name at least one rule"]
    );
    let module = |rule: &str| {
        with("[[module.activity]]", &format!("complete_when = {rule}\n[[module.activity]]"))
    };
    for wrong in ["0", "2"] {
        assert_eq!(
            module(&format!("{{ at_least = {wrong} }}")),
            [format!("7:17: at_least = {wrong}, but the module has 1 activities: write 1 to 1")]
        );
    }
    assert!(module("{ score = 1.01 }")[0].starts_with("7:17: score = 1.01"));
    assert!(module("{ any_of = [{ all_of = [] }] }")[0].contains("the combined rule is empty"));
}

#[test]
fn what_must_come_first_exists_and_does_not_wait_for_itself() {
    assert_eq!(after("requires = ['b']\n"), ["10:13: there is no activity `b`: known are a"]);
    let circle = "requires = ['b']\n[[module.activity]]\nkey = 'b'\nid = 'https://c.example/2'\n\
                  requires = ['a']\n";
    let message = "the prerequisites go round in a circle, so nobody could begin";
    assert_eq!(after(circle), [format!("10:13: {message}: a → b → a; remove one of them")]);
    assert_eq!(
        after("requires = ['a']\n"),
        [format!("10:13: {message}: a → a; remove one of them")]
    );
    let modules = "[[module]]\nid = 'm2'\ntitle = { it = 'S' }\nrequires = ['m3']\n\
                   [[module.activity]]\nid = 'https://c.example/2'\n\
                   [[module]]\nid = 'm3'\ntitle = { it = 'T' }\nrequires = ['m2', 'm9']\n\
                   [[module.activity]]\nid = 'https://c.example/3'\n";
    assert_eq!(
        after(modules),
        [
            format!("13:13: {message}: m2 → m3 → m2; remove one of them"),
            "19:19: there is no module `m9`: known are m1, m2, m3".to_owned(),
        ]
    );
}

#[test]
fn a_statement_counts_once() {
    let twice = |what: &str, iri: &str| {
        format!(
            "[[module]]\nid = 'm2'\ntitle = {{ it = 'S' }}\n[[module.activity]]\n{what} = '{iri}'\n"
        )
    };
    assert_eq!(
        after(&twice("id", "https://c.example/1")),
        ["14:6: the activity with id `https://c.example/1` is already on line 9: a statement \
          counts once, so remove one of them"]
    );
    let within = format!("within = 'w:1'\n{}", twice("within", "w:1"));
    assert_eq!(
        after(&within),
        ["15:10: the activity with within `w:1` is already on line 10: a statement counts once, \
          so remove one of them"]
    );
    assert_eq!(
        session("object = 'https://c.example/1'\n"),
        ["17:10: the activity with id `https://c.example/1` is already on line 9: a statement \
          counts once, so remove one of them"]
    );
    let same = format!("prefix = 'x:a/'\n{}", twice("prefix", "x:a/"));
    assert_eq!(
        after(&same),
        ["15:10: the activity with prefix `x:a/` is already on line 10: remove one of them"]
    );
    let longer = format!("prefix = 'x:a/'\n{}", twice("prefix", "x:a/b"));
    assert_eq!(
        after(&longer),
        ["15:10: the prefix `x:a/b` overlaps with `x:a/` of line 10: its statements would count \
          for both; choose prefixes of which none begins with the other"]
    );
    assert!(Course::parse(&format!("{HEAD}prefix = ['x:a/', 'x:a/b']\n")).is_ok());
}

/// The object that a session has by default is an exact id like any other.
#[test]
fn the_default_object_of_a_session_cannot_be_another_activitys_id() {
    let faults = session(
        "[[module]]\nid = 'm2'\ntitle = { it = 'S' }\n[[module.activity]]\n\
         id = 'urn:traccia:course:c/events/e/s'\n",
    );
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("is already on line"), "{faults:?}");
}

#[test]
fn days_are_days_and_times_are_times() {
    let not_a_day = "is not a day: write it as 2026-03-05, without quotes";
    assert_eq!(
        after("begins = 2026-01-01T10:00:00\n"),
        [format!("10:10: `2026-01-01T10:00:00` {not_a_day}")]
    );
    assert_eq!(after("[certificate]\nby = 10:00:00\n"), [format!("11:6: `10:00:00` {not_a_day}")]);
    assert_eq!(
        session("from = 2026-03-05\nto = 13:00:00\n"),
        ["17:8: `2026-03-05` is not a time of day: write it as 09:30:00, without quotes"]
    );
    assert!(after("begins = '2026-01-01'\n")[0].starts_with("10:10: "));
}

#[test]
fn what_ends_has_begun() {
    assert_eq!(
        after("begins = 2026-02-01\nends = 2026-01-31\n"),
        ["11:8: it ends on 2026-01-31, before it begins on 2026-02-01: swap the days"]
    );
    assert_eq!(
        session("from = 13:00:00\nto = 09:00:00\n"),
        ["18:6: it ends at 09:00:00, not after it begins at 13:00:00: swap them"]
    );
    assert_eq!(
        session("from = 13:00:00\n"),
        ["15:6: a session has both from and to, or neither: add the other one"]
    );
    let edition = "begins = 2026-01-01\nends = 2026-06-30\n[[edition]]\nid = 'late'\n\
                   title = { it = 'E' }\nbegins = 2026-07-01\n[[module]]";
    assert_eq!(
        with("[[module]]", edition),
        ["7:6: with the course's days the edition ends on 2026-06-30, before it begins on \
          2026-07-01: write both begins and ends"]
    );
}

#[test]
fn a_kind_is_a_word_of_reports() {
    assert_eq!(
        after("kind = 'Study visit'\n"),
        ["10:8: the kind `Study visit` is a word of reports: use small letters a-z, digits and \
          `_`, such as seminar or study_visit"]
    );
}

#[test]
fn what_is_named_elsewhere_is_there() {
    assert_eq!(
        after("[certificate]\nmodules = ['m1', 'm2']\n"),
        ["11:18: there is no module `m2`: known are m1"]
    );
    assert_eq!(
        after("[certificate]\nscore = 60.0\n"),
        ["11:9: score = 60 is a scaled score: write -1 to 1, such as 0.6"]
    );
    assert_eq!(
        with("[[module.activity]]", "audience = { edition = ['2027'] }\n[[module.activity]]"),
        ["7:12: there is no edition `2027`: add an [[edition]] of this id"]
    );
}

/// A course of this many modules, each with what `more` says.
fn modules(count: usize, more: impl Fn(usize) -> String) -> String {
    let head = "id = 'c'\ntime_zone = 'Europe/Rome'\ntitle = { it = 'C' }\n".to_owned();
    (0..count).fold(head, |text, n| {
        let more = more(n);
        text + &format!("[[module]]\nid = 'm{n}'\ntitle = {{ it = 'M' }}\n{more}")
    })
}

fn faults_of(text: &str) -> Vec<String> {
    of_course(&Course::parse(text).unwrap_err())
}

#[test]
fn of_many_faults_the_first_are_told_whatever_checks_find_them() {
    // Each names all those before it, and none has an activity.
    let told = faults_of(&modules(20_000, |n| format!("requires = ['x{n}']\n")));
    assert_eq!(told.len(), 101);
    assert!(told[0].starts_with("5:6: module `m0` has no activity"), "{}", told[0]);
    assert!(
        told[1].starts_with("7:13: there is no module `x0`: known are m0, m1, "),
        "{}",
        told[1]
    );
    assert!(told[1].ends_with(", m19, …"), "{}", told[1]);
    let more = "there are more faults from here on: mend the 100 above and check the file again";
    assert!(told[100].ends_with(more), "{}", told[100]);
}

#[test]
fn long_circles_and_nested_prefixes_take_time_that_grows_with_the_file() {
    const MANY: usize = 5_000;
    let activity = |n: usize| format!("[[module.activity]]\nid = 'https://a.example/{n}'\n");
    let chain = |n: usize| format!("requires = ['m{}']\n{}", (n + 1) % MANY, activity(n));
    let told = faults_of(&modules(MANY, chain));
    assert_eq!(told.len(), 1);
    assert!(told[0].contains(": m0 → m1 → ") && told[0].contains("m19 → … → m0;"), "{}", told[0]);
    let prefix = |n: usize| format!("[[module.activity]]\nprefix = 'x:{}'\n", "a".repeat(n % 300));
    assert_eq!(faults_of(&modules(MANY, prefix)).len(), 101);
    let large = format!("#{}\n", "x".repeat(5 << 20));
    let told = Course::check(&large).unwrap_err().0;
    assert_eq!(
        told[0].message.to_string(),
        "no course file is larger than 4 MiB: split the course"
    );
}
