//! Patterns of statements: what one actor's statements must be, one after the other. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use xapi::instant::Instant;

/// The most steps of a pattern.
const MOST_STEPS: usize = 10;
/// The most statements of a pattern: the sum of `times` of its steps.
const MOST_TIMES: u32 = 100;
/// The most entries of a list of a step.
const MOST_ENTRIES: usize = 100;
/// The most places that must be the same.
const MOST_SAME: usize = 5;

/// What is to be said by one learner: statements that meet the steps, in the order of their timestamps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// One after the other. Between them anything may be said.
    pub steps: Vec<StatementStep>,
    /// How long after the first statement the last one may come, in seconds; any time where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_seconds: Option<u64>,
    /// JSON Pointers of places at which all of the statements must have the same value, as `/context/registration`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same: Vec<String>,
}

/// What a statement must be: everything that is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StatementStep {
    /// IRIs of verbs; one of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verbs: Vec<String>,
    /// Beginnings of the IRI of the activity; one of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<String>,
    /// IRIs of types of the activity, as its definition says; one of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// IRIs of activities among the context activities, of whatever kind; one of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// `result.success`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// `result.completion`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<bool>,
    /// Further conditions; all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Comparison>,
    /// How many such statements, one after the other.
    pub times: u32,
}

impl Default for StatementStep {
    fn default() -> Self {
        Self {
            verbs: Vec::new(),
            activities: Vec::new(),
            types: Vec::new(),
            within: Vec::new(),
            success: None,
            completion: None,
            values: Vec::new(),
            times: 1,
        }
    }
}

/// A place of a statement and what its value must be. A place that is not there fulfils none but [`Comparator::Ne`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// A JSON Pointer (RFC 6901), as `/result/score/scaled`.
    pub path: String,
    /// How.
    pub is: Comparator,
    /// With what. Numbers are compared with numbers, and texts with texts.
    pub value: Value,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// A text that has the value in it, or a list that has it as an item.
    Contains,
}

/// A statement as patterns see it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) id: Uuid,
    /// Its `timestamp`, or `stored` where that cannot be read.
    pub(super) at: Instant,
    /// The text of the actor's identifier; empty for a group without one.
    pub(super) actor: String,
    pub(super) value: Value,
}

impl Said {
    pub(super) fn of(id: Uuid, stored: Instant, value: Value) -> Self {
        let timestamp = value.get("timestamp").and_then(Value::as_str);
        let at = timestamp.and_then(Instant::parse).unwrap_or(stored);
        let actor = value.get("actor").and_then(validator::ifi::of);
        Self { id, at, actor: actor.map(|it| it.to_string()).unwrap_or_default(), value }
    }
}

impl Pattern {
    /// Refuses what can never be fulfilled, or costs too much.
    ///
    /// # Errors
    /// Why.
    pub(super) fn check(&self) -> Result<(), String> {
        let Self { steps, within_seconds, same } = self;
        if steps.is_empty() || steps.len() > MOST_STEPS {
            return Err(format!("it has 1 to {MOST_STEPS} steps"));
        }
        let times = steps.iter().map(|it| it.times).fold(0, u32::saturating_add);
        if steps.iter().any(|it| it.times == 0) || times > MOST_TIMES {
            return Err(format!("`times` is at least 1, and at most {MOST_TIMES} together"));
        }
        if *within_seconds == Some(0) {
            return Err("`within_seconds` is at least 1".to_owned());
        }
        let paths = same.iter().chain(steps.iter().flat_map(|it| &it.values).map(|it| &it.path));
        if same.len() > MOST_SAME || paths.into_iter().any(|it| !it.starts_with('/')) {
            return Err(format!(
                "a place is a JSON Pointer as `/result/score/scaled`, and `same` has at most {MOST_SAME}"
            ));
        }
        let lists = |it: &StatementStep| {
            let StatementStep { verbs, activities, types, within, values, .. } = it;
            let longest = [verbs, activities, types, within].map(Vec::len).into_iter().max();
            longest.unwrap_or_default().max(values.len())
        };
        if steps.iter().any(|it| lists(it) > MOST_ENTRIES) {
            return Err(format!("a list of a step has at most {MOST_ENTRIES} entries"));
        }
        Ok(())
    }

