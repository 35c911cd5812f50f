//! How much one request may ask. Each limit is named in the refusal it leads to.

use serde::{Deserialize, Serialize};

/// The section `[limits]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest body in bytes, after decompression.
    pub body_bytes: usize,
    /// The most statements in one POST.
    pub statements_per_batch: usize,
    /// The most statements in one answer; also the default.
    pub statements_per_page: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024 * 1024,
            statements_per_batch: 10_000,
            statements_per_page: 500,
        }
    }
}
