use super::super::{Identifier, Learner, LearnerList};
use super::said::of_sheet;

const LIST: &str = "learner,name,identifiers,region,province,body,istat,role,office\n\
    u1042,Maria Rossi,account:https://formazione.example.it|1042;mailto:maria.rossi@example.it,\
    Umbria,Perugia,Comune di Perugia,054039,official,social services\n";

fn faults(text: &str) -> Vec<String> {
    of_sheet(&LearnerList::parse(text.as_bytes()).unwrap_err())
}

#[test]
fn a_learner_is_found_by_account_address_and_hashed_address() {
    let list = LearnerList::parse(LIST.as_bytes()).unwrap();
    let learner = &list.learners()[0];
    assert_eq!((learner.body.as_str(), learner.istat.as_str()), ("Comune di Perugia", "054039"));
    let names: Vec<String> = learner.known_as().iter().map(ToString::to_string).collect();
    assert_eq!(
        names,
        [
            "account::1042@https://formazione.example.it",
            "mbox::mailto:maria.rossi@example.it",
            // printf mailto:maria.rossi@example.it | sha1sum
            "mbox_sha1sum::21a4d459faec16a0d34be147a1d2dd82c0570f87",
        ]
    );
    for name in learner.known_as() {
        assert_eq!(list.find(&name), Some(learner));
    }
    assert_eq!(list.find(&Identifier::Mbox("mailto:Maria.Rossi@example.it".into())), None);
}

#[test]
fn excel_in_italy_writes_a_byte_order_mark_semicolons_and_carriage_returns() {
    let text = "\u{feff}Identifiers;learner;region;gender\r\n\
                \"mailto:a@example.it;openid:https://id.example/a\"; u1 ;Umbria;f\r\n;;;\r\n";
    let list = LearnerList::parse(text.as_bytes()).unwrap();
    assert_eq!(list.learners().len(), 1);
    let learner = &list.learners()[0];
    assert_eq!((learner.id.as_str(), learner.region.as_str()), ("u1", "Umbria"));
    assert_eq!(learner.identifiers.len(), 2);
    assert_eq!(learner.attributes.get("gender").map(String::as_str), Some("f"));
}

#[test]
fn every_fault_of_a_list_has_its_line_whatever_the_line_ends() {
    let list = "learner,identifiers,region\n\
         u1,account:https://m.example|1,Umbria\n\
         \n\
         u2,maria@example.it,Umbria\n\
         u1,mailto:b@example.it,Umbria\n\
         u3,account:https://m.example|1,\"Two\nlines\"\n\
         u4,mailto:d@example.it\n\
         ,,Umbria\n";
    let faults = faults(list);
    assert_eq!(self::faults(&list.replace('\n', "\r\n")), faults);
    let places: Vec<&str> = faults.iter().filter_map(|fault| fault.split(": ").next()).collect();
    let expected = [
        "line 4, identifiers",
        "line 5, learner",
        "line 6, identifiers",
        "line 8",
        "line 9, learner",
        "line 9, identifiers",
    ];
    assert_eq!(places, expected, "{faults:#?}");
    assert!(faults[1].contains("already on line 2"), "{}", faults[1]);
    assert!(faults[2].contains("learner `u1` of line 2"), "{}", faults[2]);
}

#[test]
fn an_address_and_its_hash_given_to_two_learners_are_one_identifier() {
    let hash = "21a4d459faec16a0d34be147a1d2dd82c0570f87";
    let faults = faults(&format!("{LIST}u2,,mbox_sha1sum:{hash},,,,,,\n"));
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("line 3, identifiers: "), "{}", faults[0]);
}

#[test]
fn a_list_without_the_required_columns_says_what_the_header_looks_like() {
    assert_eq!(faults("name,region\nMaria,Umbria\n").len(), 2);
    assert_eq!(faults("learner,identifiers,Region,region\n").len(), 1);
    assert_eq!(faults("").len(), 1);
}

#[test]
fn a_list_that_is_not_utf8_is_refused_with_the_line_of_the_first_wrong_byte() {
    let text = b"learner,identifiers,name\nu1,mailto:a@b.it,Anna\nu2,mailto:b@b.it,Nicol\xf2\n";
    let errors = LearnerList::parse(text).unwrap_err();
    assert_eq!(errors.0[0].line, 3);
}

#[test]
fn identifiers_are_read_as_lists_write_them() {
    let read = |text: &str| text.parse::<Identifier>().map(|read| read.to_string());
    assert_eq!(read("mbox:a@b.it").unwrap(), "mbox::mailto:a@b.it");
    assert_eq!(read("mbox:mailto:a@b.it").unwrap(), "mbox::mailto:a@b.it");
    // As reports and `learners unassigned` write identifiers.
    for reported in [
        "mbox::mailto:a@b.it",
        "account::1042@https://m.it",
        "account::a|b@https://m.it",
        "account::anna@ente.it@https://m.it",
        "account::anna@https://user@m.it",
        "openid::https://a.example/anna",
        "mbox_sha1sum::0123456789abcdef0123456789abcdef01234567",
    ] {
        assert_eq!(read(reported).unwrap(), reported);
    }
    for wrong in ["account::@https://m.it", "account::1042", "account::1042@m", "mbox::a"] {
        read(wrong).unwrap_err();
    }
    assert_eq!(read("account:https://m.it|a|b").unwrap(), "account::a|b@https://m.it");
    for wrong in [
        "1042",
        "account:1042",
        "account:https://m.it|",
        "mailto:a",
        "mailto:a b@c.it",
        "mbox_sha1sum:12",
        "openid:me",
        "phone:12",
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn learners_from_a_store_make_the_same_list() {
    let list = LearnerList::parse(LIST.as_bytes()).unwrap();
    let json = serde_json::to_string(list.learners()).unwrap();
    let learners = serde_json::from_str(&json).unwrap();
    let again = LearnerList::from_learners(learners).unwrap();
    assert_eq!(again.learners(), list.learners());
    assert_eq!(again.find(&list.learners()[0].identifiers[0]), Some(&list.learners()[0]));
}

#[test]
fn a_list_in_italian_has_the_same_columns() {
    let text = "Matricola;Nome e cognome;Identificativi;Regione;Provincia;Ente;Codice ISTAT;\
        Classe demografica;Ruolo;Area;Edizione;Città\r\n\
        u1;Nicolò Ré;mailto:n@example.it;Umbria;Perugia;Comune di Perugia;054039;oltre 100.000;\
        funzionario;tributi;2026;Spello\r\n";
    let list = LearnerList::parse(text.as_bytes()).unwrap();
    let expected = Learner {
        id: "u1".into(),
        name: "Nicolò Ré".into(),
        identifiers: vec![Identifier::Mbox("mailto:n@example.it".into())],
        region: "Umbria".into(),
        province: "Perugia".into(),
        body: "Comune di Perugia".into(),
        istat: "054039".into(),
        population_class: "oltre 100.000".into(),
        role: "funzionario".into(),
        office: "tributi".into(),
        edition: "2026".into(),
        attributes: [("città".to_owned(), "Spello".to_owned())].into(),
    };
    assert_eq!(list.learners(), [expected]);
}

#[test]
fn a_learner_stored_before_there_were_editions_is_read() {
    let json = r#"{"id":"u1","name":"","identifiers":[],"region":"","province":"","body":"",
        "istat":"","role":"","office":""}"#;
    let learner: Learner = serde_json::from_str(json).unwrap();
    assert_eq!((learner.population_class.as_str(), learner.edition.as_str()), ("", ""));
}
