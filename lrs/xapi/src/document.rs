//! State and profile documents (Communication 2.2, 2.3, 2.6, 2.7, 3.1).

use bytes::Bytes;
use serde_json::Value;
use sha1::{Digest as _, Sha1};
use uuid::Uuid;

use super::instant::Instant;
use super::refusal::Refusal;

mod merge;

use merge::{Unmerged, merge};

/// The rule that a merged document breaks which would be longer than it may be.
pub const TOO_LONG: &str = "document-too-long";
/// The rule that too many ids for one answer break.
pub const TOO_MANY_IDS: &str = "document-ids-too-many";

/// That a shelf has more ids than one answer lists.
pub fn too_many_ids() -> Refusal {
    Refusal::new(
        TOO_MANY_IDS,
        "",
        "There are more ids of documents here than one answer lists.",
        "Ask with `since` for those that changed lately, or with a `registration`.",
    )
}

const CLAUSE: &str = "xAPI 1.0.3 Communication 2.2";

/// Which of the three document resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Documents of an activity and an agent, maybe within a registration.
    State,
    /// Documents of an activity.
    ActivityProfile,
    /// Documents of an agent.
    AgentProfile,
}

/// A set of documents: all of one activity, agent or both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shelf {
    /// The resource they belong to.
    pub resource: Resource,
    /// The activity's IRI; empty for agent profiles.
    pub activity: String,
    /// The text of the agent's identifier; empty for activity profiles.
    pub agent: String,
    /// The registration: for one document none means "without one", for several "any".
    pub registration: Option<Uuid>,
}

/// One document's address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DocumentKey {
    /// The set it belongs to.
    pub shelf: Shelf,
    /// Its `stateId` or `profileId`.
    pub id: String,
}

/// A document as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its media type as it was sent.
    pub content_type: String,
    /// The content byte for byte, which is what its `ETag` is made of.
    pub body: Bytes,
    /// When it was last changed.
    pub updated: Instant,
}

impl Document {
    /// The SHA-1 of the body in hexadecimal: its entity tag without quotes (3.1).
    pub fn etag(&self) -> String {
        hex::encode(Sha1::digest(&self.body))
    }

    /// Refuses one that is sent in order to be merged and is no JSON object: it must be one also
    /// where there is nothing yet to merge it into (2.2).
    fn must_be_object(&self) -> Result<(), Refusal> {
        if !is_json(&self.content_type) {
            return Err(no_object(&format!("comes as `{}`", self.content_type)));
        }
        match validator::json::parse(&self.body) {
            Ok(Value::Object(_)) => Ok(()),
            Ok(_) => Err(no_object("is JSON, but no object")),
            Err(report) => Err(no_object(&format!("is no JSON: {report}"))),
        }
    }
}

/// What is to be done to one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Replaces it.
    Put(Document),
    /// Merges the top-level members of a JSON object into the document (2.2). The result may have at most
    /// this number of bytes.
    Post(Document, usize),
    /// Removes it.
    Delete,
}

impl Change {
    /// How many bytes were sent for it.
    pub fn bytes_sent(&self) -> usize {
        match self {
            Self::Put(document) | Self::Post(document, _) => document.body.len(),
            Self::Delete => 0,
        }
    }

    /// The document after the change; `None` when it is gone.
    ///
    /// A POST needs a JSON object, and another one where a document exists; else it is refused. It
    /// takes time and memory in proportion to both.
    pub fn apply(self, existing: Option<Document>) -> Result<Option<Document>, Refusal> {
        match (self, existing) {
            (Self::Delete, _) => Ok(None),
            (Self::Put(new), _) => Ok(Some(new)),
            (Self::Post(new, _), None) => new.must_be_object().map(|()| Some(new)),
            (Self::Post(new, most), Some(old)) => merged(&old, new, most).map(Some),
        }
    }
}

fn merged(old: &Document, new: Document, most: usize) -> Result<Document, Refusal> {
    new.must_be_object()?;
    let body = if is_json(&old.content_type) {
        merge(&old.body, &new.body, most)
    } else {
        Err(Unmerged::NoObject)
    };
    match body {
        Ok(body) => Ok(Document { body: body.into(), ..new }),
        Err(Unmerged::NoObject) => Err(Refusal::new(
            "document-merge",
            CLAUSE,
            "POST merges JSON objects, and the document that is kept is none.",
            "Replace the document with PUT.",
        )),
        Err(Unmerged::TooLong) => Err(Refusal::new(
            "document-too-long",
            "",
            format!("The document would have more than {most} bytes with what is sent."),
            "Replace the document with a shorter one by PUT, or raise `limits.document_bytes` on the server.",
        )),
    }
}

fn no_object(what: &str) -> Refusal {
    Refusal::new(
        "document-merge",
        CLAUSE,
        format!("POST merges JSON objects, and the document that is sent {what}."),
        "Send a JSON object as application/json, or store the document with PUT.",
    )
}

/// Whether `content_type` names JSON, whatever its parameters.
pub fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// The entity tags of an `If-Match` or `If-None-Match` header (RFC 9110 13.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// `*`: any document.
    Any,
    /// One of these, without quotes and weakness marks.
    OneOf(Vec<String>),
}

impl Tags {
    /// Reads the header's value. Tags without quotes are taken too: old clients send them.
    pub fn parse(header: &str) -> Self {
        if header.trim() == "*" {
            return Self::Any;
        }
        let tag = |part: &str| {
            let part = part.trim();
            part.strip_prefix("W/").unwrap_or(part).trim_matches('"').to_ascii_lowercase()
        };
        Self::OneOf(header.split(',').map(tag).collect())
    }

