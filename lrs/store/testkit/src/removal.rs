//! Removing statements for good.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::sample::{
    batch, found, id, ids, ids_of, log, of_activity, of_person, prepared_from, put_each, reference,
    statement, verb, with,
};
use store::{Batch, RemovedStatement, Store, StoreError};
use xapi::instant::Instant;
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

const BY: Uuid = Uuid::from_u128(7);

/// Removes the statements of these numbers; gives them as they were.
async fn remove(store: &Arc<dyn Store>, numbers: &[u32]) -> Vec<Stored> {
    let all = log(store).await.into_iter().map(|kept| kept.statement);
    let read: Vec<Stored> = all.filter(|kept| numbers.iter().any(|n| id(*n) == kept.id)).collect();
    assert_eq!(read.len(), numbers.len());
    assert_eq!(store.remove_statements(read.clone(), BY).await.unwrap(), 0);
    read
}

async fn all_ids(store: &Arc<dyn Store>) -> Vec<Uuid> {
    log(store).await.iter().map(|kept| kept.statement.id).collect()
}

fn of_verb(name: &str) -> Filter {
    Filter { verb: verb(name)["id"].as_str().map(str::to_owned), ..Filter::default() }
}

/// Nobody finds a removed statement, and all others are there as before.
pub async fn a_removed_statement_is_nowhere(store: &Arc<dyn Store>) {
    let long = json!({"response": "x".repeat(400 << 10)});
    put_each(store, &[statement(0), with(statement(1), "result", long), statement(2)]).await;
    let before = log(store).await;
    let read = remove(store, &[0, 1]).await;
    assert_eq!(store.statement(id(0)).await.unwrap(), None);
    assert_eq!(store.statement(id(1)).await.unwrap(), None);
    assert_eq!(log(store).await, before[2..]);
    assert_eq!(ids(store, Filter::default()).await, ids_of([2]));
    assert!(found(store, of_person("p0")).await.is_empty());
    assert_eq!(ids(store, of_person("p2")).await, ids_of([2]));
    let removed = |n: usize| RemovedStatement { id: read[n].id, stored: read[n].stored, by: BY };
    let listed = async |after, most| store.removed_statements(after, most).await.unwrap();
    assert_eq!(listed(Instant::default(), 10).await, [removed(0), removed(1)]);
    assert_eq!(listed(Instant::default(), 1).await, [removed(0)]);
    assert_eq!(listed(read[0].stored, 10).await, [removed(1)]);
    let asked = [id(7), id(1), id(2), id(0)];
    let among: HashSet<Uuid> = store.removed_among(&asked).await.unwrap().into_iter().collect();
    assert_eq!(
        among,
        HashSet::from([id(0), id(1)]),
        "neither what is kept nor what was never there"
    );
    // Once more changes nothing.
    assert_eq!(store.remove_statements(read.clone(), Uuid::from_u128(8)).await.unwrap(), 0);
    assert_eq!(listed(Instant::default(), 10).await, [removed(0), removed(1)]);
}

