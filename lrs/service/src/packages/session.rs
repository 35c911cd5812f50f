//! A launch that is played: the page of the player, and what the player commits.
//!
//! A commit is answered when its statements and the state of its SCO are kept, the statements first. The runtime makes
//! equal statements of an equal commit and state, so a commit that is sent again, because the answer was lost or the server
//! was killed between the two, changes nothing that was kept and keeps what was not.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use validator::Version;

use super::launch::{Launch, read};
use super::states::Seen;
use super::{Hosted, PackageError, Packages, activity_of, token};
use crate::record::RecordError;
use crate::record::statements::prepare_all;
use ::package::runtime::{
    self, Applied, Commit, CommitRefusal, LessonMode, Sco, ScoState, Summary,
};
use store::{KeptLaunch, StoreError};
use xapi::instant::Instant;

/// How often a commit is applied again where another one was kept meanwhile.
const TRIES: u32 = 20;

/// A launch that is good, and what is launched.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The hash of its token.
    pub id: String,
    /// Until when it is good.
    pub expires: Instant,
    /// Who plays.
    pub launch: Launch,
    /// What is played.
    pub hosted: Arc<Hosted>,
}

/// Why a player is not heard.
#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    /// There is no such launch, or its version was removed.
    #[error("there is no such launch")]
    Unknown,
    /// The launch has expired.
    #[error("the launch has expired")]
    Expired,
    /// The launch was taken back.
    #[error("the launch was taken back")]
    Revoked,
    /// The body is no commit.
    #[error("the body is no commit: {0}")]
    Commit(String),
    /// The runtime refuses the commit.
    #[error("the commit is refused: {}", .0.reason())]
    Refused(CommitRefusal),
    /// The package could not be asked.
    #[error(transparent)]
    Package(#[from] PackageError),
}

impl From<StoreError> for Unheard {
    fn from(error: StoreError) -> Self {
        Self::Package(error.into())
    }
}

