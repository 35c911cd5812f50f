//! JSON texts without a person. Numbers, other texts and the order of members stay as they are written.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;
use validator::ifi::{self, Ifi};

use super::place::named_page;
use super::{Eraser, HOME_PAGE, Members, Scope};
use crate::mentioned;

/// Objects and arrays within one another that are read as JSON. A document may have any number of them: what lies deeper
/// is looked at as text, since a person is nowhere in a statement so deep, and each level takes room on the stack.
const DEEPEST: usize = 128;
/// By which one of these an Agent is known.
const IDENTIFIERS: [&str; 4] = ["mbox", "mbox_sha1sum", "openid", "account"];
/// What an Agent is called beside these.
const OF_AGENTS: [&str; 2] = ["name", "objectType"];
/// Members whose values are names of something else than people, and words of the standard.
const OF_OTHERS: [&str; 14] = [
    "authority",
    "contentType",
    "correctResponsesPattern",
    "duration",
    "homePage",
    "interactionType",
    "objectType",
    "registration",
    "sha2",
    "stored",
    "timestamp",
    "type",
    "usageType",
    "version",
];

/// What the ids begin with that Traccia makes.
const OWN: &str = "urn:traccia:";

/// Lists of components of an interaction, whose ids are answers that everybody may give.
const COMPONENTS: [&str; 5] = ["choices", "scale", "source", "steps", "target"];

/// Where in a text a value stands.
#[derive(Clone, Copy)]
struct At<'a> {
    scope: Scope,
    /// The objects and arrays around it.
    depth: usize,
    /// The member whose value it is, or is in the list of.
    member: &'a str,
    /// Whether it is an answer, or what an extension says.
    is_free: bool,
    /// Whether the object of the statement counts in a course because of what lies around it.
    is_counted: bool,
}

impl Eraser {
    /// A JSON text without the person, who is looked for as `scope` says.
    pub(super) fn rewritten(&self, text: &str, scope: Scope) -> Option<String> {
        if !self.may_name(text) {
            return None;
        }
        self.rewritten_at(
            text,
            At { scope, depth: 0, member: "", is_free: false, is_counted: false },
        )
    }

