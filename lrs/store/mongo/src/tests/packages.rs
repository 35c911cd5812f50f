//! What imports and removals leave that are broken off.

use bytes::Bytes;
use mongodb::bson::{Document, doc};
use uuid::Uuid;

use super::{MongoStore, database, open};
use programs::fresh_database;
use store::{KeptContent, NewVersion, PackageFile, PackageStore as _};
use store_testkit::clock::SystemClock;
use xapi::clock::Clock as _;
use xapi::instant::Instant;

async fn keep(store: &MongoStore, import: Uuid, text: &'static str) -> KeptContent {
    store.keep_content(import, &mut Some(Bytes::from_static(text.as_bytes()))).await.unwrap()
}

fn version(key: &str, content: KeptContent) -> NewVersion {
    let file = PackageFile { path: "a".into(), content_type: "a/b".into(), content };
    NewVersion {
        number: None,
        last: 0,
        key: key.into(),
        title: String::new(),
        standard: String::new(),
        outline: String::new(),
        created: Instant::from_micros(7),
        files: vec![file],
    }
}

async fn count(store: &MongoStore, collection: &str) -> u64 {
    let collection = database(store).collection::<Document>(collection);
    collection.count_documents(doc! {}).await.unwrap()
}

/// An instant after all that was begun so far.
fn later() -> Instant {
    Instant::from_micros(SystemClock.now().micros() + 10_000_000)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn an_import_whose_process_died_is_removed_and_versions_stay() {
    let store = open(&fresh_database().await).await;
    let (good, dead) = (Uuid::new_v4(), Uuid::new_v4());
    let kept = keep(&store, good, "kept").await;
    store.add_package_version(good, "p", version("k1", kept.clone())).await.unwrap();
    keep(&store, dead, "left").await;
    // It died when all of the version was written but the list that shows it.
    let versions = database(&store).collection::<Document>("package_version");
    let import = mongodb::bson::Binary {
        subtype: mongodb::bson::spec::BinarySubtype::Uuid,
        bytes: dead.as_bytes().to_vec(),
    };
    let hidden = doc! {"_id": "k2", "package": "p", "import": import, "at": 7_i64, "outline": ""};
    versions.insert_one(hidden).await.unwrap();
    assert_eq!(store.package_version("k2").await.unwrap(), None, "it is not shown");
    assert_eq!((count(&store, "package_content").await, count(&store, "blob.files").await), (2, 2));

    store.0.packages.remove_abandoned(Instant::from_micros(5)).await.unwrap();
    assert_eq!(count(&store, "package_version").await, 2, "it may be at work still");
    store.0.packages.remove_abandoned(later()).await.unwrap();
    assert_eq!(
        (count(&store, "package_version").await, count(&store, "package_content").await),
        (1, 1)
    );
    assert_eq!(count(&store, "blob.files").await, 1);
    assert_eq!(store.content_data(&kept, 0).await.unwrap(), "kept");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_removed_package_leaves_no_document_but_the_trace_of_its_name() {
    let store = open(&fresh_database().await).await;
    for key in ["k1", "k2"] {
        let import = Uuid::new_v4();
        let kept = keep(&store, import, "same").await;
        keep(&store, import, "not used").await;
        store.add_package_version(import, "p", version(key, kept)).await.unwrap();
    }
    assert_eq!(count(&store, "blob.files").await, 2, "what is not used is gone");
    assert!(store.remove_package("p").await.unwrap());
    for collection in
        ["package_version", "package_content", "package_file", "blob.files", "blob.chunks"]
    {
        assert_eq!(count(&store, collection).await, 0, "{collection}");
    }
}
