//! A launch that is played: the page of the player, and what the player commits.
//!
//! A commit is answered when its statements and the state of its SCO are kept: together, or the statements first. The
//! runtime makes equal statements of an equal commit and state, so a commit that is sent again, because the answer was lost
//! or the server was killed between the two, changes nothing that was kept and keeps what was not.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use validator::json::Size;

use super::states::written;
use super::{Opened, PackageError, Packages};
use crate::compute;
use crate::memory::{Exhausted, Memory, Reserved};
use ::package::runtime::{
    self, Applied, Commit, CommitRefusal, Sco, ScoStanding, ScoState, Summary,
};
use store::StoreError;
use store::turns::asked_by;
use xapi::document::DocumentKey;
use xapi::instant::Instant;

/// How often a commit is applied again where another one was kept meanwhile.
const TRIES: u32 = 20;

/// Why a player is not heard.
#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    /// There is no such launch.
    #[error("there is no such launch")]
    Unknown,
    /// The version that the launch is of was removed.
    #[error("what the launch is of was removed")]
    Removed,
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

impl From<Exhausted> for Unheard {
    /// What will never fit is refused; what fits later can be sent again.
    fn from(exhausted: Exhausted) -> Self {
        if exhausted.will_pass() {
            return Self::Package(exhausted.into());
        }
        Self::Refused(CommitRefusal::StateLarge)
    }
}

/// Whether a commit came to an end.
enum Turn {
    Done(Value),
    Again,
}

impl Packages {
    /// What the player is told when its page is opened: `status`, where the learner stands with each SCO by its item's
    /// identifier, and `sequencing`, what the player has kept for the attempt.
    /// One state after the other is reserved in `memory`.
    pub async fn standing(
        &self,
        opened: &Opened,
        memory: &Memory,
    ) -> Result<(Value, Value), PackageError> {
        let mut status = Map::new();
        if opened.launch.preview {
            return Ok((status.into(), Value::Null));
        }
        // However often the page is opened, one state of the launch at a time is in memory.
        let _turn = self.committing.turn(&opened.id).await?;
        for (sco, key) in self.scos(opened).await? {
            let seen = self.seen_in::<ScoState>(&key, Some(memory)).await?;
            status.insert(sco.identifier.clone(), json!(seen.value.summary()));
        }
        let place = opened.launch.place(&opened.hosted.version.package);
        let whole = place.state(opened.launch.registration, "");
        let whole = self.seen_in::<ScoState>(&whole, Some(memory)).await?;
        let sequencing = match whole.value.sequencing() {
            Some(sequencing) => sequencing.clone(),
            None => self.carried(opened, memory).await?,
        };
        Ok((status.into(), sequencing))
    }

    /// What a new attempt begins with: the global objectives of the attempt before it, and what its SCOs shared, unless the
    /// package keeps them within an attempt.
    async fn carried(&self, opened: &Opened, memory: &Memory) -> Result<Value, PackageError> {
        let contents = &opened.hosted.contents;
        let parts = [
            ("objectives", contents.objectives_global_to_system),
            ("shared", contents.shared_data_global_to_system),
        ];
        if opened.launch.attempt < 2 || parts.iter().all(|(_, is_global)| !is_global) {
            return Ok(Value::Null);
        }
        let place = opened.launch.place(&opened.hosted.version.package);
        let Some(before) = self.attempt_before(&place, opened.launch.registration).await? else {
            return Ok(Value::Null);
        };
        let before = self.seen_in::<ScoState>(&place.state(before, ""), Some(memory)).await?;
        let Some(kept) = before.value.sequencing() else { return Ok(Value::Null) };
        let global = parts.into_iter().filter(|(_, is_global)| *is_global);
        let carried: Map<_, _> = global
            .filter_map(|(name, _)| Some((name.to_owned(), kept.get(name)?.clone())))
            .collect();
        Ok(if carried.is_empty() { Value::Null } else { carried.into() })
    }

