//! What lets rules write: one server of those that share a store, the one that follows the log.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use course::{Identifier, Learner};
use serde_json::Value;
use validator::Version;

use super::kept::{KeptRule, RuleState};
use super::rule::Reacted;
use super::watch::LogReader;
use super::{AUTHORITY, ReactionError, Reactions};
use crate::compute;
use crate::progress::{ProgressError, ReachedBy};
use crate::record::RecordError;
use crate::record::statements::prepare_all;
use store::{Batch, Lead, StoreError};
use xapi::authority::Authority;
use xapi::erase::HOME_PAGE;

/// How long apart rules are looked at.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many statements are written at once.
pub(super) const AT_ONCE: usize = 100;

/// Lets the rules of one store write.
pub struct Reactor {
    reactions: Reactions,
}

impl Reactor {
    /// A reactor of these rules.
    pub const fn new(reactions: Reactions) -> Self {
        Self { reactions }
    }

    /// Lets rules write, as long as the process lives.
    pub async fn run(self) {
        loop {
            match self.turn().await {
                // The log is read on at once where there is more of it.
                Ok((_, true)) => tokio::task::yield_now().await,
                Ok((_, false)) => tokio::time::sleep(PATIENCE).await,
                Err(error) => {
                    tracing::error!(%error, "reactions cannot be looked at");
                    tokio::time::sleep(PATIENCE).await;
                }
            }
        }
    }

    /// Looks at each rule once; gives how many statements were written. Nothing is done while another process leads.
    ///
    /// # Errors
    /// Where the rules cannot be listed. What keeps one rule from writing is noted with the rule.
    pub async fn step(&self) -> Result<u64, StoreError> {
        Ok(self.turn().await?.0)
    }

    /// [`Self::step`]; gives whether the log has more to read as well.
    async fn turn(&self) -> Result<(u64, bool), StoreError> {
        if !self.reactions.store.lead(Lead::WhereFree).await? {
            return Ok((0, false));
        }
        let (mut written, mut has_more) = (0, false);
        let mut reader = LogReader::new(&self.reactions.memory);
        for name in self.reactions.names().await? {
            match self.reactions.react(&name, &mut reader).await {
                Ok((new, more)) => {
                    written += new;
                    has_more |= more;
                }
                Err(error) => tracing::warn!(%error, name, "a reaction could not be looked at"),
            }
        }
        Ok((written, has_more))
    }
}

impl Reactions {
    /// Writes what a rule has to write now, and notes how far it is. Gives how many statements were written, and whether
    /// there is more to read.
    async fn react(
        &self,
        name: &str,
        reader: &mut LogReader,
    ) -> Result<(u64, bool), ReactionError> {
        let Some(rule) = self.rule(name).await?.value.filter(|it| !it.rule.paused) else {
            return Ok((0, false));
        };
        let seen = self.state_of(name, &rule).await?;
        let before = seen.value.clone().unwrap_or_default();
        let mut state = RuleState {
            namespace: rule.namespace,
            revision: rule.revision,
            fault: None,
            ..before.clone()
        };
        let done = match rule.rule.when.pattern() {
            None => self.written(name, &rule, &mut state).await.map(|()| false),
            Some(pattern) => self.watched(name, (&rule, pattern), &mut state, reader).await,
        };
        let more = match done {
            Ok(more) => more,
            // The next look comes soon.
            Err(ReactionError::Course(ProgressError::Computing(_))) => return Ok((0, false)),
            Err(error) => {
                state.fault = Some(error.to_string());
                false
            }
        };
        if state != before {
            // Where it was changed meanwhile, the statements are found written at the next look.
            self.put_state(name, &seen, &state).await?;
        }
        Ok((state.written - before.written, more))
    }

    /// Writes the statements of those who have come to what the rule is about since it was last looked at.
    async fn written(
        &self,
        name: &str,
        kept: &KeptRule,
        state: &mut RuleState,
    ) -> Result<(), ReactionError> {
        let rule = &kept.rule;
        let (Some(course), Some(milestone)) = (&rule.course, rule.when.milestone()) else {
            return Err(ReactionError::NoCourse);
        };
        let reached = self.courses.reached(course, &milestone, kept.from, state.looked_at);
        let Some(reached) = reached.await? else { return Ok(()) };
        for at in (0..reached.learners.len()).step_by(AT_ONCE) {
            let statements = self.missing(name, kept, &reached, at).await?;
            self.write_and_count(name, statements, state).await?;
        }
        state.looked_at = Some(reached.looked_at);
        Ok(())
    }

