//! Packages as the store gives them.

use async_trait::async_trait;
use bytes::Bytes;
use store::{
    KeptContent, KeptLaunch, NewVersion, Package, PackageFile, PackageStore, PackageVersion,
    Pieces, Result,
};
use uuid::Uuid;

use crate::MongoStore;
use xapi::instant::Instant;

#[async_trait]
impl PackageStore for MongoStore {
    async fn keep_content(&self, import: Uuid, bytes: &mut dyn Pieces) -> Result<KeptContent> {
        self.0.packages.keep(import, bytes).await
    }

    async fn add_package_version(&self, import: Uuid, name: &str, new: NewVersion) -> Result<u32> {
        self.0.packages.add(import, name, new).await
    }

    async fn drop_import(&self, import: Uuid) -> Result<()> {
        self.0.packages.drop_import(import).await
    }

    async fn packages(&self) -> Result<Vec<Package>> {
        self.0.packages.all().await
    }

    async fn package(&self, name: &str) -> Result<Option<Package>> {
        self.0.packages.package(name).await
    }

    async fn set_current_version(&self, name: &str, number: u32) -> Result<bool> {
        self.0.packages.set_current(name, number).await
    }

    async fn remove_package_version(&self, name: &str, number: u32) -> Result<bool> {
        self.0.packages.remove_version(name, number).await
    }

    async fn remove_package(&self, name: &str) -> Result<bool> {
        self.0.packages.remove(name, self.0.clock.now()).await
    }

    async fn package_version(&self, key: &str) -> Result<Option<(PackageVersion, String)>> {
        self.0.packages.version(key).await
    }

    async fn package_file(&self, key: &str, path: &str) -> Result<Option<PackageFile>> {
        self.0.packages.file(key, path).await
    }

    async fn package_files(
        &self,
        key: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<PackageFile>> {
        self.0.packages.files(key, after, limit).await
    }

    async fn content_data(&self, content: &KeptContent, from: u64) -> Result<Bytes> {
        self.0.packages.data(content, from).await
    }

    async fn add_launch(&self, launch: KeptLaunch) -> Result<bool> {
        self.0.packages.launches.add(&launch, &self.0.packages).await
    }

    async fn launch(&self, token: &str) -> Result<Option<KeptLaunch>> {
        self.0.packages.launches.launch(token).await
    }

    async fn launches(
        &self,
        package: &str,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        let package = self.0.packages.package(package).await?;
        self.0.packages.launches.of_package(package, alive, limit).await
    }

    async fn launches_beyond(
        &self,
        after: Option<&str>,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        let packages = self.0.packages.all().await?;
        self.0.packages.launches.beyond(packages, after, alive, limit).await
    }

    async fn good_launches(&self, key: &str, now: Instant) -> Result<u64> {
        self.0.packages.launches.good(key, now).await
    }

    async fn revoke_launch(&self, token: &str) -> Result<bool> {
        self.0.packages.launches.revoke(token).await
    }

    async fn remove_launches(&self, instant: Instant) -> Result<()> {
        self.0.packages.launches.remove(instant).await
    }
}