    /// Whether they name a document with this `etag`, which has no quotes.
    pub fn name(&self, etag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|tag| tag == etag),
        }
    }

    fn hold(&self, existing: Option<&Document>) -> bool {
        match (self, existing) {
            (_, None) => false,
            (Self::Any, Some(_)) => true,
            (Self::OneOf(_), Some(document)) => self.name(&document.etag()),
        }
    }
}

/// What a PUT without `If-Match` and `If-None-Match` may do (3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unguarded {
    /// Anything: State under 1.0.3, and every POST and DELETE.
    Allowed,
    /// Only create a document: every resource under 2.0.
    OnlyNew,
    /// Nothing: profiles under 1.0.3.
    Refused,
}

/// The conditions under which a document may be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precondition {
    /// The document must have one of these tags.
    pub if_match: Option<Tags>,
    /// The document must have none of these tags.
    pub if_none_match: Option<Tags>,
    /// What holds when neither header came.
    pub unguarded: Unguarded,
}

/// Why a document was left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// A header's condition does not hold: 412.
    Failed,
    /// The document exists, and nothing says that its writer has seen it: 409.
    Exists,
    /// No header came where one must: 400.
    Missing,
}

impl Precondition {
    /// Whether it holds for any document, and for none.
    pub const fn is_free(&self) -> bool {
        self.if_match.is_none()
            && self.if_none_match.is_none()
            && matches!(self.unguarded, Unguarded::Allowed)
    }

    /// Whether the `existing` document may be changed.
    pub fn check(&self, existing: Option<&Document>) -> Result<(), Unmet> {
        if self.if_match.is_none() && self.if_none_match.is_none() {
            return match (self.unguarded, existing) {
                (Unguarded::Allowed, _) | (Unguarded::OnlyNew, None) => Ok(()),
                (_, Some(_)) => Err(Unmet::Exists),
                (Unguarded::Refused, None) => Err(Unmet::Missing),
            };
        }
        let matches = self.if_match.as_ref().is_none_or(|tags| tags.hold(existing));
        let differs = self.if_none_match.as_ref().is_none_or(|tags| !tags.hold(existing));
        if matches && differs { Ok(()) } else { Err(Unmet::Failed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 100;

    fn json(body: &str) -> Document {
        Document {
            content_type: "application/json; charset=utf-8".into(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            updated: Instant::default(),
        }
    }

    #[test]
    fn post_replaces_whole_top_level_members() {
        let old = json(r#"{"x":{"a":1},"y":2}"#);
        let merged = Change::Post(json(r#"{"x":{"b":1},"z":3}"#), MOST).apply(Some(old)).unwrap();
        assert_eq!(merged.unwrap().body, r#"{"x":{"b":1},"y":2,"z":3}"#);
    }

    #[test]
    fn what_is_posted_is_a_json_object_also_where_nothing_is() {
        for (content_type, body) in [
            ("text/plain", "{}"),
            ("", "{}"),
            ("application/json", "[1]"),
            ("application/json", "\"text\""),
            ("application/json", "{"),
            ("application/json", ""),
        ] {
            let new = Document { content_type: content_type.into(), ..json(body) };
            for old in [None, Some(json("{}"))] {
                let refusal = Change::Post(new.clone(), MOST).apply(old).unwrap_err();
                assert_eq!(refusal.rule, "document-merge", "{content_type} {body}");
            }
        }
        assert_eq!(Change::Post(json("{}"), MOST).apply(None), Ok(Some(json("{}"))));
    }

    #[test]
    fn post_onto_anything_but_a_json_object_is_refused() {
        let binary = Document { content_type: "application/octet-stream".into(), ..json("{}") };
        for (old, new) in
            [(binary.clone(), json("{}")), (json("{}"), binary), (json("[]"), json("{}"))]
        {
            assert_eq!(
                Change::Post(new, MOST).apply(Some(old)).unwrap_err().rule,
                "document-merge"
            );
        }
    }

    #[test]
    fn conditions_hold_as_http_defines_them() {
        let document = json("{}");
        let tag = Tags::parse(&format!("\"{}\"", document.etag()));
        let check = |if_match: Option<&Tags>, if_none_match: Option<&Tags>, existing| {
            Precondition {
                if_match: if_match.cloned(),
                if_none_match: if_none_match.cloned(),
                unguarded: Unguarded::Allowed,
            }
            .check(existing)
        };
        let other = Tags::parse("W/\"0\", \"1\"");
        assert_eq!(check(Some(&tag), None, Some(&document)), Ok(()));
        assert_eq!(check(Some(&other), None, Some(&document)), Err(Unmet::Failed));
        assert_eq!(check(Some(&Tags::Any), None, None), Err(Unmet::Failed));
        assert_eq!(check(None, Some(&Tags::Any), None), Ok(()));
        assert_eq!(check(None, Some(&Tags::Any), Some(&document)), Err(Unmet::Failed));
        assert_eq!(check(None, Some(&other), Some(&document)), Ok(()));
    }

    #[test]
    fn a_put_without_headers_is_judged_by_resource_and_version() {
        let document = json("{}");
        let check = |unguarded, existing| {
            Precondition { if_match: None, if_none_match: None, unguarded }.check(existing)
        };
        assert_eq!(check(Unguarded::Allowed, Some(&document)), Ok(()));
        assert_eq!(check(Unguarded::OnlyNew, None), Ok(()));
        assert_eq!(check(Unguarded::OnlyNew, Some(&document)), Err(Unmet::Exists));
        assert_eq!(check(Unguarded::Refused, None), Err(Unmet::Missing));
        assert_eq!(check(Unguarded::Refused, Some(&document)), Err(Unmet::Exists));
    }
}
