//! Statements that refer to one that is being removed, directly or through others: they are found no more by what they have
//! inherited from it, and from what it refers to. A few with each job of the writer, however many there are.

use std::collections::HashMap;

use rusqlite::params;
use uuid::Uuid;

use super::effort::Effort;
use super::removed::{Said, unindex};
use crate::failure::Result;
use crate::session::Session;
use crate::statements::link::readable;
use store::bounds::LONGEST_CHAIN;
use store::inheritance::disinherited;
use xapi::index::IndexKey;
use xapi::instant::Instant;
use xapi::stored::Stored;

/// Statements that lose what they inherited from one that is removed: at most this number.
const HEIRS: usize = 5_000;

/// Later than all that is stored.
const EVER: Instant = Instant::from_micros(i64::MAX);

/// The heirs of a statement that is being removed, as far as they are known.
///
/// A statement refers to one other at most, so that the heirs are a tree below the removed one: the path from there to the
/// heir that is looked at is all that is held of texts.
pub(super) struct Heirs {
    removed: Uuid,
    /// What the removed statement says, and each that it refers to.
    pub(super) chain: Vec<Said>,
    /// What each heir that has lost its inheritance refers to.
    targets: HashMap<Uuid, Uuid>,
    /// The newest statement when the tree was begun, or looked through again.
    since: Instant,
    path: Vec<Step>,
    /// Of the tree, the statements to which others refer since then, and since when.
    again: Vec<(Uuid, Instant)>,
}

/// A statement on the path.
struct Step {
    id: Uuid,
    /// What it says itself: the heirs beyond it keep that.
    own: Vec<IndexKey>,
    /// The `stored` of the last one that refers to it and was looked at.
    after: Instant,
}

impl Heirs {
    pub(super) fn of(removed: &Stored, chain: Vec<Said>, newest: Instant) -> Self {
        Self {
            removed: removed.id,
            chain,
            targets: HashMap::new(),
            since: newest,
            path: vec![Step { id: removed.id, own: Vec::new(), after: Instant::default() }],
            again: Vec::new(),
        }
    }

    /// Lets heirs lose what they inherited, until `effort` is spent. True where none is left at this moment.
    pub(super) fn disinherit(
        &mut self,
        session: &Session<'_>,
        effort: &mut Effort,
    ) -> Result<bool> {
        loop {
            while let Some((id, stored)) = self.next(session, effort)? {
                if self.targets.len() >= HEIRS {
                    return Ok(true);
                }
                self.disinherit_one(session, id, stored, effort)?;
                if effort.is_spent() {
                    return Ok(false);
                }
            }
            if !self.has_more(session)? {
                return Ok(true);
            }
        }
    }

    /// The next heir that has not been looked at, which refers to the end of the path.
    fn next(
        &mut self,
        session: &Session<'_>,
        effort: &mut Effort,
    ) -> Result<Option<(Uuid, Instant)>> {
        loop {
            let Some(last) = self.path.last_mut() else {
                let Some((id, since)) = self.again.pop() else { return Ok(None) };
                self.path = self.path_to(session, id, since, effort)?;
                continue;
            };
            let Some((id, stored)) = referrer(session, last.id, last.after)? else {
                self.path.pop();
                continue;
            };
            last.after = stored;
            if id != self.removed && !self.targets.contains_key(&id) {
                return Ok(Some((id, stored)));
            }
        }
    }

    fn disinherit_one(
        &mut self,
        session: &Session<'_>,
        id: Uuid,
        stored: Instant,
        effort: &mut Effort,
    ) -> Result<()> {
        let Some(last) = self.path.last() else { return Ok(()) };
        self.targets.insert(id, last.id);
        let Some(kept) = readable(session, id)? else { return Ok(()) };
        let own = Said::of(&kept)?.keys;
        let of_chain = self.chain.iter().map(|it| it.keys.as_slice());
        // The first step is the removed statement.
        let before = self.path.iter().skip(1).map(|it| it.own.as_slice());
        let lost = disinherited(of_chain, &own, before);
        effort.spend(kept.body.len(), lost.len());
        unindex(session, stored, lost)?;
        if self.path.len() < LONGEST_CHAIN {
            self.path.push(Step { id, own, after: Instant::default() });
        }
        Ok(())
    }

    /// Whether statements have come meanwhile that refer to one of the tree: between two jobs, others write.
    fn has_more(&mut self, session: &Session<'_>) -> Result<bool> {
        let since = std::mem::replace(&mut self.since, session.memory.newest);
        if since == self.since {
            return Ok(false);
        }
        for id in std::iter::once(&self.removed).chain(self.targets.keys()) {
            if referrer(session, *id, since)?.is_some() {
                self.again.push((*id, since));
            }
        }
        Ok(!self.again.is_empty())
    }

    /// The path to a statement of the tree, at whose end those are next that refer to it since an instant. Empty where a
    /// statement of the path cannot be read: nothing is inherited through it.
    fn path_to(
        &self,
        session: &Session<'_>,
        id: Uuid,
        since: Instant,
        effort: &mut Effort,
    ) -> Result<Vec<Step>> {
        let (mut path, mut at) = (Vec::new(), id);
        while at != self.removed {
            let Some(kept) = readable(session, at)? else { return Ok(Vec::new()) };
            effort.spend(kept.body.len(), 0);
            path.push(Step { id: at, own: Said::of(&kept)?.keys, after: EVER });
            let Some(target) = self.targets.get(&at) else { return Ok(Vec::new()) };
            at = *target;
        }
        path.push(Step { id: at, own: Vec::new(), after: EVER });
        path.reverse();
        if let Some(last) = path.last_mut() {
            last.after = since;
        }
        if path.len() > LONGEST_CHAIN {
            path.clear();
        }
        Ok(path)
    }
}

/// The first statement stored after an instant that refers to `target`.
fn referrer(
    session: &Session<'_>,
    target: Uuid,
    after: Instant,
) -> rusqlite::Result<Option<(Uuid, Instant)>> {
    let sql = "SELECT statement.id, statement.seq FROM reference JOIN statement USING (seq) \
               WHERE target = ?1 AND seq > ?2 ORDER BY seq LIMIT 1";
    session.one(sql, params![target.as_bytes(), after.micros()], |row| {
        Ok((Uuid::from_bytes(row.get(0)?), Instant::from_micros(row.get(1)?)))
    })
}
