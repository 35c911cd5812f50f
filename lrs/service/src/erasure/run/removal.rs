//! Which statements an erasure removes, and what goes with them.

use bytes::Bytes;
use serde_json::Value;
use store::{Kept, Rewrite, StoreError};
use uuid::Uuid;
use validator::ifi;
use xapi::erase::Eraser;
use xapi::index::keys_of_kept;
use xapi::prepare::{VOIDED, target};
use xapi::stored::Stored;

use super::super::{ErasureMode, Erasures};
use super::{Running, value_of};
use crate::pipes;

/// What becomes of statements that name the person.
#[derive(Default)]
pub(super) struct Fates {
    /// They are read anew, and written with the pseudonym.
    pub(super) rewritten: Vec<Rewrite>,
    /// They go as a whole.
    pub(super) removed: Vec<Stored>,
}

impl Fates {
    pub(super) const fn len(&self) -> usize {
        self.rewritten.len().saturating_add(self.removed.len())
    }
}

/// Whether the actor of a statement is the person, and nobody else.
fn is_alone(eraser: &Eraser, statement: &Value) -> bool {
    let Some(actor) = statement.get("actor") else { return false };
    let is_person =
        |agent: &Value| ifi::of(agent).is_some_and(|it| eraser.is_named(&it.to_string()));
    let members = actor.get("member").and_then(Value::as_array);
    let has_others = members.is_some_and(|all| !all.iter().all(is_person));
    let has_members = members.is_some_and(|all| !all.is_empty());
    // An anonymous group is its members alone.
    let is_named = if ifi::of(actor).is_some() { is_person(actor) } else { has_members };
    is_named && !has_others
}

/// What a voiding statement voids.
fn voids(statement: &Value) -> Option<Uuid> {
    let is_voiding = statement.pointer("/verb/id").is_some_and(|verb| verb == VOIDED);
    target(statement).filter(|_| is_voiding)
}

/// Whether a statement has this authority; any has where there is none.
pub(super) fn is_within(authority: Option<&str>, statement: &Value) -> bool {
    let of = || ifi::of(statement.get("authority")?);
    authority.is_none_or(|within| of().is_some_and(|ifi| ifi.to_string() == within))
}

/// Whether a statement is found by the same with both texts.
fn is_found_alike(one: &Bytes, other: &Bytes) -> Result<bool, StoreError> {
    Ok(one == other || keys_of_kept(&value_of(one)?) == keys_of_kept(&value_of(other)?))
}

impl Erasures {
    /// Whether a statement that names the person is removed by an erasure of this mode within this authority: the actor is the
    /// person alone. A statement that voids another one goes only together with that one, which would be there again otherwise;
    /// `gone` says which statements are removed already.
    pub(in crate::erasure) async fn goes(
        &self,
        (mode, within): (ErasureMode, Option<&str>),
        eraser: &Eraser,
        statement: &Value,
        gone: impl Fn(Uuid) -> bool + Send,
    ) -> Result<bool, StoreError> {
        if mode == ErasureMode::Pseudonymise || !is_alone(eraser, statement) {
            return Ok(false);
        }
        let Some(voided) = voids(statement) else { return Ok(true) };
        if gone(voided) {
            return Ok(true);
        }
        let Some(kept) = self.store.statement(voided).await? else { return Ok(false) };
        let target = value_of(&kept.statement.body)?;
        Ok(is_alone(eraser, &target) && is_within(within, &target))
    }
}

impl Running<'_> {
    /// What becomes of the statements of a page that name the person. Each is counted.
    pub(super) async fn fates(&mut self, page: Vec<Kept>) -> Result<Fates, StoreError> {
        let mut fates = Fates::default();
        for Kept { statement, voided } in page {
            let Some(named) = self.whole.bytes(&statement.body) else { continue };
            let value = value_of(&statement.body)?;
            let within = self.record.within.as_deref();
            let corrupt =
                |error| StoreError::Corrupt(format!("statement {}: {error}", statement.id));
            let text = std::str::from_utf8(&statement.body).map_err(corrupt)?;
            let body = self.eraser.statement(text).filter(|_| is_within(within, &value));
            let Some(body) = body.map(Bytes::from) else {
                self.record.remains = true;
                continue;
            };
            // Where others have the person too, they are found by what they say.
            let everywhere = within.is_none() && is_found_alike(&body, &named)?;
            let is_gone = |id| self.work.voided.contains(&id);
            let (mode, eraser) = (self.record.mode, &self.eraser);
            let goes = self.of.goes((mode, within), eraser, &value, is_gone).await?;
            self.note(&statement, &value, goes);
            if goes {
                self.work.voided.extend(voided.then_some(statement.id));
                fates.removed.push(statement);
            } else {
                let is_bounded = self.record.within.is_some();
                // What an erasure of everything would make of it.
                let whole = self.whole.statement(text).map(Bytes::from);
                self.record.remains |= is_bounded && whole.as_ref() != Some(&body);
                fates.rewritten.push(Rewrite { read: statement, body, everywhere });
            }
        }
        Ok(fates)
    }

    /// Writes and removes statements; gives how many are to be read again, because another server has changed them.
    pub(super) async fn carry_out(&self, fates: Fates) -> Result<u64, StoreError> {
        let (store, mut changed) = (&self.of.store, 0_u64);
        if !fates.removed.is_empty() {
            let ids: Vec<Uuid> = fates.removed.iter().map(|it| it.id).collect();
            pipes::forget_letters(&**store, &ids).await?;
            changed = store.remove_statements(fates.removed, self.id).await?;
        }
        if !fates.rewritten.is_empty() {
            changed = changed.saturating_add(store.rewrite_statements(fates.rewritten).await?);
        }
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use validator::ifi::Ifi;

    use super::*;

    #[test]
    fn a_statement_is_of_the_person_where_nobody_else_acts() {
        let eraser = Eraser::new([Ifi::Mbox("mailto:a@x.example".into())], [], "erased-1");
        let person = |name: &str| json!({"mbox": format!("mailto:{name}@x.example")});
        let group = |members: Value| json!({"objectType": "Group", "member": members});
        let named = |who: &str, members: Value| {
            let mbox = format!("mailto:{who}@x.example");
            json!({"objectType": "Group", "mbox": mbox, "member": members})
        };
        let of = |actor: &Value| is_alone(&eraser, &json!({"actor": actor}));
        for alone in [
            person("a"),
            person("A"),
            group(json!([person("a")])),
            named("a", json!([])),
            named("a", json!([person("a")])),
        ] {
            assert!(of(&alone), "{alone}");
        }
        for shared in [
            person("b"),
            group(json!([])),
            group(json!([person("a"), person("b")])),
            named("a", json!([person("b")])),
            named("b", json!([person("a")])),
        ] {
            assert!(!of(&shared), "{shared}");
        }
        assert!(!is_alone(&eraser, &json!({"object": person("a")})));
    }
}
