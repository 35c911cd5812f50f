//! The tables and their columns.

use std::fmt;
use std::str::FromStr;

/// One table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dataset {
    /// A row for each statement.
    Statements,
    /// A row for each activity in the context of a statement.
    ContextActivities,
    /// A row for each agent that a statement names beside its actor and object.
    Agents,
    /// A row for each extension whose key is on the list of the [`Flattener`](crate::Flattener).
    Extensions,
    /// A row for each identifier of each learner: who the actors of a course are, by pseudonym.
    Learners,
    /// A row for each selector of each activity of a course.
    CourseActivities,
    /// A row for each activity that statements are about, or have in their context.
    Activities,
    /// A row for each verb.
    Verbs,
    /// A row for each refused request that is kept.
    Refusals,
    /// A row for each identifier of each erased person: which pseudonym stands in the place of which.
    Erasures,
    /// A row for each statement: which identifier and name stand behind a pseudonym.
    Identities,
    /// A row for each statement: its text.
    Raw,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatumKind {
    /// UTF-8.
    Text,
    /// An instant, in microseconds, UTC.
    Timestamp,
    /// A whole number of 64 bits.
    Whole,
    /// A whole number of 32 bits.
    Count,
    /// A floating-point number.
    Number,
    /// Yes or no.
    Truth,
}

impl DatumKind {
    /// Its name in manifests and descriptions.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Timestamp => "timestamp",
            Self::Whole => "whole",
            Self::Count => "count",
            Self::Number => "number",
            Self::Truth => "truth",
        }
    }
}

/// A value of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Datum {
    /// Nothing was said.
    #[default]
    Null,
    /// A [`DatumKind::Text`].
    Text(String),
    /// A [`DatumKind::Timestamp`]: microseconds since 1970, UTC.
    Time(i64),
    /// A [`DatumKind::Whole`].
    Whole(i64),
    /// A [`DatumKind::Count`].
    Count(i32),
    /// A [`DatumKind::Number`].
    Number(f64),
    /// A [`DatumKind::Truth`].
    Truth(bool),
}

/// A row: a value for each of [`Dataset::columns`], in their order.
pub type RowOf = Vec<Datum>;

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatasetColumn {
    /// Its name.
    pub name: &'static str,
    /// What its values are.
    pub kind: DatumKind,
    /// Whether every row has a value.
    pub required: bool,
}

const fn must(name: &'static str, kind: DatumKind) -> DatasetColumn {
    DatasetColumn { name, kind, required: true }
}

const fn may(name: &'static str, kind: DatumKind) -> DatasetColumn {
    DatasetColumn { name, kind, required: false }
}

use DatumKind::{Count, Number, Text, Timestamp, Truth, Whole};

const STATEMENTS: [DatasetColumn; 36] = [
    must("id", Text),
    must("stored", Timestamp),
    must("timestamp", Timestamp),
    must("source", Text),
    may("xapi_version", Text),
    may("actor", Text),
    may("actor_type", Text),
    may("actor_kind", Text),
    may("actor_home", Text),
    must("verb", Text),
    must("object_type", Text),
    may("object", Text),
    may("activity_type", Text),
    may("interaction_type", Text),
    may("success", Truth),
    may("completion", Truth),
    may("score_scaled", Number),
    may("score_raw", Number),
    may("score_min", Number),
    may("score_max", Number),
    may("duration_ms", Whole),
    may("response", Text),
    may("registration", Text),
    may("session", Text),
    may("platform", Text),
    may("language", Text),
    may("course", Text),
    may("parent", Text),
    may("instructor", Text),
    may("voids", Text),
    must("fingerprint", Whole),
    must("attachments", Count),
    must("body_bytes", Count),
    may("origin", Text),
    may("origin_stored", Timestamp),
    may("origin_authority", Text),
];

const CONTEXT_ACTIVITIES: [DatasetColumn; 5] = [
    must("stored", Timestamp),
    must("relation", Text),
    must("position", Count),
    must("activity", Text),
    may("activity_type", Text),
];

const AGENTS: [DatasetColumn; 4] =
    [must("stored", Timestamp), must("role", Text), must("position", Count), may("actor", Text)];

const EXTENSIONS: [DatasetColumn; 5] = [
    must("stored", Timestamp),
    must("place", Text),
    must("key", Text),
    may("text", Text),
    may("number", Number),
];

const LEARNERS: [DatasetColumn; 8] = [
    must("course", Text),
    must("actor", Text),
    must("learner", Text),
    may("region", Text),
    may("province", Text),
    may("body", Text),
    may("role", Text),
    may("edition", Text),
];

const COURSE_ACTIVITIES: [DatasetColumn; 5] = [
    must("course", Text),
    must("module", Text),
    must("activity", Text),
    must("selects", Text),
    must("iri", Text),
];

const ACTIVITIES: [DatasetColumn; 7] = [
    must("activity", Text),
    may("name", Text),
    may("activity_type", Text),
    may("interaction_type", Text),
    must("first_stored", Timestamp),
    must("last_stored", Timestamp),
    must("statements", Whole),
];

