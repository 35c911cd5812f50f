//! Statements that refer to statements: they are found by all that their target is found by
//! (Communication 2.1.3, "Filter Conditions for `StatementRef`s"), whichever comes first.
//!
//! Groups are linked one after another in the order of their stretches, each when its claim is the
//! first of the head: all statements before it have their keys complete then. Linking twice does no
//! harm: a process that finishes the claim of a dead one links the group again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures::future::try_join_all;
use uuid::Uuid;

use super::key::{Key, MOST_KEYS};
use super::references::References;
use super::row::Link;
use super::rows::{Rows, pieces};
use crate::head::{Head, Stretch};
use store::bounds::{Allowance, LONGEST_CHAIN};
use store::{Result, StoreError};

/// Statements changed by one call at most.
const IDS: usize = 1_000;
/// Keys given to a statement in one call: some servers compare each with all that are there.
const ADDED: usize = 1_000;
/// Calls that change statements at once.
const CHANGED: usize = 16;

/// Links the statements of groups.
#[derive(Clone)]
pub(super) struct Linker {
    rows: Rows,
    references: References,
}

impl Linker {
    pub(super) const fn new(rows: Rows, references: References) -> Self {
        Self { rows, references }
    }

    /// Gives the statements of a stretch what they inherit, and what they are found by to those
    /// that refer to them. The stretch is that of the first claim of `head`.
    pub(super) async fn link(&self, head: &Head, stretch: Stretch, own: Vec<Link>) -> Result<()> {
        let ids: Vec<Uuid> = own.iter().map(|link| link.id).collect();
        let mut web = Web::new(own);
        self.add_referrers(head, stretch, ids, &mut web).await?;
        self.add_targets(head, stretch, &mut web).await?;
        let changes = web.inheritances();
        for changes in changes.chunks(CHANGED) {
            try_join_all(changes.iter().map(|(keys, ids)| self.add_keys(ids, keys))).await?;
        }
        Ok(())
    }

    /// Adds the statements that refer to these, to those, and so on.
    async fn add_referrers(
        &self,
        head: &Head,
        stretch: Stretch,
        mut ids: Vec<Uuid>,
        web: &mut Web,
    ) -> Result<()> {
        for _ in 0..LONGEST_CHAIN {
            let room = web.room();
            if ids.is_empty() || room == 0 {
                break;
            }
            // The answer may name statements that are known already: room is asked for those too.
            let mut referrers = self.references.to(&ids, room + web.links.len()).await?;
            referrers.retain(|id| !web.links.contains_key(id));
            let referrers: Vec<Uuid> = referrers.into_iter().take(room).collect();
            let links = self.links(head, stretch, &referrers).await?;
            ids = links.into_iter().filter_map(|link| web.add(link)).collect();
        }
        Ok(())
    }

    /// Adds the statements that heirs refer to, that those refer to, and so on.
    async fn add_targets(&self, head: &Head, stretch: Stretch, web: &mut Web) -> Result<()> {
        let mut asked = HashSet::new();
        for _ in 0..LONGEST_CHAIN {
            let targets = web.links.values().filter_map(|link| link.target);
            let missing = targets.filter(|id| !web.links.contains_key(id) && asked.insert(*id));
            let missing: Vec<Uuid> = missing.collect();
            if missing.is_empty() {
                return Ok(());
            }
            for link in self.links(head, stretch, &missing).await? {
                web.links.insert(link.id, link);
            }
        }
        Ok(())
    }

