//! What is erased of a person from texts, and what is not of them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

mod free_texts;
mod nested;
mod others;

fn eraser() -> Eraser {
    let account =
        |name: &str| Ifi::Account { home_page: "https://moodle.example".into(), name: name.into() };
    let identifiers =
        [Ifi::Mbox("mailto:Anna@x.it".into()), account("42"), account("RSSNNA80A41H501U")];
    Eraser::new(identifiers, ["course/l-7".to_owned()], "erased-1")
        .signing_in_as(["anna.rossi.2".to_owned()])
}

fn erased(text: &str) -> Option<Value> {
    eraser().json(text).map(|it| serde_json::from_str(&it).unwrap())
}

fn of_person() -> Value {
    json!([{"account": {"homePage": HOME_PAGE, "name": "erased-1"}}])
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
    assert_eq!(eraser.sure("of anna.rossi"), None, "in a text of others");
}

fn account(name: &str) -> Ifi {
    Ifi::Account { home_page: "https://x.example".into(), name: name.into() }
}

/// A statement of somebody else: hosts, verbs, types, versions and other Agents may have the names of the person.
fn of_another() -> Value {
    let other =
        |name: &str| json!({"account": {"homePage": "https://moodle.example.it", "name": name}});
    json!({"id": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "version": "1.0.3", "actor": other("7"),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}},
        "object": {"id": "https://moodle.example.it/mod/quiz/view.php?id=7", "definition": {
            "type": "http://adlnet.gov/expapi/activities/course", "moreInfo": "http://127.0.0.1:8080/corso_2026"}},
        "context": {"registration": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "platform": "moodle.example.it",
            "instructor": other("corso_2026"),
            "contextActivities": {"grouping": [{"id": "https://moodle.example.it"},
                {"id": "https://moodle.example.it/courses/corso_2026/quiz/1"}]},
            "extensions": {"https://moodle.example.it/course": 7, "http://adlnet.gov/x": "suspend_data"}},
        "result": {"response": "http://adlnet.gov/expapi choice_b2", "extensions": {"https://x.example/corso_2026": 1}},
        "authority": other("umbria-2026")})
}

