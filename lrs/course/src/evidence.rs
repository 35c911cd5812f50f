//! What one statement says about its actor's progress.
//!
//! The only place that reads statements for progress, and that knows the grammars of timestamps
//! and durations.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use validator::ifi::AGENT;
use validator::json::Shape::{self, Members, Scalar};
use validator::json::{Canonical, Node, at};

use super::identifier::Identifier;

const COMPLETED: &str = "http://adlnet.gov/expapi/verbs/completed";
const PASSED: &str = "http://adlnet.gov/expapi/verbs/passed";
const FAILED: &str = "http://adlnet.gov/expapi/verbs/failed";
const TERMINATED: &str = "http://adlnet.gov/expapi/verbs/terminated";
const SUSPENDED: &str = "http://adlnet.gov/expapi/verbs/suspended";
const EXITED: &str = "http://adlnet.gov/expapi/verbs/exited";
const ABANDONED: &str = "https://w3id.org/xapi/adl/verbs/abandoned";
const SATISFIED: &str = "https://w3id.org/xapi/adl/verbs/satisfied";
const WAIVED: &str = "https://w3id.org/xapi/adl/verbs/waived";
const UNCOMPLETED: &str = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";

/// SCORM Profile and H5P: how far the learner is.
const PROGRESSED: &str = "http://adlnet.gov/expapi/verbs/progressed";
/// Moodle's plugins, of meetings.
const JOIN: &str = "http://activitystrea.ms/schema/1.0/join";
const LEAVE: &str = "http://activitystrea.ms/schema/1.0/leave";
const INTERACTION: &str = "http://adlnet.gov/expapi/activities/cmi.interaction";
/// SCORM Profile: an aim of a SCO, which is passed or completed apart from it.
const OBJECTIVE: &str = "http://adlnet.gov/expapi/activities/objective";
const INTERACTING: [&str; 4] = [
    "http://adlnet.gov/expapi/verbs/answered",
    "http://adlnet.gov/expapi/verbs/responded",
    "http://adlnet.gov/expapi/verbs/interacted",
    "http://adlnet.gov/expapi/verbs/commented",
];

/// Verbs whose object is a question, whether its definition says so or not.
const ANSWERING: [&str; 2] =
    ["http://adlnet.gov/expapi/verbs/answered", "http://adlnet.gov/expapi/verbs/responded"];

/// The longest identifier of an actor, in bytes, whose statements say anything about progress: documents are found by it.
const LONGEST_ACTOR: usize = 8 << 10;

/// How many bytes of a response are kept: what tells the choices of a question apart is shorter.
pub const LONGEST_RESPONSE: usize = 200;

/// The verb of registers of presence.
pub const ATTENDED: &str = "http://adlnet.gov/expapi/verbs/attended";

const SCORE: Shape =
    Members(&[("scaled", Scalar), ("raw", Scalar), ("min", Scalar), ("max", Scalar)]);
const AROUND: Shape = Members(&[("id", Scalar)]);

/// What a register takes of a statement of presence: it has no other part of the result, which may be long.
pub const PRESENCE: Shape = Members(&[
    ("actor", AGENT),
    ("result", Members(&[("response", Scalar), ("duration", Scalar)])),
    ("timestamp", Scalar),
]);

/// What [`Evidence::read`] takes of a statement, and the platform that it is from.
pub const EVIDENCE: Shape = Members(&[
    ("actor", AGENT),
    ("verb", Members(&[("id", Scalar)])),
    (
        "object",
        Members(&[
            ("objectType", Scalar),
            ("id", Scalar),
            ("definition", Members(&[("type", Scalar)])),
        ]),
    ),
    (
        "result",
        Shape::Canonical(&[
            ("score", SCORE),
            ("success", Scalar),
            ("completion", Scalar),
            ("response", Scalar),
            ("duration", Scalar),
        ]),
    ),
    ("timestamp", Scalar),
    (
        "context",
        Members(&[
            ("registration", Scalar),
            ("platform", Scalar),
            ("contextActivities", Members(&[("parent", AROUND), ("grouping", AROUND)])),
        ]),
    ),
]);

/// What a statement says about the progress of its actor, in any course.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The statement's id.
    pub statement: String,
    /// The Agent it is about.
    pub actor: Identifier,
    /// IRI of the Activity it is about.
    pub object: String,
    /// IRIs of `context.contextActivities.parent`.
    pub parents: Vec<String>,
    /// IRIs of `context.contextActivities.grouping`.
    pub groupings: Vec<String>,
    /// When it happened, in microseconds since 1970 (UTC).
    pub timestamp: i64,
    /// When it was stored, in microseconds since 1970 (UTC).
    pub stored: i64,
    /// The same for statements that are equal in verb, object, timestamp and result; these count
    /// once.
    pub fingerprint: u64,
    /// Whether it is about a question or an objective inside of something larger, and so says nothing of that.
    pub is_interaction: bool,
    /// Of a statement on a question: how the question was answered.
    pub answer: Option<Answer>,
    /// What it says.
    pub word: Word,
}

