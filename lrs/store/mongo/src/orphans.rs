//! Orphans: files that no document names, and chunks without a file. A process leaves a file when it
//! dies before it writes the document, or after it gave the document another file. It leaves chunks
//! when it dies while it writes or removes a file.

use std::collections::HashSet;
use std::time::Duration;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use mongodb::{Collection, Database};

use super::blob::{BUCKET, Blobs, Holder};
use super::call::{all, call};
use super::field;
use super::head::Head;
use super::version_log::VersionLog;
use store::Result;
use xapi::instant::Instant;

/// Files, or chunks, of one page, and the pause before the next page: no request waits for the end.
const PAGE: usize = 1_000;
const PAUSE: Duration = Duration::from_millis(500);

/// The files of one database, and the claims under which files are being written.
#[derive(Clone)]
pub(super) struct Orphans {
    pub(super) database: Database,
    pub(super) blobs: Blobs,
    pub(super) versions: VersionLog,
}

impl Orphans {
    /// Removes the files that no document names, of those that were begun before `instant`. That must
    /// be so long ago that no process can still be about to write the document.
    pub(super) async fn remove(&self, instant: Instant) -> Result<()> {
        let seconds = u32::try_from(instant.micros().max(0) / 1_000_000).unwrap_or(u32::MAX);
        let before = ObjectId::from_parts(seconds, [0; 5], [0; 3]);
        let files = self.remove_files(before).await?;
        let torn = self.remove_chunks(before).await?;
        if files + torn > 0 {
            tracing::info!(files, torn, "removed files that dead processes had left");
        }
        Ok(())
    }

    fn collection(&self, of: &str) -> Collection<Document> {
        self.database.collection(&format!("{BUCKET}.{of}"))
    }

    async fn remove_files(&self, before: ObjectId) -> Result<usize> {
        let files = self.collection("files");
        let (mut removed, mut after) = (0, ObjectId::from_bytes([0; 12]));
        loop {
            let page = page(&files, "_id", after, before, "metadata").await?;
            // The head is read after the files: a claim that is gone from it has named its files.
            let head = self.versions.head().await?;
            for file in &page {
                after = field::object_id(file, "_id")?;
                if !self.is_needed(after, file, &head).await? {
                    self.blobs.remove([after]).await?;
                    removed += 1;
                }
            }
            if page.len() < PAGE {
                return Ok(removed);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether a document names the file, or may do so soon: where the claim is open that the file was
    /// written under. A file without a [`Holder`] was written by another program, and stays.
    async fn is_needed(&self, id: ObjectId, file: &Document, head: &Head) -> Result<bool> {
        let Some(holder) = file.get_document("metadata").ok().and_then(Holder::from_metadata)
        else {
            return Ok(true);
        };
        if head.claims.iter().any(|claim| Some(claim.id()) == holder.claim) {
            return Ok(true);
        }
        let holders = self.database.collection::<Document>(&holder.collection);
        let holders = all(holders.find(holder.filter)).await?;
        let names_it = |holder: &Document| holder.values().any(|it| *it == Bson::ObjectId(id));
        Ok(holders.iter().any(names_it))
    }

    async fn remove_chunks(&self, before: ObjectId) -> Result<usize> {
        let (files, chunks) = (self.collection("files"), self.collection("chunks"));
        let (mut removed, mut after) = (0, ObjectId::from_bytes([0; 12]));
        loop {
            let page = page(&chunks, "files_id", after, before, "files_id").await?;
            let mut ids = Vec::new();
            for chunk in &page {
                ids.push(field::object_id(chunk, "files_id")?);
            }
            ids.dedup();
            let files = files.find(doc! {"_id": {"$in": ids.clone()}});
            let files = all(files.projection(doc! {"_id": 1})).await?;
            let files = files.iter().map(|file| field::object_id(file, "_id"));
            let files = files.collect::<Result<HashSet<_>>>()?;
            for id in ids {
                after = id;
                if !files.contains(&id) {
                    call(chunks.delete_many(doc! {"files_id": id})).await?;
                    removed += 1;
                }
            }
            if page.len() < PAGE {
                return Ok(removed);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The next [`PAGE`] documents whose `id` lies between two, in its order; of each `id` and `field`.
async fn page(
    of: &Collection<Document>,
    id: &str,
    after: ObjectId,
    before: ObjectId,
    field: &str,
) -> Result<Vec<Document>> {
    let found = of.find(doc! {id: {"$gt": after, "$lt": before}}).sort(doc! {id: 1});
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let mut fields = doc! {"_id": 0};
    fields.extend([(id.to_owned(), 1.into()), (field.to_owned(), 1.into())]);
    all(found.projection(fields).limit(limit)).await
}
