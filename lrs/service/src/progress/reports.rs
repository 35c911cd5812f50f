//! Reports: which one, on whom, on which day; and the table that answers.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use tokio::sync::OwnedRwLockReadGuard;

use super::Progress;
use super::board::{Board, documents_of};
use super::error::ProgressError;
use super::who::Who;
use access::bounds::Bounds;
use course::{Course, Learner};
use report::{Detail, Member, SessionPlace, View};
use report::{Grouping, Table};
use store::{Result as StoreResult, StoreError};
use xapi::instant::Instant;

/// One of the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// R1: the course in six numbers.
    Glance,
    /// R2: where people stop.
    Funnel,
    /// How many are how far, by anything.
    Progress,
    /// R3: learner by module.
    Matrix,
    /// R4: planned against real, over time.
    Curve,
    /// R5: where each hour comes from.
    Ledger,
    /// R5 and R6: hours per head, or by anything.
    Hours,
    /// Which bodies take part, and how far.
    Bodies,
    /// R7: whom to call.
    AtRisk,
    /// R8: who was where.
    Register,
    /// R9: tests.
    Assessment,
    /// Events by kind.
    Attendance,
    /// R13: groups side by side.
    Comparison,
    /// R14: one learner.
    Learner,
    /// R15: what the data team must know before anyone trusts the rest.
    Health,
    /// R16: who has a right to the certificate.
    Certificates,
}

impl ReportKind {
    /// Every report, in the order of the documentation.
    pub const EVERY: [Self; 16] = [
        Self::Glance,
        Self::Funnel,
        Self::Progress,
        Self::Matrix,
        Self::Curve,
        Self::Ledger,
        Self::Hours,
        Self::Bodies,
        Self::AtRisk,
        Self::Register,
        Self::Assessment,
        Self::Attendance,
        Self::Comparison,
        Self::Learner,
        Self::Health,
        Self::Certificates,
    ];

    /// Its name in addresses and commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Glance => "glance",
            Self::Funnel => "funnel",
            Self::Progress => "progress",
            Self::Matrix => "matrix",
            Self::Curve => "curve",
            Self::Ledger => "ledger",
            Self::Hours => "hours",
            Self::Bodies => "bodies",
            Self::AtRisk => "at-risk",
            Self::Register => "register",
            Self::Assessment => "assessment",
            Self::Attendance => "attendance",
            Self::Comparison => "comparison",
            Self::Learner => "learner",
            Self::Health => "health",
            Self::Certificates => "certificates",
        }
    }

    /// What it is grouped by where nothing is asked.
    const fn grouping(self) -> &'static str {
        match self {
            Self::Progress => "module",
            Self::Funnel => "module,region",
            Self::Comparison => "region",
            _ => "",
        }
    }

    /// What its rows can be told apart by.
    const fn grouped_by(self) -> Grouped {
        match self {
            Self::Progress | Self::Funnel | Self::Comparison | Self::Hours => Grouped::Freely,
            Self::Glance | Self::Curve | Self::Bodies | Self::Assessment | Self::Attendance => {
                Grouped::OfLearners
            }
            _ => Grouped::Not,
        }
    }

    /// The parameters with which it can be asked: others would be passed over in silence.
    pub fn parameters(self) -> Vec<&'static str> {
        let mut all = vec!["format", "lang", "width"];
        if self == Self::Health {
            return all;
        }
        if self.grouped_by() != Grouped::Not {
            all.extend(["by", "small_groups"]);
        }
        all.extend(["at", "learner", "region", "province", "body", "role", "office", "edition"]);
        match self {
            Self::Matrix => all.push("expand"),
            Self::Register => all.push("session"),
            _ => {}
        }
        all
    }

    /// Whether it needs all that each learner's actors said, and not their standings alone.
    const fn needs_details(self) -> bool {
        matches!(self, Self::Curve | Self::Ledger | Self::Register)
    }
}

/// What the rows of a report can be told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grouped {
    /// Parts of the course, and what learners have in common.
    Freely,
    /// What learners have in common.
    OfLearners,
    /// Nothing: it has a row for each learner, or for each of their parts.
    Not,
}

impl fmt::Display for ReportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no report `{0}`: use any of {known}", known = known())]
pub struct UnknownReport(pub String);

fn known() -> String {
    ReportKind::EVERY.map(ReportKind::as_str).join(", ")
}

impl FromStr for ReportKind {
    type Err = UnknownReport;

