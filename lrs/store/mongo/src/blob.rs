//! Bytes of any size in a field: in the document itself, or in a file of `GridFS` where a document
//! could not hold them.

use std::collections::HashMap;

use bytes::{Buf as _, Bytes, BytesMut};
use futures::{AsyncReadExt as _, AsyncWriteExt as _, TryStreamExt as _};
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use mongodb::error::{ErrorKind, GridFsErrorKind};
use mongodb::gridfs::{FilesCollectionDocument, GridFsBucket};
use mongodb::options::GridFsBucketOptions;
use mongodb::{Collection, Database};

use super::call::{all, call};
use super::field;
use super::head::ClaimId;
use sha2::{Digest as _, Sha256};
use store::{PIECE, Pieces, Result, StoreError};

/// Longer bytes go into a file. A server's answer holds [`super::call::BATCH`] documents with this much.
pub(super) const INLINE: usize = 256 << 10;
/// The longest bytes that any release kept in the document itself.
pub(super) const EVER_INLINE: usize = 8 << 20;
/// How many bytes of a package's file are in each of its chunks but the last.
const CHUNK: u32 = 255 << 10;
/// The name of the files' collections, before `.files` and `.chunks`.
pub(super) const BUCKET: &str = "blob";
/// The fields of a file's metadata. The claim that the file was written under, by its first instant
/// in microseconds; 0 for a file that is no part of a statement.
const CLAIM: &str = "owner";
/// The collection of the file's [`Holder`].
const COLLECTION: &str = "in";
/// The filter that finds the file's [`Holder`] in its collection.
const FILTER: &str = "holder";

/// The document that names a file by its id, or that is about to. Each file names its holder, so
/// that a file whose holder was never written can be removed.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    /// The claim that the file was written under, where it is a part of a statement.
    pub(super) claim: Option<ClaimId>,
    pub(super) collection: String,
    /// Finds the document in the collection.
    pub(super) filter: Document,
}

impl Holder {
    /// The document of `collection` that `filter` finds.
    pub(super) fn new(collection: &Collection<Document>, filter: Document) -> Self {
        Self { claim: None, collection: collection.name().to_owned(), filter }
    }

    /// The document of `collection` that `filter` finds, which is written under `claim`.
    pub(super) fn claimed(
        collection: &Collection<Document>,
        filter: Document,
        claim: ClaimId,
    ) -> Self {
        Self { claim: Some(claim), ..Self::new(collection, filter) }
    }

    /// The holder that a file's metadata names; `None` where another program wrote the file.
    pub(super) fn from_metadata(metadata: &Document) -> Option<Self> {
        let claim = field::integer(metadata, CLAIM).ok()?;
        Some(Self {
            claim: (claim != 0).then(|| ClaimId::from_micros(claim)),
            collection: field::text(metadata, COLLECTION).ok()?,
            filter: metadata.get_document(FILTER).ok()?.clone(),
        })
    }

    fn to_metadata(&self) -> Document {
        let claim = self.claim.map_or(0, ClaimId::micros);
        doc! {CLAIM: claim, COLLECTION: &self.collection, FILTER: &self.filter}
    }
}

/// The files of one database.
#[derive(Clone)]
pub(super) struct Blobs {
    bucket: GridFsBucket,
    chunks: Collection<Document>,
}

/// A file without its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blob {
    pub(super) id: ObjectId,
    /// How many bytes it has.
    pub(super) bytes: u64,
    /// How many bytes are in each of its chunks but the last.
    pub(super) chunk: u32,
}

impl Blobs {
    pub(super) fn new(database: &Database) -> Self {
        let options = GridFsBucketOptions::builder().bucket_name(BUCKET.to_owned()).build();
        let chunks = database.collection(&format!("{BUCKET}.chunks"));
        Self { bucket: database.gridfs_bucket(options), chunks }
    }

