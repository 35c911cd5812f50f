//! The versions of xAPI that Traccia speaks.

use std::fmt;

/// The rules a request or statement is held to, chosen by `X-Experience-API-Version`
/// (xAPI 1.0.3 Communication 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// xAPI 1.0.3, which also stands for every other 1.0.x.
    V1_0_3,
    /// xAPI 2.0.0 (IEEE 9274.1.1-2023).
    V2_0_0,
}

impl Version {
    /// The version a request header asks for: `1.0`, `2.0`, and whatever begins with `1.0.` or
    /// `2.0.`. Patch releases that are yet to come are taken too (xAPI 1.0.3 Communication 3.3).
    pub fn from_header(header: &str) -> Option<Self> {
        let is = |line: &str| {
            header.strip_prefix(line).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match () {
            () if is("1.0") => Some(Self::V1_0_3),
            () if is("2.0") => Some(Self::V2_0_0),
            () => None,
        }
    }

    /// As answers carry it: `1.0.3` or `2.0.0`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_0_3 => "1.0.3",
            Self::V2_0_0 => "2.0.0",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
