//! What a failure to give rows or files of tables is answered with.

use axum::http::StatusCode;

use super::Problem;
use dataset::aggregate::{AnswerError, Bound};
use service::datasets::{DatasetError, QuestionError};
use service::progress::ProgressError;
use store::StoreError;

impl From<DatasetError> for Problem {
    fn from(error: DatasetError) -> Self {
        match error {
            DatasetError::Store(error) => error.into(),
            DatasetError::NoCourse(id) => ProgressError::NoCourse(id).into(),
            DatasetError::Course(_) => StoreError::Corrupt(error.to_string()).into(),
            DatasetError::Stopped => Self::stopped(),
            DatasetError::Memory(error) => error.into(),
            DatasetError::Manifest(_)
            | DatasetError::Place { .. }
            | DatasetError::Parquet(_)
            | DatasetError::Taken => StoreError::Unavailable(error.to_string()).into(),
        }
    }
}

impl From<QuestionError> for Problem {
    fn from(error: QuestionError) -> Self {
        match error {
            QuestionError::Ask(error) => error.into(),
            QuestionError::Dataset(error) => error.into(),
            QuestionError::Memory(error) => error.into(),
            QuestionError::Bound(bound) => bound.into(),
        }
    }
}

impl From<Bound> for Problem {
    fn from(bound: Bound) -> Self {
        let (name, limit) = match bound {
            Bound::Groups(limit) => ("groups", limit.to_string()),
            Bound::Rows(limit) => ("rows", limit.to_string()),
            Bound::Bytes(limit) => ("bytes", limit.to_string()),
            Bound::Seconds(limit) => ("seconds", limit.to_string()),
        };
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "aggregate-bound",
            format!("There is no answer: {bound}."),
            "Narrow the question by a condition or to fewer dimensions, or send it with `Prefer: respond-async` \
             where it takes too long.",
        )
        .with("bound", name)
        .with("limit", limit)
    }
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        Self::unanswered(&error.to_string())
    }
}

impl Problem {
    /// A question whose job has failed, or whose answer cannot be written as asked.
    pub(crate) fn unanswered(reason: &str) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "aggregate-failed",
            format!("There is no answer: {reason}."),
            "Ask again, for less or in another format.",
        )
        .with("reason", reason)
    }
}
