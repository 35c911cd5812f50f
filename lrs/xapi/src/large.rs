//! Kept statements as values, for those who go through many of them.
//!
//! A value takes many times the bytes of its text: 4 MiB of empty lists take more than 200 MiB. A statement may be as large
//! as a request, and whoever reads the log may come upon one. So a large statement is a value only while no other large one
//! is: what such values take is bounded by one statement, and not by the number of requests. Small statements are read side
//! by side. Where a [`Shape`] says what is read, all else costs no memory, and only long texts are read one by one.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use validator::json::{Shape, Size, Skimmed};

use super::stored::Stored;

/// A text of this many bytes or fewer is small, whatever it holds.
const SMALL_TEXT: usize = 64 << 10;
/// A statement whose value takes this many bytes or fewer is small.
const SMALL: usize = 8 << 20;

/// What is read of a text of this many bytes or fewer takes less than some 16 MiB, whatever it is: an object of one member that
/// is read is a dozen bytes of text, and some 180 in memory.
const SHORT: usize = 1 << 20;

/// Those who read large statements one after the other.
#[derive(Debug, Default)]
pub struct OneByOne(Mutex<()>);

impl OneByOne {
    /// Nobody reads one yet.
    pub const fn new() -> Self {
        Self(Mutex::new(()))
    }

    /// What `take` makes of the value of a statement. This may wait for another large statement: it belongs on a thread for
    /// long work, and `take` reads no other statement.
    ///
    /// # Errors
    /// Of a statement that is no JSON.
    pub fn with_value<T>(
        &self,
        statement: &Stored,
        take: impl FnOnce(&Value) -> T,
    ) -> Result<T, serde_json::Error> {
        let _turn =
            is_large(statement).then(|| self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let value = statement.value()?;
        let taken = take(&value);
        // Before the turn ends.
        drop(value);
        Ok(taken)
    }

    /// What `take` makes of those parts of a statement that `shape` reads. As [`Self::with_value`] this may wait, for another
    /// statement of more than 1 MiB.
    ///
    /// # Errors
    /// Of a statement that is no JSON.
    pub fn with_skimmed<T>(
        &self,
        statement: &Stored,
        shape: &'static Shape,
        take: impl FnOnce(&Skimmed<'_>) -> T,
    ) -> Result<T, serde_json::Error> {
        let is_long = statement.body.len() > SHORT;
        let _turn = is_long.then(|| self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let skimmed = Skimmed::read(&statement.body, shape)?;
        let taken = take(&skimmed);
        // Before the turn ends.
        drop(skimmed);
        Ok(taken)
    }
}

/// Whether a statement is large: its value takes more than 8 MiB.
pub fn is_large(statement: &Stored) -> bool {
    let text = &statement.body;
    text.len() > SMALL_TEXT && Size::of(text).weight() > SMALL
}

#[cfg(test)]
mod tests {
    use std::iter;

    use uuid::Uuid;

    use super::*;
    use crate::instant::Instant;

    fn of_lists(lists: usize) -> Stored {
        let lists: Vec<&str> = iter::repeat_n("[]", lists).collect();
        let body = format!("[{}]", lists.join(",")).into();
        Stored { id: Uuid::nil(), stored: Instant::default(), body }
    }

    #[test]
    fn a_large_statement_is_a_value_while_no_other_large_one_is() {
        let one_by_one = OneByOne::new();
        let is_free = |lists| {
            let at = of_lists(lists);
            one_by_one.with_value(&at, |_| one_by_one.0.try_lock().is_ok()).unwrap()
        };
        assert!(is_free(1_000), "small ones are read side by side");
        assert!(!is_free(1 << 20));
        assert!(one_by_one.0.try_lock().is_ok(), "the turn ends with the value");
        assert!(is_free(30_000), "of more than 64 KiB, and small all the same");
    }

    #[test]
    fn a_long_statement_is_skimmed_while_no_other_long_one_is() {
        let one_by_one = OneByOne::new();
        let is_free = |lists| {
            let look = |_: &Skimmed<'_>| one_by_one.0.try_lock().is_ok();
            one_by_one.with_skimmed(&of_lists(lists), &Shape::Scalar, look).unwrap()
        };
        assert!(is_free(300_000), "a short one, whose value would be large");
        assert!(!is_free(1 << 20));
        assert!(one_by_one.0.try_lock().is_ok(), "the turn ends with what was read");
    }

    #[test]
    fn a_statement_that_is_no_json_is_an_error_and_ends_its_turn() {
        let one_by_one = OneByOne::new();
        let mut broken = of_lists(1 << 20);
        broken.body.truncate(broken.body.len() - 1);
        assert!(one_by_one.with_value(&broken, |_| ()).is_err());
        assert!(one_by_one.0.try_lock().is_ok());
    }
}
