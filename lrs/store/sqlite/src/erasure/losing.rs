//! Takes away from statements what they have inherited. The index says which statements have a key, and not which keys a
//! statement has: so the keys are gone through once for many statements, and of each key only rows that are there are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::params;

use super::effort::Effort;
use crate::failure::Result;
use crate::session::{Session, closeness};
use store::inheritance::{Disinherited, disinherited};
use xapi::index::IndexKey;
use xapi::instant::Instant;

/// Places of keys that are remembered for the statements that lose keys together, at most: those of the last statement go
/// beyond it.
const REMEMBERED: usize = 1 << 20;

/// The keys that are lost, in their order, each once. A key is named by its place among them.
pub(super) struct Lost(Vec<IndexKey>);

/// Keys that a statement does not lose: these, and those of the others beyond.
pub(super) struct Spared {
    /// In their order.
    places: Vec<usize>,
    beyond: Option<Arc<Self>>,
}

/// Statements that lose keys together.
#[derive(Default)]
pub(super) struct Losing {
    /// By `stored`, what each does not lose.
    statements: BTreeMap<i64, Spared>,
    remembered: usize,
    /// The place of the key that is next, and from which `stored` on it is looked for.
    place: usize,
    from: i64,
}

impl Spared {
    fn has(&self, place: usize) -> bool {
        let mut at = Some(self);
        while let Some(spared) = at {
            if spared.places.binary_search(&place).is_ok() {
                return true;
            }
            at = spared.beyond.as_deref();
        }
        false
    }
}

impl Lost {
    pub(super) fn of(keys: &[IndexKey]) -> Self {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        keys.dedup();
        Self(keys)
    }

    /// What of the keys an heir does not lose that says `own`, and what all do not lose that inherit through the heir. `before` is
    /// the latter of what stands between the heir and the removed statement.
    pub(super) fn spared(
        &self,
        own: &[IndexKey],
        before: Option<&Arc<Spared>>,
    ) -> (Spared, Option<Arc<Spared>>) {
        let said = own.iter().cloned().chain(xapi::index::inherited(own));
        let mut concerned: Vec<IndexKey> = said
            .filter(|key| {
                self.place(key).is_some_and(|place| !before.is_some_and(|it| it.has(place)))
            })
            .collect();
        concerned.sort_unstable();
        concerned.dedup();
        let Disinherited { lost, kept } = disinherited(&concerned, own, []);
        concerned.retain(|key| lost.binary_search(key).is_err());
        let by_heir = Spared { places: self.places(&concerned), beyond: before.cloned() };
        let places = self.places(&kept);
        if places.is_empty() {
            return (by_heir, before.cloned());
        }
        (by_heir, Some(Arc::new(Spared { places, beyond: before.cloned() })))
    }

    fn place(&self, key: &IndexKey) -> Option<usize> {
        self.0.binary_search(key).ok()
    }

    fn places(&self, keys: &[IndexKey]) -> Vec<usize> {
        let mut places: Vec<usize> = keys.iter().filter_map(|key| self.place(key)).collect();
        places.sort_unstable();
        places
    }
}

