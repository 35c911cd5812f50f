//! Registers of presence: what was filled in becomes `attended` statements like those of any
//! other player, and a correction voids what it corrects. The log stays the only truth.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;
use validator::Version;

use super::board::EnrolledCourse;
use super::boards::stopped;
use super::error::ProgressError;
use super::within::is_within;
use super::{CourseService, Run, TRIES};
use crate::compute::{self, Turn};
use crate::record::RecordError;
use crate::record::statements::prepare_all;
use access::bounds::Bounds;
use course::{
    Activity, Identifier, Learner, LearnerList, Module, Overlong, Presence, PresenceSheet, Session,
    SessionDay, micros_of_hours,
};
use report::{SessionPlace, session_of};
use store::{Batch, Result as StoreResult, StoreError};
use xapi::authority::Authority;
use xapi::erase::HOME_PAGE;
use xapi::same;
use xapi::stored::Stored;

mod check_in;
mod notes;
mod statement;

pub(super) use check_in::Codes;
pub use check_in::{CheckIn, CheckInCode, SessionAbout};
use notes::{Attended, NoteHash};
use statement::{id_of, voiding};

/// A register to be kept.
#[derive(Clone, Debug)]
pub struct SentSheet<'a> {
    /// CSV or JSON, as [`PresenceSheet`] reads them.
    pub body: &'a [u8],
    /// Whether it is JSON.
    pub is_json: bool,
    /// Whether it is the whole register: a learner who is not in it was not there.
    pub whole: bool,
    /// Whether the register is kept.
    pub run: Run,
}

/// What keeping a register did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// Statements of presence written.
    pub written: Vec<Uuid>,
    /// Statements of presence voided, because the register says otherwise.
    pub voided: Vec<Uuid>,
    /// How many people's presence was as the register says already.
    pub unchanged: usize,
    /// Presences longer than the session; they are written all the same.
    pub overlong: Vec<Overlong>,
}

/// A session of a course, with all that it stands in.
struct At<'k> {
    known: &'k EnrolledCourse,
    module: &'k Module,
    activity: &'k Activity,
    session: &'k Session,
}

impl CourseService {
    /// Keeps the register of a session of an event, by the authority of its sender. People
    /// outside of `bounds` are unknown to it, and stay as they are.
    ///
    /// # Errors
    /// [`ProgressError::Sheet`] with every fault and its line; nothing is written then.
    pub async fn keep_register(
        &self,
        id: &str,
        event: &str,
        session: &str,
        sent: SentSheet<'_>,
        authority: &Authority,
        bounds: Option<&Bounds>,
    ) -> Result<Registered, ProgressError> {
        let known = self.boards.enrolled(id).await?;
        let at = At::find(&known, event, session)?;
        let day = at.day();
        let (body, is_json) = (sent.body.to_vec(), sent.is_json);
        let (of, bounds) = (Arc::clone(&known), bounds.cloned());
        let parse = move || {
            let people = People::of(&of, bounds.as_ref())?;
            let list = people.named_within(&of, bounds.as_ref())?;
            let register = if is_json {
                PresenceSheet::from_json(&body, &list, &day)
            } else {
                PresenceSheet::from_csv(&body, &list, &day)
            };
            Ok::<_, ProgressError>((register?, people))
        };
        let parsed = compute::aside(parse).await.map_err(|_| stopped())?;
        let (register, people) = parsed?;
        let _one_at_a_time = self.one_at_a_time(&at).await?;
        let mut removed = HashSet::new();
        for _ in 0..TRIES {
            let plan = Plan { removed, ..Plan::default() };
            let mut plan = self.plan(plan, &at, &people, &register, sent.whole, authority).await?;
            plan.outcome.overlong.clone_from(&register.overlong);
            if sent.run.is_dry() || self.write(&plan.statements, authority).await? {
                return Ok(plan.outcome);
            }
            removed = self.with_removed(plan).await?;
        }
        Err(ProgressError::Busy)
    }

    /// Held while what is told of a session is compared with what is there. Other sessions, and other courses, go on.
    async fn one_at_a_time(&self, at: &At<'_>) -> Result<Turn, ProgressError> {
        Ok(self.registering.turn(&at.session.object).await.map_err(|_| stopped())?)
    }

