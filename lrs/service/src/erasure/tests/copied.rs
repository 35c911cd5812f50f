//! Erasures beside a backup that is made while they run.

use super::*;
use crate::transfer::Transfer;

/// Erases the person at the first call of a method.
struct ErasedAt {
    method: &'static str,
    erasures: Mutex<Option<Erasures>>,
}

#[async_trait]
impl Hook for ErasedAt {
    async fn before(&self, method: &'static str) -> Result<(), StoreError> {
        let erasures =
            if method == self.method { self.erasures.lock().unwrap().take() } else { None };
        if let Some(erasures) = erasures {
            let begun = erasures.begin(&asked(), Actor::Machine).await.unwrap();
            erasures.run(begun.id).await.unwrap();
        }
        Ok(())
    }
}

/// A restored copy goes on with erasures that are not done, and begins those again that it does not have: so it must not
/// have the person and an erasure that is done.
#[tokio::test]
async fn no_copy_has_a_person_and_says_that_the_person_was_erased() {
    for method in ["extent", "erasures", "log", "documents_beyond", "audit_chain", "courses"] {
        let world = World::new().await;
        let erasures = Mutex::new(Some(world.erasures()));
        let from = Around::new(Arc::clone(&world.store), ErasedAt { method, erasures });
        let copy: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&world.clock)));
        Transfer::new(&*from, &*copy, &|_| ()).live().await.unwrap();
        assert!(from.hook.erasures.lock().unwrap().is_none(), "{method} was never called");
        let is_done = copy.erasures(None, 1).await.unwrap().iter().any(|it| it.is_done);
        let statements = sample::log(&copy).await;
        let names = |kept: &store::Kept| {
            String::from_utf8_lossy(&kept.statement.body).contains("p0@x.example")
        };
        let names_the_person = statements.iter().any(names);
        assert!(!(is_done && names_the_person), "erased before the first `{method}`");
    }
}
