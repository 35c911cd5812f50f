//! Random statements over a few people, verbs and activities, so that they meet often.

use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::sample::{activity, id, verb, with};
use xapi::prepare::VOIDED;

/// The verbs of generated statements.
pub const VERBS: [&str; 3] = ["did", "saw", "left"];
/// The activities of generated statements.
pub const ACTIVITIES: [&str; 4] = ["a", "b", "c", "d"];
/// The keys that send generated statements.
pub const KEYS: [&str; 2] = ["one", "two"];

/// The people; the last one is an account whose text looks like another's.
pub fn people() -> Vec<Value> {
    let mut people: Vec<Value> = ["ann", "bob", "cid", "Bob"].map(super::sample::person).into();
    people.push(json!({"account": {"homePage": "https://x.example", "name": "mailto:bob"}}));
    people
}

/// The registrations.
pub fn registrations() -> [Uuid; 2] {
    [id(1_000_001), id(1_000_002)]
}

/// Makes statements; one seed makes the same ones.
pub struct Maker(pub ChaCha8Rng);

impl Maker {
    /// A maker that makes the same of the same `seed`.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// `count` statements with the names of the keys that send them. They refer to one another,
    /// forth and back, to themselves, and to statements that never come.
    pub fn statements(&mut self, count: u32) -> Vec<(&'static str, Value)> {
        (0..count).map(|n| (self.one_of(&KEYS), self.statement(n, count))).collect()
    }

    /// True `percent` times of a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.0.random_ratio(percent, 100)
    }

    /// One of `list`, each as often as the others.
    pub fn one_of<T: Clone>(&mut self, list: &[T]) -> T {
        list.choose(&mut self.0).expect("a list with something in it").clone()
    }

    fn statement(&mut self, n: u32, count: u32) -> Value {
        let object = match self.0.random_range(0..10) {
            0..4 => self.activity(),
            4 => with(self.person(), "objectType", json!("Agent")),
            5 => self.group(),
            6 => self.substatement(count),
            _ => self.reference(count),
        };
        let voiding = object["objectType"] == "StatementRef" && self.chance(20);
        let verb = if voiding { json!({"id": VOIDED}) } else { self.verb() };
        json!({
            "id": id(n).to_string(),
            "actor": self.actor(),
            "verb": verb,
            "object": object,
            "context": self.context(),
        })
    }

    fn substatement(&mut self, count: u32) -> Value {
        let object = if self.chance(70) { self.activity() } else { self.reference(count) };
        json!({
            "objectType": "SubStatement",
            "actor": self.actor(),
            "verb": self.verb(),
            "object": object,
            "context": self.context(),
        })
    }

    fn reference(&mut self, count: u32) -> Value {
        let target = id(self.0.random_range(0..count + 2));
        json!({"objectType": "StatementRef", "id": target.to_string()})
    }

    fn context(&mut self) -> Value {
        let mut context = Map::new();
        let mut sometimes = |maker: &mut Self, key: &str, make: fn(&mut Self) -> Value| {
            if maker.chance(15) {
                context.insert(key.to_owned(), make(maker));
            }
        };
        sometimes(self, "registration", |maker| {
            let text = maker.one_of(&registrations()).to_string();
            Value::from(if maker.chance(30) { text.to_uppercase() } else { text })
        });
        sometimes(self, "instructor", Self::actor);
        sometimes(self, "team", Self::group);
        sometimes(
            self,
            "contextAgents",
            |maker| json!([{"objectType": "contextAgent", "agent": maker.person()}]),
        );
        sometimes(
            self,
            "contextGroups",
            |maker| json!([{"objectType": "contextGroup", "group": maker.group()}]),
        );
        sometimes(self, "contextActivities", Self::context_activities);
        Value::Object(context)
    }

    fn context_activities(&mut self) -> Value {
        let mut slots = Map::new();
        for slot in ["parent", "grouping", "category", "other"] {
            if self.chance(40) {
                slots.insert(slot.to_owned(), json!([self.activity(), self.activity()]));
            }
        }
        Value::Object(slots)
    }

    fn actor(&mut self) -> Value {
        if self.chance(75) { self.person() } else { self.group() }
    }

    /// With an identifier, members, or both.
    fn group(&mut self) -> Value {
        let mut group = if self.chance(50) { self.person() } else { json!({}) };
        group["objectType"] = json!("Group");
        if self.chance(60) || group.get("mbox").or(group.get("account")).is_none() {
            group["member"] = json!([self.person(), self.person()]);
        }
        group
    }

    fn person(&mut self) -> Value {
        self.one_of(&people())
    }

    fn verb(&mut self) -> Value {
        verb(self.one_of(&VERBS))
    }

    fn activity(&mut self) -> Value {
        activity(self.one_of(&ACTIVITIES))
    }
}
