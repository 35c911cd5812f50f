//! Reactions: rules that write a statement when a learner comes to something in a course, or when a learner's statements
//! fulfil a pattern.
//!
//! A rule writes at most one statement for each of its revisions and each learner. Its id is made of the rule, the
//! revision and the learner (UUID version 5), so that two servers, or one that was killed between the statement and the
//! note that it was written, write the same id, which is kept once. The ids of a rule cannot be worked out by other
//! senders: they are made under a namespace that the rule got by chance and that is never shown.
//!
//! No rule sets itself off: what its statement changes in the progress of its learner finds the statement written
//! already. A rule may set off another one, so the chain that begins with one statement has at most as many statements as
//! there are rules.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::memory::Memory;
use crate::progress::{CourseService, ProgressError};
use crate::record::Record;
use store::{Store, StoreError};
use validator::Report;
use xapi::clock::Clock;
use xapi::instant::Instant;

mod kept;
mod pattern;
mod rule;
mod runner;
#[cfg(test)]
mod tests;
mod watch;

pub use pattern::{Comparator, Comparison, Pattern, StatementStep};
pub use rule::{NewReaction, Template, Trigger};
pub use runner::Reactor;

use kept::{KeptRule, RuleState};
use rule::Reacted;

/// What the name of the authority of a rule's statements begins with; the name of the rule follows.
pub const AUTHORITY: &str = "reaction:";
/// The most rules of a store: each is looked at whenever something was read of its course.
pub const MOST_RULES: usize = 100;
/// The longest name of a rule, in bytes.
pub const LONGEST_NAME: usize = 64;
/// How many learners a dry run names.
pub const NAMED: usize = 100;

/// The use cases of reactions. Cheap to clone.
#[derive(Clone)]
pub struct Reactions {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    record: Record,
    courses: CourseService,
    /// The budget that what statements say is taken from while rules look at it.
    memory: Memory,
    /// Where the server is seen from outside: the home page of its own accounts.
    base_url: Arc<str>,
}

/// A rule as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Reaction {
    /// Its name in addresses.
    pub name: String,
    /// Grows where the rule is changed in what it reacts to or writes: then each learner is reacted to anew.
    pub revision: u32,
    /// When it was made.
    pub created: Instant,
    /// What it does.
    pub rule: NewReaction,
    /// The first day that counts.
    pub from: Date,
    /// How many statements of this revision were written, as far as that was noted.
    pub written: u64,
    /// When the last of them was written.
    pub last: Option<Instant>,
    /// Why it cannot write now.
    pub fault: Option<String>,
}

/// What a rule would write now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DryRun {
    /// How many learners would get a statement.
    pub learners: usize,
    /// Where the log was too long to be read whole: up to when it was read.
    pub through: Option<Instant>,
    /// The ids of the first [`NAMED`] of them.
    pub named: Vec<String>,
    /// The statement of the first.
    pub example: Option<serde_json::Value>,
}

