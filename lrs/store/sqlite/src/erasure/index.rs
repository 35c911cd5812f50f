//! Agents, activities and verbs without a person: their rows get other texts, or become one with the row that has the text.
//!
//! All rows are looked at, which takes long where there are many, so connections that read do it, page by page. The one thread
//! that writes gets what is to be changed, a few rows with each job, and at the end looks at what is newer than the pages.

use std::sync::Arc;

use rusqlite::Connection;

use self::change::Changes;
use self::scan::{Found, Place, Table, page, sayings};
use crate::SqliteStore;
use crate::watch::Watch;
use xapi::erase::Eraser;

mod change;
mod scan;
#[cfg(test)]
mod tests;

/// Things with new definitions that the writer looks at, about: of more, those who read are asked again.
const FEW: usize = if cfg!(debug_assertions) { 5 } else { 200 };
/// How often they are asked again at most.
const ROUNDS: usize = 8;
/// Things whose new definitions are looked at together.
const TOGETHER: usize = 1_000;

/// Erases the person from what statements are found by, and from what is known of agents and activities.
pub(super) async fn erase(store: &SqliteStore, eraser: &Arc<Eraser>) -> store::Result<u64> {
    let mut search = Search::begin(store, eraser).await?;
    for table in [Table::Things, Table::Definitions] {
        search.through(table).await?;
    }
    search.newer().await?;
    search.end().await
}

/// A search for the person. What it finds is erased at once.
struct Search<'s> {
    store: &'s SqliteStore,
    eraser: Arc<Eraser>,
    watch: Arc<Watch>,
    /// The last thing that was looked at: new ones have greater numbers.
    things: Place,
    count: u64,
}

impl<'s> Search<'s> {
    async fn begin(store: &'s SqliteStore, eraser: &Arc<Eraser>) -> store::Result<Self> {
        let watch = store.write(|session| Ok(session.memory.watches.begin())).await?;
        let eraser = Arc::clone(eraser);
        Ok(Self { store, eraser, watch, things: Place::default(), count: 0 })
    }

    /// Looks at the rows of a table; of things, at those that follow the last one that was looked at.
    async fn through(&mut self, table: Table) -> store::Result<()> {
        let mut place =
            if let Table::Things = table { self.things.clone() } else { Place::default() };
        loop {
            let eraser = Arc::clone(&self.eraser);
            let read = self.store.read(move |connection| page(connection, &eraser, table, place));
            let (found, last, is_over) = read.await?;
            self.change(found).await?;
            if let Table::Things = table {
                self.things = last.clone();
            }
            if is_over {
                return Ok(());
            }
            place = last;
        }
    }

    /// Looks at what has come since the pages were read, until little is left.
    async fn newer(&mut self) -> store::Result<()> {
        for _ in 0..ROUNDS {
            if self.watch.len() <= FEW {
                break;
            }
            // What is committed later is told later.
            let mut things = self.watch.take();
            self.through(Table::Things).await?;
            while let Some(last) = things.iter().nth(TOGETHER).or(things.last()).copied() {
                let rest = things.split_off(&last.saturating_add(1));
                let part = std::mem::replace(&mut things, rest);
                let eraser = Arc::clone(&self.eraser);
                let read = move |connection: &Connection| sayings(connection, &eraser, &part);
                let found = self.store.read(read).await?;
                self.change(found).await?;
            }
        }
        Ok(())
    }

    /// Looks on the writer's thread at what is left, so that nothing comes meanwhile.
    async fn end(mut self) -> store::Result<u64> {
        let (eraser, watch) = (Arc::clone(&self.eraser), Arc::clone(&self.watch));
        let mut place = self.things.clone();
        let look = self.store.write(move |session| {
            let mut things = watch.take();
            // Jobs of the same transaction have written before.
            things.extend(session.memory.noticed());
            let mut found = sayings(session.connection(), &eraser, &things)?;
            loop {
                let (more, last, is_over) =
                    page(session.connection(), &eraser, Table::Things, place)?;
                found.extend(more);
                if is_over {
                    return Ok(found);
                }
                place = last;
            }
        });
        let found = look.await?;
        self.change(found).await?;
        Ok(self.count)
    }

    /// Erases what was found.
    async fn change(&mut self, found: Vec<Found>) -> store::Result<()> {
        let mut changes = Changes::of(found);
        while changes.are_left() {
            changes =
                self.store.write(move |session| changes.advance(session).map(|()| changes)).await?;
        }
        while changes.are_to_join() {
            changes = self
                .store
                .write_settled(move |session| changes.join(session).map(|()| changes))
                .await?;
        }
        self.count = self.count.saturating_add(changes.count);
        Ok(())
    }
}
