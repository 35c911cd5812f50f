//! Pages of a store that holds a statement that cannot be read.

use std::sync::Arc;

use super::sample::id;
use crate::store::{Store, StoreError};
use crate::xapi::query::Filter;

/// Of the statements 0, 1 and 2 the second cannot be read: in either order a page ends before it, the page that begins
/// with it names it, and the page beyond it holds the rest.
pub(in crate::store) async fn pages_end_before_the_second_of_three(store: &Arc<dyn Store>) {
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

fn ids(statements: &[crate::xapi::stored::Stored]) -> Vec<uuid::Uuid> {
    statements.iter().map(|statement| statement.id).collect()
}
