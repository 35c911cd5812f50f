//! What a refusal of progress and reports is answered with.

use axum::http::StatusCode;

use super::{InEveryLanguage, Problem, STORE_AWAY};
use course::MergeError;
use report::export::ExportError;
use service::memory::Exhausted;
use service::progress::ProgressError;
use xapi::refusal::Values;

impl From<ProgressError> for Problem {
    #[expect(clippy::too_many_lines, reason = "one arm for each answer")]
    fn from(error: ProgressError) -> Self {
        let detail = error.to_string();
        let (text, said, values) = (text(&error), said(&error), values(&error));
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
                let problem = Self::new(StatusCode::BAD_REQUEST, "parameter-value", detail, remedy);
                return problem.in_every_language(text, said, values);
            }
            ProgressError::NobodyHas { what, .. } => {
                let remedy = format!(
                    "Write it as the list of learners does; the report `comparison` with \
                     by={what} shows what there is."
                );
                let problem = Self::new(StatusCode::BAD_REQUEST, "nobody-has", detail, remedy);
                return problem.in_every_language(text, said, values);
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
            ProgressError::NoModule(_) => (
                StatusCode::NOT_FOUND,
                "module-unknown",
                "GET /api/v1/courses/{id}/summary lists the modules.",
            ),
            ProgressError::Mapped { .. } => (
                StatusCode::CONFLICT,
                "activity-mapped",
                "Change the course file where it is to be in another one.",
            ),
            ProgressError::NotEditable => (
                StatusCode::CONFLICT,
                "course-file-not-editable",
                "Write each activity as a [[module.activity]] of its own, or add this one by hand.",
            ),
            ProgressError::NoCursor(_) => (
                StatusCode::BAD_REQUEST,
                "parameter-value",
                "Send `after` as the page before gave it in `next`, or leave it out.",
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
        let mut problem =
            Self::new(status, rule, detail, remedy).in_every_language(text, said, values);
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

    fn in_every_language(
        mut self,
        text: Option<&'static str>,
        said: Option<InEveryLanguage>,
        values: Values,
    ) -> Self {
        self.0.text = text;
        self.0.said = said;
        self.0.values = values;
        self
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

/// The text of other languages, where several errors share a rule.
fn text(error: &ProgressError) -> Option<&'static str> {
    match error {
        ProgressError::EmptyList => Some("sheet-empty"),
        ProgressError::Grouping(_) => Some("grouping"),
        ProgressError::NotTaken { .. } => Some("parameter-not-taken"),
        ProgressError::DayToCome(_) => Some("day-to-come"),
        ProgressError::NoDay(_) => Some("day-too-far"),
        ProgressError::NoCursor(_) => Some("no-cursor"),
        ProgressError::NobodyNamed => Some("learner-missing"),
        ProgressError::CodeOfDay(_) => Some("check-in-code-day"),
        _ => None,
    }
}

/// What the catalogue says of an error in every language.
fn said(error: &ProgressError) -> Option<InEveryLanguage> {
    match error {
        ProgressError::Course(errors) => Some(InEveryLanguage::Course(errors.clone())),
        ProgressError::Sheet(errors) => Some(InEveryLanguage::Sheet(errors.clone())),
        ProgressError::Merge(error) => Some(InEveryLanguage::Message(error.message())),
        ProgressError::NobodyHas { .. } => error.message().map(InEveryLanguage::Message),
        _ => None,
    }
}

/// The values that the text of other languages has in it, in the order of the error's own members.
fn values(error: &ProgressError) -> Values {
    let one = |name: &'static str, value: &dyn ToString| vec![(name, value.to_string())];
    match error {
        ProgressError::NoCourse(id) | ProgressError::Computing(id) => one("course", id),
        ProgressError::OtherId { file, address } => {
            vec![("file", file.clone()), ("address", address.clone())]
        }
        ProgressError::NoEdition { learner, edition, count } => vec![
            ("learner", learner.clone()),
            ("edition", edition.clone()),
            ("count", count.to_string()),
        ],
        ProgressError::Grouping(unknown) => {
            vec![("word", unknown.word.clone()), ("known", unknown.known())]
        }
        ProgressError::NotTaken { takes, report, what } => vec![
            ("takes", takes.join(", ")),
            ("report", (*report).to_owned()),
            ("what", what.clone()),
        ],
        ProgressError::NobodyHas { what, .. } => one("what", what),
        ProgressError::DayToCome(day)
        | ProgressError::NoDay(day)
        | ProgressError::CodeOfDay(day) => one("day", day),
        ProgressError::NoLearner(id) => one("learner", id),
        ProgressError::NoModule(id) => one("module", id),
        ProgressError::NoCursor(cursor) => one("cursor", cursor),
        ProgressError::Mapped { activity, module } => {
            vec![("activity", activity.clone()), ("module", module.clone())]
        }
        ProgressError::NoSession { event, session } => {
            vec![("event", event.clone()), ("session", session.clone())]
        }
        ProgressError::SeveralSessions { session, named } => {
            vec![("session", session.clone()), ("named", named.join(", "))]
        }
        ProgressError::SessionOver { session, date } => {
            vec![("session", session.clone()), ("day", date.to_string())]
        }
        ProgressError::HasCertificates { course, lists } => {
            vec![("course", course.clone()), ("lists", lists.to_string())]
        }
        ProgressError::NoCertificates(id) => one("list", id),
        ProgressError::Record(_)
        | ProgressError::Store(_)
        | ProgressError::Course(_)
        | ProgressError::Sheet(_)
        | ProgressError::Merge(_)
        | ProgressError::EmptyList
        | ProgressError::NobodyNamed
        | ProgressError::NotEditable
        | ProgressError::Bounded
        | ProgressError::Exhausted(_)
        | ProgressError::NoCode
        | ProgressError::Busy => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::{Course, Language, LearnerList};
    use jiff::civil::date;
    use report::Grouping;

    /// An error of each kind but those of statements and of the store, whose texts stand elsewhere.
    fn errors() -> Vec<ProgressError> {
        let day = date(2026, 6, 30);
        let id = || "x".to_owned();
        let unknown = ",".parse::<Grouping>();
        vec![
            ProgressError::NoCourse(id()),
            ProgressError::OtherId { file: id(), address: id() },
            ProgressError::Course(Course::parse("id = 5").unwrap_err()),
            ProgressError::Sheet(LearnerList::parse(b"").unwrap_err()),
            ProgressError::EmptyList,
            ProgressError::DayToCome(day),
            ProgressError::NotTaken { takes: vec!["by"], report: "health", what: id() },
            ProgressError::NobodyNamed,
            ProgressError::NoEdition { learner: id(), edition: id(), count: 1 },
            ProgressError::Merge(MergeError::Unknown(id())),
            ProgressError::Merge(MergeError::Same(id(), id())),
            ProgressError::Merge(MergeError::NotMerged(id())),
            ProgressError::Grouping(unknown.unwrap_err()),
            ProgressError::NoLearner(id()),
            ProgressError::NobodyHas { what: "body", value: id(), near: vec![id(), id()] },
            ProgressError::NoSession { event: id(), session: id() },
            ProgressError::SeveralSessions { session: id(), named: vec![id()] },
            ProgressError::NoCertificates(id()),
            ProgressError::NoModule(id()),
            ProgressError::Mapped { activity: id(), module: id() },
            ProgressError::NotEditable,
            ProgressError::NoCursor(id()),
            ProgressError::Computing(id()),
            ProgressError::Bounded,
            ProgressError::NoDay(day),
            ProgressError::NoCode,
            ProgressError::CodeOfDay(day),
            ProgressError::SessionOver { session: id(), date: day },
            ProgressError::Busy,
            ProgressError::HasCertificates { course: id(), lists: 2 },
        ]
    }

    #[test]
    fn everything_that_is_refused_of_courses_is_said_in_italian_too() {
        for error in errors() {
            let shown = format!("{error:?}");
            let problem = Problem::from(error);
            let [it, en] = [Language::It, Language::En].map(|it| problem.said_in(it));
            assert_ne!(it.0.detail, en.0.detail, "{shown}");
            assert_ne!(it.0.remedy, en.0.remedy, "{shown}");
            assert_ne!(it.0.title, en.0.title, "{shown}");
        }
    }
}
