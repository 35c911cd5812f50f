//! Asking before something is done that cannot be taken back.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use super::exit;
use super::out::{harmless, in_words, noted};
use texts::Message;

/// Whether to go on: with `--yes` without asking, else as the person at the terminal says. `what`
/// is what would be done, in whole sentences.
///
/// # Errors
/// Where there is no terminal, and so nobody to ask.
pub(super) fn is_wanted(yes: bool, what: &Message) -> anyhow::Result<bool> {
    if yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let nobody = in_words(&Message::new("cli-nobody-to-ask"));
        return Err(exit::usage(format!("{}\n  {nobody}", in_words(what))));
    }
    let mut stderr = io::stderr();
    let question = in_words(&Message::new("cli-go-on"));
    write!(stderr, "{}\n{question} ", harmless(&in_words(what)))?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let is_wanted = is_yes(&answer);
    if !is_wanted {
        noted(&Message::new("cli-nothing-changed"));
    }
    Ok(is_wanted)
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes", "s", "si", "sì"].contains(&answer.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_in_english_or_italian_is_one() {
        for yes in ["y\n", "Yes\r\n", "s\n", " sì \n", "SI"] {
            assert!(is_yes(yes), "{yes}");
        }
        for other in ["", "\n", "n\n", "yess", "no"] {
            assert!(!is_yes(other), "{other}");
        }
    }
}
