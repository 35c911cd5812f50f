//! The folder of contents: one file for equal bytes, and none that nothing needs.

use std::collections::BTreeSet;
use std::path::Path;

use bytes::Bytes;
use tempfile::TempDir;
use uuid::Uuid;

use super::{Hand, open};
use crate::SqliteStore;
use store::{KeptContent, NewVersion, PackageFile, PackageStore as _, StoreError};
use xapi::instant::Instant;

async fn keep(store: &SqliteStore, import: Uuid, text: &'static str) -> KeptContent {
    store.keep_content(import, &mut Some(Bytes::from_static(text.as_bytes()))).await.unwrap()
}

async fn add(store: &SqliteStore, import: Uuid, key: &str, contents: &[KeptContent]) {
    let file = |(n, content): (usize, &KeptContent)| PackageFile {
        path: format!("{n}.html"),
        content_type: "text/html".into(),
        content: content.clone(),
    };
    let new = NewVersion {
        number: None,
        last: 0,
        key: key.into(),
        title: String::new(),
        standard: String::new(),
        outline: String::new(),
        created: Instant::default(),
        files: contents.iter().enumerate().map(file).collect(),
    };
    store.add_package_version(import, "p", new).await.unwrap();
}

/// The names of all files in the folder.
fn files(home: &TempDir) -> BTreeSet<String> {
    fn below(folder: &Path, names: &mut BTreeSet<String>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, names);
            } else {
                names.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut names = BTreeSet::new();
    below(&home.path().join("traccia.packages"), &mut names);
    names
}

#[tokio::test]
async fn equal_files_are_one_and_stay_while_a_version_or_an_import_needs_them() {
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    let (one, two, three) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
    let same = keep(&store, one, "same").await;
    let own = keep(&store, one, "own").await;
    keep(&store, one, "not used").await;
    add(&store, one, "k1", &[same.clone(), same.clone(), own.clone()]).await;
    let hashes =
        |of: &[&KeptContent]| of.iter().map(|it| it.sha256.clone()).collect::<BTreeSet<_>>();
    assert_eq!(files(&home), hashes(&[&same, &own]), "each once, and what is not used is gone");

    keep(&store, two, "same").await;
    add(&store, two, "k2", std::slice::from_ref(&same)).await;
    assert!(store.remove_package_version("p", 1).await.unwrap());
    assert_eq!(files(&home), hashes(&[&same]));

    keep(&store, three, "same").await;
    assert!(store.remove_package("p").await.unwrap());
    assert_eq!(files(&home), hashes(&[&same]), "an import needs the content");
    store.drop_import(three).await.unwrap();
    assert_eq!(files(&home), BTreeSet::new());
}

#[tokio::test]
async fn what_a_dead_process_left_is_removed_before_the_next_import() {
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    let kept = keep(&store, one, "kept").await;
    add(&store, one, "k1", std::slice::from_ref(&kept)).await;
    keep(&store, two, "left").await;
    // The process dies in the middle of the import, and of a file.
    drop(store);
    std::fs::write(home.path().join("traccia.packages/new-half"), "ha").unwrap();
    assert_eq!(files(&home).len(), 3);

    let store = open(&home, &Hand::new());
    let next = keep(&store, Uuid::new_v4(), "next").await;
    let expected = [kept.sha256.clone(), next.sha256].into_iter().collect();
    assert_eq!(files(&home), expected);
    assert_eq!(store.content_data(&kept, 0).await.unwrap(), "kept");
}

#[tokio::test]
async fn a_content_that_is_missing_or_cut_off_is_damage() {
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    let import = Uuid::new_v4();
    let kept = keep(&store, import, "content").await;
    add(&store, import, "k1", std::slice::from_ref(&kept)).await;
    let path = home.path().join("traccia.packages").join(&kept.sha256[..2]).join(&kept.sha256);
    std::fs::write(&path, "cont").unwrap();
    let error = store.content_data(&kept, 0).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
    std::fs::remove_file(&path).unwrap();
    let error = store.content_data(&kept, 0).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
    let outside = KeptContent { sha256: "../../etc/passwd".into(), ..kept };
    let error = store.content_data(&outside, 0).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_store_that_is_read_gives_its_files_and_others_cannot_look_at_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    let import = Uuid::new_v4();
    let kept = keep(&store, import, "content").await;
    add(&store, import, "k1", std::slice::from_ref(&kept)).await;
    drop(store);
    let folder = home.path().join("traccia.packages");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = folder.join(&kept.sha256[..2]).join(&kept.sha256);
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    let reading = SqliteStore::open_to_read(home.path()).unwrap();
    assert_eq!(reading.content_data(&kept, 3).await.unwrap(), "tent");
    let refused = reading.keep_content(import, &mut None).await.unwrap_err();
    assert!(matches!(refused, StoreError::Rejected(_)), "{refused}");
}
