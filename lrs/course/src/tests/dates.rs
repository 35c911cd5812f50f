use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::super::{Course, Learner, Standings, State};
use super::scene::{HOUR, MINUTE, Said, UNCOMPLETED, activity, course, lasting, module, stand};

const NONE: Value = Value::Null;

fn one(head: &str, rest: &str) -> Course {
    course(head, &module("m1", "'all'", &activity("1", rest)))
}

fn on(course: &Course, said: &Said, day: Date) -> Standings {
    stand(course, &[said], &Learner::default(), Some(day))
}

fn of_edition(course: &Course, said: &Said, edition: &str) -> Standings {
    let who = Learner { edition: edition.into(), ..Learner::default() };
    stand(course, &[said], &who, None)
}

/// An hour on each of these.
fn hours_at(times: &[&str]) -> Said {
    times
        .iter()
        .fold(Said::default(), |said, time| said.and("terminated", "1", time, lasting("PT1H")))
}

#[test]
fn a_past_day_is_as_it_was_at_its_end() {
    let course = one("", "");
    let said = hours_at(&["2026-05-01T10:00:00Z"])
        .and("completed", "1", "2026-05-02T10:00:00Z", NONE)
        .and(UNCOMPLETED, "1", "2026-05-04T10:00:00Z", NONE)
        .and("completed", "1", "2026-05-06T10:00:00Z", json!({"score": {"scaled": 0.5}}))
        // Told late: it happened on the first.
        .and("terminated", "1", "2026-05-01T12:00:00Z", lasting("PT30M"));
    let state = |day| on(&course, &said, date(2026, 5, day)).course.state;
    let states = [1, 2, 3, 4, 5, 6].map(state);
    let (begun, done) = (State::InProgress, State::Completed);
    assert_eq!(states, [begun, done, done, begun, begun, done]);
    let since = |day| on(&course, &said, date(2026, 5, day)).course.since;
    assert_eq!(since(3), Some(date(2026, 5, 2)));
    assert_eq!(since(5), None);
    assert_eq!(since(7), Some(date(2026, 5, 6)));
    let before = on(&course, &said, date(2026, 4, 30));
    assert_eq!(before, Standings { modules: before.modules.clone(), ..before.clone() });
    assert_eq!((before.course.state, before.course.online), (State::NotStarted, 0));
    assert_eq!(before.last_seen, None);
    let first = on(&course, &said, date(2026, 5, 1));
    assert_eq!((first.course.online, first.course.score), (90 * MINUTE, None));
    assert_eq!(first.last_seen, Some(date(2026, 5, 1)));
}

#[test]
fn a_day_ends_at_midnight_of_the_courses_zone_also_when_the_clocks_change() {
    let course = one("", "");
    // Rome's midnights: 28 March ends at 23:00 UTC, 29 March, an hour shorter, at 22:00 UTC.
    let spring = hours_at(&[
        "2026-03-28T22:59:59.999999Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T21:59:59.999999Z",
        "2026-03-29T22:00:00Z",
    ]);
    let hours = |said: &Said, day| on(&course, said, day).course.online / HOUR;
    assert_eq!(hours(&spring, date(2026, 3, 27)), 0);
    assert_eq!(hours(&spring, date(2026, 3, 28)), 1);
    assert_eq!(hours(&spring, date(2026, 3, 29)), 3);
    assert_eq!(hours(&spring, date(2026, 3, 30)), 4);
    // 24 October ends at 22:00 UTC, 25 October, an hour longer, at 23:00 UTC.
    let autumn = hours_at(&[
        "2026-10-24T21:59:59.999999Z",
        "2026-10-24T22:00:00Z",
        "2026-10-25T22:59:59.999999Z",
        "2026-10-25T23:00:00Z",
    ]);
    assert_eq!(hours(&autumn, date(2026, 10, 24)), 1);
    assert_eq!(hours(&autumn, date(2026, 10, 25)), 3);
    assert_eq!(hours(&autumn, date(2026, 10, 26)), 4);
    let seen = on(&course, &autumn, date(2026, 10, 25)).last_seen;
    assert_eq!(seen, Some(date(2026, 10, 25)));
}

/// Half past two comes twice: what happened later is later, whatever the clock showed.
#[test]
fn of_the_hour_that_comes_twice_the_later_word_holds() {
    let said = Said::default().and("completed", "1", "2026-10-25T02:10:00+01:00", NONE).and(
        UNCOMPLETED,
        "1",
        "2026-10-25T02:50:00+02:00",
        NONE,
    );
    let standings = on(&one("", ""), &said, date(2026, 10, 25));
    assert_eq!(standings.course.state, State::Completed);
}

#[test]
fn what_is_taken_back_and_given_again_on_one_day_has_held_since_before() {
    let course = one("", "");
    let said = Said::default()
        .and("completed", "1", "2026-05-02T10:00:00Z", NONE)
        .and(UNCOMPLETED, "1", "2026-05-04T10:00:00Z", NONE)
        .and("completed", "1", "2026-05-04T10:05:00Z", NONE);
    let standings = on(&course, &said, date(2026, 5, 4));
    let day = Some(date(2026, 5, 2));
    assert_eq!(standings.course.since, day);
    assert_eq!((standings.modules[0].since, standings.activities[0].since), (day, day));
}

