//! A store that holds calls back until a test lets them go: a slow store, without waiting.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::around::{Around, Hook};
use store::{Result, Store, StoreError};

/// Holds the calls of one method.
pub struct Gate {
    method: &'static str,
    let_go: Semaphore,
    arrived: Semaphore,
}

#[async_trait]
impl Hook for Gate {
    async fn before(&self, method: &'static str) -> Result<()> {
        if method == self.method {
            self.arrived.add_permits(1);
            let closed = |_| StoreError::Unavailable("the gate is closed".into());
            self.let_go.acquire().await.map_err(closed)?.forget();
        }
        Ok(())
    }
}

/// See the module.
pub type Slow = Around<Gate>;

impl Slow {
    /// `store`, whose `method`, by its name in the traits, waits for [`Self::let_go`]; all others are as quick as ever.
    pub fn at(store: Arc<dyn Store>, method: &'static str) -> Arc<Self> {
        Self::new(store, Gate { method, let_go: Semaphore::new(0), arrived: Semaphore::new(0) })
    }

    /// Returns when one more call is held.
    pub async fn arrived(&self) {
        self.hook.arrived.acquire().await.expect("never closed").forget();
    }

    /// Lets one call go on: one that is held, or the next.
    pub fn let_go(&self) {
        self.hook.let_go.add_permits(1);
    }
}
