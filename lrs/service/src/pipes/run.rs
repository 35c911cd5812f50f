//! One pipe at work: its record as it was read, and what both directions share.
//!
//! A step sends or fetches a little, keeps what was refused, and then moves the cursor by compare-and-set. It may end
//! anywhere: what was sent and not written down is sent again under the same ids, which adds nothing.

use std::sync::Arc;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use super::filter::Passing;
use super::mapping::Mapped;
use super::pull::Pulling;
use super::push::Pushing;
use super::settings::{LastAnswer, PipeDirection, PipePause, PipeRecord};
use super::verdict::{self, Verdict};
use super::wire::{PATIENCE, PipeWire, WireAnswer, WireError, WireRequest};
use super::{PipeError, backoff};
use crate::memory::Memory;
use crate::record::Record;
use crate::scan::Scanner;
use store::{DeadLetter, HeldPipe, Store, StoreError};
use xapi::authority::Authority;
use xapi::instant::Instant;

/// More dead letters than this, and the pipe stops: whatever is wrong, it is wrong with all statements.
pub const MOST_LETTERS: u64 = 10_000;

/// What all pipes of a server work with.
#[derive(Clone)]
pub(super) struct Works {
    pub(super) store: Arc<dyn Store>,
    pub(super) record: Record,
    pub(super) wire: Arc<dyn PipeWire>,
    /// The budget that pages of statements are taken from.
    pub(super) memory: Memory,
    /// The part of it that is for what pulled statements say, of all pipes together.
    pub(super) values: Memory,
    /// Looks at the attachments of statements that are pulled.
    pub(super) scanner: Scanner,
    /// The home page of the authority of statements that are pulled.
    pub(super) base_url: String,
    /// See [`super::Pipes::stepping`].
    pub(super) step: fn(),
}

/// What comes after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// There is more to do.
    More,
    /// Nothing is to be done until there is news, or this time is over.
    Idle(Duration),
    /// The other store is asked again after this time.
    Later(Duration),
    /// The pipe stands until its record changes.
    Rest,
    /// The record was changed by others: it is to be read again.
    Overtaken,
}

