//! A statement as rows.

use std::borrow::Cow;

use serde_json::Value;
use validator::ifi::{self, Ifi};
use validator::json::{self, Node};
use validator::value::{duration, timestamp};
use xapi::mentioned;
use xapi::origin::Origin;
use xapi::stored::Stored;

use crate::pseudonym::Pseudonyms;
use crate::schema::{Dataset, Datum, RowOf};

mod context;
mod taken;
mod used;

pub use taken::taken;
pub(crate) use used::verb_used;

/// Types of activities that are courses.
pub const COURSE_TYPES: [&str; 3] = [
    "http://adlnet.gov/expapi/activities/course",
    "https://w3id.org/xapi/cmi5/activitytype/course",
    "http://id.tincanapi.com/activitytype/lms/course",
];

/// Extensions that have rows: those of the profiles of ADL that say nothing about people.
pub const EXTENSION_KEYS: [&str; 7] = [
    "https://w3id.org/xapi/cmi5/result/extensions/progress",
    "https://w3id.org/xapi/cmi5/context/extensions/masteryscore",
    "https://w3id.org/xapi/video/extensions/progress",
    "https://w3id.org/xapi/video/extensions/time",
    "https://w3id.org/xapi/video/extensions/length",
    "https://w3id.org/xapi/video/extensions/played-segments",
    "http://id.tincanapi.com/extension/attempt-id",
];

/// How activities stand around a statement.
const RELATIONS: [&str; 4] = ["parent", "grouping", "category", "other"];
const SESSION: &str = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";
const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";
/// Interactions whose responses are choices and figures. What learners write in their own words stays out.
const CLOSED: [&str; 7] =
    ["choice", "true-false", "likert", "matching", "performance", "sequencing", "numeric"];

/// Makes rows of statements. Each row comes from one statement and the settings of the flattener.
#[derive(Clone, Debug)]
pub struct Flattener {
    pseudonyms: Pseudonyms,
}

/// A kept statement and its parts, of which rows are made. What is not there is null.
pub struct StatementParts<'a, N> {
    stored: &'a Stored,
    origin: Option<&'a Origin>,
    value: &'a N,
    actor: &'a N,
    /// Who the actor is.
    person: Option<Ifi>,
    object: &'a N,
    definition: &'a N,
    result: &'a N,
    context: &'a N,
}

