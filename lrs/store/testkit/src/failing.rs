//! A store that fails for a while, as one does whose disk is full or whose server is away.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::around::{Around, Hook};
use store::{Result, Store, StoreError};

/// The names of the methods that fail, and how often each works before.
#[derive(Default)]
pub struct Methods(Mutex<BTreeMap<&'static str, usize>>);

#[async_trait]
impl Hook for Methods {
    async fn before(&self, method: &'static str) -> Result<()> {
        let mut failing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(works) = failing.get_mut(method) else { return Ok(()) };
        let failed = || StoreError::Unavailable(format!("{method} fails in this test"));
        *works = works.checked_sub(1).ok_or_else(failed)?;
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
        *failing = methods.iter().map(|method| (*method, 0)).collect();
    }

    /// From now on this method answers so after it has worked so often; all others work.
    pub fn fail_after(&self, method: &'static str, works: usize) {
        let mut failing = self.hook.0.lock().unwrap_or_else(PoisonError::into_inner);
        *failing = BTreeMap::from([(method, works)]);
    }
}
