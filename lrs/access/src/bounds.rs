//! The territory that a key is bound to.

use serde::{Deserialize, Serialize};

/// The learners that a coordinator may see: those of some regions, and those of some bodies. A
/// key without bounds sees all learners.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Names of regions, as in the lists of learners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// Names of bodies, or their ISTAT codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<String>,
}

impl Bounds {
    /// Whether a learner of this region and body may be seen. Where a body is unknown, its empty
    /// name or code is no match.
    pub fn include(&self, region: &str, body: &str, istat: &str) -> bool {
        let named =
            |list: &[String], name: &str| !name.is_empty() && list.iter().any(|it| it == name);
        named(&self.regions, region) || named(&self.bodies, body) || named(&self.bodies, istat)
    }

    /// Whether the bounds hold no region and no body, so that no learner may be seen.
    pub const fn is_empty(&self) -> bool {
        self.regions.is_empty() && self.bodies.is_empty()
    }
}
