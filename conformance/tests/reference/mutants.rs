//! The table of mutants, from `mutants.toml`.

use conformance::Version;
use conformance::case::Case;
use regex::Regex;
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    group: Vec<Group>,
    #[serde(default)]
    none: Vec<Immortal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    focus: String,
    name: String,
    each: Vec<String>,
    version: Option<Version>,
}

/// A case that no mutant can fail.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Immortal {
    pub(crate) case: String,
    pub(crate) reason: String,
}

/// One wrong behaviour, the version it is looked at in, and the cases that run against it.
#[derive(Clone)]
pub(crate) struct Mutant {
    pub(crate) name: String,
    pub(crate) version: Version,
    focus: Regex,
}

impl Mutant {
    /// Whether the case runs against this mutant.
    pub(crate) fn meets(&self, case: &Case) -> bool {
        case.versions.contains(&self.version)
            && self.focus.is_match(&format!("{}/{}", case.area, case.id))
    }
}

/// All mutants, and the cases that none can fail.
pub(crate) fn mutants() -> (Vec<Mutant>, Vec<Immortal>) {
    let table: Table = toml::from_str(include_str!("mutants.toml")).unwrap();
    let mutants = table.group.iter().flat_map(|group| {
        let focus = Regex::new(&group.focus).unwrap();
        group.each.iter().map(move |each| Mutant {
            name: group.name.replace("{}", each),
            version: group.version.unwrap_or(Version::One),
            focus: focus.clone(),
        })
    });
    (mutants.collect(), table.none)
}
