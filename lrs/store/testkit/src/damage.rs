//! Pages of a store that holds a statement that cannot be read.

use std::sync::Arc;

use super::sample::{id, ids_of};
use store::{Store, StoreError};
use xapi::query::Filter;

/// Of the statements 0, 1 and 2 the second cannot be read: in either order a page ends before it, the page that begins
/// with it names it, and the page beyond it holds the rest.
pub async fn pages_end_before_the_second_of_three(store: &Arc<dyn Store>) {
    for (ascending, before, behind) in [(true, 0, 2), (false, 2, 0)] {
        for limit in [1, 10] {
            let all = Filter { ascending, limit, ..Filter::default() };
            let first = store.statements(&all).await.unwrap();
            assert_eq!(ids(&first.statements), [id(before)]);
            assert!(first.more);
            let beyond = Some(first.statements[0].stored);
            let refused = store.statements(&Filter { beyond, ..all.clone() }).await.unwrap_err();
            let StoreError::Unreadable { id: named, stored, .. } = refused else {
                panic!("{refused}")
            };
            assert_eq!(named, Some(id(1)));
            let rest = Filter { beyond: Some(stored), ..all };
            let rest = store.statements(&rest).await.unwrap();
            assert_eq!(ids(&rest.statements), [id(behind)]);
            assert!(!rest.more);
        }
    }
}

/// Of the statements kept, those that are not `shown` are voided, and cannot be read: pages in either order have all that
/// are shown, because they read no text of a voided one. So the length of such a text does not count either.
pub async fn pages_read_no_text_of_voided_statements(store: &Arc<dyn Store>, shown: &[u32]) {
    for limit in [1, 2, 100] {
        for ascending in [true, false] {
            let mut filter = Filter { ascending, limit, ..Filter::default() };
            let mut all = Vec::new();
            loop {
                let page = store.statements(&filter).await.unwrap();
                all.extend(ids(&page.statements));
                filter.beyond = page.statements.last().map(|last| last.stored);
                if !page.more {
                    break;
                }
            }
            let mut expected = ids_of(shown.iter().copied());
            expected.sort_unstable();
            all.sort_unstable();
            assert_eq!(all, expected, "{limit} at a time");
        }
    }
}

fn ids(statements: &[xapi::stored::Stored]) -> Vec<uuid::Uuid> {
    statements.iter().map(|statement| statement.id).collect()
}
