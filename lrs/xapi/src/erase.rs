//! Erasing a person from texts: statements, documents, and whatever else is kept as JSON or text.
//!
//! Whoever asks for an erasure names the identifiers, and learners choose their user names. So **an erasure changes nothing of
//! others because of a word**. Every engine and every use case holds to this:
//! 1. An Agent is the person where its identifier is one of the person's ([`Eraser::is_named`]), and becomes the pseudonym
//!    then, as a whole: an account at [`HOME_PAGE`] whose name was made up for this erasure. In an Agent of others nothing is
//!    looked for: identifier and name stay as they are written. What is kept by Agent (journals, documents, keys of the index)
//!    is the person's by the same rule.
//! 2. Mail addresses, their hashes and tax codes are nobody else's. The made-up name takes their place in all other texts of
//!    everybody, in any case of letters, but not in hosts (`telling`, `place`).
//! 3. A user name or an address (an `OpenID`) may be the word for something else. They are looked for in texts of the person's
//!    own statements alone: those whose actor is the person and nobody else ([`Eraser::statement`]), and `SubStatement`s of such
//!    an actor; never in documents, answers or definitions of others. What the person is called, and user names that are
//!    words, are looked for where the person's own statement has free texts: in the answer and in extensions.
//! 4. What names another thing than a person (ids of activities and verbs, home pages, addresses of documents) never changes
//!    because of these either, but for the id of an activity in an own statement that names the person, as tables hide it
//!    ([`mentioned::names`](crate::mentioned::names)) or behind a word for people, and that counts in no course.
//!
//! Numbers, other texts and the order of members stay as they are.
//!
//! A refused request is a diagnostic, and goes as a whole where it may be about the person ([`Eraser::is_mentioned`]): there a
//! word is enough.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use sha1::{Digest as _, Sha1};
use validator::ifi::Ifi;

use self::counted::Counted;
use self::mentions::Mentions;
use self::place::{Needle, folded, named_page, replaced};
use self::quick::Quick;
use self::telling::Sort;
use super::index::Kind;

mod counted;
mod json;
mod mentions;
mod place;
mod quick;
mod telling;

/// The system whose accounts are people who were erased. No name under `invalid` is ever given out (RFC 6761).
pub const HOME_PAGE: &str = "https://erased.invalid";

/// Which identifiers are looked for in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// All that tell the person. The text is one of the person's own.
    Every,
    /// Those that nothing else can have. The text is of others, or the name of something else than a person.
    Sure,
}

/// Erases one person.
#[derive(Clone, Debug)]
pub struct Eraser {
    /// The identifiers, by their texts.
    identifiers: BTreeSet<String>,
    /// The identifiers as they were given.
    given: Vec<Ifi>,
    /// What is looked for in texts; the longest first.
    needles: Vec<Needle>,
    /// Whether a text may contain a needle.
    quick: Quick,
    /// What is looked for in free texts of the person's own statements beside these.
    words: Words,
    /// What is looked for in diagnostics.
    mentions: Mentions,
    /// The identifiers that are mail addresses or hashes of such, in small letters of ASCII.
    addresses: HashSet<String>,
    /// `course/id` of learners.
    learners: BTreeSet<String>,
    /// Names by which the person signs in.
    accounts: BTreeSet<String>,
    /// Names by which others sign in.
    spared: BTreeSet<String>,
    /// What counts in courses.
    courses: Counted,
    pseudonym: String,
    /// Whether the authority of a statement stays as it is, whoever it is.
    keeps_authority: bool,
    /// Whether a mail address, or a hash of one, is known that is looked for in no text.
    has_unsought: bool,
}

