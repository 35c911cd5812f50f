//! Which ids of activities count in courses, by the texts of course files.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use toml::{Table, Value};

/// Course files, which are read once something is asked of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    files: Arc<[String]>,
    selected: Arc<OnceLock<Selected>>,
}

/// What course files select statements by.
#[derive(Debug, Default)]
struct Selected {
    /// All texts of the files: what is an id there is among them.
    texts: HashSet<String>,
    /// What ids of activities begin with.
    prefixes: Vec<String>,
    /// Objects that lie around activities.
    around: HashSet<String>,
}

impl Counted {
    /// What counts in the courses of these files.
    pub(super) fn of(files: Arc<[String]>) -> Self {
        Self { files, selected: Arc::default() }
    }

    /// Whether the id of an activity counts in a course, as it is or by what it begins with.
    pub(super) fn has(&self, id: &str) -> bool {
        let Selected { texts, prefixes, .. } = self.selected();
        texts.contains(id)
            || prefixes.iter().any(|it| id.starts_with(it))
            // Also where it stands within another text, or in a file that cannot be read.
            || self.files.iter().any(|file| file.contains(id))
    }

    /// Whether what lies within the activity of this id counts in a course.
    pub(super) fn is_around(&self, id: &str) -> bool {
        self.selected().around.contains(id)
    }

    fn selected(&self) -> &Selected {
        self.selected.get_or_init(|| {
            let mut selected = Selected::default();
            for file in self.files.iter() {
                let file = file.strip_prefix('\u{feff}').unwrap_or(file);
                if let Ok(table) = file.parse::<Table>() {
                    table.iter().for_each(|(name, value)| selected.add(name, value));
                }
            }
            selected
        })
    }
}

impl Selected {
    /// Adds the texts of a value that has this name.
    fn add(&mut self, name: &str, value: &Value) {
        match value {
            Value::String(text) => {
                match name {
                    "prefix" => self.prefixes.push(text.clone()),
                    "within" => drop(self.around.insert(text.clone())),
                    _ => {}
                }
                self.texts.insert(text.clone());
            }
            Value::Array(values) => values.iter().for_each(|it| self.add(name, it)),
            Value::Table(table) => table.iter().for_each(|(name, value)| self.add(name, value)),
            _ => {}
        }
    }
}
