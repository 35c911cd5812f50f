//! Pipes: records that change by compare-and-set, and the statements that they have given up.

use std::sync::Arc;

use uuid::Uuid;

use store::{DeadLetter, HeldPipe, Store};
use xapi::instant::Instant;

fn letter(pipe: &str, n: u64, stored: i64) -> DeadLetter {
    DeadLetter {
        pipe: pipe.to_owned(),
        statement: Uuid::from_u64_pair(n, 7),
        stored: Instant::from_micros(stored),
        status: 409,
        body: format!("{{\"n\": {n}, \"è\": \"\\u0000'\"}}"),
        at: Instant::from_micros(1_795_000_000_123_456),
    }
}

async fn held(store: &Arc<dyn Store>, name: &str) -> HeldPipe {
    store.pipe(name).await.unwrap().unwrap()
}

/// A name is one pipe's, and pipes are listed by name.
pub async fn a_pipe_comes_back_as_it_was_added(store: &Arc<dyn Store>) {
    assert_eq!(store.pipe("b").await.unwrap(), None);
    assert!(store.pipes().await.unwrap().is_empty());
    assert!(store.add_pipe("b", "{\"è\":1}").await.unwrap());
    assert!(!store.add_pipe("b", "{}").await.unwrap());
    assert!(store.add_pipe("a", "{}").await.unwrap());
    assert_eq!(held(store, "b").await.record, "{\"è\":1}");
    let names: Vec<String> = store.pipes().await.unwrap().into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(store.pipes().await.unwrap()[1], held(store, "b").await);
}

/// A revision is of one state: it is good once.
pub async fn a_pipe_is_changed_by_one_of_those_who_saw_the_same(store: &Arc<dyn Store>) {
    assert_eq!(store.change_pipe("a", "{}", 1).await.unwrap(), None);
    store.add_pipe("a", "0").await.unwrap();
    let seen = held(store, "a").await;
    let changes: Vec<String> = (1..=8).map(|n| n.to_string()).collect();
    let writing = changes.iter().map(|record| store.change_pipe("a", record, seen.revision));
    let won: Vec<Option<i64>> =
        futures::future::join_all(writing).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(won.iter().flatten().count(), 1, "{won:?}");
    let winner = won.iter().position(Option::is_some).unwrap();
    let now = held(store, "a").await;
    assert_eq!((now.record.as_str(), Some(now.revision)), (changes[winner].as_str(), won[winner]));
    assert_eq!(store.change_pipe("a", "9", seen.revision).await.unwrap(), None);
    let next = store.change_pipe("a", "9", now.revision).await.unwrap().unwrap();
    assert!(store.change_pipe("a", "10", next).await.unwrap().is_some());
}

/// A pipe that takes its name later is another one, and begins without letters.
pub async fn a_pipe_that_was_removed_is_gone_with_its_letters(store: &Arc<dyn Store>) {
    store.add_pipe("a", "0").await.unwrap();
    store.keep_dead_letters(vec![letter("a", 1, 5), letter("b", 1, 5)]).await.unwrap();
    let seen = held(store, "a").await;
    assert!(!store.remove_pipe("a", seen.revision.wrapping_add(1)).await.unwrap());
    assert!(store.remove_pipe("a", seen.revision).await.unwrap());
    assert!(!store.remove_pipe("a", seen.revision).await.unwrap());
    assert_eq!(store.pipe("a").await.unwrap(), None);
    assert_eq!(store.change_pipe("a", "1", seen.revision).await.unwrap(), None);
    assert_eq!(store.count_dead_letters("a").await.unwrap(), 0);
    assert_eq!(store.count_dead_letters("b").await.unwrap(), 1, "those of others stay");
    assert!(store.add_pipe("a", "2").await.unwrap());
    assert_ne!(held(store, "a").await.revision, seen.revision);
}

/// In pages, by `stored` and then by id, those of one pipe.
pub async fn dead_letters_come_back_by_their_place(store: &Arc<dyn Store>) {
    let all = [letter("a", 9, -5), letter("a", 3, 5), letter("a", 4, 5), letter("a", 1, 700)];
    let [first, second, third, fourth] = all.clone();
    store.keep_dead_letters(vec![third.clone(), fourth, letter("b", 2, 6)]).await.unwrap();
    store.keep_dead_letters(vec![first, second.clone()]).await.unwrap();
    store.keep_dead_letters(Vec::new()).await.unwrap();
    assert_eq!(store.dead_letters("a", None, 9).await.unwrap(), all);
    assert_eq!(store.dead_letters("a", None, 2).await.unwrap(), all[..2]);
    assert_eq!(store.dead_letters("a", Some(second.place()), 9).await.unwrap(), all[2..]);
    assert_eq!(store.count_dead_letters("a").await.unwrap(), 4);
    assert_eq!(store.dead_letter("a", third.statement).await.unwrap(), Some(third));
    assert_eq!(store.dead_letter("a", Uuid::nil()).await.unwrap(), None);
}

/// As where a process ended between the letter and the cursor, and the statement is refused again.
pub async fn a_dead_letter_about_a_statement_is_one(store: &Arc<dyn Store>) {
    store.keep_dead_letters(vec![letter("a", 1, 5), letter("a", 2, 6)]).await.unwrap();
    let later = DeadLetter { status: 400, body: "later".into(), ..letter("a", 1, 5) };
    store.keep_dead_letters(vec![later.clone()]).await.unwrap();
    assert_eq!(store.dead_letters("a", None, 9).await.unwrap(), [later, letter("a", 2, 6)]);
    assert!(store.remove_dead_letter("a", letter("a", 1, 5).statement).await.unwrap());
    assert!(!store.remove_dead_letter("a", letter("a", 1, 5).statement).await.unwrap());
    assert!(!store.remove_dead_letter("b", letter("a", 2, 6).statement).await.unwrap());
    assert_eq!(store.dead_letters("a", None, 9).await.unwrap(), [letter("a", 2, 6)]);
}
