//! What others do while somebody is erased, and what others are told.

use super::*;

/// Says something of the person whenever statements are about to be rewritten.
struct GoesOn(Arc<dyn Store>, Mutex<u32>);

#[async_trait]
impl Hook for GoesOn {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        if method == "rewrite_statements" {
            let number = {
                let mut number = self.1.lock().unwrap();
                *number += 2;
                *number
            };
            assert!(number < 1_000, "the erasure has no end");
            let hers = sample::with(sample::statement(number), "actor", sample::person("p0"));
            sample::put(&self.0, &[hers]).await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn somebody_who_goes_on_naming_the_person_keeps_no_erasure_from_ending() {
    let world = World::new().await;
    let goes_on = GoesOn(Arc::clone(&world.store), Mutex::new(100));
    let store: Arc<dyn Store> = Around::new(Arc::clone(&world.store), goes_on);
    let journals: Arc<dyn Journals> = Arc::<NotedJournals>::clone(&world.journals);
    let erasures = Erasures::new(store, Arc::clone(&world.clock), journals, [7; 32]);
    let begun = erasures.begin(&asked(), Actor::Machine).await.unwrap();
    let record = erasures.run(begun.id).await.unwrap();
    assert!(record.counts["statements"] >= 3, "{:?}", record.counts);
    let hers = sample::log(&world.store)
        .await
        .into_iter()
        .filter(|kept| std::str::from_utf8(&kept.statement.body).unwrap().contains("p0@x.example"));
    assert!(hers.count() <= 1, "what was said last alone");
}

/// An identifier that was in a learner list or a request alone is no business of other stores.
#[tokio::test]
async fn other_stores_are_told_the_identifiers_that_were_in_statements() {
    let world = World::new().await;
    let record = json!({
        "settings": {"direction": "push", "url": "https://other.example/xapi"},
        "password": "", "secret": "", "namespace": Uuid::nil(), "generation": 1,
        "state": crate::pipes::PipeState::default(),
    });
    assert!(world.store.add_pipe("p", &record.to_string()).await.unwrap());
    let others = vec!["mailto:anna.secret@x.example".to_owned()];
    let erasures = world.erasures();
    let begun = erasures.begin(&ErasureAsked { others, ..asked() }, Actor::Machine).await.unwrap();
    let done = erasures.run(begun.id).await.unwrap();
    assert_eq!(done.counts.get("pipes"), Some(&1));
    let kept = world.store.pipe("p").await.unwrap().unwrap().record;
    assert!(kept.contains("p0@x.example") && !kept.contains("anna.secret"), "{kept}");
}
