//! Reports: which report, on which learners, on which day; and its table.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::CourseService;
use super::board::{Board, documents_of};
use super::boards::stopped;
use super::error::ProgressError;
use super::making::{Making, ReportInMaking};
use super::names::names_in;
use super::who::Who;
use super::within::is_within;
use crate::compute;
use crate::memory::{Memory, Reserved};
use access::bounds::Bounds;
use course::{Bilingual, Course, Learner};
use report::{Detail, Grouping, Make, Member, Needs, Parameter, Report, SessionPlace, Table};
use store::{Result as StoreResult, StoreError};
use xapi::instant::Instant;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportQuery {
    /// Which report.
    pub report: &'static Report,
    /// By what; by what the report is usually grouped where missing.
    pub by: Option<Grouping>,
    /// At the end of which day; at present where missing.
    pub at: Option<Date>,
    /// On which learners.
    pub who: Who,
    /// Whether the matrix shows activities too.
    pub expand: bool,
    /// Of the report `register`: the sheet to sign at this session, named as `session` or `event/session`.
    pub session: Option<String>,
    /// Whether figures of fewer than five people are shown.
    pub small_groups: bool,
}

impl ReportQuery {
    /// This report with nothing further asked.
    pub fn of(report: &'static Report) -> Self {
        Self {
            report,
            by: None,
            at: None,
            who: Who::default(),
            expand: false,
            session: None,
            small_groups: false,
        }
    }

    /// The parameters that are given.
    fn given(&self) -> Vec<Parameter> {
        let Self { report: _, by, at, who, expand, session, small_groups } = self;
        let Who { learner, region, province, body, role, office, edition } = who;
        let all = [
            (Parameter::By, by.is_some()),
            (Parameter::At, at.is_some()),
            (Parameter::Learner, learner.is_some()),
            (Parameter::Region, region.is_some()),
            (Parameter::Province, province.is_some()),
            (Parameter::Body, body.is_some()),
            (Parameter::Role, role.is_some()),
            (Parameter::Office, office.is_some()),
            (Parameter::Edition, edition.is_some()),
            (Parameter::Expand, *expand),
            (Parameter::Session, session.is_some()),
            (Parameter::SmallGroups, *small_groups),
        ];
        all.into_iter().filter(|(_, is_given)| *is_given).map(|(parameter, _)| parameter).collect()
    }

    /// Refuses what the report would have to pass over in silence, and a report without what it needs.
    fn is_taken(&self) -> Result<(), ProgressError> {
        let (takes, given) = (self.report.parameters(), self.given());
        let not_taken = |what: String| ProgressError::NotTaken {
            report: self.report.name,
            what,
            takes: takes.iter().map(|parameter| parameter.as_str()).collect(),
        };
        if let Some(other) = given.iter().find(|parameter| !takes.contains(parameter)) {
            return Err(not_taken(format!("`{}`", other.as_str())));
        }
        if let Some(key) = self.by.as_ref().and_then(|by| self.report.refused_key(by)) {
            return Err(not_taken(format!("by={}", key.as_str())));
        }
        match self.report.required.iter().find(|parameter| !given.contains(parameter)) {
            Some(_) => Err(ProgressError::NobodyNamed),
            None => Ok(()),
        }
    }
}

impl ReportQuery {
    /// The session asked for: one, for a sheet is signed at one session.
    pub(super) fn session<'c>(
        &self,
        course: &'c Course,
    ) -> Result<Option<SessionPlace<'c>>, ProgressError> {
        let Some(wanted) = &self.session else { return Ok(None) };
        match report::sessions_named(course, wanted).as_slice() {
            [] => {
                let (event, session) = wanted.split_once('/').unwrap_or(("", wanted));
                let (event, session) = (event.to_owned(), session.to_owned());
                Err(ProgressError::NoSession { event, session })
            }
            [one] => Ok(Some(*one)),
            several => Err(ProgressError::SeveralSessions {
                session: wanted.clone(),
                named: several.iter().map(|it| format!("{}/{wanted}", it.event.key)).collect(),
            }),
        }
    }
}

impl CourseService {
    /// The answer to a report, made at once in as much memory as it takes. See [`Self::prepare`].
    ///
    /// # Errors
    /// As of [`Self::prepare`].
    pub async fn report(
        &self,
        id: &str,
        query: ReportQuery,
        bounds: Option<Bounds>,
    ) -> Result<Table, ProgressError> {
        let memory = Memory::new(usize::MAX);
        Ok(self.prepare(id, query, bounds, &memory).await?.table().await?.0)
    }

