//! Bounds of what a store derives from statements: the keys that they are found by, what references pass on, and the
//! definitions of activities and names of agents. All engines have the same bounds, so that answers do not depend on
//! the engine, and no request can cost any of them more than it is worth.

use super::{Batch, Result, StoreError};
use xapi::document;
use xapi::refusal::Refusal;
use xapi::sayings::Saying;

/// References are followed through at most this many hops: a statement is found by what its target is found by, by what
/// its target's target is found by, and so on. Without a bound, each statement of a chain would have the keys of all
/// before it.
pub const LONGEST_CHAIN: usize = 100;

/// Agents and activities that one statement may name: one that names more is refused.
pub const MOST_OWN: usize = 50_000;

/// Statements of a batch that add to what is inherited and read because of it ([`MORE_INHERITED`], [`MORE_READ`],
/// [`MORE_TEXT`]), at most: a longer batch is allowed what one of this length is, so that other writers do not wait for longer.
/// All of its statements are kept, and each is found by what it says itself; what its references inherit, they share.
///
/// Example: the 10,000 statements of a batch refer to kept ones. All together inherit 66,000 keys, so each inherits at most 6:
/// what its target says directly comes first.
pub const MOST_COUNTED: usize = 500;

/// Keys that one statement inherits because of one batch, at most.
pub const MOST_INHERITED: usize = 5_000;

/// Keys that all statements together inherit because of one batch, at most: these, and [`MORE_INHERITED`] for each
/// statement of the batch, up to [`MOST_COUNTED`] of them. Other writers wait while they are written. Where there is more to inherit, each heir gets an
/// equal portion: the keys of its nearest targets first, and of each target the direct keys before the related ones.
///
/// Example: a batch of one statement that 100 kept statements refer to has 50,032 keys to give, so each of the 100
/// inherits at most 500.
pub const INHERITED_BY_ALL: usize = 50_000;
/// Further keys for each statement of a batch, up to [`MOST_COUNTED`]: see [`INHERITED_BY_ALL`].
pub const MORE_INHERITED: usize = 32;

/// The longest text of a key that is inherited, in bytes. A target may name an activity by megabytes, and thousands of heirs
/// inherit from it, each comparing keys while other writers wait.
pub const LONGEST_INHERITED: usize = 2 << 10;

/// Keys of targets that are read because of one batch, at most: these, and [`MORE_READ`] for each statement of the batch, up to
/// [`MOST_COUNTED`] of them.
/// Each target is read and parsed as a whole while other writers wait, however few of its keys an heir may inherit. Of
/// equally near targets those with the lowest ids are read; the rest pass on nothing.
///
/// Example: a batch of 100 statements, each of which refers to another statement of 20,000 keys: 11 of these are read.
pub const READ_OF_TARGETS: usize = 200_000;
/// Further keys that are read for each statement of a batch, up to [`MOST_COUNTED`]: see [`READ_OF_TARGETS`].
pub const MORE_READ: usize = 32;

/// The longest text of a statement that passes something on or inherits, in bytes: a longer one would be read and parsed as a
/// whole while other writers wait. It is found by what it says itself.
pub const LONGEST_TARGET: usize = 1 << 20;

/// Bytes of the texts of targets whose keys are read because of one batch, at most: these, and [`MORE_TEXT`] for each statement
/// of the batch, up to [`MOST_COUNTED`] of them. The target that goes beyond them is read, and those after it pass on nothing.
pub const TEXTS_OF_TARGETS: usize = 1 << 20;
/// Further bytes for each statement of a batch, up to [`MOST_COUNTED`]: see [`TEXTS_OF_TARGETS`] and [`TEXTS_OF_CHAINS`].
pub const MORE_TEXT: usize = 4 << 10;

/// Bytes of the texts of statements that an engine reads because of one batch to find what these refer to, at most: these, and
/// [`MORE_TEXT`] for each statement of the batch, up to [`MOST_COUNTED`] of them. Further ones count as not kept.
/// An engine that keeps a statement's target beside the text reads none. What is held of the chain of a statement that is
/// removed takes no more memory either, about.
pub const TEXTS_OF_CHAINS: usize = 4 << 20;

/// Statements kept before a batch that inherit something because of it, at most: the nearest ones.
pub(crate) const MOST_HEIRS: usize = 5_000;

/// Names of agents and ids of activities that are longer, in bytes, are not learned.
pub const LONGEST_NAME: usize = 64 << 10;

/// The longest definition of an activity, in bytes. A statement whose definition would make it longer is kept, and the
/// definition stays as it was.
pub const LONGEST_DEFINITION: usize = 256 << 10;

/// The heaviest definition of an activity ([`Size::weight`]): a heavier one is not learned. 256 KiB of choices are lighter, and
/// numbers alone are not.
///
/// [`Size::weight`]: validator::json::Size::weight
pub const HEAVIEST_DEFINITION: usize = 8 << 20;

/// The weight of definitions that are read as values because of one batch, at most, to merge one into another: those of the batch
/// and those that were kept before. Definitions beyond it stay as they were.
pub const MERGED_AT_ONCE: usize = 64 << 20;