impl Losing {
    pub(super) fn add(&mut self, stored: Instant, spared: Spared) {
        self.remembered = self.remembered.saturating_add(spared.places.len());
        self.statements.insert(stored.micros(), spared);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Whether no further statement is to be added before these have lost their keys.
    pub(super) const fn is_full(&self) -> bool {
        self.remembered >= REMEMBERED
    }

    /// Lets the statements lose keys until `effort` is spent. True where they have lost all.
    pub(super) fn advance(
        &mut self,
        session: &Session<'_>,
        keys: &Lost,
        effort: &mut Effort,
    ) -> Result<bool> {
        while let Some(key) = keys.0.get(self.place) {
            if effort.is_spent() || !self.lose(session, key, effort)? {
                return Ok(false);
            }
            (self.place, self.from) = (self.place.saturating_add(1), 0);
        }
        Ok(true)
    }

    /// Lets the statements lose a key. The rows of the key and the statements are in the same order: from each the other one that
    /// follows is looked for. False where `effort` is spent before.
    fn lose(
        &mut self,
        session: &Session<'_>,
        IndexKey { kind, text, closeness: close }: &IndexKey,
        effort: &mut Effort,
    ) -> Result<bool> {
        effort.rows(1);
        let entity = "SELECT id FROM entity WHERE kind = ?1 AND text = ?2";
        let entity: Option<i64> =
            session.one(entity, params![*kind as u8, text], |row| row.get(0))?;
        let (Some(entity), close) = (entity, closeness(*close)) else { return Ok(true) };
        let next = "SELECT seq FROM statement_index \
                    WHERE entity = ?1 AND closeness = ?2 AND seq >= ?3 ORDER BY seq LIMIT 1";
        let delete =
            "DELETE FROM statement_index WHERE entity = ?1 AND closeness = ?2 AND seq = ?3";
        while let Some((stored, _)) = self.statements.range(self.from..).next() {
            if effort.is_spent() {
                return Ok(false);
            }
            effort.rows(1);
            let found = session.one(next, params![entity, close, stored], |row| row.get(0))?;
            let Some(found) = found else { break };
            self.from = found;
            if let Some(spared) = self.statements.get(&found) {
                if !spared.has(self.place) {
                    effort.rows(1);
                    session.run(delete, params![entity, close, found])?;
                }
                self.from = found.saturating_add(1);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::settle::INSERT_ROW;
    use crate::tests::{Hand, open};
    use xapi::index::{Closeness, Kind};

    /// Keys, of which each of the statements has three, as has one that loses none after each of them.
    const KEYS: usize = 3_000;
    const STATEMENTS: usize = 40;

    fn keys() -> Vec<IndexKey> {
        let text = |n| format!("https://a.example/{n:04}");
        let key =
            |n| IndexKey { kind: Kind::Activity, text: text(n), closeness: Closeness::Direct };
        (0..KEYS).map(key).collect()
    }

    fn stored(n: usize) -> i64 {
        10 + 10 * i64::try_from(n).unwrap()
    }

    /// Gives how many jobs of the writer it took, and how many rows are left of the statements, and of others.
    fn lose(session: &mut Session<'_>) -> Result<(usize, i64, i64)> {
        let keys = keys();
        let entities: Vec<i64> = keys
            .iter()
            .map(|key| session.entity(key.kind, &key.text))
            .collect::<rusqlite::Result<_>>()?;
        let lost = Lost::of(&keys);
        let mut losing = Losing::default();
        for n in 0..STATEMENTS {
            for of_both in &entities[3 * n..][..3] {
                session.run(INSERT_ROW, (of_both, 0, stored(n)))?;
                session.run(INSERT_ROW, (of_both, 0, stored(n) + 5))?;
            }
            // It says one of its keys itself.
            let (spared, _) = lost.spared(&keys[3 * n..][..1], None);
            losing.add(Instant::from_micros(stored(n)), spared);
        }
        let mut jobs = 1;
        while !losing.advance(session, &lost, &mut Effort::of_job())? {
            jobs += 1;
        }
        let left = |rest: i64| {
            let sql = "SELECT count(*) FROM statement_index WHERE seq % 10 = ?1";
            Ok::<i64, rusqlite::Error>(session.one(sql, [rest], |row| row.get(0))?.unwrap_or(0))
        };
        Ok((jobs, left(0)?, left(5)?))
    }

    #[tokio::test]
    async fn keys_are_gone_through_once_however_many_statements_lose_some_of_them() {
        let (home, clock) = (TempDir::new().unwrap(), Hand::new());
        let (jobs, left, of_others) = open(&home, &clock).write(lose).await.unwrap();
        assert_eq!((left, of_others), (40, 120));
        // 3,000 keys that are looked for and the first row of each, 120 rows that follow and 80 that go: 200 are a job.
        assert!((31..35).contains(&jobs), "{jobs} jobs");
    }
}
