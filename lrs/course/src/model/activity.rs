//! The activities of a module: online ones, and events in presence.

use jiff::Zoned;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::Title;
use super::rule::ActivityRule;

/// Which statements belong to an activity, by their object or by where it stands. IRIs are
/// compared character by character.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selectors {
    /// Objects with exactly one of these IRIs.
    pub ids: Vec<String>,
    /// Objects whose IRI begins with one of these texts.
    pub prefixes: Vec<String>,
    /// Objects of statements that have one of these IRIs in `contextActivities.parent` or
    /// `.grouping`.
    pub within: Vec<String>,
    /// The IRI of the package that is played here, which is among `ids`. Of what is below it the time counts, and whether
    /// something happened; completion, success and score are what is said of the package itself, as of all its parts.
    pub package: Option<String>,
}

/// One activity of a module.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Its name in reports and progress documents; unique in the course.
    pub key: String,
    /// The statements that belong to it, those of its sessions included.
    pub selection: Selectors,
    /// Its name for people, where the file gives one.
    pub title: Option<Title>,
    /// What kind it is: a word of the course's author, such as `test` or `seminar`; `online`
    /// where they give none.
    pub kind: String,
    /// The most hours that count for it; without it every hour counts.
    pub hours: Option<f64>,
    /// Its part in the score and progress of the module.
    pub weight: f64,
    /// Positions in the module of the activities that must be fulfilled first.
    pub requires: Vec<usize>,
    /// The days whose statements count.
    pub window: Window,
    /// What it asks.
    pub complete_when: ActivityRule,
    /// Online, or in presence.
    pub form: Form,
}

/// How people take part in an activity.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// By a player that sends statements.
    Online {
        /// Which hours count.
        credit: Credit,
        /// Which score counts.
        score: ScoreRule,
        /// Whether it measures what learners know before or after the course.
        assessment: Option<Assessment>,
    },
    /// By being there.
    Event {
        /// Where its hours are counted.
        mode: Mode,
        /// When and where it is held; attending several counts once.
        sessions: Vec<Session>,
    },
}

/// Which hours of an online activity count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credit {
    /// The time measured, at most the activity's hours.
    #[default]
    Measured,
    /// The activity's hours, when it is fulfilled.
    Nominal,
}

/// Which score of several counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScoreRule {
    /// The largest.
    #[default]
    Best,
    /// The latest by timestamp.
    Last,
}

/// When an assessment is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assessment {
    /// Before the course.
    Entry,
    /// After it.
    Exit,
}

/// Where the hours of an event are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As hours in presence.
    #[default]
    Presence,
    /// As hours online, such as a live lesson at a distance.
    Distance,
}

/// One edition of an event: when and where it is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Unique in the event.
    pub id: String,
    /// The IRI that its `attended` statements have as object.
    pub object: String,
    /// The day.
    pub date: Date,
    /// From when to when, in the course's time zone.
    pub times: Option<(Time, Time)>,
    /// Where.
    pub place: String,
    /// The region it is held in; empty when unknown.
    pub region: String,
}

/// Days on which statements count, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first day; without it there is no beginning.
    pub begins: Option<Date>,
    /// The last day; without it there is no end.
    pub ends: Option<Date>,
}

impl Window {
    /// Whether `day` lies in it.
    pub fn holds(&self, day: Date) -> bool {
        self.begins.is_none_or(|begins| begins <= day) && self.ends.is_none_or(|ends| day <= ends)
    }

    /// Whether every day lies in it.
    pub const fn is_open(&self) -> bool {
        self.begins.is_none() && self.ends.is_none()
    }
}

impl Selectors {
    /// Whether a word on completion, success or score of this object is one on the activity.
    pub(crate) fn judges(&self, object: &str) -> bool {
        self.package.as_deref().is_none_or(|package| package == object)
    }
}

impl Activity {
    /// Whether its hours are hours in presence.
    pub const fn is_in_presence(&self) -> bool {
        matches!(self.form, Form::Event { mode: Mode::Presence, .. })
    }

    /// Whether it is an event.
    pub const fn is_event(&self) -> bool {
        matches!(self.form, Form::Event { .. })
    }

    /// The sessions of an event; none for what is online.
    pub fn sessions(&self) -> &[Session] {
        match &self.form {
            Form::Event { sessions, .. } => sessions,
            Form::Online { .. } => &[],
        }
    }

    /// Its title in `language`, or its key where it has none.
    pub fn name_in(&self, language: &str) -> &str {
        self.title.as_ref().map_or(&self.key, |title| title.in_language(language))
    }
}

impl Session {
    /// When it begins: at its time, else at nine in the morning. `None` only for a day so far off
    /// that it has no instant.
    pub fn begin(&self, zone: &TimeZone) -> Option<Zoned> {
        let time = self.times.map_or(Time::constant(9, 0, 0, 0), |(from, _)| from);
        self.date.to_datetime(time).to_zoned(zone.clone()).ok()
    }

    /// How long it lasts by its times, in microseconds, over a change of the clocks too.
    pub fn micros(&self, zone: &TimeZone) -> Option<u64> {
        let (_, to) = self.times?;
        let end = self.date.to_datetime(to).to_zoned(zone.clone()).ok()?;
        let length = self.begin(zone)?.timestamp().duration_until(end.timestamp());
        u64::try_from(length.as_micros()).ok()
    }
}
