//! What is kept beside statements, documents and learner lists, and belongs to no authority: launches, refused requests, the
//! audit log, where statements came from, and what other stores answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use access::audit::{AuditEntry, AuditFilter};
use store::{HeldPipe, KeptOrigin, RefusalFilter, StoreError};
use xapi::erase::Eraser;
use xapi::instant::Instant;

use super::Erasures;
use super::every::stopped;
use super::find::STATEMENTS;
use crate::compute::aside;

/// Something that is kept of others.
pub(super) enum Record<'a> {
    /// What the program keeps for itself, as JSON.
    Own(&'a str),
    /// What somebody else has said, as JSON or text.
    Said(&'a str),
    /// An entry of the audit log.
    Entry(&'a AuditEntry),
}

/// Looks at things.
type Look = Box<dyn FnMut(Record<'_>) + Send>;

/// Shows each thing of a page, on a thread that gives way to requests; gives `look` back.
async fn shown<T: Send + 'static>(
    mut look: Look,
    page: Vec<T>,
    show: impl Fn(&T, &mut Look) + Send + 'static,
) -> Result<Look, StoreError> {
    let all = move || {
        for it in &page {
            show(it, &mut look);
        }
        look
    };
    aside(all).await.map_err(|_| stopped())
}

impl Erasures {
    /// Whether something that belongs to no authority names the person. The audit log is not looked at: it says what others
    /// did.
    pub(super) async fn is_elsewhere(&self, eraser: &Arc<Eraser>) -> Result<bool, StoreError> {
        let is = Arc::new(AtomicBool::new(false));
        let eraser = Arc::clone(eraser);
        let found = Arc::clone(&is);
        let look = move |record: Record<'_>| {
            let is_named = match record {
                Record::Own(text) => eraser.record(text).is_some(),
                Record::Said(text) => eraser.json(text).is_some(),
                Record::Entry(_) => false,
            };
            found.fetch_or(is_named, Ordering::Relaxed);
        };
        self.each_record(Box::new(look)).await?;
        Ok(is.load(Ordering::Relaxed))
    }

    /// Shows every one of these things.
    pub(super) async fn each_record(&self, mut look: Look) -> Result<(), StoreError> {
        let store = &self.store;
        let mut after: Option<String> = None;
        loop {
            let page =
                store.launches_beyond(after.as_deref(), Instant::default(), STATEMENTS).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.token.clone());
            look = shown(look, page, |it, look| look(Record::Own(&it.body))).await?;
        }
        let mut filter = RefusalFilter::default();
        loop {
            let page = store.refusals(&filter, STATEMENTS).await?;
            let Some(last) = page.last() else { break };
            filter.before = Some(last.id);
            look = shown(look, page, |it, look| look(Record::Said(&it.body))).await?;
        }
        let (mut after, ever) = (Instant::default(), Instant::from_micros(i64::MAX));
        loop {
            let page = store.origins(after, ever, STATEMENTS).await?;
            let Some(last) = page.last() else { break };
            after = last.at;
            let authority = |it: &KeptOrigin, look: &mut Look| {
                it.origin.authority.iter().for_each(|it| look(Record::Said(it)));
            };
            look = shown(look, page, authority).await?;
        }
        for HeldPipe { name, .. } in store.pipes().await? {
            let mut after = None;
            loop {
                let page = store.dead_letters(&name, after, STATEMENTS).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.place());
                look = shown(look, page, |it, look| look(Record::Said(&it.body))).await?;
            }
        }
        let mut filter = AuditFilter::default();
        loop {
            let page = store.audit(&filter, STATEMENTS).await?;
            let Some(last) = page.last() else { return Ok(()) };
            filter.before = Some(last.id.clone());
            look = shown(look, page, |it, look| look(Record::Entry(it))).await?;
        }
    }
}
