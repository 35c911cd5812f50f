//! Whether writing goes on: the first claim of the head holds up all later ones, so it must not stay the first.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant as Moment;

use crate::head::{Claim, Head};
use store::{Result, StoreError};
use xapi::refusal::Refusal;

/// A claim that is the first of the head for this long is stuck. A dead process holds others up for less than 3 s, and
/// what a claim takes is bounded ([`super::writer`], [`store::inheritance`]).
pub(crate) const STUCK: Duration = Duration::from_secs(15);

/// Since when this process has seen the same claim as the first one.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Option<First>>>);

/// The first claim as it was seen.
struct First {
    claim: Claim,
    since: Moment,
    /// How often the claim had beaten when it was seen at first.
    beat: i64,
}

impl Watch {
    /// Notes which claim is the first `now`.
    pub(crate) fn note(&self, head: &Head, now: Moment) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(claim) = head.claims.first().copied() else {
            *first = None;
            return;
        };
        match first.as_mut().filter(|first| first.claim.id() == claim.id()) {
            Some(known) => known.claim = claim,
            None => *first = Some(First { claim, since: now, beat: claim.beat }),
        }
    }

    /// As before the first claim was seen.
    #[cfg(test)]
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Finds out whether writing goes on.
    ///
    /// # Errors
    /// [`StoreError::Refused`] under the rule `writing-stuck`, which names the claim and what to do, where one claim
    /// has been the first for [`STUCK`].
    pub(crate) fn check(&self, now: Moment) -> Result<()> {
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = first.as_ref() else { return Ok(()) };
        let since = now.duration_since(first.since);
        if since < STUCK {
            return Ok(());
        }
        Err(StoreError::Refused(refusal(&first.claim, since, first.claim.beat > first.beat)))
    }
}

/// `beats`: whether the claim's process lives.
fn refusal(claim: &Claim, since: Duration, beats: bool) -> Refusal {
    let (seconds, statements) = (since.as_secs(), claim.stretch.len());
    let (stored, process) = (claim.stretch.from, claim.owner.process());
    let state = match (claim.sealed, beats) {
        (false, _) => "inserting",
        (true, true) => "linking",
        (true, false) => "abandoned",
    };
    let detail = format!(
        "Nothing that is written becomes visible: the group of {statements} statements that process {process} began at \
         {stored} has been {} for {seconds} s.",
        match state {
            "inserting" => "putting its statements into the database",
            "linking" => "linking its statements",
            _ => "left by its process, and cannot be finished by others,",
        },
    );
    let remedy = format!(
        "Look into the logs of all processes on this database for what process {process} and those that finish its \
         group say, and whether the database is slow or refuses writes; restart process {process}, whose number is in \
         the first lines of its log, where it still runs."
    );
    Refusal::new("writing-stuck", "", detail, remedy)
        .with("state", state)
        .with("statements", statements)
        .with("process", process)
        .with("stored", stored)
        .with("seconds", seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::{Owner, Process};
    use xapi::instant::Instant;

    /// Whether a watch that saw one head, and 14 or 15 s later another one, finds writing stuck.
    fn stuck(heads: [&Head; 2], seconds: u64) -> Option<String> {
        let (watch, now) = (Watch::default(), Moment::now());
        watch.note(heads[0], now);
        let later = now + Duration::from_secs(seconds);
        watch.note(heads[1], later);
        watch.check(later).err().map(|error| error.to_string())
    }

    #[test]
    fn a_claim_that_stays_the_first_is_named() {
        let process = Process::numbered(0xAB);
        let mut head = Head::default();
        let first = head.claim(Instant::from_micros(10), 5, process.owner()).unwrap().owner;
        head.claim(Instant::from_micros(10), 1, process.owner()).unwrap();
        assert_eq!(stuck([&head, &head], 14), None);
        let said = stuck([&head, &head], 15).unwrap();
        assert!(said.contains("5 statements that process 000000ab began"), "{said}");
        assert!(said.contains("putting its statements") && said.contains("15 s"), "{said}");
        let mut sealed = head.clone();
        sealed.seal(first).unwrap();
        assert!(stuck([&sealed, &sealed], 15).unwrap().contains("cannot be finished"));
        let mut beats = sealed.clone();
        beats.beat(first).unwrap();
        assert!(stuck([&sealed, &beats], 15).unwrap().contains("linking"));
        let mut next = beats.clone();
        next.finish(first).unwrap();
        assert_eq!(stuck([&beats, &next], 15), None, "another one is the first");
        assert_eq!(stuck([&beats, &Head::default()], 15), None, "none is open");
    }

    #[test]
    fn owners_of_one_process_differ_and_tell_the_process() {
        let process = Process::numbered(7);
        let owners = [process.owner(), process.owner()];
        assert_ne!(owners[0], owners[1]);
        assert_eq!(owners.map(Owner::process), ["00000007", "00000007"].map(str::to_owned));
    }
}
