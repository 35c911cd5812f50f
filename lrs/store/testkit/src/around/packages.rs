//! Packages, refusals, and the room that all takes.

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use store::{
    KeptContent, KeptLaunch, KeptRefusal, NewVersion, Package, PackageFile, PackageStore,
    PackageVersion, Pieces, RefusalFilter, RefusalStore, Result, Space, SpaceStore,
};
use xapi::instant::Instant;

use super::{Around, Hook};

#[async_trait]
impl<H: Hook> PackageStore for Around<H> {
    async fn keep_content(&self, import: Uuid, bytes: &mut dyn Pieces) -> Result<KeptContent> {
        self.hook.before("keep_content").await?;
        self.store.keep_content(import, bytes).await
    }
    async fn add_package_version(&self, import: Uuid, name: &str, new: NewVersion) -> Result<u32> {
        self.hook.before("add_package_version").await?;
        self.store.add_package_version(import, name, new).await
    }
    async fn drop_import(&self, import: Uuid) -> Result<()> {
        self.hook.before("drop_import").await?;
        self.store.drop_import(import).await
    }
    async fn packages(&self) -> Result<Vec<Package>> {
        self.hook.before("packages").await?;
        self.store.packages().await
    }
    async fn package(&self, name: &str) -> Result<Option<Package>> {
        self.hook.before("package").await?;
        self.store.package(name).await
    }
    async fn set_current_version(&self, name: &str, number: u32) -> Result<bool> {
        self.hook.before("set_current_version").await?;
        self.store.set_current_version(name, number).await
    }
    async fn remove_package_version(&self, name: &str, number: u32) -> Result<bool> {
        self.hook.before("remove_package_version").await?;
        self.store.remove_package_version(name, number).await
    }
    async fn remove_package(&self, name: &str) -> Result<bool> {
        self.hook.before("remove_package").await?;
        self.store.remove_package(name).await
    }
    async fn package_version(&self, key: &str) -> Result<Option<(PackageVersion, String)>> {
        self.hook.before("package_version").await?;
        self.store.package_version(key).await
    }
    async fn package_file(&self, key: &str, path: &str) -> Result<Option<PackageFile>> {
        self.hook.before("package_file").await?;
        self.store.package_file(key, path).await
    }
    async fn package_files(
        &self,
        key: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<PackageFile>> {
        self.hook.before("package_files").await?;
        self.store.package_files(key, after, limit).await
    }
    async fn content_data(&self, content: &KeptContent, from: u64) -> Result<Bytes> {
        self.hook.before("content_data").await?;
        self.store.content_data(content, from).await
    }
    async fn add_launch(&self, launch: KeptLaunch) -> Result<bool> {
        self.hook.before("add_launch").await?;
        self.store.add_launch(launch).await
    }
    async fn launch(&self, token: &str) -> Result<Option<KeptLaunch>> {
        self.hook.before("launch").await?;
        self.store.launch(token).await
    }
    async fn launches(
        &self,
        package: &str,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        self.hook.before("launches").await?;
        self.store.launches(package, alive, limit).await
    }
    async fn launches_beyond(
        &self,
        after: Option<&str>,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        self.hook.before("launches_beyond").await?;
        self.store.launches_beyond(after, alive, limit).await
    }
    async fn good_launches(&self, key: &str, now: Instant) -> Result<u64> {
        self.hook.before("good_launches").await?;
        self.store.good_launches(key, now).await
    }
    async fn revoke_launch(&self, token: &str) -> Result<bool> {
        self.hook.before("revoke_launch").await?;
        self.store.revoke_launch(token).await
    }
    async fn remove_launches(&self, instant: Instant) -> Result<()> {
        self.hook.before("remove_launches").await?;
        self.store.remove_launches(instant).await
    }
}

#[async_trait]
impl<H: Hook> RefusalStore for Around<H> {
    async fn keep_refusals(&self, refusals: Vec<KeptRefusal>) -> Result<()> {
        self.hook.before("keep_refusals").await?;
        self.store.keep_refusals(refusals).await
    }
    async fn refusals(&self, filter: &RefusalFilter, limit: usize) -> Result<Vec<KeptRefusal>> {
        self.hook.before("refusals").await?;
        self.store.refusals(filter, limit).await
    }
    async fn refusal(&self, id: Uuid) -> Result<Option<KeptRefusal>> {
        self.hook.before("refusal").await?;
        self.store.refusal(id).await
    }
}

#[async_trait]
impl<H: Hook> SpaceStore for Around<H> {
    async fn space(&self) -> Result<Space> {
        self.hook.before("space").await?;
        self.store.space().await
    }
}
