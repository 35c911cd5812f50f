//! Who is writing statements, over all processes: which stretches of `stored` are claimed, and up
//! to where everything can be read. Pure; [`super::register`] keeps it.
//!
//! A group of statements lives through these states:
//!
//! 1. *claimed*: it has a stretch of `stored` of its own, later than all others; its statements are
//!    being inserted, and nobody reads that far.
//! 2. *sealed*: all of it is there, and it will become visible, whoever finishes it.
//! 3. *finished*: it is not in the list any more. Readers read up to the first claim that is.
//!
//! Or it is *aborted*, which only a claim that is not sealed can be: its stretch is not read.
//!
//! Statements that are *restored* from another store keep the `stored` they have there. When such a
//! claim is aborted, its instants are free again: else a copy that was cut off could not go on.

use mongodb::bson::{Bson, Document, doc};

use super::field;
use store::Result;
use xapi::instant::Instant;

/// With so many stretches aborted and not settled, nothing is claimed: something is very wrong.
const TOO_MANY: usize = 256;

/// A stretch of `stored`, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// A stretch whose statements are not all visible yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) stretch: Stretch,
    /// Tells it from all others.
    pub(super) owner: i64,
    /// Grows as long as its owner lives.
    pub(super) beat: i64,
    pub(super) sealed: bool,
    pub(super) restored: bool,
}

/// The state of all writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The latest `stored` that was claimed or promised.
    pub(super) last: i64,
    /// In the order of their stretches.
    pub(super) claims: Vec<Claim>,
    /// Stretches that a writer thought dead may still write to.
    pub(super) aborted: Vec<Stretch>,
}

impl Head {
    /// Claims `count` instants, none before `now` nor before any given out; `None` while too many
    /// claims were aborted of late.
    pub(super) fn claim(&mut self, now: Instant, count: i64, owner: i64) -> Option<Claim> {
        if self.aborted.len() >= TOO_MANY {
            return None;
        }
        let aborted = self.aborted.iter().map(|stretch| stretch.to).max();
        let from = now.micros().max(self.last.max(aborted.unwrap_or_default()) + 1);
        let stretch = Stretch { from, to: from + count - 1 };
        Some(self.open(Claim { stretch, owner, beat: 0, sealed: false, restored: false }))
    }

    /// Claims a stretch for statements that were stored elsewhere; `None` when it is not later than
    /// all, and while too many claims were aborted of late.
    pub(super) fn claim_as(&mut self, stretch: Stretch, owner: i64) -> Option<Claim> {
        if stretch.from <= self.last || self.aborted.len() >= TOO_MANY {
            return None;
        }
        self.aborted = self.aborted.iter().flat_map(|aborted| aborted.without(stretch)).collect();
        Some(self.open(Claim { stretch, owner, beat: 0, sealed: false, restored: true }))
    }

    fn open(&mut self, claim: Claim) -> Claim {
        self.last = claim.stretch.to;
        self.claims.push(claim);
        claim
    }

