//! Statements with attachments as one body, both ways (Communication 1.5.2).

use bytes::{Bytes, BytesMut};
use futures::stream;
use multer::{Field, Multipart};
use uuid::Uuid;

use xapi::attachment::Attachment;

const HASH: &str = "X-Experience-API-Hash";
/// The most attachments of one page.
const MOST_PARTS: usize = 10_000;

/// A body of statements and the data of their attachments that is being written. The boundary is random, so that no data can
/// have it.
pub(super) struct Writing {
    boundary: String,
    body: BytesMut,
}

impl Writing {
    /// A body that begins with `statements`, and has room for `length` bytes of data.
    pub(super) fn begin(statements: &[u8], length: usize) -> Self {
        let boundary = Uuid::new_v4().simple().to_string();
        let room = statements.len().saturating_add(length).saturating_add(1 << 10);
        let mut body = BytesMut::with_capacity(room);
        let head = format!("--{boundary}\r\nContent-Type: application/json\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(statements);
        Self { boundary, body }
    }

    /// Adds the data of an attachment.
    pub(super) fn add(&mut self, Attachment { sha2, content_type, body }: &Attachment) {
        let boundary = &self.boundary;
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\n\
             {HASH}: {sha2}\r\n\r\n"
        );
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(body);
    }

    /// The media type and the bytes.
    pub(super) fn end(mut self) -> (String, Bytes) {
        let boundary = &self.boundary;
        self.body.extend_from_slice(format!("\r\n--{boundary}--").as_bytes());
        (format!("multipart/mixed; boundary={boundary}"), self.body.freeze())
    }
}

/// A whole body, see [`Writing`].
#[cfg(test)]
pub(super) fn write(statements: &[u8], attachments: &[Attachment]) -> (String, Bytes) {
    let mut writing = Writing::begin(statements, 0);
    for it in attachments {
        writing.add(it);
    }
    writing.end()
}

/// Whether a media type is multipart/mixed.
pub(super) fn is_multipart(content_type: &str) -> bool {
    content_type.trim_start().to_ascii_lowercase().starts_with("multipart/mixed")
}

/// The JSON of the first part and the attachments in the others; `None` for what is no such body.
pub(super) async fn read(content_type: &str, body: Bytes) -> Option<(Bytes, Vec<Attachment>)> {
    // multer reads the parameter of any multipart media type.
    let boundary = multer::parse_boundary(content_type.replacen("mixed", "form-data", 1)).ok()?;
    let body = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut parts = Multipart::new(body, boundary);
    let statements = data(parts.next_field().await.ok()??).await?;
    let mut attachments = Vec::new();
    while let Some(part) = parts.next_field().await.ok()? {
        let header = |name: &str| part.headers().get(name).and_then(|it| it.to_str().ok());
        let sha2 = header(HASH)?.to_owned();
        let content_type = header("Content-Type").unwrap_or("application/octet-stream").to_owned();
        let body = data(part).await?;
        attachments.push(Attachment { sha2, content_type, body });
        if attachments.len() > MOST_PARTS {
            return None;
        }
    }
    Some((statements, attachments))
}

/// The data of a part: a part of what was read, where it lies there in one piece, and no copy.
async fn data(mut part: Field<'_>) -> Option<Bytes> {
    let first = part.chunk().await.ok()?.unwrap_or_default();
    let Some(second) = part.chunk().await.ok()? else { return Some(first) };
    let mut all = BytesMut::from(&first[..]);
    all.extend_from_slice(&second);
    while let Some(more) = part.chunk().await.ok()? {
        all.extend_from_slice(&more);
    }
    Some(all.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_reads_back() {
        let attachment = |body: &'static [u8]| Attachment {
            sha2: "ab".repeat(32),
            content_type: "image/png".into(),
            body: Bytes::from_static(body),
        };
        let attachments = vec![attachment(b"\r\n--x\r\n\0"), attachment(b"")];
        let (kind, body) = write(b"[1]", &attachments);
        assert!(is_multipart(&kind));
        assert_eq!(read(&kind, body.clone()).await, Some(("[1]".into(), attachments)));
        assert_eq!(read(&kind, body.slice(..body.len() - 6)).await, None, "cut off");
        assert_eq!(read("multipart/mixed", body).await, None, "without a boundary");
    }
}
