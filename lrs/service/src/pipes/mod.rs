//! Pipes: statements that travel to another store, or come from there, by xAPI alone.
//!
//! At least once and under the same ids: whatever was sent and not written down is sent again. A pipe runs on the one
//! process that leads; what makes it safe is that its record changes by compare-and-set.

use std::sync::Arc;

use tokio::sync::watch;
use uuid::Uuid;

use crate::memory::Memory;
use crate::record::Record;
use crate::scan::Scanner;
use filter::Passing;
use run::{Halt, Run, Works};
use store::{DeadLetter, HeldPipe, Store, StoreError};
use xapi::instant::Instant;

mod attached;
mod backoff;
mod erasing;
mod filter;
mod incoming;
mod mapping;
mod multipart;
mod pages;
mod probe;
mod pull;
mod push;
mod run;
mod settings;
mod supervisor;
#[cfg(test)]
mod tests;
mod verdict;
mod webhook;
mod wire;

pub use erasing::{ErasureNotice, ErasuresOfPipe, ToldErasure};
pub(crate) use erasing::{NotedErasure, erase_answers, forget_letters, note as note_erasure};
pub use probe::{PipeCheck, PipeTest};
pub use run::MOST_LETTERS;
pub use settings::{
    HeldBack, Hidden, LastAnswer, PipeDirection, PipeFilter, PipeMapping, PipePause, PipeRecord,
    PipeSettings, PipeState, ReadsBy,
};
pub use webhook::{MOST_FAILURES, Signing};
pub use wire::{PipeWire, WireAnswer, WireError, WireRequest};

/// How many statements the lag of a push is counted up to.
pub const LAG_COUNTED: usize = 1_000;
/// How often a change is tried again that a running pipe was quicker than.
const TRIES: usize = 50;

/// Why a pipe cannot be made, changed or asked.
#[derive(Debug, thiserror::Error)]
pub enum PipeError {
    /// There is no pipe of this name.
    #[error("there is no pipe `{0}`")]
    Unknown(String),
    /// There is one already.
    #[error("there is a pipe `{0}` already")]
    Taken(String),
    /// A setting cannot be used.
    #[error("`{setting}` cannot be used: {why}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// Why not.
        why: String,
    },
    /// The filter names a course that is not there.
    #[error("there is no course `{0}`")]
    Course(String),
    /// The pipe has no such erasure to tell of.
    #[error("the pipe has no erasure {0} to tell of")]
    NoNotice(Uuid),
    /// The pipe has no such dead letter.
    #[error("the pipe has no dead letter about {0}")]
    NoLetter(Uuid),
    /// The statement of a dead letter is not to be had any more.
    #[error("the statement {0} is not there any more: drop the dead letter")]
    Gone(Uuid),
    /// The other store does not answer as it should.
    #[error("the other store does not do it now: {0}")]
    Away(String),
    /// Others changed the pipe again and again.
    #[error("the pipe changes all the time")]
    Busy,
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A pipe as it is shown: without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPipe {
    /// Its name.
    pub name: String,
    /// What people set.
    pub settings: PipeSettings,
    /// Whether it has a password.
    pub has_password: bool,
    /// Whether it has a secret for pseudonyms.
    pub has_secret: bool,
    /// What a webhook signs with from now on, where that was just made: it is shown once.
    pub made_secret: Option<Hidden>,
    /// How far it is.
    pub state: PipeState,
    /// How many dead letters it has.
    pub dead_letters: u64,
    /// How far it is behind.
    pub lag: PipeLag,
}

/// How far a pipe is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PipeLag {
    /// Of a push: the statements that were stored after its cursor, up to [`LAG_COUNTED`]; `None` for a pull, whose source
    /// does not tell.
    pub statements: Option<usize>,
    /// Whether there may be more than `statements`.
    pub is_more: bool,
    /// Of a push: how long ago the first of those was stored. Of a pull: how long ago everything was read that the source
    /// had; `None` before that.
    pub seconds: Option<u64>,
}

/// What a pipe is made of, or changed to. A secret that is left out stays what it was.
#[derive(Clone, Debug)]
pub struct NewPipe {
    /// What people set.
    pub settings: PipeSettings,
    /// The password of HTTP Basic.
    pub password: Option<Hidden>,
    /// The secret that pseudonyms are made under; two stores that share it make the same.
    pub secret: Option<Hidden>,
}

