//! What keys are made for: the scopes that belong together.

use super::scope::Scope;

/// A purpose of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Its name.
    pub id: &'static str,
    /// What a key of it may do.
    pub scopes: &'static [Scope],
    /// What its bounds must name.
    pub needs: BoundsNeeded,
}

/// What the bounds of a key of a bundle must name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundsNeeded {
    /// The key needs no bounds.
    Nothing,
    /// Regions or bodies.
    Territory,
    /// Activities: everybody can read the key.
    Activities,
}

/// Every bundle.
pub const BUNDLES: [Bundle; 5] = [
    // Its log store plugin sends, and asks for nothing back.
    Bundle { id: "moodle", scopes: &[Scope::StatementsWrite], needs: BoundsNeeded::Nothing },
    // A player reads its bookmark, and what it said before.
    Bundle {
        id: "storyline",
        scopes: &[Scope::StatementsWrite, Scope::StatementsReadMine, Scope::State, Scope::Profile],
        needs: BoundsNeeded::Nothing,
    },
    Bundle {
        id: "content_package",
        scopes: &[Scope::StatementsWrite],
        needs: BoundsNeeded::Activities,
    },
    Bundle { id: "reader", scopes: &[Scope::AllRead], needs: BoundsNeeded::Nothing },
    Bundle {
        id: "coordinator",
        scopes: &[Scope::ProgressRead, Scope::PresenceWrite],
        needs: BoundsNeeded::Territory,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_a_bundle_with_a_territory_can_be_bound() {
        for bundle in BUNDLES.iter().filter(|it| it.needs == BoundsNeeded::Territory) {
            assert!(bundle.scopes.iter().all(|scope| scope.can_be_bound()), "{}", bundle.id);
        }
        let of_packages = BUNDLES.iter().filter(|it| it.needs == BoundsNeeded::Activities);
        assert!(of_packages.into_iter().all(|it| it.scopes == [Scope::StatementsWrite]));
    }
}
