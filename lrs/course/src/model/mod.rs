//! The course: modules, their activities, and the rules by which they count.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::territory::Territories;

mod activity;
mod audience;
mod names;
mod prefixes;
mod rule;

pub use activity::{
    Activity, Assessment, Credit, Form, Mode, ScoreRule, Selectors, Session, Window,
};
pub use audience::Audience;
pub use names::Names;
use prefixes::Prefixes;
pub use rule::reaches_score;
pub use rule::{ActivityRule, ModuleRule, hours_of, micros_of_hours};
pub(super) use rule::{Fulfilment, ModuleFulfilment};

/// A name in one or more languages, by language tag (`it`, `en`, `de-IT`). Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Title(pub BTreeMap<String, String>);

impl Title {
    /// The text in `language`; failing that in the language of a region (`en-GB` for `en`), failing
    /// that in Italian, failing that the first by tag.
    pub fn in_language(&self, language: &str) -> &str {
        let is_regional =
            |tag: &str| tag.strip_prefix(language).is_some_and(|region| region.starts_with('-'));
        let regional = || self.0.iter().find(|(tag, _)| is_regional(tag)).map(|(_, text)| text);
        self.0
            .get(language)
            .or_else(regional)
            .or_else(|| self.0.get("it"))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}

/// One module of a course.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// Unique in the course.
    pub id: String,
    /// Its name.
    pub title: Title,
    /// The hours it is planned for.
    pub hours: Option<f64>,
    /// Its part in the score and progress of the course.
    pub weight: f64,
    /// Positions in the course of the modules that must be completed for this one to be.
    pub requires: Vec<usize>,
    /// Whom it is for.
    pub audience: Audience,
    /// When it is completed.
    pub complete_when: ModuleRule,
    /// In the order of the file, those online before the events; at least one.
    pub activities: Vec<Activity>,
}

/// One run of a course, with days of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Unique in the course; learners name theirs in the column `edition`.
    pub id: String,
    /// Its name.
    pub title: Title,
    /// The days whose statements count for its learners.
    pub window: Window,
}

/// Who gets the certificate: all that is given must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// Positions of the modules that must be completed where they are for the learner.
    pub modules: Vec<usize>,
    /// The least hours, online and in presence.
    pub hours: Option<f64>,
    /// The least hours in presence.
    pub hours_presence: Option<f64>,
    /// The least score of the course, from -1 to 1.
    pub score: Option<f64>,
    /// The last day that counts.
    pub by: Option<Date>,
}

/// What a course file says of the course as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// The name of the course in addresses and commands.
    pub id: String,
    /// The IRI of the course as an Activity.
    pub iri: String,
    /// The name of the course for people.
    pub title: Title,
    /// The IANA name of the zone whose days and hours its reports mean.
    pub time_zone: String,
    /// The hours that a learner is to do.
    pub hours: Option<f64>,
    /// The hours that a learner is to do in a calendar year, where there is such a target.
    pub hours_per_year: Option<f64>,
    /// What the places in its learner lists are held against.
    pub territories: Territories,
    /// What values of its learner lists are called.
    pub names: Names,
    /// The days whose statements count.
    pub window: Window,
    /// The days over which the hours are planned, where they are not those of `window`.
    pub planned: Option<Window>,
    /// After how many idle days a learner who started and has not completed is at risk.
    pub at_risk_days: u16,
    /// Its runs; none where there is only one.
    pub editions: Vec<Edition>,
    /// Who gets the certificate.
    pub certificate: Option<Certificate>,
}

/// Where in a course a statement counts: positions in [`Course::modules`] and
/// [`Module::activities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActivityPlace {
    /// Position of the module.
    pub module: usize,
    /// Position of the activity in the module.
    pub activity: usize,
}

/// A course as its file describes it, checked: only [`Course::parse`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    outline: Outline,
    zone: TimeZone,
    modules: Vec<Module>,
    by_id: HashMap<String, ActivityPlace>,
    by_prefix: Prefixes,
    by_context: HashMap<String, ActivityPlace>,
    by_key: HashMap<String, ActivityPlace>,
}

