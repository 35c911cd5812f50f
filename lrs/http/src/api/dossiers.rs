//! All that is kept of a person, as one archive: `/api/v1/dossiers`.

use axum::Extension;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::sessions::read;
use crate::audit::Told;
use crate::problem::Problem;
use crate::request::Brief;
use crate::share::{Answers, Paid};
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;

/// Whose data are asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDossier {
    /// An identifier of the person, as learner lists write it; all that learner lists have beside it count too.
    identifier: String,
    /// Further identifiers of the same person.
    #[serde(default)]
    identifiers: Vec<String>,
}

/// Everything that is kept of a person as a zip archive (Article 15 of Regulation (EU) 2016/679): JSON, and a page to read in
/// Italian and English. Of statements about other people that name the person, only which and when.
#[utoipa::path(post, path = "/api/v1/dossiers", tag = "people", security(("key" = [])),
    request_body = NewDossier,
    responses((status = 200, body = String, content_type = "application/zip"),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem)))]
pub async fn create(
    State(server): State<Server>,
    caller: Caller,
    Answers(memory): Answers,
    Brief(content): Brief,
) -> Result<Response, Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let NewDossier { identifier, identifiers } = read(&content)?;
    let _turn = server.reports.turn(&caller.key.name).await?;
    let archive = server.dossiers.archive(&identifier, &identifiers, &memory).await?;
    // By the identifier as statements have it, so that an erasure finds it.
    let named = identifier.parse().map(|it: course::Identifier| it.to_string());
    let told = Told { target: Some(named.unwrap_or(identifier)), details: None };
    let headers = [
        (CONTENT_TYPE, "application/zip"),
        (CONTENT_DISPOSITION, "attachment; filename=\"traccia-person.zip\""),
    ];
    Ok((headers, Extension(told), Extension(Paid), archive).into_response())
}