impl Flattener {
    /// A flattener that writes these pseudonyms.
    pub const fn new(pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms }
    }

    /// The pseudonyms it writes.
    pub const fn pseudonyms(&self) -> &Pseudonyms {
        &self.pseudonyms
    }

    /// The same, for the rows of many statements: see [`Pseudonyms::remembering`].
    #[must_use]
    pub fn remembering(&self) -> Self {
        Self::new(self.pseudonyms.remembering())
    }

    /// The rows that a kept statement has in a table; `value` is the statement, and `origin` where it was before. None in
    /// a table that is replaced as a whole. A statement that is skimmed needs the shape [`taken`].
    pub fn rows<N: Node>(
        &self,
        dataset: Dataset,
        (stored, origin): (&Stored, Option<&Origin>),
        value: &N,
    ) -> Vec<RowOf> {
        self.rows_of(dataset, &StatementParts::of(stored, origin, value))
    }

    /// See [`Self::rows`].
    pub fn rows_of<N: Node>(&self, dataset: Dataset, said: &StatementParts<'_, N>) -> Vec<RowOf> {
        match dataset {
            Dataset::Statements => vec![self.statement(said)],
            Dataset::ContextActivities => self.context_activities(said),
            Dataset::Agents => self.agents(said),
            Dataset::Extensions => extensions(said),
            Dataset::Identities => self.identity(said).into_iter().collect(),
            Dataset::Raw => vec![raw(said)],
            Dataset::Learners
            | Dataset::CourseActivities
            | Dataset::Activities
            | Dataset::Verbs
            | Dataset::Refusals
            | Dataset::Erasures => Vec::new(),
        }
    }

    fn statement<N: Node>(&self, said: &StatementParts<'_, N>) -> RowOf {
        let person = said.person.as_ref();
        let time = text(said.value, "timestamp").and_then(timestamp::parse).map(|time| time.micros);
        let time = time.unwrap_or(said.stored.stored.micros());
        let interaction = text(said.definition, "interactionType");
        let response = interaction.filter(|kind| CLOSED.contains(kind));
        let verb = text(said.value, "verb/id").unwrap_or_default();
        let object = self.object(said);
        let score = part(said.result, "score");
        let row = vec![
            Datum::Text(said.stored.id.to_string()),
            Datum::Time(said.stored.stored.micros()),
            Datum::Time(time),
            Datum::Text(self.source(part(said.value, "authority"))),
            Datum::text(text(said.value, "version")),
            self.pseudonym(person),
            Datum::Text(kind_of(said.actor, "Agent").to_owned()),
            Datum::Text(kind_of_identifier(person).to_owned()),
            Datum::text(text(said.actor, "account/homePage")),
            Datum::Text(verb.to_owned()),
            Datum::Text(kind_of(said.object, "Activity").to_owned()),
            object.clone(),
            Datum::text(text(said.definition, "type")),
            Datum::text(interaction),
            truth(said.result, "success"),
            truth(said.result, "completion"),
            number(score, "scaled"),
            number(score, "raw"),
            number(score, "min"),
            number(score, "max"),
            text(said.result, "duration").and_then(milliseconds).map_or(Datum::Null, Datum::Whole),
            Datum::text(response.and_then(|_| text(said.result, "response"))),
            Datum::text(text(said.context, "registration").map(str::to_lowercase)),
            Datum::text(said.extension(SESSION)),
            Datum::text(text(said.context, "platform").map(|it| self.without_address(it))),
            Datum::text(text(said.context, "language")),
            Datum::text(course(said)),
            self.parent(said),
            self.pseudonym(ifi::of(part(said.context, "instructor")).as_ref()),
            if verb == VOIDED { voids(said) } else { Datum::Null },
            Datum::Whole(self.fingerprint(said, verb, &object, time)),
            Datum::Count(count(part(said.value, "attachments").as_list().map_or(0, <[N]>::len))),
            Datum::Count(count(said.stored.body.len())),
            Datum::text(said.origin.map(|origin| &origin.name)),
            said.origin.and_then(|it| it.stored).map_or(Datum::Null, |it| Datum::Time(it.micros())),
            self.authority_there(said.origin),
        ];
        debug_assert_eq!(row.len(), Dataset::Statements.columns().len());
        row
    }

    fn pseudonym(&self, person: Option<&Ifi>) -> Datum {
        Datum::text(person.map(|person| self.pseudonyms.of(&person.to_string())))
    }

    /// What stands for an IRI that names somebody.
    fn pseudonymous(&self, iri: &str) -> String {
        format!("person:{}", self.pseudonyms.of(iri))
    }

    /// An IRI, or what stands for one that names the actor.
    fn iri(&self, iri: &str, person: Option<&Ifi>) -> Datum {
        match person {
            Some(person) if mentioned::names(iri, person) => Datum::Text(self.pseudonymous(iri)),
            _ => Datum::Text(iri.to_owned()),
        }
    }

    /// A text that senders choose, such as the name of a computer; where it may have somebody's mail address in it, what stands
    /// for it. Whoever it is the address of: a computer may be called by its owner.
    fn without_address<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let is_address =
            |word: &str| word.split_once('@').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
        let has_address = text.split_whitespace().any(is_address);
        if has_address { self.pseudonymous(text).into() } else { text.into() }
    }

    /// The name of the key that sent a statement: the account's of its authority. A person has a pseudonym.
    fn source(&self, authority: &impl Node) -> String {
        self.source_named(account_of(authority))
    }

    /// The name of a source as tables have it.
    pub fn source_named(&self, name: String) -> String {
        match name.strip_prefix(OF_PERSON) {
            Some(_) => format!("{OF_PERSON}{}", self.pseudonyms.of(&name)),
            None => name,
        }
    }

    /// The authority that a statement had where it was before: the name of an account, as in [`Self::source`], or the
    /// pseudonym of who is known by another identifier.
    fn authority_there(&self, origin: Option<&Origin>) -> Datum {
        let authority = origin.and_then(|origin| origin.authority.as_deref());
        let authority = authority.and_then(|text| serde_json::from_str::<Value>(text).ok());
        let Some(authority) = authority else { return Datum::Null };
        match self.source(&authority) {
            name if !name.is_empty() => Datum::Text(name),
            _ => self.pseudonym(ifi::of(&authority).as_ref()),
        }
    }

    fn object<N: Node>(&self, said: &StatementParts<'_, N>) -> Datum {
        match (kind_of(said.object, "Activity"), text(said.object, "id")) {
            ("Activity", Some(id)) => self.iri(id, said.person.as_ref()),
            ("StatementRef", Some(id)) => Datum::Text(id.to_ascii_lowercase()),
            ("Agent" | "Group", _) => self.pseudonym(ifi::of(said.object).as_ref()),
            _ => Datum::Null,
        }
    }

    /// See [`course::fingerprint`]. Where that would be made of what no column shows — an object that names its actor, what
    /// somebody answered, extensions — it is keyed by the recipient's secret: else whoever has the row could try names
    /// and answers against it. Twins are equal all the same.
    fn fingerprint<N: Node>(
        &self,
        said: &StatementParts<'_, N>,
        verb: &str,
        object: &Datum,
        time: i64,
    ) -> i64 {
        let shown = if let Datum::Text(shown) = object { shown } else { "" };
        let id = text(said.object, "id").unwrap_or(shown);
        let canonical = said.value.get("result").and_then(N::canonical);
        let plain = course::fingerprint(verb, id, time, canonical.as_deref());
        let has = |name: &str| said.result.get(name).is_some();
        let is_hidden = id != shown || has("response") || has("extensions");
        let fingerprint = if is_hidden { self.pseudonyms.number_of(plain) } else { plain };
        fingerprint.cast_signed()
    }

    fn parent<N: Node>(&self, said: &StatementParts<'_, N>) -> Datum {
        let first = said.activities("parent").iter().find_map(|parent| text(parent, "id"));
        first.map_or(Datum::Null, |iri| self.iri(iri, said.person.as_ref()))
    }

    fn identity<N: Node>(&self, said: &StatementParts<'_, N>) -> Option<RowOf> {
        let person = said.person.as_ref()?.to_string();
        let actor = self.pseudonyms.of(&person);
        let name = Datum::text(text(said.actor, "name"));
        Some(vec![said.key(), Datum::Text(actor), Datum::Text(person), name])
    }
}