/// How a question was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it was right: `result.success`, else whether the score is the full one. None where neither is told.
    pub success: Option<bool>,
    /// `result.response`, at most its first [`LONGEST_RESPONSE`] bytes.
    pub response: Option<String>,
}

/// What a statement says of its actor and object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// On completion: no for Moodle's `uncompleted`, else `result.completion`, else what the verb
    /// implies.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<bool>,
    /// On success: `result.success`, else what the verb implies.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// The score, from -1 to 1: `result.score.scaled`, else `raw` between `min` and `max`.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Whether it ends an attempt: `passed`, `failed`, or `completed` with a score.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_attempt: bool,
    /// Of a word that ends an attempt: the first 64 bits of a hash of `context.registration`. What is passed and
    /// completed under one registration is one attempt.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<u64>,
    /// Whether it judges: `passed` or `failed`.
    #[serde(rename = "j", default, skip_serializing_if = "std::ops::Not::not")]
    pub judges: bool,
    /// The time it tells of.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
}

/// What a statement tells of time, in microseconds (a year is 365 days, a month 30; the standard
/// leaves both open).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// `result.duration` of terminated, suspended, exited or abandoned: a session's time, to be
    /// added up.
    Session(u64),
    /// `result.duration` of completed, passed or failed: the time up to then; the largest counts,
    /// where no session tells more.
    Outcome(u64),
    /// `result.duration` of attended, 0 without one: time in presence, to be added up.
    Attended(u64),
    /// The beginning of a presence, until the next `Leave` on the same object.
    Join,
    /// The end of a presence.
    Leave,
}

impl Evidence {
    /// Reads a checked statement. `None` when it can say nothing about progress: its actor is not
    /// an Agent, or one whose identifier is longer than 8 KiB, or its object not an Activity.
    ///
    /// `id` and `stored` (microseconds since 1970) are the store's; a statement without a
    /// timestamp happened when it was stored (xAPI 1.0.3 Data 2.4.7). A statement that is skimmed needs the shape [`EVIDENCE`].
    pub fn read<N: Node>(statement: &N, id: &str, stored: i64) -> Option<Self> {
        let object = statement.get("object")?;
        if object.get("objectType").is_some_and(|kind| kind.as_str() != Some("Activity")) {
            return None;
        }
        let actor = Identifier::of_agent(statement.get("actor")?)?;
        if actor.length() > LONGEST_ACTOR {
            return None;
        }
        let verb = statement.get("verb")?.get("id")?.as_str()?;
        let iri = object.get("id")?.as_str()?;
        let result = statement.get("result");
        let canonical = result.and_then(N::canonical);
        let timestamp =
            statement.get("timestamp").and_then(N::as_str).and_then(micros_of_timestamp);
        let timestamp = timestamp.unwrap_or(stored);
        let kind = at(object, "definition/type").and_then(N::as_str);
        let is_question =
            kind == Some(INTERACTION) || kind != Some(OBJECTIVE) && ANSWERING.contains(&verb);
        Some(Self {
            statement: id.to_owned(),
            actor,
            object: iri.to_owned(),
            parents: context_activities(statement, "parent"),
            groupings: context_activities(statement, "grouping"),
            timestamp,
            stored,
            fingerprint: fingerprint(verb, iri, timestamp, canonical.as_deref()),
            is_interaction: matches!(kind, Some(INTERACTION | OBJECTIVE))
                || INTERACTING.contains(&verb),
            answer: result.filter(|_| is_question).and_then(Answer::read),
            word: Word::read(verb, result).under(statement),
        })
    }
}

impl Answer {
    /// Nothing where the result tells neither a response nor whether it was right.
    fn read<N: Node>(result: &N) -> Option<Self> {
        let response = result.get("response").and_then(N::as_str);
        let response = response.filter(|text| !text.is_empty()).map(|text| {
            let end = text.floor_char_boundary(LONGEST_RESPONSE);
            text.get(..end).map_or_else(String::new, str::to_owned)
        });
        let is_full = |score: f64| (score - 1.0).abs() < f64::EPSILON;
        let success = result.get("success").and_then(N::as_bool);
        let success = success.or_else(|| result.get("score").and_then(scaled).map(is_full));
        (response.is_some() || success.is_some()).then_some(Self { success, response })
    }
}