    /// The attempt's SCOs that have a state, and where it is.
    async fn scos<'o>(
        &self,
        opened: &'o Opened,
    ) -> Result<Vec<(&'o Sco, DocumentKey)>, PackageError> {
        let place = opened.launch.place(&opened.hosted.version.package);
        let registration = opened.launch.registration;
        let any = place.state(registration, "");
        let (there, _) = self.store.document_ids(&any.shelf, None).await?;
        let scos = opened.hosted.contents.scos().map(|item| {
            let key = place.state(registration, &item.sco.identifier);
            (&item.sco, key)
        });
        Ok(scos.filter(|(_, key)| there.binary_search(&key.id).is_ok()).collect())
    }

    /// Keeps what the player of this launch commits, and gives what the player is answered. What is read is reserved in
    /// `memory`.
    ///
    /// # Errors
    /// [`Unheard`]: nothing of the commit counts, and where a store failed, it can be sent again.
    pub async fn commit(
        &self,
        opened: &Opened,
        body: &Bytes,
        memory: &Memory,
    ) -> Result<Value, Unheard> {
        let (commit, _held) = self.parsed(opened, body, memory).await?;
        let sco = opened.sco(&commit.sco)?;
        let launch = Arc::new(opened.runtime(&sco));
        let commit = Arc::new(commit);
        if opened.launch.preview {
            return self.look(&launch, &commit);
        }
        // However fast commits come, one of them at a time has the state in memory.
        let _turn = self.committing.turn(&opened.id).await.map_err(PackageError::from)?;
        let keep = async {
            for _ in 0..TRIES {
                let turn = self.turn(opened, &launch, &commit, (body.len(), memory));
                if let Turn::Done(answer) = turn.await? {
                    return Ok(answer);
                }
            }
            Err(PackageError::Busy(opened.hosted.version.package.clone()).into())
        };
        asked_by(&opened.id, keep).await
    }

    /// A body as a commit, and the memory that is reserved for it. What it holds is counted before it is read.
    async fn parsed(
        &self,
        opened: &Opened,
        body: &Bytes,
        memory: &Memory,
    ) -> Result<(Commit, Reserved), Unheard> {
        let (bytes, body, memory) = (body.len(), body.clone(), memory.clone());
        let read = move || {
            // Once as it is read, and once as a part of the state.
            let held = memory.reserve(Size::of(&body).weight().saturating_mul(2))?;
            let commit = validator::json::parse_as(&body);
            let commit = commit.map_err(|report| Unheard::Commit(report.to_string()))?;
            Ok((commit, held))
        };
        self.compute.run(&opened.id, bytes, read).await.map_err(PackageError::from)?
    }

    /// A commit of a preview: nothing is kept of it.
    fn look(&self, launch: &runtime::ScoLaunch, commit: &Commit) -> Result<Value, Unheard> {
        if !commit.begin {
            return Ok(json!({}));
        }
        Ok(runtime::apply(launch, None, commit, self.now()?)?.answer)
    }

    fn now(&self) -> Result<jiff::Timestamp, StoreError> {
        let micros = self.clock.now().micros();
        let now = jiff::Timestamp::from_microsecond(micros);
        now.map_err(|error| StoreError::Unavailable(format!("the server's clock: {error}")))
    }

    /// Applies a commit to the state as it is now.
    async fn turn(
        &self,
        opened: &Opened,
        launch: &Arc<runtime::ScoLaunch>,
        commit: &Arc<Commit>,
        (bytes, memory): (usize, &Memory),
    ) -> Result<Turn, Unheard> {
        let place = opened.launch.place(&opened.hosted.version.package);
        let key = place.state(opened.launch.registration, &commit.sco);
        let mut seen = self.seen_in::<ScoState>(&key, Some(memory)).await?;
        let (before, now) = (std::mem::take(&mut seen.value), self.now()?);
        let (launch, of) = (Arc::clone(launch), Arc::clone(commit));
        let apply = move || {
            let applied = runtime::apply(&launch, Some(&before), &of, now)?;
            let (is_known, body) = (applied.state == before, written(&applied.state)?);
            Ok::<_, Unheard>((applied, is_known, body))
        };
        let bytes = bytes.saturating_add(seen.bytes);
        let applied = self.compute.run(&opened.id, bytes, apply).await;
        let (applied, is_known, body) = applied.map_err(PackageError::from)??;
        let Applied { state, mut statements, answer, is_outcome_changed } = applied;
        let mut summary = None;
        // Where the commit was known, the server may have been killed before the attempt was noted.
        if (commit.begin || is_outcome_changed || is_known) && !commit.sco.is_empty() {
            let (whole, others) = self.others(opened, commit, &state, memory).await?;
            statements.extend(others);
            summary = Some(whole);
        }
        let keep = async {
            if is_known {
                return self.say(opened, statements).await.map(|()| true);
            }
            self.say_and_put(opened, statements, (key, &seen, body)).await
        };
        let note = async {
            let Some(summary) = &summary else { return Ok(()) };
            self.note_attempt(&place, opened.launch.registration, summary).await
        };
        // At once, so that the two share a transaction of the store where it can. What is noted of a state that another
        // commit was faster than is noted again in the next turn.
        let (is_kept, is_noted) = futures::future::join(keep, note).await;
        if !is_kept? {
            return Ok(Turn::Again);
        }
        is_noted?;
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
        memory: &Memory,
    ) -> Result<(Summary, Option<Value>), PackageError> {
        let mut states = Vec::new();
        let is_only = opened.hosted.contents.scos().nth(1).is_none();
        let scos = if is_only { Vec::new() } else { self.scos(opened).await? };
        for (sco, key) in scos {
            if sco.identifier != commit.sco {
                let other = self.other(opened, (sco, &key), commit.begin, memory).await?;
                states.push((sco.identifier.as_str(), other));
            }
        }
        let launch = opened.runtime(&Sco::default());
        states.push((&commit.sco, ScoStanding::of(&launch, state)));
        let states: Vec<(&str, &ScoStanding)> = states.iter().map(|(sco, it)| (*sco, it)).collect();
        let rolled_up = runtime::rolled_up(&launch, &opened.hosted.contents, &states);
        Ok((whole(rolled_up.as_ref(), &states, is_only), rolled_up))
    }

    /// Where the learner stands with another SCO of the attempt. With `closes`, its session is closed where it is open.
    async fn other(
        &self,
        opened: &Opened,
        (sco, key): (&Sco, &DocumentKey),
        closes: bool,
        memory: &Memory,
    ) -> Result<ScoStanding, PackageError> {
        let launch = Arc::new(opened.runtime(sco));
        for _ in 0..TRIES {
            let mut seen = self.seen_in::<ScoState>(key, Some(memory)).await?;
            let (launch, state) = (Arc::clone(&launch), std::mem::take(&mut seen.value));
            let look = move || {
                let closed = if closes { runtime::close(&launch, &state) } else { None };
                let Some(Applied { state, statements, .. }) = closed else {
                    return Ok((ScoStanding::of(&launch, &state), None));
                };
                let body = written(&state)?;
                Ok::<_, StoreError>((ScoStanding::of(&launch, &state), Some((statements, body))))
            };
            let (standing, closed) = compute::by_length(seen.bytes, look).await??;
            let Some((statements, body)) = closed else { return Ok(standing) };
            self.say(opened, statements).await?;
            // Where another request was first, the session has ended or gone on: it is looked at again.
            if self.put_seen(key.clone(), &seen, body).await? {
                return Ok(standing);
            }
        }
        Err(PackageError::Busy(opened.hosted.version.package.clone()))
    }

    /// The server's clock, by which the player dates what it commits.
    pub fn time(&self) -> Instant {
        self.clock.now()
    }
}

/// Where the learner stands with the package: as the statement says where it is completed, else where they stand with the
/// only SCO, else in the middle of it.
fn whole(rolled_up: Option<&Value>, states: &[(&str, &ScoStanding)], is_only: bool) -> Summary {
    let seconds = states.iter().map(|(_, state)| state.summary.seconds).sum();
    let Some(statement) = rolled_up else {
        return match states {
            [(_, only)] if is_only => only.summary.clone(),
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
