//! What a refusal of progress and reports is answered with.

use axum::http::StatusCode;

use super::{Problem, STORE_AWAY};
use course::MergeError;
use service::progress::ProgressError;

impl From<ProgressError> for Problem {
    fn from(error: ProgressError) -> Self {
        let detail = error.to_string();
        let bad = |rule: &'static str, remedy: &str| {
            Self::new(StatusCode::BAD_REQUEST, rule, detail.clone(), remedy)
        };
        match error {
            ProgressError::NoCourse(_) => Self::new(
                StatusCode::NOT_FOUND,
                "course-unknown",
                detail,
                "Load the course file first; GET /api/v1/courses lists the courses.",
            ),
            ProgressError::OtherId { .. } => {
                bad("course-id", "Send the file to the address with the id it has.")
            }
            ProgressError::Course(_) => {
                bad("course-file", "Mend the lines named and send it again.")
            }
            ProgressError::Sheet(_) => {
                bad("sheet", "Mend the lines named and send the whole list again.")
            }
            ProgressError::NoEdition { .. } => bad(
                "edition-unknown",
                "Add an [[edition]] of this id to the course file, or mend the column `edition` \
                 of the list of learners.",
            ),
            ProgressError::Grouping(_) => bad("parameter-value", "Choose among those named."),
            ProgressError::NobodyNamed => bad(
                "parameter-missing",
                "Name one: `learner=ID`, or `--learner ID`. GET /api/v1/courses/{id}/learners, or \
                 `traccia learners export`, gives the ids.",
            ),
            ProgressError::NotTaken { takes, .. } => bad(
                "parameter-value",
                &format!(
                    "Leave it out, or ask another report: `progress` and `hours` take every key of \
                     `by`. This one takes: {}.",
                    takes.join(", ")
                ),
            ),
            ProgressError::NobodyHas { what, .. } => bad(
                "nobody-has",
                &format!(
                    "Write it as the list of learners does; the report `comparison` with \
                     by={what} shows what there is."
                ),
            ),
            ProgressError::EmptyList => bad("sheet", "Send at least one learner."),
            ProgressError::DayToCome(_) => bad("parameter-value", "Choose today or a day before."),
            ProgressError::NoDay(_) => bad("parameter-value", "Choose a day of this century."),
            other => Self::of_progress(other, detail),
        }
    }
}

impl Problem {
    #[expect(clippy::too_many_lines, reason = "one arm for each answer")]
    fn of_progress(error: ProgressError, detail: String) -> Self {
        let (status, rule, remedy) = match error {
            ProgressError::Merge(MergeError::Unknown(_)) | ProgressError::NoLearner(_) => (
                StatusCode::NOT_FOUND,
                "learner-unknown",
                "GET /api/v1/courses/{id}/learners lists who is enrolled.",
            ),
            ProgressError::Merge(_) => (
                StatusCode::CONFLICT,
                "merge",
                "GET /api/v1/courses/{id}/learners lists the merges.",
            ),
            ProgressError::NoSession { .. } => (
                StatusCode::NOT_FOUND,
                "session-unknown",
                "Use the key of a [[module.event]] and the id of one of its sessions.",
            ),
            ProgressError::SeveralSessions { .. } => (
                StatusCode::BAD_REQUEST,
                "session-ambiguous",
                "A sheet is signed at one session: write session=EVENT/SESSION.",
            ),
            ProgressError::HasCertificates { .. } => (
                StatusCode::CONFLICT,
                "course-has-certificates",
                "Take them along first (GET /api/v1/courses/{id}/certificates/{list}), then add \
                 `certificates=true`: nothing brings them back.",
            ),
            ProgressError::NoCertificates(_) => (
                StatusCode::NOT_FOUND,
                "certificates-unknown",
                "GET /api/v1/courses/{id}/certificates names the lists.",
            ),
            ProgressError::Bounded => (
                StatusCode::FORBIDDEN,
                "bounds",
                "Use a key without bounds; GET /whoami shows those of this one.",
            ),
            ProgressError::SessionOver { .. } => (
                StatusCode::CONFLICT,
                "session-over",
                "Write the register of the session: PUT …/register, or `traccia register keep`.",
            ),
            ProgressError::NoCode | ProgressError::CodeOfDay(_) => (
                StatusCode::FORBIDDEN,
                "check-in-code",
                "Look again at the code shown in the room; it is valid on the session's day alone.",
            ),
            ProgressError::Busy => {
                (StatusCode::CONFLICT, "course-changed", "Look at the course, and send it again.")
            }
            ProgressError::Computing(_) => {
                let mut problem = Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "progress-computing",
                    detail,
                    "Ask again in a few seconds: a course that was changed is read from the log.",
                );
                problem.0.retry_after = Some(STORE_AWAY);
                return problem;
            }
            ProgressError::Record(error) => return (*error).into(),
            ProgressError::Store(error) => return error.into(),
            _ => return Self::stopped(),
        };
        Self::new(status, rule, detail, remedy)
    }
}
