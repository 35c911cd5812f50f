//! How statements name a person: the four inverse functional identifiers of an Agent.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use texts::Message;
use validator::json::Node;

use super::error::{MOST_FAULTS, clipped};

/// One inverse functional identifier (xAPI 1.0.3 Data 2.4.2.1). Its text, by `Display`, is the
/// name of the person in stores and indexes: `mbox::mailto:x@y`, `mbox_sha1sum::hex`,
/// `openid::uri` or `account::name@homePage`. Two are equal only if every character is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    /// A mail address with its scheme, `mailto:x@y`.
    Mbox(String),
    /// The SHA-1 of such a text, in hexadecimal.
    MboxSha1sum(String),
    /// An `OpenID` URI.
    Openid(String),
    /// An account on some system.
    Account {
        /// The IRI of the system.
        #[serde(rename = "homePage")]
        home_page: String,
        /// The account's name or number there.
        name: String,
    },
}

impl Identifier {
    /// The identifier of an Agent object; `None` for a Group or where there is none.
    pub fn of_agent<N: Node>(agent: &N) -> Option<Self> {
        if agent.get("objectType").is_some_and(|kind| kind.as_str() != Some("Agent")) {
            return None;
        }
        let text = |key: &str| agent.get(key).and_then(N::as_str).map(str::to_owned);
        if let Some(account) = agent.get("account") {
            let home_page = account.get("homePage")?.as_str()?.to_owned();
            let name = account.get("name")?.as_str()?.to_owned();
            return Some(Self::Account { home_page, name });
        }
        text("mbox")
            .map(Self::Mbox)
            .or_else(|| text("mbox_sha1sum").map(Self::MboxSha1sum))
            .or_else(|| text("openid").map(Self::Openid))
    }

    /// Reads several identifiers separated by `;`, each once, in their order; and what is none, of
    /// which there may be more than is told.
    pub(super) fn read_all(text: &str) -> (Vec<Self>, Vec<IdentifierError>) {
        let (mut all, mut wrong) = (Vec::new(), Vec::new());
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            match part.parse::<Self>() {
                Ok(identifier) => all.push(identifier),
                Err(error) => wrong.push(error),
            }
            if wrong.len() > MOST_FAULTS {
                break;
            }
        }
        each_once(&mut all);
        (all, wrong)
    }

    /// The identifier as learner lists write it: [`FromStr`] reads it back.
    pub fn listed(&self) -> String {
        match self {
            Self::Mbox(mbox) => mbox.clone(),
            Self::MboxSha1sum(hash) => format!("mbox_sha1sum:{hash}"),
            Self::Openid(uri) => format!("openid:{uri}"),
            Self::Account { home_page, name } => format!("account:{home_page}|{name}"),
        }
    }

    /// The Agent that this identifies, without a name.
    pub fn to_agent(&self) -> Value {
        match self {
            Self::Mbox(mbox) => json!({"objectType": "Agent", "mbox": mbox}),
            Self::MboxSha1sum(hash) => json!({"objectType": "Agent", "mbox_sha1sum": hash}),
            Self::Openid(uri) => json!({"objectType": "Agent", "openid": uri}),
            Self::Account { home_page, name } => json!({
                "objectType": "Agent",
                "account": {"homePage": home_page, "name": name},
            }),
        }
    }

    /// How many bytes its parts have.
    pub(super) const fn length(&self) -> usize {
        match self {
            Self::Mbox(text) | Self::MboxSha1sum(text) | Self::Openid(text) => text.len(),
            Self::Account { home_page, name } => home_page.len() + name.len(),
        }
    }

    /// The hashed form under which players that hide addresses name the same person: for a mail
    /// address its SHA-1 over the text with `mailto:`, for the others `None`.
    pub fn hashed(&self) -> Option<Self> {
        let Self::Mbox(mbox) = self else { return None };
        let digest = Sha1::digest(mbox.as_bytes());
        Some(Self::MboxSha1sum(
            digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}")),
        ))
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mbox(mbox) => write!(f, "mbox::{mbox}"),
            Self::MboxSha1sum(hash) => write!(f, "mbox_sha1sum::{hash}"),
            Self::Openid(uri) => write!(f, "openid::{uri}"),
            Self::Account { home_page, name } => write!(f, "account::{name}@{home_page}"),
        }
    }
}

