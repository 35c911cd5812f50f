//! Signed statements (Data 2.6): a JSON web signature among the attachments.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use validator::json::Size;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::attachment::{Attachment, ByHash, described};
use super::refusal::Refusal;
use super::same;

/// The usage type that marks an attachment as a statement's signature.
pub const USAGE_TYPE: &str = "http://adlnet.gov/expapi/attachments/signature";

const CLAUSE: &str = "xAPI 1.0.3 Data 2.6";

/// A signed payload may take this many bytes of memory once read, however short it is, …
const PAYLOAD_FREE: usize = 32 << 20;
/// … and this many more for each of its own bytes.
const PAYLOAD_PER_BYTE: usize = 6;
/// The longest certificate that is read, in bytes.
const LONGEST_CERTIFICATE: usize = 16 << 10;

/// Checks every signature of `statements` whose data is among `parts`: its form, its algorithm
/// (RS256, RS384, RS512), that it signs this statement, and, when its header carries a
/// certificate (`x5c`), that it was made with that certificate's key.
///
/// A part is read and verified once, however many attachments name it, and let go of before the
/// next one is read. Gives how many parts were read.
pub fn check(statements: &[&Value], parts: &[Attachment]) -> Result<usize, Refusal> {
    let parts = ByHash::new(parts);
    let mut signed: BTreeMap<&str, (&Attachment, BTreeSet<usize>)> = BTreeMap::new();
    for (index, statement) in statements.iter().enumerate() {
        for signature in described(statement).filter(|it| it.usage_type == USAGE_TYPE) {
            if signature.content_type != "application/octet-stream" {
                let detail = "The attachment's contentType is not application/octet-stream.";
                return Err(refusal(detail).of_statement(index));
            }
            if let Some(part) = parts.get(signature.sha2) {
                signed.entry(&part.sha2).or_insert((part, BTreeSet::new())).1.insert(index);
            }
        }
    }
    for (part, indices) in signed.values() {
        check_part(part, indices, statements)?;
    }
    Ok(signed.len())
}

/// Checks that `part` signs the statements of these indices.
fn check_part(
    part: &Attachment,
    indices: &BTreeSet<usize>,
    statements: &[&Value],
) -> Result<(), Refusal> {
    let first = indices.first().copied().unwrap_or_default();
    let signed = signed(part).map_err(|refusal| refusal.of_statement(first))?;
    for index in indices {
        let Some(statement) = statements.get(*index) else { continue };
        let differences = same::signed_differences(statement, &signed);
        if !differences.is_empty() {
            return Err(Refusal::new(
                "signature-payload",
                CLAUSE,
                format!(
                    "The signed payload differs from the statement at {}.",
                    differences.join(", ")
                ),
                "Sign the statement as it is sent, without the signature's own attachment.",
            )
            .with("places", differences.join(", "))
            .of_statement(*index));
        }
    }
    Ok(())
}

/// The statement that a part signs, once its signature is found good.
fn signed(part: &Attachment) -> Result<Value, Refusal> {
    let jws = Jws::parse(&part.body)?;
    if let Some(certificate) = jws.certificate()? {
        jws.verify(&certificate)?;
    }
    let size = Size::of(&jws.payload);
    if size.weight() > PAYLOAD_FREE.saturating_add(size.bytes.saturating_mul(PAYLOAD_PER_BYTE)) {
        return Err(refusal("The signature's payload holds more values than a statement may."));
    }
    validator::json::parse(&jws.payload)
        .map_err(|_| refusal("The signature's payload is not a JSON statement."))
}

/// A JSON web signature in compact form (RFC 7515 7.1).
struct Jws<'a> {
    header: Value,
    payload: Vec<u8>,
    algorithm: Algorithm,
    message: &'a str,
    signature: &'a str,
}

