//! What a player commits: `POST /launch/TOKEN/commit`, JSON of whatever media type, for a page that is being left can send
//! nothing but `text/plain` (`navigator.sendBeacon`).

use std::time::Instant;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::request::{read, refuse_early};
use crate::state::Server;
use service::packages::{PackageError, Unheard};
use store::StoreError;

/// The largest commit in bytes: a state as large as the runtime takes, whatever its letters.
const LARGEST: usize = 8 << 20;
/// SCORM's code of a general failure, in both versions.
const FAILURE: u16 = 101;

/// Keeps a commit. The answer is that of the API's `LMSCommit`, with what the runtime adds.
pub(super) async fn post(
    State(server): State<Server>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let unheard = |unheard: &Unheard| {
        let (status, reason) = why(unheard);
        refused(status, reason)
    };
    // A body is read for a good launch alone.
    let opened = match server.packages.open(&token).await {
        Ok(opened) => opened,
        Err(error) => return unheard(&error),
    };
    // A launch is one learner, who cannot be so fast.
    if server.rates.pass_commit(&opened.id, Instant::now()).is_err() {
        return refused(StatusCode::TOO_MANY_REQUESTS, "too-fast");
    }
    let memory = server.content.of_launch(&opened.id);
    if let Err(problem) = refuse_early(&headers, LARGEST) {
        return refused(problem.status(), "body");
    }
    let body = match read(body, LARGEST, &memory).await {
        Ok(body) => body,
        Err(problem) => return refused(problem.status(), "body"),
    };
    match server.packages.commit(&opened, &body, &memory).await {
        Ok(answer) => answered(StatusCode::OK, answer, "true", 0),
        Err(error) => unheard(&error),
    }
}

/// The status of a commit that does not count, and the word by which the player knows why.
fn why(unheard: &Unheard) -> (StatusCode, &'static str) {
    match unheard {
        Unheard::Unknown => (StatusCode::NOT_FOUND, "unknown"),
        Unheard::Expired => (StatusCode::FORBIDDEN, "expired"),
        Unheard::Revoked => (StatusCode::FORBIDDEN, "revoked"),
        Unheard::Removed => (StatusCode::GONE, "removed"),
        Unheard::Commit(reason) => {
            tracing::debug!(reason, "a player sent no commit");
            (StatusCode::BAD_REQUEST, "invalid")
        }
        Unheard::Refused(refusal) if refusal.is_conflict() => {
            (StatusCode::CONFLICT, refusal.reason())
        }
        Unheard::Refused(refusal) => (StatusCode::BAD_REQUEST, refusal.reason()),
        Unheard::Package(PackageError::Store(StoreError::Unavailable(reason))) => {
            tracing::error!(reason, "the store is not available");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        Unheard::Package(PackageError::Busy(_) | PackageError::Memory(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        Unheard::Package(error) => {
            tracing::error!(%error, "a commit cannot be kept");
            (StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
    }
}

fn refused(status: StatusCode, reason: &'static str) -> Response {
    answered(status, json!({ "reason": reason }), "false", FAILURE)
}

fn answered(status: StatusCode, mut answer: Value, result: &str, code: u16) -> Response {
    if let Some(members) = answer.as_object_mut() {
        members.insert("result".to_owned(), result.into());
        members.insert("errorCode".to_owned(), code.into());
    }
    let mut response = (status, axum::Json(answer)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
