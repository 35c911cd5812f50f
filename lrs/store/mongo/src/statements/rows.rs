//! The collection of statements, a document each: see [`super::row`] for the fields. Nothing here
//! looks at the head: what of it can be read is for the callers to ask.

use std::collections::{BTreeSet, HashMap};

use mongodb::Collection;
use mongodb::action::Find;
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use super::key::{BATCH_WITH_KEYS, Key};
use super::row;
use crate::blob::{Blobs, Holder};
use crate::call::{BATCH, all, call, insert_free};
use crate::field;
use crate::head::{ClaimId, Stretch};
use store::Result;
use store::inheritance::Link;
use xapi::instant::Instant;
use xapi::prepare::Prepared;
use xapi::stored::Stored;

/// Ids in one call at most.
const IDS: usize = 1_000;

/// The collection, and the files that hold the bodies of long statements.
#[derive(Clone)]
pub(super) struct Rows {
    pub(super) collection: Collection<Document>,
    pub(super) blobs: Blobs,
}

impl Rows {
    pub(super) const fn new(collection: Collection<Document>, blobs: Blobs) -> Self {
        Self { collection, blobs }
    }

    /// The document of a statement stored at `stored`. A long body is written to a file under
    /// `claim`.
    pub(super) async fn document(
        &self,
        statement: &Prepared,
        stored: Instant,
        claim: ClaimId,
    ) -> Result<Document> {
        let filter = doc! {"_id": field::of_uuid(statement.id)};
        let holder = Holder::claimed(&self.collection, filter, claim);
        row::document(statement, stored, &self.blobs, holder).await
    }

    /// The statement of a document, where it is as it was written.
    pub(super) async fn statement(&self, document: &Document) -> Result<Stored> {
        row::statement(document, &self.blobs).await
    }

    /// Inserts those of `documents` whose ids are free; gives the positions of the others.
    pub(super) async fn insert_free(&self, documents: &[Document]) -> Result<Vec<usize>> {
        insert_free(&self.collection, documents).await
    }

