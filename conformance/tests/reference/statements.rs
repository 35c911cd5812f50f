//! Storing statements.

use conformance::exchange::Response;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::format::Format;
use super::{Answer, Call, Reference, Refused, State, Stored, json_answer, refuse, values};

const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

impl Reference {
    pub(crate) async fn statements(&self, call: &Call) -> Answer {
        match call.method.as_str() {
            "GET" => self.find(call),
            "PUT" => self.put(call).await,
            "POST" => self.post(call).await,
            "DELETE" if self.is("resources take any method") => Ok(json_answer(&json!([]))),
            _ => refuse(405, "no such method"),
        }
    }

    async fn put(&self, call: &Call) -> Answer {
        self.known(call, &["statementId"])?;
        let (mut value, parts) = self.body(call)?;
        let id = match call.parameter("statementId") {
            Some(id) => id.to_owned(),
            None if self.is("PUT needs no id") => id_of(&value).unwrap_or_default(),
            None => return refuse(400, "statementId is needed"),
        };
        if !values::uuid(&id) && !self.is("PUT takes any id") {
            return refuse(400, "statementId is no UUID");
        }
        if value.is_array() {
            match value.get(0).cloned() {
                Some(first) if self.is("PUT takes lists") => value = first,
                _ => return refuse(400, "PUT takes one statement"),
            }
        }
        let own = value.get("id").and_then(Value::as_str).map(str::to_lowercase);
        let other = own.is_some_and(|own| own != id.to_lowercase());
        if other && !self.is("PUT takes another id in the statement") {
            return refuse(400, "the ids differ");
        }
        if value.is_object()
            && !other
            && !self.is("PUT forgets the id")
            && !self.is("PUT takes any id")
        {
            value["id"] = json!(id);
        }
        self.store(call, vec![value], parts).await?;
        let status = if self.is("PUT of statements answers 200") { 200 } else { 204 };
        Ok(Response { status, ..Response::default() })
    }

    async fn post(&self, call: &Call) -> Answer {
        self.known(call, &[])?;
        let (value, parts) = self.body(call)?;
        let batch = match value {
            Value::Array(list) if list.is_empty() && self.is("breaks on empty lists") => {
                return refuse(500, "unexpected");
            }
            Value::Array(list) => list,
            one => vec![one],
        };
        let mut ids = self.store(call, batch, parts).await?;
        if self.is("tells ids in reverse") {
            ids.reverse();
        }
        let told = match self.is("tells no ids") {
            true => json!({}),
            false => json!(ids),
        };
        let status = if self.is("POST of statements answers 204") { 204 } else { 200 };
        Ok(Response { status, ..json_answer(&told) })
    }

