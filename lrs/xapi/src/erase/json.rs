//! JSON texts without a person. Numbers, other texts and the order of members stay as they are written.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;
use validator::ifi;

use super::{Eraser, HOME_PAGE, Members, Scope};
use crate::mentioned;

/// Objects and arrays within one another that are read as JSON. A document may have any number of them: what lies deeper
/// is looked at as text, since a person is nowhere in a statement so deep, and each level takes room on the stack.
const DEEPEST: usize = 128;
/// By which one of these an Agent is known.
const IDENTIFIERS: [&str; 4] = ["mbox", "mbox_sha1sum", "openid", "account"];
/// Members whose values are names of something else than people, and words of the standard.
const OF_OTHERS: [&str; 13] = [
    "authority",
    "contentType",
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

/// Where in a text a value stands.
#[derive(Clone, Copy)]
struct At<'a> {
    scope: Scope,
    /// The objects and arrays around it.
    depth: usize,
    /// The member whose value it is, or is in the list of.
    member: &'a str,
    /// Whether it is in a statement of the person.
    is_own: bool,
}

impl Eraser {
    /// A JSON text without the person, who is looked for as `scope` says.
    pub(super) fn rewritten(&self, text: &str, scope: Scope) -> Option<String> {
        if !self.may_name(text) {
            return None;
        }
        let at = At { scope, depth: 0, member: "", is_own: false };
        let mut out = String::with_capacity(text.len());
        match self.rewrite(text, at, &mut out) {
            Ok(is_changed) => is_changed.then_some(out),
            Err(_) => self.searched(text, scope),
        }
    }

    /// [`Self::json`] of a statement. In one that the person did, ids of activities have nothing of the person either, such as
    /// the address of a profile page with a number in it ([`mentioned::names`]).
    pub fn statement(&self, text: &str) -> Option<String> {
        if !self.may_name(text) {
            return None;
        }
        let Ok(Members(members)) = serde_json::from_str(text) else { return self.json(text) };
        let mut actor = members.iter().filter(|(name, _)| name == "actor");
        let is_own = actor.any(|(_, actor)| self.acts(actor));
        let at = At { scope: Scope::Every, depth: 0, member: "", is_own };
        let mut out = String::with_capacity(text.len());
        match self.rewrite(text, at, &mut out) {
            Ok(is_changed) => is_changed.then_some(out),
            Err(_) => self.searched(text, Scope::Every),
        }
    }

    /// Whether an actor is the person, or a group with the person in it.
    fn acts(&self, actor: &RawValue) -> bool {
        let Ok(Members(members)) = serde_json::from_str(actor.get()) else { return false };
        let of_group = |(name, raw): &(String, &RawValue)| {
            let list: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
            name == "member" && list.into_iter().any(|it| self.acts(it))
        };
        self.is_person(&members) || members.iter().any(of_group)
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

    /// A string without the person. The id of a statement is nobody's name.
    fn string(&self, text: &str, at: At<'_>) -> Option<String> {
        let is_uuid = || at.member == "id" && Uuid::try_parse(text).is_ok();
        if at.scope == Scope::Every && !is_uuid() { self.text(text) } else { self.sure(text) }
    }

    fn rewrite_object(&self, raw: &str, at: At<'_>, out: &mut String) -> serde_json::Result<bool> {
        let Members(members) = serde_json::from_str(raw)?;
        let is_person = self.is_person(&members);
        let is_agent = members.iter().any(|(name, _)| IDENTIFIERS.contains(&name.as_str()));
        // The address of a page of the person, which is the object of a statement of theirs.
        let page = if at.is_own { self.page(&members, at) } else { None };
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
                || (is_agent && IDENTIFIERS.contains(&member.as_str()))
                || (at.member == "verb" && member == "id");
            let scope = if is_of_others { Scope::Sure } else { at.scope };
            let depth = at.depth.saturating_add(1);
            is_changed |= self.rewrite(value.get(), At { scope, depth, member, ..at }, out)?;
        }
        if is_person {
            name(out, "account")?;
            let account = json!({"homePage": HOME_PAGE, "name": self.pseudonym});
            out.push_str(&account.to_string());
        }
        out.push('}');
        Ok(is_changed)
    }

    /// The id of an object with these members, without the person; `None` where it does not name them, as tables see it too
    /// ([`mentioned::names`]).
    fn page(&self, members: &[(String, &RawValue)], at: At<'_>) -> Option<String> {
        if at.member == "verb" || at.scope == Scope::Sure {
            return None;
        }
        let (_, id) = members.iter().find(|(name, _)| name == "id")?;
        let id: String = serde_json::from_str(id.get()).ok()?;
        let mut page: Option<String> = None;
        for person in &self.given {
            let current = page.as_deref().unwrap_or(&id);
            page = mentioned::without(current, person, &self.pseudonym).or(page);
        }
        page.filter(|_| id.contains(':'))
    }

    /// Whether an object with these members is an Agent or identified Group that is the person.
    fn is_person(&self, members: &[(String, &RawValue)]) -> bool {
        // Of a faulty Agent with several identifiers each one counts.
        members.iter().filter(|(name, _)| IDENTIFIERS.contains(&name.as_str())).any(
            |(name, raw)| {
                let value: Value = serde_json::from_str(raw.get()).unwrap_or_default();
                let agent = Value::Object([(name.clone(), value)].into_iter().collect());
                ifi::of(&agent).is_some_and(|ifi| self.is_named(&ifi.to_string()))
            },
        )
    }
}
