//! Folding rows into groups.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::tz::TimeZone;
use rustc_hash::{FxHashMap, FxHashSet};

use super::answer::GroupedAnswer;
use super::batch::{Batch, Columns, Flat};
use super::behind::{Behind, FEW_OF_QUANTILE, Side, hidden};
use super::codes::{Codes, MISSING};
use super::columns::{MOST_DIMENSIONS, Plan, What, place};
use super::period::{Period, Periods};
use super::scan::ColumnFile;
use super::states::{Rows, State};
use crate::columnar::ParquetError;
use crate::schema::{Dataset, Datum, DatumKind, RowOf};

/// How much a question may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldBounds {
    /// The most groups.
    pub groups: usize,
    /// The most rows that are read.
    pub rows: u64,
    /// The most bytes that groups and values take.
    pub bytes: usize,
    /// The most seconds.
    pub seconds: u64,
}

impl Default for FoldBounds {
    fn default() -> Self {
        Self { groups: 100_000, rows: 50_000_000, bytes: 160 << 20, seconds: 30 }
    }
}

/// The bound that a question goes beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Bound {
    /// Of groups.
    #[error("the answer has more than {0} groups")]
    Groups(usize),
    /// Of rows.
    #[error("there are more than {0} rows to read")]
    Rows(u64),
    /// Of bytes.
    #[error("groups and their values take more than {0} bytes")]
    Bytes(usize),
    /// Of time.
    #[error("the answer takes more than {0} seconds")]
    Seconds(u64),
}