#[test]
fn only_the_days_of_the_course_its_edition_and_the_activity_count() {
    let course = course(
        "begins = 2026-03-01\nends = 2026-03-31\n\
         [[edition]]\nid = 'late'\ntitle = { it = 'E' }\nbegins = 2026-03-20\nends = 2026-04-30\n\
         [[edition]]\nid = 'longer'\ntitle = { it = 'E' }\nends = 2026-04-10",
        &module("m1", "'all'", &activity("1", "ends = 2026-04-20")),
    );
    // An hour on each: 28 February, 1 March, 31 March, 10 April, 20 April, 21 April.
    let said = hours_at(&[
        "2026-02-28T12:00:00Z",
        "2026-03-01T12:00:00Z",
        "2026-03-31T12:00:00Z",
        "2026-04-10T12:00:00Z",
        "2026-04-20T12:00:00Z",
        "2026-04-21T12:00:00Z",
    ]);
    let hours = |edition: &str| of_edition(&course, &said, edition).course.online / HOUR;
    assert_eq!(hours(""), 2, "1 and 31 March");
    assert_eq!(hours("late"), 3, "31 March, 10 and 20 April");
    assert_eq!(hours("longer"), 3, "as the course begins; 1 and 31 March, 10 April");
    assert_eq!(of_edition(&course, &said, "").last_seen, Some(date(2026, 3, 31)));
}

#[test]
fn what_happened_outside_of_the_window_was_nothing() {
    let course = one("begins = 2026-03-01", "");
    let said = Said::default().and("completed", "1", "2026-02-28T22:59:59Z", NONE);
    let standings = on(&course, &said, date(2026, 12, 31));
    assert_eq!((standings.course.state, standings.last_seen), (State::NotStarted, None));
    // An hour later it is March in Rome.
    let said = Said::default().and("completed", "1", "2026-02-28T23:00:00Z", NONE);
    let standings = on(&course, &said, date(2026, 12, 31));
    assert_eq!(standings.course.since, Some(date(2026, 3, 1)));
}

/// Two modules; the certificate asks for the first, two hours of which one in presence, a score of
/// 0.6, by the end of October 2026.
fn certified_course() -> Course {
    let event = "[[module.event]]\nkey = 'e'\ntitle = { it = 'E' }\nkind = 'seminar'\n\
                 id = 'https://c.example/hall'\n";
    course(
        "[certificate]\nmodules = ['m1']\nhours = 2\nhours_presence = 1\nscore = 0.6\n\
         by = 2026-10-31",
        &(module("m1", "'all'", &activity("1", ""))
            + &module("m2", "'all'", &(activity("2", "") + event))),
    )
}

#[test]
fn a_certificate_is_earned_by_all_its_rules_and_by_its_day() {
    let course = certified_course();
    let steps = |last: &str| {
        Said::default()
            .and("completed", "1", "2026-09-01T10:00:00Z", json!({"score": {"scaled": 0.6}}))
            .and("terminated", "1", "2026-09-02T10:00:00Z", lasting("PT1H"))
            .and("attended", "hall", last, lasting("PT1H"))
    };
    let certified = |said: &Said, day| on(&course, said, day).certified;
    // The last minute of October in Rome, in winter time.
    let in_time = steps("2026-10-31T22:59:59Z");
    assert_eq!(certified(&in_time, date(2026, 12, 31)), Some(date(2026, 10, 31)));
    assert_eq!(certified(&in_time, date(2026, 10, 30)), None, "not yet");
    let too_late = steps("2026-10-31T23:00:00Z");
    assert_eq!(certified(&too_late, date(2026, 12, 31)), None);
    // Nothing later takes it away, but all before may.
    let undone = in_time.clone().and(UNCOMPLETED, "1", "2026-11-01T10:00:00Z", NONE);
    assert_eq!(certified(&undone, date(2026, 12, 31)), Some(date(2026, 10, 31)));
    let undone = in_time.and(UNCOMPLETED, "1", "2026-10-31T22:59:59.5Z", NONE);
    assert_eq!(certified(&undone, date(2026, 12, 31)), None);
}

#[test]
fn a_certificate_needs_each_of_its_rules() {
    let course = certified_course();
    let said = |score: f64, online: &str, presence: &str| {
        Said::default()
            .and("completed", "1", "2026-09-01T10:00:00Z", json!({"score": {"scaled": score}}))
            .and("terminated", "2", "2026-09-02T10:00:00Z", lasting(online))
            .and("attended", "hall", "2026-09-03T08:00:00Z", lasting(presence))
    };
    let certified =
        |said: &Said| on(&course, said, date(2026, 12, 31)).certified == Some(date(2026, 9, 3));
    assert!(certified(&said(0.6, "PT1H", "PT1H")));
    assert!(!certified(&said(0.59, "PT1H", "PT1H")));
    assert!(!certified(&said(0.6, "PT59M", "PT1H")));
    assert!(!certified(&said(0.6, "PT3H", "PT59M")));
    let without = said(0.6, "PT1H", "PT1H").without(0);
    assert!(!certified(&without));
    assert_eq!(on(&one("", ""), &said(1.0, "PT9H", "PT9H"), date(2026, 12, 31)).certified, None);
}
