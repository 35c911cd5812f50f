//! Texts for people in two languages.

use serde::{Deserialize, Serialize};
use texts::Texts;

use crate::model::Title;

/// A text for people, in the two languages of the reports.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bilingual {
    /// Italian.
    pub it: String,
    /// English.
    pub en: String,
}

/// A language of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// `it`
    It,
    /// `en`
    #[default]
    En,
}

impl Bilingual {
    /// Both languages.
    pub fn new(it: impl Into<String>, en: impl Into<String>) -> Self {
        Self { it: it.into(), en: en.into() }
    }

    /// A title of the course file.
    pub fn of_title(title: &Title) -> Self {
        Self::new(title.in_language("it"), title.in_language("en"))
    }

    /// The text in `language`.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::It => &self.it,
            Language::En => &self.en,
        }
    }
}

impl Language {
    /// The catalogue of the language.
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::It => Texts::italian(),
            Self::En => Texts::english(),
        }
    }

    /// The language tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::En => "en",
        }
    }
}