    /// The files of these ids that are there, in no order.
    pub(super) async fn files(&self, ids: Vec<Bson>) -> Result<Vec<Blob>> {
        let found = self.bucket.find(doc! {"_id": {"$in": ids}});
        let found: Vec<_> = call(async { found.await?.try_collect::<Vec<_>>().await }).await?;
        let blob = |file: FilesCollectionDocument| {
            let id = id_of(&file)?;
            Ok(Blob { id, bytes: file.length, chunk: file.chunk_size_bytes })
        };
        found.into_iter().map(blob).collect()
    }

    /// The lengths of the texts in the fields `body` of documents, those in files included. A file that is gone has no bytes:
    /// reading it fails.
    pub(super) async fn lengths(&self, documents: &[Document]) -> Result<Vec<usize>> {
        let in_file = |document: &Document| document.get_object_id("body").ok();
        let ids: Vec<Bson> = documents.iter().filter_map(in_file).map(Bson::ObjectId).collect();
        let files = if ids.is_empty() { Vec::new() } else { self.files(ids).await? };
        let length = |file: Blob| Some((file.id, usize::try_from(file.bytes).ok()?));
        let files: HashMap<ObjectId, usize> = files.into_iter().filter_map(length).collect();
        let length = |document: &Document| {
            let here = || document.get_str("body").map_or(0, str::len);
            in_file(document).map_or_else(here, |id| files.get(&id).copied().unwrap_or(0))
        };
        Ok(documents.iter().map(length).collect())
    }

    /// The bytes of a file from `from` on, at least one and at most [`PIECE`]; none beyond its end.
    pub(super) async fn piece(&self, file: Blob, from: u64) -> Result<Bytes> {
        let chunk = u64::from(file.chunk.max(1));
        let (first, within) = (from / chunk, from % chunk);
        let count = (PIECE as u64 / chunk).max(1);
        let [first, end] = [first, first + count].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        let filter = doc! {"files_id": file.id, "n": {"$gte": first, "$lt": end}};
        let found = all(self.chunks.find(filter).sort(doc! {"n": 1})).await?;
        let mut bytes = BytesMut::new();
        for chunk in &found {
            let data = chunk.get_binary_generic("data");
            let data = data.map_err(|_| StoreError::Corrupt(format!("a chunk of {}", file.id)))?;
            bytes.extend_from_slice(data);
        }
        bytes.advance(usize::try_from(within).unwrap_or(usize::MAX).min(bytes.len()));
        if bytes.is_empty() && from < file.bytes {
            return Err(StoreError::Corrupt(format!("the file {} ends early", file.id)));
        }
        Ok(bytes.freeze())
    }

    /// `bytes` as a field: themselves, or the id of a file for `holder`.
    pub(super) async fn field(&self, bytes: &[u8], holder: Holder) -> Result<Bson> {
        if bytes.len() <= INLINE {
            return Ok(field::of_bytes(bytes));
        }
        self.write(bytes, holder).await.map(Bson::ObjectId)
    }

    /// [`Self::field`] for text, which is a string where it is in the document.
    pub(super) async fn text_field(&self, text: &str, holder: Holder) -> Result<Bson> {
        if text.len() <= INLINE {
            return Ok(Bson::String(text.to_owned()));
        }
        self.write(text.as_bytes(), holder).await.map(Bson::ObjectId)
    }

    /// The bytes of the field `name`, from the document or from its file.
    pub(super) async fn bytes(&self, document: &Document, name: &str) -> Result<Bytes> {
        if let Ok(text) = document.get_str(name) {
            return Ok(Bytes::copy_from_slice(text.as_bytes()));
        }
        if let Ok(bytes) = document.get_binary_generic(name) {
            return Ok(Bytes::copy_from_slice(bytes));
        }
        self.download(field::object_id(document, name)?).await
    }

    /// [`Self::bytes`] as text.
    pub(super) async fn text(&self, document: &Document, name: &str) -> Result<String> {
        let bytes = self.bytes(document, name).await?;
        String::from_utf8(bytes.into())
            .map_err(|_| StoreError::Corrupt(format!("a field `{name}` that is not UTF-8")))
    }

