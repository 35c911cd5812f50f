//! Signed statements: a JWS in an attachment that says the same as the statement.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::{Multipart, Reply, Statement, Traccia, new_id, sha2_hex};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{CertificateParams, KeyPair};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use serde_json::{Value, json};

const USAGE: &str = "http://adlnet.gov/expapi/attachments/signature";

/// A key of our own, made once for all scenes of this file: its PEM text.
fn key() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(new_key)
}

fn new_key() -> String {
    let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

/// The certificate of a key, as `x5c` carries it.
fn certificate(pem: &str) -> String {
    let key = KeyPair::from_pem(pem).unwrap();
    let params = CertificateParams::new(vec!["signer.example.org".to_owned()]).unwrap();
    BASE64_STANDARD.encode(params.self_signed(&key).unwrap().der())
}

fn jws(algorithm: Algorithm, payload: &Value, x5c: Option<String>) -> Vec<u8> {
    let mut header = Header::new(algorithm);
    header.x5c = x5c.map(|certificate| vec![certificate]);
    let key = EncodingKey::from_rsa_pem(key().as_bytes()).unwrap();
    encode(&header, payload, &key).unwrap().into_bytes()
}

async fn send(traccia: &Traccia, statement: &Statement, signature: &[u8]) -> Reply {
    let described = json!({
        "usageType": USAGE,
        "display": {"en": "Signature"},
        "contentType": "application/octet-stream",
        "length": signature.len(),
        "sha2": sha2_hex(signature),
    });
    let statement = statement.clone().with("/attachments", json!([described]));
    let body = Multipart::of(&statement.json()).attachment("application/octet-stream", signature);
    traccia.admin().post("/statements").multipart(&body).await
}

#[tokio::test]
async fn a_true_signature_is_taken_with_each_algorithm() {
    let traccia = Traccia::start().await;
    for algorithm in [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512] {
        let statement = Statement::new().id(&new_id());
        let signature = jws(algorithm, &statement.json(), None);
        send(&traccia, &statement, &signature).await.is(200);
    }
}

#[tokio::test]
async fn a_signature_with_its_certificate_is_verified() {
    let traccia = Traccia::start().await;
    let statement = Statement::new().id(&new_id());
    let signature = jws(Algorithm::RS256, &statement.json(), Some(certificate(key())));
    send(&traccia, &statement, &signature).await.is(200);
}

#[tokio::test]
async fn a_signature_by_another_key_than_the_certificates_is_refused() {
    let traccia = Traccia::start().await;
    let statement = Statement::new().id(&new_id());
    let foreign = certificate(&new_key());
    let signature = jws(Algorithm::RS256, &statement.json(), Some(foreign));
    send(&traccia, &statement, &signature).await.problem(400);
    assert!(traccia.admin().found(&[]).await.is_empty());
}

#[tokio::test]
async fn a_signature_over_another_statement_is_refused() {
    let traccia = Traccia::start().await;
    let statement = Statement::new().id(&new_id());
    let signed = statement.clone().did("passed").json();
    let signature = jws(Algorithm::RS256, &signed, Some(certificate(key())));
    send(&traccia, &statement, &signature).await.problem(400);
}

#[tokio::test]
async fn a_signature_cannot_be_used_again_for_another_id_or_time() {
    let traccia = Traccia::start().await;
    let signed = Statement::new().id(&new_id()).when("2026-10-05T09:00:00Z");
    let signature = jws(Algorithm::RS256, &signed.json(), Some(certificate(key())));
    send(&traccia, &signed.clone().id(&new_id()), &signature).await.problem(400);
    let later = signed.clone().when("2026-11-05T09:00:00Z");
    send(&traccia, &later, &signature).await.problem(400);
    send(&traccia, &signed, &signature).await.is(200);
}

#[tokio::test]
async fn what_was_signed_before_it_had_an_id_is_taken() {
    let traccia = Traccia::start().await;
    let bare = Statement::new();
    let signature = jws(Algorithm::RS256, &bare.json(), Some(certificate(key())));
    let sent = bare.id(&new_id()).when("2026-10-05T09:00:00Z");
    send(&traccia, &sent, &signature).await.is(200);
}

#[tokio::test]
async fn a_version_that_was_signed_need_not_be_sent_but_another_one_must_not() {
    let traccia = Traccia::start().await;
    let sent = Statement::new().id(&new_id());
    let signed = sent.clone().with("/version", json!("1.0.0"));
    let signature = jws(Algorithm::RS256, &signed.json(), Some(certificate(key())));
    send(&traccia, &sent, &signature).await.is(200);
    let sent = sent.with("/version", json!("1.0.3"));
    send(&traccia, &sent, &signature).await.problem(400);
}

#[tokio::test]
async fn a_symmetric_algorithm_is_refused() {
    let traccia = Traccia::start().await;
    let statement = Statement::new().id(&new_id());
    let key = EncodingKey::from_secret(b"shared");
    let signature = encode(&Header::new(Algorithm::HS256), &statement.json(), &key).unwrap();
    send(&traccia, &statement, signature.as_bytes()).await.problem(400);
}

#[tokio::test]
async fn what_is_no_jws_is_refused() {
    let traccia = Traccia::start().await;
    let statement = Statement::new().id(&new_id());
    let whole = String::from_utf8(jws(Algorithm::RS256, &statement.json(), None)).unwrap();
    let two_parts = whole.rsplit_once('.').unwrap().0.to_owned();
    for text in ["", "a.b.c", "not a signature", two_parts.as_str()] {
        send(&traccia, &statement, text.as_bytes()).await.problem(400);
    }
}

#[tokio::test]
async fn a_signature_is_an_octet_stream() {
    let traccia = Traccia::start().await;
    let statement = Statement::new().id(&new_id());
    let signature = jws(Algorithm::RS256, &statement.json(), None);
    let described = json!({
        "usageType": USAGE,
        "display": {"en": "Signature"},
        "contentType": "text/plain",
        "length": signature.len(),
        "sha2": sha2_hex(&signature),
    });
    let statement = statement.with("/attachments", json!([described])).json();
    let body = Multipart::of(&statement).attachment("text/plain", &signature);
    let reply = traccia.admin().post("/statements").multipart(&body).await;
    reply.problem(400);
}
