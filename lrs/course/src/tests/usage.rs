//! What documents keep of answers, parts and hours; every document is made forth and back, to the same bytes.

use serde_json::{Value, json};

use super::super::{Course, LONGEST_RESPONSE, Learner, MOST_USED, Usage};
use super::scene::{Said, course, module};

fn below() -> Course {
    let text = "[[module.activity]]\nkey = 'p'\nprefix = 'https://c.example/'\n";
    course("", &module("m1", "'all'", text))
}

fn at(time: &str) -> String {
    format!("2026-05-04T{time}:00Z")
}

/// The first answers of one who said this: question, whether it was right, the response.
fn answers(said: &Said) -> Vec<(String, Option<bool>, Option<String>)> {
    let course = below();
    let (learner, documents) = (Learner::default(), [said.document(&course)]);
    let usage = Usage::new(&course, &learner, &documents, None);
    let (_, activity) = course.activities().next().unwrap();
    let told = |(question, answer): (&str, &super::super::FirstAnswer)| {
        (question.to_owned(), answer.success, answer.response.clone())
    };
    usage.answers(activity).into_iter().map(told).collect()
}

#[test]
fn the_first_answer_to_a_question_stays_in_whatever_order_answers_come() {
    let said = Said::default()
        .and("answered", "q", &at("12:00"), json!({"success": true, "response": "third"}))
        .and("answered", "q", &at("10:00"), json!({"success": false, "response": "first"}))
        .and("responded", "q", &at("11:00"), json!({"success": true, "response": "second"}));
    let first = ("https://c.example/q".to_owned(), Some(false), Some("first".to_owned()));
    assert_eq!(answers(&said), [first]);
}

#[test]
fn an_answer_is_right_by_its_success_else_by_the_full_score() {
    let told = |result: Value| {
        let all = answers(&Said::default().and("answered", "q", &at("10:00"), result));
        all.into_iter().map(|(_, success, _)| success).collect::<Vec<_>>()
    };
    assert_eq!(told(json!({"success": false, "score": {"scaled": 1}})), [Some(false)]);
    assert_eq!(told(json!({"score": {"scaled": 1}})), [Some(true)]);
    assert_eq!(told(json!({"score": {"scaled": 0.5}})), [Some(false)]);
    assert_eq!(told(json!({"response": "b"})), [None]);
    assert_eq!(told(json!({"duration": "PT1M"})), [], "neither a response nor a result");
}

#[test]
fn what_is_completed_passed_or_commented_is_no_answer() {
    for verb in ["completed", "passed", "commented"] {
        let said = Said::default().and(verb, "q", &at("10:00"), json!({"success": true}));
        assert_eq!(answers(&said), [], "{verb}");
    }
}

#[test]
fn a_long_response_is_kept_by_its_beginning() {
    let response = "è".repeat(LONGEST_RESPONSE);
    let said = Said::default().and("answered", "q", &at("10:00"), json!({"response": response}));
    let (_, _, kept) = answers(&said).remove(0);
    assert_eq!(kept, Some("è".repeat(LONGEST_RESPONSE / 2)));
}

#[test]
fn of_too_many_questions_and_parts_the_same_ones_are_kept_in_whatever_order_they_come() {
    let mut said = Said::default();
    for number in 0..=MOST_USED {
        // Scattered, so that the last one to come is not the last in the order of names.
        let name = format!("{:05}", number * 7 % (MOST_USED + 1));
        said = said
            .and("answered", &format!("q{name}"), &at("10:00"), json!({"response": "a"}))
            .and("initialized", &format!("s{name}"), &at("10:00"), Value::Null);
    }
    let document = said.document(&below());
    let journal = &document.activities["p"];
    assert_eq!((journal.answers.len(), journal.begun.len()), (MOST_USED, MOST_USED));
    let last = |of: &str| format!("https://c.example/{of}{MOST_USED:05}");
    assert!(!journal.answers.contains_key(&last("q")) && !journal.begun.contains_key(&last("s")));
}

#[test]
fn a_part_begins_when_it_is_first_used_and_hours_are_those_of_the_course_s_time_zone() {
    let course = below();
    let said = Said::default()
        .and("experienced", "page", &at("22:30"), Value::Null)
        .and("experienced", "page", &at("08:15"), Value::Null)
        .and("experienced", "page", &at("08:45"), Value::Null);
    let (learner, documents) = (Learner::default(), [said.document(&course)]);
    let usage = Usage::new(&course, &learner, &documents, None);
    let (_, activity) = course.activities().next().unwrap();
    let begun: Vec<i64> = usage.begun(activity).into_values().collect();
    assert_eq!(begun, [at("08:15").parse::<jiff::Timestamp>().unwrap().as_microsecond()]);
    // In Rome it is two hours later: at 10 on that day, and half past midnight of the next.
    let hours: Vec<u32> = usage.hours().into_values().collect();
    assert_eq!(hours, [1 << 10, 1]);
    let cut = course.end_of("2026-05-04".parse().unwrap());
    let usage = Usage::new(&course, &learner, &documents, cut);
    assert_eq!(usage.hours().into_values().collect::<Vec<_>>(), [1 << 10]);
}
