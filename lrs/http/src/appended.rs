//! Parameters that players append to every request because their own page was launched with them.

use std::borrow::Cow;

use axum::extract::Request;
use axum::http::Uri;
use percent_encoding::percent_decode_str;

use super::state::Server;

/// Takes the parameters of the setting `launch_parameters` out of the query of an xAPI request:
/// `?tincan=true&limit=1` becomes `?limit=1`. Other requests and other parameters stay as they are.
pub(super) fn forget(server: &Server, mut request: Request) -> Request {
    let ignored = &server.launch_parameters;
    if ignored.is_empty() || !request.uri().path().starts_with("/xapi/") {
        return request;
    }
    if let Some(uri) = without(request.uri(), ignored) {
        *request.uri_mut() = uri;
    }
    request
}

/// `uri` without the `ignored` parameters; nothing where it has none of them.
fn without(uri: &Uri, ignored: &[String]) -> Option<Uri> {
    let query = uri.query()?;
    let is_ignored = |pair: &str| {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        let name: Cow<'_, [u8]> = percent_decode_str(name).into();
        ignored.iter().any(|ignored| ignored.as_bytes() == &*name)
    };
    if !query.split('&').any(is_ignored) {
        return None;
    }
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_ignored(pair)).collect();
    let question = if kept.is_empty() { "" } else { "?" };
    format!("{}{question}{}", uri.path(), kept.join("&")).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(query: &str) -> String {
        let ignored = ["tincan".to_owned(), "_".to_owned()];
        let uri: Uri = format!("/xapi/statements{query}").parse().unwrap();
        without(&uri, &ignored).unwrap_or(uri).to_string().replace("/xapi/statements", "")
    }

    #[test]
    fn ignored_names_are_taken_out_and_nothing_else() {
        for (query, left) in [
            ("", ""),
            ("?limit=1&a=%26", "?limit=1&a=%26"),
            ("?tincan=true", ""),
            ("?_=1&limit=1&_=2&tincan", "?limit=1"),
            ("?%74incan=1&limit=1", "?limit=1"),
            ("?Tincan=1&tincans=2", "?Tincan=1&tincans=2"),
        ] {
            assert_eq!(cleaned(query), left);
        }
    }
}