    /// Whether one statement fulfils the pattern by itself.
    pub(super) fn is_single(&self) -> bool {
        matches!(self.steps.as_slice(), [StatementStep { times: 1, .. }])
    }

    /// Whether a statement meets a step.
    pub(super) fn bears_on(&self, said: &Value) -> bool {
        self.steps.iter().any(|step| step.is_met(said))
    }

    /// Whether a statement about `iri`, or about a part of it, could meet a step.
    pub(super) fn takes(&self, iri: &str) -> bool {
        let is_of = |begin: &String| iri.starts_with(begin.as_str()) || begin.starts_with(iri);
        let mut steps = self.steps.iter();
        steps.any(|step| step.activities.is_empty() || step.activities.iter().any(is_of))
    }

    /// The verbs that statements of the pattern have; nothing where a step takes any verb.
    pub(super) fn verbs(&self) -> Vec<&str> {
        if self.steps.iter().any(|step| step.verbs.is_empty()) {
            return Vec::new();
        }
        let all = self.steps.iter().flat_map(|step| &step.verbs).map(String::as_str);
        let all: std::collections::BTreeSet<&str> = all.collect();
        all.into_iter().collect()
    }

    /// The first of one learner's statements with which the pattern is fulfilled at `from` or later; in any order.
    pub(super) fn fulfilled<'s>(&self, mut said: Vec<&'s Said>, from: Instant) -> Option<&'s Said> {
        said.sort_by_key(|it| (it.at, it.id));
        said.dedup_by_key(|it| it.id);
        let steps: Vec<&StatementStep> = self
            .steps
            .iter()
            .flat_map(|step| std::iter::repeat_n(step, step.times as usize))
            .collect();
        let mut begun: BTreeMap<String, Vec<Option<Instant>>> = BTreeMap::new();
        said.into_iter().find(|it| {
            let Some(group) = self.group(&it.value) else { return false };
            let begun = begun.entry(group).or_insert_with(|| vec![None; steps.len()]);
            let ended = advance(&steps, begun, it);
            ended.is_some_and(|began| it.at >= from && self.is_within(began, it.at))
        })
    }

    fn is_within(&self, began: Instant, ended: Instant) -> bool {
        let micros = ended.micros().saturating_sub(began.micros());
        let longest = self.within_seconds.map(|it| it.saturating_mul(1_000_000));
        longest.is_none_or(|longest| u64::try_from(micros).is_ok_and(|it| it <= longest))
    }

    /// The values of a statement that must be the same; `None` where one is missing.
    fn group(&self, said: &Value) -> Option<String> {
        let values: Option<Vec<&Value>> = self.same.iter().map(|path| said.pointer(path)).collect();
        values.map(|values| serde_json::json!(values).to_string())
    }
}

/// Goes on with one statement. `begun` has, for each number of steps, the latest instant at which a sequence began that has
/// met so many. Gives when the sequence began that this statement ends.
fn advance(
    steps: &[&StatementStep],
    begun: &mut [Option<Instant>],
    said: &Said,
) -> Option<Instant> {
    // From behind: a statement meets one step of a sequence.
    for (at, step) in steps.iter().enumerate().rev() {
        let before = match at.checked_sub(1) {
            None => Some(said.at),
            Some(before) => begun.get(before).copied().flatten(),
        };
        if let (Some(before), Some(begun)) = (before, begun.get_mut(at))
            && step.is_met(&said.value)
        {
            *begun = Some(begun.map_or(before, |it| it.max(before)));
            if at + 1 == steps.len() {
                return *begun;
            }
        }
    }
    None
}

