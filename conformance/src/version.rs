//! The two versions of the standard that are tested.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A version of xAPI, as the suite speaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Version {
    /// xAPI 1.0.3.
    #[serde(rename = "1.0.3")]
    One,
    /// xAPI 2.0.0 (IEEE 9274.1.1).
    #[serde(rename = "2.0.0")]
    Two,
}

impl Version {
    /// Both, older first.
    pub const ALL: [Self; 2] = [Self::One, Self::Two];

    /// What the version header says.
    pub fn text(self) -> &'static str {
        match self {
            Self::One => "1.0.3",
            Self::Two => "2.0.0",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|version| version.text() == text);
        known.ok_or_else(|| format!("{text:?} is neither 1.0.3 nor 2.0.0"))
    }
}
