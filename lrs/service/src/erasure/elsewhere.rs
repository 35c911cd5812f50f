//! What is kept beside statements, documents and learner lists, and belongs to no authority: launches, refused requests, the
//! audit log, where statements came from, and what other stores answered.

use access::audit::{AuditEntry, AuditFilter};
use store::{HeldPipe, RefusalFilter, StoreError, erased_entry};
use xapi::erase::Eraser;
use xapi::instant::Instant;

use super::Erasures;
use super::find::STATEMENTS;

/// Something that is kept of others.
pub(super) enum Record<'a> {
    /// What the program keeps for itself, as JSON.
    Own(&'a str),
    /// What somebody else has said, as JSON or text.
    Said(&'a str),
    /// An entry of the audit log.
    Entry(&'a AuditEntry),
}

impl Erasures {
    /// Whether something that belongs to no authority names the person, and would after all identifiers were replaced that
    /// stand as such in the audit log.
    pub(super) async fn is_elsewhere(&self, eraser: &Eraser) -> Result<bool, StoreError> {
        let (exact, mut is) = (eraser.clone().exact(), false);
        let mut look = |record: Record<'_>| {
            is |= match record {
                Record::Own(text) => eraser.record(text).is_some(),
                Record::Said(text) => eraser.json(text).is_some(),
                Record::Entry(entry) => {
                    let erased = erased_entry(&exact, entry);
                    erased_entry(eraser, erased.as_ref().unwrap_or(entry)).is_some()
                }
            };
        };
        self.each_record(&mut look).await?;
        Ok(is)
    }

    /// Shows every one of these things.
    pub(super) async fn each_record(
        &self,
        look: &mut (dyn FnMut(Record<'_>) + Send),
    ) -> Result<(), StoreError> {
        let store = &self.store;
        for package in store.packages().await? {
            for launch in store.launches(&package.name, Instant::default(), usize::MAX).await? {
                look(Record::Own(&launch.body));
            }
        }
        let mut filter = RefusalFilter::default();
        loop {
            let page = store.refusals(&filter, STATEMENTS).await?;
            let Some(last) = page.last() else { break };
            filter.before = Some(last.id);
            for it in &page {
                look(Record::Said(&it.body));
            }
        }
        let (mut after, ever) = (Instant::default(), Instant::from_micros(i64::MAX));
        loop {
            let page = store.origins(after, ever, STATEMENTS).await?;
            let Some(last) = page.last() else { break };
            after = last.at;
            let authorities = page.iter().filter_map(|it| it.origin.authority.as_deref());
            authorities.for_each(|it| look(Record::Said(it)));
        }
        for HeldPipe { name, .. } in store.pipes().await? {
            let mut after = None;
            loop {
                let page = store.dead_letters(&name, after, STATEMENTS).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.place());
                for it in &page {
                    look(Record::Said(&it.body));
                }
            }
        }
        let mut filter = AuditFilter::default();
        loop {
            let page = store.audit(&filter, STATEMENTS).await?;
            let Some(last) = page.last() else { return Ok(()) };
            filter.before = Some(last.id.clone());
            for it in &page {
                look(Record::Entry(it));
            }
        }
    }
}