impl<'a, N: Node> StatementParts<'a, N> {
    /// A kept statement; `value` is the statement, and `origin` where it was before.
    pub fn of(stored: &'a Stored, origin: Option<&'a Origin>, value: &'a N) -> Self {
        let of = |name| part(value, name);
        let (actor, object) = (of("actor"), of("object"));
        let (result, context) = (of("result"), of("context"));
        let (definition, person) = (part(object, "definition"), ifi::of(actor));
        Self { stored, origin, value, actor, person, object, definition, result, context }
    }

    /// A text among the extensions of the context.
    fn extension(&self, key: &str) -> Option<&'a str> {
        part(self.context, "extensions").get(key)?.as_str()
    }

    /// When the statement was stored.
    pub(crate) const fn at(&self) -> i64 {
        self.stored.stored.micros()
    }

    fn key(&self) -> Datum {
        Datum::Time(self.at())
    }
}

/// What stands at a path of names, as in [`json::at`]; null where nothing does.
fn part<'a, N: Node>(value: &'a N, path: &str) -> &'a N {
    json::at(value, path).unwrap_or_else(N::null)
}

fn text<'a, N: Node>(value: &'a N, path: &str) -> Option<&'a str> {
    json::at(value, path)?.as_str()
}

fn truth(value: &impl Node, name: &str) -> Datum {
    part(value, name).as_bool().map_or(Datum::Null, Datum::Truth)
}

