//! The data of attachments: files of `GridFS`, which a document under the hash names once their
//! statements are sealed.

use std::collections::{BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};

use crate::blob::{Blob, Blobs, Holder};
use crate::call::{all, call, insert};
use crate::field;
use crate::head::ClaimId;
use store::{KeptAttachment, Result, StoreError};
use xapi::attachment::Attachment;

/// Attachments asked for at once.
const ASKED: usize = 1_000;

/// The documents that name attachments by their hashes, and the files that hold their data.
#[derive(Clone)]
pub(crate) struct Attachments {
    collection: Collection<Document>,
    blobs: Blobs,
}

impl Attachments {
    pub(super) const fn new(collection: Collection<Document>, blobs: Blobs) -> Self {
        Self { collection, blobs }
    }

    /// Removes the data of attachments, with their files.
    pub(crate) async fn remove(&self, hashes: &[String]) -> Result<()> {
        let hashes: Vec<String> = hashes.iter().map(|hash| hash.to_ascii_lowercase()).collect();
        for document in self.with_hashes(hashes.iter().cloned()).await? {
            let id = field::text(&document, "_id")?;
            call(self.collection.delete_one(doc! {"_id": id})).await?;
            self.blobs.remove(document.get_object_id("file").ok()).await?;
        }
        Ok(())
    }

    /// See [`store::StatementStore::attachments`].
    pub(crate) async fn kept(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>> {
        let hashes: BTreeSet<String> =
            hashes.iter().map(|hash| hash.to_ascii_lowercase()).collect();
        let hashes: Vec<String> = hashes.into_iter().collect();
        let mut kept = Vec::new();
        for hashes in hashes.chunks(ASKED) {
            let documents = self.with_hashes(hashes.iter().cloned()).await?;
            let ids = documents.iter().map(|document| field::object_id(document, "file"));
            let ids = ids.map(|id| id.map(Bson::ObjectId)).collect::<Result<Vec<_>>>()?;
            let files = self.blobs.files(ids).await?;
            let files: HashMap<ObjectId, Blob> = files.iter().map(|it| (it.id, *it)).collect();
            for document in &documents {
                let sha2 = field::text(document, "_id")?;
                let gone = || StoreError::Corrupt(format!("the file of attachment {sha2} is gone"));
                let file = files.get(&field::object_id(document, "file")?).ok_or_else(gone)?;
                kept.push(KeptAttachment {
                    sha2,
                    content_type: field::text(document, "content_type")?,
                    bytes: file.bytes,
                    place: format!("{} {}", file.id, file.chunk),
                });
            }
        }
        Ok(kept)
    }

    /// See [`store::StatementStore::attachment_data`].
    pub(crate) async fn data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes> {
        let place = kept.place.split_once(' ');
        let place = place.and_then(|(id, chunk)| Some((id.parse().ok()?, chunk.parse().ok()?)));
        let (id, chunk) = place
            .ok_or_else(|| StoreError::Corrupt(format!("the place of attachment {}", kept.sha2)))?;
        self.blobs.piece(Blob { id, bytes: kept.bytes, chunk }, from).await
    }

    async fn with_hashes(&self, hashes: impl Iterator<Item = String>) -> Result<Vec<Document>> {
        let hashes: HashSet<String> = hashes.collect();
        if hashes.is_empty() {
            return Ok(Vec::new());
        }
        let hashes: Vec<Bson> = hashes.into_iter().map(Bson::String).collect();
        all(self.collection.find(doc! {"_id": {"$in": hashes}})).await
    }

    /// Writes the data of those attachments that are not kept yet, under `claim`; says whether there
    /// were any.
    pub(super) async fn upload<'a>(
        &self,
        attachments: impl Iterator<Item = &'a Attachment> + Clone,
        claim: ClaimId,
    ) -> Result<bool> {
        let hashes = attachments.clone().map(|attachment| attachment.sha2.to_ascii_lowercase());
        let mut known = HashSet::new();
        for document in self.with_hashes(hashes).await? {
            known.insert(field::text(&document, "_id")?);
        }
        let mut written = false;
        for attachment in attachments {
            let sha2 = attachment.sha2.to_ascii_lowercase();
            if known.insert(sha2.clone()) {
                let holder = Holder::claimed(&self.collection, doc! {"_id": &sha2}, claim);
                let content_type = &attachment.content_type;
                let name = doc! {"sha2": sha2, "content_type": content_type};
                self.blobs.write_named(&attachment.body, holder, name).await?;
                written = true;
            }
        }
        Ok(written)
    }

    /// Names the files that were written under `claim`: the first data under a hash stays.
    pub(super) async fn attach(&self, claim: ClaimId) -> Result<()> {
        for (file, name) in self.blobs.written_under(claim).await? {
            // The other files of the claim are bodies of long statements.
            let Ok(sha2) = name.get_str("sha2") else { continue };
            let attachment = doc! {
                "_id": sha2,
                "content_type": field::text(&name, "content_type")?,
                "file": file,
            };
            if insert(&self.collection, attachment).await? {
                continue;
            }
            let kept = self.with_hashes(std::iter::once(sha2.to_owned())).await?;
            if kept.first().and_then(|kept| kept.get_object_id("file").ok()) != Some(file) {
                self.blobs.remove([file]).await?;
            }
        }
        Ok(())
    }
}
