//! The head: which stretches of `stored` are claimed by which group of statements, and up to which
//! instant all statements can be read. Pure; [`super::version_log`] keeps the head in the database.
//!
//! A claim belongs to one group of statements and goes through these states:
//!
//! 1. *claimed*: the group has a stretch of `stored` of its own, later than all others. Its
//!    statements are being inserted. Readers do not read that far.
//! 2. *sealed*: all statements of the group are in the database. A sealed claim cannot be aborted:
//!    its owner finishes it, or another process does after the owner died.
//! 3. *first*: no earlier claim is open. Only now references are linked, so that a group is linked
//!    after all groups before it.
//! 4. *finished*: the claim is not in the head any more. Readers read up to the first claim that
//!    is.
//!
//! Or a claim that is not sealed is *aborted*: its stretch is hidden from readers until it is
//! *forgotten*. An aborted stretch is hidden for a while because its owner may only have been slow
//! and may still insert statements under it.
//!
//! Statements that are *restored* from another store keep the `stored` that they have there. When
//! such a claim is aborted, its instants are free again: else a copy that was cut off could not go
//! on.
//!
//! Example: group A claims 100–102, group B claims 103–104 and is sealed before A. The horizon
//! stays 99 until A is finished. Then B is the first claim, the horizon is 102 until B is finished
//! too, and 104 from then on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use mongodb::bson::{Bson, Document, doc};

use super::field;
pub(super) use super::stretch::{ClaimId, Stretch};
use store::Result;
use xapi::instant::Instant;

/// With this many stretches aborted and not forgotten, nothing is claimed: processes die faster
/// than their stretches can be swept.
const MOST_ABORTED: usize = 256;

/// With this many claims open, nothing is claimed until there are fewer. A process has one or two; more are there where
/// processes die faster than others finish what they began, and each makes all changes of the head slower.
const MOST_OPEN: usize = 16;

/// The owner of a claim: another number for each claim, and for each time that a process adopts the claim of a
/// dead process. Its upper half is the number of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner(i64);

/// A process, among those that share the database: a random number.
#[derive(Clone, Debug)]
pub(super) struct Process {
    number: u32,
    /// How many owners it has had.
    owners: Arc<AtomicU32>,
}

/// A stretch whose statements are not all visible yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) stretch: Stretch,
    pub(super) owner: Owner,
    /// Grows by one a [`super::BEAT`] as long as the owner lives.
    pub(super) beat: i64,
    /// Grows by one a [`super::BEAT`] while another process finishes the claim for its dead owner.
    pub(super) taken: i64,
    pub(super) sealed: bool,
    pub(super) restored: bool,
}

/// The state of all writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The latest `stored` that was claimed or promised.
    pub(super) last: Instant,
    /// In the order of their stretches.
    pub(super) claims: Vec<Claim>,
    /// Hidden stretches: their owners may still write to them.
    pub(super) aborted: Vec<Stretch>,
}

impl Owner {
    /// The number of the owner's process, as logs and problems show it.
    pub(super) fn process(self) -> String {
        format!("{:08x}", self.0 >> 32 & 0xFFFF_FFFF)
    }
}

impl Process {
    /// The process of a number, which must be random: two processes of one number would take each other's claims for
    /// their own.
    pub(super) fn numbered(number: u32) -> Self {
        Self { number, owners: Arc::default() }
    }

    /// The owner of its next claim.
    pub(super) fn owner(&self) -> Owner {
        let count = self.owners.fetch_add(1, Ordering::Relaxed);
        Owner(i64::from(self.number.cast_signed()) << 32 | i64::from(count))
    }

    /// Its number, as logs and problems show it.
    pub(super) fn name(&self) -> String {
        format!("{:08x}", self.number)
    }
}

impl Claim {
    pub(super) const fn id(&self) -> ClaimId {
        self.stretch.id()
    }
}

impl Head {
    /// Claims `count` instants, none before `now` nor before any given out; `None` while
    /// [`MOST_ABORTED`] stretches are aborted or [`MOST_OPEN`] claims are open.
    pub(super) fn claim(&mut self, now: Instant, count: i64, owner: Owner) -> Option<Claim> {
        if self.aborted.len() >= MOST_ABORTED || self.is_crowded() {
            return None;
        }
        let aborted = self.aborted.iter().map(|stretch| stretch.to);
        let latest = aborted.fold(self.last, Instant::max);
        let stretch = Stretch::starting(now.max(latest.next()), count);
        Some(self.open(Claim { stretch, owner, beat: 0, taken: 0, sealed: false, restored: false }))
    }

