//! The browser UI: files that the program was built with, and the page that stands at all of the
//! UI's own addresses.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use url::Url;

/// A file of the UI.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// SHA-256 of its content.
    pub hash: [u8; 32],
}

/// Gives a file of the UI by its path in the folder that the UI was built into, such as
/// `assets/index-1a2b.js`; nothing where the program was built without the UI. `PATH.br` and
/// `PATH.gz` are the same file compressed.
pub type Assets = fn(&str) -> Option<Asset>;

/// Which page stands at all addresses of the UI.
const PAGE: &str = "index.html";

/// Where files lie whose names change with their content.
const NAMED_BY_CONTENT: &str = "assets/";

/// Addresses that are not the UI's: what is not there is a problem document.
const OF_OTHERS: [&str; 11] = [
    "/api",
    "/xapi",
    "/schemas",
    "/problems",
    "/check-in",
    "/whoami",
    "/healthz",
    "/readyz",
    "/metrics",
    "/launch",
    "/p",
];

/// What the UI's page may do, beside showing packages in frames. Under `require-trusted-types-for`
/// the page's first script makes the one policy that there is.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// What of the server stands in the UI's page.
#[derive(Clone, Debug, Default)]
pub(super) struct Outside {
    /// The path under which a proxy shows this server; empty without one.
    pub(super) prefix: String,
    /// Where packages are played, whose pages the UI may show in a frame; empty where nowhere.
    pub(super) content: String,
}

impl Outside {
    /// The policy of the page.
    fn policy(&self) -> HeaderValue {
        let origin = Url::parse(&self.content).map(|url| url.origin());
        let policy = match origin {
            Ok(origin) if origin.is_tuple() => {
                format!("{POLICY}; frame-src {}", origin.ascii_serialization())
            }
            _ => POLICY.to_owned(),
        };
        HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static(POLICY))
    }
}

/// The answer to a request for a file of the UI, or for its page at one of the UI's addresses.
/// Nothing for other requests, and where the program was built without the UI.
pub(super) fn answer(
    assets: Assets,
    outside: &Outside,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Option<Response> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let file = path.trim_start_matches('/');
    let is_hidden = file.split('/').any(|segment| segment.starts_with('.'));
    let is_compressed = is_of_type(file, "br") || is_of_type(file, "gz");
    if !file.is_empty()
        && file != PAGE
        && !is_hidden
        && !is_compressed
        && let Some(response) = written(assets, file, headers)
    {
        return Some(response);
    }
    if is_page_address(path) && takes_pages(headers) {
        page(assets, outside, headers)
    } else {
        None
    }
}

/// The UI's page; nothing where the program was built without the UI.
///
/// Its files are named relative to the UI's folder, whatever the page's own address: they are
/// written with the path under which a proxy shows this server.
pub(super) fn page(assets: Assets, outside: &Outside, headers: &HeaderMap) -> Option<Response> {
    let file = assets(PAGE)?;
    let prefix = &outside.prefix;
    let prefix = if prefix.contains(['"', '<', '&']) { "" } else { prefix };
    let text = String::from_utf8_lossy(&file.bytes)
        .replace("=\"./", &format!("=\"{prefix}/"))
        .replacen("<html", &format!("<html data-base=\"{prefix}\""), 1);
    let hash = Sha256::digest(&text).into();
    let asset = Asset { bytes: Cow::Owned(text.into_bytes()), hash };
    let mut response = sent(asset, PAGE, None, headers);
    let kept = response.headers_mut();
    kept.insert(CONTENT_SECURITY_POLICY, outside.policy());
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    kept.insert(opener, HeaderValue::from_static("same-origin"));
    Some(response)
}

