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
            if !theirs.versions.iter().all(is_of_ours) {
                // What an earlier part of this copy brought was removed since.
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
                self.version(version).await?;
            }
        }
        let chosen = self.to.set_current_version(&package.name, package.current);
        chosen.await.map_err(target)?;
        for launch in launches(self.from, &package.name).await.map_err(source)? {
            self.launch(launch).await?;
        }
        Ok(())
    }

    async fn version(&self, version: &PackageVersion) -> Result<()> {
        let import = Uuid::new_v4();
        let copied = self.version_of(import, version).await;
        if copied.is_err() {
            // The error says more; what stays is removed when the target is opened again.
            let _ = self.to.drop_import(import).await;
        }
        copied
    }

    async fn version_of(&self, import: Uuid, version: &PackageVersion) -> Result<()> {
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
