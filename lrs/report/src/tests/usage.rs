//! R10 to R12: what learners answered, used, and when, with facts planted by hand.

use std::sync::Arc;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{Cell, Table};
use super::report::{cell, cells, learner, members, table_of, view};
use super::scene::{Said, course, lasting, module};
use crate::detail::Detail;
use crate::{Asked, Grouping};
use course::{Bilingual, Course, Learner};

const QUIZ: &str = "https://c.example/quiz";

/// A course of one test with questions below it, and one package with SCOs below it.
fn quiz_and_package() -> Course {
    let below = |key: &str| {
        format!("[[module.activity]]\nkey = '{key}'\nprefix = 'https://c.example/{key}'\n")
    };
    course("", &module("m", "'all'", &(below("quiz") + &below("pack"))))
}

/// The report of this name on these learners, by a grouping, at the end of a day.
fn report(
    name: &str,
    course: &Course,
    cohort: &[(Learner, Said)],
    by: &str,
    at: Option<Date>,
) -> Table {
    let members = members(course, cohort, at);
    let details: Vec<Detail> = cohort
        .iter()
        .map(|(learner, said)| Detail {
            learner: Arc::new(learner.clone()),
            documents: vec![said.document(course)],
        })
        .collect();
    let grouping: Grouping = by.parse().unwrap();
    let mut of = view(course, &members);
    of.at = at;
    table_of(name, &Asked { details: &details, ..Asked::new(of, &grouping) })
}

fn of(number: usize) -> Learner {
    learner(&format!("u{number}"), "Umbria", "Comune di Perugia", "official")
}

/// An answer to a question of the test.
fn answers(said: Said, question: &str, minute: usize, is_right: bool, response: &str) -> Said {
    let time = format!("2026-05-04T10:{minute:02}:00Z");
    let result = json!({"success": is_right, "response": response});
    said.and("answered", &format!("quiz/{question}"), &time, result)
}

/// Ten learners who know the matter and ten who do not. `good` and `fair` tell them apart, `bad` is answered wrongly by
/// those who know: the key of the test is wrong there.
fn cohort_with_a_bad_item() -> Vec<(Learner, Said)> {
    (0..20)
        .map(|number| {
            let knows = number < 10;
            let said = answers(Said::default(), "good", 0, knows, if knows { "a" } else { "b" });
            let said = answers(said, "fair", 1, knows || number == 10, "x");
            let wrong = if number < 7 { "d" } else { "c" };
            let said = answers(said, "bad", 2, !knows, if knows { wrong } else { "key" });
            // The second answer to a question is not the first.
            let said = answers(said, "good", 30, true, "a");
            (of(number), said)
        })
        .collect()
}

/// The row of a question.
fn row_of(table: &Table, question: &str) -> usize {
    let is_it = |row: usize| *cell(table, row, "question") == Cell::Text(question.to_owned());
    (0..table.rows.len()).find(|row| is_it(*row)).unwrap_or_else(|| panic!("no row {question}"))
}

#[test]
fn a_bad_item_is_answered_wrongly_by_those_who_know_the_rest() {
    let course = quiz_and_package();
    let table = report("questions", &course, &cohort_with_a_bad_item(), "", None);
    assert_eq!(table.rows.len(), 3, "one row for each question");
    let told = |question: &str| {
        let row = row_of(&table, &format!("{QUIZ}/{question}"));
        cells(&table, row, &["answered", "right_first", "discrimination"])
    };
    let [good, fair, bad] = ["good", "fair", "bad"].map(told);
    assert_eq!(good[..2], [json!(20), json!(0.5)]);
    assert_eq!(fair[..2], [json!(20), json!(0.55)]);
    assert_eq!(bad[..2], [json!(20), json!(0.5)]);
    assert!(bad[2].as_f64().unwrap() < -0.9, "{bad:?}");
    // The others of `good` are `fair` and `bad`: half right for all but number 10, who has both right and `good` wrong.
    assert!(good[2].as_f64().unwrap() > -0.3, "{good:?}");
    let wrong = ["wrong_1", "wrong_1_learners", "wrong_2", "wrong_2_learners"];
    let row = row_of(&table, &format!("{QUIZ}/bad"));
    let few = json!(null);
    assert_eq!(cells(&table, row, &wrong), [json!("d"), json!(7), few.clone(), few], "c has three");
}

