//! How a command ends: one exit code for each meaning, and the error in words.

use std::process::ExitCode;

use super::client::{ServerError, language_of_terminal};
use super::out::{self, note};
use crate::app::{StartError, StorageError};
use crate::backup::BackupError;
use crate::config::ConfigError;
use course::CourseErrors;
use service::datasets::DatasetError;
use service::keys::InitError;
use service::keys::SeedError;
use service::people::PeopleError;
use service::transfer::TransferError;
use store::StoreError;
use texts::Texts;

/// The codes as `traccia --help` shows them.
pub(super) const CODES: &str = "\
Exit codes:
  0    done
  1    done, and the answer is no: refused statements, a server that is not ready, a changed list
  2    the command line or a setting cannot be used; nothing was begun
  3    a file, or what was asked of the server, was refused; the message says what to mend
  4    the server or the store cannot be reached or cannot work now; try again later
  5    anything else, such as a file that cannot be read or written
  130  stopped by Ctrl-C";

/// What the exit code of a command says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done.
    Done = 0,
    /// Done, and the answer is no.
    No = 1,
    /// The command line or a setting cannot be used.
    Usage = 2,
    /// A file or a request was refused.
    Refused = 3,
    /// The server or the store cannot be reached, or cannot work now.
    Unavailable = 4,
    /// Anything else.
    Failed = 5,
    /// Stopped by Ctrl-C.
    Stopped = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error that a command itself finds, and how the command ends with it.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(super) struct Failure {
    exit: Exit,
    text: String,
}

/// The command line cannot be used.
pub(super) fn usage(text: impl Into<String>) -> anyhow::Error {
    Failure { exit: Exit::Usage, text: text.into() }.into()
}

/// What was asked is refused.
pub(super) fn refused(text: impl Into<String>) -> anyhow::Error {
    Failure { exit: Exit::Refused, text: text.into() }.into()
}

/// The answer is no.
pub(super) fn no(text: impl Into<String>) -> anyhow::Error {
    Failure { exit: Exit::No, text: text.into() }.into()
}

impl Exit {
    /// How a command ends with this error: as its outermost cause says that says anything.
    pub(super) fn of(error: &anyhow::Error) -> Self {
        error.chain().find_map(Self::of_cause).unwrap_or(Self::Failed)
    }

    fn of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<Self> {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return Some(failure.exit);
        }
        if let Some(error) = cause.downcast_ref::<ServerError>() {
            return Some(Self::of_server(error));
        }
        if let Some(error) = cause.downcast_ref::<StartError>() {
            return Some(Self::of_start(error));
        }
        if let Some(error) = cause.downcast_ref::<TransferError>() {
            return Some(match error {
                TransferError::Store { error, .. } => Self::of_store(error),
                TransferError::Busy(_) => Self::Unavailable,
                TransferError::OtherStatements { .. }
                | TransferError::InUse
                | TransferError::OtherKey(_)
                | TransferError::OtherPerson(_)
                | TransferError::OtherCertificates { .. }
                | TransferError::Different(_)
                | TransferError::Course(_) => Self::Refused,
            });
        }
        if let Some(error) = cause.downcast_ref::<BackupError>() {
            return Self::of_backup(error);
        }
        if let Some(error) = cause.downcast_ref::<DatasetError>() {
            return Some(Self::of_dataset(error));
        }
        if let Some(error) = cause.downcast_ref::<StoreError>() {
            return Some(Self::of_store(error));
        }
        if let Some(error) = cause.downcast_ref::<InitError>() {
            return Some(match error {
                InitError::Store(error) => Self::of_store(error),
                InitError::Name(_) => Self::Usage,
                InitError::Managed(_) | InitError::Taken(_) => Self::Refused,
            });
        }
        if let Some(error) = cause.downcast_ref::<PeopleError>() {
            return Some(match error {
                PeopleError::Store(error) => Self::of_store(error),
                PeopleError::Name(_) => Self::Usage,
                PeopleError::Stopped => Self::Failed,
                PeopleError::Busy => Self::Unavailable,
                _ => Self::Refused,
            });
        }
        let is_usage = cause.is::<ConfigError>();
        let is_refused = cause.is::<CourseErrors>();
        is_usage.then_some(Self::Usage).or(is_refused.then_some(Self::Refused))
    }

    const fn of_start(error: &StartError) -> Self {
        match error {
            StartError::Config(_)
            | StartError::Tls(_)
            | StartError::Seed(
                SeedError::Malformed | SeedError::Name(_) | SeedError::OtherSecret(_),
            ) => Self::Usage,
            StartError::Store(error) | StartError::Seed(SeedError::Store(error)) => {
                Self::of_store(error)
            }
            StartError::Data(error) => Self::of_dataset(error),
            StartError::Storage(error) => Self::of_storage(error),
            StartError::Folder(..)
            | StartError::Listen(..)
            | StartError::Oidc(_)
            | StartError::Pipes(_) => Self::Failed,
        }
    }

    /// None where the error passes on its cause.
    fn of_backup(error: &BackupError) -> Option<Self> {
        match error {
            BackupError::Busy(_) => Some(Self::Unavailable),
            BackupError::NoBackup(_)
            | BackupError::Broken { .. }
            | BackupError::Newer(_)
            | BackupError::Erasures { .. }
            | BackupError::Different(_)
            | BackupError::NotEmpty
            | BackupError::Store(StoreError::Rejected(_)) => Some(Self::Refused),
            BackupError::File { .. } | BackupError::Damaged(_) | BackupError::Stopped => {
                Some(Self::Failed)
            }
            BackupError::Store(error) => Some(Self::of_store(error)),
            BackupError::Start(error) => Self::of_cause(error),
            BackupError::Transfer(error) => Self::of_cause(error),
        }
    }

    const fn of_storage(error: &StorageError) -> Self {
        match error {
            StorageError::Setting(_) | StorageError::Unconditional => Self::Usage,
            StorageError::Answer(_) => Self::Unavailable,
        }
    }

    const fn of_dataset(error: &DatasetError) -> Self {
        match error {
            DatasetError::Store(error) => Self::of_store(error),
            DatasetError::Taken | DatasetError::Stopped | DatasetError::Memory(_) => {
                Self::Unavailable
            }
            DatasetError::Manifest(_) | DatasetError::NoCourse(_) | DatasetError::Course(_) => {
                Self::Refused
            }
            DatasetError::Place { .. } | DatasetError::Parquet(_) => Self::Failed,
        }
    }

    fn of_server(error: &ServerError) -> Self {
        match error {
            ServerError::Unreachable { .. } | ServerError::Foreign { .. } => Self::Unavailable,
            ServerError::Unsendable { .. } => Self::Refused,
            ServerError::Answer { status, .. } => match status.as_u16() {
                408 | 429 | 502..=504 => Self::Unavailable,
                400..500 => Self::Refused,
                _ => Self::Failed,
            },
        }
    }

    const fn of_store(error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::Rejected(_) | StoreError::Corrupt(_) | StoreError::Unreadable { .. } => {
                Self::Failed
            }
            StoreError::Conflict { .. } | StoreError::Precondition(_) | StoreError::Refused(_) => {
                Self::Refused
            }
        }
    }
}

