use super::super::{Asked, Cell, Grouping, Kind};
use super::report::{learner, members, table_of, view};
use super::scene::{Said, course, lasting, module};
use course::{Course, Learner};

fn with_sessions() -> Course {
    let event = |key: &str| {
        format!(
            "[[module.event]]\nkey = '{key}'\ntitle = {{ it = 'Giornata {key}' }}\nkind = 'seminar'\n\
             [[module.event.session]]\nid = 'maggio'\ndate = 2026-05-04\nplace = 'Sala Blu'\n\
             region = 'Umbria'\n"
        )
    };
    course("", &module("m1", "'all'", &(event("a") + &event("b"))))
}

#[test]
fn the_sheet_to_sign_has_the_people_of_the_session_by_name_and_no_results() {
    let course = with_sessions();
    let [one] = crate::sessions_named(&course, "a/maggio")[..] else { panic!("one session") };
    let named = |id: &str, name: &str, region: &str| Learner {
        name: name.into(),
        ..learner(id, region, "Comune", "")
    };
    let was_there = || {
        let object = one.session.object.as_str();
        Said::default().and("attended", object, "2026-05-04T10:00:00Z", lasting("PT4H"))
    };
    let cohort = [
        (named("u1", "Ugo Neri", "Umbria"), was_there()),
        (named("u2", "Ada Bianchi", "Umbria"), Said::default()),
        (named("u3", "Ivo Rossi", "Sicilia"), Said::default()),
    ];
    let members = members(&course, &cohort, None);
    let grouping = Grouping::default();
    let asked = Asked::new(view(&course, &members), &grouping);
    let table = table_of("register", &Asked { session: Some(one), ..asked });
    let at = |key: &str| table.columns.iter().position(|column| column.key == key);
    let ids: Vec<&Cell> = table.rows.iter().map(|row| &row[at("learner").unwrap()]).collect();
    assert_eq!(ids, [&Cell::Text("u2".into()), &Cell::Text("u1".into())], "by name, of Umbria");
    for result in ["present", "hours", "statements"] {
        assert_eq!(at(result), None, "{result}");
    }
    for room in ["arrival", "departure", "signature"] {
        let column = &table.columns[at(room).unwrap()];
        assert_eq!(column.kind, Kind::Signature);
        assert!(table.print.contains(&room), "{room} is on paper");
    }
    assert_eq!(table.title.it, "Foglio firme: Giornata a, maggio, 04/05/2026; luogo: Sala Blu");
}

#[test]
fn a_session_id_that_two_events_use_names_both() {
    let course = with_sessions();
    let of = |wanted: &str| {
        let found = crate::sessions_named(&course, wanted);
        found.iter().map(|it| it.event.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("maggio"), ["a", "b"]);
    assert_eq!(of("b/maggio"), ["b"]);
    assert_eq!(of("c/maggio"), [""; 0]);
}
