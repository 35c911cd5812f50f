//! How one learner goes through a course: when, how far, and how well.

mod event;
mod online;
mod pace;

use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use uuid::Uuid;

use super::calendar::Calendar;
use super::person::Person;
use super::sender::set;
use super::world::{Purpose, World};
use course::{Activity, ActivityPlace, Assessment, Form};
use pace::Pace;

/// Of this number of learners one is in a batch that Moodle's plugin sends again.
const SENT_AGAIN: usize = 29;
/// The statements of a batch.
const BATCH: usize = 30;

/// Writes one learner's statements.
pub(super) struct Path<'a> {
    world: &'a World,
    person: &'a Person,
    chance: ChaCha8Rng,
    calendar: Calendar,
    /// With the second since 1970 at which each was made.
    said: Vec<(i64, Value)>,
    /// The first day that is free.
    free: i64,
    /// How many attempts at tests there were.
    attempts: usize,
}

impl<'a> Path<'a> {
    /// All that the learner at place `n` says, in the order in which it happens.
    pub(super) fn of(world: &'a World, person: &'a Person, n: usize) -> Vec<Value> {
        let mut path = Self {
            world,
            person,
            chance: world.chance(n, Purpose::Path),
            calendar: Calendar::of(&world.course, &person.learner.edition),
            said: Vec::new(),
            free: 0,
            attempts: 0,
        };
        let Some(pace) = Pace::draw(path.calendar.days, world.sites.online, &mut path.chance)
        else {
            return Vec::new();
        };
        path.learn(&pace);
        path.attend(&pace);
        path.said.sort_by_key(|(at, _)| *at);
        path.send_again();
        path.said.into_iter().map(|(_, statement)| statement).collect()
    }

    /// Activity by activity online, until the learner stops; the last one is left half-way.
    fn learn(&mut self, pace: &Pace) {
        let items = self.online_items();
        let weight = |activity: &Activity| activity.hours.unwrap_or(1.0).max(0.5);
        let all: f64 = items.iter().map(|(_, activity)| weight(activity)).sum();
        let mut done = 0.0;
        for (place, activity) in items {
            let (from, to) = (done / all, (done + weight(activity)) / all);
            done += weight(activity);
            self.free = self.free.max(pace.day(from));
            if let Some(begins) = activity.window.begins {
                self.free = self.free.max(self.calendar.day_of(begins));
            }
            let last = activity.window.ends.map_or(i64::MAX, |end| self.calendar.day_of(end));
            if from >= pace.reach || self.free >= self.calendar.days {
                break;
            }
            if self.free <= last {
                self.online(place, activity, to <= pace.reach + 1e-9);
            }
        }
    }

    /// What is online and for the learner; in each module what measures them beforehand first.
    fn online_items(&self) -> Vec<(ActivityPlace, &'a Activity)> {
        let course = &self.world.course;
        let is_mine = |place: ActivityPlace| {
            let module = course.modules().get(place.module);
            module.is_some_and(|module| module.audience.includes(&self.person.learner))
        };
        let mut items: Vec<(ActivityPlace, &Activity)> = course
            .activities()
            .filter(|(place, activity)| !activity.is_event() && is_mine(*place))
            .collect();
        let entry = |activity: &Activity| {
            matches!(activity.form, Form::Online { assessment: Some(Assessment::Entry), .. })
        };
        items.sort_by_key(|(place, activity)| (place.module, !entry(activity), place.activity));
        items
    }

    /// Says something about the activity at `place`, if it counts there: a course sees only the
    /// objects it names. Gives the statement's id.
    fn say(&mut self, place: ActivityPlace, at: i64, statement: Value) -> Option<Value> {
        self.world.counts_for(place, &statement).then(|| self.note(at, statement))
    }

    fn note(&mut self, at: i64, statement: Value) -> Value {
        let id = Value::from(self.id(self.said.len(), "once"));
        self.said.push((at, set(statement, "id", id.clone())));
        id
    }

    fn id(&self, n: usize, time: &str) -> String {
        let (course, seed) = (&self.world.course.outline().iri, self.world.seed);
        let name = format!("{course}/demo/{seed}/{}/{n}/{time}", self.person.number);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
    }

    /// The last batch comes twice, and a store that cannot know gives new ids.
    fn send_again(&mut self) {
        if self.person.number % SENT_AGAIN != 7 {
            return;
        }
        let is_moodle = |statement: &Value| {
            statement.pointer("/context/platform").is_some_and(|platform| platform == "Moodle")
        };
        let sent = self.said.iter().filter(|(_, statement)| is_moodle(statement));
        let batch: Vec<_> = sent.rev().take(BATCH).cloned().collect();
        for (n, (at, statement)) in batch.into_iter().rev().enumerate() {
            let id = Value::from(self.id(n, "again"));
            self.said.push((at, set(statement, "id", id)));
        }
    }
}
