//! R10: which questions of tests are too easy, too hard, or mislead.

use std::collections::BTreeMap;

use course::{FirstAnswer, Usage};

use crate::descriptor::{Asked, Grouped, Needs, Report};
use crate::figure;
use crate::groups::{GroupedBy, Groups, LEAST, People, Row, is_small, names};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::{Value, activity_name, words, words_with};

/// For each question, of first answers alone: how many answered, the share that was right, how well it tells those who
/// know from those who do not, and the wrong answers that were chosen most.
///
/// `discrimination` is the correlation, from -1 to 1, of a right answer with the share of right answers to the other
/// questions of the activity. A question that nearly all answer wrongly who know the rest has a negative one.
pub(crate) static REPORT: Report = Report {
    grouped: Grouped::ByLearners,
    needs: Needs::DetailsAndNames,
    ..Report::plain(
        "questions",
        "(R10) questions: right at first, discrimination, wrong answers",
        table,
    )
};

/// How many wrong answers are shown.
const WRONG_SHOWN: usize = 3;
/// A correlation over fewer learners says nothing.
const LEAST_COMPARED: u64 = 10;

/// The first answers of a group to the questions of an activity.
#[derive(Default)]
struct Answers<'a> {
    enrolled: u64,
    questions: BTreeMap<&'a str, Question<'a>>,
}

/// The first answers of a group to one question.
#[derive(Default)]
struct Question<'a> {
    /// How many answered.
    learners: u64,
    right: u64,
    wrong: u64,
    /// How many chose each wrong answer; one that came without what was chosen is wrong, and is none of these.
    responses: BTreeMap<&'a str, u64>,
    compared: Compared,
}

/// Sums over the learners who were also asked other questions: of `x`, 1 for a right answer and else 0, and `y`, the share
/// of right answers to the others.
#[derive(Clone, Copy, Default)]
struct Compared {
    n: u64,
    x: f64,
    y: f64,
    yy: f64,
    xy: f64,
}

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let by = GroupedBy::new(view, asked.grouping);
    let cut = view.at.and_then(|day| view.course.end_of(day));
    let activities = view.course.activities_in_modules();
    let mut tests: Vec<(_, Groups<'_, '_, Answers<'_>>)> =
        activities.map(|activity| (activity, by.groups())).collect();
    for detail in asked.details {
        let usage = Usage::new(view.course, &detail.learner, &detail.documents, cut);
        for ((place, _, activity), groups) in &mut tests {
            if usage.includes(*place) {
                let group = groups.of(&detail.learner, Answers::default);
                group.add(&usage.answers(activity));
            }
        }
    }
    let mut table = view.table(&REPORT, columns(&by));
    table.notes.push(words("note-first-answers"));
    for ((_, module, activity), groups) in &tests {
        for question in groups.all(|answers| answers.questions.keys().copied()) {
            let none = Question::default();
            let answered =
                |it: &Answers<'_>| it.questions.get(question).map_or(0, |it| it.learners);
            let rows = groups.rows_of(&mut table.notes, answered, |place, answers| {
                let mut cells = vec![
                    Cell::Text(module.id.clone()),
                    Cell::Text(activity.key.clone()),
                    Cell::bilingual(activity_name(activity)),
                    Cell::Text(question.to_owned()),
                    asked.name_of(question),
                ];
                cells.extend(names(place));
                let of_question = answers.questions.get(question).unwrap_or(&none);
                let mut figures = vec![Cell::Count(answers.enrolled)];
                figures.extend(of_question.cells(view.hides_small_groups, by.hides()));
                Row { names: cells, figures }
            });
            table.rows.extend(rows);
        }
    }
    table
}

impl People for Answers<'_> {
    fn people(&self) -> u64 {
        self.enrolled
    }
}

