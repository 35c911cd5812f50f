//! Retention: people whose statements are all older than rules allow are erased, a bounded number a day. Off as long as
//! there is no rule.
//!
//! A rule is of statements, and an erasure of a person: hours and completions stay true only where the whole person becomes
//! one pseudonym. So a person is *due* once every statement that names them is covered by a rule and older than the longest
//! age of the rules that cover it; one statement that no rule covers keeps the person. Due people are erased like any other
//! ([`crate::erasure`]): with a proof, and in steps that go on after a crash.

use std::collections::BTreeMap;
use std::sync::Arc;

use course::Identifier;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Store, StoreError};
use xapi::clock::Clock;
use xapi::instant::Instant;

use crate::audit::{Actor, Audit};
use crate::erasure::finish::Step;
use crate::erasure::{ErasureAsked, ErasureError, ErasureMode, Erasures};

mod due;
mod kept;
#[cfg(test)]
mod tests;

use due::{DuePeople, DuePerson};
use kept::LastLook;

/// The most rules: each is looked at for every statement.
pub const MOST_RETENTION_RULES: usize = 100;
/// The shortest and the longest age of a rule, in days.
pub const RETENTION_DAYS: std::ops::RangeInclusive<u32> = 30..=36_500;
/// The most people that may be erased a day: each erasure reads the log and writes the files of the store anew.
pub const MOST_A_DAY: u32 = 1_000;
/// How many people are erased a day where nothing else is said.
const A_DAY: u32 = 50;
/// How many people are remembered who were due and not erased: of more, those looked at last.
const MOST_REMEMBERED: usize = 10_000;
/// Why people are erased, in records of erasures.
const REASON: &str = "retention";
/// The action of entries of the audit log: rules were applied.
pub const RETENTION_APPLIED: &str = "retention.applied";
/// The hour of UTC before which no day's rules are applied: people are erased at night.
const HOUR: i8 = 1;
/// How often a server looks whether a day has begun.
const LOOK: std::time::Duration = std::time::Duration::from_mins(10);

/// Statements that are kept for some days. Of several conditions all hold; without one, the rule is of all statements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// The id of a course: statements of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    /// The id of a verb: statements with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verb: Option<String>,
    /// The name of a key: statements that it sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// For how many days from its `timestamp` on a statement keeps the people whom it names.
    pub days: u32,
}

/// All rules of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionPlan {
    /// None: nobody is erased.
    #[serde(default)]
    pub rules: Vec<RetentionRule>,
    /// How many people are erased a day at most.
    #[serde(default = "a_day")]
    pub most_a_day: u32,
}

const fn a_day() -> u32 {
    A_DAY
}

impl Default for RetentionPlan {
    fn default() -> Self {
        Self { rules: Vec::new(), most_a_day: A_DAY }
    }
}

/// What one day's application of the rules did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionRun {
    /// When it began, in microseconds since 1970.
    pub at: i64,
    /// How many people were due.
    pub due: u64,
    /// How many of them were erased; the others are looked at on the next days.
    pub erased: u64,
    /// How many of those who were looked at are left to an administrator, since texts of others would change.
    #[serde(default)]
    pub left_out: u64,
}

/// The last looks at people who were due and not erased, by the mark of an identifier.
type LooksAt = BTreeMap<String, LastLook>;

/// What rules would do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionPreview {
    /// How many people are due.
    pub people: u64,
    /// How many statements are by or about them.
    pub statements: u64,
    /// Of them, those whom the last nights have left to an administrator, each by an identifier.
    pub left_out: Vec<String>,
}

/// Why rules were not taken or applied. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// An age or a number that is not allowed.
    #[error("{0}")]
    Number(String),
    /// There is no such course.
    #[error("there is no course `{0}`")]
    NoCourse(String),
    /// The file of a course, or its learners, cannot be read.
    #[error("the course `{0}` cannot be read")]
    Course(String),
    /// Somebody else changed the rules meanwhile.
    #[error("the rules were changed meanwhile")]
    Busy,
    /// A person cannot be erased.
    #[error(transparent)]
    Erasure(#[from] ErasureError),
    /// The store says no, or cannot say.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server is ending.
    #[error("the work was stopped")]
    Stopped,
}

/// The use cases of retention. Cheap to clone.
#[derive(Clone)]
pub struct Retention {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    erasures: Erasures,
}

