//! What commands print. Results go to standard output, everything else to standard error.
//!
//! A reader of standard output that has closed its end (`traccia … | head -1`) has seen enough:
//! [`is_closed`] tells that error from others, and the command ends quietly. Standard error may be
//! closed at any time. The macros `println!` and `eprintln!` would panic in both cases, so clippy
//! refuses them in this package.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::path::Path;

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::Value;

use super::client::language_of_terminal;
use texts::Message;

/// The reader of standard output is gone.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
struct Closed;

/// Standard output, whose errors [`is_closed`] recognises.
#[derive(Clone, Copy, Debug)]
pub(super) struct Out;

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes).map_err(|error| told_apart(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush().map_err(|error| told_apart(&error))
    }
}

fn told_apart(error: &io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::BrokenPipe => io::Error::new(ErrorKind::BrokenPipe, Closed),
        kind => io::Error::new(kind, format!("writing standard output: {error}")),
    }
}

/// Whether an error, or a cause of it, is that the reader of standard output is gone. A connection
/// that broke is another error, although of the same kind.
pub(super) fn is_closed(error: &anyhow::Error) -> bool {
    let own =
        |error: &io::Error| error.get_ref().and_then(|it| it.downcast_ref::<Closed>()).is_some();
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(own))
}

/// Prints one line on standard output, as `println!` does: the outcome is to be looked at.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::out::line(format_args!($($text)*)) };
}
pub(super) use say;

/// Prints one line on standard error, as `eprintln!` does, but goes on where it is closed.
macro_rules! note {
    ($($text:tt)*) => { $crate::cli::out::tell(format_args!($($text)*)) };
}
pub(super) use note;

/// Prints a message of the catalogue on standard output, in the language of the terminal.
pub(super) fn said(message: &Message) -> io::Result<()> {
    line(format_args!("{}", in_words(message)))
}

/// Prints a message of the catalogue on standard error, in the language of the terminal.
pub(super) fn noted(message: &Message) {
    tell(format_args!("{}", in_words(message)));
}

/// A message of the catalogue in the language of the terminal.
pub(super) fn in_words(message: &Message) -> String {
    message.said_in(language_of_terminal().texts())
}

/// What a command was doing with a file when it failed: one of these before the error itself.
pub(super) fn opening(name: impl fmt::Display) -> String {
    in_words(&Message::new("cli-opening").with("name", name))
}

/// See [`opening`].
pub(super) fn reading(name: impl fmt::Display) -> String {
    in_words(&Message::new("cli-reading").with("name", name))
}

/// See [`opening`].
pub(super) fn writing(name: impl fmt::Display) -> String {
    in_words(&Message::new("cli-writing").with("name", name))
}

/// See [`opening`].
pub(super) fn making(name: impl fmt::Display) -> String {
    in_words(&Message::new("cli-making").with("name", name))
}

/// How a command prints what a server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// Prints the elements of an array: all of them as JSON, or each as `print` does. Prints nothing as text of what is no array.
pub(super) fn listed(
    list: &Value,
    format: Format,
    print: impl FnMut(&Value) -> io::Result<()>,
) -> io::Result<()> {
    match format {
        Format::Json => say!("{list:#}"),
        Format::Text => list.as_array().into_iter().flatten().try_for_each(print),
    }
}

pub(super) fn line(text: fmt::Arguments<'_>) -> io::Result<()> {
    let mut out = Out;
    out.write_all(harmless(&text.to_string()).as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Prints bytes on standard output: as they are into files and pipes, text for a terminal without
/// what would steer it. `ends_line` adds a line end where there is none.
pub(super) fn bytes(bytes: &[u8], ends_line: bool) -> io::Result<()> {
    let mut out = Out;
    match str::from_utf8(bytes) {
        Ok(text) if io::stdout().is_terminal() => out.write_all(harmless(text).as_bytes())?,
        _ => out.write_all(bytes)?,
    }
    if ends_line && !bytes.ends_with(b"\n") {
        out.write_all(b"\n")?;
    }
    out.flush()
}

pub(super) fn tell(text: fmt::Arguments<'_>) {
    // Standard error is closed: there is no place left to say so.
    let _ = writeln!(io::stderr(), "{}", harmless(&text.to_string()));
}

/// Text with its control characters written out, as in `\u{1b}`: names, labels and account names
/// come from any client, and must not steer the terminal that shows them. Line ends and tabs stay; so do
/// all other characters.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || is_override(c);
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) { safe.extend(c.escape_unicode()) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

/// Characters that turn the order of what follows around, so that a name reads as another one
/// (Unicode UAX 9, explicit formatting).
const fn is_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes bytes to a file, or on standard output as they are.
pub(super) fn to(file: Option<&Path>, bytes: &[u8]) -> anyhow::Result<()> {
    let Some(file) = file else { return Ok(self::bytes(bytes, false)?) };
    let name = file.display();
    std::fs::write(file, bytes).with_context(|| writing(&name))?;
    noted(&Message::new("cli-written").with("name", name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_steer_a_terminal_is_written_out() {
        assert_eq!(harmless("Moodle\u{1b}[2J\u{7}\r"), "Moodle\\u{1b}[2J\\u{7}\\u{d}");
        assert_eq!(harmless("a\u{9b}31m\u{202e}b"), "a\\u{9b}31m\\u{202e}b");
        for plain in ["Niccolò\t李四\n", "عربي 👩‍🏫", ""] {
            assert!(matches!(harmless(plain), Cow::Borrowed(same) if same == plain));
        }
    }

    #[test]
    fn a_closed_output_is_told_from_a_connection_that_broke() {
        let of = |error: io::Error| anyhow::Error::new(error).context("listing keys");
        assert!(is_closed(&of(told_apart(&ErrorKind::BrokenPipe.into()))));
        assert!(!is_closed(&of(ErrorKind::BrokenPipe.into())));
        assert!(!is_closed(&of(told_apart(&ErrorKind::StorageFull.into()))));
    }
}
