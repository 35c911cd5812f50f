//! An erasure changes nothing of others because of a word.

use super::*;

/// Learners choose their user names: one may be the address or tax code of somebody else.
#[test]
fn agents_of_others_stay_as_they_are_whatever_words_are_in_them() {
    let by_name = |name: &str| {
        Eraser::new(
            [Ifi::Account { home_page: "https://m.example".into(), name: name.into() }],
            [],
            "erased-1",
        )
    };
    for (eraser, agent) in [
        (by_name("dir@x.it"), json!({"mbox": "mailto:dir@x.it", "name": "dir@x.it"})),
        (
            by_name("dir@x.it"),
            json!({"mbox_sha1sum": hex::encode(Sha1::digest(b"mailto:dir@x.it"))}),
        ),
        (by_name("RSSNNA80A41H501U"), account_of("https://sso.example", "RSSNNA80A41H501U")),
        (eraser(), account_of("https://y.it/anna@x.it", "anna@x.it")),
        (eraser(), json!({"openid": "https://y.it/people/anna@x.it", "name": "Anna, anna@x.it"})),
        (
            by_name("dir@x.it"),
            json!({"objectType": "Group", "mbox": "mailto:dir@x.it",
            "member": [{"mbox": "mailto:dir@x.it"}]}),
        ),
    ] {
        let statement = json!({"actor": agent, "object": agent, "context": {"instructor": agent}});
        assert_eq!(eraser.statement(&statement.to_string()), None, "{agent}");
        assert_eq!(eraser.json(&json!([agent]).to_string()), None, "{agent}");
        let ifi = validator::ifi::of(&agent).unwrap().to_string();
        assert_eq!((eraser.key(Kind::Agent, &ifi), eraser.path(&ifi)), (None, None));
        // What is said beside is a text of somebody, and loses what nothing else has.
        let said =
            json!({"actor": agent, "result": {"response": "dir@x.it anna@x.it RSSNNA80A41H501U"}});
        let erased: Value = serde_json::from_str(&eraser.json(&said.to_string()).unwrap()).unwrap();
        assert_eq!(erased["actor"], agent);
    }
    // Nor does who signs in under that address become the person.
    assert_eq!(by_name("dir@x.it").name("dir@x.it"), None);
    assert_eq!(eraser().name("Anna@x.it").as_deref(), Some("erased-1"));
    // What is no Agent is a text.
    let text = json!({"mbox": 7, "account": "of anna@x.it"}).to_string();
    assert_eq!(erased(&text), Some(json!({"mbox": 7, "account": "of erased-1"})));
}

fn account_of(home_page: &str, name: &str) -> Value {
    json!({"account": {"homePage": home_page, "name": name}})
}

/// As names of files, of documents, and lists have them.
#[test]
fn tax_codes_and_addresses_are_found_beside_endings_and_signs() {
    for (old, new) in [
        ("RSSNNA80A41H501U.pdf", "erased-1.pdf"),
        ("attestato_RSSNNA80A41H501U.pdf", "attestato_erased-1.pdf"),
        ("attestato-rssnna80a41h501u", "attestato-erased-1"),
        ("RSSNNA80A41H501U_2026", "erased-1_2026"),
        ("https://x.it/attestati/RSSNNA80A41H501U.pdf", "https://x.it/attestati/erased-1.pdf"),
        ("https://x.it,RSSNNA80A41H501U", "https://x.it,erased-1"),
        ("https://x.it;anna@x.it", "https://x.it;erased-1"),
        ("mailto://anna@x.it", "mailto://erased-1"),
        ("user_anna@x.it", "user_erased-1"),
        ("bookmark-Anna@x.it", "bookmark-erased-1"),
        ("https://x.it/cert/anna@x.it.pdf", "https://x.it/cert/erased-1.pdf"),
        ("anna@x.it.pdf.p7m", "erased-1.pdf.p7m"),
        ("anna@x.it_1", "erased-1_1"),
    ] {
        assert_eq!(eraser().sure(old).as_deref(), Some(new), "{old}");
    }
    for other in [
        "maria-anna@x.it",
        "maria_anna@x.it",
        "anna@x.it-a.example",
        "anna@x.it.example",
        "xRSSNNA80A41H501U",
        "RSSNNA80A41H501UX",
        "https://RSSNNA80A41H501U.example/",
        "https://anna@x.it/",
    ] {
        assert_eq!(eraser().sure(other), None, "{other}");
    }
}

