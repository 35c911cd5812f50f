//! What this process owes heirs, in memory: what is given next, and whose requests wait. [`super::heirs`] has it in the database as
//! well, and gives it.
//!
//! - What several groups owe one heir is given at once. Example: 1,000 statements refer to one that comes, and then that one's
//!   target, the target's target, and so on, ten in all, faster than any of them is given. Each heir is changed once or twice, and
//!   not ten times.
//! - Keys take turns. Of each key that owes, [`ROUND`] heirs are given what they are owed; then it is the next key's turn.
//! - What is owed is bounded, by key and in all. Where a key owes [`HEIRS`] or [`BYTES`], its requests that may owe more wait
//!   outside the groups. One group owes no more than what is inherited because of one batch ([`store::bounds`]), so the
//!   bounds are exceeded by that of one group.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mongodb::bson::oid::ObjectId;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant as Moment, timeout_at};
use uuid::Uuid;

use super::key::Key;
use store::{Result, StoreError};

/// Heirs of one round at most.
const ROUND: usize = 100;
/// Heirs to which one key may owe something before its further requests wait; few in this crate's tests.
const HEIRS: usize = if cfg!(test) { 60 } else { 2_000 };
/// What one key may owe before its further requests wait, in bytes of memory, about.
const BYTES: usize = 4 << 20;
/// All keys together may owe this number of times as much.
const ALL: usize = 8;
/// What an owing takes beside its keys, in bytes, about.
const OWING: usize = 128;
/// What one group owes one heir.
pub(super) struct Owing {
    pub(super) heir: Uuid,
    pub(super) keys: Arc<BTreeSet<Key>>,
    /// The document of the collection that has it.
    pub(super) document: ObjectId,
    /// The statement of the group because of which the heir inherits: the heir itself, where it is of the group.
    pub(super) because: Uuid,
}

/// Held as long as something is owed because of a request, which is answered then.
pub(super) type Hold = Arc<oneshot::Sender<Infallible>>;

/// Because of whose statement something is owed.
pub(super) struct Debtor {
    pub(super) key: Arc<str>,
    /// Of each request of the group that has the statement.
    pub(super) holds: Vec<Hold>,
}

/// What this process owes.
#[derive(Default)]
pub(super) struct Ledger {
    state: Mutex<State>,
    /// Told when less is owed.
    less: Notify,
}

#[derive(Default)]
struct State {
    accounts: HashMap<Arc<str>, Account>,
    /// The keys that owe something which is not being given, in the order of their turns.
    turns: VecDeque<Arc<str>>,
    /// How many owings there are still of each document.
    documents: HashMap<ObjectId, usize>,
    all: Sum,
    /// Whether somebody gives what is owed.
    is_paid: bool,
}

/// What one key owes.
#[derive(Default)]
struct Account {
    /// The heirs, in the order in which they are given what they are owed. Some may be owed nothing any more.
    order: VecDeque<Uuid>,
    due: HashMap<Uuid, Vec<Entry>>,
    /// With what is being given now.
    sum: Sum,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    heirs: usize,
    bytes: usize,
}

/// An [`Owing`] to the heir whose entry it is.
struct Entry {
    keys: Arc<BTreeSet<Key>>,
    document: ObjectId,
    _holds: Vec<Hold>,
}

/// An heir, and what it is given.
pub(super) type Gift = (Uuid, Arc<BTreeSet<Key>>);

/// What is given together. It is owed until [`Ledger::end`].
pub(super) struct Round {
    key: Arc<str>,
    due: Vec<(Uuid, Vec<Entry>)>,
}

impl Ledger {
    /// Adds what a group owes because of the statements of `debtors`. True where nobody gives what is owed: the
    /// caller does so then, by [`Self::next`].
    pub(super) fn add(&self, owed: Vec<Owing>, debtors: &HashMap<Uuid, Debtor>) -> bool {
        let mut state = self.lock();
        for owing in owed {
            let debtor = debtors.get(&owing.because);
            state.add(owing, debtor);
        }
        let is_new = !state.turns.is_empty() && !state.is_paid;
        state.is_paid |= is_new;
        is_new
    }

