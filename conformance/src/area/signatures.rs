//! Signed statements: an attachment that is a JSON web signature over the statement.

use std::sync::OnceLock;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::{set, with, without};
use crate::failure::{Checked, Failure};
use crate::fixture::{iri, statement};
use crate::lrs::Lrs;
use crate::multipart::{Multipart, Part, sha256};

const USAGE: &str = "http://adlnet.gov/expapi/attachments/signature";

pub(super) fn cases() -> Vec<Case> {
    cases! {
        "signature-taken" => taken, ["XAPI-00115", "XAPI-00117"],
            "A signed statement is taken with RS256, RS384 and RS512";
        "signature-algorithm" => algorithm, ["XAPI-00117"],
            "A signature by another algorithm is refused";
        "signature-payload" => payload, ["XAPI-00116"],
            "A signature over another statement is refused";
        "signature-no-jws" => no_jws, ["XAPI-00115"],
            "A signature that is no JWS is refused";
        "signature-payload-no-json" => payload_no_json, ["XAPI-00116"],
            "A signature whose payload is no statement is refused";
        "signature-content-type" => content_type, ["XC-SIGNATURE-1"],
            "A signature under another content type than application/octet-stream is refused";
        "signature-without-set-members" => set_members, ["XC-SIGNATURE-2"],
            "What the server sets itself need not be signed";
        "signature-over-version" => over_version, ["XC-SIGNATURE-3"],
            "A version that was signed need not be sent";
    }
}

/// A key of our own, made once for the whole run.
fn key() -> Checked<EncodingKey> {
    static PEM: OnceLock<Option<String>> = OnceLock::new();
    let new = || {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).ok()?;
        key.to_pkcs8_pem(LineEnding::LF).ok().map(|pem| pem.to_string())
    };
    let pem = PEM.get_or_init(new).as_deref().unwrap_or_default();
    EncodingKey::from_rsa_pem(pem.as_bytes())
        .map_err(|_| Failure::NotApplicable("no RSA key could be made".to_owned()))
}

fn sign(algorithm: Algorithm, payload: &Value) -> Checked<Vec<u8>> {
    let key = match algorithm {
        Algorithm::HS256 => EncodingKey::from_secret(b"a shared secret of thirty-two bytes"),
        _ => key()?,
    };
    let token = encode(&Header::new(algorithm), payload, &key);
    token.map(String::into_bytes).map_err(|error| Failure::NotApplicable(error.to_string()))
}

fn signed(sent: &Value, jws: &[u8], content_type: &str) -> Multipart {
    let described = json!({
        "usageType": USAGE, "display": {"en-US": "Signature"}, "contentType": content_type,
        "length": jws.len(), "sha2": sha256(jws),
    });
    let sent = with(sent.clone(), "/attachments", json!([described]));
    Multipart::new(&sent, &[Part::attachment(content_type, jws)])
}

const OCTETS: &str = "application/octet-stream";

/// A signed body with one of the algorithms, over a payload that may differ from what is sent.
fn prepared(algorithm: Algorithm, sent: &Value, payload: &Value) -> Checked<Multipart> {
    Ok(signed(sent, &sign(algorithm, payload)?, OCTETS))
}

async fn answer(lrs: &Lrs, body: &Multipart, status: u16) -> Checked {
    lrs.post("statements").multipart(body).await?.is(status).map(drop)
}

async fn taken(lrs: Lrs) -> Checked {
    for algorithm in [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512] {
        let mut sent = statement();
        set(&mut sent, "/result", json!({"duration": "PT1H2.3456S", "score": {"raw": 1.5}}));
        answer(&lrs, &prepared(algorithm, &sent, &sent)?, 200).await?;
    }
    Ok(())
}

async fn algorithm(lrs: Lrs) -> Checked {
    let sent = statement();
    answer(&lrs, &prepared(Algorithm::HS256, &sent, &sent)?, 400).await
}

async fn payload(lrs: Lrs) -> Checked {
    let sent = statement();
    for (pointer, value) in [
        ("/verb/id", json!(iri())),
        ("/actor", crate::fixture::agent()),
        ("/result", json!({"success": true})),
    ] {
        let other = with(sent.clone(), pointer, value);
        answer(&lrs, &prepared(Algorithm::RS256, &sent, &other)?, 400).await?;
    }
    Ok(())
}

async fn no_jws(lrs: Lrs) -> Checked {
    for text in ["not a signature", "a.b", "e30.e30.", "...."] {
        answer(&lrs, &signed(&statement(), text.as_bytes(), OCTETS), 400).await?;
    }
    Ok(())
}

async fn payload_no_json(lrs: Lrs) -> Checked {
    let sent = statement();
    for payload in [json!("text"), json!([sent.clone()]), json!({})] {
        answer(&lrs, &prepared(Algorithm::RS256, &sent, &payload)?, 400).await?;
    }
    Ok(())
}

async fn content_type(lrs: Lrs) -> Checked {
    let sent = statement();
    let jws = sign(Algorithm::RS256, &sent)?;
    answer(&lrs, &signed(&sent, &jws, "application/json"), 400).await
}

async fn set_members(lrs: Lrs) -> Checked {
    let sent = with(statement(), "/timestamp", json!("2015-11-18T12:17:00Z"));
    let payload = without(sent.clone(), "/id");
    answer(&lrs, &prepared(Algorithm::RS256, &sent, &payload)?, 200).await
}

async fn over_version(lrs: Lrs) -> Checked {
    let sent = statement();
    let payload = with(sent.clone(), "/version", json!("1.0.0"));
    answer(&lrs, &prepared(Algorithm::RS256, &sent, &payload)?, 200).await
}
