//! What is inherited, by statements that a test holds.

use super::*;
use crate::bounds::{
    INHERITED_BY_ALL, MORE_INHERITED, MORE_READ, MORE_TEXT, MOST_COUNTED, READ_OF_TARGETS,
    TEXTS_OF_TARGETS,
};
use xapi::index::{Closeness, Kind};

/// Texts of statements of this number and of greater ones are too long to take part.
const LONG: u64 = 1 << 32;

/// The statements of a store by number, which is their `stored` as well, and what each refers to.
type Kept = BTreeMap<u64, Option<u64>>;

fn link(kept: &Kept, n: u64) -> Option<Link> {
    let target = kept.get(&n)?.map(|target| Uuid::from_u128(target.into()));
    let stored = Instant::from_micros(n.try_into().unwrap());
    let length = if n < LONG { 0 } else { LONGEST_TARGET + 1 };
    Some(Link { id: Uuid::from_u128(n.into()), stored, target, length })
}

fn number(id: Uuid) -> u64 {
    id.as_u128().try_into().unwrap()
}

/// Key `at` of a statement.
fn key(n: u64, at: usize, closeness: Closeness) -> IndexKey {
    IndexKey { kind: Kind::Verb, text: format!("{n}/{at:05}"), closeness }
}

/// What each heir inherits where the statements `new` are the batch and each has `width` related keys and a direct one.
fn inherit(kept: &Kept, new: &[u64], width: usize) -> BTreeMap<u64, BTreeSet<String>> {
    inherit_from_texts(kept, new, width, 0)
}

/// [`inherit`] where the text of each statement has `length` bytes.
fn inherit_from_texts(
    kept: &Kept,
    new: &[u64],
    width: usize,
    length: usize,
) -> BTreeMap<u64, BTreeSet<String>> {
    let own = |n| -> Vec<IndexKey> {
        let related = (0..width).map(|at| key(n, at, Closeness::Related));
        related.chain([key(n, width, Closeness::Direct)]).collect()
    };
    let links = |ids: Vec<Uuid>| ids.into_iter().filter_map(|id| link(kept, number(id)));
    let new = new.iter().filter_map(|n| link(kept, *n)).collect();
    let mut inheritance = Inheritance::of_batch(new);
    while let Some(wanted) = inheritance.wanted() {
        match wanted {
            ToFetch::Referrers { targets, most } => {
                let all = kept.keys().filter_map(|n| link(kept, *n));
                let referring =
                    all.filter(|link| link.target.is_some_and(|it| targets.contains(&it)));
                inheritance.referrers(referring.take(most).collect());
            }
            ToFetch::Links(ids) => inheritance.links(links(ids).collect()),
            ToFetch::Keys(ids) => {
                for id in ids {
                    if inheritance.takes_keys() {
                        inheritance.keys(id, &own(number(id)), length);
                    }
                }
            }
        }
    }
    let mut all = BTreeMap::new();
    for Inherited { keys, heirs } in inheritance.inherited() {
        let texts: BTreeSet<String> = keys.iter().map(|key| key.text.clone()).collect();
        all.extend(heirs.iter().map(|heir| (number(heir.id), texts.clone())));
    }
    all
}

/// The direct keys of statements, which are their only ones.
fn of<const N: usize>(statements: [u64; N]) -> BTreeSet<String> {
    statements.map(|n| key(n, 0, Closeness::Direct).text).into()
}

#[test]
fn a_chain_ends_where_a_statement_is_missing() {
    let kept = [(1, Some(2)), (2, Some(3)), (3, Some(4))].into();
    assert_eq!(inherit(&kept, &[1, 2, 3], 0), [(1, of([2, 3])), (2, of([3]))].into());
}

#[test]
fn a_circle_is_walked_once() {
    let kept = [(1, Some(2)), (2, Some(1)), (3, Some(3)), (4, Some(1))].into();
    let expected = [(1, of([2])), (2, of([1])), (4, of([1, 2]))];
    assert_eq!(inherit(&kept, &[1, 2, 3, 4], 0), expected.into());
}

#[test]
fn a_statement_kept_before_inherits_from_the_first_that_is_new_on() {
    // 0 and 2 were kept, 3 refers to 2, and 1 comes in between.
    let kept = [(0, None), (1, Some(0)), (2, Some(1)), (3, Some(2))].into();
    let expected = [(1, of([0])), (2, of([0, 1])), (3, of([0, 1]))];
    assert_eq!(inherit(&kept, &[1], 0), expected.into());
}