impl<'a> Answers<'a> {
    /// The first answers of one learner.
    fn add(&mut self, answers: &BTreeMap<&'a str, &'a FirstAnswer>) {
        self.enrolled += 1;
        let judged = || answers.values().filter_map(|answer| answer.success);
        let (known, right) = (judged().count(), judged().filter(|is_right| *is_right).count());
        for (iri, answer) in answers {
            let question = self.questions.entry(iri).or_default();
            question.learners += 1;
            match answer.success {
                Some(true) => question.right += 1,
                Some(false) => {
                    question.wrong += 1;
                    if let Some(response) = answer.response.as_deref() {
                        *question.responses.entry(response).or_default() += 1;
                    }
                }
                None => {}
            }
            if let Some(is_right) = answer.success.filter(|_| known > 1) {
                let others = right - usize::from(is_right);
                #[expect(clippy::cast_precision_loss, reason = "questions are fewer than 2^52")]
                question.compared.add(is_right, others as f64 / (known - 1) as f64);
            }
        }
    }
}

impl Compared {
    fn add(&mut self, is_right: bool, others: f64) {
        self.n += 1;
        self.y += others;
        self.yy += others * others;
        if is_right {
            self.x += 1.0;
            self.xy += others;
        }
    }

    /// None where there are too few, or where all are alike.
    #[expect(clippy::cast_precision_loss, reason = "learners are fewer than 2^52")]
    fn correlation(self) -> Option<f64> {
        let Self { n, x, y, yy, xy } = self;
        let n = (n >= LEAST_COMPARED).then_some(n as f64)?;
        // A sum of ones is the sum of their squares.
        let spread = (n * x - x * x) * (n * yy - y * y);
        // What rounding leaves of no spread is none.
        (spread > 1e-9).then(|| (n * xy - x * y) / spread.sqrt())
    }
}

impl Question<'_> {
    /// Without what was typed in by few, where that is hidden, and the share that was right of few who are known to be right
    /// or wrong.
    fn cells(&self, hides_few: bool, hides: bool) -> Vec<Cell> {
        let judged = self.right + self.wrong;
        let right = figure::share(self.right, judged);
        let mut cells = vec![
            Cell::Count(self.learners),
            if hides && is_small(judged) { Cell::Suppressed } else { right },
            figure::score(self.compared.correlation()),
        ];
        // What was typed in by few may be about themselves.
        let shown = |count: u64| !hides_few || count >= LEAST;
        let mut wrong: Vec<(&str, u64)> = self
            .responses
            .iter()
            .map(|(response, count)| (*response, *count))
            .filter(|(_, count)| shown(*count))
            .collect();
        wrong.sort_by_key(|(response, count)| (std::cmp::Reverse(*count), *response));
        let mut wrong = wrong.into_iter();
        for _ in 0..WRONG_SHOWN {
            match wrong.next() {
                Some((response, count)) => {
                    cells.extend([Cell::Text(response.to_owned()), Cell::Count(count)]);
                }
                None => cells.extend([Cell::Empty, Cell::Empty]),
            }
        }
        cells
    }
}

fn columns(by: &GroupedBy<'_>) -> Vec<Column> {
    let mut columns: Vec<Column> =
        ["module", "activity", "activity_title"].map(|key| Column::of(key, Kind::Text)).into();
    columns.extend(["question", "question_title"].map(|key| Column::of(key, Kind::Text)));
    columns.extend(by.columns());
    columns.extend([
        Column::of("enrolled", Kind::Count),
        Column::of("answered", Kind::Count),
        Column::of("right_first", Kind::Share),
        Column::of("discrimination", Kind::Score),
    ]);
    for place in 1..=WRONG_SHOWN {
        let number = || [("place", Value::Text(place.to_string()))];
        let answer = words_with("column-wrong-answer", &number());
        let learners = words_with("column-wrong-answer-learners", &number());
        columns.push(Column::headed(format!("wrong_{place}"), Kind::Text, answer));
        columns.push(Column::headed(format!("wrong_{place}_learners"), Kind::Count, learners));
    }
    columns
}
