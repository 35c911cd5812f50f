//! What a statement can be found by: the agents, verb, activities and registration it speaks of.

use std::collections::BTreeSet;

use serde_json::Value;
use validator::ifi;
use validator::json::at;

/// The kinds of things that the filters of `GET statements` name (Communication 2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An Agent or identified Group, by the text of its inverse functional identifier.
    Agent,
    /// A verb, by its IRI.
    Verb,
    /// An activity, by its IRI.
    Activity,
    /// A registration, by its UUID in lower case.
    Registration,
}

/// How closely a statement has to do with what it is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Closeness {
    /// As its actor, verb, object or registration: what a plain filter matches.
    Direct,
    /// Elsewhere in the statement: what `related_agents` and `related_activities` add.
    Related,
    /// As its authority: related too, and what `statements/read/mine` asks.
    Authority,
}

/// One thing a statement is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexKey {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its identifier, as [`Kind`] says.
    pub text: String,
    /// How closely the statement has to do with it.
    pub closeness: Closeness,
}

/// Everything `statement` is found by, sorted, each thing once per closeness.
///
/// `authority` is the one the store assigns; one inside `statement` is not looked at.
/// The members of a Group are matched like the Group (Communication 2.1.3, "agent").
pub fn keys(statement: &Value, authority: &Value) -> Vec<IndexKey> {
    keys_up_to(usize::MAX, statement, authority)
}

/// [`keys`], or more than `most` of them where there are more: then not all are looked for.
pub(crate) fn keys_up_to(most: usize, statement: &Value, authority: &Value) -> Vec<IndexKey> {
    in_order(most, statement, authority).finish()
}

/// What a statement is found by that is something else in its new text, each with what stands in its place there: a name of
/// the same kind, at the same place. `None` where the two texts have names at different places.
pub fn renamed(before: &Value, after: &Value) -> Option<Vec<(IndexKey, IndexKey)>> {
    let of = |statement: &Value| {
        let authority = statement.get("authority").unwrap_or(&Value::Null);
        in_order(usize::MAX, statement, authority).found
    };
    let (before, after) = (of(before), of(after));
    let is_alike =
        |(old, new): (&IndexKey, &IndexKey)| old.kind == new.kind && old.closeness == new.closeness;
    if before.len() != after.len() || !before.iter().zip(&after).all(is_alike) {
        return None;
    }
    let left: BTreeSet<IndexKey> = after.iter().cloned().collect();
    let pairs = before.into_iter().zip(after);
    Some(pairs.filter(|(old, new)| old != new && !left.contains(old)).collect())
}

/// [`keys`] in the order in which they stand in the statement, maybe with some twice.
fn in_order(most: usize, statement: &Value, authority: &Value) -> Keys {
    let mut keys = Keys { most, found: Vec::new(), is_full: false };
    keys.statement(statement, Closeness::Direct);
    if let Some(registration) = text(at(statement, "context/registration")) {
        keys.push(Kind::Registration, registration.to_ascii_lowercase(), Closeness::Direct);
    }
    if let Some(verb) = text(at(statement, "verb/id")) {
        keys.push(Kind::Verb, verb.to_owned(), Closeness::Direct);
    }
    keys.agent(Some(authority), Closeness::Authority);
    keys
}

/// [`keys`] of a statement that is kept, which has its authority in its text.
pub fn keys_of_kept(statement: &Value) -> Vec<IndexKey> {
    // A statement that was restored from another store may have none.
    keys(statement, statement.get("authority").unwrap_or(&Value::Null))
}

/// How many index keys the words of one statement may give, and how many those of all statements of a
/// request together. A store writes a row for each key, and other writers wait meanwhile. Example: a
/// group with 30,000 members gives 30,000 keys and is refused.
pub const MOST_OF_STATEMENT: usize = 20_000;
/// See [`MOST_OF_STATEMENT`].
pub const MOST_OF_BATCH: usize = 200_000;