    /// The statements of some learners from a position on that are not written yet.
    async fn missing(
        &self,
        name: &str,
        kept: &KeptRule,
        reached: &ReachedBy,
        at: usize,
    ) -> Result<Vec<Value>, StoreError> {
        let mut statements = Vec::new();
        let page = reached.learners.iter().skip(at).take(AT_ONCE);
        // A person who was erased is a learner of another id now, and had the statement under the id before.
        for learner in page.filter(|learner| !is_erased(learner)) {
            if let Some(id) = self.free_id(kept, &learner.id).await? {
                let reacted = Reacted::learner(reached.course(), learner, None);
                statements.extend(reacted.map(|it| self.statement(name, (kept, id), &it)));
            }
        }
        Ok(statements)
    }

    pub(super) async fn write_and_count(
        &self,
        name: &str,
        statements: Vec<Value>,
        state: &mut RuleState,
    ) -> Result<(), ReactionError> {
        let new = self.write(name, statements).await?;
        if new > 0 {
            state.written += new;
            state.last = Some(self.clock.now().micros());
        }
        Ok(())
    }

    /// Writes statements; of how many there were none. Where another process was first with one, the others are written
    /// one by one.
    async fn write(&self, name: &str, statements: Vec<Value>) -> Result<u64, ReactionError> {
        if statements.is_empty() {
            return Ok(0);
        }
        let statements: Arc<[Value]> = statements.into();
        match self.keep(name, &statements, 0..statements.len()).await {
            Ok(new) => return Ok(new),
            Err(RecordError::Conflict { .. }) => {}
            Err(error) => return Err(ProgressError::from(error).into()),
        }
        let mut written = 0;
        for at in 0..statements.len() {
            match self.keep(name, &statements, at..at + 1).await {
                Ok(new) => written += new,
                Err(RecordError::Conflict { .. }) => {}
                Err(error) => return Err(ProgressError::from(error).into()),
            }
        }
        Ok(written)
    }

    async fn keep(
        &self,
        name: &str,
        statements: &Arc<[Value]>,
        those: Range<usize>,
    ) -> Result<u64, RecordError> {
        let authority = Authority::of_key(&format!("{AUTHORITY}{name}"), &self.base_url);
        let statements = Arc::clone(statements);
        let prepare = move || batch_of(part_of(&statements, those), &authority);
        let stopped = |_| StoreError::Unavailable("the server is ending".into());
        let batch = compute::aside(prepare).await.map_err(stopped)??;
        let kept = self.record.keep(batch, None).await?;
        Ok(kept.new as u64)
    }
}

/// Whether a learner stands for a person who was erased.
pub(super) fn is_erased(learner: &Learner) -> bool {
    let is_made_up = |it: &Identifier| matches!(it, Identifier::Account { home_page, .. } if home_page == HOME_PAGE);
    learner.identifiers.iter().any(is_made_up)
}

/// Those of `statements`, which lie within them.
#[expect(clippy::expect_used, reason = "`write` asks for all of them, or for one that it counted")]
fn part_of(statements: &[Value], those: Range<usize>) -> &[Value] {
    statements.get(those).expect("a range within the statements")
}

/// The statements as they are kept.
fn batch_of(statements: &[Value], authority: &Authority) -> Result<Batch, RecordError> {
    let unwritable = |error: serde_json::Error| StoreError::Rejected(error.to_string());
    let text = serde_json::to_vec(statements).map_err(unwritable)?;
    let checked = validator::check_batch(&text, Version::V1_0_3).map_err(|report| {
        let what = report.violations.first().map(|it| it.message.clone());
        StoreError::Rejected(format!("a reaction's statement: {}", what.unwrap_or_default()))
    })?;
    Ok(prepare_all(checked.statements, Vec::new(), authority)?)
}