impl Eraser {
    /// Erases who has these identifiers, and is a learner under these ids, each `course/id`. `pseudonym` takes their place.
    ///
    /// Of a mail address the hashed form is an identifier of the person too, as written and in lower case.
    pub fn new(
        identifiers: impl IntoIterator<Item = Ifi>,
        learners: impl IntoIterator<Item = String>,
        pseudonym: &str,
    ) -> Self {
        let given: Vec<Ifi> = identifiers.into_iter().collect();
        let mut all = given.clone();
        for identifier in &given {
            if let Ifi::Mbox(mbox) = identifier {
                let hashed = |mbox: &str| Ifi::MboxSha1Sum(sha1(mbox));
                all.extend([hashed(mbox), hashed(&mbox.to_lowercase())]);
            }
        }
        let found = all.iter().flat_map(telling::needles);
        let needles = found.map(|(text, sort)| Needle { text: folded(&text), sort }).collect();
        let words = Words::of(given.iter().filter_map(telling::word).map(str::to_owned));
        let mentions = Mentions::of(&all);
        let eraser = Self {
            identifiers: all.iter().map(Ifi::to_string).collect(),
            given,
            needles: Vec::new(),
            quick: Quick::of(&[]),
            words,
            mentions,
            addresses: HashSet::new(),
            learners: learners.into_iter().collect(),
            accounts: BTreeSet::new(),
            spared: BTreeSet::new(),
            courses: Counted::default(),
            pseudonym: pseudonym.to_owned(),
            keeps_authority: false,
            has_unsought: false,
        };
        eraser.knowing_addresses().looking_for(needles)
    }

    /// This eraser of a person who signs in under these names.
    #[must_use]
    pub fn signing_in_as(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.accounts.extend(names.into_iter().filter(|it| !it.is_empty()));
        self.mentions = self.mentions.with(self.accounts.iter().map(String::as_str));
        self
    }

    /// This eraser of a person who has these names. Of those that are one word, nothing is looked for: `Anna` is many people's.
    #[must_use]
    pub fn called(mut self, names: impl IntoIterator<Item = String>) -> Self {
        let is_full = |name: &String| {
            let mut words =
                name.split_whitespace().filter(|it| it.chars().any(char::is_alphabetic));
            words.next().is_some() && words.next().is_some()
        };
        let names: Vec<String> = names.into_iter().filter(is_full).collect();
        self.mentions = self.mentions.with(names.iter().map(String::as_str));
        let known = std::mem::take(&mut self.words).into_texts();
        self.words = Words::of(known.into_iter().chain(names));
        self
    }

    /// This eraser, for which whoever signs in under one of these names is not the person, whatever the name is: who has asked
    /// for an erasure, or sent a statement, has not said who that is.
    #[must_use]
    pub fn sparing(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.spared.extend(names);
        self
    }

    /// This eraser, which leaves the ids of activities that count in courses with these files as they are: where the id, what it
    /// begins with, or an activity around it, stands in a file.
    #[must_use]
    pub fn beside_courses(mut self, files: Arc<[String]>) -> Self {
        self.courses = Counted::of(files);
        self
    }

    fn knowing_addresses(mut self) -> Self {
        let addresses = self.identifiers.iter().filter(|it| it.starts_with("mbox"));
        self.addresses = addresses.map(|it| it.to_ascii_lowercase()).collect();
        self
    }

