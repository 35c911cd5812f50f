//! The dossier of a person has what is theirs and nothing of others.

use std::io::Read as _;

use async_trait::async_trait;
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::sample;
use zip::ZipArchive;

use super::*;
use crate::audit::{Actor, Audit};
use crate::erasure::Journals;

struct NoJournals;

#[async_trait]
impl Journals for NoJournals {
    async fn read_again(&self, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn everything_of_a_person_is_in_the_archive_and_nothing_of_others() {
    let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(9_000_000)));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let hers = sample::with(sample::statement(0), "result", json!({"response": "<b>due</b>"}));
    let team = json!({"team": {"objectType": "Group", "member": [sample::person("p0")]}});
    let others = sample::with(sample::statement(1), "context", team);
    sample::put(&store, &[hers, others, sample::statement(2)]).await;
    let audit = Audit::new(Arc::clone(&store), Arc::clone(&clock));
    audit.note(Actor::Key("k".into()), "learner.read", "mbox::mailto:p0@x.example", None).await;
    let erasures =
        Erasures::new(Arc::clone(&store), Arc::clone(&clock), Arc::new(NoJournals), [7; 32]);
    let dossiers = Dossiers::new(Arc::clone(&store), clock, erasures);
    let memory = Memory::new(1 << 20);
    let bytes = dossiers.archive("mailto:p0@x.example", &[], &memory).await.unwrap();
    // The answer holds its memory until it is sent, and what is not there is not taken.
    assert!(memory.held() >= bytes.len());
    let refused = dossiers.archive("mailto:p0@x.example", &[], &Memory::new(1_000)).await;
    assert!(matches!(refused, Err(DossierError::Memory(_))), "{refused:?}");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut file = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let kept = sample::kept(&store, 0).await.statement;
    assert_eq!(file("statements.ndjson").as_bytes(), [&kept.body[..], b"\n"].concat());
    let mentions: Value = serde_json::from_str(&file("mentions.json")).unwrap();
    assert_eq!(mentions[0]["id"], sample::id(1).to_string());
    assert_eq!(mentions.as_array().unwrap().len(), 1);
    let person: Value = serde_json::from_str(&file("person.json")).unwrap();
    assert_eq!(person["identifiers"], json!(["mailto:p0@x.example"]));
    assert_eq!(person["audit"][0]["action"], "learner.read");
    let (italian, english) = (file("index.it.html"), file("index.en.html"));
    assert!(
        italian.contains("Che cosa è stato registrato") && english.contains("What was recorded")
    );
    assert!(italian.contains("&lt;b&gt;due&lt;/b&gt;"), "{italian}");
    for name in ["p1@x.example", "p2@x.example"] {
        let all = [
            file("statements.ndjson"),
            file("mentions.json"),
            file("person.json"),
            file("index.it.html"),
        ];
        assert!(all.iter().all(|text| !text.contains(name)), "{name}");
    }
}
