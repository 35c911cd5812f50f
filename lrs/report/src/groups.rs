//! Figures by groups of learners. In a report across bodies, figures of fewer than five people would
//! be figures of persons: the only way from [`Groups`] to rows and totals hides them.

use std::collections::{BTreeMap, BTreeSet};

use course::{Bilingual, Learner};

use crate::grouping::{GroupKey, Grouping};
use crate::room::Room;
use crate::table::{Cell, Column, Kind};
use crate::view::View;
use crate::words::words;

/// The smallest group that shows in reports across bodies.
pub(crate) const LEAST: u64 = 5;

/// What a group has in common: a text for each key of the grouping.
pub(crate) type Place<'l> = Vec<&'l str>;

/// Figures of some learners, which know how many these are.
pub(crate) trait People {
    /// How many learners the figures are of.
    fn people(&self) -> u64;
}

/// How many people a group has, and how many of them did what its figures tell.
#[derive(Clone, Copy)]
struct Size {
    people: u64,
    told_of: u64,
}

impl<T: People> People for &T {
    fn people(&self) -> u64 {
        (**self).people()
    }
}

/// Figures that can be added up over groups.
pub(crate) trait Figures: People + Default {
    /// Adds the figures of another group.
    fn merge(&mut self, other: &Self);
}

/// By which keys the learners of a view are told apart, and whether small groups of them are hidden.
pub(crate) struct GroupedBy<'g> {
    keys: Vec<&'g GroupKey>,
    hides: bool,
    room: Room,
}

impl<'g> GroupedBy<'g> {
    /// By those keys of `grouping` that tell learners apart. Where all learners are of one body
    /// small groups are hidden only if a free attribute of persons is among the keys; none is hidden
    /// from a reader whose view shows small groups.
    pub(crate) fn new(view: &View<'_>, grouping: &'g Grouping) -> Self {
        let keys = grouping.of_learners();
        let is_personal = keys.iter().any(|key| matches!(key, GroupKey::Attribute(_)));
        let hides = view.hides_small_groups && (is_personal || view.is_across_bodies());
        Self { keys, hides, room: view.room.clone() }
    }

    /// Whether figures of few people are hidden.
    pub(crate) fn hides(&self) -> bool {
        self.hides
    }

    /// Whether all learners are one group.
    pub(crate) fn is_everybody(&self) -> bool {
        self.keys.is_empty()
    }

    /// The columns of the keys.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let column = |key: &&GroupKey| Column::headed(key.as_str(), Kind::Text, key.words());
        self.keys.iter().map(column).collect()
    }

    /// No groups yet.
    pub(crate) fn groups<'l, T>(&self) -> Groups<'g, 'l, T> {
        Groups {
            keys: self.keys.clone(),
            hides: self.hides,
            room: self.room.clone(),
            told_apart_by: self.keys.len(),
            by_place: BTreeMap::new(),
            place: Vec::new(),
        }
    }

    /// No groups yet, of places that the report makes itself: the first `told_apart_by` texts of a
    /// place are what a smaller table could leave out, the others describe the group.
    pub(crate) fn groups_told_apart_by<'l, T>(&self, told_apart_by: usize) -> Groups<'g, 'l, T> {
        Groups { told_apart_by, ..self.groups() }
    }
}

/// The groups of a table with the figures of each.
pub(crate) struct Groups<'g, 'l, T> {
    keys: Vec<&'g GroupKey>,
    hides: bool,
    room: Room,
    told_apart_by: usize,
    by_place: BTreeMap<Place<'l>, T>,
    /// Where the learner is whose group was asked for last; kept for its memory.
    place: Place<'l>,
}

/// A row of a group: what says which group it is, and its figures, which are hidden together.
pub(crate) struct Row {
    /// Cells that are shown of small groups, too.
    pub(crate) names: Vec<Cell>,
    /// Cells that are hidden where the group is small.
    pub(crate) figures: Vec<Cell>,
}

/// The texts of a place as cells.
pub(crate) fn names(place: &[&str]) -> Vec<Cell> {
    place.iter().map(|text| Cell::Text((*text).to_owned())).collect()
}