impl Retention {
    /// Retention in `store`, by these erasures.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, erasures: Erasures) -> Self {
        Self { store, clock, erasures }
    }

    /// The rules, and what they did last.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub async fn get(&self) -> Result<(RetentionPlan, Option<RetentionRun>), RetentionError> {
        let kept = self.seen().await?.value;
        Ok((kept.plan, kept.last))
    }

    /// Replaces all rules. They are applied from the next night on.
    ///
    /// # Errors
    /// [`RetentionError`].
    pub async fn put(&self, plan: RetentionPlan) -> Result<(), RetentionError> {
        self.check(&plan).await?;
        let seen = self.seen().await?;
        let mut kept = seen.value.clone();
        kept.plan = plan;
        if self.put_seen(&seen, &kept).await? { Ok(()) } else { Err(RetentionError::Busy) }
    }

    /// What rules would do now. Nothing is changed.
    ///
    /// # Errors
    /// [`RetentionError`].
    pub async fn dry_run(&self, plan: &RetentionPlan) -> Result<RetentionPreview, RetentionError> {
        self.check(plan).await?;
        let due = self.due(plan).await?;
        let kept = self.seen().await?.value;
        let is_left_out = |person: &&DuePerson| {
            let look = self.mark(person).and_then(|mark| kept.looked_at.get(&mark).copied());
            look.is_some_and(|look| look.is_left_out)
        };
        let left_out = due.people.iter().filter(is_left_out);
        let listed = |person: &DuePerson| {
            let first = person.identifiers.first()?;
            Some(first.parse::<Identifier>().map_or_else(|_| first.clone(), |it| it.listed()))
        };
        let left_out = left_out.filter_map(listed).collect();
        let (people, statements) = (due.people.len() as u64, due.statements());
        Ok(RetentionPreview { people, statements, left_out })
    }

    /// Applies the rules, where there are some and no server has done so today: of several servers one does. What it does
    /// not come to because it ends is done on the next day; an erasure that has begun goes on at the next start.
    ///
    /// # Errors
    /// [`RetentionError`]: the rest is done on the next day.
    pub async fn run_daily(&self) -> Result<Option<RetentionRun>, RetentionError> {
        let now = self.clock.now();
        let Some((today, hour)) = day(now) else { return Ok(None) };
        let seen = self.seen().await?;
        if seen.value.plan.rules.is_empty() || seen.value.day == today || hour < HOUR {
            return Ok(None);
        }
        let mut kept = seen.value.clone();
        kept.day = today;
        if !self.put_seen(&seen, &kept).await? {
            return Ok(None);
        }
        let (run, looked_at) = self.apply(&kept, now).await?;
        let seen = self.seen().await?;
        let last = Some(run.clone());
        let noted = kept::KeptRetention { last, looked_at, ..seen.value.clone() };
        // Where somebody has put other rules just now, what was done is in the audit log alone.
        self.put_seen(&seen, &noted).await?;
        Ok(Some(run))
    }

    async fn apply(
        &self,
        kept: &kept::KeptRetention,
        now: Instant,
    ) -> Result<(RetentionRun, LooksAt), RetentionError> {
        let due = self.due(&kept.plan).await?;
        let mut run =
            RetentionRun { at: now.micros(), due: due.people.len() as u64, erased: 0, left_out: 0 };
        let (mut steps, mut looked_at) = (Vec::new(), self.still_due(kept, &due));
        let turn = self.turn(kept, &due);
        let erased = self.erase_due(turn, &due, (&mut run, &mut looked_at), &mut steps).await;
        // At the end, so that the files of the store are written anew once.
        for step in steps {
            self.erasures.clear_files(step).await?;
        }
        erased?;
        if run.left_out > 0 {
            tracing::warn!(
                left_out = run.left_out,
                "people are due whom retention does not erase: a statement or document of others would change"
            );
        }
        if run.erased > 0 || run.left_out > 0 {
            let audit = Audit::new(Arc::clone(&self.store), Arc::clone(&self.clock));
            let details = json!({"due": run.due, "erased": run.erased, "left_out": run.left_out});
            audit.note(Actor::Machine, RETENTION_APPLIED, "", Some(details)).await;
        }
        Ok((run, looked_at))
    }

    /// By what a person who is due is remembered.
    fn mark(&self, person: &DuePerson) -> Option<String> {
        person.form().map(|form| self.erasures.mark(&form))
    }

    /// Whose turn it is: those whom no night has looked at, then those looked at the longest ago. However many people stay
    /// due, each night looks at no more than may be erased, and everybody has a turn.
    fn turn<'d>(&self, kept: &kept::KeptRetention, due: &'d DuePeople) -> Vec<&'d DuePerson> {
        let looked = |person: &DuePerson| {
            let look = self.mark(person).and_then(|mark| kept.looked_at.get(&mark));
            look.map(|look| look.at)
        };
        let mut turn: Vec<(Option<i64>, &DuePerson)> =
            due.people.iter().map(|it| (looked(it), it)).collect();
        turn.sort_by_key(|(looked, _)| *looked);
        let most = usize::try_from(kept.plan.most_a_day).unwrap_or(usize::MAX);
        turn.into_iter().take(most).map(|(_, person)| person).collect()
    }

    /// The looks at those who are due still.
    fn still_due(&self, kept: &kept::KeptRetention, due: &DuePeople) -> LooksAt {
        let marks = due.people.iter().filter_map(|it| self.mark(it));
        let found = marks.filter_map(|mark| {
            let look = *kept.looked_at.get(&mark)?;
            Some((mark, look))
        });
        let mut looks: Vec<(String, LastLook)> = found.collect();
        looks.sort_by_key(|(_, look)| std::cmp::Reverse(look.at));
        looks.truncate(MOST_REMEMBERED);
        looks.into_iter().collect()
    }

    /// Looks at people whose turn it is, all at once, and erases those for whom nothing of others would change; but not from
    /// the files of the store: these are left in `steps`.
    async fn erase_due(
        &self,
        turn: Vec<&DuePerson>,
        due: &DuePeople,
        (run, looked_at): (&mut RetentionRun, &mut LooksAt),
        steps: &mut Vec<Step>,
    ) -> Result<(), RetentionError> {
        let at = run.at;
        let mut look = |person: &DuePerson, is_left_out: bool| {
            if let Some(mark) = self.mark(person) {
                looked_at.insert(mark, LastLook { at, is_left_out });
            }
        };
        let (mut people, mut found) = (Vec::new(), Vec::new());
        for person in turn {
            let Some((first, others)) = person.identifiers.split_first() else { continue };
            let of_person = self.erasures.find(first, others).await?;
            // An account has an identifier besides that is not due.
            if of_person.identifiers.iter().any(|it| due.keeps(it)) {
                look(person, false);
                continue;
            }
            people.push((person, first, others));
            found.push(of_person);
        }
        let with_others = self.erasures.with_others(&found).await?;
        for ((person, first, others), is_left_out) in people.into_iter().zip(with_others) {
            if is_left_out {
                look(person, true);
                run.left_out += 1;
                continue;
            }
            let asked = ErasureAsked {
                identifier: first.clone(),
                others: others.to_vec(),
                reason: REASON.to_owned(),
                pseudonym: None,
                mode: ErasureMode::Pseudonymise,
                within: None,
            };
            let id = self.erasures.begin_any(&asked, Actor::Machine).await?.id;
            steps.push(self.erasures.erase(id).await?);
            run.erased += 1;
        }
        Ok(())
    }

    async fn check(&self, plan: &RetentionPlan) -> Result<(), RetentionError> {
        let wrong = |text: String| Err(RetentionError::Number(text));
        if plan.rules.len() > MOST_RETENTION_RULES {
            return wrong(format!("there are {MOST_RETENTION_RULES} rules at most"));
        }
        if plan.most_a_day == 0 || plan.most_a_day > MOST_A_DAY {
            return wrong(format!("1 to {MOST_A_DAY} people are erased a day"));
        }
        for rule in &plan.rules {
            if !RETENTION_DAYS.contains(&rule.days) {
                let (least, most) = RETENTION_DAYS.into_inner();
                return wrong(format!("a rule has an age of {least} to {most} days"));
            }
            if let Some(course) = &rule.course
                && self.store.course(course).await?.is_none()
            {
                return Err(RetentionError::NoCourse(course.clone()));
            }
        }
        Ok(())
    }

    /// Applies the rules once a day, for as long as the server runs. An error is logged.
    pub async fn keep_applied(self) {
        loop {
            match self.run_daily().await {
                Ok(Some(run)) if run.due > 0 => {
                    let (due, erased, left_out) = (run.due, run.erased, run.left_out);
                    tracing::info!(due, erased, left_out, "retention was applied");
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "retention could not be applied; the next day does the rest");
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The day and the hour of an instant, in UTC.
fn day(at: Instant) -> Option<(String, i8)> {
    let at = jiff::Timestamp::from_microsecond(at.micros()).ok()?.to_zoned(TimeZone::UTC);
    Some((at.date().to_string(), at.hour()))
}