    /// The longest first: an address may be a part of another text that is looked for.
    fn looking_for(mut self, mut needles: Vec<Needle>) -> Self {
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.text.len()));
        let texts: Vec<String> = needles.iter().map(|it| it.text.clone()).collect();
        self.quick = Quick::of(&texts);
        self.needles = needles;
        let is_sought = |identifier: &str| {
            let address = identifier.strip_prefix("mailto:").unwrap_or(identifier);
            texts.contains(&folded(address))
        };
        let mut addresses = self.identifiers.iter().filter(|it| it.starts_with("mbox"));
        let rest = |it: &str| it.split_once("::").map(|(_, rest)| rest.to_owned());
        self.has_unsought = addresses.any(|it| !rest(it).is_some_and(|rest| is_sought(&rest)));
        self
    }

    /// This eraser for what one authority has said, which chose the identifiers: it looks for none in texts that something
    /// else may have, and leaves the authority as it is.
    #[must_use]
    pub fn within_authority(mut self) -> Self {
        let sure = std::mem::take(&mut self.needles).into_iter().filter(|it| it.sort == Sort::Sure);
        self.keeps_authority = true;
        self.words = Words::default();
        self.mentions = Mentions::default();
        let sure = sure.collect();
        self.looking_for(sure)
    }

    /// This eraser without what it looks for in texts: it finds the identifiers themselves alone, where they stand as such.
    #[must_use]
    pub fn exact(mut self) -> Self {
        self.learners.clear();
        self.accounts.clear();
        self.words = Words::default();
        self.mentions = Mentions::default();
        self.looking_for(Vec::new())
    }

    /// The texts of the identifiers, the hashed forms of mail addresses among them.
    pub fn identifiers(&self) -> impl Iterator<Item = &str> {
        self.identifiers.iter().map(String::as_str)
    }

    /// This eraser, which knows the person's identifiers as they are written elsewhere too: addresses in other letters, and the
    /// hashes of these. Texts that are no identifier of the person are left out. To be done before [`Self::exact`].
    #[must_use]
    pub fn as_written(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        let known: Vec<String> = texts.into_iter().filter(|text| self.is_named(text)).collect();
        let hashes: BTreeSet<String> =
            known.iter().filter_map(|it| it.strip_prefix("mbox::")).map(sha1).collect();
        let is_new = |hash: &&String| !self.identifiers.contains(&hash_of(hash));
        let hashes: Vec<String> = hashes.iter().filter(is_new).cloned().collect();
        self.identifiers.extend(known);
        self.identifiers.extend(hashes.iter().map(|it| hash_of(it)));
        self.mentions = self.mentions.with(hashes.iter().map(String::as_str));
        let mut needles = std::mem::take(&mut self.needles);
        needles.extend(hashes.into_iter().map(|text| Needle { text, sort: Sort::Sure }));
        self.knowing_addresses().looking_for(needles)
    }

    /// How many hashes of mail addresses are known.
    pub fn hashes(&self) -> usize {
        self.identifiers.iter().filter(|it| it.starts_with("mbox_sha1sum::")).count()
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
        let is_address =
            identifier.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("mbox"));
        self.identifiers.contains(identifier)
            || (is_address && self.addresses.contains(&identifier.to_ascii_lowercase()))
    }

    /// Whether a text is as a whole an identifier of the person, or `course/id` of the person as a learner.
    pub fn is_exactly(&self, text: &str) -> bool {
        self.is_named(text) || self.learners.contains(text)
    }

    /// The name by which somebody signs in, without the person; `None` where it is not exactly a name or the mail address of
    /// the person.
    pub fn name(&self, name: &str) -> Option<String> {
        // A user name that is the address of somebody else is not by which that one signs in.
        let is_address =
            || !self.needles.is_empty() && self.is_named(&format!("mbox::mailto:{name}"));
        let is_person = self.accounts.contains(name) || self.is_named(name) || is_address();
        (is_person && !self.spared.contains(name)).then(|| self.pseudonym.clone())
    }

    /// The identifier of a person, or `course/id` of a learner, which may stand between slashes, without the person; `None` where
    /// the text does not name them. The name of an account is none: it may be the word for something else.
    pub fn path(&self, text: &str) -> Option<String> {
        if let Some(whole) = self.segment("", text) {
            return Some(whole);
        }
        if is_identifier(text) {
            return None;
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
        if self.is_named(text) || is_learner() {
            Some(self.pseudonym.clone())
        } else if is_identifier(text) {
            None
        } else {
            self.sure(text)
        }
    }

    /// A text of the person's own without the person, such as an answer; `None` where it does not name them.
    pub fn text(&self, text: &str) -> Option<String> {
        self.searched(text, Scope::Every)
    }

    /// A free text of the person's own without the person: an answer, or what an extension says; `None` where it does not
    /// name them.
    pub fn free(&self, text: &str) -> Option<String> {
        let mut changed = self.text(text);
        for needle in self.words.found(text) {
            let current = changed.as_deref().unwrap_or(text);
            changed = replaced(current, needle, &self.pseudonym).or(changed);
        }
        if !text.contains("://") {
            return changed;
        }
        // The address of a page of the person, by a number.
        for person in &self.given {
            let Ifi::Account { name, .. } = person else { continue };
            let current = changed.as_deref().unwrap_or(text);
            changed = named_page(current, name, &self.pseudonym).or(changed);
        }
        changed
    }

    /// Words that somebody has looked for, without the names of the person; `None` where they have none.
    pub fn searched_for(&self, words: &str) -> Option<String> {
        let mut changed: Option<String> = None;
        for needle in self.words.found(words) {
            let current = changed.as_deref().unwrap_or(words);
            changed = replaced(current, needle, &self.pseudonym).or(changed);
        }
        changed
    }

    /// A text of others, or the name of something that is no person, such as an activity, a verb or a document, without the
    /// person; `None` where it does not have a mail address, a hash of one or a tax code of theirs in it.
    pub fn sure(&self, text: &str) -> Option<String> {
        self.searched(text, Scope::Sure)
    }

    fn searched(&self, text: &str, scope: Scope) -> Option<String> {
        let found = self.quick.found(text).into_iter();
        self.replaced(text, scope, found.filter_map(|at| self.needles.get(at)))
    }

    /// [`Self::searched`], where each needle is looked for.
    #[cfg(test)]
    fn compared(&self, text: &str, scope: Scope) -> Option<String> {
        self.replaced(text, scope, self.needles.iter())
    }

    fn replaced<'n>(
        &'n self,
        text: &str,
        scope: Scope,
        needles: impl Iterator<Item = &'n Needle>,
    ) -> Option<String> {
        let mut changed: Option<String> = None;
        for needle in needles {
            let is_sure = needle.sort == Sort::Sure;
            if scope == Scope::Sure && !is_sure {
                continue;
            }
            let current = changed.as_deref().unwrap_or(text);
            changed = match needle.sort {
                // In the place of an address stands an address.
                Sort::Iri => replaced(current, needle, &format!("{HOME_PAGE}/{}", self.pseudonym)),
                Sort::Sure | Sort::Name => replaced(current, needle, &self.pseudonym),
            }
            .or(changed);
        }
        changed
    }

    /// What a statement is found by, without the person; `None` where the key does not name them.
    pub fn key(&self, kind: Kind, text: &str) -> Option<String> {
        match kind {
            Kind::Agent => self.is_named(text).then(|| self.pseudonymous().to_string()),
            Kind::Verb | Kind::Activity => self.sure(text),
            Kind::Registration => None,
        }
    }

    /// A JSON text without the person, who is erased as an Agent, and by [`Self::sure`]; `None` where it does not name them.
    /// Of a text that is no JSON, [`Self::sure`].
    pub fn json(&self, text: &str) -> Option<String> {
        self.rewritten(text, Scope::Sure)
    }

    /// Whether a text that is a diagnostic, such as a refused request, may be about the person: [`Self::json`] finds the person, or
    /// the text has an identifier, the name of an account or a full name of the person as a whole word, whatever stands around.
    pub fn is_mentioned(&self, text: &str) -> bool {
        self.mentions.are_in(text) || self.json(text).is_some()
    }

    /// [`Self::json`] of what a program keeps for itself.
    pub fn record(&self, text: &str) -> Option<String> {
        self.json(text)
    }

    /// [`Self::json`] of bytes; of bytes that are not UTF-8, nothing.
    pub fn bytes(&self, bytes: &[u8]) -> Option<Bytes> {
        let text = std::str::from_utf8(bytes).ok()?;
        self.json(text).map(Bytes::from)
    }

    /// [`Self::bytes`] of a text in whatever encoding: where it is neither UTF-8 nor says that it is UTF-16, letters of ASCII
    /// are found, and those of ISO 8859-1.
    pub fn encoded(&self, bytes: &[u8]) -> Option<Bytes> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.json(text).map(Bytes::from);
        }
        if let Some(mark @ ([0xff, 0xfe] | [0xfe, 0xff])) = bytes.first_chunk::<2>() {
            let is_little = *mark == [0xff, 0xfe];
            let read = |two: &[u8; 2]| {
                if is_little { u16::from_le_bytes(*two) } else { u16::from_be_bytes(*two) }
            };
            let write = |unit: u16| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() };
            let (pairs, rest) = bytes.as_chunks::<2>();
            let text = String::from_utf16(&pairs.iter().map(read).collect::<Vec<u16>>()).ok()?;
            let text = self.sure(&text)?;
            let written = text.encode_utf16().flat_map(write).chain(rest.iter().copied());
            return Some(written.collect());
        }
        let text: String = bytes.iter().copied().map(char::from).collect();
        let written: Option<Vec<u8>> =
            self.sure(&text)?.chars().map(|it| u8::try_from(it).ok()).collect();
        written.map(Bytes::from)
    }

    /// Whether a JSON text may name the person: false is certain.
    fn may_name(&self, text: &str) -> bool {
        // Letters may be written as escapes, and slashes often are.
        if text.contains('\\') {
            return true;
        }
        let parts = |identifier: &String| {
            let (kind, rest) = identifier.split_once("::").unwrap_or_default();
            match kind {
                // An account is `name@homePage`, and either may contain `@`.
                "account" => rest.rsplit_once('@').is_some_and(|(_, end)| text.contains(end)),
                "openid" => text.contains(rest),
                _ => false,
            }
        };
        self.has_unsought || self.quick.may_contain(text) || self.identifiers.iter().any(parts)
    }
}

