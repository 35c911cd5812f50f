//! One call to the server. It takes [`AT_MOST`] at most, and its failure becomes a [`StoreError`].

use std::time::Duration;

use futures::TryStreamExt as _;
use mongodb::bson::Document;
use mongodb::error::{Error, ErrorKind, RETRYABLE_WRITE_ERROR, WriteFailure};
use mongodb::{Collection, Cursor};

use store::{Result, StoreError};

/// How long one call may take. The driver gives up earlier where it finds no server.
const AT_MOST: Duration = Duration::from_secs(30);
/// The server's code for a unique key that is taken.
const DUPLICATE_KEY: i32 = 11_000;
/// Codes of a server that rejects the request itself: a value, a type, a length, a depth, the name of a
/// field, or a size. After any other code, trying again may help.
const BLAMING: &[i32] =
    &[2, 9, 14, 15, 16, 22, 52, 53, 56, 57, 73, 121, 10_334, 17_280, 17_419, 17_420];

/// How many bytes of documents the driver takes in one answer. Some servers send longer answers, unless
/// the request limits the number of documents.
pub(super) const LONGEST_ANSWER: usize = 40 << 20;
/// Documents of one answer, where each may have up to [`super::blob::INLINE`] bytes.
pub(super) const BATCH: u32 = 100;

/// The result of `work`, within [`AT_MOST`].
pub(super) async fn call<T>(
    work: impl IntoFuture<Output = mongodb::error::Result<T>>,
) -> Result<T> {
    in_time(work).await?.map_err(told)
}

/// All documents that `find` finds.
pub(super) async fn all(
    find: impl IntoFuture<Output = mongodb::error::Result<Cursor<Document>>>,
) -> Result<Vec<Document>> {
    all_until(find, |_| false).await
}

/// The documents that `find` finds, up to the first one that is `enough`. [`AT_MOST`] holds for each of
/// the server's answers.
pub(super) async fn all_until(
    find: impl IntoFuture<Output = mongodb::error::Result<Cursor<Document>>>,
    mut enough: impl FnMut(&Document) -> bool,
) -> Result<Vec<Document>> {
    let mut cursor = call(find).await?;
    let mut found = Vec::new();
    while let Some(document) = call(cursor.try_next()).await? {
        let is_enough = enough(&document);
        found.push(document);
        if is_enough {
            break;
        }
    }
    Ok(found)
}

/// Inserts `document` unless its `_id` is taken; says whether it was inserted.
///
/// Use this insertion, never an update, wherever exactly one writer may win: every server performs it
/// atomically.
pub(super) async fn insert(into: &Collection<Document>, document: Document) -> Result<bool> {
    match in_time(into.insert_one(document)).await? {
        Ok(_) => Ok(true),
        Err(error) if is_duplicate(&error) => Ok(false),
        Err(error) => Err(told(error)),
    }
}

/// Inserts those of `documents` whose `_id` is free; gives the positions of the others.
pub(super) async fn insert_free(
    into: &Collection<Document>,
    documents: &[Document],
) -> Result<Vec<usize>> {
    let Err(error) = in_time(into.insert_many(documents).ordered(false)).await? else {
        return Ok(Vec::new());
    };
    let ErrorKind::InsertMany(failed) = error.kind.as_ref() else { return Err(told(error)) };
    let (Some(failures), None) = (&failed.write_errors, &failed.write_concern_error) else {
        return Err(told(error));
    };
    if !failures.iter().all(|failure| failure.code == DUPLICATE_KEY) {
        return Err(told(error));
    }
    Ok(failures.iter().map(|failure| failure.index).collect())
}

/// The output of `work`, unless it takes longer than [`AT_MOST`].
pub(super) async fn in_time<T>(work: impl IntoFuture<Output = T>) -> Result<T> {
    tokio::time::timeout(AT_MOST, work.into_future()).await.map_err(|_| {
        StoreError::Unavailable(format!("the database did not answer in {} s", AT_MOST.as_secs()))
    })
}

fn is_duplicate(error: &Error) -> bool {
    match error.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(error)) => error.code == DUPLICATE_KEY,
        ErrorKind::Command(error) => error.code == DUPLICATE_KEY,
        _ => false,
    }
}

/// The driver's error in the store's terms: [`StoreError::Corrupt`] for what cannot be read,
/// [`StoreError::Rejected`] for what the server does not take, [`StoreError::Unavailable`] for the rest.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
pub(super) fn told(error: Error) -> StoreError {
    let text = error.kind.to_string();
    match error.kind.as_ref() {
        ErrorKind::BsonDeserialization(_) | ErrorKind::Bson(_) => StoreError::Corrupt(text),
        ErrorKind::BsonSerialization(_) | ErrorKind::InvalidArgument { .. } => {
            StoreError::Rejected(text)
        }
        _ if code(&error).is_some_and(|code| BLAMING.contains(&code)) => StoreError::Rejected(text),
        _ => StoreError::Unavailable(text),
    }
}

/// The code of an error that a reachable server answered with; `None` for one that may pass by itself.
pub(super) fn code(error: &Error) -> Option<i32> {
    if error.contains_label(RETRYABLE_WRITE_ERROR) {
        return None;
    }
    match error.kind.as_ref() {
        ErrorKind::Command(error) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
        ErrorKind::InsertMany(failed) if failed.write_concern_error.is_none() => {
            let codes = failed.write_errors.iter().flatten().map(|error| error.code);
            codes.max_by_key(|code| *code != DUPLICATE_KEY)
        }
        _ => None,
    }
}
