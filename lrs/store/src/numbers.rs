//! The numbers that say which state of a course a decision was based on: a type each, so that none can be passed for
//! another.

/// Counts the changes of a course: of its file and of its learners. The first is 1.
///
/// A course that is put after a course of the same id was deleted counts on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(i64);

impl Revision {
    /// The revision of a course that is put for the first time.
    pub const FIRST: Self = Self(1);

    /// The revision of this number: what an engine has kept.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The number, for an engine to keep.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The revision after one more change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The revision at which a course's progress documents began anew, because its file began to take other statements.
///
/// Example: a course has revision 5 and reading 3. Its documents of reading 3 are good, those of reading 1 must be read
/// from the log again. The default is the reading of a course that was never followed, and differs from all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reading(i64);

impl Reading {
    /// The reading that begins at a revision.
    pub const fn since(revision: Revision) -> Self {
        Self(revision.0)
    }

    /// The reading of this number: what an engine has kept.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The number, for an engine to keep.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// Versions for the writes that follow one reading.
const WRITES: i64 = 1 << 32;

/// Orders the writes of a course's progress documents: a later write has a greater version. Versions have gaps.
///
/// The default is the version before the first write, and smaller than all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JournalVersion(i64);

impl JournalVersion {
    /// Before the first write.
    pub const NONE: Self = Self(0);

    /// The first version of a course's documents, for engines that count versions on from it: later than all versions of an
    /// earlier course of the same id, whose readings were smaller.
    ///
    /// # Example
    /// A course was first followed in reading 1 and has the versions 1·2³²+1 to 1·2³²+7. It is deleted at revision 5. A
    /// course that takes its id is first followed in reading 6 or later, and has versions from 6·2³²+1 on.
    pub const fn first(reading: Reading) -> Self {
        Self(reading.0.saturating_mul(WRITES).saturating_add(1))
    }

    /// The version of this number: what an engine has kept.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The number, for an engine to keep.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The version after this one, for an engine that has no gaps.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}