    /// The claim of an owner.
    pub(super) fn claim_by(&self, owner: i64) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.owner == owner)
    }

    /// The claim that an instant lies in.
    pub(super) fn claim_of(&self, stored: i64) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.stretch.holds(stored))
    }

    fn of(&mut self, owner: i64) -> Option<&mut Claim> {
        self.claims.iter_mut().find(|claim| claim.owner == owner)
    }

    /// Says that the owner lives. `None` when the claim is not there any more.
    pub(super) fn beat(&mut self, owner: i64) -> Option<()> {
        self.of(owner).map(|claim| claim.beat += 1)
    }

    /// `None` when somebody has aborted or adopted the claim.
    pub(super) fn seal(&mut self, owner: i64) -> Option<()> {
        self.of(owner).map(|claim| claim.sealed = true)
    }

    /// Makes a claim's statements visible, once those of all earlier ones are.
    pub(super) fn finish(&mut self, owner: i64) -> Option<()> {
        let before = self.claims.len();
        self.claims.retain(|claim| claim.owner != owner);
        (self.claims.len() < before).then_some(())
    }

    /// Takes a claim from its owner, as long as it is as it was `seen` and not sealed.
    pub(super) fn adopt(&mut self, seen: &Claim, owner: i64) -> Option<()> {
        let claim = self.claims.iter_mut().find(|claim| *claim == seen && !claim.sealed)?;
        claim.owner = owner;
        Some(())
    }

    /// Aborts a claim, as long as it is as it was `seen` and not sealed; gives its stretch.
    pub(super) fn abort(&mut self, seen: &Claim) -> Option<Stretch> {
        if seen.sealed || !self.claims.contains(seen) {
            return None;
        }
        let stretch = seen.stretch;
        self.claims.retain(|claim| claim != seen);
        self.aborted.push(stretch);
        if seen.restored && self.last == stretch.to {
            self.last = stretch.from - 1;
        }
        Some(stretch)
    }

    /// Forgets an aborted stretch: nothing is in it, and nobody writes to it any more.
    pub(super) fn settle(&mut self, stretch: Stretch) -> Option<()> {
        let before = self.aborted.len();
        self.aborted.retain(|aborted| *aborted != stretch);
        (self.aborted.len() < before).then_some(())
    }

    /// Everything stored up to here, and not aborted, can be read, and nothing will be added.
    pub(super) fn horizon(&self) -> i64 {
        self.claims.first().map_or(self.last, |claim| claim.stretch.from - 1)
    }

    /// Whether a statement stored then can be read.
    pub(super) fn shows(&self, stored: i64) -> bool {
        stored <= self.horizon() && !self.aborted.iter().any(|stretch| stretch.holds(stored))
    }

    /// Whether no earlier claim is open: that of this owner may be linked.
    pub(super) fn is_first(&self, owner: i64) -> bool {
        self.claims.first().is_some_and(|claim| claim.owner == owner)
    }

    pub(super) fn document(&self, version: i64) -> Document {
        let claims = self.claims.iter().map(|claim| {
            let Claim { stretch: Stretch { from, to }, owner, beat, sealed, restored } = *claim;
            Bson::Document(doc! {
                "from": from,
                "to": to,
                "owner": owner,
                "beat": beat,
                "sealed": sealed,
                "restored": restored,
            })
        });
        let aborted = self
            .aborted
            .iter()
            .map(|stretch| Bson::Document(doc! {"from": stretch.from, "to": stretch.to}));
        doc! {
            "_id": version,
            "last": self.last,
            "claims": claims.collect::<Vec<_>>(),
            "aborted": aborted.collect::<Vec<_>>(),
        }
    }

    pub(super) fn read(document: &Document) -> Result<Self> {
        let stretch = |document: &Document| {
            Ok(Stretch {
                from: field::integer(document, "from")?,
                to: field::integer(document, "to")?,
            })
        };
        let claim = |document: &Document| {
            Ok(Claim {
                stretch: stretch(document)?,
                owner: field::integer(document, "owner")?,
                beat: field::integer(document, "beat")?,
                sealed: document.get_bool("sealed").unwrap_or_default(),
                restored: document.get_bool("restored").unwrap_or_default(),
            })
        };
        let claims = field::documents(document, "claims")?.into_iter().map(claim);
        let aborted = field::documents(document, "aborted")?.into_iter().map(stretch);
        Ok(Self {
            last: field::integer(document, "last")?,
            claims: claims.collect::<Result<_>>()?,
            aborted: aborted.collect::<Result<_>>()?,
        })
    }
}

impl Stretch {
    pub(super) const fn holds(self, stored: i64) -> bool {
        self.from <= stored && stored <= self.to
    }

