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
//! Or it is *aborted*, which only a claim that is not sealed can be: its stretch is never read.

use mongodb::bson::{Bson, Document, doc};

use super::field;
use crate::store::Result;
use crate::xapi::instant::Instant;

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
    /// Tells it from another one of the same stretch.
    pub(super) owner: i64,
    /// Grows as long as its owner lives.
    pub(super) beat: i64,
    pub(super) sealed: bool,
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
    pub(super) fn claim(&mut self, now: Instant, count: i64, owner: i64) -> Option<Stretch> {
        if self.aborted.len() >= TOO_MANY {
            return None;
        }
        let from = now.micros().max(self.last + 1);
        Some(self.open(Stretch { from, to: from + count - 1 }, owner))
    }

    /// Claims a stretch that was given elsewhere; `None` when it is not later than all, and while
    /// too many claims were aborted of late.
    pub(super) fn claim_as(&mut self, stretch: Stretch, owner: i64) -> Option<Stretch> {
        if stretch.from <= self.last || self.aborted.len() >= TOO_MANY {
            return None;
        }
        Some(self.open(stretch, owner))
    }

    fn open(&mut self, stretch: Stretch, owner: i64) -> Stretch {
        self.last = stretch.to;
        self.claims.push(Claim { stretch, owner, beat: 0, sealed: false });
        stretch
    }

    /// The claim that begins at `from`.
    pub(super) fn claim_at(&self, from: i64) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.stretch.from == from)
    }

    /// Whether it has this very claim.
    pub(super) fn has(&self, stretch: Stretch, owner: i64) -> bool {
        self.claims.iter().any(|claim| claim.stretch == stretch && claim.owner == owner)
    }

    /// The claim that an instant lies in.
    pub(super) fn claim_of(&self, stored: i64) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.stretch.holds(stored))
    }

    fn at(&mut self, from: i64) -> Option<&mut Claim> {
        self.claims.iter_mut().find(|claim| claim.stretch.from == from)
    }

    /// Says that the owner lives. `None` when the claim is not there any more.
    pub(super) fn beat(&mut self, from: i64) -> Option<()> {
        self.at(from).map(|claim| claim.beat += 1)
    }

    /// `None` when somebody has aborted the claim.
    pub(super) fn seal(&mut self, from: i64) -> Option<()> {
        self.at(from).map(|claim| claim.sealed = true)
    }

    /// Makes a claim's statements visible, once those of all earlier ones are.
    pub(super) fn finish(&mut self, from: i64) -> Option<()> {
        let before = self.claims.len();
        self.claims.retain(|claim| claim.stretch.from != from);
        (self.claims.len() < before).then_some(())
    }

    /// Aborts the claim unless it is sealed or gone; gives its stretch.
    pub(super) fn abort(&mut self, from: i64) -> Option<Stretch> {
        let claim = *self.claim_at(from).filter(|claim| !claim.sealed)?;
        self.claims.retain(|claim| claim.stretch.from != from);
        self.aborted.push(claim.stretch);
        Some(claim.stretch)
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

    /// Whether no earlier claim is open: the one that begins at `from` may be linked.
    pub(super) fn is_first(&self, from: i64) -> bool {
        self.claims.first().is_some_and(|claim| claim.stretch.from == from)
    }

    pub(super) fn document(&self, version: i64) -> Document {
        let claims = self.claims.iter().map(|claim| {
            let Claim { stretch: Stretch { from, to }, owner, beat, sealed } = *claim;
            let claim =
                doc! {"from": from, "to": to, "owner": owner, "beat": beat, "sealed": sealed};
            Bson::Document(claim)
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

    fn claim(head: &mut Head, now: i64, count: i64) -> Stretch {
        head.claim(at(now), count, 7).unwrap()
    }

    #[test]
    fn stretches_follow_each_other_even_when_a_clock_lags() {
        let mut head = Head::default();
        assert_eq!(claim(&mut head, 100, 3), Stretch { from: 100, to: 102 });
        assert_eq!(claim(&mut head, 50, 1), Stretch { from: 103, to: 103 });
        assert_eq!(claim(&mut head, 500, 2), Stretch { from: 500, to: 501 });
    }

    #[test]
    fn nothing_is_shown_beyond_the_first_open_claim() {
        let mut head = Head::default();
        let (first, second) = (claim(&mut head, 10, 5).from, claim(&mut head, 10, 5).from);
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
        let (first, second) = (claim(&mut head, 10, 5).from, claim(&mut head, 10, 5).from);
        head.seal(first).unwrap();
        assert_eq!(head.abort(first), None);
        let aborted = head.abort(second).unwrap();
        assert_eq!(head.seal(second), None);
        assert_eq!(head.finish(second), None);
        head.finish(first).unwrap();
        assert!(head.shows(14) && !head.shows(15) && !head.shows(19));
        head.settle(aborted).unwrap();
        assert!(head.shows(15), "it is swept: there is nothing to show");
    }

    #[test]
    fn nothing_is_claimed_while_too_many_claims_wait_to_be_settled() {
        let mut head = Head::default();
        let aborted: Vec<Stretch> = (0..TOO_MANY)
            .map(|_| {
                let from = claim(&mut head, 10, 1).from;
                head.abort(from).unwrap()
            })
            .collect();
        assert_eq!(head.claim(at(10), 1, 7), None);
        head.settle(aborted[0]).unwrap();
        assert!(head.claim(at(10), 1, 7).is_some());
    }

    #[test]
    fn a_head_reads_back_as_it_was_written() {
        let mut head = Head::default();
        let first = claim(&mut head, 10, 5).from;
        claim(&mut head, 10, 1);
        head.beat(first).unwrap();
        head.seal(first).unwrap();
        let third = claim(&mut head, 10, 1).from;
        head.abort(third).unwrap();
        assert_eq!(Head::read(&head.document(7)).unwrap(), head);
    }
}
