//! What statements are found by because of the statements that they refer to.

use std::sync::Arc;

use uuid::Uuid;

use super::statements::Row;
use store::bounds::{Allowance, LONGEST_CHAIN};
use xapi::index::{IndexKey, inherited};

/// Gives statements what they inherit because of those from number `first` on, which have just come: each statement
/// whose chain of references has one of the new statements in it, the new statements included.
pub(super) fn pass_on(rows: &mut [Arc<Row>], first: usize) {
    let mut allowance = Allowance::of_batch(rows.len() - first);
    let chains: Vec<(usize, Vec<usize>)> = (0..rows.len())
        .map(|heir| (heir, chain(rows, heir)))
        .filter(|(heir, chain)| {
            !chain.is_empty() && (*heir >= first || chain.iter().any(|link| *link >= first))
        })
        .collect();
    let share = allowance.share(chains.len().min(allowance.heirs()));
    for (heir, chain) in chains {
        let Row { own, inherited: known, .. } = &*rows[heir];
        let is_new = |key: &IndexKey| !own.contains(key) && !known.contains(key);
        let mut news: Vec<IndexKey> = Vec::new();
        for link in chain {
            let mut keys: Vec<IndexKey> = inherited(&rows[link].own).collect();
            keys.sort_by_key(|key| key.closeness);
            let room = share.saturating_sub(news.len());
            let keys = keys.into_iter().take(room);
            news.extend(keys.filter(is_new));
        }
        allowance.spend(news.len());
        Arc::make_mut(&mut rows[heir]).inherited.extend(news);
    }
}

/// The numbers of the statements that a statement refers to, the nearest first, each once.
fn chain(rows: &[Arc<Row>], heir: usize) -> Vec<usize> {
    let mut chain = Vec::new();
    let mut next: Option<Uuid> = rows[heir].target;
    while let Some(target) = next.filter(|_| chain.len() <= LONGEST_CHAIN) {
        let Some(at) = rows.iter().position(|row| row.kept.id == target) else { break };
        if at == heir || chain.contains(&at) {
            break;
        }
        chain.push(at);
        next = rows[at].target;
    }
    chain
}
