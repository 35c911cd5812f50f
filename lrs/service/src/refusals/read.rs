//! Reading refusals, as far as a reader may.

use std::sync::Arc;

use uuid::Uuid;

use super::{AskedRequest, Details, KeptBody, RefusalLog, RefusalWords, mask};
use crate::compute;
use store::{KeptRefusal, RefusalFilter, Store, StoreError};
use xapi::instant::Instant;

/// How many bytes a page of refusals weighs, about.
const PAGE_BYTES: usize = 350_000;

/// Whose refusals a reader sees, and what of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The key whose refusals they are; `None` for those of all keys.
    pub key: Option<String>,
    /// Whether persons are masked.
    pub is_masked: bool,
}

/// A refused request, as a reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRefusal {
    /// Its name in addresses.
    pub id: Uuid,
    /// When it was refused.
    pub at: Instant,
    /// The name of the key; empty where it had no good one.
    pub key: String,
    /// What was asked.
    pub asked: AskedRequest,
    /// The status of the answer.
    pub status: u16,
    /// The rule that was broken.
    pub rule: String,
    /// The clause of the standard; empty where the limit is Traccia's own.
    pub clause: String,
    /// The statement at fault in its batch, from 0.
    pub index: Option<usize>,
    /// The place in that statement, as a JSON pointer.
    pub pointer: Option<String>,
    /// What it says in Italian.
    pub it: RefusalWords,
    /// What it says in English.
    pub en: RefusalWords,
    /// What is kept of the body.
    pub body: Option<KeptBody>,
}

/// The refusals of one store. Cheap to clone.
#[derive(Clone)]
pub struct Refusals {
    store: Arc<dyn Store>,
    log: RefusalLog,
}

impl Refusals {
    /// The refusals of `store`, which `log` writes.
    pub const fn new(store: Arc<dyn Store>, log: RefusalLog) -> Self {
        Self { store, log }
    }

    /// Where refusals are noted.
    pub const fn log(&self) -> &RefusalLog {
        &self.log
    }

    /// The refusals that `filter` asks for and `sight` lets see, the newest first, at most `limit`, and whether more may
    /// follow: all that were answered before. A page is shorter where it would weigh more than some hundred kilobytes.
    pub async fn page(
        &self,
        filter: RefusalFilter,
        limit: usize,
        sight: &Sight,
    ) -> Result<(Vec<SeenRefusal>, bool), StoreError> {
        let filter = match (&filter.key, &sight.key) {
            (Some(asked), Some(own)) if asked != own => return Ok((Vec::new(), false)),
            (_, Some(own)) => RefusalFilter { key: Some(own.clone()), ..filter },
            (_, None) => filter,
        };
        self.log.flush().await;
        let mut kept = self.store.refusals(&filter, limit.saturating_add(1)).await?;
        let mut weight = 0;
        let fit = kept.iter().take_while(|it| {
            let fits = weight < PAGE_BYTES;
            weight += it.weight();
            fits
        });
        let fit = fit.count().min(limit);
        let more = kept.len() > fit;
        kept.truncate(fit);
        let is_masked = sight.is_masked;
        let read = move || kept.into_iter().map(|it| SeenRefusal::read(it, is_masked)).collect();
        let page: Result<Vec<SeenRefusal>, StoreError> =
            compute::aside(read).await.map_err(|_| stopped())?;
        Ok((page?, more))
    }

    /// The refusal of this id, where `sight` lets it be seen.
    pub async fn one(&self, id: Uuid, sight: &Sight) -> Result<Option<SeenRefusal>, StoreError> {
        self.log.flush().await;
        let kept = self.store.refusal(id).await?;
        let seen = kept.filter(|kept| sight.key.as_ref().is_none_or(|own| *own == kept.key));
        seen.map(|kept| SeenRefusal::read(kept, sight.is_masked)).transpose()
    }
}

pub(super) fn stopped() -> StoreError {
    StoreError::Unavailable("the request was stopped".into())
}

impl SeenRefusal {
    fn read(kept: KeptRefusal, is_masked: bool) -> Result<Self, StoreError> {
        let KeptRefusal { id, key, rule, status, at, body } = kept;
        let corrupt = |error| StoreError::Corrupt(format!("refusal {id}: {error}"));
        let details: Details = serde_json::from_str(&body).map_err(corrupt)?;
        let Details { asked, clause, index, pointer, it, en, body } = details;
        let (asked, body) = if is_masked {
            (without_persons(asked), body.as_ref().and_then(masked))
        } else {
            (asked, body)
        };
        Ok(Self { id, at, key, asked, status, rule, clause, index, pointer, it, en, body })
    }
}

/// A body without persons; nothing where they cannot be found in it.
fn masked(body: &KeptBody) -> Option<KeptBody> {
    Some(KeptBody { text: mask::persons(&body.text)?, is: body.is })
}

/// What was asked without the person it was about.
fn without_persons(mut asked: AskedRequest) -> AskedRequest {
    for (name, value) in &mut asked.query {
        if name == "agent" {
            mask::MASK.clone_into(value);
        }
    }
    asked
}
