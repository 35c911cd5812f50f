//! What values of the learner list are called in the languages of reports.

use std::collections::BTreeMap;

use super::Title;

/// `[names.role]` and `[names.office]` of the course file: a title for each value that has one. Example:
/// `official = { it = "Funzionario" }` makes Italian reports write `Funzionario` for learners whose role is `official`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Of [`Learner::role`](crate::Learner::role).
    pub role: BTreeMap<String, Title>,
    /// Of [`Learner::office`](crate::Learner::office).
    pub office: BTreeMap<String, Title>,
}

impl Names {
    /// The title of a value in a column of the learner list; nothing where the course file has none.
    pub fn of(&self, column: &str, value: &str) -> Option<&Title> {
        match column {
            "role" => self.role.get(value),
            "office" => self.office.get(value),
            _ => None,
        }
    }

    /// The value of a column that is called so in a language.
    pub fn value_called(&self, column: &str, name: &str) -> Option<&str> {
        let titles = match column {
            "role" => &self.role,
            "office" => &self.office,
            _ => return None,
        };
        let mut titles = titles.iter();
        let is_called = |title: &Title| title.0.values().any(|text| text == name);
        titles.find(|(_, title)| is_called(title)).map(|(value, _)| value.as_str())
    }
}