    /// What is to be given next. `None` when nothing is: who gives has ended then.
    pub(super) fn next(&self) -> Option<Round> {
        self.lock().next()
    }

    /// Ends a round that was given. Gives the documents of which nothing is owed any more.
    pub(super) fn end(&self, round: &Round) -> Vec<ObjectId> {
        let ended = self.lock().end(round);
        self.less.notify_waiters();
        ended
    }

    /// Leaves the documents of a round that could not be given to whoever finds them in the database.
    pub(super) fn leave(&self, round: &Round) {
        let documents = round.documents().into_iter().collect();
        {
            let mut state = self.lock();
            state.end(round);
            state.forget(&documents);
        }
        self.less.notify_waiters();
    }

    /// Whether something is owed to this statement that is not being given.
    pub(super) fn has_heir(&self, id: Uuid) -> bool {
        self.lock().accounts.values().any(|account| account.due.contains_key(&id))
    }

    /// Whether this process owes what stands in a document.
    pub(super) fn has_document(&self, id: ObjectId) -> bool {
        self.lock().documents.contains_key(&id)
    }

    /// Lets heirs of these documents come before others of their keys.
    pub(super) fn hasten(&self, documents: &[ObjectId]) {
        let documents: HashSet<ObjectId> = documents.iter().copied().collect();
        for account in self.lock().accounts.values_mut() {
            account.hasten(&documents);
        }
    }

    /// Whether a key owes as much as one may, or all keys together do.
    pub(super) fn is_full(&self, key: &str) -> bool {
        let state = self.lock();
        let owes_much = state.accounts.get(key).is_some_and(|account| account.sum.reaches(1));
        owes_much || state.all.reaches(ALL)
    }

    /// Waits until a key may owe more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where that is not before `until`.
    pub(super) async fn room(&self, key: &str, until: Moment) -> Result<()> {
        let has_room = async {
            loop {
                let mut less = std::pin::pin!(self.less.notified());
                less.as_mut().enable();
                if !self.is_full(key) {
                    return;
                }
                less.await;
            }
        };
        let too_long =
            "what earlier requests pass on to those that refer to them is still being written";
        let waited = timeout_at(until, has_room).await;
        waited.map_err(|_| StoreError::Unavailable(too_long.into()))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, Owing { heir, keys, document, .. }: Owing, debtor: Option<&Debtor>) {
        let key = debtor.map_or_else(|| "".into(), |debtor| Arc::clone(&debtor.key));
        let account = self.accounts.entry(Arc::clone(&key)).or_default();
        if account.order.is_empty() && !self.turns.contains(&key) {
            self.turns.push_back(key);
        }
        let holds = debtor.map_or_else(Vec::new, |debtor| debtor.holds.clone());
        let entry = Entry { keys, document, _holds: holds };
        let mut added = Sum { heirs: 0, bytes: entry.bytes() };
        let entries = account.due.entry(heir).or_default();
        if entries.is_empty() {
            account.order.push_back(heir);
            added.heirs = 1;
        }
        entries.push(entry);
        account.sum.add(added);
        self.all.add(added);
        *self.documents.entry(document).or_default() += 1;
    }

    fn next(&mut self) -> Option<Round> {
        while let Some(key) = self.turns.pop_front() {
            let Some(account) = self.accounts.get_mut(&key) else { continue };
            let due = account.take();
            if !account.order.is_empty() {
                self.turns.push_back(Arc::clone(&key));
            }
            if !due.is_empty() {
                return Some(Round { key, due });
            }
        }
        self.is_paid = false;
        None
    }

    fn end(&mut self, round: &Round) -> Vec<ObjectId> {
        let mut ended = Vec::new();
        for entry in round.due.iter().flat_map(|(_, entries)| entries) {
            if let Some(left) = self.documents.get_mut(&entry.document) {
                *left -= 1;
                if *left == 0 {
                    self.documents.remove(&entry.document);
                    ended.push(entry.document);
                }
            }
        }
        let given = round.due.iter().map(|(_, entries)| Sum::of(entries));
        self.subtract(&round.key, given.sum());
        ended
    }

