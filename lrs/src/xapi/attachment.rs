//! Attachments of statements against the parts they came in (Data 2.4.11, Communication 1.5.2).

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

/// Holds the `parts` of a request against what its `statements` describe: every attachment has
/// its data or a `fileUrl`, every part belongs to an attachment and is what its hash says.
pub fn match_parts(statements: &[&Value], parts: &[Attachment]) -> Result<(), Refusal> {
    let wanted: Vec<(usize, Described<'_>)> = (0..)
        .zip(statements)
        .flat_map(|(index, statement)| described(statement).map(move |found| (index, found)))
        .collect();
    for part in parts {
        check_hash(part)?;
        let mut owners = wanted.iter().filter(|(_, d)| d.sha2.eq_ignore_ascii_case(&part.sha2));
        if owners.next().is_none() {
            return Err(Refusal::new(
                "attachment-unexpected",
                CLAUSE,
                format!("A part with the hash {} belongs to no attachment.", part.sha2),
                "Send only parts whose X-Experience-API-Hash is the `sha2` of an attachment.",
            )
            .with("sha2", &part.sha2));
        }
    }
    let is_here = |sha2: &str| parts.iter().any(|part| part.sha2.eq_ignore_ascii_case(sha2));
    let missing = wanted.iter().find(|(_, d)| !d.elsewhere && !is_here(d.sha2));
    missing.map_or(Ok(()), |(index, described)| {
        Err(Refusal::new(
            "attachment-missing",
            CLAUSE,
            format!(
                "The attachment with sha2 {} has no `fileUrl`, and no part carries its data.",
                described.sha2
            ),
            "Send the statement as multipart/mixed with one part per attachment, or add `fileUrl`.",
        )
        .with("sha2", described.sha2)
        .of_statement(*index))
    })
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