    fn from_str(name: &str) -> Result<Self, UnknownReport> {
        let found = Self::EVERY.into_iter().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| UnknownReport(name.to_owned()))
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportQuery {
    /// Which report.
    pub kind: ReportKind,
    /// By what; by what the report is usually grouped where missing.
    pub by: Option<Grouping>,
    /// At the end of which day; at present where missing.
    pub at: Option<Date>,
    /// On whom.
    pub who: Who,
    /// Whether the matrix shows activities too.
    pub expand: bool,
    /// Of the register: the sheet to sign at this session, named as `session` or `event/session`.
    pub session: Option<String>,
    /// Whether figures of fewer than five people are shown.
    pub small_groups: bool,
}

impl ReportQuery {
    /// The plain report of this kind.
    pub fn of(kind: ReportKind) -> Self {
        Self {
            kind,
            by: None,
            at: None,
            who: Who::default(),
            expand: false,
            session: None,
            small_groups: false,
        }
    }
}

impl ReportQuery {
    /// Refuses what the report would have to pass over in silence.
    fn is_taken(&self, course: &Course) -> Result<(), ProgressError> {
        let report = self.kind.as_str();
        let not_taken = |what: String| Err(ProgressError::NotTaken { report, what });
        let mut keys = self.by.iter().flat_map(Grouping::keys);
        let refused = match self.kind.grouped_by() {
            Grouped::Freely => None,
            Grouped::OfLearners => keys.find(|key| !key.is_of_learners()),
            Grouped::Not => keys.next(),
        };
        if let Some(key) = refused {
            return not_taken(format!("by={}", key.as_str()));
        }
        if self.kind == ReportKind::Learner && self.who.learner.is_none() {
            return Err(ProgressError::NobodyNamed);
        }
        match &self.session {
            Some(session) => self.session(course).map(|_| ()).and_then(|()| match self.kind {
                ReportKind::Register => Ok(()),
                _ => not_taken(format!("session={session}")),
            }),
            None => Ok(()),
        }
    }
}

impl ReportQuery {
    /// The session asked for: one, for a sheet is signed at one session.
    fn session<'c>(&self, course: &'c Course) -> Result<Option<SessionPlace<'c>>, ProgressError> {
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

type Held = OwnedRwLockReadGuard<Option<Board>, Board>;

impl Progress {
    /// The answer to a report on the learners within `bounds`: true for all statements up to its
    /// `through`.
    ///
    /// # Errors
    /// [`ProgressError`], also where a learner was asked for who is not there or not within the
    /// bounds.
    pub async fn report(
        &self,
        id: &str,
        query: ReportQuery,
        bounds: Option<Bounds>,
    ) -> Result<Table, ProgressError> {
        if query.kind == ReportKind::Health {
            return self.health(id, bounds.as_ref()).await;
        }
        let now = self.clock.now();
        let horizon = self.store.consistent_through().await?;
        let board = self.boards.board(id, query.at).await?;
        let mut query = query;
        if let Some(learner) = query.who.learner.take() {
            let person = board.register.person(&learner, bounds.as_ref());
            let person = person.ok_or(ProgressError::NoLearner(learner))?;
            query.who.learner = Some(person.id.clone());
        }
        query.is_taken(&board.register.course)?;
        let by = query.by.clone().map_or_else(|| query.kind.grouping().parse(), Ok)?;
        // Columns that only learners outside of the bounds have are as unknown as these are.
        let within = |it: &&Learner| {
            bounds.as_ref().is_none_or(|bounds| bounds.include(&it.region, &it.body, &it.istat))
        };
        by.check(board.members.iter().map(|member| &*member.learner).filter(within))?;
        let through = self.through(&board, horizon).await?;
        let day = query.at.or_else(|| day_of(&board, now)).unwrap_or_default();
        let earlier = self.earlier(id, query.kind, day).await?;
        let asked = Asked { query, by, bounds, day, through };
        let visible = board.members.iter().map(|member| &*member.learner);
        asked.query.who.is_known(visible.filter(|learner| asked.may_see(learner)))?;
        if let Some(learner) = asked.query.who.learner.clone()
            && asked.members(&board).next().is_none()
        {
            return Err(ProgressError::NoLearner(learner));
        }
        let said = self.said(id, &board, &asked).await?;
        let compute = move || asked.table(&board, earlier.as_ref(), &said);
        let table = tokio::task::spawn_blocking(compute).await;
        Ok(table.map_err(|_| StoreError::Unavailable("the report was stopped".into()))?)
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

    /// The board that a report compares with: of a week before, or the end of the year before.
    async fn earlier(
        &self,
        id: &str,
        kind: ReportKind,
        day: Date,
    ) -> Result<Option<(Date, Held)>, ProgressError> {
        let earlier = match kind {
            ReportKind::Glance => day.checked_sub(7.days()).ok(),
            ReportKind::Hours => Date::new(day.year() - 1, 12, 31).ok(),
            _ => None,
        };
        match earlier {
            Some(day) => Ok(Some((day, self.boards.board(id, Some(day)).await?))),
            None => Ok(None),
        }
    }

    /// What was said of each learner that a report looks at, where it needs it.
    async fn said(&self, id: &str, board: &Board, asked: &Asked) -> StoreResult<Said> {
        let (mut details, mut notes) = (Vec::new(), BTreeMap::new());
        if asked.query.kind.needs_details() {
            for member in asked.members(board) {
                let documents = documents_of(&*self.store, id, &member.learner).await?;
                details.push(Detail { learner: Arc::clone(&member.learner), documents });
            }
        }
        if asked.query.kind == ReportKind::Register && asked.query.session.is_none() {
            notes = self.notes(&board.register.course).await?;
        }
        Ok(Said { details, notes })
    }
}

/// The day of an instant in the time zone of a board's course.
pub(super) fn day_of(board: &Board, now: Instant) -> Option<Date> {
    let now = Timestamp::from_microsecond(now.micros()).ok()?;
    Some(board.register.course.zone().to_datetime(now).date())
}

/// What statements say beside standings.
struct Said {
    /// Of each learner.
    details: Vec<Detail>,
    /// Of the registers, by the ids of their statements.
    notes: BTreeMap<String, String>,
}

/// A query, and what is settled about it.
struct Asked {
    query: ReportQuery,
    by: Grouping,
    bounds: Option<Bounds>,
    day: Date,
    through: Option<i64>,
}

impl Asked {
    fn members<'b>(&self, board: &'b Board) -> impl Iterator<Item = &'b Member> {
        board.members.iter().filter(|member| self.includes(&member.learner))
    }