impl Word {
    fn read<N: Node>(verb: &str, result: Option<&N>) -> Self {
        let of_result = |key: &str| result.and_then(|result| result.get(key));
        let duration = of_result("duration").and_then(N::as_str).and_then(micros_of_duration);
        // The SCORM Profile writes progress as a score.
        let score = of_result("score").filter(|_| verb != PROGRESSED).and_then(scaled);
        let completion = match verb {
            // Moodle's plugin may say `completion: true` beside it.
            UNCOMPLETED => Some(false),
            _ => of_result("completion").and_then(N::as_bool).or_else(|| completion_of_verb(verb)),
        };
        Self {
            completion,
            success: of_result("success").and_then(N::as_bool).or_else(|| success_of_verb(verb)),
            score,
            ends_attempt: matches!(verb, PASSED | FAILED) || verb == COMPLETED && score.is_some(),
            registration: None,
            judges: matches!(verb, PASSED | FAILED),
            time: match verb {
                TERMINATED | SUSPENDED | EXITED | ABANDONED => duration.map(Time::Session),
                COMPLETED | PASSED | FAILED => duration.map(Time::Outcome),
                ATTENDED => Some(Time::Attended(duration.unwrap_or_default())),
                JOIN => Some(Time::Join),
                LEAVE => Some(Time::Leave),
                _ => None,
            },
        }
    }

    /// The word with the registration of its statement, where it ends an attempt.
    fn under<N: Node>(self, statement: &N) -> Self {
        let text = at(statement, "context/registration").and_then(N::as_str);
        // A UUID is the same in upper and lower case.
        let bits = |text: &str| first_bits(text.to_ascii_lowercase().as_bytes());
        Self { registration: text.filter(|_| self.ends_attempt).map(bits), ..self }
    }

    /// Whether it says nothing but that the learner was there.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }
}

fn first_bits(bytes: &[u8]) -> u64 {
    bits_of(Sha256::new().chain_update(bytes))
}

fn bits_of(hash: Sha256) -> u64 {
    hash.finalize().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

fn context_activities<N: Node>(statement: &N, relation: &str) -> Vec<String> {
    let activities = at(statement, "context/contextActivities");
    let related = activities.and_then(|activities| activities.get(relation));
    let Some(related) = related else { return Vec::new() };
    let all = related.as_list().unwrap_or(std::slice::from_ref(related));
    let id = |activity: &N| activity.get("id").and_then(N::as_str).map(str::to_owned);
    all.iter().filter_map(id).collect()
}

/// `scaled`, else where `raw` lies between `min` and `max`.
fn scaled<N: Node>(score: &N) -> Option<f64> {
    let number = |key: &str| score.get(key).and_then(N::as_f64);
    let between = || {
        // Halved, so that no difference of two numbers is beyond all numbers.
        let half = |key: &str| number(key).map(|number| number / 2.0);
        let (raw, min, max) = (half("raw")?, half("min")?, half("max")?);
        (max > min).then(|| (raw - min) / (max - min))
    };
    number("scaled").or_else(between).map(|scaled| scaled + 0.0) // -0.0 is 0
}

fn completion_of_verb(verb: &str) -> Option<bool> {
    match verb {
        COMPLETED | PASSED | SATISFIED | WAIVED => Some(true),
        _ => None,
    }
}

fn success_of_verb(verb: &str) -> Option<bool> {
    match verb {
        PASSED => Some(true),
        FAILED => Some(false),
        _ => None,
    }
}

/// The first 64 bits of a SHA-256 over the four parts: collisions matter only within one learner
/// and object, where a session more or less among billions would be needed.
///
/// The fingerprint of a statement: equal for statements that are equal in verb, object, timestamp (microseconds since
/// 1970) and result. `object` is its id.
pub fn fingerprint(verb: &str, object: &str, timestamp: i64, result: Option<&Canonical>) -> u64 {
    let mut hash = Sha256::new_with_prefix(format!("{verb}\n{object}\n{timestamp}\n"));
    match result {
        Some(result) => result.write(&mut |part| hash.update(part)),
        None => hash.update("null"),
    }
    bits_of(hash)
}

/// Finer than a microsecond is cut off; without an offset it means UTC. The grammar is the one
/// that statements are checked against, so that every form that is kept also counts.
fn micros_of_timestamp(text: &str) -> Option<i64> {
    Some(validator::value::timestamp::parse(text)?.micros)
}

/// The length of an ISO 8601 duration; a year is 365 days, a month 30.
fn micros_of_duration(text: &str) -> Option<u64> {
    u64::try_from(validator::value::duration::parse(text)?.micros).ok()
}
