//! Attachments of statements against the parts they came in (Data 2.4.11, Communication 1.5.2).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

use super::refusal::Refusal;

const CLAUSE: &str = "xAPI 1.0.3 Communication 1.5.2";

/// The data of an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The SHA-2 hash of the body in lower-case hexadecimal: its name.
    pub sha2: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub body: Bytes,
}

/// What a statement says of one attachment.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// `sha2` as written.
    pub sha2: &'a str,
    /// `usageType`.
    pub usage_type: &'a str,
    /// `contentType`.
    pub content_type: &'a str,
    /// Whether it can be had at a `fileUrl`.
    pub elsewhere: bool,
}

/// The attachments that `statement` and a `SubStatement` in it describe.
pub fn described(statement: &Value) -> impl Iterator<Item = Described<'_>> {
    let own = statement.get("attachments");
    let inner = statement.pointer("/object/attachments");
    [own, inner].into_iter().flatten().filter_map(Value::as_array).flatten().map(|attachment| {
        let text = |key| attachment.get(key).and_then(Value::as_str).unwrap_or_default();
        Described {
            sha2: text("sha2"),
            usage_type: text("usageType"),
            content_type: text("contentType"),
            elsewhere: attachment.get("fileUrl").is_some(),
        }
    })
}

/// The hashes of attachments in lower case, each with the media type that statements say: where two say different ones, what
/// the first says. The data of an attachment is kept once, whoever sends it, so the type of a part is not that of the data:
/// it would be what another sender said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaTypes(BTreeMap<String, String>);

/// The media type of a part whose statement says one that no header can hold.
const UNKNOWN: &str = "application/octet-stream";

impl MediaTypes {
    /// Adds what a statement says of an attachment.
    pub fn add(&mut self, described: Described<'_>) {
        if let Entry::Vacant(free) = self.0.entry(described.sha2.to_ascii_lowercase()) {
            // Parameters of media types may be quoted, and hold any character then.
            let is_of_a_header =
                described.content_type.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            let content_type = if is_of_a_header { described.content_type } else { UNKNOWN };
            free.insert(content_type.to_owned());
        }
    }

    /// Whether there is no attachment.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The hashes.
    pub fn hashes(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// The media type of the attachment of a hash in lower case.
    pub fn of(&self, sha2: &str) -> Option<&str> {
        self.0.get(sha2).map(String::as_str)
    }
}

impl<'a> Extend<Described<'a>> for MediaTypes {
    fn extend<T: IntoIterator<Item = Described<'a>>>(&mut self, all: T) {
        all.into_iter().for_each(|described| self.add(described));
    }
}

/// Parts by what they are known by, in whatever letter case it is written.
pub struct ByHash<'p>(HashMap<String, &'p Attachment>);

impl<'p> ByHash<'p> {
    /// Of equal parts, the first one.
    pub fn new(parts: &'p [Attachment]) -> Self {
        let mut by_hash = HashMap::with_capacity(parts.len());
        for part in parts {
            by_hash.entry(part.sha2.to_ascii_lowercase()).or_insert(part);
        }
        Self(by_hash)
    }

    /// The part of this hash.
    pub fn get(&self, sha2: &str) -> Option<&'p Attachment> {
        self.0.get(&sha2.to_ascii_lowercase()).copied()
    }
}

/// Holds the `parts` of a request against what its `statements` describe: every attachment has
/// its data or a `fileUrl`, every part belongs to an attachment and is what its hash says.
pub fn match_parts(statements: &[&Value], parts: &[Attachment]) -> Result<(), Refusal> {
    let wanted: HashSet<String> = statements
        .iter()
        .flat_map(|statement| described(statement))
        .map(|described| described.sha2.to_ascii_lowercase())
        .collect();
    for part in parts {
        check_hash(part)?;
        if !wanted.contains(&part.sha2.to_ascii_lowercase()) {
            return Err(Refusal::new(
                "attachment-unexpected",
                CLAUSE,
                format!("A part with the hash {} belongs to no attachment.", part.sha2),
                "Send only parts whose X-Experience-API-Hash is the `sha2` of an attachment.",
            )
            .with("sha2", &part.sha2));
        }
    }
    let parts = ByHash::new(parts);
    for (index, statement) in statements.iter().enumerate() {
        let is_missing = |it: &Described<'_>| !it.elsewhere && parts.get(it.sha2).is_none();
        if let Some(described) = described(statement).find(is_missing) {
            return Err(missing(described.sha2).of_statement(index));
        }
    }
    Ok(())
}

