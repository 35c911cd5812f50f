//! Every fault of a course file, with the line and column on which a secretary finds it, and what
//! to do.

mod form;
mod meaning;

use super::super::Course;
use super::said::of_course;

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
    of_course(&Course::parse(text).unwrap_err())
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