impl From<CommitRefusal> for Unheard {
    fn from(refusal: CommitRefusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Whether a commit came to an end.
enum Turn {
    Done(Value),
    Again,
}

impl Opened {
    /// A SCO of the package, as the runtime is told.
    fn runtime(&self, sco: &Sco) -> runtime::ScoLaunch {
        runtime::ScoLaunch {
            actor: self.launch.actor.clone(),
            learner: self.launch.learner.clone(),
            registration: self.launch.registration,
            activity: activity_of(&self.hosted.version.package),
            title: self.hosted.version.title.clone(),
            standard: self.hosted.contents.standard,
            // A preview shows what the package does for a learner, and keeps nothing of it.
            mode: LessonMode::Normal,
            sco: sco.clone(),
        }
    }

    /// The SCO of this item; for an empty identifier none in particular.
    fn sco(&self, identifier: &str) -> Result<Sco, Unheard> {
        if identifier.is_empty() {
            return Ok(Sco::default());
        }
        let sco = self.hosted.contents.sco(identifier).cloned();
        sco.ok_or_else(|| Unheard::Commit(format!("the package has no SCO `{identifier}`")))
    }
}

impl Packages {
    /// The launch of this token.
    ///
    /// # Errors
    /// [`Unheard::Unknown`], [`Unheard::Revoked`], [`Unheard::Expired`].
    pub async fn open(&self, token: &str) -> Result<Opened, Unheard> {
        let kept = self.store.launch(&token::hash_of(token)).await?.ok_or(Unheard::Unknown)?;
        if kept.revoked {
            return Err(Unheard::Revoked);
        }
        if kept.expires <= self.clock.now() {
            return Err(Unheard::Expired);
        }
        let hosted = self.hosted(&kept.key).await?.ok_or(Unheard::Unknown)?;
        let launch = read(&kept)?;
        let KeptLaunch { token: id, expires, .. } = kept;
        Ok(Opened { id, expires, launch, hosted })
    }

    /// What the player is told when its page is opened: `status`, where the learner stands with each SCO by its item's
    /// identifier, and `sequencing`, what the player has kept for the attempt.
    pub async fn standing(&self, opened: &Opened) -> Result<(Value, Value), PackageError> {
        let mut status = Map::new();
        if opened.launch.preview {
            return Ok((status.into(), Value::Null));
        }
        for (sco, state) in self.states(opened).await? {
            status.insert(sco, json!(state.value.summary()));
        }
        let place = opened.launch.place(&opened.hosted.version.package);
        let whole = self.seen::<ScoState>(&place.state(opened.launch.registration, "")).await?;
        Ok((status.into(), whole.value.sequencing().cloned().unwrap_or_default()))
    }

    /// The states of the attempt's SCOs that have one, by their item's identifier.
    async fn states(&self, opened: &Opened) -> Result<Vec<(String, Seen<ScoState>)>, PackageError> {
        let place = opened.launch.place(&opened.hosted.version.package);
        let registration = opened.launch.registration;
        let any = place.state(registration, "");
        let (there, _) = self.store.document_ids(&any.shelf, None).await?;
        let mut states = Vec::new();
        for item in opened.hosted.contents.scos() {
            let key = place.state(registration, &item.sco.identifier);
            if there.binary_search(&key.id).is_ok() {
                let identifier = item.sco.identifier.clone();
                states.push((identifier, self.seen::<ScoState>(&key).await?));
            }
        }
        Ok(states)
    }

    /// Keeps what a player commits, and gives what the player is answered.
    ///
    /// # Errors
    /// [`Unheard`]: nothing of the commit counts, and where a store failed, it can be sent again.
    pub async fn commit(&self, token: &str, body: &Bytes) -> Result<Value, Unheard> {
        let opened = self.open(token).await?;
        let commit: Commit =
            serde_json::from_slice(body).map_err(|error| Unheard::Commit(error.to_string()))?;
        let sco = opened.sco(&commit.sco)?;
        let launch = Arc::new(opened.runtime(&sco));
        let commit = Arc::new(commit);
        if opened.launch.preview {
            return self.look(&launch, &commit);
        }
        for _ in 0..TRIES {
            if let Turn::Done(answer) = self.turn(&opened, &launch, &commit, body.len()).await? {
                return Ok(answer);
            }
        }
        Err(PackageError::Busy(opened.hosted.version.package.clone()).into())
    }

    /// A commit of a preview: nothing is kept of it.
    fn look(&self, launch: &runtime::ScoLaunch, commit: &Commit) -> Result<Value, Unheard> {
        if !commit.begin {
            return Ok(json!({}));
        }
        Ok(runtime::apply(launch, None, commit, self.now())?.answer)
    }

    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.clock.now().micros()).unwrap_or_default()
    }

    /// Applies a commit to the state as it is now.
    async fn turn(
        &self,
        opened: &Opened,
        launch: &Arc<runtime::ScoLaunch>,
        commit: &Arc<Commit>,
        bytes: usize,
    ) -> Result<Turn, Unheard> {
        let place = opened.launch.place(&opened.hosted.version.package);
        let key = place.state(opened.launch.registration, &commit.sco);
        let seen = self.seen::<ScoState>(&key).await?;
        let (state, now) = (seen.value.clone(), self.now());
        let (launch, of) = (Arc::clone(launch), Arc::clone(commit));
        let apply = move || runtime::apply(&launch, Some(&state), &of, now);
        let bytes = bytes.saturating_add(seen.bytes);
        let applied = self.compute.run(&opened.id, bytes, apply).await;
        let Applied { state, mut statements, answer, is_status_changed } =
            applied.map_err(PackageError::from)??;
        let mut summary = None;
        if (commit.begin || is_status_changed) && !commit.sco.is_empty() {
            let (whole, others) = self.others(opened, commit, &state).await?;
            statements.extend(others);
            summary = Some(whole);
        }
        self.say(statements).await?;
        if state != seen.value && !self.put_seen(key, &seen, &state).await? {
            return Ok(Turn::Again);
        }
        if let Some(summary) = summary {
            self.note_attempt(&place, opened.launch.registration, &summary).await?;
        }
        Ok(Turn::Done(answer))
    }

