//! The texts of statements in the format that was asked for. Pure, and as long as there is much in the statements:
//! see [`crate::compute`].

use std::collections::HashSet;

use bytes::Bytes;
use serde_json::Value;

use super::RecordError;
use store::{Definitions, PAGE_BYTES, StoreError};
use xapi::canonical;
use xapi::format;
use xapi::language::Languages;
use xapi::stored::Stored;

/// The definitions that the store has of the activities of some statements, from the first statement on: [`PAGE_BYTES`] of it, about.
#[derive(Debug, Default)]
pub struct Known {
    pub(super) activities: Vec<String>,
    pub(super) definitions: Definitions,
}

impl Known {
    /// How many bytes of definitions these are.
    pub fn weight(&self) -> usize {
        self.definitions.found.iter().map(|(_, text)| text.len()).sum()
    }
}

/// The ids of all activities that `statements` hold, each once, in the order of the statements.
///
/// # Errors
/// Of a statement that is not JSON.
pub fn activities(statements: &[Stored]) -> Result<Vec<String>, RecordError> {
    let (mut seen, mut activities) = (HashSet::new(), Vec::new());
    for statement in statements {
        let value = value(statement)?;
        for id in format::activity_ids(&value) {
            if seen.insert(id.to_owned()) {
                activities.push(id.to_owned());
            }
        }
    }
    Ok(activities)
}

/// `format=ids` of all `statements`.
///
/// # Errors
/// Of a statement that is not JSON.
pub fn ids(statements: &[Stored]) -> Result<Vec<Bytes>, RecordError> {
    let text = |statement| {
        let mut value = value(statement)?;
        format::ids(&mut value);
        Ok(Bytes::from(value.to_string()))
    };
    statements.iter().map(text).collect()
}

/// `format=canonical` of the first of `statements`: of all, or of as many as weigh [`PAGE_BYTES`], about, and have no
/// activity that was not looked at for `known`; but always of one. That one keeps the definitions that it brings along of
/// activities that were not looked at.
///
/// # Errors
/// Of a statement, or a definition, that is not JSON.
pub fn canonical(
    statements: &[Stored],
    known: Known,
    languages: &Languages,
) -> Result<Vec<Bytes>, RecordError> {
    let Known { activities, definitions: Definitions { looked_at, found } } = known;
    let mut definitions = canonical::Definitions::default();
    for (activity, text) in found {
        definitions
            .add(activity, &text, languages)
            .map_err(|error| corrupt("a definition", &error))?;
    }
    let unseen: HashSet<String> = activities.into_iter().skip(looked_at).collect();
    let (mut texts, mut bytes) = (Vec::new(), 0);
    for statement in statements {
        let value = value(statement)?;
        let is_known = || !format::activity_ids(&value).any(|id| unseen.contains(id));
        if !texts.is_empty() && (bytes >= PAGE_BYTES || !is_known()) {
            break;
        }
        let text = canonical::canonical(&value, &definitions, languages);
        let text = text.map_err(|error| corrupt(&format!("statement {}", statement.id), &error))?;
        bytes += text.len();
        texts.push(text.into());
    }
    Ok(texts)
}

/// The JSON of a kept statement.
pub(super) fn value(statement: &Stored) -> Result<Value, StoreError> {
    statement
        .value()
        .map_err(|error| StoreError::Corrupt(format!("statement {}: {error}", statement.id)))
}

fn corrupt(what: &str, error: &serde_json::Error) -> RecordError {
    StoreError::Corrupt(format!("{what}: {error}")).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use xapi::instant::Instant;

    fn of_activity(activity: &str) -> Stored {
        let body = json!({"object": {"id": activity}}).to_string().into();
        Stored { id: Uuid::nil(), stored: Instant::default(), body }
    }

    fn known(activities: &[&str], name_bytes: usize) -> Known {
        let text = json!({"name": {"en": "x".repeat(name_bytes)}}).to_string();
        let found = activities.iter().map(|it| ((*it).to_owned(), text.clone())).collect();
        Known {
            activities: activities.iter().map(|it| (*it).to_owned()).collect(),
            definitions: Definitions { looked_at: activities.len(), found },
        }
    }

    #[test]
    fn a_page_ends_where_its_definitions_weigh_too_much() {
        let statements = vec![of_activity("https://a.example/large"); 250];
        let known = known(&["https://a.example/large"], 4 << 20);
        let texts = canonical(&statements, known, &Languages::default()).unwrap();
        assert_eq!(texts.len(), 4, "of 4 MiB each in a page of 16 MiB");
        assert!(texts.iter().all(|text| text.len() > 4 << 20));
    }

    #[test]
    fn a_page_ends_before_a_statement_of_an_activity_that_was_not_looked_at() {
        let names = ["https://a.example/1", "https://a.example/2"];
        let statements = names.map(of_activity);
        let part = |looked_at: usize| {
            let mut known = known(&names, 10);
            known.definitions.looked_at = looked_at;
            known.definitions.found.truncate(looked_at);
            canonical(&statements, known, &Languages::default()).unwrap().len()
        };
        assert_eq!((part(2), part(1)), (2, 1));
        assert_eq!(part(0), 1, "a page is never empty");
    }

    #[test]
    fn activities_are_told_once_in_the_order_of_their_statements() {
        let statements = ["b", "a", "b"].map(of_activity);
        assert_eq!(activities(&statements).unwrap(), ["b", "a"]);
    }
}
