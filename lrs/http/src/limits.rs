//! How much requests may ask. Each limit is named in the refusal it leads to.

use serde::{Deserialize, Serialize};

/// What requests may hold together, unless larger bodies need more.
const MEMORY: usize = 1024 * 1024 * 1024;
/// How many bodies of the largest size the memory must hold: less would refuse some for ever.
const LEAST_BODIES: usize = 4;
/// How many bodies of the largest size the memory holds where the setting is 0.
const USUAL_BODIES: usize = 16;

/// The section `[limits]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest body in bytes, after decompression.
    pub body_bytes: usize,
    /// The largest document of a state or profile in bytes, after decompression and after merging. Where it is more than
    /// `body_bytes`, those hold for what is sent at a time.
    pub document_bytes: usize,
    /// The largest package that is imported, in bytes: it goes to a file, and is not held in memory.
    pub package_bytes: u64,
    /// How long a body may take from its beginning to its end, in seconds.
    pub body_seconds: u64,
    /// The most statements in one POST.
    pub statements_per_batch: usize,
    /// The most statements in one answer; also the default.
    pub statements_per_page: usize,
    /// What all requests may hold together, in bytes; 0 for what [`Self::memory`] says.
    pub memory_bytes: usize,
    /// The most connections at a time; 0 for as many as the descriptor limit leaves.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024 * 1024,
            document_bytes: 10 * 1024 * 1024,
            package_bytes: 2 << 30,
            body_seconds: 120,
            statements_per_batch: 10_000,
            statements_per_page: 500,
            memory_bytes: 0,
            connections: 0,
        }
    }
}

impl Limits {
    /// What all requests may hold together, in bytes: 1 GiB, or sixteen of the largest bodies
    /// where that is more, unless it is set.
    pub const fn memory(&self) -> usize {
        if self.memory_bytes > 0 {
            return self.memory_bytes;
        }
        let bodies = self.body_bytes.saturating_mul(USUAL_BODIES);
        if bodies > MEMORY { bodies } else { MEMORY }
    }

    /// Whether the memory holds bodies of the largest size at all.
    pub const fn is_memory_enough(&self) -> bool {
        self.memory() / LEAST_BODIES >= self.body_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_holds_bodies_of_the_largest_size() {
        let limits = Limits::default();
        assert_eq!((limits.memory(), limits.is_memory_enough()), (1 << 30, true));
        let larger = Limits { body_bytes: 1 << 30, ..limits };
        assert_eq!((larger.memory(), larger.is_memory_enough()), (16 << 30, true));
        let set = |memory_bytes| Limits { body_bytes: 1 << 20, memory_bytes, ..limits };
        assert!(set(4 << 20).is_memory_enough());
        assert!(!set((4 << 20) - 1).is_memory_enough());
    }
}