#[test]
fn of_those_kept_before_the_nearest_and_the_earliest_inherit() {
    let most = u64::try_from(MOST_HEIRS).unwrap();
    let mut kept: Kept = (1..=most + 5).map(|n| (n, Some(100_000))).collect();
    // Farther away, however early.
    kept.insert(0, Some(1));
    kept.insert(100_000, None);
    let heirs: Vec<u64> = inherit(&kept, &[100_000], 0).into_keys().collect();
    assert_eq!(heirs, (1..=most).collect::<Vec<_>>());
}

#[test]
fn heirs_have_equal_shares_and_one_whose_target_is_not_kept_takes_none() {
    let mut kept: Kept = [(0, None), (1, Some(0)), (2, Some(0))].into();
    kept.extend((3..1_000).map(|n| (n, Some(1_000_000))));
    let new: Vec<u64> = kept.keys().copied().collect();
    let width = INHERITED_BY_ALL;
    let portions: Vec<usize> = inherit(&kept, &new, width).values().map(BTreeSet::len).collect();
    let portion = Allowance::of_batch(new.len()).portion(2);
    assert_eq!(portions, [portion, portion]);
}

#[test]
fn a_share_is_of_the_closest_keys_of_the_nearest_targets() {
    let mut kept: Kept = [(0, None), (1, Some(0))].into();
    kept.extend((2..102).map(|n| (n, Some(1))));
    let found = inherit(&kept, &[1], 700);
    let portion = (INHERITED_BY_ALL + MORE_INHERITED) / 101;
    let related = (0..portion - 1).map(|at| key(1, at, Closeness::Related).text);
    let direct = key(1, 700, Closeness::Direct).text;
    assert_eq!(found.get(&2), Some(&related.chain([direct]).collect()));
}

/// In the batch, among those that were kept before and refer to it, and among what it refers to.
#[test]
fn statements_of_long_texts_take_no_part() {
    let kept: Kept = [(1, None), (LONG, Some(1)), (2, Some(LONG)), (3, Some(1))].into();
    let of_one: BTreeSet<String> = [key(1, 0, Closeness::Direct).text].into();
    for new in [&[1][..], &[1, LONG, 2, 3]] {
        assert_eq!(inherit(&kept, new, 0), [(3, of_one.clone())].into(), "{new:?}");
    }
    assert_eq!(inherit(&kept, &[2], 0), BTreeMap::new());
    assert_eq!(inherit(&kept, &[LONG], 0), BTreeMap::new());
}

#[test]
fn a_chain_ends_where_nothing_more_can_be_inherited() {
    let id = |n: usize| Uuid::from_u128(n as u128);
    let said = |n: usize, target: usize, width: usize| {
        let own: Vec<IndexKey> =
            (0..width).map(|at| key(n as u64, at, Closeness::Direct)).collect();
        PassedOn::of(&own, Some(id(target)))
    };
    let length = |width: usize, target: &dyn Fn(usize) -> usize| {
        let mut chain = Chain::of(id(0), &said(0, target(0), width));
        let mut links = 1;
        while let Some(next) = chain.wanted() {
            assert_eq!(next, id(target(links - 1)));
            chain.add(&said(links, target(links), width));
            links += 1;
        }
        (links, chain.keys().len())
    };
    let on = |n: usize| n + 1;
    assert_eq!(length(2, &on), (LONGEST_CHAIN, 2 * LONGEST_CHAIN));
    assert_eq!(length(2, &|n| (n + 1) % 7), (7, 14), "a circle");
    let widest = INHERITED_BY_ALL / MOST_INHERITED;
    assert_eq!(length(MOST_INHERITED + 1, &on), (widest, INHERITED_BY_ALL));
}

/// What is read is bounded, however little of it an heir may inherit: the targets with the lowest ids are read.
#[test]
fn of_wide_targets_only_so_many_are_read_as_is_allowed() {
    let mut kept: Kept = (0..18).map(|n| (n, None)).collect();
    kept.extend((100..118).map(|n| (n, Some(n - 100))));
    let new: Vec<u64> = (100..118).collect();
    let width = 20_000;
    let heirs: Vec<u64> = inherit(&kept, &new, width).into_keys().collect();
    let allowed = READ_OF_TARGETS + 18 * MORE_READ;
    let read = u64::try_from(allowed.div_ceil(width + 1)).unwrap();
    assert_eq!((read, heirs), (11, (100..100 + read).collect()));
    let narrow: Vec<u64> = inherit(&kept, &new, 1_000).into_keys().collect();
    assert_eq!(narrow, new, "all of them inherit where there is less to read");
}