    /// What a commit means for the rest of the attempt: a session of another SCO that was cut off is closed where this
    /// one begins, and the package is completed with its last SCO. Gives where the learner stands with the package, and a
    /// statement to be kept.
    async fn others(
        &self,
        opened: &Opened,
        commit: &Commit,
        state: &ScoState,
    ) -> Result<(Summary, Option<Value>), PackageError> {
        let place = opened.launch.place(&opened.hosted.version.package);
        let mut states = Vec::new();
        for (sco, seen) in self.states(opened).await? {
            if sco == commit.sco {
                continue;
            }
            let found = opened.hosted.contents.sco(&sco);
            let closed = found
                .filter(|_| commit.begin)
                .and_then(|sco| runtime::close(&opened.runtime(sco), &seen.value));
            if let Some(closed) = closed {
                self.say(closed.statements).await?;
                let key = place.state(opened.launch.registration, &sco);
                // Where another request was first, it has closed or changed the session.
                self.put_seen(key, &seen, &closed.state).await?;
                states.push((sco, closed.state));
            } else {
                states.push((sco, seen.value));
            }
        }
        states.push((commit.sco.clone(), state.clone()));
        let states: Vec<(&str, &ScoState)> =
            states.iter().map(|(sco, state)| (sco.as_str(), state)).collect();
        let launch = opened.runtime(&Sco::default());
        let rolled_up = runtime::rolled_up(&launch, &opened.hosted.contents, &states);
        let is_only = opened.hosted.contents.scos().nth(1).is_none();
        Ok((whole(rolled_up.as_ref(), &states, is_only), rolled_up))
    }

    /// Keeps statements like those of any other player. One that is kept already stays as it was, and one that breaks a
    /// rule of the standard is left out: what a content writes into its data model must not lose the rest.
    async fn say(&self, statements: Vec<Value>) -> Result<(), PackageError> {
        if statements.is_empty() {
            return Ok(());
        }
        let all = Value::Array(statements);
        if self.keep(&all).await? {
            return Ok(());
        }
        let Value::Array(statements) = all else { return Ok(()) };
        for statement in statements {
            let id = statement.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            if !self.keep(&Value::Array(vec![statement])).await? {
                tracing::debug!(id, "a statement of a player was kept before, or is none");
            }
        }
        Ok(())
    }

    /// Keeps statements, all or none. False where one of them breaks a rule, or another one is kept under its id.
    async fn keep(&self, statements: &Value) -> Result<bool, PackageError> {
        let text = statements.to_string();
        let batch = match validator::check_batch(text.as_bytes(), Version::V1_0_3) {
            Ok(batch) => batch,
            Err(report) => {
                let rule = report.violations.first().map_or("invalid", |it| it.rule.id);
                tracing::warn!(rule, "a statement of a player breaks a rule of the standard");
                self.record.count_refusal(super::PLAYER, rule);
                return Ok(false);
            }
        };
        let batch = prepare_all(batch.statements, Vec::new(), &self.authority);
        let Ok(batch) = batch else { return Ok(false) };
        match self.record.keep(batch, None).await {
            Ok(_) => Ok(true),
            Err(RecordError::Conflict { .. } | RecordError::Refused(_)) => Ok(false),
            Err(RecordError::Store(error)) => Err(error.into()),
        }
    }

    /// The server's clock, by which the player dates what it commits.
    pub fn time(&self) -> Instant {
        self.clock.now()
    }
}

/// Where the learner stands with the package: as the statement says where it is completed, else where they stand with the
/// only SCO, else in the middle of it.
fn whole(rolled_up: Option<&Value>, states: &[(&str, &ScoState)], is_only: bool) -> Summary {
    let seconds = states.iter().map(|(_, state)| state.summary().seconds).sum();
    let Some(statement) = rolled_up else {
        return match states {
            [(_, only)] if is_only => only.summary(),
            _ => Summary { status: "incomplete", score: None, seconds },
        };
    };
    let score = statement.pointer("/result/score/scaled").and_then(Value::as_f64);
    let status = match statement.pointer("/result/success").and_then(Value::as_bool) {
        Some(true) => "passed",
        Some(false) => "failed",
        None => "completed",
    };
    Summary { status, score, seconds }
}
