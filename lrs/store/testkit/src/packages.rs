//! Packages, their files, and launches.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use validator::ifi::Ifi;

use store::{
    ErasedPart, KeptContent, KeptLaunch, NewVersion, PIECE, PackageFile, PackageVersion, Pieces,
    Result, Store, StoreError,
};
use xapi::erase::Eraser;
use xapi::instant::Instant;

const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);

async fn kept(store: &Arc<dyn Store>, import: Uuid, bytes: &[u8]) -> KeptContent {
    let mut pieces = Some(Bytes::copy_from_slice(bytes));
    store.keep_content(import, &mut pieces).await.unwrap()
}

fn file(path: &str, content: KeptContent) -> PackageFile {
    PackageFile { path: path.to_owned(), content_type: "text/html".into(), content }
}

fn version(key: &str, files: Vec<PackageFile>) -> NewVersion {
    NewVersion {
        number: None,
        last: 0,
        key: key.to_owned(),
        title: "Sicurezza è".into(),
        standard: "scorm-1.2".into(),
        outline: format!("{{\"of\":\"{key}\"}}"),
        created: NOW,
        files,
    }
}

/// Imports a version whose files have these texts; gives its number.
async fn import(store: &Arc<dyn Store>, name: &str, key: &str, files: &[(&str, &str)]) -> u32 {
    let import = Uuid::new_v4();
    let mut all = Vec::new();
    for (path, text) in files {
        all.push(file(path, kept(store, import, text.as_bytes()).await));
    }
    store.add_package_version(import, name, version(key, all)).await.unwrap()
}

/// The bytes at `path` of a version; `None` where there is no such file.
async fn read(store: &Arc<dyn Store>, key: &str, path: &str) -> Option<Vec<u8>> {
    let file = store.package_file(key, path).await.unwrap()?;
    let mut bytes = Vec::new();
    loop {
        let piece = store.content_data(&file.content, bytes.len() as u64).await.unwrap();
        if piece.is_empty() {
            return Some(bytes);
        }
        bytes.extend_from_slice(&piece);
    }
}

/// Until its version is added there is no package; then all of it is there.
pub async fn a_package_is_there_with_all_its_files_or_not_at_all(store: &Arc<dyn Store>) {
    let import = Uuid::new_v4();
    let one = kept(store, import, b"<p>one").await;
    let empty = kept(store, import, b"").await;
    assert_eq!(one.sha256, hex::encode(Sha256::digest(b"<p>one")));
    assert_eq!((one.bytes, empty.bytes), (6, 0));
    assert!(store.packages().await.unwrap().is_empty());
    let files = vec![file("index.html", one.clone()), file("a/è b.html", empty)];
    let number = store.add_package_version(import, "corso", version("k1", files)).await.unwrap();
    assert_eq!(number, 1);
    let package = store.package("corso").await.unwrap().unwrap();
    let expected = PackageVersion {
        package: "corso".into(),
        number: 1,
        key: "k1".into(),
        title: "Sicurezza è".into(),
        standard: "scorm-1.2".into(),
        created: NOW,
        files: 2,
        bytes: 6,
    };
    assert_eq!((package.current, &package.versions), (1, &vec![expected.clone()]));
    assert_eq!(store.packages().await.unwrap(), [package]);
    let outline = "{\"of\":\"k1\"}".to_owned();
    assert_eq!(store.package_version("k1").await.unwrap(), Some((expected, outline)));
    let found = store.package_file("k1", "index.html").await.unwrap().unwrap();
    assert_eq!((found.content_type.as_str(), found.content.sha256), ("text/html", one.sha256));
    assert_eq!(read(store, "k1", "index.html").await.unwrap(), b"<p>one");
    assert_eq!(read(store, "k1", "a/è b.html").await.unwrap(), b"");
    for (key, path) in [("k1", "Index.html"), ("k1", ""), ("k2", "index.html")] {
        assert_eq!(store.package_file(key, path).await.unwrap(), None, "{key} {path}");
    }
    assert_eq!(store.package("Corso").await.unwrap(), None);
    assert_eq!(store.package_version("k2").await.unwrap(), None);
}

