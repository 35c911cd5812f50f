//! Where statements were before they came here: a small collection, because few statements come from another store.
//! Fields: `_id`, the `stored` of the statement here; `name`; `stored` and `authority`, where the source had them.

use async_trait::async_trait;
use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::filter::visible;
use crate::MongoStore;
use crate::call::{all, call, insert_free};
use crate::field;
use crate::head::Stretch;
use crate::version_log::VersionLog;
use store::{Batch, KeptOrigin, OriginStore, Restored, Result, StoreError};
use xapi::attachment::Attachment;
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::prepare::Prepared;

/// The collection of origins.
#[derive(Clone)]
pub(crate) struct Origins {
    collection: Collection<Document>,
    versions: VersionLog,
}

impl Origins {
    pub(super) const fn new(collection: Collection<Document>, versions: VersionLog) -> Self {
        Self { collection, versions }
    }

    /// Keeps the origins of statements stored at these instants. Doing it again changes nothing.
    pub(super) async fn keep<'o>(
        &self,
        origins: impl Iterator<Item = (Instant, &'o Origin)>,
    ) -> Result<()> {
        let documents: Vec<Document> = origins.map(|(at, origin)| document(at, origin)).collect();
        if documents.is_empty() {
            return Ok(());
        }
        insert_free(&self.collection, &documents).await.map(drop)
    }

    /// Forgets where the statement stored at this instant came from.
    pub(super) async fn remove_of(&self, stored: Instant) -> Result<()> {
        call(self.collection.delete_one(doc! {"_id": stored.micros()})).await.map(drop)
    }

    /// Removes what was kept for a stretch.
    pub(super) async fn remove(&self, stretch: Stretch) -> Result<()> {
        call(self.collection.delete_many(stretch.filter("_id"))).await.map(drop)
    }

    /// See [`OriginStore::origins`].
    async fn within(
        &self,
        after: Instant,
        through: Instant,
        limit: usize,
    ) -> Result<Vec<KeptOrigin>> {
        let head = self.versions.head().await?;
        let shown = doc! {"$and": visible("_id", &head, after, through)};
        let limit = i64::try_from(limit).unwrap_or(i64::MAX).min(1 << 30);
        let find = self.collection.find(shown).sort(doc! {"_id": 1}).limit(limit);
        all(find).await?.iter().map(kept).collect()
    }
}

fn document(at: Instant, origin: &Origin) -> Document {
    let Origin { name, stored, authority } = origin;
    let mut document = doc! {"_id": at.micros(), "name": name};
    document.extend(stored.map(|stored| ("stored".to_owned(), stored.micros().into())));
    document.extend(authority.as_ref().map(|said| ("authority".to_owned(), said.into())));
    document
}

fn kept(document: &Document) -> Result<KeptOrigin> {
    let has = |name| document.contains_key(name);
    let stored = has("stored").then(|| field::instant(document, "stored")).transpose()?;
    let authority = has("authority").then(|| field::text(document, "authority")).transpose()?;
    let origin = Origin { name: field::text(document, "name")?, stored, authority };
    Ok(KeptOrigin { at: field::instant(document, "_id")?, origin })
}

#[async_trait]
impl OriginStore for MongoStore {
    async fn origins(
        &self,
        after: Instant,
        through: Instant,
        limit: usize,
    ) -> Result<Vec<KeptOrigin>> {
        self.0.statements.origins.within(after, through, limit).await
    }

    async fn restore_from(
        &self,
        statements: Vec<Restored>,
        attachments: Vec<Attachment>,
    ) -> Result<()> {
        let at = statements.iter().map(|restored| restored.statement.stored).collect();
        let prepare = |Restored { statement, origin }: Restored| {
            let again = Prepared::again(&statement).map_err(|error| {
                StoreError::Corrupt(format!("statement {}: {error}", statement.id))
            })?;
            Ok(again.with_origin(origin))
        };
        let statements = statements.into_iter().map(prepare).collect::<Result<_>>()?;
        self.0.writer.put(Batch { statements, attachments }, Some(at)).await.map(drop)
    }
}
