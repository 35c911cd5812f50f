//! Packages: their versions with all files, and their launches.

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use super::{Result, Transfer, source, target};
use store::{
    KeptContent, KeptLaunch, NewVersion, Package, PackageFile, PackageVersion, Pieces,
    Result as StoreResult, Store,
};
use xapi::instant::Instant;

/// Files read at once.
const FILES: usize = 500;

/// The bytes of a content of another store.
struct Elsewhere<'s> {
    store: &'s dyn Store,
    content: &'s KeptContent,
    at: u64,
}

#[async_trait]
impl Pieces for Elsewhere<'_> {
    async fn next(&mut self) -> StoreResult<Option<Bytes>> {
        let piece = self.store.content_data(self.content, self.at).await?;
        self.at += piece.len() as u64;
        Ok((!piece.is_empty()).then_some(piece))
    }
}

impl Transfer<'_> {
    /// Copies packages that are new or changed, and removes those that are gone.
    pub(super) async fn packages(&self) -> Result<()> {
        let ours = self.from.packages().await.map_err(source)?;
        for theirs in self.to.packages().await.map_err(target)? {
            let known = ours.iter().find(|package| package.name == theirs.name);
            let is_of_ours = |version: &PackageVersion| {
                known.is_some_and(|package| package.versions.contains(version))
            };
            // What an earlier part of this copy brought was removed since, or what was imported since was.
            let is_behind = known.is_some_and(|package| {
                package.last != theirs.last && package.versions.len() == theirs.versions.len()
            });
            if is_behind || !theirs.versions.iter().all(is_of_ours) {
                self.to.remove_package(&theirs.name).await.map_err(target)?;
            }
        }
        for package in ours {
            self.package(&package).await?;
        }
        Ok(())
    }

    async fn package(&self, package: &Package) -> Result<()> {
        let theirs = self.to.package(&package.name).await.map_err(target)?;
        for version in &package.versions {
            let is_there = theirs.as_ref().is_some_and(|it| it.versions.contains(version));
            if !is_there {
                self.version(version, package.last).await?;
            }
        }
        let chosen = self.to.set_current_version(&package.name, package.current);
        chosen.await.map_err(target)?;
        for launch in launches(self.from, &package.name).await.map_err(source)? {
            self.launch(launch).await?;
        }
        Ok(())
    }

    async fn version(&self, version: &PackageVersion, last: u32) -> Result<()> {
        let import = Uuid::new_v4();
        let copied = self.version_of(import, version, last).await;
        if copied.is_err() {
            // The error says more; what stays is removed when the target is opened again.
            let _ = self.to.drop_import(import).await;
        }
        copied
    }

    async fn version_of(&self, import: Uuid, version: &PackageVersion, last: u32) -> Result<()> {
        let found = self.from.package_version(&version.key).await.map_err(source)?;
        // Removed since the packages were listed: the comparison tells.
        let Some((_, outline)) = found else { return Ok(()) };
        let mut files: Vec<PackageFile> = Vec::new();
        loop {
            let after = files.last().map(|file| file.path.clone()).unwrap_or_default();
            let page = self.from.package_files(&version.key, &after, FILES).await;
            let page = page.map_err(source)?;
            if page.is_empty() {
                break;
            }
            for file in page {
                let mut bytes = Elsewhere { store: self.from, content: &file.content, at: 0 };
                let content = self.to.keep_content(import, &mut bytes).await.map_err(target)?;
                files.push(PackageFile { content, ..file });
            }
        }
        let new = NewVersion {
            number: Some(version.number),
            last,
            key: version.key.clone(),
            title: version.title.clone(),
            standard: version.standard.clone(),
            outline,
            created: version.created,
            files,
        };
        self.to.add_package_version(import, &version.package, new).await.map_err(target)?;
        Ok(())
    }

    async fn launch(&self, launch: KeptLaunch) -> Result<()> {
        let (token, revoked) = (launch.token.clone(), launch.revoked);
        self.to.add_launch(KeptLaunch { revoked: false, ..launch }).await.map_err(target)?;
        if revoked {
            self.to.revoke_launch(&token).await.map_err(target)?;
        }
        Ok(())
    }
}