/// Going back is choosing; what was there before stays.
pub async fn the_newest_version_is_current_until_another_is_chosen(store: &Arc<dyn Store>) {
    for (number, key) in [(1, "k1"), (2, "k2"), (3, "k3")] {
        assert_eq!(import(store, "corso", key, &[("a", key)]).await, number);
    }
    let current = async || store.package("corso").await.unwrap().unwrap().current;
    assert_eq!(current().await, 3);
    assert!(store.set_current_version("corso", 1).await.unwrap());
    assert_eq!(current().await, 1);
    assert!(!store.set_current_version("corso", 4).await.unwrap());
    assert!(!store.set_current_version("other", 1).await.unwrap());
    assert_eq!(current().await, 1);
    assert_eq!(read(store, "k3", "a").await.unwrap(), b"k3");
    assert_eq!(import(store, "corso", "k4", &[("a", "k4")]).await, 4);
    assert_eq!(current().await, 4);
    // The last number is not given again.
    assert!(store.set_current_version("corso", 1).await.unwrap());
    assert!(store.remove_package_version("corso", 4).await.unwrap());
    assert_eq!(import(store, "corso", "k5", &[("a", "k5")]).await, 5);
}

/// Bytes in pieces of any size.
struct Cut(Vec<Bytes>);

#[async_trait]
impl Pieces for Cut {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        Ok((!self.0.is_empty()).then(|| self.0.remove(0)))
    }
}

/// As a player asks for a part of a film.
pub async fn content_comes_in_pieces_from_any_place(store: &Arc<dyn Store>) {
    let whole: Vec<u8> = (0..2 * PIECE + 12_345).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let parts = [0, 1, 70_000, PIECE + 3, whole.len()];
    let parts = parts.windows(2).map(|at| Bytes::copy_from_slice(&whole[at[0]..at[1]])).collect();
    let id = Uuid::new_v4();
    let content = store.keep_content(id, &mut Cut(parts)).await.unwrap();
    assert_eq!(content.bytes, whole.len() as u64);
    let files = vec![file("film.mp4", content)];
    store.add_package_version(id, "corso", version("k", files)).await.unwrap();
    assert_eq!(read(store, "k", "film.mp4").await.unwrap(), whole);
    let content = store.package_file("k", "film.mp4").await.unwrap().unwrap().content;
    for from in [1, 262_143, PIECE - 1, PIECE, 2 * PIECE + 12_344] {
        let piece = store.content_data(&content, from as u64).await.unwrap();
        assert!(!piece.is_empty() && piece.len() <= PIECE, "{} bytes", piece.len());
        assert_eq!(piece, whole[from..from + piece.len()], "from {from}");
    }
    let end = whole.len() as u64;
    for from in [end, end + 1, u64::MAX] {
        assert!(store.content_data(&content, from).await.unwrap().is_empty());
    }
}

/// A piece, then a failure.
struct Broken(bool);

#[async_trait]
impl Pieces for Broken {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        if std::mem::replace(&mut self.0, true) {
            return Err(StoreError::Rejected("the archive ends early".into()));
        }
        Ok(Some(Bytes::from_static(b"half")))
    }
}

/// Not the part that came either.
pub async fn content_that_broke_off_is_not_kept(store: &Arc<dyn Store>) {
    let id = Uuid::new_v4();
    let error = store.keep_content(id, &mut Broken(false)).await.unwrap_err();
    assert!(matches!(error, StoreError::Rejected(_)), "{error}");
    let sha256 = hex::encode(Sha256::digest(b"half"));
    let half = KeptContent { sha256, bytes: 4, place: String::new() };
    let files = vec![file("a", half)];
    let error = store.add_package_version(id, "corso", version("k", files)).await.unwrap_err();
    assert!(matches!(error, StoreError::Rejected(_)), "{error}");
    assert!(store.packages().await.unwrap().is_empty());
}

/// Another import, or one that was dropped, has it not.
pub async fn content_is_of_the_import_that_kept_it(store: &Arc<dyn Store>) {
    let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
    let content = kept(store, one, b"text").await;
    let new = || version("k", vec![file("a", content.clone())]);
    let refused = store.add_package_version(other, "corso", new()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Rejected(_)), "{refused}");
    store.drop_import(one).await.unwrap();
    store.drop_import(one).await.unwrap();
    let refused = store.add_package_version(one, "corso", new()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Rejected(_)), "{refused}");
    assert!(store.packages().await.unwrap().is_empty());
    // The same bytes can be kept again.
    import(store, "corso", "k", &[("a", "text")]).await;
    assert_eq!(read(store, "k", "a").await.unwrap(), b"text");
}

