//! The course: modules, their activities, and the rules by which they count.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

/// A name in one or more languages, by language tag (`it`, `en`, `de-IT`). Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Title(pub BTreeMap<String, String>);

impl Title {
    /// The text in `language`; failing that in Italian, failing that the first by tag.
    pub fn in_language(&self, language: &str) -> &str {
        self.0
            .get(language)
            .or_else(|| self.0.get("it"))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}

/// When a module is completed, given which of its activities are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModuleRule {
    /// Every activity.
    #[default]
    All,
    /// One activity or more.
    Any,
    /// This many activities or more; at least 1 and no more than there are.
    AtLeast(usize),
}

impl ModuleRule {
    /// Whether `done` fulfilled activities out of `all` complete the module.
    pub const fn is_met(self, done: usize, all: usize) -> bool {
        match self {
            Self::All => done == all,
            Self::Any => done > 0,
            Self::AtLeast(n) => done >= n,
        }
    }
}

/// What an activity asks of a learner.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityRule {
    /// The latest statement that bears on completion says yes.
    #[default]
    Completed,
    /// The latest statement that bears on success says yes.
    Passed,
    /// A best `result.score.scaled` of at least this, from -1 to 1.
    Score(f64),
    /// Any statement.
    Experienced,
}

/// Which objects of statements belong to an activity. IRIs are compared character by character.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// The object with exactly this IRI.
    Id(String),
    /// Every object whose IRI begins with this text.
    Prefix(String),
}

impl Selector {
    /// The activity's name in progress documents: the IRI, or `prefix ` and the prefix. No two
    /// activities of a course share one (an IRI has no space).
    pub fn key(&self) -> String {
        match self {
            Self::Id(id) => id.clone(),
            Self::Prefix(prefix) => format!("prefix {prefix}"),
        }
    }
}

/// One activity of a module.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Activity {
    /// The objects that belong to it.
    #[serde(flatten)]
    pub selector: Selector,
    /// What it asks.
    pub complete_when: ActivityRule,
    /// Its name, where the file gives one.
    pub title: Option<Title>,
    /// The most hours that count for it; without it every hour counts.
    pub hours: Option<f64>,
    /// [`Selector::key`], made once.
    #[serde(skip)]
    pub(super) key: String,
}

impl Activity {
    /// [`Selector::key`] of the activity.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// One module of a course.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Module {
    /// Unique in the course.
    pub id: String,
    /// Its name.
    pub title: Title,
    /// The hours it is planned for.
    pub hours: Option<f64>,
    /// When it is completed.
    pub complete_when: ModuleRule,
    /// In the order of the file; at least one.
    #[serde(rename = "activity")]
    pub activities: Vec<Activity>,
}

/// Where in a course an object counts: positions in [`Course::modules`] and
/// [`Module::activities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivityPlace {
    /// Position of the module.
    pub module: usize,
    /// Position of the activity in the module.
    pub activity: usize,
}

/// A course as its file describes it, checked: only [`Course::parse`] makes one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Course {
    id: String,
    title: Title,
    time_zone: String,
    hours: Option<f64>,
    #[serde(rename = "module")]
    modules: Vec<Module>,
    #[serde(skip)]
    objects: HashMap<String, ActivityPlace>,
    /// Longest first, so that the first match is the narrowest.
    #[serde(skip)]
    prefixes: Vec<(String, ActivityPlace)>,
}

impl Course {
    pub(super) fn new(
        id: String,
        title: Title,
        time_zone: String,
        hours: Option<f64>,
        modules: Vec<Module>,
    ) -> Self {
        let mut objects = HashMap::new();
        let mut prefixes = Vec::new();
        for (m, module) in modules.iter().enumerate() {
            for (a, activity) in module.activities.iter().enumerate() {
                let place = ActivityPlace { module: m, activity: a };
                match &activity.selector {
                    Selector::Id(id) => drop(objects.insert(id.clone(), place)),
                    Selector::Prefix(prefix) => prefixes.push((prefix.clone(), place)),
                }
            }
        }
        prefixes.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Self { id, title, time_zone, hours, modules, objects, prefixes }
    }

    /// The name of the course in addresses and commands.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of the course for people.
    pub const fn title(&self) -> &Title {
        &self.title
    }

    /// The IANA name of the zone whose days and hours its reports mean.
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// The hours the whole course is planned for.
    pub const fn hours(&self) -> Option<f64> {
        self.hours
    }

    /// In the order of the file.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// The one activity an object counts for: that with exactly this id, else that with the
    /// longest prefix of it. `None` when the object is not of this course.
    pub fn place_of(&self, object: &str) -> Option<ActivityPlace> {
        self.objects.get(object).copied().or_else(|| {
            let found = self.prefixes.iter().find(|(prefix, _)| object.starts_with(prefix));
            found.map(|(_, place)| *place)
        })
    }

    /// The module and activity at a place; `None` for a place of another course.
    pub fn at(&self, place: ActivityPlace) -> Option<(&Module, &Activity)> {
        let module = self.modules.get(place.module)?;
        Some((module, module.activities.get(place.activity)?))
    }
}
