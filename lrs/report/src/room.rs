//! The memory that the table of a report may take.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::table::Cell;

/// Reserves the memory of a table row by row, before a row is kept. A clone is the same room; the default has no bound.
#[derive(Clone, Default)]
pub struct Room(Option<Arc<Taking>>);

struct Taking {
    take: Box<dyn Fn(usize) -> bool + Send + Sync>,
    is_full: AtomicBool,
}

impl Room {
    /// A room of which `take` reserves as many bytes as it is given, or says that they are not to be had.
    pub fn of(take: impl Fn(usize) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(Taking { take: Box::new(take), is_full: AtomicBool::new(false) })))
    }

    /// Whether something did not fit: the table is not whole then.
    pub fn is_full(&self) -> bool {
        self.0.as_ref().is_some_and(|it| it.is_full.load(Ordering::Relaxed))
    }

    /// Reserves `bytes` bytes; false here and ever after where they are not to be had.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let Some(taking) = &self.0 else { return true };
        if self.is_full() || !(taking.take)(bytes) {
            taking.is_full.store(true, Ordering::Relaxed);
            return false;
        }
        true
    }

    /// Whether there is room for a row.
    pub(crate) fn admits(&self, row: &Vec<Cell>) -> bool {
        let texts: usize = row.iter().map(Cell::weight_of_texts).sum();
        // A list of rows that grows is twice as large as its rows at the most.
        self.take(texts + row.capacity() * size_of::<Cell>() + 2 * size_of::<Vec<Cell>>())
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").field("is_full", &self.is_full()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn a_room_that_was_full_once_takes_nothing_more() {
        let left = Arc::new(AtomicUsize::new(100));
        let room = Room::of(move |bytes| {
            let less = |left: usize| left.checked_sub(bytes);
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
        });
        assert!(room.take(60) && !room.is_full());
        assert!(!room.clone().take(50));
        assert!(room.is_full());
        assert!(!room.take(10), "what follows a gap would not be noticed to miss");
        assert!(Room::default().take(usize::MAX));
    }
}