impl StatementStep {
    fn is_met(&self, said: &Value) -> bool {
        let text = |pointer: &str| said.pointer(pointer).and_then(Value::as_str);
        let among = |list: &[String], is: &dyn Fn(&str) -> bool| {
            list.is_empty() || list.iter().any(|it| is(it))
        };
        let truth = |wanted: Option<bool>, pointer: &str| {
            wanted.is_none_or(|it| said.pointer(pointer).and_then(Value::as_bool) == Some(it))
        };
        let is_activity = said.pointer("/object/objectType").is_none_or(|it| it == "Activity");
        let object = text("/object/id").filter(|_| is_activity).unwrap_or_default();
        among(&self.verbs, &|verb| text("/verb/id") == Some(verb))
            && among(&self.activities, &|it| object.starts_with(it))
            && among(&self.types, &|it| text("/object/definition/type") == Some(it))
            && among(&self.within, &|it| is_in_context(said, it))
            && truth(self.success, "/result/success")
            && truth(self.completion, "/result/completion")
            && self.values.iter().all(|it| it.holds(said))
    }
}

/// Whether an activity is one of the context activities.
fn is_in_context(said: &Value, activity: &str) -> bool {
    let kinds = said.pointer("/context/contextActivities").and_then(Value::as_object);
    let all = kinds.into_iter().flat_map(|kinds| kinds.values());
    // One activity may stand without its list (Data 2.4.6.2).
    let mut all = all.flat_map(|it| it.as_array().map_or(std::slice::from_ref(it), Vec::as_slice));
    all.any(|it| it.get("id").is_some_and(|id| id == activity))
}

