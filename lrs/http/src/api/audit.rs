//! The audit log: `/api/v1/audit`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::people::limit;
use crate::problem::Problem;
use crate::state::Server;
use access::audit::{AuditEntry, AuditFilter};
use access::caller::Caller;
use access::scope::Right;
use service::audit::{BrokenLink, Head, VerifiedAudit};
use xapi::parameters::Parameters;

/// Entries on a page, unless another number is asked for; and at most.
const PAGE: usize = 50;
const LARGEST: usize = 500;

/// Who made a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// `person`, `key`, or `machine` for who works on the server's machine.
    kind: &'static str,
    /// The name; empty for the machine.
    name: String,
}

/// A change that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownChange {
    /// When, RFC 3339.
    at: String,
    /// By whom.
    actor: AuditActor,
    /// What was done, such as `key.revoked`.
    action: String,
    /// To what, such as the key's name; parts are joined by slashes.
    target: String,
    /// What else there is to know; null for nothing.
    #[schema(value_type = Option<Object>)]
    details: serde_json::Value,
}

impl From<AuditEntry> for ShownChange {
    fn from(entry: AuditEntry) -> Self {
        Self {
            at: entry.at.to_string(),
            actor: AuditActor { kind: entry.actor.kind(), name: entry.actor.name().to_owned() },
            action: entry.action,
            target: entry.target,
            details: details(entry.details),
        }
    }
}

/// The details of an entry; `null` where there are none, and their text where it is no JSON.
fn details(text: String) -> serde_json::Value {
    if text.is_empty() {
        return serde_json::Value::Null;
    }
    serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageOfAudit {
    /// The newest first.
    items: Vec<ShownChange>,
    /// What to ask for as `after`; null where there are no more.
    next: Option<String>,
}

/// Who changed what: people, keys, courses, learners, registers, certificates, packages.
#[utoipa::path(get, path = "/api/v1/audit", tag = "people", security(("key" = [])),
    params(("actor" = Option<String>, Query, description = "by the person or key of this name"),
        ("action" = Option<String>, Query, description = "of this action, such as key.revoked"),
        ("since" = Option<String>, Query, description = "not before, such as 2026-01-31T10:00:00Z"),
        ("until" = Option<String>, Query, description = "not after"),
        ("limit" = Option<usize>, Query, description = "at most so many; 50 if missing, 500 at most"),
        ("after" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = PageOfAudit), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Json<PageOfAudit>, Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["actor", "action", "since", "until", "limit", "after"])?;
    let limit = limit(&parameters, PAGE, LARGEST)?;
    let text = |name| parameters.get(name).map(str::to_owned);
    let filter = AuditFilter {
        actor: text("actor"),
        action: text("action"),
        since: parameters.instant("since")?,
        until: parameters.instant("until")?,
        before: text("after"),
    };
    let _turn = server.reports.turn(&caller.key.name).await?;
    let mut entries = server.audit.entries(&filter, limit + 1).await?;
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| has_more).map(|entry| entry.id.clone());
    Ok(Json(PageOfAudit { items: entries.into_iter().map(Into::into).collect(), next }))
}

/// The first entry of the audit log that is not as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrokenEntry {
    /// Its number in the chain.
    number: u64,
    /// Its id; null where there is no entry.
    id: Option<String>,
    /// `missing`: there is no entry of this number. `changed`: the entry says something else than what was written.
    /// `unlinked`: the entry does not follow from the one before, or the chain had another entry here when `number` and
    /// `hash` were noted. `unknown_erasure`: the entry was changed in the name of an erasure that there never was.
    fault: &'static str,
}

/// Whether the audit log is as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditVerification {
    /// Whether every entry of the chain is as it was written, or as an erasure left it.
    whole: bool,
    /// The number of the last good entry: so many entries are good. Note it with `hash` outside of the store.
    number: u64,
    /// The hash of the last good entry, which stands for all entries up to it.
    hash: String,
    /// Entries from which the name of a person was erased.
    erased: u64,
    /// Entries outside of the chain, written by a version of Traccia without one; 0 where the chain is broken.
    unchained: u64,
    /// When the newest of those was written; null for none.
    newest_unchained: Option<String>,
    /// The first entry that is not as it was written; null for none.
    broken: Option<BrokenEntry>,
}

impl From<VerifiedAudit> for AuditVerification {
    fn from(verified: VerifiedAudit) -> Self {
        let VerifiedAudit { head, erased, unchained, newest_unchained, broken } = verified;
        let shown =
            |it: BrokenLink| BrokenEntry { number: it.number, id: it.id, fault: it.fault.as_str() };
        Self {
            whole: broken.is_none(),
            number: head.number,
            hash: head.hash,
            erased,
            unchained,
            newest_unchained: newest_unchained.map(|at| at.to_string()),
            broken: broken.map(shown),
        }
    }
}

/// Whether the audit log is as it was written, by its hash chain. Entries that were removed from its end are found where
/// `number` and `hash` of an earlier answer are given.
#[utoipa::path(get, path = "/api/v1/audit/verification", tag = "people", security(("key" = [])),
    params(("number" = Option<u64>, Query, description = "`number` of an earlier answer"),
        ("hash" = Option<String>, Query, description = "`hash` of the same answer")),
    responses((status = 200, body = AuditVerification), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
pub async fn verify(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Json<AuditVerification>, Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["number", "hash"])?;
    let earlier = match (parameters.number("number")?, parameters.get("hash")) {
        (None, None) => None,
        (Some(number), Some(hash)) => {
            let number = u64::try_from(number).unwrap_or(u64::MAX);
            Some(Head { number, hash: hash.to_ascii_lowercase() })
        }
        (Some(_), None) => {
            return Err(Problem::parameter("hash", "", "given together with `number`"));
        }
        (None, Some(_)) => {
            return Err(Problem::parameter("number", "", "given together with `hash`"));
        }
    };
    let _turn = server.reports.turn(&caller.key.name).await?;
    Ok(Json(server.audit.verify(earlier.as_ref()).await?.into()))
}
