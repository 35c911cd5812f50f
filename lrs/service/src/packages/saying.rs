//! What players say is kept: statements like those of any other sender, each under an id of the store's secret.
//!
//! The runtime names each statement by a UUID that anybody can work out who knows the registration and what is said. Under
//! that name itself no statement is kept: another sender could keep a statement of its own there first, and the completion
//! of a learner would never be said.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;
use validator::Version;

use super::states::Seen;
use super::{Opened, PLAYER, PackageError, Packages};
use crate::keyed;
use crate::record::RecordError;
use crate::record::statements::prepare_all;
use ::package::runtime::ScoState;
use store::{Batch, StoreError};
use xapi::document::DocumentKey;
use xapi::same;
use xapi::stored::Stored;

/// Statements that are kept at once: others write between them, however much a commit says.
const AT_ONCE: usize = 100;
/// What a statement has about, in bytes: a few are checked on the calling thread.
const STATEMENT: usize = 4 << 10;

/// A statement, and the name that the runtime has given it.
struct Named {
    name: Uuid,
    statement: Value,
}

/// What became of a statement that was to be kept alone.
enum Outcome {
    Kept,
    /// Another statement, or one that was removed, has the id.
    Taken,
    /// It breaks a rule.
    Broken,
}

impl Packages {
    /// Keeps statements like those of any other player, some at a time. One that is kept already stays as it was, and one
    /// that breaks a rule of the standard is left out: what a content writes into its data model must not lose the rest.
    /// The turn is that of the launch.
    pub(super) async fn say(
        &self,
        opened: &Opened,
        statements: Vec<Value>,
    ) -> Result<(), PackageError> {
        let unsaid = self.unsaid(opened, statements).await?;
        self.say_all(&opened.id, unsaid).await
    }

    /// Keeps statements as [`Self::say`] does, and then the state that they led to, as it is written: false, and the state as it was, where
    /// that is not as it was `seen` any more.
    pub(super) async fn say_and_put(
        &self,
        opened: &Opened,
        statements: Vec<Value>,
        (key, seen, state): (DocumentKey, &Seen<ScoState>, Bytes),
    ) -> Result<bool, PackageError> {
        let unsaid = self.unsaid(opened, statements).await?;
        // Nearly always one commit of the store. What that refuses is kept as far as it can be, one after the other.
        if (1..=AT_ONCE).contains(&unsaid.len()) {
            let all = self.under_ids(&unsaid, 0);
            if let Some(batch) = self.prepared(&opened.id, &all).await? {
                let (precondition, change) = self.replacing(seen, state.clone());
                let keep = self.store.put_statements_and_document(
                    batch,
                    key.clone(),
                    precondition,
                    change,
                );
                match keep.await {
                    Ok(_) => return Ok(true),
                    Err(StoreError::Precondition(_)) => return Ok(false),
                    Err(StoreError::Conflict { .. } | StoreError::Refused(_)) => {}
                    Err(other) => return Err(other.into()),
                }
            }
        }
        self.say_all(&opened.id, unsaid).await?;
        self.put_seen(key, seen, state).await
    }

    /// The statements with their names, without those that an earlier release has kept under the name itself.
    async fn unsaid(
        &self,
        opened: &Opened,
        statements: Vec<Value>,
    ) -> Result<Vec<Named>, PackageError> {
        let mut unsaid = Vec::with_capacity(statements.len());
        for statement in statements {
            let name = statement.get("id").and_then(Value::as_str);
            let name = name.and_then(|name| name.parse::<Uuid>().ok());
            let name = name.ok_or_else(|| {
                StoreError::Rejected("a statement of a player has no name".to_owned())
            })?;
            if opened.launch.keyed || !self.was_said_as(name).await? {
                unsaid.push(Named { name, statement });
            }
        }
        Ok(unsaid)
    }

    /// Whether the player of an earlier release kept a statement under a name. What others have kept there does not count.
    async fn was_said_as(&self, name: Uuid) -> Result<bool, PackageError> {
        let Some(kept) = self.store.statement(name).await? else { return Ok(false) };
        Ok(is_of_player(&read(&kept.statement)?))
    }

    async fn say_all(&self, turn: &str, mut unsaid: Vec<Named>) -> Result<(), PackageError> {
        while !unsaid.is_empty() {
            let rest = unsaid.split_off(unsaid.len().min(AT_ONCE));
            let all = self.under_ids(&unsaid, 0);
            if !matches!(self.keep(turn, &all).await?, Outcome::Kept) {
                for one in &unsaid {
                    self.say_one(turn, one).await?;
                }
            }
            unsaid = rest;
        }
        Ok(())
    }

