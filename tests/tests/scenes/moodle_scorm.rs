//! `traccia import moodle-scorm`: what Moodle has kept of SCORM attempts.

use std::fmt::Write as _;

use e2e::{Done, Traccia};
use serde_json::{Value, json};

const SITE: &str = "https://moodle.example.it";
const MODULE: &str = "https://moodle.example.it/mod/scorm/view.php?id=77";
/// The headings of the queries in docs/moodle.md.
const HEAD: [&str; 10] = [
    "userid",
    "username",
    "cmid",
    "scormid",
    "scoid",
    "identifier",
    "title",
    "attempt",
    "element",
    "value",
];

/// Rows of elements, a second apart, of one learner on one SCO; `timemodified` comes last.
fn rows(learner: u32, sco: u32, attempt: u32, elements: &[(&str, &str)]) -> Vec<Vec<String>> {
    let row = |(n, (element, value)): (usize, &(&str, &str))| {
        let fields = [
            learner.to_string(),
            format!("user{learner}"),
            "77".into(),
            "5".into(),
            sco.to_string(),
            format!("I{sco}"),
            format!("SCO, {sco}"),
            attempt.to_string(),
            (*element).to_owned(),
            (*value).to_owned(),
            (1_770_000_000 + n).to_string(),
        ];
        fields.to_vec()
    };
    elements.iter().enumerate().map(row).collect()
}

