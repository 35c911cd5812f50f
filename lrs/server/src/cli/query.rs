//! `traccia query`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::client::{Target, encoded};
use super::exit;
use super::out::{self, in_words, noted};
use texts::Message;

const ADDRESS: &str = "/api/v1/statements/aggregate";
/// No column of a table on a terminal is wider, in characters.
const WIDEST: usize = 60;

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Query {
    /// What statements are grouped by: columns, and periods of times, such as course,week(timestamp)
    #[arg(long)]
    by: Option<String>,
    /// What is said of each group, such as 'count,distinct(actor) as people,share(success=true)'
    #[arg(long, default_value = "count")]
    measure: String,
    /// A condition, such as verb=completed or timestamp>=2026-01-01; given several times,
    /// all hold
    #[arg(long = "where", value_name = "CONDITION")]
    wheres: Vec<String>,
    /// What groups are sorted by, such as -count: a minus puts the greatest first
    #[arg(long, allow_hyphen_values = true)]
    order: Option<String>,
    /// At most this number of groups
    #[arg(long)]
    limit: Option<usize>,
    /// The time zone of periods, and of days in conditions, such as Europe/Rome
    #[arg(long)]
    zone: Option<String>,
    /// Count voided and voiding statements too
    #[arg(long)]
    voided: bool,
    /// Count statements once that say the same of one actor
    #[arg(long)]
    once: bool,
    /// How to write the answer
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The file to write to instead of printing
    #[arg(long, short)]
    output: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
    Xlsx,
}

impl Query {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let format = match self.format {
            Format::Text | Format::Json => "json",
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
        };
        let limit = self.limit.map(|limit| limit.to_string());
        let one = [
            ("by", self.by.as_deref()),
            ("measure", Some(self.measure.as_str())),
            ("order", self.order.as_deref()),
            ("limit", limit.as_deref()),
            ("zone", self.zone.as_deref()),
            ("voided", self.voided.then_some("include")),
            ("duplicates", self.once.then_some("once")),
            ("format", Some(format)),
        ];
        let wheres = self.wheres.iter().map(|condition| ("where", Some(condition.as_str())));
        let all = one.into_iter().chain(wheres);
        let query: Vec<String> =
            all.filter_map(|(name, value)| Some(format!("{name}={}", encoded(value?)))).collect();
        let address = format!("{ADDRESS}?{}", query.join("&"));
        let client = self.target.client()?;
        let bytes = client.patiently(|| client.request(Method::GET, &address)).await?;
        if self.format != Format::Text {
            out::to(self.output.as_deref(), &bytes)?;
            return Ok(ExitCode::SUCCESS);
        }
        let answer = Answer::read(&bytes)?;
        out::to(self.output.as_deref(), answer.table().as_bytes())?;
        if answer.hidden > 0 {
            noted(&Message::new("cli-query-hidden").with("count", answer.hidden));
        }
        if !answer.complete {
            noted(&Message::new("cli-query-more"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The part of a server's answer that is shown.
#[derive(Debug, Deserialize)]
struct Answer {
    columns: Vec<Column>,
    /// Each with a cell for every column.
    rows: Vec<Vec<Value>>,
    hidden: u64,
    complete: bool,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Answer {
    /// # Errors
    /// Where this is no answer to a question, such as that of another program at the address.
    fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        let strange = |what: String| {
            exit::refused(in_words(&Message::new("cli-query-strange").with("what", what)))
        };
        let answer: Self =
            serde_json::from_slice(bytes).map_err(|error| strange(error.to_string()))?;
        match answer.rows.iter().position(|row| row.len() != answer.columns.len()) {
            None => Ok(answer),
            Some(at) => {
                Err(strange(in_words(&Message::new("cli-query-columns").with("row", at + 1))))
            }
        }
    }

    /// The answer in columns, with numbers to the right.
    fn table(&self) -> String {
        let names = self.columns.iter().map(|column| column.name.clone()).collect();
        let is_number = |column: &Column| matches!(column.kind.as_str(), "whole" | "number");
        let is_number: Vec<bool> = self.columns.iter().map(is_number).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(shown).collect());
        let lines: Vec<Vec<String>> = std::iter::once(names).chain(rows).collect();
        laid_out(&lines, &is_number)
    }
}

/// Lines of cells, each column as wide as it must be.
fn laid_out(lines: &[Vec<String>], is_number: &[bool]) -> String {
    let width = |at: usize| {
        let lengths = lines.iter().filter_map(|line| line.get(at)).map(|cell| cell.chars().count());
        lengths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..is_number.len()).map(width).collect();
    let mut written = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).zip(is_number).map(|((cell, width), is_number)| {
            if *is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        written.push_str(line.trim_end());
        written.push('\n');
    }
    written
}

fn shown(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => {
            // What statements say is not to drive a terminal.
            let clean: String = text.chars().filter(|it| !it.is_control()).collect();
            match clean.char_indices().nth(WIDEST) {
                Some((at, _)) => format!("{}…", clean.get(..at).unwrap_or_default()),
                None => clean,
            }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(answer: &Value) -> anyhow::Result<Answer> {
        Answer::read(answer.to_string().as_bytes())
    }

    #[test]
    fn an_answer_is_shown_in_columns_and_no_text_drives_the_terminal() {
        let answer = json!({
            "columns": [{"name": "verb", "type": "text"}, {"name": "count", "type": "whole"}],
            "rows": [["a\u{1b}[2J", 5], [null, 1200], ["x".repeat(70), 7]],
            "hidden": 0, "complete": true,
        });
        let expected = format!(
            "{:<61}  count\n{:<61}      5\n{:<61}   1200\n{}…      7\n",
            "verb",
            "a[2J",
            "",
            "x".repeat(60)
        );
        assert_eq!(read(&answer).unwrap().table(), expected);
    }

    /// An empty table would say that there is nothing.
    #[test]
    fn what_is_no_answer_is_an_error_and_no_empty_table() {
        let columns = json!([{"name": "verb", "type": "text"}]);
        let whole = json!({"columns": columns, "rows": [], "hidden": 0, "complete": true});
        assert_eq!(read(&whole).unwrap().table(), "verb\n");
        for member in ["columns", "rows", "hidden", "complete"] {
            let mut less = whole.clone();
            less.as_object_mut().unwrap().remove(member);
            let error = read(&less).unwrap_err().to_string();
            assert!(error.contains(member), "{error}");
        }
        let ragged =
            json!({"columns": columns, "rows": [["a"], []], "hidden": 0, "complete": true});
        let error = read(&ragged).unwrap_err().to_string();
        assert!(error.contains("row 2"), "{error}");
        assert!(Answer::read(b"<html>").is_err());
    }
}