    /// The links of those of these statements that are not later than the stretch nor aborted.
    async fn links(&self, head: &Head, stretch: Stretch, ids: &[Uuid]) -> Result<Vec<Link>> {
        let is_there = |link: &Link| link.stored <= stretch.to && !head.is_aborted(link.stored);
        Ok(self.rows.links(ids).await?.into_iter().filter(is_there).collect())
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

/// The statements that linking a group looks at.
struct Web {
    /// The statements that may inherit something new.
    heirs: BTreeSet<Uuid>,
    links: HashMap<Uuid, Link>,
    /// The statements of the group: only what they say themselves, or refer to, is new to others.
    own: HashSet<Uuid>,
}

impl Web {
    fn new(own: Vec<Link>) -> Self {
        let ids = own.iter().map(|link| link.id).collect();
        let mut web = Self { heirs: BTreeSet::new(), links: HashMap::new(), own: ids };
        for link in own {
            web.add(link);
        }
        web
    }

    /// Adds a statement that may be an heir; gives its id when it is new.
    fn add(&mut self, link: Link) -> Option<Uuid> {
        let id = link.id;
        if self.links.contains_key(&id) {
            return None;
        }
        if link.target.is_some() {
            self.heirs.insert(id);
        }
        self.links.insert(id, link);
        Some(id)
    }

    fn allowance(&self) -> Allowance {
        Allowance::of_batch(self.own.len())
    }

    /// How many more heirs there may be that came before the group.
    fn room(&self) -> usize {
        let before = self.heirs.iter().filter(|id| !self.own.contains(id)).count();
        self.allowance().heirs().saturating_sub(before)
    }

    /// How many keys an heir may inherit: an equal share for each whose target is there.
    fn share(&self) -> usize {
        let target = |id: &Uuid| self.links.get(id).and_then(|link| link.target);
        let heirs = self.heirs.iter().filter_map(target).filter(|id| self.links.contains_key(id));
        self.allowance().share(heirs.count())
    }

    /// What heirs inherit. Heirs that inherit the same keys stand together: one call changes them all.
    fn inheritances(&self) -> Vec<(BTreeSet<Key>, Vec<Uuid>)> {
        let share = self.share();
        let mut heirs: BTreeMap<BTreeSet<Key>, Vec<Uuid>> = BTreeMap::new();
        for (id, keys) in self.heirs.iter().filter_map(|id| self.inheritance(*id, share)) {
            heirs.entry(keys).or_default().push(id);
        }
        heirs.into_iter().collect()
    }

    /// The keys of an heir's share that the heir lacks.
    fn inheritance(&self, id: Uuid, share: usize) -> Option<(Uuid, BTreeSet<Key>)> {
        let own = &self.links.get(&id)?.keys;
        let room = MOST_KEYS.saturating_sub(own.len());
        let new = self.inherited(id, share).into_iter().filter(|key| !own.contains(key));
        let keys: BTreeSet<Key> = new.take(room).collect();
        (!keys.is_empty()).then_some((id, keys))
    }

    /// What a statement inherits from its target, the target's target, and so on: the nearest first, and
    /// of each the closest first. A statement kept before the group has the keys of its nearest targets
    /// already, up to the first that is of the group: it inherits from that one on.
    fn inherited(&self, id: Uuid, share: usize) -> BTreeSet<Key> {
        let mut keys = BTreeSet::new();
        let mut seen = HashSet::from([id]);
        let mut is_news = self.own.contains(&id);
        let mut at = self.links.get(&id);
        while let Some(target) = at.and_then(|link| link.target).filter(|id| seen.insert(*id)) {
            if seen.len() > LONGEST_CHAIN + 1 {
                break;
            }
            is_news |= self.own.contains(&target);
            at = self.links.get(&target);
            for key in at.filter(|_| is_news).into_iter().flat_map(|link| &link.keys) {
                if keys.len() >= share {
                    return keys;
                }
                keys.insert(key.inherited());
            }
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::bounds::MOST_INHERITED;
    use xapi::index::{Closeness, Kind};
    use xapi::instant::Instant;

    fn key(text: &str) -> Key {
        Key::hashed(Kind::Verb, text, Closeness::Direct)
    }

    fn link(n: u128, target: Option<u128>) -> Link {
        Link {
            id: Uuid::from_u128(n),
            stored: Instant::default(),
            keys: BTreeSet::from([key(&n.to_string())]),
            target: target.map(Uuid::from_u128),
        }
    }

    fn inheritances(links: impl IntoIterator<Item = Link>) -> Vec<(u128, Vec<Key>)> {
        of(&Web::new(links.into_iter().collect()), MOST_INHERITED)
    }

    fn of(web: &Web, share: usize) -> Vec<(u128, Vec<Key>)> {
        let found = web.heirs.iter().filter_map(|id| web.inheritance(*id, share));
        found.map(|(id, keys)| (id.as_u128(), keys.into_iter().collect())).collect()
    }

    fn sorted(texts: &[&str]) -> Vec<Key> {
        texts.iter().map(|text| key(text)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    #[test]
    fn a_chain_is_inherited_whole_and_ends_where_a_link_is_missing() {
        let found = inheritances([link(1, Some(2)), link(2, Some(3)), link(3, Some(4))]);
        assert_eq!(found, [(1, sorted(&["2", "3"])), (2, sorted(&["3"]))]);
    }

    #[test]
    fn a_circle_is_walked_once() {
        let found = inheritances([link(1, Some(2)), link(2, Some(1)), link(3, Some(3))]);
        assert_eq!(found, [(1, sorted(&["2"])), (2, sorted(&["1"]))]);
    }

    /// 2 came before and refers to 1, which comes now and refers to 0.
    fn old_heir_of_new() -> Web {
        let mut web = Web::new(vec![link(1, Some(0))]);
        web.add(link(2, Some(1)));
        web.links.insert(Uuid::from_u128(0), link(0, None));
        web
    }

    #[test]
    fn those_that_came_before_inherit_what_is_new() {
        let mut web = old_heir_of_new();
        assert_eq!(of(&web, 9), [(1, sorted(&["0"])), (2, sorted(&["0", "1"]))]);
        web.add(link(3, Some(2)));
        let of_three = of(&web, 9).pop().unwrap();
        assert_eq!(of_three, (3, sorted(&["0", "1"])), "what 2 says itself it has already");
    }

    #[test]
    fn an_heir_gets_its_share_of_the_nearest_and_not_more_when_it_is_linked_again() {
        let mut web = old_heir_of_new();
        let [_, (heir, share)] = of(&web, 1).try_into().unwrap();
        assert_eq!((heir, share.clone()), (2, sorted(&["1"])));
        web.links.get_mut(&Uuid::from_u128(2)).unwrap().keys.extend(share);
        assert_eq!(of(&web, 1).len(), 1, "a second time it gets nothing");
    }

    #[test]
    fn heirs_of_the_same_are_changed_together_and_are_not_more_than_a_number() {
        let mut web = Web::new(vec![link(0, None)]);
        let most = web.room();
        for n in 1..=u128::try_from(most).unwrap() {
            web.add(link(n, Some(0)));
        }
        assert_eq!(web.room(), 0);
        let [(keys, heirs)] = web.inheritances().try_into().unwrap();
        assert_eq!((keys.len(), heirs.len()), (1, most));
    }

    #[test]
    fn a_statement_whose_target_is_not_kept_takes_no_share() {
        let mut web = Web::new(vec![link(0, None), link(1, Some(0))]);
        let alone = web.share();
        for n in 2..1_000 {
            web.add(link(n, Some(1_000_000)));
        }
        assert_eq!(web.share(), alone);
    }
}
