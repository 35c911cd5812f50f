//! What statements are found by because of the statements that they refer to: see [`store::inheritance`].

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;

use super::statements::Row;
use store::inheritance::{Inheritance, Inherited, Link, ToFetch};
use xapi::index::IndexKey;

/// Gives statements what they inherit because of those from number `first` on, which have just come.
pub(super) fn pass_on(rows: &mut [Arc<Row>], first: usize) {
    let mut inheritance = Inheritance::of_batch(rows.iter().skip(first).map(link).collect());
    while let Some(wanted) = inheritance.wanted() {
        match wanted {
            ToFetch::Referrers { targets, most } => {
                let refers = |row: &Row, targets: &HashSet<Uuid>| {
                    row.target.is_some_and(|target| targets.contains(&target))
                };
                let targets = targets.into_iter().collect();
                let referrers = rows.iter().filter(|row| refers(row, &targets));
                inheritance.referrers(referrers.take(most).map(link).collect());
            }
            ToFetch::Links(ids) => inheritance.links(of_ids(rows, &ids).map(link).collect()),
            ToFetch::Keys(ids) => {
                let mut targets: Vec<_> = of_ids(rows, &ids).collect();
                targets.sort_unstable_by_key(|row| row.kept.id);
                for row in targets {
                    if inheritance.takes_keys() {
                        inheritance.keys(row.kept.id, &row.own, row.kept.body.len());
                    }
                }
            }
        }
    }
    for Inherited { keys, heirs } in inheritance.inherited() {
        let heirs: HashSet<Uuid> = heirs.iter().map(|heir| heir.id).collect();
        for row in rows.iter_mut().filter(|row| heirs.contains(&row.kept.id)) {
            Arc::make_mut(row).inherited.extend(keys.iter().map(|key| IndexKey::clone(key)));
        }
    }
}

fn link(row: &Arc<Row>) -> Link {
    let (id, stored, length) = (row.kept.id, row.kept.stored, row.kept.body.len());
    Link { id, stored, target: row.target, length }
}

fn of_ids<'a>(rows: &'a [Arc<Row>], ids: &[Uuid]) -> impl Iterator<Item = &'a Arc<Row>> {
    let ids: HashSet<Uuid> = ids.iter().copied().collect();
    rows.iter().filter(move |row| ids.contains(&row.kept.id))
}