/// Why rows cannot be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// A file is broken.
    #[error(transparent)]
    Parquet(#[from] ParquetError),
    /// A bound of the question.
    #[error(transparent)]
    Bound(#[from] Bound),
    /// The question was given up meanwhile.
    #[error("the question was given up")]
    Stopped,
}

/// Of rows of an answer, whether to go on is asked each time that so many bytes, or cells, more were made.
const ASKED: usize = 1 << 20;
const ASKED_CELLS: usize = 1 << 12;

/// Key of a group: codes of its dimensions.
pub(super) type GroupKey = [u32; MOST_DIMENSIONS];

/// Rows of `statements` on their way into groups. They are added in the order of `stored`, each once.
pub struct Aggregator {
    plan: Plan,
    bounds: FoldBounds,
    at: Places,
    voided: HashSet<Vec<u8>>,
    said: FxHashSet<(u32, i64)>,
    codes: FxHashMap<usize, Codes>,
    periods: Vec<Option<(Periods, Codes)>>,
    groups: FxHashMap<GroupKey, u32>,
    keys: Vec<GroupKey>,
    states: Vec<State>,
    /// The people of each group.
    people: Side,
    /// The people behind each figure, where small groups are hidden.
    behind: Option<Behind>,
    rows: u64,
}

/// Columns that have a meaning for every question.
struct Places {
    id: usize,
    stored: usize,
    timestamp: usize,
    actor: usize,
    voids: usize,
    fingerprint: usize,
}

impl Aggregator {
    /// Nothing was read yet.
    pub fn of(plan: Plan, bounds: FoldBounds) -> Self {
        let at = Places {
            id: place("id"),
            stored: place("stored"),
            timestamp: place("timestamp"),
            actor: place("actor"),
            voids: place("voids"),
            fingerprint: place("fingerprint"),
        };
        let period = |period: &(Period, TimeZone)| {
            (Periods::of(period.0, period.1.clone()), Codes::of(DatumKind::Whole))
        };
        let periods = plan.dimensions.iter().map(|it| it.period.as_ref().map(period)).collect();
        let states = plan.measures.iter().map(|it| State::of(&it.what)).collect();
        let (codes, groups, keys) = (FxHashMap::default(), FxHashMap::default(), Vec::new());
        let (voided, said, people) = (HashSet::new(), FxHashSet::default(), Side::default());
        let behind = plan.hides_small.then(|| Behind::of(&plan.measures));
        let mut new = Self {
            plan,
            bounds,
            at,
            voided,
            said,
            codes,
            periods,
            groups,
            keys,
            states,
            people,
            behind,
            rows: 0,
        };
        if new.plan.dimensions.is_empty() {
            // A question without dimensions has an answer without rows too.
            new.group([MISSING; MOST_DIMENSIONS]);
            new.grow();
        }
        new
    }

    /// Says that a statement was voided, before its row is added.
    pub fn void(&mut self, id: &str) {
        self.voided.insert(id.as_bytes().to_vec());
    }

    /// Voids the targets of the voiding statements of a file. `go_on` is asked as by [`Self::add_file`].
    ///
    /// # Errors
    /// [`FoldError`].
    pub fn void_targets(
        &mut self,
        file: &ColumnFile,
        mut go_on: impl FnMut(usize) -> Result<(), FoldError>,
    ) -> Result<(), FoldError> {
        file.texts(self.at.voids, |ids| {
            self.voided.extend(ids.map(<[u8]>::to_vec));
            go_on(self.weight())
        })
    }

    /// Adds the rows of a sealed file. `go_on` is asked now and then, with an upper bound of the bytes that are held.
    ///
    /// # Errors
    /// [`FoldError`].
    pub fn add_file(
        &mut self,
        file: &ColumnFile,
        mut go_on: impl FnMut(usize) -> Result<(), FoldError>,
    ) -> Result<(), FoldError> {
        // What an earlier row said decides whether a later one counts.
        let test = self.plan.test.clone().filter(|_| !self.plan.once);
        file.each(test.as_ref(), |columns| {
            self.add(columns)?;
            go_on(self.weight())
        })
    }

    /// Adds rows of `statements`.
    ///
    /// # Errors
    /// [`FoldError::Bound`].
    pub fn add_rows(&mut self, rows: &[RowOf]) -> Result<(), FoldError> {
        let kinds: Vec<DatumKind> =
            Dataset::Statements.columns().iter().map(|column| column.kind).collect();
        self.add(&mut Flat { rows, kinds: &kinds })
    }

    /// An upper bound of the bytes that groups and values take.
    pub fn weight(&self) -> usize {
        let codes: usize = self.codes.values().map(Codes::weight).sum();
        let states: usize = self.states.iter().map(State::weight).sum();
        let groups = self.keys.len() * (2 * size_of::<GroupKey>() + 8);
        let sets = self.voided.len() * 96 + self.said.capacity() * 18;
        let people = self.people.weight() + self.behind.as_ref().map_or(0, Behind::weight);
        codes + states + groups + sets + people
    }

    fn add(&mut self, columns: &mut dyn Columns) -> Result<(), FoldError> {
        self.rows += columns.rows() as u64;
        if self.rows > self.bounds.rows {
            return Err(Bound::Rows(self.bounds.rows).into());
        }
        let mut batch = Batch::of(columns);
        let rows = self.chosen(&mut batch)?;
        if rows.is_empty() {
            return Ok(());
        }
        let groups = self.groups_of(&mut batch, &rows)?;
        self.grow();
        batch.need(self.at.actor)?;
        let actors = self.codes_of(self.at.actor, DatumKind::Text, &batch, &rows);
        self.people.add(&groups, &actors);
        let rows = Rows { rows: &rows, groups: &groups };
        let times = (self.at.timestamp, self.at.stored);
        for (state, said) in self.states.iter_mut().zip(&self.plan.measures) {
            state.add(&said.what, &rows, &mut batch, &mut self.codes, times)?;
        }
        if let Some(behind) = &mut self.behind {
            behind.add(&self.plan.measures, &rows, &actors, &batch);
        }
        if self.keys.len() > self.bounds.groups {
            return Err(Bound::Groups(self.bounds.groups).into());
        }
        if self.weight() > self.bounds.bytes {
            return Err(Bound::Bytes(self.bounds.bytes).into());
        }
        Ok(())
    }

    /// The rows that count.
    fn chosen(&mut self, batch: &mut Batch<'_>) -> Result<Vec<u32>, ParquetError> {
        let mut mask = vec![true; batch.rows()];
        if !self.plan.once {
            self.meets(batch, &mut mask)?;
        }
        if self.plan.excludes_voided && mask.contains(&true) {
            self.stands(batch, &mut mask)?;
        }
        if self.plan.once {
            self.is_first(batch, &mut mask)?;
            self.meets(batch, &mut mask)?;
        }
        let chosen = (0_u32..).zip(mask).filter_map(|(row, it)| it.then_some(row));
        Ok(chosen.collect())
    }

    fn meets(&self, batch: &mut Batch<'_>, mask: &mut [bool]) -> Result<(), ParquetError> {
        if let Some(test) = &self.plan.test {
            let met = test.mask(batch)?;
            mask.iter_mut().zip(met).for_each(|(all, it)| *all &= it);
        }
        Ok(())
    }

    /// Leaves out what was voided and what voids.
    fn stands(&self, batch: &mut Batch<'_>, mask: &mut [bool]) -> Result<(), ParquetError> {
        batch.need(self.at.voids)?;
        let missing = batch.get(self.at.voids).missing();
        mask.iter_mut().zip(missing).for_each(|(all, it)| *all &= it);
        if self.voided.is_empty() {
            return Ok(());
        }
        batch.need(self.at.id)?;
        let ids = batch.get(self.at.id);
        for (row, all) in (0_u32..).zip(mask).filter(|(_, all)| **all) {
            *all = !ids.text(row).is_some_and(|id| self.voided.contains(id));
        }
        Ok(())
    }

    /// Leaves out what the same actor said before. A statement without a named actor stands for itself.
    fn is_first(&mut self, batch: &mut Batch<'_>, mask: &mut [bool]) -> Result<(), ParquetError> {
        batch.need(self.at.actor)?;
        batch.need(self.at.fingerprint)?;
        let rows: Vec<u32> =
            (0_u32..).zip(&*mask).filter_map(|(row, it)| it.then_some(row)).collect();
        let actors = self.codes_of(self.at.actor, DatumKind::Text, batch, &rows);
        let fingerprints = batch.get(self.at.fingerprint);
        for (row, actor) in rows.into_iter().zip(actors).filter(|(_, actor)| *actor != MISSING) {
            let fingerprint = fingerprints.whole(row).unwrap_or_default();
            if !self.said.insert((actor, fingerprint))
                && let Some(it) = mask.get_mut(row as usize)
            {
                *it = false;
            }
        }
        Ok(())
    }

    fn codes_of(
        &mut self,
        column: usize,
        kind: DatumKind,
        batch: &Batch<'_>,
        rows: &[u32],
    ) -> Vec<u32> {
        let codes = self.codes.entry(column).or_insert_with(|| Codes::of(kind));
        codes.of_rows(batch.get(column), rows)
    }

    fn groups_of(&mut self, batch: &mut Batch<'_>, rows: &[u32]) -> Result<Vec<u32>, ParquetError> {
        let mut keys = vec![[MISSING; MOST_DIMENSIONS]; rows.len()];
        for number in 0..self.plan.dimensions.len() {
            let Some(by) = self.plan.dimensions.get(number) else { break };
            let (column, kind) = (by.column, by.kind);
            batch.need(column)?;
            let codes = match self.periods.get_mut(number) {
                Some(Some((periods, codes))) => {
                    let values = batch.get(column);
                    let code = |row: &u32| {
                        values.whole(*row).map_or(MISSING, |at| codes.number(periods.key(at)))
                    };
                    rows.iter().map(code).collect()
                }
                _ => self.codes_of(column, kind, batch, rows),
            };
            for (key, code) in keys.iter_mut().zip(codes) {
                if let Some(place) = key.get_mut(number) {
                    *place = code;
                }
            }
        }
        let mut last = None;
        let mut group = |key: GroupKey| match last {
            Some((known, group)) if known == key => group,
            _ => {
                let group = self.group(key);
                last = Some((key, group));
                group
            }
        };
        Ok(keys.into_iter().map(&mut group).collect())
    }

    fn group(&mut self, key: GroupKey) -> u32 {
        *self.groups.entry(key).or_insert_with(|| {
            self.keys.push(key);
            u32::try_from(self.keys.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn grow(&mut self) {
        let groups = self.keys.len();
        self.states.iter_mut().for_each(|state| state.grow(groups));
        self.people.grow(groups);
        if let Some(behind) = &mut self.behind {
            behind.grow(groups);
        }
    }

    /// The answer. Of a question that hides small groups ([`Plan::hiding_small`]) groups and figures of fewer than five people
    /// are left out, and what would give them away. `go_on` is asked as by [`Self::add_file`].
    ///
    /// # Errors
    /// Those of `go_on`; [`Bound::Bytes`] where groups, values and rows take more together.
    pub fn end(
        mut self,
        mut go_on: impl FnMut(usize) -> Result<(), FoldError>,
    ) -> Result<GroupedAnswer, FoldError> {
        let keys = std::mem::take(&mut self.keys);
        let held = self.weight();
        let gone = self.gone(&keys, &mut || go_on(held))?;
        let mut written = Written { held, told: 0, asked: 0, cells: 0, most: self.bounds.bytes };
        let mut hidden_figures = 0;
        let mut rows = Vec::with_capacity(keys.len());
        for (group, key) in keys.iter().enumerate() {
            if is(&gone.groups, group) {
                continue;
            }
            let mut row = Vec::new();
            self.name(*key, &mut row, |datum| written.add(datum, &mut go_on))?;
            for (number, said) in self.plan.measures.iter().enumerate() {
                let Some(state) = self.states.get_mut(number) else { continue };
                let codes = said.what.column().and_then(|column| self.codes.get(&column));
                let datum = state.datum(group, codes);
                let is_hidden = gone.figures.get(number).is_some_and(|gone| is(gone, group));
                hidden_figures += usize::from(is_hidden);
                let datum = if is_hidden { Datum::Null } else { datum };
                written.add(&datum, &mut go_on)?;
                row.push(datum);
            }
            rows.push(row);
        }
        let hidden = keys.len() - rows.len();
        Ok(GroupedAnswer::of(&self.plan, rows, (hidden, hidden_figures)))
    }

    /// Adds the dimensions of a group to a row; each is `told` before.
    fn name(
        &self,
        key: GroupKey,
        row: &mut RowOf,
        mut told: impl FnMut(&Datum) -> Result<(), FoldError>,
    ) -> Result<(), FoldError> {
        let all = self.plan.dimensions.iter().zip(&self.periods).zip(key);
        for ((by, period), code) in all {
            let datum = if let (Some((_, codes)), Some((period, _))) = (period, &by.period) {
                codes.bits(code).map_or(Datum::Null, |key| period.datum(key))
            } else {
                self.codes.get(&by.column).map_or(Datum::Null, |it| it.datum(code, by.kind))
            };
            told(&datum)?;
            row.push(datum);
        }
        Ok(())
    }

    fn gone(
        &self,
        keys: &[GroupKey],
        go_on: &mut dyn FnMut() -> Result<(), FoldError>,
    ) -> Result<Gone, FoldError> {
        let Some(behind) = &self.behind else { return Ok(Gone::default()) };
        let dimensions = self.plan.dimensions.len();
        let sizes: Vec<Option<u64>> = (0..keys.len()).map(|it| self.people.size(it)).collect();
        let groups = hidden(keys, dimensions, &sizes, None, go_on)?;
        let mut known: FxHashMap<&[usize], Arc<[bool]>> = FxHashMap::default();
        let mut figures = Vec::new();
        for (sides, said) in behind.of_measures().iter().zip(&self.plan.measures) {
            let gone: Arc<[bool]> = match known.get(sides.as_slice()) {
                Some(gone) => Arc::clone(gone),
                None if sides.is_empty() => Arc::from([]),
                None => {
                    let sizes = (0..keys.len()).map(|group| behind.size(sides, group));
                    let sizes: Vec<Option<u64>> = sizes.collect();
                    hidden(keys, dimensions, &sizes, Some(&groups), go_on)?.into()
                }
            };
            known.insert(sides, Arc::clone(&gone));
            figures.push(if let What::Quantile(..) = said.what {
                let is_of_few =
                    |group| behind.size(sides, group).is_some_and(|it| it < FEW_OF_QUANTILE);
                gone.iter().enumerate().map(|(group, gone)| *gone || is_of_few(group)).collect()
            } else {
                gone
            });
        }
        Ok(Gone { groups, figures })
    }
}

/// What the rows of an answer take while they are made: one text may stand in many cells.
struct Written {
    /// What groups and values take.
    held: usize,
    told: usize,
    /// How much of what was told was asked for.
    asked: usize,
    /// How many cells were told since.
    cells: usize,
    most: usize,
}

impl Written {
    /// Adds a cell.
    fn add(
        &mut self,
        datum: &Datum,
        go_on: &mut impl FnMut(usize) -> Result<(), FoldError>,
    ) -> Result<(), FoldError> {
        self.told += size_of::<Datum>() + datum.weight();
        let all = self.held.saturating_add(self.told);
        if all > self.most {
            return Err(Bound::Bytes(self.most).into());
        }
        self.cells += 1;
        if self.told >= self.asked + ASKED || self.cells >= ASKED_CELLS {
            (self.asked, self.cells) = (self.told, 0);
            go_on(all)?;
        }
        Ok(())
    }
}

/// What is hidden.
#[derive(Default)]
struct Gone {
    groups: Vec<bool>,
    /// Of each measure.
    figures: Vec<Arc<[bool]>>,
}

fn is(flags: &[bool], at: usize) -> bool {
    flags.get(at) == Some(&true)
}