    /// Keeps a statement under the first of its ids that is free, unless one of those before is the statement's already.
    async fn say_one(&self, turn: &str, one: &Named) -> Result<(), PackageError> {
        for number in 0_u32.. {
            let id = self.id_of(one.name, number);
            match self.keep(turn, &self.under_ids(std::slice::from_ref(one), number)).await? {
                Outcome::Kept => return Ok(()),
                Outcome::Broken => {
                    tracing::debug!(%id, "a statement of a player is none");
                    return Ok(());
                }
                Outcome::Taken => {}
            }
            let kept = self.store.statement(id).await?;
            if kept.map_or(Ok(true), |kept| is_said(&kept.statement, &one.statement))? {
                tracing::debug!(%id, "a statement of a player was kept before");
                return Ok(());
            }
            tracing::warn!(
                %id,
                "another sender's statement has the id of a player's: that one is kept under the next id"
            );
        }
        Ok(())
    }

    /// The `number`th id of the statement with a name.
    pub(super) fn id_of(&self, name: Uuid, number: u32) -> Uuid {
        keyed::id_of(self.secret, "player", &format!("{name}\n{number}"))
    }

    /// Statements under the `number`th of their ids.
    fn under_ids(&self, named: &[Named], number: u32) -> Value {
        let under_id = |Named { name, statement }: &Named| {
            let mut statement = statement.clone();
            if let Some(members) = statement.as_object_mut() {
                let id = self.id_of(*name, number);
                members.insert("id".to_owned(), id.to_string().into());
            }
            statement
        };
        named.iter().map(under_id).collect()
    }

    /// Keeps statements, all or none.
    async fn keep(&self, turn: &str, statements: &Value) -> Result<Outcome, PackageError> {
        let Some(batch) = self.prepared(turn, statements).await? else {
            return Ok(Outcome::Broken);
        };
        match self.record.keep(batch, None).await {
            Ok(_) => Ok(Outcome::Kept),
            Err(RecordError::Conflict { .. }) => Ok(Outcome::Taken),
            Err(RecordError::Refused(_)) => Ok(Outcome::Broken),
            Err(RecordError::Store(error)) => Err(error.into()),
        }
    }

    /// Statements as a store takes them; nothing where one of them breaks a rule.
    async fn prepared(
        &self,
        turn: &str,
        statements: &Value,
    ) -> Result<Option<Batch>, PackageError> {
        let (text, authority) = (statements.to_string(), Arc::clone(&self.authority));
        let prepare = move || match validator::check_batch(text.as_bytes(), Version::V1_0_3) {
            Ok(batch) => Ok(prepare_all(batch.statements, Vec::new(), &authority).ok()),
            Err(report) => Err(report.violations.first().map_or("invalid", |it| it.rule.id)),
        };
        let bytes = statements.as_array().map_or(0, Vec::len) * STATEMENT;
        match self.compute.run(turn, bytes, prepare).await? {
            Ok(batch) => Ok(batch),
            Err(rule) => {
                tracing::warn!(rule, "a statement of a player breaks a rule of the standard");
                self.record.count_refusal(PLAYER, rule);
                Ok(None)
            }
        }
    }
}

/// Whether what is kept is what was to be said: a statement of the player, or the same text at whatever instant, such as
/// one that came back from another store. A result is said once, whatever its timestamp.
fn is_said(kept: &Stored, statement: &Value) -> Result<bool, StoreError> {
    let mut kept = read(kept)?;
    if is_of_player(&kept) {
        return Ok(true);
    }
    let mut statement = statement.clone();
    for value in [&mut kept, &mut statement] {
        if let Some(members) = value.as_object_mut() {
            members.remove("id");
            members.remove("timestamp");
        }
    }
    Ok(same::differences(&kept, &statement).is_empty())
}

/// Whether the player vouches for a statement: no key can have its name.
fn is_of_player(kept: &Value) -> bool {
    let name = kept.pointer("/authority/account/name");
    name.and_then(Value::as_str) == Some(PLAYER)
}

fn read(kept: &Stored) -> Result<Value, StoreError> {
    let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", kept.id));
    kept.value().map_err(corrupt)
}
