//! A database that cannot be used is told at the start, with what to do.

use e2e::{Done, cli};
use tempfile::TempDir;

/// Tries to start a server on this store.
async fn start_on(store: &str) -> Done {
    let folder = TempDir::new().unwrap();
    let data = folder.path().display().to_string();
    cli(&["serve", "--listen", "127.0.0.1:0", "--data", &data, "--store", store]).await
}

#[tokio::test]
async fn a_database_that_nobody_serves_is_said_with_its_address() {
    let done = start_on("mongodb://127.0.0.1:1/x").await;
    assert_eq!(done.code, Some(4), "{done}");
    assert!(done.stderr.contains("127.0.0.1:1"), "it says where: {done}");
    assert!(done.stderr.contains("check that it runs"), "it says what to do: {done}");
}

#[tokio::test]
async fn a_uri_without_the_name_of_a_database_is_refused_with_an_example() {
    for store in ["mongodb://127.0.0.1:1", "mongodb://127.0.0.1:1/", "mongodb://127.0.0.1:1/?w=1"] {
        let done = start_on(store).await;
        assert_eq!(done.code, Some(4), "{done}");
        assert!(done.stderr.contains("mongodb://HOST/DATABASE"), "an example: {done}");
    }
}