    /// What is to be written so that the log says of a session what a register says.
    async fn plan(
        &self,
        mut plan: Plan,
        at: &At<'_>,
        people: &LearnerList,
        register: &PresenceSheet,
        whole: bool,
        authority: &Authority,
    ) -> Result<Plan, ProgressError> {
        let mut present = self.present(at, people).await?;
        let learners: HashMap<&str, &Learner> =
            people.learners().iter().map(|it| (it.id.as_str(), it)).collect();
        for entry in &register.entries {
            let learner = learners.get(entry.learner.as_str());
            let learner = learner.ok_or_else(|| ProgressError::NoLearner(entry.learner.clone()))?;
            let before = present.remove(&learner.id).unwrap_or_default();
            self.plan_entry(at, learner, entry, before, authority, &mut plan).await?;
        }
        let absent: HashSet<&String> = register.absent.iter().collect();
        // A sheet cannot name who was erased since it was made: the hours of the pseudonym stay.
        let is_erased = |learner: &String| {
            let identifiers = learners.get(learner.as_str()).map_or(&[][..], |it| &it.identifiers);
            identifiers.iter().any(
                |it| matches!(it, Identifier::Account { home_page, .. } if home_page == HOME_PAGE),
            )
        };
        let gone = |learner: &String| absent.contains(learner) || (whole && !is_erased(learner));
        for (_, before) in present.into_iter().filter(|(learner, _)| gone(learner)) {
            self.plan_voiding(before, authority, &mut plan).await?;
        }
        Ok(plan)
    }

    /// Who was at a session, by learner, as far as statements that are not voided say.
    async fn present(
        &self,
        at: &At<'_>,
        people: &LearnerList,
    ) -> Result<BTreeMap<String, Vec<Attended>>, ProgressError> {
        let mut present: BTreeMap<String, Vec<Attended>> = BTreeMap::new();
        for attended in self.presences(&at.session.object, None).await? {
            let learner = attended.actor.as_ref().and_then(|actor| people.find(actor));
            let Some(learner) = learner else { continue };
            present.entry(learner.id.clone()).or_default().push(attended);
        }
        Ok(present)
    }

