//! How far a store goes beyond the texts of statements: what finds them, what references pass on, what is learned of
//! activities and agents. All engines have the same bounds, so that what is found and told does not depend on the
//! engine, and none can be made to do more than a request is worth.

use super::{Batch, Result, StoreError};
use crate::xapi::refusal::Refusal;

/// A statement is found by its target's target, and so on, through so many references.
/// Longer chains are made to tire a server: each link would have the keys of all before it.
pub const LONGEST_CHAIN: usize = 100;

/// Agents and activities that one statement may name.
pub const MOST_OWN: usize = 50_000;

/// What one statement inherits at a time, at the most.
pub const MOST_INHERITED: usize = 5_000;

/// What all statements inherit together because of one batch, which other writers wait for: so much, and
/// [`MORE_INHERITED`] for each statement of the batch. Where there is more to inherit, each heir gets an equal share of
/// it, of the nearest targets first, and of each the direct things before the related ones.
pub const INHERITED_BY_ALL: usize = 50_000;
/// See [`INHERITED_BY_ALL`].
pub const MORE_INHERITED: usize = 32;

/// Statements that came before a batch and inherit something because of it: the nearest so many.
pub const MOST_HEIRS: usize = 5_000;

/// Longer names of agents and ids of activities, in bytes, are not learned.
pub const LONGEST_NAME: usize = 64 << 10;

/// What is learned of an activity has at most so many bytes; a statement that would make it longer is kept, and teaches
/// nothing of this activity.
pub const LONGEST_DEFINITION: usize = 256 << 10;

/// What is known of the activities that one batch speaks of is read, and written again, up to so many bytes. Statements
/// beyond teach nothing.
pub const DEFINITIONS_AT_ONCE: usize = 8 << 20;

/// Whether a name, or the id of an activity, can be learned. Some servers take no NUL in a text.
pub(super) fn is_learned(name: &str) -> bool {
    name.len() <= LONGEST_NAME && !name.contains('\0')
}

/// Refuses a batch with a statement that names more than [`MOST_OWN`] agents and activities.
pub(super) fn check_width(batch: &Batch) -> Result<()> {
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

/// What statements may still inherit because of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowance(usize);

impl Allowance {
    /// That of a batch of so many statements.
    pub(super) const fn of(statements: usize) -> Self {
        Self(INHERITED_BY_ALL + statements.saturating_mul(MORE_INHERITED))
    }

    /// How many statements may inherit something that came before the batch.
    pub(super) fn heirs(self) -> usize {
        self.0.min(MOST_HEIRS)
    }

    /// What each of so many statements may inherit: all the same, so that none gets nothing because it comes late.
    pub(super) fn share(self, heirs: usize) -> usize {
        (self.0 / heirs.max(1)).max(usize::from(self.0 > 0)).min(MOST_INHERITED)
    }

    /// Says that so much was inherited.
    pub(super) const fn spend(&mut self, inherited: usize) {
        self.0 = self.0.saturating_sub(inherited);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_shared_by_all_heirs_and_is_not_exceeded() {
        let mut allowance = Allowance::of(1);
        let whole = INHERITED_BY_ALL + MORE_INHERITED;
        assert_eq!((allowance.heirs(), allowance.share(1)), (MOST_HEIRS, MOST_INHERITED));
        assert_eq!(allowance.share(3_000), whole / 3_000);
        assert_eq!(allowance.share(whole * 2), 1, "those who are taken get something");
        for heirs in [0, 1, 10, 11, 3_000, whole] {
            assert!(allowance.share(heirs) * heirs <= whole, "{heirs}");
        }
        allowance.spend(whole - 3);
        assert_eq!((allowance.heirs(), allowance.share(2)), (3, 1));
        allowance.spend(5);
        assert_eq!((allowance.heirs(), allowance.share(1)), (0, 0));
    }
}
