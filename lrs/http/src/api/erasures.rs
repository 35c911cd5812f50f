//! Erasures of people: `/api/v1/erasures`.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::people::limit;
use super::sessions::read;
use crate::audit::{Told, actor_of};
use crate::problem::Problem;
use crate::request::Brief;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::erasure::{
    ErasureAsked, ErasureError, ErasureMode, ErasureRecord, Erasures, FoundPerson, ListedErasures,
    VerifiedErasure,
};
use store::KeptErasure;
use xapi::instant::Instant;
use xapi::parameters::Parameters;

/// Erasures on a page, unless another number is asked for; and at most.
const PAGE: usize = 50;
const LARGEST: usize = 500;

/// What becomes of what the person did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ErasureWay {
    /// Statements speak of the pseudonym, and the learner stays under it: hours and completions stay true.
    #[default]
    Pseudonymise,
    /// Statements whose actor is the person alone are removed, and the learner is: hours and completions go. Statements of
    /// others that name the person speak of the pseudonym.
    Delete,
}

impl From<ErasureWay> for ErasureMode {
    fn from(way: ErasureWay) -> Self {
        match way {
            ErasureWay::Pseudonymise => Self::Pseudonymise,
            ErasureWay::Delete => Self::Delete,
        }
    }
}

impl From<ErasureMode> for ErasureWay {
    fn from(mode: ErasureMode) -> Self {
        match mode {
            ErasureMode::Pseudonymise => Self::Pseudonymise,
            ErasureMode::Delete => Self::Delete,
        }
    }
}

/// Who is to be erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewErasure {
    /// An identifier of the person, as learner lists write it, such as mailto:anna@example.org, or COURSE/LEARNER. All
    /// identifiers that learner lists have beside it are erased too.
    identifier: String,
    /// Further identifiers of the same person, 99 at most.
    #[serde(default)]
    identifiers: Vec<String>,
    /// Why: a file number or an article of the law. It is kept.
    #[serde(default)]
    reason: String,
    /// What is to stand in the place of the person, where another server has made it up, so that both have the same:
    /// `erased-` and 32 hexadecimal digits.
    #[serde(default)]
    #[schema(nullable = false)]
    pseudonym: Option<String>,
    /// What becomes of what the person did; `pseudonymise` where it is missing.
    #[serde(default)]
    #[schema(inline)]
    mode: ErasureWay,
}

/// A learner who is the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureLearner {
    /// The course's id.
    course: String,
    /// The learner's id.
    learner: String,
}

/// What an erasure would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasurePreview {
    /// All identifiers of the person, as learner lists write them.
    identifiers: Vec<String>,
    /// Who the person is in courses.
    learners: Vec<ErasureLearner>,
    /// The names by which the person signs in as a learner: these accounts are removed.
    accounts: Vec<String>,
    /// How many things of each kind name the person. With the mode `delete`, `removed` of `statements` go as a whole. `others` of
    /// `statements` are of other people alone, and would change because a text in them has an identifier of the person.
    counts: BTreeMap<String, u64>,
    /// What names the person and stays, in words.
    left: Vec<String>,
}

impl From<FoundPerson> for ErasurePreview {
    fn from(found: FoundPerson) -> Self {
        let FoundPerson { identifiers, learners, accounts, counts, left, .. } = found;
        let identifiers = identifiers.iter().map(course::Identifier::listed).collect();
        let learners = learners
            .into_iter()
            .map(|it| ErasureLearner { course: it.course, learner: it.learner })
            .collect();
        Self { identifiers, learners, accounts, counts, left }
    }
}