#[test]
fn answers_of_few_show_to_who_may_see_small_groups() {
    let course = quiz_and_package();
    let cohort = cohort_with_a_bad_item();
    let members = members(&course, &cohort, None);
    let details: Vec<Detail> = cohort
        .iter()
        .map(|(learner, said)| Detail {
            learner: Arc::new(learner.clone()),
            documents: vec![said.document(&course)],
        })
        .collect();
    let grouping = Grouping::default();
    let mut of = view(&course, &members);
    of.hides_small_groups = false;
    let table = table_of("questions", &Asked { details: &details, ..Asked::new(of, &grouping) });
    let row = row_of(&table, &format!("{QUIZ}/bad"));
    assert_eq!(cells(&table, row, &["wrong_2", "wrong_2_learners"]), [json!("c"), json!(3)]);
}

/// Players that judge answers and do not say which were given.
#[test]
fn a_wrong_answer_without_a_response_is_wrong_and_is_no_answer_that_was_chosen() {
    let course = quiz_and_package();
    let cohort: Vec<_> = (0..20)
        .map(|number| {
            let result = match number {
                0..10 => json!({"success": true}),
                10..16 => json!({"success": false}),
                _ => json!({"success": false, "response": ""}),
            };
            let said = Said::default().and("answered", "quiz/q", "2026-05-04T10:00:00Z", result);
            (of(number), said)
        })
        .collect();
    let table = report("questions", &course, &cohort, "", None);
    let none = json!(null);
    let columns = ["answered", "right_first", "wrong_1", "wrong_1_learners"];
    assert_eq!(cells(&table, 0, &columns), [json!(20), json!(0.5), none.clone(), none]);
}

#[test]
fn questions_and_parts_have_the_names_that_statements_give_beside_their_iris() {
    let course = quiz_and_package();
    let cohort: Vec<_> = (0..6)
        .map(|number| {
            let said = answers(Said::default(), "q", 0, true, "a");
            let begun = |said: Said, part: &str| {
                said.and("initialized", part, "2026-05-04T08:10:00Z", Value::Null)
            };
            (of(number), begun(begun(said, "pack/one"), "pack/two"))
        })
        .collect();
    let members = members(&course, &cohort, None);
    let details: Vec<Detail> = cohort
        .iter()
        .map(|(learner, said)| Detail {
            learner: Arc::new(learner.clone()),
            documents: vec![said.document(&course)],
        })
        .collect();
    let named = |object: &str, it: &str, en: &str| {
        (format!("https://c.example/{object}"), Bilingual::new(it, en))
    };
    let names = [named("quiz/q", "Domanda", "Question"), named("pack/one", "Uno", "One")].into();
    let grouping = Grouping::default();
    let told = |report: &str, object: &str, [iri, title]: [&str; 2]| {
        let of = view(&course, &members);
        let asked = Asked { details: &details, names: &names, ..Asked::new(of, &grouping) };
        let table = table_of(report, &asked);
        let object = Cell::Text(format!("https://c.example/{object}"));
        let row = (0..table.rows.len()).find(|row| *cell(&table, *row, iri) == object).unwrap();
        cell(&table, row, title).clone()
    };
    let name = |it: &str, en: &str| Cell::bilingual(Bilingual::new(it, en));
    let [of_question, of_part] = [["question", "question_title"], ["part", "part_title"]];
    assert_eq!(told("questions", "quiz/q", of_question), name("Domanda", "Question"));
    assert_eq!(told("content", "pack/one", of_part), name("Uno", "One"));
    assert_eq!(told("content", "pack/two", of_part), Cell::Empty, "no statement names it");
}

#[test]
fn a_question_counts_as_it_was_first_answered_until_the_day_asked_for() {
    let course = quiz_and_package();
    let cohort: Vec<_> = cohort_with_a_bad_item();
    let before = report("questions", &course, &cohort, "", Some(date(2026, 5, 3)));
    assert_eq!(before.rows.len(), 0, "nobody has answered yet");
    let on_the_day = report("questions", &course, &cohort, "", Some(date(2026, 5, 4)));
    assert_eq!(on_the_day.rows, report("questions", &course, &cohort, "", None).rows);
}

