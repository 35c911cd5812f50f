//! What was sent and what was answered, against which every reading is held.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

use crate::load::any;
use crate::run::Run;

/// What became of a batch as far as its sender knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// It was not answered: all of it may be there, or nothing.
    Open,
    /// It was answered with success.
    Kept,
    /// It was refused as a conflict.
    Refused,
}

struct Batch {
    ids: Vec<String>,
    fate: Fate,
}

/// All batches of a scene.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Book>);

#[derive(Default)]
struct Book {
    batches: Vec<Batch>,
    contested: HashSet<String>,
    /// What is voided, by which batch.
    voided: HashMap<String, usize>,
}

impl Ledger {
    /// Enters a batch that is about to be sent, and gives its number.
    pub(crate) fn enter(&self, ids: &[String]) -> usize {
        let mut book = self.book();
        book.batches.push(Batch { ids: ids.to_vec(), fate: Fate::Open });
        book.batches.len() - 1
    }

    /// Enters the answer.
    pub(crate) fn settle(&self, number: usize, fate: Fate) {
        self.book().batches[number].fate = fate;
    }

    /// From now on a reader may find this statement or not: this batch, about to be sent, voids it.
    pub(crate) fn voids(&self, number: usize, id: &str) {
        self.book().voided.insert(id.to_owned(), number);
    }

    /// Different statements are about to be sent under this id.
    pub(crate) fn contests(&self, id: &str) {
        self.book().contested.insert(id.to_owned());
    }

    /// The numbers of all batches that were answered with success so far.
    pub(crate) fn kept(&self) -> HashSet<usize> {
        let book = self.book();
        let kept = book.batches.iter().enumerate().filter(|(_, batch)| batch.fate == Fate::Kept);
        kept.map(|(number, _)| number).collect()
    }

    /// A statement of any batch, sent or about to be; each one's second, which is not voided.
    pub(crate) fn any_id(&self) -> String {
        let book = self.book();
        book.batches[any(book.batches.len())].ids[1].clone()
    }

    /// Holds a reading against the ledger: nothing twice, nothing unheard of, each batch whole or not there,
    /// and of `kept`, which was answered before the reading began, nothing missing.
    pub(crate) fn audit(&self, run: &Run, kept: &HashSet<usize>) {
        let seen: HashMap<&str, _> = run.stored().collect();
        assert_eq!(seen.len(), run.len(), "nothing is there twice");
        let book = self.book();
        let mut unheard: HashSet<&str> = seen.keys().copied().collect();
        unheard.retain(|id| !book.contested.contains(*id));
        for (number, Batch { ids, fate }) in book.batches.iter().enumerate() {
            let sure = ids.iter().filter(|id| !book.voided.contains_key(*id));
            let (there, missing): (Vec<_>, Vec<_>) =
                sure.partition(|id| seen.contains_key(id.as_str()));
            assert!(
                there.is_empty() || missing.is_empty(),
                "half of batch {number} ({fate:?}): {there:?} without {missing:?}"
            );
            let lost = kept.contains(&number) && !missing.is_empty();
            assert!(!lost, "batch {number} was answered and is lost: {missing:?}");
            let refused = *fate == Fate::Refused && !there.is_empty();
            assert!(!refused, "batch {number} was refused and is there: {there:?}");
            for id in ids {
                unheard.remove(id.as_str());
            }
        }
        for (id, by) in &book.voided {
            let voided = kept.contains(by) && seen.contains_key(id.as_str());
            assert!(!voided, "{id} is found although batch {by} voided it");
        }
        assert!(unheard.is_empty(), "nobody sent {unheard:?}");
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().expect("no other task has failed")
    }
}
