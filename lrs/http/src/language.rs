//! Which language people are spoken to in.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::{Map, Value};

use super::answered::{RequestId, replace_body};
use super::problem::{AsOdata, Problem};
use course::Language;
use xapi::language::Languages;

/// The one of Italian and English that a reader would rather have, by `Accept-Language`; English
/// where it is all the same.
pub(super) fn preferred(headers: &HeaderMap) -> Language {
    let Some(header) = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) else {
        return Language::En;
    };
    let spoken: Map<String, Value> =
        ["en", "it"].into_iter().map(|tag| (tag.to_owned(), Value::Null)).collect();
    match Languages::parse(header).best(&spoken).map(String::as_str) {
        Some("it") => Language::It,
        _ => Language::En,
    }
}

/// The language of who reads an answer: texts that are kept or made in English are said in it.
#[derive(Clone, Copy, Debug)]
pub struct ReaderLanguage(Language);

impl<S: Sync> FromRequestParts<S> for ReaderLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(preferred(&parts.headers)))
    }
}

impl ReaderLanguage {
    /// See [`texts::Texts::of_english`].
    pub(crate) fn said(self, english: &str) -> String {
        self.0.texts().of_english(english).into_owned()
    }
}

/// Below this path, errors are written as OData writes them (JSON Format 4.0, 19).
const ODATA: &str = "/api/v1/odata/";

/// Says refusals in the language of their reader, and in the form that clients of OData read.
pub(super) async fn translate(request: Request, next: Next) -> Response {
    let language = preferred(request.headers());
    let is_odata = request.uri().path().starts_with(ODATA);
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        if is_odata {
            response.extensions_mut().insert(AsOdata);
        }
        write(&mut response, &problem, language, id.as_ref());
    }
    response
}

/// Writes a problem as the body of its answer, in the language of its reader and with the id of the request.
pub(super) fn write(
    response: &mut Response,
    problem: &Problem,
    language: Language,
    id: Option<&RequestId>,
) {
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("accept-language"));
    let tag = if language == Language::It { "it" } else { "en" };
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(tag));
    let said = problem.said_in(language).asked_as(id.map(RequestId::as_str));
    let is_odata = response.extensions().get::<AsOdata>().is_some();
    let body = if is_odata { serde_json::to_vec(&said.odata()) } else { serde_json::to_vec(&said) };
    if let Ok(body) = body {
        if is_odata {
            let json = "application/json;odata.metadata=minimal;charset=utf-8";
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(json));
        }
        replace_body(response, body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn italian_is_for_those_who_would_rather_have_it() {
        let preferred = |header: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, header.parse().unwrap());
            super::preferred(&headers)
        };
        for italian in ["it", "it-IT,it;q=0.9,en-US;q=0.8", "de, it", "en;q=0.5, it;q=0.7"] {
            assert_eq!(preferred(italian), Language::It, "{italian}");
        }
        for english in ["", "en-GB, it;q=0.9", "de", "*", "it;q=0, en", "it;q=0.3, en;q=0.4"] {
            assert_eq!(preferred(english), Language::En, "{english}");
        }
        assert_eq!(super::preferred(&HeaderMap::new()), Language::En);
    }
}