#[test]
fn a_question_of_few_is_hidden_across_bodies() {
    let course = quiz_and_package();
    let cohort: Vec<(Learner, Said)> = (0..8)
        .map(|number| {
            let body = if number < 4 { "Comune di Perugia" } else { "Comune di Terni" };
            let said = answers(Said::default(), "q", 0, true, "a");
            (learner(&format!("u{number}"), "Umbria", body, "official"), said)
        })
        .collect();
    let by_body = report("questions", &course, &cohort, "body", None);
    for row in 0..2 {
        assert_eq!(cells(&by_body, row, &["answered", "right_first"]), ["hidden", "hidden"]);
    }
    let all = report("questions", &course, &cohort, "", None);
    assert_eq!(cells(&all, 0, &["answered", "right_first"]), [json!(8), json!(1.0)]);
}

/// Two bodies of ten learners each, of whom as many did something as `doing` says.
fn two_bodies(doing: [usize; 2], does: impl Fn(Said, usize) -> Said) -> Vec<(Learner, Said)> {
    let of_body = |body: usize| {
        let does = &does;
        (0..10).map(move |number| {
            let name = ["Comune di Perugia", "Comune di Terni"][body];
            let learner = learner(&format!("u{body}{number}"), "Umbria", name, "official");
            let said = Said::default();
            (learner, if number < doing[body] { does(said, number) } else { said })
        })
    };
    (0..2).flat_map(of_body).collect()
}

/// In each report of what people did, the first row of each body: how many did it.
fn told_of_bodies(doing: [usize; 2], name: &str, key: &str) -> Vec<Value> {
    let course = quiz_and_package();
    let cohort = two_bodies(doing, |said, _| match name {
        "questions" => answers(said, "q", 0, true, "a"),
        "assessment" => {
            said.and("passed", "quiz", "2026-05-04T10:00:00Z", json!({"success": true}))
        }
        _ => said.and("initialized", "pack/one", "2026-05-04T08:10:00Z", Value::Null),
    });
    let table = report(name, &course, &cohort, "body", None);
    let rows = table.rows.len().min(2);
    (0..rows).flat_map(|row| cells(&table, row, &["enrolled", key])).collect()
}

#[test]
fn what_few_of_a_large_group_did_is_hidden() {
    let hidden = json!("hidden");
    for (name, key) in [
        ("questions", "answered"),
        ("questions", "right_first"),
        ("assessment", "takers"),
        ("content", "started"),
        ("times", "active"),
    ] {
        assert_eq!(
            told_of_bodies([1, 0], name, key)[..2],
            [hidden.clone(), hidden.clone()],
            "{name}"
        );
        // The other one would be the difference to a table of both.
        assert_eq!(told_of_bodies([4, 9], name, key), vec![hidden.clone(); 4], "{name}");
        assert!(!told_of_bodies([5, 9], name, key).contains(&hidden), "{name} {key}");
    }
}

#[test]
fn a_part_that_few_of_a_large_group_used_is_hidden() {
    let course = quiz_and_package();
    let begins = |said: Said, part: &str, time: &str| {
        said.and(
            "initialized",
            &format!("pack/{part}"),
            &format!("2026-05-04T{time}Z"),
            Value::Null,
        )
    };
    let cohort = two_bodies([10, 10], |said, number| {
        let said = begins(said, "one", "08:10:00");
        if number < 2 { begins(said, "two", "09:10:00") } else { said }
    });
    let table = report("content", &course, &cohort, "", None);
    let told: Vec<Value> =
        (0..3).flat_map(|row| cells(&table, row, &["started", "stopped"])).collect();
    let hidden = || json!("hidden");
    assert_eq!(told, [json!(20), json!(20), json!(20), json!(16), hidden(), hidden()]);
}

