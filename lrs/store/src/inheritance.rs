//! What statements inherit: a statement is found by all that its target is found by, whichever of them comes first
//! (Communication 2.1.3, "Filter Conditions for `StatementRef`s"). The decision is made here for every engine. An engine
//! fetches what [`Inheritance::wanted`] asks for and writes what [`Inheritance::inherited`] gives.
//!
//! The rules, within the [`bounds`](crate::bounds):
//! - an heir inherits what each statement of its chain says itself: its target, the target's target, and so on, up to
//!   one that is not kept, to the heir itself, or to the [`LONGEST_CHAIN`]th;
//! - a statement kept before the batch inherits from the first statement of its chain that is of the batch on: of those
//!   before that one, it has inherited when they came;
//! - of the statements kept before the batch, those with the fewest references between them and the batch inherit, and of
//!   equally near ones those with the earliest `stored`, at most [`MOST_HEIRS`];
//! - each heir gets the same [portion](Allowance::portion): the nearest target's keys first, of each target the direct keys
//!   before the related ones, and then in the order of [`IndexKey`];
//! - a statement whose text is longer than [`LONGEST_TARGET`] takes no part: it passes on nothing, inherits nothing, and ends
//!   the chains that lead to it;
//! - of targets with many keys or long texts, only some are read ([`READ_OF_TARGETS`](crate::bounds::READ_OF_TARGETS),
//!   [`TEXTS_OF_TARGETS`](crate::bounds::TEXTS_OF_TARGETS)): the others pass on nothing;
//! - a key of a text that is longer than [`LONGEST_INHERITED`] is not inherited.
//!
//! Example: A is kept and refers to B, which is not. B comes, and refers to C, which is kept. A inherits what B and C
//! say, and B what C says.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::bounds::{
    Allowance, INHERITED_BY_ALL, LONGEST_CHAIN, LONGEST_INHERITED, LONGEST_TARGET, MOST_HEIRS,
    MOST_INHERITED, TEXTS_OF_CHAINS,
};
use xapi::index::{IndexKey, inherited};
use xapi::instant::Instant;

/// Keys of targets in memory at most, beside those that one answer brings.
const REMEMBERED: usize = 100_000;

/// A statement of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The statement's id.
    pub id: Uuid,
    /// The statement's place in the log.
    pub stored: Instant,
    /// The statement that it refers to.
    pub target: Option<Uuid>,
    /// How many bytes the statement's text has; 0 where the engine knows that these are few.
    pub length: usize,
}

impl Link {
    /// Whether the statement passes something on, and inherits: an engine reads the text of no other one.
    pub const fn takes_part(&self) -> bool {
        self.length <= LONGEST_TARGET
    }
}

/// What an engine is to fetch next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToFetch {
    /// The statements that refer to one of `targets`, those with the earliest `stored`, at most `most`: to be given to
    /// [`Inheritance::referrers`].
    Referrers {
        /// The statements referred to.
        targets: Vec<Uuid>,
        /// How many referring statements are of use.
        most: usize,
    },
    /// The statements of these ids, as far as they are kept: to be given to [`Inheritance::links`].
    Links(Vec<Uuid>),
    /// The keys that each of these statements has of its own ([`xapi::index::keys`]): to be given to
    /// [`Inheritance::keys`] in this order, as long as [`Inheritance::takes_keys`]. A statement whose keys cannot be read, and
    /// are not given, passes on nothing. None has a text that is longer than [`LONGEST_TARGET`].
    Keys(Vec<Uuid>),
}

/// Keys, and the statements that inherit them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inherited {
    /// The keys, among them perhaps some that an heir has already.
    pub keys: BTreeSet<Arc<IndexKey>>,
    /// The statements that are to be found by the keys from now on.
    pub heirs: Vec<Link>,
}

