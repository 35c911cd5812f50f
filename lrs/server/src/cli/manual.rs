//! `traccia completions` and `traccia man`: what packages install beside the program.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Cli;
use super::exit::Exit;
use super::out::{self, noted};
use texts::Message;

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Where the pages are written, one for each command
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

impl Completions {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "traccia", &mut script);
        out::bytes(&script, true)?;
        Ok(Exit::Done.into())
    }
}

impl Man {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let folder = self.folder.display();
        std::fs::create_dir_all(&self.folder).with_context(|| out::making(&folder))?;
        let pages = clap_mangen::generate_to(Cli::command(), &self.folder);
        pages.with_context(|| out::writing(&folder))?;
        noted(&Message::new("cli-written").with("name", folder));
        Ok(Exit::Done.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_and_every_shell_a_script() {
        let folder = tempfile::TempDir::new().unwrap();
        Man { folder: folder.path().join("man") }.run().unwrap();
        let page = |name: &str| std::fs::read_to_string(folder.path().join("man").join(name));
        assert!(page("traccia.1").unwrap().contains("traccia\\-backup"));
        assert!(page("traccia-key-rotate.1").unwrap().contains("hours"));
        assert!(page("traccia-man.1").is_err(), "hidden");
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "traccia", &mut script);
            assert!(String::from_utf8(script).unwrap().contains("rotate"), "{shell}");
        }
    }
}
