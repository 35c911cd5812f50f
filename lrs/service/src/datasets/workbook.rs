//! What was found, as a workbook.

use std::sync::Arc;

use dataset::{Dataset, RowWorkbook, WorkbookError};
use xapi::instant::Instant;

use super::search::{Pace, Search};
use super::tables::DataTables;
use super::{DatasetError, aside};
use crate::memory::{Exhausted, Memory};

/// Why there is no workbook.
#[derive(Debug, thiserror::Error)]
pub enum NoWorkbook {
    /// More statements were found than a workbook may have rows.
    #[error("more than {0} statements were found")]
    Rows(usize),
    /// The rows cannot be read, or there is no memory for what is found.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The workbook cannot be written.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
}

impl From<Exhausted> for NoWorkbook {
    fn from(exhausted: Exhausted) -> Self {
        Self::Dataset(exhausted.into())
    }
}

impl DataTables {
    /// The statements of a range that are looked for, as a workbook of at most `rows` rows, found at `pace`. A workbook keeps
    /// every text that it has once, until it is whole: these are reserved in `memory`.
    ///
    /// # Errors
    /// [`NoWorkbook`].
    pub async fn workbook(
        &self,
        search: &Arc<Search>,
        (mut after, through): (Instant, Instant),
        (pace, rows): (Pace, usize),
        memory: &Memory,
    ) -> Result<Vec<u8>, NoWorkbook> {
        let names = Dataset::Statements.columns().iter().map(|column| column.name);
        let mut book = RowWorkbook::begin(names)?;
        let mut held = memory.reserve(book.weight())?;
        let mut count = 0;
        while after < through {
            let found = self.find(search, (after, through), pace).await?;
            count += found.statements.len();
            if count > rows {
                return Err(NoWorkbook::Rows(rows));
            }
            after = if found.more { found.last } else { through };
            let written = aside(move || {
                let mut all = found.statements.iter();
                let added = all.try_for_each(|(_, row)| book.add(row, |_| false));
                Ok(added.map(|()| book))
            });
            book = written.await??;
            held.grow(book.weight().saturating_sub(held.bytes()))?;
        }
        Ok(aside(move || Ok(book.end())).await??)
    }
}
