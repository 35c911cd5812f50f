//! A store that remembers what was asked of another one: tests count its work in place of its time.

use std::sync::{Arc, Mutex, PoisonError};

use super::around::{Around, Hook};
use store::Store;

pub use super::around::Call;

/// Remembers calls.
#[derive(Default)]
pub struct Calls(Mutex<Vec<Call>>);

impl Hook for Calls {
    fn after(&self, call: Call) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }
}

/// See the module.
pub type Watched = Around<Calls>;

impl Watched {
    /// Watches `store`.
    pub fn watch(store: Arc<dyn Store>) -> Arc<Self> {
        Self::new(store, Calls::default())
    }

    /// What was asked since the last time.
    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.hook.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
