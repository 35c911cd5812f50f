//! Attachments, and the signatures among them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use conformance::exchange::Response;
use conformance::multipart::{self, Multipart, Part, hex};
use serde_json::Value;
use sha2::Digest as _;

use super::statements::same;
use super::{Call, Reference, Refused, State, answer, json_answer, refuse};

/// The parts of a body after the first: hash, content type, bytes.
pub(crate) struct Parts(pub(crate) Vec<(String, (String, Vec<u8>))>, bool);

const SIGNATURE: &str = "http://adlnet.gov/expapi/attachments/signature";

impl Reference {
    /// The statements of a body, and the attachments beside them.
    pub(crate) fn body(&self, call: &Call) -> Result<(Value, Parts), Refused> {
        let content_type = call.header("Content-Type").unwrap_or_default();
        let lower = content_type.to_ascii_lowercase();
        let exact = lower == "application/json" || !self.is("knows no charset");
        if lower.starts_with("application/json") && exact {
            return Ok((self.parse(&call.body)?, Parts(Vec::new(), false)));
        }
        let named = lower.starts_with("multipart/mixed")
            || (self.is("takes form data") && lower.starts_with("multipart/form-data"));
        if !named {
            return match self.is("takes any content type") && !lower.starts_with("multipart") {
                true => Ok((self.parse(&call.body)?, Parts(Vec::new(), false))),
                false => refuse(400, "neither application/json nor multipart/mixed"),
            };
        }
        if self.is("knows no quoted boundary") && content_type.contains('"') {
            return refuse(400, "no boundary");
        }
        let mut header = content_type.replace("form-data", "mixed");
        if self.is("guesses boundaries") {
            let text = String::from_utf8_lossy(&call.body);
            let first = text.split("\r\n").next().unwrap_or_default();
            let guess = first.strip_prefix("--").unwrap_or("none");
            header = format!("multipart/mixed; boundary={guess}");
        }
        let Some(parts) = multipart::read(&header, &call.body) else {
            return match self.is("takes bodies without boundaries") {
                true => Ok((serde_json::json!([]), Parts(Vec::new(), true))),
                false => refuse(400, "no well-formed multipart body"),
            };
        };
        self.read_parts(parts)
    }

    fn read_parts(&self, parts: Vec<Part>) -> Result<(Value, Parts), Refused> {
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else {
            return match self.is("takes bodies without boundaries") {
                true => Ok((serde_json::json!([]), Parts(Vec::new(), true))),
                false => refuse(400, "no parts"),
            };
        };
        let json =
            first.header("Content-Type").is_some_and(|kind| kind.starts_with("application/json"));
        if !json && !self.is("takes any type of the first part") {
            return refuse(400, "the first part is no JSON");
        }
        let mut statements = self.parse(&first.body)?;
        let mut kept = Vec::new();
        for part in parts {
            let hash = part.header("X-Experience-API-Hash").map(str::to_lowercase);
            let json = part
                .header("Content-Type")
                .is_some_and(|kind| kind.starts_with("application/json"));
            if hash.is_none() && json && self.is("takes statements from any part") {
                let more = self.parse(&part.body)?;
                statements = serde_json::json!([statements, more]);
                continue;
            }
            let Some(hash) = hash.or_else(|| {
                self.is("computes missing hashes").then(|| multipart::sha256(&part.body))
            }) else {
                return refuse(400, "X-Experience-API-Hash is missing");
            };
            let encoding = part.header("Content-Transfer-Encoding");
            if encoding.is_none() && !self.is("needs no encoding") {
                return refuse(400, "Content-Transfer-Encoding is missing");
            }
            if encoding.is_some_and(|encoding| encoding != "binary")
                && !self.is("takes any encoding")
            {
                return refuse(400, "only binary");
            }
            if !digests(&part.body, self.is("knows SHA-256 alone")).contains(&hash)
                && !self.is("checks no hashes")
            {
                return refuse(400, "the hash is not that of the bytes");
            }
            let kind = part.header("Content-Type").unwrap_or("application/octet-stream").to_owned();
            let mut body = part.body;
            if self.is("cuts attachments at 64 kilobytes") {
                body.truncate(65_536);
            }
            kept.push((hash, (kind, body)));
        }
        if self.is("takes ten attachments at most") {
            kept.truncate(10);
        }
        if self.is("needs attachments in multipart bodies") && kept.is_empty() {
            return refuse(400, "no attachments");
        }
        Ok((statements, Parts(kept, true)))
    }