#[test]
fn nothing_of_others_has_the_name_of_a_host_a_site_or_a_word_of_the_standard() {
    let statement = of_another().to_string();
    for identifier in [
        Ifi::OpenId("https://moodle.example.it".into()),
        Ifi::OpenId("https://moodle.example.it/".into()),
        Ifi::OpenId("https://moodle.example.it/mod".into()),
        Ifi::OpenId("https://moodle.example.it/mod/quiz".into()),
        Ifi::OpenId("http://adlnet.gov/expapi".into()),
        Ifi::OpenId("http://adlnet.gov/expapi/verbs/completed".into()),
        Ifi::OpenId("http://adlnet.gov/expapi/activities/course".into()),
        Ifi::OpenId("https://x.example/corso_2026".into()),
        account("https://moodle.example.it"),
        account("https://moodle.example.it/mod/quiz/view.php"),
        account("adlnet.gov"),
        account("moodle.example.it"),
        account("127.0.0.1"),
        account("suspend_data"),
        account("corso_2026"),
        account("umbria-2026"),
        account("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        account("https://moodle.example.it/mod/quiz/view.php?id=7"),
        Ifi::OpenId("https://moodle.example.it/mod/quiz/view.php?id=7".into()),
        account("choice_b2"),
        Ifi::Mbox("mailto:anna@moodle.example.it".into()),
    ] {
        let eraser = Eraser::new([identifier.clone()], [], "erased-1");
        assert_eq!(eraser.json(&statement), None, "{identifier}");
        assert_eq!(eraser.statement(&statement), None, "{identifier}");
    }
}

#[test]
fn a_name_is_found_as_a_word_and_in_addresses_of_people() {
    let eraser = Eraser::new([account("anna.rossi")], [], "erased-1");
    for (old, new) in [
        ("anna.rossi", "erased-1"),
        ("Chiedi ad Anna.Rossi.", "Chiedi ad erased-1."),
        ("(anna.rossi), bruno", "(erased-1), bruno"),
        (r#"{"name":"anna.rossi"}"#, r#"{"name":"erased-1"}"#),
        ("account:https://x.example|anna.rossi", "account:https://x.example|erased-1"),
        ("https://x.example/u/anna.rossi", "https://x.example/u/erased-1"),
        ("https://x.example/~anna.rossi/a", "https://x.example/~erased-1/a"),
        (
            "https://x.example/Users/ANNA.ROSSI/courses/7",
            "https://x.example/Users/erased-1/courses/7",
        ),
        (
            "https://x.example/p?username=anna.rossi&x=1",
            "https://x.example/p?username=erased-1&x=1",
        ),
        (
            "https://x.example/user/profile.php?id=anna.rossi",
            "https://x.example/user/profile.php?id=erased-1",
        ),
        ("urn:user:anna.rossi", "urn:user:erased-1"),
    ] {
        assert_eq!(eraser.text(old).as_deref(), Some(new), "{old}");
    }
    for other in [
        "https://anna.rossi/",
        "https://anna.rossi:8080/u/x",
        "https://anna.rossi.example/u/x",
        "https://u/anna.rossi/mod/quiz",
        "https://users.example/courses/anna.rossi",
        "https://x.example/users/list/courses/anna.rossi",
        "https://x.example/user/index.php?course=anna.rossi",
        "anna.rossi://x",
        "urn:course:anna.rossi",
        "anna.rossi@other.example",
        "https://anna.rossi@x.example/",
        "marianna.rossi",
        "anna.rossini",
        "anna.rossi.pdf",
    ] {
        assert_eq!(eraser.text(other), None, "{other}");
    }
    assert_eq!(eraser.key(Kind::Verb, "https://x.example/u/anna.rossi"), None);
    assert_eq!(eraser.key(Kind::Activity, "https://x.example/u/anna.rossi"), None);
    let keyed = json!({"anna.rossi": 1, "verb": {"id": "https://x.example/u/anna.rossi"}});
    assert_eq!(eraser.json(&keyed.to_string()), None, "names of members and verbs");
}

#[test]
fn an_openid_is_found_where_an_address_is_exactly_that() {
    let eraser = Eraser::new([Ifi::OpenId("https://id.example/anna".into())], [], "erased-1");
    let page = "https://erased.invalid/erased-1";
    for (old, new) in [
        ("https://id.example/anna", page.to_owned()),
        ("Vedi https://ID.example/anna.", format!("Vedi {page}.")),
        ("(https://id.example/anna)", format!("({page})")),
        (
            "https://x.example/login?as=https://id.example/anna&x=1",
            format!("https://x.example/login?as={page}&x=1"),
        ),
    ] {
        assert_eq!(eraser.text(old), Some(new), "{old}");
    }
    for other in [
        "https://id.example/anna/",
        "https://id.example/anna/b",
        "https://id.example/anna?x=1",
        "https://id.example/anna#a",
        "https://id.example/annamaria",
        "https://id.example/anna.b",
        "https://x.example/https://id.example/anna",
    ] {
        assert_eq!(eraser.text(other), None, "{other}");
    }
}

#[test]
fn a_mail_address_is_found_in_all_but_hosts_and_as_addresses_of_pages_write_it() {
    for (old, new) in [
        ("https://x.it/people/view?mail=anna%40x.it", "https://x.it/people/view?mail=erased-1"),
        ("https://x.it/?u=mailto%3AAnna%40X.it%26b", "https://x.it/?u=mailto%3Aerased-1%26b"),
        ("https://x.it/%2Fanna@x.it", "https://x.it/%2Ferased-1"),
        ("https://x.it, anna@x.it", "https://x.it, erased-1"),
    ] {
        assert_eq!(eraser().text(old).as_deref(), Some(new), "{old}");
    }
    for other in [
        "https://anna@x.it/a",
        "ftp://anna@x.it:21",
        "https://x.it/?u=%C3%A8anna%40x.it",
        "anna%40x.it.example",
    ] {
        assert_eq!(eraser().text(other), None, "{other}");
    }
    // Nothing else has it, so what other things are named by loses it too.
    assert_eq!(eraser().sure("of/anna@x.it").as_deref(), Some("of/erased-1"));
}

#[test]
fn letters_become_small_one_by_one() {
    for name in ["ΓΙΑΝΝΗΣ_7", "γιαννης_7", "γιαννησ_7"] {
        let eraser = Eraser::new([account(name)], [], "erased-1");
        for text in ["io sono ΓΙΑΝΝΗΣ_7", "io sono γιαννης_7", "io sono Γιαννησ_7"]
        {
            assert_eq!(eraser.text(text).as_deref(), Some("io sono erased-1"), "{name} {text}");
        }
    }
}

#[test]
fn texts_in_other_encodings_lose_the_person() {
    let latin = b"Seguita da ANNA@x.it perch\xe9 s\xec";
    assert_eq!(eraser().encoded(latin).unwrap(), &b"Seguita da erased-1 perch\xe9 s\xec"[..]);
    for is_little in [true, false] {
        let utf16 = |text: &str| {
            let unit = |it: u16| if is_little { it.to_le_bytes() } else { it.to_be_bytes() };
            format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect::<Vec<u8>>()
        };
        assert_eq!(eraser().encoded(&utf16("è anna@x.it")).unwrap(), utf16("è erased-1"));
        assert_eq!(eraser().encoded(&utf16("è b@x.it")), None);
    }
    assert_eq!(eraser().encoded(b"\xff\x00"), None);
    assert_eq!(eraser().encoded(b"{\"a\":\"anna@x.it\"}").unwrap(), "{\"a\":\"erased-1\"}");
}

#[test]
fn statements_of_the_person_say_nothing_of_them_in_ids_of_activities() {
    let rossi = Ifi::Account { home_page: "https://moodle.example".into(), name: "rossi".into() };
    let number = Ifi::Account { home_page: "https://moodle.example".into(), name: "4711".into() };
    let eraser = Eraser::new([rossi, number], [], "erased-1");
    let actor =
        |name: &str| json!({"account": {"homePage": "https://moodle.example", "name": name}});
    let statement = |actor: Value, id: &str| {
        json!({"id": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "actor": actor, "verb": {"id": "https://x.example/rossi"},
            "object": {"id": id, "definition": {"name": {"it": "Profilo di Anna Rossi"}}},
            "context": {"contextActivities": {"grouping": [{"id": id}], "other": [{"id": "https://x.example/4711"}]}},
            "result": {"score": {"raw": 4711}}})
    };
    for (was, is) in [
        (
            "https://moodle.example/user/profile.php?id=4711",
            "https://moodle.example/user/profile.php?id=erased-1",
        ),
        ("https://moodle.example/u/rossi", "https://moodle.example/u/erased-1"),
    ] {
        for who in ["4711", "rossi"] {
            let text = eraser.statement(&statement(actor(who), was).to_string()).unwrap();
            let mut expected =
                statement(json!({"account": {"homePage": HOME_PAGE, "name": "erased-1"}}), is);
            expected["object"].as_object_mut().unwrap().remove("definition");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected, "{was}");
        }
        let team =
            |others: Value| json!({"objectType": "Group", "member": [actor("4711"), others]});
        let of = |actor: Value| eraser.statement(&statement(actor, was).to_string()).unwrap();
        assert!(!of(team(actor("rossi"))).contains(was), "{was}");
        assert_eq!(of(team(actor("b"))).matches(was).count(), 2, "what others did too");
        let others = statement(actor("other"), was).to_string();
        assert_eq!(eraser.statement(&others), None, "of somebody else");
    }
}

/// Who may name what is to be erased has chosen the texts.
#[test]
fn within_an_authority_nothing_but_the_person_and_what_nothing_else_has_is_replaced() {
    let authority = json!({"account": {"homePage": "https://x.example", "name": "anna.rossi"}});
    let statement = |actor: Value| json!({"actor": actor, "authority": authority, "result": {"response": "anna.rossi, anna@x.it"}});
    let identifiers = || [account("anna.rossi"), Ifi::Mbox("mailto:anna@x.it".into())];
    let within = Eraser::new(identifiers(), [], "erased-1").within_authority();
    let erased: Value =
        serde_json::from_str(&within.json(&statement(authority.clone()).to_string()).unwrap())
            .unwrap();
    let expected = json!({"actor": {"account": {"homePage": HOME_PAGE, "name": "erased-1"}}, "authority": authority,
        "result": {"response": "anna.rossi, erased-1"}});
    assert_eq!(erased, expected);
    let exact = Eraser::new(identifiers(), ["c/anna".to_owned()], "erased-1")
        .signing_in_as(["anna".to_owned()])
        .exact();
    assert_eq!(
        (exact.text("anna@x.it"), exact.path("c/anna"), exact.name("anna@x.it")),
        (None, None, None)
    );
    assert_eq!(exact.name("anna"), None);
    assert_eq!(exact.path("mbox::mailto:ANNA@x.it").as_deref(), Some("erased-1"));
    let agent = json!({"identifier": "anna@x.it", "who": {"mbox": "mailto:Anna@x.it"}}).to_string();
    let erased: Value = serde_json::from_str(&exact.json(&agent).unwrap()).unwrap();
    assert_eq!(
        (&erased["identifier"], &erased["who"]["account"]["name"]),
        (&json!("anna@x.it"), &json!("erased-1"))
    );
}

#[test]
fn the_hash_of_an_address_in_lower_case_is_the_persons_too() {
    let hash = hex::encode(Sha1::digest(b"mailto:anna@x.it"));
    assert!(eraser().is_named(&format!("mbox_sha1sum::{hash}")));
}

/// Other platforms hash an address as they write it.
#[test]
fn the_hash_of_an_address_as_it_was_said_is_the_persons_too() {
    let said = ["mbox::mailto:ANNA@x.it", "mbox::mailto:bea@x.it", "account::42@https://x.it"];
    let eraser = eraser().as_written(said.map(str::to_owned));
    let hash = |mbox: &str| hex::encode(Sha1::digest(mbox));
    let (own, other) = (hash("mailto:ANNA@x.it"), hash("mailto:bea@x.it"));
    assert!(eraser.is_named(&format!("mbox_sha1sum::{own}")));
    assert_eq!(eraser.sure(&format!("of {own}")).as_deref(), Some("of erased-1"));
    assert!(eraser.is_mentioned(&format!("[{own}")));
    assert!(!eraser.is_named(&format!("mbox_sha1sum::{other}")));
    assert_eq!(eraser.hashes(), 3);
    assert_eq!(eraser.as_written(["mbox::mailto:anna@x.it".to_owned()]).hashes(), 3);
}

#[test]
fn ids_of_learners_are_erased_where_they_stand_alone() {
    let path = |it: &str| eraser().path(it);
    assert_eq!(path("course/l-7").as_deref(), Some("course/erased-1"));
    assert_eq!(path("mbox::mailto:anna@x.it").as_deref(), Some("erased-1"));
    assert_eq!(path("course/l-77"), None);
    // Another thing may have the name of an account.
    assert_eq!((path("anna.rossi.2"), path("anna.rossi.2/l-1")), (None, None));
    assert_eq!(eraser().name("anna.rossi.2").as_deref(), Some("erased-1"));
    for (text, is_exactly) in [
        ("course/l-7", true),
        ("mbox::mailto:ANNA@x.it", true),
        ("course/l-7/x", false),
        ("course/mbox::mailto:anna@x.it", false),
        ("to mailto:anna@x.it", false),
        ("anna.rossi.2", false),
    ] {
        assert_eq!(eraser().is_exactly(text), is_exactly, "{text}");
    }
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
    assert_eq!(key(Kind::Agent, "account::anna@x.it@https://other.example"), None);
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
        prop_assert_eq!(eraser.text(&text), eraser.compared(&text, Scope::Every));
        let json = serde_json::to_string(&text).unwrap();
        let expected = eraser.compared(&text, Scope::Sure).map(|it| serde_json::to_string(&it).unwrap());
        prop_assert_eq!(eraser.json(&json), expected);
    }
}
