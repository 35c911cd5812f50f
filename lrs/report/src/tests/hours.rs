use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::{HoursRule, LedgerLine, ledger_lines};
use super::scene::{
    HOUR, MINUTE, Said, activity, course, first_activity, lasting, module, now, stand,
};
use course::{Course, Learner, Replay, State};

const NONE: Value = Value::Null;

/// The ledger of one who said this, now.
fn ledger(course: &Course, said: &Said) -> Vec<LedgerLine> {
    let document = said.document(course);
    ledger_lines(&Replay::new(course, &Learner::default(), [&document]).until(None))
}

fn at(time: &str) -> String {
    format!("2026-03-05T{time}:00Z")
}

fn online(rest: &str) -> Course {
    course("", &module("m1", "'all'", &activity("1", rest)))
}

/// A package with several pages: one activity, whatever the page.
fn pages() -> Course {
    let activity = "[[module.activity]]\nkey = 'p'\nprefix = 'https://c.example/'\n";
    course("", &module("m1", "'all'", activity))
}

/// A seminar held four times.
fn seminar(rest: &str) -> Course {
    let mut sessions = String::new();
    for (town, day) in ["perugia", "terni", "foligno", "gubbio"].iter().zip(5..) {
        write!(
            sessions,
            "[[module.event.session]]\nid = '{town}'\ndate = 2026-03-{day:02}\n\
             from = 09:00:00\nto = 13:00:00\n"
        )
        .unwrap();
    }
    let event = format!(
        "[[module.event]]\nkey = 'seminar'\ntitle = {{ it = 'S' }}\nkind = 'seminar'\n\
         {rest}\n{sessions}"
    );
    course("", &module("m1", "'all'", &event))
}

fn session(town: &str) -> String {
    format!("urn:traccia:course:c/events/seminar/{town}")
}

#[test]
fn sessions_add_up_whatever_closes_them() {
    // 10 + 20 + 30 + 40 minutes; what opens or completes tells no session.
    let said = Said::default()
        .and("initialized", "1", &at("08:00"), lasting("PT5H"))
        .and("terminated", "1", &at("09:00"), lasting("PT10M"))
        .and("suspended", "1", &at("10:00"), lasting("PT20M"))
        .and("exited", "1", &at("11:00"), lasting("PT30M"))
        .and("abandoned", "1", &at("12:00"), lasting("PT40M"))
        .and("completed", "1", &at("12:00"), lasting("PT9H"));
    assert_eq!(first_activity(&online(""), &said).micros, 100 * MINUTE);
}

#[test]
fn without_sessions_the_largest_outcome_counts_object_by_object() {
    let said = Said::default().and("failed", "a", &at("10:00"), lasting("PT2H")).and(
        "passed",
        "a",
        &at("11:00"),
        lasting("PT3H"),
    );
    assert_eq!(first_activity(&pages(), &said).micros, 3 * HOUR);
    let said = said.and("abandoned", "a", &at("12:00"), lasting("PT1H"));
    assert_eq!(first_activity(&pages(), &said).micros, HOUR);
    // A closing verb without a duration is no session: page b has only its outcome.
    let said = said.and("completed", "b", &at("12:00"), lasting("PT15M")).and(
        "terminated",
        "b",
        &at("12:00"),
        NONE,
    );
    assert_eq!(first_activity(&pages(), &said).micros, 75 * MINUTE);
}

#[test]
fn a_plugin_that_sends_a_month_again_without_ids_changes_nothing() {
    // Two sessions of 1 h 30 and one of 40 min: 3 h 40. Failed once, then passed.
    let month = Said::default()
        .and("terminated", "1", "2026-03-02T10:00:00Z", lasting("PT1H30M"))
        .and("terminated", "1", "2026-03-09T10:00:00Z", lasting("PT1H30M"))
        .and("suspended", "1", "2026-03-16T10:00:00Z", lasting("PT40M"))
        .and("failed", "1", "2026-03-20T10:00:00Z", json!({"score": {"scaled": 0.4}}))
        .and("passed", "1", "2026-03-30T10:00:00Z", json!({"score": {"scaled": 0.7}}));
    let course = online("");
    let once = now(&course, &month);
    assert_eq!(once.course.online, 220 * MINUTE);
    assert_eq!((once.activities[0].attempts, once.course.score), (2, Some(0.7)));
    let twice = month.clone().sent_again();
    assert_eq!(now(&course, &twice), once);
    assert_eq!(ledger(&course, &twice), ledger(&course, &month), "the first of equal ones is told");
    // Sent under another identifier of the same person as well.
    assert_eq!(stand(&course, &[&twice, &month], &Learner::default(), None), once);
}

