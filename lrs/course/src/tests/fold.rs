use jiff::civil::date;
use serde_json::{Value, json};

use super::super::{ActorProgress, Course, Evidence, Learner, State};
use super::scene::{
    MINUTE, Said, UNCOMPLETED, activity, course, first_activity, first_module, lasting, module,
    now, scored, stand,
};

const NONE: Value = Value::Null;

/// Two activities: `1` to be completed, `2` to be passed.
fn two(rule: &str) -> Course {
    let activities = activity("1", "") + &activity("2", "complete_when = 'passed'");
    course("", &module("m1", rule, &activities))
}

fn at(time: &str) -> String {
    format!("2026-05-04T{time}:00Z")
}

#[test]
fn without_a_statement_nothing_is_started() {
    let standings = now(&two("'all'"), &Said::default());
    assert_eq!(standings.course.state, State::NotStarted);
    assert_eq!(standings.last_seen, None);
}

#[test]
fn a_statement_on_another_course_changes_nothing() {
    let said = Said::default().and("completed", "https://d.example/1", &at("10:00"), NONE);
    let statement = json!({
        "actor": {"mbox": "mailto:a@b.it"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://d.example/1"},
    });
    let evidence = Evidence::read(&statement, "s1", 1).unwrap();
    assert!(!ActorProgress::default().apply(&two("'all'"), &evidence));
    assert_eq!(said.document(&two("'all'")), ActorProgress::default());
}

#[test]
fn all_activities_or_any_or_some_complete_a_module() {
    let first = Said::default().and("completed", "1", &at("10:00"), NONE);
    let both = first.clone().and("passed", "2", &at("11:00"), NONE);
    let state = |rule: &str, said: &Said| first_module(&two(rule), said).state;
    assert_eq!(state("'all'", &first), State::InProgress);
    assert_eq!(state("'all'", &both), State::Completed);
    assert_eq!(state("'any'", &first), State::Completed);
    assert_eq!(state("{ at_least = 1 }", &first), State::Completed);
    assert_eq!(state("{ at_least = 2 }", &first), State::InProgress);
    assert_eq!(state("{ at_least = 2 }", &both), State::Completed);
    assert_eq!(state("{ all_of = ['any', { score = 0.5 }] }", &both), State::InProgress);
    assert_eq!(state("{ any_of = ['all', { score = 0.5 }] }", &both), State::Completed);
}

#[test]
fn completion_is_the_latest_word_not_a_count() {
    let done = Said::default().and("completed", "1", &at("10:00"), NONE);
    let undone = done.clone().and(UNCOMPLETED, "1", &at("11:00"), NONE);
    let again = undone.clone().and("completed", "1", &at("12:00"), NONE);
    assert_eq!(first_module(&two("'any'"), &done).state, State::Completed);
    assert_eq!(first_module(&two("'any'"), &undone).state, State::InProgress);
    assert_eq!(first_module(&two("'any'"), &again).state, State::Completed);
}

#[test]
fn moodles_uncompleted_takes_back_even_beside_a_completion_of_true() {
    let said = Said::default().and("completed", "1", &at("10:00"), NONE).and(
        UNCOMPLETED,
        "1",
        &at("11:00"),
        json!({"completion": true}),
    );
    assert_eq!(first_module(&two("'any'"), &said).state, State::InProgress);
}

#[test]
fn a_late_statement_does_not_overrule_what_happened_after_it() {
    let said = Said::default().and(UNCOMPLETED, "1", &at("11:00"), NONE).and(
        "completed",
        "1",
        &at("10:00"),
        NONE,
    );
    assert_eq!(first_module(&two("'any'"), &said).state, State::InProgress);
}

#[test]
fn statements_in_any_order_come_to_the_same() {
    // Told backwards: seen at 9, failed at 10 with 0.2, passed at 11 with 0.9, told of 20 minutes
    // at 12.
    let said = Said::default()
        .and("terminated", "2", &at("12:00"), lasting("PT20M"))
        .and("passed", "2", &at("11:00"), scored(0.9))
        .and("failed", "2", &at("10:00"), scored(0.2))
        .and("initialized", "2", &at("09:00"), NONE);
    let standing = now(&two("'all'"), &said).activities[1];
    assert_eq!((standing.state, standing.success), (State::Completed, Some(true)));
    assert_eq!((standing.attempts, standing.attempts_to_pass), (2, Some(2)));
    assert_eq!((standing.score, standing.micros), (Some(0.9), 20 * MINUTE));
    assert_eq!(standing.since, Some(date(2026, 5, 4)));
}

#[test]
fn what_is_passed_and_completed_under_one_registration_is_one_attempt() {
    let under = |n: u8| json!({"registration": format!("0000000A-0000-4000-8000-00000000000{n}")});
    let lower = json!({"registration": "0000000a-0000-4000-8000-000000000001"});
    let attempts = |said: &Said| {
        let standing = now(&two("'all'"), said).activities[1];
        (standing.attempts, standing.attempts_to_pass)
    };
    let passed = Said::default().with("passed", "2", &at("10:00"), scored(0.9), under(1));
    let completed = passed.clone().with("completed", "2", &at("10:01"), scored(0.9), lower);
    assert_eq!(attempts(&completed), (1, Some(1)));
    let first = Said::default().with("completed", "2", &at("09:00"), scored(0.9), under(1));
    let first = first.with("passed", "2", &at("10:00"), scored(0.9), under(1));
    assert_eq!(attempts(&first), (1, Some(1)), "whichever came first");
    let other = completed.with("completed", "2", &at("11:00"), scored(0.9), under(2));
    assert_eq!(attempts(&other), (2, Some(1)), "another registration");
    let without = passed.and("completed", "2", &at("10:01"), scored(0.9));
    assert_eq!(attempts(&without), (2, Some(1)), "without a registration nothing says so");
    // Moodle's plugin sends all of a cron job under one registration.
    let quiz = Said::default().with("completed", "2", &at("09:00"), scored(0.1), under(1));
    let quiz = quiz.with("completed", "2", &at("10:00"), scored(0.2), under(1));
    assert_eq!(attempts(&quiz), (2, None));
    let twice = Said::default().with("failed", "2", &at("09:00"), scored(0.1), under(1));
    let twice = twice.with("passed", "2", &at("10:00"), scored(0.8), under(1));
    assert_eq!(
        attempts(&twice),
        (2, Some(2)),
        "two judgements of one registration are two attempts"
    );
}

#[test]
fn at_the_same_moment_the_one_stored_last_decides() {
    let said = Said::default().and("completed", "1", &at("10:00"), NONE).and(
        UNCOMPLETED,
        "1",
        &at("10:00"),
        NONE,
    );
    assert_eq!(first_module(&two("'any'"), &said).state, State::InProgress);
    // An equal statement counts as the first of the two.
    let said = said.and("completed", "1", &at("10:00"), NONE);
    assert_eq!(first_module(&two("'any'"), &said).state, State::InProgress);
}

#[test]
fn success_is_the_latest_over_the_activities_of_the_module() {
    let said = Said::default().and("failed", "1", &at("12:00"), NONE).and(
        "passed",
        "2",
        &at("11:00"),
        NONE,
    );
    assert_eq!(first_module(&two("'all'"), &said).success, Some(false));
}

/// A word that changes nothing for an activity may still be the latest of its module.
#[test]
fn a_success_told_again_is_the_latest_of_the_module_and_the_course() {
    let success = json!({"success": true});
    let said = Said::default()
        .and("terminated", "1", &at("10:00"), success.clone())
        .and("failed", "2", &at("11:00"), NONE)
        .and("terminated", "1", &at("12:00"), success);
    let standings = now(&two("'all'"), &said);
    assert_eq!(standings.modules[0].success, Some(true));
    assert_eq!(standings.course.success, Some(true));
}

#[test]
fn the_best_score_or_the_last_counts_as_the_file_says() {
    let said = Said::default().and("completed", "1", &at("10:00"), scored(0.8)).and(
        "completed",
        "1",
        &at("11:00"),
        scored(0.5),
    );
    let with = |rest: &str| course("", &module("m1", "'all'", &activity("1", rest)));
    assert_eq!(first_activity(&with(""), &said).score, Some(0.8));
    assert_eq!(first_activity(&with("score = 'last'"), &said).score, Some(0.5));
    let raw = json!({"score": {"raw": 18, "min": 0, "max": 30}});
    let said = said.and("completed", "1", &at("12:00"), raw);
    assert_eq!(first_activity(&with("score = 'last'"), &said).score, Some(0.6));
    let without_range = json!({"score": {"raw": 30, "max": 30}});
    let said = said.and("completed", "1", &at("13:00"), without_range);
    assert_eq!(first_activity(&with("score = 'last'"), &said).score, Some(0.6));
}

#[test]
fn scores_and_progress_are_means_by_weight() {
    // Module a: (0.4 · 1 + 1.0 · 3) / 4 = 0.85, 3 of 4 fulfilled. Module b: 0.25 and nothing.
    // The course: (0.85 · 2 + 0.25 · 3) / 5 = 0.49; (0.75 · 2 + 0 · 3) / 5 = 0.3.
    let a = activity("1", "complete_when = { score = 0.5 }")
        + &activity("2", "weight = 3\ncomplete_when = { score = 0.5 }");
    let b = activity("3", "complete_when = 'passed'");
    let course = course(
        "",
        &(module("a", "'all'", &format!("weight = 2\n{a}"))
            + &module("b", "'all'", &format!("weight = 3\n{b}"))),
    );
    let said = Said::default()
        .and("answered", "1", &at("10:00"), scored(0.4))
        .and("completed", "2", &at("10:00"), scored(1.0))
        .and("failed", "3", &at("10:00"), scored(0.25));
    let standings = now(&course, &said);
    let near = |one: f64, other: f64| (one - other).abs() < 1e-12;
    assert!(near(standings.modules[0].score.unwrap(), 0.85));
    assert!(near(standings.modules[0].progress, 0.75));
    assert!(near(standings.course.score.unwrap(), 0.49));
    assert!(near(standings.course.progress, 0.3));
}

/// 0.6 by weights 0.1, 1 and 0.1 is 0.6, though binary fractions make it 0.5999999999999999.
#[test]
fn a_mean_that_is_exactly_the_score_asked_fulfils_the_rule() {
    let activities = ["1", "2", "3"].map(|n| {
        let weight = if n == "2" { "1" } else { "0.1" };
        activity(n, &format!("weight = {weight}"))
    });
    let course = course("", &module("m1", "{ score = 0.6 }", &activities.concat()));
    let said = Said::default()
        .and("completed", "1", &at("10:00"), scored(0.6))
        .and("completed", "2", &at("10:00"), scored(0.6))
        .and("completed", "3", &at("10:00"), scored(0.6));
    assert_eq!(first_module(&course, &said).state, State::Completed);
}

#[test]
fn what_must_come_first_holds_an_activity_and_a_module_back() {
    let a = activity("1", "") + &activity("2", "requires = ['1']");
    let text = module("a", "{ at_least = 1 }", &a)
        + &module("b", "'all'", &format!("requires = ['a']\n{}", activity("3", "")));
    let course = course("", &text);
    let second = Said::default().and("completed", "2", &at("10:00"), NONE).and(
        "completed",
        "3",
        &at("10:00"),
        NONE,
    );
    let standings = now(&course, &second);
    assert_eq!(standings.activities[1].state, State::InProgress);
    assert_eq!(standings.modules[0].state, State::InProgress);
    assert_eq!(standings.modules[1].state, State::InProgress);
    // Once the first is done, all else is, on that day.
    let both = second.and("completed", "1", "2026-05-06T10:00:00Z", NONE);
    let standings = now(&course, &both);
    assert_eq!(standings.course.state, State::Completed);
    let day = Some(date(2026, 5, 6));
    assert_eq!(standings.modules.iter().map(|it| it.since).collect::<Vec<_>>(), [day, day]);
    assert_eq!(standings.activities[1].since, day);
}

#[test]
fn what_is_not_for_a_learner_does_not_exist_for_them() {
    let text = module(
        "a",
        "'all'",
        &format!("audience = {{ role = ['manager'] }}\n{}", activity("1", "")),
    ) + &module("b", "'all'", &format!("requires = ['a']\n{}", activity("2", "")));
    let course = course("", &text);
    let said = Said::default()
        .and("passed", "1", &at("10:00"), json!({"duration": "PT1H", "score": {"scaled": 0.1}}))
        .and("completed", "2", "2026-05-06T10:00:00Z", NONE);
    let official = Learner { role: "official".into(), ..Learner::default() };
    let standings = stand(&course, &[&said], &official, None);
    assert_eq!(standings.modules[0], super::super::Standing::default());
    assert_eq!(standings.activities[0], super::super::ActivityStanding::default());
    assert_eq!(standings.course.state, State::Completed);
    assert_eq!((standings.course.score, standings.course.online), (None, 0));
    assert_eq!(standings.course.success, None);
    let manager = Learner { role: "manager".into(), ..Learner::default() };
    assert!(stand(&course, &[&said], &manager, None).modules[0].applies);
}

#[test]
fn a_question_speaks_for_an_activity_that_names_it_and_only_shows_presence_elsewhere() {
    let by_prefix = "[[module.activity]]\nkey = 'p'\nprefix = 'https://c.example/'\n\
                     complete_when = { any_of = ['completed', { score = 0.1 }] }\n";
    let course = course(
        "",
        &module("m1", "'any'", &(activity("1", "complete_when = 'passed'") + by_prefix)),
    );
    let answer = json!({"success": true, "completion": true, "duration": "PT1H",
                        "score": {"scaled": 1.0}});
    let named = Said::default().and("answered", "1", &at("10:00"), answer.clone());
    assert_eq!(now(&course, &named).activities[0].state, State::Completed);
    let inside = Said::default().and("answered", "1/question", &at("10:00"), answer);
    let standing = now(&course, &inside).activities[1];
    assert_eq!((standing.state, standing.success), (State::InProgress, None));
    assert_eq!((standing.score, standing.micros, standing.attempts), (None, 0, 0));
    assert_eq!(now(&course, &inside).last_seen, Some(date(2026, 5, 4)));
}

#[test]
fn a_statement_belongs_where_its_object_stands_and_the_parent_goes_first() {
    let within =
        |n: &str| format!("[[module.activity]]\nkey = 'w{n}'\nwithin = 'https://w.example/{n}'\n");
    let course = course("", &module("m1", "'all'", &(within("1") + &within("2"))));
    let context = json!({"contextActivities": {
        "grouping": [{"id": "https://w.example/1"}],
        "parent": {"id": "https://w.example/2"},
    }});
    let said = Said::default().with("completed", "page", &at("10:00"), NONE, context);
    let states: Vec<State> = now(&course, &said).activities.iter().map(|it| it.state).collect();
    assert_eq!(states, [State::NotStarted, State::Completed]);
}

#[test]
fn a_learner_with_three_identifiers_is_one() {
    // Through the account they complete 1, as the hash of their address they pass 2; a session
    // told under the account and under the address is one hour, and the address's own half more.
    let course = two("'all'");
    let hour = |said: Said| said.and("terminated", "1", &at("09:00"), lasting("PT1H"));
    let by_account = hour(Said::default().and("completed", "1", &at("10:00"), NONE));
    let by_address = hour(Said::default()).and("terminated", "1", &at("09:30"), lasting("PT30M"));
    let by_hash = Said::default().and("passed", "2", &at("11:00"), NONE);
    let who = Learner::default();
    let standings = stand(&course, &[&by_account, &by_address, &by_hash], &who, None);
    assert_eq!(standings.course.state, State::Completed);
    assert_eq!(standings.course.online, 90 * MINUTE);
    let other_order = stand(&course, &[&by_hash, &by_address, &by_account], &who, None);
    assert_eq!(standings, other_order);
}

#[test]
fn the_document_reads_back_as_it_was_written() {
    let said = Said::default()
        .and("terminated", "1", &at("10:00"), json!({"duration": "PT1H", "completion": true}))
        .and("join", "1", &at("10:00"), NONE)
        .and("passed", "2", &at("10:00"), scored(0.1));
    let document = said.document(&two("'all'"));
    let text = serde_json::to_string(&document).unwrap();
    let again: ActorProgress = serde_json::from_str(&text).unwrap();
    assert_eq!(again, document);
    assert!(again.is_current());
    assert_eq!(again.last_day(), Some(date(2026, 5, 4)));
}

#[test]
fn a_document_keeps_the_latest_of_too_many_words_in_whatever_order_they_come() {
    let course = course("", &module("m", "'all'", &activity("a", "")));
    let most = super::super::MOST_KEPT;
    let said = |n: usize| {
        let at = jiff::Timestamp::from_second(i64::try_from(n).unwrap() * 86_400).unwrap();
        let statement = json!({
            "actor": {"mbox": "mailto:a@x.example"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://c.example/a"},
            "timestamp": at.to_string(),
        });
        Evidence::read(&statement, &n.to_string(), 0).unwrap()
    };
    let history: Vec<Evidence> = (0..most + 7).map(said).collect();
    let forwards = ActorProgress::rebuild(&course, &history);
    let backwards = ActorProgress::rebuild(&course, history.iter().rev());
    assert_eq!(forwards, backwards);
    assert_eq!(forwards.weight(), 2 * most);
    let journal = forwards.activities.values().next().unwrap();
    let entries = &journal.objects["https://c.example/a"];
    assert_eq!(entries.first().map(|entry| entry.statement.as_str()), Some("7"));
    assert_eq!(journal.days.values().next().map(|seen| seen.statement.as_str()), Some("7"));
    assert_eq!(forwards.statements, (most + 7) as u64);
}

#[test]
fn a_document_is_not_as_long_as_the_iris_that_a_sender_chose() {
    let prefix = "[[module.activity]]\nkey = 'p'\nprefix = 'https://p.example/'\n";
    let course = course("", &module("m", "'all'", prefix));
    let mut document = ActorProgress::default();
    let said = |iri: &str| {
        let statement = json!({
            "actor": {"mbox": "mailto:a@x.example"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/terminated"},
            "object": {"id": iri},
            "result": {"duration": "PT1M"},
        });
        Evidence::read(&statement, "s", 0).unwrap()
    };
    let long = "é".repeat(1 << 20);
    for end in ["a", "b", "a"] {
        assert!(document.apply(&course, &said(&format!("https://p.example/x{long}{end}"))));
    }
    assert!(document.apply(&course, &said("https://p.example/short")));
    let objects = &document.activities["p"].objects;
    assert_eq!(objects.len(), 3, "two that differ at their ends alone are two");
    assert!(objects.contains_key("https://p.example/short"));
    let text = serde_json::to_string(&document).unwrap();
    assert!(text.len() < 4096, "{} bytes", text.len());
    assert!(document.weight() >= 4 + 2 * 512 / 200, "{}", document.weight());
}
