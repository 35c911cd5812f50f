//! A report between the question and its table: made at once, or part by part where it is long.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;

use super::board::Board;
use super::boards::stopped;
use super::error::ProgressError;
use super::reports::{Question, Said};
use crate::compute;
use crate::memory::{Exhausted, Reserved};
use report::{Member, Room, Table, View};

/// Cells of a part, about: some megabytes with the text that is written of them.
const CELLS: usize = 20_000;
/// The memory of a report that is made in parts, in bytes: that of a few parts, which are made, written and sent.
const PARTS: usize = 16 << 20;

/// A report with all that it is made of; holds the board and the memory of that.
pub struct ReportInMaking {
    what: What,
    held: Reserved,
}

enum What {
    Made(Table),
    Of(Making),
}

/// What a report on learners is made of.
pub(super) struct Making {
    pub(super) make: fn(&report::Asked<'_>) -> Table,
    pub(super) board: Arc<Board>,
    pub(super) earlier: Option<(Date, Arc<Board>)>,
    pub(super) asked: Question,
    pub(super) said: Box<Said>,
}

/// The tables of a report that is made in parts, in the order of the learners.
pub struct TableParts {
    making: Arc<Making>,
    /// Where the learners that it is about stand on the board.
    positions: Arc<[usize]>,
    /// Learners of a part.
    at_once: usize,
    next: usize,
    is_begun: bool,
    _held: Reserved,
}

impl ReportInMaking {
    pub(super) const fn made(table: Table, held: Reserved) -> Self {
        Self { what: What::Made(table), held }
    }

    pub(super) const fn of(making: Making, held: Reserved) -> Self {
        Self { what: What::Of(making), held }
    }

    /// The whole table, and the memory that it takes.
    ///
    /// # Errors
    /// [`ProgressError::Exhausted`] where it takes more than there is, before more is held.
    pub async fn table(self) -> Result<(Table, Reserved), ProgressError> {
        let Self { what, held } = self;
        match what {
            What::Made(table) => Ok((table, held)),
            What::Of(making) => aside(move || making.whole(held)).await?,
        }
    }

    /// The report in parts, where it can be made so; itself where it cannot, or is short.
    ///
    /// # Errors
    /// [`ProgressError::Exhausted`] where there is no memory for parts.
    pub async fn in_parts(self) -> Result<Result<TableParts, Self>, ProgressError> {
        let Self { what, mut held } = self;
        let making = match what {
            What::Of(making) if making.asked.query.report.in_parts => making,
            what => return Ok(Err(Self { what, held })),
        };
        let (making, positions, at_once) = aside(move || making.measured()).await?;
        if positions.len() <= at_once {
            return Ok(Err(Self { what: What::Of(making), held }));
        }
        held.grow(PARTS)?;
        let (making, positions) = (Arc::new(making), positions.into());
        Ok(Ok(TableParts { making, positions, at_once, next: 0, is_begun: false, _held: held }))
    }
}

impl TableParts {
    /// The next part: the first in any case, then as long as there are learners.
    ///
    /// # Errors
    /// Where the server is ending.
    pub async fn next(&mut self) -> Result<Option<Table>, ProgressError> {
        if self.is_begun && self.next >= self.positions.len() {
            return Ok(None);
        }
        let (from, to) = (self.next, self.next.saturating_add(self.at_once));
        let (making, positions) = (Arc::clone(&self.making), Arc::clone(&self.positions));
        let table = aside(move || {
            let some = positions.get(from..to.min(positions.len())).unwrap_or_default();
            let members = some.iter().filter_map(|at| making.board.members.get(*at)).collect();
            making.table_of(members, Room::default())
        });
        (self.next, self.is_begun) = (to, true);
        table.await?.map(Some)
    }
}

impl Making {
    /// The table of all learners that it is about.
    fn whole(&self, held: Reserved) -> Result<(Table, Reserved), ProgressError> {
        let refused: Arc<Mutex<Option<Exhausted>>> = Arc::default();
        let growing = Arc::new(Mutex::new(held));
        let room = {
            let (growing, refused) = (Arc::clone(&growing), Arc::clone(&refused));
            Room::of(move |bytes| match lock(&growing).grow(bytes) {
                Ok(()) => true,
                Err(exhausted) => {
                    lock(&refused).get_or_insert(exhausted);
                    false
                }
            })
        };
        let members = self.asked.members(&self.board).collect();
        let table = self.table_of(members, room)?;
        if let Some(exhausted) = *lock(&refused) {
            return Err(exhausted.into());
        }
        let held = Arc::into_inner(growing).map(Mutex::into_inner);
        let held = held.ok_or_else(stopped)?.unwrap_or_else(PoisonError::into_inner);
        Ok((table, held))
    }

    /// Where the learners stand that it is about, and how many of them make a part.
    fn measured(self) -> (Self, Vec<usize>, usize) {
        let members = self.board.members.iter().enumerate();
        let positions =
            members.filter(|(_, it)| self.asked.includes(&it.learner)).map(|(at, _)| at).collect();
        let columns = self.table_of(Vec::new(), Room::default()).map_or(1, |it| it.columns.len());
        (self, positions, (CELLS / columns.max(1)).max(1))
    }

    fn table_of(&self, members: Vec<&Member>, room: Room) -> Result<Table, ProgressError> {
        let view = self.view(&self.board, self.asked.day, members, room.clone());
        let earlier = match &self.earlier {
            None => view.clone(),
            Some((day, board)) => self.view(board, *day, self.asked.members(board).collect(), room),
        };
        let Said { details, notes, names } = &*self.said;
        let outline = &self.board.enrolled.course.outline().names;
        let table = (self.make)(&report::Asked {
            earlier,
            grouping: &self.asked.by,
            details,
            notes,
            names,
            expand: self.asked.query.expand,
            session: self.asked.query.session(view.course)?,
            view,
        });
        Ok(table.with_names(outline))
    }

    fn view<'b>(
        &self,
        board: &'b Board,
        day: Date,
        members: Vec<&'b Member>,
        room: Room,
    ) -> View<'b> {
        let Question { query, bounds, through, .. } = &self.asked;
        View {
            course: &board.enrolled.course,
            at: query.at,
            day,
            through: *through,
            hides_small_groups: bounds.is_none() && !query.small_groups,
            unseen: board.enrolled.unseen(bounds.as_ref()),
            room,
            members,
        }
    }
}

/// Does `work` off the asynchronous threads.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ProgressError> {
    compute::aside(work).await.map_err(|_| stopped().into())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
