//! Signed statements (Data 2.6): a JSON web signature among the attachments.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::attachment::{Attachment, described};
use super::refusal::Refusal;
use super::same;

/// The usage type that marks an attachment as a statement's signature.
pub const USAGE_TYPE: &str = "http://adlnet.gov/expapi/attachments/signature";

const CLAUSE: &str = "xAPI 1.0.3 Data 2.6";

/// Checks every signature of `statement` whose data is among `parts`: its form, its algorithm
/// (RS256, RS384, RS512), that it signs this statement, and, when its header carries a
/// certificate (`x5c`), that it was made with that certificate's key.
pub fn check(statement: &Value, parts: &[Attachment]) -> Result<(), Refusal> {
    for signature in described(statement).filter(|described| described.usage_type == USAGE_TYPE) {
        let part = parts.iter().find(|part| part.sha2.eq_ignore_ascii_case(signature.sha2));
        if signature.content_type != "application/octet-stream" {
            return Err(refusal("The attachment's contentType is not application/octet-stream."));
        }
        if let Some(part) = part {
            check_one(statement, part)?;
        }
    }
    Ok(())
}

fn check_one(statement: &Value, part: &Attachment) -> Result<(), Refusal> {
    let jws = Jws::parse(&part.body)?;
    if let Some(certificate) = jws.certificate()? {
        jws.verify(&certificate)?;
    }
    let signed = validator::json::parse(&jws.payload)
        .map_err(|_| refusal("The signature's payload is not a JSON statement."))?;
    let differences = differences(statement, &signed);
    if differences.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        "signature-payload",
        CLAUSE,
        format!("The signed payload differs from the statement at {}.", differences.join(", ")),
        "Sign the statement as it is sent, without the signature's own attachment.",
    )
    .with("places", differences.join(", ")))
}

/// Where the signed statement differs. An id, a timestamp or a version that was added after
/// signing does not count; an id or a timestamp that was signed does, so that a signature is good
/// for one statement only. A version that was signed and not sent does not count: the store sets
/// one (Data 2.3.1), and libraries sign it and leave it out, or the reverse. Digits of a duration beyond the hundredth of a second do not count (xAPI 2.0).
fn differences(statement: &Value, signed: &Value) -> Vec<String> {
    let mut sent = statement.clone();
    let mut signed = signed.clone();
    if let (None, Some(members)) = (sent.get("version"), signed.as_object_mut()) {
        members.shift_remove("version");
    }
    for value in [&mut sent, &mut signed] {
        if let Some(members) = value.as_object_mut() {
            members.shift_remove("attachments");
        }
        if let Some(duration) = value.pointer_mut("/result/duration") {
            let cut = duration.as_str().map(cut_to_hundredths);
            *duration = cut.map_or(Value::Null, Value::String);
        }
    }
    same::differences(&sent, &signed)
}

fn cut_to_hundredths(duration: &str) -> String {
    let Some((whole, fraction)) = duration.split_once('.') else { return duration.to_owned() };
    let digits = fraction.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = fraction.get(digits.len()..).unwrap_or_default();
    let kept = digits.get(..2).unwrap_or(digits).trim_end_matches('0');
    if kept.is_empty() { format!("{whole}{unit}") } else { format!("{whole}.{kept}{unit}") }
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
        let header: Value = serde_json::from_slice(&decode(header)?).map_err(|_| not_compact())?;
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
        let der = first.and_then(|text| STANDARD.decode(text).ok());
        der.map(Some).ok_or_else(|| refusal("The header's x5c is not a list of certificates."))
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
    use super::*;

    #[test]
    fn a_version_may_be_signed_and_not_sent_or_sent_and_not_signed_but_not_be_another() {
        let of = |version: Option<&str>| {
            let mut statement = serde_json::json!({"actor": {"mbox": "mailto:a@x.it"}});
            if let Some(version) = version {
                statement["version"] = version.into();
            }
            statement
        };
        let differs = |sent, signed| !differences(&of(sent), &of(signed)).is_empty();
        assert!(!differs(None, Some("1.0.0")));
        assert!(!differs(Some("1.0.0"), None));
        assert!(differs(Some("1.0.3"), Some("1.0.0")));
    }

    #[test]
    fn durations_are_compared_to_the_hundredth() {
        for (a, b) in
            [("PT1.2345S", "PT1.23S"), ("PT1.001S", "PT1S"), ("PT1.50S", "PT1.5S"), ("P2W", "P2W")]
        {
            assert_eq!(cut_to_hundredths(a), cut_to_hundredths(b));
        }
        assert_ne!(cut_to_hundredths("PT1.24S"), cut_to_hundredths("PT1.23S"));
    }
}
