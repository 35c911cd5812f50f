//! What the writer remembers to spare look-ups in the tables, from which all of it can be read again.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;
use rusqlite::Connection;
use uuid::Uuid;

use super::added::Added;
use super::recent::{Recent, Row};
use super::watch::Watches;
use xapi::index::Kind;
use xapi::instant::Instant;

const ENTITIES: NonZeroUsize = NonZeroUsize::new(200_000).unwrap();
const SEEN: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// The writer's memory. What a failed job or transaction has put into it is removed again.
pub(super) struct Memory {
    /// The newest `stored` of a statement that is kept, or will be with this transaction.
    pub(super) newest: Instant,
    /// Index rows of this transaction.
    pub(super) index_rows: Vec<Row>,
    /// The ids of this transaction, in the order in which they came, and where each is.
    new_ids: Vec<Uuid>,
    places: HashMap<Uuid, i64>,
    /// What earlier transactions have added and is not in the tables yet.
    pub(super) recent: Arc<Recent>,
    from: Instant,
    next_entity: i64,
    entities: LruCache<String, i64>,
    /// The key of the last look-up: its buffer is used again, so that a look-up allocates nothing.
    sought: String,
    /// By entity the hash of the last text seen: the name of an agent, the definition of an activity.
    seen: LruCache<i64, u64>,
    learned: Vec<String>,
    noticed: Vec<i64>,
    pub(super) watches: Watches,
}

/// How much was remembered when a job began.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    newest: Instant,
    index_rows: usize,
    new_ids: usize,
    learned: usize,
    noticed: usize,
}

impl Memory {
    pub(super) fn load(connection: &Connection, recent: Arc<Recent>) -> rusqlite::Result<Self> {
        let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        // Who waits for what is later waits for a statement, which a removed one is not.
        let kept = "SELECT coalesce((SELECT seq FROM statement WHERE flags <> 2 ORDER BY seq DESC LIMIT 1), 0)";
        let newest = number(kept)?;
        Ok(Self {
            newest: Instant::from_micros(newest),
            from: Instant::from_micros(newest),
            next_entity: 1 + number("SELECT coalesce(max(id), 0) FROM entity")?,
            entities: LruCache::new(ENTITIES),
            sought: String::new(),
            seen: LruCache::new(SEEN),
            index_rows: Vec::new(),
            new_ids: Vec::new(),
            places: HashMap::new(),
            recent,
            learned: Vec::new(),
            noticed: Vec::new(),
            watches: Watches::default(),
        })
    }

    /// A transaction begins, whose statements are stored at `from` or later.
    pub(super) fn begin(&mut self, from: Instant) {
        self.from = from;
        self.learned.clear();
        self.noticed.clear();
    }

    /// The next free instant of `stored`.
    pub(super) fn next_stored(&self) -> Instant {
        self.from.max(self.newest.next())
    }

    /// A number for a new entity.
    pub(super) const fn new_entity(&mut self) -> i64 {
        self.next_entity += 1;
        self.next_entity - 1
    }

    /// The number of a thing, where it is remembered.
    pub(super) fn known_entity(&mut self, kind: Kind, text: &str) -> Option<i64> {
        self.sought.clear();
        self.sought.push(char::from(b'0' + kind as u8));
        self.sought.push_str(text);
        self.entities.get(self.sought.as_str()).copied()
    }

    /// Remembers the number of the thing that [`Self::known_entity`] has just not found.
    pub(super) fn learn_entity(&mut self, id: i64) {
        self.entities.put(self.sought.clone(), id);
        self.learned.push(self.sought.clone());
    }

    /// Whether `hash` differs from the last one of this thing.
    pub(super) fn is_news(&mut self, entity: i64, hash: u64) -> bool {
        let is_news = self.seen.put(entity, hash) != Some(hash);
        if is_news {
            self.noticed.push(entity);
        }
        is_news
    }

    /// The `stored` of the statement `id`, where it is of this transaction or recent.
    pub(super) fn place(&self, id: Uuid) -> Option<i64> {
        self.places.get(&id).copied().or_else(|| self.recent.view().place(id))
    }

    /// Remembers that the statement `id` is stored at `stored`.
    pub(super) fn take_id(&mut self, id: Uuid, stored: Instant) {
        self.new_ids.push(id);
        self.places.insert(id, stored.micros());
    }

    /// Takes what this transaction adds to the index.
    pub(super) fn take_added(&mut self) -> Added {
        let places = std::mem::take(&mut self.places);
        let id = |id| places.get(&id).map(|seq| (id, *seq));
        let ids = self.new_ids.drain(..).filter_map(id).collect();
        let mut added = Added { ids, rows: std::mem::take(&mut self.index_rows) };
        added.tidy();
        added
    }

    /// How much is remembered now.
    pub(super) const fn mark(&self) -> Mark {
        Mark {
            newest: self.newest,
            index_rows: self.index_rows.len(),
            new_ids: self.new_ids.len(),
            learned: self.learned.len(),
            noticed: self.noticed.len(),
        }
    }

    /// Drops what a failed job has put here since `mark`.
    pub(super) fn forget_since(&mut self, mark: Mark) {
        self.newest = mark.newest;
        self.index_rows.truncate(mark.index_rows);
        for id in self.new_ids.drain(mark.new_ids..) {
            self.places.remove(&id);
        }
        for key in self.learned.drain(mark.learned..) {
            self.entities.pop(&key);
        }
        for entity in self.noticed.drain(mark.noticed..) {
            self.seen.pop(&entity);
        }
    }

    /// The things to which this transaction may have given names or definitions.
    pub(super) fn noticed(&self) -> &[i64] {
        &self.noticed
    }

    /// Tells who watches what the transaction, which is committed, has noticed.
    pub(super) fn tell_watches(&mut self) {
        self.watches.tell(&self.noticed);
    }

    /// Drops what is remembered of a thing that has another text, or is no more.
    pub(super) fn forget_thing(&mut self, id: i64, kind: Kind, text: &str) {
        self.known_entity(kind, text);
        self.entities.pop(self.sought.as_str());
        self.forget_sayings(id);
    }

    /// Drops what was said last of a thing: its name or definition is another one.
    pub(super) fn forget_sayings(&mut self, id: i64) {
        self.seen.pop(&id);
    }

    /// Drops what a failed transaction may have left here. `newest` is as before the transaction.
    pub(super) fn forget(&mut self, newest: Instant) {
        self.newest = newest;
        self.entities.clear();
        self.seen.clear();
        self.index_rows.clear();
        self.new_ids.clear();
        self.places.clear();
    }
}
