//! What is erased of a person from texts, and what is not of them.

use proptest::prelude::*;

use super::*;

fn eraser() -> Eraser {
    let account =
        |name: &str| Ifi::Account { home_page: "https://moodle.example".into(), name: name.into() };
    let identifiers =
        [Ifi::Mbox("mailto:Anna@x.it".into()), account("42"), account("RSSNNA80A41H501U")];
    Eraser::new(identifiers, ["l-7".to_owned()], "erased-1")
}

fn erased(text: &str) -> Option<Value> {
    eraser().json(text).map(|it| serde_json::from_str(&it).unwrap())
}

#[test]
fn a_person_is_erased_wherever_a_statement_names_them() {
    let hash = hex::encode(Sha1::digest(b"mailto:Anna@x.it"));
    let account = json!({"homePage": HOME_PAGE, "name": "erased-1"});
    let pseudonym = json!({"account": account});
    for (place, agent) in [
        ("actor", json!({"mbox": "mailto:Anna@x.it", "name": "Anna Rossi"})),
        ("object", json!({"mbox": "mailto:anna@X.it"})),
        ("authority", json!({"mbox_sha1sum": hash.to_uppercase()})),
        ("instructor", json!({"account": {"homePage": "https://moodle.example", "name": "42"}})),
    ] {
        let other = json!({"account": {"homePage": "https://other.example", "name": "42"}});
        let text = json!({"a": [{place: agent, "n": 1}], "other": other}).to_string();
        let expected = json!({"a": [{place: pseudonym, "n": 1}], "other": other});
        assert_eq!(erased(&text), Some(expected), "{place}");
    }
    let group = json!({"objectType": "Group", "name": "Team",
        "member": [{"mbox": "mailto:anna@x.it", "name": "A"}, {"mbox": "mailto:b@x.it"}]});
    let expected = json!({"objectType": "Group", "name": "Team",
        "member": [pseudonym, {"mbox": "mailto:b@x.it"}]});
    assert_eq!(erased(&group.to_string()), Some(expected));
}

