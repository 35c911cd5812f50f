//! Erasing a person from texts: statements, documents, and whatever else is kept as JSON or text.
//!
//! Where the person is an Agent, the Agent becomes the pseudonym: an account at [`HOME_PAGE`] whose name was made up for
//! this erasure. Where an identifier of the person stands in another text, in any case of letters, the made-up name takes
//! its place. Numbers, other texts and the order of members stay as they are.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use validator::ifi::{self, Ifi};

use self::quick::Quick;
use super::index::Kind;

mod quick;

/// The system whose accounts are people who were erased. No name under `invalid` is ever given out (RFC 6761).
pub const HOME_PAGE: &str = "https://erased.invalid";
/// An account name shorter than this, a number or a word is looked for as an account alone, and not in other texts: `42` is
/// in many of them.
const SHORTEST_NEEDLE: usize = 8;
/// Objects and arrays within one another that are read as JSON. A document may have any number of them: what lies deeper
/// is looked at as text, since a person is nowhere in a statement so deep, and each level takes room on the stack.
const DEEPEST: usize = 128;

/// Erases one person.
#[derive(Clone, Debug)]
pub struct Eraser {
    /// The identifiers, by their texts.
    identifiers: BTreeSet<String>,
    /// What is looked for in texts, in lower case.
    needles: Vec<String>,
    /// Whether a text may contain a needle.
    quick: Quick,
    /// Names that stand alone or between slashes: of accounts, and `course/id` of learners.
    learners: BTreeSet<String>,
    pseudonym: String,
}

impl Eraser {
    /// Erases who has these identifiers, and is a learner or signs in under these ids. `pseudonym` takes their place.
    ///
    /// Of a mail address the hashed form is an identifier of the person too, as written and in lower case.
    pub fn new(
        identifiers: impl IntoIterator<Item = Ifi>,
        learners: impl IntoIterator<Item = String>,
        pseudonym: &str,
    ) -> Self {
        let (mut texts, mut needles) = (BTreeSet::new(), BTreeSet::new());
        for identifier in identifiers {
            if let Ifi::Mbox(mbox) = &identifier {
                for written in [mbox.clone(), mbox.to_lowercase()] {
                    let hash = hex::encode(Sha1::digest(written.as_bytes()));
                    texts.insert(Ifi::MboxSha1Sum(hash.clone()).to_string());
                    needles.insert(hash);
                }
            }
            needles.extend(needle(&identifier).map(str::to_lowercase));
            texts.insert(identifier.to_string());
        }
        // The longest first: an address may be a part of another text that is looked for.
        let mut needles: Vec<String> = needles.into_iter().filter(|it| !it.is_empty()).collect();
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        Self {
            identifiers: texts,
            quick: Quick::of(&needles),
            needles,
            learners: learners.into_iter().filter(|it| !it.is_empty()).collect(),
            pseudonym: pseudonym.to_owned(),
        }
    }

    /// The texts of the identifiers, the hashed forms of mail addresses among them.
    pub fn identifiers(&self) -> impl Iterator<Item = &str> {
        self.identifiers.iter().map(String::as_str)
    }

    /// The made-up name.
    pub fn pseudonym(&self) -> &str {
        &self.pseudonym
    }

    /// The identifier that takes the place of the person's.
    pub fn pseudonymous(&self) -> Ifi {
        Ifi::Account { home_page: HOME_PAGE.to_owned(), name: self.pseudonym.clone() }
    }

    /// Whether the identifier of this text is the person's. Of mail addresses the case of letters does not matter.
    pub fn is_named(&self, identifier: &str) -> bool {
        let is_same =
            |known: &String| known.starts_with("mbox") && known.eq_ignore_ascii_case(identifier);
        self.identifiers.contains(identifier) || self.identifiers.iter().any(is_same)
    }

    /// The id of a learner, or ids between slashes, without the person; `None` where the text does not name them.
    pub fn path(&self, text: &str) -> Option<String> {
        if let Some(whole) = self.segment("", text) {
            return Some(whole);
        }
        let (mut before, mut is_changed, mut segments) = ("", false, Vec::new());
        for old in text.split('/') {
            let new = self.segment(before, old);
            is_changed |= new.is_some();
            segments.push(new.map_or(Cow::Borrowed(old), Cow::Owned));
            before = old;
        }
        is_changed.then(|| segments.join("/"))
    }

