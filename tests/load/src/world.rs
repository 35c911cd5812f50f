//! Statements as Moodle and SCORM players send them, made up by number: the same number gives
//! the same statement, and every choice can be asked for again by whoever looks for statements.
//!
//! Twelve statements make an attempt of one learner at one activity, with a registration of its
//! own; a thousand attempts run at once. One attempt in ten is of one of a few busy learners.

use std::fmt::Write as _;

use uuid::Uuid;

use crate::rounds::Effort;

/// Statements of one attempt.
const STEPS: u64 = 12;
/// Attempts that run at the same time.
const AT_ONCE: u64 = 1000;
const COURSES: u64 = 20;
/// Activities of a course: 500 in all.
const ACTIVITIES: u64 = 25;
const LEARNERS: u64 = 50_000;

pub(crate) const SITE: &str = "https://aula.example.org";

/// Verbs with their share in a thousand statements. The first is the frequent one, the last the
/// rare one.
const VERBS: [(&str, &str, u64); 20] = [
    ("http://id.tincanapi.com/verb/viewed", "ha aperto", 310),
    ("http://adlnet.gov/expapi/verbs/initialized", "ha iniziato", 110),
    ("http://adlnet.gov/expapi/verbs/terminated", "ha terminato", 100),
    ("http://adlnet.gov/expapi/verbs/answered", "ha risposto", 90),
    ("http://adlnet.gov/expapi/verbs/completed", "ha completato", 80),
    ("http://adlnet.gov/expapi/verbs/progressed", "è avanzato", 60),
    ("http://adlnet.gov/expapi/verbs/passed", "ha superato", 50),
    ("http://adlnet.gov/expapi/verbs/suspended", "ha sospeso", 40),
    ("http://adlnet.gov/expapi/verbs/resumed", "ha ripreso", 40),
    ("http://adlnet.gov/expapi/verbs/experienced", "ha visto", 30),
    ("https://w3id.org/xapi/adl/verbs/logged-in", "è entrato", 20),
    ("http://adlnet.gov/expapi/verbs/failed", "non ha superato", 15),
    ("http://adlnet.gov/expapi/verbs/attempted", "ha tentato", 12),
    ("http://adlnet.gov/expapi/verbs/interacted", "ha interagito", 11),
    ("https://w3id.org/xapi/video/verbs/played", "ha avviato", 10),
    ("https://w3id.org/xapi/video/verbs/paused", "ha messo in pausa", 9),
    ("http://adlnet.gov/expapi/verbs/commented", "ha commentato", 6),
    ("http://adlnet.gov/expapi/verbs/registered", "si è iscritto", 4),
    ("http://adlnet.gov/expapi/verbs/shared", "ha condiviso", 2),
    ("http://adlnet.gov/expapi/verbs/mastered", "padroneggia", 1),
];

/// The verb of about a third of all statements.
pub(crate) const FREQUENT_VERB: &str = VERBS[0].0;
/// The verb of one statement in a thousand.
pub(crate) const RARE_VERB: &str = VERBS[19].0;

