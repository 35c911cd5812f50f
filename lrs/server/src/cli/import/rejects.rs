//! What was refused: written to a file with line and reason, and the first of it said.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::source::{Line, Unit};
use crate::cli::client::language_of_terminal;
use crate::cli::exit;
use crate::cli::out::{self, in_words, note};
use texts::{Message, MessageValue};

/// How many refused lines are printed; all are in the file.
const SAID: u64 = 5;

/// The reject file, made when the first statement is refused.
pub(super) struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    count: u64,
    /// The name of the file of a folder that is being imported.
    of: Option<String>,
}

impl Rejects {
    /// Rejects of `source`, written to `path` or else to a file beside it.
    ///
    /// # Errors
    /// Where this would write over the source itself.
    pub(super) fn of(source: &Path, path: Option<PathBuf>) -> anyhow::Result<Self> {
        let path = path.unwrap_or_else(|| beside(source));
        let place = |path: &Path| std::fs::canonicalize(path).ok();
        if place(source).is_some_and(|source| place(&path) == Some(source)) {
            return Err(exit::usage(in_words(&Message::new("cli-import-over-source"))));
        }
        Ok(Self { path, file: None, count: 0, of: None })
    }

    /// Says of which file what is added now is, where several are imported.
    pub(super) fn begin(&mut self, name: &str) {
        self.of = Some(name.to_owned());
    }

    /// Writes a refused line down.
    pub(super) fn add(&mut self, line: &Line, reason: &Value) -> anyhow::Result<()> {
        let cannot = || out::writing(self.path.display());
        let said =
            reason.as_str().map(|text| json!(language_of_terminal().texts().of_english(text)));
        let reason = said.as_ref().unwrap_or(reason);
        let text = String::from_utf8_lossy(&line.text);
        // `statement` is the text.
        let counted = if line.unit == Unit::Line { "line" } else { "number" };
        let mut reject = json!({counted: line.number, "reason": reason, "statement": text});
        if let (Some(members), Some(of)) = (reject.as_object_mut(), &self.of) {
            members.insert("file".to_owned(), json!(of));
        }
        if self.file.is_none() {
            self.file = Some(BufWriter::new(File::create(&self.path).with_context(cannot)?));
        }
        if let Some(file) = &mut self.file {
            writeln!(file, "{reject}").with_context(cannot)?;
        }
        if self.count < SAID {
            let of = self.of.as_deref().map(|of| format!("{of}: ")).unwrap_or_default();
            let refused = Message::new("cli-import-refused");
            let what = MessageValue::Message(line.unit.message(line.number));
            let refused = refused.with_value("what", what).with_value("reason", reason_of(reason));
            note!("{of}{}", in_words(&refused));
        }
        self.count += 1;
        Ok(())
    }

    /// Makes sure that all are in the file, and gives it; `None` where nothing was refused.
    pub(super) fn finish(&mut self) -> anyhow::Result<Option<&Path>> {
        let Some(file) = &mut self.file else { return Ok(None) };
        file.flush().with_context(|| out::writing(self.path.display()))?;
        Ok(Some(&self.path))
    }
}

fn beside(file: &Path) -> PathBuf {
    if file == Path::new("-") {
        return "stdin.rejects.ndjson".into();
    }
    let mut name = file.as_os_str().to_owned();
    name.push(".rejects.ndjson");
    name.into()
}

/// The first violation of a reason, or the reason where it is a text.
fn reason_of(reason: &Value) -> MessageValue {
    let first = reason.as_array().and_then(|all| all.first()).unwrap_or(reason);
    let words = first.get("message").unwrap_or(first).as_str();
    let unsaid = || MessageValue::Message(Message::new("cli-import-unsaid"));
    words.and_then(|words| words.lines().next()).map_or_else(unsaid, MessageValue::from)
}