    /// Claims a stretch for statements that were stored elsewhere; `None` where the stretch is not
    /// later than all that was claimed or promised, and while [`MOST_ABORTED`] are aborted.
    pub(super) fn claim_restored(&mut self, stretch: Stretch, owner: Owner) -> Option<Claim> {
        if stretch.from <= self.last || self.aborted.len() >= MOST_ABORTED {
            return None;
        }
        self.aborted = self.aborted.iter().flat_map(|aborted| aborted.without(stretch)).collect();
        Some(self.open(Claim { stretch, owner, beat: 0, taken: 0, sealed: false, restored: true }))
    }

    fn open(&mut self, claim: Claim) -> Claim {
        self.last = claim.stretch.to;
        self.claims.push(claim);
        claim
    }

    /// The claim of an owner.
    pub(super) fn claim_by(&self, owner: Owner) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.owner == owner)
    }

    /// The claim in whose stretch an instant lies.
    pub(super) fn claim_at(&self, stored: Instant) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.stretch.contains(stored))
    }

    fn claim_mut(&mut self, owner: Owner) -> Option<&mut Claim> {
        self.claims.iter_mut().find(|claim| claim.owner == owner)
    }

    /// Says that the owner lives. `None` when the claim is not there any more.
    pub(super) fn beat(&mut self, owner: Owner) -> Option<()> {
        self.claim_mut(owner).map(|claim| claim.beat += 1)
    }

    /// Takes a sealed claim over, to finish it for its dead owner, as long as the claim is as it was `seen`: of several
    /// processes that have seen it, one alone takes it over.
    pub(super) fn take_over(&mut self, seen: &Claim) -> Option<()> {
        let claim = self.claims.iter_mut().find(|claim| *claim == seen && claim.sealed)?;
        claim.taken += 1;
        Some(())
    }

    /// Says that the process lives that took the claim over. `None` when the claim is not there any more.
    pub(super) fn go_on(&mut self, owner: Owner) -> Option<()> {
        self.claim_mut(owner).map(|claim| claim.taken += 1)
    }

    /// `None` when another process has aborted or adopted the claim.
    pub(super) fn seal(&mut self, owner: Owner) -> Option<()> {
        self.claim_mut(owner).map(|claim| claim.sealed = true)
    }

    /// Makes a claim's statements visible, once those of all earlier claims are.
    pub(super) fn finish(&mut self, owner: Owner) -> Option<()> {
        let before = self.claims.len();
        self.claims.retain(|claim| claim.owner != owner);
        (self.claims.len() < before).then_some(())
    }

    /// Takes a claim from its owner, as long as the claim is as it was `seen` and not sealed.
    pub(super) fn adopt(&mut self, seen: &Claim, owner: Owner) -> Option<()> {
        let claim = self.claims.iter_mut().find(|claim| *claim == seen && !claim.sealed)?;
        claim.owner = owner;
        Some(())
    }

    /// Aborts a claim, as long as the claim is as it was `seen` and not sealed; gives its stretch.
    pub(super) fn abort(&mut self, seen: &Claim) -> Option<Stretch> {
        if seen.sealed || !self.claims.contains(seen) {
            return None;
        }
        let stretch = seen.stretch;
        self.claims.retain(|claim| claim != seen);
        self.aborted.push(stretch);
        if seen.restored && self.last == stretch.to {
            self.last = stretch.from.previous();
        }
        Some(stretch)
    }

    /// Whether so many claims are open that a new one has to wait.
    pub(super) fn is_crowded(&self) -> bool {
        self.claims.len() >= MOST_OPEN
    }

    /// Forgets an aborted stretch, so that readers do not step over it any more. Only for one that
    /// is swept and that no process can still write to.
    pub(super) fn forget(&mut self, stretch: Stretch) -> Option<()> {
        let before = self.aborted.len();
        self.aborted.retain(|aborted| *aborted != stretch);
        (self.aborted.len() < before).then_some(())
    }

    /// Everything stored up to here, and not aborted, can be read, and nothing will be added.
    pub(super) fn horizon(&self) -> Instant {
        self.claims.first().map_or(self.last, |claim| claim.stretch.from.previous())
    }

    /// Whether a statement stored then can be read.
    pub(super) fn shows(&self, stored: Instant) -> bool {
        stored <= self.horizon() && !self.is_aborted(stored)
    }

    /// Whether an instant lies in an aborted stretch.
    pub(super) fn is_aborted(&self, stored: Instant) -> bool {
        self.aborted.iter().any(|stretch| stretch.contains(stored))
    }

    /// Whether no earlier claim is open: the statements of this owner's claim may be linked.
    pub(super) fn is_first(&self, owner: Owner) -> bool {
        self.claims.first().is_some_and(|claim| claim.owner == owner)
    }

    /// Whether all statements before this owner's claim, and what they refer to, are in the database.
    pub(super) fn earlier_are_sealed(&self, owner: Owner) -> bool {
        self.claims.iter().take_while(|claim| claim.owner != owner).all(|claim| claim.sealed)
    }

    /// The document that keeps the head as this version.
    pub(super) fn to_document(&self, version: i64) -> Document {
        let claims = self.claims.iter().map(|claim| {
            let Claim { stretch: Stretch { from, to }, owner, beat, taken, sealed, restored } =
                *claim;
            Bson::Document(doc! {
                "from": from.micros(),
                "to": to.micros(),
                "owner": owner.0,
                "beat": beat,
                "taken": taken,
                "sealed": sealed,
                "restored": restored,
            })
        });
        let aborted = self.aborted.iter().map(|Stretch { from, to }| {
            Bson::Document(doc! {"from": from.micros(), "to": to.micros()})
        });
        doc! {
            "_id": version,
            "last": self.last.micros(),
            "claims": claims.collect::<Vec<_>>(),
            "aborted": aborted.collect::<Vec<_>>(),
        }
    }

    /// The head that [`Self::to_document`] made the document of.
    pub(super) fn from_document(document: &Document) -> Result<Self> {
        let claims = field::documents(document, "claims")?.into_iter().map(Claim::from_document);
        let aborted = field::documents(document, "aborted")?.into_iter();
        Ok(Self {
            last: field::instant(document, "last")?,
            claims: claims.collect::<Result<_>>()?,
            aborted: aborted.map(Stretch::from_document).collect::<Result<_>>()?,
        })
    }
}

