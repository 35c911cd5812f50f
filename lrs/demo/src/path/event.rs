//! Where a learner goes, and what registers and platforms say of it.

use rand::Rng;
use rand::seq::IndexedRandom;

use super::Path;
use super::pace::Pace;
use crate::sender::moodle::Moodle;
use crate::sender::register::{Register, voided};
use crate::site::site_of;
use course::{Activity, ActivityPlace, Module, Session};

const HOUR: i64 = 3600;

impl Path<'_> {
    /// The events that are for the learner, on days on which they take part; not everybody comes.
    pub(super) fn attend(&mut self, pace: &Pace) {
        let world = self.world;
        for (place, event) in world.course.activities().filter(|(_, it)| it.is_event()) {
            let Some(module) = world.course.modules().get(place.module) else { continue };
            if !module.audience.includes(&self.person.learner) || !self.chance.random_bool(0.88) {
                continue;
            }
            if event.sessions().is_empty() {
                self.on_some_day(place, event, pace);
                continue;
            }
            let mut sessions: Vec<&Session> = event.sessions().iter().collect();
            sessions.retain(|it| pace.takes_part(self.calendar.day_of(it.date)));
            let nearest = sessions.iter().map(|it| self.distance(it)).min();
            // Far away, only a part goes.
            if nearest == Some(3) && self.chance.random_bool(0.5) {
                continue;
            }
            let near: Vec<&Session> =
                sessions.into_iter().filter(|it| Some(self.distance(it)) == nearest).collect();
            let first = near.choose(&mut self.chance).copied();
            let again = self.chance.random_bool(0.03);
            let second = near.iter().copied().find(|it| again && Some(*it) != first);
            for session in first.into_iter().chain(second) {
                self.session(place, module, event, session);
            }
        }
    }

    /// How far off a session is: in the province, the region, at a distance, elsewhere.
    fn distance(&self, session: &Session) -> u8 {
        let learner = &self.person.learner;
        match () {
            () if session.region.is_empty() => 2,
            () if session.region != learner.region => 3,
            () if session.place.starts_with(&learner.province) => 0,
            () => 1,
        }
    }

    fn session(
        &mut self,
        place: ActivityPlace,
        module: &Module,
        event: &Activity,
        session: &Session,
    ) {
        let zone = self.world.course.zone();
        let begin = session.begin(zone).map_or(0, |begin| begin.timestamp().as_second());
        let length = session.micros(zone).and_then(|micros| i64::try_from(micros / 1_000_000).ok());
        let length = length.filter(|length| *length > 0).unwrap_or_else(|| seconds_of(event));
        if session.object.contains("/mod/bigbluebuttonbn/") {
            self.meeting(place, &session.object, begin, length);
            return;
        }
        let course = &self.world.course;
        let register = Register { course, module, event, session };
        let stayed = self.stayed(length);
        let actor = self.person.in_register();
        if self.chance.random_bool(0.015) {
            let wrong = register.attended(&actor, length / 2, begin);
            if let Some(id) = self.say(place, begin, wrong) {
                let then = begin + 2 * 24 * HOUR;
                self.note(then, voided(&self.world.sites.main, &id, then));
            }
        }
        self.say(place, begin, register.attended(&actor, stayed, begin));
    }

    /// An event that has no session in the file: a platform knows when it is.
    fn on_some_day(&mut self, place: ActivityPlace, event: &Activity, pace: &Pace) {
        let Some(id) = event.selection.ids.first().filter(|id| id.contains("/mod/")) else {
            return;
        };
        let begins = event.window.begins.map_or(0, |day| self.calendar.day_of(day));
        let ends = event.window.ends.map_or(self.calendar.days, |day| self.calendar.day_of(day));
        // The same day for everybody of a region.
        let step = i64::try_from(self.person.territory).unwrap_or_default() * 2;
        let day = self.calendar.working_day((begins + step).min(ends - 2).max(begins));
        if !pace.takes_part(day) {
            return;
        }
        let begin = self.calendar.instant(day, 9 * HOUR);
        let length = seconds_of(event);
        if id.contains("/mod/bigbluebuttonbn/") {
            self.meeting(place, id, begin, length);
            return;
        }
        let site = site_of(id).unwrap_or_default();
        let moodle = Moodle::new(self.person, &site, &Moodle::section(&site, place.module));
        let stayed = self.stayed(length);
        self.say(place, begin, moodle.attended(id, stayed, begin));
    }

    /// A meeting at a distance; some lose the connection and come back.
    fn meeting(&mut self, place: ActivityPlace, id: &str, begin: i64, length: i64) {
        let site = site_of(id).unwrap_or_default();
        let moodle = Moodle::new(self.person, &site, &Moodle::section(&site, place.module));
        let came = begin + self.chance.random_range(0..600);
        let left = begin + self.stayed(length);
        self.say(place, came, moodle.joined(id, came));
        if self.chance.random_bool(0.15) {
            let lost = i64::midpoint(came, left);
            self.say(place, lost, moodle.left(id, lost));
            self.say(place, lost + 240, moodle.joined(id, lost + 240));
        }
        self.say(place, left, moodle.left(id, left));
    }

    /// Most stay until the end.
    fn stayed(&mut self, length: i64) -> i64 {
        let early = if self.chance.random_bool(0.12) { self.chance.random_range(2..=4) } else { 0 };
        (length - early * HOUR / 2).max(length / 2)
    }
}

/// The hours that a file gives an event; two where it gives none.
fn seconds_of(event: &Activity) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "an event has some hours")]
    let seconds = (event.hours.unwrap_or(2.0).min(24.0) * 3600.0) as i64;
    seconds
}
