//! An identity provider in the settings, and what its claims say of a person by them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use access::role::Role;

/// An identity provider: a section `[[oidc]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Provider {
    /// What names it in addresses: small letters, digits and hyphens.
    pub id: String,
    /// What people read on the button.
    pub title: String,
    /// Its issuer, as its discovery document says it: `https://idp.example.it/realms/ente`.
    pub issuer: String,
    /// The name of this server there.
    pub client_id: String,
    /// A file whose trimmed text is the secret of this server there; empty for a public client.
    pub client_secret_file: PathBuf,
    /// What is asked for beside `openid`; empty for `profile` and `email`.
    pub scopes: Vec<String>,
    /// The claim that is the name of a person; empty for `preferred_username`, and `sub` where that is missing.
    pub name_claim: String,
    /// The claim that is the name that others call a person by; empty for `name`.
    pub label_claim: String,
    /// The claim whose values say the role, with dots between the names of nested claims: `realm_access.roles`; empty for
    /// `roles`.
    pub role_claim: String,
    /// Which value of `role_claim` is which role. Of several, the first in the order of `GET /api/v1/roles` holds.
    pub roles: BTreeMap<String, Role>,
    /// The role of people to whom `roles` gives none; without it they are refused.
    pub default_role: Option<Role>,
    /// The claim that names the regions of a regional coordinator; empty for none.
    pub regions_claim: String,
    /// The claim that names the bodies of a regional coordinator; empty for none.
    pub bodies_claim: String,
    /// The claim that is a learner's mail address, or their identifier as learner lists write it; empty for none.
    pub learner_claim: String,
    /// Whether the provider is asked for claims beside those of the ID token, at its userinfo endpoint.
    pub userinfo: bool,
    /// Whether the provider gives checked addresses alone: `email` counts without `email_verified` then.
    pub addresses_are_checked: bool,
    /// Whether who signs out here stays signed in at the provider.
    pub sign_out_here_alone: bool,
}

/// What a provider says of a person who signs in, by its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The name to have here.
    pub name: String,
    /// The name that others call them by; may be empty.
    pub label: String,
    /// The role; `None` where the settings give none.
    pub role: Option<Role>,
    /// The regions of a regional coordinator.
    pub regions: Vec<String>,
    /// The bodies of a regional coordinator.
    pub bodies: Vec<String>,
    /// The identifiers of a learner, as learner lists write them.
    pub learner: Vec<String>,
}

/// What a provider says of a person, by name.
pub(super) type Claims = serde_json::Map<String, serde_json::Value>;

impl Provider {
    /// What is wrong with the settings, in words that name the setting.
    pub fn fault(&self) -> Option<String> {
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(is_id) {
            return Some(format!(
                "oidc.id is `{}`: use small letters, digits and hyphens",
                self.id
            ));
        }
        let of = |setting: &str| format!("oidc.{setting} of `{}`", self.id);
        let url = url::Url::parse(&self.issuer).ok();
        if !url.as_ref().is_some_and(|url| is_safe(url, url)) {
            return Some(format!("{} is `{}`: use an https:// address", of("issuer"), self.issuer));
        }
        // Discovery 1.0, section 3.
        if self.issuer.contains(['?', '#', '@']) {
            return Some(format!(
                "{} is `{}`: leave out user names, queries and fragments",
                of("issuer"),
                self.issuer
            ));
        }
        if self.client_id.is_empty() {
            return Some(format!(
                "{} is empty: give the client's id at the provider",
                of("client_id")
            ));
        }
        if self.roles.is_empty() && self.default_role.is_none() {
            return Some(format!(
                "{} is empty, and there is no default_role: nobody could sign in",
                of("roles")
            ));
        }
        let gives = |role: Role| {
            self.default_role == Some(role) || self.roles.values().any(|it| *it == role)
        };
        let has_territory = !self.regions_claim.is_empty() || !self.bodies_claim.is_empty();
        if gives(Role::RegionalCoordinator) && !has_territory {
            return Some(format!(
                "{} is empty, and regional coordinators need a territory: set it, or bodies_claim",
                of("regions_claim")
            ));
        }
        if gives(Role::Learner) && self.learner_claim.is_empty() {
            return Some(format!(
                "{} is empty, and learners need an identifier: set it, such as to `email`",
                of("learner_claim")
            ));
        }
        None
    }

