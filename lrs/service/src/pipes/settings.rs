//! What people set of a pipe, and what is kept of one: settings, credentials and state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::PipeError;
use super::erasing::{ErasureNotice, ToldErasure};
use super::webhook::Signing;
use store::{HeldPipe, StoreError};
use xapi::instant::Instant;

/// The longest name of a pipe, in bytes.
const LONGEST_NAME: usize = 64;
/// The most entries of a list of a filter.
const MOST_ENTRIES: usize = 1_000;
/// The longest time between two readings of a source, and the longest overlap, in seconds: 90 days.
const LONGEST_TIME: u64 = 90 * 24 * 3600;

/// More refused statements of one authority than this, and a push sends no more of that authority's. Few in tests, so that they are
/// soon reached.
const MOST_REFUSED: u64 = if cfg!(test) { 10 } else { 1_000 };
/// Of how many authorities refused statements are counted.
const MOST_COUNTED: usize = 1_000;

/// Which way statements go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PipeDirection {
    /// From this store to the other one.
    Push,
    /// From the other store to this one.
    Pull,
    /// From this store to an address that takes signed events, one for each statement.
    Webhook,
}

/// What becomes of statements on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PipeMapping {
    /// They stay as they are, under their ids.
    #[default]
    Full,
    /// People have pseudonyms under the pipe's secret; new ids.
    Pseudonymised,
    /// They are statements of xAPI 1.0.3; new ids.
    Downgraded,
}

/// Which instant of its statements a source filters `since` by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadsBy {
    /// `stored`, as the standard says (Communication 2.1.3).
    #[default]
    Stored,
    /// `timestamp`, as Ralph does: an overlap must cover how late statements may come.
    Timestamp,
}

/// Which statements travel: those that meet every condition. Statements that void travel with every filter but `since`,
/// since they name a statement and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PipeFilter {
    /// Beginnings of the IRI of the activity; one of them.
    pub activities: Vec<String>,
    /// IRIs of verbs; one of them.
    pub verbs: Vec<String>,
    /// The id of a course of this store: its activities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    /// Home pages of the actor's account; one of them.
    pub home_pages: Vec<String>,
    /// Names of reactions of this store: the statements that one of them wrote.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<String>,
    /// Where the pipe begins: statements stored after this instant, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// What people set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipeSettings {
    /// Which way statements go.
    pub direction: PipeDirection,
    /// The xAPI end point of the other store, as `https://lrs.example.org/xapi`: what stands before `/statements`.
    pub url: String,
    /// The user name of HTTP Basic there; the name of the key where the other store is a Traccia.
    #[serde(default)]
    pub user: String,
    /// Which statements travel.
    #[serde(default)]
    pub filter: PipeFilter,
    /// What becomes of them.
    #[serde(default)]
    pub mapping: PipeMapping,
    /// Whether a push leaves `stored` and `authority` of this store in the statements, for a receiver that keeps them
    /// as their origin. Some stores refuse an authority that is not the sender's.
    #[serde(default)]
    pub keeps_origin: bool,
    /// The version of xAPI in which a pull asks: `1.0.3` or `2.0.0`.
    #[serde(default = "first_version")]
    pub version: String,
    /// How often a pull looks for new statements, in seconds.
    #[serde(default = "often")]
    pub every_seconds: u64,
    /// How far before its cursor a pull begins to read again, in seconds; null for a millisecond where the source sends
    /// `X-Experience-API-Consistent-Through`, and a minute where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_seconds: Option<u64>,
    /// Which instant the source of a pull filters by.
    #[serde(default)]
    pub reads_by: ReadsBy,
}

fn first_version() -> String {
    "1.0.3".to_owned()
}

const fn often() -> u64 {
    10
}

