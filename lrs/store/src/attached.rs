//! Attachments as they are kept: what is known of one, and its data in pieces.

use bytes::BytesMut;

use super::{Result, Store};
use xapi::attachment::{Attachment, MediaTypes};

/// The most bytes of an attachment that are read at once.
pub const PIECE: usize = 1 << 20;

/// An attachment as it is kept, without its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAttachment {
    /// The hash by which it is known, in lower case.
    pub sha2: String,
    /// The media type that its data came with at first; what a statement says of it may be another: see [`typed`].
    pub content_type: String,
    /// How many bytes its data has.
    pub bytes: u64,
    /// Where the engine has it; means nothing to others.
    pub place: String,
}

/// Those of the attachments that statements say these types of whose data is kept, with these types.
pub async fn typed(store: &dyn Store, types: &MediaTypes) -> Result<Vec<KeptAttachment>> {
    let mut kept = store.attachments(&types.hashes()).await?;
    for attachment in &mut kept {
        if let Some(said) = types.of(&attachment.sha2) {
            said.clone_into(&mut attachment.content_type);
        }
    }
    Ok(kept)
}

/// The whole of an attachment, for those who have to hold it anyhow.
pub async fn whole(store: &dyn Store, kept: &KeptAttachment) -> Result<Attachment> {
    let mut body = BytesMut::new();
    loop {
        let piece = store.attachment_data(kept, body.len() as u64).await?;
        if piece.is_empty() {
            break;
        }
        body.extend_from_slice(&piece);
    }
    let KeptAttachment { sha2, content_type, .. } = kept.clone();
    Ok(Attachment { sha2, content_type, body: body.freeze() })
}