/// Bytes of definitions that are read, merged and written because of one batch, at most. The definitions of further
/// activities stay as they were.
pub const DEFINITIONS_AT_ONCE: usize = 8 << 20;

/// Whether a name of an agent, or the id of an activity, is learned: one that is longer than [`LONGEST_NAME`] or has a
/// NUL is not. Some servers take no NUL in a text.
pub fn is_learned(name: &str) -> bool {
    name.len() <= LONGEST_NAME && !name.contains('\0')
}

/// Whether the definition that a statement gives of an activity is learned: one that is heavier than [`HEAVIEST_DEFINITION`] is
/// not, nor one of an activity that is not.
pub fn is_definition_learned(said: &Saying<'_>) -> bool {
    is_learned(said.of) && said.weight <= HEAVIEST_DEFINITION
}

/// Refuses a batch with a statement that names more than [`MOST_OWN`] agents and activities.
///
/// # Errors
/// [`StoreError::Refused`], which names the first such statement.
pub fn check_width(batch: &Batch) -> Result<()> {
    let wide = batch.statements.iter().position(|statement| statement.keys.len() > MOST_OWN);
    wide.map_or(Ok(()), |at| Err(StoreError::Refused(too_wide().of_statement(at))))
}

fn too_wide() -> Refusal {
    Refusal::new(
        "statement-too-wide",
        "",
        format!("The statement names more than {MOST_OWN} agents and activities."),
        "Send statements of smaller groups.",
    )
}

/// The bytes in which an engine looks for what the statements refer to that a batch of `statements` refers to: see
/// [`TEXTS_OF_CHAINS`].
pub const fn texts_of_chains(statements: usize) -> usize {
    TEXTS_OF_CHAINS + counted(statements) * MORE_TEXT
}

/// How many statements of a batch add to what it is allowed.
const fn counted(statements: usize) -> usize {
    if statements < MOST_COUNTED { statements } else { MOST_COUNTED }
}

/// How many keys statements may inherit because of one batch, and how many may be read for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    inherited: usize,
    read: usize,
    text: usize,
}

impl Allowance {
    /// The allowance of a batch of `statements` statements.
    pub const fn of_batch(statements: usize) -> Self {
        let counted = counted(statements);
        Self {
            inherited: INHERITED_BY_ALL + counted * MORE_INHERITED,
            read: READ_OF_TARGETS + counted * MORE_READ,
            text: TEXTS_OF_TARGETS + counted * MORE_TEXT,
        }
    }

    /// Whether another target is read after so many keys of targets and so many bytes of their texts.
    pub const fn allows_to_read_after(self, read: usize, text: usize) -> bool {
        read < self.read && text < self.text
    }

    /// How many keys each of `heirs` statements may inherit: all the same number, so that none inherits nothing because it
    /// is served late.
    pub fn portion(self, heirs: usize) -> usize {
        (self.inherited / heirs.max(1)).clamp(1, MOST_INHERITED)
    }
}

/// What the ids of one listing of documents take together at the most, in bytes.
pub const LISTED_IDS: usize = 8 << 20;

/// The ids of documents that are listed.
#[derive(Debug, Default)]
pub struct ListedIds {
    ids: Vec<String>,
    bytes: usize,
}

impl ListedIds {
    /// Adds an id.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where all ids together take more than [`LISTED_IDS`].
    pub fn push(&mut self, id: String) -> Result<()> {
        self.bytes += Self::weight(&id);
        if self.bytes > LISTED_IDS {
            return Err(document::too_many_ids().into());
        }
        self.ids.push(id);
        Ok(())
    }

    /// How many bytes an id takes.
    pub const fn weight(id: &str) -> usize {
        id.len() + 2 * size_of::<String>()
    }

    /// The ids in the order in which they were added.
    pub fn into_ids(self) -> Vec<String> {
        self.ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_shared_by_all_heirs_and_is_not_exceeded() {
        let allowance = Allowance::of_batch(1);
        let whole = INHERITED_BY_ALL + MORE_INHERITED;
        assert_eq!(allowance.portion(1), MOST_INHERITED);
        assert_eq!(allowance.portion(3_000), whole / 3_000);
        assert_eq!(allowance.portion(whole * 2), 1, "each heir gets something");
        for heirs in [0, 1, 10, 11, 3_000, whole] {
            assert!(allowance.portion(heirs) * heirs <= whole, "{heirs}");
        }
    }

    /// Other writers wait for a batch: its length, which the sender chooses, must not let them wait for longer.
    #[test]
    fn a_batch_of_ten_thousand_is_allowed_what_one_of_some_hundred_is() {
        let most = Allowance::of_batch(MOST_COUNTED);
        assert_ne!(Allowance::of_batch(MOST_COUNTED - 1), most);
        let whole = INHERITED_BY_ALL + MOST_COUNTED * MORE_INHERITED;
        for statements in [MOST_COUNTED + 1, 10_000, usize::MAX] {
            assert_eq!(Allowance::of_batch(statements), most, "{statements}");
            assert_eq!(texts_of_chains(statements), texts_of_chains(MOST_COUNTED), "{statements}");
        }
        assert_eq!(most.portion(10_000), whole / 10_000);
        assert!(most.portion(10_000) >= 5, "an heir has room for what a target says directly");
    }
}
