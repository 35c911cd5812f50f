//! Statements with attachments as multipart/mixed (Communication 1.5.2, RFC 2046).

use bytes::{Bytes, BytesMut};
use futures::{FutureExt as _, stream};
use multer::{Constraints, Field, Multipart, SizeLimit};

use xapi::attachment::Attachment;
use xapi::refusal::Refusal;

mod boundaries;

const CLAUSE: &str = "xAPI 1.0.3 Communication 1.5.2";
const HASH: &str = "X-Experience-API-Hash";
const ENCODING: &str = "Content-Transfer-Encoding";
/// The most attachments of one request.
const MOST_PARTS: usize = 2_000;
/// The longest value of a part's header that is kept, in bytes.
const LONGEST_HEADER: usize = 255;

/// The statements part and the attachments of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The bytes of the first part, JSON.
    pub statements: Bytes,
    /// The other parts.
    pub attachments: Vec<Attachment>,
}

/// Whether `content_type` names multipart/mixed.
pub(crate) fn is_multipart(content_type: &str) -> bool {
    content_type.parse::<mime::Mime>().is_ok_and(|mime| mime.essence_str() == "multipart/mixed")
}

/// [`read`], and where a part's data contains the boundary, which makes other parts of it than the
/// client meant, a refusal that says so.
pub(crate) fn receive(content_type: &str, body: &Bytes) -> Result<Parts, Refusal> {
    let boundary = boundary(content_type)?;
    let parts = read(content_type, body.clone());
    if parts.is_ok() && !boundaries::end_early(body, &boundary) {
        return parts;
    }
    boundaries::inside(body, &boundary).map_or(parts, Err)
}

/// Takes a whole multipart body apart. How the body was cut on its way does not matter.
pub fn read(content_type: &str, body: Bytes) -> Result<Parts, Refusal> {
    // The body is there: nothing has to be waited for.
    let parts = read_chunks(content_type, vec![body]).now_or_never();
    parts.unwrap_or_else(|| Err(malformed("The multipart body has no end.".into())))
}

/// [`read`] of a body that comes in `chunks`.
pub async fn read_chunks(content_type: &str, chunks: Vec<Bytes>) -> Result<Parts, Refusal> {
    let boundary = boundary(content_type)?;
    let length = chunks.iter().map(Bytes::len).sum::<usize>() as u64;
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(length));
    let chunks = stream::iter(chunks.into_iter().map(Ok::<_, std::convert::Infallible>));
    let mut multipart = Multipart::with_constraints(chunks, boundary, limits);
    let first = multipart.next_field().await.map_err(|error| broken(&error))?;
    let first = first.ok_or_else(|| malformed("The body has no parts.".into()))?;
    if first.content_type().is_none_or(|mime| mime.essence_str() != "application/json") {
        return Err(malformed("The first part is not application/json.".into()));
    }
    let statements = first.bytes().await.map_err(|error| broken(&error))?;
    let mut attachments = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|error| broken(&error))? {
        if attachments.len() == MOST_PARTS {
            return Err(too_many());
        }
        attachments.push(attachment(field).await?);
    }
    Ok(Parts { statements, attachments })
}

async fn attachment(field: Field<'_>) -> Result<Attachment, Refusal> {
    let header = |name| {
        let value = field.headers().get(name).and_then(|value| value.to_str().ok());
        match value.map(str::trim) {
            Some(value) if value.len() > LONGEST_HEADER => {
                Err(malformed(format!("A part has a {name} header of {} bytes.", value.len())))
            }
            value => Ok(value),
        }
    };
    let sha2 = header(HASH)?.unwrap_or_default().to_owned();
    if sha2.is_empty() {
        return Err(malformed(format!("A part has no {HASH} header.")));
    }
    if header(ENCODING)?.is_none_or(|encoding| !encoding.eq_ignore_ascii_case("binary")) {
        return Err(malformed(format!("A part has no {ENCODING}: binary header.")));
    }
    let content_type = header("Content-Type")?.unwrap_or("application/octet-stream").to_owned();
    let body = field.bytes().await.map_err(|error| broken(&error))?;
    Ok(Attachment { sha2, content_type, body })
}

/// What stands before the statements (JSON) of a body.
pub fn opening(boundary: &str) -> String {
    format!("--{boundary}\r\nContent-Type: application/json\r\n\r\n")
}

/// What stands before the data of an attachment.
pub fn head(boundary: &str, content_type: &str, sha2: &str) -> String {
    format!(
        "\r\n--{boundary}\r\nContent-Type: {content_type}\r\n{ENCODING}: binary\r\n{HASH}: {sha2}\r\n\r\n"
    )
}

/// What stands at the end of a body. A line end after it would begin an epilogue (RFC 2046 5.1.1),
/// which some clients cannot read.
pub fn closing(boundary: &str) -> String {
    format!("\r\n--{boundary}--")
}

