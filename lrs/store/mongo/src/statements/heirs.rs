//! Giving heirs what they inherit. A group gives as much as it can in [`TIME`]: all later groups wait for it. What it owes then
//! is written down in the collection `heir` before the group is finished, and given by its process beside later groups; where
//! the process dies, by another one. So each statement inherits what it should, some of them a moment later.
//!
//! Fields: `_id`; `owed`, a list of what belongs together: `keys`, and `ids` of the statements that are to have them. Giving
//! twice does no harm.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use tokio::sync::Mutex;
use tokio::time::Instant as Moment;
use uuid::Uuid;

use super::key::{Key, MOST_KEYS};
use super::pause::{Pause, stuck};
use super::rows::{Rows, pieces};
use crate::call::{all, call, insert_free};
use crate::field;
use crate::head::Stretch;
use store::inheritance::{Inherited, Link};
use store::{Result, StoreError};

/// How long a group gives heirs what they inherit. It ends the round that it is in, and begins no other. In this crate's tests,
/// all but the first round is owed.
const TIME: Duration = if cfg!(test) { Duration::ZERO } else { Duration::from_millis(150) };
/// Heirs of the first round. Each round after it has twice as many as the one before, so that a slow server has few of them.
const FIRST: usize = 16;
/// Calls that change statements at once.
const CALLS: usize = 16;
/// Statements changed by one call at most.
const IDS: usize = 1_000;
/// Statements whose keys are in memory at once.
const READ: usize = 100;
/// Keys given to a statement in one call: some servers compare each with all that are there.
const ADDED: usize = 1_000;
/// Heirs, and keys, of one document of what is owed at most, unless one heir has more.
const OWED_HEIRS: usize = 100;
const OWED_KEYS: usize = 50_000;
/// What another process owes is given after it was seen for this long.
const LEASE: Duration = Duration::from_secs(30);
/// How often it is looked for.
const LOOK: Duration = Duration::from_secs(10);
/// How long others wait for what is owed: a process may have died just now.
const PATIENCE: Duration = Duration::from_secs(90);

/// Gives heirs what they inherit.
#[derive(Clone)]
pub(crate) struct Heirs {
    rows: Rows,
    collection: Collection<Document>,
    /// Held by the one that pays what is owed: it has the database beside the groups.
    paying: Arc<Mutex<()>>,
}

/// What a group owes.
#[derive(Default)]
pub(super) struct Owed {
    documents: Vec<Document>,
    /// The heirs, and the statements that they inherit from.
    concerned: HashSet<Uuid>,
}

/// Heirs that inherit the same.
struct Portion {
    keys: Arc<BTreeSet<Key>>,
    heirs: VecDeque<Link>,
}

impl Heirs {
    pub(super) fn new(rows: Rows, collection: Collection<Document>) -> Self {
        Self { rows, collection, paying: Arc::default() }
    }

    /// Gives heirs what they inherit because of the statements of a stretch, as many as there is time for; gives what is owed
    /// to the others, which is written down.
    pub(super) async fn give(&self, stretch: Stretch, inherited: &[Inherited]) -> Result<Owed> {
        let portion = |inherited: &Inherited| Portion {
            keys: Arc::new(inherited.keys.iter().map(|key| Key::from_index(key)).collect()),
            heirs: inherited.heirs.iter().copied().collect(),
        };
        let mut portions: VecDeque<Portion> = inherited.iter().map(portion).collect();
        let (begun, mut size) = (Moment::now(), FIRST);
        while !portions.is_empty() && (size == FIRST || begun.elapsed() < TIME) {
            let round = take(&mut portions, size, CALLS);
            try_join_all(round.iter().map(|portion| self.give_one(stretch, portion))).await?;
            size = size.saturating_mul(2);
        }
        self.owe(portions).await
    }

    /// Writes down what is owed.
    async fn owe(&self, mut portions: VecDeque<Portion>) -> Result<Owed> {
        let mut owed = Owed::default();
        while !portions.is_empty() {
            let (mut list, mut heirs, mut keys) = (Vec::new(), 0, 0);
            while heirs < OWED_HEIRS && keys < OWED_KEYS {
                let Some(portion) = take(&mut portions, OWED_HEIRS - heirs, 1).pop() else { break };
                heirs += portion.heirs.len();
                keys += portion.keys.len();
                owed.concerned.extend(portion.heirs.iter().map(|heir| heir.id));
                list.push(portion.to_bson());
            }
            owed.documents.push(doc! {"_id": ObjectId::new(), "owed": list});
        }
        for documents in owed.documents.chunks(READ) {
            insert_free(&self.collection, documents).await?;
        }
        Ok(owed)
    }

    /// Gives what is owed.
    pub(super) async fn pay(&self, owed: &Owed) -> Result<()> {
        let _paying = self.paying.lock().await;
        for document in &owed.documents {
            self.pay_one(document).await?;
        }
        Ok(())
    }

    async fn pay_one(&self, document: &Document) -> Result<()> {
        for portion in field::documents(document, "owed")? {
            let (ids, keys) = (field::uuids(portion, "ids")?, field::object_ids(portion, "keys")?);
            let keys = keys.into_iter().map(Key::from_object_id).collect();
            self.give_to_kept(&ids, &keys).await?;
        }
        let id = field::object_id(document, "_id")?;
        call(self.collection.delete_one(doc! {"_id": id})).await.map(drop)
    }

    /// Waits until all is given that is owed now. What groups owe later, they have read later.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where that takes longer than [`PATIENCE`].
    pub(super) async fn settled(&self) -> Result<()> {
        let ids = self.ids().await?;
        if ids.is_empty() {
            return Ok(());
        }
        let (begun, mut pause) = (Moment::now(), Pause::default());
        while begun.elapsed() < PATIENCE {
            let left = doc! {"_id": {"$in": ids.clone()}};
            if call(self.collection.find_one(left).projection(doc! {"_id": 1})).await?.is_none() {
                return Ok(());
            }
            pause.rest().await;
        }
        Err(stuck())
    }

