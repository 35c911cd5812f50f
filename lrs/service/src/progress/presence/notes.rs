//! What registers note beside a presence.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::progress::CourseService;
use crate::progress::read::Readable;
use course::{ATTENDED, Course};
use store::{Result, StoreError};
use uuid::Uuid;
use xapi::query::{Filter, Match};

/// Statements read at once.
const PAGE: usize = 1_000;

impl CourseService {
    /// The notes of all registers of a course, by the ids of the statements that have one.
    pub(in crate::progress) async fn notes(
        &self,
        course: &Course,
    ) -> Result<BTreeMap<String, String>> {
        let mut notes = BTreeMap::new();
        for session in course.activities().flat_map(|(_, activity)| activity.sessions()) {
            for (id, statement) in self.attended(&session.object).await? {
                if let Some(note) = note_of(&statement) {
                    notes.insert(id.to_string(), note.to_owned());
                }
            }
        }
        Ok(notes)
    }

    /// The statements of presence on an object that are not voided, in the order in which they
    /// were stored.
    pub(super) async fn attended(&self, object: &str) -> Result<Vec<(Uuid, Value)>> {
        let activity = Some(Match { text: object.to_owned(), related: false });
        let verb = Some(ATTENDED.to_owned());
        let mut filter =
            Filter { activity, verb, ascending: true, limit: PAGE, ..Filter::default() };
        let mut attended = Vec::new();
        loop {
            let page = Readable::next(&*self.store, &filter).await?;
            filter.beyond = page.beyond;
            for statement in &page.statements {
                let value = statement
                    .value()
                    .map_err(|error| StoreError::Corrupt(format!("{}: {error}", statement.id)))?;
                attended.push((statement.id, value));
            }
            if page.beyond.is_none() {
                return Ok(attended);
            }
        }
    }
}

/// What a register notes beside a presence.
pub(super) fn note_of(statement: &Value) -> Option<&str> {
    let note = statement.pointer("/result/response").and_then(Value::as_str);
    note.filter(|note| !note.is_empty())
}
