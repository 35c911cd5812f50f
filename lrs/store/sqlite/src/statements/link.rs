//! What statements inherit from those that they refer to, read from the tables and written to the index. What that is,
//! [`store::inheritance`] decides.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rusqlite::params;
use uuid::Uuid;

use crate::failure::{Failure, Result};
use crate::session::Session;
use store::StoreError;
use store::bounds::{LONGEST_TARGET, texts_of_chains};
use store::inheritance::{Inheritance, Inherited, Link, ToFetch};
use xapi::index::keys_of_text;
use xapi::instant::Instant;
use xapi::prepare::target_of_text;
use xapi::stored::Stored;

/// Gives statements what they inherit because of the statements `new`, which are kept.
pub(crate) fn link(session: &mut Session<'_>, new: Vec<Link>) -> Result<()> {
    // Bytes of the texts in which links may still be looked for.
    let mut left = texts_of_chains(new.len());
    let mut inheritance = Inheritance::of_batch(new);
    while let Some(wanted) = inheritance.wanted() {
        match wanted {
            ToFetch::Referrers { targets, most } => {
                inheritance.referrers(referrers(session, &targets, most)?);
            }
            ToFetch::Links(ids) => inheritance.links(links(session, ids, &mut left)?),
            ToFetch::Keys(ids) => {
                for id in ids {
                    if !inheritance.takes_keys() {
                        break;
                    }
                    if let Some(kept) = readable(session, id)? {
                        let keys = keys_of_text(&kept.body).map_err(|error| corrupt(id, &error))?;
                        inheritance.keys(id, &keys, kept.body.len());
                    }
                }
            }
        }
    }
    for Inherited { keys, heirs } in inheritance.inherited() {
        let rows = session.rows(keys.iter().map(AsRef::as_ref))?;
        for heir in heirs {
            session.index_rows(heir.stored, &rows);
        }
    }
    Ok(())
}

/// The statements that refer to one of `targets`, those with the earliest `stored`: at most `most` that
/// [take part](Link::takes_part), and of each target no later ones than the first `most` of all that refer to it.
fn referrers(session: &Session<'_>, targets: &[Uuid], most: usize) -> Result<Vec<Link>> {
    // Of a packed text it is the length of none: it is short.
    let sql = "SELECT statement.seq, statement.id, octet_length(statement.body) \
               FROM reference JOIN statement USING (seq) \
               WHERE target = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    earliest(targets, most, |target, after, limit| {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = session.all(sql, params![target.as_bytes(), after.micros(), limit], |row| {
            let (stored, id, length): (_, _, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let (stored, id) = (Instant::from_micros(stored), Uuid::from_bytes(id));
            Ok(Link { id, stored, target: Some(target), length })
        });
        Ok(found?)
    })
}

/// [`referrers`] in the order of `stored`, of which `fetch` gives those of a target that follow an instant. Those that are fetched
/// in vain are at most `most`, and one of each target.
fn earliest(
    targets: &[Uuid],
    most: usize,
    mut fetch: impl FnMut(Uuid, Instant, usize) -> Result<Vec<Link>>,
) -> Result<Vec<Link>> {
    let page = most / targets.len().max(1) + 1;
    let mut lists: Vec<VecDeque<Link>> = Vec::with_capacity(targets.len());
    // Of each target the next one that refers to it.
    let mut next = BinaryHeap::new();
    for (at, target) in targets.iter().enumerate() {
        let list = VecDeque::from(fetch(*target, Instant::default(), page.min(most))?);
        next.extend(list.front().map(|link| Reverse((link.stored, at))));
        lists.push(list);
    }
    let mut seen = vec![0_usize; targets.len()];
    let (mut found, mut taking_part) = (Vec::new(), 0_usize);
    while taking_part < most
        && let Some(Reverse((_, at))) = next.pop()
        && let (Some(list), Some(seen)) = (lists.get_mut(at), seen.get_mut(at))
        && let Some(link) = list.pop_front()
    {
        *seen += 1;
        if list.is_empty()
            && *seen < most
            && seen.is_multiple_of(page)
            && let Some(target) = link.target
        {
            list.extend(fetch(target, link.stored, page.min(most - *seen))?);
        }
        next.extend(list.front().map(|link| Reverse((link.stored, at))));
        taking_part += usize::from(link.takes_part());
        found.push(link);
    }
    Ok(found)
}

