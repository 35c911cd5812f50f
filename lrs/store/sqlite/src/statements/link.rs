//! Statements that refer to statements: they are found by all that their target is found by
//! (Communication 2.1.3, "Filter Conditions for `StatementRef`s"), whichever comes first.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::rc::Rc;

use uuid::Uuid;

use super::put::own_keys;
use crate::failure::Result;
use crate::session::Session;
use store::bounds::{Allowance, LONGEST_CHAIN, MOST_HEIRS};
use xapi::index::{IndexKey, inherited};
use xapi::instant::Instant;
use xapi::prepare::{Prepared, target};

/// Keys of targets remembered at most while a batch is kept.
const REMEMBERED: usize = 100_000;

/// The references that a batch makes and meets, and what they may cost.
pub(super) struct Web {
    /// What the batch's own statements may still inherit.
    inherits: Allowance,
    /// How many of the batch's statements are still to come that refer to another one.
    referring: usize,
    /// What statements kept before may still inherit from those of the batch.
    passes_on: Allowance,
    /// How many statements kept before may still inherit from those of the batch.
    heirs: usize,
    targets: HashMap<Uuid, Rc<Link>>,
    remembered: usize,
}

/// A statement that others refer to.
struct Link {
    /// What others inherit of it, the closest first.
    keys: Vec<IndexKey>,
    target: Option<Uuid>,
}

impl Web {
    pub(super) fn new(statements: &[Prepared]) -> Self {
        Self {
            inherits: Allowance::of_batch(statements.len()),
            referring: statements.iter().filter(|statement| statement.target.is_some()).count(),
            passes_on: Allowance::of_batch(statements.len()),
            heirs: MOST_HEIRS,
            targets: HashMap::new(),
            remembered: 0,
        }
    }

    /// What `statement` inherits from its target, the target's target, and so on, up to one that is
    /// not kept. Where that is more than its share, the keys of the nearest targets, and of each the
    /// closest first.
    pub(super) fn inherited(
        &mut self,
        session: &Session<'_>,
        statement: &Prepared,
    ) -> Result<BTreeSet<IndexKey>> {
        let mut keys = BTreeSet::new();
        if statement.target.is_none() {
            return Ok(keys);
        }
        let share = self.inherits.share(self.referring);
        self.referring = self.referring.saturating_sub(1);
        let mut seen = HashSet::from([statement.id]);
        let mut next = statement.target;
        while let Some(id) = next.filter(|id| seen.insert(*id)) {
            if seen.len() > LONGEST_CHAIN + 1 || keys.len() >= share {
                break;
            }
            let Some(link) = self.link(session, id)? else { break };
            for key in &link.keys {
                if keys.len() >= share {
                    break;
                }
                keys.insert(key.clone());
            }
            next = link.target;
        }
        self.inherits.spend(keys.len());
        Ok(keys)
    }

    /// The kept statement `id`, read once for all that refer to it.
    fn link(&mut self, session: &Session<'_>, id: Uuid) -> Result<Option<Rc<Link>>> {
        if let Some(link) = self.targets.get(&id) {
            return Ok(Some(Rc::clone(link)));
        }
        let Some(kept) = session.statement(id)? else { return Ok(None) };
        let (value, own) = own_keys(&kept)?;
        let link = Rc::new(Link { keys: closest_first(inherited(&own)), target: target(&value) });
        if self.remembered + link.keys.len() > REMEMBERED {
            self.targets.clear();
            self.remembered = 0;
        }
        self.remembered += link.keys.len();
        self.targets.insert(id, Rc::clone(&link));
        Ok(Some(link))
    }

    /// Gives the `keys` of the new statement `id` to those kept before that refer to it, directly or
    /// through others; to each its share, the closest first.
    pub(super) fn pass_on(
        &mut self,
        session: &mut Session<'_>,
        id: Uuid,
        keys: &[IndexKey],
    ) -> Result<()> {
        let heirs = heirs(session, id, self.passes_on.heirs().min(self.heirs))?;
        self.heirs -= heirs.len();
        if heirs.is_empty() {
            return Ok(());
        }
        let mut inherited = closest_first(inherited(keys));
        inherited.truncate(self.passes_on.share(heirs.len()));
        self.passes_on.spend(inherited.len() * heirs.len());
        let rows = session.rows(&inherited)?;
        for heir in heirs {
            session.index_rows(heir, &rows);
        }
        Ok(())
    }
}

/// The `stored` of the statements that refer to `id`, directly or through others: the nearest first, at most `most` of
/// them.
fn heirs(session: &Session<'_>, id: Uuid, most: usize) -> Result<Vec<Instant>> {
    let mut seen = HashSet::from([id]);
    // Each with the number of references between it and `id`.
    let mut targets = VecDeque::from([(id, 0)]);
    let mut heirs = Vec::new();
    while let Some((target, away)) = targets.pop_front() {
        if away == LONGEST_CHAIN || heirs.len() >= most {
            break;
        }
        let sql = "SELECT statement.seq, statement.id FROM reference \
                   JOIN statement USING (seq) WHERE target = ?1 LIMIT ?2";
        let room = i64::try_from(most - heirs.len()).unwrap_or(i64::MAX);
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let referrers: Vec<(i64, [u8; 16])> =
            session.all(sql, rusqlite::params![target.as_bytes(), room], row)?;
        for (seq, referrer) in referrers {
            let referrer = Uuid::from_bytes(referrer);
            if seen.insert(referrer) {
                heirs.push(Instant::from_micros(seq));
                targets.push_back((referrer, away + 1));
            }
        }
    }
    Ok(heirs)
}

fn closest_first(keys: impl Iterator<Item = IndexKey>) -> Vec<IndexKey> {
    let mut keys: Vec<IndexKey> = keys.collect();
    keys.sort_by_key(|key| key.closeness);
    keys
}
