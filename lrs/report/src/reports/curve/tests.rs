use std::collections::BTreeSet;
use std::sync::Arc;

use course::{ActorProgress, Evidence, Learner, Replay};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::detail::Detail;
use crate::grouping::Grouping;
use crate::room::Room;
use crate::view::Member;

#[test]
fn a_curve_has_the_ends_of_months_and_the_day_itself() {
    let day = |text: &str| text.parse().unwrap();
    let curve = days(Some(day("2025-11-03")), day("2026-02-10"));
    assert_eq!(curve, ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-10"].map(day));
    assert_eq!(days(Some(day("2026-03-01")), day("2026-02-10")), [day("2026-02-10")]);
    assert_eq!(days(None, day("2026-02-28")).len(), 13);
}

/// The curve the slow way: each learner is replayed to the end of each day.
fn slowly(asked: &Asked<'_>, details: &[Detail]) -> Table {
    let view = &asked.view;
    let window = window(view);
    let days = days(window.begins, view.day);
    let by = GroupedBy::new(view, asked.grouping);
    let mut points: Vec<(Date, Groups<'_, '_, Point>)> =
        days.into_iter().map(|day| (day, by.groups())).collect();
    for detail in details {
        let mut replay = Replay::new(view.course, &detail.learner, &detail.documents);
        for (day, groups) in &mut points {
            replay.advance(view.course.end_of(*day));
            let standing = replay.standings().course;
            let point = groups.of(&detail.learner, Point::default);
            point.enrolled += 1;
            point.started += u64::from(standing.state != State::NotStarted);
            point.completed += u64::from(standing.state == State::Completed);
            point.micros = point.micros.saturating_add(standing.micros());
        }
    }
    let mut table = view.table(&REPORT, columns(&by));
    table.notes.push(words("note-planned"));
    for (day, groups) in &points {
        let rows = groups.rows(&mut table.notes, |place, point| {
            let mut cells = vec![Cell::Date(*day)];
            cells.extend(names(place));
            let figures = point.cells(planned(view, window, *day), view.course.hours());
            Row { names: cells, figures: figures.into() }
        });
        table.rows.extend(rows);
    }
    table
}

/// Two modules, one of them for officials alone, and one that is complete from the beginning.
const COURSE: &str = "id = 'c'\ntitle = { it = 'C' }\ntime_zone = 'Europe/Rome'\nhours = 9\n\
    begins = 2026-01-10\nends = 2026-06-20\n\
    [[module]]\nid = 'z'\ntitle = { it = 'Z' }\ncomplete_when = 'all'\n\
    [[module.activity]]\nkey = 'one'\nid = 'https://c.example/one'\nhours = 3\n\
    [[module.activity]]\nkey = 'two'\nid = 'https://c.example/two'\nrequires = ['one']\n\
    [[module]]\nid = 'a'\ntitle = { it = 'A' }\ncomplete_when = 'all'\naudience = { role = ['official'] }\n\
    [[module.activity]]\nkey = 'day'\nid = 'https://c.example/day'\nhours = 4\ncredit = 'nominal'\n";

const VERBS: [&str; 5] = [
    "http://adlnet.gov/expapi/verbs/completed",
    "http://adlnet.gov/expapi/verbs/terminated",
    "http://adlnet.gov/expapi/verbs/failed",
    "http://adlnet.gov/expapi/verbs/passed",
    "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted",
];

/// One statement: verb, activity, minutes since the beginning of the year, minutes that it lasted.
type Word = (usize, usize, i64, u8);

fn document(course: &course::Course, said: &[Word]) -> ActorProgress {
    let statement = |(number, (verb, activity, minute, lasted)): (usize, &Word)| {
        let time = jiff::Timestamp::from_second(1_767_225_600 + minute * 60).unwrap();
        let object = ["one", "two", "day"][*activity];
        let statement: Value = json!({
            "actor": {"mbox": "mailto:a@x.example"},
            "verb": {"id": VERBS[*verb]},
            "object": {"id": format!("https://c.example/{object}")},
            "timestamp": time.to_string(),
            "result": {"duration": format!("PT{lasted}M")},
        });
        let stored = i64::try_from(number).unwrap();
        Evidence::read(&statement, &format!("s{number}"), stored).unwrap()
    };
    let history: Vec<Evidence> = said.iter().enumerate().map(statement).collect();
    ActorProgress::rebuild(course, &history)
}

fn learner(number: usize, (region, role): (usize, usize)) -> Learner {
    Learner {
        id: format!("u{number}"),
        region: ["Umbria", "Lazio", ""][region].into(),
        body: ["Comune di A", "Comune di B", "Regione"][(number + region) % 3].into(),
        role: ["official", "manager"][role].into(),
        ..Learner::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Statements of two years, so that some are before the course, after it, and after the day of the report.
    #[test]
    fn a_curve_of_tracks_is_the_curve_of_replays(
        people in prop::collection::vec(
            ((0..3usize, 0..2usize), prop::collection::vec((0..5usize, 0..3usize, -300_000..700_000i64, 0..200u8), 0..12)),
            1..24,
        ),
        is_cut in any::<bool>(),
        day_of_year in 1..700i32,
        hides in any::<bool>(),
        by in prop::sample::select(vec!["", "region", "body", "region,role"]),
        is_planned in any::<bool>(),
    ) {
        let file = if is_planned { COURSE.to_owned() } else { COURSE.replace("begins = 2026-01-10\n", "").replace("ends = 2026-06-20\n", "") };
        let course = course::Course::parse(&file).unwrap();
        let day: Date = date(2026, 1, 1).saturating_add(day_of_year.days());
        let cut = course.end_of(day).filter(|_| is_cut);
        let (mut members, mut details) = (Vec::new(), Vec::new());
        for (number, (kind, said)) in people.iter().enumerate() {
            let learner = Arc::new(learner(number, *kind));
            let documents = vec![document(&course, said)];
            let (replay, track) = Replay::new(&course, &learner, &documents).tracked(cut);
            let whole = Replay::new(&course, &learner, &documents).until(cut);
            prop_assert_eq!(replay.standings(), whole.standings());
            let standings = Arc::new(replay.standings());
            members.push(Member { learner: Arc::clone(&learner), standings, track });
            details.push(Detail { learner, documents });
        }
        let view = View {
            course: &course,
            at: cut.map(|cut| cut.day),
            day,
            through: None,
            hides_small_groups: hides,
            unseen: BTreeSet::new(),
            room: Room::default(),
            members: members.iter().collect(),
        };
        let grouping: Grouping = by.parse().unwrap();
        let asked = Asked::new(view, &grouping);
        let (quick, slow) = (table(&asked), slowly(&asked, &details));
        prop_assert_eq!(format!("{:?}", quick.rows), format!("{:?}", slow.rows));
        prop_assert_eq!(&quick.notes, &slow.notes);
        let keys = |table: &Table| table.columns.iter().map(|it| it.key.clone()).collect::<Vec<_>>();
        prop_assert_eq!(keys(&quick), keys(&slow));
    }
}
