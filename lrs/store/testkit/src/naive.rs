//! A slow reading of the standard's words on filters (Communication 2.1.3), apart from the index
//! that engines use: it looks through every statement, and through whatever it refers to.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use uuid::Uuid;
use validator::ifi;

use super::sample::authority;
use store::Kept;
use xapi::instant::Instant;
use xapi::prepare::VOIDED;
use xapi::query::{Filter, Match};

/// One condition on what statements say.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// `agent`, and whether `related_agents`.
    Agent(Value, bool),
    /// `verb`.
    Verb(String),
    /// `activity`, and whether `related_activities`.
    Activity(String, bool),
    /// `registration`.
    Registration(Uuid),
    /// The key whose statements may be seen.
    Key(&'static str),
}

impl Condition {
    /// Adds the condition to `filter`.
    pub(crate) fn ask(&self, filter: &mut Filter) {
        match self.clone() {
            Self::Agent(agent, related) => {
                let text = ifi::of(&agent).expect("an agent").to_string();
                filter.agent = Some(Match { text, related });
            }
            Self::Verb(verb) => filter.verb = Some(verb),
            Self::Activity(text, related) => filter.activity = Some(Match { text, related }),
            Self::Registration(registration) => filter.registration = Some(registration),
            Self::Key(key) => filter.authority = Some(authority(key).ifi().to_owned()),
        }
    }

    /// Whether both ask the same parameter, which a filter has once.
    pub(crate) fn excludes(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Whether one statement by itself meets the condition.
    fn is_met_by(&self, statement: &Value) -> bool {
        match self {
            Self::Agent(agent, false) => {
                let acts = |at: &str| is_or_has(&statement[at], agent);
                acts("actor") || acts("object")
            }
            Self::Agent(agent, true) => anywhere(statement, &|_, value| is(value, agent)),
            Self::Verb(verb) => statement["verb"]["id"] == **verb,
            Self::Activity(id, false) => is_activity("object", &statement["object"], id),
            Self::Activity(id, true) => {
                anywhere(statement, &|key, value| is_activity(key, value, id))
            }
            Self::Registration(registration) => {
                let own = statement["context"]["registration"].as_str();
                own.is_some_and(|own| own.eq_ignore_ascii_case(&registration.to_string()))
            }
            Self::Key(key) => statement["authority"] == *authority(key).agent(),
        }
    }
}

/// Whether `value` is the agent: identifiers alone count.
fn is(value: &Value, agent: &Value) -> bool {
    ["mbox", "account"]
        .iter()
        .any(|key| agent.get(key).is_some() && value.get(key) == agent.get(key))
}

/// Whether `value` is the agent or a group that has it as a member.
fn is_or_has(value: &Value, agent: &Value) -> bool {
    let members = value["member"].as_array();
    is(value, agent) || members.into_iter().flatten().any(|member| is(member, agent))
}

/// Whether what stands at `key` is the activity.
fn is_activity(key: &str, value: &Value, id: &str) -> bool {
    let kind = value.get("objectType").and_then(Value::as_str).unwrap_or("Activity");
    key != "verb" && kind == "Activity" && value["id"] == id
}

/// Whether `met` holds for any value in `value`, given with the key it stands at.
fn anywhere(value: &Value, met: &dyn Fn(&str, &Value) -> bool) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(key, value)| met(key, value) || anywhere(value, met))
        }
        Value::Array(list) => list.iter().any(|value| met("", value) || anywhere(value, met)),
        _ => false,
    }
}

struct Read {
    id: Uuid,
    stored: Instant,
    value: Value,
    target: Option<Uuid>,
}

/// All statements of a store, parsed.
pub(crate) struct Naive {
    statements: Vec<Read>,
    places: HashMap<Uuid, usize>,
    voided: BTreeSet<Uuid>,
}

impl Naive {
    /// Reads the log, but for what it says of voiding.
    pub(crate) fn of(log: &[Kept]) -> Self {
        let read = |kept: &Kept| {
            let value = kept.statement.value().unwrap();
            let target = (value["object"]["objectType"] == "StatementRef")
                .then(|| value["object"]["id"].as_str().unwrap().parse().unwrap());
            Read { id: kept.statement.id, stored: kept.statement.stored, value, target }
        };
        let statements: Vec<Read> = log.iter().map(read).collect();
        let places = statements.iter().enumerate().map(|(at, read)| (read.id, at)).collect();
        let voids = |read: &&Read| read.value["verb"]["id"] == VOIDED;
        let mut voided: BTreeSet<Uuid> =
            statements.iter().filter(voids).filter_map(|read| read.target).collect();
        for voiding in statements.iter().filter(voids) {
            voided.remove(&voiding.id);
        }
        Self { statements, places, voided }
    }

    /// The statements that are voided, whether they are there or not.
    pub(crate) const fn voided(&self) -> &BTreeSet<Uuid> {
        &self.voided
    }

    /// The ids of the statements that meet all `conditions`, in the order and within the time
    /// and limit of `filter`, and whether more follow.
    pub(crate) fn find(&self, conditions: &[Condition], filter: &Filter) -> (Vec<Uuid>, bool) {
        let has_key = conditions.iter().any(|it| matches!(it, Condition::Key(_)));
        let mut found: Vec<Uuid> = self
            .statements
            .iter()
            .filter(|read| filter.since.is_none_or(|since| read.stored > since))
            .filter(|read| filter.until.is_none_or(|until| read.stored <= until))
            .filter(|read| !self.voided.contains(&read.id))
            .filter(|read| {
                conditions.iter().all(|condition| {
                    // Who sees the statements of one key alone is not told what they refer to.
                    if has_key {
                        condition.is_met_by(&read.value)
                    } else {
                        self.meets(read, condition)
                    }
                })
            })
            .map(|read| read.id)
            .collect();
        if !filter.ascending {
            found.reverse();
        }
        let more = found.len() > filter.limit;
        found.truncate(filter.limit);
        (found, more)
    }

    fn meets(&self, read: &Read, condition: &Condition) -> bool {
        if matches!(condition, Condition::Key(_)) {
            return condition.is_met_by(&read.value);
        }
        let mut seen = BTreeSet::new();
        let mut next = Some(read);
        while let Some(read) = next.filter(|read| seen.insert(read.id)) {
            if condition.is_met_by(&read.value) {
                return true;
            }
            let place = read.target.and_then(|target| self.places.get(&target));
            next = place.map(|place| &self.statements[*place]);
        }
        false
    }
}