/// Of a large group that began or answered, few may have a time, or be known to be right.
#[test]
fn figures_of_few_of_those_who_did_something_are_hidden() {
    let course = quiz_and_package();
    let told = |with: usize| {
        let cohort = two_bodies([10, 10], |said, number| {
            let at = |said: Said, time: &str| {
                said.and("initialized", "pack/one", &format!("2026-05-04T{time}Z"), Value::Null)
            };
            let has = number < with;
            let said = at(said, "08:10:00");
            let said = if has {
                said.and("terminated", "pack/one", "2026-05-04T08:40:00Z", lasting("PT30M"))
            } else {
                said
            };
            let response = json!({"response": "a"});
            if has {
                answers(said, "q", 0, true, "a")
            } else {
                said.and("answered", "quiz/q", "2026-05-04T10:00:00Z", response)
            }
        });
        ["content", "questions"].map(|name| {
            let table = report(name, &course, &cohort, "", None);
            // The quiz, in the first row of the content, has no time.
            let (row, key) =
                if name == "content" { (1, "hours_median") } else { (0, "right_first") };
            cells(&table, row, &["enrolled", key])
        })
    };
    assert_eq!(told(2), [[json!(20), json!("hidden")], [json!(20), json!("hidden")]]);
    let [content, questions] = told(3);
    assert!(content[1].is_number(), "six have a time: {content:?}");
    assert_eq!(questions, [json!(20), json!(1.0)]);
}

#[test]
fn hours_in_which_few_of_many_were_active_are_hidden() {
    let course = quiz_and_package();
    let cohort = two_bodies([10, 10], |said, number| {
        let at = |said: Said, time: &str| {
            said.and("initialized", "pack/one", &format!("2026-05-04T{time}Z"), Value::Null)
        };
        // Rome is two hours ahead.
        let said = at(at(said, "07:10:00"), "08:10:00");
        let said = if number < 4 { at(said, "09:10:00") } else { said };
        if number < 1 { at(said, "20:10:00") } else { said }
    });
    let table = report("times", &course, &cohort, "", None);
    let keys = ["active", "hour_03", "hour_09", "hour_10", "hour_11", "hour_22"];
    let hidden = || json!("hidden");
    assert_eq!(
        cells(&table, 0, &keys),
        [json!(20), json!(0), json!(20), json!(20), hidden(), hidden()]
    );
}

/// Pearson's correlation of two lists, by its definition.
fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = f64::from(u32::try_from(x.len()).unwrap());
    let mean = |list: &[f64]| list.iter().sum::<f64>() / n;
    let (mx, my) = (mean(x), mean(y));
    let both: f64 = x.iter().zip(y).map(|(a, b)| (a - mx) * (b - my)).sum();
    let spread = |list: &[f64], of: f64| list.iter().map(|it| (it - of).powi(2)).sum::<f64>();
    let spread = (spread(x, mx) * spread(y, my)).sqrt();
    (spread > 1e-6).then(|| both / spread)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn discrimination_is_pearsons_correlation_with_the_rest(
        right in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 3), 10..16)
    ) {
        let course = quiz_and_package();
        let cohort: Vec<(Learner, Said)> = right
            .iter()
            .enumerate()
            .map(|(number, of_learner)| {
                let said = of_learner.iter().enumerate().fold(Said::default(), |said, (q, right)| {
                    answers(said, &format!("q{q}"), q, *right, "r")
                });
                (of(number), said)
            })
            .collect();
        let table = report("questions", &course, &cohort, "", None);
        for question in 0..3 {
            let value = |right: bool| if right { 1.0 } else { 0.0 };
            let x: Vec<f64> = right.iter().map(|it| value(it[question])).collect();
            let others = |it: &Vec<bool>| {
                let others = it.iter().enumerate().filter(|(at, _)| *at != question);
                others.map(|(_, right)| value(*right)).sum::<f64>() / 2.0
            };
            let y: Vec<f64> = right.iter().map(others).collect();
            let row = row_of(&table, &format!("{QUIZ}/q{question}"));
            let told = &cells(&table, row, &["discrimination"])[0];
            let expected = pearson(&x, &y);
            prop_assert_eq!(told.is_null(), expected.is_none());
            let difference = told.as_f64().unwrap_or_default() - expected.unwrap_or_default();
            prop_assert!(difference.abs() < 1e-4, "{told} {expected:?}");
        }
    }
}

/// Six learners in a package of three SCOs: all begin the first, four the second after it, two of these the third and
/// complete the package. The second takes 10, 20, 30 and 60 minutes.
fn cohort_in_a_package() -> Vec<(Learner, Said)> {
    let minutes = [10, 20, 30, 60];
    (0..6)
        .map(|number| {
            let said =
                Said::default().and("initialized", "pack/one", "2026-05-04T07:10:00Z", Value::Null);
            let said = match minutes.get(number) {
                Some(minutes) => {
                    said.and("initialized", "pack/two", "2026-05-04T08:10:00Z", Value::Null).and(
                        "terminated",
                        "pack/two",
                        "2026-05-04T09:00:00Z",
                        lasting(&format!("PT{minutes}M")),
                    )
                }
                None => said,
            };
            let said = match number {
                0 | 1 => said
                    .and("initialized", "pack/three", "2026-05-05T08:00:00Z", Value::Null)
                    .and("completed", "pack/three", "2026-05-05T08:30:00Z", Value::Null),
                _ => said,
            };
            (of(number), said)
        })
        .collect()
}

