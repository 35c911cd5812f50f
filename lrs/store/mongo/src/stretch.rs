//! Stretches of `stored`: what a claim is on, and what of them is hidden.

use mongodb::bson::{Document, doc};

use super::field;
use store::Result;
use xapi::instant::Instant;

/// A stretch of `stored`, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: Instant,
    pub(super) to: Instant,
}

/// Tells a claim from all others while it is open, also after another process has adopted it: the
/// first instant of its stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ClaimId(Instant);

impl ClaimId {
    /// Microseconds, as files name the claim that they were written under.
    pub(super) const fn micros(self) -> i64 {
        self.0.micros()
    }

    pub(super) const fn from_micros(micros: i64) -> Self {
        Self(Instant::from_micros(micros))
    }
}

impl Stretch {
    /// The stretch of `count` instants from `from` on.
    pub(super) fn starting(from: Instant, count: i64) -> Self {
        let to = from.micros().saturating_add(count - 1);
        Self { from, to: Instant::from_micros(to) }
    }

    pub(super) fn from_document(document: &Document) -> Result<Self> {
        let (from, to) = (field::instant(document, "from")?, field::instant(document, "to")?);
        Ok(Self { from, to })
    }

    /// The instant of the statement `n` of the stretch, counted from 0.
    pub(super) const fn nth(self, n: i64) -> Instant {
        Instant::from_micros(self.from.micros().saturating_add(n))
    }

    /// The id of the claim on this stretch.
    pub(super) const fn id(self) -> ClaimId {
        ClaimId(self.from)
    }

    pub(super) fn contains(self, stored: Instant) -> bool {
        self.from <= stored && stored <= self.to
    }

    /// What finds the documents whose `field`, in microseconds, lies in the stretch.
    pub(super) fn filter(self, field: &str) -> Document {
        doc! {field: {"$gte": self.from.micros(), "$lte": self.to.micros()}}
    }

    /// What is left of the stretch before and after `other`.
    pub(super) fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let before = Self { from: self.from, to: self.to.min(other.from.previous()) };
        let after = Self { from: self.from.max(other.to.next()), to: self.to };
        [before, after].into_iter().filter(|left| left.from <= left.to)
    }

    /// How many statements fit.
    pub(super) const fn len(self) -> i64 {
        self.to.micros() - self.from.micros() + 1
    }
}