    /// A report on the learners within `bounds`, with all that it needs at hand: true for all statements up to its
    /// `through`. What it holds until it is dropped is reserved in `memory`.
    ///
    /// # Errors
    /// [`ProgressError`], also where a learner was asked for who is not there or not within the
    /// bounds; [`ProgressError::Exhausted`] where what learners said needs more memory than there is.
    pub async fn prepare(
        &self,
        id: &str,
        query: ReportQuery,
        bounds: Option<Bounds>,
        memory: &Memory,
    ) -> Result<ReportInMaking, ProgressError> {
        query.is_taken()?;
        let mut held = memory.reserve(0)?;
        let make = match query.report.make {
            Make::OfData(make) => {
                let table = self.health(id, bounds.as_ref(), make, &mut held).await?;
                return Ok(ReportInMaking::made(table, held));
            }
            Make::OfLearners(make) => make,
        };
        let now = self.clock.now();
        let horizon = self.store.consistent_through().await?;
        let board = self.boards.board(id, query.at).await?;
        let of = Arc::clone(&board);
        // A course may have a hundred thousand learners, each with names that are compared with what was asked.
        let check = move || Question::of(&of, query, bounds, now);
        let checked = compute::aside(check).await.map_err(|_| stopped())?;
        let mut asked = checked?;
        asked.through = self.through(&board, horizon).await?;
        let earlier = self.earlier(id, asked.query.report, asked.day).await?;
        let said = Box::new(self.said(id, &board, &asked, &mut held).await?);
        Ok(ReportInMaking::of(Making { make, board, earlier, asked, said }, held))
    }

    /// The `stored` up to which a board is true.
    pub(super) async fn through(
        &self,
        board: &Board,
        horizon: Instant,
    ) -> StoreResult<Option<i64>> {
        let through = board.watermark.followed.through;
        let follows_all = self.store.log(through, 1).await?.statements.is_empty();
        let through = if follows_all { horizon.max(through) } else { through };
        Ok((through > Instant::default()).then(|| through.micros()))
    }

    /// The board that a report compares with, and its day.
    async fn earlier(
        &self,
        id: &str,
        report: &Report,
        day: Date,
    ) -> Result<Option<(Date, Arc<Board>)>, ProgressError> {
        match report.compares_with.and_then(|earlier| earlier(day)) {
            Some(day) => Ok(Some((day, self.boards.board(id, Some(day)).await?))),
            None => Ok(None),
        }
    }

    /// What was said of each learner that a report looks at, where it needs it. `held` grows by what that takes.
    async fn said(
        &self,
        id: &str,
        board: &Board,
        asked: &Question,
        held: &mut Reserved,
    ) -> Result<Said, ProgressError> {
        let mut said = Said::default();
        // A sheet to sign has no presences.
        let needs = match asked.query.session {
            Some(_) => Needs::Standings,
            None => asked.query.report.needs,
        };
        if needs != Needs::Standings {
            for member in asked.members(board) {
                let documents = documents_of(&*self.store, id, &member.learner, held).await?;
                said.details.push(Detail { learner: Arc::clone(&member.learner), documents });
            }
        }
        if needs == Needs::DetailsAndNotes {
            said.notes = self.notes(&board.enrolled.course).await?;
        }
        if needs == Needs::DetailsAndNames {
            said.names = names_in(&*self.store, &said.details).await?;
        }
        Ok(said)
    }
}

/// The day of an instant in the time zone of a board's course.
///
/// # Errors
/// [`StoreError::Unavailable`] for an instant outside of the years that have days, which a clock that
/// is set wrong tells.
pub(super) fn day_of(board: &Board, now: Instant) -> StoreResult<Date> {
    board.enrolled.course.day_of(now.micros()).ok_or_else(|| no_day(now))
}

/// That the clock tells no day.
pub(super) fn no_day(now: Instant) -> StoreError {
    StoreError::Unavailable(format!("the clock tells {} µs since 1970: no day", now.micros()))
}

/// What statements say beside standings.
#[derive(Default)]
pub(super) struct Said {
    /// Of each learner.
    pub(super) details: Vec<Detail>,
    /// Of the registers, by the ids of their statements.
    pub(super) notes: BTreeMap<String, String>,
    /// Of questions and parts of activities, by their IRIs.
    pub(super) names: BTreeMap<String, Bilingual>,
}

