//! People: who signs in.

use serde::{Deserialize, Serialize};

use super::bounds::Bounds;
use super::key::Key;
use super::role::Role;
use super::totp::KeptTotp;
use xapi::authority::Authority;
use xapi::instant::Instant;

/// Somebody who may sign in, without their password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name that they sign in with, in small letters: see [`Person::named`].
    pub name: String,
    /// The name that others call them by.
    pub label: String,
    /// What they do, and so what they may do.
    pub role: Role,
    /// The territory of a regional coordinator; `None` for all others.
    pub bounds: Option<Bounds>,
    /// The identifiers by which statements and learner lists know a learner, as texts; empty for all others.
    pub learner: Vec<String>,
    /// Whether they may not sign in at present.
    pub is_disabled: bool,
    /// When they were added.
    pub created: Instant,
    /// When they last signed in.
    pub last_sign_in: Option<Instant>,
}

impl Person {
    /// The longest name and label, in bytes.
    const LONGEST: usize = 128;
    /// What the name of the key begins with that stands for a person. No key is named so: a key's name has no colon.
    const KEY: &str = "person:";

    /// The name that somebody signs in with who writes `text`: `Anna.Rossi@comune.it ` is `anna.rossi@comune.it`. `None`
    /// where nobody can have the name: 1 to 128 bytes, without colons, white space and control characters.
    pub fn named(text: &str) -> Option<String> {
        let name = text.trim().to_lowercase();
        let fits = !name.is_empty() && name.len() <= Self::LONGEST;
        let is_bad = |c: char| c == ':' || c.is_whitespace() || c.is_control();
        (fits && !name.contains(is_bad)).then_some(name)
    }

    /// Whether people can be called so.
    pub fn can_be_called(label: &str) -> bool {
        label.len() <= Self::LONGEST && !label.chars().any(char::is_control)
    }

    /// The key that stands for a person where a caller is told by a key: in the shares of memory, in bounds, and as
    /// the authority of the presences that they note. Nobody can show it.
    pub(crate) fn as_key(&self, home_page: &str) -> Key {
        let name = format!("{}{}", Self::KEY, self.name);
        Key {
            authority: Authority::of_key(&name, home_page),
            name,
            label: self.label.clone(),
            scopes: self.role.scopes(),
            bounds: self.bounds.clone(),
            created: self.created,
        }
    }
}

/// A person as the store keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPerson {
    /// The person.
    pub person: Person,
    /// Their password, hashed with argon2id, in PHC string form; `None` for somebody who was invited and has not come.
    pub password_hash: Option<String>,
    /// Their second factor, on or about to be.
    pub totp: Option<KeptTotp>,
    /// A link by which they choose a password.
    pub invitation: Option<Invitation>,
    /// The identity provider that alone vouches for them; `None` for somebody who was invited or set up here.
    pub vouched: Option<VouchedBy>,
    /// Grows with each change after which earlier sessions are over.
    pub generation: u32,
}

/// Who a person is to an identity provider. An issuer gives a subject to one person alone, and for ever; names are given anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VouchedBy {
    /// The provider's issuer.
    pub issuer: String,
    /// What the issuer knows the person by.
    pub subject: String,
}

impl KeptPerson {
    /// The person added as new, without a password.
    pub const fn new(person: Person) -> Self {
        let (password_hash, totp, invitation, vouched) = (None, None, None, None);
        Self { person, password_hash, totp, invitation, vouched, generation: 0 }
    }
}

/// A link that is good once, and for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The hash of its secret.
    pub hash: String,
    /// When it ends.
    pub expires: Instant,
}

/// A person's record, as every engine keeps it beside the name, and copies are compared.
#[derive(Serialize, Deserialize)]
struct Record {
    label: String,
    role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bounds: Option<Bounds>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    learner: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    created: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_sign_in: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    totp: Option<KeptTotp>,
    /// Hash, and end in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invitation: Option<(String, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vouched: Option<VouchedBy>,
    #[serde(default)]
    generation: u32,
}

/// A text that is nobody's record.
#[derive(Debug, thiserror::Error)]
#[error("person {name}: {reason}")]
pub struct PersonTextError {
    name: String,
    reason: String,
}

