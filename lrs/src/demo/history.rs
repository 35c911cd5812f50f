//! How one learner goes through a course: when, how far, and how well.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::people::Person;
use super::statement::{Completion, Player, Session};
use crate::course::{Activity, ActivityRule, Course, Selector};

/// Monday, 3 November 2025, 07:00 UTC.
const BEGIN: i64 = 1_762_153_200;
const DAY: i64 = 86_400;
/// The whole course, in days.
const YEAR: i64 = 360;

/// Writes one learner's statements.
pub(super) struct History<'a> {
    player: &'a Player,
    person: &'a Person,
    seed: u64,
    chance: ChaCha8Rng,
    statements: Vec<Value>,
}

impl<'a> History<'a> {
    pub(super) fn new(
        player: &'a Player,
        person: &'a Person,
        seed: u64,
        chance: ChaCha8Rng,
    ) -> Self {
        Self { player, person, seed, chance, statements: Vec::new() }
    }

    /// Module by module, each in its part of the year, until the learner stops; the last one is
    /// left half-way more often than not.
    pub(super) fn of(mut self, course: &Course) -> Vec<Value> {
        if self.chance.random_bool(0.14) {
            return self.statements;
        }
        let modules = course.modules().len();
        // The lower of two draws: more stop early than late.
        let mut draw = || self.chance.random_range(0..=modules);
        let last = draw().min(draw()).min(modules.saturating_sub(1));
        let days = YEAR / i64::try_from(modules.max(1)).unwrap_or(1);
        let mut begin = BEGIN;
        for (m, module) in course.modules().iter().enumerate().take(last + 1) {
            let is_last = m == last && self.chance.random_bool(0.6);
            let stop = if is_last {
                self.chance.random_range(1..=module.activities.len().max(1))
            } else {
                module.activities.len()
            };
            let slots = i64::try_from(module.activities.len()).unwrap_or(1).max(1);
            let mut slot = begin;
            for (a, activity) in module.activities.iter().enumerate().take(stop) {
                let at = self.moment(slot, days / slots);
                let finishes = !is_last || a + 1 < stop;
                self.activity(activity, at, finishes);
                slot += days / slots * DAY;
            }
            begin += days * DAY;
        }
        self.statements
    }

    /// Some working hour within `days` from `begin`, leaving the last day free.
    fn moment(&mut self, begin: i64, days: i64) -> i64 {
        let day = self.chance.random_range(0..(days - 2).max(1));
        begin + day * DAY + self.chance.random_range(0..9 * 3600)
    }

    fn activity(&mut self, activity: &Activity, at: i64, finishes: bool) {
        match (&activity.selector, activity.complete_when) {
            (Selector::Prefix(prefix), _) => {
                let lessons = self.chance.random_range(1..=2);
                for lesson in 1..=lessons {
                    let object = format!("{prefix}lezione-{lesson}");
                    self.package(&object, at + (lesson - 1) * 7200, finishes);
                }
            }
            (Selector::Id(id), ActivityRule::Experienced) => {
                self.add(self.player.viewed(self.person, id, at));
            }
            (Selector::Id(id), ActivityRule::Passed) if !id.contains("/mod/scorm/") => {
                self.test(id, at, finishes);
            }
            (Selector::Id(id), _) => self.package(id, at, finishes),
        }
    }

    /// A SCORM package in one sitting; rarely Moodle takes its completion back afterwards.
    fn package(&mut self, object: &str, at: i64, finishes: bool) {
        let seconds = self.chance.random_range(30 * 60..210 * 60);
        let finished_with = finishes.then(|| self.chance.random_range(45..=100));
        let session = Session { seconds, finished_with };
        self.add(self.player.initialized(self.person, object, at));
        self.add(self.player.ended(self.person, object, at + seconds, &session));
        if finishes && self.chance.random_bool(0.02) {
            let undone = Completion::Undone;
            self.add(self.player.completion(self.person, object, at + seconds + 600, undone));
        } else if finishes && self.chance.random_bool(0.12) {
            let done = Completion::Done;
            self.add(self.player.completion(self.person, object, at + seconds + 60, done));
        }
    }

    /// A test in Moodle, taken again by some who failed.
    fn test(&mut self, object: &str, at: i64, finishes: bool) {
        self.add(self.player.viewed(self.person, object, at));
        if !finishes {
            return;
        }
        let passed = self.chance.random_bool(0.8);
        let graded = |passed| Completion::Graded(passed);
        self.add(self.player.completion(self.person, object, at + 1500, graded(passed)));
        if !passed && self.chance.random_bool(0.7) {
            self.add(self.player.completion(self.person, object, at + DAY, graded(true)));
        }
    }

    fn add(&mut self, mut statement: Value) {
        let id = self.player.id(self.seed, self.person, self.statements.len());
        if let Some(members) = statement.as_object_mut() {
            members.insert("id".to_owned(), Value::from(id));
        }
        self.statements.push(statement);
    }
}