    /// What people read on the button: the title, or else the id.
    pub fn shown(&self) -> &str {
        if self.title.is_empty() { &self.id } else { &self.title }
    }

    /// What is asked for beside `openid`.
    pub(super) fn asked_scopes(&self) -> Vec<String> {
        if self.scopes.is_empty() {
            ["profile", "email"].map(str::to_owned).to_vec()
        } else {
            self.scopes.clone()
        }
    }

    /// What claims say of a person. `None` where they have no name.
    pub(super) fn said(&self, claims: &Claims) -> Option<Said> {
        let or = |claim: &str, usual: &str| {
            if claim.is_empty() { usual.to_owned() } else { claim.to_owned() }
        };
        // Whoever types an address at the provider has it there; only a verified one is theirs (Core 1.0, section 5.7).
        let is_verified = claims
            .get("email_verified")
            .map_or(self.addresses_are_checked, |it| *it == true || *it == "true");
        let all = |claim: &str| {
            let is_left_out = claim.is_empty() || claim == "email" && !is_verified;
            if is_left_out { Vec::new() } else { texts(claims, claim) }
        };
        let first = |claim: &str| all(claim).into_iter().find(|text| !text.trim().is_empty());
        let name = if self.name_claim.is_empty() {
            first("preferred_username").or_else(|| first("sub"))
        } else {
            first(&self.name_claim)
        };
        let values = all(&or(&self.role_claim, "roles"));
        let given = values.iter().filter_map(|value| self.roles.get(value).copied()).min();
        // An address is an address, whatever it looks like.
        let identifier = |text: String| {
            let is_whole = self.learner_claim != "email" && text.contains(':');
            if is_whole { text } else { format!("mailto:{text}") }
        };
        Some(Said {
            name: name?,
            label: first(&or(&self.label_claim, "name")).unwrap_or_default(),
            role: given.or(self.default_role),
            regions: all(&self.regions_claim),
            bodies: all(&self.bodies_claim),
            learner: all(&self.learner_claim).into_iter().map(identifier).collect(),
        })
    }
}

/// Whether an address of a provider may be used: by HTTPS, or where the issuer is on this machine, there by HTTP too.
pub(super) fn is_safe(url: &url::Url, issuer: &url::Url) -> bool {
    url.scheme() == "https" || url.scheme() == "http" && is_local(url) && is_local(issuer)
}

