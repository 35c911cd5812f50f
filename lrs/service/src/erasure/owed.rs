//! Erasures that keys have asked for, of which only the files of the engine are not cleared yet.
//!
//! A scrub of everything holds up all that write for as long as the store is large, and a key may ask for erasures again and
//! again. So keys get no scrub of their own: the files are cleared by the next scrub that an administrator or retention needs,
//! or in the quiet hour. Until then the erasure is not done, and has neither `scrubbed` nor a proof. What is owed stands in the
//! records of erasures, so that a process that begins finds it again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::{Scrub, StoreError};
use uuid::Uuid;
use xapi::instant::Instant;

use super::queue::{ErasurePlace, Rank};
use super::scrubs::Ticket;
use super::{ErasureError, ErasureRecord, Erasures};

/// The hour of UTC in which files are cleared for keys, unless another one is chosen.
pub const QUIET_HOUR: u8 = 3;
const DAY: i64 = 24 * HOUR;
const HOUR: i64 = 3_600_000_000;
/// How often a server looks whether files are to be cleared.
const LOOK: Duration = Duration::from_mins(1);
/// The pause after a scrub for keys that failed, which has held up all that write like another one.
const AGAIN: Duration = Duration::from_hours(1);

/// What a process owes. Clones share it.
#[derive(Clone)]
pub(super) struct Owed {
    /// The quiet hour, of UTC.
    hour: u8,
    /// When the process began.
    began: Instant,
    all: Arc<Mutex<BTreeMap<Uuid, Waiting>>>,
}

/// An erasure that waits for a scrub of others.
struct Waiting {
    ticket: Ticket,
    /// When everything but the files was without the person.
    since: Instant,
    /// Held for as long as it waits.
    place: Option<ErasurePlace>,
}

impl ErasureRecord {
    /// Whether everything but the files of the engine is without the person.
    pub const fn is_erased(&self) -> bool {
        self.done.is_some() && self.work.is_none()
    }

    /// Whether a key has asked for it, of what the key has sent.
    pub(super) fn is_of_key(&self) -> bool {
        self.within.is_some() && self.by.0 == "key"
    }

    /// When it began to wait for a scrub of others; `None` where it does not.
    fn waits_since(&self) -> Option<Instant> {
        let waits = self.is_erased() && self.is_of_key() && !self.unchanged;
        self.done.filter(|_| waits && self.scrubbed.is_none()).map(Instant::from_micros)
    }
}

/// The next time at which this hour of UTC begins.
fn next(hour: u8, after: Instant) -> Instant {
    let into = after.micros().saturating_sub(i64::from(hour) * HOUR).rem_euclid(DAY);
    Instant::from_micros(after.micros().saturating_add(DAY - into))
}

impl Owed {
    pub(super) fn from(hour: u8, began: Instant) -> Self {
        Self { hour, began, all: Arc::default() }
    }

    pub(super) fn at(self, hour: u8) -> Self {
        Self { hour, ..self }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Uuid, Waiting>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the files are cleared for an erasure that waits since then: in the next quiet hour that the process sees begin, a day
    /// later at the latest.
    fn due(&self, since: Instant) -> Instant {
        let latest = Instant::from_micros(since.micros().saturating_add(DAY));
        next(self.hour, since.max(self.began)).min(latest)
    }

    /// Whether there is one for which files are to be cleared by now.
    fn is_due(&self, now: Instant) -> bool {
        self.all().values().any(|it| self.due(it.since) <= now)
    }

    /// Removes one that `is` is true of.
    fn take(&self, is: impl Fn(&Waiting) -> bool) -> Option<(Uuid, Waiting)> {
        let mut all = self.all();
        let id = all.iter().find(|(_, it)| is(it)).map(|(id, _)| *id)?;
        all.remove_entry(&id)
    }

    /// Lets an erasure that waits keep its place.
    pub(super) fn hold(&self, id: Uuid, place: ErasurePlace) {
        if let Some(waiting) = self.all().get_mut(&id) {
            waiting.place = Some(place.waiting());
        }
    }
}

impl Erasures {
    /// These erasures, whose files are cleared for keys in this hour of UTC, from 0 to 23.
    #[must_use]
    pub fn scrubbing_at(self, hour: u8) -> Self {
        Self { owed: self.owed.at(hour), ..self }
    }

