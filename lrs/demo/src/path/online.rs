//! What a learner does online.

use rand::Rng;
use rand::seq::IndexedRandom;
use uuid::Uuid;

use super::Path;
use crate::sender::Outcome;
use crate::sender::cmi5::Cmi5;
use crate::sender::moodle::Moodle;
use crate::sender::package::Package;
use crate::site::site_of;
use course::{Activity, ActivityPlace, Assessment, Credit, Form};

/// One time that somebody sits down to learn.
#[derive(Clone, Copy)]
struct Sitting {
    at: i64,
    seconds: i64,
    /// Whether what they learn is done at its end.
    finishes: bool,
}

impl Sitting {
    const fn end(self) -> i64 {
        self.at + self.seconds
    }
}

impl Path<'_> {
    /// One activity, to its end or not, by what the course file names it.
    pub(super) fn online(&mut self, place: ActivityPlace, activity: &Activity, finishes: bool) {
        let selection = &activity.selection;
        let id = self.at_home(&selection.ids).filter(|id| !id.contains('#'));
        let prefix = self.at_home(&selection.prefixes);
        let within = self.at_home(&selection.within);
        let lessons = selection.within.is_empty() || self.chance.random_bool(0.25);
        match (id, prefix, within) {
            (Some(id), ..) if id.contains("/mod/scorm/") => {
                self.scorm(place, activity, id, finishes);
            }
            (Some(id), ..) if id.contains("/mod/quiz/") => self.test(place, activity, id, finishes),
            (Some(id), ..) if id.contains("/mod/") => self.module(place, id, finishes),
            (Some(id), _, within) if id.contains("/cmi5/") => {
                self.cmi5(place, activity, (id, within.unwrap_or(id)), finishes);
            }
            (Some(id), ..) if activity.kind == "survey" => self.survey(place, id, finishes),
            (Some(id), ..) => self.package(place, activity, id, finishes),
            (None, Some(prefix), _) if lessons => {
                for lesson in 1..=self.chance.random_range(1..=2) {
                    self.package(place, activity, &format!("{prefix}lezione-{lesson}"), finishes);
                }
            }
            (None, _, Some(section)) => self.pages(place, section, finishes),
            (None, Some(prefix), _) => {
                self.package(place, activity, &format!("{prefix}lezione-1"), finishes);
            }
            (None, None, None) => {}
        }
    }

    /// The address on the learner's own platform, one of several by their region; else the first.
    fn at_home<'i>(&self, iris: &'i [String]) -> Option<&'i str> {
        let plain = iris.iter().filter(|iri| !iri.contains('#'));
        let is_home = |iri: &&String| site_of(iri).as_ref() == Some(&self.person.home);
        let own: Vec<&String> = plain.clone().filter(is_home).collect();
        let one = own.get(self.person.territory % own.len().max(1)).copied();
        one.or_else(|| plain.clone().next()).or_else(|| iris.first()).map(String::as_str)
    }

    fn moodle<'i>(&self, place: ActivityPlace, site: &'i str) -> Moodle<'i> {
        Moodle::new(self.person, site, &Moodle::section(site, place.module))
    }

    /// A SCORM package in Moodle, of which both Moodle and the package tell.
    fn scorm(&mut self, place: ActivityPlace, activity: &Activity, id: &str, finishes: bool) {
        let site = site_of(id).unwrap_or_default();
        let moodle = self.moodle(place, &site);
        let at = self.moment();
        self.say(place, at - 90, moodle.viewed(id, at - 90));
        self.say(place, at - 60, moodle.sco_launched(id, at - 60));
        let Some((end, outcome)) = self.sessions(place, activity, id, at, finishes) else { return };
        self.say(place, end + 2, moodle.sco_scored(id, outcome, end + 2));
        let graded = outcome.passed.then_some(true);
        self.say(place, end + 60, moodle.completed(id, graded, end + 60));
        if self.chance.random_bool(0.015) {
            self.say(place, end + 900, moodle.uncompleted(id, end + 900));
        }
    }

    /// A package that stands alone.
    fn package(&mut self, place: ActivityPlace, activity: &Activity, id: &str, finishes: bool) {
        let at = self.moment();
        self.sessions(place, activity, id, at, finishes);
    }

    /// The sessions of a package; where it is finished, when that was and how well. Whoever fails
    /// may try again.
    fn sessions(
        &mut self,
        place: ActivityPlace,
        activity: &Activity,
        id: &str,
        at: i64,
        finishes: bool,
    ) -> Option<(i64, Outcome)> {
        let site = site_of(id).unwrap_or_default();
        let world = self.world;
        let mut package = Package {
            actor: self.person.in_package(&site),
            object: id,
            course: &world.course.outline().iri,
            attempt: self.id(self.said.len(), "attempt"),
        };
        let mut outcome = self.outcome(0.85);
        let mut end = None;
        for (n, sitting) in self.sittings(activity, at, finishes).into_iter().enumerate() {
            let Sitting { at, seconds, finishes } = sitting;
            self.say(place, at, package.opened(n == 0, at));
            if finishes {
                let right = outcome.passed || self.chance.random_bool(0.3);
                self.say(
                    place,
                    sitting.end() - 30,
                    package.responded(1, right, sitting.end() - 30),
                );
                let last = package.terminated(outcome, seconds, sitting.end());
                self.say(place, sitting.end(), last);
                end = Some(sitting.end());
            } else {
                self.say(place, sitting.end(), package.suspended(seconds, sitting.end()));
            }
        }
        if end.is_some() && !outcome.passed && self.chance.random_bool(0.75) {
            let (at, seconds) = (self.moment(), self.chance.random_range(1200..4800));
            outcome = self.passing();
            package.attempt = self.id(self.said.len(), "attempt");
            self.say(place, at, package.opened(true, at));
            self.say(place, at + seconds, package.terminated(outcome, seconds, at + seconds));
            end = Some(at + seconds);
        }
        end.map(|end| (end, outcome))
    }

    /// A test in Moodle, taken again by some who failed.
    fn test(&mut self, place: ActivityPlace, activity: &Activity, id: &str, finishes: bool) {
        let site = site_of(id).unwrap_or_default();
        let moodle = self.moodle(place, &site);
        let Form::Online { assessment, .. } = activity.form else { return };
        let entry = assessment == Some(Assessment::Entry);
        let mut at = self.moment();
        self.say(place, at, moodle.viewed(id, at));
        let mut outcome = self.outcome(if entry { 0.35 } else { 0.72 });
        for turn in 0..3 {
            let attempt = self.person.number * 10 + self.attempts % 10;
            self.attempts += 1;
            let took = self.chance.random_range(600..3000);
            let end = at + 20 + took;
            self.say(place, at + 20, moodle.attempt_started(id, attempt, at + 20));
            if !finishes {
                return;
            }
            for said in moodle.attempt_submitted(id, attempt, outcome, took, end) {
                self.say(place, end, said);
            }
            let tick = moodle.completed(id, Some(outcome.passed), end + 1);
            self.say(place, end + 1, tick);
            if entry || outcome.passed || turn == 2 || self.chance.random_bool(0.2) {
                return;
            }
            at = self.moment();
            outcome = self.outcome(0.8);
        }
    }

    /// Something else in Moodle: read, or filled in.
    fn module(&mut self, place: ActivityPlace, id: &str, finishes: bool) {
        let site = site_of(id).unwrap_or_default();
        let moodle = self.moodle(place, &site);
        let at = self.moment();
        self.say(place, at, moodle.viewed(id, at));
        if id.contains("/mod/book/") {
            for chapter in 1..=3_u8 {
                let then = at + i64::from(chapter) * 900;
                self.say(place, then, moodle.chapter(id, chapter.into(), then));
            }
        }
        if !finishes {
            return;
        }
        let end = at + self.chance.random_range(3000..7200);
        if id.contains("/mod/feedback/") || id.contains("/mod/questionnaire/") {
            self.say(place, end - 1, moodle.submitted(id, end - 1));
        }
        self.say(place, end, moodle.completed(id, None, end));
    }

    /// The pages of a section, which the course file does not name one by one.
    fn pages(&mut self, place: ActivityPlace, section: &str, finishes: bool) {
        let site = site_of(section).unwrap_or_default();
        let moodle = Moodle::new(self.person, &site, section);
        let number = section.rsplit('=').next().unwrap_or_default();
        for page in 1..=if finishes { 3 } else { 1 } {
            let id = format!("{site}/mod/page/view.php?id={number}0{page}");
            let at = self.moment();
            self.say(place, at, moodle.viewed(&id, at));
            if finishes {
                self.say(place, at + 2400, moodle.completed(&id, None, at + 2400));
            }
        }
    }

    /// A survey by a tool of its own; how great a need is differs by province.
    fn survey(&mut self, place: ActivityPlace, id: &str, finishes: bool) {
        let at = self.moment();
        let seconds = self.chance.random_range(240..1200);
        let site = site_of(id).unwrap_or_default();
        let world = self.world;
        let survey = Package {
            actor: self.person.in_package(&site),
            object: id,
            course: &world.course.outline().iri,
            attempt: String::new(),
        };
        let territory: usize = self.person.learner.province.bytes().map(usize::from).sum();
        let usual = (territory * 37 + place.activity * 23) % 50;
        let need = u8::try_from(usual).unwrap_or_default() + self.chance.random_range(10..=50);
        if finishes {
            let outcome = Outcome { score: need, passed: true };
            self.say(place, at, survey.surveyed(outcome, seconds, at));
        }
    }

    /// A cmi5 package: `addresses` are the player's and the publisher's.
    fn cmi5(
        &mut self,
        place: ActivityPlace,
        activity: &Activity,
        addresses: (&str, &str),
        finishes: bool,
    ) {
        let (unit, publisher) = addresses;
        let registration = format!("{unit}/{}", self.person.learner.id);
        let unit = Cmi5 {
            actor: self.person.on(&site_of(unit).unwrap_or_default()),
            unit,
            publisher,
            registration: Uuid::new_v5(&Uuid::NAMESPACE_URL, registration.as_bytes()),
        };
        let outcome = self.outcome(0.88);
        let at = self.moment();
        for (n, sitting) in self.sittings(activity, at, finishes).into_iter().enumerate() {
            let Sitting { at, seconds, finishes } = sitting;
            let end = sitting.end();
            self.say(place, at - 5, unit.launched(n, at - 5));
            self.say(place, at, unit.initialized(n, at));
            if finishes {
                self.say(place, end - 90, unit.answered(n, outcome.passed, end - 90));
                self.say(place, end - 2, unit.completed(n, seconds - 2, end - 2));
                self.say(place, end - 1, unit.passed_or_failed(n, outcome, seconds - 1, end - 1));
            }
            self.say(place, end, unit.terminated(n, seconds, end));
            if finishes && outcome.passed {
                self.say(place, end + 1, unit.satisfied(n, end + 1));
            }
        }
    }

    /// The sittings that an activity takes, the first at `at`; those of one that is left half-way
    /// are fewer.
    fn sittings(&mut self, activity: &Activity, at: i64, finishes: bool) -> Vec<Sitting> {
        let nominal = matches!(activity.form, Form::Online { credit: Credit::Nominal, .. });
        let hours = activity.hours.filter(|_| !nominal).unwrap_or(2.0);
        let share = if finishes { self.chance.random_range(0.65..1.1) } else { 0.4 };
        #[expect(clippy::cast_possible_truncation, reason = "an activity has some hours")]
        let mut left = (hours.min(60.0) * share * 3600.0) as i64;
        let mut sittings = Vec::new();
        let mut at = at;
        loop {
            let long = self.chance.random_range(120..300) * 60;
            let seconds = long.min(left.max(1200));
            left -= seconds;
            let last = left < 1200;
            sittings.push(Sitting { at, seconds, finishes: finishes && last });
            if last {
                return sittings;
            }
            at = self.moment();
        }
    }

    /// Some working hour on the next day that is free.
    pub(super) fn moment(&mut self) -> i64 {
        let day = self.calendar.working_day(self.free);
        self.free = day + self.chance.random_range(1..=2);
        let second = 8 * 3600 + self.chance.random_range(0..9 * 3600);
        self.calendar.instant(day, second)
    }

    fn outcome(&mut self, chance_to_pass: f64) -> Outcome {
        if self.chance.random_bool(chance_to_pass) {
            return self.passing();
        }
        Outcome { score: self.chance.random_range(20..60), passed: false }
    }

    fn passing(&mut self) -> Outcome {
        let score = [60, 65, 70, 75, 80, 85, 90, 95, 100].choose(&mut self.chance).copied();
        Outcome { score: score.unwrap_or(60), passed: true }
    }
}