/// A key or number that is taken, a path twice.
pub async fn a_version_that_cannot_be_added_changes_nothing(store: &Arc<dyn Store>) {
    import(store, "corso", "k1", &[("a", "1")]).await;
    let before = store.packages().await.unwrap();
    let id = Uuid::new_v4();
    let content = kept(store, id, b"2").await;
    let one = || vec![file("a", content.clone())];
    let two = vec![file("a", content.clone()), file("a", content.clone())];
    for new in [
        version("k1", one()),
        NewVersion { number: Some(1), ..version("k2", one()) },
        version("k2", two),
    ] {
        let error = store.add_package_version(id, "corso", new).await.unwrap_err();
        assert!(matches!(error, StoreError::Rejected(_)), "{error}");
        assert_eq!(store.packages().await.unwrap(), before);
    }
    assert_eq!(store.package_version("k2").await.unwrap(), None);
    // The import goes on: a number of its own is taken.
    let new = NewVersion { number: Some(7), ..version("k2", one()) };
    assert_eq!(store.add_package_version(id, "corso", new).await.unwrap(), 7);
    assert_eq!(read(store, "k1", "a").await.unwrap(), b"1");
    assert_eq!(read(store, "k2", "a").await.unwrap(), b"2");
    assert_eq!(import(store, "corso", "k3", &[("a", "3")]).await, 8);
    // Numbers that another store gave.
    let id = Uuid::new_v4();
    let content = kept(store, id, b"4").await;
    let new = NewVersion { last: 20, ..version("k4", vec![file("a", content)]) };
    assert_eq!(store.add_package_version(id, "corso", new).await.unwrap(), 9);
    assert_eq!(store.package("corso").await.unwrap().unwrap().last, 20);
    assert_eq!(import(store, "corso", "k5", &[("a", "5")]).await, 21);
}

/// Equal files are shared, and stay as long as one version has them.
pub async fn a_removed_version_leaves_the_files_of_others(store: &Arc<dyn Store>) {
    import(store, "corso", "k1", &[("same", "same"), ("own", "one")]).await;
    import(store, "other", "k2", &[("same", "same")]).await;
    import(store, "corso", "k3", &[("same", "same"), ("own", "three")]).await;
    let own = store.package_file("k1", "own").await.unwrap().unwrap().content;
    assert!(!store.remove_package_version("corso", 2).await.unwrap(), "it is the current one");
    assert!(!store.remove_package_version("corso", 3).await.unwrap());
    assert!(!store.remove_package_version("none", 1).await.unwrap());
    assert!(store.remove_package_version("corso", 1).await.unwrap());
    assert!(!store.remove_package_version("corso", 1).await.unwrap());
    assert_eq!(store.package_version("k1").await.unwrap(), None);
    assert_eq!(store.package_file("k1", "same").await.unwrap(), None);
    let gone = store.content_data(&own, 0).await.unwrap_err();
    assert!(matches!(gone, StoreError::Corrupt(_)), "{gone}");
    assert_eq!(read(store, "k2", "same").await.unwrap(), b"same");
    assert_eq!(read(store, "k3", "own").await.unwrap(), b"three");
    assert_eq!(read(store, "k3", "same").await.unwrap(), b"same");
}

fn launch(token: &str, package: &str, key: &str, created: i64) -> KeptLaunch {
    let created = Instant::from_micros(created);
    KeptLaunch {
        token: token.to_owned(),
        package: package.to_owned(),
        key: key.to_owned(),
        created,
        expires: Instant::from_micros(created.micros() + 1_000),
        revoked: false,
        body: "{\"learner\":\"è\"}".into(),
    }
}

/// Its name is free for another one, which begins with version 1 and has none of the launches. Who has one can still be
/// told what it was for.
pub async fn a_removed_package_is_gone_and_its_launches_are_of_nothing(store: &Arc<dyn Store>) {
    for (name, key) in [("corso", "k1"), ("corso", "k2"), ("other", "k3")] {
        import(store, name, key, &[("a", key)]).await;
        assert!(store.add_launch(launch(&format!("of-{key}"), name, key, 5)).await.unwrap());
    }
    assert!(store.remove_package("corso").await.unwrap());
    assert!(!store.remove_package("corso").await.unwrap());
    assert_eq!(store.package("corso").await.unwrap(), None);
    for key in ["k1", "k2"] {
        assert_eq!(store.package_file(key, "a").await.unwrap(), None);
        let launch = store.launch(&format!("of-{key}")).await.unwrap();
        assert_eq!(launch.map(|it| it.key).as_deref(), Some(key));
    }
    assert!(store.launch("of-k3").await.unwrap().is_some());
    assert_eq!(read(store, "k3", "a").await.unwrap(), b"k3");
    assert_eq!(import(store, "corso", "k4", &[("a", "k4")]).await, 1);
    let never = Instant::from_micros(i64::MIN);
    assert_eq!(store.launches("corso", never, 9).await.unwrap(), [], "they were of the other one");
    assert!(!store.add_launch(launch("late", "corso", "k1", 5)).await.unwrap());
    store.remove_launches(NOW).await.unwrap();
    assert_eq!(store.launch("of-k1").await.unwrap(), None);
}

