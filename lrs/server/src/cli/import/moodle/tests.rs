//! The queries of docs/moodle.md, run on tables of both shapes.

use std::io::Write as _;

use rusqlite::Connection;
use serde_json::Value;

use super::attempt::Attempt;
use super::rows::Rows;
use super::statements::Site;
use super::{Account, Bytes};
use course::LearnerList;

const GUIDE: &str = include_str!("../../../../../../docs/moodle.md");

/// What Moodle has whatever its version: two activities, of which one is no SCORM, and two users.
const TABLES: &str = "
    CREATE TABLE mdl_user (id INTEGER, username TEXT, firstname TEXT, lastname TEXT, email TEXT, deleted INTEGER);
    INSERT INTO mdl_user VALUES (1042, 'anna.rossi', 'Anna', 'Rossi, detta Nina', 'anna@example.org', 0),
        (9, 'bea.verdi', 'Bea', 'Verdi', 'bea@example.org', 0), (11, 'gone', 'X', 'Y', 'z@example.org', 1);
    CREATE TABLE mdl_modules (id INTEGER, name TEXT);
    INSERT INTO mdl_modules VALUES (1, 'quiz'), (2, 'scorm');
    CREATE TABLE mdl_course_modules (id INTEGER, module INTEGER, instance INTEGER);
    INSERT INTO mdl_course_modules VALUES (76, 1, 5), (77, 2, 5);
    CREATE TABLE mdl_scorm_scoes (id INTEGER, scorm INTEGER, identifier TEXT, launch TEXT, title TEXT);
    INSERT INTO mdl_scorm_scoes VALUES (3, 5, 'I1', 'index.html', 'Uno'), (4, 5, 'I2', 'due.html', 'Due');";

const UNTIL_42: &str = "
    CREATE TABLE mdl_scorm_scoes_track (id INTEGER, userid INTEGER, scormid INTEGER, scoid INTEGER, attempt INTEGER,
        element TEXT, value TEXT, timemodified INTEGER);";

const FROM_43: &str = "
    CREATE TABLE mdl_scorm_attempt (id INTEGER, userid INTEGER, scormid INTEGER, attempt INTEGER);
    CREATE TABLE mdl_scorm_element (id INTEGER, element TEXT);
    CREATE TABLE mdl_scorm_scoes_value (id INTEGER, scoid INTEGER, attemptid INTEGER, elementid INTEGER, value TEXT,
        timemodified INTEGER);";

/// Rows of two learners in the order in which Moodle wrote them, which is not that of the learners.
const TRACKS: [(u32, u32, u32, &str, &str); 7] = [
    (1042, 3, 1, "cmi.core.lesson_status", "passed"),
    (9, 3, 1, "cmi.core.lesson_status", "failed"),
    (1042, 4, 1, "cmi.core.lesson_status", "completed"),
    (1042, 3, 1, "cmi.core.score.raw", "85"),
    (1042, 3, 1, "cmi.interactions_0.id", "a \"quoted\", id"),
    (1042, 3, 1, "cmi.interactions_0.result", "correct"),
    (9, 3, 2, "cmi.core.total_time", "00:10:00"),
];

/// The blocks of SQL in the guide.
fn queries() -> Vec<&'static str> {
    let blocks = GUIDE.split("```sql\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap()).collect()
}

/// What a query gives, as CSV with headings.
fn exported(database: &Connection, query: &str) -> Vec<u8> {
    let mut statement = database.prepare(query).unwrap();
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&names).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let text = |at: usize| match row.get_ref(at).unwrap() {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            other => other.as_str().unwrap().to_owned(),
        };
        writer.write_record((0..names.len()).map(text)).unwrap();
    }
    writer.into_inner().unwrap()
}

fn statements(csv: &[u8]) -> Vec<Value> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(csv).unwrap();
    let mut rows = Rows::of(Bytes::open(file.path()).unwrap(), Account::Id).unwrap();
    let mut attempts: Vec<Attempt> = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let row = row.unwrap();
        match attempts.last_mut().filter(|attempt| attempt.key == row.key) {
            Some(attempt) => attempt.add(row),
            None => attempts.push(Attempt::of(row)),
        }
    }
    assert!(attempts.is_sorted_by_key(|attempt| attempt.key), "as the import wants it");
    let site = Site::new("https://moodle.example.it", Account::Id);
    attempts.iter().flat_map(|attempt| site.statements(attempt)).collect()
}

