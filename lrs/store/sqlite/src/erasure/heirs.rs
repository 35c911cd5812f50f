//! Statements that refer to one that is being removed, directly or through others: they are found no more by what they have
//! inherited from it, and from what it refers to. A few with each job of the writer, however many there are.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::params;
use uuid::Uuid;

use super::effort::Effort;
use super::losing::{Losing, Lost, Spared};
use super::removed::said;
use crate::failure::Result;
use crate::session::Session;
use crate::statements::link::readable;
use store::bounds::{LONGEST_CHAIN, LONGEST_TARGET};
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
/// heir that is looked at is all that is held of texts. What heirs lose they lose many together, the removed one first.
pub(super) struct Heirs {
    removed: Uuid,
    /// What they have inherited.
    keys: Lost,
    /// The last ones that were found and have not lost it, and whether they are losing it.
    losing: Losing,
    is_losing: bool,
    /// What each heir that has lost its inheritance refers to.
    targets: HashMap<Uuid, Uuid>,
    /// The newest statement when the tree was begun, or looked through again.
    since: Instant,
    path: Vec<Step>,
    /// Of the tree, the statements to which others refer since then, and since when.
    again: Vec<(Uuid, Instant)>,
    /// The path to the last of these, from its end, as far as it is known.
    climbed: Vec<Step>,
}

/// A statement on the path.
struct Step {
    id: Uuid,
    /// What those do not lose that inherit through this statement.
    spared: Option<Arc<Spared>>,
    /// The `stored` of the last one that refers to it and was looked at.
    after: Instant,
}

impl Heirs {
    /// The heirs of the statement `removed`, which have inherited these keys as the statement itself has.
    pub(super) fn of(removed: &Stored, keys: &[IndexKey], newest: Instant) -> Self {
        let keys = Lost::of(keys);
        let mut losing = Losing::default();
        losing.add(removed.stored, keys.spared(&[], None).0);
        let removed = removed.id;
        Self {
            removed,
            keys,
            losing,
            is_losing: false,
            targets: HashMap::new(),
            since: newest,
            path: vec![Step { id: removed, spared: None, after: Instant::default() }],
            again: Vec::new(),
            climbed: Vec::new(),
        }
    }

    /// Lets heirs lose what they inherited, until `effort` is spent. True where none is left at this moment.
    pub(super) fn disinherit(
        &mut self,
        session: &Session<'_>,
        effort: &mut Effort,
    ) -> Result<bool> {
        loop {
            if self.is_losing {
                if !self.losing.advance(session, &self.keys, effort)? {
                    return Ok(false);
                }
                (self.losing, self.is_losing) = (Losing::default(), false);
            }
            let is_whole = self.targets.len() >= HEIRS;
            if is_whole && self.losing.is_empty() {
                return Ok(true);
            }
            if is_whole || self.losing.is_full() {
                self.is_losing = true;
                continue;
            }
            match self.next(session, effort)? {
                Some((id, stored)) => self.found(session, id, stored, effort)?,
                None if effort.is_spent() => return Ok(false),
                None if !self.losing.is_empty() => self.is_losing = true,
                None if self.has_more(session)? => {}
                None => return Ok(true),
            }
        }
    }

    /// The next heir that has not been looked at, which refers to the end of the path. `None` where there is none, or `effort` is
    /// spent.
    fn next(
        &mut self,
        session: &Session<'_>,
        effort: &mut Effort,
    ) -> Result<Option<(Uuid, Instant)>> {
        while !effort.is_spent() {
            let Some(last) = self.path.last_mut() else {
                if self.again.is_empty() {
                    return Ok(None);
                }
                self.climb(session, effort)?;
                continue;
            };
            effort.rows(1);
            let Some((id, stored)) = referrer(session, last.id, last.after)? else {
                self.path.pop();
                continue;
            };
            last.after = stored;
            if id != self.removed && !self.targets.contains_key(&id) {
                return Ok(Some((id, stored)));
            }
        }
        Ok(None)
    }

    /// Takes an heir among those that lose what they inherited.
    fn found(
        &mut self,
        session: &Session<'_>,
        id: Uuid,
        stored: Instant,
        effort: &mut Effort,
    ) -> Result<()> {
        let Some(last) = self.path.last() else { return Ok(()) };
        self.targets.insert(id, last.id);
        let Some(kept) = readable(session, id)? else { return Ok(()) };
        let (by_heir, spared) = self.spared(&kept, last.spared.as_ref(), effort)?;
        self.losing.add(stored, by_heir);
        if self.path.len() < LONGEST_CHAIN {
            self.path.push(Step { id, spared, after: Instant::default() });
        }
        Ok(())
    }

    /// See [`Lost::spared`].
    fn spared(
        &self,
        heir: &Stored,
        before: Option<&Arc<Spared>>,
        effort: &mut Effort,
    ) -> Result<(Spared, Option<Arc<Spared>>)> {
        effort.text(heir.body.len());
        let (own, _) = said(heir)?;
        // Much less work than to change rows.
        effort.rows(own.len() >> 3);
        Ok(self.keys.spared(&own, before))
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

    /// Goes on from the last of `again` towards the removed statement, until `effort` is spent. Where that is reached, those are
    /// next that refer to the one it began with; none where a statement between them cannot be read: nothing is inherited
    /// through it.
    fn climb(&mut self, session: &Session<'_>, effort: &mut Effort) -> Result<()> {
        let Some((id, since)) = self.again.last().copied() else { return Ok(()) };
        let beyond = |at: Uuid| self.targets.get(&at).copied();
        let mut at = self.climbed.last().map_or(Some(id), |step| beyond(step.id));
        while let Some(next) = at.filter(|at| *at != self.removed) {
            if effort.is_spent() {
                return Ok(());
            }
            let kept = readable(session, next)?.filter(|_| self.climbed.len() + 1 < LONGEST_CHAIN);
            let Some(kept) = kept else { break };
            let before = self.climbed.last().and_then(|step| step.spared.as_ref());
            let (_, spared) = self.spared(&kept, before, effort)?;
            self.climbed.push(Step { id: next, spared, after: EVER });
            at = beyond(next);
        }
        self.again.pop();
        let mut climbed = std::mem::take(&mut self.climbed);
        if at == Some(self.removed) {
            // Of all steps together.
            let spared = climbed.last().and_then(|step| step.spared.clone());
            climbed.push(Step { id: self.removed, spared: None, after: EVER });
            climbed.reverse();
            if let Some(end) = climbed.last_mut() {
                end.spared = spared;
            }
            self.path = climbed;
        }
        if let Some(last) = self.path.last_mut() {
            last.after = since;
        }
        Ok(())
    }
}

/// The first statement stored after an instant that refers to `target` and [takes part](store::inheritance::Link::takes_part).
fn referrer(
    session: &Session<'_>,
    target: Uuid,
    after: Instant,
) -> rusqlite::Result<Option<(Uuid, Instant)>> {
    let sql = "SELECT statement.id, statement.seq FROM reference JOIN statement USING (seq) \
               WHERE target = ?1 AND seq > ?2 AND octet_length(statement.body) <= ?3 \
               ORDER BY seq LIMIT 1";
    let most = i64::try_from(LONGEST_TARGET).unwrap_or(i64::MAX);
    session.one(sql, params![target.as_bytes(), after.micros(), most], |row| {
        Ok((Uuid::from_bytes(row.get(0)?), Instant::from_micros(row.get(1)?)))
    })
}
