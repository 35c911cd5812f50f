//! Groups too small to show: in a report across bodies, figures of fewer than five people would
//! be figures of persons.

use super::super::table::{Cell, Table, Words};
use super::view::View;

/// The smallest group that shows in reports across bodies.
const LEAST: u64 = 5;

/// Says why figures are missing.
fn note() -> Words {
    Words::new(
        "I gruppi con meno di 5 persone non sono mostrati; dove ne resterebbe nascosto uno solo, \
         è nascosto anche il successivo per grandezza, perché non si ricavi per differenza.",
        "Groups of fewer than 5 people are not shown; where only one would be hidden, the next \
         smallest is hidden too, so that it cannot be found by subtraction.",
    )
}

/// Which of a table's groups must not show, given how many people each has: none where all
/// learners are of one body. Says in the table that there are such.
pub(super) fn hidden_in(table: &mut Table, view: &View<'_>, sizes: &[u64]) -> Vec<bool> {
    if !view.is_across_bodies() {
        return vec![false; sizes.len()];
    }
    let hidden = hidden(sizes);
    if hidden.contains(&true) && !table.notes.contains(&note()) {
        table.notes.push(note());
    }
    hidden
}

/// Which of some groups must not show, given how many people each has. A group of nobody hides
/// nobody.
fn hidden(sizes: &[u64]) -> Vec<bool> {
    let mut hidden: Vec<bool> = sizes.iter().map(|size| (1..LEAST).contains(size)).collect();
    if hidden.iter().filter(|hidden| **hidden).count() == 1 {
        let shown = sizes.iter().enumerate().filter(|(_, size)| **size >= LEAST);
        let next = shown.min_by_key(|(_, size)| **size).map(|(at, _)| at);
        if let Some(next) = next.and_then(|at| hidden.get_mut(at)) {
            *next = true;
        }
    }
    hidden
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
        assert_eq!(hidden(&[10, 3, 7]), [false, true, true]);
        assert_eq!(hidden(&[10, 3, 2]), [false, true, true]);
        assert_eq!(hidden(&[10, 5, 7]), [false, false, false]);
        assert_eq!(hidden(&[10, 0, 7]), [false, false, false]);
        assert_eq!(hidden(&[4]), [true]);
        assert_eq!(hidden(&[5, 6, 4, 5]), [true, false, true, false]);
    }
}