/// The pipes of a store.
#[derive(Clone)]
pub struct Pipes {
    works: Works,
    /// Told of changes; the pipes run until it is gone.
    changed: Arc<watch::Sender<()>>,
}

impl Pipes {
    /// The pipes of `store`, which speak through `wire`. Statements that are pulled have an authority at `base_url`, and
    /// attachments that `scanner` has looked at. Pages of statements are taken from the budget `memory`, and what the statements
    /// of all pages say together from half of it.
    pub fn new(
        store: Arc<dyn Store>,
        record: Record,
        wire: Arc<dyn PipeWire>,
        scanner: Scanner,
        memory: &Memory,
        base_url: &str,
    ) -> Self {
        let base_url = base_url.to_owned();
        let changed = Arc::new(watch::Sender::new(()));
        let (memory, values) = (memory.clone(), memory.part(memory.size() / 2));
        let works = Works { store, record, wire, memory, values, scanner, base_url, step: || () };
        Self { works, changed }
    }

    /// These pipes, which call `step` wherever the end of the process would leave something half done: before and after
    /// each request to another store, and after each write.
    #[must_use]
    pub fn stepping(mut self, step: fn()) -> Self {
        self.works.step = step;
        self
    }

    /// Runs the pipes until all other clones of this are gone.
    pub async fn keep_running(self) {
        let Self { works, changed } = self;
        let news = changed.subscribe();
        drop(changed);
        supervisor::run(works, news).await;
    }

    /// All pipes, by name.
    pub async fn all(&self) -> Result<Vec<ShownPipe>, PipeError> {
        let mut all = Vec::new();
        for held in self.works.store.pipes().await? {
            all.push(self.shown(&held).await?);
        }
        Ok(all)
    }

    /// The pipe of this name.
    pub async fn get(&self, name: &str) -> Result<ShownPipe, PipeError> {
        self.shown(&self.held(name).await?).await
    }

    /// Makes a pipe, which begins at once.
    pub async fn create(&self, name: &str, new: NewPipe) -> Result<ShownPipe, PipeError> {
        settings::check_name(name)?;
        self.check(&new.settings, new.secret.as_ref()).await?;
        let NewPipe { settings, password, secret } = new;
        let cursor = settings.beginning(self.works.record.now()).micros();
        let is_webhook = settings.direction == PipeDirection::Webhook;
        let signing = if is_webhook { Signing::made() } else { Signing::default() };
        let made_secret = is_webhook.then(|| signing.secret.clone());
        let record = PipeRecord {
            settings,
            password: password.unwrap_or_default(),
            secret: secret.unwrap_or_default(),
            signing,
            namespace: Uuid::new_v4(),
            generation: 1,
            state: PipeState { cursor, ..PipeState::default() },
        };
        if !self.works.store.add_pipe(name, &record.text()?).await? {
            return Err(PipeError::Taken(name.to_owned()));
        }
        self.changed.send_replace(());
        Ok(ShownPipe { made_secret, ..self.get(name).await? })
    }

    /// Gives a webhook a new secret, which is shown once. The secret before signs beside it for a day.
    ///
    /// # Errors
    /// [`PipeError::Setting`] of a pipe that is no webhook.
    pub async fn rotate(&self, name: &str) -> Result<ShownPipe, PipeError> {
        let record = PipeRecord::of(&self.held(name).await?)?;
        if record.settings.direction != PipeDirection::Webhook {
            let why = "webhooks alone sign what they send".to_owned();
            return Err(PipeError::Setting { setting: "direction", why });
        }
        let (next, now) = (Signing::made(), self.works.record.now());
        let edit = |record: &mut PipeRecord| {
            record.signing = record.signing.replaced_by(next.clone(), now);
        };
        let shown = self.edit(name, edit).await?;
        Ok(ShownPipe { made_secret: Some(next.secret), ..shown })
    }