    async fn write(&self, bytes: &[u8], holder: Holder) -> Result<ObjectId> {
        self.write_named(bytes, holder, Document::new()).await
    }

    /// Writes a file for `holder` whose metadata has the fields `more` too.
    pub(super) async fn write_named(
        &self,
        bytes: &[u8],
        holder: Holder,
        more: Document,
    ) -> Result<ObjectId> {
        let id = ObjectId::new();
        let mut metadata = holder.to_metadata();
        metadata.extend(more);
        let open = self.bucket.open_upload_stream("").id(Bson::ObjectId(id));
        let mut file = call(open.metadata(metadata)).await?;
        let written = async {
            file.write_all(bytes).await?;
            file.close().await.map_err(mongodb::error::Error::from)
        };
        call(written).await?;
        Ok(id)
    }

    /// Writes a file for `holder` of bytes that come piece by piece; gives their SHA-256 too.
    pub(super) async fn write_pieces(
        &self,
        pieces: &mut dyn Pieces,
        holder: Holder,
    ) -> Result<(Blob, String)> {
        let id = ObjectId::new();
        let open = self.bucket.open_upload_stream("").id(Bson::ObjectId(id));
        let open = open.chunk_size_bytes(CHUNK).metadata(holder.to_metadata());
        let mut file = call(open).await?;
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        let written = async {
            while let Some(piece) = pieces.next().await? {
                hash.update(&piece);
                bytes += piece.len() as u64;
                call(async { file.write_all(&piece).await.map_err(Into::into) }).await?;
            }
            call(async { file.close().await.map_err(Into::into) }).await
        };
        if let Err(error) = written.await {
            // What cannot be removed now is an orphan.
            let _ = call(file.abort()).await;
            return Err(error);
        }
        Ok((Blob { id, bytes, chunk: CHUNK }, hex::encode(hash.finalize())))
    }

    /// All bytes of a file.
    pub(super) async fn download(&self, id: ObjectId) -> Result<Bytes> {
        let mut file = call(self.bucket.open_download_stream(Bson::ObjectId(id))).await?;
        let mut bytes = Vec::new();
        call(async { file.read_to_end(&mut bytes).await.map_err(Into::into) }).await?;
        Ok(bytes.into())
    }

    pub(super) async fn remove(&self, ids: impl IntoIterator<Item = ObjectId>) -> Result<()> {
        for id in ids {
            call(async {
                match self.bucket.delete(Bson::ObjectId(id)).await {
                    Err(error) if is_missing(&error) => Ok(()),
                    other => other,
                }
            })
            .await?;
        }
        Ok(())
    }

    /// The files that were written under `claim`, by their ids, with their metadata.
    pub(super) async fn written_under(&self, claim: ClaimId) -> Result<Vec<(ObjectId, Document)>> {
        let files = self.bucket.find(doc! {format!("metadata.{CLAIM}"): claim.micros()});
        let files: Vec<_> = call(async { files.await?.try_collect::<Vec<_>>().await }).await?;
        let named = |file: FilesCollectionDocument| {
            let id = id_of(&file)?;
            let metadata = file.metadata.ok_or_else(|| {
                StoreError::Corrupt(format!("the file {id} was found by metadata that it lacks"))
            })?;
            Ok((id, metadata))
        };
        files.into_iter().map(named).collect()
    }

    /// Removes the files that were written under `claim`.
    pub(super) async fn remove_written_under(&self, claim: ClaimId) -> Result<()> {
        let files = self.written_under(claim).await?;
        self.remove(files.into_iter().map(|(id, _)| id)).await
    }
}

fn id_of(file: &FilesCollectionDocument) -> Result<ObjectId> {
    let foreign = || StoreError::Corrupt(format!("a file under {}, no id of Traccia's", file.id));
    file.id.as_object_id().ok_or_else(foreign)
}

fn is_missing(error: &mongodb::error::Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::GridFs(GridFsErrorKind::FileNotFound { .. }))
}
