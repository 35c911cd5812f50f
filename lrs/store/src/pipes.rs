//! Pipes: what sends statements to other stores or fetches them from there, how far each is, and what could not be
//! delivered.

use async_trait::async_trait;
use uuid::Uuid;

use crate::Result;
use xapi::instant::Instant;

/// The most bytes of [`DeadLetter::body`] that are kept; [`DeadLetter::bounded`] cuts.
pub const LONGEST_LETTER: usize = 4 << 10;

/// A pipe as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPipe {
    /// Its name in addresses.
    pub name: String,
    /// Settings and state as JSON; what they are is `service`'s affair.
    pub record: String,
    /// Which state of the record this is: no other state of a record under this name has the same.
    pub revision: i64,
}

/// A statement that a pipe has given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The name of the pipe.
    pub pipe: String,
    /// The statement's id where it comes from.
    pub statement: Uuid,
    /// When the statement was stored where it comes from, as far as that is known.
    pub stored: Instant,
    /// The status with which it was refused; 0 where there was no answer to give one.
    pub status: u16,
    /// Why: the answer, or the rule of this store, at most [`LONGEST_LETTER`] bytes.
    pub body: String,
    /// When it was given up.
    pub at: Instant,
}

impl DeadLetter {
    /// The letter with a body of [`LONGEST_LETTER`] bytes at the most.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        if self.body.len() > LONGEST_LETTER {
            let end = (0..=LONGEST_LETTER - '…'.len_utf8()).rev();
            let end =
                end.into_iter().find(|at| self.body.is_char_boundary(*at)).unwrap_or_default();
            self.body.truncate(end);
            self.body.push('…');
        }
        self
    }

    /// Where the letter stands among those of its pipe: see [`PipeStore::dead_letters`].
    pub const fn place(&self) -> (Instant, Uuid) {
        (self.stored, self.statement)
    }
}

/// Pipes, and what they have given up. A copy of a store has none, so that no two servers run one pipe.
#[async_trait]
pub trait PipeStore: Send + Sync {
    /// The pipe of this name.
    async fn pipe(&self, name: &str) -> Result<Option<HeldPipe>>;

    /// All pipes, by name.
    async fn pipes(&self) -> Result<Vec<HeldPipe>>;

    /// Adds a pipe. False where a pipe of this name is there, which is left as it is.
    async fn add_pipe(&self, name: &str, record: &str) -> Result<bool>;

    /// Replaces the record of a pipe, where the record is still that of the revision `based_on`, and gives the new
    /// revision. `None`, and nothing changed, otherwise. Of writers who read the same revision one wins.
    ///
    /// # Example
    /// A runner has read revision 7, sends a batch, and moves its cursor based on 7. Meanwhile somebody asked for a
    /// replay from an earlier point, which is revision 8: the runner gets `None` and reads the pipe again.
    async fn change_pipe(&self, name: &str, record: &str, based_on: i64) -> Result<Option<i64>>;

    /// Removes a pipe and its dead letters, where its record is still that of the revision `based_on`. False, and
    /// nothing changed, otherwise. The letters of a pipe that is not there may be left, until the next pipe of this
    /// name is added or removed.
    async fn remove_pipe(&self, name: &str, based_on: i64) -> Result<bool>;

    /// Keeps dead letters. A letter about a statement that is there already for the same pipe is replaced.
    async fn keep_dead_letters(&self, letters: Vec<DeadLetter>) -> Result<()>;

    /// The dead letters of a pipe by [`DeadLetter::place`], those beyond `after`, at most `limit`.
    async fn dead_letters(
        &self,
        pipe: &str,
        after: Option<(Instant, Uuid)>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>>;

    /// The dead letter of a pipe about a statement.
    async fn dead_letter(&self, pipe: &str, statement: Uuid) -> Result<Option<DeadLetter>>;

    /// How many dead letters a pipe has.
    async fn count_dead_letters(&self, pipe: &str) -> Result<u64>;

    /// Removes the dead letter of a pipe about a statement. False where there is none.
    async fn remove_dead_letter(&self, pipe: &str, statement: Uuid) -> Result<bool>;
}
