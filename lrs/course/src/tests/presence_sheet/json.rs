use jiff::civil::date;

use super::super::super::{LearnerList, PresenceSheet};
use super::{entry, learners, session};

fn read(text: &str) -> Result<PresenceSheet, Vec<String>> {
    let session = session(date(2026, 3, 5), Some(4));
    let register = PresenceSheet::from_json(text.as_bytes(), &learners(), &session);
    register.map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

#[test]
fn a_register_in_json_is_that_in_csv() {
    let text = r#"{"entries": [
        {"learner": "u1", "hours": 2.5, "note": "left early"},
        {"identifier": "mailto:rossi2@example.it", "hours": "2:30"},
        {"name": "D'Urso Nicolò", "from": "09:00", "to": "12:00", "hours": null},
        {"learner": "u4", "hours": 0}
    ]}"#;
    let expected = PresenceSheet {
        entries: vec![entry("u1", 150, "left early"), entry("u2", 150, ""), entry("u3", 180, "")],
        absent: vec!["u4".into()],
        ..PresenceSheet::default()
    };
    assert_eq!(read(text), Ok(expected));
}

#[test]
fn every_fault_of_json_has_its_entry_and_key() {
    let text = r#"{"entries": [
        {"learner": "u1", "hours": -1},
        {"learner": "nobody", "hours": 2, "Hours": 3},
        {"learner": ["u2"], "colour": "red"},
        {"learner": "u2", "hours": 1},
        {"learner": "u2", "hours": 1e30}
    ]}"#;
    assert_eq!(
        read(text).unwrap_err(),
        [
            "line 1, hours: `-1` hours are not in a day: write 0 to 24",
            "line 2, Hours: `hours` is there twice: keep one of them",
            "line 3, learner: a list is neither text nor number",
            "line 3, colour: an entry has no such key: use learner, identifiers, name, region, \
             province, body, istat, population_class, role, office, edition, hours, from, to, note",
            "line 5, learner: learner `u2` is already on line 4: put what they did on one line",
            "line 5, hours: `1e+30` is no number of hours: write 2,5 or 2:30, or `assente`",
        ]
    );
}

#[test]
fn what_is_no_register_says_what_one_looks_like() {
    for (text, line) in [("{\n\"entries\": [}", 2), ("[]", 1), ("{\"entry\": []}", 1), ("", 1)] {
        let faults = read(text).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].starts_with(&format!("line {line}: ")), "{}", faults[0]);
        assert!(faults[0].ends_with(": write {\"entries\": [{\"learner\": …, \"hours\": …}]}"));
    }
}

#[test]
fn a_register_names_no_more_people_than_can_be_kept_at_once() {
    let person = |n| format!("u{n},mailto:u{n}@x.example\n");
    let people: String = (0..10_002).map(person).collect();
    let list = LearnerList::parse(format!("learner,identifiers\n{people}").as_bytes()).unwrap();
    let of = |count: usize| {
        let line = |n| format!("u{n}\n");
        let named: String = (0..count).map(line).collect();
        let session = session(date(2026, 3, 5), Some(4));
        PresenceSheet::from_csv(format!("learner\n{named}").as_bytes(), &list, &session)
    };
    assert_eq!(of(10_000).unwrap().entries.len(), 10_000);
    let faults = of(10_001).unwrap_err().0;
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].to_string().starts_with("line 10002: a register names at most 10000"),
        "{}",
        faults[0]
    );
}
