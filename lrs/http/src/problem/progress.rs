//! What a refusal of progress and reports is answered with.

use axum::http::StatusCode;

use super::{Problem, STORE_AWAY};
use course::MergeError;
use report::export::ExportError;
use service::memory::Exhausted;
use service::progress::ProgressError;

impl From<ProgressError> for Problem {
    #[expect(clippy::too_many_lines, reason = "one arm for each answer")]
    fn from(error: ProgressError) -> Self {
        let detail = error.to_string();
        let (status, rule, remedy) = match error {
            ProgressError::Record(error) => return (*error).into(),
            ProgressError::Store(error) => return error.into(),
            ProgressError::NoCourse(_) => (
                StatusCode::NOT_FOUND,
                "course-unknown",
                "Load the course file first; GET /api/v1/courses lists the courses.",
            ),
            ProgressError::OtherId { .. } => (
                StatusCode::BAD_REQUEST,
                "course-id",
                "Send the file to the address with the id it has.",
            ),
            ProgressError::Course(_) => {
                (StatusCode::BAD_REQUEST, "course-file", "Mend the lines named and send it again.")
            }
            ProgressError::Sheet(_) => (
                StatusCode::BAD_REQUEST,
                "sheet",
                "Mend the lines named and send the whole list again.",
            ),
            ProgressError::EmptyList => {
                (StatusCode::BAD_REQUEST, "sheet", "Send at least one learner.")
            }
            ProgressError::NoEdition { .. } => (
                StatusCode::BAD_REQUEST,
                "edition-unknown",
                "Add an [[edition]] of this id to the course file, or mend the column `edition` \
                 of the list of learners.",
            ),
            ProgressError::Grouping(_) => {
                (StatusCode::BAD_REQUEST, "parameter-value", "Choose among those named.")
            }
            ProgressError::NobodyNamed => (
                StatusCode::BAD_REQUEST,
                "parameter-missing",
                "Name one: `learner=ID`, or `--learner ID`. GET /api/v1/courses/{id}/learners, or \
                 `traccia learners export`, gives the ids.",
            ),
            ProgressError::NotTaken { takes, .. } => {
                let remedy = format!(
                    "Leave it out, or ask another report: `progress` and `hours` take every key of \
                     `by`. This one takes: {}.",
                    takes.join(", ")
                );
                return Self::new(StatusCode::BAD_REQUEST, "parameter-value", detail, remedy);
            }
            ProgressError::NobodyHas { what, .. } => {
                let remedy = format!(
                    "Write it as the list of learners does; the report `comparison` with \
                     by={what} shows what there is."
                );
                return Self::new(StatusCode::BAD_REQUEST, "nobody-has", detail, remedy);
            }
            ProgressError::DayToCome(_) => {
                (StatusCode::BAD_REQUEST, "parameter-value", "Choose today or a day before.")
            }
            ProgressError::NoDay(_) => {
                (StatusCode::BAD_REQUEST, "parameter-value", "Choose a day of this century.")
            }
            ProgressError::Merge(MergeError::Unknown(_)) | ProgressError::NoLearner(_) => (
                StatusCode::NOT_FOUND,
                "learner-unknown",
                "GET /api/v1/courses/{id}/learners lists who is enrolled.",
            ),
            ProgressError::Merge(MergeError::Same(..) | MergeError::NotMerged(_)) => (
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
            ProgressError::Exhausted(exhausted) => return too_large(exhausted),
            ProgressError::Computing(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "progress-computing",
                "Ask again in a few seconds: a course that was changed is read from the log.",
            ),
        };
        let mut problem = Self::new(status, rule, detail, remedy);
        problem.0.retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(STORE_AWAY);
        problem
    }
}

impl Problem {
    /// That a report does not fit into the format that was asked for.
    pub(crate) fn too_long_for_format(error: &ExportError) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "report-too-long",
            format!("{error}."),
            "Ask for it as CSV, which has no such limit, or for fewer learners (`region`, `province`, `body`).",
        )
    }
}

/// That a report, or the board behind it, needs more memory than there is.
fn too_large(exhausted: Exhausted) -> Problem {
    const REMEDY: &str = "Ask for fewer learners (`region`, `province`, `body`) or without `expand`; the matrix as CSV \
        or JSON is sent while it is made, whatever its length. More memory for all: `limits.memory_bytes`.";
    let Exhausted { asked, size } = exhausted;
    if !exhausted.will_pass() {
        let detail =
            format!("The report needs {asked} bytes of memory or more; there are {size} for it.");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "report-too-large", detail, REMEDY);
    }
    let detail = "The memory that the report needs is held by other requests and reports.";
    let remedy = format!("Ask again in a few seconds. If that does not help: {REMEDY}");
    let mut problem =
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "report-memory", detail, remedy);
    problem.0.retry_after = Some(STORE_AWAY);
    problem
}
