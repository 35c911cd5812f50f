//! Inverse functional identifiers: what makes two Agents the same (xAPI 1.0.3 Data 2.4.2.3).

use std::fmt;

use crate::json::Node;
use crate::json::Shape::{self, Members, Scalar};

/// The one property by which an Agent or Group is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ifi {
    /// `mbox`, with its `mailto:`.
    Mbox(String),
    /// `mbox_sha1sum`, in lower case.
    MboxSha1Sum(String),
    /// `openid`.
    OpenId(String),
    /// `account`.
    Account {
        /// The system the account belongs to.
        home_page: String,
        /// The account's name within it.
        name: String,
    },
}

/// An account, as part of [`AGENT`].
pub const ACCOUNT: Shape = Members(&[("homePage", Scalar), ("name", Scalar)]);

/// What is read of an Agent or Group by those who ask who it is: [`of`], and of what type.
pub const AGENT: Shape = Members(&[
    ("objectType", Scalar),
    ("mbox", Scalar),
    ("mbox_sha1sum", Scalar),
    ("openid", Scalar),
    ("account", ACCOUNT),
]);

/// The identifier of an Agent or Group; nothing for an anonymous Group and for what is neither.
/// Names, members and object type do not matter.
pub fn of<N: Node>(agent: &N) -> Option<Ifi> {
    let text = |value: &N, key: &str| Some(value.get(key)?.as_str()?.to_owned());
    if let Some(mbox) = text(agent, "mbox") {
        return Some(Ifi::Mbox(mbox));
    }
    if let Some(sum) = text(agent, "mbox_sha1sum") {
        return Some(Ifi::MboxSha1Sum(sum.to_ascii_lowercase()));
    }
    if let Some(openid) = text(agent, "openid") {
        return Some(Ifi::OpenId(openid));
    }
    let account = agent.get("account")?;
    Some(Ifi::Account { home_page: text(account, "homePage")?, name: text(account, "name")? })
}

/// A canonical text, equal for equal identifiers only: `mbox::mailto:x@y`,
/// `account::name@homePage`.
impl fmt::Display for Ifi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mbox(mbox) => write!(f, "mbox::{mbox}"),
            Self::MboxSha1Sum(sum) => write!(f, "mbox_sha1sum::{sum}"),
            Self::OpenId(openid) => write!(f, "openid::{openid}"),
            Self::Account { home_page, name } => write!(f, "account::{name}@{home_page}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::of;

    #[test]
    fn each_identifier_has_its_canonical_text() {
        let text = |agent| of(&agent).map(|ifi| ifi.to_string());
        assert_eq!(text(json!({"mbox": "mailto:x@y"})).unwrap(), "mbox::mailto:x@y");
        assert_eq!(text(json!({"mbox_sha1sum": "AB"})).unwrap(), "mbox_sha1sum::ab");
        assert_eq!(text(json!({"openid": "http://x.it/1"})).unwrap(), "openid::http://x.it/1");
        let account = json!({"account": {"homePage": "http://x.it", "name": "n"}});
        assert_eq!(text(account).unwrap(), "account::n@http://x.it");
        assert_eq!(text(json!({"objectType": "Group", "member": []})), None);
    }
}
