//! What a body is refused for before anything is read in it: its size, its media type, and how it comes.

use axum::http::StatusCode;

use super::Problem;

impl Problem {
    /// A body over the limit, in bytes.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            format!("The body is larger than the limit of {limit} bytes."),
            "Send fewer statements at a time, or raise `limits.body_bytes` on the server.",
        )
        .with("limit", limit)
    }

    /// A document of a state or profile over the limit, in bytes.
    pub(crate) fn document_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "document-too-long",
            format!("The document is larger than the limit of {limit} bytes."),
            "Send a shorter document, or raise `limits.document_bytes` and `limits.body_bytes` on the server.",
        )
        .with("limit", limit)
    }

    /// A package over the limit, in bytes.
    pub(crate) fn package_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "package-check-too-large",
            format!("The package is larger than the limit of {limit} bytes."),
            "Check it by `traccia package check`, which needs no server and has no such limit, or raise \
             `limits.body_bytes` on the server.",
        )
        .with("limit", limit)
    }

    /// A package that comes as none of the media types of packages.
    pub(crate) fn package_media_type(sent: &str) -> Self {
        let sent = if sent.is_empty() { "no media type" } else { sent };
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "package-media-type",
            format!("The package comes as {sent}; a package is application/zip, or application/xml for a cmi5.xml."),
            "Send it with the header Content-Type: application/zip.",
        )
        .with("sent", sent)
    }

    /// A body of a media type that is not taken where it was sent to.
    pub fn media_type(sent: &str, takes: &str) -> Self {
        let sent = if sent.is_empty() { "no media type" } else { sent };
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "body-media-type",
            format!("The body comes as {sent}; here it is {takes}."),
            format!("Send it with the header Content-Type: {takes}."),
        )
    }

    /// A body that did not come as its head says.
    pub(crate) fn broken_body(error: &axum::Error) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "body-broken",
            format!("The body could not be read: {error}."),
            "Check Content-Encoding and Content-Length, and that the body is sent to its end.",
        )
    }

    /// A body that was not there in time.
    pub fn late() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "body-late",
            "The body did not come to its end in time.",
            "Send less at a time, or raise `limits.body_seconds` on the server.",
        )
    }
}