    /// Changes what people set of a pipe. It goes on where it is. Where the address changes, the password must be given:
    /// it was meant for the other address.
    pub async fn change(&self, name: &str, new: NewPipe) -> Result<ShownPipe, PipeError> {
        let before = PipeRecord::of(&self.held(name).await?)?;
        let secret = new.secret.clone().unwrap_or(before.secret);
        self.check(&new.settings, Some(&secret)).await?;
        let is_elsewhere =
            new.settings.endpoint()?.origin() != before.settings.endpoint()?.origin();
        if is_elsewhere && new.password.is_none() && !before.password.0.is_empty() {
            let why =
                "give it again with the new address: it was meant for the other one".to_owned();
            return Err(PipeError::Setting { setting: "password", why });
        }
        if new.settings.direction != before.settings.direction {
            let why = "a pipe keeps its direction: make another one".to_owned();
            return Err(PipeError::Setting { setting: "direction", why });
        }
        self.edit(name, |record| {
            record.settings = new.settings.clone();
            if let Some(password) = &new.password {
                record.password = password.clone();
            }
            record.secret = secret.clone();
            if is_elsewhere {
                // The other address has asked for no rest.
                (record.state.attempts, record.state.retry_at) = (0, None);
            }
        })
        .await
    }

    /// Removes a pipe and its dead letters. What it has delivered stays where it is.
    pub async fn remove(&self, name: &str) -> Result<(), PipeError> {
        for _ in 0..TRIES {
            let held = self.held(name).await?;
            if self.works.store.remove_pipe(name, held.revision).await? {
                self.changed.send_replace(());
                return Ok(());
            }
        }
        Err(PipeError::Busy)
    }

    /// Makes a pipe rest until it is resumed.
    pub async fn pause(&self, name: &str) -> Result<ShownPipe, PipeError> {
        let at = self.works.record.now().micros();
        let pause = PipePause { is_alarm: false, reason: "somebody has paused it".into(), at };
        self.edit(name, |record| record.state.paused = Some(pause.clone())).await
    }

    /// Makes a pipe go on at once, whatever it waits for. What it held back it sends, and with that anew what came since.
    pub async fn resume(&self, name: &str) -> Result<ShownPipe, PipeError> {
        self.edit(name, |record| {
            record.state.hold_nothing_back();
            record.state.paused = None;
            record.state.retry_at = None;
            record.state.attempts = 0;
        })
        .await
    }

    /// Makes a pipe go on from an instant, back or forward. What the other store has already is passed over there.
    ///
    /// # Errors
    /// [`PipeError::Setting`] of an instant to come: what is stored until then would be passed over.
    pub async fn replay(&self, name: &str, from: Instant) -> Result<ShownPipe, PipeError> {
        if from > self.works.record.now() {
            let why = "it is an instant to come: what is stored until then would never travel";
            return Err(PipeError::Setting { setting: "from", why: why.to_owned() });
        }
        self.edit(name, |record| record.state.cursor = from.micros()).await
    }

