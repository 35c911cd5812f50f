//! By what a report tells learners apart.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::learner::Learner;

/// One thing by which a report has rows of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupKey {
    /// The modules of the course.
    Module,
    /// [`Learner::region`].
    Region,
    /// [`Learner::province`].
    Province,
    /// [`Learner::body`].
    Body,
    /// [`Learner::role`].
    Role,
    /// [`Learner::office`].
    Office,
}

impl GroupKey {
    /// Every key, in the order in which messages name them.
    pub const ALL: [Self; 6] =
        [Self::Module, Self::Region, Self::Province, Self::Body, Self::Role, Self::Office];

    /// The key as queries, JSON and CSV write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Region => "region",
            Self::Province => "province",
            Self::Body => "body",
            Self::Role => "role",
            Self::Office => "office",
        }
    }

    /// The learner's value, empty where they have none; always empty for `Module`, which is not
    /// a property of learners.
    pub fn of(self, learner: &Learner) -> &str {
        match self {
            Self::Module => "",
            Self::Region => &learner.region,
            Self::Province => &learner.province,
            Self::Body => &learner.body,
            Self::Role => &learner.role,
            Self::Office => &learner.office,
        }
    }
}

impl Serialize for GroupKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The keys of a report, each once, in the order of its columns. Empty: one row for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Grouping(Vec<GroupKey>);

impl Grouping {
    /// In the order asked for.
    pub fn keys(&self) -> &[GroupKey] {
        &self.0
    }

    /// Whether modules have rows of their own; otherwise figures are about the whole course.
    pub fn has_modules(&self) -> bool {
        self.0.contains(&GroupKey::Module)
    }
}

/// A word in `by` that is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is nothing to group by: use any of module, region, province, body, role, office")]
pub struct UnknownGroupKey(pub String);

impl FromStr for Grouping {
    type Err = UnknownGroupKey;

    /// Reads `module,region`: any keys in any order, spaces allowed, a repeated key taken once;
    /// the empty text is the empty grouping.
    fn from_str(by: &str) -> Result<Self, UnknownGroupKey> {
        let mut keys = Vec::new();
        if by.trim().is_empty() {
            return Ok(Self(keys));
        }
        for word in by.split(',').map(str::trim) {
            let key = GroupKey::ALL.into_iter().find(|key| key.as_str() == word);
            let key = key.ok_or_else(|| UnknownGroupKey(word.to_owned()))?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Ok(Self(keys))
    }
}

impl fmt::Display for Grouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|key| key.as_str()).collect();
        f.write_str(&words.join(","))
    }
}