/// Whether an address is of this machine.
pub(super) fn is_local(url: &url::Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// The texts of a claim: of one, of a list, or of what stands behind dots, as in `realm_access.roles`.
fn texts(claims: &Claims, claim: &str) -> Vec<String> {
    let mut path = claim.split('.');
    let first = path.next().and_then(|name| claims.get(name));
    let whole = claims.get(claim);
    let found = whole.or_else(|| path.try_fold(first?, |value, name| value.get(name)));
    match found {
        Some(serde_json::Value::String(text)) => vec![text.clone()],
        Some(serde_json::Value::Array(list)) => {
            list.iter().filter_map(|it| it.as_str()).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn provider() -> Provider {
        Provider {
            id: "ente".into(),
            issuer: "https://idp.example.it".into(),
            client_id: "traccia".into(),
            role_claim: "realm_access.roles".into(),
            roles: BTreeMap::from([
                ("admin".into(), Role::Administrator),
                ("coord".into(), Role::RegionalCoordinator),
                ("learn".into(), Role::Learner),
            ]),
            regions_claim: "regions".into(),
            learner_claim: "email".into(),
            ..Provider::default()
        }
    }

    fn said(provider: &Provider, claims: &serde_json::Value) -> Option<Said> {
        provider.said(claims.as_object().unwrap())
    }

    #[test]
    fn claims_say_name_role_and_territory_by_the_settings() {
        let claims = json!({"sub": "7", "preferred_username": "anna", "email": "a@x.it", "email_verified": true, "name": "Anna", "regions": ["Umbria", 7],
            "realm_access": {"roles": ["coord", "other", "admin"]}});
        let expected = Said {
            name: "anna".into(),
            label: "Anna".into(),
            role: Some(Role::Administrator),
            regions: vec!["Umbria".into()],
            bodies: vec![],
            learner: vec!["mailto:a@x.it".into()],
        };
        assert_eq!(said(&provider(), &claims), Some(expected));
        let with_default = Provider { default_role: Some(Role::Learner), ..provider() };
        let role = |provider: &Provider| said(provider, &json!({"sub": "7"})).unwrap().role;
        assert_eq!((role(&provider()), role(&with_default)), (None, Some(Role::Learner)));
    }

    #[test]
    fn the_name_is_the_user_name_or_the_subject_unless_the_settings_say_another_claim() {
        let name = |provider: &Provider, claims: serde_json::Value| {
            said(provider, &claims).map(|it| it.name)
        };
        assert_eq!(name(&provider(), json!({"sub": "7"})).as_deref(), Some("7"));
        assert_eq!(
            name(&provider(), json!({"sub": "7", "preferred_username": " "})).as_deref(),
            Some("7")
        );
        let by_mail = Provider { name_claim: "email".into(), ..provider() };
        assert_eq!(
            name(&by_mail, json!({"sub": "7", "email": "a@x.it", "email_verified": true}))
                .as_deref(),
            Some("a@x.it")
        );
        for claims in [json!({"sub": "7"}), json!({"sub": "7", "email": 7, "email_verified": true})]
        {
            assert_eq!(name(&by_mail, claims), None);
        }
    }

    #[test]
    fn an_address_that_was_not_verified_is_nobodys() {
        let by_mail = Provider { name_claim: "email".into(), ..provider() };
        for told in [json!(false), json!("false"), json!(null), json!(1)] {
            let claims = json!({"sub": "7", "email": "a@x.it", "email_verified": told});
            assert_eq!(said(&by_mail, &claims), None);
            assert_eq!(said(&provider(), &claims).unwrap().learner, [""; 0]);
        }
        let claims = json!({"sub": "7", "email": "a@x.it", "email_verified": true});
        assert_eq!(said(&provider(), &claims).unwrap().learner, ["mailto:a@x.it"]);
        let odd =
            json!({"sub": "7", "email": "account:https://x.it|7@x.it", "email_verified": "true"});
        assert_eq!(
            said(&provider(), &odd).unwrap().learner,
            ["mailto:account:https://x.it|7@x.it"]
        );
    }

    #[test]
    fn an_address_of_which_nothing_is_said_counts_where_the_provider_checks_addresses() {
        let checks = Provider { addresses_are_checked: true, ..provider() };
        let learner = |provider: &Provider, verified: Option<bool>| {
            let mut claims = json!({"sub": "7", "email": "a@x.it"});
            if let Some(verified) = verified {
                claims["email_verified"] = verified.into();
            }
            said(provider, &claims).unwrap().learner
        };
        assert_eq!(learner(&provider(), None), [""; 0]);
        assert_eq!(learner(&checks, None), ["mailto:a@x.it"]);
        assert_eq!(learner(&checks, Some(false)), [""; 0]);
    }

    #[test]
    fn a_fault_names_its_setting() {
        assert_eq!(provider().fault(), None);
        for (faulty, setting) in [
            (Provider { id: "A b".into(), ..provider() }, "oidc.id"),
            (Provider { issuer: "http://idp.example.it".into(), ..provider() }, "oidc.issuer"),
            (Provider { issuer: "x".into(), ..provider() }, "oidc.issuer"),
            (Provider { issuer: "https://a@idp.it".into(), ..provider() }, "oidc.issuer"),
            (Provider { issuer: "https://idp.it/?a=b".into(), ..provider() }, "oidc.issuer"),
            (Provider { client_id: String::new(), ..provider() }, "oidc.client_id"),
            (Provider { regions_claim: String::new(), ..provider() }, "oidc.regions_claim"),
            (Provider { learner_claim: String::new(), ..provider() }, "oidc.learner_claim"),
            (Provider { roles: BTreeMap::new(), ..provider() }, "oidc.roles"),
        ] {
            let fault = faulty.fault().unwrap_or_default();
            assert!(fault.starts_with(setting), "{fault}");
        }
    }
}