/// Not even the statement as it was is kept again; what came with it in a batch is not kept either.
pub async fn the_id_of_a_removed_statement_stays_taken(store: &Arc<dyn Store>) {
    put_each(store, &[statement(0)]).await;
    remove(store, &[0]).await;
    let other = with(statement(0), "actor", super::sample::person("p5"));
    for again in [statement(0), other] {
        let refused = store.put_statements(batch(&[statement(3), again])).await;
        match refused {
            Err(StoreError::Conflict { id: named, differences }) => {
                assert_eq!((named, differences), (id(0), Vec::new()));
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(log(store).await.is_empty());
    put_each(store, &[statement(3)]).await;
    assert_eq!(all_ids(store).await, ids_of([3]));
}

/// Also where the removed one was the last.
pub async fn what_comes_later_is_stored_after_what_was_removed(store: &Arc<dyn Store>) {
    put_each(store, &[statement(0), statement(1)]).await;
    let read = remove(store, &[1]).await;
    assert!(store.latest().await.unwrap() >= read[0].stored);
    let extent = store.extent().await.unwrap();
    assert_eq!(extent.newest, log(store).await[0].statement.stored);
    put_each(store, &[statement(2)]).await;
    let kept = log(store).await;
    assert_eq!(all_ids(store).await, ids_of([0, 2]));
    assert!(kept[1].statement.stored > read[0].stored);
}

/// They would ask for the log again and again otherwise.
pub async fn who_waits_for_news_is_not_told_of_a_removed_statement(store: &Arc<dyn Store>) {
    put_each(store, &[statement(0), statement(1)]).await;
    let first = log(store).await[0].statement.stored;
    let wait = std::time::Duration::from_millis(50);
    let in_vain = async || {
        let begun = std::time::Instant::now();
        store.wait_for_news(first, wait).await;
        begun.elapsed() >= wait
    };
    assert!(!in_vain().await);
    remove(store, &[1]).await;
    assert!(in_vain().await);
}

/// Of what they refer to, and through it.
pub async fn those_that_refer_to_a_removed_statement_inherit_no_more(store: &Arc<dyn Store>) {
    let far =
        with(with(statement(0), "verb", verb("far")), "object", super::sample::activity("far"));
    let gone = with(reference(1, 0), "verb", verb("gone"));
    let near = with(reference(2, 1), "verb", verb("near"));
    let last = with(reference(3, 2), "verb", verb("last"));
    // Says itself what it inherits as well.
    let own = with(reference(4, 1), "verb", verb("gone"));
    put_each(store, &[far, gone, near, last, own]).await;
    assert_eq!(ids(store, of_verb("gone")).await, ids_of([1, 2, 3, 4]));
    assert_eq!(ids(store, of_activity("far")).await, ids_of([0, 1, 2, 3, 4]));
    remove(store, &[1]).await;
    assert_eq!(all_ids(store).await, ids_of([0, 2, 3, 4]), "the references stay");
    assert_eq!(ids(store, of_verb("gone")).await, ids_of([4]));
    assert_eq!(ids(store, of_activity("far")).await, ids_of([0]));
    assert_eq!(ids(store, of_verb("far")).await, ids_of([0]));
    assert_eq!(ids(store, of_verb("near")).await, ids_of([2, 3]));
    // One that comes later and refers to the removed one finds nothing to inherit.
    put_each(store, &[with(reference(5, 1), "verb", verb("late"))]).await;
    assert_eq!(ids(store, of_verb("gone")).await, ids_of([4]));
    assert_eq!(ids(store, of_verb("late")).await, ids_of([5]));
}

/// A voiding statement that goes voids nothing any more, unless another one does.
pub async fn what_a_removed_statement_voided_is_there_again(store: &Arc<dyn Store>) {
    let voiding = |n, target| {
        let verb = json!({"id": "http://adlnet.gov/expapi/verbs/voided"});
        with(reference(n, target), "verb", verb)
    };
    put_each(store, &[statement(0), statement(1), voiding(2, 0), voiding(3, 1), voiding(4, 1)])
        .await;
    remove(store, &[2, 3]).await;
    let is_voided = async |n| store.statement(id(n)).await.unwrap().unwrap().voided;
    assert!(!is_voided(0).await);
    assert!(is_voided(1).await);
    // One that goes itself leaves the one that voids it.
    remove(store, &[1]).await;
    assert_eq!(all_ids(store).await, ids_of([0, 4]));
}

/// The caller reads it again.
pub async fn a_statement_that_was_changed_meanwhile_is_not_removed(store: &Arc<dyn Store>) {
    put_each(store, &[statement(0)]).await;
    let read = log(store).await.remove(0).statement;
    let old = Stored { body: r#"{"other":1}"#.into(), ..read.clone() };
    assert_eq!(store.remove_statements(vec![old], BY).await.unwrap(), 1);
    let moved = Stored { stored: Instant::from_micros(1), ..read.clone() };
    let unknown = Stored { id: id(9), ..read.clone() };
    assert_eq!(store.remove_statements(vec![moved, unknown], BY).await.unwrap(), 0);
    assert_eq!(log(store).await.len(), 1);
    assert_eq!(found(store, of_person("p0")).await.len(), 1);
}

/// And is found by the pseudonym no more either.
pub async fn origins_of_removed_statements_go(store: &Arc<dyn Store>) {
    let pulled = |n: u32| prepared_from("old", &statement(n));
    let statements = vec![pulled(0), pulled(1)];
    store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
    remove(store, &[0]).await;
    let ever = Instant::from_micros(i64::MAX);
    let origins = store.origins(Instant::default(), ever, 10).await.unwrap();
    let left = log(store).await.remove(0).statement.stored;
    assert_eq!(origins.iter().map(|it| it.at).collect::<Vec<_>>(), [left]);
}

/// In a copy the ids stay taken too; what the copy has stays.
pub async fn removed_statements_are_restored(store: &Arc<dyn Store>) {
    put_each(store, &[statement(0)]).await;
    let kept = log(store).await.remove(0).statement;
    let at = |micros| Instant::from_micros(micros);
    let removed = |n, stored| RemovedStatement { id: id(n), stored, by: BY };
    let all = [removed(5, at(3)), removed(6, at(7))];
    for _ in 0..2 {
        let with_kept = [removed(0, at(9))].into_iter().chain(all).collect();
        store.restore_removed(with_kept).await.unwrap();
        assert_eq!(store.removed_statements(Instant::default(), 10).await.unwrap(), all);
    }
    assert_eq!(store.statement(id(0)).await.unwrap().map(|it| it.statement), Some(kept));
    let refused = store.put_statements(batch(&[statement(5)])).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    // Nobody finds them by what others inherit.
    let agent = Some(Match { text: "mbox::mailto:p5@x.example".into(), related: true });
    assert!(found(store, Filter { agent, ..Filter::default() }).await.is_empty());
    assert_eq!(all_ids(store).await, ids_of([0]));
}