    fn forget(&mut self, documents: &HashSet<ObjectId>) {
        let mut gone = Vec::new();
        for (key, account) in &mut self.accounts {
            gone.push((Arc::clone(key), account.forget(documents)));
        }
        for (key, sum) in gone {
            self.subtract(&key, sum);
        }
        self.documents.retain(|id, _| !documents.contains(id));
    }

    fn subtract(&mut self, key: &Arc<str>, sum: Sum) {
        self.all.subtract(sum);
        if let Some(account) = self.accounts.get_mut(key) {
            account.sum.subtract(sum);
            if account.sum == Sum::default() {
                self.accounts.remove(key);
            }
        }
    }
}

impl Account {
    /// The next heirs with what they are owed.
    fn take(&mut self) -> Vec<(Uuid, Vec<Entry>)> {
        let mut taken = Vec::new();
        while taken.len() < ROUND
            && let Some(heir) = self.order.pop_front()
        {
            taken.extend(self.due.remove(&heir).map(|entries| (heir, entries)));
        }
        taken
    }

    fn hasten(&mut self, documents: &HashSet<ObjectId>) {
        let is_first = |heir: &Uuid| {
            let mut entries = self.due.get(heir).into_iter().flatten();
            entries.any(|entry| documents.contains(&entry.document))
        };
        let (first, others): (VecDeque<Uuid>, VecDeque<Uuid>) =
            self.order.iter().copied().partition(is_first);
        self.order = first;
        self.order.extend(others);
    }

    /// Forgets what stands in these documents; gives how much that was.
    fn forget(&mut self, documents: &HashSet<ObjectId>) -> Sum {
        let mut gone = Sum::default();
        self.due.retain(|_, entries| {
            for entry in entries.extract_if(.., |it| documents.contains(&it.document)) {
                gone.bytes += entry.bytes();
            }
            gone.heirs += usize::from(entries.is_empty());
            !entries.is_empty()
        });
        // An heir stands there once.
        self.order.retain(|heir| self.due.contains_key(heir));
        gone
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        OWING + self.keys.len() * size_of::<Key>()
    }
}

impl Sum {
    fn of(entries: &[Entry]) -> Self {
        Self { heirs: 1, bytes: entries.iter().map(Entry::bytes).sum() }
    }

    const fn add(&mut self, other: Self) {
        self.heirs += other.heirs;
        self.bytes += other.bytes;
    }

    const fn subtract(&mut self, other: Self) {
        self.heirs -= other.heirs;
        self.bytes -= other.bytes;
    }

    const fn reaches(self, times: usize) -> bool {
        self.heirs >= HEIRS * times || self.bytes >= BYTES * times
    }
}

impl std::iter::Sum for Sum {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        let mut all = Self::default();
        sums.for_each(|it| all.add(it));
        all
    }
}

impl Round {
    /// The documents that the round is about.
    pub(super) fn documents(&self) -> Vec<ObjectId> {
        let entries = self.due.iter().flat_map(|(_, entries)| entries);
        let documents: BTreeSet<ObjectId> = entries.map(|entry| entry.document).collect();
        documents.into_iter().collect()
    }

    /// The heirs, with all that they are owed because of the documents for which `is_owed` is true.
    pub(super) fn heirs(&self, is_owed: impl Fn(&ObjectId) -> bool) -> Vec<Gift> {
        let mut heirs: Vec<Gift> = Vec::new();
        let mut last: Vec<&Arc<BTreeSet<Key>>> = Vec::new();
        for (heir, entries) in &self.due {
            let owed = entries.iter().filter(|entry| is_owed(&entry.document));
            let owed: Vec<&Arc<BTreeSet<Key>>> = owed.map(|entry| &entry.keys).collect();
            let is_same = owed.len() == last.len()
                && owed.iter().zip(&last).all(|(one, other)| Arc::ptr_eq(one, other));
            let keys = match (owed.as_slice(), heirs.last()) {
                ([], _) => continue,
                ([one], _) => Arc::clone(one),
                // Heirs of one chain are owed the same, one after another.
                (_, Some((_, keys))) if is_same => Arc::clone(keys),
                _ => Arc::new(owed.iter().flat_map(|keys| keys.iter().copied()).collect()),
            };
            heirs.push((*heir, keys));
            last = owed;
        }
        heirs
    }
}

#[cfg(test)]
mod tests;