fn number(value: &impl Node, name: &str) -> Datum {
    part(value, name).as_f64().map_or(Datum::Null, Datum::Number)
}

fn kind_of<'a, N: Node>(value: &'a N, default: &'a str) -> &'a str {
    text(value, "objectType").unwrap_or(default)
}

const fn kind_of_identifier(person: Option<&Ifi>) -> &'static str {
    match person {
        Some(Ifi::Mbox(_)) => "mbox",
        Some(Ifi::MboxSha1Sum(_)) => "mbox_sha1sum",
        Some(Ifi::OpenId(_)) => "openid",
        Some(Ifi::Account { .. }) => "account",
        None => "anonymous",
    }
}

/// What the account's name begins with where a person is the authority: of registers that people keep.
const OF_PERSON: &str = "person:";

/// The name of the account of an authority; empty where the authority has none.
fn account_of<N: Node>(authority: &N) -> String {
    let name = |agent: &N| text(agent, "account/name").map(str::to_owned);
    let members = authority.get("member").and_then(N::as_list).into_iter().flatten();
    std::iter::once(authority).chain(members).find_map(name).unwrap_or_default()
}

/// A duration in milliseconds, the rest cut off; none where it has years or months, whose length is open.
fn milliseconds(text: &str) -> Option<i64> {
    let days = text.split('T').next().unwrap_or_default();
    if days.contains(['Y', 'M']) {
        return None;
    }
    Some(duration::parse(text)?.micros / 1000)
}

/// The first course among the object and what is around it.
fn course<'a, N: Node>(said: &StatementParts<'a, N>) -> Option<&'a str> {
    let around = RELATIONS.into_iter().flat_map(|relation| said.activities(relation));
    let is_course = |activity: &&N| {
        text(*activity, "definition/type").is_some_and(|kind| COURSE_TYPES.contains(&kind))
    };
    let found = std::iter::once(said.object).chain(around).find(is_course)?;
    text(found, "id")
}

fn voids<N: Node>(said: &StatementParts<'_, N>) -> Datum {
    Datum::text(text(said.object, "id").map(str::to_ascii_lowercase))
}

fn count(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

fn extensions<N: Node>(said: &StatementParts<'_, N>) -> Vec<RowOf> {
    let places = [("object", said.definition), ("result", said.result), ("context", said.context)];
    let mut rows = Vec::new();
    for (place, of) in places {
        let members = part(of, "extensions").entries();
        for (key, value) in members.filter(|(key, _)| EXTENSION_KEYS.contains(key)) {
            let number = value.as_f64().map_or(Datum::Null, Datum::Number);
            let text = match (value.as_str(), &number) {
                (Some(text), _) => Datum::text(Some(text)),
                (None, Datum::Number(_)) => Datum::Null,
                (None, _) => Datum::text(value.json()),
            };
            let (place, key) = (Datum::Text(place.to_owned()), Datum::Text(key.to_owned()));
            rows.push(vec![said.key(), place, key, text, number]);
        }
    }
    rows
}

fn raw<N: Node>(said: &StatementParts<'_, N>) -> RowOf {
    let text = String::from_utf8_lossy(&said.stored.body).into_owned();
    vec![said.key(), Datum::Text(said.stored.id.to_string()), Datum::Text(text)]
}

#[cfg(test)]
mod tests;
