//! Whether a statement has the form that the standard asks for: rule by rule, each of which a mutant can skip.

mod activity;
mod actor;
mod context;

use serde_json::{Map, Value};

use super::values;

/// What is wrong, for the body of the answer.
pub(crate) type Checked = Result<(), String>;

/// Checks statements of one version, with one mutation.
pub(crate) struct Format<'a> {
    pub(crate) two: bool,
    pub(crate) mutant: &'a str,
}

const IDENTIFIERS: [&str; 4] = ["mbox", "mbox_sha1sum", "openid", "account"];

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
