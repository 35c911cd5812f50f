//! One address under many spellings: what people paste into players and plugins.

use std::borrow::Cow;

use axum::extract::Request;
use axum::http::Uri;

/// Spellings of the endpoint's path that are taken for `/xapi`.
const ALIASES: [&str; 2] = ["/data/xAPI", "/xAPI"];

/// Rewrites the request's path: no empty segments, no slash at the end, `/xAPI` and `/data/xAPI`
/// as `/xapi`. The query stays as it is.
pub(super) fn normalise(mut request: Request) -> Request {
    let path = request.uri().path();
    let wanted = normal(path);
    if wanted == path {
        return request;
    }
    let rewritten = match request.uri().query() {
        Some(query) => format!("{wanted}?{query}"),
        None => wanted.into_owned(),
    };
    if let Ok(uri) = rewritten.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}

fn normal(path: &str) -> Cow<'_, str> {
    let mut path = Cow::Borrowed(path);
    if path.contains("//") || (path.len() > 1 && path.ends_with('/')) {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        path = Cow::Owned(format!("/{}", segments.join("/")));
    }
    for alias in ALIASES {
        let rest = path.strip_prefix(alias).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        if let Some(rest) = rest {
            return Cow::Owned(format!("/xapi{rest}"));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_resource_are_one_path() {
        for path in [
            "/xapi/statements",
            "/xapi/statements/",
            "/xAPI/statements",
            "/data/xAPI//statements",
            "//xapi//statements//",
        ] {
            assert_eq!(normal(path), "/xapi/statements");
        }
        assert_eq!(normal("/"), "/");
        assert_eq!(normal("/xAPIs"), "/xAPIs");
    }
}
