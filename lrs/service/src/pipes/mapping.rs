//! What becomes of statements on their way: copies that say less stand under new ids, since another statement under the
//! id of the first would conflict with it.

use course::Identifier;
use dataset::Pseudonyms;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use validator::ifi::{self, Ifi};
use xapi::erase::HOME_PAGE as ERASED;

use super::settings::{PipeMapping, PipeRecord};

/// The usage type of an attachment that is a signature (Data 2.6).
const SIGNATURE: &str = "http://adlnet.gov/expapi/attachments/signature";
/// Members of a context that xAPI 1.0.3 does not have.
const NEW_IN_CONTEXT: [&str; 2] = ["contextAgents", "contextGroups"];
/// The home page of the accounts that pseudonyms are.
const HOME_PAGE: &str = "urn:traccia:pseudonym";

/// The mapping of one pipe.
#[derive(Clone, Debug)]
pub(super) struct Mapped {
    kind: PipeMapping,
    namespace: Uuid,
    pseudonyms: Pseudonyms,
}

impl Mapped {
    pub(super) fn of(record: &PipeRecord) -> Self {
        Self {
            kind: record.settings.mapping,
            namespace: record.namespace,
            pseudonyms: Pseudonyms::under(record.secret.0.as_bytes()),
        }
    }

    /// Whether statements stay as they are.
    pub(super) fn is_full(&self) -> bool {
        self.kind == PipeMapping::Full
    }

    /// The id under which the statement of this id travels: the UUID of version 5 of the pipe and the old id.
    pub(super) fn id(&self, old: Uuid) -> Uuid {
        if self.is_full() { old } else { Uuid::new_v5(&self.namespace, old.to_string().as_bytes()) }
    }

    /// An identifier as it travels, as learner lists write it.
    pub(super) fn identifier(&self, identifier: &Identifier) -> String {
        if self.kind != PipeMapping::Pseudonymised {
            return identifier.listed();
        }
        let (home_page, name) = match identifier {
            Identifier::Account { home_page, name } if home_page == ERASED => {
                (ERASED, self.pseudonym(name))
            }
            _ => (HOME_PAGE, self.pseudonyms.of(&identifier.to_string())),
        };
        Identifier::Account { home_page: home_page.to_owned(), name }.listed()
    }

    /// What is to stand in the place of an erased person, of whom this stands here. Where pseudonyms travel it is another one:
    /// a store that has statements of another pipe too would learn who stands behind the pseudonym.
    pub(super) fn pseudonym(&self, here: &str) -> String {
        if self.kind == PipeMapping::Pseudonymised {
            format!("erased-{}", self.pseudonyms.of(here))
        } else {
            here.to_owned()
        }
    }

    /// The statement of this id as it travels.
    pub(super) fn statement(&self, id: Uuid, statement: &mut Value) {
        if self.is_full() {
            return;
        }
        let Some(members) = statement.as_object_mut() else { return };
        members.insert("id".into(), json!(self.id(id)));
        members.shift_remove("authority");
        members.shift_remove("stored");
        if self.kind == PipeMapping::Downgraded {
            members.insert("version".into(), json!("1.0.0"));
        }
        self.said(members);
        if let Some(object) = members.get_mut("object").and_then(Value::as_object_mut)
            && object.get("objectType").is_some_and(|it| it == "SubStatement")
        {
            self.said(object);
        }
    }

    /// What statements and `SubStatement`s have in common.
    fn said(&self, members: &mut Map<String, Value>) {
        let people = ["actor", "object"];
        for member in people {
            members.get_mut(member).into_iter().for_each(|value| self.thing(value));
        }
        if let Some(context) = members.get_mut("context").and_then(Value::as_object_mut) {
            self.context(context);
        }
        if let Some(attachments) = members.get_mut("attachments").and_then(Value::as_array_mut) {
            let pseudonymised = self.kind == PipeMapping::Pseudonymised;
            attachments.retain(|it| {
                !pseudonymised && it.get("usageType").is_none_or(|kind| kind != SIGNATURE)
            });
            if attachments.is_empty() {
                members.shift_remove("attachments");
            }
        }
        if self.kind == PipeMapping::Pseudonymised
            && let Some(result) = members.get_mut("result").and_then(Value::as_object_mut)
        {
            result.shift_remove("extensions");
            result.shift_remove("response");
        }
    }

