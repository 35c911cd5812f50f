//! What refused rules of retention are answered with.

use axum::http::StatusCode;

use super::Problem;
use super::people::invalid;
use service::retention::RetentionError;

impl From<RetentionError> for Problem {
    fn from(error: RetentionError) -> Self {
        let detail = error.to_string();
        match error {
            RetentionError::Number(_) => invalid(
                "retention-number",
                detail,
                "See docs/privacy.md: at most 100 rules, an age of 30 to 36,500 days, 1 to 1,000 people a day.",
            ),
            RetentionError::NoCourse(_) => invalid(
                "retention-course",
                detail,
                "Name a course that is there: GET /api/v1/courses lists them.",
            ),
            RetentionError::Course(_) => invalid(
                "retention-course-file",
                detail,
                "Load the file of the course again, and then the rules.",
            ),
            RetentionError::Busy => Self::new(
                StatusCode::CONFLICT,
                "retention-busy",
                detail,
                "Read the rules again, and send the change again.",
            ),
            RetentionError::Erasure(error) => error.into(),
            RetentionError::Store(error) => error.into(),
            RetentionError::Stopped => Self::stopped(),
        }
    }
}