fn missing(sha2: &str) -> Refusal {
    Refusal::new(
        "attachment-missing",
        CLAUSE,
        format!("The attachment with sha2 {sha2} has no `fileUrl`, and no part carries its data."),
        "Send the statement as multipart/mixed with one part per attachment, or add `fileUrl`.",
    )
    .with("sha2", sha2)
}

fn check_hash(part: &Attachment) -> Result<(), Refusal> {
    let computed = match part.sha2.len() {
        56 => hex::encode(Sha224::digest(&part.body)),
        64 => hex::encode(Sha256::digest(&part.body)),
        96 => hex::encode(Sha384::digest(&part.body)),
        128 => hex::encode(Sha512::digest(&part.body)),
        _ => String::new(),
    };
    if computed.eq_ignore_ascii_case(&part.sha2) {
        return Ok(());
    }
    Err(Refusal::new(
        "attachment-hash",
        CLAUSE,
        format!(
            "A part of {} bytes does not have the hash {} that its header says.",
            part.body.len(),
            part.sha2
        ),
        "Compute SHA-2 over the part's bytes as sent, without any encoding, in hexadecimal.",
    )
    .with("sha2", &part.sha2))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_statement_says_the_type_and_none_breaks_a_header() {
        let of = |sha2: &str, content_type: &str| json!({"attachments": [{"sha2": sha2, "contentType": content_type}]});
        let statements = [
            of("AB", "application/pdf; name=\"a b\""),
            of("ab", "text/html"),
            of("cd", "text/plain; a=\"\r\nx: y\""),
            of("ef", "text/plain; a=\"\u{e9}\""),
        ];
        let mut types = MediaTypes::default();
        types.extend(statements.iter().flat_map(described));
        assert_eq!(types.hashes(), ["ab", "cd", "ef"]);
        assert_eq!(types.of("ab"), Some("application/pdf; name=\"a b\""));
        assert_eq!(
            [types.of("cd"), types.of("ef"), types.of("AB")],
            [Some(UNKNOWN), Some(UNKNOWN), None]
        );
    }

    fn part(body: &'static str) -> Attachment {
        let sha2 = hex::encode(Sha256::digest(body));
        Attachment { sha2, content_type: "text/plain".into(), body: body.into() }
    }

    fn statement(sha2: &str) -> Value {
        json!({"attachments": [{"sha2": sha2, "contentType": "text/plain"}]})
    }

    fn rule(statement: &Value, parts: &[Attachment]) -> Option<&'static str> {
        match_parts(&[statement], parts).err().map(|refusal| refusal.rule)
    }

    #[test]
    fn parts_and_attachments_belong_together_by_hash() {
        let (a, b) = (part("a"), part("b"));
        assert_eq!(rule(&statement(&a.sha2), std::slice::from_ref(&a)), None);
        assert_eq!(rule(&statement(&a.sha2.to_uppercase()), std::slice::from_ref(&a)), None);
        assert_eq!(rule(&statement(&a.sha2), &[]), Some("attachment-missing"));
        assert_eq!(rule(&statement(&a.sha2), &[a.clone(), b]), Some("attachment-unexpected"));
        let forged = Attachment { body: "z".into(), ..a.clone() };
        assert_eq!(rule(&statement(&a.sha2), &[forged]), Some("attachment-hash"));
    }

    #[test]
    fn a_file_url_needs_no_part() {
        let mut statement = statement(&part("a").sha2);
        statement["attachments"][0]["fileUrl"] = json!("https://files.example/a");
        assert_eq!(rule(&statement, &[]), None);
    }

    #[test]
    fn a_substatements_attachments_count() {
        let statement = json!({"object": statement(&part("a").sha2)});
        assert_eq!(rule(&statement, &[]), Some("attachment-missing"));
        assert_eq!(rule(&statement, &[part("a")]), None);
    }
}
