//! Whether a use case changes something, or says what it would change.

/// How a change is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// What is asked for is done.
    Real,
    /// Everything is checked and the answer is that of a real run; nothing is changed.
    Dry,
}

impl Run {
    /// A dry run where that is asked for.
    pub const fn dry_if(dry: bool) -> Self {
        if dry { Self::Dry } else { Self::Real }
    }

    pub(super) const fn is_dry(self) -> bool {
        matches!(self, Self::Dry)
    }
}