/// What is looked for in free texts of the person's own statements: as words, in letters of either case.
#[derive(Clone, Debug)]
struct Words {
    needles: Vec<Needle>,
    quick: Quick,
}

impl Default for Words {
    fn default() -> Self {
        Self { needles: Vec::new(), quick: Quick::of(&[]) }
    }
}

impl Words {
    /// The longest first: a name may be a part of another one.
    fn of(texts: impl IntoIterator<Item = String>) -> Self {
        let folded: BTreeSet<String> = texts.into_iter().map(|it| folded(it.trim())).collect();
        let mut texts: Vec<String> = folded.into_iter().filter(|it| !it.is_empty()).collect();
        texts.sort_by_key(|it| std::cmp::Reverse(it.len()));
        let quick = Quick::of(&texts);
        let needles = texts.into_iter().map(|text| Needle { text, sort: Sort::Name }).collect();
        Self { needles, quick }
    }

    fn into_texts(self) -> Vec<String> {
        self.needles.into_iter().map(|it| it.text).collect()
    }

    /// Those that a text may have.
    fn found(&self, text: &str) -> impl Iterator<Item = &Needle> {
        self.quick.found(text).into_iter().filter_map(|at| self.needles.get(at))
    }
}

/// The SHA-1 of a mail address with `mailto:`, in hexadecimal.
fn sha1(mbox: &str) -> String {
    hex::encode(Sha1::digest(mbox))
}

/// The text of the identifier that a hash of a mail address is.
fn hash_of(sha1: &str) -> String {
    Ifi::MboxSha1Sum(sha1.to_owned()).to_string()
}

/// Whether a text is written as the text of an identifier ([`Ifi`]) or as the beginning of one.
fn is_identifier(text: &str) -> bool {
    ["mbox::", "mbox_sha1sum::", "openid::", "account::"].iter().any(|it| text.starts_with(it))
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