/// A file with this delimiter, all fields quoted or none that need no quotes.
fn file(rows: &[Vec<String>], delimiter: &str, is_quoted: bool) -> String {
    let field = |text: &str| {
        let is_special = text.contains([',', ';', '\t', '"', '\n']);
        if is_quoted || is_special {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let mut head: Vec<String> = HEAD.map(str::to_owned).to_vec();
    head.push("timemodified".into());
    let mut text = String::new();
    for row in std::iter::once(&head).chain(rows) {
        let fields: Vec<String> = row.iter().map(|text| field(text)).collect();
        writeln!(text, "{}", fields.join(delimiter)).unwrap();
    }
    text
}

/// A file of tabs: a row is a line.
fn of_lines(rows: &[Vec<String>]) -> String {
    let escaped = |row: &Vec<String>| {
        let fields: Vec<String> =
            row.iter().map(|text| text.replace('\\', "\\\\").replace('\n', "\\n")).collect();
        fields.join("\t") + "\n"
    };
    let head = HEAD.join("\t") + "\ttimemodified\n";
    rows.iter().map(escaped).fold(head, |text, row| text + &row)
}

/// As Moodle keeps SCORM 1.2: underscores before numbers.
const SAID_12: [(&str, &str); 14] = [
    ("x.start.time", "1769999990"),
    ("cmi.core.lesson_status", "passed"),
    ("cmi.core.score.raw", "85"),
    ("cmi.core.score.min", "0"),
    ("cmi.core.score.max", "100"),
    ("cmi.suspend_data", "a \"long\" text\nof two lines"),
    ("cmi.interactions_0.id", "q 1"),
    ("cmi.interactions_0.type", "choice"),
    ("cmi.interactions_0.student_response", "a,b"),
    ("cmi.interactions_0.correct_responses_0.pattern", "a,c"),
    ("cmi.interactions_0.result", "wrong"),
    ("cmi.core.exit", ""),
    ("cmi.core.total_time", "0000:10:05.00"),
    ("cmi.interactions_0.latency", "00:00:07"),
];

const SAID_2004: [(&str, &str); 8] = [
    ("cmi.completion_status", "completed"),
    ("cmi.success_status", "failed"),
    ("cmi.score.scaled", "0.4"),
    ("cmi.interactions.0.id", "q1"),
    ("cmi.interactions.0.learner_response", "true"),
    ("cmi.objectives.0.id", "fire"),
    ("cmi.objectives.0.success_status", "passed"),
    ("cmi.total_time", "PT5M"),
];

async fn import(traccia: &Traccia, text: &str, more: &[&str]) -> Done {
    let file = traccia.file("tracks.csv", text);
    traccia.cli(&[&["import", "moodle-scorm", &file, "--site", SITE][..], more].concat()).await
}

async fn kept(traccia: &Traccia) -> Vec<Value> {
    let mut kept = traccia.admin().get("/statements?limit=0").await.expect(200).statements();
    kept.sort_by_key(|it| it["timestamp"].as_str().unwrap().to_owned());
    kept
}

fn verbs(statements: &[Value]) -> Vec<String> {
    let name =
        |it: &Value| it["verb"]["id"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let mut names: Vec<String> = statements.iter().map(name).collect();
    names.sort();
    names
}

fn of<'a>(statements: &'a [Value], verb: &str) -> &'a Value {
    let is = |it: &&Value| it["verb"]["id"].as_str().unwrap().ends_with(&format!("/{verb}"));
    statements.iter().find(is).unwrap()
}

#[tokio::test]
async fn an_attempt_of_scorm_12_becomes_statements_of_the_profile_and_a_second_import_changes_nothing()
 {
    let traccia = Traccia::start().await;
    let text = file(&rows(1042, 3, 1, &SAID_12), ",", false);
    let done = import(&traccia, &text, &[]).await;
    assert!(done.success().contains("5 new, 0 known, 0 refused"), "{done}");
    let done = import(&traccia, &text, &[]).await;
    assert!(done.success().contains("0 new, 5 known, 0 refused"), "{done}");
    let kept = kept(&traccia).await;
    assert_eq!(verbs(&kept), ["initialized", "passed", "responded", "scored", "terminated"]);
    let sco = format!("{MODULE}/I3");
    for statement in &kept {
        assert_eq!(statement["actor"]["account"], json!({"homePage": SITE, "name": "1042"}));
        let around = &statement["context"]["contextActivities"];
        assert_eq!(around["grouping"][0]["id"], MODULE, "as logstore_xapi names the activity");
        assert_eq!(around["category"][0]["id"], "https://w3id.org/xapi/scorm");
    }
    let score = json!({"scaled": 0.85, "raw": 85, "min": 0, "max": 100});
    let result =
        json!({"success": true, "completion": true, "score": score, "duration": "PT0H10M5S"});
    assert_eq!(of(&kept, "terminated")["result"], result);
    assert_eq!(of(&kept, "terminated")["object"]["id"], sco);
    assert_eq!(of(&kept, "terminated")["object"]["definition"]["name"]["und"], "SCO, 3");
    assert_eq!(of(&kept, "initialized")["timestamp"], "2026-02-02T02:39:50.000000Z");
    let answered = of(&kept, "responded");
    assert_eq!(answered["object"]["id"], format!("{sco}/interactions/q%201"));
    assert_eq!(answered["object"]["definition"]["correctResponsesPattern"], json!(["a[,]c"]));
    assert_eq!(
        answered["result"],
        json!({"response": "a[,]b", "success": false, "duration": "PT0H0M7S"})
    );
}

#[tokio::test]
async fn every_shape_of_the_export_says_the_same() {
    let attempt = [rows(7, 3, 1, &SAID_12), rows(7, 4, 1, &SAID_2004)].concat();
    let traccia = Traccia::start().await;
    let done = import(&traccia, &file(&attempt, ",", false), &[]).await;
    assert!(done.success().contains("12 new, 0 known, 0 refused"), "{done}");
    let dotted: Vec<Vec<String>> = attempt
        .iter()
        .map(|row| row.iter().map(|text| text.replace("s_0.", "s.0.")).collect())
        .collect();
    assert_ne!(dotted, attempt);
    let windows = file(&attempt, ";", true).replace('\n', "\r\n").replace("text\r\nof", "text\nof");
    for (what, text) in [
        (
            "semicolons, quoted, line ends of Windows, a mark at the beginning",
            format!("\u{feff}{windows}"),
        ),
        ("tabs, as clients of databases write them", of_lines(&attempt)),
        ("dots before numbers", file(&dotted, ",", false)),
        ("headings in capitals", file(&attempt, ",", false).replacen("userid", "UserID", 1)),
    ] {
        let done = import(&traccia, &text, &[]).await;
        assert!(done.success().contains("0 new, 12 known, 0 refused"), "{what}: {done}");
    }
    let kept = kept(&traccia).await;
    let second: Vec<Value> = kept
        .into_iter()
        .filter(|it| it["object"]["id"].as_str().unwrap().contains("/I4"))
        .collect();
    assert_eq!(
        verbs(&second),
        ["completed", "failed", "initialized", "passed", "responded", "scored", "terminated"]
    );
    assert_eq!(of(&second, "passed")["object"]["id"], format!("{MODULE}/I4/objectives/fire"));
    assert_eq!(
        of(&second, "failed")["result"],
        json!({"success": false, "completion": true, "score": {"scaled": 0.4}})
    );
}

#[tokio::test]
async fn a_dry_run_sends_nothing_and_says_what_would_be_refused() {
    let traccia = Traccia::start().await;
    let mut all = rows(7, 3, 1, &SAID_12);
    all[2][0] = "anna".into();
    let done = import(&traccia, &file(&all, ",", false), &["--dry-run"]).await;
    assert_eq!(done.code, Some(1), "{done}");
    assert!(done.stdout.contains("4 would be sent, 1 refused"), "{done}");
    assert!(
        done.stderr.contains("line 4 is refused: `anna` is no number, in the column userid."),
        "{done}"
    );
    let none = import(&traccia, &file(&all[2..3], ",", false), &["--dry-run"]).await;
    assert!(none.stdout.contains("0 would be sent, 1 refused"), "{none}");
    assert_eq!(kept(&traccia).await.len(), 0);
}

#[tokio::test]
async fn a_refused_row_is_in_the_reject_file_with_its_line_and_the_others_are_sent() {
    let traccia = Traccia::start().await;
    let mut all = [rows(7, 3, 1, &SAID_12), rows(8, 3, 1, &SAID_12)].concat();
    // After the two lines of the suspend data.
    all[8][10] = "yesterday".into();
    let mut text = file(&all, ",", false);
    text.push_str("9,short\n");
    let done = import(&traccia, &text, &[]).await;
    assert_eq!(done.code, Some(1), "{done}");
    let file = std::fs::read_to_string(traccia.folder().join("tracks.csv.rejects.ndjson")).unwrap();
    let rejects: Vec<Value> =
        file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lines: Vec<&Value> = rejects.iter().map(|it| &it["line"]).collect();
    assert_eq!(lines, [11, 32], "{file}");
    assert!(rejects[0]["reason"].as_str().unwrap().contains("timemodified"), "{file}");
    assert!(rejects[1]["reason"].as_str().unwrap().contains("2 fields"), "{file}");
    assert_eq!(kept(&traccia).await.len(), 10);
}

#[tokio::test]
async fn a_file_that_is_no_export_or_not_sorted_is_refused_with_what_to_do() {
    let traccia = Traccia::start().await;
    let refused = async |text: &str, more: &[&str]| {
        let done = import(&traccia, text, more).await;
        assert_eq!(done.code, Some(3), "{done}");
        done.stderr
    };
    let said = refused("element,value\n", &[]).await;
    assert!(said.contains("no column userid, cmid, scoid, attempt, timemodified"), "{said}");
    let nameless = file(&[], ",", false).replace("username", "login");
    let said = refused(&nameless, &["--account", "username"]).await;
    assert!(said.contains("no column username"), "{said}");
    let said = refused("\u{0}", &[]).await;
    assert!(said.contains("no column"), "{said}");
    let backwards = [rows(8, 3, 1, &SAID_12), rows(7, 3, 1, &SAID_12)].concat();
    let said = refused(&file(&backwards, ",", false), &[]).await;
    assert!(said.contains("line 17 ") && said.contains("Sort by userid"), "{said}");
    let open = file(&rows(7, 3, 1, &SAID_12), ",", false) + "\"" + &"x\n".repeat(9 << 20);
    let done = import(&traccia, &open, &[]).await;
    assert_eq!(done.code, Some(5), "{done}");
    assert!(done.stderr.contains("is a quotation mark missing?"), "{}", done.stderr);
}

#[tokio::test]
async fn learners_go_by_their_user_names_and_late_attempts_are_left_out_where_that_is_wanted() {
    let traccia = Traccia::start().await;
    let mut later = rows(8, 3, 1, &SAID_12);
    for row in &mut later {
        row[10] = "1780000000".into();
    }
    let text = file(&[rows(7, 3, 1, &SAID_12), later].concat(), ",", false);
    let more = ["--account", "username", "--before", "2026-05-01T00:00:00Z"];
    let done = import(&traccia, &text, &more).await;
    assert!(done.success().contains("5 new"), "{done}");
    for statement in kept(&traccia).await {
        assert_eq!(statement["actor"]["account"]["name"], "user7");
    }
    let done = import(&traccia, &text, &["--before", "soon"]).await;
    assert_eq!(done.code, Some(2), "{done}");
}

#[tokio::test]
async fn an_attempt_that_went_on_keeps_one_end_and_says_so() {
    let traccia = Traccia::start().await;
    let begun = rows(7, 3, 1, &SAID_12[..1]);
    let done = import(&traccia, &file(&begun, ",", false), &[]).await;
    assert!(done.success().contains("2 new"), "{done}");
    let done = import(&traccia, &file(&rows(7, 3, 1, &SAID_12), ",", false), &[]).await;
    assert_eq!(done.code, Some(1), "{done}");
    assert!(done.stdout.contains("3 new, 1 known, 1 refused"), "{done}");
    assert_eq!(
        verbs(&kept(&traccia).await),
        ["initialized", "passed", "responded", "scored", "terminated"]
    );
}
