//! The columns of sheets by the names that people give them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A column that a sheet may have. Names are compared by [`folded`].
#[derive(Debug)]
pub(super) struct Heading {
    /// The column to the program, which is a name that people may use, too.
    pub(super) name: &'static str,
    /// Its further names.
    pub(super) also: &'static [&'static str],
}

impl Heading {
    const fn new(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also }
    }

    /// Whether a text that is folded already is one of the names.
    pub(super) fn is_named(&self, folded: &str) -> bool {
        let mut names = std::iter::once(self.name).chain(self.also.iter().copied());
        names.any(|name| self::folded(name) == folded)
    }
}

pub(super) const LEARNER: Heading = Heading::new("learner", &["learner id", "id", "matricola"]);
pub(super) const NAME: Heading =
    Heading::new("name", &["full name", "nome", "nome e cognome", "cognome e nome", "nominativo"]);
pub(super) const IDENTIFIERS: Heading =
    Heading::new("identifiers", &["identifier", "identificativi", "identificativo"]);
pub(super) const REGION: Heading = Heading::new("region", &["regione"]);
pub(super) const PROVINCE: Heading = Heading::new("province", &["provincia"]);
pub(super) const BODY: Heading = Heading::new("body", &["ente"]);
pub(super) const ISTAT: Heading = Heading::new("istat", &["istat code", "codice istat"]);
pub(super) const POPULATION_CLASS: Heading =
    Heading::new("population_class", &["classe demografica"]);
pub(super) const ROLE: Heading = Heading::new("role", &["ruolo"]);
pub(super) const OFFICE: Heading = Heading::new("office", &["ufficio", "area"]);
pub(super) const EDITION: Heading = Heading::new("edition", &["edizione"]);
pub(super) const MERGED_INTO: Heading =
    Heading::new("merged_into", &["same person as", "unito a", "stessa persona di"]);
pub(super) const HOURS: Heading = Heading::new("hours", &["ore", "ore frequentate"]);
pub(super) const FROM: Heading =
    Heading::new("from", &["dalle", "dalle ore", "ora di inizio", "entrata"]);
pub(super) const TO: Heading = Heading::new("to", &["alle", "alle ore", "ora di fine", "uscita"]);
pub(super) const NOTE: Heading = Heading::new("note", &["notes", "nota", "annotazioni"]);

/// A text as names are compared: small letters without accents, and one space for whatever stands
/// between words. `Codice_ISTAT ` is `codice istat`, `Nicolò D'Urso` is `nicolo d urso`.
pub(super) fn folded(text: &str) -> String {
    let letters = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let spaced: String = letters.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
