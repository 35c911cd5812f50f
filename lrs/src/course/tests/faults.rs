//! Every fault of a course file, with the line and column on which a secretary finds it, and what
//! to do.

use super::super::Course;

const HEAD: &str = "id = 'c'\ntitle = { it = 'Corso' }\ntime_zone = 'Europe/Rome'\n[[module]]\nid = 'm1'\n\
     title = { it = 'Primo' }\n[[module.activity]]\nkey = 'a'\nid = 'https://c.example/1'\n";

/// The faults of [`HEAD`] with one more table or key on lines 10 and on.
fn after(more: &str) -> Vec<String> {
    of(&format!("{HEAD}{more}"))
}

/// The faults of [`HEAD`] with this instead of that.
fn with(that: &str, this: &str) -> Vec<String> {
    assert!(HEAD.contains(that), "{that}");
    of(&HEAD.replacen(that, this, 1))
}

fn of(text: &str) -> Vec<String> {
    Course::parse(text).unwrap_err().0.iter().map(ToString::to_string).collect()
}

/// An event with these further lines, from line 14 on.
fn event(more: &str) -> Vec<String> {
    after(&format!("[[module.event]]\nkey = 'e'\ntitle = {{ it = 'E' }}\nkind = 'seminar'\n{more}"))
}

/// A session with these further lines, from line 17 on.
fn session(more: &str) -> Vec<String> {
    event(&format!("[[module.event.session]]\nid = 's'\ndate = 2026-03-05\n{more}"))
}

#[test]
fn the_plain_file_has_no_fault() {
    assert!(Course::parse(HEAD).is_ok());
}

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

#[test]
fn all_faults_come_at_once_of_form_and_of_meaning() {
    let faults = of("id = 'corso di prova'\ntitle = 'Corso'\nhours = '4'\nhoures = 4\n\
         [certificate]\nscore = 60\nmodules = ['m9', 5]\n\
         [[module]]\nid = 'm1'\ntitle = { it = 7 }\ncomplete_when = { at_least = 'x' }\n\
         audience = { edition = [1], town = 'x' }\n\
         [[module.activity]]\nid = 7\ncredit = 'nominal'\nhours = 'x'\n\
         [[module.activity]]\nkey = 'b'\nrequires = ['z']\n\
         complete_when = { any_of = ['done', { score = 60 }] }\n\
         [[module.event]]\nkey = 'e'\nkind = 'Big'\n[[module.event.session]]\nid = 's'\n\
         date = '2026-03-05'\nfrom = 9\n");
    let places: Vec<&str> = faults.iter().filter_map(|fault| fault.split(": ").next()).collect();
    assert_eq!(
        places,
        [
            "1:1", "1:6", "2:9", "3:9", "4:1", "6:9", "7:12", "7:18", "10:16", "11:30", "12:25",
            "12:29", "14:6", "16:9", "17:1", "19:13", "20:17", "20:29", "21:1", "23:8", "25:6",
            "26:8", "27:8"
        ],
        "{faults:#?}"
    );
}

#[test]
fn an_unknown_rule_is_answered_with_the_known_ones() {
    let fault = after("complete_when = 'done'\n");
    assert!(fault[0].starts_with("10:17: there is no rule `done`"), "{fault:?}");
    assert!(fault[0].contains("\"completed\"") && fault[0].contains("any_of"), "{fault:?}");
    let fault = after("complete_when = 'complete'\n");
    assert!(fault[0].contains("is it `completed`?"), "{fault:?}");
    let fault = with("[[module.activity]]", "complete_when = 'some'\n[[module.activity]]");
    assert!(fault[0].starts_with("7:17: ") && fault[0].contains("at_least"), "{fault:?}");
    let fault = after("complete_when = { scored = 1 }\n");
    assert!(fault[0].contains("there is no rule `scored`: is it `score`?"), "{fault:?}");
    let fault = after("credit = 'nominale'\n");
    let wanted = "10:10: `credit` knows no `nominale`: is it `nominal`? Known are \"measured\", \
                  \"nominal\"";
    assert_eq!(fault, [wanted]);
    assert!(after("score = 'first'\n")[0].contains("\"last\""));
    assert!(after("assessment = 'middle'\n")[0].contains("\"exit\""));
}

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

#[test]
fn all_faults_of_meaning_come_at_once_in_the_order_of_the_file() {
    let faults = of(
        "id = 'corso di prova'\ntitle = {}\ntime_zone = 'Europe/Roma'\nhours = -1\n[[module]]\n\
         id = 'm1'\ntitle = { it = ' ' }\ncomplete_when = { at_least = 5 }\n[[module.activity]]\n\
         id = 'https://c.example/1'\n[[module.activity]]\ncomplete_when = { score = 60 }\n\
         [[module]]\nid = 'm1'\ntitle = { it = 'Secondo' }\n",
    );
    let places: Vec<&str> = faults.iter().filter_map(|fault| fault.split(": ").next()).collect();
    assert_eq!(
        places,
        ["1:6", "2:9", "3:13", "4:9", "7:9", "8:17", "11:1", "12:17", "14:6", "14:6"],
        "{faults:#?}"
    );
}

#[test]
fn a_column_counts_characters_not_bytes() {
    assert_eq!(
        of(&HEAD.replace("it = 'Corso'", "it = 'èèè', a_b = 'n'"))[0].split(": ").next(),
        Some("2:9")
    );
    let text = HEAD.replace(
        "title = { it = 'Corso' }\ntime_zone = 'Europe/Rome'",
        "title = { it = 'èè' }\ntime_zone = 'è'",
    );
    assert!(of(&text)[0].starts_with("3:13: "), "{:?}", of(&text));
    let marked = format!("\u{feff}{}", HEAD.replace("'c'", "'è'"));
    assert!(of(&marked)[0].starts_with("1:6: "), "{:?}", of(&marked));
}