    /// When the files are cleared at the latest for an erasure that waits for that alone, as a key has asked for it; `None` for
    /// every other one.
    pub fn scrub_due(&self, record: &ErasureRecord) -> Option<Instant> {
        record.waits_since().map(|since| self.owed.due(since))
    }

    /// Lets an erasure wait for a scrub of others, where a key has asked for it; whether it does.
    pub(super) fn waits(&self, id: Uuid, record: &ErasureRecord) -> bool {
        let Some(since) = record.waits_since() else { return false };
        let waiting = Waiting { ticket: self.scrubs.of_others(), since, place: None };
        self.owed.all().insert(id, waiting);
        true
    }

    /// Closes the erasures for which a scrub has cleared the files.
    pub(super) async fn close_waiting(&self) -> Result<(), StoreError> {
        while let Some((id, waiting)) = self.owed.take(|it| self.scrubs.is_done(it.ticket)) {
            match self.close_one(id).await {
                Ok(()) => {}
                Err(ErasureError::Store(error @ StoreError::Unavailable(_))) => {
                    self.owed.all().insert(id, waiting);
                    return Err(error);
                }
                Err(error) => {
                    tracing::error!(%error, %id, "an erasure cannot be closed; it is tried again at the next start");
                }
            }
        }
        Ok(())
    }

    async fn close_one(&self, id: Uuid) -> Result<(), ErasureError> {
        let (kept, record) = self.one(id).await?;
        if !kept.is_done {
            self.close(id, kept.created, record).await?;
        }
        Ok(())
    }

    /// Clears the files for erasures of keys, where that is due.
    ///
    /// # Errors
    /// [`StoreError`]: the next call does it again.
    pub async fn scrub_due_files(&self) -> Result<(), StoreError> {
        self.close_waiting().await?;
        if !self.owed.is_due(self.clock.now()) {
            return Ok(());
        }
        let ticket = self.scrubs.ticket(Scrub::Everything, Rank::Key);
        self.scrubs.done(ticket, &self.queue, |scrub| self.clear(scrub)).await?;
        self.close_waiting().await
    }

    /// [`Self::scrub_due_files`] whenever that is due, for as long as the server runs.
    pub async fn keep_scrubbed(self) {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Err(error) = self.scrub_due_files().await {
                tracing::error!(%error, "files cannot be cleared of whom keys have had erased; it is tried again in an hour");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn files_are_cleared_in_the_next_quiet_hour_that_the_process_sees_and_within_a_day() {
        let began = at("2026-11-30T12:00:00Z");
        for (hour, since, due) in [
            (3, "2026-11-30T12:00:01Z", "2026-12-01T03:00:00Z"),
            (3, "2026-12-01T02:59:59Z", "2026-12-01T03:00:00Z"),
            (3, "2026-12-01T03:00:00Z", "2026-12-02T03:00:00Z"),
            (0, "2026-12-01T03:00:00Z", "2026-12-02T00:00:00Z"),
            (23, "2026-12-01T03:00:00Z", "2026-12-01T23:00:00Z"),
            // What was owed when the process began.
            (3, "2026-11-30T11:00:00Z", "2026-12-01T03:00:00Z"),
            (3, "2026-11-30T02:00:00Z", "2026-12-01T02:00:00Z"),
            (3, "2026-11-28T02:00:00Z", "2026-11-29T02:00:00Z"),
        ] {
            assert_eq!(Owed::from(hour, began).due(at(since)), at(due), "{hour} {since}");
        }
    }
}