    fn rewritten_at(&self, text: &str, at: At<'_>) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        match self.rewrite(text, at, &mut out) {
            Ok(is_changed) => is_changed.then_some(out),
            Err(_) => self.searched(text, at.scope),
        }
    }

    /// [`Self::json`] of a statement. In one that the person did and nobody else, texts have nothing of the person either that
    /// may be the word for something else, and ids of activities are no addresses of pages of the person, such as
    /// `/user/profile.php?id=7` of the account 7.
    pub fn statement(&self, text: &str) -> Option<String> {
        if !self.may_name(text) {
            return None;
        }
        let Ok(Members(members)) = serde_json::from_str(text) else { return self.json(text) };
        let mut actor = members.iter().filter(|(name, _)| name == "actor");
        let is_own = actor.any(|(_, actor)| self.acts(actor));
        let scope = if is_own { Scope::Every } else { Scope::Sure };
        let is_counted = is_own && self.is_within_course(text);
        self.rewritten_at(text, At { scope, depth: 0, member: "", is_free: false, is_counted })
    }

    /// Whether an activity around a statement's object stands in a course file as one around which all counts.
    fn is_within_course(&self, statement: &str) -> bool {
        let Ok(statement) = serde_json::from_str::<Value>(statement) else { return false };
        let around = ["parent", "grouping"].into_iter().flat_map(|of| {
            let all = statement.pointer(&format!("/context/contextActivities/{of}"));
            // A single one may stand there without a list.
            all.map_or(&[][..], |it| it.as_array().map_or(std::slice::from_ref(it), Vec::as_slice))
        });
        let mut ids = around.filter_map(|it| it.get("id")?.as_str());
        ids.any(|id| self.courses.is_around(id))
    }

    /// Whether the `actor` of an object, such as a statement or a launch, is the person.
    pub fn is_actor_of(&self, text: &str) -> bool {
        let Ok(Members(members)) = serde_json::from_str(text) else { return false };
        members.iter().filter(|(name, _)| name == "actor").any(|(_, actor)| {
            let agent = serde_json::from_str(actor.get());
            agent.is_ok_and(|Members(agent)| self.is_person(&agent))
        })
    }

    /// Whether an Agent or a Group is the person, and nobody else.
    pub fn is_alone(&self, agent: &Value) -> bool {
        let is_person =
            |agent: &Value| ifi::of(agent).is_some_and(|it| self.is_named(&it.to_string()));
        let members = agent.get("member").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        // An anonymous group is its members alone.
        let is_named =
            if ifi::of(agent).is_some() { is_person(agent) } else { !members.is_empty() };
        is_named && members.iter().all(is_person)
    }

    /// [`Self::is_alone`] of an actor's text.
    fn acts(&self, actor: &RawValue) -> bool {
        serde_json::from_str(actor.get()).is_ok_and(|actor| self.is_alone(&actor))
    }

    /// Writes a JSON text without the person; whether that changed something.
    fn rewrite(&self, raw: &str, at: At<'_>, out: &mut String) -> serde_json::Result<bool> {
        match raw.trim_start().as_bytes().first() {
            Some(b'{' | b'[') if at.depth == DEEPEST => {
                let changed = self.searched(raw, at.scope);
                out.push_str(changed.as_deref().unwrap_or(raw));
                Ok(changed.is_some())
            }
            Some(b'{') => self.rewrite_object(raw, at, out),
            Some(b'[') => {
                let elements: Vec<&RawValue> = serde_json::from_str(raw)?;
                let within = At { depth: at.depth.saturating_add(1), ..at };
                let mut is_changed = false;
                out.push('[');
                for (n, element) in elements.into_iter().enumerate() {
                    out.push_str(if n == 0 { "" } else { "," });
                    is_changed |= self.rewrite(element.get(), within, out)?;
                }
                out.push(']');
                Ok(is_changed)
            }
            Some(b'"') => {
                let text: String = serde_json::from_str(raw)?;
                let changed = self.string(&text, at);
                match &changed {
                    Some(changed) => out.push_str(&serde_json::to_string(changed)?),
                    None => out.push_str(raw.trim()),
                }
                Ok(changed.is_some())
            }
            _ => {
                let _: Value = serde_json::from_str(raw)?;
                out.push_str(raw.trim());
                Ok(false)
            }
        }
    }

    /// A string without the person. One that is JSON, such as a statement in a refused request, is looked at as such. The id
    /// of a statement is nobody's name.
    fn string(&self, text: &str, at: At<'_>) -> Option<String> {
        if text.starts_with(['{', '[', '"']) && at.depth < DEEPEST {
            let mut out = String::new();
            let within = At { depth: at.depth.saturating_add(1), member: "", ..at };
            if let Ok(is_changed) = self.rewrite(text, within, &mut out) {
                return is_changed.then_some(out);
            }
        }
        let is_uuid = || at.member == "id" && Uuid::try_parse(text).is_ok();
        match at.scope {
            Scope::Every if at.is_free => self.free(text),
            Scope::Every if !is_uuid() => self.text(text),
            _ => self.sure(text),
        }
    }

    fn rewrite_object(&self, raw: &str, at: At<'_>, out: &mut String) -> serde_json::Result<bool> {
        let Members(members) = serde_json::from_str(raw)?;
        let is_person = self.is_person(&members);
        let is_other =
            !is_person && members.iter().any(|(name, raw)| identifier(name, raw).is_some());
        // What the person did stands in what somebody else says.
        let is_own = member(&members, "objectType").is_some_and(|it| it == "\"SubStatement\"")
            && members.iter().any(|(name, actor)| name == "actor" && self.acts(actor));
        let at = if is_own { At { scope: Scope::Every, ..at } } else { at };
        // The address of a page of the person, which is the object of a statement of theirs.
        let page = self.page(&members, at);
        let (mut is_changed, mut is_first) = (is_person || page.is_some(), true);
        out.push('{');
        let mut name = |out: &mut String, name: &str| {
            out.push_str(if std::mem::take(&mut is_first) { "" } else { "," });
            out.push_str(&serde_json::to_string(name)?);
            out.push(':');
            Ok::<_, serde_json::Error>(())
        };
        for (member, value) in &members {
            // Of an Agent nothing else may stay: a name, a second identifier, what another program added.
            if is_person && !["objectType", "member"].contains(&member.as_str()) {
                continue;
            }
            // An Agent of others, whatever words are in it.
            if is_other
                && (IDENTIFIERS.contains(&member.as_str()) || OF_AGENTS.contains(&member.as_str()))
            {
                name(out, member)?;
                out.push_str(value.get());
                continue;
            }
            // The page has the person's name.
            if page.is_some() && member == "definition" {
                continue;
            }
            let changed = self.sure(member);
            is_changed |= changed.is_some();
            name(out, changed.as_deref().unwrap_or(member))?;
            if let Some(page) = page.as_deref().filter(|_| member == "id") {
                out.push_str(&serde_json::to_string(page)?);
                continue;
            }
            if self.keeps_authority && at.depth == 0 && member == "authority" {
                out.push_str(value.get());
                continue;
            }
            let is_of_others = OF_OTHERS.contains(&member.as_str())
                || (member == "id"
                    && (COMPONENTS.contains(&at.member) || value.get().contains(':')));
            let scope = if is_of_others { Scope::Sure } else { at.scope };
            let depth = at.depth.saturating_add(1);
            let is_free = at.is_free
                || member == "extensions"
                || (member == "response" && at.member == "result");
            is_changed |=
                self.rewrite(value.get(), At { scope, depth, member, is_free, ..at }, out)?;
        }
        if is_person {
            name(out, "account")?;
            let account = json!({"homePage": HOME_PAGE, "name": self.pseudonym});
            out.push_str(&account.to_string());
        }
        out.push('}');
        Ok(is_changed)
    }

    /// The id of an object with these members in a statement of the person, without the person; `None` where it does not name
    /// them as [`mentioned::names`] says, or as a page of theirs, where Traccia has made it, and where it counts in a course.
    fn page(&self, members: &[(String, &RawValue)], at: At<'_>) -> Option<String> {
        if at.member == "verb" || at.scope == Scope::Sure {
            return None;
        }
        // The object of the statement itself.
        if at.is_counted && at.depth == 1 && at.member == "object" {
            return None;
        }
        let (_, id) = members.iter().find(|(name, _)| name == "id")?;
        let id: String = serde_json::from_str(id.get()).ok()?;
        // What Traccia has named itself, such as packages, tells nobody.
        if !id.contains(':') || id.starts_with(OWN) {
            return None;
        }
        let mut page = self.sure(&id);
        for person in &self.given {
            if let Ifi::Account { name, .. } = person {
                let current = page.as_deref().unwrap_or(&id);
                page = named_page(current, name, &self.pseudonym).or(page);
            }
            let current = page.as_deref().unwrap_or(&id);
            page = mentioned::without(current, person, &self.pseudonym).or(page);
        }
        // What counts in a course is the course's, whatever it is called.
        page.filter(|_| !self.courses.has(&id))
    }

    /// Whether an object with these members is an Agent or identified Group that is the person.
    fn is_person(&self, members: &[(String, &RawValue)]) -> bool {
        // Of a faulty Agent with several identifiers each one counts.
        let mut all = members.iter().filter_map(|(name, raw)| identifier(name, raw));
        all.any(|ifi| self.is_named(&ifi.to_string()))
    }
}

/// The value of a member of an object, as it is written.
fn member<'m>(members: &'m [(String, &RawValue)], name: &str) -> Option<&'m str> {
    members.iter().find(|(of, _)| of == name).map(|(_, value)| value.get())
}

/// The identifier of an Agent that this member of an object is.
fn identifier(name: &str, raw: &RawValue) -> Option<Ifi> {
    if !IDENTIFIERS.contains(&name) {
        return None;
    }
    let value: Value = serde_json::from_str(raw.get()).ok()?;
    ifi::of(&Value::Object([(name.to_owned(), value)].into_iter().collect()))
}