impl Comparison {
    fn holds(&self, said: &Value) -> bool {
        use std::cmp::Ordering;
        let found = said.pointer(&self.path);
        let order = found.and_then(|found| match (found, &self.value) {
            (Value::Number(one), Value::Number(other)) => {
                one.as_f64()?.partial_cmp(&other.as_f64()?)
            }
            (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
            (one, other) => (one == other).then_some(Ordering::Equal),
        });
        match self.is {
            Comparator::Eq => order == Some(Ordering::Equal),
            Comparator::Ne => order != Some(Ordering::Equal),
            Comparator::Lt => order == Some(Ordering::Less),
            Comparator::Le => order.is_some_and(Ordering::is_le),
            Comparator::Gt => order == Some(Ordering::Greater),
            Comparator::Ge => order.is_some_and(Ordering::is_ge),
            Comparator::Contains => match (found, &self.value) {
                (Some(Value::String(text)), Value::String(part)) => text.contains(part.as_str()),
                (Some(Value::Array(items)), item) => items.contains(item),
                _ => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pattern(value: Value) -> Pattern {
        serde_json::from_value(value).unwrap()
    }

    /// Statements as verb, second, and registration.
    fn said(all: &[(&str, i64, &str)]) -> Vec<Said> {
        let one = |(at, (verb, second, registration)): (u128, &(&str, i64, &str))| Said {
            id: Uuid::from_u128(at),
            at: Instant::from_micros(second * 1_000_000),
            actor: "mbox::mailto:a@x.example".into(),
            value: json!({"verb": {"id": verb}, "context": {"registration": registration}}),
        };
        (0..).zip(all).map(one).collect()
    }

    fn ends(pattern: &Pattern, all: &[(&str, i64, &str)], from: i64) -> Option<u128> {
        let from = Instant::from_micros(from * 1_000_000);
        let all = said(all);
        pattern.fulfilled(all.iter().collect(), from).map(|it| it.id.as_u128())
    }

    #[test]
    fn steps_are_met_in_the_order_of_timestamps_and_within_the_time() {
        let both = pattern(json!({"steps": [{"verbs": ["a"]}, {"verbs": ["b"]}]}));
        assert_eq!(ends(&both, &[("a", 1, ""), ("x", 2, ""), ("b", 3, "")], 0), Some(2));
        assert_eq!(ends(&both, &[("b", 3, ""), ("a", 1, "")], 0), Some(0), "it came first");
        assert_eq!(ends(&both, &[("b", 1, ""), ("a", 2, "")], 0), None);
        assert_eq!(ends(&both, &[("a", 1, ""), ("b", 3, "")], 4), None, "before the first day");
        assert_eq!(ends(&both, &[("a", 1, ""), ("b", 3, "")], 3), Some(1));
        let soon = Pattern { within_seconds: Some(10), ..both };
        assert_eq!(ends(&soon, &[("a", 1, ""), ("b", 12, "")], 0), None);
        let again = [("a", 1, ""), ("b", 12, ""), ("a", 20, ""), ("b", 30, "")];
        assert_eq!(ends(&soon, &again, 0), Some(3), "the last beginning counts");
    }

    #[test]
    fn a_statement_meets_one_step_and_a_step_may_want_several() {
        let thrice = pattern(json!({"steps": [{"verbs": ["a"], "times": 3}]}));
        assert_eq!(ends(&thrice, &[("a", 1, ""), ("a", 2, "")], 0), None);
        assert_eq!(ends(&thrice, &[("a", 1, ""), ("a", 2, ""), ("a", 2, "")], 0), Some(2));
    }

    #[test]
    fn what_must_be_the_same_is_of_one_registration() {
        let same = json!({"steps": [{"verbs": ["a"]}, {"verbs": ["b"]}], "same": ["/context/registration"]});
        let same = pattern(same);
        assert_eq!(ends(&same, &[("a", 1, "r"), ("b", 2, "s")], 0), None);
        assert_eq!(ends(&same, &[("a", 1, "r"), ("b", 2, "s"), ("b", 3, "r")], 0), Some(2));
    }

    #[test]
    fn every_condition_of_a_step_must_be_met() {
        let statement = json!({"verb": {"id": "v"}, "object": {"id": "https://a.example/1",
            "definition": {"type": "t"}}, "result": {"success": true, "score": {"scaled": 0.8}},
            "context": {"contextActivities": {"parent": {"id": "p"}, "grouping": [{"id": "g"}]}}});
        let value = |is: &str, value: Value| json!({"values": [{"path": "/result/score/scaled", "is": is, "value": value}]});
        for (step, is_met) in [
            (json!({}), true),
            (json!({"verbs": ["w", "v"]}), true),
            (json!({"verbs": ["w"]}), false),
            (json!({"activities": ["https://a.example/"]}), true),
            (json!({"activities": ["https://b.example/"]}), false),
            (json!({"types": ["t"]}), true),
            (json!({"types": ["u"]}), false),
            (json!({"within": ["p"]}), true),
            (json!({"within": ["x", "g"]}), true),
            (json!({"within": ["x"]}), false),
            (json!({"success": true}), true),
            (json!({"success": false}), false),
            (json!({"completion": true}), false),
            (json!({"verbs": ["v"], "success": false}), false),
            (value("ge", json!(0.8)), true),
            (value("gt", json!(0.8)), false),
            (value("lt", json!(1)), true),
            (value("ne", json!(0.8)), false),
            (value("eq", json!("0.8")), false),
        ] {
            let found =
                serde_json::from_value::<StatementStep>(step.clone()).unwrap().is_met(&statement);
            assert_eq!(found, is_met, "{step}");
        }
    }

    #[test]
    fn what_can_never_be_fulfilled_is_refused() {
        for (wrong, why) in [
            (json!({"steps": []}), "steps"),
            (json!({"steps": [{"times": 0}]}), "times"),
            (json!({"steps": [{"times": 99}, {"times": 2}]}), "times"),
            (json!({"steps": [{}], "within_seconds": 0}), "within_seconds"),
            (json!({"steps": [{}], "same": ["registration"]}), "same"),
        ] {
            let told = pattern(wrong.clone()).check().unwrap_err();
            assert!(told.contains(why), "{wrong}: {told}");
        }
    }
}
