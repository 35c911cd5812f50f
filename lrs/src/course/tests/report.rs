use serde_json::{Value, json};

use super::super::{Course, Evidence, Grouping, Learner, LearnerProgress, ProgressReport};

/// Modules in an order that is not the alphabet's.
fn course() -> Course {
    let module = |id: &str| {
        format!(
            "[[module]]\nid = '{id}'\ntitle = {{ it = 'M' }}\n\
             [[module.activity]]\nid = 'https://c.example/{id}/1'\n\
             [[module.activity]]\nid = 'https://c.example/{id}/2'\n"
        )
    };
    let head = "id = 'c'\ntitle = { it = 'Corso' }\ntime_zone = 'Europe/Rome'\n";
    Course::parse(&format!("{head}{}{}", module("z"), module("a"))).unwrap()
}

fn learner(id: &str, region: &str, role: &str) -> Learner {
    Learner { id: id.into(), region: region.into(), role: role.into(), ..Learner::default() }
}

fn progress(statements: &[(&str, &str, Value)]) -> LearnerProgress {
    let evidence = statements.iter().zip(1..).map(|((verb, object, result), n)| {
        let statement = json!({
            "actor": {"mbox": "mailto:a@b.it"},
            "verb": {"id": format!("http://adlnet.gov/expapi/verbs/{verb}")},
            "object": {"id": format!("https://c.example/{object}")},
            "result": result,
        });
        Evidence::read(&statement, &n.to_string(), n).unwrap()
    });
    LearnerProgress::rebuild(&course(), &evidence.collect::<Vec<_>>())
}

type Cohort = Vec<(Learner, Option<LearnerProgress>)>;

/// Maria has done module z, Anna begun both, Ugo nothing, and Ivo has no region.
fn cohort() -> Cohort {
    let scored = |scaled: f64| json!({"score": {"scaled": scaled}, "duration": "PT20M"});
    vec![
        (
            learner("maria", "Umbria", "official"),
            Some(progress(&[
                ("passed", "z/1", scored(0.9)),
                ("completed", "z/2", scored(0.6)),
                ("terminated", "z/2", json!({"duration": "PT1H0M10S"})),
            ])),
        ),
        (
            learner("anna", "Umbria", "=manager"),
            Some(progress(&[("failed", "z/1", scored(0.25)), ("initialized", "a/1", Value::Null)])),
        ),
        (learner("ugo", "Sicilia", "official"), None),
        (learner("ivo", "", "official"), Some(progress(&[("passed", "a/1", scored(1.0))]))),
    ]
}

fn report(by: &str, cohort: &Cohort) -> ProgressReport {
    let grouping: Grouping = by.parse().unwrap();
    let learners = cohort.iter().map(|(learner, progress)| (learner, progress.as_ref()));
    ProgressReport::new(&course(), grouping, Some(1_774_747_800_000_000), learners)
}

#[test]
fn the_report_by_module_and_region_has_these_figures() {
    // Maria: 20 min (outcome of z/1) + 1 h 10 s (sessions of z/2) = 1 h 20 min 10 s; with Anna's
    // 20 min 1 h 40 min 10 s = 1.669…; scores (0.75 + 0.25) / 2.
    let expected = json!({
        "course": "c",
        "through": "2026-03-29T01:30:00Z",
        "time_zone": "Europe/Rome",
        "rows": [
            {"module": "z", "region": "", "enrolled": 1, "not_started": 1, "in_progress": 0,
             "completed": 0, "passed": 0, "failed": 0, "score_mean": null, "hours": 0.0},
            {"module": "z", "region": "Sicilia", "enrolled": 1, "not_started": 1, "in_progress": 0,
             "completed": 0, "passed": 0, "failed": 0, "score_mean": null, "hours": 0.0},
            {"module": "z", "region": "Umbria", "enrolled": 2, "not_started": 0, "in_progress": 1,
             "completed": 1, "passed": 1, "failed": 1, "score_mean": 0.5, "hours": 1.67},
            {"module": "a", "region": "", "enrolled": 1, "not_started": 0, "in_progress": 1,
             "completed": 0, "passed": 1, "failed": 0, "score_mean": 1.0, "hours": 0.33},
            {"module": "a", "region": "Sicilia", "enrolled": 1, "not_started": 1, "in_progress": 0,
             "completed": 0, "passed": 0, "failed": 0, "score_mean": null, "hours": 0.0},
            {"module": "a", "region": "Umbria", "enrolled": 2, "not_started": 1, "in_progress": 1,
             "completed": 0, "passed": 0, "failed": 0, "score_mean": null, "hours": 0.0},
        ],
    });
    assert_eq!(serde_json::to_value(report("module,region", &cohort())).unwrap(), expected);
}