/// What a statement that refers to another one inherits from it: the same things, but for the
/// authority, which is inherited as a related agent only.
pub fn inherited(target: &[IndexKey]) -> impl Iterator<Item = IndexKey> + '_ {
    target.iter().map(|key| match key.closeness {
        Closeness::Authority => IndexKey { closeness: Closeness::Related, ..key.clone() },
        Closeness::Direct | Closeness::Related => key.clone(),
    })
}

struct Keys {
    most: usize,
    /// Maybe with some twice.
    found: Vec<IndexKey>,
    /// Whether there are more than `most`.
    is_full: bool,
}

impl Keys {
    fn push(&mut self, kind: Kind, text: String, closeness: Closeness) {
        if self.is_full {
            return;
        }
        self.found.push(IndexKey { kind, text, closeness });
        if self.found.len() > self.most.saturating_mul(2) {
            self.sort();
            self.is_full = self.found.len() > self.most;
        }
    }

    fn sort(&mut self) {
        self.found.sort_unstable();
        self.found.dedup();
    }

    fn statement(&mut self, statement: &Value, closeness: Closeness) {
        self.agent(statement.get("actor"), closeness);
        if let Some(object) = statement.get("object") {
            match text(object.get("objectType")).unwrap_or("Activity") {
                "Agent" | "Group" => self.agent(Some(object), closeness),
                "SubStatement" => self.statement(object, Closeness::Related),
                "Activity" => self.activity(object, closeness),
                _ => {}
            }
        }
        if let Some(context) = statement.get("context") {
            self.context(context);
        }
    }

    fn context(&mut self, context: &Value) {
        self.agent(context.get("instructor"), Closeness::Related);
        self.agent(context.get("team"), Closeness::Related);
        for (list, who) in [("contextAgents", "agent"), ("contextGroups", "group")] {
            for entry in each(context.get(list)) {
                self.agent(entry.get(who), Closeness::Related);
            }
        }
        let activities = context.get("contextActivities").and_then(Value::as_object);
        for slot in activities.into_iter().flat_map(|slots| slots.values()) {
            for activity in each(Some(slot)) {
                self.activity(activity, Closeness::Related);
            }
        }
    }

    fn agent(&mut self, agent: Option<&Value>, closeness: Closeness) {
        let Some(agent) = agent else { return };
        if let Some(ifi) = ifi::of(agent) {
            self.push(Kind::Agent, ifi.to_string(), closeness);
        }
        for member in each(agent.get("member")) {
            self.agent(Some(member), closeness);
        }
    }

    fn activity(&mut self, activity: &Value, closeness: Closeness) {
        if let Some(id) = text(activity.get("id")) {
            self.push(Kind::Activity, id.to_owned(), closeness);
        }
    }

    fn finish(mut self) -> Vec<IndexKey> {
        self.sort();
        self.found
    }
}