    /// The documents of these ids, without their keys.
    pub(super) async fn with_ids(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Document>> {
        let mut found = HashMap::new();
        for ids in ids.chunks(IDS) {
            let find = self.collection.find(doc! {"_id": any_of(ids)});
            for document in all(find.projection(row::without_keys()).batch_size(BATCH)).await? {
                found.insert(field::uuid(&document, "_id")?, document);
            }
        }
        Ok(found)
    }

    /// The document of this id, without its keys.
    pub(super) async fn with_id(&self, id: Uuid) -> Result<Option<Document>> {
        let find = self.collection.find_one(doc! {"_id": field::of_uuid(id)});
        call(find.projection(row::without_keys())).await
    }

    /// The links of the statements of these ids.
    pub(super) async fn links(&self, ids: &[Uuid]) -> Result<Vec<Link>> {
        let fields: Document =
            row::LINK.iter().map(|name| ((*name).to_owned(), 1.into())).collect();
        let mut links = Vec::new();
        for ids in ids.chunks(IDS) {
            let find = self.collection.find(doc! {"_id": any_of(ids)});
            let found = all(find.projection(fields.clone()).batch_size(BATCH)).await?;
            let lengths = self.lengths_of_files(ids).await?;
            // A removed statement has no place in the log.
            for document in found.iter().filter(|it| it.contains_key("stored")) {
                let length = lengths.get(&field::uuid(document, "_id")?);
                links.push(row::link(document, length.copied().unwrap_or(0))?);
            }
        }
        Ok(links)
    }

    /// The lengths of those texts of the statements of these ids that are in files: all others are short.
    async fn lengths_of_files(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, usize>> {
        let in_files = doc! {"_id": any_of(ids), "body": {"$type": "objectId"}};
        let found = all(self.collection.find(in_files).projection(doc! {"body": 1})).await?;
        let lengths = self.blobs.lengths(&found).await?;
        let length = |(document, length)| Ok((field::uuid(document, "_id")?, length));
        found.iter().zip(lengths).map(length).collect()
    }

    /// The keys of the statements of these ids, not more than [`IDS`]. Those that were removed have none, and get none.
    pub(super) async fn keys(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, BTreeSet<Key>)>> {
        let find = self.collection.find(doc! {"_id": any_of(ids)});
        let find = find.projection(doc! {"keys": 1, "removed": 1}).batch_size(BATCH_WITH_KEYS);
        let known = |document: &Document| Ok((field::uuid(document, "_id")?, row::keys(document)?));
        all(find).await?.iter().filter(|it| !row::is_removed(it)).map(known).collect()
    }

    /// The documents of a stretch with their keys, in the order of `stored`.
    pub(super) async fn within(&self, stretch: Stretch) -> Result<Vec<Document>> {
        let find = self.collection.find(stretch.filter("stored")).sort(doc! {"stored": 1});
        all(find.batch_size(BATCH_WITH_KEYS)).await
    }

    /// Whether there is a statement after the first instant and up to the second.
    pub(super) async fn has_any(&self, after: Instant, until: Instant) -> Result<bool> {
        let within = doc! {"stored": {"$gt": after.micros(), "$lte": until.micros()}};
        let find = self.collection.find_one(within).projection(doc! {"_id": 1});
        Ok(call(find).await?.is_some())
    }

    /// Whether the statement `id` is there as it was stored at `stored`.
    pub(super) async fn has(&self, id: Uuid, stored: Instant) -> Result<bool> {
        let own = doc! {"_id": field::of_uuid(id), "stored": stored.micros()};
        Ok(call(self.collection.find_one(own)).await?.is_some())
    }

    /// Finds documents for which all of `conditions` hold, without their keys, by `stored`.
    pub(super) fn find(
        &self,
        conditions: Vec<Document>,
        ascending: bool,
        limit: usize,
    ) -> Find<'_, Document> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let order = doc! {"stored": if ascending { 1 } else { -1 }};
        let find = self.collection.find(doc! {"$and": conditions});
        find.projection(row::without_keys()).sort(order).limit(limit).batch_size(BATCH)
    }

    /// About how many statements there are.
    pub(super) async fn estimated_count(&self) -> Result<u64> {
        call(self.collection.estimated_document_count()).await
    }

    /// Gives these statements the same keys, beside those that they have.
    pub(super) async fn add_keys(&self, ids: &[Uuid], keys: &[Bson]) -> Result<()> {
        let add = doc! {"$addToSet": {"keys": {"$each": keys.to_vec()}}};
        call(self.collection.update_many(doc! {"_id": any_of(ids)}, add)).await.map(drop)
    }

    /// Removes the statement `id` where it was stored at `stored`.
    pub(super) async fn remove(&self, id: Uuid, stored: Instant) -> Result<()> {
        let own = doc! {"_id": field::of_uuid(id), "stored": stored.micros()};
        call(self.collection.delete_one(own)).await.map(drop)
    }

    /// Removes those of the statements of these ids that are stored in a stretch.
    pub(super) async fn remove_all_of(&self, ids: &[Uuid], stretch: Stretch) -> Result<()> {
        for ids in ids.chunks(IDS) {
            let mut own = stretch.filter("stored");
            own.insert("_id", any_of(ids));
            call(self.collection.delete_many(own)).await?;
        }
        Ok(())
    }

    /// Removes all statements of a stretch.
    pub(super) async fn remove_within(&self, stretch: Stretch) -> Result<()> {
        call(self.collection.delete_many(stretch.filter("stored"))).await.map(drop)
    }
}

/// What a field is that has one of these ids.
pub(super) fn any_of(ids: &[Uuid]) -> Document {
    let ids: Vec<Bson> = ids.iter().copied().map(field::of_uuid).collect();
    doc! {"$in": ids}
}

/// Keys as they are kept, in pieces of at most `length`.
pub(super) fn pieces(keys: &BTreeSet<Key>, length: usize) -> Vec<Vec<Bson>> {
    let keys: Vec<Bson> = keys.iter().copied().map(Key::to_bson).collect();
    keys.chunks(length).map(<[Bson]>::to_vec).collect()
}