    /// What is left of it before and after `other`.
    fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let before = Self { from: self.from, to: self.to.min(other.from - 1) };
        let after = Self { from: self.from.max(other.to + 1), to: self.to };
        [before, after].into_iter().filter(|left| left.from <= left.to)
    }

    /// How many statements fit.
    pub(super) const fn len(self) -> i64 {
        self.to - self.from + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Instant {
        Instant::from_micros(micros)
    }

    /// The claims of a test have different owners: the count of all that were given out.
    fn claim(head: &mut Head, now: i64, count: i64) -> Claim {
        let given = head.claims.len() + head.aborted.len();
        head.claim(at(now), count, i64::try_from(given).unwrap()).unwrap()
    }

    #[test]
    fn stretches_follow_each_other_even_when_a_clock_lags() {
        let mut head = Head::default();
        assert_eq!(claim(&mut head, 100, 3).stretch, Stretch { from: 100, to: 102 });
        assert_eq!(claim(&mut head, 50, 1).stretch, Stretch { from: 103, to: 103 });
        assert_eq!(claim(&mut head, 500, 2).stretch, Stretch { from: 500, to: 501 });
    }

    #[test]
    fn nothing_is_shown_beyond_the_first_open_claim() {
        let mut head = Head::default();
        let (first, second) = (claim(&mut head, 10, 5).owner, claim(&mut head, 10, 5).owner);
        assert_eq!(head.horizon(), 9);
        head.seal(second).unwrap();
        head.finish(second).unwrap();
        assert_eq!(head.horizon(), 9, "a later one that is done waits for an earlier one");
        head.finish(first).unwrap();
        assert_eq!(head.horizon(), 19);
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
        assert!(head.shows(14) && !head.shows(15) && !head.shows(19));
        head.settle(aborted).unwrap();
        assert!(head.shows(15), "it is swept: there is nothing to show");
    }

    #[test]
    fn a_claim_that_has_beaten_since_it_was_seen_is_not_aborted() {
        let mut head = Head::default();
        let seen = claim(&mut head, 10, 5);
        head.beat(seen.owner).unwrap();
        assert_eq!((head.abort(&seen), head.adopt(&seen, 7)), (None, None));
        head.adopt(&Claim { beat: 1, ..seen }, 7).unwrap();
        assert_eq!(head.seal(seen.owner), None, "it is somebody else's now");
    }

    #[test]
    fn the_instants_of_restored_statements_are_free_again_when_their_claim_was_aborted() {
        let mut head = Head::default();
        let stretch = Stretch { from: 100, to: 199 };
        let cut_off = head.claim_as(stretch, 1).unwrap();
        assert_eq!(head.claim_as(stretch, 2), None, "it may be alive");
        assert_eq!(head.abort(&cut_off), Some(stretch));
        assert_eq!(head.horizon(), 99);
        let shorter = Stretch { from: 100, to: 149 };
        let again = head.clone().claim_as(Stretch { from: 90, to: 300 }, 2);
        assert_eq!(again, None, "what was promised");
        let again = head.claim_as(shorter, 3).unwrap();
        assert_eq!(head.aborted, [Stretch { from: 150, to: 199 }], "nothing is shown of the rest");
        head.finish(again.owner).unwrap();
        assert!(head.shows(149) && !head.shows(150));
        let next = claim(&mut head, 120, 1).stretch;
        assert_eq!(next, Stretch { from: 200, to: 200 }, "nothing new gets among the old");
    }

    #[test]
    fn what_was_promised_meanwhile_is_not_free_again() {
        let mut head = Head::default();
        let cut_off = head.claim_as(Stretch { from: 100, to: 199 }, 1).unwrap();
        head.last = 500;
        head.abort(&cut_off).unwrap();
        assert_eq!(head.claim_as(Stretch { from: 100, to: 199 }, 2), None);
    }

    #[test]
    fn nothing_is_claimed_while_too_many_claims_wait_to_be_settled() {
        let mut head = Head::default();
        let aborted: Vec<Stretch> = (0..TOO_MANY)
            .map(|_| {
                let claim = claim(&mut head, 10, 1);
                head.abort(&claim).unwrap()
            })
            .collect();
        assert_eq!(head.claim(at(10), 1, 7), None);
        head.settle(aborted[0]).unwrap();
        assert!(head.claim(at(10), 1, 7).is_some());
    }

    #[test]
    fn a_head_reads_back_as_it_was_written() {
        let mut head = Head::default();
        let first = claim(&mut head, 10, 5).owner;
        head.claim_as(Stretch { from: 100, to: 199 }, 1).unwrap();
        head.beat(first).unwrap();
        head.seal(first).unwrap();
        let third = claim(&mut head, 10, 1);
        head.abort(&third).unwrap();
        assert_eq!(Head::read(&head.document(7)).unwrap(), head);
    }
}
