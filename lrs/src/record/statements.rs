//! Keeping statements and giving them back (Communication 2.1).

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;
use validator::{Statement, ifi};

use super::{Record, RecordError};
use crate::access::caller::Readable;
use crate::clock::new_id;
use crate::store::{Batch, Kept, KeptBatch, Page, StoreError};
use crate::xapi::attachment::{self, Attachment};
use crate::xapi::authority::Authority;
use crate::xapi::format;
use crate::xapi::index::{MOST_OF_BATCH, MOST_OF_STATEMENT};
use crate::xapi::instant::Instant;
use crate::xapi::language::Languages;
use crate::xapi::prepare::{Prepared, prepare};
use crate::xapi::query::{Filter, Format};
use crate::xapi::refusal::Refusal;
use crate::xapi::signature;
use crate::xapi::stored::Stored;

/// What checked `statements` and the `parts` that came with them are kept as: attachments are held
/// against parts, signatures are verified, and statements without an id get one.
///
/// Takes as long as there is much in them: see [`crate::compute`].
pub fn prepare_all(
    statements: Vec<Statement>,
    parts: Vec<Attachment>,
    authority: &Authority,
) -> Result<Batch, Refusal> {
    let values: Vec<&Value> = statements.iter().map(Statement::value).collect();
    attachment::match_parts(&values, &parts)?;
    signature::check(&values, &parts)?;
    let statements =
        statements.into_iter().map(|statement| prepare(statement, authority, new_id()));
    batch(statements, parts)
}

/// [`prepare_all`] of one statement under the id of a PUT request, which its own must equal if it
/// has one.
pub fn prepare_one(
    id: Uuid,
    statement: Statement,
    parts: Vec<Attachment>,
    authority: &Authority,
) -> Result<Batch, Refusal> {
    if statement.id().is_some_and(|own| own != id) {
        return Err(Refusal::new(
            "statement-id-mismatch",
            "xAPI 1.0.3 Communication 2.1.1",
            "The statement's id is not the one in `statementId`.",
            "Send the same id in both places, or leave it out of the statement.",
        ));
    }
    attachment::match_parts(&[statement.value()], &parts)?;
    signature::check(&[statement.value()], &parts)?;
    batch(std::iter::once(prepare(statement, authority, id)), parts)
}

/// Refuses, as soon as it is known, what would be found by too much.
fn batch(
    prepared: impl Iterator<Item = Prepared>,
    attachments: Vec<Attachment>,
) -> Result<Batch, Refusal> {
    let (mut statements, mut keys) = (Vec::new(), 0);
    for (index, statement) in prepared.enumerate() {
        keys += statement.keys.len();
        if statement.keys.len() > MOST_OF_STATEMENT {
            return Err(too_wide("The statement", MOST_OF_STATEMENT).of_statement(index));
        }
        if keys > MOST_OF_BATCH {
            return Err(too_wide("The batch", MOST_OF_BATCH));
        }
        statements.push(statement);
    }
    Ok(Batch { statements, attachments })
}

fn too_wide(what: &str, most: usize) -> Refusal {
    Refusal::new(
        "statement-too-wide",
        "",
        format!("{what} names more than {most} agents, verbs, activities and registrations."),
        "Send fewer statements at a time, or statements of smaller groups.",
    )
}

impl Record {
    /// Keeps a batch, all or none, and gives the ids of its statements in order and how many are new.
    /// `readable` are the statements that the sender may read; `None` for none.
    ///
    /// # Errors
    /// [`RecordError::Conflict`] names the places that differ where the sender may read the other
    /// statement, and none otherwise.
    pub async fn keep(
        &self,
        batch: Batch,
        readable: Option<&Readable>,
    ) -> Result<KeptBatch, RecordError> {
        let ids: Vec<Uuid> = batch.statements.iter().map(|statement| statement.id).collect();
        match self.store.put_statements(batch).await {
            Err(StoreError::Conflict { id, differences }) => {
                let statement = ids.iter().position(|kept| *kept == id);
                Err(self.conflict(id, statement, differences, readable).await?)
            }
            Err(error) => Err(error.into()),
            Ok(kept) => Ok(kept),
        }
    }

