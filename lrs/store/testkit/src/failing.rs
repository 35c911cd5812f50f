//! A store that fails for a while, as one does whose disk is full or whose server is away.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::around::{Around, Hook};
use store::{Result, Store, StoreError};

/// The names of the methods that fail.
#[derive(Default)]
pub struct Methods(Mutex<BTreeSet<&'static str>>);

#[async_trait]
impl Hook for Methods {
    async fn before(&self, method: &'static str) -> Result<()> {
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(method) {
            return Err(StoreError::Unavailable(format!("{method} fails in this test")));
        }
        Ok(())
    }
}

/// See the module.
pub type Failing = Around<Methods>;

impl Failing {
    /// `store`, whose methods do not fail yet.
    pub fn over(store: Arc<dyn Store>) -> Arc<Self> {
        Self::new(store, Methods::default())
    }

    /// From now on these methods, by their names in the traits, answer [`StoreError::Unavailable`]; all others work.
    pub fn fail(&self, methods: &[&'static str]) {
        let mut failing = self.hook.0.lock().unwrap_or_else(PoisonError::into_inner);
        *failing = methods.iter().copied().collect();
    }
}