/// Removes what is in a list already, in time that grows with its length.
pub(super) fn each_once(identifiers: &mut Vec<Identifier>) {
    let mut seen = HashSet::with_capacity(identifiers.len());
    let is_new: Vec<bool> = identifiers.iter().map(|identifier| seen.insert(identifier)).collect();
    drop(seen);
    let mut is_new = is_new.into_iter();
    identifiers.retain(|_| is_new.next().unwrap_or_default());
}

/// A text that is no identifier, the beginning of it, and what it should look like.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum IdentifierError {
    /// It begins with none of the known kinds.
    Kind(String),
    /// `account:` without a home page or a name.
    Account(String),
    /// `mailto:` or `mbox:` without an address.
    Mbox(String),
    /// `mbox_sha1sum:` without 40 hexadecimal digits.
    MboxSha1sum(String),
    /// `openid:` without a URI.
    Openid(String),
}

impl IdentifierError {
    /// What is wrong and what to write.
    pub fn message(&self) -> Message {
        let (message, text) = match self {
            Self::Kind(text) => (Message::new("identifier-kind"), text),
            Self::Account(text) => (Message::new("identifier-account"), text),
            Self::Mbox(text) => (Message::new("identifier-mbox"), text),
            Self::MboxSha1sum(text) => (Message::new("identifier-mbox-sha1sum"), text),
            Self::Openid(text) => (Message::new("identifier-openid"), text),
        };
        message.with("text", text)
    }
}

/// Whether a text begins with the scheme of an IRI (RFC 3987, 2.2).
fn is_iri(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        let mut letters = scheme.chars();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

impl FromStr for Identifier {
    type Err = IdentifierError;

    /// Reads an identifier as learner lists write it: `account:HOMEPAGE|NAME`, `mailto:x@y`
    /// (also `mbox:x@y` and `mbox:mailto:x@y`), `mbox_sha1sum:HEX`, `openid:URI`; or as reports write it, see
    /// [`Identifier`]. In `account::NAME@HOMEPAGE` the home page begins behind the last `@` that an IRI follows.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let text = text.trim();
        let shown = || clipped(text).into_owned();
        let (kind, rest) = text.split_once(':').ok_or_else(|| IdentifierError::Kind(shown()))?;
        let (rest, is_reported) =
            rest.strip_prefix(':').map_or((rest, false), |reported| (reported, true));
        match kind {
            "account" if is_reported => {
                let ends = rest.rmatch_indices('@').map(|(at, _)| rest.split_at(at));
                let mut accounts = ends.map(|(name, page)| (name, page.trim_start_matches('@')));
                let is_account = |(name, page): &(&str, &str)| !name.is_empty() && is_iri(page);
                let account = accounts.find(is_account);
                let (name, home_page) = account.ok_or_else(|| IdentifierError::Account(shown()))?;
                Ok(Self::Account { home_page: home_page.to_owned(), name: name.to_owned() })
            }
            "account" => match rest.split_once('|') {
                Some((home_page, name)) if home_page.contains(':') && !name.is_empty() => {
                    Ok(Self::Account { home_page: home_page.to_owned(), name: name.to_owned() })
                }
                _ => Err(IdentifierError::Account(shown())),
            },
            "mailto" | "mbox" => {
                let address = rest.strip_prefix("mailto:").unwrap_or(rest);
                let is_address = address
                    .split_once('@')
                    .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
                    && !address.contains(char::is_whitespace);
                is_address
                    .then(|| Self::Mbox(format!("mailto:{address}")))
                    .ok_or_else(|| IdentifierError::Mbox(shown()))
            }
            "mbox_sha1sum" => (rest.len() == 40 && rest.chars().all(|c| c.is_ascii_hexdigit()))
                .then(|| Self::MboxSha1sum(rest.to_owned()))
                .ok_or_else(|| IdentifierError::MboxSha1sum(shown())),
            "openid" => rest
                .contains(':')
                .then(|| Self::Openid(rest.to_owned()))
                .ok_or_else(|| IdentifierError::Openid(shown())),
            _ => Err(IdentifierError::Kind(shown())),
        }
    }
}