impl Claim {
    fn from_document(document: &Document) -> Result<Self> {
        // A release before wrote no `restored`: it restored nothing. An earlier one than this wrote no `taken`.
        let (restored, taken) = (document.contains_key("restored"), document.contains_key("taken"));
        Ok(Self {
            stretch: Stretch::from_document(document)?,
            owner: Owner(field::integer(document, "owner")?),
            beat: field::integer(document, "beat")?,
            taken: if taken { field::integer(document, "taken")? } else { 0 },
            sealed: field::boolean(document, "sealed")?,
            restored: restored && field::boolean(document, "restored")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Instant {
        Instant::from_micros(micros)
    }

    fn stretch(from: i64, to: i64) -> Stretch {
        Stretch { from: at(from), to: at(to) }
    }

    /// The claims of a test have different owners: the count of all that were given out.
    fn claim(head: &mut Head, now: i64, count: i64) -> Claim {
        let given = head.claims.len() + head.aborted.len();
        head.claim(at(now), count, Owner(i64::try_from(given).unwrap())).unwrap()
    }

    #[test]
    fn stretches_follow_each_other_even_when_a_clock_lags() {
        let mut head = Head::default();
        assert_eq!(claim(&mut head, 100, 3).stretch, stretch(100, 102));
        assert_eq!(claim(&mut head, 50, 1).stretch, stretch(103, 103));
        assert_eq!(claim(&mut head, 500, 2).stretch, stretch(500, 501));
    }

    #[test]
    fn nothing_is_shown_beyond_the_first_open_claim() {
        let mut head = Head::default();
        let (first, second) = (claim(&mut head, 10, 5).owner, claim(&mut head, 10, 5).owner);
        assert_eq!(head.horizon(), at(9));
        head.seal(second).unwrap();
        head.finish(second).unwrap();
        assert_eq!(head.horizon(), at(9), "a later one that is done waits for an earlier one");
        head.finish(first).unwrap();
        assert_eq!(head.horizon(), at(19));
    }

    #[test]
    fn a_sealed_claim_cannot_be_aborted_and_an_aborted_one_not_be_sealed() {
        let mut head = Head::default();
        let (first, second) = (claim(&mut head, 10, 5), claim(&mut head, 10, 5));
        head.seal(first.owner).unwrap();
        assert_eq!(head.abort(&first), None);
        assert_eq!(head.abort(&Claim { sealed: true, ..first }), None);
        let aborted = head.abort(&second).unwrap();
        assert_eq!(head.seal(second.owner), None);
        assert_eq!(head.finish(second.owner), None);
        head.finish(first.owner).unwrap();
        assert!(head.shows(at(14)) && !head.shows(at(15)) && !head.shows(at(19)));
        head.forget(aborted).unwrap();
        assert!(head.shows(at(15)), "it is swept: there is nothing to show");
    }

    #[test]
    fn a_claim_that_has_beaten_since_it_was_seen_is_not_aborted() {
        let mut head = Head::default();
        let seen = claim(&mut head, 10, 5);
        head.beat(seen.owner).unwrap();
        assert_eq!((head.abort(&seen), head.adopt(&seen, Owner(7))), (None, None));
        head.adopt(&Claim { beat: 1, ..seen }, Owner(7)).unwrap();
        assert_eq!(head.seal(seen.owner), None, "it is another owner's now");
    }

    #[test]
    fn one_process_alone_takes_a_claim_over_as_it_was_seen() {
        let mut head = Head::default();
        let seen = claim(&mut head, 10, 5);
        assert_eq!(head.take_over(&seen), None, "what is not sealed is aborted");
        head.seal(seen.owner).unwrap();
        let seen = head.claims[0];
        head.take_over(&seen).unwrap();
        assert_eq!(head.take_over(&seen), None, "another one has taken it over");
        let taken = head.claims[0];
        head.go_on(seen.owner).unwrap();
        assert_eq!(head.take_over(&taken), None, "that one lives");
        assert_eq!(head.claims[0].beat, seen.beat, "the owner does not");
        assert_eq!(Head::from_document(&head.to_document(7)).unwrap(), head);
    }

    #[test]
    fn the_instants_of_restored_statements_are_free_again_when_their_claim_was_aborted() {
        let mut head = Head::default();
        let whole = stretch(100, 199);
        let cut_off = head.claim_restored(whole, Owner(1)).unwrap();
        assert_eq!(head.claim_restored(whole, Owner(2)), None, "it may be alive");
        assert_eq!(head.abort(&cut_off), Some(whole));
        assert_eq!(head.horizon(), at(99));
        let shorter = stretch(100, 149);
        let again = head.clone().claim_restored(stretch(90, 300), Owner(2));
        assert_eq!(again, None, "what was promised");
        let again = head.claim_restored(shorter, Owner(3)).unwrap();
        assert_eq!(head.aborted, [stretch(150, 199)], "nothing is shown of the rest");
        head.finish(again.owner).unwrap();
        assert!(head.shows(at(149)) && !head.shows(at(150)));
        let next = claim(&mut head, 120, 1).stretch;
        assert_eq!(next, stretch(200, 200), "nothing new gets among the old");
    }

    #[test]
    fn what_was_promised_meanwhile_is_not_free_again() {
        let mut head = Head::default();
        let cut_off = head.claim_restored(stretch(100, 199), Owner(1)).unwrap();
        head.last = at(500);
        head.abort(&cut_off).unwrap();
        assert_eq!(head.claim_restored(stretch(100, 199), Owner(2)), None);
    }

    #[test]
    fn nothing_is_claimed_while_too_many_claims_wait_to_be_forgotten() {
        let mut head = Head::default();
        let aborted: Vec<Stretch> = (0..MOST_ABORTED)
            .map(|_| {
                let claim = claim(&mut head, 10, 1);
                head.abort(&claim).unwrap()
            })
            .collect();
        assert_eq!(head.claim(at(10), 1, Owner(7)), None);
        head.forget(aborted[0]).unwrap();
        assert!(head.claim(at(10), 1, Owner(7)).is_some());
    }

    #[test]
    fn nothing_is_claimed_while_too_many_claims_are_open() {
        let mut head = Head::default();
        let open: Vec<Claim> = (0..MOST_OPEN).map(|_| claim(&mut head, 10, 1)).collect();
        assert_eq!(head.claim(at(10), 1, Owner(99)), None);
        head.finish(open[0].owner).unwrap();
        assert!(head.claim(at(10), 1, Owner(99)).is_some());
    }

    #[test]
    fn a_head_reads_back_as_it_was_written() {
        let mut head = Head::default();
        let first = claim(&mut head, 10, 5).owner;
        head.claim_restored(stretch(100, 199), Owner(1)).unwrap();
        head.beat(first).unwrap();
        head.seal(first).unwrap();
        let third = claim(&mut head, 10, 1);
        head.abort(&third).unwrap();
        assert_eq!(Head::from_document(&head.to_document(7)).unwrap(), head);
    }
}