impl Course {
    pub(super) fn new(outline: Outline, zone: TimeZone, modules: Vec<Module>) -> Self {
        let mut course = Self {
            outline,
            zone,
            modules: Vec::new(),
            by_id: HashMap::new(),
            by_prefix: Prefixes::default(),
            by_context: HashMap::new(),
            by_key: HashMap::new(),
        };
        let mut prefixes = Vec::new();
        for (m, module) in modules.iter().enumerate() {
            for (a, activity) in module.activities.iter().enumerate() {
                let place = ActivityPlace { module: m, activity: a };
                course.index(activity, place);
                prefixes.extend(activity.selection.prefixes.iter().map(|it| (it.clone(), place)));
            }
        }
        course.by_prefix = Prefixes::of(prefixes);
        course.modules = modules;
        course
    }

    fn index(&mut self, activity: &Activity, place: ActivityPlace) {
        let Selectors { ids, within, .. } = &activity.selection;
        self.by_id.extend(ids.iter().map(|id| (id.clone(), place)));
        self.by_context.extend(within.iter().map(|iri| (iri.clone(), place)));
        self.by_key.insert(activity.key.clone(), place);
    }

    /// What the file says of the course as a whole.
    pub const fn outline(&self) -> &Outline {
        &self.outline
    }

    /// The name of the course in addresses and commands.
    pub fn id(&self) -> &str {
        &self.outline.id
    }

    /// The name of the course for people.
    pub const fn title(&self) -> &Title {
        &self.outline.title
    }

    /// The IANA name of the zone whose days and hours its reports mean.
    pub fn time_zone(&self) -> &str {
        &self.outline.time_zone
    }

    /// That zone.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The hours that a learner is to do.
    pub const fn hours(&self) -> Option<f64> {
        self.outline.hours
    }

    /// In the order of the file.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// Every activity with its place, module by module.
    pub fn activities(&self) -> impl Iterator<Item = (ActivityPlace, &Activity)> {
        self.activities_in_modules().map(|(place, _, activity)| (place, activity))
    }

    /// Every activity with its place and module, module by module.
    pub fn activities_in_modules(
        &self,
    ) -> impl Iterator<Item = (ActivityPlace, &Module, &Activity)> {
        self.modules.iter().enumerate().flat_map(|(m, module)| {
            let place = move |activity| ActivityPlace { module: m, activity };
            let activities = module.activities.iter().enumerate();
            activities.map(move |(a, activity)| (place(a), module, activity))
        })
    }

    /// The one activity a statement counts for: that which has its object's IRI as an id, else as
    /// a prefix, else that which lies around one of `parents`, else of `groupings`.
    /// `None` when the statement is not of this course.
    pub fn place_of(
        &self,
        object: &str,
        parents: &[String],
        groupings: &[String],
    ) -> Option<ActivityPlace> {
        let by_prefix = || self.by_prefix.place_of(object);
        let by_context = || {
            let around = |iri| self.by_context.get(iri).copied();
            parents.iter().chain(groupings).find_map(around)
        };
        self.by_id.get(object).copied().or_else(by_prefix).or_else(by_context)
    }

    /// The activity of this key.
    pub fn place_of_key(&self, key: &str) -> Option<ActivityPlace> {
        self.by_key.get(key).copied()
    }

    /// The module and activity at a place; `None` for a place of another course.
    pub fn at(&self, place: ActivityPlace) -> Option<(&Module, &Activity)> {
        let module = self.modules.get(place.module)?;
        Some((module, module.activities.get(place.activity)?))
    }

    /// The module and activity at a place that this course has given.
    #[expect(
        clippy::expect_used,
        reason = "places come from the maps of the course, which hold no others"
    )]
    pub(crate) fn at_own(&self, place: ActivityPlace) -> (&Module, &Activity) {
        self.at(place).expect("a place of this course")
    }

    /// The edition of this id.
    pub fn edition(&self, id: &str) -> Option<&Edition> {
        self.outline.editions.iter().find(|edition| edition.id == id)
    }

    /// The days whose statements count for the learners of an edition; those of the course for
    /// learners without one.
    pub fn window_of(&self, edition: &str) -> Window {
        self.edition(edition).map_or(self.outline.window, |edition| edition.window)
    }

    /// Whether both courses take the same statements into the same activities, so that what was
    /// read of the log for one is right for the other.
    pub fn reads_like(&self, other: &Self) -> bool {
        let selections = |course: &'_ Self| -> BTreeMap<String, Selectors> {
            course.activities().map(|(_, a)| (a.key.clone(), a.selection.clone())).collect()
        };
        self.outline.time_zone == other.outline.time_zone && selections(self) == selections(other)
    }
}