#[test]
fn numbers_and_all_else_stay_as_they_are_written() {
    let text = r#"{"actor" : {"objectType":"Agent","mbox":"mailto:anna@x.it"},
        "result":{"score":{"raw":1.00,"max":12345678901234567890123},"response":"perch\u00e9"}}"#;
    let erased = eraser().json(text).unwrap();
    assert!(erased.contains(r#""raw":1.00,"max":12345678901234567890123"#), "{erased}");
    assert!(erased.contains(r#""response":"perch\u00e9""#), "{erased}");
    assert!(erased.contains(r#"{"objectType":"Agent","account":"#), "{erased}");
}

#[test]
fn an_identifier_is_found_within_texts_and_not_within_longer_ones() {
    let text = |it: &str| eraser().text(it);
    for (old, new) in [
        ("anna@x.it", "erased-1"),
        ("mailto:ANNA@x.it", "mailto:erased-1"),
        ("Ask anna@x.it.", "Ask erased-1."),
        ("https://x.it/u/anna@x.it/rssnna80a41h501u", "https://x.it/u/erased-1/erased-1"),
        ("è anna@x.it è anna@x.it", "è erased-1 è erased-1"),
    ] {
        assert_eq!(text(old).as_deref(), Some(new), "{old}");
    }
    for other in ["marianna@x.it", "j.anna@x.it", "anna@x.it.example", "anna@x.ith", "42", ""] {
        assert_eq!(text(other), None, "{other}");
    }
    // Letters that are written as escapes.
    let escaped = r#"{"r":"\u0061nna\u0040x.it"}"#;
    assert_eq!(erased(escaped), Some(json!({"r": "erased-1"})));
    assert_eq!(erased(r#"{"anna@x.it":1}"#), Some(json!({"erased-1": 1})));
}

#[test]
fn a_document_of_any_depth_is_erased() {
    // Any player may keep such a document: neither the stack nor the time may end the process.
    let deep = |inner: &str| format!("{}{inner}{}", "[".repeat(30_000), "]".repeat(30_000));
    let erased = eraser().json(&deep(r#""\\ anna@x.it""#)).unwrap();
    assert_eq!(erased, deep(r#""\\ erased-1""#));
    assert_eq!(eraser().json(&deep(r#""\\ b@x.it""#)), None);
    let many = "anna@x.it ".repeat(20_000);
    assert_eq!(eraser().text(&many), Some("erased-1 ".repeat(20_000)));
}

#[test]
fn an_account_name_that_is_a_word_is_erased_as_an_account_alone() {
    let account =
        |name: &str| Ifi::Account { home_page: "https://moodle.example".into(), name: name.into() };
    let names = ["francesca", "completed", "12345678", "anna.rossi"];
    let eraser = Eraser::new(names.map(account), [], "erased-1");
    let other = json!({"actor": {"mbox": "mailto:f@x.it", "name": "Francesca Bianchi"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"}, "result": {"response": "12345678"}});
    assert_eq!(eraser.json(&other.to_string()), None);
    let own = json!({"account": {"homePage": "https://moodle.example", "name": "francesca"}});
    assert!(eraser.json(&own.to_string()).is_some());
    assert_eq!(eraser.text("of anna.rossi").as_deref(), Some("of erased-1"));
}

#[test]
fn the_hash_of_an_address_in_lower_case_is_the_persons_too() {
    let hash = hex::encode(Sha1::digest(b"mailto:anna@x.it"));
    assert!(eraser().is_named(&format!("mbox_sha1sum::{hash}")));
}

#[test]
fn ids_of_learners_are_erased_where_they_stand_alone() {
    let path = |it: &str| eraser().path(it);
    assert_eq!(path("course/l-7").as_deref(), Some("course/erased-1"));
    assert_eq!(path("mbox::mailto:anna@x.it").as_deref(), Some("erased-1"));
    assert_eq!(path("course/l-77"), None);
    // A learner of the same id in another course is another person.
    let of_course = Eraser::new([], ["c/l-7".to_owned()], "erased-1");
    assert_eq!(of_course.path("c/l-7/x").as_deref(), Some("c/erased-1/x"));
    assert_eq!(of_course.path("d/l-7"), None);
}

#[test]
fn what_does_not_name_the_person_stays() {
    for text in [
        r#"{"actor":{"mbox":"mailto:b@x.it"}}"#,
        r#"{"actor":{"account":{"homePage":"https:\/\/moodle.example","name":"43"}}}"#,
        "no JSON",
        "",
        "{",
    ] {
        assert_eq!(eraser().json(text), None, "{text}");
    }
    assert_eq!(eraser().json("not JSON: anna@x.it").as_deref(), Some("not JSON: erased-1"));
}

#[test]
fn keys_of_the_index_become_those_of_the_erased_statement() {
    let key = |kind, text: &str| eraser().key(kind, text);
    let pseudonym = format!("account::erased-1@{HOME_PAGE}");
    assert_eq!(key(Kind::Agent, "mbox::mailto:anna@x.it"), Some(pseudonym.clone()));
    assert_eq!(key(Kind::Agent, "account::42@https://moodle.example"), Some(pseudonym));
    assert_eq!(key(Kind::Agent, "account::42@https://other.example"), None);
    assert_eq!(
        key(Kind::Activity, "https://x.it/anna@x.it").as_deref(),
        Some("https://x.it/erased-1")
    );
    assert_eq!(key(Kind::Registration, "anna@x.it"), None);
}

/// Identifiers whose letters other signs become in lower case: `İ`, the sign for Kelvin, both forms of the small sigma.
const LETTERS: [&str; 6] =
    ["kim@x.it", "NİKİ.k7@x.it", "\u{212a}i\u{307}@k.it", "verdİ@x", "νικος.7@x.it", "è.8q@ß"];

fn of_letters() -> Eraser {
    let mbox = |name: &str| Ifi::Mbox(format!("mailto:{name}"));
    Eraser::new(LETTERS.map(mbox), [], "erased-1")
}

/// A text in other letters that may become the same in lower case.
fn in_other_letters(text: &str, turns: u64) -> String {
    let text = if turns & 1 == 0 { text.replace("i\u{307}", "\u{130}") } else { text.to_owned() };
    let turned = |(n, it): (usize, char)| match (turns >> (2 * (n % 31) + 1) & 3, it) {
        (0, _) => it.to_string(),
        (1, 'k' | 'K') => "\u{212a}".to_owned(),
        _ => it.to_uppercase().to_string(),
    };
    text.chars().enumerate().map(turned).collect()
}

/// Texts of such identifiers, and of pieces of them.
fn of_pieces() -> impl Strategy<Value = String> {
    let signs: Vec<char> =
        LETTERS.concat().chars().chain("\u{130}\u{307}ς \\\"/".chars()).collect();
    let letters = || prop::sample::select(LETTERS.to_vec());
    let piece = prop_oneof![
        letters().prop_map(str::to_owned),
        letters().prop_map(str::to_lowercase),
        prop::collection::vec(prop::sample::select(signs), 0..4).prop_map(String::from_iter),
        Just(" ".to_owned()),
    ];
    let turned = (piece, any::<u64>()).prop_map(|(piece, turns)| in_other_letters(&piece, turns));
    prop::collection::vec(turned, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_quick_test_passes_over_no_text_in_which_something_is_found(text in of_pieces()) {
        let eraser = of_letters();
        prop_assert_eq!(eraser.text(&text), eraser.compared(&text));
        let json = serde_json::to_string(&text).unwrap();
        let expected = eraser.compared(&text).map(|it| serde_json::to_string(&it).unwrap());
        prop_assert_eq!(eraser.json(&json), expected);
    }
}