/// Evenly spread bits of `number`, other ones for each `purpose` (the finaliser of `SplitMix64`).
pub(crate) const fn spread(number: u64, purpose: u64) -> u64 {
    let mut bits = number.wrapping_add(purpose.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// The id of a statement: spread over all ids, as players draw them.
pub(crate) fn id(number: u64) -> Uuid {
    uuid(number, 1)
}

/// The registration of the attempt that a statement belongs to.
pub(crate) fn registration(number: u64) -> Uuid {
    uuid(attempt(number), 2)
}

/// The teacher of a course, named as instructor in a quarter of its statements.
pub(crate) fn teacher(course: u64) -> String {
    format!(r#"{{"mbox":"mailto:docente{}@aula.example.org"}}"#, course % COURSES)
}

/// A course, the parent of its activities.
pub(crate) fn course(course: u64) -> String {
    format!("{SITE}/course/view.php?id={}", course % COURSES)
}

/// One of the activities.
pub(crate) fn activity(activity: u64) -> String {
    format!("{SITE}/mod/scorm/view.php?id={}", activity % (COURSES * ACTIVITIES))
}

/// A world of statements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    busy: u64,
}

impl World {
    /// A world whose busy learners have about a hundred statements each in its smaller store.
    pub(crate) fn new(effort: &Effort) -> Self {
        Self { busy: effort.size(100) }
    }

    /// A learner with many statements, as JSON.
    pub(crate) fn busy_learner(self, number: u64) -> String {
        let learner = spread(number, 12) % self.busy;
        format!(r#"{{"account":{{"homePage":"{SITE}","name":"{learner}"}}}}"#)
    }

    /// The JSON text of a statement, its id first, about 1.2 KB.
    pub(crate) fn statement(self, number: u64) -> String {
        let attempt = attempt(number);
        let learner = self.learner_of(attempt);
        let course_number = spread(attempt, 5) % COURSES;
        let activity = course_number * ACTIVITIES + spread(attempt, 6) % ACTIVITIES;
        let (verb, said, _) = verb(number);
        let mut text = String::with_capacity(1400);
        let _ = write!(
            text,
            r#"{{"id":"{id}","actor":{{"objectType":"Agent","name":"Discente {learner}","account":{{"homePage":"{SITE}","name":"{learner}"}}}},"#,
            id = id(number),
        );
        let _ = write!(
            text,
            r#""verb":{{"id":"{verb}","display":{{"it":"{said}"}}}},"object":{{"objectType":"Activity","id":"{object}","definition":{{"type":"http://adlnet.gov/expapi/activities/lesson","name":{{"it":"Lezione {activity}: accoglienza e servizi del territorio"}}}}}},"#,
            object = self::activity(activity),
        );
        if number.is_multiple_of(3) {
            let (score, minutes) = (spread(number, 8) % 101, spread(number, 9) % 180);
            let _ = write!(
                text,
                r#""result":{{"score":{{"scaled":{},"raw":{score},"min":0,"max":100}},"success":{},"completion":true,"duration":"PT{minutes}M12S"}},"#,
                f64::from(u32::try_from(score).unwrap_or(0)) / 100.0,
                score >= 60,
            );
        }
        context(&mut text, number, course_number);
        text
    }

    fn learner_of(self, attempt: u64) -> u64 {
        let chance = spread(attempt, 3);
        if chance.is_multiple_of(10) {
            spread(attempt, 4) % self.busy
        } else {
            self.busy + spread(attempt, 4) % LEARNERS
        }
    }
}

fn context(text: &mut String, number: u64, course_number: u64) {
    let registration = registration(number);
    let course = course(course_number);
    let _ = write!(
        text,
        r#""context":{{"registration":"{registration}","platform":"Moodle","language":"it","#
    );
    if spread(number, 10).is_multiple_of(4) {
        let _ = write!(text, r#""instructor":{},"#, teacher(course_number));
    }
    let _ = write!(
        text,
        r#""contextActivities":{{"parent":[{{"id":"{course}","definition":{{"type":"http://adlnet.gov/expapi/activities/course","name":{{"it":"Corso {course_number}"}}}}}}],"grouping":[{{"id":"{SITE}","definition":{{"type":"http://id.tincanapi.com/activitytype/lms"}}}}],"category":[{{"id":"https://w3id.org/xapi/scorm","definition":{{"type":"http://adlnet.gov/expapi/activities/profile"}}}}]}},"extensions":{{"{SITE}/ext/evento":{{"componente":"mod_scorm","azione":"sco_launched","versione":"4.5.2"}}}}}},"#,
    );
    let when = spread(number, 7);
    let _ = write!(
        text,
        r#""timestamp":"2026-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"}}"#,
        when % 12 + 1,
        when / 12 % 28 + 1,
        when / 400 % 24,
        when / 10_000 % 60,
        when / 700_000 % 60,
        when / 50_000_000 % 1000,
    );
}

const fn attempt(number: u64) -> u64 {
    number / (STEPS * AT_ONCE) * AT_ONCE + number % AT_ONCE
}

fn verb(number: u64) -> (&'static str, &'static str, u64) {
    let mut left = spread(number, 11) % 1000;
    for verb in VERBS {
        if left < verb.2 {
            return verb;
        }
        left -= verb.2;
    }
    VERBS[0]
}

fn uuid(number: u64, purpose: u64) -> Uuid {
    let (high, low) = (spread(number, 100 + purpose), spread(number, 200 + purpose));
    uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
        .into_uuid()
}
