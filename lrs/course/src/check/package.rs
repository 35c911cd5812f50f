//! A package that an activity names instead of IRIs.

use texts::Message;
use toml::Spanned;

use super::FileCheck;
use crate::error::NamedPackage;
use crate::file::{ActivityText, OneOrMany};

/// The IRI of a package's activity. A SCO of it is below.
pub(super) fn iri_of(package: &str) -> String {
    format!("urn:traccia:package:{package}")
}

/// What the IRIs of a package's SCOs begin with.
pub(super) fn below(package: &str) -> String {
    format!("{}/", iri_of(package))
}

impl FileCheck<'_> {
    /// Writes the IRIs of the package that an activity names where the activity would write its own; gives the package's.
    pub(super) fn package(&mut self, text: &mut ActivityText) -> Option<String> {
        let package = text.package.take()?;
        let (span, name) = (package.span(), package.into_inner());
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(allowed) {
            let message = Message::new("course-package-name").with("name", name.clone());
            self.fault(span.clone(), message);
        }
        if text.id.is_some() || text.prefix.is_some() || text.within.is_some() {
            self.fault(span.clone(), Message::new("course-package-beside"));
        }
        let (line, column) = self.lines.place(span.start);
        self.packages.push(NamedPackage { name: name.clone(), line, column });
        let iris = [iri_of(&name), below(&name)];
        let [id, prefix] = iris.map(|iri| Spanned::new(span.clone(), OneOrMany::One(iri)));
        (text.id, text.prefix) = (Some(id), Some(prefix));
        Some(iri_of(&name))
    }
}
