//! A sign-in that waits for the provider's answer.
//!
//! The server keeps nothing of a pending sign-in. A cookie carries state, nonce and the verifier of PKCE, under a MAC of the
//! store's secret. So any process of a store takes the answer, and only from the browser that began the sign-in.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use xapi::instant::Instant;

/// How long a person may take at the provider, in seconds.
pub(super) const SECONDS: i64 = 600;

/// What a cookie carries between the start of a sign-in and its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) provider: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// When it ends, in microseconds.
    pub(super) until: i64,
}

impl Pending {
    /// As the cookie carries it.
    #[expect(clippy::expect_used, reason = "texts and a number are JSON")]
    pub(super) fn sealed(&self, secret: &[u8; 32]) -> String {
        let text = BASE64.encode(serde_json::to_vec(self).expect("texts and a number"));
        let mac = BASE64.encode(mac(secret, &text).finalize().into_bytes());
        format!("{text}.{mac}")
    }

    /// The pending sign-in of a cookie. `None` where the MAC is another one, where the cookie is of another provider or
    /// state, and from `until` on.
    pub(super) fn opened(
        sealed: &str,
        secret: &[u8; 32],
        provider: &str,
        state: &str,
        now: Instant,
    ) -> Option<Self> {
        let (text, shown) = sealed.split_once('.')?;
        mac(secret, text).verify_slice(&BASE64.decode(shown).ok()?).ok()?;
        let pending: Self = serde_json::from_slice(&BASE64.decode(text).ok()?).ok()?;
        let is_same = pending.provider == provider && pending.state == state;
        (is_same && pending.until > now.micros()).then_some(pending)
    }
}

fn mac(secret: &[u8; 32], text: &str) -> Hmac<Sha256> {
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(secret) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(b"oidc sign-in\n");
    mac.update(text.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_opens_for_its_provider_and_state_until_it_ends() {
        let pending = Pending {
            provider: "ente".into(),
            state: "s".into(),
            nonce: "n".into(),
            verifier: "v".into(),
            until: 10,
        };
        let sealed = pending.sealed(&[7; 32]);
        let open = |sealed: &str, secret: u8, provider: &str, state: &str, now: i64| {
            Pending::opened(sealed, &[secret; 32], provider, state, Instant::from_micros(now))
        };
        assert_eq!(open(&sealed, 7, "ente", "s", 9), Some(pending));
        for (sealed, secret, provider, state, now) in [
            (sealed.as_str(), 8, "ente", "s", 9),
            (&sealed, 7, "other", "s", 9),
            (&sealed, 7, "ente", "x", 9),
            (&sealed, 7, "ente", "s", 10),
            (&sealed[1..], 7, "ente", "s", 9),
            ("", 7, "ente", "s", 9),
            (".", 7, "ente", "s", 9),
        ] {
            assert_eq!(open(sealed, secret, provider, state, now), None, "{sealed} {now}");
        }
    }
}
