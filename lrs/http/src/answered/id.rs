//! The id of a request: on its answer, in its problem document, in its line of the log.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use uuid::Uuid;

/// The header of the id, in requests of proxies and in all answers.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken from a proxy.
const LONGEST: usize = 100;

/// The id of a request. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    /// Gives a request its id: the one that a trusted proxy gave it, where that is plain and short, or else a new one. The
    /// request has it in its header and in its extensions from now on.
    pub(super) fn give(request: &mut Request, is_trusted: bool) -> Self {
        let sent = request.headers().get(HEADER).filter(|_| is_trusted);
        let sent = sent.and_then(|id| id.to_str().ok()).filter(|id| is_sane(id));
        let id = Self(sent.map_or_else(|| Uuid::new_v4().simple().to_string().into(), Arc::from));
        request.headers_mut().insert(HEADER, id.value());
        request.extensions_mut().insert(id.clone());
        id
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("-"))
    }
}

/// Whether an id cannot be taken for anything else in a log or a page.
fn is_sane(id: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"-_.:=+".contains(&it);
    !id.is_empty() && id.len() <= LONGEST && id.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn given(sent: &[u8], is_trusted: bool) -> String {
        let mut request = Request::new(Body::empty());
        request.headers_mut().insert(HEADER, HeaderValue::from_bytes(sent).unwrap());
        let id = RequestId::give(&mut request, is_trusted);
        assert_eq!(request.headers()[HEADER], id.as_str(), "whoever reads the header later");
        id.as_str().to_owned()
    }

    #[test]
    fn an_id_is_taken_from_trusted_proxies_and_only_where_it_is_plain() {
        assert_eq!(given(b"Root=1-67891233-abcdef", true), "Root=1-67891233-abcdef");
        assert_ne!(given(b"abc", false), "abc", "anybody could name the request of another");
        let long = "a".repeat(101);
        for bad in [&b""[..], b"a b", b"a\tb", b"a\"b", b"<b>", b"\xff", long.as_bytes()] {
            let id = given(bad, true);
            assert!(is_sane(&id) && id.len() == 32, "{id}");
        }
    }
}
