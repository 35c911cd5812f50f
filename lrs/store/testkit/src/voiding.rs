//! Voiding (Data 2.3.2).

use std::sync::Arc;

use super::sample::{
    batch, id, ids, ids_of, kept, log, of_person, put, put_each, reference, statement, verb,
    voiding, with,
};
use store::Store;
use xapi::query::Filter;

/// And what it says stays as it was.
pub async fn a_voided_statement_is_found_by_its_id_only(store: &Arc<dyn Store>) {
    put_each(store, &[statement(0), statement(1)]).await;
    let before = kept(store, 0).await;
    assert!(!before.voided);
    put(store, &[voiding(2, 0)]).await;
    let after = kept(store, 0).await;
    assert!(after.voided);
    assert_eq!(after.statement, before.statement);
    assert!(!kept(store, 1).await.voided);
    assert!(!kept(store, 2).await.voided);
    assert_eq!(ids(store, Filter::default()).await, ids_of([1, 2]));
}

/// Neither by an earlier nor by a later statement, nor by itself; and it goes on voiding.
pub async fn a_voiding_statement_cannot_be_voided(store: &Arc<dyn Store>) {
    put_each(store, &[voiding(3, 1), statement(0), voiding(1, 0), voiding(2, 1)]).await;
    put(store, &[voiding(4, 4)]).await;
    assert!(kept(store, 0).await.voided);
    for n in 1..5 {
        assert!(!kept(store, n).await.voided, "statement {n}");
    }
    assert_eq!(ids(store, Filter::default()).await, ids_of([3, 1, 2, 4]));
}

/// By a statement of an earlier batch, of the same batch, and by none that only refers to it.
pub async fn a_statement_may_be_voided_before_it_comes(store: &Arc<dyn Store>) {
    put(store, &[voiding(10, 0), reference(13, 3)]).await;
    put(store, &[statement(0), voiding(11, 1), statement(1), statement(2), statement(3)]).await;
    assert!(kept(store, 0).await.voided);
    assert!(kept(store, 1).await.voided);
    assert!(!kept(store, 2).await.voided);
    assert!(!kept(store, 3).await.voided, "a reference alone does not void");
    assert_eq!(ids(store, Filter::default()).await, ids_of([10, 13, 11, 2, 3]));
}

/// Twice is once.
pub async fn a_statement_voided_twice_is_voided(store: &Arc<dyn Store>) {
    put_each(store, &[statement(0), voiding(1, 0), voiding(2, 0), voiding(1, 0)]).await;
    assert!(kept(store, 0).await.voided);
    assert_eq!(ids(store, Filter::default()).await, ids_of([1, 2]));
}

/// It refers to it, as every other reference to a voided statement still does.
pub async fn a_voiding_statement_is_found_by_what_it_voids(store: &Arc<dyn Store>) {
    let noted = with(reference(2, 0), "verb", verb("noted"));
    put_each(store, &[voiding(1, 0), statement(0), noted]).await;
    assert_eq!(ids(store, of_person("p0")).await, ids_of([1, 2]));
}

/// What was not kept has no effect.
pub async fn a_failed_batch_voids_nothing(store: &Arc<dyn Store>) {
    put(store, &[statement(0), statement(1)]).await;
    let conflict = with(statement(1), "verb", verb("undid"));
    store.put_statements(batch(&[voiding(2, 0), conflict])).await.unwrap_err();
    assert!(!kept(store, 0).await.voided);
    assert_eq!(store.statement(id(2)).await.unwrap(), None);
    assert!(log(store).await.iter().all(|kept| !kept.voided));
}