/// What is inherited because of one batch, as far as it is known.
///
/// ```
/// # use store::inheritance::{Inheritance, Link, ToFetch};
/// # fn fetch_referrers(_: &[uuid::Uuid], _: usize) -> Vec<Link> { Vec::new() }
/// # fn fetch_links(_: &[uuid::Uuid]) -> Vec<Link> { Vec::new() }
/// # fn fetch_keys(_: uuid::Uuid) -> (Vec<xapi::index::IndexKey>, usize) { (Vec::new(), 0) }
/// # fn write(_: store::inheritance::Inherited) {}
/// # let new_statements: Vec<Link> = Vec::new();
/// let mut inheritance = Inheritance::of_batch(new_statements);
/// while let Some(wanted) = inheritance.wanted() {
///     match wanted {
///         ToFetch::Referrers { targets, most } => {
///             inheritance.referrers(fetch_referrers(&targets, most));
///         }
///         ToFetch::Links(ids) => inheritance.links(fetch_links(&ids)),
///         ToFetch::Keys(ids) => {
///             for id in ids {
///                 if inheritance.takes_keys() {
///                     let (keys, length_of_text) = fetch_keys(id);
///                     inheritance.keys(id, &keys, length_of_text);
///                 }
///             }
///         }
///     }
/// }
/// inheritance.inherited().into_iter().for_each(write);
/// ```
#[derive(Debug)]
pub struct Inheritance {
    links: HashMap<Uuid, Link>,
    /// The statements of the batch, in its order.
    new: Vec<Uuid>,
    is_new: HashSet<Uuid>,
    /// The heirs that were kept before the batch.
    before: Vec<Uuid>,
    stage: Stage,
    portion: usize,
    heirs: Vec<Heir>,
    /// What targets pass on, in the order in which it is inherited, and not more than a portion.
    keys: HashMap<Uuid, Vec<Arc<IndexKey>>>,
    remembered: usize,
    allowance: Allowance,
    /// How many keys of targets were read.
    read: usize,
    /// How many bytes their texts have.
    text: usize,
}

/// What is being fetched.
#[derive(Debug)]
enum Stage {
    /// The statements that refer to `to`, each of which refers to the batch through `hops` references.
    Referrers { to: Vec<Uuid>, hops: usize },
    /// The statements `missing`, to which the batch refers through `hops` references.
    Targets { missing: Vec<Uuid>, asked: HashSet<Uuid>, hops: usize },
    /// What targets say.
    Keys,
}

/// A statement on its way along its chain.
#[derive(Debug)]
struct Heir {
    link: Link,
    /// The statement of its chain that it inherits from next.
    next: Option<Uuid>,
    /// The statements of its chain that are behind it.
    passed: Vec<Uuid>,
    inherited: BTreeSet<Arc<IndexKey>>,
}

impl Inheritance {
    /// What is inherited because of the statements `new`, which have just been kept.
    pub fn of_batch(new: Vec<Link>) -> Self {
        let allowance = Allowance::of_batch(new.len());
        let new: Vec<Link> = new.into_iter().filter(Link::takes_part).collect();
        let ids: Vec<Uuid> = new.iter().map(|link| link.id).collect();
        Self {
            links: new.into_iter().map(|link| (link.id, link)).collect(),
            is_new: ids.iter().copied().collect(),
            before: Vec::new(),
            stage: Stage::Referrers { to: ids.clone(), hops: 0 },
            allowance,
            read: 0,
            text: 0,
            new: ids,
            portion: 0,
            heirs: Vec::new(),
            keys: HashMap::new(),
            remembered: 0,
        }
    }

    /// What to fetch next; `None` when everything is known that [`Self::inherited`] needs.
    pub fn wanted(&mut self) -> Option<ToFetch> {
        if let Stage::Referrers { to, hops } = &self.stage {
            let room = MOST_HEIRS - self.before.len();
            if !to.is_empty() && *hops < LONGEST_CHAIN && room > 0 {
                // The answer may name statements that are known already.
                let (targets, most) = (to.clone(), room + self.links.len());
                return Some(ToFetch::Referrers { targets, most });
            }
            let missing = self.targets_of(&self.new);
            self.stage = Stage::Targets { asked: HashSet::new(), missing, hops: 0 };
        }
        if let Stage::Targets { missing, asked, hops } = &mut self.stage {
            missing.retain(|id| asked.insert(*id));
            if !missing.is_empty() && *hops < LONGEST_CHAIN {
                return Some(ToFetch::Links(missing.clone()));
            }
            self.begin_with_keys();
        }
        loop {
            let wanted = self.advance();
            if wanted.is_empty() {
                return None;
            }
            if self.remembered > REMEMBERED {
                self.keys.clear();
                self.remembered = 0;
            }
            for id in &wanted {
                self.keys.insert(*id, Vec::new());
            }
            if self.takes_keys() {
                return Some(ToFetch::Keys(wanted));
            }
        }
    }

