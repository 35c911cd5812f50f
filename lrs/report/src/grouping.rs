//! By what a report tells learners apart.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use course::Bilingual;
use course::Learner;

use crate::words::words;

/// One thing by which a report has rows of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GroupKey {
    /// The modules of the course.
    Module,
    /// Its activities and events.
    Activity,
    /// [`Learner::region`].
    Region,
    /// [`Learner::province`].
    Province,
    /// [`Learner::body`].
    Body,
    /// [`Learner::population_class`].
    PopulationClass,
    /// [`Learner::role`].
    Role,
    /// [`Learner::office`].
    Office,
    /// [`Learner::edition`].
    Edition,
    /// One of [`Learner::attributes`], by its heading.
    Attribute(String),
}

/// The keys that every course has, in the order in which messages name them.
const KNOWN: [GroupKey; 9] = [
    GroupKey::Module,
    GroupKey::Activity,
    GroupKey::Region,
    GroupKey::Province,
    GroupKey::Body,
    GroupKey::PopulationClass,
    GroupKey::Role,
    GroupKey::Office,
    GroupKey::Edition,
];

impl GroupKey {
    /// The key as queries, JSON and CSV write it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Module => "module",
            Self::Activity => "activity",
            Self::Region => "region",
            Self::Province => "province",
            Self::Body => "body",
            Self::PopulationClass => "population_class",
            Self::Role => "role",
            Self::Office => "office",
            Self::Edition => "edition",
            Self::Attribute(heading) => heading,
        }
    }

    /// Whether `word`, in lower case, is the key or its Italian name: spaces, `_` and a missing
    /// accent make no difference.
    fn is_named(&self, word: &str) -> bool {
        let plain = |text: &str| text.to_lowercase().replace(' ', "_").replace('à', "a");
        self.as_str() == word || plain(&self.words().it) == plain(word)
    }

    /// The heading of its column.
    pub fn words(&self) -> Bilingual {
        match self {
            Self::Attribute(heading) => Bilingual::new(heading, heading),
            known => words(&format!("column-{}", known.as_str())),
        }
    }

    /// Whether it tells learners apart, and not parts of the course.
    pub(crate) const fn is_of_learners(&self) -> bool {
        !matches!(self, Self::Module | Self::Activity)
    }

    /// The learner's value, empty where they have none, and for parts of the course.
    pub fn of<'l>(&self, learner: &'l Learner) -> &'l str {
        match self {
            Self::Module | Self::Activity => "",
            Self::Region => &learner.region,
            Self::Province => &learner.province,
            Self::Body => &learner.body,
            Self::PopulationClass => &learner.population_class,
            Self::Role => &learner.role,
            Self::Office => &learner.office,
            Self::Edition => &learner.edition,
            Self::Attribute(heading) => learner.attributes.get(heading).map_or("", String::as_str),
        }
    }
}

/// The keys of a report, each once, in the order of its columns. Empty: one row for all learners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grouping(Vec<GroupKey>);

impl Grouping {
    /// In the order asked for.
    pub fn keys(&self) -> &[GroupKey] {
        &self.0
    }

    /// Those that tell learners apart, in the order asked for.
    pub(crate) fn of_learners(&self) -> Vec<&GroupKey> {
        self.0.iter().filter(|key| key.is_of_learners()).collect()
    }

    /// Whether activities have rows of their own.
    pub(crate) fn has_activities(&self) -> bool {
        self.0.contains(&GroupKey::Activity)
    }

    /// Whether modules have rows of their own.
    pub(crate) fn has_modules(&self) -> bool {
        self.0.contains(&GroupKey::Module)
    }

    /// Refuses a key that is neither known nor a column of the list of these learners.
    pub fn check<'l>(
        &self,
        learners: impl IntoIterator<Item = &'l Learner>,
    ) -> Result<(), UnknownGroupKey> {
        let asked = self.0.iter().filter_map(|key| match key {
            GroupKey::Attribute(heading) => Some(heading),
            _ => None,
        });
        let asked: Vec<&String> = asked.collect();
        if asked.is_empty() {
            return Ok(());
        }
        let mut headings = BTreeSet::new();
        for learner in learners {
            headings.extend(learner.attributes.keys());
        }
        match asked.into_iter().find(|heading| !headings.contains(heading)) {
            None => Ok(()),
            Some(unknown) => Err(UnknownGroupKey {
                word: unknown.clone(),
                headings: headings.into_iter().cloned().collect(),
            }),
        }
    }
}

/// A word in `by` that is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is nothing to group by: use any of {}", self.known())]
pub struct UnknownGroupKey {
    /// The word.
    pub word: String,
    /// Further columns of the list of learners.
    pub headings: Vec<String>,
}

impl UnknownGroupKey {
    /// All keys that there are.
    pub fn known(&self) -> String {
        let known = KNOWN.iter().map(GroupKey::as_str);
        known.chain(self.headings.iter().map(String::as_str)).collect::<Vec<_>>().join(", ")
    }
}

impl FromStr for Grouping {
    type Err = UnknownGroupKey;

    /// Reads `module,region`, or `modulo,regione`: any keys in any order, spaces allowed, a repeated
    /// key taken once; the empty text is the empty grouping. A word that is not known may be a column of the list
    /// of learners: [`Grouping::check`] tells.
    fn from_str(by: &str) -> Result<Self, UnknownGroupKey> {
        let mut keys = Vec::new();
        if by.trim().is_empty() {
            return Ok(Self(keys));
        }
        for word in by.split(',').map(|word| word.trim().to_lowercase()) {
            if word.is_empty() {
                return Err(UnknownGroupKey { word, headings: Vec::new() });
            }
            let known = KNOWN.into_iter().find(|key| key.is_named(&word));
            let key = known.unwrap_or(GroupKey::Attribute(word));
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Ok(Self(keys))
    }
}

impl fmt::Display for Grouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(GroupKey::as_str).collect();
        f.write_str(&words.join(","))
    }
}