/// The elements of a list, or the one thing that stands where a list may stand.
fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
    .iter()
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found_by(statement: &Value) -> Vec<(Kind, Closeness, String)> {
        let authority = json!({"account": {"homePage": "https://lrs.example", "name": "k"}});
        keys(statement, &authority)
            .into_iter()
            .map(|key| (key.kind, key.closeness, key.text))
            .collect()
    }

    #[test]
    fn members_of_an_acting_group_are_as_direct_as_the_group() {
        let found = found_by(&json!({
            "actor": {"objectType": "Group", "mbox": "mailto:g@x.it",
                      "member": [{"mbox": "mailto:a@x.it"}]},
            "verb": {"id": "https://v.example/v"},
            "object": {"id": "https://a.example/a"},
        }));
        let direct = |text: &str| (Kind::Agent, Closeness::Direct, text.to_owned());
        assert!(found.contains(&direct("mbox::mailto:g@x.it")));
        assert!(found.contains(&direct("mbox::mailto:a@x.it")));
    }

    #[test]
    fn everything_inside_a_substatement_is_related() {
        let found = found_by(&json!({
            "actor": {"mbox": "mailto:a@x.it"},
            "verb": {"id": "https://v.example/planned"},
            "object": {"objectType": "SubStatement",
                "actor": {"mbox": "mailto:b@x.it"},
                "verb": {"id": "https://v.example/inner"},
                "object": {"id": "https://a.example/inner"},
                "context": {"contextActivities": {"parent": {"id": "https://a.example/parent"}},
                            "instructor": {"mbox": "mailto:c@x.it"}}},
        }));
        let related = |kind, text: &str| (kind, Closeness::Related, text.to_owned());
        assert!(found.contains(&related(Kind::Agent, "mbox::mailto:b@x.it")));
        assert!(found.contains(&related(Kind::Agent, "mbox::mailto:c@x.it")));
        assert!(found.contains(&related(Kind::Activity, "https://a.example/inner")));
        assert!(found.contains(&related(Kind::Activity, "https://a.example/parent")));
        assert!(!found.iter().any(|(_, _, text)| text == "https://v.example/inner"));
    }

    /// Each name becomes the one at its place, not any of those that are new.
    #[test]
    fn what_a_statement_is_found_by_becomes_what_stands_in_its_place() {
        let of = |actor: &str, activities: [&str; 2]| {
            let list = activities.map(|id| json!({"id": format!("https://a.example/{id}")}));
            json!({"actor": {"mbox": format!("mailto:{actor}@x.it")}, "object": {"id": "https://a.example/o"},
                "context": {"contextActivities": {"grouping": list}}})
        };
        let texts = |pairs: Vec<(IndexKey, IndexKey)>| {
            pairs.into_iter().map(|(old, new)| (old.text, new.text)).collect::<Vec<_>>()
        };
        let pair = |old: &str, new: &str| (old.to_owned(), new.to_owned());
        let found = renamed(&of("a", ["z/1", "a/2"]), &of("a", ["b/1", "c/2"])).map(texts);
        let activity = |old: &str, new: &str| {
            pair(&format!("https://a.example/{old}"), &format!("https://a.example/{new}"))
        };
        assert_eq!(found.unwrap(), [activity("z/1", "b/1"), activity("a/2", "c/2")]);
        let found = renamed(&of("a", ["1", "2"]), &of("b", ["1", "2"])).map(texts);
        assert_eq!(found.unwrap(), [pair("mbox::mailto:a@x.it", "mbox::mailto:b@x.it")]);
        // One that is there still goes on being what it is.
        assert_eq!(renamed(&of("a", ["1", "2"]), &of("a", ["2", "2"])).unwrap().len(), 1);
        assert_eq!(renamed(&of("a", ["1", "2"]), &of("a", ["2", "1"])).unwrap(), []);
        assert_eq!(
            renamed(&of("a", ["1", "2"]), &json!({"actor": {"mbox": "mailto:a@x.it"}})),
            None
        );
    }

    #[test]
    fn keys_are_looked_for_up_to_a_number() {
        let group = |different: usize| {
            let member = |n: usize| json!({"mbox": format!("mailto:{}@x.it", n % different)});
            json!({"actor": {"objectType": "Group", "member": (0..50).map(member).collect::<Vec<_>>()}})
        };
        let of = |different, most| keys_up_to(most, &group(different), &json!({})).len();
        assert_eq!((of(50, 50), of(5, 10), of(5, 5)), (50, 5, 5));
        let count = of(50, 10);
        assert!((11..=21).contains(&count), "{count} keys");
    }

    #[test]
    fn an_inherited_authority_is_only_a_related_agent() {
        let key = IndexKey {
            kind: Kind::Agent,
            text: "mbox::mailto:a@x.it".into(),
            closeness: Closeness::Authority,
        };
        let inherited: Vec<_> = inherited(&[key]).map(|key| key.closeness).collect();
        assert_eq!(inherited, [Closeness::Related]);
    }
}