    /// Holds the attachments that statements name against the parts that came.
    pub(crate) fn match_parts(&self, batch: &[Value], parts: &Parts) -> Result<(), Refused> {
        let mut named = Vec::new();
        for statement in batch {
            for attachment in attachments(statement) {
                let hash = text(attachment, "sha2").to_lowercase();
                let part = parts.0.iter().find(|(known, _)| *known == hash);
                if self.is("wants one part for each attachment") && named.contains(&hash) {
                    return refuse(400, "a part for each");
                }
                let url = attachment.get("fileUrl").is_some() && !self.is("knows no fileUrl");
                if part.is_none() && !url && !self.lets_go(parts) {
                    return refuse(400, "an attachment has neither fileUrl nor part");
                }
                if text(attachment, "usageType") == SIGNATURE {
                    let bytes = part.map(|(_, (_, bytes))| bytes.as_slice()).unwrap_or_default();
                    self.signature(statement, attachment, bytes)?;
                }
                named.push(hash);
            }
        }
        let excess = parts.0.iter().any(|(hash, _)| !named.contains(hash));
        if excess && !self.is("takes parts that nobody names") && !self.is("checks no hashes") {
            return refuse(400, "a part belongs to no attachment");
        }
        Ok(())
    }

    fn lets_go(&self, parts: &Parts) -> bool {
        (self.is("misses no bytes in JSON") && !parts.1)
            || (self.is("misses no parts") && parts.1)
            || self.is("takes ten attachments at most")
    }

    fn signature(
        &self,
        statement: &Value,
        attachment: &Value,
        bytes: &[u8],
    ) -> Result<(), Refused> {
        let octets = text(attachment, "contentType") == "application/octet-stream";
        if !octets && !self.is("takes signatures of any type") {
            return refuse(400, "a signature is application/octet-stream");
        }
        let jws = String::from_utf8_lossy(bytes);
        let mut pieces = jws.split('.').map(|piece| {
            let decoded = BASE64_URL_SAFE_NO_PAD.decode(piece).unwrap_or_default();
            serde_json::from_slice::<Value>(&decoded).ok()
        });
        let (Some(Some(header)), Some(payload)) = (pieces.next(), pieces.next()) else {
            return match self.is("takes signatures that are none") {
                true => Ok(()),
                false => refuse(400, "no JWS"),
            };
        };
        let algorithm = text(&header, "alg");
        let algorithms: &[&str] =
            if self.is("knows RS256 alone") { &["RS256"] } else { &["RS256", "RS384", "RS512"] };
        if !algorithms.contains(&algorithm)
            && !self.is("takes any algorithm")
            && !self.is("takes signatures that are none")
        {
            return refuse(400, "not signed by RS256, RS384 or RS512");
        }
        let equal = payload.as_ref().is_some_and(|payload| {
            match self.is("compares signatures to the letter") {
                true => payload.get("id") == statement.get("id"),
                false => same(payload, statement),
            }
        });
        let unsent = payload.as_ref().is_some_and(|payload| payload.get("version").is_some())
            && statement.get("version").is_none();
        if unsent && self.is("wants the version that was signed") {
            return refuse(400, "the version was signed and not sent");
        }
        let lax = self.is("looks at no payload")
            && payload.as_ref().is_some_and(|p| p.get("actor").is_some())
            || self.is("takes any payload")
                && payload.as_ref().is_none_or(|p| p.get("actor").is_none());
        if !equal && !lax && !self.is("takes signatures that are none") {
            return refuse(400, "the payload is another statement");
        }
        Ok(())
    }

    /// The answer with the bytes of the statements' attachments, if they are asked for.
    pub(crate) fn with_attachments(
        &self,
        call: &Call,
        state: &State,
        body: Value,
        statements: &[&Value],
    ) -> Response {
        let asked =
            call.parameter("attachments") == Some("true") && !self.is("never gives attachments");
        if !asked && !self.is("always gives attachments") {
            return json_answer(&body);
        }
        let mut hashes = Vec::new();
        for attachment in statements.iter().flat_map(|statement| attachments(statement)) {
            let hash = text(attachment, "sha2").to_lowercase();
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
        if hashes.is_empty() && self.is("gives JSON where there is no attachment") {
            return json_answer(&body);
        }
        if self.is("gives the attachments of one statement alone") {
            hashes.truncate(1);
        }
        let found = hashes.iter().filter_map(|hash| Some((hash, state.attachments.get(hash)?)));
        let parts: Vec<Part> = found
            .map(|(hash, (kind, bytes))| {
                let part = Part::attachment(kind, bytes).with("X-Experience-API-Hash", hash);
                match self.is("gives attachments without headers") {
                    true => part.without("X-Experience-API-Hash"),
                    false => part,
                }
            })
            .collect();
        let whole = Multipart::new(&body, &parts);
        answer(200, &whole.content_type, whole.bytes())
    }
}

fn attachments(statement: &Value) -> impl Iterator<Item = &Value> {
    let lists = [statement.get("attachments"), statement.pointer("/object/attachments")];
    lists.into_iter().flatten().filter_map(Value::as_array).flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn digests(bytes: &[u8], short: bool) -> Vec<String> {
    let mut all = vec![multipart::sha256(bytes)];
    if !short {
        all.push(hex(&sha2::Sha384::digest(bytes)));
        all.push(hex(&sha2::Sha512::digest(bytes)));
    }
    all
}