#[test]
fn a_session_is_the_same_when_numbers_are_by_value_and_another_when_anything_differs() {
    let result = |raw: Value| json!({"duration": "PT1H", "score": {"raw": raw, "max": 10}});
    let said = Said::default()
        .and("terminated", "1", "2026-03-05T10:00:00+01:00", result(json!(3)))
        .and("terminated", "1", "2026-03-05T09:00:00Z", result(json!(3.0)));
    assert_eq!(first_activity(&online(""), &said).micros, HOUR);
    let said = said.and("terminated", "1", "2026-03-05T09:00:00Z", result(json!(4)));
    assert_eq!(first_activity(&online(""), &said).micros, 2 * HOUR);
    let said = said.and("suspended", "1", "2026-03-05T09:00:00Z", result(json!(3)));
    assert_eq!(first_activity(&online(""), &said).micros, 3 * HOUR);
    let said = said.and("terminated", "1", "2026-03-05T09:00:00.001Z", result(json!(3)));
    assert_eq!(first_activity(&online(""), &said).micros, 4 * HOUR);
}

/// A plugin moved the page to another section and sent all again: it counts where it was first.
#[test]
fn an_equal_statement_that_names_another_place_counts_once() {
    let within =
        |n: &str| format!("[[module.activity]]\nkey = 'w{n}'\nwithin = 'https://w.example/{n}'\n");
    let course = course("", &module("m1", "'all'", &(within("1") + &within("2"))));
    let parent = |n: u8| json!({"contextActivities": {"parent": [{"id": format!("https://w.example/{n}")}]}});
    let said = Said::default()
        .with("terminated", "page", &at("10:00"), lasting("PT1H"), parent(2))
        .with("terminated", "page", &at("10:00"), lasting("PT1H"), parent(1));
    let micros: Vec<u64> = now(&course, &said).activities.iter().map(|it| it.micros).collect();
    assert_eq!(micros, [0, HOUR]);
}

#[test]
fn an_activity_counts_at_most_its_hours_and_the_ledger_says_what_was_cut() {
    let activity = "[[module.activity]]\nkey = 'p'\nprefix = 'https://c.example/'\nhours = 2\n";
    let course = course("", &module("m1", "'all'", activity));
    let said = Said::default()
        .and("exited", "a", &at("10:00"), lasting("PT90M"))
        .and("exited", "b", &at("11:00"), lasting("PT50M"))
        .and("completed", "c", &at("12:00"), lasting("PT10M"));
    assert_eq!(first_activity(&course, &said).micros, 2 * HOUR);
    // 90 of 90, 30 of 50, 0 of 10.
    let lines = ledger(&course, &said);
    let told: Vec<(u64, u64)> = lines.iter().map(|it| (it.measured, it.counted)).collect();
    assert_eq!(told, [(90 * MINUTE, 90 * MINUTE), (50 * MINUTE, 30 * MINUTE), (10 * MINUTE, 0)]);
    let rules: Vec<HoursRule> = lines.iter().map(|line| line.rule).collect();
    assert_eq!(rules, [HoursRule::Sessions, HoursRule::Sessions, HoursRule::Outcome]);
    assert_eq!(lines[1].statements, ["s2"]);
    assert_eq!(lines[1].object, "https://c.example/b");
}

#[test]
fn nominal_credit_is_all_the_hours_on_completion_and_none_before() {
    let course = online("hours = 3\ncredit = 'nominal'");
    let begun = Said::default().and("terminated", "1", &at("10:00"), lasting("PT2H"));
    assert_eq!(first_activity(&course, &begun).micros, 0);
    assert_eq!(ledger(&course, &begun), []);
    let done = begun.and("completed", "1", &at("11:00"), lasting("PT5M"));
    assert_eq!(first_activity(&course, &done).micros, 3 * HOUR);
    let lines = ledger(&course, &done);
    assert_eq!((lines.len(), lines[0].rule, lines[0].counted), (1, HoursRule::Nominal, 3 * HOUR));
    assert_eq!(lines[0].statements, ["s2"]);
    let undone = done.and("completed", "1", &at("12:00"), json!({"completion": false}));
    assert_eq!(first_activity(&course, &undone).micros, 0);
}