    /// Whether the keys of another target are of use: not once as many keys, or texts as long, were read as are allowed.
    pub const fn takes_keys(&self) -> bool {
        self.allowance.allows_to_read_after(self.read, self.text)
    }

    /// Takes the answer to [`ToFetch::Referrers`]; not asked for, the answer changes nothing.
    pub fn referrers(&mut self, mut found: Vec<Link>) {
        let Stage::Referrers { hops, .. } = self.stage else { return };
        found.retain(Link::takes_part);
        found.sort_unstable_by_key(|link| (link.stored, link.id));
        let mut to = Vec::new();
        for link in found {
            if self.before.len() < MOST_HEIRS && !self.links.contains_key(&link.id) {
                self.links.insert(link.id, link);
                self.before.push(link.id);
                to.push(link.id);
            }
        }
        self.stage = Stage::Referrers { to, hops: hops + 1 };
    }

    /// Takes the answer to [`ToFetch::Links`].
    pub fn links(&mut self, mut found: Vec<Link>) {
        found.retain(Link::takes_part);
        let ids: Vec<Uuid> = found.iter().map(|link| link.id).collect();
        self.links.extend(found.into_iter().map(|link| (link.id, link)));
        let next = self.targets_of(&ids);
        if let Stage::Targets { missing, hops, .. } = &mut self.stage {
            *missing = next;
            *hops += 1;
        }
    }

    /// Takes the answer to [`ToFetch::Keys`] for one statement, whose text has `length` bytes.
    pub fn keys(&mut self, id: Uuid, own: &[IndexKey], length: usize) {
        self.read = self.read.saturating_add(own.len());
        self.text = self.text.saturating_add(length);
        let keys = passed_on(own, self.portion).into_iter();
        let keys: Vec<Arc<IndexKey>> = keys.map(Arc::new).collect();
        self.remembered += keys.len();
        self.keys.insert(id, keys);
    }

    /// What is inherited. Statements that inherit the same keys stand together.
    pub fn inherited(self) -> Vec<Inherited> {
        let mut together: BTreeMap<BTreeSet<Arc<IndexKey>>, Vec<Link>> = BTreeMap::new();
        for heir in self.heirs.into_iter().filter(|heir| !heir.inherited.is_empty()) {
            together.entry(heir.inherited).or_default().push(heir.link);
        }
        together.into_iter().map(|(keys, heirs)| Inherited { keys, heirs }).collect()
    }

    /// The targets of these statements that are not known, each once.
    fn targets_of(&self, ids: &[Uuid]) -> Vec<Uuid> {
        let targets = ids.iter().filter_map(|id| self.links.get(id)?.target);
        let missing = targets.filter(|target| !self.links.contains_key(target));
        missing.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The chains are known: gives each heir its portion.
    fn begin_with_keys(&mut self) {
        self.stage = Stage::Keys;
        let all = self.new.iter().chain(&self.before).filter_map(|id| self.links.get(id));
        let heirs = all.filter_map(|link| self.heir(*link)).collect();
        self.heirs = heirs;
        self.portion = self.allowance.portion(self.heirs.len());
    }

    /// The statement as an heir, at the first statement that it inherits from; `None` where there is no such statement.
    fn heir(&self, link: Link) -> Option<Heir> {
        let mut heir =
            Heir { link, next: Some(link.id), passed: Vec::new(), inherited: BTreeSet::new() };
        heir.step(&self.links);
        let is_before = !self.is_new.contains(&link.id);
        while is_before && heir.next.is_some_and(|next| !self.is_new.contains(&next)) {
            heir.step(&self.links);
        }
        heir.next.is_some().then_some(heir)
    }

    /// Lets heirs inherit as far as keys are known; gives the statements whose keys are missing, each once.
    fn advance(&mut self) -> Vec<Uuid> {
        let mut missing = BTreeSet::new();
        for heir in &mut self.heirs {
            while let Some(at) = heir.next {
                let Some(keys) = self.keys.get(&at) else {
                    missing.insert(at);
                    break;
                };
                heir.inherit(keys, self.portion);
                heir.step(&self.links);
                if heir.inherited.len() >= self.portion {
                    heir.next = None;
                }
            }
        }
        missing.into_iter().collect()
    }
}

/// The first `most` of what a statement that says `own` passes on.
fn passed_on(own: &[IndexKey], most: usize) -> Vec<IndexKey> {
    let keys = inherited(own).filter(|key| key.text.len() <= LONGEST_INHERITED);
    let mut keys: Vec<IndexKey> = keys.collect();
    keys.sort_by_key(|key| key.closeness);
    keys.truncate(most);
    keys
}

/// What a statement says itself, as far as others inherit it, and what it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOn {
    /// What the statement passes on at most.
    keys: Vec<IndexKey>,
    target: Option<Uuid>,
}

