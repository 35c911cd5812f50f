//! The page of the player: `/launch/TOKEN/`, and the player's own files.

use std::borrow::Cow;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::said;
use crate::language::preferred;
use crate::state::Server;
use course::Language;
use maud::{DOCTYPE, html};
use package::Kind;
use package::runtime::ScoLearner;
use service::memory::Reserved;
use service::packages::{Opened, PackageError, Unheard};
use store::StoreError;
use texts::Texts;
use xapi::document::Tags;

/// The player's page, and what in it gives way to what is launched.
const INDEX: &str = "index.html";
const PLACE: &str = "<!--launch-->";
/// How many times the structure of a package is there while its page is written.
const WRITTEN: usize = 4;

/// `/launch/TOKEN` without the slash: the page's addresses are relative to it.
pub(super) async fn with_slash(Path(token): Path<String>) -> Redirect {
    Redirect::permanent(&format!("/launch/{token}/"))
}

/// The page.
pub(super) async fn get(
    State(server): State<Server>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let opened = match server.packages.open(&token).await {
        Ok(opened) => opened,
        Err(unheard) => return closed(&server, &unheard, preferred(&headers)),
    };
    if server.rates.pass_page(&opened.id, Instant::now()).is_err() {
        return said(
            StatusCode::TOO_MANY_REQUESTS,
            "this page is opened too often; try again soon",
        );
    }
    let language = if opened.launch.language == "en" { Language::En } else { Language::It };
    let Some(index) = (server.player)(INDEX) else { return unbuilt(&server, language) };
    match page(&server, opened, &index).await {
        Ok((page, held)) => page_of(&server, StatusCode::OK, language, Body::from(held.hold(page))),
        Err(unheard) => closed(&server, &unheard, language),
    }
}

/// What the player is told.
#[derive(Serialize)]
struct Told<'o> {
    standard: Kind,
    title: &'o str,
    now: String,
    language: &'o str,
    preview: bool,
    attempt: u32,
    learner: &'o ScoLearner,
    files: String,
    commit: &'static str,
    app: &'o str,
    expires: String,
    contents: &'o RawValue,
    status: &'o Value,
    sequencing: &'o Value,
}

/// The page of a launch, and the memory that it holds: several times the structure of the package while it is written.
async fn page(server: &Server, opened: Opened, index: &[u8]) -> Result<(Bytes, Reserved), Unheard> {
    let memory = server.content.of_launch(&opened.id);
    let (status, sequencing) = server.packages.standing(&opened, &memory).await?;
    let size = opened.hosted.outline.get().len() + index.len();
    let held = memory.reserve(size.saturating_mul(WRITTEN))?;
    let (now, app) = (server.packages.time().to_string(), server.content.app().to_owned());
    let index = String::from_utf8_lossy(index).into_owned();
    let launch = opened.id.clone();
    let write = move || {
        let Opened { expires, launch, hosted, .. } = &opened;
        let told = serde_json::to_string(&Told {
            standard: hosted.contents.standard,
            title: &hosted.version.title,
            now,
            language: &launch.language,
            preview: launch.preview,
            attempt: launch.attempt,
            learner: &launch.learner,
            files: format!("/p/{}/", hosted.version.key),
            commit: "commit",
            app: &app,
            expires: expires.to_string(),
            contents: &hosted.outline,
            status: &status,
            sequencing: &sequencing,
        });
        // Within a script element nothing but `<` could end the element.
        let told = told?.replace('<', "\\u003c");
        let script = format!("<script type=\"application/json\" id=\"launch\">{told}</script>");
        Ok::<_, serde_json::Error>(index.replacen(PLACE, &script, 1))
    };
    let written = server.compute.run(&launch, size, write).await.map_err(PackageError::from)?;
    let corrupt = |error: serde_json::Error| StoreError::Corrupt(error.to_string());
    Ok((Bytes::from(written.map_err(corrupt)?), held))
}

/// A file of the player. Its name has a hash of its content, so that it never changes.
pub(super) async fn asset(
    State(server): State<Server>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(bytes) = (server.player)(&path).filter(|_| path != INDEX) else {
        return said(StatusCode::NOT_FOUND, "there is no such file of the player");
    };
    let tag = hex::encode(Sha256::digest(&bytes));
    let seen = headers.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    if seen.is_some_and(|tags| Tags::parse(tags).name(&tag)) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let is_named_by_hash = path.starts_with("assets/");
    let cached = if is_named_by_hash { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(type_of(&path))),
        (CACHE_CONTROL, HeaderValue::from_static(cached)),
    ];
    let mut response = (headers, body_of(bytes)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// What the program has in it is not copied.
fn body_of(bytes: Cow<'static, [u8]>) -> Body {
    match bytes {
        Cow::Borrowed(bytes) => Body::from(Bytes::from_static(bytes)),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

/// The media types of what a build of the player has.
fn type_of(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// A page that says why a launch is not played.
fn closed(server: &Server, unheard: &Unheard, language: Language) -> Response {
    let (status, text) = match unheard {
        Unheard::Unknown => (StatusCode::NOT_FOUND, "launch-page-unknown"),
        Unheard::Expired => (StatusCode::FORBIDDEN, "launch-page-expired"),
        Unheard::Revoked => (StatusCode::FORBIDDEN, "launch-page-revoked"),
        Unheard::Removed => (StatusCode::GONE, "launch-page-removed"),
        Unheard::Commit(_) | Unheard::Refused(_) | Unheard::Package(_) => {
            tracing::error!(error = %unheard, "the page of a launch cannot be shown");
            (StatusCode::SERVICE_UNAVAILABLE, "launch-page-failed")
        }
    };
    told(server, status, language, text)
}

/// A page that says how the player is built.
fn unbuilt(server: &Server, language: Language) -> Response {
    told(server, StatusCode::SERVICE_UNAVAILABLE, language, "launch-page-unbuilt")
}

fn told(server: &Server, status: StatusCode, language: Language, id: &str) -> Response {
    let texts = if language == Language::It { Texts::italian() } else { Texts::english() };
    let say = |id: &str| texts.say(id, &[]).unwrap_or_else(|| id.to_owned());
    let lang = if language == Language::It { "it" } else { "en" };
    let page = html! {
        (DOCTYPE)
        html lang=(lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Traccia" }
            }
            body { main { h1 { (say(id)) } p { (say(&format!("{id}.remedy"))) } } }
        }
    };
    page_of(server, status, language, page.into_string().into())
}

fn page_of(server: &Server, status: StatusCode, language: Language, page: Body) -> Response {
    let mut response = (status, Html(page)).into_response();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; frame-src 'self'; frame-ancestors {}; base-uri 'none'; form-action 'none'",
        server.content.ancestors()
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let language = if language == Language::It { "it" } else { "en" };
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language));
    response
}