    /// What stands between two slashes, behind `before`, without the person.
    fn segment(&self, before: &str, text: &str) -> Option<String> {
        let is_learner = || self.learners.contains(&format!("{before}/{text}"));
        let is_named = self.learners.contains(text) || is_learner() || self.is_named(text);
        if is_named { Some(self.pseudonym.clone()) } else { self.text(text) }
    }

    /// A text without the person; `None` where it does not name them.
    pub fn text(&self, text: &str) -> Option<String> {
        if self.quick.may_contain(text) { self.compared(text) } else { None }
    }

    /// [`Self::text`] of a text that may contain a needle.
    fn compared(&self, text: &str) -> Option<String> {
        let mut changed: Option<String> = None;
        for needle in &self.needles {
            let current = changed.as_deref().unwrap_or(text);
            changed = replaced(current, needle, &self.pseudonym).or(changed);
        }
        changed
    }

    /// What a statement is found by, without the person; `None` where the key does not name them.
    pub fn key(&self, kind: Kind, text: &str) -> Option<String> {
        match kind {
            Kind::Agent if self.is_named(text) => Some(self.pseudonymous().to_string()),
            Kind::Agent | Kind::Activity | Kind::Verb => self.text(text),
            Kind::Registration => None,
        }
    }

    /// [`Self::key`] of an Agent.
    pub fn key_of_agent(&self, text: &str) -> Option<String> {
        self.key(Kind::Agent, text)
    }

    /// What is looked for in texts beside Agents, in lower case.
    pub fn needles(&self) -> &[String] {
        &self.needles
    }

    /// A JSON text without the person; `None` where it does not name them, and where it is no JSON and
    /// [`Self::text`] finds nothing in it.
    pub fn json(&self, text: &str) -> Option<String> {
        if !self.may_name(text) {
            return None;
        }
        let mut out = String::with_capacity(text.len());
        match self.rewrite(text, 0, &mut out) {
            Ok(is_changed) => is_changed.then_some(out),
            Err(_) => self.text(text),
        }
    }

    /// [`Self::json`] of bytes; of bytes that are not UTF-8, nothing.
    pub fn bytes(&self, bytes: &[u8]) -> Option<Bytes> {
        let text = std::str::from_utf8(bytes).ok()?;
        self.json(text).map(Bytes::from)
    }

    /// Whether a JSON text may name the person: false is certain.
    fn may_name(&self, text: &str) -> bool {
        // Letters may be written as escapes, and slashes often are.
        if text.contains('\\') {
            return true;
        }
        let parts = |identifier: &String| {
            let (_, rest) = identifier.split_once("::").unwrap_or_default();
            let is_account = identifier.starts_with("account");
            // An account is `name@homePage`, and either may contain `@`.
            is_account && rest.rsplit_once('@').is_some_and(|(_, end)| text.contains(end))
        };
        self.quick.may_contain(text) || self.identifiers.iter().any(parts)
    }