#[test]
fn without_module_the_figures_are_about_the_whole_course() {
    // Means: Maria 0.75, Anna 0.25, Ivo 1: 2 / 3. Hours: 1:20:10 + 0:20 + 0:20 = 2.0027….
    let report = report("", &cohort());
    let rows = serde_json::to_value(&report.rows).unwrap();
    let expected = json!([{"enrolled": 4, "not_started": 1, "in_progress": 3, "completed": 0,
        "passed": 2, "failed": 1, "score_mean": 0.6667, "hours": 2.0}]);
    assert_eq!(rows, expected);
}

#[test]
fn the_course_is_completed_when_every_module_is() {
    let all = ["z/1", "z/2", "a/1", "a/2"].map(|object| ("completed", object, Value::Null));
    let cohort = vec![
        (learner("u1", "Umbria", ""), Some(progress(&all))),
        (learner("u2", "Umbria", ""), Some(progress(&all[..3]))),
    ];
    let figures = report("region", &cohort).rows[0].figures;
    assert_eq!((figures.completed, figures.in_progress), (1, 1));
}

#[test]
fn a_course_without_learners_has_a_row_of_zeros_for_each_module() {
    let rows = report("module", &vec![]).rows;
    let modules: Vec<&str> = rows.iter().map(|row| row.group[0].1.as_str()).collect();
    assert_eq!(modules, ["z", "a"]);
    assert!(rows.iter().all(|row| row.figures.enrolled == 0 && row.figures.score_mean.is_none()));
    assert_eq!(report("", &vec![]).rows.len(), 1);
    assert_eq!(report("module,region", &vec![]).rows.len(), 0);
}

#[test]
fn rows_follow_the_order_of_the_keys() {
    let rows = report("region, module", &cohort()).rows;
    let values: Vec<(&str, &str)> =
        rows.iter().map(|row| (row.group[0].1.as_str(), row.group[1].1.as_str())).collect();
    let expected = [
        ("", "z"),
        ("", "a"),
        ("Sicilia", "z"),
        ("Sicilia", "a"),
        ("Umbria", "z"),
        ("Umbria", "a"),
    ];
    assert_eq!(values, expected);
}

#[test]
fn an_unknown_key_is_answered_with_the_known_ones() {
    let error = "module,city".parse::<Grouping>().unwrap_err().to_string();
    assert_eq!(
        error,
        "`city` is nothing to group by: use any of module, region, province, body, role, office"
    );
    assert_eq!("module, region,module".parse::<Grouping>().unwrap().to_string(), "module,region");
    assert!("module,,region".parse::<Grouping>().is_err());
}

#[test]
fn csv_keeps_spreadsheets_from_running_formulas() {
    let csv = report("role", &cohort()).to_csv();
    let expected = "role,enrolled,not_started,in_progress,completed,passed,failed,score_mean,hours\r\n\
                    '=manager,1,0,1,0,0,1,0.25,0.33\r\n\
                    official,3,1,2,0,2,0,0.875,1.67\r\n";
    assert_eq!(csv, expected);
}

#[test]
fn the_table_aligns_text_left_and_figures_right() {
    let expected = "\
c through 2026-03-29T01:30:00Z (Europe/Rome)
region   enrolled  not_started  in_progress  completed  passed  failed  score_mean  hours
-               1            0            1          0       1       0      1.0000   0.33
Sicilia         1            1            0          0       0       0           -   0.00
Umbria          2            0            2          0       1       1      0.5000   1.67
";
    assert_eq!(report("region", &cohort()).to_table(), expected);
}