#[test]
fn content_says_where_learners_stop_and_how_long_a_part_takes() {
    let course = quiz_and_package();
    let table = report("content", &course, &cohort_in_a_package(), "", None);
    let keys = ["activity", "part", "started", "completed", "hours_median", "stopped"];
    let told: Vec<Vec<Value>> =
        (0..table.rows.len()).map(|row| cells(&table, row, &keys)).collect();
    let part = |name: &str| json!(format!("https://c.example/pack/{name}"));
    let none = Value::Null;
    let expected = [
        // Of 10, 20, 30 and 60 minutes the median is 25, rounded up to hundredths of an hour.
        vec![json!("pack"), none.clone(), json!(6), json!(2), json!(0.42), json!(4)],
        vec![json!("pack"), part("one"), json!(6), json!(0), none.clone(), json!(2)],
        vec![json!("pack"), part("two"), json!(4), json!(0), json!(0.42), json!(2)],
        vec![json!("pack"), part("three"), json!(2), json!(2), none, json!(0)],
    ];
    assert_eq!(told, expected);
    let tells = |row: usize| cell(&table, row, "tells_completion").clone();
    assert_eq!([0, 1, 3].map(tells), [Cell::Flag(true), Cell::Flag(false), Cell::Flag(true)]);
}

#[test]
fn a_package_that_never_tells_completion_is_marked() {
    let course = quiz_and_package();
    let begins = |number: usize| {
        let said = Said::default().and("initialized", "pack", "2026-05-04T08:10:00Z", Value::Null);
        (of(number), said.and("terminated", "pack", "2026-05-04T09:00:00Z", lasting("PT20M")))
    };
    let table = report("content", &course, &(0..5).map(begins).collect::<Vec<_>>(), "", None);
    assert_eq!(table.rows.len(), 1, "a package without parts is one row");
    assert_eq!(cells(&table, 0, &["started", "completed"]), [json!(5), json!(0)]);
    assert_eq!(*cell(&table, 0, "tells_completion"), Cell::Flag(false));
}

#[test]
fn a_part_that_one_person_alone_has_used_is_not_listed() {
    let course = quiz_and_package();
    let mut cohort = cohort_in_a_package();
    let (_, said) = &mut cohort[5];
    *said = said.clone().and("initialized", "pack/own", "2026-05-06T08:00:00Z", Value::Null);
    let table = report("content", &course, &cohort, "", None);
    let parts = (0..table.rows.len()).map(|row| cell(&table, row, "part").clone());
    assert!(!parts.collect::<Vec<_>>().contains(&Cell::Text("https://c.example/pack/own".into())));
}

#[test]
fn hours_are_those_of_the_course_s_time_zone_and_count_once() {
    let course = quiz_and_package();
    let table = report("times", &course, &cohort_in_a_package(), "", None);
    assert_eq!(table.rows.len(), 7, "a row for each day of the week");
    // Monday 4 May 2026 in Rome, two hours ahead of UTC: all at 9, four of them also at 10 and 11.
    let keys = ["active", "active_hours", "hour_07", "hour_09", "hour_10", "hour_11"];
    assert_eq!(cells(&table, 0, &keys), [6, 14, 0, 6, 4, 4].map(|count: u64| json!(count)));
    // Tuesday: two statements of each of two people in one hour.
    let tuesday = ["active", "active_hours", "hour_10"];
    assert_eq!(cells(&table, 1, &tuesday), [2, 2, 2].map(|count: u64| json!(count)));
    assert_eq!(cells(&table, 6, &tuesday), [0, 0, 0].map(|count: u64| json!(count)));
    let before = report("times", &course, &cohort_in_a_package(), "", Some(date(2026, 5, 4)));
    assert_eq!(cells(&before, 1, &tuesday), [0, 0, 0].map(|count: u64| json!(count)));
}
