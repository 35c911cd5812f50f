//! The form of actors: agents, groups and the authority.

use serde_json::{Map, Value};

use super::super::values;
use super::{Checked, Format, IDENTIFIERS};

const AGENT: [&str; 6] = ["objectType", "name", "mbox", "mbox_sha1sum", "openid", "account"];

impl Format<'_> {
    /// An agent or a group.
    pub(crate) fn actor(&self, value: &Value, place: &str) -> Checked {
        let members = self.object(value)?;
        match members.get("objectType") {
            None if self.is("asks agents for an objectType") => Err("objectType".to_owned()),
            None => self.agent(value, place),
            Some(kind) if kind == "Agent" => self.agent(value, place),
            Some(kind) if kind == "Group" => self.group(value, place),
            Some(_) => self.rule("actor-type", false),
        }
    }

    pub(crate) fn agent(&self, value: &Value, place: &str) -> Checked {
        if self.blind(place) {
            return Ok(());
        }
        let members = self.object(value)?;
        self.known(members, &AGENT)?;
        let kind = members.get("objectType");
        self.rule("actor-type", kind.is_none_or(|kind| kind == "Agent"))?;
        self.identifiers(members, true)
    }

    fn identifiers(&self, members: &Map<String, Value>, needed: bool) -> Checked {
        let count = IDENTIFIERS.iter().filter(|name| members.contains_key(**name)).count();
        self.rule("identifier-required", count > 0 || !needed)?;
        self.rule(if needed { "identifier-single" } else { "group-identifier-single" }, count < 2)?;
        for (mutant, name) in [
            ("refuses mailboxes", "mbox"),
            ("refuses hashed mailboxes", "mbox_sha1sum"),
            ("refuses openids", "openid"),
            ("refuses accounts", "account"),
        ] {
            if self.is(mutant) && members.contains_key(name) {
                return Err(mutant.to_owned());
            }
        }
        self.text("name-type", members.get("name"))?;
        self.formatted("mailbox", members.get("mbox"), values::mailbox)?;
        self.formatted("sha1", members.get("mbox_sha1sum"), values::sha1)?;
        self.formatted("openid", members.get("openid"), values::iri)?;
        match members.get("account") {
            Some(account) => self.account(account),
            None => Ok(()),
        }
    }

    fn account(&self, value: &Value) -> Checked {
        if !value.is_object() {
            return self.rule("account-type", false);
        }
        let members = self.object(value)?;
        self.known(members, &["homePage", "name"])?;
        self.rule("account-home-page-required", members.contains_key("homePage"))?;
        self.rule("account-name-required", members.contains_key("name"))?;
        self.formatted("account-home-page", members.get("homePage"), values::iri)?;
        self.text("account-name", members.get("name"))
    }

    pub(super) fn group(&self, value: &Value, place: &str) -> Checked {
        if self.blind(place) {
            return Ok(());
        }
        let members = self.object(value)?;
        let identified = IDENTIFIERS.iter().any(|name| members.contains_key(*name));
        if self.is("refuses identified groups") && identified {
            return Err("identified".to_owned());
        }
        self.known(members, &[&AGENT[..], &["member"]].concat())?;
        self.rule("group-members-required", identified || members.contains_key("member"))?;
        self.identifiers(members, false)?;
        let Some(list) = members.get("member") else { return Ok(()) };
        let Some(list) = list.as_array() else { return self.rule("member-list", false) };
        if self.is("refuses groups of two") && list.len() == 2 {
            return Err("two".to_owned());
        }
        for member in list {
            let group = member.get("objectType").is_some_and(|kind| kind == "Group");
            self.rule("member-no-group", !group)?;
            if !group && !self.blind("member") && !self.is("skips members") {
                self.agent(member, "member")?;
            }
        }
        Ok(())
    }

    pub(super) fn authority(&self, value: &Value) -> Checked {
        if self.blind("authority") {
            return Ok(());
        }
        let members = self.object(value)?;
        if members.get("objectType").is_none_or(|kind| kind != "Group") {
            return self.agent(value, "authority");
        }
        let list = members.get("member").and_then(Value::as_array).cloned().unwrap_or_default();
        self.rule("authority-two", list.len() == 2)?;
        let identified = IDENTIFIERS.iter().any(|name| members.contains_key(*name));
        self.rule("authority-anonymous", !identified)?;
        self.rule("authority-account", list.iter().any(|one| one.get("account").is_some()))
    }
}
