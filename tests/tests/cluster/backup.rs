//! A backup of one engine is restored into the other, and back.

use e2e::{Document, Setup, Statement, cli};
use programs::fresh_database;
use serde_json::json;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_backup_of_one_engine_is_restored_into_the_other_and_back() {
    let place = TempDir::new().unwrap();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let (first, second) = (fresh_database().await, fresh_database().await);
    let traccia = Setup::default().store(&first).start().await;
    let admin = traccia.admin();
    let kept = admin.store(&[Statement::new().json(), Statement::new().json()]).await;
    admin.store_one(&Statement::voiding(&kept[0]).json()).await;
    Document::state("place").put(&admin, &json!({"slide": 7})).await.is(204);

    // The server works on.
    let made = cli(&["backup", &at("backups"), "--store", &first]).await;
    assert!(made.success().contains("3 statements, 1 documents"), "{made}");
    let embedded = cli(&["restore", &at("backups"), "--data", &at("embedded")]).await;
    let digest = cli(&["store", "digest", "--from", &first]).await;
    assert!(embedded.success().contains(digest.success()), "{embedded}\n{digest}");

    let embedded = format!("sqlite:{}", at("embedded"));
    cli(&["backup", &at("again"), "--store", &embedded]).await.success();
    let back = cli(&["restore", &at("again"), "--store", &second]).await;
    assert!(back.success().contains(digest.success()), "{back}\n{digest}");
    let refused = cli(&["restore", &at("again"), "--store", &second]).await;
    assert_eq!(refused.code, Some(3), "{refused}");
    let restored = Setup::default().store(&second).start().await;
    assert_eq!(restored.admin().found(&[]).await.len(), 2, "all but the voided one");
    let document = Document::state("place").get(&restored.admin()).await.expect(200);
    assert_eq!(document.json(), json!({"slide": 7}));
    let refused = cli(&["restore", &at("backups"), "--store", &second]).await;
    assert_eq!(refused.code, Some(3), "{refused}");
}