#[test]
fn the_queries_of_the_guide_give_the_same_statements_of_both_shapes() {
    let [before, after, _] = queries()[..] else { panic!("three queries") };
    let old = Connection::open_in_memory().unwrap();
    old.execute_batch(&format!("{TABLES}{UNTIL_42}")).unwrap();
    let new = Connection::open_in_memory().unwrap();
    new.execute_batch(&format!("{TABLES}{FROM_43}")).unwrap();
    for (n, (user, sco, attempt, element, value)) in (0_u32..).zip(TRACKS) {
        let time = 1_770_000_000 + n;
        let insert = "INSERT INTO mdl_scorm_scoes_track VALUES (?, ?, 5, ?, ?, ?, ?, ?)";
        old.execute(insert, (n, user, sco, attempt, element, value, time)).unwrap();
        // Ids that are not those of anything else.
        let attempt_id = 1000 + user * 10 + attempt;
        new.execute("DELETE FROM mdl_scorm_attempt WHERE id = ?", [attempt_id]).unwrap();
        new.execute(
            "INSERT INTO mdl_scorm_attempt VALUES (?, ?, 5, ?)",
            (attempt_id, user, attempt),
        )
        .unwrap();
        new.execute("INSERT INTO mdl_scorm_element VALUES (?, ?)", (2000 + n, element)).unwrap();
        let insert = "INSERT INTO mdl_scorm_scoes_value VALUES (?, ?, ?, ?, ?, ?)";
        new.execute(insert, (n, sco, attempt_id, 2000 + n, value, time)).unwrap();
    }
    let (of_old, of_new) =
        (statements(&exported(&old, before)), statements(&exported(&new, after)));
    assert_eq!(of_old, of_new);
    let learners: Vec<&Value> = of_old.iter().map(|it| &it["actor"]["account"]["name"]).collect();
    assert_eq!(learners.first().unwrap(), &"9", "sorted as numbers");
    assert_eq!(of_old.len(), 13, "{of_old:#?}");
    for statement in &of_old {
        let object = statement["object"]["id"].as_str().unwrap();
        assert!(
            object.starts_with("https://moodle.example.it/mod/scorm/view.php?id=77/I"),
            "{object}"
        );
    }
}

#[test]
fn the_query_for_learners_gives_a_list_in_which_each_has_both_names() {
    let database = Connection::open_in_memory().unwrap();
    database.execute_batch(TABLES).unwrap();
    let csv = exported(&database, queries()[2]);
    let list = LearnerList::parse(&csv).unwrap();
    let anna = list.learners().iter().find(|learner| learner.id == "1042").unwrap();
    assert_eq!(anna.name, "Anna Rossi, detta Nina");
    let names: Vec<String> = anna.identifiers.iter().map(ToString::to_string).collect();
    assert!(names.contains(&"account::1042@https://moodle.example.it".to_owned()), "{names:?}");
    assert!(
        names.contains(&"account::anna.rossi@https://moodle.example.it".to_owned()),
        "{names:?}"
    );
    assert_eq!(list.learners().len(), 2, "deleted users are not in it");
}

#[test]
fn parts_of_a_sco_have_the_iris_that_the_shim_and_the_player_give_them() {
    let csv = "userid,username,cmid,scormid,scoid,identifier,title,attempt,element,value,timemodified\n\
        7,anna,77,5,3,I1,Uno,1,cmi.interactions_0.id,it's (1)!*,1770000000\n\
        7,anna,77,5,3,I1,Uno,1,cmi.interactions_0.result,correct,1770000000\n\
        7,anna,77,5,3,I1,Uno,1,cmi.objectives_0.id,it's (2)!*,1770000000\n\
        7,anna,77,5,3,I1,Uno,1,cmi.objectives_0.status,passed,1770000000\n\
        7,anna,77,5,3,I1,Uno,1,cmi.core.score.raw,8,1770000000\n\
        7,anna,77,5,3,I1,Uno,1,cmi.core.score.max,10,1770000000\n";
    let all = statements(csv.as_bytes());
    let ids: Vec<&str> = all.iter().map(|it| it["object"]["id"].as_str().unwrap()).collect();
    let sco = "https://moodle.example.it/mod/scorm/view.php?id=77/I1";
    // As encodeURIComponent writes identifiers.
    for part in ["interactions/it's%20(1)!*", "objectives/it's%20(2)!*"] {
        assert!(ids.contains(&format!("{sco}/{part}").as_str()), "{ids:?}");
    }
    // A bound stands by itself, as in what the player says.
    let scored = all.iter().find(|it| it["verb"]["id"].as_str().unwrap().ends_with("/scored"));
    assert_eq!(
        scored.unwrap()["result"]["score"],
        serde_json::json!({"scaled": 0.08, "raw": 8, "max": 10})
    );
}
