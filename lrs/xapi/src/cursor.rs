//! Where a page of statements ended, and of which query, signed so that a client cannot make one up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sha2::Sha256;

use super::instant::Instant;
use super::parameters::Parameters;
use super::refusal::Refusal;

/// The name of the one parameter of a `more` link.
const NAME: &str = "cursor";
const CLAUSE: &str = "xAPI 1.0.3 Data 2.5";
/// What would be read otherwise in the query that a cursor carries.
const VALUE: &AsciiSet = &CONTROLS.add(b'%').add(b'&').add(b'=').add(b'+');
const MAC_LENGTH: usize = 16;
/// Beyond this a URL is too long for servers.
const LONGEST: usize = 60_000;

/// Signs and reads cursors. A cursor holds no state at the server: it carries the query that it
/// continues and the last statement that was given, so that it never expires.
#[derive(Clone)]
pub struct Cursors {
    secret: [u8; 32],
}

impl Cursors {
    /// Cursors under `secret`, which all nodes of one store share.
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// The query string that asks for what follows `last` under the same `parameters`: a cursor
    /// alone, of letters, digits, `-` and `_`, so that no client can take it apart wrongly. A query
    /// that makes a link too long for a URL is refused.
    pub fn continue_after(
        &self,
        parameters: &Parameters,
        last: Instant,
    ) -> Result<String, Refusal> {
        let mut query = String::new();
        for (name, value) in parameters.iter() {
            query.push_str(if query.is_empty() { "" } else { "&" });
            query.push_str(name);
            query.push('=');
            query.extend(utf8_percent_encode(value, VALUE));
        }
        let mut token = last.micros().to_be_bytes().to_vec();
        let mac = self.mac(last, &query).finalize().into_bytes();
        token.extend(mac.iter().take(MAC_LENGTH));
        token.extend(query.as_bytes());
        let link = format!("{NAME}={}", URL_SAFE_NO_PAD.encode(token));
        if link.len() > LONGEST {
            return Err(Refusal::new(
                "query-too-long",
                CLAUSE,
                "The query is so long that the link to its next page is no URL.",
                "Send a shorter `agent` or `activity`, or a larger `limit`.",
            ));
        }
        Ok(link)
    }

    /// The query that a request asks, and where the page before ended: what its cursor carries,
    /// or its own `parameters` from the start. A cursor stands alone.
    pub fn resume(&self, parameters: Parameters) -> Result<(Parameters, Option<Instant>), Refusal> {
        let Some(cursor) = parameters.get(NAME) else { return Ok((parameters, None)) };
        let refusal = |detail| {
            let remedy = "Follow the `more` link of a result as it is, or start again without it.";
            Refusal::new("cursor-forged", CLAUSE, detail, remedy)
        };
        if parameters.iter().count() > 1 {
            return Err(refusal("The parameter `cursor` stands beside others."));
        }
        let opened = self.open(cursor);
        let (last, query) =
            opened.ok_or_else(|| refusal("The parameter `cursor` was not issued here."))?;
        Ok((Parameters::parse(&query)?, Some(last)))
    }

    fn open(&self, cursor: &str) -> Option<(Instant, String)> {
        let token = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (micros, rest) = token.split_first_chunk::<8>()?;
        let (mac, query) = rest.split_first_chunk::<MAC_LENGTH>()?;
        let last = Instant::from_micros(i64::from_be_bytes(*micros));
        let query = str::from_utf8(query).ok()?;
        self.mac(last, query).verify_truncated_left(mac).ok()?;
        Some((last, query.to_owned()))
    }

    fn mac(&self, last: Instant, query: &str) -> Hmac<Sha256> {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.secret);
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new(&block.into());
        mac.update(&last.micros().to_be_bytes());
        mac.update(query.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Parameters {
        Parameters::parse(query).unwrap()
    }

    #[test]
    fn a_cursor_alone_is_the_query_and_where_it_ended() {
        let cursors = Cursors::new([7; 32]);
        let last = Instant::from_micros(42);
        for query in ["limit=2&verb=https%3A%2F%2Fv.example%2F%3Fa%3D1%26b%3D%252B%2Bc+%C3%A8", ""]
        {
            let asked = parameters(query);
            let more = cursors.continue_after(&asked, last).unwrap();
            let token = more.strip_prefix("cursor=").unwrap();
            assert!(
                token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
                "{more}"
            );
            assert_eq!(cursors.resume(parameters(&more)), Ok((asked, Some(last))));
        }
        assert_eq!(cursors.resume(parameters("limit=2")), Ok((parameters("limit=2"), None)));
    }

    #[test]
    fn a_cursor_that_was_made_up_or_changed_or_has_company_is_refused() {
        let cursors = Cursors::new([7; 32]);
        let asked = parameters("limit=2");
        let more = cursors.continue_after(&asked, Instant::from_micros(42)).unwrap();
        let wider = URL_SAFE_NO_PAD.decode(more.trim_start_matches("cursor=")).unwrap();
        let wider = String::from_utf8_lossy(&wider).replace("limit=2", "limit=3");
        for other in [
            format!("{more}&limit=2"),
            format!("cursor={}", URL_SAFE_NO_PAD.encode(wider)),
            "cursor=AAAA".to_owned(),
            "cursor=".to_owned(),
        ] {
            assert_eq!(cursors.resume(parameters(&other)).unwrap_err().rule, "cursor-forged");
        }
        assert!(Cursors::new([8; 32]).resume(parameters(&more)).is_err());
    }

    #[test]
    fn a_link_is_no_longer_than_a_url_may_be() {
        let cursors = Cursors::new([7; 32]);
        let long = |length: usize| parameters(&format!("activity={}", "a".repeat(length)));
        let link = |length| cursors.continue_after(&long(length), Instant::default());
        assert!(link(44_000).is_ok());
        assert_eq!(link(46_000).unwrap_err().rule, "query-too-long");
    }
}