/// A query, and what was found out about it: grouping, bounds, the day, what the answer is true for.
pub(super) struct Question {
    pub(super) query: ReportQuery,
    pub(super) by: Grouping,
    pub(super) bounds: Option<Bounds>,
    pub(super) day: Date,
    pub(super) through: Option<i64>,
}

impl Question {
    /// What is asked of a board at an instant, by a key of these bounds; true for nothing yet.
    ///
    /// # Errors
    /// Of what does not fit the course or its learners.
    fn of(
        board: &Board,
        mut query: ReportQuery,
        bounds: Option<Bounds>,
        now: Instant,
    ) -> Result<Self, ProgressError> {
        if let Some(learner) = query.who.learner.take() {
            let person = board.enrolled.person(&learner, bounds.as_ref());
            let person = person.ok_or(ProgressError::NoLearner(learner))?;
            query.who.learner = Some(person.id.clone());
        }
        let of_key = bounds.clone();
        let may_be_seen = |it: &&Learner| is_within(of_key.as_ref(), it);
        let visible = || board.members.iter().map(|member| &*member.learner).filter(may_be_seen);
        query.who.by_value(&board.enrolled.course.outline().names, visible);
        // Before anything is read: a session that the course does not have is refused.
        query.session(&board.enrolled.course)?;
        let by = query.by.clone().map_or_else(|| query.report.usual_grouping().parse(), Ok)?;
        let day = query.at.map_or_else(|| day_of(board, now), Ok)?;
        let asked = Self { query, by, bounds, day, through: None };
        // Columns that only learners outside of the bounds have are as unknown as these are.
        asked.by.check(visible())?;
        asked.query.who.is_known(visible())?;
        if let Some(learner) = &asked.query.who.learner
            && asked.members(board).next().is_none()
        {
            return Err(ProgressError::NoLearner(learner.clone()));
        }
        Ok(asked)
    }

    pub(super) fn members<'b>(&self, board: &'b Board) -> impl Iterator<Item = &'b Member> {
        board.members.iter().filter(|member| self.includes(&member.learner))
    }

    pub(super) fn includes(&self, learner: &Learner) -> bool {
        is_within(self.bounds.as_ref(), learner) && self.query.who.includes(learner)
    }
}

#[cfg(test)]
mod tests {
    use report::reports::{EVERY, named};

    use super::*;

    fn refused(query: &ReportQuery) -> Option<(String, Vec<&'static str>)> {
        match query.is_taken() {
            Ok(()) => None,
            Err(ProgressError::NotTaken { what, takes, .. }) => Some((what, takes)),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// A query with one thing asked.
    fn asked(report: &'static Report, parameter: Parameter) -> Option<ReportQuery> {
        let (mut query, text) = (ReportQuery::of(report), Some("x".to_owned()));
        match parameter {
            Parameter::By => query.by = Some(Grouping::default()),
            Parameter::At => query.at = Some(Date::default()),
            Parameter::Learner => query.who.learner = text,
            Parameter::Region => query.who.region = text,
            Parameter::Province => query.who.province = text,
            Parameter::Body => query.who.body = text,
            Parameter::Role => query.who.role = text,
            Parameter::Office => query.who.office = text,
            Parameter::Edition => query.who.edition = text,
            Parameter::Expand => query.expand = true,
            Parameter::Session => query.session = text,
            Parameter::SmallGroups => query.small_groups = true,
            // How an answer is written is no part of the query.
            Parameter::Format | Parameter::Lang | Parameter::Width => return None,
        }
        if report.required.contains(&Parameter::Learner) {
            query.who.learner = Some("x".to_owned());
        }
        Some(query)
    }

    #[test]
    fn every_report_refuses_each_parameter_that_it_does_not_take_and_names_those_it_takes() {
        for report in EVERY {
            let takes: Vec<&str> = report.parameters().iter().map(|it| it.as_str()).collect();
            for parameter in Parameter::EVERY {
                let Some(query) = asked(report, parameter) else { continue };
                let expected = (!takes.contains(&parameter.as_str()))
                    .then(|| (format!("`{}`", parameter.as_str()), takes.clone()));
                assert_eq!(refused(&query), expected, "{report} with {}", parameter.as_str());
            }
        }
    }

    #[test]
    fn the_report_on_one_learner_needs_one() {
        let query = ReportQuery::of(named("learner").unwrap());
        assert!(matches!(query.is_taken(), Err(ProgressError::NobodyNamed)));
    }
}