/// Why a step ends early.
#[derive(Debug)]
pub(super) enum Halt {
    /// What the other store answered, or did not, is to be dealt with; the text says it to people.
    Answer(Verdict, u16, String),
    /// The record was changed by others.
    Overtaken,
    /// The store of this server failed.
    Store(StoreError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A pipe that runs.
pub(super) struct Run {
    pub(super) works: Works,
    pub(super) name: String,
    pub(super) revision: i64,
    pub(super) pipe: PipeRecord,
    pub(super) endpoint: Url,
    pub(super) passing: Passing,
    pub(super) mapped: Mapped,
    pub(super) pushing: Pushing,
    pub(super) pulling: Pulling,
}

impl Run {
    /// # Errors
    /// [`PipeError`] where its settings name what is not there.
    pub(super) async fn of(works: &Works, held: &HeldPipe) -> Result<Self, PipeError> {
        let pipe = PipeRecord::of(held)?;
        Ok(Self {
            endpoint: pipe.settings.endpoint()?,
            passing: Passing::of(&pipe.settings.filter, &*works.store).await?,
            mapped: Mapped::of(&pipe),
            works: works.clone(),
            name: held.name.clone(),
            revision: held.revision,
            pipe,
            pushing: Pushing::default(),
            pulling: Pulling::default(),
        })
    }

    pub(super) fn now(&self) -> Instant {
        self.works.record.now()
    }

    /// Works until there is nothing to do, something is to be waited for, or the record is another one.
    pub(super) async fn step(&mut self) -> Next {
        if self.pipe.state.paused.is_some() {
            return Next::Rest;
        }
        let done = match self.pipe.settings.direction {
            PipeDirection::Push | PipeDirection::Webhook => self.push().await,
            PipeDirection::Pull => self.pull().await,
        };
        let next = match done {
            Ok(next) => Ok(next),
            Err(Halt::Answer(verdict, status, detail)) => {
                self.answered(verdict, status, detail).await
            }
            Err(halt) => Err(halt),
        };
        match next {
            Ok(next) => next,
            Err(Halt::Store(error)) => {
                tracing::error!(pipe = self.name, %error, "a pipe waits for the store of this server");
                Next::Later(backoff::wait(3, None))
            }
            Err(Halt::Overtaken | Halt::Answer(..)) => Next::Overtaken,
        }
    }

    /// Notes an answer that keeps the pipe from going on.
    async fn answered(
        &mut self,
        verdict: Verdict,
        status: u16,
        detail: String,
    ) -> Result<Next, Halt> {
        let at = self.now().micros();
        let state = &mut self.pipe.state;
        state.last = Some(LastAnswer { at, status, is_good: false, detail: detail.clone() });
        let next = match verdict {
            Verdict::Later(asks) => {
                let wait = backoff::wait(state.attempts, asks);
                state.attempts = state.attempts.saturating_add(1);
                let micros = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
                state.retry_at = Some(at.saturating_add(micros));
                Next::Later(wait)
            }
            Verdict::Stop(reason) => {
                tracing::error!(
                    pipe = self.name,
                    reason,
                    "a pipe has stopped: see to it and resume it"
                );
                state.paused = Some(PipePause { is_alarm: true, reason, at });
                Next::Rest
            }
            Verdict::Taken | Verdict::TooLarge | Verdict::Refused => {
                let reason =
                    format!("the other store refuses what cannot be made smaller: {detail}");
                state.paused = Some(PipePause { is_alarm: true, reason, at });
                Next::Rest
            }
        };
        self.save().await?;
        Ok(next)
    }

    /// Notes a good answer, in memory.
    pub(super) fn went_well(&mut self, status: u16, detail: String) {
        let at = self.now().micros();
        let state = &mut self.pipe.state;
        (state.attempts, state.retry_at) = (0, None);
        state.last = Some(LastAnswer { at, status, is_good: true, detail });
    }

    /// Writes the state down, where the record is still the one that was read.
    pub(super) async fn save(&mut self) -> Result<(), Halt> {
        let text = self.pipe.text()?;
        let changed = self.works.store.change_pipe(&self.name, &text, self.revision).await?;
        (self.works.step)();
        self.revision = changed.ok_or(Halt::Overtaken)?;
        Ok(())
    }

    /// Gives statements up. They are kept before the cursor moves on, and a statement has one letter, however often it is
    /// given up.
    pub(super) async fn give_up(&self, letters: Vec<DeadLetter>) -> Result<(), Halt> {
        let letters = letters.into_iter().map(DeadLetter::bounded).collect();
        self.works.store.keep_dead_letters(letters).await?;
        (self.works.step)();
        let count = self.works.store.count_dead_letters(&self.name).await?;
        if count <= MOST_LETTERS {
            return Ok(());
        }
        let reason = format!(
            "more than {MOST_LETTERS} statements were refused: see to what is wrong with them, drop or retry the dead \
             letters, and resume the pipe"
        );
        Err(Halt::Answer(Verdict::Stop(reason.clone()), 0, reason))
    }

    /// A dead letter of this pipe.
    pub(super) fn letter(
        &self,
        (statement, stored): (Uuid, Instant),
        status: u16,
        body: String,
    ) -> DeadLetter {
        DeadLetter { pipe: self.name.clone(), statement, stored, status, body, at: self.now() }
    }

    /// Sends a request and gives the answer, whatever its status. A store that hangs has not answered.
    pub(super) async fn exchange(&self, request: WireRequest) -> Result<WireAnswer, WireError> {
        let longest = PATIENCE.as_secs();
        let late = |_| WireError::Transport(format!("no answer within {longest} seconds"));
        (self.works.step)();
        let exchange = self.works.wire.exchange(request);
        let answer = tokio::time::timeout(PATIENCE, exchange).await.map_err(late)?;
        (self.works.step)();
        answer
    }

    /// [`Self::exchange`] for a page of statements: the longest page is reserved before it is asked for, and the page holds
    /// what it weighs until the last slice of it is gone. In a small budget pages are smaller.
    ///
    /// # Errors
    /// [`WireError::Memory`] where other requests hold what is needed.
    pub(super) async fn page(&self, mut request: WireRequest) -> Result<WireAnswer, WireError> {
        let memory = &self.works.memory;
        request.longest = request.longest.min(memory.size() / 2);
        let reserved = memory.reserve(request.longest).map_err(|_| WireError::Memory)?;
        let mut answer = self.exchange(request).await?;
        let reserved = memory.reserve(answer.body.len()).unwrap_or(reserved);
        answer.body = reserved.hold(answer.body);
        Ok(answer)
    }

    /// A request to the other store; a POST where there is a body.
    pub(super) fn request(
        &self,
        url: Url,
        version: &'static str,
        body: Option<(String, bytes::Bytes)>,
        longest: usize,
    ) -> WireRequest {
        let credentials = (self.pipe.settings.user.clone(), self.pipe.password.clone());
        WireRequest { url, credentials, version, body, headers: Vec::new(), longest }
    }

    /// Where statements are sent and fetched.
    pub(super) fn statements(&self) -> Result<Url, Halt> {
        self.resource("statements")
    }

    pub(super) fn resource(&self, name: &str) -> Result<Url, Halt> {
        let wrong = |error: url::ParseError| {
            Halt::Answer(Verdict::Stop(error.to_string()), 0, error.to_string())
        };
        self.endpoint.join(name).map_err(wrong)
    }

    /// The authority of statements that this pipe pulls. No key has a colon in its name.
    pub(super) fn authority(&self) -> Authority {
        Authority::of_key(&format!("pipe:{}", self.name), &self.works.base_url)
    }
}

/// What ends a step where there is no answer.
pub(super) fn halted(error: &WireError) -> Halt {
    Halt::Answer(verdict::of_error(error), 0, error.to_string())
}
