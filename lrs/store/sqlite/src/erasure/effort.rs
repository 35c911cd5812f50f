//! How much one job of the writer does for an erasure, before others have their turn.

/// Rows of the index that one job changes, about; a text that is read or written counts as some of them.
const ROWS: usize = if cfg!(debug_assertions) { 200 } else { 10_000 };
/// What a text counts as, in rows of the index; and one more for each KiB of it.
const TEXT: usize = 10;

/// What a job of the writer may still do.
pub(super) struct Effort(usize);

impl Effort {
    pub(super) const fn of_job() -> Self {
        Self(ROWS)
    }

    pub(super) const fn is_spent(&self) -> bool {
        self.0 == 0
    }

    /// Counts a text of so many bytes that is read or written.
    pub(super) const fn text(&mut self, bytes: usize) {
        self.rows(TEXT.saturating_add(bytes >> 10));
    }

    /// Counts rows of the index that are looked for or changed.
    pub(super) const fn rows(&mut self, rows: usize) {
        self.0 = self.0.saturating_sub(rows);
    }
}
