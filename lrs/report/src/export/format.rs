//! The formats by name.

use std::fmt;
use std::str::FromStr;

/// A format in which a report can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// For programs.
    Json,
    /// For spreadsheets and statistics.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// A page to print.
    Html,
    /// An aligned table for terminals.
    Text,
}

impl Format {
    /// Every format, in the order in which messages name them.
    pub const ALL: [Self; 5] = [Self::Json, Self::Csv, Self::Xlsx, Self::Html, Self::Text];

    /// The name in queries and commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Html => "html",
            Self::Text => "text",
        }
    }

    /// The value of `Content-Type`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Html => "text/html; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// How names of such files end, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            other => other.as_str(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no format: use json, csv, xlsx, html or text")]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    /// Reads [`Format::as_str`]; `table` is another word for `text`.
    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        let known = Self::ALL.into_iter().find(|format| format.as_str() == word);
        let alias = (word == "table").then_some(Self::Text);
        known.or(alias).ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}