impl<'a> Jws<'a> {
    fn parse(body: &'a [u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(body).map_err(|_| not_compact())?.trim();
        let (message, signature) = text.rsplit_once('.').ok_or_else(not_compact)?;
        let (header, payload) = message.split_once('.').ok_or_else(not_compact)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| not_compact());
        let header = validator::json::parse(&decode(header)?).map_err(|_| not_compact())?;
        decode(signature)?;
        let algorithm = match header.get("alg").and_then(Value::as_str) {
            Some("RS256") => Algorithm::RS256,
            Some("RS384") => Algorithm::RS384,
            Some("RS512") => Algorithm::RS512,
            _ => return Err(refusal("The signature's algorithm is not RS256, RS384 or RS512.")),
        };
        Ok(Self { payload: decode(payload)?, header, algorithm, message, signature })
    }

    /// The certificate of the signing key, DER, if the header carries a chain (RFC 7515 4.1.6).
    fn certificate(&self) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(chain) = self.header.get("x5c") else { return Ok(None) };
        let first = chain.get(0).and_then(Value::as_str);
        let first = first.filter(|text| text.len() <= LONGEST_CERTIFICATE);
        let der = first.and_then(|text| STANDARD.decode(text).ok());
        der.map(Some).ok_or_else(|| {
            refusal("The header's x5c is not a list of certificates of a usual length.")
        })
    }

    fn verify(&self, certificate: &[u8]) -> Result<(), Refusal> {
        let (_, certificate) = X509Certificate::from_der(certificate)
            .map_err(|_| refusal("The header's x5c holds no X.509 certificate."))?;
        let key = DecodingKey::from_rsa_der(&certificate.public_key().subject_public_key.data);
        let verified = jsonwebtoken::crypto::verify(
            self.signature,
            self.message.as_bytes(),
            &key,
            self.algorithm,
        );
        if verified.unwrap_or(false) {
            return Ok(());
        }
        Err(refusal("The signature was not made with the key of the certificate in x5c."))
    }
}

fn not_compact() -> Refusal {
    refusal("The attachment is not a JSON web signature in compact form.")
}

fn refusal(detail: &'static str) -> Refusal {
    Refusal::new(
        "signature-invalid",
        CLAUSE,
        detail,
        "Attach a compact JWS (RFC 7515) made with RS256, RS384 or RS512 over the statement.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// A signature of `payload` by nobody in particular: its header names no certificate.
    fn part(payload: &str) -> Attachment {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let jws = format!("{}.{}.{}", encode(r#"{"alg":"RS256"}"#), encode(payload), encode("s"));
        let sha2 = hex::encode(Sha256::digest(&jws));
        Attachment { sha2, content_type: "application/octet-stream".into(), body: jws.into() }
    }

    fn statement(signature: &str, times: usize) -> Value {
        let attachment = json!({"usageType": USAGE_TYPE, "sha2": signature,
            "contentType": "application/octet-stream"});
        json!({"verb": {"id": "https://v.example/v"}, "attachments": vec![attachment; times]})
    }

    const PAYLOAD: &str = r#"{"verb":{"id":"https://v.example/v"}}"#;

    #[test]
    fn a_part_is_read_once_however_many_attachments_name_it() {
        let part = part(PAYLOAD);
        let (lower, upper) = (statement(&part.sha2, 300), part.sha2.to_uppercase());
        let upper = statement(&upper, 300);
        let read = check(&[&lower, &upper, &lower], std::slice::from_ref(&part));
        assert_eq!(read, Ok(1));
        assert_eq!(check(&[&lower], &[]), Ok(0));
    }

    #[test]
    fn the_statement_that_a_part_does_not_sign_is_named() {
        let part = part(PAYLOAD);
        let good = statement(&part.sha2, 1);
        let mut other = good.clone();
        other["verb"]["id"] = json!("https://v.example/w");
        let refusal = check(&[&good, &good, &other], &[part]).unwrap_err();
        assert_eq!((refusal.rule, refusal.statement), ("signature-payload", Some(2)));
        assert!(refusal.detail.contains("/verb/id"), "{}", refusal.detail);
    }

    #[test]
    fn a_payload_of_more_than_a_statement_is_not_read() {
        let part = part(&format!("[{}]", vec!["[]"; 400_000].join(",")));
        let refusal = check(&[&statement(&part.sha2, 1)], &[part]).unwrap_err();
        assert!(refusal.detail.contains("more values"), "{}", refusal.detail);
    }
}