impl PassedOn {
    /// What a statement passes on that has the keys `own` and refers to `target`.
    pub fn of(own: &[IndexKey], target: Option<Uuid>) -> Self {
        Self { keys: passed_on(own, MOST_INHERITED), target }
    }

    /// About how many bytes this takes in memory.
    pub fn weight(&self) -> usize {
        self.keys.iter().map(|key| size_of::<IndexKey>().saturating_add(key.text.len())).sum()
    }
}

/// What the heirs of a statement that is about to be removed have inherited through it: what the statement says itself, and
/// what each one says that it refers to, directly or through others. The chain ends at [`INHERITED_BY_ALL`] keys, or at
/// [`TEXTS_OF_CHAINS`] bytes in memory. An engine fetches those statements.
#[derive(Debug)]
pub struct Chain {
    passed: Vec<Uuid>,
    next: Option<Uuid>,
    keys: Vec<IndexKey>,
    weight: usize,
}

impl Chain {
    /// The chain that begins with the statement `id`.
    pub fn of(id: Uuid, said: &PassedOn) -> Self {
        Self { passed: vec![id], next: said.target, keys: said.keys.clone(), weight: said.weight() }
    }

    /// The statement of which is wanted what it says; `None` at the end of the chain. The chain ends before it as well where it is
    /// not kept, or [takes no part](Link::takes_part).
    pub fn wanted(&self) -> Option<Uuid> {
        let has_room = self.passed.len() < LONGEST_CHAIN
            && self.keys.len() < INHERITED_BY_ALL
            && self.weight < TEXTS_OF_CHAINS;
        self.next.filter(|id| has_room && !self.passed.contains(id))
    }

    /// Adds what the [wanted](Self::wanted) statement said.
    pub fn add(&mut self, said: &PassedOn) {
        self.passed.extend(self.next);
        self.next = said.target;
        self.weight = self.weight.saturating_add(said.weight());
        self.keys.extend_from_slice(&said.keys);
    }

    /// What the heirs have inherited, maybe some of it twice: first what the first statement says.
    pub fn keys(&self) -> &[IndexKey] {
        &self.keys
    }
}

/// What the removal of a statement means for an heir.
#[derive(Debug, PartialEq, Eq)]
pub struct Disinherited {
    /// What the heir has inherited from the removed statement and its chain alone.
    pub lost: Vec<IndexKey>,
    /// What the heirs beyond this one keep, because this one says it too. Of a path of heirs these are never more together than
    /// the removed statement passed on.
    pub kept: Vec<IndexKey>,
}

/// What an heir that says `own` has from `gone`, which is what a removed statement [passed on](Chain::keys). `before` is what is
/// [kept](Disinherited::kept) because of each statement between the two.
pub fn disinherited<'k>(
    gone: &'k [IndexKey],
    own: &[IndexKey],
    before: impl IntoIterator<Item = &'k [IndexKey]>,
) -> Disinherited {
    let mut left: BTreeSet<&IndexKey> = gone.iter().collect();
    for key in before.into_iter().flatten() {
        left.remove(key);
    }
    let mut kept = passed_on(own, MOST_INHERITED);
    kept.retain(|key| left.contains(key));
    for key in own {
        left.remove(key);
    }
    Disinherited { lost: left.into_iter().cloned().collect(), kept }
}

impl Heir {
    fn inherit(&mut self, keys: &[Arc<IndexKey>], portion: usize) {
        for key in keys {
            if self.inherited.len() >= portion {
                return;
            }
            if !self.inherited.contains(key) {
                self.inherited.insert(Arc::clone(key));
            }
        }
    }

    /// Goes on to the next statement of the chain, where there is one.
    fn step(&mut self, links: &HashMap<Uuid, Link>) {
        let Some(at) = self.next.take() else { return };
        self.passed.push(at);
        if self.passed.len() > LONGEST_CHAIN {
            return;
        }
        let target = links.get(&at).and_then(|link| link.target);
        self.next = target.filter(|id| links.contains_key(id) && !self.passed.contains(id));
    }
}

#[cfg(test)]
mod tests;
