//! Webhooks: each statement that passes the filter is one signed POST to an address, by the scheme of Standard Webhooks
//! (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`), so that receivers check it with a library.
//!
//! The log is the outbox: a webhook is a pipe whose cursor moves once the receiver has answered. A statement may be
//! delivered more than once, always under the same `webhook-id`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Sha256;

use super::probe::PipeCheck;
use super::push::{Outgoing, Sent};
use super::run::{Halt, Run, halted};
use super::settings::Hidden;
use super::verdict::{self, Verdict};
use super::wire::{LONGEST_ANSWER, WireAnswer, WireRequest};
use store::StoreError;
use xapi::instant::Instant;

/// How often in a row a receiver may answer that it failed with a statement before the statement is a dead letter.
pub const MOST_FAILURES: u32 = 15;
/// How long the secret before the present one signs as well: a day, in microseconds.
const CHANGING: i64 = 24 * 3600 * 1_000_000;
/// What secrets begin with.
const PREFIX: &str = "whsec_";

/// What a webhook signs with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signing {
    /// `whsec_` and 32 random bytes in Base64; empty for a pipe that is no webhook.
    pub secret: Hidden,
    /// The secret before, and until when it signs as well, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<(Hidden, i64)>,
}

impl Signing {
    /// A new secret.
    pub(super) fn made() -> Self {
        let secret = Hidden(format!("{PREFIX}{}", STANDARD.encode(rand::random::<[u8; 32]>())));
        Self { secret, former: None }
    }

    /// The secret of `next`, beside which the present one signs for a day.
    pub(super) fn replaced_by(&self, next: Self, now: Instant) -> Self {
        let until = now.micros().saturating_add(CHANGING);
        Self { former: Some((self.secret.clone(), until)), ..next }
    }

    /// `webhook-signature`: a signature for each secret that signs at this instant.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a secret that is none: a signature by an empty key could be made by anybody.
    fn signatures(&self, id: &str, now: Instant, body: &[u8]) -> Result<String, StoreError> {
        let former = self.former.iter().filter(|(_, until)| now.micros() < *until);
        let secrets = std::iter::once(&self.secret).chain(former.map(|(secret, _)| secret));
        let signed = secrets.map(|secret| signature(secret, id, seconds(now), body));
        Ok(signed.collect::<Result<Vec<_>, _>>()?.join(" "))
    }
}

const fn seconds(now: Instant) -> i64 {
    now.micros().div_euclid(1_000_000)
}

/// The signature of version 1: HMAC-SHA-256 of the id, the time and the body, with dots between them.
fn signature(secret: &Hidden, id: &str, seconds: i64, body: &[u8]) -> Result<String, StoreError> {
    let damaged = || StoreError::Corrupt("the secret that a webhook signs with is none".into());
    let key = secret.0.strip_prefix(PREFIX).ok_or_else(damaged)?;
    let key = STANDARD.decode(key).ok().filter(|key| !key.is_empty()).ok_or_else(damaged)?;
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body);
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

impl Run {
    /// Delivers one statement.
    pub(super) async fn deliver(&mut self, statement: &Outgoing) -> Result<Sent, Halt> {
        let body = event(statement);
        let request = self.signed(&statement.sent.to_string(), body)?;
        let answer = self.exchange(request).await.map_err(|error| halted(&error))?;
        let is_hopeless = self.pushing.failures + 1 >= MOST_FAILURES;
        match of_delivery(&answer, is_hopeless, self.now()) {
            Verdict::Taken => {
                self.pushing.failures = 0;
                self.went_well(answer.status, format!("{} was delivered", statement.sent));
                Ok(Sent::Taken)
            }
            Verdict::TooLarge | Verdict::Refused => {
                self.pushing.failures = 0;
                let place = (statement.id, statement.stored);
                self.give_up(vec![self.letter(place, answer.status, answer.in_short())]).await?;
                let told = format!("{} was refused and is a dead letter", statement.sent);
                self.went_well(answer.status, told);
                Ok(Sent::GivenUp)
            }
            verdict => {
                if is_failure(answer.status) {
                    self.pushing.failures += 1;
                }
                Err(Halt::Answer(verdict, answer.status, answer.in_short()))
            }
        }
    }