    /// Reads JSON strictly: no repeated keys, no endless depth.
    pub(crate) fn parse(&self, bytes: &[u8]) -> Result<Value, Refused> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) if self.is("reads Latin-1") => {
                bytes.iter().map(|byte| char::from(*byte)).collect()
            }
            Err(_) => return refuse(400, "no UTF-8"),
        };
        let text = if self.is("mends JSON") { text.trim_end_matches(',').to_owned() } else { text };
        let Ok(value) = serde_json::from_str::<Value>(&text) else {
            return match self.is("breaks on deep JSON") && text.len() > 30_000 {
                true => refuse(500, "unexpected"),
                false => refuse(400, "no JSON"),
            };
        };
        if repeats(&text, &value) && !self.is("takes repeated keys") {
            return refuse(400, "a key occurs twice");
        }
        Ok(value)
    }

    fn check(&self, call: &Call, batch: &[Value]) -> Result<(), Refused> {
        let format = Format { two: call.two, mutant: &self.mutant };
        for value in batch {
            let mut seen = value.clone();
            if self.is("takes null for absent") {
                without_nulls(&mut seen);
            }
            format.statement(&seen, false)?;
            if self.is("refuses the future")
                && value.get("timestamp").is_some_and(|t| self.is_future(t))
            {
                return refuse(400, "in the future");
            }
            if self.is("refuses stored") && value.get("stored").is_some() {
                return refuse(400, "stored");
            }
            if self.is("refuses to void what is not there")
                && voids(value).is_some_and(|id| !self.state().by_id.contains_key(&id))
            {
                return refuse(400, "not there");
            }
        }
        let ids: Vec<String> = batch.iter().filter_map(id_of).collect();
        let different: BTreeSet<&String> = ids.iter().collect();
        if different.len() < ids.len() && !self.is("takes an id twice in a batch") {
            return refuse(400, "an id occurs twice");
        }
        Ok(())
    }

    fn is_future(&self, time: &Value) -> bool {
        let time = time.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        time.is_some_and(|time| time > self.now())
    }

    async fn store(
        &self,
        call: &Call,
        batch: Vec<Value>,
        parts: super::attachments::Parts,
    ) -> Result<Vec<String>, Refused> {
        if self.is("stores a batch up to the first fault") {
            for value in &batch {
                self.check(call, std::slice::from_ref(value))?;
                self.keep(call, &mut self.state(), value.clone());
            }
        }
        let whole = self.check(call, &batch);
        if whole.is_err() && self.is("stores what it refuses") {
            for value in batch.iter().filter(|value| value.is_object()) {
                self.keep(call, &mut self.state(), value.clone());
            }
        }
        whole?;
        self.match_parts(&batch, &parts)?;
        let known = |state: &State, value: &Value| {
            id_of(value).and_then(|id| state.by_id.get(&id).copied())
        };
        if self.is("checks ids before it locks") {
            let any = batch.iter().any(|value| known(&self.state(), value).is_some());
            tokio::task::yield_now().await;
            if any {
                return refuse(409, "another statement has this id");
            }
        }
        let mut state = self.state();
        let mut ids = Vec::new();
        for value in &batch {
            if let Some(at) = known(&state, value) {
                let freed = self.is("frees the ids of voided statements")
                    && state.voided.contains(&id_of(value).unwrap_or_default());
                let same = same(value, &state.statements[at].value) || freed;
                if !same
                    && !self.is("says nothing about conflicts")
                    && !self.is("overwrites statements")
                    && !self.is("checks ids before it locks")
                {
                    return refuse(409, "another statement has this id");
                }
                if same && self.is("calls repetitions a conflict") {
                    return refuse(409, "known");
                }
            }
        }
        let mut batch = batch;
        if self.is("loses the last of a batch") && batch.len() > 1 {
            batch.pop();
        }
        if self.is("takes a hundred statements of a batch") {
            batch.truncate(100);
        }
        for (hash, part) in parts.0 {
            state.attachments.insert(hash, part);
        }
        for value in batch {
            ids.push(self.keep(call, &mut state, value));
        }
        Ok(ids)
    }

    /// Stores one statement and gives its id.
    fn keep(&self, call: &Call, state: &mut State, mut value: Value) -> String {
        let id =
            id_of(&value).unwrap_or_else(|| match self.is("gives every statement the same id") {
                true => "00000000-0000-4000-8000-000000000000".to_owned(),
                false => uuid::Uuid::new_v4().to_string(),
            });
        if let Some(at) = state.by_id.get(&id).copied() {
            let voided = state.voided.contains(&id);
            if !self.is("overwrites statements")
                && !self.is("checks ids before it locks")
                && !(voided && self.is("frees the ids of voided statements"))
            {
                return id;
            }
            if !self.is("checks ids before it locks") {
                state.statements[at].id = String::new();
            }
        }
        self.learn(state, &value);
        let stored = self.now();
        self.complete(call, &mut value, &id, stored);
        if let Some(target) = voids(&value) {
            let exists = state.by_id.get(&target).map(|at| &state.statements[*at].value);
            let voiding = exists.is_some_and(|target| voids(target).is_some());
            let early = exists.is_none() && self.is("forgets voidings that came first");
            if !early
                && (!voiding || self.is("voids voiding statements"))
                && !self.is("voids nothing")
            {
                state.voided.insert(target);
            }
        }
        if voids(&value).is_some() && !self.is("voids voiding statements") {
            state.voided.remove(&id);
        }
        state.by_id.insert(id.clone(), state.statements.len());
        state.statements.push(Stored { id: id.clone(), value, stored });
        id
    }

    fn complete(&self, call: &Call, value: &mut Value, id: &str, stored: jiff::Timestamp) {
        value["id"] = json!(id);
        if value.get("stored").is_none() || !self.is("keeps the stored time that was sent") {
            value["stored"] = json!(stored.to_string());
        }
        let account = json!({"objectType": "Agent", "account": {"homePage": "http://reference.example", "name": "all"}});
        match self.mutant.as_str() {
            "sets no authority" => {}
            "sets an empty authority" => value["authority"] = json!({"objectType": "Agent"}),
            "sets a new authority each time" => {
                value["authority"] = json!({"mbox": format!("mailto:{id}@example.org")});
            }
            "mixes authorities" if value.get("authority").is_some() => {
                value["authority"] = json!({"mbox": "mailto:somebody.else@example.org"});
            }
            _ => value["authority"] = account,
        }
        if value.get("timestamp").is_none() && !self.is("sets no timestamp") {
            value["timestamp"] = value["stored"].clone();
        }
        if value.get("version").is_none() && !self.is("sets no version") {
            value["version"] = json!(if call.two { "2.0.0" } else { "1.0.0" });
        } else if self.is("overwrites versions") {
            value["version"] = json!("1.0.3");
        }
        self.lists(value);
        self.lose(value);
    }

    /// A context activity that stands alone becomes a list of one.
    fn lists(&self, value: &mut Value) {
        if self.is("returns single context activities") {
            return;
        }
        for pointer in ["/context/contextActivities", "/object/context/contextActivities"] {
            let members = value.pointer_mut(pointer).and_then(Value::as_object_mut);
            for (_, value) in members.into_iter().flatten() {
                if value.is_object() {
                    *value = json!([value.clone()]);
                }
            }
        }
    }

    /// The mutants that lose something of what was sent.
    fn lose(&self, value: &mut Value) {
        let lost = match self.mutant.as_str() {
            "loses results" => "/result/response",
            "loses names" => "/actor/name",
            "loses display" => "/verb/display",
            "loses registrations" => "/context/registration",
            "loses definitions" => "/object/definition",
            _ => "",
        };
        if let Some((parent, key)) = lost.rsplit_once('/')
            && let Some(members) = value.pointer_mut(parent).and_then(Value::as_object_mut)
        {
            members.shift_remove(key);
        }
        let change = |value: &mut Value, pointer: &str, change: &dyn Fn(&str) -> String| {
            if let Some(found) = value.pointer_mut(pointer)
                && let Some(text) = found.as_str()
            {
                *found = json!(change(text));
            }
        };
        match self.mutant.as_str() {
            "cuts milliseconds" => change(value, "/timestamp", &|text| {
                text.split_once('.')
                    .map_or_else(|| text.to_owned(), |(start, _)| format!("{start}Z"))
            }),
            "loses time zones" => change(value, "/timestamp", &|text| {
                text.get(..19).map_or_else(|| text.to_owned(), |start| format!("{start}Z"))
            }),
            "rounds durations" => {
                change(value, "/result/duration", &|text| text.replace("12.3456", "12.35"));
            }
            "loses what is not ASCII" => {
                let text = value.to_string().replace(|c: char| !c.is_ascii(), "?");
                *value = serde_json::from_str(&text).unwrap();
            }
            "rounds numbers" => round(value),
            "cuts texts at 64 kilobytes" => {
                change(value, "/result/response", &|text| text.chars().take(65_536).collect());
            }
            _ => {}
        }
    }
}

