//! A package that an activity names instead of IRIs.

use toml::Spanned;

use super::Check;
use crate::file::{ActivityText, OneOrMany};

/// The IRI of a package's activity. A SCO of it is below.
pub(super) fn iri_of(package: &str) -> String {
    format!("urn:traccia:package:{package}")
}

/// What the IRIs of a package's SCOs begin with.
pub(super) fn below(package: &str) -> String {
    format!("{}/", iri_of(package))
}

impl Check<'_> {
    /// Writes the IRIs of the package that an activity names where the activity would write its own; gives the package's.
    pub(super) fn package(&mut self, text: &mut ActivityText) -> Option<String> {
        let package = text.package.take()?;
        let (span, name) = (package.span(), package.into_inner());
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(allowed) {
            let message = format!(
                "`{name}` is no package's name: write the name under which it was imported, of small letters a-z, digits \
                 and `-`"
            );
            self.fault(span.clone(), message);
        }
        if text.id.is_some() || text.prefix.is_some() || text.within.is_some() {
            let message = "an activity with a package has its IRIs from it: remove id, prefix and within, or the package";
            self.fault(span.clone(), message.into());
        }
        let iris = [iri_of(&name), below(&name)];
        let [id, prefix] = iris.map(|iri| Spanned::new(span.clone(), OneOrMany::One(iri)));
        (text.id, text.prefix) = (Some(id), Some(prefix));
        Some(iri_of(&name))
    }
}
