//! Settings of privacy.

use serde::{Deserialize, Serialize};
use service::erasure::QUIET_HOUR;

/// When people who were erased go from the files of the store too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// The hour of UTC, from 0 to 23, in which the files are written anew for erasures that keys alone have asked for. All that
    /// write wait meanwhile.
    pub scrub_hour: u8,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { scrub_hour: QUIET_HOUR }
    }
}