    async fn ids(&self) -> Result<Vec<ObjectId>> {
        let found = all(self.collection.find(doc! {}).projection(doc! {"_id": 1})).await?;
        found.iter().map(|document| field::object_id(document, "_id")).collect()
    }

    /// Gives heirs what they inherit. A statement kept before the stretch may have inherited from others: it gets what it
    /// lacks, as far as it has room.
    async fn give_one(&self, stretch: Stretch, Portion { keys, heirs }: &Portion) -> Result<()> {
        let (new, before): (Vec<&Link>, Vec<&Link>) =
            heirs.iter().partition(|heir| stretch.contains(heir.stored));
        let ids = |links: Vec<&Link>| links.into_iter().map(|link| link.id).collect::<Vec<Uuid>>();
        self.add_keys(&ids(new), keys).await?;
        self.give_to_kept(&ids(before), keys).await
    }

    async fn give_to_kept(&self, ids: &[Uuid], keys: &BTreeSet<Key>) -> Result<()> {
        for ids in ids.chunks(READ) {
            let mut lacking: BTreeMap<BTreeSet<Key>, Vec<Uuid>> = BTreeMap::new();
            for (id, known) in self.rows.keys(ids).await? {
                let room = MOST_KEYS.saturating_sub(known.len());
                let lacks = keys.difference(&known).take(room).copied().collect();
                lacking.entry(lacks).or_default().push(id);
            }
            for (keys, ids) in lacking {
                self.add_keys(&ids, &keys).await?;
            }
        }
        Ok(())
    }

    /// Gives these statements the same keys.
    async fn add_keys(&self, ids: &[Uuid], keys: &BTreeSet<Key>) -> Result<()> {
        for keys in pieces(keys, ADDED) {
            for ids in ids.chunks(IDS) {
                match self.rows.add_keys(ids, &keys).await {
                    // Some of the statements have the keys now, some not: one is too long, perhaps.
                    Err(StoreError::Rejected(_)) if ids.len() > 1 => {
                        for id in ids {
                            let added = self.rows.add_keys(std::slice::from_ref(id), &keys).await;
                            added.or_else(log_rejection)?;
                        }
                    }
                    added => added.or_else(log_rejection)?,
                }
            }
        }
        Ok(())
    }
}

impl Owed {
    pub(super) fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Notes that heirs inherit from these statements, perhaps.
    pub(super) fn note(&mut self, ids: HashSet<Uuid>) {
        self.concerned.extend(ids);
    }

    /// Whether this statement is an heir, or is inherited from.
    pub(super) fn concerns(&self, id: Uuid) -> bool {
        !self.is_empty() && self.concerned.contains(&id)
    }
}

impl Portion {
    fn to_bson(&self) -> Document {
        let ids: Vec<Bson> = self.heirs.iter().map(|heir| field::of_uuid(heir.id)).collect();
        let keys: Vec<Bson> = self.keys.iter().copied().map(Key::to_bson).collect();
        doc! {"ids": ids, "keys": keys}
    }
}

/// The first portions, with at most `heirs` heirs together, and at most `most` portions.
fn take(portions: &mut VecDeque<Portion>, heirs: usize, most: usize) -> Vec<Portion> {
    let (mut taken, mut room) = (Vec::new(), heirs);
    while let Some(first) = portions.front_mut()
        && room > 0
        && taken.len() < most
    {
        let part: VecDeque<Link> = first.heirs.drain(..first.heirs.len().min(room)).collect();
        room -= part.len();
        taken.push(Portion { keys: Arc::clone(&first.keys), heirs: part });
        if first.heirs.is_empty() {
            portions.pop_front();
        }
    }
    taken
}

/// Looks for what dead processes owe.
pub(super) struct Debts {
    heirs: Heirs,
    looked: Option<Moment>,
    seen: HashMap<ObjectId, Moment>,
}

impl Debts {
    pub(super) fn new(heirs: Heirs) -> Self {
        Self { heirs, looked: None, seen: HashMap::new() }
    }

    /// Gives what was owed for [`LEASE`] as this process saw it, one document of it at a time, where this process does not give
    /// what it owes itself. It looks for such every [`LOOK`], and after each that it gave.
    pub(super) async fn look(&mut self, now: Moment) -> Result<()> {
        if self.looked.is_some_and(|looked| now.duration_since(looked) < LOOK) {
            return Ok(());
        }
        let Ok(_paying) = self.heirs.paying.try_lock() else { return Ok(()) };
        let ids = self.heirs.ids().await?;
        self.seen.retain(|id, _| ids.contains(id));
        let mut left = None;
        for id in ids {
            let since = *self.seen.entry(id).or_insert(now);
            if now.duration_since(since) >= LEASE {
                left.get_or_insert(id);
            }
        }
        let Some(left) = left else {
            self.looked = Some(now);
            return Ok(());
        };
        let found = call(self.heirs.collection.find_one(doc! {"_id": left})).await?;
        match found {
            Some(document) => self.heirs.pay_one(&document).await,
            None => Ok(()),
        }
    }
}

/// Linking must not fail because of what a statement says: all later groups wait for it. So a
/// statement that the database does not change is left as it is.
fn log_rejection(error: StoreError) -> Result<()> {
    match error {
        StoreError::Rejected(reason) => {
            tracing::error!(reason, "a statement is not found by what it refers to");
            Ok(())
        }
        other => Err(other),
    }
}
