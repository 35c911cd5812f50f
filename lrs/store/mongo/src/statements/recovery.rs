//! Claims outlive their owners: a process that dies leaves its claim open, and no statement after it
//! becomes visible. So each process observes all claims, and takes over one whose owner is dead: it
//! finishes the claim where it is sealed, and aborts it otherwise.
//!
//! An owner is held for dead when its claim did not beat for [`LEASE`] and during [`LOOKS`] looks of
//! one observer. A sealed claim is finished after [`SEALED_LEASE`] and [`SEALED_LOOKS`] already: finishing it twice
//! does no harm, and an owner that was only slow loses nothing. One process alone finishes it at a time, whose pulse the
//! others see. No clocks are compared.
//!
//! Example: an owner dies at 10:00:00.0. An observer that looks every 300 ms sees the claim unchanged from its look
//! at 10:00:00.2 to that at 10:00:02.0, its seventh, and takes the claim over. It takes over a sealed one at
//! 10:00:01.1. So a death holds up other processes for less than 3 s.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant as Moment;

use super::claims::Claims;
use super::completion::{Completion, Contents};
use super::heirs::Debts;
use super::row;
use super::rows::Rows;
use super::states::First;
use super::stuck::Watch;
use crate::head::{Claim, ClaimId, Head, Stretch};
use crate::task::Task;
use crate::things::Taught;
use crate::version_log::{Version, VersionLog};
use crate::{BEAT, LEASE};
use store::{Result, StoreError};
use xapi::sayings::Sayings;

/// An aborted stretch is hidden from readers for this long: its owner may only have been slow, and
/// may still write to it.
pub(crate) const GRACE: Duration = Duration::from_hours(1);
/// Where more stretches than this are aborted, the oldest are hidden for [`SHORT_GRACE`] only: each
/// costs every reader a condition.
const MANY: usize = 32;
const SHORT_GRACE: Duration = Duration::from_mins(1);

/// How often a claim is seen without a beat before its owner is held for dead. The time alone does
/// not tell: an observer that was halted itself, or that could not reach the database, has seen
/// nothing meanwhile.
pub(crate) const LOOKS: u32 = 6;
/// The same for a sealed claim, and how long it must not have beaten.
const SEALED_LOOKS: u32 = 4;
const SEALED_LEASE: Duration = Duration::from_millis(900);

/// Looks after the claims of dead processes as long as the task lives.
pub(crate) fn watch_over(mut observer: Observer) -> Task {
    Task::new(async move {
        loop {
            tokio::time::sleep(BEAT).await;
            if let Err(error) = observer.look(Moment::now()).await {
                tracing::error!(%error, "the claims of dead processes cannot be looked after: nothing that \
                    came later is visible meanwhile");
            }
        }
    })
}

/// What one process has seen of all claims.
pub(crate) struct Observer {
    versions: VersionLog,
    claims: Claims,
    rows: Rows,
    completion: Completion,
    seen: HashMap<ClaimId, Seen>,
    /// Aborted stretches, by their claims, and since when this process has seen each.
    aborted: HashMap<ClaimId, Moment>,
    debts: Debts,
    watch: Watch,
}

/// A claim that was seen without a beat.
struct Seen {
    claim: Claim,
    since: Moment,
    looks: u32,
}

impl Observer {
    pub(super) fn new(
        versions: VersionLog,
        claims: Claims,
        rows: Rows,
        completion: Completion,
        debts: Debts,
        watch: Watch,
    ) -> Self {
        let (seen, aborted) = (HashMap::new(), HashMap::new());
        Self { versions, claims, rows, completion, seen, aborted, debts, watch }
    }

    /// Looks at all claims as they are `now`.
    pub(crate) async fn look(&mut self, now: Moment) -> Result<()> {
        let looked = self.look_at_all(now).await;
        if looked.is_err() {
            // No claim can beat while the database does not answer.
            self.seen.clear();
        }
        looked
    }

