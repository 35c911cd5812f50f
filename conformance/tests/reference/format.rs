//! Whether a statement has the form that the standard asks for: rule by rule, each of which a mutant can skip.

use serde_json::{Map, Value};

use super::values;

/// What is wrong, for the body of the answer.
pub(crate) type Checked = Result<(), String>;

/// Checks statements of one version, with one mutation.
pub(crate) struct Format<'a> {
    pub(crate) two: bool,
    pub(crate) mutant: &'a str,
}

const AGENT: [&str; 6] = ["objectType", "name", "mbox", "mbox_sha1sum", "openid", "account"];
const IDENTIFIERS: [&str; 4] = ["mbox", "mbox_sha1sum", "openid", "account"];
const DEFINITION: [&str; 12] = [
    "name",
    "description",
    "type",
    "moreInfo",
    "extensions",
    "interactionType",
    "correctResponsesPattern",
    "choices",
    "scale",
    "source",
    "target",
    "steps",
];
const INTERACTIONS: [&str; 10] = [
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
];
const COMPONENTS: [&str; 5] = ["choices", "scale", "source", "target", "steps"];

impl Format<'_> {
    pub(crate) fn is(&self, mutant: &str) -> bool {
        self.mutant == mutant
    }

    /// A rule of the standard; the mutant `skips RULE` does not have it.
    fn rule(&self, name: &str, holds: bool) -> Checked {
        if holds || self.mutant.strip_prefix("skips ") == Some(name) {
            return Ok(());
        }
        Err(format!("{name} is broken"))
    }

    /// The mutant `blind to PLACE` looks at nothing there.
    fn blind(&self, place: &str) -> bool {
        self.mutant.strip_prefix("blind to ") == Some(place)
    }

    fn object<'v>(&self, value: &'v Value) -> Result<&'v Map<String, Value>, String> {
        value.as_object().ok_or_else(|| "value-type is broken".to_owned())
    }

    fn known(&self, members: &Map<String, Value>, known: &[&str]) -> Checked {
        let foreign = members.keys().find(|key| !known.contains(&key.as_str()));
        let other_case =
            foreign.is_some_and(|key| known.iter().any(|k| k.eq_ignore_ascii_case(key)));
        self.rule("property-case", !other_case)?;
        self.rule("property-unknown", foreign.is_none() || other_case)
    }

    fn text(&self, rule: &str, value: Option<&Value>) -> Checked {
        self.rule(rule, value.is_none_or(Value::is_string))
    }

    fn formatted(&self, rule: &str, value: Option<&Value>, fits: fn(&str) -> bool) -> Checked {
        let fine = value.is_none_or(|value| value.as_str().is_some_and(fits));
        self.rule(rule, fine)
    }

    /// A whole statement; a sub-statement if `sub`.
    pub(crate) fn statement(&self, value: &Value, sub: bool) -> Checked {
        let members = self.object(value)?;
        let mut allowed =
            vec!["actor", "verb", "object", "result", "context", "timestamp", "attachments"];
        if sub {
            allowed.push("objectType");
            for name in ["id", "stored", "version", "authority"] {
                self.rule(&format!("sub-statement-{name}"), !members.contains_key(name))?;
                allowed.push(name);
            }
        } else {
            allowed.extend(["id", "stored", "version", "authority"]);
        }
        self.known(members, &allowed)?;
        self.nulls(value, sub)?;
        for name in ["actor", "verb", "object"] {
            self.rule(&format!("{name}-required"), members.contains_key(name))?;
        }
        self.formatted("timestamp", members.get("timestamp"), values::timestamp)?;
        if self.two {
            let time = members.get("timestamp").and_then(Value::as_str);
            self.rule("timestamp-rfc3339", time.is_none_or(values::rfc3339))?;
        }
        self.parts(members, sub)?;
        if !sub {
            self.top(members)?;
        }
        Ok(())
    }

    fn top(&self, members: &Map<String, Value>) -> Checked {
        self.formatted("uuid-statement", members.get("id"), values::uuid)?;
        self.formatted("stored", members.get("stored"), values::timestamp)?;
        let version = members.get("version").is_none_or(|version| {
            version.as_str().is_some_and(|text| {
                let old = text == "1.0" || text.strip_prefix("1.0.").is_some_and(values::digits);
                old || (self.two && text.starts_with("2.0"))
            })
        });
        self.rule("version", version)?;
        match members.get("authority") {
            Some(authority) => self.authority(authority),
            None => Ok(()),
        }
    }

    /// Null is for extensions alone.
    fn nulls(&self, value: &Value, sub: bool) -> Checked {
        fn has(value: &Value) -> bool {
            match value {
                Value::Null => true,
                Value::Array(items) => items.iter().any(has),
                Value::Object(members) => {
                    members.iter().any(|(key, value)| key != "extensions" && has(value))
                }
                _ => false,
            }
        }
        if self.is("refuses null in extensions") && value.to_string().contains("null") {
            return Err("null".to_owned());
        }
        let Some(members) = value.as_object() else { return Ok(()) };
        let own = members.iter().any(|(key, value)| {
            key != "extensions"
                && (sub || key != "object" || value.get("actor").is_none())
                && has(value)
        });
        self.rule("null", !own)
    }

    fn parts(&self, members: &Map<String, Value>, sub: bool) -> Checked {
        let lax = self.is("takes lists and texts for parts");
        if lax && members.values().any(|value| value.is_array() || value.is_string()) {
            return Ok(());
        }
        let at = |place: &str| if sub { format!("sub-{place}") } else { place.to_owned() };
        if let Some(actor) = members.get("actor").filter(|_| !self.blind(&at("actor"))) {
            self.actor(actor, &at("actor"))?;
        }
        if let Some(verb) = members.get("verb").filter(|_| !self.blind(&at("verb"))) {
            self.verb(verb)?;
        }
        if let Some(object) = members.get("object").filter(|_| !self.blind(&at("object"))) {
            self.thing(object, sub)?;
        }
        if let Some(result) = members.get("result").filter(|_| !self.blind(&at("result"))) {
            self.result(result)?;
        }
        if let Some(context) = members.get("context").filter(|_| !self.blind(&at("context"))) {
            self.context(context, members.get("object"), sub)?;
        }
        if let Some(list) = members.get("attachments").filter(|_| !self.blind(&at("attachments"))) {
            self.attachments(list)?;
        }
        let verb = members.get("verb").and_then(|verb| verb.get("id"));
        let voids = verb.and_then(Value::as_str) == Some("http://adlnet.gov/expapi/verbs/voided");
        let target = members.get("object").and_then(|object| object.get("objectType"));
        let refers = target.and_then(Value::as_str) == Some("StatementRef");
        self.rule("voiding-object", !voids || refers)
    }

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

    fn group(&self, value: &Value, place: &str) -> Checked {
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

    fn authority(&self, value: &Value) -> Checked {
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

    fn verb(&self, value: &Value) -> Checked {
        let members = self.object(value)?;
        self.known(members, &["id", "display"])?;
        self.rule("verb-id-required", members.contains_key("id"))?;
        if self.is("asks verbs for a display") && !members.contains_key("display") {
            return Err("display".to_owned());
        }
        self.formatted("verb-id", members.get("id"), values::iri)?;
        self.map(members.get("display"))
    }

    /// A language map.
    pub(crate) fn map(&self, value: Option<&Value>) -> Checked {
        let Some(value) = value else { return Ok(()) };
        let Some(map) = value.as_object() else { return self.rule("language-map-type", false) };
        self.rule("language-map-type", map.values().all(Value::is_string))?;
        if self.is("refuses languages with a script") && map.keys().any(|tag| tag.contains("Hant"))
        {
            return Err("script".to_owned());
        }
        self.rule("language-tag", map.keys().all(|tag| values::language(tag)))
    }

    /// What stands as object.
    fn thing(&self, value: &Value, sub: bool) -> Checked {
        let members = self.object(value)?;
        let place = if sub { "sub-object" } else { "object" };
        match members.get("objectType").map(|kind| kind.as_str().unwrap_or("?")) {
            None if self.is("asks activities for an objectType") => Err("objectType".to_owned()),
            None | Some("Activity") => self.activity(value, place),
            Some("Agent") => self.agent(value, place),
            Some("Group") => self.group(value, place),
            Some("StatementRef") => self.reference(value),
            Some("SubStatement") if sub => self.rule("sub-statement-nested", false),
            Some("SubStatement") if self.blind("sub-statement") => Ok(()),
            Some("SubStatement") => self.statement(value, true),
            Some(_) => self.rule("object-type", false),
        }
    }

    fn reference(&self, value: &Value) -> Checked {
        let members = self.object(value)?;
        self.known(members, &["objectType", "id"])?;
        self.rule("reference-id-required", members.contains_key("id"))?;
        let kind = members.get("objectType").is_some_and(|kind| kind == "StatementRef");
        self.rule("reference-type", kind)?;
        self.formatted("reference-uuid", members.get("id"), values::uuid)
    }

    fn activity(&self, value: &Value, place: &str) -> Checked {
        if self.blind(place) {
            return Ok(());
        }
        let members = self.object(value)?;
        if IDENTIFIERS.iter().any(|name| members.contains_key(*name)) && !members.contains_key("id")
        {
            return self.rule("agent-object-type", false);
        }
        let kind = members.get("objectType");
        self.rule("activity-type", kind.is_none_or(|kind| kind == "Activity"))?;
        self.known(members, &["objectType", "id", "definition"])?;
        self.rule("activity-id-required", members.contains_key("id"))?;
        self.formatted("activity-id", members.get("id"), values::iri)?;
        match members.get("definition") {
            Some(value) if value.is_object() => self.definition(value),
            Some(_) => self.rule("definition-type", false),
            None => Ok(()),
        }
    }

    fn definition(&self, value: &Value) -> Checked {
        let members = self.object(value)?;
        self.known(members, &DEFINITION)?;
        self.map(members.get("name"))?;
        self.map(members.get("description"))?;
        self.formatted("activity-type-iri", members.get("type"), values::iri)?;
        self.formatted("more-info", members.get("moreInfo"), values::iri)?;
        self.extensions(members.get("extensions"))?;
        let kind = members.get("interactionType");
        let known =
            kind.is_none_or(|kind| kind.as_str().is_some_and(|k| INTERACTIONS.contains(&k)));
        self.rule("interaction-type", known)?;
        if self.is("refuses sequencing") && kind.is_some_and(|kind| kind == "sequencing") {
            return Err("sequencing".to_owned());
        }
        let interactive = COMPONENTS.iter().any(|name| members.contains_key(*name))
            || members.contains_key("correctResponsesPattern");
        self.rule("interaction-type-required", !interactive || kind.is_some())?;
        let pattern = members.get("correctResponsesPattern").is_none_or(|list| {
            list.as_array().is_some_and(|list| list.iter().all(Value::is_string))
        });
        self.rule("pattern", pattern)?;
        COMPONENTS.iter().try_for_each(|name| match members.get(*name) {
            Some(list) if self.mutant.strip_prefix("skips ") != Some(*name) => {
                self.components(list)
            }
            _ => Ok(()),
        })
    }

    fn components(&self, list: &Value) -> Checked {
        let Some(list) = list.as_array() else { return self.rule("component-list", false) };
        let mut ids = Vec::new();
        for component in list {
            let Some(members) = component.as_object() else {
                return self.rule("component-list", false);
            };
            self.known(members, &["id", "description"])?;
            self.rule("component-id", members.get("id").is_some_and(Value::is_string))?;
            self.map(members.get("description"))?;
            let new = members.get("id").is_none_or(|id| !ids.contains(id));
            self.rule("component-ids", new)?;
            ids.extend(members.get("id").cloned());
        }
        Ok(())
    }

    fn extensions(&self, value: Option<&Value>) -> Checked {
        let Some(value) = value else { return Ok(()) };
        let Some(members) = value.as_object() else { return self.rule("extensions-type", false) };
        self.rule("extension-key", members.keys().all(|key| values::iri(key)))
    }

    fn result(&self, value: &Value) -> Checked {
        let members = self.object(value)?;
        let known = ["score", "success", "completion", "response", "duration", "extensions"];
        self.known(members, &known)?;
        for name in ["success", "completion"] {
            self.rule("truth-value", members.get(name).is_none_or(Value::is_boolean))?;
        }
        self.text("response", members.get("response"))?;
        self.formatted("duration", members.get("duration"), values::full_duration)?;
        if self.is("refuses durations in weeks")
            && members.get("duration").is_some_and(|d| d == "P4W")
        {
            return Err("weeks".to_owned());
        }
        self.extensions(members.get("extensions"))?;
        match members.get("score") {
            Some(Value::Object(score)) => self.score(score),
            Some(_) => self.rule("score-type", false),
            None => Ok(()),
        }
    }

    fn score(&self, members: &Map<String, Value>) -> Checked {
        self.known(members, &["scaled", "raw", "min", "max"])?;
        self.rule("score-type", members.values().all(Value::is_number))?;
        let number = |name: &str| members.get(name).and_then(Value::as_f64);
        self.rule("score-scaled", number("scaled").is_none_or(|s| (-1.0..=1.0).contains(&s)))?;
        if self.is("refuses a negative score") && number("scaled").is_some_and(|s| s < 0.0) {
            return Err("negative".to_owned());
        }
        let below = |a: &str, b: &str| number(a).zip(number(b)).is_none_or(|(a, b)| a <= b);
        self.rule("score-raw", below("min", "raw") && below("raw", "max"))?;
        self.rule("score-min-max", number("min").zip(number("max")).is_none_or(|(a, b)| a < b))
    }

    fn context(&self, value: &Value, object: Option<&Value>, sub: bool) -> Checked {
        let members = self.object(value)?;
        let mut known = vec![
            "registration",
            "instructor",
            "team",
            "contextActivities",
            "revision",
            "platform",
            "language",
            "statement",
            "extensions",
        ];
        if self.two || self.is("skips context agents before two") {
            known.extend(["contextAgents", "contextGroups"]);
        }
        self.known(members, &known)?;
        self.formatted("registration", members.get("registration"), values::uuid)?;
        self.text("revision-platform", members.get("revision"))?;
        self.text("revision-platform", members.get("platform"))?;
        self.formatted("context-language", members.get("language"), values::language)?;
        self.extensions(members.get("extensions"))?;
        let place = |name: &str| if sub { format!("sub-{name}") } else { name.to_owned() };
        if let Some(instructor) =
            members.get("instructor").filter(|_| !self.blind(&place("instructor")))
        {
            if !instructor.is_object() {
                return self.rule("instructor-type", false);
            }
            self.actor(instructor, &place("instructor"))?;
        }
        if let Some(team) = members.get("team").filter(|_| !self.blind(&place("team"))) {
            let group = team.get("objectType").is_some_and(|kind| kind == "Group");
            self.rule("team-group", group)?;
            if group {
                self.group(team, &place("team"))?;
            }
        }
        if let Some(statement) =
            members.get("statement").filter(|_| !self.blind(&place("statement")))
        {
            self.reference(statement)?;
        }
        let kind = object.and_then(|object| object.get("objectType")).and_then(Value::as_str);
        let activity = kind.is_none_or(|kind| kind == "Activity");
        for name in ["revision", "platform"] {
            let rule = if sub { "sub-activity-only" } else { "activity-only" };
            self.rule(rule, activity || !members.contains_key(name))?;
        }
        if let Some(value) = members.get("contextActivities") {
            self.context_activities(value, sub)?;
        }
        self.relevant(members, "contextAgents", "contextAgent", "agent", sub)?;
        self.relevant(members, "contextGroups", "contextGroup", "group", sub)
    }

    fn context_activities(&self, value: &Value, sub: bool) -> Checked {
        let Some(members) = value.as_object() else {
            return self.rule("context-activities", false);
        };
        if self.is("refuses a single context activity") && members.values().any(Value::is_object) {
            return Err("single".to_owned());
        }
        self.known(members, &["parent", "grouping", "category", "other"])?;
        for (name, value) in members {
            let place = if sub { format!("sub-{name}") } else { name.clone() };
            if self.blind(&place) {
                continue;
            }
            match value {
                Value::Array(list) => {
                    for one in list {
                        self.activity(one, &place)?;
                    }
                }
                Value::Object(_) => self.activity(value, &place)?,
                _ => self.rule("context-activities", false)?,
            }
        }
        Ok(())
    }

    fn relevant(
        &self,
        members: &Map<String, Value>,
        list: &str,
        kind: &str,
        key: &str,
        sub: bool,
    ) -> Checked {
        let Some(value) = members.get(list) else { return Ok(()) };
        if self.blind(if sub { "sub-relevant" } else { "relevant" }) {
            return Ok(());
        }
        let Some(items) = value.as_array() else { return self.rule("relevant-list", false) };
        if self.is("refuses relevant types") && value.to_string().contains("relevantTypes") {
            return Err("relevantTypes".to_owned());
        }
        for item in items {
            let Some(item) = item.as_object() else { return self.rule("relevant-list", false) };
            self.rule("relevant-type", item.get("objectType").is_some_and(|found| found == kind))?;
            self.rule("relevant-actor", item.contains_key(key))?;
            if let Some(actor) = item.get(key) {
                if key == "agent" {
                    self.agent(actor, "context-agent")?;
                } else {
                    self.rule(
                        "relevant-group",
                        actor.get("objectType").is_some_and(|k| k == "Group"),
                    )?;
                    self.group(actor, "context-group")?;
                }
            }
            let types = item.get("relevantTypes").is_none_or(|types| {
                let fits = |one: &Value| one.as_str().is_some_and(values::iri);
                types.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(fits))
            });
            self.rule("relevant-types", types)?;
        }
        Ok(())
    }

    fn attachments(&self, value: &Value) -> Checked {
        let Some(list) = value.as_array() else { return self.rule("attachments-list", false) };
        for attachment in list {
            let Some(members) = attachment.as_object() else {
                return self.rule("attachments-list", false);
            };
            let required = ["usageType", "display", "contentType", "length", "sha2"];
            self.known(members, &[&required[..], &["description", "fileUrl"]].concat())?;
            self.rule(
                "attachment-required",
                required.iter().all(|name| members.contains_key(*name)),
            )?;
            self.formatted("usage-type", members.get("usageType"), values::iri)?;
            self.formatted("media-type", members.get("contentType"), |text| text.contains('/'))?;
            self.formatted("sha2", members.get("sha2"), values::sha2)?;
            self.formatted("file-url", members.get("fileUrl"), values::iri)?;
            self.rule("length", members.get("length").is_none_or(Value::is_u64))?;
            self.map(members.get("display"))?;
            self.map(members.get("description"))?;
        }
        Ok(())
    }
}
