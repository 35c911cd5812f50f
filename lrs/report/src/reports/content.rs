//! R11: how the content is used, and where learners stop.

use std::collections::BTreeMap;

use course::{ActivityPlace, Cut, Replay, State, Usage};

use crate::descriptor::{Asked, Grouped, Needs, Report};
use crate::detail::Detail;
use crate::figure;
use crate::groups::{GroupedBy, Groups, People, Row, is_small, names};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::{activity_name, words};

/// For each online activity, and for each of its parts (a SCO of a package, a page, a video): how many began and completed,
/// the median of their hours, and how many have not completed the activity and began nothing after this part.
///
/// `tells_completion` says whether a statement of anyone completed or passed the activity, or the part. An activity that
/// learners began and of which nothing ever says so has a package that does not report it.
pub(crate) static REPORT: Report = Report {
    grouped: Grouped::ByLearners,
    needs: Needs::DetailsAndNames,
    ..Report::plain("content", "(R11) content: begun, completed, hours, where learners stop", table)
};

/// A part that one learner alone has used is an attempt or a page of their own, and no part of the content.
const LEAST_USERS: u64 = 2;

/// What the learners of a group did in an activity.
#[derive(Default)]
struct Use<'a> {
    enrolled: u64,
    whole: PartUse,
    parts: BTreeMap<&'a str, PartUse>,
}

/// What they did in one part of it, or in all of it.
#[derive(Clone, Default)]
struct PartUse {
    begun: u64,
    completed: u64,
    /// How many have not completed the activity, and began this part last.
    stopped: u64,
    /// The time online of each learner for whom any is told, in microseconds.
    micros: Vec<u64>,
    tells_completion: bool,
    /// The positions, from 0, at which learners began it among the parts, added up.
    positions: u64,
}

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let by = GroupedBy::new(view, asked.grouping);
    let cut = view.at.and_then(|day| view.course.end_of(day));
    let activities = view.course.activities_in_modules();
    let online = activities.filter(|(_, _, activity)| !activity.is_event());
    let mut used: Vec<(_, Groups<'_, '_, Use<'_>>)> =
        online.map(|activity| (activity, by.groups())).collect();
    for detail in asked.details {
        let replay = detail.replay(view.course, cut);
        for ((place, _, _), groups) in &mut used {
            if !replay.includes(place.module) {
                continue;
            }
            let group = groups.of(&detail.learner, Use::default);
            group.enrolled += 1;
            if let Some(of_learner) = OfLearner::read(asked, detail, &replay, *place, cut) {
                group.add(&of_learner);
            }
        }
    }
    let mut table = view.table(&REPORT, columns(&by));
    table.notes.push(words("note-content"));
    for ((_, module, activity), groups) in &used {
        if !groups.is_any(|it| it.whole.begun > 0) {
            continue;
        }
        for part in std::iter::once("").chain(parts_in_order(groups)) {
            let begun = |group: &Use<'_>| group.part(part).begun;
            let rows = groups.rows_of(&mut table.notes, begun, |place, group| {
                let mut cells = vec![
                    Cell::Text(module.id.clone()),
                    Cell::Text(activity.key.clone()),
                    Cell::bilingual(activity_name(activity)),
                    if part.is_empty() { Cell::Empty } else { Cell::Text(part.to_owned()) },
                    asked.name_of(part),
                ];
                cells.extend(names(place));
                let mut figures = vec![Cell::Count(group.enrolled)];
                figures.extend(group.part(part).cells(by.hides()));
                Row { names: cells, figures }
            });
            table.rows.extend(rows);
        }
    }
    table
}

/// The parts of an activity that several learners have used, in the order in which these begin them; none where there is
/// one alone, which is the activity.
fn parts_in_order<'a>(groups: &Groups<'_, '_, Use<'a>>) -> Vec<&'a str> {
    let mut all: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    groups.each(|it| {
        for (part, figures) in &it.parts {
            let (begun, positions) = all.entry(part).or_default();
            *begun += figures.begun;
            *positions += figures.positions;
        }
    });
    let shared = all.into_iter().filter(|(_, (begun, _))| *begun >= LEAST_USERS);
    #[expect(clippy::cast_precision_loss, reason = "parts and learners are fewer than 2^52")]
    let mut parts: Vec<(f64, &str)> =
        shared.map(|(part, (begun, positions))| (positions as f64 / begun as f64, part)).collect();
    parts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    if parts.len() < 2 { Vec::new() } else { parts.into_iter().map(|(_, part)| part).collect() }
}