/// Why a rule was not taken or found. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReactionError {
    /// A name that is none.
    #[error("`{0}` is no name for a reaction")]
    Name(String),
    /// There is no rule of this name.
    #[error("there is no reaction `{0}`")]
    Unknown(String),
    /// There are [`MOST_RULES`] rules.
    #[error("there are {MOST_RULES} reactions, and no more can be kept")]
    Many,
    /// A rule on progress names no course.
    #[error("a reaction on progress needs a course")]
    NoCourse,
    /// The pattern can never be fulfilled, or is too large.
    #[error("the pattern cannot be used: {0}")]
    Pattern(String),
    /// The course has no such module.
    #[error("the course `{course}` has no module `{module}`")]
    NoModule {
        /// The course.
        course: String,
        /// What was asked for.
        module: String,
        /// The modules that there are.
        known: Vec<String>,
    },
    /// The statement would void another one.
    #[error("a reaction cannot void statements")]
    Voids,
    /// The statement does not keep to the standard.
    #[error("the statement does not keep to the standard")]
    Statement(Report),
    /// Somebody else changed the rule meanwhile.
    #[error("the reaction was changed meanwhile")]
    Busy,
    /// The course says no.
    #[error(transparent)]
    Course(#[from] ProgressError),
    /// The store says no, or cannot say.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reactions {
    /// Use cases over `store`; statements are written through `record`. What statements say is taken from the budget `memory`
    /// while rules look at it.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        record: Record,
        courses: CourseService,
        memory: &Memory,
        base_url: &str,
    ) -> Self {
        let memory = memory.clone();
        Self { store, clock, record, courses, memory, base_url: base_url.into() }
    }

    /// All rules, by name.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where one is not as it was written.
    pub async fn list(&self) -> Result<Vec<Reaction>, ReactionError> {
        let mut all = Vec::new();
        for name in self.names().await? {
            match self.get(&name).await {
                Ok(reaction) => all.push(reaction),
                // Removed meanwhile.
                Err(ReactionError::Unknown(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(all)
    }

    /// Whether a rule on statements could react to one about `iri`, or about a part of it. A rule that names no activities
    /// reacts to any.
    ///
    /// # Errors
    /// Those of [`Self::list`].
    pub async fn could_react_to(&self, iri: &str) -> Result<bool, ReactionError> {
        let all = self.list().await?;
        Ok(all.iter().any(|it| match &it.rule.when {
            Trigger::Statements { pattern } => pattern.takes(iri),
            _ => false,
        }))
    }

    /// The rule of this name.
    ///
    /// # Errors
    /// [`ReactionError::Unknown`].
    pub async fn get(&self, name: &str) -> Result<Reaction, ReactionError> {
        let rule = self.rule(name).await?.value;
        let rule = rule.ok_or_else(|| ReactionError::Unknown(name.to_owned()))?;
        let state = self.state_of(name, &rule).await?.value.unwrap_or_default();
        Ok(shown(name, rule, state))
    }

    /// Makes or changes a rule. A change of what it reacts to or writes gives it another revision.
    ///
    /// # Errors
    /// [`ReactionError`], also where the rule would never write anything that the standard allows.
    pub async fn put(&self, name: &str, new: NewReaction) -> Result<Reaction, ReactionError> {
        check_name(name)?;
        self.check(&new).await?;
        let seen = self.rule(name).await?;
        if seen.value.is_none() && self.names().await?.len() >= MOST_RULES {
            return Err(ReactionError::Many);
        }
        let today = self.today(&new).await?;
        let rule = KeptRule::after(seen.value.clone(), new, today, self.clock.now());
        if !self.put_rule(name, &seen, &rule).await? {
            return Err(ReactionError::Busy);
        }
        self.get(name).await
    }

    /// What a rule would write now, if it were put; nothing is kept. Of a rule that is there, those are left out to whom it
    /// has reacted.
    ///
    /// # Errors
    /// Those of [`Self::put`], and [`ProgressError::Computing`].
    pub async fn dry_run(&self, name: &str, new: NewReaction) -> Result<DryRun, ReactionError> {
        check_name(name)?;
        self.check(&new).await?;
        let seen = self.rule(name).await?;
        let today = self.today(&new).await?;
        let rule = KeptRule::after(seen.value, new, today, self.clock.now());
        let mut would = DryRun::default();
        let (Some(milestone), Some(course)) = (rule.rule.when.milestone(), &rule.rule.course)
        else {
            self.dry_watch(name, &rule, &mut would).await?;
            return Ok(would);
        };
        let Some(reached) = self.courses.reached(course, &milestone, rule.from, None).await? else {
            return Ok(would);
        };
        for learner in &reached.learners {
            let Some(id) = self.free_id(&rule, &learner.id).await? else { continue };
            let reacted = Reacted::learner(reached.course(), learner, None);
            would.add(&learner.id, || Some(self.statement(name, (&rule, id), &reacted?)));
        }
        Ok(would)
    }

    /// Removes a rule. What it wrote stays.
    ///
    /// # Errors
    /// [`ReactionError::Unknown`].
    pub async fn remove(&self, name: &str) -> Result<(), ReactionError> {
        let seen = self.rule(name).await?;
        if seen.value.is_none() {
            return Err(ReactionError::Unknown(name.to_owned()));
        }
        if !self.remove_rule(name, &seen).await? {
            return Err(ReactionError::Busy);
        }
        Ok(())
    }

    /// The day now in the time zone of a rule: that of its course, or UTC.
    async fn today(&self, new: &NewReaction) -> Result<Date, ReactionError> {
        match &new.course {
            Some(course) => Ok(self.courses.day_in(course).await?),
            None => Ok(watch::day_of(self.clock.now(), &TimeZone::UTC)),
        }
    }

    /// Refuses a rule that names what is not there, or writes what the standard does not allow.
    async fn check(&self, new: &NewReaction) -> Result<(), ReactionError> {
        match (&new.course, new.when.pattern()) {
            (None, None) => return Err(ReactionError::NoCourse),
            (None, Some(_)) => {}
            (Some(course), _) => {
                let known = self.courses.module_ids(course).await?;
                if let Trigger::ModuleCompleted { module } = &new.when
                    && !known.contains(module)
                {
                    let (course, module) = (course.clone(), module.clone());
                    return Err(ReactionError::NoModule { course, module, known });
                }
            }
        }
        if let Some(pattern) = new.when.pattern() {
            pattern.check().map_err(ReactionError::Pattern)?;
        }
        new.statement.check()
    }
}

impl DryRun {
    /// Counts a learner; `example` gives the statement.
    fn add(&mut self, learner: &str, example: impl FnOnce() -> Option<serde_json::Value>) {
        self.learners += 1;
        if self.named.len() < NAMED {
            self.named.push(learner.to_owned());
        }
        if self.example.is_none() {
            self.example = example();
        }
    }
}

fn shown(name: &str, kept: KeptRule, state: RuleState) -> Reaction {
    let KeptRule { revision, created, from, rule, .. } = kept;
    let RuleState { written, last, fault, .. } = state;
    let last = last.map(Instant::from_micros);
    let created = Instant::from_micros(created);
    Reaction { name: name.to_owned(), revision, created, rule, from, written, last, fault }
}

/// Letters, digits, hyphens and underscores: a name stands in addresses and in the ids of documents.
fn check_name(name: &str) -> Result<(), ReactionError> {
    let is_good = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_good) {
        return Err(ReactionError::Name(name.to_owned()));
    }
    Ok(())
}