    /// Dead letters of a pipe, those beyond `after`, at most `limit`.
    pub async fn letters(
        &self,
        name: &str,
        after: Option<(Instant, Uuid)>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, PipeError> {
        self.held(name).await?;
        Ok(self.works.store.dead_letters(name, after, limit).await?)
    }

    /// Drops a dead letter: its statement will not be delivered.
    pub async fn drop_letter(&self, name: &str, statement: Uuid) -> Result<(), PipeError> {
        self.held(name).await?;
        let is_dropped = self.works.store.remove_dead_letter(name, statement).await?;
        is_dropped.then_some(()).ok_or(PipeError::NoLetter(statement))
    }

    /// Tries to deliver a statement again that was given up. `None` where it was delivered, and its letter is gone; else
    /// the letter as it is now.
    ///
    /// # Errors
    /// [`PipeError::Gone`] where the statement is not to be had, [`PipeError::Away`] where the other store cannot say.
    pub async fn retry(
        &self,
        name: &str,
        statement: Uuid,
    ) -> Result<Option<DeadLetter>, PipeError> {
        let mut run = Run::of(&self.works, &self.held(name).await?).await?;
        if self.works.store.dead_letter(name, statement).await?.is_none() {
            return Err(PipeError::NoLetter(statement));
        }
        let delivered = match run.pipe.settings.direction {
            PipeDirection::Push | PipeDirection::Webhook => {
                let kept = self.works.store.statement(statement).await?;
                let kept = kept.ok_or(PipeError::Gone(statement))?;
                run.send_again(kept).await.map_err(away)?
            }
            PipeDirection::Pull => {
                run.passing = Passing::default();
                let mut found = run.fetch("statementId", statement).await.map_err(away)?;
                if found.is_none() {
                    found = run.fetch("voidedStatementId", statement).await.map_err(away)?;
                }
                let (incoming, parts) = found.ok_or(PipeError::Gone(statement))?;
                // The letter goes once the statement is there: this may be cut off anywhere.
                run.keep(vec![incoming], parts).await.map_err(away)?.given_up == 0
            }
        };
        if delivered {
            self.works.store.remove_dead_letter(name, statement).await?;
        }
        Ok(self.works.store.dead_letter(name, statement).await?)
    }

    /// Asks the other store whether the pipe could work, and changes nothing here or there.
    pub async fn test(&self, name: &str) -> Result<PipeTest, PipeError> {
        Ok(Run::of(&self.works, &self.held(name).await?).await?.probe().await)
    }

    async fn held(&self, name: &str) -> Result<HeldPipe, PipeError> {
        let held = self.works.store.pipe(name).await?;
        held.ok_or_else(|| PipeError::Unknown(name.to_owned()))
    }

    async fn check(
        &self,
        settings: &PipeSettings,
        secret: Option<&Hidden>,
    ) -> Result<(), PipeError> {
        settings.check()?;
        Passing::of(&settings.filter, &*self.works.store).await?;
        let needs_secret = settings.mapping == PipeMapping::Pseudonymised;
        if needs_secret && secret.is_none_or(|it| it.0.len() < 16) {
            let why = "pseudonyms need one of 16 characters or more".to_owned();
            return Err(PipeError::Setting { setting: "secret", why });
        }
        Ok(())
    }

    /// Changes the record of a pipe, whatever its runner writes meanwhile.
    async fn edit(
        &self,
        name: &str,
        edit: impl Fn(&mut PipeRecord),
    ) -> Result<ShownPipe, PipeError> {
        for _ in 0..TRIES {
            let held = self.held(name).await?;
            let mut record = PipeRecord::of(&held)?;
            edit(&mut record);
            record.generation += 1;
            let text = record.text()?;
            if self.works.store.change_pipe(name, &text, held.revision).await?.is_some() {
                self.changed.send_replace(());
                return self.get(name).await;
            }
        }
        Err(PipeError::Busy)
    }

    async fn shown(&self, held: &HeldPipe) -> Result<ShownPipe, PipeError> {
        let PipeRecord { settings, password, secret, state, .. } = PipeRecord::of(held)?;
        Ok(ShownPipe {
            name: held.name.clone(),
            made_secret: None,
            has_password: !password.0.is_empty(),
            has_secret: !secret.0.is_empty(),
            dead_letters: self.works.store.count_dead_letters(&held.name).await?,
            lag: self.lag(settings.direction, &state).await?,
            settings,
            state,
        })
    }

    async fn lag(&self, direction: PipeDirection, state: &PipeState) -> Result<PipeLag, PipeError> {
        let now = self.works.record.now();
        let since = |at: i64| u64::try_from((now.micros() - at) / 1_000_000).unwrap_or_default();
        if direction == PipeDirection::Pull {
            return Ok(PipeLag { seconds: state.through.map(since), ..PipeLag::default() });
        }
        let cursor = Instant::from_micros(state.cursor);
        let page = match self.works.store.log(cursor, LAG_COUNTED).await {
            Ok(page) => page,
            Err(StoreError::Unreadable { stored, .. }) => {
                let seconds = Some(since(stored.micros()));
                return Ok(PipeLag { statements: Some(1), is_more: true, seconds });
            }
            Err(error) => return Err(error.into()),
        };
        let first = page.statements.first().map(|kept| kept.statement.stored.micros());
        let seconds = Some(first.map_or(0, since));
        Ok(PipeLag { statements: Some(page.statements.len()), is_more: page.more, seconds })
    }
}

/// Why a statement was not delivered again.
fn away(halt: Halt) -> PipeError {
    match halt {
        Halt::Answer(_, _, detail) => PipeError::Away(detail),
        Halt::Overtaken => PipeError::Busy,
        Halt::Store(error) => error.into(),
    }
}
