//! What the standard asks of a server, as data: one entry for each requirement.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::version::Version;

/// How strongly the standard asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Without it a server does not conform.
    #[default]
    Must,
    /// Recommended; missing it is told, and fails a run only when asked for with `--strict`.
    Should,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        })
    }
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// ADL's number where there is one (`XAPI-00083`), ours elsewhere (`XC-AUTH-1`).
    pub id: String,
    /// The part of the standard that it belongs to.
    pub area: String,
    /// Where the standard says it: a section of xAPI 1.0.3, or of 2.0 where only that has it.
    pub clause: String,
    /// How strongly.
    pub level: Level,
    /// The versions that ask for it.
    pub versions: Vec<Version>,
    /// What is asked, in one sentence.
    pub says: String,
    /// Why no case tests it, for those that none does.
    pub untested: Option<String>,
    /// Rules of Traccia's validator that hold it, for the trace from clause to case.
    pub rules: Vec<String>,
}

impl Requirement {
    /// Where the standard says it, with the standard's name and, if the clause has moved, its place in 2.0.
    pub fn reference(&self) -> String {
        format!("xAPI {}", self.clause)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    area: String,
    #[serde(default)]
    two: String,
    requirements: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    clause: String,
    #[serde(default)]
    level: Level,
    #[serde(default = "both")]
    versions: Vec<Version>,
    says: String,
    untested: Option<String>,
    #[serde(default)]
    rules: Vec<String>,
}

fn both() -> Vec<Version> {
    Version::ALL.to_vec()
}

const FILES: [&str; 10] = [
    include_str!("../catalogue/format.toml"),
    include_str!("../catalogue/actor.toml"),
    include_str!("../catalogue/object.toml"),
    include_str!("../catalogue/statement.toml"),
    include_str!("../catalogue/attachments.toml"),
    include_str!("../catalogue/query.toml"),
    include_str!("../catalogue/state.toml"),
    include_str!("../catalogue/profiles.toml"),
    include_str!("../catalogue/resources.toml"),
    include_str!("../catalogue/protocol.toml"),
];

static ALL: LazyLock<Vec<Requirement>> =
    LazyLock::new(|| FILES.iter().flat_map(|t| parse(t)).collect());

/// Every requirement, in the order of the standard's parts.
pub fn requirements() -> &'static [Requirement] {
    &ALL
}

/// The requirement of that id.
pub fn find(id: &str) -> Option<&'static Requirement> {
    ALL.iter().find(|requirement| requirement.id == id)
}

#[expect(clippy::expect_used, reason = "the text is compiled in, and a test reads it")]
fn parse(text: &str) -> Vec<Requirement> {
    let file: File = toml::from_str(text).expect("the catalogue is well-formed");
    let entries = file.requirements.into_iter();
    let area = file.area;
    let two = file.two;
    entries
        .map(|(id, entry)| {
            let only_two = entry.versions == [Version::Two];
            let clause = match (only_two, two.as_str()) {
                (true, _) => format!("2.0 {}", entry.clause),
                (false, "") => format!("1.0.3 {}", entry.clause),
                (false, two) if entry.versions.contains(&Version::Two) => {
                    format!("1.0.3 {} (2.0: {two})", entry.clause)
                }
                (false, _) => format!("1.0.3 {}", entry.clause),
            };
            Requirement {
                id,
                area: area.clone(),
                clause,
                level: entry.level,
                versions: entry.versions,
                says: entry.says,
                untested: entry.untested,
                rules: entry.rules,
            }
        })
        .collect()
}