    /// Whether a learner was at a session, as far as statements that are not voided say. Looks at none of others.
    async fn is_present(&self, at: &At<'_>, learner: &Learner) -> Result<bool, ProgressError> {
        for identifier in learner.known_as() {
            // What refers to such a statement is found as well.
            let found = self.presences(&at.session.object, Some(&identifier)).await?;
            if found.iter().any(|it| it.actor.as_ref() == Some(&identifier)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is to be written so that a learner's presence is as `entry` says.
    async fn plan_entry(
        &self,
        at: &At<'_>,
        learner: &Learner,
        entry: &Presence,
        before: Vec<Attended>,
        authority: &Authority,
        plan: &mut Plan,
    ) -> Result<(), ProgressError> {
        let begin = at.session.begin(at.known.course.zone());
        let begin = begin.map(|begin| begin.timestamp().as_microsecond());
        if let [only] = before.as_slice()
            && only.micros == entry.micros
            && only.note == NoteHash::of(&entry.note)
            && only.timestamp == begin
        {
            plan.outcome.unchanged += 1;
            return Ok(());
        }
        self.plan_voiding(before, authority, plan).await?;
        let (id, statement) = self.with_id(at.attended(learner, entry)?, &plan.removed).await?;
        plan.outcome.written.push(id);
        plan.statements.push(statement);
        Ok(())
    }

    async fn plan_voiding(
        &self,
        presences: Vec<Attended>,
        authority: &Authority,
        plan: &mut Plan,
    ) -> Result<(), ProgressError> {
        for Attended { id, .. } in presences {
            plan.outcome.voided.push(id);
            let (_, voids) = self.with_id(voiding(id, authority), &plan.removed).await?;
            plan.statements.push(voids);
        }
        Ok(())
    }

    /// A statement under the first of its ids that is free, or that has this same statement: one
    /// that was voided and is told again is another statement. An id in `removed` is taken for good.
    async fn with_id(
        &self,
        mut statement: Value,
        removed: &HashSet<Uuid>,
    ) -> StoreResult<(Uuid, Value)> {
        let mut turn = 0_u32;
        let id = loop {
            let id = id_of(self.secret, &statement, turn);
            if removed.contains(&id) {
                turn += 1;
                continue;
            }
            match self.store.statement(id).await? {
                None => break id,
                Some(kept) if !kept.voided && is_same(&kept.statement, &statement)? => break id,
                Some(_) => turn += 1,
            }
        };
        if let Some(members) = statement.as_object_mut() {
            members.insert("id".to_owned(), id.to_string().into());
        }
        Ok((id, statement))
    }

    /// The ids that are known to be of statements which an erasure removed, with those that a plan has chosen: nothing says that
    /// they are taken before a statement is to be kept there.
    async fn with_removed(&self, plan: Plan) -> StoreResult<HashSet<Uuid>> {
        let Plan { statements, mut removed, .. } = plan;
        let id = |statement: &Value| Uuid::parse_str(statement.get("id")?.as_str()?).ok();
        let chosen: Vec<Uuid> = statements.iter().filter_map(id).collect();
        removed.extend(self.store.removed_among(&chosen).await?);
        Ok(removed)
    }

    /// Keeps all of these statements; none, and false, where an id was taken since it was free.
    async fn write(
        &self,
        statements: &[Value],
        authority: &Authority,
    ) -> Result<bool, ProgressError> {
        if statements.is_empty() {
            return Ok(true);
        }
        // A register may be of all learners of a course.
        let (statements, authority) = (Value::from(statements.to_vec()), authority.clone());
        let prepare = move || batch_of(&statements, &authority);
        let batch = compute::aside(prepare).await.map_err(|_| stopped())??;
        match self.record.keep(batch, None).await {
            Err(RecordError::Conflict { .. }) => Ok(false),
            kept => Ok(kept.map(|_| true)?),
        }
    }
}

/// The statements of a register as they are kept.
fn batch_of(statements: &Value, authority: &Authority) -> Result<Batch, ProgressError> {
    let text = statements.to_string();
    let checked = validator::check_batch(text.as_bytes(), Version::V1_0_3).map_err(|report| {
        let what = report.violations.first().map(|it| it.message.clone());
        StoreError::Corrupt(format!("a register's statement: {}", what.unwrap_or_default()))
    })?;
    Ok(prepare_all(checked.statements, Vec::new(), authority).map_err(RecordError::from)?)
}

/// What a register comes to.
#[derive(Default)]
struct Plan {
    /// Ids that are taken for good.
    removed: HashSet<Uuid>,
    statements: Vec<Value>,
    outcome: Registered,
}

/// Whether a kept statement is the same as one that is about to be written.
fn is_same(kept: &Stored, statement: &Value) -> StoreResult<bool> {
    let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", kept.id));
    Ok(same::differences(&kept.value().map_err(corrupt)?, statement).is_empty())
}

/// The people who may be registered: a course may have a hundred thousand, who are shared and not copied.
#[derive(Clone)]
enum People {
    /// All of the course.
    All(Arc<EnrolledCourse>),
    /// Those whom a key may see.
    Some(Arc<LearnerList>),
}

impl Deref for People {
    type Target = LearnerList;

    fn deref(&self) -> &LearnerList {
        match self {
            Self::All(known) => &known.people,
            Self::Some(list) => list,
        }
    }
}

impl People {
    /// The people of a course who may be registered.
    fn of(known: &Arc<EnrolledCourse>, bounds: Option<&Bounds>) -> Result<Self, ProgressError> {
        if bounds.is_none() {
            return Ok(Self::All(Arc::clone(known)));
        }
        let within = |it: &&Learner| is_within(bounds, it);
        let people = known.people.learners().iter().filter(within).cloned();
        Ok(Self::Some(LearnerList::from_learners(people.collect())?.into()))
    }

    /// These people by the identifiers that they have within the bounds: where a learner outside of the
    /// bounds was merged into one within, the identifiers of the former find no learner: they would tell who is enrolled
    /// outside.
    fn named_within(
        &self,
        known: &EnrolledCourse,
        bounds: Option<&Bounds>,
    ) -> Result<Self, ProgressError> {
        if bounds.is_none() {
            return Ok(self.clone());
        }
        let within = known.enrolment.learners.iter().filter(|it| is_within(bounds, it));
        let identifiers: HashSet<&Identifier> = within.flat_map(|it| &it.identifiers).collect();
        let mut named = self.learners().to_vec();
        for person in &mut named {
            person.identifiers.retain(|identifier| identifiers.contains(identifier));
        }
        Ok(Self::Some(LearnerList::from_learners(named)?.into()))
    }
}

impl<'k> At<'k> {
    fn find(known: &'k EnrolledCourse, event: &str, session: &str) -> Result<Self, ProgressError> {
        let found = session_of(&known.course, event, session);
        let SessionPlace { module, event: activity, session } = found.ok_or_else(|| {
            ProgressError::NoSession { event: event.to_owned(), session: session.to_owned() }
        })?;
        Ok(Self { known, module, activity, session })
    }

    fn day(&self) -> SessionDay {
        let zone = self.known.course.zone();
        let by_hours = || self.activity.hours.map(micros_of_hours);
        SessionDay {
            date: self.session.date,
            time_zone: zone.clone(),
            length: self.session.micros(zone).or_else(by_hours).filter(|micros| *micros > 0),
        }
    }
}
