//! Failures that are expected, each with its reason.

use serde::Deserialize;

use crate::suite;
use crate::version::Version;

/// The failures that are expected.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    #[serde(default)]
    known: Vec<Entry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    case: String,
    version: Option<Version>,
    reason: String,
}

impl Known {
    /// Reads a file of `[[known]]` tables with `case`, `reason` and, for one version alone, `version`.
    ///
    /// # Errors
    /// If it is no such file, a case does not exist, or a reason is missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for entry in &known.known {
            if suite::find(&entry.case).is_none() {
                return Err(format!("there is no case {:?}", entry.case));
            }
            if entry.reason.trim().is_empty() {
                return Err(format!("{}: a reason is needed", entry.case));
            }
        }
        Ok(known)
    }

    /// Why a case is expected to fail, if it is.
    pub fn reason(&self, case: &str, version: Version) -> Option<String> {
        let fits =
            |entry: &&Entry| entry.case == case && entry.version.is_none_or(|only| only == version);
        self.known.iter().find(fits).map(|entry| entry.reason.clone())
    }
}