/// What a prerequisite held back counts by the learner's own statements, not by none.
#[test]
fn nominal_hours_that_a_prerequisite_held_back_name_their_statements() {
    let activities =
        activity("1", "hours = 3\ncredit = 'nominal'\nrequires = ['2']") + &activity("2", "");
    let course = course("", &module("m1", "'all'", &activities));
    let said = Said::default().and("completed", "1", &at("10:00"), NONE).and(
        "completed",
        "2",
        &at("11:00"),
        NONE,
    );
    let lines = ledger(&course, &said);
    assert_eq!((lines.len(), lines[0].counted), (1, 3 * HOUR));
    assert_eq!(lines[0].statements, ["s1"]);
}

/// A page that was only looked at: no word on anything, but the hours have a statement behind them.
#[test]
fn nominal_hours_of_what_was_only_seen_name_the_first_statement() {
    let rule = "hours = 3\ncredit = 'nominal'\ncomplete_when = 'experienced'";
    let course = online(rule);
    let said = Said::default()
        .and("experienced", "1", &at("11:00"), NONE)
        .and("experienced", "1", &at("10:00"), NONE)
        .and("experienced", "1", "2026-05-05T09:00:00Z", NONE);
    let lines = ledger(&course, &said);
    assert_eq!((lines.len(), lines[0].counted), (1, 3 * HOUR));
    assert_eq!(lines[0].statements, ["s2"]);
}

#[test]
fn a_seminar_held_in_four_editions_counts_once_up_to_its_hours() {
    // 4 h in Perugia, 1 h 30 in Terni: 5 h 30. With the 4 h of Foligno it would be 9 h 30.
    let course = seminar("hours = 6");
    let twice = Said::default()
        .and("attended", &session("perugia"), "2026-03-05T08:00:00Z", lasting("PT4H"))
        .and("attended", &session("terni"), "2026-03-06T08:00:00Z", lasting("PT1H30M"));
    let standings = now(&course, &twice);
    assert_eq!((standings.course.presence, standings.course.online), (330 * MINUTE, 0));
    let thrice =
        twice.and("attended", &session("foligno"), "2026-03-07T08:00:00Z", lasting("PT4H"));
    let standings = now(&course, &thrice);
    assert_eq!(standings.course.presence, 6 * HOUR);
    assert_eq!((standings.course.state, standings.course.progress), (State::Completed, 1.0));
    let lines = ledger(&course, &thrice);
    assert!(lines.iter().all(|line| line.in_presence && line.rule == HoursRule::Presence));
    assert_eq!(lines.iter().map(|line| line.counted).sum::<u64>(), 6 * HOUR);
}

#[test]
fn who_attended_without_a_duration_was_there_for_no_hours() {
    let course = seminar("hours = 6");
    let said = Said::default().and("attended", &session("gubbio"), &at("10:00"), NONE);
    let standings = now(&course, &said);
    assert_eq!((standings.course.state, standings.course.presence), (State::Completed, 0));
    assert!(standings.activities[0].attended);
}

#[test]
fn a_correction_of_a_register_voids_and_says_anew() {
    // The register said 4 h; corrected to 2 h 30. Later the person is struck off it.
    let course = seminar("hours = 6");
    let wrong = Said::default().and(
        "attended",
        &session("perugia"),
        "2026-03-05T08:00:00Z",
        lasting("PT4H"),
    );
    let both = wrong.clone().and(
        "attended",
        &session("perugia"),
        "2026-03-05T08:00:00Z",
        lasting("PT2H30M"),
    );
    assert_eq!(now(&course, &wrong).course.presence, 4 * HOUR);
    assert_eq!(now(&course, &both).course.presence, 6 * HOUR, "as long as neither is voided");
    let corrected = both.without(0);
    assert_eq!(now(&course, &corrected).course.presence, 150 * MINUTE);
    assert_eq!(ledger(&course, &corrected)[0].statements, ["s2"]);
    let struck = corrected.without(0);
    assert_eq!(now(&course, &struck).course.state, State::NotStarted);
}