    fn context(&self, context: &mut Map<String, Value>) {
        if let Some(reference) = context.get_mut("statement") {
            self.reference(reference);
        }
        if self.kind == PipeMapping::Downgraded {
            for name in NEW_IN_CONTEXT {
                context.shift_remove(name);
            }
            return;
        }
        context.shift_remove("extensions");
        for member in ["instructor", "team"] {
            context.get_mut(member).into_iter().for_each(|value| self.thing(value));
        }
        for (list, member) in [("contextAgents", "agent"), ("contextGroups", "group")] {
            let entries = context.get_mut(list).and_then(Value::as_array_mut);
            for entry in entries.into_iter().flatten() {
                entry.get_mut(member).into_iter().for_each(|value| self.thing(value));
            }
        }
    }

    /// A reference, or a person or group: of other things nothing changes.
    fn thing(&self, thing: &mut Value) {
        let kind = thing.get("objectType").and_then(Value::as_str);
        match kind {
            Some("StatementRef") => self.reference(thing),
            Some("Activity" | "SubStatement") => {}
            _ if self.kind == PipeMapping::Pseudonymised => self.agent(thing),
            _ => {}
        }
    }

    fn reference(&self, reference: &mut Value) {
        let Some(id) = reference.get_mut("id") else { return };
        if let Some(old) = id.as_str().and_then(|text| Uuid::parse_str(text).ok()) {
            *id = json!(self.id(old));
        }
    }

