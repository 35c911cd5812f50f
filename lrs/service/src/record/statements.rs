//! Keeping statements and giving them back (Communication 2.1).

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;
use validator::{Statement, ifi};

use super::written::{Known, value};
use super::{Record, RecordError};
use crate::compute;
use access::caller::Readable;
use store::{Batch, Kept, KeptAttachment, KeptBatch, Page, StoreError, Within};
use xapi::attachment;
use xapi::attachment::{Attachment, MediaTypes};
use xapi::authority::Authority;
use xapi::index::{MOST_OF_BATCH, MOST_OF_STATEMENT};
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::prepare::{Prepared, prepare};
use xapi::query::Filter;
use xapi::refusal::Refusal;
use xapi::same;
use xapi::signature;
use xapi::stored::Stored;

/// Statements up to this size are gone through on the calling thread.
const SMALL: usize = 64 << 10;

/// What checked `statements` and the `parts` that came with them are kept as: attachments are held
/// against parts, signatures are verified, and statements without an id get one.
///
/// Takes as long as there is much in them: see [`crate::compute`].
pub fn prepare_all(
    statements: Vec<Statement>,
    parts: Vec<Attachment>,
    authority: &Authority,
) -> Result<Batch, Refusal> {
    prepare_all_from(None, statements, parts, authority)
}

/// [`prepare_all`] of statements that `source` names the system of, where they were kept before: their `stored` and
/// `authority` there are kept as their origin.
pub fn prepare_all_from(
    source: Option<&str>,
    statements: Vec<Statement>,
    parts: Vec<Attachment>,
    authority: &Authority,
) -> Result<Batch, Refusal> {
    let values: Vec<&Value> = statements.iter().map(Statement::value).collect();
    attachment::match_parts(&values, &parts)?;
    signature::check(&values, &parts)?;
    let prepared = statements.into_iter().map(|statement| {
        let origin = source.map(|name| Origin::of(name, statement.value()));
        prepare(statement, authority, Uuid::new_v4()).with_origin(origin)
    });
    batch(prepared, parts)
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

/// All attachments of `statements` that a reader may have, each once, with their media types. Who may not read
/// everything gets only what must have come with these statements: a `fileUrl` beside another sender's
/// hash must not open their file.
///
/// # Errors
/// Of a statement that is not JSON.
pub fn attachment_types(
    statements: &[Stored],
    readable: &Readable,
) -> Result<MediaTypes, RecordError> {
    let mut types = MediaTypes::default();
    for statement in statements {
        let value = value(statement)?;
        let described = attachment::described(&value)
            .filter(|described| *readable == Readable::All || !described.elsewhere);
        types.extend(described);
    }
    Ok(types)
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

    /// The statement `id`, voided or not, whoever may read it.
    pub async fn kept(&self, id: Uuid) -> Result<Option<Kept>, RecordError> {
        Ok(self.store.statement(id).await?)
    }

    /// [`Self::kept`], of a statement whose text has at most `most` bytes: see [`store::StatementStore::statement_within`].
    pub async fn kept_within(&self, id: Uuid, most: usize) -> Result<Option<Within>, RecordError> {
        Ok(self.store.statement_within(id, most).await?)
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
                Some(kept) => is_readable(&kept, readable).await?,
                None => false,
            },
        };
        let differences = if may_know { differences } else { Vec::new() };
        Ok(RecordError::Conflict { id, statement, differences })
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

    /// The definitions that the store has of the first of `activities`, for [`super::written::canonical`].
    pub async fn known(&self, activities: Vec<String>) -> Result<Known, RecordError> {
        let definitions = self.store.definitions(&activities).await?;
        Ok(Known { activities, definitions })
    }

    /// Those of these attachments whose data is kept, each once, with these media types.
    pub async fn attachments(
        &self,
        types: &MediaTypes,
    ) -> Result<Vec<KeptAttachment>, RecordError> {
        Ok(store::typed(&*self.store, types).await?)
    }

    /// See [`store::StatementStore::attachment_data`]; before the end of the data there is always more.
    pub async fn attachment_data(
        &self,
        kept: &KeptAttachment,
        from: u64,
    ) -> Result<Bytes, RecordError> {
        let piece = self.store.attachment_data(kept, from).await?;
        if piece.is_empty() && from < kept.bytes {
            let reason = format!("the attachment {} ends at byte {from}", kept.sha2);
            return Err(StoreError::Corrupt(reason).into());
        }
        Ok(piece)
    }

    /// See [`store::StatementStore::consistent_through`].
    pub async fn consistent_through(&self) -> Result<Instant, RecordError> {
        Ok(self.store.consistent_through().await?)
    }
}

/// Whether [`Record::keep`] would refuse `statement` because of the one that is `kept` under its id.
///
/// The kept one becomes values, which may take many times its text ([`validator::json::Size`]) and long: see
/// [`crate::compute`].
///
/// # Errors
/// Of a kept statement that is not JSON.
pub fn is_conflict(kept: &Stored, statement: &Statement) -> Result<bool, RecordError> {
    Ok(!same::differences(&value(kept)?, statement.value()).is_empty())
}

/// Whether the reader may have a statement: whether its authority is the reader. Nothing else of the statement becomes values, which may take many
/// times its text; a large one is gone through off the asynchronous threads.
pub async fn is_readable(kept: &Kept, readable: &Readable) -> Result<bool, StoreError> {
    #[derive(Deserialize)]
    struct Own {
        authority: Option<Value>,
    }
    let Readable::OfAuthority(mine) = readable else { return Ok(true) };
    let (id, body) = (kept.statement.id, kept.statement.body.clone());
    let is_small = body.len() <= SMALL;
    let read = move || serde_json::from_slice::<Own>(&body);
    let own = if is_small {
        read()
    } else {
        let stopped = |_| StoreError::Unavailable("reading a statement was stopped".into());
        compute::aside(read).await.map_err(stopped)?
    };
    let own = own.map_err(|error| StoreError::Corrupt(format!("statement {id}: {error}")))?;
    let authority = own.authority.as_ref().and_then(ifi::of);
    Ok(authority.is_some_and(|authority| authority.to_string() == *mine))
}