    /// Writes a JSON text that lies in `depth` objects and arrays without the person; whether that changed something.
    fn rewrite(&self, raw: &str, depth: usize, out: &mut String) -> serde_json::Result<bool> {
        match raw.trim_start().as_bytes().first() {
            Some(b'{' | b'[') if depth == DEEPEST => {
                let changed = self.text(raw);
                out.push_str(changed.as_deref().unwrap_or(raw));
                Ok(changed.is_some())
            }
            Some(b'{') => self.rewrite_object(raw, depth, out),
            Some(b'[') => {
                let elements: Vec<&RawValue> = serde_json::from_str(raw)?;
                let mut is_changed = false;
                out.push('[');
                for (n, element) in elements.into_iter().enumerate() {
                    out.push_str(if n == 0 { "" } else { "," });
                    is_changed |= self.rewrite(element.get(), depth.saturating_add(1), out)?;
                }
                out.push(']');
                Ok(is_changed)
            }
            Some(b'"') => {
                let text: String = serde_json::from_str(raw)?;
                let changed = self.text(&text);
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

    fn rewrite_object(
        &self,
        raw: &str,
        depth: usize,
        out: &mut String,
    ) -> serde_json::Result<bool> {
        let Members(members) = serde_json::from_str(raw)?;
        let is_person = self.is_person(&members);
        let (mut is_changed, mut is_first) = (is_person, true);
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
            let changed = self.text(member);
            is_changed |= changed.is_some();
            name(out, changed.as_deref().unwrap_or(member))?;
            is_changed |= self.rewrite(value.get(), depth.saturating_add(1), out)?;
        }
        if is_person {
            name(out, "account")?;
            let account = json!({"homePage": HOME_PAGE, "name": self.pseudonym});
            out.push_str(&account.to_string());
        }
        out.push('}');
        Ok(is_changed)
    }

    /// Whether an object with these members is an Agent or identified Group that is the person.
    fn is_person(&self, members: &[(String, &RawValue)]) -> bool {
        const IDENTIFIERS: [&str; 4] = ["mbox", "mbox_sha1sum", "openid", "account"];
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

/// What stands for an identifier in other texts.
fn needle(identifier: &Ifi) -> Option<&str> {
    match identifier {
        Ifi::Mbox(mbox) => Some(mbox.strip_prefix("mailto:").unwrap_or(mbox)),
        Ifi::MboxSha1Sum(hash) => Some(hash),
        Ifi::OpenId(uri) => Some(uri),
        Ifi::Account { name, .. } => {
            // `francesca` is another person's name too, and `completed` is in the ids of verbs.
            let is_number = name.bytes().all(|it| it.is_ascii_digit());
            let is_word = !name.contains(|it: char| it.is_numeric() || "._".contains(it));
            let tells = name.len() >= SHORTEST_NEEDLE && !is_number && !is_word;
            (tells || name.contains('@')).then_some(name.as_str())
        }
    }
}

/// `text` with `with` in place of each `needle`, in whatever case, that is no part of a longer word or address; `None`
/// where there is none.
fn replaced(text: &str, needle: &str, with: &str) -> Option<String> {
    let (mut out, mut rest_at, mut from) = (String::new(), 0, 0);
    while let Some((at, end)) = find(text, needle, from) {
        from = end;
        if !is_whole(text, at, end) {
            // The next may begin within this one.
            from = at.saturating_add(text.get(at..)?.chars().next()?.len_utf8());
            continue;
        }
        out.push_str(text.get(rest_at..at)?);
        out.push_str(with);
        rest_at = end;
    }
    if rest_at == 0 {
        return None;
    }
    out.push_str(text.get(rest_at..)?);
    Some(out)
}

/// Where a needle in lower case begins and ends in `text`, from `from` on.
fn find(text: &str, needle: &str, from: usize) -> Option<(usize, usize)> {
    let mut starts = text.get(from..)?.char_indices().map(|(at, _)| from.saturating_add(at));
    starts.find_map(|at| {
        let mut wanted = needle.chars().peekable();
        let mut end = at;
        for character in text.get(at..)?.chars() {
            if wanted.peek().is_none() {
                break;
            }
            for lower in character.to_lowercase() {
                if wanted.next() != Some(lower) {
                    return None;
                }
            }
            end = end.saturating_add(character.len_utf8());
        }
        wanted.peek().is_none().then_some((at, end))
    })
}

/// Whether what stands from `at` to `end` is no part of a longer word or mail address.
fn is_whole(text: &str, at: usize, end: usize) -> bool {
    let before = text.get(..at).and_then(|it| it.chars().next_back());
    let mut after = text.get(end..).unwrap_or_default().chars();
    let (next, second) = (after.next(), after.next());
    let begins = before.is_none_or(|it| !it.is_alphanumeric() && !"._%+-".contains(it));
    let ends = match next {
        None => true,
        Some('.') => second.is_none_or(|it| !it.is_alphanumeric()),
        Some(it) => !it.is_alphanumeric() && it != '-' && it != '_',
    };
    begins && ends
}

/// The members of an object in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;
        impl<'de> Visitor<'de> for OfObject {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(OfObject)
    }
}

#[cfg(test)]
mod tests;