/// Whether the UI's page stands at this address: not below those of others, and not where a file
/// would be, which has a dot in its name.
fn is_page_address(path: &str) -> bool {
    let is_of_others = OF_OTHERS.iter().any(|other| {
        path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let in_assets = path.trim_start_matches('/').starts_with(NAMED_BY_CONTENT);
    !is_of_others && !in_assets
}

fn takes_pages(headers: &HeaderMap) -> bool {
    let accepts = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accepts.is_some_and(|accept| accept.contains("text/html"))
}

fn written(assets: Assets, path: &str, headers: &HeaderMap) -> Option<Response> {
    let encoded = ["br", "gz"].into_iter().find_map(|end| {
        let coding = if end == "gz" { "gzip" } else { end };
        let asset = takes(headers, coding).then(|| assets(&format!("{path}.{end}")))??;
        Some((asset, Some(coding)))
    });
    // The plain file may have to be unpacked first.
    let (asset, coding) = encoded.or_else(|| Some((assets(path)?, None)))?;
    Some(sent(asset, path, coding, headers))
}

/// An answer with this file, or without it where the client has it already.
fn sent(asset: Asset, path: &str, coding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(asset.hash.get(..16).unwrap_or_default()));
    let cached = if path.starts_with(NAMED_BY_CONTENT) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    let is_known = known.flat_map(|it| it.split(',')).any(|it| {
        let it = it.trim();
        it == "*" || it.strip_prefix("W/").unwrap_or(it) == tag
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(asset.bytes.into_owned()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
        if let Some(coding) = coding {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    };
    let kept = response.headers_mut();
    kept.insert(CACHE_CONTROL, HeaderValue::from_static(cached));
    kept.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        kept.insert(ETAG, tag);
    }
    response
}

/// Whether an answer may be in this coding (RFC 9110, 12.5.3).
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let all = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
    all.flat_map(|it| it.split(',')).any(|it| {
        let (name, weight) = it.split_once(';').unwrap_or((it, ""));
        let weight = weight.trim().strip_prefix("q=").map(|weight| weight.trim().parse::<f32>());
        name.trim().eq_ignore_ascii_case(coding)
            && weight.is_none_or(|it| it.is_ok_and(|it| it > 0.0))
    })
}

fn is_of_type(path: &str, end: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, of)| of == end)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets(path: &str) -> Option<Asset> {
        let (text, hash) = match path {
            "index.html" => (r#"<html lang="it"><script src="./assets/a-1.js"></script>"#, 1),
            "assets/a-1.js" => ("plain", 2),
            "assets/a-1.js.br" => ("br", 3),
            "assets/a-1.js.gz" => ("gz", 4),
            ".gitignore" => ("*", 5),
            _ => return None,
        };
        Some(Asset { bytes: Cow::Borrowed(text.as_bytes()), hash: [hash; 32] })
    }

    fn asked(path: &str, headers: &[(HeaderName, &'static str)]) -> Option<Response> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        answer(assets, &outside("/lrs"), &Method::GET, path, &headers.collect())
    }

    fn outside(prefix: &str) -> Outside {
        Outside { prefix: prefix.to_owned(), content: "http://content.localhost:8080".to_owned() }
    }

    fn header(response: &Response, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn the_page_stands_at_all_addresses_of_the_ui_for_browsers_alone() {
        let html = [(ACCEPT, "text/html,*/*;q=0.8")];
        for path in ["/courses", "/courses/a.b/matrix", "/statements", "/apis"] {
            let page = asked(path, &html).unwrap();
            assert!(header(&page, CONTENT_TYPE).starts_with("text/html"), "{path}");
            assert!(header(&page, CONTENT_SECURITY_POLICY).contains("script-src 'self';"));
        }
        for path in ["/api/v2", "/xapi/x", "/schemas", "/assets/gone.js", "/p/KEY/x"] {
            assert!(asked(path, &html).is_none(), "{path}");
        }
        assert!(asked("/courses", &[(ACCEPT, "application/json")]).is_none());
        assert!(asked("/courses", &[]).is_none());
        assert!(
            answer(assets, &outside(""), &Method::POST, "/courses", &HeaderMap::new()).is_none()
        );
        assert!(asked("/.gitignore", &[]).is_none());
        assert!(asked("/assets/a-1.js.br", &[]).is_none());
    }

    #[test]
    fn a_file_goes_out_in_the_best_coding_that_is_taken_with_a_tag_of_its_own() {
        let tags = [("gzip, br", "br"), ("gzip;q=0.5, br;q=0", "gzip"), ("identity", "")].map(
            |(accepted, coding)| {
                let file = asked("/assets/a-1.js", &[(ACCEPT_ENCODING, accepted)]).unwrap();
                assert_eq!(header(&file, CONTENT_ENCODING), coding);
                assert_eq!(header(&file, CONTENT_TYPE), "text/javascript; charset=utf-8");
                assert!(header(&file, CACHE_CONTROL).ends_with("immutable"));
                header(&file, ETAG).to_owned()
            },
        );
        assert!(tags[0] != tags[1] && tags[1] != tags[2], "{tags:?}");
    }

    #[tokio::test]
    async fn the_page_names_its_files_as_they_are_seen_outside() {
        let text = async |prefix: &str| {
            let page = page(assets, &outside(prefix), &HeaderMap::new()).unwrap();
            let body = axum::body::to_bytes(page.into_body(), 1000).await.unwrap();
            String::from_utf8(body.to_vec()).unwrap()
        };
        let named =
            r#"<html data-base="/lrs" lang="it"><script src="/lrs/assets/a-1.js"></script>"#;
        assert_eq!(text("/lrs").await, named);
        assert!(text("").await.contains(r#"src="/assets/a-1.js""#));
        assert!(text(r#"/"><script>"#).await.contains(r#"data-base="""#));
    }

    #[test]
    fn the_page_may_show_packages_of_their_host_in_frames_and_nothing_else() {
        let policy = |content: &str| {
            let outside = Outside { prefix: String::new(), content: content.to_owned() };
            outside.policy().to_str().unwrap().to_owned()
        };
        let shown = policy("http://content.localhost:8080");
        assert!(shown.ends_with("; frame-src http://content.localhost:8080"), "{shown}");
        // Without frames of its own `default-src 'none'` holds.
        for off in ["", "no address", "data:text/html,x"] {
            assert_eq!(policy(off), POLICY, "{off}");
        }
        assert!(!policy("https://c.example/; script-src *").contains('*'));
    }

    #[test]
    fn what_a_browser_has_is_not_sent_again() {
        let page = asked("/courses", &[(ACCEPT, "text/html")]).unwrap();
        assert_eq!(header(&page, CACHE_CONTROL), "no-cache");
        let tag = Box::leak(header(&page, ETAG).to_owned().into_boxed_str());
        let again = asked("/courses", &[(ACCEPT, "text/html"), (IF_NONE_MATCH, tag)]).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&again, ETAG), tag);
    }
}
