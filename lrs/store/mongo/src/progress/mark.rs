//! How far a course's documents go, and which versions of them were written in full.

use mongodb::bson::{Document, doc};

use crate::cell::Held;
use crate::field;
use store::{Followed, JournalVersion, Reading, Result, Unnamed, Watermark};

/// Versions of one span.
pub(super) const SPAN: i64 = 1 << 32;
/// A course's watermark as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) watermark: Watermark,
    /// The last version of each span that was written in full, in order.
    spans: Vec<JournalVersion>,
}

impl Mark {
    /// The default where the cell has no value: before the first write.
    pub(super) fn from_cell(held: &Held) -> Result<Self> {
        let Some(value) = held.value() else { return Ok(Self::default()) };
        let followed = Followed {
            through: field::instant(value, "through")?,
            reading: Reading::from_number(field::integer(value, "reading")?),
        };
        let (version, base) = (version_in(value, "version")?, version_in(value, "base")?);
        let spans = field::integers(value, "spans")?;
        let spans = spans.into_iter().map(JournalVersion::from_number).collect();
        Ok(Self { watermark: Watermark { followed, version, base }, spans })
    }

    pub(super) fn document(&self) -> Document {
        let Watermark { followed: Followed { through, reading }, version, base } = self.watermark;
        doc! {
            "through": through.micros(),
            "reading": reading.number(),
            "version": version.number(),
            "base": base.number(),
            "spans": self.spans.iter().map(|last| last.number()).collect::<Vec<_>>(),
        }
    }

    /// Whether a document of this version was written in full, and not replaced with all others.
    pub(super) fn names(&self, version: JournalVersion) -> bool {
        let of_span = self.spans.iter().find(|last| span(**last) == span(version));
        version >= self.watermark.base && of_span.is_some_and(|last| version <= *last)
    }

    /// The mark after a write of this version.
    pub(super) fn after(
        &self,
        version: JournalVersion,
        followed: Followed,
        unnamed: Unnamed,
    ) -> Self {
        let base = match unnamed {
            Unnamed::Go => version,
            Unnamed::Stay => self.watermark.base,
        };
        let mut spans = self.spans.clone();
        spans.retain(|last| span(*last) != span(version) && *last >= base);
        spans.push(version);
        Self { watermark: Watermark { followed, version, base }, spans }
    }
}

/// The version in this field.
pub(super) fn version_in(document: &Document, name: &str) -> Result<JournalVersion> {
    field::integer(document, name).map(JournalVersion::from_number)
}

/// The number of the span that a version is of.
const fn span(version: JournalVersion) -> i64 {
    version.number() / SPAN
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Revision;
    use xapi::instant::Instant;

    fn followed() -> Followed {
        Followed { through: Instant::from_micros(1), reading: Reading::since(Revision::FIRST) }
    }

    /// The write `n` of the span `span`.
    fn of_span(span: i64, n: i64) -> JournalVersion {
        JournalVersion::from_number(span * SPAN + n)
    }

    #[test]
    fn what_was_never_finished_is_not_named() {
        let first = Mark::default().after(of_span(1, 1), followed(), Unnamed::Stay);
        // The process of span 1 writes version 2 and dies; span 2 goes on.
        let mark = first.after(of_span(2, 1), followed(), Unnamed::Stay);
        assert!(mark.names(of_span(1, 1)) && mark.names(of_span(2, 1)));
        assert!(!mark.names(of_span(1, 2)), "the dead process's");
        assert!(!mark.names(of_span(2, 2)), "not finished yet");
        assert!(!mark.names(of_span(3, 1)), "nobody's yet");
    }

    #[test]
    fn a_whole_write_makes_all_before_it_nothing() {
        let mark = Mark::default().after(of_span(1, 1), followed(), Unnamed::Stay);
        let mark = mark.after(of_span(2, 1), followed(), Unnamed::Go);
        assert!(!mark.names(of_span(1, 1)));
        assert!(mark.names(of_span(2, 1)));
        assert_eq!(mark.spans, [of_span(2, 1)]);
    }
}
