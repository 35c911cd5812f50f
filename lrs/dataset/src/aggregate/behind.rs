//! How many people are behind groups and figures, and which of these must not show to who may not know them.

use rustc_hash::FxHashMap;

use super::batch::Batch;
use super::columns::{MOST_DIMENSIONS, StatementParts, What};
use super::fold::{FoldError, GroupKey};
use super::states::{DistinctState, Rows};

/// Fewer people than this are hidden from who may not read identities.
pub const SMALL_GROUP: u64 = 5;

/// Quantiles of fewer people than this are hidden from them: each quantile is one person's value or lies between two, so a few of
/// them give the values of all.
pub(super) const FEW_OF_QUANTILE: u64 = 30;

/// The people behind something that is said of each group.
#[derive(Default)]
pub(super) struct Side {
    people: DistinctState,
    /// How many rows there are, those without a named actor too.
    rows: Vec<u64>,
}

impl Side {
    pub(super) fn add(&mut self, groups: &[u32], actors: &[u32]) {
        self.people.add(groups, actors);
        for group in groups {
            if let Some(rows) = self.rows.get_mut(*group as usize) {
                *rows += 1;
            }
        }
    }

    pub(super) fn grow(&mut self, groups: usize) {
        self.people.grow(groups);
        self.rows.resize(groups, 0);
    }

    pub(super) fn weight(&self) -> usize {
        self.people.weight() + self.rows.len() * 8
    }

    /// How many people there are; nothing where there is no row.
    pub(super) fn size(&self, group: usize) -> Option<u64> {
        self.rows.get(group).filter(|rows| **rows > 0).map(|_| self.people.count(group))
    }
}

/// The people behind the figures of a question.
#[derive(Default)]
pub(super) struct Behind {
    sides: Vec<Side>,
    /// For each measure its sides: none where all rows of a group count, two of a share.
    of_measures: Vec<Vec<usize>>,
}

impl Behind {
    pub(super) fn of(measures: &[StatementParts]) -> Self {
        let mut behind = Self::default();
        let mut known: FxHashMap<usize, usize> = FxHashMap::default();
        for said in measures {
            let sides = match (&said.what, said.what.column()) {
                (_, None) => Vec::new(),
                (What::Share(..), _) => vec![behind.side(), behind.side()],
                (_, Some(column)) => {
                    vec![*known.entry(column).or_insert_with(|| behind.side())]
                }
            };
            behind.of_measures.push(sides);
        }
        behind
    }

    fn side(&mut self) -> usize {
        self.sides.push(Side::default());
        self.sides.len() - 1
    }

    /// Adds rows. The columns of the measures are in the batch.
    pub(super) fn add(
        &mut self,
        measures: &[StatementParts],
        rows: &Rows<'_>,
        actors: &[u32],
        batch: &Batch<'_>,
    ) {
        let mut done = 0;
        for (sides, said) in self.of_measures.iter().zip(measures) {
            let Some(column) = said.what.column() else { continue };
            let values = batch.get(column);
            let missing = values.missing();
            let hits = if let What::Share(_, check) = &said.what {
                Some(check.mask(values))
            } else {
                None
            };
            for (number, at) in sides.iter().enumerate() {
                // Sides are numbered by their first measure.
                if *at != done {
                    continue;
                }
                let is_behind = |row: u32| {
                    let is_hit = |hits: &Vec<bool>| hits.get(row as usize) == Some(&true);
                    missing.get(row as usize) == Some(&false)
                        && hits.as_ref().is_none_or(|hits| is_hit(hits) == (number == 0))
                };
                let all = rows.rows.iter().zip(rows.groups).zip(actors);
                let behind = all.filter(|((row, _), _)| is_behind(**row));
                let (groups, people): (Vec<u32>, Vec<u32>) =
                    behind.map(|((_, group), actor)| (*group, *actor)).unzip();
                if let Some(side) = self.sides.get_mut(*at) {
                    side.add(&groups, &people);
                }
                done += 1;
            }
        }
    }

    pub(super) fn grow(&mut self, groups: usize) {
        self.sides.iter_mut().for_each(|side| side.grow(groups));
    }

    pub(super) fn weight(&self) -> usize {
        self.sides.iter().map(Side::weight).sum()
    }

    /// The sides of each measure. Measures with the same sides show and hide the same groups.
    pub(super) fn of_measures(&self) -> &[Vec<usize>] {
        &self.of_measures
    }

    /// How many people a figure says something about, the fewest on one side; nothing where there is no value.
    pub(super) fn size(&self, sides: &[usize], group: usize) -> Option<u64> {
        sides.iter().filter_map(|at| self.sides.get(*at)?.size(group)).min()
    }
}

