use serde_json::{Value, json};

use super::super::Format;
use super::{Language, nobody, sample, written};

#[test]
fn json_has_keys_numbers_and_null_for_what_is_suppressed() {
    let text = written(&sample(), Format::Json, Language::En);
    let whole: Value = serde_json::from_str(&text).unwrap();
    let expected = json!({
        "report": "ledger",
        "title": "Hours ledger",
        "course": "prog-2796",
        "course_title": "Digital transition & <PA>",
        "at": "2026-05-04",
        "through": "2026-05-04T07:30:12.5Z",
        "time_zone": "Europe/Rome",
        "notes": ["Groups below 5: <5."],
        "columns": [
            {"key": "learner", "heading": "Learner", "kind": "text"},
            {"key": "offices", "heading": "Offices", "kind": "text"},
            {"key": "attempts", "heading": "Attempts", "kind": "count"},
            {"key": "hours", "heading": "Hours", "kind": "hours"},
            {"key": "score", "heading": "Score", "kind": "score"},
            {"key": "progress", "heading": "Progress", "kind": "share"},
            {"key": "born", "heading": "Born", "kind": "date"},
            {"key": "last_seen", "heading": "Last seen", "kind": "instant"},
            {"key": "state", "heading": "State", "kind": "state"},
            {"key": "at_risk", "heading": "At risk", "kind": "flag"},
        ],
        "rows": [
            {
                "learner": "=Niccolò \"Nico\" D'Urso; Rossi, Maria",
                "offices": ["servizi sociali", "anagrafe"],
                "attempts": 3,
                "hours": 12.5,
                "score": -0.75,
                "progress": 0.3333,
                "born": "1980-01-31",
                "last_seen": "2026-05-04T07:30:12.5Z",
                "state": "in_progress",
                "at_risk": true,
            },
            {
                "learner": "<b>李四</b>\n\u{1b}[31m",
                "offices": null,
                "attempts": null,
                "hours": 1234.0,
                "score": null,
                "progress": null,
                "born": null,
                "last_seen": null,
                "state": "completed",
                "at_risk": false,
                "suppressed": true,
            },
        ],
    });
    assert_eq!(whole, expected);
    // In the order of the columns, which a comparison of objects does not see.
    assert_eq!(text, expected.to_string());
}

#[test]
fn json_about_nobody_says_null_and_speaks_italian() {
    let text = written(&nobody(), Format::Json, Language::It);
    let (begin, rest) = text.split_once(r#","columns":["#).unwrap();
    let expected = r#"{"report":"ledger","title":"Registro delle ore","course":"prog-2796","course_title":"Transizione digitale & <PA>","at":null,"through":null,"time_zone":"Europe/Rome","notes":[]"#;
    assert_eq!(begin, expected);
    let (columns, end) = rest.split_once(']').unwrap();
    assert!(columns.contains(r#"{"key":"hours","heading":"Ore","kind":"hours"}"#), "{columns}");
    assert_eq!(end, r#","rows":[]}"#);
}

#[test]
fn totals_are_beside_the_rows_and_names_are_in_the_reader_s_language() {
    use crate::Cell;
    use course::Bilingual;
    let mut table = sample();
    table.rows[0][0] = Cell::code("test", Bilingual::new("verifica", "test"));
    table.rows[0][1] =
        Cell::Names([Bilingual::new("uno", "one"), Bilingual::new("due", "two")].into());
    table.add_up([("attempts", Cell::Suppressed), ("hours", Cell::Hours(3.5))]);
    let text = written(&table, Format::Json, Language::It);
    let whole: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(whole["totals"], json!({"hours": 3.5, "suppressed": true}));
    assert_eq!(whole["rows"][0]["learner"], "test", "programs read the word of the course file");
    assert_eq!(whole["rows"][0]["offices"], json!(["uno", "due"]));
    assert!(written(&table, Format::Csv, Language::It).contains("verifica;\"uno; due\""));
}