    fn may_see(&self, learner: &Learner) -> bool {
        let Learner { region, body, istat, .. } = learner;
        self.bounds.as_ref().is_none_or(|bounds| bounds.include(region, body, istat))
    }

    fn includes(&self, learner: &Learner) -> bool {
        self.may_see(learner) && self.query.who.includes(learner)
    }

    fn view<'b>(&self, board: &'b Board, day: Date) -> View<'b> {
        View {
            course: &board.register.course,
            at: self.query.at,
            day,
            through: self.through,
            hides_small_groups: self.bounds.is_none() && !self.query.small_groups,
            members: self.members(board).collect(),
        }
    }

    fn table(&self, board: &Board, earlier: Option<&(Date, Held)>, said: &Said) -> Table {
        let details = said.details.as_slice();
        let view = self.view(board, self.day);
        let earlier = earlier.map_or_else(|| view.clone(), |(day, board)| self.view(board, *day));
        match self.query.kind {
            ReportKind::Glance => report::glance(&view, &earlier, &self.by),
            ReportKind::Funnel => report::funnel(&view, &self.by),
            ReportKind::Progress | ReportKind::Health => report::progress(&view, &self.by),
            ReportKind::Matrix => report::matrix(&view, self.query.expand),
            ReportKind::Curve => report::curve(&view, details, &self.by),
            ReportKind::Ledger => report::ledger(&view, details),
            ReportKind::Hours if self.by.has_modules() || self.by.has_activities() => {
                report::hours_of_parts(&view, &self.by)
            }
            ReportKind::Hours => report::hours(&view, &earlier, &self.by),
            ReportKind::Bodies => report::bodies(&view, &self.by),
            ReportKind::AtRisk => report::at_risk(&view),
            ReportKind::Register => match self.query.session(view.course) {
                Ok(Some(session)) => report::sheet(&view, session),
                _ => report::register(&view, details, &said.notes),
            },
            ReportKind::Assessment => report::assessment(&view, &self.by),
            ReportKind::Attendance => report::attendance(&view, &self.by),
            ReportKind::Comparison => report::comparison(&view, &self.by),
            ReportKind::Learner => report::learner(&view),
            ReportKind::Certificates => report::certificates(&view),
        }
    }
}
