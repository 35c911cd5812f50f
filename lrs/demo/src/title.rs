//! What platforms call activities: their titles in the course file, in each of its languages.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use course::{Course, Title};

/// The titles of a course and its activities, by the IRIs that the course file names them by.
pub(super) struct Titles(HashMap<String, Value>);

impl Titles {
    pub(super) fn of(course: &Course) -> Self {
        let name = |title: &Title| json!(title.0);
        let outline = course.outline();
        let own = std::iter::once((outline.iri.clone(), name(&outline.title)));
        let activities = course.activities().filter_map(|(_, activity)| {
            let title = activity.title.as_ref()?;
            Some(activity.selection.ids.iter().map(move |id| (id.clone(), name(title))))
        });
        Self(own.chain(activities.flatten()).collect())
    }

    /// The statement, whose object and context name the activities that the course has titles for.
    pub(super) fn in_statement(&self, mut statement: Value) -> Value {
        self.name(statement.get_mut("object"));
        let context = statement.pointer_mut("/context/contextActivities");
        for activities in
            context.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
        {
            for activity in activities.as_array_mut().into_iter().flatten() {
                self.name(Some(activity));
            }
        }
        statement
    }

    fn name(&self, activity: Option<&mut Value>) {
        let Some(activity) = activity.and_then(Value::as_object_mut) else { return };
        let title =
            activity.get("id").and_then(Value::as_str).and_then(|id| self.0.get(id)).cloned();
        let definition = activity.get_mut("definition").and_then(Value::as_object_mut);
        if let (Some(title), Some(definition)) = (title, definition) {
            definition.entry("name").or_insert(title);
        }
    }
}
