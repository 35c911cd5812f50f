//! What a raw statement says.

use jiff::Timestamp;
use serde_json::Value;

use super::Exact;

const ADL: &str = "http://adlnet.gov/expapi/verbs/";
const CMI5: &str = "https://w3id.org/xapi/adl/verbs/";
const STREAM: &str = "http://activitystrea.ms/schema/1.0/";
const MOODLE_UNCOMPLETED: &str = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";

/// A statement as the store keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) id: String,
    pub(crate) stored: i64,
    pub(crate) statement: Value,
}

/// One that could bear on a course, its parts at hand.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) id: String,
    pub(crate) stored: i64,
    pub(crate) happened: Timestamp,
    pub(crate) actor: Value,
    pub(crate) verb: String,
    pub(crate) object: String,
    pub(crate) parents: Vec<String>,
    pub(crate) groupings: Vec<String>,
    is_interaction: bool,
    result: Option<Value>,
    pub(crate) registration: Option<String>,
}

/// The log without the statements that another one voids.
pub(crate) fn live(log: &[Logged]) -> Vec<Said> {
    let voided: Vec<&Value> = log
        .iter()
        .map(|other| &other.statement)
        .filter(|other| other["verb"]["id"] == format!("{ADL}voided"))
        .filter(|other| other["object"]["objectType"] == "StatementRef")
        .map(|other| &other["object"]["id"])
        .collect();
    let is_live = |logged: &&Logged| !voided.iter().any(|id| **id == logged.id);
    log.iter().filter(is_live).filter_map(read).collect()
}

/// `None` where the object is no Activity.
pub(crate) fn read(logged: &Logged) -> Option<Said> {
    let Logged { id, stored, statement } = logged;
    let object = &statement["object"];
    if !matches!(object["objectType"].as_str(), None | Some("Activity")) {
        return None;
    }
    let verb = statement["verb"]["id"].as_str().unwrap().to_owned();
    let around = |relation: &str| -> Vec<String> {
        let found = &statement["context"]["contextActivities"][relation];
        let found = match found {
            Value::Array(all) => all.clone(),
            alone => vec![alone.clone()],
        };
        found.iter().filter_map(|it| it["id"].as_str()).map(str::to_owned).collect()
    };
    let asking = ["answered", "responded", "interacted", "commented"];
    let is_interaction = asking.iter().any(|it| verb == format!("{ADL}{it}"))
        || object["definition"]["type"] == "http://adlnet.gov/expapi/activities/cmi.interaction"
        || object["definition"]["type"] == "http://adlnet.gov/expapi/activities/objective";
    Some(Said {
        id: id.clone(),
        stored: *stored,
        happened: match statement["timestamp"].as_str() {
            Some(text) => text.parse().unwrap(),
            None => Timestamp::from_microsecond(*stored).unwrap(),
        },
        actor: statement["actor"].clone(),
        object: object["id"].as_str().unwrap().to_owned(),
        parents: around("parent"),
        groupings: around("grouping"),
        is_interaction,
        result: statement.get("result").cloned(),
        registration: statement["context"]["registration"].as_str().map(str::to_lowercase),
        verb,
    })
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same(a, b))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, a)| other.get(key).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

impl Said {
    /// Whether both, of one learner, count once.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.verb == other.verb
            && self.object == other.object
            && self.happened == other.happened
            && match (&self.result, &other.result) {
                (Some(one), Some(other)) => same(one, other),
                (one, other) => one.is_none() && other.is_none(),
            }
    }

    pub(crate) fn order(&self) -> (Timestamp, i64, &str) {
        (self.happened, self.stored, &self.id)
    }

    fn is(&self, family: &str, verbs: &[&str]) -> bool {
        verbs.iter().any(|verb| self.verb == format!("{family}{verb}"))
    }

    /// Questions speak for an activity only where it names them.
    pub(crate) fn speaks(&self, is_named: bool) -> bool {
        is_named || !self.is_interaction
    }

    fn of_result(&self, key: &str) -> &Value {
        self.result.as_ref().map_or(&Value::Null, |result| &result[key])
    }

    pub(crate) fn completion(&self, is_named: bool) -> Option<bool> {
        if !self.speaks(is_named) {
            None
        } else if self.verb == MOODLE_UNCOMPLETED {
            Some(false)
        } else if let Some(value) = self.of_result("completion").as_bool() {
            Some(value)
        } else if self.is(ADL, &["completed", "passed"]) || self.is(CMI5, &["satisfied", "waived"])
        {
            Some(true)
        } else {
            None
        }
    }

    pub(crate) fn success(&self, is_named: bool) -> Option<bool> {
        if !self.speaks(is_named) {
            None
        } else if let Some(value) = self.of_result("success").as_bool() {
            Some(value)
        } else if self.is(ADL, &["passed"]) {
            Some(true)
        } else if self.is(ADL, &["failed"]) {
            Some(false)
        } else {
            None
        }
    }

    pub(crate) fn score(&self, is_named: bool) -> Option<Exact> {
        if !self.speaks(is_named) || self.is(ADL, &["progressed"]) {
            return None;
        }
        let score = self.of_result("score");
        let number = |key: &str| match &score[key] {
            Value::Number(number) => Some(Exact::of(&number.to_string())),
            _ => None,
        };
        if let Some(scaled) = number("scaled") {
            return Some(scaled);
        }
        let (raw, min, max) = (number("raw")?, number("min")?, number("max")?);
        (max > min).then(|| (raw - min) / (max - min))
    }

    pub(crate) fn is_attempt(&self, is_named: bool) -> bool {
        self.speaks(is_named)
            && (self.is(ADL, &["passed", "failed"])
                || self.is(ADL, &["completed"]) && self.score(is_named).is_some())
    }

    /// Whether both are about one attempt: of one object and registration.
    pub(crate) fn is_of_attempt(&self, other: &Self) -> bool {
        self.object == other.object
            && self.registration.is_some()
            && self.registration == other.registration
    }

    pub(crate) fn is_judgement(&self) -> bool {
        self.is(ADL, &["passed", "failed"])
    }

    pub(crate) fn closes(&self) -> bool {
        self.is(ADL, &["terminated", "suspended", "exited"]) || self.is(CMI5, &["abandoned"])
    }

    pub(crate) fn ends(&self) -> bool {
        self.is(ADL, &["completed", "passed", "failed"])
    }

    pub(crate) fn is_attended(&self) -> bool {
        self.is(ADL, &["attended"])
    }

    pub(crate) fn joins(&self) -> bool {
        self.is(STREAM, &["join"])
    }

    pub(crate) fn leaves(&self) -> bool {
        self.is(STREAM, &["leave"])
    }

    /// In microseconds.
    pub(crate) fn duration(&self) -> Option<i128> {
        let span: jiff::Span = self.of_result("duration").as_str()?.parse().unwrap();
        let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).unwrap();
        Some(duration.as_micros())
    }
}

/// The latest of the words there are.
pub(crate) fn latest<'a, T>(
    all: impl Iterator<Item = &'a Said>,
    word: impl Fn(&Said) -> Option<T>,
) -> Option<T> {
    let mut bearing: Vec<&Said> = all.filter(|said| word(said).is_some()).collect();
    bearing.sort_by_key(|said| said.order());
    bearing.last().and_then(|said| word(said))
}
