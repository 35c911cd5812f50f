//! Documents as a list.

use std::collections::BTreeSet;

use store::bounds::ListedIds;
use store::{LOG_BYTES, Result, StoreError};
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf};
use xapi::instant::Instant;

#[derive(Clone, Default)]
pub(super) struct Documents(Vec<(DocumentKey, Document)>);

impl Documents {
    pub(super) fn document(&self, key: &DocumentKey) -> Option<Document> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, document)| document.clone())
    }

    pub(super) fn ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)> {
        let changed: Vec<&(DocumentKey, Document)> = self
            .0
            .iter()
            .filter(|(key, _)| is_on(&key.shelf, shelf))
            .filter(|(_, document)| since.is_none_or(|since| document.updated > since))
            .collect();
        let ids: BTreeSet<String> = changed.iter().map(|(key, _)| key.id.clone()).collect();
        let latest = changed.iter().map(|(_, document)| document.updated).max();
        let mut listed = ListedIds::default();
        ids.into_iter().try_for_each(|id| listed.push(id))?;
        Ok((listed.into_ids(), latest))
    }

    pub(super) fn change(
        &mut self,
        key: DocumentKey,
        precondition: &Precondition,
        change: Change,
    ) -> Result<Option<Document>> {
        let existing = self.document(&key);
        precondition.check(existing.as_ref()).map_err(StoreError::Precondition)?;
        let changed = change.apply(existing)?;
        self.0.retain(|(known, _)| *known != key);
        self.0.extend(changed.clone().map(|document| (key, document)));
        Ok(changed)
    }

    pub(super) fn delete(&mut self, shelf: &Shelf) {
        self.0.retain(|(key, _)| !is_on(&key.shelf, shelf));
    }

    pub(super) fn beyond(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Vec<(DocumentKey, Document)> {
        let mut documents: Vec<_> = self
            .0
            .iter()
            .filter(|(key, _)| after.is_none_or(|after| place(key) > place(after)))
            .cloned()
            .collect();
        documents.sort_by(|(one, _), (other, _)| place(one).cmp(&place(other)));
        let (mut page, mut bytes) = (Vec::new(), 0);
        for (key, document) in documents.into_iter().take(limit) {
            bytes += document.body.len();
            page.push((key, document));
            if bytes >= LOG_BYTES {
                break;
            }
        }
        page
    }
}

/// Whether a document of `own` is one of `asked`, which stands for every registration where it names none.
fn is_on(own: &Shelf, asked: &Shelf) -> bool {
    let registration = asked.registration.or(own.registration);
    *own == Shelf { registration, ..asked.clone() }
}

/// What documents are ordered by.
fn place(key: &DocumentKey) -> impl Ord + '_ {
    let DocumentKey { shelf, id } = key;
    let resource = match shelf.resource {
        Resource::State => 0,
        Resource::ActivityProfile => 1,
        Resource::AgentProfile => 2,
    };
    (resource, &shelf.activity, &shelf.agent, id, shelf.registration)
}