/// A text may be long and name nothing: it is read as a whole all the same.
#[test]
fn of_long_targets_only_so_many_are_read_as_is_allowed() {
    let mut kept: Kept = (0..18).map(|n| (n, None)).collect();
    kept.extend((100..118).map(|n| (n, Some(n - 100))));
    let new: Vec<u64> = (100..118).collect();
    let length = 1 << 20;
    let heirs: Vec<u64> = inherit_from_texts(&kept, &new, 1, length).into_keys().collect();
    let allowed = TEXTS_OF_TARGETS + 18 * MORE_TEXT;
    let read = u64::try_from(allowed.div_ceil(length)).unwrap();
    assert_eq!((read, heirs), (2, (100..100 + read).collect()));
    let short: Vec<u64> = inherit_from_texts(&kept, &new, 1, 2_000).into_keys().collect();
    assert_eq!(short, new, "all of them inherit where texts are as statements have them");
}

/// Other writers wait while they are read: however long the batch is.
#[test]
fn a_long_batch_has_no_more_long_targets_read_than_one_of_some_hundred() {
    let mut kept: Kept = (0..18).map(|n| (n, None)).collect();
    kept.extend((100..3_100).map(|n| (n, Some(n % 18))));
    let new: Vec<u64> = (100..3_100).collect();
    let length = 1 << 20;
    let heirs = inherit_from_texts(&kept, &new, 1, length);
    let targets: BTreeSet<u64> = heirs.into_keys().map(|n| n % 18).collect();
    let allowed = TEXTS_OF_TARGETS + MOST_COUNTED * MORE_TEXT;
    let read = u64::try_from(allowed.div_ceil(length)).unwrap();
    assert_eq!((read, targets), (3, (0..read).collect()));
}

#[test]
fn a_statement_whose_keys_cannot_be_read_passes_on_nothing() {
    let kept = [(1, None), (2, Some(1))].into();
    let new = [1, 2].map(|n| link(&kept, n).unwrap());
    let mut inheritance = Inheritance::of_batch(new.into());
    let mut asked = 0;
    while let Some(wanted) = inheritance.wanted() {
        asked += 1;
        if let ToFetch::Referrers { .. } = wanted {
            inheritance.referrers(new.into());
        }
    }
    assert_eq!((asked, inheritance.inherited()), (2, Vec::new()), "referrers and keys");
}

#[test]
fn heirs_share_the_texts_of_their_keys_and_inherit_no_long_ones() {
    // 2 and 3 refer to 1, and 4 to 3: 4 inherits other keys as well.
    let kept: Kept = [(1, None), (2, Some(1)), (3, Some(1)), (4, Some(3))].into();
    let mut inheritance = Inheritance::of_batch((1..=4).filter_map(|n| link(&kept, n)).collect());
    while let Some(wanted) = inheritance.wanted() {
        match wanted {
            ToFetch::Referrers { .. } => inheritance.referrers(Vec::new()),
            ToFetch::Links(_) => inheritance.links(Vec::new()),
            ToFetch::Keys(ids) => {
                for id in ids {
                    let of = |length| format!("{}{}", number(id), "t".repeat(length - 1));
                    let keys = [LONGEST_INHERITED, LONGEST_INHERITED + 1].map(|length| IndexKey {
                        kind: Kind::Activity,
                        text: of(length),
                        closeness: Closeness::Direct,
                    });
                    inheritance.keys(id, &keys, 0);
                }
            }
        }
    }
    let inherited = inheritance.inherited();
    assert_eq!(inherited.iter().map(|it| it.heirs.len()).collect::<Vec<_>>(), [2, 1]);
    let first = |at: usize| inherited.get(at).and_then(|it| it.keys.first()).unwrap();
    assert!(Arc::ptr_eq(first(0), first(1)), "one text, however many inherit it");
    let all = inherited.iter().flat_map(|it| &it.keys);
    assert!(all.map(|key| key.text.len()).all(|length| length == LONGEST_INHERITED));
}
