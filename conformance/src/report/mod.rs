//! Texts made of a run: for the terminal, for people, for programs. All are pure functions.

mod html;
mod junit;
mod text;

use std::path::PathBuf;

use crate::result::Run;

pub use text::text;

/// A kind of report file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The run as it is.
    Json,
    /// For continuous integration.
    Junit,
    /// One page for people.
    Html,
}

impl Format {
    /// Reads `html=FILE`.
    ///
    /// # Errors
    /// If it is not of that form.
    pub fn parse(text: &str) -> Result<(Self, PathBuf), String> {
        let wrong = || format!("{text:?} is none of json=FILE, junit=FILE, html=FILE");
        let (name, path) = text.split_once('=').ok_or_else(wrong)?;
        let format = match name {
            "json" => Self::Json,
            "junit" => Self::Junit,
            "html" => Self::Html,
            _ => return Err(wrong()),
        };
        Ok((format, PathBuf::from(path)))
    }

    /// The report on a run.
    pub fn render(self, run: &Run) -> String {
        match self {
            Self::Json => serde_json::to_string_pretty(run).unwrap_or_default(),
            Self::Junit => junit::render(run),
            Self::Html => html::render(run),
        }
    }
}