/// Tables hide such an address while they know who the actor is.
#[test]
fn own_statements_keep_the_activities_of_courses_and_no_others_that_have_the_user_name() {
    let of = |name: &str, id: &str, courses: &[&str]| {
        let home_page = "https://moodle.example".to_owned();
        let eraser = Eraser::new([Ifi::Account { home_page, name: name.into() }], [], "erased-1");
        let files: Vec<String> = courses.iter().map(|id| format!("id = \"{id}\"\n")).collect();
        let eraser = eraser.beside_courses(files.into());
        let component = json!({"id": "choice_b2", "description": {"it": "di choice_b2"}});
        let statement = json!({"actor": account_of("https://moodle.example", name), "verb": {"id": id},
            "object": {"id": id, "definition": {"choices": [component], "correctResponsesPattern": ["choice_b2"]}},
            "context": {"contextActivities": {"grouping": [{"id": id}]}},
            "result": {"response": "choice_b2"}});
        let text = eraser.statement(&statement.to_string()).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    for (name, id, other) in [
        (
            "view",
            "https://moodle.example/corso/view.php?id=3",
            Some("https://moodle.example/corso/erased-1.php?id=3"),
        ),
        (
            "anna.rossi",
            "https://moodle.example/courses/anna.rossi/1",
            Some("https://moodle.example/courses/erased-1/1"),
        ),
        (
            "7",
            "https://moodle.example/student/view.php?id=7",
            Some("https://moodle.example/student/view.php?id=erased-1"),
        ),
        (
            "https://moodle.example/mod/quiz/view.php?id=7",
            "https://moodle.example/mod/quiz/view.php?id=7",
            None,
        ),
        ("choice_b2", "https://moodle.example/u", None),
    ] {
        let erased = of(name, id, &[]);
        assert_eq!(erased["object"]["id"], other.unwrap_or(id));
        assert_eq!(erased["verb"]["id"], id);
        let erased = of(name, id, &["https://x.example", id]);
        let ids = ["/verb/id", "/object/id", "/context/contextActivities/grouping/0/id"];
        for pointer in ids {
            assert_eq!(erased.pointer(pointer), Some(&json!(id)), "{name} {pointer}");
        }
        let definition = &erased["object"]["definition"];
        assert_eq!(definition["choices"][0]["id"], "choice_b2");
        assert_eq!(definition["correctResponsesPattern"], json!(["choice_b2"]));
    }
    assert_eq!(of("choice_b2", "https://moodle.example/u", &[])["result"]["response"], "erased-1");
    let page =
        of("anna.rossi", "https://moodle.example/u/anna.rossi", &["https://moodle.example/u/anna"]);
    assert_eq!(page["object"], json!({"id": "https://moodle.example/u/erased-1"}));
}

/// A course selects ids by what they begin with, by what lies around them and by packages, and writes them as TOML does.
#[test]
fn own_statements_keep_what_counts_in_a_course_by_whatever_it_is_selected() {
    const FILE: &str = "\u{feff}[[module.activity]]\nprefix = ['https://x.example/m1/test/', 'https://x.example/users/']\n\
        id = \"https://x.example/corso/\\u00e8\"\nwithin = 'https://x.example/scorm/view.php'\n";
    let of = |name: &str, id: &str, around: Value| {
        let person = account_of("https://moodle.example", name);
        let home_page = "https://moodle.example".to_owned();
        let eraser = Eraser::new([Ifi::Account { home_page, name: name.into() }], [], "erased-1");
        let eraser = eraser.beside_courses(["title = ".to_owned(), FILE.to_owned()].into());
        let statement = json!({"actor": person, "verb": {"id": "https://x.example/v"}, "object": {"id": id},
            "context": {"contextActivities": around}});
        let erased: Value =
            serde_json::from_str(&eraser.statement(&statement.to_string()).unwrap()).unwrap();
        erased["object"]["id"].as_str().unwrap().to_owned()
    };
    let within = json!({"id": "https://x.example/scorm/view.php"});
    for (name, id, around) in [
        ("test", "https://x.example/m1/test/1", json!({})),
        ("7", "https://x.example/users/7/l1", json!({})),
        ("corso", "https://x.example/corso/\u{e8}", json!({})),
        ("scorm", "https://x.example/scorm/1", json!({"parent": [within]})),
        ("scorm", "https://x.example/scorm/1", json!({"grouping": within})),
        ("package", "urn:traccia:package:package", json!({})),
        ("traccia", "urn:traccia:package:prova", json!({})),
    ] {
        assert_eq!(of(name, id, around), id, "{name}");
    }
    for (name, id, around) in [
        ("test", "https://x.example/m2/test/1", json!({})),
        ("scorm", "https://x.example/scorm/1", json!({"category": [within]})),
        (
            "scorm",
            "https://x.example/scorm/1",
            json!({"parent": [{"id": "https://x.example/scorm"}]}),
        ),
        ("corso", "https://x.example/corso/\u{e8}/2", json!({})),
    ] {
        assert_eq!(of(name, id, around), id.replace(name, "erased-1"), "{name}");
    }
}

/// User names that are words, ids or addresses of what others have.
const HOSTILE: [&str; 12] = [
    "choice_b2",
    "slide_12",
    "mod1.page2",
    "https://moodle.example.it/mod/quiz/view.php?id=7",
    "suspend_data",
    "dirigente@ente.it",
    "RSSNNA80A41H501U",
    "view",
    "corso",
    "7",
    "mailto:dirigente@ente.it",
    "corso_2026",
];

/// A statement of somebody else that has these words nearly everywhere.
fn full_of(words: &[String]) -> Value {
    let word = |n: usize| words[n % words.len()].clone();
    let iri = |n: usize| {
        if word(n).contains("://") {
            word(n)
        } else {
            format!("https://moodle.example.it/{}/{n}", word(n))
        }
    };
    let other = account_of("https://sso.example", &word(0));
    json!({"actor": other, "verb": {"id": iri(1), "display": {"it": word(1)}},
        "object": {"id": iri(2), "definition": {"name": {"it": word(2)}, "type": iri(3), "moreInfo": iri(4),
            "choices": [{"id": word(3), "description": {"it": word(4)}}]}},
        "context": {"instructor": {"mbox": "mailto:dirigente@ente.it", "name": word(1)},
            "team": {"objectType": "Group", "member": [other]}, "platform": word(2), "extensions": {iri(5): word(0)},
            "contextActivities": {"grouping": [{"id": iri(0)}], "category": {"id": iri(6)}}},
        "result": {"response": word(5), "extensions": {iri(1): {"id": word(2), "user": [word(3)]}}},
        "authority": account_of("https://lrs.example", &word(6))})
}

fn without_sure(text: &str) -> String {
    let sure = |text: &str, word: &str| text.replace(&word.to_lowercase(), "x").replace(word, "x");
    sure(&sure(text, "dirigente@ente.it"), "RSSNNA80A41H501U").replace("erased-1", "x")
}

proptest! {
    /// What is not a mail address or tax code in a text stays byte by byte, and Agents altogether.
    #[test]
    fn whatever_the_user_name_what_others_said_stays(
        name in prop::sample::select(HOSTILE.to_vec()),
        words in prop::collection::vec(prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned), 1..7),
    ) {
        let home_page = "https://moodle.example.it".to_owned();
        let eraser = Eraser::new([Ifi::Account { home_page, name: name.into() }], [], "erased-1");
        let before = full_of(&words);
        let text = before.to_string();
        let after = eraser.statement(&text).unwrap_or_else(|| text.clone());
        prop_assert_eq!(without_sure(&after), without_sure(&text));
        prop_assert_eq!(eraser.json(&text).unwrap_or_else(|| text.clone()), after.clone());
        let after: Value = serde_json::from_str(&after).unwrap();
        for agent in ["/actor", "/context/instructor", "/context/team", "/authority"] {
            prop_assert_eq!(after.pointer(agent), before.pointer(agent));
        }
        if !["dirigente@ente.it", "RSSNNA80A41H501U"].contains(&name) {
            prop_assert_eq!(after, before);
        }
    }
}
