//! The voiding statements of a range, in pages.

use std::sync::Arc;

use store::{Store, StoreError};
use validator::json::{Node, Shape, Skimmed, at};
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

use crate::datasets::tables::VOIDED;
use crate::large::with_skimmed;

/// Voiding statements that are read at once.
const AT_ONCE: usize = 500;

/// The voiding statements stored in `(after, through]`, and those that refer to one.
pub(super) struct VoidingPages {
    store: Arc<dyn Store>,
    filter: Option<Filter>,
}

impl VoidingPages {
    pub(super) fn of(store: Arc<dyn Store>, after: Instant, through: Instant) -> Self {
        let filter = Filter {
            verb: Some(VOIDED.to_owned()),
            since: Some(after),
            until: Some(through),
            ascending: true,
            limit: AT_ONCE,
            ..Filter::default()
        };
        Self { store, filter: Some(filter) }
    }

    /// The next page; none at the end of the range.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Stored>>, StoreError> {
        while let Some(mut filter) = self.filter.take() {
            let page = match self.store.statements(&filter).await {
                Err(StoreError::Unreadable { stored, id, reason }) => {
                    tracing::error!(?id, %stored, reason, "a voiding statement voids nothing in answers");
                    filter.beyond = Some(stored);
                    self.filter = Some(filter);
                    continue;
                }
                other => other?,
            };
            if let Some(last) = page.statements.last().filter(|_| page.more) {
                filter.beyond = Some(last.stored);
                self.filter = Some(filter);
            }
            return Ok(Some(page.statements));
        }
        Ok(None)
    }
}

/// What is read of a voiding statement.
static VOIDING: Shape = Shape::Members(&[
    ("verb", Shape::Members(&[("id", Shape::Scalar)])),
    ("object", Shape::Members(&[("id", Shape::Scalar)])),
]);

/// The statement that a statement voids. One that only refers to a voiding statement is found by its verb too.
pub(super) fn target(stored: &Stored) -> Option<String> {
    let target = |value: &Skimmed<'_>| {
        let is_voiding = at(value, "verb/id").and_then(Node::as_str) == Some(VOIDED);
        let id = at(value, "object/id").and_then(Node::as_str)?;
        is_voiding.then(|| id.to_ascii_lowercase())
    };
    with_skimmed(stored, &VOIDING, target).ok().flatten()
}
