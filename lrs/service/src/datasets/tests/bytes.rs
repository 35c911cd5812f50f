//! The bytes of files: they are a promise to who reads them, and to releases that write them again.

use super::*;

/// What the files of each table have been since `erasures` got its last column, as one SHA-256 over those of the files in
/// their order.
const FILES: [(Dataset, &str); 4] = [
    (Dataset::Statements, "de6ccdb39c6e24db74aa62256f4eaa52d4e0546a8492c7574c50ed08227be8cb"),
    (
        Dataset::ContextActivities,
        "6318f11a98350f90e2892cb21c0c3269134e07bf63d192cc68b8a04f6faf0fbc",
    ),
    (Dataset::Agents, "a0ff0e1be7c99b61b2670dfea1ee64614fb54a5cfc5fc77468c0846c5fd80526"),
    (Dataset::Extensions, "26e8ae1268e733452d02b6271a009a48769cb3786ec248d0c0b8dc2fd2683ef9"),
];
const WORDS: [(Dataset, &str); 2] = [
    (Dataset::Activities, "0eba2c919833ffc1ca23e6dbc322ed26710e3804bcc0f56e4c97b85d31536491"),
    (Dataset::Verbs, "918cd5d7cc763fa8d11f0db99f27c928cd994c6baa263174043296e99c8cd0b3"),
];
/// Statements of a file: some chunks, and a part of one.
const MOST: u64 = 2_700;

/// Statements of all that the demo has in it, and what is rare there.
fn statements() -> Vec<serde_json::Value> {
    let of = |programme: &demo::Programme| {
        let course = course::Course::parse(programme.file).unwrap();
        demo::cohort(&course, 7, 40).1
    };
    let mut all: Vec<_> = demo::PROGRAMMES.iter().flat_map(of).collect();
    let person = serde_json::json!({"mbox": "mailto:anna@x.example"});
    let page = serde_json::json!({"id": "https://x.example/people/anna%40x.example",
        "definition": {"name": {"it": "Anna"}}});
    for (at, one) in all.iter_mut().enumerate() {
        if at % 50 == 0 {
            (one["actor"], one["object"]) = (person.clone(), page.clone());
        }
        if at % 70 == 0 {
            one["result"] = serde_json::json!({"response": "sì \"certo\" \\ \u{1}", "score": {"scaled": -0.0},
                "extensions": {"https://w3id.org/xapi/video/extensions/time": 9_007_199_254_740_993_u64}});
        }
        if at % 90 == 0 {
            one["context"]["instructor"] = person.clone();
        }
    }
    all
}

#[tokio::test]
async fn files_have_the_bytes_that_they_have_had_in_every_release() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 24 * HOUR));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    assert!(store.adopt_secret([7; 32]).await.unwrap());
    let stamped = statements().into_iter().zip(0..);
    let stamped = stamped.map(|(it, n)| sample::stamped(&it, BEGIN + n * 3_000_001));
    store.restore(stamped.collect(), Vec::new()).await.unwrap();
    let home = TempDir::new().unwrap();
    let place = Arc::new(Folder::make(home.path()).unwrap());
    let datasets = Datasets::of(&store, Arc::new(clock.clone()), place, recipe()).await.unwrap();
    let datasets = datasets.cut(Period::Day, MOST);
    let sealed = datasets.seal_until(Instant::from_micros(i64::MAX), &silent).await.unwrap();
    assert!(sealed.statements > 2 * MOST, "{} statements", sealed.statements);
    let manifest =
        Manifest::read(&std::fs::read(home.path().join("manifest.json")).unwrap()).unwrap();
    let mut found = Vec::new();
    for (dataset, _) in FILES.into_iter().chain(WORDS) {
        let files = manifest.files(dataset);
        assert!(files.iter().any(|file| file.rows > 0), "{dataset}");
        let hashes: String = files.iter().map(|file| file.sha256.as_str()).collect();
        found.push((dataset, hex::encode(Sha256::digest(hashes))));
    }
    let expected = FILES.into_iter().chain(WORDS).map(|(dataset, hash)| (dataset, hash.to_owned()));
    assert_eq!(found, expected.collect::<Vec<_>>());
}
