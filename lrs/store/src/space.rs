//! How much room a store takes, and how much there is.

use async_trait::async_trait;

use crate::Result;

/// The room of a store, in bytes; `None` where the engine cannot tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space {
    /// What the store takes, with the contents of packages.
    pub used: Option<u64>,
    /// What is left for it on its disk.
    pub free: Option<u64>,
}

/// The room that a store takes.
#[async_trait]
pub trait SpaceStore: Send + Sync {
    /// The room of the store, about: what is written while it is measured may be counted or not.
    async fn space(&self) -> Result<Space>;
}