/// A multipart/mixed body of `statements` (JSON) and `attachments` under `boundary`, which must
/// not occur in them.
pub fn write(statements: &[u8], attachments: &[Attachment], boundary: &str) -> Bytes {
    let data: usize = attachments.iter().map(|attachment| attachment.body.len() + 300).sum();
    let mut out = BytesMut::with_capacity(statements.len() + data + 200);
    out.extend_from_slice(opening(boundary).as_bytes());
    out.extend_from_slice(statements);
    for Attachment { content_type, sha2, body } in attachments {
        out.extend_from_slice(head(boundary, content_type, sha2).as_bytes());
        out.extend_from_slice(body);
    }
    out.extend_from_slice(closing(boundary).as_bytes());
    out.freeze()
}

fn boundary(content_type: &str) -> Result<String, Refusal> {
    let mime: mime::Mime = content_type
        .parse()
        .map_err(|_| malformed("The Content-Type header is not a media type.".into()))?;
    let boundary = mime.get_param(mime::BOUNDARY).map(|boundary| boundary.as_str().to_owned());
    boundary.filter(|boundary| !boundary.is_empty() && boundary.len() <= 70).ok_or_else(|| {
        malformed("The Content-Type header has no boundary of 1 to 70 bytes.".into())
    })
}

fn too_many() -> Refusal {
    Refusal::new(
        "multipart-parts",
        "",
        format!("The request has more than {MOST_PARTS} attachments."),
        "Send fewer statements with attachments at a time.",
    )
}

fn broken(error: &multer::Error) -> Refusal {
    malformed(format!("The multipart body cannot be read: {error}."))
}

fn malformed(detail: String) -> Refusal {
    Refusal::new(
        "multipart-malformed",
        CLAUSE,
        detail,
        "Send multipart/mixed: first a part of type application/json with the statements, then \
         one part per attachment with Content-Transfer-Encoding: binary and X-Experience-API-Hash.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attachment(body: &'static [u8]) -> Attachment {
        Attachment {
            sha2: "ab".repeat(32),
            content_type: "image/png".into(),
            body: Bytes::from_static(body),
        }
    }

    #[tokio::test]
    async fn what_is_written_reads_back_however_it_is_cut() {
        let attachments = [attachment(b"\r\n--almost\r\n"), attachment(b"")];
        let body = write(b"[1]", &attachments, "edge");
        for size in [1, 2, 7, 4096] {
            let chunks = body.chunks(size).map(Bytes::copy_from_slice).collect();
            let parts = read_chunks("multipart/mixed; boundary=\"edge\"", chunks).await.unwrap();
            assert_eq!(parts.statements, "[1]");
            assert_eq!(parts.attachments, attachments);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let body = |text: &str| Bytes::copy_from_slice(text.replace('\n', "\r\n").as_bytes());
        let json = "--b\nContent-Type: application/json\n\n{}\n";
        for (content_type, text, says) in [
            ("multipart/mixed", "", "boundary"),
            ("multipart/mixed; boundary=b", "--b--\n", "no parts"),
            (
                "multipart/mixed; boundary=b",
                "--b\nContent-Type: text/plain\n\n{}\n--b--\n",
                "application/json",
            ),
            (
                "multipart/mixed; boundary=b",
                &format!("{json}--b\nContent-Type: a/b\n\nx\n--b--\n"),
                HASH,
            ),
            (
                "multipart/mixed; boundary=b",
                &format!("{json}--b\nX-Experience-API-Hash: ab\n\nx\n--b--\n"),
                ENCODING,
            ),
            ("multipart/mixed; boundary=b", json, "cannot be read"),
        ] {
            let refusal = read(content_type, body(text)).unwrap_err();
            assert!(refusal.detail.contains(says), "{} should say {says}", refusal.detail);
        }
    }

    #[test]
    fn parts_beyond_a_number_are_not_read() {
        let attachments = |count| vec![attachment(b"x"); count];
        let read = |count| {
            read("multipart/mixed; boundary=edge", write(b"[]", &attachments(count), "edge"))
        };
        assert_eq!(read(MOST_PARTS).unwrap().attachments.len(), MOST_PARTS);
        assert_eq!(read(MOST_PARTS + 1).unwrap_err().rule, "multipart-parts");
    }

    #[test]
    fn a_long_header_of_a_part_is_refused() {
        let long = Attachment { content_type: format!("a/{}", "b".repeat(300)), ..attachment(b"") };
        let body = write(b"[]", &[long], "edge");
        let refusal = read("multipart/mixed; boundary=edge", body).unwrap_err();
        assert!(refusal.detail.contains("Content-Type"), "{}", refusal.detail);
    }
}
