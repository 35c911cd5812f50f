//! Where a page of statements ended, signed so that nobody can make one up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;

use super::instant::Instant;
use super::parameters::Parameters;
use super::refusal::Refusal;

const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const MAC_LENGTH: usize = 16;

/// Signs and checks cursors. A cursor holds no state at the server: it is the query it continues
/// and the last statement that was given, so that it never expires.
#[derive(Clone)]
pub struct Cursors {
    secret: [u8; 32],
}

impl Cursors {
    /// Cursors under `secret`, which all nodes of one store share.
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// The query string that asks for what follows `last` under the same `parameters`.
    pub fn continue_after(&self, parameters: &Parameters, last: Instant) -> String {
        let mut query = String::new();
        for (name, value) in parameters.iter().filter(|(name, _)| *name != "cursor") {
            query.push_str(name);
            query.push('=');
            query.extend(utf8_percent_encode(value, VALUE));
            query.push('&');
        }
        let mut token = last.micros().to_be_bytes().to_vec();
        let mac = self.mac(parameters, last).finalize().into_bytes();
        token.extend(mac.iter().take(MAC_LENGTH));
        query + "cursor=" + &URL_SAFE_NO_PAD.encode(token)
    }

    /// Where the page ended that `parameters` continue; `None` when they start afresh.
    pub fn read(&self, parameters: &Parameters) -> Result<Option<Instant>, Refusal> {
        let Some(cursor) = parameters.get("cursor") else { return Ok(None) };
        self.open(parameters, cursor).map(Some).ok_or_else(|| {
            Refusal::new(
                "cursor-forged",
                "xAPI 1.0.3 Data 2.5",
                "The parameter `cursor` was not issued for this query.",
                "Follow the `more` link of a result as it is, or start again without `cursor`.",
            )
        })
    }

    fn open(&self, parameters: &Parameters, cursor: &str) -> Option<Instant> {
        let token = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (micros, mac) = token.split_first_chunk::<8>()?;
        let last = Instant::from_micros(i64::from_be_bytes(*micros));
        let expected = self.mac(parameters, last);
        (mac.len() == MAC_LENGTH && expected.verify_truncated_left(mac).is_ok()).then_some(last)
    }

    fn mac(&self, parameters: &Parameters, last: Instant) -> Hmac<Sha256> {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.secret);
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new(&block.into());
        for (name, value) in parameters.iter().filter(|(name, _)| *name != "cursor") {
            for part in [name, value] {
                mac.update(&(part.len() as u64).to_be_bytes());
                mac.update(part.as_bytes());
            }
        }
        mac.update(&last.micros().to_be_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_continues_the_query_it_was_issued_for_and_no_other() {
        let cursors = Cursors::new([7; 32]);
        let parameters = Parameters::parse("verb=https%3A%2F%2Fv.example%2Fv&limit=2").unwrap();
        let last = Instant::from_micros(42);
        let more = cursors.continue_after(&parameters, last);
        let read = |query: &str| cursors.read(&Parameters::parse(query).unwrap());

        assert_eq!(read(&more), Ok(Some(last)));
        assert!(read(&more.replace("limit=2", "limit=3")).is_err());
        assert!(read("limit=2&cursor=AAAA").is_err());
        assert_eq!(read("limit=2"), Ok(None));
        assert!(Cursors::new([8; 32]).read(&Parameters::parse(&more).unwrap()).is_err());
    }
}