fn round(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let rounded = (number.as_f64().unwrap_or_default() * 100.0).round() / 100.0;
            if rounded.fract() != 0.0 || number.is_f64() {
                *value = json!(rounded);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(round),
        Value::Object(members) => members.values_mut().for_each(round),
        _ => {}
    }
}

/// Whether a key occurs twice in one object: the text then has more keys than the value read from it.
fn repeats(text: &str, value: &Value) -> bool {
    fn keys(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(keys).sum(),
            Value::Object(members) => members.len() + members.values().map(keys).sum::<usize>(),
            _ => 0,
        }
    }
    let (mut written, mut inside, mut escaped) = (0, false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            ':' if !inside => written += 1,
            _ => {}
        }
    }
    written > keys(value)
}

/// Drops members that are null, except in extensions.
fn without_nulls(value: &mut Value) {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, value| !value.is_null());
        members
            .iter_mut()
            .filter(|(name, _)| *name != "extensions")
            .for_each(|(_, value)| without_nulls(value));
    }
}

pub(crate) fn id_of(value: &Value) -> Option<String> {
    value.get("id").and_then(Value::as_str).map(str::to_lowercase)
}

/// What a voiding statement voids.
pub(crate) fn voids(value: &Value) -> Option<String> {
    let voiding = value.pointer("/verb/id").is_some_and(|id| id == VOIDED);
    value.pointer("/object/id").filter(|_| voiding)?.as_str().map(str::to_lowercase)
}

/// Whether two statements are the same, but for what the server sets.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    let essence = |value: &Value| {
        let mut value = value.clone();
        for name in ["id", "authority", "stored", "timestamp", "version", "attachments"] {
            value.as_object_mut().map(|members| members.shift_remove(name));
        }
        value
    };
    essence(one) == essence(other)
}
