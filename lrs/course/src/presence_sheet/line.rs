//! A line of a register, whether of a sheet or of JSON.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use texts::{Message, MessageValue};

use super::FORM;
use crate::error::{MOST_FAULTS, SheetError, SheetErrors};
use crate::heading::{Heading, folded};
use crate::sheet::Row;

/// What stands under each heading of the register, as text.
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// By [`Heading::name`].
    values: HashMap<&'static str, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PresenceText {
    entries: Vec<Map<String, Value>>,
}

impl Line {
    pub(super) fn of_row(row: &Row<'_>) -> Self {
        let headings = FORM.headings.iter();
        let values = headings.map(|heading| (heading.name, row.value(heading).to_owned()));
        Self { number: row.line, values: values.collect() }
    }

    /// The entries of a register in JSON, each with its faults of form.
    pub(super) fn of_json(
        text: &[u8],
    ) -> Result<impl Iterator<Item = Result<Self, Vec<SheetError>>>, SheetErrors> {
        let register: PresenceText = validator::json::parse_as(text).map_err(|report| {
            let first = report.violations.first();
            let (id, line) = first.map_or(("", 1), |it| (it.rule.id, it.line));
            let message = Message::new("presence-fault-json")
                .with_value("report", MessageValue::Rule { id, english: report.to_string() })
                .with("example", r#"{"entries": [{"learner": …, "hours": …}]}"#);
            SheetErrors(vec![SheetError::new(line as u64, None, message)])
        })?;
        Ok(register.entries.into_iter().zip(1..).map(|(entry, n)| Self::of_entry(n, entry)))
    }

    fn of_entry(number: u64, entry: Map<String, Value>) -> Result<Self, Vec<SheetError>> {
        let mut values = HashMap::new();
        let mut faults = Vec::new();
        for (key, value) in entry {
            let heading = FORM.headings.iter().find(|heading| heading.is_named(&folded(&key)));
            let text = match value {
                Value::Null => Ok(String::new()),
                Value::String(text) => Ok(text.trim().to_owned()),
                Value::Number(number) => Ok(number.to_string()),
                Value::Bool(_) => Err(Message::new("presence-fault-flag")),
                Value::Array(_) => Err(Message::new("presence-fault-list")),
                Value::Object(_) => Err(Message::new("presence-fault-object")),
            };
            let message = match (heading, text) {
                (Some(heading), Ok(text)) => match values.insert(heading.name, text) {
                    None => continue,
                    Some(_) => Message::new("presence-fault-key-twice").with("key", heading.name),
                },
                (_, Err(message)) => message,
                (None, Ok(_)) => {
                    let known: Vec<&str> = FORM.headings.iter().map(|known| known.name).collect();
                    Message::new("presence-fault-key-unknown").with("known", known.join(", "))
                }
            };
            faults.push(SheetError::new(number, Some(&key), message));
            if faults.len() > MOST_FAULTS {
                break;
            }
        }
        if faults.is_empty() { Ok(Self { number, values }) } else { Err(faults) }
    }

    /// Empty where the register says nothing.
    pub(super) fn value(&self, heading: &Heading) -> &str {
        self.values.get(heading.name).map_or("", String::as_str)
    }

    /// A fault of one of its values.
    pub(super) fn fault(&self, heading: &Heading, message: Message) -> SheetError {
        SheetError::new(self.number, Some(heading.name), message)
    }
}
