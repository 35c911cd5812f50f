//! What a failure to make, change or ask a pipe is answered with.

use axum::http::StatusCode;

use super::Problem;
use service::pipes::PipeError;

impl From<PipeError> for Problem {
    fn from(error: PipeError) -> Self {
        let detail = format!("{error}.");
        let words = words_of(&error);
        let (status, rule, remedy) = match error {
            PipeError::Store(error) => return error.into(),
            PipeError::Unknown(_) => {
                (StatusCode::NOT_FOUND, "pipe-unknown", "GET /api/v1/pipes lists the pipes.")
            }
            PipeError::Taken(_) => (
                StatusCode::CONFLICT,
                "pipe-exists",
                "Choose another name, or change that pipe with PUT /api/v1/pipes/{pipe}.",
            ),
            PipeError::Setting { .. } => {
                (StatusCode::BAD_REQUEST, "pipe-invalid", "Send the pipe again with that mended.")
            }
            PipeError::Course(_) => (
                StatusCode::BAD_REQUEST,
                "pipe-invalid",
                "Name a course of this server (GET /api/v1/courses), or leave `course` out.",
            ),
            PipeError::NoNotice(_) => (
                StatusCode::NOT_FOUND,
                "pipe-erasure-unknown",
                "GET /api/v1/pipes/{pipe}/erasures lists them.",
            ),
            PipeError::NoLetter(_) => (
                StatusCode::NOT_FOUND,
                "letter-unknown",
                "GET /api/v1/pipes/{pipe}/dead-letters lists them.",
            ),
            PipeError::Gone(_) => (StatusCode::NOT_FOUND, "letter-gone", "DELETE the dead letter."),
            PipeError::Away(_) => (
                StatusCode::BAD_GATEWAY,
                "pipe-away",
                "Try again later; POST /api/v1/pipes/{pipe}/test says what the other store answers.",
            ),
            PipeError::Busy => (StatusCode::CONFLICT, "pipe-busy", "Send the request again."),
        };
        let (text, values) = words;
        let problem = Self::new(status, rule, detail, remedy);
        let problem = values.into_iter().fold(problem, |it, (name, value)| it.with(name, value));
        text.into_iter().fold(problem, Self::in_words)
    }
}

/// The text of other languages, where it is not that of the rule, and what it has in it.
fn words_of(error: &PipeError) -> (Option<&'static str>, Vec<(&'static str, String)>) {
    match error {
        PipeError::Unknown(pipe) | PipeError::Taken(pipe) => (None, vec![("pipe", pipe.clone())]),
        PipeError::Setting { setting, why } => {
            let values = vec![("setting", (*setting).to_owned()), ("why", why.clone())];
            (Some("pipe-setting"), values)
        }
        PipeError::Course(course) => (Some("pipe-course"), vec![("course", course.clone())]),
        PipeError::NoNotice(id) | PipeError::NoLetter(id) | PipeError::Gone(id) => {
            (None, vec![("id", id.to_string())])
        }
        PipeError::Away(why) => (None, vec![("why", why.clone())]),
        PipeError::Busy | PipeError::Store(_) => (None, Vec::new()),
    }
}
