//! The last steps of an erasure, once nothing names the person: files are cleared, and the record gets its proof.

use std::time::Duration;

use access::audit::{AuditEntry, AuditFilter};
use serde_json::json;
use store::{KeptErasure, Scrub, StoreError};
use uuid::Uuid;
use xapi::instant::Instant;

use super::find::STATEMENTS;
use super::queue::{ErasurePlace, Rank};
use super::scrubs::Ticket;
use super::{ERASED, ErasureError, ErasureRecord, Erasures};
use crate::audit::Actor;

/// The pause before an erasure that failed is tried again.
const PAUSE: Duration = Duration::from_secs(30);

/// An erasure whose identifiers are gone from the store, and not yet from its files.
pub(crate) struct Erased {
    pub(super) id: Uuid,
    pub(super) created: Instant,
    pub(super) record: ErasureRecord,
    /// For the scrub that it waits for.
    pub(super) ticket: Ticket,
}

/// How far an erasure is.
pub(crate) enum Step {
    Erased(Box<Erased>),
    /// Its files are cleared when others are ([`super::owed`]).
    Waits(Box<ErasureRecord>),
    Done(Box<ErasureRecord>),
}

impl Erasures {
    /// Does all that is left of an erasure, once no other one of this process runs; nothing where it is done. One that a key has
    /// asked for, and that has changed something, is not done then: its files are cleared later ([`Self::keep_scrubbed`]).
    ///
    /// # Errors
    /// [`ErasureError::Store`]: what was done stays, and the next call goes on.
    pub async fn run(&self, id: Uuid) -> Result<ErasureRecord, ErasureError> {
        let step = self.erase(id).await?;
        self.clear_files(step).await
    }

    /// What is left of [`Self::run`] after [`Self::erase`]. Those that come to this after one another share what was done
    /// since they were erased.
    pub(crate) async fn clear_files(&self, step: Step) -> Result<ErasureRecord, ErasureError> {
        match step {
            Step::Done(record) | Step::Waits(record) => Ok(*record),
            Step::Erased(erased) => self.finish(*erased).await,
        }
    }

    /// [`Self::run`], again after a while where it fails. The place is held until the erasure is done.
    pub async fn run_to_its_end(&self, id: Uuid, place: ErasurePlace) {
        while let Err(error) = self.run(id).await {
            if !matches!(error, ErasureError::Store(StoreError::Unavailable(_))) {
                tracing::error!(%error, %id, "an erasure cannot go on; it is tried again at the next start");
                return;
            }
            tracing::error!(%error, %id, "an erasure waits, and goes on in 30 seconds");
            tokio::time::sleep(PAUSE).await;
        }
        self.owed.hold(id, place);
    }

    /// A wish for the scrub that an erasure needs.
    pub(super) fn wish(&self, record: &ErasureRecord) -> Ticket {
        let scrub = if record.unchanged { Scrub::Records } else { Scrub::Everything };
        self.scrubs.ticket(scrub, if record.is_of_key() { Rank::Key } else { Rank::Manager })
    }

    /// Clears the files, and closes the record; with it those of keys for whom the files were cleared too.
    async fn finish(&self, erased: Erased) -> Result<ErasureRecord, ErasureError> {
        let Erased { id, created, record, ticket } = erased;
        self.scrubs.done(ticket, &self.queue, |scrub| self.clear(scrub)).await?;
        let record = self.close(id, created, record).await?;
        if let Err(error) = self.close_waiting().await {
            tracing::warn!(%error, "erasures of keys, whose files are cleared, are closed later");
        }
        Ok(record)
    }

    /// Writes the proof of an erasure whose files are cleared into the audit log, and closes the record.
    pub(super) async fn close(
        &self,
        id: Uuid,
        created: Instant,
        mut record: ErasureRecord,
    ) -> Result<ErasureRecord, ErasureError> {
        record.scrubbed = Some(self.clock.now().micros());
        record.proof = record.computed();
        let (kind, name) = record.by.clone();
        let not_done =
            || StoreError::Corrupt(format!("erasure {id}: it does not say when it was done"));
        let (at, (_, low)) =
            (Instant::from_micros(record.done.ok_or_else(not_done)?), id.as_u64_pair());
        let entry = AuditEntry {
            id: AuditEntry::id(at, low),
            at,
            actor: Actor::of(&kind, name).unwrap_or(Actor::Machine),
            action: ERASED.to_owned(),
            target: id.to_string(),
            details: json!({"proof": record.proof, "mode": record.mode, "counts": record.counts})
                .to_string(),
        };
        self.store.add_audit(entry).await?;
        self.store.change_erasure(record.kept(id, created)).await?;
        Ok(record)
    }

    /// Lets everything that is made of the store be without people whose erasures are done in it, and the files of the engine.
    pub(super) async fn clear(&self, scrub: Scrub) -> Result<(), StoreError> {
        if let Some(derived) = self.derived.as_ref().filter(|_| scrub == Scrub::Everything) {
            derived.without_erased().await?;
        }
        self.store.scrub(scrub).await
    }

    /// Whether the audit log says that the erasure was done with this proof.
    pub(super) async fn is_in_audit(
        &self,
        kept: &KeptErasure,
        proof: &str,
    ) -> Result<bool, StoreError> {
        let mut filter = AuditFilter {
            action: Some(ERASED.to_owned()),
            since: Some(kept.created),
            ..AuditFilter::default()
        };
        let target = kept.id.to_string();
        loop {
            let page = self.store.audit(&filter, STATEMENTS).await?;
            let Some(last) = page.last() else { return Ok(false) };
            filter.before = Some(last.id.clone());
            let says = |entry: &AuditEntry| {
                let details: serde_json::Value =
                    serde_json::from_str(&entry.details).unwrap_or_default();
                entry.target == target && details.get("proof").is_some_and(|it| it == proof)
            };
            if page.iter().any(says) {
                return Ok(true);
            }
        }
    }
}