const VERBS: [DatasetColumn; 5] = [
    must("verb", Text),
    may("name", Text),
    must("first_stored", Timestamp),
    must("last_stored", Timestamp),
    must("statements", Whole),
];

const REFUSALS: [DatasetColumn; 8] = [
    must("id", Text),
    must("at", Timestamp),
    may("source", Text),
    must("rule", Text),
    must("status", Count),
    may("clause", Text),
    must("method", Text),
    must("path", Text),
];

const ERASURES: [DatasetColumn; 4] =
    [must("erasure", Text), must("at", Timestamp), must("was", Text), must("mode", Text)];

const IDENTITIES: [DatasetColumn; 4] =
    [must("stored", Timestamp), must("actor", Text), must("ifi", Text), may("name", Text)];

const RAW: [DatasetColumn; 3] =
    [must("stored", Timestamp), must("id", Text), must("statement", Text)];

impl Dataset {
    /// Every table.
    pub const EVERY: [Self; 12] = [
        Self::Statements,
        Self::ContextActivities,
        Self::Agents,
        Self::Extensions,
        Self::Learners,
        Self::CourseActivities,
        Self::Activities,
        Self::Verbs,
        Self::Refusals,
        Self::Erasures,
        Self::Identities,
        Self::Raw,
    ];

    /// The open tables whose rows are of statements: those that are sealed in files. Identities and texts of statements
    /// are not among them: they are given to who asks for them with the right to, and lie in no file.
    pub const SEALED: [Self; 4] =
        [Self::Statements, Self::ContextActivities, Self::Agents, Self::Extensions];

    /// The tables that are replaced as a whole.
    pub const SNAPSHOTS: [Self; 6] = [
        Self::Learners,
        Self::CourseActivities,
        Self::Activities,
        Self::Verbs,
        Self::Refusals,
        Self::Erasures,
    ];

    /// Its name in paths and manifests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Statements => "statements",
            Self::ContextActivities => "context_activities",
            Self::Agents => "agents",
            Self::Extensions => "extensions",
            Self::Learners => "learners",
            Self::CourseActivities => "course_activities",
            Self::Activities => "activities",
            Self::Verbs => "verbs",
            Self::Refusals => "refusals",
            Self::Erasures => "erasures",
            Self::Identities => "identities",
            Self::Raw => "raw",
        }
    }

    /// Its columns, in their order.
    pub const fn columns(self) -> &'static [DatasetColumn] {
        match self {
            Self::Statements => &STATEMENTS,
            Self::ContextActivities => &CONTEXT_ACTIVITIES,
            Self::Agents => &AGENTS,
            Self::Extensions => &EXTENSIONS,
            Self::Learners => &LEARNERS,
            Self::CourseActivities => &COURSE_ACTIVITIES,
            Self::Activities => &ACTIVITIES,
            Self::Verbs => &VERBS,
            Self::Refusals => &REFUSALS,
            Self::Erasures => &ERASURES,
            Self::Identities => &IDENTITIES,
            Self::Raw => &RAW,
        }
    }

    /// Whether its rows say who somebody is.
    pub const fn names_people(self) -> bool {
        matches!(self, Self::Identities | Self::Raw)
    }

    /// Whether it is replaced as a whole.
    pub const fn is_snapshot(self) -> bool {
        matches!(
            self,
            Self::Learners
                | Self::CourseActivities
                | Self::Activities
                | Self::Verbs
                | Self::Refusals
                | Self::Erasures
        )
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no table has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no table `{0}`; there are statements, context_activities, agents, extensions, learners, \
     course_activities, activities, verbs, refusals, erasures, identities, raw"
)]
pub struct UnknownDataset(pub String);

impl FromStr for Dataset {
    type Err = UnknownDataset;

    fn from_str(name: &str) -> Result<Self, UnknownDataset> {
        let known = Self::EVERY.into_iter().find(|dataset| dataset.name() == name);
        known.ok_or_else(|| UnknownDataset(name.to_owned()))
    }
}

impl Datum {
    /// A text; null without one.
    pub fn text(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.into()))
    }

    /// Bytes that it holds beside itself.
    pub const fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_the_error_lists_them() {
        for dataset in Dataset::EVERY {
            assert_eq!(dataset.name().parse(), Ok(dataset));
            let error = "people".parse::<Dataset>().unwrap_err().to_string();
            assert!(error.contains(dataset.name()), "{error}");
        }
    }

    #[test]
    fn tables_of_statements_have_the_key_and_tables_that_name_people_are_not_sealed() {
        for dataset in Dataset::EVERY {
            let has_key = dataset.columns().iter().any(|column| column.name == "stored");
            assert_eq!(has_key, !dataset.is_snapshot(), "{dataset}");
        }
        assert!(Dataset::SEALED.iter().all(|dataset| !dataset.names_people()));
        assert!(Dataset::SNAPSHOTS.iter().all(|dataset| dataset.is_snapshot()));
    }
}
