//! Launches, by the hash of their token. Fields: `_id`, `package`, `key`, `created` and `expires` in microseconds, `body`.
//! A launch that was taken back has a document in `launch_revoked` with its `_id`, `key` and `expires`: inserting the document is
//! what one request alone can do.

use std::collections::HashSet;

use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::Packages;
use crate::call::{all, call, insert};
use crate::field;
use store::{KeptLaunch, Package, Result, StoreError};
use xapi::instant::Instant;

/// The most that a list can have: not every server takes a larger number.
const MOST: i64 = 1 << 30;

/// The collections of launches.
#[derive(Clone)]
pub(crate) struct Launches {
    launches: Collection<Document>,
    revoked: Collection<Document>,
}

impl Launches {
    pub(super) const fn new(launches: Collection<Document>, revoked: Collection<Document>) -> Self {
        Self { launches, revoked }
    }

    pub(crate) async fn add(&self, launch: &KeptLaunch, packages: &Packages) -> Result<bool> {
        let is_there = async || {
            let version = packages.visible(&launch.key).await?;
            Ok::<_, StoreError>(version.is_some_and(|(it, _)| it.package == launch.package))
        };
        if !is_there().await? {
            return Ok(false);
        }
        let document = doc! {
            "_id": &launch.token,
            "package": &launch.package,
            "key": &launch.key,
            "created": launch.created.micros(),
            "expires": launch.expires.micros(),
            "body": &launch.body,
        };
        if !insert(&self.launches, document).await? {
            return Ok(false);
        }
        // The version may have been removed since it was looked at.
        if is_there().await? {
            return Ok(true);
        }
        call(self.launches.delete_one(doc! {"_id": &launch.token})).await?;
        Ok(false)
    }

    pub(crate) async fn launch(&self, token: &str) -> Result<Option<KeptLaunch>> {
        let Some(found) = call(self.launches.find_one(doc! {"_id": token})).await? else {
            return Ok(None);
        };
        let revoked = call(self.revoked.find_one(doc! {"_id": token})).await?;
        launch(&found, revoked.is_some()).map(Some)
    }

    pub(crate) async fn of_package(
        &self,
        package: Option<Package>,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        let Some(Package { name, versions, .. }) = package else { return Ok(Vec::new()) };
        let keys: Vec<String> = versions.into_iter().map(|version| version.key).collect();
        let filter =
            doc! {"package": name, "key": {"$in": keys}, "expires": {"$gt": alive.micros()}};
        self.found(filter, doc! {"created": -1, "_id": 1}, limit).await
    }

    pub(crate) async fn beyond(
        &self,
        packages: Vec<Package>,
        after: Option<&str>,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        let versions = packages.into_iter().flat_map(|package| package.versions);
        let keys: Vec<String> = versions.map(|version| version.key).collect();
        let filter = doc! {"_id": {"$gt": after.unwrap_or_default()}, "key": {"$in": keys},
        "expires": {"$gt": alive.micros()}};
        self.found(filter, doc! {"_id": 1}, limit).await
    }

    async fn found(
        &self,
        filter: Document,
        order: Document,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX).min(MOST);
        let found = all(self.launches.find(filter).sort(order).limit(limit)).await?;
        let tokens = found.iter().map(|it| field::text(it, "_id")).collect::<Result<Vec<_>>>()?;
        let revoked = all(self.revoked.find(doc! {"_id": {"$in": tokens}})).await?;
        let revoked = revoked.iter().map(|it| field::text(it, "_id"));
        let revoked = revoked.collect::<Result<HashSet<_>>>()?;
        found.iter().map(|it| launch(it, revoked.contains(&field::text(it, "_id")?))).collect()
    }

    pub(crate) async fn revoke(&self, token: &str) -> Result<bool> {
        let Some(found) = call(self.launches.find_one(doc! {"_id": token})).await? else {
            return Ok(false);
        };
        let expires = field::integer(&found, "expires")?;
        let key = field::text(&found, "key")?;
        insert(&self.revoked, doc! {"_id": token, "key": key, "expires": expires}).await
    }

    pub(crate) async fn good(&self, key: &str, now: Instant) -> Result<u64> {
        let unexpired = doc! {"key": key, "expires": {"$gt": now.micros()}};
        let all = call(self.launches.count_documents(unexpired.clone())).await?;
        let revoked = call(self.revoked.count_documents(unexpired)).await?;
        Ok(all.saturating_sub(revoked))
    }

    pub(crate) async fn remove(&self, instant: Instant) -> Result<()> {
        let expired = doc! {"expires": {"$lt": instant.micros()}};
        // The launches first: one without its mark would be good again.
        call(self.launches.delete_many(expired.clone())).await?;
        call(self.revoked.delete_many(expired)).await?;
        Ok(())
    }
}

fn launch(document: &Document, revoked: bool) -> Result<KeptLaunch> {
    Ok(KeptLaunch {
        token: field::text(document, "_id")?,
        package: field::text(document, "package")?,
        key: field::text(document, "key")?,
        created: field::instant(document, "created")?,
        expires: field::instant(document, "expires")?,
        revoked,
        body: field::text(document, "body")?,
    })
}
