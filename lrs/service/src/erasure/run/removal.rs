//! Which statements an erasure removes, and what goes with them.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use store::{Kept, Rewrite, StoreError};
use uuid::Uuid;
use validator::ifi;
use xapi::attachment;
use xapi::erase::Eraser;
use xapi::index::{Kind, keys_of_kept};
use xapi::prepare::{VOIDED, target};
use xapi::signature::USAGE_TYPE;
use xapi::stored::Stored;

use super::super::every::stopped;
use super::super::{ErasureMode, Erasures, marks};
use super::{Running, value_of};
use crate::compute::{aside, by_length};
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
    statement.get("actor").is_some_and(|actor| eraser.is_alone(actor))
}

/// The hashes of the attachments, in lower case, that go with the person whom a statement names: all of the person's own
/// statement, and of another's the signatures alone, in which the statement is as it was.
pub(super) fn attached(statement: &Value, is_own: bool) -> Vec<String> {
    let all = attachment::described(statement);
    let going = all.filter(|it| is_own || it.usage_type == USAGE_TYPE);
    going.map(|it| it.sha2.to_ascii_lowercase()).collect()
}

/// The hashes of the attachments of a page that stay: those of statements that name the pseudonym nowhere, or are not of this
/// authority, and what of the others does not go.
pub(super) fn staying(
    page: &[Kept],
    pseudonym: &str,
    within: Option<&str>,
) -> Result<Vec<String>, StoreError> {
    let eraser = Eraser::new([], [], pseudonym);
    let pseudonymous = Eraser::new([eraser.pseudonymous()], [], pseudonym);
    let mut found = Vec::new();
    for Kept { statement, .. } in page {
        let value = value_of(&statement.body)?;
        let names = || std::str::from_utf8(&statement.body).is_ok_and(|it| it.contains(pseudonym));
        let mut all = attached(&value, true);
        if !all.is_empty() && names() && is_within(within, &value) {
            let going = attached(&value, is_alone(&pseudonymous, &value));
            all.retain(|hash| !going.contains(hash));
        }
        found.extend(all);
    }
    Ok(found)
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

/// What a statement says of who did it, and what it voids.
#[derive(Clone, Copy)]
pub(in crate::erasure) struct Deed {
    is_alone: bool,
    voids: Option<Uuid>,
}

impl Deed {
    pub(in crate::erasure) fn of(eraser: &Eraser, statement: &Value) -> Self {
        Self { is_alone: is_alone(eraser, statement), voids: voids(statement) }
    }
}

/// A statement that names the person, and what an erasure makes of it.
pub(super) struct Named {
    pub(super) read: Stored,
    is_voided: bool,
    /// Its text without the person; `None` where the erasure leaves it as it is.
    body: Option<Bytes>,
    /// Within an authority, whether that text is what an erasure of everything would make of it; else whether the statement is
    /// found by the same with that text as without the person anywhere.
    is_rid: bool,
    deed: Deed,
    /// The SHA-256 of its text as it was.
    pub(super) digest: [u8; 32],
    /// The hashes of the attachments that go.
    pub(super) attachments: Vec<String>,
    /// The identifiers of the person as it has them.
    pub(super) said: BTreeSet<String>,
}

/// Looks for the person in statements.
struct Search {
    whole: Arc<Eraser>,
    eraser: Arc<Eraser>,
    within: Option<String>,
}

impl Search {
    fn all(&self, page: Vec<Kept>) -> Result<Vec<Named>, StoreError> {
        page.into_iter().filter_map(|kept| self.one(kept).transpose()).collect()
    }

    fn one(&self, kept: Kept) -> Result<Option<Named>, StoreError> {
        let Kept { statement: read, voided: is_voided } = kept;
        let Some(named) = self.whole.bytes(&read.body) else { return Ok(None) };
        let value = value_of(&read.body)?;
        let within = self.within.as_deref();
        let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", read.id));
        let text = std::str::from_utf8(&read.body).map_err(corrupt)?;
        let body = self.eraser.statement(text).filter(|_| is_within(within, &value));
        let body = body.map(Bytes::from);
        let is_rid = match (&body, within) {
            (None, _) => false,
            // Where others have the person too, they are found by what they say.
            (Some(body), None) => is_found_alike(body, &named)?,
            // As an erasure of everything would write it.
            (Some(body), Some(_)) => self.whole.statement(text).is_some_and(|it| it == *body),
        };
        let agents = keys_of_kept(&value).into_iter().filter(|it| it.kind == Kind::Agent);
        let said = agents.map(|it| it.text).filter(|it| self.eraser.is_named(it)).collect();
        let (deed, digest) = (Deed::of(&self.eraser, &value), marks::digest(&read.body));
        let attachments = attached(&value, deed.is_alone);
        Ok(Some(Named { read, is_voided, body, is_rid, deed, digest, attachments, said }))
    }
}

impl Erasures {
    /// Whether a statement that names the person is removed by an erasure of this mode within this authority: the actor is the
    /// person alone. A statement that voids another one goes only together with that one, which would be there again otherwise;
    /// `gone` says which statements are removed already.
    pub(in crate::erasure) async fn goes(
        &self,
        (mode, within): (ErasureMode, Option<&str>),
        eraser: &Arc<Eraser>,
        deed: Deed,
        gone: impl Fn(Uuid) -> bool + Send,
    ) -> Result<bool, StoreError> {
        if mode == ErasureMode::Pseudonymise || !deed.is_alone {
            return Ok(false);
        }
        let Some(voided) = deed.voids else { return Ok(true) };
        if gone(voided) {
            return Ok(true);
        }
        let Some(kept) = self.store.statement(voided).await? else { return Ok(false) };
        let (eraser, within) = (Arc::clone(eraser), within.map(str::to_owned));
        let body = kept.statement.body;
        let length = body.len();
        let is_theirs = move || {
            let target = value_of(&body)?;
            Ok(is_alone(&eraser, &target) && is_within(within.as_deref(), &target))
        };
        by_length(length, is_theirs).await.map_err(|_| stopped())?
    }
}

impl Running<'_> {
    /// What becomes of the statements of a page that name the person. Each is counted. The person is looked for on a thread
    /// that gives way to requests: there may be many identifiers, and long statements.
    pub(super) async fn fates(&mut self, page: Vec<Kept>) -> Result<Fates, StoreError> {
        let search = Search {
            whole: Arc::clone(&self.whole),
            eraser: Arc::clone(&self.eraser),
            within: self.record.within.clone(),
        };
        let found = aside(move || search.all(page)).await.map_err(|_| stopped())??;
        let mut fates = Fates::default();
        for mut named in found {
            let Some(body) = named.body.take() else {
                self.record.remains = true;
                continue;
            };
            let within = self.record.within.as_deref();
            let is_gone = |id| self.work.voided.contains(&id);
            let (mode, eraser) = (self.record.mode, &self.eraser);
            let goes = self.of.goes((mode, within), eraser, named.deed, is_gone).await?;
            let is_bounded = within.is_some();
            self.note(&named, goes);
            let Named { read, is_voided, is_rid, .. } = named;
            if goes {
                self.work.voided.extend(is_voided.then_some(read.id));
                fates.removed.push(read);
            } else {
                self.record.remains |= is_bounded && !is_rid;
                let everywhere = !is_bounded && is_rid;
                fates.rewritten.push(Rewrite { read, body, everywhere });
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
