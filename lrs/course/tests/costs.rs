//! What people send takes time that grows with its size. Each input has a pair for each two of its 20,000 lines: to
//! look at all pairs takes minutes where nothing is optimized, what is done here a few seconds.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use course::{
    ActorProgress, Course, Enrolment, Evidence, Learner, LearnerList, MOST_KEPT, Persons,
    PresenceSheet, Replay, SessionDay, Territories, Unlisted,
};
use jiff::civil::date;
use jiff::tz::TimeZone;

const MANY: usize = 20_000;

fn at_once<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    done
}

/// A sheet with this heading, and a line for each number.
fn sheet(heading: &str, line: impl Fn(usize) -> String) -> String {
    let mut text = format!("{heading}\n");
    for n in 0..MANY {
        writeln!(text, "{}", line(n)).unwrap();
    }
    text
}

fn list(text: &str) -> LearnerList {
    LearnerList::parse(text.as_bytes()).unwrap()
}

#[test]
fn a_register_of_strangers_is_compared_for_those_who_are_told() {
    let learner = |n| format!("id{n},mailto:u{n}@example.it,Maria Rossi{n}");
    let list = list(&sheet("learner,identifiers,name", learner));
    let register = sheet("name", |n| format!("Mario Bianchi{n}"));
    let length = Some(3_600_000_000);
    let day = SessionDay { date: date(2026, 3, 5), time_zone: TimeZone::UTC, length };
    let told = at_once(|| PresenceSheet::from_csv(register.as_bytes(), &list, &day).unwrap_err());
    assert_eq!(told.0.len(), 101);
}

#[test]
fn merges_are_followed_a_bounded_number_of_steps() {
    let merged = |into: fn(usize) -> usize| {
        let line = |n| format!("u{n},mailto:u{n}@example.it,u{}", into(n));
        list(&sheet("learner,identifiers,merged_into", line))
    };
    let chain = merged(|n| (n + 1) % MANY);
    let enrolment = at_once(|| Enrolment::default().updated_by(&chain, Unlisted::Stay).unwrap());
    let people = at_once(|| enrolment.people().unwrap());
    assert_eq!(people.learners().len(), 1, "the last closes no circle");
    assert_eq!(at_once(|| enrolment.merged_learners()), MANY - 1);
    let last = format!("u{}", MANY - 1);
    let is_last = |persons: &Persons<'_>, it: &Learner| persons.of(&it.id) == last;
    let one = at_once(|| {
        let persons = enrolment.persons();
        enrolment.learners.iter().filter(|it| is_last(&persons, it)).count()
    });
    assert_eq!(one, MANY, "each is asked for");
    // Each way is one step longer than that before.
    let backwards = merged(|n| n.saturating_sub(1));
    let faults =
        at_once(|| Enrolment::default().updated_by(&backwards, Unlisted::Leave).unwrap_err());
    assert_eq!(
        faults.0.last().unwrap().message.to_string(),
        "one is merged into the next, and so on, over too many learners: write the id of the last \
         of them for each"
    );
}

#[test]
fn unknown_places_of_a_list_are_looked_up() {
    let line = |n| format!("u{n},mailto:u{n}@example.it,Regno{n},Contea{n},054039");
    let list = list(&sheet("learner,identifiers,region,province,istat", line));
    let told = at_once(|| list.warnings(&Territories::Italy));
    assert_eq!(told.iter().map(|it| it.count).collect::<Vec<_>>(), [MANY, MANY]);
}

#[test]
fn a_circle_of_all_modules_is_found_once() {
    let module = |n: usize| {
        let next = (n + 1) % MANY;
        format!(
            "[[module]]\nid = 'm{n}'\ntitle = {{ it = 'M' }}\nrequires = ['m{next}']\n\
             [[module.activity]]\nid = 'https://a.example/{n}'"
        )
    };
    let text = sheet("id = 'c'\ntime_zone = 'Europe/Rome'\ntitle = { it = 'C' }", module);
    let told = at_once(|| Course::parse(&text).unwrap_err());
    assert_eq!(told.0.len(), 1);
}

#[test]
fn a_learner_with_many_objects_below_a_prefix_is_replayed() {
    let course = Course::parse(
        "id = 'c'\ntime_zone = 'Europe/Rome'\ntitle = { it = 'C' }\n[[module]]\nid = 'm'\n\
         title = { it = 'M' }\n[[module.activity]]\nkey = 'p'\nprefix = 'https://a.example/'\n",
    )
    .unwrap();
    let said = |n: usize| {
        let statement = serde_json::json!({
            "actor": {"mbox": "mailto:a@x.example"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/terminated"},
            "object": {"id": format!("https://a.example/{n}")},
            "timestamp": format!("2026-03-05T{:02}:{:02}:{:02}Z", n / 3600, n / 60 % 60, n % 60),
            "result": {"duration": "PT1S"},
        });
        Evidence::read(&statement, "s", 0).unwrap()
    };
    let history: Vec<Evidence> = (0..MOST_KEPT).map(said).collect();
    let one = at_once(|| ActorProgress::rebuild(&course, &history));
    // Those of the learner's other identifiers, of other objects.
    let documents = [0, 1, 2, 3, 4].map(|actor| {
        let mut document = one.clone();
        let journal = document.activities.get_mut("p").unwrap();
        let objects = std::mem::take(&mut journal.objects).into_iter();
        journal.objects = objects.map(|(iri, said)| (format!("{iri}/{actor}"), said)).collect();
        document
    });
    let learner = Learner::default();
    let standings = at_once(|| Replay::new(&course, &learner, &documents).until(None).standings());
    assert_eq!(standings.activities[0].micros, 5 * MOST_KEPT as u64 * 1_000_000);
}