/// Ends a command that failed: says why, once, and gives its exit code. A reader of the output
/// that has seen enough is no failure.
pub(super) fn end(error: &anyhow::Error) -> ExitCode {
    if out::is_closed(error) {
        return Exit::Done.into();
    }
    note!("traccia: {}", told(error));
    Exit::of(error).into()
}

/// An error with its causes, each said once: an error often quotes its cause.
pub(super) fn told(error: &anyhow::Error) -> String {
    said(error, language_of_terminal().texts())
}

/// The same in a language. What says English below the catalogue is recognised by its words.
fn said(error: &anyhow::Error, texts: &Texts) -> String {
    let (mut told, mut english) = (String::new(), String::new());
    for cause in error.chain().map(ToString::to_string) {
        if english.contains(&cause) && !english.is_empty() {
            continue;
        }
        if !told.is_empty() {
            told.push_str(": ");
        }
        told.push_str(&texts.of_english(&cause));
        english.push_str(&cause);
    }
    told
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_cause_that_is_quoted_already_is_not_said_twice() {
        let cause = std::io::Error::other("the disk is full");
        let error = Err::<(), _>(cause).context("writing a: the disk is full").unwrap_err();
        assert_eq!(said(&error, Texts::english()), "writing a: the disk is full");
        let error = error.context("exporting");
        assert_eq!(said(&error, Texts::english()), "exporting: writing a: the disk is full");
        let italian = "exporting: scrittura di a: the disk is full";
        assert_eq!(
            said(&error, Texts::italian()),
            italian,
            "a cause that is quoted is quoted in either language"
        );
    }

    #[test]
    fn each_error_has_the_code_of_what_it_means() {
        let store = |reason: &str| StoreError::Unavailable(reason.into());
        let of = |error: anyhow::Error| Exit::of(&error.context("doing it"));
        assert_eq!(of(usage("x")), Exit::Usage);
        assert_eq!(of(refused("x")), Exit::Refused);
        assert_eq!(of(no("x")), Exit::No);
        assert_eq!(of(store("full").into()), Exit::Unavailable);
        assert_eq!(of(StartError::Store(store("locked")).into()), Exit::Unavailable);
        assert_eq!(of(StartError::Seed(SeedError::Malformed).into()), Exit::Usage);
        assert_eq!(of(StoreError::Corrupt("x".into()).into()), Exit::Failed);
        assert_eq!(of(TransferError::InUse.into()), Exit::Refused);
        assert_eq!(of(ConfigError::Version("3".into()).into()), Exit::Usage);
        assert_eq!(of(std::io::Error::other("x").into()), Exit::Failed);
        let answer = |status: u16| {
            let status = reqwest::StatusCode::from_u16(status).unwrap();
            ServerError::Answer { status, problem: Value::Null, retry_after: None }
        };
        assert_eq!(of(answer(404).into()), Exit::Refused);
        assert_eq!(of(answer(503).into()), Exit::Unavailable);
        assert_eq!(of(answer(500).into()), Exit::Failed);
    }

    #[test]
    fn the_help_names_every_code() {
        for exit in [Exit::Done, Exit::No, Exit::Usage, Exit::Refused, Exit::Unavailable] {
            assert!(CODES.contains(&format!("\n  {}    ", exit as u8)), "{exit:?}");
        }
        for exit in [Exit::Failed, Exit::Stopped] {
            assert!(CODES.contains(&format!("\n  {:<5}", exit as u8)), "{exit:?}");
        }
    }
}
