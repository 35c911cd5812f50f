//! Refused requests, the newest first.

use std::collections::HashMap;

use async_trait::async_trait;
use uuid::Uuid;

use super::MemoryStore;
use store::{KeptRefusal, MOST_BYTES, MOST_OF_KEY, RefusalFilter, RefusalStore, Result};

#[async_trait]
impl RefusalStore for MemoryStore {
    async fn keep_refusals(&self, refusals: Vec<KeptRefusal>) -> Result<()> {
        self.write(|contents| {
            let all = &mut contents.refusals;
            for refusal in refusals {
                if all.iter().all(|it| it.id != refusal.id) {
                    all.push(refusal);
                }
            }
            all.sort_by_key(|it| std::cmp::Reverse(it.id));
            let mut of_keys: HashMap<String, usize> = HashMap::new();
            all.retain(|it| {
                let count = of_keys.entry(it.key.clone()).or_default();
                *count += 1;
                *count <= MOST_OF_KEY
            });
            let mut weight = 0;
            all.retain(|it| {
                weight += it.weight();
                weight <= MOST_BYTES
            });
            Ok(())
        })
    }
    async fn refusals(&self, filter: &RefusalFilter, limit: usize) -> Result<Vec<KeptRefusal>> {
        let RefusalFilter { key, rule, status, before } = filter;
        let is = |it: &&KeptRefusal| {
            key.as_ref().is_none_or(|key| *key == it.key)
                && rule.as_ref().is_none_or(|rule| *rule == it.rule)
                && status.is_none_or(|status| status == it.status)
                && before.is_none_or(|before| it.id < before)
        };
        Ok(self.read().refusals.iter().filter(is).take(limit).cloned().collect())
    }
    async fn refusal(&self, id: Uuid) -> Result<Option<KeptRefusal>> {
        Ok(self.read().refusals.iter().find(|it| it.id == id).cloned())
    }
}