/// All launches of a package.
pub(super) async fn launches(store: &dyn Store, package: &str) -> StoreResult<Vec<KeptLaunch>> {
    store.launches(package, Instant::from_micros(i64::MIN), usize::MAX).await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use store::{Store, StoreError};
    use store_testkit::clock::TurnedClock;
    use store_testkit::memory::MemoryStore;

    use super::*;
    use crate::transfer::{Contents, TransferError, contents};

    fn store() -> Arc<dyn Store> {
        let clock = TurnedClock::at(Instant::from_micros(1_795_000_000_000_000));
        Arc::new(MemoryStore::new(Arc::new(clock)))
    }

    async fn import(store: &Arc<dyn Store>, name: &str, key: &str) -> u32 {
        let import = Uuid::new_v4();
        let mut files = Vec::new();
        for path in ["a/index.html", "b.js"] {
            let mut bytes = Some(Bytes::from(format!("{key} {path}")));
            let content = store.keep_content(import, &mut bytes).await.unwrap();
            files.push(PackageFile { path: path.into(), content_type: "a/b".into(), content });
        }
        let new = NewVersion {
            number: None,
            last: 0,
            key: key.into(),
            title: "T".into(),
            standard: "scorm-1.2".into(),
            outline: format!("[\"{key}\"]"),
            created: Instant::from_micros(7),
            files,
        };
        store.add_package_version(import, name, new).await.unwrap()
    }

    async fn launch(store: &Arc<dyn Store>, token: &str, package: &str, key: &str) {
        let (created, expires) = (Instant::from_micros(1), Instant::from_micros(9));
        let (token, package, key) = (token.into(), package.into(), key.into());
        let body = "{}".into();
        let launch = KeptLaunch { token, package, key, created, expires, revoked: false, body };
        assert!(store.add_launch(launch).await.unwrap());
    }

    async fn copied(
        from: &Arc<dyn Store>,
        to: &Arc<dyn Store>,
    ) -> std::result::Result<Contents, TransferError> {
        Transfer::new(&**from, &**to, &|_| ()).run().await
    }

    #[tokio::test]
    async fn packages_and_launches_are_the_same_in_a_copy_that_goes_on() {
        let (from, to) = (store(), store());
        from.secret().await.unwrap();
        for (name, key) in [("corso", "k1"), ("corso", "k2"), ("gone", "k3")] {
            import(&from, name, key).await;
        }
        from.set_current_version("corso", 1).await.unwrap();
        launch(&from, "t1", "corso", "k1").await;
        launch(&from, "t2", "corso", "k2").await;
        from.revoke_launch("t2").await.unwrap();
        let first = copied(&from, &to).await.unwrap();
        assert_eq!((first.packages.count, first.launches.count), (3, 2));
        assert_eq!(to.packages().await.unwrap(), from.packages().await.unwrap());
        assert!(to.launch("t2").await.unwrap().unwrap().revoked);

        // Then the source changes, and the same command goes on.
        from.remove_package("gone").await.unwrap();
        from.remove_package("corso").await.unwrap();
        assert_eq!(import(&from, "corso", "k4").await, 1, "another one under the same number");
        let second = copied(&from, &to).await.unwrap();
        assert_eq!((second.packages.count, second.launches.count), (1, 0));
        let file = to.package_file("k4", "b.js").await.unwrap().unwrap();
        assert_eq!(to.content_data(&file.content, 0).await.unwrap(), "k4 b.js");
        assert_eq!(to.package_version("k1").await.unwrap(), None);
    }

    #[tokio::test]
    async fn numbers_that_were_given_are_not_given_again_in_a_copy() {
        let (from, to) = (store(), store());
        from.secret().await.unwrap();
        for key in ["k1", "k2"] {
            import(&from, "corso", key).await;
        }
        let remove = async |number| {
            from.set_current_version("corso", 1).await.unwrap();
            assert!(from.remove_package_version("corso", number).await.unwrap());
        };
        remove(2).await;
        copied(&from, &to).await.unwrap();
        assert_eq!(to.packages().await.unwrap(), from.packages().await.unwrap());
        assert_eq!(import(&from, "corso", "k3").await, 3);
        remove(3).await;
        copied(&from, &to).await.unwrap();
        assert_eq!(import(&to, "corso", "k4").await, 4);
    }

    #[tokio::test]
    async fn everything_of_a_package_is_in_the_hash() {
        let whole = async |change: &str| {
            let store = store();
            for key in ["k1", "k2"] {
                import(&store, "corso", key).await;
            }
            launch(&store, "t1", "corso", "k1").await;
            match change {
                "current" => drop(store.set_current_version("corso", 1).await.unwrap()),
                "revoked" => drop(store.revoke_launch("t1").await.unwrap()),
                "removed" => {
                    store.set_current_version("corso", 1).await.unwrap();
                    store.remove_package_version("corso", 2).await.unwrap();
                }
                _ => {}
            }
            let found = contents(&*store, &|_| ()).await.unwrap();
            (found.packages.sha256, found.launches.sha256)
        };
        let plain = whole("").await;
        assert_eq!(whole("").await, plain);
        for change in ["current", "revoked", "removed"] {
            assert_ne!(whole(change).await, plain, "{change}");
        }
    }

    #[tokio::test]
    async fn a_copy_of_content_that_is_damaged_stops_and_says_which_side() {
        let (from, to) = (store(), store());
        from.secret().await.unwrap();
        import(&from, "corso", "k1").await;
        let failing = store_testkit::failing::Failing::over(Arc::clone(&from));
        failing.fail(&["content_data"]);
        let failing: Arc<dyn Store> = failing;
        let error = copied(&failing, &to).await.unwrap_err();
        let TransferError::Store { error: StoreError::Unavailable(_), .. } = error else {
            panic!("{error}")
        };
        assert!(to.packages().await.unwrap().is_empty());
        assert_eq!(copied(&from, &to).await.unwrap().packages.count, 1);
    }
}
