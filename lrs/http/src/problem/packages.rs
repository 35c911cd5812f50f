//! What a refusal of packages is answered with.

use axum::http::StatusCode;
use package::{Report, Severity};

use super::Problem;
use service::packages::PackageError;

/// Findings that an answer names; the rest is counted.
const NAMED: usize = 5;

impl From<PackageError> for Problem {
    #[expect(clippy::too_many_lines, reason = "one arm for each answer")]
    fn from(error: PackageError) -> Self {
        let detail = error.to_string();
        match error {
            PackageError::Name(name) => new(
                StatusCode::BAD_REQUEST,
                "package-name",
                format!("`{name}` can be no package's name."),
                "Use 1 to 64 small letters a-z, digits and `-`, such as sicurezza-2026; `check`, `shim` and `ticket` are taken.",
            )
            .with("name", name),
            PackageError::Refused(report) => refused(&report),
            PackageError::NoPackage(name) => new(
                StatusCode::NOT_FOUND,
                "package-unknown",
                format!("There is no package `{name}`."),
                "Import it first; GET /api/v1/packages, or `traccia package list`, lists the packages.",
            )
            .with("name", name),
            PackageError::NoVersion { package, number } => new(
                StatusCode::NOT_FOUND,
                "package-version-unknown",
                format!("The package `{package}` has no version {number}."),
                "GET /api/v1/packages/{name}, or `traccia package versions`, lists its versions.",
            )
            .with("package", package)
            .with("version", number),
            PackageError::Current { package, number } => new(
                StatusCode::CONFLICT,
                "package-version-current",
                format!("Version {number} is the one that new launches of `{package}` play."),
                "Choose another version first, or remove the whole package.",
            )
            .with("package", package)
            .with("version", number),
            PackageError::Launched { package, launches } => new(
                StatusCode::CONFLICT,
                "package-launched",
                format!("Learners have launches of `{package}` that are good: {launches}."),
                "Wait until they expire, take them back, or add force=true: they end then.",
            )
            .with("package", package)
            .with("launches", launches),
            PackageError::Busy(package) => new(
                StatusCode::CONFLICT,
                "package-busy",
                format!("`{package}` is being changed by other requests."),
                "Send the request again.",
            )
            .with("package", package),
            PackageError::NotInCourse { course, package } => new(
                StatusCode::CONFLICT,
                "launch-course",
                format!("The course `{course}` has no activity with the package `{package}`: what is played would count nowhere in it."),
                format!("Write `package = \"{package}\"` into an activity of the course file and load the file again; or launch for the \
                 learner alone, without a course: \"actor\", or `--mail` or `--account`."),
            )
            .with("course", course)
            .with("package", package),
            PackageError::Actor(report) => report.into(),
            PackageError::ActorLong { .. }
            | PackageError::NoLearner
            | PackageError::WhoPlays
            | PackageError::Policy(_) => {
                invalid_launch(&format!("{detail}."))
            }
            PackageError::Hours { hours, most } => new(
                StatusCode::BAD_REQUEST,
                "launch-hours",
                format!("A launch is good for 1 to {most} hours, not for {hours}."),
                "Ask for fewer hours; a learner can have another launch later.",
            )
            .with("hours", hours)
            .with("most", most),
            PackageError::NoLaunch => new(
                StatusCode::NOT_FOUND,
                "launch-unknown",
                "There is no such launch of this package.",
                "GET /api/v1/packages/{name}/launches lists those that are good.",
            ),
            PackageError::Progress(error) => (*error).into(),
            PackageError::File(error) => disk(&error),
            PackageError::Memory(error) => error.into(),
            PackageError::Stopped(error) => error.into(),
            PackageError::Store(error) => error.into(),
        }
    }
}

fn new(
    status: StatusCode,
    rule: &'static str,
    detail: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    Problem::new(status, rule, detail, remedy)
}

/// A launch that cannot be made as it was asked for.
pub(crate) fn invalid_launch(detail: &str) -> Problem {
    new(
        StatusCode::BAD_REQUEST,
        "launch-invalid",
        detail,
        r#"Send {"actor": {"name": "…", "mbox": "mailto:…"}}, or {"learner": "…", "course": "…"}, or {"preview": true}, with "hours", "attempt" (last, same, new, best) and "language" (it, en) where wanted."#,
    )
    .with("detail", detail)
}

/// A package over the limit, in bytes.
pub(crate) fn too_large(limit: u64) -> Problem {
    new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "package-too-large",
        format!("The package is larger than the limit of {limit} bytes."),
        "Raise `limits.package_bytes` on the server, or make the package smaller: films are better linked than packed.",
    )
    .with("limit", limit)
}

/// The server cannot write the package to its disk, or read it again.
pub(crate) fn disk(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "a package cannot be written to the folder for temporary files");
    new(
        StatusCode::SERVICE_UNAVAILABLE,
        "package-disk",
        "The server cannot keep the package while it is imported.",
        "The server's administrator makes room in its folder for temporary files (TMPDIR); nothing was imported.",
    )
}

/// The first errors of a package, by rule and place: `package.href-case in imsmanifest.xml:8`.
fn refused(report: &Report) -> Problem {
    let errors = report.findings.iter().filter(|it| it.rule.severity() == Severity::Error);
    let named = errors.take(NAMED).map(|finding| {
        let place = finding.file.as_deref().map(|file| format!(" in {file}")).unwrap_or_default();
        let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{place}{line}", finding.rule.id())
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let count = report.findings.count(Severity::Error);
    new(
        StatusCode::BAD_REQUEST,
        "package-refused",
        format!("The package has errors, and nothing of it was kept ({count}): {named}."),
        "`traccia package check FILE.zip`, or POST /api/v1/packages/check, shows all of them, each with its file and line \
         and what to do.",
    )
    .with("count", count)
    .with("errors", named)
}