/// An erasure, with its proof. Nothing of the person is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownErasure {
    /// Its id: a later erasure has a greater one.
    id: String,
    /// When it was asked for, RFC 3339.
    created: String,
    /// `running`; `erased` where everything but the files of the engine is without the person; or `done`.
    state: &'static str,
    /// When everything but the files was without the person; null before.
    done: Option<String>,
    /// Who asked for it: `key`, `person` or `machine`.
    by_kind: String,
    /// The name of the key or person.
    by: String,
    /// Why.
    reason: String,
    /// What becomes of what the person did.
    #[schema(inline)]
    mode: ErasureWay,
    /// The authority whose statements the person was erased from, and nothing else that names the person; null for everything.
    within: Option<String>,
    /// Whether what does not have that authority names the person still.
    remains: bool,
    /// What stands in the place of the person.
    pseudonym: String,
    /// Keyed hashes of the identifiers that were erased, under the secret of the store; none in the answer to a key that has asked
    /// for the erasure.
    marks: Vec<String>,
    /// How many things of each kind were changed or removed.
    counts: BTreeMap<String, u64>,
    /// A keyed hash of all statements as they were before.
    before: String,
    /// The frozen certificate lists of which a line was erased, as `course/list`.
    lists: Vec<String>,
    /// SHA-256 of the record, which the audit log has too; empty before the state is `done`.
    proof: String,
    /// When the files of the embedded engine were rid of what was replaced or removed; null before, and in records of earlier
    /// releases.
    scrubbed: Option<String>,
    /// Where the files are what is left, as a key has asked for the erasure: when they are cleared at the latest. They are cleared
    /// before where an administrator or a rule of retention has somebody erased. Null for every other erasure.
    scrub_due: Option<String>,
    /// Whether record and audit log agree on the proof; null where that was not looked at.
    holds: Option<bool>,
}

impl ShownErasure {
    fn new(
        erasures: &Erasures,
        kept: &KeptErasure,
        record: ErasureRecord,
        holds: Option<bool>,
    ) -> Self {
        let state = match (kept.is_done, record.is_erased()) {
            (true, _) => "done",
            (false, true) => "erased",
            (false, false) => "running",
        };
        let scrub_due = erasures.scrub_due(&record).map(|at| at.to_string());
        let ErasureRecord {
            by,
            reason,
            mode,
            within,
            remains,
            pseudonym,
            marks,
            counts,
            before,
            lists,
            done,
            proof,
            scrubbed,
            ..
        } = record;
        let text = |at: i64| Instant::from_micros(at).to_string();
        Self {
            id: kept.id.to_string(),
            created: kept.created.to_string(),
            state,
            done: done.map(text),
            by_kind: by.0,
            by: by.1,
            reason,
            mode: mode.into(),
            within,
            remains,
            pseudonym,
            marks,
            counts,
            before,
            lists,
            proof,
            scrubbed: scrubbed.map(text),
            scrub_due,
            holds,
        }
    }
}

/// A page of erasures.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageOfErasures {
    /// The oldest first.
    items: Vec<ShownErasure>,
    /// What to ask for as `after`; null where there are no more.
    next: Option<String>,
}

/// Erases a person, in steps that go on after a restart: statements keep their ids and speak of a pseudonym from now on, or
/// with the mode `delete` go where the person alone did what they say; documents, launches, names, accounts and refusals of the person are removed. With `dry_run` nothing is changed, and the
/// answer says what would be. It cannot be taken back. A key with the scope `erasures/write` alone has the person erased from
/// the statements of its own authority, and has no `dry_run`; the files of the engine are cleared of what it has asked for with those of
/// the next erasure of another, or in the quiet hour. One erasure is done after the other, and so many may wait: 10 of such
/// a key, 100 of another.
#[utoipa::path(post, path = "/api/v1/erasures", tag = "people", security(("key" = [])),
    params(("dry_run" = Option<bool>, Query, description = "show what would be erased, and change nothing")),
    request_body = NewErasure,
    responses((status = 200, body = ErasurePreview), (status = 202, body = ShownErasure),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 429, body = Problem)))]
