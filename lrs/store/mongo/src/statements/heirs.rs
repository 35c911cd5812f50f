//! Giving heirs what they inherit. A group gives as much as it can in [`TIME`]: all later groups wait for it. What it owes then
//! is written down in the collection `heir` before the group is finished, and given by its process beside later groups
//! ([`super::debts`]); where the process dies, by another one. So each statement inherits what it should, some of them a moment
//! later. An heir that is owed something already is given what is new together with that.
//!
//! Fields: `_id`; `owed`, a list of what belongs together: `keys`, and `ids` of the statements that are to have them; `from`, the
//! statements that one of these refers to, directly or through others, unless there are more than [`FROM`]: an erasure of others
//! does not wait for it. Giving twice does no harm.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use tokio::time::Instant as Moment;
use uuid::Uuid;

use super::debts::{Debtor, Gift, Ledger, Owing, Round};
use super::key::{Key, MOST_KEYS};
use super::link::Chains;
use super::pause::{Pause, stuck};
use super::rows::{Rows, any_of, pieces};
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
/// Statements that a document of what is owed names as those that its heirs inherit from, at most.
const FROM: usize = 2_000;
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
    pub(super) ledger: Arc<Ledger>,
}

/// What is to be given before an erasure goes on, as it was read before.
pub(super) enum Concern<'a> {
    /// What was read of these statements, or beyond them.
    Texts(&'a [Uuid]),
    /// These keys.
    Keys(&'a [Key]),
}

/// Heirs that inherit the same.
struct Portion {
    keys: Arc<BTreeSet<Key>>,
    heirs: VecDeque<Link>,
}

/// What a group owes.
pub(super) type Owed = Vec<Owing>;

impl Heirs {
    pub(super) fn new(rows: Rows, collection: Collection<Document>) -> Self {
        Self { rows, collection, ledger: Arc::default() }
    }

    /// Gives heirs what they inherit because of the statements of a stretch, as many as there is time for; gives what is owed
    /// to the others, which is written down.
    pub(super) async fn give(
        &self,
        stretch: Stretch,
        inherited: &[Inherited],
        chains: &Chains,
    ) -> Result<Owed> {
        let (mut portions, mut owed) = (VecDeque::new(), VecDeque::new());
        for Inherited { keys, heirs } in inherited {
            let keys: BTreeSet<Key> = keys.iter().map(|key| Key::from_index(key)).collect();
            let keys = Arc::new(keys);
            let (later, now): (VecDeque<Link>, VecDeque<Link>) =
                heirs.iter().copied().partition(|heir| self.ledger.has_heir(heir.id));
            portions.push_back(Portion { keys: Arc::clone(&keys), heirs: now });
            owed.push_back(Portion { keys, heirs: later });
        }
        for some in [&mut portions, &mut owed] {
            some.retain(|portion: &Portion| !portion.heirs.is_empty());
        }
        let (begun, mut size) = (Moment::now(), FIRST);
        while !portions.is_empty() && (size == FIRST || begun.elapsed() < TIME) {
            let round = take(&mut portions, size, CALLS);
            try_join_all(round.iter().map(|portion| self.give_one(stretch, portion))).await?;
            size = size.saturating_mul(2);
        }
        owed.extend(portions);
        self.write_down(owed, chains).await
    }

    /// Writes down what is owed.
    async fn write_down(&self, mut portions: VecDeque<Portion>, chains: &Chains) -> Result<Owed> {
        let (mut owed, mut documents) = (Owed::new(), Vec::new());
        while !portions.is_empty() {
            let document = ObjectId::new();
            let (mut list, mut from) = (Vec::new(), HashSet::new());
            let (mut heirs, mut keys) = (0, 0);
            while heirs < OWED_HEIRS && keys < OWED_KEYS {
                let Some(portion) = take(&mut portions, OWED_HEIRS - heirs, 1).pop() else { break };
                heirs += portion.heirs.len();
                keys += portion.keys.len();
                from.extend(portion.heirs.iter().flat_map(|heir| chains.beyond(heir.id)));
                list.push(portion.to_bson());
                owed.extend(portion.owings(document, chains));
            }
            let mut written = doc! {"_id": document, "owed": list};
            if from.len() <= FROM {
                let from: Vec<Bson> = from.into_iter().map(field::of_uuid).collect();
                written.insert("from", from);
            }
            documents.push(written);
        }
        for documents in documents.chunks(READ) {
            insert_free(&self.collection, documents).await?;
        }
        Ok(owed)
    }

    /// Lets what a group owes be given beside later groups. `debtors` are the requests of its statements.
    pub(super) fn owe(&self, owed: Owed, debtors: &HashMap<Uuid, Debtor>) {
        if self.ledger.add(owed, debtors) {
            tokio::spawn(self.clone().pay());
        }
    }

    /// Gives what this process owes, until it owes nothing.
    async fn pay(self) {
        while let Some(round) = self.ledger.next() {
            if let Err(error) = self.pay_round(&round).await {
                tracing::warn!(%error, "statements are found a while later by what they refer to");
                self.ledger.leave(&round);
            }
        }
    }

    async fn pay_round(&self, round: &Round) -> Result<()> {
        // Where another process held this one for dead, it has given some of it, and an erasure has gone on since.
        let left = self.those_left(&round.documents()).await?;
        self.give_to_kept(&round.heirs(|document| left.contains(document))).await?;
        let given = self.ledger.end(round);
        if given.is_empty() {
            return Ok(());
        }
        if let Err(error) = call(self.collection.delete_many(doc! {"_id": {"$in": given}})).await {
            tracing::warn!(%error, "what statements inherit is written once more later");
        }
        Ok(())
    }

    /// Those of these documents that are there.
    async fn those_left(&self, documents: &[ObjectId]) -> Result<HashSet<ObjectId>> {
        Ok(self.ids(doc! {"_id": {"$in": documents.to_vec()}}).await?.into_iter().collect())
    }

    /// Gives what stands in a document.
    async fn pay_one(&self, document: &Document) -> Result<()> {
        for portion in field::documents(document, "owed")? {
            let (ids, keys) = (field::uuids(portion, "ids")?, field::object_ids(portion, "keys")?);
            let keys: BTreeSet<Key> = keys.into_iter().map(Key::from_object_id).collect();
            let keys = Arc::new(keys);
            let heirs: Vec<_> = ids.into_iter().map(|id| (id, Arc::clone(&keys))).collect();
            self.give_to_kept(&heirs).await?;
        }
        let id = field::object_id(document, "_id")?;
        call(self.collection.delete_one(doc! {"_id": id})).await.map(drop)
    }

    /// Waits until all is given that is owed now and that is of this concern. What groups owe later, they have read later.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where that takes longer than [`PATIENCE`].
    pub(super) async fn settled(&self, concern: Concern<'_>) -> Result<()> {
        let ids = self.concerned(concern).await?;
        if ids.is_empty() {
            return Ok(());
        }
        self.ledger.hasten(&ids);
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

    async fn concerned(&self, concern: Concern<'_>) -> Result<Vec<ObjectId>> {
        match concern {
            Concern::Keys(keys) => {
                let keys: Vec<Bson> = keys.iter().copied().map(Key::to_bson).collect();
                self.ids(doc! {"owed.keys": {"$in": keys}}).await
            }
            Concern::Texts(statements) => {
                let mut ids = self.ids(doc! {"from": {"$exists": false}}).await?;
                for statements in statements.chunks(IDS) {
                    ids.extend(self.ids(doc! {"from": any_of(statements)}).await?);
                }
                Ok(ids)
            }
        }
    }

    async fn ids(&self, filter: Document) -> Result<Vec<ObjectId>> {
        let found = all(self.collection.find(filter).projection(doc! {"_id": 1})).await?;
        found.iter().map(|document| field::object_id(document, "_id")).collect()
    }

    /// Gives heirs what they inherit. A statement kept before the stretch may have inherited from others: it gets what it
    /// lacks, as far as it has room.
    async fn give_one(&self, stretch: Stretch, Portion { keys, heirs }: &Portion) -> Result<()> {
        let (new, before): (Vec<&Link>, Vec<&Link>) =
            heirs.iter().partition(|heir| stretch.contains(heir.stored));
        let new: Vec<Uuid> = new.into_iter().map(|link| link.id).collect();
        self.add_keys(&new, keys).await?;
        let before: Vec<_> = before.iter().map(|link| (link.id, Arc::clone(keys))).collect();
        self.give_to_kept(&before).await
    }

    /// Gives each of these statements what it lacks of keys, as far as it has room.
    async fn give_to_kept(&self, heirs: &[Gift]) -> Result<()> {
        for heirs in heirs.chunks(READ) {
            let inherited: HashMap<Uuid, &BTreeSet<Key>> =
                heirs.iter().map(|(id, keys)| (*id, &**keys)).collect();
            let ids: Vec<Uuid> = inherited.keys().copied().collect();
            let mut lacking: BTreeMap<BTreeSet<Key>, Vec<Uuid>> = BTreeMap::new();
            for (id, known) in self.rows.keys(&ids).await? {
                let Some(keys) = inherited.get(&id) else { continue };
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

impl Portion {
    fn to_bson(&self) -> Document {
        let ids: Vec<Bson> = self.heirs.iter().map(|heir| field::of_uuid(heir.id)).collect();
        let keys: Vec<Bson> = self.keys.iter().copied().map(Key::to_bson).collect();
        doc! {"ids": ids, "keys": keys}
    }

    /// What its heirs are owed where it stands in this document.
    fn owings(&self, document: ObjectId, chains: &Chains) -> impl Iterator<Item = Owing> {
        self.heirs.iter().map(move |heir| Owing {
            heir: heir.id,
            keys: Arc::clone(&self.keys),
            document,
            because: chains.because(heir.id),
        })
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

    /// Gives what others owed for [`LEASE`] as this process saw it, one document of it at a time. It looks for such every
    /// [`LOOK`], and after each that it gave.
    pub(super) async fn look(&mut self, now: Moment) -> Result<()> {
        if self.looked.is_some_and(|looked| now.duration_since(looked) < LOOK) {
            return Ok(());
        }
        let mut ids = self.heirs.ids(doc! {}).await?;
        ids.retain(|id| !self.heirs.ledger.has_document(*id));
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