/// Which groups must not show: those of fewer than five people, those of `before`, and those that would give
/// one of these away.
///
/// A question with fewer dimensions adds up the groups that differ in the others alone. Where only one of these is hidden,
/// subtraction would find it: the smallest of the others is hidden too.
pub(super) fn hidden(
    keys: &[GroupKey],
    dimensions: usize,
    sizes: &[Option<u64>],
    before: Option<&[bool]>,
    go_on: &mut dyn FnMut() -> Result<(), FoldError>,
) -> Result<Vec<bool>, FoldError> {
    let is_small = |size: &Option<u64>| size.is_some_and(|people| people < SMALL_GROUP);
    let mut hidden: Vec<bool> = sizes.iter().map(is_small).collect();
    if let Some(before) = before {
        // Of a group without a value there is nothing to hide.
        let gone = before.iter().zip(sizes).map(|(gone, size)| *gone && size.is_some());
        hidden.iter_mut().zip(gone).for_each(|(hidden, gone)| *hidden |= gone);
    }
    let every = 1_usize << dimensions.min(MOST_DIMENSIONS);
    let mut is_changed = hidden.contains(&true);
    while std::mem::take(&mut is_changed) {
        for left_out in 1..every {
            go_on()?;
            let beside = beside(keys, left_out, sizes, &hidden);
            is_changed |= !beside.is_empty();
            for at in beside {
                if let Some(hidden) = hidden.get_mut(at) {
                    *hidden = true;
                }
            }
        }
    }
    Ok(hidden)
}

/// The smallest shown group of each sum that has one hidden group.
fn beside(
    keys: &[GroupKey],
    left_out: usize,
    sizes: &[Option<u64>],
    hidden: &[bool],
) -> Vec<usize> {
    let mut sums: FxHashMap<GroupKey, (usize, Option<(u64, usize)>)> = FxHashMap::default();
    for (at, ((key, size), is_hidden)) in keys.iter().zip(sizes).zip(hidden).enumerate() {
        let mut sum = *key;
        for (place, code) in sum.iter_mut().enumerate() {
            if left_out >> place & 1 == 1 {
                *code = 0;
            }
        }
        let (count, smallest) = sums.entry(sum).or_default();
        if *is_hidden {
            *count += 1;
        } else if let Some(size) = size
            && smallest.is_none_or(|known| (*size, at) < known)
        {
            *smallest = Some((*size, at));
        }
    }
    let alone = sums.into_values().filter(|(count, _)| *count == 1);
    alone.filter_map(|(_, smallest)| smallest.map(|(_, at)| at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden_of(groups: &[(&[u32], u64)]) -> Vec<bool> {
        let key = |codes: &[u32]| {
            let mut key = [0; MOST_DIMENSIONS];
            key[..codes.len()].copy_from_slice(codes);
            key
        };
        let keys: Vec<GroupKey> = groups.iter().map(|(codes, _)| key(codes)).collect();
        let sizes: Vec<Option<u64>> = groups.iter().map(|(_, people)| Some(*people)).collect();
        let dimensions = groups.first().map_or(0, |(codes, _)| codes.len());
        hidden(&keys, dimensions, &sizes, None, &mut || Ok(())).unwrap()
    }

    #[test]
    fn none_is_found_by_subtraction_from_a_question_with_fewer_dimensions() {
        assert_eq!(hidden_of(&[(&[1], 10), (&[2], 3), (&[3], 7)]), [false, true, true]);
        assert_eq!(hidden_of(&[(&[1], 10), (&[2], 3), (&[3], 2)]), [false, true, true]);
        assert_eq!(hidden_of(&[(&[1], 10), (&[2], 0), (&[3], 7)]), [false, true, true]);
        assert_eq!(hidden_of(&[(&[1], 10), (&[2], 5)]), [false, false]);
        let table = [(&[1, 1][..], 1), (&[1, 2], 20), (&[2, 1], 9), (&[2, 2], 30)];
        assert_eq!(hidden_of(&table), [true; 4]);
        let table = [(&[1, 1][..], 6), (&[1, 2], 20), (&[2, 1], 9), (&[2, 2], 30)];
        assert_eq!(hidden_of(&table), [false; 4]);
        // The two of the first region differ in two dimensions at once: no question with one less adds them up.
        let table = [
            (&[1, 1, 1][..], 2),
            (&[1, 2, 2], 6),
            (&[2, 3, 3], 8),
            (&[2, 4, 4], 3),
            (&[2, 4, 3], 9),
        ];
        assert_eq!(hidden_of(&table)[..2], [true, true]);
    }
}