pub async fn create(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
    Brief(content): Brief,
) -> Result<Response, Problem> {
    caller.may(Right::EraseFromOwn)?;
    parameters.only(&["dry_run"])?;
    content.only(&["application/json"])?;
    let is_dry_run = parameters.boolean("dry_run")?;
    // Who manages the server has people erased from everything, and sees beforehand who they are.
    let within = match caller.may(Right::Manage) {
        Ok(()) => None,
        Err(forbidden) if is_dry_run => return Err(forbidden.into()),
        Err(_) => Some(caller.key.authority.ifi().to_owned()),
    };
    let NewErasure { identifier, identifiers, reason, pseudonym, mode } = read(&content)?;
    let details = json!({"mode": mode});
    let (others, mode) = (identifiers, mode.into());
    let asked = ErasureAsked { identifier, others, reason, pseudonym, mode, within };
    let _turn = server.reports.turn(&caller.key.name).await?;
    if is_dry_run {
        let found = server.erasures.preview(&asked).await?;
        return Ok(Json(ErasurePreview::from(found)).into_response());
    }
    let (erasures, by) = (server.erasures.clone(), actor_of(&caller));
    let place = erasures.admit(&asked, &by)?;
    // Whether the client waits for its answer or not: what is kept as begun is done.
    let beginning = tokio::spawn(async move {
        let kept = erasures.begin(&asked, by).await?;
        let id = kept.id;
        tokio::spawn(async move { erasures.run_to_its_end(id, place).await });
        Ok::<_, ErasureError>(kept)
    });
    let kept = beginning.await.map_err(|_| Problem::stopped())??;
    let mut record = ErasureRecord::of(&kept)?;
    if record.within.is_some() {
        // They are equal to those of administrators' erasures, against which a key must not try identifiers.
        record.marks.clear();
    }
    let shown = ShownErasure::new(&server.erasures, &kept, record, None);
    let told = Told { target: Some(kept.id.to_string()), details: Some(details) };
    Ok((StatusCode::ACCEPTED, Extension(told), Json(shown)).into_response())
}

/// Erasures, the oldest first, with their proofs. The list is for backups too: what was erased after a backup is erased
/// again after it was restored.
#[utoipa::path(get, path = "/api/v1/erasures", tag = "people", security(("key" = [])),
    params(("identifier" = Option<String>, Query, description = "those that erased this identifier"),
        ("limit" = Option<usize>, Query, description = "at most so many, fewer where they are long; 50 if missing, 500 at most"),
        ("after" = Option<String>, Query, description = "`next` of the page before, or the id of an erasure")),
    responses((status = 200, body = PageOfErasures), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Json<PageOfErasures>, Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["identifier", "limit", "after"])?;
    let limit = limit(&parameters, PAGE, LARGEST)?;
    let after = parameters.uuid("after")?;
    let asked = parameters.get("identifier");
    let ListedErasures { found, next } = server.erasures.list(after, limit, asked).await?;
    let next = next.map(|id| id.to_string());
    let shown = |(kept, record): (KeptErasure, ErasureRecord)| {
        ShownErasure::new(&server.erasures, &kept, record, None)
    };
    Ok(Json(PageOfErasures { items: found.into_iter().map(shown).collect(), next }))
}

/// An erasure, and whether its proof holds: the record gives it, and the audit log has it.
#[utoipa::path(get, path = "/api/v1/erasures/{erasure}", tag = "people", security(("key" = [])),
    params(("erasure" = String, Path, description = "the erasure's id")),
    responses((status = 200, body = ShownErasure), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path(erasure): Path<String>,
) -> Result<Json<ShownErasure>, Problem> {
    caller.may(Right::Manage)?;
    let id: Uuid = erasure.parse().map_err(|_| Problem::not_found("erasure of this id"))?;
    let VerifiedErasure { kept, record, holds } = server.erasures.verify(id).await?;
    let holds = kept.is_done.then_some(holds);
    Ok(Json(ShownErasure::new(&server.erasures, &kept, record, holds)))
}
