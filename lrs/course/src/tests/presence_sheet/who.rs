use std::fmt::Write as _;

use jiff::civil::date;

use super::super::super::LearnerList;
use super::{PresenceSheet, entry, read, session};

/// The register that says of one learner that they were there.
fn one(learner: &str) -> PresenceSheet {
    PresenceSheet { entries: vec![entry(learner, 240, "")], ..PresenceSheet::default() }
}

#[test]
fn a_line_means_a_learner_by_id_else_identifier_else_name() {
    assert_eq!(read("id,identificativo,nome\nu3,mailto:rossi@example.it,x\n"), Ok(one("u3")));
    assert_eq!(read("id,identificativo,nome\n,mailto:rossi@example.it,x\n"), Ok(one("u1")));
    let both = "account:https://m.example.it|1042;mailto:rossi@example.it";
    assert_eq!(read(&format!("identifiers,note\n{both},\n")), Ok(one("u1")));
    for name in ["Nicolò D'Urso", "D’URSO  NICOLO", "durso  nicolò"] {
        let is_read = read(&format!("nome,ore\n{name},4\n")).is_ok();
        assert_eq!(is_read, name != "durso  nicolò", "{name}: an apostrophe parts words");
    }
}

#[test]
fn learners_of_one_name_are_told_apart_by_the_other_columns() {
    assert_eq!(read("nome,ente\nRossi Maria,comune di SPELLO\n"), Ok(one("u2")));
    assert_eq!(
        read("nome,ente,regione\nRossi Maria,,Umbria\n").unwrap_err(),
        ["line 2, nome: 2 learners of the course are called so, `u1` (Maria Rossi, Comune di \
         Perugia) or `u2` (Maria Rossi, Comune di Spello): write the id, or a column such as body \
         that tells them apart"]
    );
    assert_eq!(
        read("nome,ente\nRossi Maria,Comune di Noto\n").unwrap_err(),
        ["line 2, nome: `Rossi Maria` is in the learner list as `u1` (Maria Rossi, Comune di \
         Perugia) or `u2` (Maria Rossi, Comune di Spello), but not with the region, body … of \
         this line: correct them, or write the id"]
    );
}

#[test]
fn who_is_unknown_is_refused_with_those_who_are_close() {
    assert_eq!(
        read("nome,id,identificativi\nNicola D'Urso,,\n,u33,\n,prova,\n,,mailto:x@example.it\n,,1042\n'',,\n")
            .unwrap_err(),
        [
            "line 2, nome: no learner of the course is called `Nicola D'Urso`: is it `u3` (Nicolò \
             D'Urso, Comune di Noto)?",
            "line 3, id: no learner of the course has the id `u33`: is it `u3` (Nicolò D'Urso, \
             Comune di Noto)?",
            "line 4, id: no learner of the course has the id `prova`: add them to the learner \
             list, or correct it",
            "line 5, identificativi: `mailto:x@example.it` is no learner of the course: add it to \
             the learner list, or correct it",
            "line 6, identificativi: `1042` is no identifier: write account:HOMEPAGE|NAME, \
             mailto:ADDRESS, mbox_sha1sum:HEX or openid:URI",
            // The nameless u4 is nobody's namesake.
            "line 7, nome: no learner of the course is called `''`: add them to the learner list, \
             or correct it",
        ]
    );
}

#[test]
fn identifiers_of_two_people_are_a_fault_naming_both() {
    assert_eq!(
        read("identifiers,note\nmailto:rossi@example.it;mailto:durso@example.it,\n").unwrap_err(),
        ["line 2, identifiers: means both learner `u1` (Maria Rossi, Comune di Perugia) and \
             learner `u3` (Nicolò D'Urso, Comune di Noto): keep the identifiers of one"]
    );
}

#[test]
fn a_learner_stands_on_one_line_present_or_absent() {
    assert_eq!(
        read("id,nome,ore\nu3,,2\n\nu1,,1\n,D'Urso Nicolò,assente\nu1,,1\n").unwrap_err(),
        [
            "line 5, nome: learner `u3` is already on line 2: put what they did on one line",
            "line 6, id: learner `u1` is already on line 4: put what they did on one line",
        ]
    );
}

/// A list of this many learners, whose further columns `more` says.
fn list(learners: usize, more: impl Fn(usize) -> String) -> LearnerList {
    let mut text = "learner,identifiers,name,region,province,body\n".to_owned();
    for n in 0..learners {
        writeln!(text, "id{n},mailto:u{n}@example.it,{}", more(n)).unwrap();
    }
    LearnerList::parse(text.as_bytes()).unwrap()
}

fn faults(list: &LearnerList, text: &str) -> Vec<String> {
    let errors =
        PresenceSheet::from_csv(text.as_bytes(), list, &session(date(2026, 3, 5), Some(4)));
    errors.unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn namesakes_are_told_apart_without_looking_at_all_of_them_and_few_are_shown() {
    let side = |n: usize, of: usize| ["A", "B"][usize::from(n % of < of / 2)];
    let list = list(10_000, |n| format!("Maria Rossi,{},{},C{n}", side(n, 2), side(n, 4)));
    let mut text = "name,region,province,body\n".to_owned();
    for n in 0..10_000 {
        writeln!(text, "rossi maria,{},{},c{n}", side(n, 2), side(n, 4)).unwrap();
    }
    let day = session(date(2026, 3, 5), Some(4));
    let register = PresenceSheet::from_csv(text.as_bytes(), &list, &day).unwrap();
    assert_eq!(register.entries.len(), 10_000);
    let told = faults(&list, "name,region\nMaria Rossi,A\nMaria Rossi,Z\n");
    assert!(told[0].contains("several learners of the course are called so, `id1` "), "{told:?}");
    assert!(
        told.iter().all(|told| told.contains(" or another one") && told.len() < 400),
        "{told:?}"
    );
}

#[test]
fn a_long_text_is_shown_by_its_beginning() {
    let long = "x".repeat(100_000);
    for heading in ["id", "nome", "identificativi"] {
        let told = read(&format!("{heading}\n{long}\n")).unwrap_err();
        assert!(told[0].contains("x…`") && told[0].len() < 400, "{told:?}");
    }
    let told = read(&format!("id,ore\nu1,{long}\n")).unwrap_err();
    assert!(told[0].contains("x…`") && told[0].len() < 400, "{told:?}");
}