/// Those that expire later and were not taken back; of the version alone.
pub async fn good_launches_of_a_version_are_counted(store: &Arc<dyn Store>) {
    for (name, key) in [("corso", "k1"), ("corso", "k2"), ("other", "k3")] {
        import(store, name, key, &[("a", key)]).await;
    }
    for (token, name, key, created) in [
        ("t1", "corso", "k1", 10),
        ("t2", "corso", "k1", 20),
        ("t3", "corso", "k1", 30),
        ("t4", "corso", "k2", 10),
    ] {
        assert!(store.add_launch(launch(token, name, key, created)).await.unwrap());
    }
    let good = async |key: &str, now: i64| {
        store.good_launches(key, Instant::from_micros(now)).await.unwrap()
    };
    assert_eq!((good("k1", 0).await, good("k2", 0).await, good("k3", 0).await), (3, 1, 0));
    assert_eq!((good("k1", 1_009).await, good("k1", 1_010).await), (3, 2), "it expires then");
    assert!(store.revoke_launch("t3").await.unwrap());
    assert_eq!((good("k1", 0).await, good("k1", 1_010).await, good("k1", 1_020).await), (2, 1, 0));
    assert_eq!(good("none", 0).await, 0);
}

/// No version is lost, and none has the files of another.
pub async fn imports_at_once_are_versions_one_after_the_other(store: &Arc<dyn Store>) {
    let imports = (0..8).map(|n| {
        let (store, key) = (Arc::clone(store), format!("k{n}"));
        async move {
            let files = [("own", key.as_str()), ("same", "same")];
            let number = import(&store, "corso", &key, &files).await;
            (number, key)
        }
    });
    let mut imported = futures::future::join_all(imports).await;
    imported.sort();
    let numbers: Vec<u32> = imported.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    for (_, key) in &imported {
        assert_eq!(read(store, key, "own").await.unwrap(), key.as_bytes());
        assert_eq!(read(store, key, "same").await.unwrap(), b"same");
    }
    let package = store.package("corso").await.unwrap().unwrap();
    let keys: Vec<(u32, String)> =
        package.versions.into_iter().map(|it| (it.number, it.key)).collect();
    assert_eq!(keys, imported);
}

