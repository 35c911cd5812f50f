//! The index of the newest statements, in memory.
//!
//! What a transaction adds to the index belongs on pages all over the tables: written there at once, nearly each row and
//! each id would dirty a page of its own. So a transaction appends what it adds to the table `recent`, in one row, and
//! readers find it here. The writer moves it into the tables in long sorted runs ([`settle`](super::settle)).
//!
//! A reader takes a [`View`] before it begins its transaction. What the view lacks was in the tables by then; what is
//! moved later, the view still has.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::Connection;
use uuid::Uuid;

use super::added::Added;
use crate::failure::Result;
use xapi::instant::Instant;

/// That a statement is found by a thing: the number of the thing, how closely, and the statement's `stored`.
pub(super) type Row = (i64, u8, i64);

/// What is not in the tables yet, shared by the writer and all readers.
pub(super) struct Recent(RwLock<Parts>);

struct Parts {
    /// The newest statement that is visible.
    newest: i64,
    open: Arc<RwLock<Open>>,
    settling: Option<Arc<Sealed>>,
}

/// What is added to.
#[derive(Default)]
struct Open {
    rows: BTreeSet<Row>,
    ids: HashMap<Uuid, i64>,
}

/// What is on its way into the tables, sorted as these are.
pub(super) struct Sealed {
    pub(super) rows: Vec<Row>,
    pub(super) ids: Vec<(Uuid, i64)>,
}

impl Recent {
    /// Reads what earlier transactions have left in the table, and gives the numbers of the rows that are damaged: what
    /// those said is missing.
    pub(super) fn load(connection: &Connection) -> Result<(Self, Vec<i64>)> {
        let newest = connection
            .query_row("SELECT max(seq) FROM statement", [], |row| row.get::<_, Option<i64>>(0))?;
        let (mut ids, mut gathered) = (HashMap::new(), Vec::new());
        let mut damaged = Vec::new();
        let mut select = connection.prepare("SELECT number, added FROM recent ORDER BY number")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            match row.get_ref(1)?.as_blob().ok().and_then(Added::decode) {
                Some(added) => {
                    ids.extend(added.ids);
                    gathered.extend(added.rows);
                }
                None => damaged.push(row.get(0)?),
            }
        }
        let newest = newest.unwrap_or(0);
        // Sorted at once, which takes a third of the time of inserting each row.
        let rows = gathered.into_iter().collect();
        let open = Arc::new(RwLock::new(Open { rows, ids }));
        Ok((Self(RwLock::new(Parts { newest, open, settling: None })), damaged))
    }

    /// What a reader finds from now on.
    pub(super) fn view(&self) -> View {
        let parts = self.read();
        let (open, settling) = (Arc::clone(&parts.open), parts.settling.clone());
        View { newest: parts.newest, open, settling }
    }

    /// Shows what a committed transaction has added; `newest` is the newest statement now.
    pub(super) fn publish(&self, added: Added, newest: Instant) {
        let mut parts = self.write();
        parts.newest = newest.micros();
        parts.open.write().unwrap_or_else(PoisonError::into_inner).add(added);
    }

    /// How many rows are neither in the tables nor on their way.
    pub(super) fn waiting(&self) -> usize {
        opened(&self.read().open).rows.len()
    }

    /// How many rows are not in the tables, at most: of those on their way, some may be there already.
    pub(super) fn unsettled(&self) -> usize {
        let parts = self.read();
        opened(&parts.open).rows.len() + parts.settling.as_ref().map_or(0, |it| it.rows.len())
    }

    /// Whether something is on its way into the tables.
    pub(super) fn is_settling(&self) -> bool {
        self.read().settling.is_some()
    }

    /// Begins anew, and gives what there was.
    pub(super) fn seal(&self) -> Arc<Sealed> {
        let mut parts = self.write();
        // Views may hold on to what was open: it stays as it is.
        let was = std::mem::take(&mut parts.open);
        let was = opened(&was);
        let mut ids: Vec<(Uuid, i64)> = was.ids.iter().map(|(id, seq)| (*id, *seq)).collect();
        ids.sort_unstable();
        let sealed = Arc::new(Sealed { rows: was.rows.iter().copied().collect(), ids });
        parts.settling = Some(Arc::clone(&sealed));
        sealed
    }

    /// Forgets what was sealed: it is in the tables.
    pub(super) fn settled(&self) {
        self.write().settling = None;
    }

    fn read(&self) -> RwLockReadGuard<'_, Parts> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Parts> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn opened(open: &RwLock<Open>) -> RwLockReadGuard<'_, Open> {
    open.read().unwrap_or_else(PoisonError::into_inner)
}

impl Open {
    fn add(&mut self, added: Added) {
        self.rows.extend(added.rows);
        self.ids.extend(added.ids);
    }
}

/// What was not in the tables when the view was taken, and maybe some that came later.
pub(super) struct View {
    newest: i64,
    open: Arc<RwLock<Open>>,
    settling: Option<Arc<Sealed>>,
}

impl View {
    /// The newest statement that a reader may show: of later ones, the view may lack rows.
    pub(super) const fn newest(&self) -> i64 {
        self.newest
    }

    /// The `stored` of the statement `id`.
    pub(super) fn place(&self, id: Uuid) -> Option<i64> {
        opened(&self.open).ids.get(&id).copied().or_else(|| {
            let ids = &self.settling.as_ref()?.ids;
            let at = ids.binary_search_by_key(&id, |(id, _)| *id).ok()?;
            ids.get(at).map(|(_, seq)| *seq)
        })
    }

    /// The first `most` instants from `at` on, ascending or descending, of the rows of `entity` and `closeness`.
    pub(super) fn instants(
        &self,
        (entity, closeness): (i64, u8),
        at: i64,
        ascending: bool,
        most: usize,
    ) -> Vec<i64> {
        let (from, to) = if ascending { (at, i64::MAX) } else { (i64::MIN, at) };
        let (from, to) = ((entity, closeness, from), (entity, closeness, to));
        let open = opened(&self.open);
        let open = open.rows.range(from..=to).map(|row| row.2);
        let sealed = self.settling.iter().flat_map(|sealed| {
            let start = sealed.rows.partition_point(|row| *row < from);
            let end = sealed.rows.partition_point(|row| *row <= to);
            sealed.rows.get(start..end).unwrap_or_default().iter().map(|row| row.2)
        });
        let mut found: Vec<i64> = if ascending {
            open.take(most).chain(sealed.take(most)).collect()
        } else {
            open.rev().take(most).chain(sealed.rev().take(most)).collect()
        };
        found.sort_unstable();
        if !ascending {
            found.reverse();
        }
        found.dedup();
        found.truncate(most);
        found
    }
}
