//! What a statement can be found by: the agents, verb, activities and registration it speaks of.

use std::collections::BTreeSet;

use serde_json::Value;
use validator::ifi::{self, ACCOUNT, AGENT};
use validator::json::Shape::{self, Every, Members, Scalar};
use validator::json::{Node, Skimmed, at};

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
pub fn keys<N: Node>(statement: &N, authority: &N) -> Vec<IndexKey> {
    keys_up_to(usize::MAX, statement, authority)
}

/// [`keys`], or more than `most` of them where there are more: then not all are looked for.
pub(crate) fn keys_up_to<N: Node>(most: usize, statement: &N, authority: &N) -> Vec<IndexKey> {
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
fn in_order<N: Node>(most: usize, statement: &N, authority: &N) -> Keys {
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
pub fn keys_of_kept<N: Node>(statement: &N) -> Vec<IndexKey> {
    // A statement that was restored from another store may have none.
    keys(statement, statement.get("authority").unwrap_or(N::null()))
}

/// [`keys_of_kept`] of a statement's text, of which no value is made.
///
/// # Errors
/// Of a text that is no JSON.
pub fn keys_of_text(text: &[u8]) -> serde_json::Result<Vec<IndexKey>> {
    Skimmed::read(text, &STATEMENT).map(|statement| keys_of_kept(&statement))
}

/// What keys are made of.
const STATEMENT: Shape = Members(&[
    ("actor", GROUP),
    ("verb", THING),
    ("object", OBJECT),
    ("context", CONTEXT),
    ("authority", GROUP),
]);
/// The object of a statement: an agent, an activity, or a sub-statement, which has none in it.
const OBJECT: Shape = Members(&[
    ("objectType", Scalar),
    ("id", Scalar),
    ("mbox", Scalar),
    ("mbox_sha1sum", Scalar),
    ("openid", Scalar),
    ("account", ACCOUNT),
    ("member", AGENT),
    ("actor", GROUP),
    ("object", INNER),
    ("context", CONTEXT),
]);
const INNER: Shape = Members(&[
    ("objectType", Scalar),
    ("id", Scalar),
    ("mbox", Scalar),
    ("mbox_sha1sum", Scalar),
    ("openid", Scalar),
    ("account", ACCOUNT),
    ("member", AGENT),
]);
const GROUP: Shape = Members(&[
    ("mbox", Scalar),
    ("mbox_sha1sum", Scalar),
    ("openid", Scalar),
    ("account", ACCOUNT),
    ("member", AGENT),
]);
const THING: Shape = Members(&[("id", Scalar)]);
const CONTEXT: Shape = Members(&[
    ("registration", Scalar),
    ("instructor", GROUP),
    ("team", GROUP),
    ("contextAgents", Members(&[("agent", GROUP)])),
    ("contextGroups", Members(&[("group", GROUP)])),
    ("contextActivities", Every(&THING)),
]);

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

    fn statement<N: Node>(&mut self, statement: &N, closeness: Closeness) {
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

    fn context<N: Node>(&mut self, context: &N) {
        self.agent(context.get("instructor"), Closeness::Related);
        self.agent(context.get("team"), Closeness::Related);
        for (list, who) in [("contextAgents", "agent"), ("contextGroups", "group")] {
            for entry in each(context.get(list)) {
                self.agent(entry.get(who), Closeness::Related);
            }
        }
        let activities = context.get("contextActivities");
        for (_, slot) in activities.into_iter().flat_map(N::entries) {
            for activity in each(Some(slot)) {
                self.activity(activity, Closeness::Related);
            }
        }
    }

    fn agent<N: Node>(&mut self, agent: Option<&N>, closeness: Closeness) {
        let Some(agent) = agent else { return };
        if let Some(ifi) = ifi::of(agent) {
            self.push(Kind::Agent, ifi.to_string(), closeness);
        }
        for member in each(agent.get("member")) {
            self.agent(Some(member), closeness);
        }
    }

    fn activity<N: Node>(&mut self, activity: &N, closeness: Closeness) {
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
fn each<N: Node>(value: Option<&N>) -> &[N] {
    value.map_or(&[], |value| value.as_list().unwrap_or(std::slice::from_ref(value)))
}

fn text<N: Node>(value: Option<&N>) -> Option<&str> {
    value.and_then(N::as_str)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
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

    fn agent() -> impl Strategy<Value = Value> {
        prop_oneof![
            "[a-c]".prop_map(|it| json!({"mbox": format!("mailto:{it}@x.it"), "name": it})),
            "[a-c]".prop_map(|it| json!({"objectType": "Agent", "mbox_sha1sum": it})),
            "[a-c]".prop_map(|it| json!({"openid": format!("https://x.it/{it}")})),
            "[a-c]".prop_map(|it| json!({"account": {"homePage": "https://x.it", "name": it}})),
        ]
    }

    fn actor() -> impl Strategy<Value = Value> {
        let group =
            (agent(), prop::collection::vec(agent(), 0..3)).prop_map(|(mut it, members)| {
                it["objectType"] = "Group".into();
                it["member"] = members.into();
                it
            });
        prop_oneof![agent(), group]
    }

    fn activity() -> impl Strategy<Value = Value> {
        ("[a-c]", any::<bool>()).prop_map(|(it, says)| {
            let mut it = json!({"id": format!("https://a.example/{it}"), "definition": {"id": "x", "more": [0, 1]}});
            if says {
                it["objectType"] = "Activity".into();
            }
            it
        })
    }

    fn context() -> impl Strategy<Value = Value> {
        let slot =
            prop_oneof![activity(), prop::collection::vec(activity(), 0..3).prop_map(Value::from)];
        (actor(), actor(), actor(), slot.clone(), slot).prop_map(|(one, two, three, parent, other)| {
            json!({"registration": "6690E6C9-3ef0-4ed3-8b37-7f3964730bee", "instructor": one, "team": two,
                "contextAgents": [{"agent": three}, {"agent": one, "relevantTypes": ["x"]}],
                "contextGroups": [{"group": two}], "contextActivities": {"parent": parent, "other": other},
                "extensions": {"https://x.example/e": {"member": [{"mbox": "mailto:z@x.it"}]}}})
        })
    }

    fn object() -> impl Strategy<Value = Value> {
        let as_object = actor().prop_map(|mut it| {
            it["objectType"] = it.get("objectType").cloned().unwrap_or("Agent".into());
            it
        });
        let reference = Just(
            json!({"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}),
        );
        prop_oneof![activity(), as_object, reference]
    }

    fn whole() -> impl Strategy<Value = Value> {
        let of = |object: BoxedStrategy<Value>| {
            (actor(), object, context()).prop_map(|(actor, object, context)| {
                json!({"actor": actor, "verb": {"id": "https://v.example/v", "display": {"en": "v"}},
                    "object": object, "context": context, "result": {"response": "x"}})
            })
        };
        let inner = of(object().boxed()).prop_map(|mut it| {
            it["objectType"] = "SubStatement".into();
            it
        });
        let all = of(prop_oneof![object(), inner].boxed());
        (all, prop::option::of(actor())).prop_map(|(mut it, authority)| {
            if let Some(authority) = authority {
                it["authority"] = authority;
            }
            it
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn keys_of_a_text_are_those_of_its_value(statement in whole()) {
            let keys = keys_of_text(statement.to_string().as_bytes()).unwrap();
            prop_assert!(keys.len() > 2);
            prop_assert_eq!(keys, keys_of_kept(&statement));
        }
    }
}
