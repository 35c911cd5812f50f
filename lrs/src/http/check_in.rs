//! The page on which people check themselves in to a session, with the code they see in the room.
//! It works without JavaScript.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use url::form_urlencoded;

use super::problem::Problem;
use super::request::Small;
use super::state::Server;
use crate::progress::ProgressError;

/// How the page looks.
pub(super) const STYLE: &str = include_str!("check_in.css");

/// A form for code and mail address.
#[utoipa::path(get, path = "/check-in/{course}", tag = "pages",
    params(("course" = String, Path, description = "the course's id")),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = 404, body = Problem)))]
pub(super) async fn page(
    State(server): State<Server>,
    Path(course): Path<String>,
) -> Result<Html<String>, Problem> {
    let known = server.store.course_revision(&course).await?;
    known.ok_or_else(|| Problem::from(ProgressError::NoCourse(course)))?;
    Ok(Html(written("", "")))
}

/// Takes the form.
#[utoipa::path(post, path = "/check-in/{course}", tag = "pages",
    params(("course" = String, Path, description = "the course's id")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = 400, body = String, content_type = "text/html"),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem)))]
pub(super) async fn take(
    State(server): State<Server>,
    Path(course): Path<String>,
    Small(content): Small,
) -> Result<(StatusCode, Html<String>), Problem> {
    content.only(&["application/x-www-form-urlencoded"])?;
    let field = |name: &str| {
        let mut fields = form_urlencoded::parse(&content.body);
        fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    match server.progress.check_in(&course, &field("code"), &field("learner")).await {
        Ok(taken) if taken.is_new => Ok((
            StatusCode::OK,
            Html(written(
                "ok",
                "Presenza registrata. <span lang=\"en\">Your presence is registered.</span>",
            )),
        )),
        Ok(_) => Ok((
            StatusCode::OK,
            Html(written(
                "ok",
                "La presenza era già registrata. \
             <span lang=\"en\">Your presence was registered already.</span>",
            )),
        )),
        Err(ProgressError::NoCode) => Ok((
            StatusCode::BAD_REQUEST,
            Html(written(
                "bad",
                "Il codice non è valido oggi: ricontrollarlo. \
             <span lang=\"en\">This code is not valid today: check it again.</span>",
            )),
        )),
        Err(ProgressError::NoLearner(_)) => Ok((
            StatusCode::BAD_REQUEST,
            Html(written(
                "bad",
                "Nessun iscritto al corso con questo indirizzo o matricola. \
             <span lang=\"en\">Nobody enrolled has this address or id.</span>",
            )),
        )),
        Err(other) => Err(other.into()),
    }
}

fn written(class: &str, message: &str) -> String {
    let page = include_str!("check_in.html").replace("{style}", STYLE);
    page.replace("{class}", class).replace("{message}", message)
}