/// The links of the statements of these ids, as long as `left` bytes of texts are left to look for them in; of which is taken
/// what was read: no text that [takes no part](Link::takes_part) is. See [`store::bounds::TEXTS_OF_CHAINS`].
pub(crate) fn links(session: &Session<'_>, ids: Vec<Uuid>, left: &mut usize) -> Result<Vec<Link>> {
    let mut links = Vec::new();
    for id in ids {
        if *left == 0 {
            break;
        }
        let Some(kept) = readable(session, id)? else { continue };
        let length = kept.body.len();
        *left = left.saturating_sub(length);
        let target = target_of_text(&kept.body).map_err(|error| corrupt(id, &error))?;
        links.push(Link { id, stored: kept.stored, target, length });
    }
    Ok(links)
}

/// The kept statement `id`, where it [takes part](Link::takes_part): a longer text is not read. A statement that is not as it was
/// written passes on nothing, and does not keep those that refer to it from being kept.
pub(crate) fn readable(session: &Session<'_>, id: Uuid) -> Result<Option<Stored>> {
    match session.statement_within(id, LONGEST_TARGET) {
        Err(Failure(error @ StoreError::Unreadable { .. })) => {
            tracing::error!(%error, "a statement passes on nothing to those that refer to it");
            Ok(None)
        }
        read => read,
    }
}

fn corrupt(id: Uuid, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("statement {id}: {error}"))
}

#[cfg(test)]
mod tests {
    use store::bounds::LONGEST_TARGET;

    use super::*;

    /// The statements that refer to each target, by the number of the target.
    struct Referring(Vec<Vec<Link>>);

    impl Referring {
        /// Those of the first target come last; each seventh is too long.
        fn of(targets: usize, each: usize) -> Self {
            let link = |target: usize, at: usize| {
                let stored = 1 + (targets - target) % 3 + at * targets + target;
                let id = Uuid::from_u128(stored as u128);
                let length = if stored.is_multiple_of(7) { LONGEST_TARGET + 1 } else { 0 };
                let stored = Instant::from_micros(i64::try_from(stored * 10 + target).unwrap());
                Link { id, stored, target: Some(Self::target(target)), length }
            };
            let all = |target| (0..each).map(|at| link(target, at)).collect();
            Self((0..targets).map(all).collect())
        }

        fn target(n: usize) -> Uuid {
            Uuid::from_u128(n as u128)
        }

        fn targets(&self) -> Vec<Uuid> {
            (0..self.0.len()).map(Self::target).collect()
        }

        fn after(&self, target: Uuid, after: Instant, limit: usize) -> Vec<Link> {
            let all = self.0[usize::try_from(target.as_u128()).unwrap()].iter();
            all.filter(|link| link.stored > after).take(limit).copied().collect()
        }

        /// The first `most` of each target; of these the first `most` that take part.
        fn first(&self, most: usize) -> Vec<Link> {
            let mut all: Vec<Link> =
                self.0.iter().flat_map(|list| list.iter().take(most)).copied().collect();
            all.retain(Link::takes_part);
            all.sort_unstable_by_key(|link| link.stored);
            all.truncate(most);
            all
        }
    }

    #[test]
    fn the_earliest_that_refer_to_targets_are_found_and_not_so_many_of_each_are_read() {
        for (targets, each, most) in [
            (50, 60, 100),
            (50, 3, 100),
            (50, 60, 10),
            (1, 60, 40),
            (1, 60, 100),
            (3, 60, 40),
            (3, 0, 40),
            (0, 0, 40),
            (3, 60, 0),
        ] {
            let of = format!("{most} of {targets} targets with {each}");
            let kept = Referring::of(targets, each);
            let mut read = 0;
            let mut found = earliest(&kept.targets(), most, |target, after, limit| {
                let links = kept.after(target, after, limit);
                read += links.len();
                Ok(links)
            })
            .unwrap();
            assert!(found.is_sorted_by_key(|link| link.stored), "{of}");
            let in_vain = read - found.len();
            assert!(in_vain <= most + targets, "{of}: {in_vain} are read in vain");
            found.retain(Link::takes_part);
            assert_eq!(found, kept.first(most), "{of}");
        }
    }
}