/// What one learner did in an activity that they have begun.
struct OfLearner<'a> {
    has_completed: bool,
    micros: u64,
    /// The parts in the order in which they were begun, each with its time in microseconds.
    parts: Vec<(&'a str, u64)>,
    told: Vec<&'a str>,
}

impl<'a> OfLearner<'a> {
    fn read(
        asked: &Asked<'a>,
        detail: &'a Detail,
        replay: &Replay<'a>,
        place: ActivityPlace,
        cut: Option<Cut>,
    ) -> Option<Self> {
        let course = asked.view.course;
        let usage = Usage::new(course, &detail.learner, &detail.documents, cut);
        let (_, activity) = course.at(place)?;
        let state = replay.state_on(place)?;
        let standing = state.state();
        if standing == State::NotStarted {
            return None;
        }
        let times: BTreeMap<&str, u64> =
            state.objects.iter().map(|(object, time)| (*object, time.online())).collect();
        let mut parts: Vec<(i64, &str)> =
            usage.begun(activity).into_iter().map(|(part, begun)| (begun, part)).collect();
        parts.sort_unstable();
        let parts =
            parts.into_iter().map(|(_, part)| (part, times.get(part).copied().unwrap_or(0)));
        Some(Self {
            has_completed: standing == State::Completed,
            micros: state.measured(activity),
            parts: parts.collect(),
            told: usage.completed(activity),
        })
    }
}

/// A part that a group has not used.
static UNUSED: PartUse = PartUse {
    begun: 0,
    completed: 0,
    stopped: 0,
    micros: Vec::new(),
    tells_completion: false,
    positions: 0,
};

impl<'a> Use<'a> {
    /// What was done in one part; in all of the activity, where the part is empty.
    fn part(&self, part: &str) -> &PartUse {
        if part.is_empty() { &self.whole } else { self.parts.get(part).unwrap_or(&UNUSED) }
    }

    fn add(&mut self, learner: &OfLearner<'a>) {
        let OfLearner { has_completed, micros, parts, told } = learner;
        self.whole.begin(*micros);
        self.whole.completed += u64::from(*has_completed);
        self.whole.stopped += u64::from(!has_completed);
        self.whole.tells_completion |= !told.is_empty();
        for (position, (part, micros)) in parts.iter().enumerate() {
            let of_part = self.parts.entry(part).or_default();
            of_part.begin(*micros);
            let is_told = told.binary_search(part).is_ok();
            of_part.completed += u64::from(is_told);
            of_part.tells_completion |= is_told;
            of_part.positions += position as u64;
            let is_last = position + 1 == parts.len();
            of_part.stopped += u64::from(is_last && !has_completed);
        }
    }
}

impl PartUse {
    fn begin(&mut self, micros: u64) {
        self.begun += 1;
        if micros > 0 {
            self.micros.push(micros);
        }
    }

    /// The median of the hours of few is hidden: it is the hours of one, or lies between those of two.
    fn cells(&self, hides: bool) -> Vec<Cell> {
        let is_hidden = hides && is_small(self.micros.len() as u64);
        let median = figure::median(&self.micros).map_or(Cell::Empty, figure::hours_cell);
        vec![
            Cell::Count(self.begun),
            Cell::Count(self.completed),
            figure::share(self.completed, self.begun),
            if is_hidden { Cell::Suppressed } else { median },
            Cell::Count(self.stopped),
            Cell::Flag(self.tells_completion),
        ]
    }
}

impl People for Use<'_> {
    fn people(&self) -> u64 {
        self.enrolled
    }
}

fn columns(by: &GroupedBy<'_>) -> Vec<Column> {
    let mut columns: Vec<Column> =
        ["module", "activity", "activity_title"].map(|key| Column::of(key, Kind::Text)).into();
    columns.extend(["part", "part_title"].map(|key| Column::of(key, Kind::Text)));
    columns.extend(by.columns());
    columns.extend([
        Column::of("enrolled", Kind::Count),
        Column::of("started", Kind::Count),
        Column::of("completed", Kind::Count),
        Column::headed("completed_share", Kind::Share, words("column-completed-of-started")),
        Column::of("hours_median", Kind::Hours),
        Column::of("stopped", Kind::Count),
        Column::of("tells_completion", Kind::Flag),
    ]);
    columns
}
