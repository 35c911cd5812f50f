//! The page on which people check themselves in to a session, with the code they see in the room,
//! and the sheet with that code. They work without JavaScript.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_LANGUAGE, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use url::form_urlencoded;

use super::language::preferred;
use super::problem::Problem;
use super::request::Small;
use super::state::Server;
use course::Language;
use page::{Form, Page, Wrong};
use service::progress::ProgressError;
use xapi::parameters::Parameters;

mod page;
mod qr;
mod sheet;

pub(crate) use sheet::sheet;

/// How the pages look.
pub(super) const STYLE: &str = include_str!("style.css");

/// The typeface of the page with the form. Its address is relative to that page's own.
pub(super) const FONTS: &str = include_str!("fonts.css");

/// A form for code and mail address, with the session named where the address brings its code.
#[utoipa::path(get, path = "/check-in/{course}", tag = "pages",
    params(("course" = String, Path, description = "the course's id"),
        ("code" = Option<String>, Query, description = "the session's code, as in the QR code"),
        ("lang" = Option<String>, Query, description = "it or en; by Accept-Language if missing")),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = 403, body = String, content_type = "text/html"),
        (status = 404, body = String, content_type = "text/html")))]
pub(super) async fn page(
    State(server): State<Server>,
    Path(course): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let language = language(&parameters, &headers);
    let form = Form { code: text(&parameters, "code"), learner: String::new() };
    let title = match server.progress.course_title(&course).await {
        Ok(title) => title,
        Err(error) => return unknown_course(error, &course, language),
    };
    if form.code.is_empty() {
        let page = Page { language, course: &title, session: None, form: &form, wrong: None };
        return Ok(html(StatusCode::OK, language, page.form()));
    }
    let found = server.progress.session_of_code(&course, &form.code).await;
    let (session, wrong, status) = match found {
        Ok(session) => (Some(session), None, StatusCode::OK),
        Err(error) => {
            let (wrong, status) = wrong(error)?;
            (None, Some(wrong), status)
        }
    };
    let session = session.as_ref();
    let page = Page { language, course: &title, session, form: &form, wrong: wrong.as_ref() };
    Ok(html(status, language, page.form()))
}

/// Takes the form.
#[utoipa::path(post, path = "/check-in/{course}", tag = "pages",
    params(("course" = String, Path, description = "the course's id"),
        ("lang" = Option<String>, Query, description = "it or en; by Accept-Language if missing")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = 403, body = String, content_type = "text/html"),
        (status = 404, body = String, content_type = "text/html"),
        (status = 413, body = Problem), (status = 415, body = Problem)))]
pub(super) async fn take(
    State(server): State<Server>,
    Path(course): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
    Small(content): Small,
) -> Result<Response, Problem> {
    content.only(&["application/x-www-form-urlencoded"])?;
    let language = language(&parameters, &headers);
    let field = |name: &str| {
        let mut fields = form_urlencoded::parse(&content.body);
        fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let form = Form { code: field("code"), learner: field("learner") };
    let title = match server.progress.course_title(&course).await {
        Ok(title) => title,
        Err(error) => return unknown_course(error, &course, language),
    };
    let mut page = Page { language, course: &title, session: None, form: &form, wrong: None };
    match server.progress.check_in(&course, &form.code, &form.learner).await {
        Ok(taken) => Ok(html(StatusCode::OK, language, page.taken(&taken))),
        Err(error) => {
            let (wrong, status) = wrong(error)?;
            // Who is not found may still see that the code is right.
            let session = server.progress.session_of_code(&course, &form.code).await.ok();
            page.session = session.as_ref();
            page.wrong = Some(&wrong);
            Ok(html(status, language, page.form()))
        }
    }
}

/// What is wrong with the form, under the status that the error has everywhere; all else is a problem.
fn wrong(error: ProgressError) -> Result<(Wrong, StatusCode), Problem> {
    let wrong = match &error {
        ProgressError::NoCode => Some(Wrong::Code),
        ProgressError::CodeOfDay(day) => Some(Wrong::CodeOfDay(*day)),
        ProgressError::NoLearner(_) => Some(Wrong::Learner),
        ProgressError::NoCourse(_)
        | ProgressError::OtherId { .. }
        | ProgressError::Course(_)
        | ProgressError::Sheet(_)
        | ProgressError::EmptyList
        | ProgressError::DayToCome(_)
        | ProgressError::NotTaken { .. }
        | ProgressError::NobodyNamed
        | ProgressError::NoEdition { .. }
        | ProgressError::Merge(_)
        | ProgressError::Grouping(_)
        | ProgressError::NobodyHas { .. }
        | ProgressError::NoSession { .. }
        | ProgressError::SeveralSessions { .. }
        | ProgressError::NoCertificates(_)
        | ProgressError::NoModule(_)
        | ProgressError::Mapped { .. }
        | ProgressError::NotEditable
        | ProgressError::NoCursor(_)
        | ProgressError::Computing(_)
        | ProgressError::Bounded
        | ProgressError::NoDay(_)
        | ProgressError::SessionOver { .. }
        | ProgressError::Busy
        | ProgressError::HasCertificates { .. }
        | ProgressError::Exhausted(_)
        | ProgressError::Record(_)
        | ProgressError::Store(_) => None,
    };
    let problem = Problem::from(error);
    wrong.map(|wrong| (wrong, problem.status())).ok_or(problem)
}

fn unknown_course(
    error: ProgressError,
    course: &str,
    language: Language,
) -> Result<Response, Problem> {
    let is_unknown = matches!(error, ProgressError::NoCourse(_));
    let problem = Problem::from(error);
    if !is_unknown {
        return Err(problem);
    }
    Ok(html(problem.status(), language, page::unknown_course(course, language)))
}

fn text(parameters: &Parameters, name: &str) -> String {
    parameters.get(name).unwrap_or_default().to_owned()
}

/// The language asked for, else the one that the browser would rather have.
fn language(parameters: &Parameters, headers: &HeaderMap) -> Language {
    match parameters.get("lang") {
        Some("it") => Language::It,
        Some("en") => Language::En,
        _ => preferred(headers),
    }
}

/// A page for a browser, in a language that it may have chosen.
pub(crate) fn html(status: StatusCode, language: Language, page: String) -> Response {
    let headers = [(CONTENT_LANGUAGE, language.tag()), (VARY, "accept-language")];
    (status, headers, Html(page)).into_response()
}
