//! Packages as the store gives them: rows of the database, and contents of the folder.

use std::iter;

use async_trait::async_trait;
use bytes::Bytes;
use store::{
    KeptContent, KeptLaunch, NewVersion, Package, PackageFile, PackageStore, PackageVersion,
    Pieces, Result, StoreError,
};
use uuid::Uuid;

use crate::{SqliteStore, reading};
use xapi::instant::Instant;

/// Files that are written in one job: other writers wait for no more.
const FILES: usize = 1_000;

impl SqliteStore {
    /// Removes the content that no version needs, where this was not done since the store was opened: a process that died
    /// may have left some.
    async fn sweep_contents(&self) -> Result<()> {
        if self.0.writer.is_none() {
            return Err(reading::not_written());
        }
        // One import sweeps, and the others wait: what they add has no version for a while.
        let _one = self.0.contents.sweeping.lock().await;
        if self.0.contents.is_swept().await {
            return Ok(());
        }
        for key in self.read(super::abandoned).await? {
            self.remove_files(&key).await?;
        }
        let needed = |hashes: Vec<String>| self.read(move |it| super::needed(it, hashes));
        self.0.contents.sweep(needed).await
    }

    /// Adds the files of a version, some at a time: others write between them. Where that fails, none is left.
    async fn add_files(&self, key: &str, files: &[PackageFile]) -> Result<()> {
        for (some, is_first) in files.chunks(FILES).zip(iter::once(true).chain(iter::repeat(false)))
        {
            let (of, some) = (key.to_owned(), some.to_vec());
            let added = self.write(move |session| super::add_files(session, &of, &some, is_first));
            if let Err(error) = added.await {
                // Those of another version are not touched: the first are refused where the key is taken.
                if !is_first {
                    self.remove_files(key).await?;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Removes the files of a version that is gone, some at a time.
    async fn remove_files(&self, key: &str) -> Result<()> {
        loop {
            let of = key.to_owned();
            let hashes =
                self.write(move |session| super::remove_files(session, &of, FILES)).await?;
            if hashes.is_empty() {
                return Ok(());
            }
            self.drop_contents(hashes).await?;
        }
    }

    /// Removes those of the contents of these hashes that neither a version nor an import needs.
    async fn drop_contents(&self, hashes: Vec<String>) -> Result<()> {
        let needed = |hashes: Vec<String>| self.read(move |it| super::needed(it, hashes));
        self.0.contents.clear(hashes, needed).await
    }
}

#[async_trait]
impl PackageStore for SqliteStore {
    async fn keep_content(&self, import: Uuid, bytes: &mut dyn Pieces) -> Result<KeptContent> {
        self.sweep_contents().await?;
        self.0.contents.keep(import, bytes).await
    }

    async fn add_package_version(&self, import: Uuid, name: &str, new: NewVersion) -> Result<u32> {
        self.0.contents.check(import, &new.files).await?;
        self.add_files(&new.key, &new.files).await?;
        let (name, key, has_files) = (name.to_owned(), new.key.clone(), !new.files.is_empty());
        let added = self.write(move |session| super::add(session, &name, &new)).await;
        // Without files the key was not claimed, and may be that of another version.
        if has_files && matches!(added, Err(StoreError::Rejected(_))) {
            self.remove_files(&key).await?;
        }
        let number = added?;
        // The version is visible: an error here would have it imported again.
        if let Err(error) = self.drop_import(import).await {
            tracing::warn!(%error, "content that nothing needs stays until the next import");
        }
        Ok(number)
    }

    async fn drop_import(&self, import: Uuid) -> Result<()> {
        let hashes = self.0.contents.forget(import).await;
        self.drop_contents(hashes).await
    }

    async fn packages(&self) -> Result<Vec<Package>> {
        self.read(|connection| super::packages(connection, None)).await
    }

    async fn package(&self, name: &str) -> Result<Option<Package>> {
        let name = name.to_owned();
        let found = self.read(move |connection| super::packages(connection, Some(&name)));
        Ok(found.await?.pop())
    }

    async fn set_current_version(&self, name: &str, number: u32) -> Result<bool> {
        let name = name.to_owned();
        self.write(move |session| super::set_current(session, &name, number)).await
    }

    async fn remove_package_version(&self, name: &str, number: u32) -> Result<bool> {
        let name = name.to_owned();
        let removed =
            self.write(move |session| super::remove_version(session, &name, number)).await?;
        let Some(key) = removed else { return Ok(false) };
        self.remove_files(&key).await.map(|()| true)
    }

    async fn remove_package(&self, name: &str) -> Result<bool> {
        let name = name.to_owned();
        let removed = self.write(move |session| super::remove(session, &name)).await?;
        let Some(keys) = removed else { return Ok(false) };
        for key in keys {
            self.remove_files(&key).await?;
        }
        Ok(true)
    }

    async fn package_version(&self, key: &str) -> Result<Option<(PackageVersion, String)>> {
        let key = key.to_owned();
        self.read(move |connection| super::version(connection, &key)).await
    }

    async fn package_file(&self, key: &str, path: &str) -> Result<Option<PackageFile>> {
        let (key, path) = (key.to_owned(), path.to_owned());
        self.read(move |connection| super::file(connection, &key, &path)).await
    }

    async fn package_files(
        &self,
        key: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<PackageFile>> {
        let (key, after) = (key.to_owned(), after.to_owned());
        self.read(move |connection| super::files(connection, &key, &after, limit)).await
    }

    async fn content_data(&self, content: &KeptContent, from: u64) -> Result<Bytes> {
        self.0.contents.read(content, from).await
    }

    async fn add_launch(&self, launch: KeptLaunch) -> Result<bool> {
        self.write(move |session| super::add_launch(session, &launch)).await
    }

    async fn launch(&self, token: &str) -> Result<Option<KeptLaunch>> {
        let token = token.to_owned();
        self.read(move |connection| super::launch(connection, &token)).await
    }

    async fn launches(
        &self,
        package: &str,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        let package = package.to_owned();
        self.read(move |connection| super::launches(connection, &package, alive, limit)).await
    }

    async fn launches_beyond(
        &self,
        after: Option<&str>,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        let after = after.unwrap_or_default().to_owned();
        self.read(move |connection| super::launches_beyond(connection, &after, alive, limit)).await
    }

    async fn good_launches(&self, key: &str, now: Instant) -> Result<u64> {
        let key = key.to_owned();
        self.read(move |connection| super::good_launches(connection, &key, now)).await
    }

    async fn revoke_launch(&self, token: &str) -> Result<bool> {
        let token = token.to_owned();
        self.write(move |session| super::revoke_launch(session, &token)).await
    }

    async fn remove_launches(&self, instant: Instant) -> Result<()> {
        self.write(move |session| super::remove_launches(session, instant)).await
    }
}