impl KeptPerson {
    /// Everything but the name, as JSON.
    ///
    /// # Errors
    /// [`PersonTextError`], which no person is known to give.
    pub fn text(&self) -> Result<String, PersonTextError> {
        let Self { person, password_hash, totp, invitation, vouched, generation } = self.clone();
        let record = Record {
            label: person.label,
            role: person.role,
            bounds: person.bounds,
            learner: person.learner,
            disabled: person.is_disabled,
            created: person.created.micros(),
            last_sign_in: person.last_sign_in.map(Instant::micros),
            password_hash,
            totp,
            invitation: invitation.map(|it| (it.hash, it.expires.micros())),
            vouched,
            generation,
        };
        let name = person.name;
        serde_json::to_string(&record)
            .map_err(|error| PersonTextError { name, reason: error.to_string() })
    }

    /// The person of this name and [`text`](Self::text).
    ///
    /// # Errors
    /// [`PersonTextError`] for a text that another program wrote.
    pub fn from_text(name: &str, text: &str) -> Result<Self, PersonTextError> {
        let unreadable = |error: serde_json::Error| PersonTextError {
            name: name.to_owned(),
            reason: error.to_string(),
        };
        let record: Record = serde_json::from_str(text).map_err(unreadable)?;
        let person = Person {
            name: name.to_owned(),
            label: record.label,
            role: record.role,
            bounds: record.bounds,
            learner: record.learner,
            is_disabled: record.disabled,
            created: Instant::from_micros(record.created),
            last_sign_in: record.last_sign_in.map(Instant::from_micros),
        };
        let invitation = record
            .invitation
            .map(|(hash, expires)| Invitation { hash, expires: Instant::from_micros(expires) });
        let Record { password_hash, totp, vouched, generation, .. } = record;
        Ok(Self { person, password_hash, totp, invitation, vouched, generation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_however_it_is_typed() {
        for text in ["Anna.Rossi@comune.it", " anna.rossi@COMUNE.it\n"] {
            assert_eq!(Person::named(text).as_deref(), Some("anna.rossi@comune.it"));
        }
        for text in ["", "  ", "a:b", "a b", "a\u{0}b", &"a".repeat(129)] {
            assert_eq!(Person::named(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_person_reads_back_from_their_text() {
        let person = Person {
            name: "anna".into(),
            label: "Anna «Ufficio» Rossi".into(),
            role: Role::RegionalCoordinator,
            bounds: Some(Bounds { regions: vec!["Umbria".into()], ..Bounds::default() }),
            learner: vec!["mailto:anna@example.org".into()],
            is_disabled: true,
            created: Instant::from_micros(7),
            last_sign_in: Some(Instant::from_micros(9)),
        };
        let bare = KeptPerson::new(Person { bounds: None, learner: vec![], ..person.clone() });
        let whole = KeptPerson {
            person,
            password_hash: Some("$argon2id$…".into()),
            totp: Some(KeptTotp { secret: "ABC".into(), is_on: true, used: vec![1, 2] }),
            invitation: Some(Invitation { hash: "h".into(), expires: Instant::from_micros(5) }),
            vouched: Some(VouchedBy { issuer: "https://idp.example".into(), subject: "7".into() }),
            generation: 3,
        };
        for kept in [bare, whole] {
            let text = kept.text().unwrap();
            assert_eq!(KeptPerson::from_text("anna", &text).unwrap(), kept, "{text}");
        }
        assert!(KeptPerson::from_text("anna", "{}").is_err());
    }

    #[test]
    fn the_key_of_a_person_has_a_name_that_no_key_can_have() {
        let person = Person {
            name: "admin".into(),
            label: String::new(),
            role: Role::Administrator,
            bounds: None,
            learner: Vec::new(),
            is_disabled: false,
            created: Instant::default(),
            last_sign_in: None,
        };
        let key = person.as_key("https://lrs.example");
        assert!(!Key::can_be_named(&key.name), "{}", key.name);
        assert_ne!(key.authority, Authority::of_key("admin", "https://lrs.example"));
    }
}