impl PipeSettings {
    /// Refuses settings that cannot work, with the setting and what to do.
    pub fn check(&self) -> Result<(), PipeError> {
        let wrong = |setting: &'static str, why: &str| {
            Err(PipeError::Setting { setting, why: why.to_owned() })
        };
        self.endpoint()?;
        if self.user.contains(':') {
            return wrong("user", "a user name of HTTP Basic has no colon");
        }
        if self.version != "1.0.3" && self.version != "2.0.0" {
            return wrong("version", "it is 1.0.3 or 2.0.0");
        }
        if self.every_seconds == 0 || self.every_seconds > LONGEST_TIME {
            return wrong("every_seconds", "it is from 1 to 7776000, which are 90 days");
        }
        if self.overlap_seconds.is_some_and(|it| it > LONGEST_TIME) {
            return wrong("overlap_seconds", "it is at most 7776000, which are 90 days");
        }
        let PipeFilter { activities, verbs, home_pages, reactions, since, .. } = &self.filter;
        for (setting, list) in [
            ("filter.activities", activities),
            ("filter.verbs", verbs),
            ("filter.home_pages", home_pages),
            ("filter.reactions", reactions),
        ] {
            if list.len() > MOST_ENTRIES || list.iter().any(String::is_empty) {
                return wrong(setting, "it has at most 1000 entries, and none that is empty");
            }
        }
        if since.as_deref().is_some_and(|text| Instant::parse(text).is_none()) {
            return wrong("filter.since", "it is a timestamp, as 2026-01-01T00:00:00Z");
        }
        Ok(())
    }

    /// The end point, with a slash at its end, so that resources are joined to it; of a webhook the address as it is.
    pub fn endpoint(&self) -> Result<Url, PipeError> {
        let wrong = |why: &str| PipeError::Setting { setting: "url", why: why.to_owned() };
        let is_whole = self.direction == PipeDirection::Webhook;
        let joined = || format!("{}/", self.url.trim_end_matches('/'));
        let text = if is_whole { self.url.clone() } else { joined() };
        let url = Url::parse(&text).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
            return Err(wrong("it begins with https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("user and password have settings of their own"));
        }
        if (url.query().is_some() && !is_whole) || url.fragment().is_some() {
            return Err(wrong("it has no query and no fragment"));
        }
        Ok(url)
    }

    /// Scheme, host and port of the address, for those who may not see all of it: path and query of a webhook are often
    /// its secret.
    ///
    /// # Errors
    /// See [`Self::endpoint`].
    pub fn place(&self) -> Result<String, PipeError> {
        Ok(self.endpoint()?.origin().ascii_serialization())
    }

    /// Where a pipe begins that is made `now`: with the oldest statement, or, of a webhook, with the next one, where
    /// nothing else is set.
    pub(super) fn beginning(&self, now: Instant) -> Instant {
        let usual = if self.direction == PipeDirection::Webhook { now } else { Instant::default() };
        self.filter.since.as_deref().and_then(Instant::parse).unwrap_or(usual)
    }
}

/// Refuses a name that cannot stand in an address.
pub(super) fn check_name(name: &str) -> Result<(), PipeError> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if begins && name.len() <= LONGEST_NAME && name.chars().all(is_good) {
        return Ok(());
    }
    let why = "it has 1 to 64 letters, digits, hyphens, dots and underscores, and begins with a letter or digit";
    Err(PipeError::Setting { setting: "name", why: why.to_owned() })
}

/// A secret that is not printed, whatever prints the value around it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "Hidden()" } else { "Hidden(…)" })
    }
}

/// Why a pipe rests until somebody resumes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipePause {
    /// Whether the pipe stopped by itself, which is an alarm, and not because somebody asked for it.
    pub is_alarm: bool,
    /// Why.
    pub reason: String,
    /// Since when, in microseconds.
    pub at: i64,
}

/// What the other store answered last, or why it did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAnswer {
    /// When, in microseconds.
    pub at: i64,
    /// Its status; 0 where there was no answer.
    pub status: u16,
    /// Whether it was what was hoped for.
    pub is_good: bool,
    /// What it said, in short.
    pub detail: String,
}

/// An authority of which too many statements were refused: what is wrong with them keeps no statement of others
/// from being sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// The text of the authority.
    pub authority: String,
    /// The `stored` of its last statement that was sent, in microseconds.
    pub since: i64,
}

/// How far a pipe is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipeState {
    /// Of a push, the `stored` of the last statement that is done with; of a pull, where the source is read on from. In
    /// microseconds.
    pub cursor: i64,
    /// Why the pipe rests; `None` while it works.
    pub paused: Option<PipePause>,
    /// How often in a row the other store was not to be reached, or asked to be left alone.
    pub attempts: u32,
    /// When it is asked again, in microseconds.
    pub retry_at: Option<i64>,
    /// The last answer.
    pub last: Option<LastAnswer>,
    /// How many statements the pipe has delivered.
    pub delivered: u64,
    /// Of a push: how many statements of each authority were refused since the pipe was resumed, by the text of the authority.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, u64>,
    /// Of a push: whose statements are sent no more until the pipe is resumed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_back: Vec<HeldBack>,
    /// Of a pull: an instant by the source's clock up to which everything has been read. In microseconds.
    pub through: Option<i64>,
    /// Of a pull: whether the source says up to where it is consistent.
    pub is_consistent: bool,
    /// Erasures that the other store has to be told of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erasures: Vec<ErasureNotice>,
    /// How many erasures to be done by hand are in `erasures` no more, since too many later ones are.
    #[serde(default)]
    pub erasures_forgotten: u64,
    /// The latest erasures that it was told of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<ToldErasure>,
}

impl PipeState {
    /// Counts a refused statement of an authority. True where there were too many.
    pub(super) fn refuse(&mut self, authority: &str) -> bool {
        let is_counted = self.refused.len() < MOST_COUNTED || self.refused.contains_key(authority);
        if !is_counted || self.holds_back(authority) {
            return false;
        }
        let count = self.refused.entry(authority.to_owned()).or_default();
        *count += 1;
        *count > MOST_REFUSED
    }

    /// Holds an authority back from `stored` on, where too many of its statements may be among the pipe's dead `letters`: those
    /// that people have dealt with do not count. True where it does.
    pub(super) fn hold_back(&mut self, authority: &str, stored: Instant, letters: u64) -> bool {
        if letters <= MOST_REFUSED {
            self.refused.insert(authority.to_owned(), letters);
            return false;
        }
        self.refused.remove(authority);
        let (authority, since) = (authority.to_owned(), stored.micros());
        self.held_back.push(HeldBack { authority, since });
        true
    }