    /// Sends an event of the type `test`, which is of no statement.
    pub(super) async fn deliver_test(&self) -> PipeCheck {
        let body = json!({"type": "test", "timestamp": self.now().to_string(), "data": {}});
        let id = uuid::Uuid::new_v4().to_string();
        let asked = "deliver";
        let failed = |detail: String| PipeCheck { asked, status: 0, is_good: false, detail };
        let request = match self.signed(&id, body.to_string().into()) {
            Ok(request) => request,
            Err(error) => return failed(error.to_string()),
        };
        match self.exchange(request).await {
            Err(error) => failed(error.to_string()),
            Ok(answer) => {
                let is_good = (200..=299).contains(&answer.status);
                let detail = if is_good {
                    "the receiver took an event of the type `test`".to_owned()
                } else {
                    answer.in_short()
                };
                PipeCheck { asked, status: answer.status, is_good, detail }
            }
        }
    }

    fn signed(&self, id: &str, body: Bytes) -> Result<WireRequest, StoreError> {
        let now = self.now();
        let signatures = self.pipe.signing.signatures(id, now, &body)?;
        let body = Some(("application/json".to_owned(), body));
        let mut request = self.request(self.endpoint.clone(), "1.0.3", body, LONGEST_ANSWER);
        request.headers = vec![
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", seconds(now).to_string()),
            ("webhook-signature", signatures),
        ];
        Ok(request)
    }
}

/// The body of a delivery. The statement stands in it as it is kept, to the byte.
fn event(statement: &Outgoing) -> Bytes {
    let mut body = Vec::with_capacity(statement.text.len() + 100);
    let timestamp = statement.stored;
    let begin = format!(r#"{{"type":"statement","timestamp":"{timestamp}","data":"#);
    body.extend_from_slice(begin.as_bytes());
    body.extend_from_slice(&statement.text);
    body.push(b'}');
    body.into()
}

/// Whether a status says that the receiver failed with this statement, and not that it is away.
const fn is_failure(status: u16) -> bool {
    matches!(status, 500..=599) && !matches!(status, 502..=504)
}

/// What the answer to a delivery means. `is_hopeless`: the receiver has failed with this statement often enough.
fn of_delivery(answer: &WireAnswer, is_hopeless: bool, now: Instant) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Taken,
        410 => Verdict::Stop("the receiver wants no more deliveries (410)".into()),
        400 | 409 | 413 | 422 => Verdict::Refused,
        status if is_hopeless && is_failure(status) => Verdict::Refused,
        404 => Verdict::Stop("there is no receiver at the address (404)".into()),
        _ => verdict::of_any(answer, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification of Standard Webhooks.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let secret = Hidden("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into());
        let body = br#"{"test": 2432232314}"#;
        let made = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body).unwrap();
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn for_a_day_both_secrets_sign() {
        let (first, now) = (Signing::made(), Instant::parse("2026-11-29T12:00:00Z").unwrap());
        let second = first.replaced_by(Signing::made(), now);
        assert_ne!(first.secret, second.secret);
        let signatures = second.signatures("1", now, b"{}").unwrap();
        assert!(signatures.ends_with(&format!(" {}", first.signatures("1", now, b"{}").unwrap())));
        let later = Instant::parse("2026-11-30T12:00:00Z").unwrap();
        assert_eq!(second.signatures("1", later, b"{}").unwrap().split(' ').count(), 1);
    }

    #[test]
    fn a_secret_that_is_damaged_signs_nothing() {
        let now = Instant::parse("2026-11-29T12:00:00Z").unwrap();
        for secret in ["", "whsec_", "whsec_no Base64", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            let signing = Signing { secret: Hidden(secret.into()), former: None };
            assert!(signing.signatures("1", now, b"{}").is_err(), "{secret}");
        }
    }
}
