//! What people and diagnostics say in words.

use super::*;

#[test]
fn what_the_person_is_called_goes_from_free_texts_of_their_own_statements() {
    let eraser = Eraser::new([account("arossi"), account("4711")], [], "erased-1").called([
        "Anna Rossi".to_owned(),
        "Anna".to_owned(),
        "A 1".to_owned(),
    ]);
    let page = |user: &str| format!("https://m.example/user/profile.php?{user}");
    let actor = |name: &str| json!({"account": {"homePage": "https://x.example", "name": name}});
    let of = |actor: &Value, response: &str, told: &str| {
        json!({"actor": actor, "object": {"id": "https://m.example/quiz/arossi", "definition": {
                "name": {"it": "Corso di Anna Rossi"}}},
            "result": {"response": response, "extensions": {"https://x.example/e": {"username": told, "n": ["arossi"]}}},
            "context": {"platform": "Anna Rossi", "extensions": {"https://x.example/f": page("u=arossi"),
                "https://x.example/g": page("id=4711"), "https://x.example/h": "https://x.example/4711"}}})
    };
    let own = of(&actor("arossi"), "Anna Rossi (arossi), Anna Rossini", "arossi");
    let own = eraser.statement(&own.to_string()).unwrap();
    let own: Value = serde_json::from_str(&own).unwrap();
    assert_eq!(
        own["result"],
        json!({"response": "erased-1 (erased-1), Anna Rossini",
        "extensions": {"https://x.example/e": {"username": "erased-1", "n": ["erased-1"]}}})
    );
    assert_eq!(
        own["context"],
        json!({"platform": "Anna Rossi", "extensions": {
        "https://x.example/f": page("u=erased-1"), "https://x.example/g": page("id=erased-1"),
        "https://x.example/h": "https://x.example/4711"}})
    );
    // What the object is called goes with what its id says, as tables hid both before.
    assert_eq!(own["object"], json!({"id": "https://m.example/quiz/erased-1"}));
    // In what others say nothing changes, but for what the person did in it.
    let other = of(&actor("other"), "Anna Rossi (arossi)", "arossi");
    assert_eq!(eraser.statement(&other.to_string()), None);
    let did = |name: &str, id: &str| {
        json!({"actor": actor("other"), "result": {"response": "Anna Rossi"}, "object": {
            "objectType": "SubStatement", "actor": actor(name), "verb": {"id": "https://v.example/v"},
            "object": {"id": id}, "result": {"response": "Anna Rossi"}}})
    };
    let told = eraser.statement(&did("4711", &page("id=4711")).to_string()).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["object"]["object"]["id"], page("id=erased-1"));
    assert_eq!(told["object"]["result"]["response"], "erased-1");
    assert_eq!(told["result"]["response"], "Anna Rossi");
    assert_eq!(eraser.statement(&did("other", &page("id=4711")).to_string()), None);
    // An erasure within an authority looks for nothing that may be a word.
    let within = eraser.clone().within_authority();
    let own = of(&actor("arossi"), "Anna Rossi (arossi)", "arossi").to_string();
    assert!(within.statement(&own).unwrap().contains("Anna Rossi (arossi)"));
}

#[test]
fn user_names_that_are_numbers_hosts_or_short_are_looked_for_in_no_free_text() {
    for name in ["7", "12345678", "ab", "m.example", "suspend_data", "Anna Rossi 2", "a@x.it"] {
        let eraser = Eraser::new([account(name)], [], "erased-1");
        let text = format!("it is {name} here");
        let expected = (name == "a@x.it").then(|| "it is erased-1 here".to_owned());
        assert_eq!(eraser.free(&text), expected, "{name}");
    }
}

/// A request is often refused because of the shape of the Agent.
#[test]
fn a_diagnostic_mentions_the_person_in_whatever_shape() {
    let eraser = eraser().called(["Anna  Zzrossì".to_owned(), "Anna".to_owned()]);
    let kept =
        |body: &str| json!({"query": {}, "body": {"text": body, "is": "request"}}).to_string();
    for body in [
        r#"{"account": {"homePage": "https://moodle.example", "name": 42}}"#,
        r#"{"account": [{"homepage": "https://moodle.example", "name": "42"}]}"#,
        r#" [{"account": {"name": "42"}"#,
        "{\"a\":\n42,",
        "\u{feff}{\"mbox\": \"anna@X.it\"}",
        "mbox=mailto%3AANNA%40x.it",
        "name=anna+zzross%C3%AC",
        r#"{"name": "Anna\nZzross\u00EC"}"#,
        r#"{"n": "{\"name\": \"\\u0041nna Zzross\\u00ec\"}"}"#,
        "anna.rossi.2, rssnna80a41h501u",
        "x RSSNNA80A41H501U",
    ] {
        assert!(eraser.is_mentioned(&kept(body)), "{body}");
        let for_nobody = Eraser::new([], [], "erased-2");
        assert!(!for_nobody.is_mentioned(&kept(body)), "{body}");
    }
    for other in [
        r#"{"account": {"homePage": "https://moodle.example", "name": "421"}}"#,
        r#"{"name": "Anna", "a": 142}"#,
        "Anna Zzrossìni, Mariaanna Zzrossì",
        "j42 anna@y.it anna.rossi.22",
        r"\u00zz \u12 \ %4",
    ] {
        assert!(!eraser.is_mentioned(&kept(other)), "{other}");
    }
    // What a key has asked for is found as an Agent alone.
    for narrow in [eraser.clone().within_authority(), eraser.clone().exact()] {
        assert!(!narrow.is_mentioned(&kept(r#"{"name": 42}"#)));
    }
}
