//! Bytes of any size in a field: in the document itself, or in a file of `GridFS` where a document
//! could not hold them.

use bytes::Bytes;
use futures::{AsyncReadExt as _, AsyncWriteExt as _, TryStreamExt as _};
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use mongodb::error::{ErrorKind, GridFsErrorKind};
use mongodb::gridfs::{FilesCollectionDocument, GridFsBucket};

use super::call::call;
use super::field;
use crate::store::{Result, StoreError};

/// What a document holds itself. A server's answer holds [`super::call::BATCH`] of them.
const INLINE: usize = 256 << 10;
/// What a document held itself at the most, in any version.
pub(super) const EVER_INLINE: usize = 8 << 20;
/// Where files say what they were written for.
const OWNER: &str = "metadata.owner";

/// The files of one database.
#[derive(Clone)]
pub(super) struct Blobs(GridFsBucket);

impl Blobs {
    pub(super) const fn new(bucket: GridFsBucket) -> Self {
        Self(bucket)
    }

    /// `bytes` as a field: themselves, or the id of a file that `owner` wrote.
    pub(super) async fn field(&self, bytes: &[u8], owner: i64) -> Result<Bson> {
        if bytes.len() <= INLINE {
            return Ok(field::of_bytes(bytes));
        }
        self.write(bytes, owner).await.map(Bson::ObjectId)
    }

    /// The same for text, which stays readable in the document.
    pub(super) async fn text_field(&self, text: &str, owner: i64) -> Result<Bson> {
        if text.len() <= INLINE {
            return Ok(Bson::String(text.to_owned()));
        }
        self.write(text.as_bytes(), owner).await.map(Bson::ObjectId)
    }

    /// The bytes that the field `name` was made of.
    pub(super) async fn bytes(&self, document: &Document, name: &str) -> Result<Bytes> {
        if let Ok(text) = document.get_str(name) {
            return Ok(Bytes::copy_from_slice(text.as_bytes()));
        }
        if let Ok(bytes) = document.get_binary_generic(name) {
            return Ok(Bytes::copy_from_slice(bytes));
        }
        self.read(field::object_id(document, name)?).await
    }

    /// The same as text.
    pub(super) async fn text(&self, document: &Document, name: &str) -> Result<String> {
        let bytes = self.bytes(document, name).await?;
        String::from_utf8(bytes.into())
            .map_err(|_| StoreError::Corrupt(format!("a field `{name}` that is not UTF-8")))
    }

    async fn write(&self, bytes: &[u8], owner: i64) -> Result<ObjectId> {
        self.write_named(bytes, doc! {"owner": owner}).await
    }

    /// Writes a file; `name` says whose it is (`owner`) and what else there is to say.
    pub(super) async fn write_named(&self, bytes: &[u8], name: Document) -> Result<ObjectId> {
        let id = ObjectId::new();
        let open = self.0.open_upload_stream("").id(Bson::ObjectId(id));
        let mut file = call(open.metadata(name)).await?;
        let written = async {
            file.write_all(bytes).await?;
            file.close().await.map_err(mongodb::error::Error::from)
        };
        call(written).await?;
        Ok(id)
    }

    pub(super) async fn read(&self, id: ObjectId) -> Result<Bytes> {
        let mut file = call(self.0.open_download_stream(Bson::ObjectId(id))).await?;
        let mut bytes = Vec::new();
        call(async { file.read_to_end(&mut bytes).await.map_err(Into::into) }).await?;
        Ok(bytes.into())
    }

    pub(super) async fn remove(&self, ids: impl IntoIterator<Item = ObjectId>) -> Result<()> {
        for id in ids {
            call(async {
                match self.0.delete(Bson::ObjectId(id)).await {
                    Err(error) if is_missing(&error) => Ok(()),
                    other => other,
                }
            })
            .await?;
        }
        Ok(())
    }

    /// All files that `owner` wrote, with their names.
    pub(super) async fn of(&self, owner: i64) -> Result<Vec<(ObjectId, Document)>> {
        let files = self.0.find(doc! {OWNER: owner});
        let files: Vec<_> = call(async { files.await?.try_collect::<Vec<_>>().await }).await?;
        let named = |file: FilesCollectionDocument| {
            Some((file.id.as_object_id()?, file.metadata.unwrap_or_default()))
        };
        Ok(files.into_iter().filter_map(named).collect())
    }

    /// Removes all files that `owner` wrote.
    pub(super) async fn remove_of(&self, owner: i64) -> Result<()> {
        let files = self.of(owner).await?;
        self.remove(files.into_iter().map(|(id, _)| id)).await
    }
}

fn is_missing(error: &mongodb::error::Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::GridFs(GridFsErrorKind::FileNotFound { .. }))
}
