//! R5 and R6: hours per head and per body, and where each hour comes from.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::figure;
use super::people;
use super::progress::{activity_name, learner_columns};
use super::small;
use super::view::{Member, View};
use crate::grouping::Grouping;
use crate::ledger::ledger_lines;
use crate::table::{Cell, Column, Kind, Table};
use course::ActorProgress;
use course::Course;
use course::Learner;
use course::Standing;
use course::Words;
use course::{Cut, Replay};

/// One learner with all that was said by the actors they are.
#[derive(Clone, Debug)]
pub struct Detail {
    /// Who.
    pub learner: Arc<Learner>,
    /// The documents of all their identifiers.
    pub documents: Vec<ActorProgress>,
}

impl Detail {
    /// Their way through the course to the end of a day, or to the end.
    pub fn replay<'d>(&'d self, course: &'d Course, cut: Option<Cut>) -> Replay<'d> {
        Replay::new(course, &self.learner, &self.documents).until(cut)
    }
}

fn title() -> Words {
    Words::new("Ore di formazione", "Hours of training")
}

fn note(view: &View<'_>) -> Words {
    let year = view.day.year();
    Words::new(
        format!("Le ore dell'anno sono quelle maturate nel {year}, fino al giorno del rapporto."),
        format!("The hours of the year are those of {year}, until the day of the report."),
    )
}

/// Hours per head, against the course's target and the year's (R5); with a grouping, hours of
/// all and how many reach the targets (R6). `year_before` is the same view at the end of the year
/// before that of the report: the hours of the year are what has been added since.
pub fn hours(view: &View<'_>, year_before: &View<'_>, grouping: &Grouping) -> Table {
    let before: BTreeMap<&str, u64> = year_before
        .members
        .iter()
        .map(|member| (member.learner.id.as_str(), member.standings.course.micros()))
        .collect();
    let of_year = |member: &Member| {
        let before = before.get(member.learner.id.as_str()).copied().unwrap_or(0);
        member.standings.course.micros().saturating_sub(before)
    };
    if grouping.of_learners().is_empty() {
        by_person(view, of_year)
    } else {
        by_group(view, grouping, of_year)
    }
}

fn hour_columns() -> [Column; 3] {
    [
        Column::new("hours_online", Kind::Hours, "Ore a distanza", "Hours online"),
        Column::new("hours_presence", Kind::Hours, "Ore in presenza", "Hours in presence"),
        Column::new("hours", Kind::Hours, "Ore totali", "Hours"),
    ]
}

fn by_person(view: &View<'_>, of_year: impl Fn(&Member) -> u64) -> Table {
    let mut columns = people::columns();
    columns.extend(hour_columns());
    columns.extend([
        Column::new("target", Kind::Hours, "Ore previste dal corso", "Target of the course"),
        Column::new("hours_year", Kind::Hours, "Ore nell'anno", "Hours in the year"),
        Column::new("target_year", Kind::Hours, "Ore annue previste", "Target of the year"),
    ]);
    let mut table = view.table("hours", title(), columns);
    table.notes.push(note(view));
    let mut all = Sum::default();
    for member in &view.members {
        let standing = &member.standings.course;
        all.add(standing, of_year(member));
        let mut row = people::cells(&member.learner);
        row.extend([
            figure::hours_cell(standing.online),
            figure::hours_cell(standing.presence),
            figure::hours_cell(standing.micros()),
            figure::target(view.course.hours()),
            figure::hours_cell(of_year(member)),
            figure::target(Some(view.course.outline().hours_per_year)),
        ]);
        table.rows.push(row);
    }
    table.add_up([
        ("hours_online", figure::hours_cell(all.online)),
        ("hours_presence", figure::hours_cell(all.presence)),
        ("hours", figure::hours_cell(all.online.saturating_add(all.presence))),
        ("hours_year", figure::hours_cell(all.of_year)),
    ]);
    table
}

#[derive(Clone, Copy, Default)]
struct Sum {
    enrolled: u64,
    taking_part: u64,
    online: u64,
    presence: u64,
    of_year: u64,
    reaching: u64,
    reaching_year: u64,
}

fn by_group(view: &View<'_>, grouping: &Grouping, of_year: impl Fn(&Member) -> u64) -> Table {
    let keys = grouping.of_learners();
    let outline = view.course.outline();
    let reaches = |micros: u64, hours: f64| micros >= course::micros_of_hours(hours);
    let mut groups: BTreeMap<Vec<&str>, Sum> = BTreeMap::new();
    for member in &view.members {
        let group = keys.iter().map(|key| key.of(&member.learner)).collect();
        let sum = groups.entry(group).or_default();
        let (standing, of_year) = (&member.standings.course, of_year(member));
        sum.add(standing, of_year);
        let target = outline.hours.filter(|hours| *hours > 0.0);
        sum.reaching += u64::from(target.is_some_and(|it| reaches(standing.micros(), it)));
        sum.reaching_year += u64::from(reaches(of_year, outline.hours_per_year));
    }
    let mut columns = learner_columns(grouping);
    columns.extend(group_hour_columns());
    let mut table = view.table("hours", title(), columns);
    table.notes.push(note(view));
    let sizes: Vec<(&[&str], u64)> =
        groups.iter().map(|(place, sum)| (place.as_slice(), sum.enrolled)).collect();
    let hide = small::hidden_in(&mut table, view, &keys, &sizes);
    for (n, (group, sum)) in groups.iter().enumerate() {
        let mut row: Vec<Cell> = group.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        let first = row.len();
        row.extend(sum.cells(view.course));
        if hide.get(n) == Some(&true) {
            small::hide(&mut row, first);
        }
        table.rows.push(row);
    }
    let mut all = Sum::default();
    for sum in groups.values() {
        all.merge(sum);
    }
    let columns = group_hour_columns();
    let totals = columns.iter().map(|column| column.key.as_str()).zip(all.cells(view.course));
    table.add_up(totals.map(|(key, cell)| (key, small::total(view, &keys, all.enrolled, cell))));
    table
}