    pub(super) fn holds_back(&self, authority: &str) -> bool {
        self.held_back.iter().any(|it| it.authority == authority)
    }

    /// Has the pipe begin again with the first statement that was held back.
    pub(super) fn hold_nothing_back(&mut self) {
        let first = self.held_back.iter().map(|it| it.since).min();
        self.cursor = first.map_or(self.cursor, |first| self.cursor.min(first));
        self.held_back.clear();
        self.refused.clear();
    }

    /// Whose statements are held back, for people; `None` where none are.
    pub fn told_held_back(&self) -> Option<String> {
        let one = |HeldBack { authority, since }: &HeldBack| {
            let agent: Option<Value> = serde_json::from_str(authority).ok();
            let name = agent.as_ref().and_then(|it| it.pointer("/account/name")?.as_str());
            format!("`{}` since {}", name.unwrap_or(authority), Instant::from_micros(*since))
        };
        let all: Vec<String> = self.held_back.iter().map(one).collect();
        (!all.is_empty()).then(|| {
            format!(
                "statements are held back of {}: more than {MOST_REFUSED} of each were refused; see to what is wrong with \
                 them and resume the pipe",
                all.join(", ")
            )
        })
    }
}

/// A pipe as its record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipeRecord {
    /// What people set.
    pub settings: PipeSettings,
    /// The password of HTTP Basic.
    pub password: Hidden,
    /// The secret of pseudonyms; empty for none.
    pub secret: Hidden,
    /// What a webhook signs with.
    #[serde(default)]
    pub signing: Signing,
    /// Under which ids of mapped statements are made.
    pub namespace: Uuid,
    /// Counts what people changed.
    pub generation: u64,
    /// How far it is.
    pub state: PipeState,
}

impl PipeRecord {
    pub(super) fn of(held: &HeldPipe) -> Result<Self, StoreError> {
        serde_json::from_str(&held.record)
            .map_err(|error| StoreError::Corrupt(format!("pipe {}: {error}", held.name)))
    }

    pub(super) fn text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::Rejected(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> PipeSettings {
        serde_json::from_str(text).unwrap()
    }

    fn fault(text: &str) -> &'static str {
        match settings(text).check() {
            Err(PipeError::Setting { setting, .. }) => setting,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused_with_their_name() {
        let push =
            |more: &str| format!(r#"{{"direction":"push","url":"https://x.example/xapi"{more}}}"#);
        settings(&push("")).check().unwrap();
        for (more, setting) in [
            (r#","user":"a:b""#, "user"),
            (r#","version":"1.0""#, "version"),
            (r#","every_seconds":0"#, "every_seconds"),
            (r#","overlap_seconds":7776001"#, "overlap_seconds"),
            (r#","filter":{"verbs":[""]}"#, "filter.verbs"),
            (r#","filter":{"since":"yesterday"}"#, "filter.since"),
        ] {
            assert_eq!(fault(&push(more)), setting, "{more}");
        }
        for url in [
            "ftp://x.example",
            "x.example",
            "https://a:b@x.example",
            "https://x.example?a=b",
            "https://x.example/#f",
        ] {
            assert_eq!(fault(&format!(r#"{{"direction":"pull","url":"{url}"}}"#)), "url", "{url}");
        }
    }

    #[test]
    fn the_place_of_an_address_has_no_part_that_may_be_secret() {
        for (url, place) in [
            ("https://hooks.example/services/T0/s3cret?sig=s3cret", "https://hooks.example"),
            ("https://hooks.example:8443/s3cret", "https://hooks.example:8443"),
            ("http://[fd00::7]:9000/s3cret", "http://[fd00::7]:9000"),
        ] {
            let settings = settings(&format!(r#"{{"direction":"webhook","url":"{url}"}}"#));
            assert_eq!(settings.place().unwrap(), place);
        }
    }

    #[test]
    fn a_password_is_printed_nowhere() {
        let record = PipeRecord {
            settings: settings(r#"{"direction":"push","url":"https://x.example/"}"#),
            password: Hidden("hush-hush".into()),
            secret: Hidden("quiet-now".into()),
            signing: Signing { secret: Hidden("still-now".into()), former: None },
            namespace: Uuid::nil(),
            generation: 1,
            state: PipeState::default(),
        };
        let printed = format!("{record:?}");
        assert!(!["hush", "quiet", "still"].iter().any(|it| printed.contains(it)), "{printed}");
        let held = HeldPipe { name: "a".into(), record: record.text().unwrap(), revision: 1 };
        assert_eq!(PipeRecord::of(&held).unwrap(), record);
    }

    #[test]
    fn a_name_can_stand_in_an_address() {
        for name in ["a", "umbria-2026", "A_b.c"] {
            check_name(name).unwrap();
        }
        for name in ["", "-a", "a b", "a/b", "è", &"x".repeat(65)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
