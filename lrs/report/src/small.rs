//! Groups too small to show: in a report across bodies, figures of fewer than five people would
//! be figures of persons.

use std::collections::BTreeMap;

use super::view::View;
use crate::grouping::GroupKey;
use crate::table::{Cell, Table};
use course::Words;

/// The smallest group that shows in reports across bodies.
const LEAST: u64 = 5;

/// Says why figures are missing.
fn note() -> Words {
    Words::new(
        "I gruppi con meno di 5 persone non sono mostrati; dove uno si ricaverebbe per differenza, \
         è nascosto anche il successivo per grandezza.",
        "Groups of fewer than 5 people are not shown; where one could be found by subtraction, the \
         next smallest is hidden too.",
    )
}

/// The groups of a table: what tells each from the others, key by key, and how many people it has.
pub(super) type Groups<'g, S> = [(&'g [S], u64)];

/// Which of a table's groups must not show. Where all learners are of one body only groups by a
/// free attribute of persons are looked at. Says in the table that there are such. None is hidden
/// from a reader whose view shows small groups.
pub(super) fn hidden_in<S: AsRef<str>>(
    table: &mut Table,
    view: &View<'_>,
    keys: &[&GroupKey],
    groups: &Groups<'_, S>,
) -> Vec<bool> {
    if !hides(view, keys) {
        return vec![false; groups.len()];
    }
    let hidden = hidden(groups);
    if hidden.contains(&true) && !table.notes.contains(&note()) {
        table.notes.push(note());
    }
    hidden
}

fn hides(view: &View<'_>, keys: &[&GroupKey]) -> bool {
    let is_personal = keys.iter().any(|key| matches!(key, GroupKey::Attribute(_)));
    view.hides_small_groups && (is_personal || view.is_across_bodies())
}

/// A figure of the totals: hidden where all groups together are too small to show.
pub(super) fn total(view: &View<'_>, keys: &[&GroupKey], people: u64, figure: Cell) -> Cell {
    if hides(view, keys) && (1..LEAST).contains(&people) { Cell::Suppressed } else { figure }
}

/// Which groups must not show. A group of nobody hides nobody.
///
/// A table that leaves one key out adds up the groups that differ in that key alone: where only one
/// of these is hidden it could be found by subtraction, so that the smallest of the others is
/// hidden too.
fn hidden<S: AsRef<str>>(groups: &Groups<'_, S>) -> Vec<bool> {
    let mut hidden: Vec<bool> = groups.iter().map(|(_, size)| (1..LEAST).contains(size)).collect();
    let keys = groups.first().map_or(0, |(place, _)| place.len());
    // Each round that changes anything hides one group more at least.
    for _ in 0..=groups.len() {
        let before = hidden.clone();
        hide_beside(groups, &(0..groups.len()).collect::<Vec<_>>(), &mut hidden);
        for left_out in 0..keys {
            let mut sums: BTreeMap<Vec<&str>, Vec<usize>> = BTreeMap::new();
            for (n, (place, _)) in groups.iter().enumerate() {
                let others = place.iter().enumerate().filter(|(key, _)| *key != left_out);
                sums.entry(others.map(|(_, it)| it.as_ref()).collect()).or_default().push(n);
            }
            for summed in sums.values() {
                hide_beside(groups, summed, &mut hidden);
            }
        }
        if hidden == before {
            break;
        }
    }
    hidden
}

/// Where only one of those that are summed is hidden, hides the smallest of the others.
fn hide_beside<S>(groups: &Groups<'_, S>, summed: &[usize], hidden: &mut [bool]) {
    let is_hidden = |n: &&usize| hidden.get(**n) == Some(&true);
    if summed.iter().filter(is_hidden).count() != 1 {
        return;
    }
    let size = |n: &usize| groups.get(*n).map_or(0, |(_, size)| *size);
    let shown = summed.iter().filter(|n| !is_hidden(n) && size(n) > 0);
    if let Some(hidden) = shown.min_by_key(|n| size(n)).and_then(|n| hidden.get_mut(*n)) {
        *hidden = true;
    }
}

/// Hides all cells from `first` on that have a value.
pub(super) fn hide(row: &mut [Cell], first: usize) {
    for cell in row.iter_mut().skip(first) {
        *cell = Cell::Suppressed;
    }
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn one_small_group_takes_the_next_smallest_with_it() {
        let of = |sizes: &[u64]| {
            let names: Vec<[String; 1]> = (0..sizes.len()).map(|n| [n.to_string()]).collect();
            let groups: Vec<(&[String], u64)> =
                names.iter().map(<[String; 1]>::as_slice).zip(sizes.iter().copied()).collect();
            hidden(&groups)
        };
        assert_eq!(of(&[10, 3, 7]), [false, true, true]);
        assert_eq!(of(&[10, 3, 2]), [false, true, true]);
        assert_eq!(of(&[10, 5, 7]), [false, false, false]);
        assert_eq!(of(&[10, 0, 7]), [false, false, false]);
        assert_eq!(of(&[4]), [true]);
        assert_eq!(of(&[5, 6, 4, 5]), [true, false, true, false]);
    }

    #[test]
    fn none_is_found_by_subtraction_from_a_table_with_a_key_less() {
        // Of body a one woman, who is the rest of a less its men; and of the women those of b.
        let groups: [(&[&str], u64); 4] =
            [(&["a", "f"], 1), (&["a", "m"], 20), (&["b", "f"], 9), (&["b", "m"], 30)];
        assert_eq!(hidden(&groups), [true, true, true, true]);
        let groups: [(&[&str], u64); 4] =
            [(&["a", "f"], 6), (&["a", "m"], 20), (&["b", "f"], 9), (&["b", "m"], 30)];
        assert_eq!(hidden(&groups), [false; 4]);
    }
}