fn group_hour_columns() -> Vec<Column> {
    let mut columns = vec![
        Column::new("enrolled", Kind::Count, "Iscritti", "Enrolled"),
        Column::new("taking_part", Kind::Count, "Con ore riconosciute", "With hours"),
    ];
    columns.extend(hour_columns());
    columns.extend([
        Column::new("presence_share", Kind::Share, "Quota in presenza", "Share in presence"),
        Column::new("hours_mean", Kind::Hours, "Ore per persona", "Hours per head"),
        Column::new("target", Kind::Hours, "Ore previste a persona", "Target per head"),
        Column::new("reaching", Kind::Count, "Obiettivo raggiunto", "Reaching the target"),
        Column::new("hours_year", Kind::Hours, "Ore nell'anno", "Hours in the year"),
        Column::new("target_year", Kind::Hours, "Ore annue previste a persona", "Target a year"),
        Column::new(
            "reaching_year",
            Kind::Count,
            "Obiettivo annuo raggiunto",
            "Reaching the target of the year",
        ),
    ]);
    columns
}

impl Sum {
    /// Adds a learner's hours.
    fn add(&mut self, standing: &Standing, of_year: u64) {
        self.enrolled += 1;
        self.taking_part += u64::from(standing.micros() > 0);
        self.online = self.online.saturating_add(standing.online);
        self.presence = self.presence.saturating_add(standing.presence);
        self.of_year = self.of_year.saturating_add(of_year);
    }

    /// Adds the learners of another group.
    fn merge(&mut self, other: &Self) {
        self.enrolled += other.enrolled;
        self.taking_part += other.taking_part;
        self.online = self.online.saturating_add(other.online);
        self.presence = self.presence.saturating_add(other.presence);
        self.of_year = self.of_year.saturating_add(other.of_year);
        self.reaching += other.reaching;
        self.reaching_year += other.reaching_year;
    }

    fn cells(&self, course: &Course) -> Vec<Cell> {
        let all = self.online + self.presence;
        vec![
            Cell::Count(self.enrolled),
            Cell::Count(self.taking_part),
            figure::hours_cell(self.online),
            figure::hours_cell(self.presence),
            figure::hours_cell(all),
            figure::share(self.presence, all),
            all.checked_div(self.enrolled).map_or(Cell::Empty, figure::hours_cell),
            figure::target(course.hours()),
            Cell::Count(self.reaching),
            figure::hours_cell(self.of_year),
            figure::target(Some(course.outline().hours_per_year)),
            Cell::Count(self.reaching_year),
        ]
    }
}

/// The source of each hour: object by object the rule by which it counts and the statements
/// behind it (R5). The `hours` of a learner's rows add up to their hours in every other report.
pub fn ledger(view: &View<'_>, details: &[Detail]) -> Table {
    let mut columns = people::columns();
    columns.extend([
        Column::new("module", Kind::Text, "Modulo", "Module"),
        Column::new("activity", Kind::Text, "Attività", "Activity"),
        Column::new("activity_title", Kind::Text, "Titolo dell'attività", "Activity title"),
        Column::new("object", Kind::Text, "Oggetto", "Object"),
        Column::new("in_presence", Kind::Flag, "In presenza", "In presence"),
        Column::new("rule", Kind::Text, "Regola", "Rule"),
        Column::new("rule_words", Kind::Text, "Regola in parole", "Rule in words"),
        Column::new("hours_measured", Kind::Hours, "Ore dichiarate", "Hours told"),
        Column::new("hours", Kind::Hours, "Ore riconosciute", "Hours that count"),
        Column::new("statements", Kind::Text, "Dichiarazioni xAPI", "Statements"),
    ]);
    let title = Words::new("Libro delle ore", "Hours ledger");
    let mut table = view.table("ledger", title, columns);
    let cut = view.at.and_then(|day| view.course.end_of(day));
    let (mut measured, mut counted) = (0_u64, 0_u64);
    for detail in details {
        for line in ledger_lines(&detail.replay(view.course, cut)) {
            let Some((module, activity)) = view.course.at(line.place) else { continue };
            measured = measured.saturating_add(line.measured);
            counted = counted.saturating_add(line.counted);
            let mut row = people::cells(&detail.learner);
            row.extend([
                Cell::Text(module.id.clone()),
                Cell::Text(activity.key.clone()),
                Cell::Words(activity_name(activity)),
                Cell::Text(line.object),
                Cell::Flag(line.in_presence),
                Cell::Text(line.rule.as_str().to_owned()),
                Cell::Words(line.rule.words()),
                figure::hours_cell(line.measured),
                figure::hours_cell(line.counted),
                Cell::List(line.statements),
            ]);
            table.rows.push(row);
        }
    }
    table.add_up([
        ("hours_measured", figure::hours_cell(measured)),
        ("hours", figure::hours_cell(counted)),
    ]);
    table
}
