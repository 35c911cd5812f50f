//! Whose store a command works on: found as `traccia serve` finds it.

use std::path::PathBuf;

use clap::Args;

use crate::config::{ConfigError, Flags, Settings};

/// Where the store is. What is not given comes from `TRACCIA__…` variables and the settings file.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The folder with everything that is kept [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The storage engine: sqlite:FOLDER or a `mongodb:` URI with a database [default: sqlite in --data]
    #[arg(long, value_name = "URI")]
    store: Option<String>,
    /// A TOML file with settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    /// All settings, with `flags` beside those of the place.
    pub(super) fn settings(self, flags: Flags) -> Result<Settings, ConfigError> {
        let flags = Flags { data: self.data, store: self.store, ..flags };
        Settings::load(self.config.as_deref(), &flags)
    }
}
