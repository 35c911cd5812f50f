//! Why a step on the database failed. The store's contract knows only [`StoreError`]; an error of
//! SQLite becomes one here.

use store::StoreError;

/// What a step on the database gives.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A [`StoreError`] that an error of SQLite can become by `?`.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) StoreError);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<xapi::refusal::Refusal> for Failure {
    fn from(refusal: xapi::refusal::Refusal) -> Self {
        Self(refusal.into())
    }
}

impl From<Failure> for StoreError {
    fn from(Failure(error): Failure) -> Self {
        error
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{
            FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType,
        };
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, TypeMismatch};
        let is_corrupt = matches!(
            error.sqlite_error_code(),
            Some(DatabaseCorrupt | NotADatabase | TypeMismatch)
        ) || matches!(
            error,
            FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..)
        );
        let reason = error.to_string();
        Self(if is_corrupt { StoreError::Corrupt(reason) } else { StoreError::Unavailable(reason) })
    }
}