/// For those who copy or export all of them.
pub async fn files_are_paged_by_path(store: &Arc<dyn Store>) {
    let names: Vec<String> = (0..25).map(|n| format!("f{n:02}/è.html")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    import(store, "corso", "k", &files).await;
    for limit in [1, 7, 100] {
        let mut all: Vec<String> = Vec::new();
        loop {
            let after = all.last().cloned().unwrap_or_default();
            let page = store.package_files("k", &after, limit).await.unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            all.extend(page.into_iter().map(|file| file.path));
        }
        assert_eq!(all, names, "{limit} at a time");
    }
    assert!(store.package_files("none", "", 9).await.unwrap().is_empty());
}

/// The newest first in a list; none of a version that is not there.
pub async fn a_launch_comes_back_until_it_is_removed(store: &Arc<dyn Store>) {
    import(store, "corso", "k", &[("a", "a")]).await;
    let all = [launch("t1", "corso", "k", 10), launch("t2", "corso", "k", 30)];
    for launch in &all {
        assert!(store.add_launch(launch.clone()).await.unwrap());
        assert_eq!(store.launch(&launch.token).await.unwrap().as_ref(), Some(launch));
    }
    assert!(!store.add_launch(launch("t1", "corso", "k", 50)).await.unwrap(), "it is taken");
    assert!(!store.add_launch(launch("t3", "corso", "none", 50)).await.unwrap(), "no version");
    assert_eq!(store.launch("t3").await.unwrap(), None);
    let [first, second] = &all;
    let listed = async |alive: i64, limit: usize| {
        store.launches("corso", Instant::from_micros(alive), limit).await.unwrap()
    };
    assert_eq!(listed(0, 9).await, [second.clone(), first.clone()]);
    assert_eq!(listed(0, 1).await, std::slice::from_ref(second));
    assert_eq!(listed(1_010, 9).await, std::slice::from_ref(second));
    assert!(store.launches("other", NOW, 9).await.unwrap().is_empty());
    store.remove_launches(first.expires).await.unwrap();
    assert_eq!(listed(0, 9).await.len(), 2, "it expires then, and not before");
    store.remove_launches(first.expires.next()).await.unwrap();
    assert_eq!(listed(0, 9).await, std::slice::from_ref(second));
}

/// Of all packages, by their tokens; none of a version that was removed, and none that has expired.
pub async fn launches_are_read_some_at_a_time(store: &Arc<dyn Store>) {
    import(store, "corso", "k", &[("a", "a")]).await;
    import(store, "other", "o", &[("a", "a")]).await;
    import(store, "corso", "next", &[("a", "a")]).await;
    store.set_current_version("corso", 2).await.unwrap();
    let all = [
        launch("t1", "corso", "next", 50),
        launch("t2", "other", "o", 10),
        launch("t3", "corso", "next", 20),
        launch("t4", "other", "o", 40),
    ];
    for launch in all.iter().rev().chain([&launch("t0", "corso", "k", 90)]) {
        assert!(store.add_launch(launch.clone()).await.unwrap());
    }
    store.revoke_launch("t2").await.unwrap();
    assert!(store.remove_package_version("corso", 1).await.unwrap());
    let read = async |alive: i64, limit: usize| {
        let (mut read, mut after): (Vec<KeptLaunch>, Option<String>) = (Vec::new(), None);
        loop {
            let alive = Instant::from_micros(alive);
            let page = store.launches_beyond(after.as_deref(), alive, limit).await.unwrap();
            let Some(last) = page.last() else { return read };
            assert!(page.len() <= limit);
            after = Some(last.token.clone());
            read.extend(page);
        }
    };
    let mut expected = all;
    expected[1].revoked = true;
    for limit in [1, 2, 9] {
        assert_eq!(read(0, limit).await, expected, "{limit} at a time");
        let alive: Vec<String> = read(1_020, limit).await.into_iter().map(|it| it.token).collect();
        assert_eq!(alive, ["t1", "t4"]);
    }
}

/// Of many who take it back at once, too, one does.
pub async fn a_launch_is_taken_back_once(store: &Arc<dyn Store>) {
    import(store, "corso", "k", &[("a", "a")]).await;
    store.add_launch(launch("t", "corso", "k", 10)).await.unwrap();
    assert!(!store.revoke_launch("none").await.unwrap());
    let revoked = futures::future::join_all((0..8).map(|_| store.revoke_launch("t"))).await;
    assert_eq!(revoked.into_iter().filter(|revoked| *revoked.as_ref().unwrap()).count(), 1);
    let expected = KeptLaunch { revoked: true, ..launch("t", "corso", "k", 10) };
    assert_eq!(store.launch("t").await.unwrap(), Some(expected));
}

/// What learners are called in a package may be the address of somebody else.
pub async fn erased_launches_are_those_of_their_actor(store: &Arc<dyn Store>) {
    import(store, "corso", "k", &[("a", "a")]).await;
    let of = |token: &str, actor: &str| {
        let actor = serde_json::json!({"mbox": format!("mailto:{actor}@x.example")});
        let body =
            serde_json::json!({"actor": actor, "learner": {"id": "p0@x.example", "name": "P"}});
        KeptLaunch { body: body.to_string(), ..launch(token, "corso", "k", 10) }
    };
    let all = [of("t0", "P0"), of("t1", "p1")];
    for launch in &all {
        assert!(store.add_launch(launch.clone()).await.unwrap());
    }
    let person = Ifi::Mbox("mailto:p0@x.example".into());
    let eraser = Arc::new(Eraser::new([person], [], "erased-1"));
    assert_eq!(store.erase(ErasedPart::Launches, &eraser, Uuid::nil()).await.unwrap(), 1);
    let left = store.launches("corso", Instant::from_micros(0), 9).await.unwrap();
    assert_eq!(left, all[1..]);
}
