//! How a pipe speaks to the other store: requests and answers as values, and the trait that carries them.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;
use validator::json::Size;

use super::settings::Hidden;
use xapi::instant::Instant;

/// How long the other store may take for one answer.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// The longest answer to a POST that is read, in bytes.
pub(super) const LONGEST_ANSWER: usize = 1 << 20;
/// The longest page of statements that is read, in bytes.
pub(super) const LONGEST_PAGE: usize = 64 << 20;
/// How much of an answer is read for people, in bytes.
const LONGEST_SAID: usize = 4 << 10;
/// The longest time that a Retry-After is honoured for: a day.
const LONGEST_REST: Duration = Duration::from_hours(24);

/// A request to the other store.
#[derive(Clone, Debug)]
pub struct WireRequest {
    /// Where to. Redirects are not followed: credentials are for this address.
    pub url: Url,
    /// User name and password of HTTP Basic.
    pub credentials: (String, Hidden),
    /// `X-Experience-API-Version`.
    pub version: &'static str,
    /// The media type and bytes of a POST; `None` for a GET.
    pub body: Option<(String, Bytes)>,
    /// Further headers, their names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// How many bytes of an answer are read.
    pub longest: usize,
}

/// An answer of the other store, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WireAnswer {
    /// The status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The address is none that pipes may reach. Trying again does not help.
    #[error("{0}")]
    Address(String),
    /// The other store was not reached, or the connection broke.
    #[error("{0}")]
    Transport(String),
    /// This server has no memory left for the answer now.
    #[error("this server has no memory left for a page of statements now")]
    Memory,
    /// The answer is longer than is read.
    #[error("the answer is longer than {0} bytes")]
    Long(usize),
    /// The answer holds more values than are read.
    #[error("the answer holds more than is read of one")]
    Heavy,
}

/// Whether the values of a text would take more memory than those of a request may: they take many times the bytes of
/// their text, and the other store says how many there are.
pub(super) fn is_heavy(json: &[u8]) -> bool {
    let size = Size::of(json);
    size.weight() > size.limit()
}

/// Carries requests.
#[async_trait]
pub trait PipeWire: Send + Sync + 'static {
    /// Sends a request and gives the answer, whatever its status.
    async fn exchange(&self, request: WireRequest) -> Result<WireAnswer, WireError>;
}

impl WireAnswer {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// For how long the sender is asked to wait (RFC 9110, 10.2.3), a day at the most.
    pub(super) fn retry_after(&self, now: Instant) -> Option<Duration> {
        let text = self.header("retry-after")?.trim();
        let wait = if let Ok(seconds) = text.parse::<u64>() {
            Duration::from_secs(seconds)
        } else {
            let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_microsecond();
            Duration::from_micros(u64::try_from(at.saturating_sub(now.micros())).unwrap_or(0))
        };
        Some(wait.min(LONGEST_REST))
    }

    /// What the answer says, in short, for people.
    pub(super) fn in_short(&self) -> String {
        let head = self.body.get(..LONGEST_SAID).unwrap_or(&self.body);
        in_short(&String::from_utf8_lossy(head))
    }
}

/// The beginning of what another server says, for people.
pub(super) fn in_short(text: &str) -> String {
    const LENGTH: usize = 300;
    // A long text has many words: its beginning is read.
    let text = text.get(..text.floor_char_boundary(LONGEST_SAID)).unwrap_or(text);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().filter(|c| !c.is_control()).take(LENGTH).collect();
    if short.len() < words.len() { short + "…" } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(text: &str) -> Option<u64> {
        let headers = vec![("retry-after".to_owned(), text.to_owned())];
        let now = Instant::parse("2026-11-29T12:00:00Z").unwrap();
        let answer = WireAnswer { status: 429, headers, body: Bytes::new() };
        answer.retry_after(now).map(|it| it.as_secs())
    }

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        for (text, seconds) in [
            ("120", Some(120)),
            ("999999999", Some(24 * 3600)),
            ("Sun, 29 Nov 2026 12:00:30 GMT", Some(30)),
            ("Sun, 29 Nov 2026 11:00:00 GMT", Some(0)),
            ("soon", None),
        ] {
            assert_eq!(wait(text), seconds, "{text}");
        }
    }
}