    async fn conflict(
        &self,
        id: Uuid,
        statement: Option<usize>,
        differences: Vec<String>,
        readable: Option<&Readable>,
    ) -> Result<RecordError, RecordError> {
        let may_know = match readable {
            None => false,
            Some(Readable::All) => true,
            Some(readable) => match self.store.statement(id).await? {
                Some(kept) => is_readable(&kept, readable)?,
                None => false,
            },
        };
        let differences = if may_know { differences } else { Vec::new() };
        Ok(RecordError::Conflict { id, statement, differences })
    }

    /// The statement `id` if it is voided just as `voided` says and may be read.
    pub async fn statement(
        &self,
        id: Uuid,
        voided: bool,
        readable: &Readable,
    ) -> Result<Option<Stored>, RecordError> {
        let Some(kept) = self.store.statement(id).await? else { return Ok(None) };
        if kept.voided != voided || !is_readable(&kept, readable)? {
            return Ok(None);
        }
        Ok(Some(kept.statement))
    }

    /// A page of the statements that match and may be read.
    pub async fn statements(
        &self,
        mut filter: Filter,
        readable: Readable,
    ) -> Result<Page, RecordError> {
        if let Readable::OfAuthority(ifi) = readable {
            filter.authority = Some(ifi);
        }
        Ok(self.store.statements(&filter).await?)
    }

    /// The texts of `statements` in the `format` asked for, in order. Canonical definitions are
    /// merged of what all statements said: who may not read all of them gets those that a statement
    /// brings along itself.
    pub async fn written(
        &self,
        statements: Vec<Stored>,
        format: Format,
        languages: &Languages,
        readable: &Readable,
    ) -> Result<Vec<Bytes>, RecordError> {
        if format == Format::Exact {
            return Ok(statements.into_iter().map(|statement| statement.body).collect());
        }
        let mut values = statements.iter().map(value).collect::<Result<Vec<_>, _>>()?;
        if format == Format::Ids {
            values.iter_mut().for_each(format::ids);
        } else {
            let mut activities: Vec<String> = match readable {
                Readable::All => values.iter_mut().flat_map(format::activity_ids).collect(),
                Readable::OfAuthority(_) => Vec::new(),
            };
            activities.sort_unstable();
            activities.dedup();
            let known: HashMap<_, _> =
                self.store.definitions(&activities).await?.into_iter().collect();
            for value in &mut values {
                format::canonical(value, |id| known.get(id).cloned(), languages);
            }
        }
        Ok(values.into_iter().map(|value| Bytes::from(value.to_string())).collect())
    }

    /// The kept data of all attachments of `statements`, each once. Who may not read everything
    /// gets only what must have come with these statements: a `fileUrl` beside somebody else's
    /// hash must not open their file.
    pub async fn attachments_of(
        &self,
        statements: &[Stored],
        readable: &Readable,
    ) -> Result<Vec<Attachment>, RecordError> {
        let mut hashes = Vec::new();
        for statement in statements {
            let value = value(statement)?;
            let described = attachment::described(&value)
                .filter(|described| *readable == Readable::All || !described.elsewhere);
            hashes.extend(described.map(|described| described.sha2.to_owned()));
        }
        hashes.sort_unstable();
        hashes.dedup();
        Ok(self.store.attachments(&hashes).await?)
    }

    /// See [`crate::store::StatementStore::consistent_through`].
    pub async fn consistent_through(&self) -> Result<Instant, RecordError> {
        Ok(self.store.consistent_through().await?)
    }
}

fn value(statement: &Stored) -> Result<Value, StoreError> {
    statement
        .value()
        .map_err(|error| StoreError::Corrupt(format!("statement {}: {error}", statement.id)))
}

fn is_readable(kept: &Kept, readable: &Readable) -> Result<bool, StoreError> {
    let Readable::OfAuthority(mine) = readable else { return Ok(true) };
    let statement = value(&kept.statement)?;
    let authority = statement.get("authority").and_then(ifi::of);
    Ok(authority.is_some_and(|authority| authority.to_string() == *mine))
}