impl<'g, 'l, T> Groups<'g, 'l, T> {
    /// The figures of a learner's group.
    pub(crate) fn of(&mut self, learner: &'l Learner, new: impl FnOnce() -> T) -> &mut T {
        let mut place = std::mem::take(&mut self.place);
        place.clear();
        place.extend(self.keys.iter().map(|key| key.of(learner)));
        if !self.by_place.contains_key(&place) {
            self.by_place.insert(place.clone(), new());
        }
        self.place = place;
        #[expect(clippy::expect_used, reason = "inserted where it was missing")]
        self.by_place.get_mut(&self.place).expect("the group of the place")
    }

    /// The figures of a learner's group, where there is one.
    pub(crate) fn of_known(&mut self, learner: &'l Learner) -> Option<&mut T> {
        let place: Place<'l> = self.keys.iter().map(|key| key.of(learner)).collect();
        self.by_place.get_mut(&place)
    }

    /// The figures of the group at a place.
    pub(crate) fn at(&mut self, place: Place<'l>) -> &mut T
    where
        T: Default,
    {
        self.by_place.entry(place).or_default()
    }

    /// How many groups there are.
    pub(crate) fn len(&self) -> usize {
        self.by_place.len()
    }

    /// What the figures of any group name, each once, in order.
    pub(crate) fn all<'s, U, I>(&'s self, of: impl Fn(&'s T) -> I) -> BTreeSet<U>
    where
        U: Ord,
        I: Iterator<Item = U>,
    {
        self.by_place.values().flat_map(of).collect()
    }

    /// Shows the figures of each group, for what decides about the order or number of rows alone.
    pub(crate) fn each<'s>(&'s self, see: impl FnMut(&'s T)) {
        self.by_place.values().for_each(see);
    }

    /// Whether any group has figures like this.
    pub(crate) fn is_any(&self, has: impl Fn(&T) -> bool) -> bool {
        self.by_place.values().any(has)
    }

    /// The same groups with a part of their figures, of which each part says how many people it has.
    pub(crate) fn part<'s, U>(
        &'s self,
        part: impl Fn(&'s T) -> Option<&'s U>,
    ) -> Groups<'g, 'l, &'s U> {
        let groups = self.by_place.iter();
        let groups = groups.filter_map(|(place, all)| Some((place.clone(), part(all)?)));
        Groups {
            keys: self.keys.clone(),
            hides: self.hides,
            room: self.room.clone(),
            told_apart_by: self.told_apart_by,
            by_place: groups.collect(),
            place: Vec::new(),
        }
    }
}

impl<'l, T: People> Groups<'_, 'l, T> {
    /// The row of each group in the order of the places, with the figures of small groups hidden, as far as there
    /// is room for them. Adds to the notes of the table that there are such.
    pub(crate) fn rows<R: FnMut(&Place<'l>, &T) -> Row>(
        &self,
        notes: &mut Vec<Bilingual>,
        row: R,
    ) -> Vec<Vec<Cell>> {
        self.rows_of(notes, T::people, row)
    }

    /// The same where the figures of a row tell of some of the group alone, such as of those who took a test: `told_of`
    /// counts these, and the row is hidden where they are few, too.
    pub(crate) fn rows_of<R: FnMut(&Place<'l>, &T) -> Row>(
        &self,
        notes: &mut Vec<Bilingual>,
        told_of: impl Fn(&T) -> u64,
        mut row: R,
    ) -> Vec<Vec<Cell>> {
        let hidden = self.hidden(told_of);
        let note = words("note-small-groups");
        if hidden.contains(&true) && !notes.contains(&note) {
            notes.push(note);
        }
        let rows = self.by_place.iter().zip(hidden).map(|((place, figures), is_hidden)| {
            let Row { names: mut cells, mut figures } = row(place, figures);
            if is_hidden {
                figures.fill(Cell::Suppressed);
            }
            cells.append(&mut figures);
            cells
        });
        rows.take_while(|row| self.room.admits(row)).collect()
    }

    fn hidden(&self, told_of: impl Fn(&T) -> u64) -> Vec<bool> {
        if !self.hides {
            return vec![false; self.by_place.len()];
        }
        let sizes = self.by_place.iter().map(|(place, figures)| {
            let size = Size { people: figures.people(), told_of: told_of(figures) };
            (place.get(..self.told_apart_by).unwrap_or(place), size)
        });
        hidden(&sizes.collect::<Vec<_>>())
    }
}

