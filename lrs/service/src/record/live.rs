//! Statements as they come.

use std::time::Duration;

use super::{Record, RecordError};
use access::caller::Readable;
use store::StoreError;
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

/// Some statements, and from where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadablePage {
    /// Those that can be read, in the order asked for.
    pub statements: Vec<Stored>,
    /// The `stored` of the last one, where more may follow.
    pub beyond: Option<Instant>,
}

impl Record {
    /// A page of the statements that match and may be read. Where it begins with one that is damaged, it is empty and goes
    /// on beyond that one: a reader of all that comes must not stop there.
    pub async fn readable_page(
        &self,
        mut filter: Filter,
        readable: Readable,
    ) -> Result<ReadablePage, RecordError> {
        if let Readable::OfAuthority(ifi) = readable {
            filter.authority = Some(ifi);
        }
        match self.store.statements(&filter).await {
            Ok(page) => {
                let last = page.statements.last().map(|last| last.stored);
                let beyond = last.filter(|_| page.more);
                Ok(ReadablePage { statements: page.statements, beyond })
            }
            Err(StoreError::Unreadable { stored, id, reason }) => {
                tracing::warn!(?id, %stored, reason, "a statement cannot be read and is passed over");
                Ok(ReadablePage { statements: Vec::new(), beyond: Some(stored) })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// See [`store::StatementLog::wait_for_news`].
    pub async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        self.store.wait_for_news(after, at_most).await;
    }
}