    fn agent(&self, agent: &mut Value) {
        let identifier = ifi::of(agent);
        let Some(members) = agent.as_object_mut() else { return };
        if identifier.is_none() && !members.contains_key("member") {
            // An activity without an object type.
            return;
        }
        members.retain(|name, _| matches!(name.as_str(), "objectType" | "member"));
        if let Some(identifier) = identifier {
            let (home_page, name) = match &identifier {
                // Who was erased before the statement travelled is there whom an erasure that travels makes of them.
                Ifi::Account { home_page, name } if home_page == ERASED => {
                    (ERASED, self.pseudonym(name))
                }
                _ => (HOME_PAGE, self.pseudonyms.of(&identifier.to_string())),
            };
            members.insert("account".into(), json!({"homePage": home_page, "name": name}));
        }
        let people = members.get_mut("member").and_then(Value::as_array_mut);
        people.into_iter().flatten().for_each(|member| self.agent(member));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee";

    fn mapped(kind: PipeMapping) -> Mapped {
        let namespace = Uuid::from_u128(5);
        Mapped { kind, namespace, pseudonyms: Pseudonyms::under(b"shared") }
    }

    fn id() -> Uuid {
        OLD.parse().unwrap()
    }

    fn statement() -> Value {
        json!({"id": OLD, "stored": "2026-01-01T00:00:00Z", "version": "2.0.0",
            "authority": {"mbox": "mailto:key@x.example"}, "timestamp": "2026-01-01T00:00:00Z",
            "actor": {"objectType": "Group", "name": "Team Anna", "mbox": "mailto:team@x.example",
                "member": [{"name": "Anna", "mbox": "mailto:anna@x.example"}]},
            "verb": {"id": "https://v.example/did"},
            "object": {"objectType": "SubStatement",
                "actor": {"name": "Bea", "openid": "https://id.example/bea"},
                "verb": {"id": "https://v.example/did"},
                "object": {"objectType": "StatementRef", "id": OLD}},
            "result": {"response": "I am Anna", "success": true, "extensions": {"https://e.example": "Anna"}},
            "context": {"registration": OLD, "statement": {"objectType": "StatementRef", "id": OLD},
                "instructor": {"name": "Carla", "mbox_sha1sum": "ab"},
                "extensions": {"https://e.example": "Anna"},
                "contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:anna@x.example"}}]},
            "attachments": [{"usageType": SIGNATURE, "sha2": "a"}, {"usageType": "https://u.example", "sha2": "b"}]})
    }

    #[test]
    fn a_full_copy_is_the_statement() {
        let mut copy = statement();
        mapped(PipeMapping::Full).statement(id(), &mut copy);
        assert_eq!(copy, statement());
        assert_eq!(mapped(PipeMapping::Full).id(id()), id());
    }

    #[test]
    fn a_downgraded_copy_is_of_the_older_standard_under_a_new_id() {
        let mapped = mapped(PipeMapping::Downgraded);
        let mut copy = statement();
        mapped.statement(id(), &mut copy);
        let new = Uuid::new_v5(&Uuid::from_u128(5), OLD.as_bytes()).to_string();
        assert_eq!(copy["id"], new);
        assert_eq!(copy["version"], "1.0.0");
        assert_eq!(copy["context"]["statement"]["id"], new, "what it refers to has its new id too");
        assert_eq!(copy["object"]["object"]["id"], new);
        assert_eq!(copy["context"]["registration"], OLD, "a registration is no statement");
        assert_eq!(copy["actor"], statement()["actor"]);
        assert_eq!(
            copy["attachments"].as_array().unwrap().len(),
            1,
            "the signature was of other bytes"
        );
        for gone in ["/context/contextAgents", "/authority", "/stored"] {
            assert_eq!(copy.pointer(gone), None, "{gone}");
        }
        assert_eq!(copy["result"], statement()["result"]);
    }

    #[test]
    fn a_pseudonymised_copy_names_nobody() {
        let mapped = mapped(PipeMapping::Pseudonymised);
        let mut copy = statement();
        mapped.statement(id(), &mut copy);
        let text = copy.to_string().to_lowercase();
        for name in ["anna", "bea", "carla", "mbox", "openid", "key@"] {
            assert!(!text.contains(name), "{name} in {text}");
        }
        let anna = Pseudonyms::under(b"shared").of("mbox::mailto:anna@x.example");
        assert_eq!(
            copy["actor"]["member"][0]["account"],
            json!({"homePage": HOME_PAGE, "name": anna})
        );
        assert_eq!(
            copy["context"]["contextAgents"][0]["agent"]["account"]["name"], anna,
            "one person, one pseudonym"
        );
        assert_eq!(copy["result"], json!({"success": true}));
        assert_eq!(copy["object"]["object"]["id"], mapped.id(id()).to_string());
    }

    /// Statements that travel after an erasure are equal to those that travelled before and were erased there.
    #[test]
    fn who_was_erased_travels_under_the_pseudonym_that_the_erasure_has_there() {
        let mapped = mapped(PipeMapping::Pseudonymised);
        let account = |name: &str| json!({"homePage": ERASED, "name": name});
        let mut copy = json!({"id": OLD, "actor": {"objectType": "Agent", "account": account("erased-1")},
            "verb": {"id": "https://v.example/did"}, "object": {"objectType": "Group",
            "member": [{"account": account("erased-2")}]}});
        mapped.statement(id(), &mut copy);
        let there = mapped.pseudonym("erased-1");
        assert_eq!(copy["actor"]["account"], account(&there));
        assert_ne!(there, "erased-1");
        assert_eq!(copy["object"]["member"][0]["account"], account(&mapped.pseudonym("erased-2")));
        let here = Identifier::Account { home_page: ERASED.into(), name: "erased-1".into() };
        assert_eq!(mapped.identifier(&here), format!("account:{ERASED}|{there}"));
    }

    #[test]
    fn what_voids_names_the_copy() {
        let mut copy = json!({"id": Uuid::nil(), "actor": {"mbox": "mailto:a@x.example"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
            "object": {"objectType": "StatementRef", "id": OLD.to_uppercase()}});
        let mapped = mapped(PipeMapping::Downgraded);
        mapped.statement(Uuid::nil(), &mut copy);
        assert_eq!(copy["object"]["id"], mapped.id(id()).to_string());
    }
}
