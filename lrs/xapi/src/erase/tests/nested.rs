//! JSON within texts of JSON.

use super::*;

/// As parameters and bodies of requests are kept, and as players keep states.
#[test]
fn a_text_that_is_json_is_looked_at_as_such() {
    let of =
        |name: &str| json!([{"account": {"homePage": "https://moodle.example", "name": name}}]);
    let within = |name: &str| json!({"a": [of(name).to_string()]}).to_string();
    for (text, expected) in [
        (json!({"agent": of("42").to_string()}), json!({"agent": of_person().to_string()})),
        (
            json!({"a": within("42"), "b": 42}),
            json!({"a": json!({"a": [of_person().to_string()]}).to_string(), "b": 42}),
        ),
    ] {
        assert_eq!(erased(&text.to_string()), Some(expected), "{text}");
    }
    for other in [json!({"agent": of("43").to_string()}), json!({"a": within("43"), "b": "[42"})] {
        assert_eq!(erased(&other.to_string()), None, "{other}");
    }
    // A string of JSON within a string, whose letters may be escapes.
    let quoted =
        |text: &str| json!({"a": format!("{:?}", format!(r#"{{"m":"{text}"}}"#))}).to_string();
    let becomes = json!({"a": json!(json!({"m": "erased-1"}).to_string()).to_string()});
    assert_eq!(erased(&quoted(r"anna\u0040x.it")), Some(becomes));
    assert_eq!(erased(&quoted(r"bea\u0040x.it")), None);
    // What is no JSON after all is a text.
    let half = json!({"a": "\"anna@x.it", "b": "\"anna@x.it\"@x"}).to_string();
    assert_eq!(erased(&half), Some(json!({"a": "\"erased-1", "b": "\"erased-1\"@x"})));
    let text = json!({"a": "[anna@x.it", "b": "{anna@x.it}"}).to_string();
    assert_eq!(erased(&text), Some(json!({"a": "[erased-1", "b": "{erased-1}"})));
}