    /// A claim that cannot be taken over does not keep the others from being looked at.
    async fn look_at_all(&mut self, now: Moment) -> Result<()> {
        let version = self.versions.newest().await?;
        self.watch.note(&version.head, now);
        self.look_at_claims(&version.head, now);
        let taken_over = self.take_over_due(version.clone(), now).await;
        let looked = taken_over.and(self.look_at_aborted(&version.head, now).await);
        looked.and(self.debts.look(now).await)
    }

    fn look_at_claims(&mut self, head: &Head, now: Moment) {
        self.seen.retain(|_, seen| head.claims.contains(&seen.claim));
        for claim in &head.claims {
            let new = Seen { claim: *claim, since: now, looks: 0 };
            self.seen.entry(claim.id()).or_insert(new).looks += 1;
        }
    }

    /// Takes over the claims of dead processes, the earliest first. After each, the head is read again: a later
    /// claim that waited for it can be finished now.
    async fn take_over_due(&self, mut version: Version, now: Moment) -> Result<()> {
        let (mut tried, mut result) = (HashSet::new(), Ok(()));
        while let Some(claim) = self.due(&version.head, now, &tried) {
            tried.insert(claim.id());
            result = result.and(self.take_over(&version, &claim).await);
            version = self.versions.newest().await?;
        }
        result
    }

    /// The first claim of a dead process that can be taken over now and was not `tried`. A sealed one is finished
    /// when it is the first of all.
    fn due(&self, head: &Head, now: Moment, tried: &HashSet<ClaimId>) -> Option<Claim> {
        let is_dead = |seen: &Seen| {
            let (looks, lease) =
                if seen.claim.sealed { (SEALED_LOOKS, SEALED_LEASE) } else { (LOOKS, LEASE) };
            seen.looks >= looks && now.duration_since(seen.since) >= lease
        };
        let is_due = |claim: &&Claim| {
            let seen = self.seen.get(&claim.id()).filter(|seen| seen.claim == **claim);
            let waits = claim.sealed && !head.is_first(claim.owner);
            !tried.contains(&claim.id()) && !waits && seen.is_some_and(is_dead)
        };
        head.claims.iter().find(is_due).copied()
    }

    async fn look_at_aborted(&mut self, head: &Head, now: Moment) -> Result<()> {
        self.aborted.retain(|id, _| head.aborted.iter().any(|stretch| stretch.id() == *id));
        for (later, stretch) in head.aborted.iter().rev().enumerate() {
            let since = self.aborted.entry(stretch.id()).or_insert(now);
            let grace = if later < MANY { GRACE } else { SHORT_GRACE };
            if now.duration_since(*since) >= grace {
                self.claims.sweep(*stretch).await?;
                self.claims.forget(*stretch).await?;
            }
        }
        Ok(())
    }
}

impl Observer {
    /// Finishes or aborts the claim of a dead process.
    async fn take_over(&self, version: &Version, claim: &Claim) -> Result<()> {
        let statements = claim.stretch.len();
        if !claim.sealed {
            tracing::warn!(statements, "taking back what a dead process began");
            return self.claims.abort(claim).await;
        }
        // While an earlier claim is open, that one is taken over before; and another process may have taken this one over.
        let first = First::of_dead_process(&self.claims, version, claim).await?;
        let Some(first) = first else { return Ok(()) };
        tracing::warn!(statements, "finishing what a dead process began");
        let contents = self.contents(first.stretch()).await?;
        first.finish(&self.completion, contents).await.map(drop)
    }

    /// The statements of a stretch, as its owner inserted them.
    async fn contents(&self, stretch: Stretch) -> Result<Contents> {
        let documents = self.rows.within(stretch).await?;
        let (mut links, mut taught) = (Vec::new(), Taught::default());
        for document in &documents {
            let statement = self.rows.statement(document).await?;
            links.push(row::link(document, statement.body.len())?);
            let corrupt = |error| StoreError::Corrupt(format!("{}: {error}", statement.id));
            let value = statement.value().map_err(corrupt)?;
            taught.add(&Sayings::by(&value), statement.stored);
        }
        Ok(Contents { links, taught, has_attachments: true })
    }
}