impl<T: Figures> Groups<'_, '_, T> {
    /// Figures of all groups together by the keys of their columns, hidden where all learners
    /// together are too few to show.
    pub(crate) fn totals<K>(&self, figures: impl FnOnce(&T) -> Vec<(K, Cell)>) -> Vec<(K, Cell)> {
        let mut all = T::default();
        for group in self.by_place.values() {
            all.merge(group);
        }
        let mut totals = figures(&all);
        if self.hides && is_small(all.people()) {
            for (_, cell) in &mut totals {
                *cell = Cell::Suppressed;
            }
        }
        totals
    }
}

/// A group without people hides no person.
pub(crate) fn is_small(people: u64) -> bool {
    (1..LEAST).contains(&people)
}

impl Size {
    fn is_small(self) -> bool {
        is_small(self.people) || is_small(self.told_of)
    }
}

/// Which groups, each a place and how many people it has, must not show.
///
/// A table that leaves one key out adds up the groups that differ in that key alone. Where only one
/// of these is hidden, its figures could be found by subtraction: the smallest of the others is
/// hidden too. Example: of bodies with 10, 3 and 7 people those with 3 and 7 are hidden.
fn hidden(groups: &[(&[&str], Size)]) -> Vec<bool> {
    let mut hidden: Vec<bool> = groups.iter().map(|(_, size)| size.is_small()).collect();
    let keys = groups.first().map_or(0, |(place, _)| place.len());
    // Each round that changes anything hides one group more at least.
    for _ in 0..=groups.len() {
        let before = hidden.clone();
        hide_beside(groups, &(0..groups.len()).collect::<Vec<_>>(), &mut hidden);
        for left_out in 0..keys {
            let mut sums: BTreeMap<Vec<&str>, Vec<usize>> = BTreeMap::new();
            for (n, (place, _)) in groups.iter().enumerate() {
                let others = place.iter().enumerate().filter(|(key, _)| *key != left_out);
                sums.entry(others.map(|(_, text)| *text).collect()).or_default().push(n);
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

/// Where only one of those that are summed is hidden, hides the smallest of the others: of those that have figures, if
/// there are any.
fn hide_beside(groups: &[(&[&str], Size)], summed: &[usize], hidden: &mut [bool]) {
    let is_hidden = |n: &&usize| hidden.get(**n) == Some(&true);
    if summed.iter().filter(is_hidden).count() != 1 {
        return;
    }
    let size = |n: &usize| {
        groups.get(*n).map_or((false, 0, 0), |(_, it)| (it.told_of == 0, it.told_of, it.people))
    };
    let shown = summed.iter().filter(|n| !is_hidden(n) && size(n).2 > 0);
    if let Some(hidden) = shown.min_by_key(|n| size(n)).and_then(|n| hidden.get_mut(*n)) {
        *hidden = true;
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    /// Of groups whose figures tell of all their people.
    fn hidden(groups: &[(&[&str], u64)]) -> Vec<bool> {
        let sized =
            |(place, people): &(_, u64)| (*place, Size { people: *people, told_of: *people });
        super::hidden(&groups.iter().map(sized).collect::<Vec<_>>())
    }

    #[test]
    fn a_group_of_whom_few_did_something_is_hidden_with_the_next() {
        let of = |sizes: &[(u64, u64)]| {
            let names: Vec<[String; 1]> = (0..sizes.len()).map(|n| [n.to_string()]).collect();
            let places: Vec<[&str; 1]> = names.iter().map(|[name]| [name.as_str()]).collect();
            let size = |(people, told_of): &(u64, u64)| Size { people: *people, told_of: *told_of };
            let groups: Vec<(&[&str], Size)> =
                places.iter().map(<[&str; 1]>::as_slice).zip(sizes.iter().map(size)).collect();
            super::hidden(&groups)
        };
        assert_eq!(of(&[(9, 1)]), [true]);
        assert_eq!(of(&[(9, 0), (9, 9)]), [false, false], "nothing is told of nobody");
        assert_eq!(of(&[(9, 1), (20, 8), (7, 7), (6, 0)]), [true, false, true, false]);
        assert_eq!(of(&[(9, 1), (6, 0)]), [true, true]);
    }

    #[test]
    fn one_small_group_takes_the_next_smallest_with_it() {
        let of = |sizes: &[u64]| {
            let names: Vec<[String; 1]> = (0..sizes.len()).map(|n| [n.to_string()]).collect();
            let places: Vec<[&str; 1]> = names.iter().map(|[name]| [name.as_str()]).collect();
            let groups: Vec<(&[&str], u64)> =
                places.iter().map(<[&str; 1]>::as_slice).zip(sizes.iter().copied()).collect();
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