#[test]
fn a_meeting_lasts_from_joining_to_leaving_and_at_a_distance_counts_online() {
    // 10:00–10:40 and 11:05–11:30: 40 + 25 minutes. A leave alone tells nothing, and neither does
    // the join at 12:00, to which there is no leave.
    let said = Said::default()
        .and("leave", &session("perugia"), &at("09:00"), NONE)
        .and("join", &session("perugia"), &at("10:00"), NONE)
        .and("leave", &session("perugia"), &at("10:40"), NONE)
        .and("join", &session("perugia"), &at("11:05"), NONE)
        .and("leave", &session("perugia"), &at("11:30"), NONE)
        .and("join", &session("perugia"), &at("12:00"), NONE);
    let standings = now(&seminar("mode = 'distance'"), &said);
    assert_eq!((standings.course.online, standings.course.presence), (65 * MINUTE, 0));
    assert_eq!(standings.course.state, State::Completed, "who joins was there");
    // Another object's leave does not end it.
    let said = said.and("leave", &session("terni"), &at("13:00"), NONE);
    assert_eq!(now(&seminar(""), &said).course.presence, 65 * MINUTE);
}

/// No statement says when they left for the first time.
#[test]
fn who_joins_again_without_leaving_begins_anew() {
    let said = Said::default()
        .and("join", &session("perugia"), &at("10:00"), NONE)
        .and("join", &session("perugia"), &at("10:30"), NONE)
        .and("leave", &session("perugia"), &at("11:00"), NONE);
    assert_eq!(now(&seminar(""), &said).course.presence, 30 * MINUTE);
}

#[test]
fn hours_are_what_a_rule_may_ask() {
    let course = course(
        "",
        &module("m1", "{ hours = 2.5 }", &activity("1", "complete_when = { hours = 2 }")),
    );
    let said = Said::default().and("exited", "1", &at("10:00"), lasting("PT1H59M59.999999S"));
    assert_eq!(first_activity(&course, &said).state, State::InProgress);
    let said = said.and("exited", "1", &at("11:00"), lasting("PT0.000001S"));
    assert_eq!(first_activity(&course, &said).state, State::Completed);
    assert_eq!(now(&course, &said).course.state, State::InProgress);
    let said = said.and("exited", "1", &at("12:00"), lasting("PT30M"));
    assert_eq!(now(&course, &said).course.state, State::Completed);
}

#[test]
fn a_session_over_a_change_of_the_clocks_lasts_as_long_as_it_lasts() {
    // 29 March 2026: two o'clock is three; 25 October: three o'clock is two again.
    let lasts = |day: &str| {
        let event = format!(
            "[[module.event]]\nkey = 'vigil'\ntitle = {{ it = 'V' }}\nkind = 'seminar'\n\
             [[module.event.session]]\nid = 's'\ndate = {day}\nfrom = 01:00:00\nto = 04:00:00\n"
        );
        let course = course("", &module("m1", "'all'", &event));
        course.modules()[0].activities[0].sessions()[0].micros(course.zone())
    };
    assert_eq!(lasts("2026-03-28"), Some(3 * HOUR));
    assert_eq!(lasts("2026-03-29"), Some(2 * HOUR));
    assert_eq!(lasts("2026-10-25"), Some(4 * HOUR));
}

#[test]
fn from_joining_to_leaving_over_a_change_of_the_clocks_is_time_and_not_the_clocks_hands() {
    // 01:30 to 03:30 by the clock on the wall: one hour in March, three in October.
    let stay = |join: &str, leave: &str| {
        let said = Said::default().and("join", &session("perugia"), join, NONE).and(
            "leave",
            &session("perugia"),
            leave,
            NONE,
        );
        now(&seminar(""), &said).course.presence
    };
    assert_eq!(stay("2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"), HOUR);
    assert_eq!(stay("2026-10-25T01:30:00+02:00", "2026-10-25T03:30:00+01:00"), 3 * HOUR);
}
