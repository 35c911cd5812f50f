//! State, activity profile, agent profile.

use conformance::exchange::Response;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::format::Format;
use super::{
    Answer, Call, Reference, Refused, State, answer, http_date, json_answer, refuse, values,
};

#[derive(Clone)]
pub(crate) struct Kept {
    content_type: String,
    body: Vec<u8>,
    modified: Timestamp,
    changes: usize,
}

impl Reference {
    pub(crate) async fn documents(&self, call: &Call) -> Answer {
        let id_name = if call.path == "activities/state" { "stateId" } else { "profileId" };
        self.parameters(call, id_name)?;
        let context = self.context(call);
        let careless = self.is(&format!("{} needs no {id_name}", call.method)).then(String::new);
        let id = call.parameter(id_name).map(str::to_owned).or(careless);
        match (call.method.as_str(), id) {
            ("GET", Some(id)) => self.read(call, &context, &id),
            ("GET", None) => self.list(call, &context),
            ("PUT" | "POST", Some(id)) => self.write(call, &context, &id).await,
            ("DELETE", Some(id)) => self.erase(call, &context, &id),
            ("DELETE", None) if id_name == "stateId" => self.erase_all(&context),
            ("PUT" | "POST" | "DELETE", None) => refuse(400, format!("{id_name} is needed")),
            _ => refuse(405, "no such method"),
        }
    }

    fn parameters(&self, call: &Call, id_name: &str) -> Result<(), Refused> {
        let needed: &[&str] = match call.path.as_str() {
            "activities/state" => &["activityId", "agent"],
            "activities/profile" => &["activityId"],
            _ => &["agent"],
        };
        let mut known = [needed, &[id_name]].concat();
        if id_name == "stateId" {
            known.push("registration");
        }
        if call.method == "GET" {
            known.push("since");
        }
        let foreign = call.query.iter().any(|(name, _)| !known.contains(&name.as_str()));
        if foreign && !self.is("takes unknown parameters of documents") {
            return refuse(400, "unknown parameter");
        }
        let missing = needed.iter().find(|name| call.parameter(name).is_none());
        if let Some(name) = missing
            && !self.is(&format!("{} needs no {name}", call.method))
        {
            return refuse(400, format!("{name} is needed"));
        }
        if id_name == "profileId" || matches!(call.method.as_str(), "PUT" | "POST") {
            let needs = call.method != "GET" && call.parameter(id_name).is_none();
            if needs && !self.is(&format!("{} needs no {id_name}", call.method)) {
                return refuse(400, format!("{id_name} is needed"));
            }
        }
        self.values(call)
    }

    fn values(&self, call: &Call) -> Result<(), Refused> {
        let unchecked = |name: &str| self.is(&format!("{} takes any {name}", call.method));
        if let Some(agent) = call.parameter("agent").filter(|_| !unchecked("agent")) {
            self.agent_of(agent, call.two)?;
        }
        let id = call.parameter("activityId").is_none_or(values::iri);
        if !id && !unchecked("activityId") {
            return refuse(400, "activityId is no IRI");
        }
        let registration = call.parameter("registration").is_none_or(values::uuid);
        if !registration && !unchecked("registration") {
            return refuse(400, "registration is no UUID");
        }
        let since = call.parameter("since").is_none_or(|text| text.parse::<Timestamp>().is_ok());
        if !since && !self.is("takes any since of documents") {
            return refuse(400, "since is no timestamp");
        }
        Ok(())
    }

    /// The agent in a parameter.
    pub(crate) fn agent_of(&self, text: &str, two: bool) -> Result<Value, Refused> {
        let Ok(agent) = serde_json::from_str::<Value>(text) else {
            return refuse(400, "agent is no JSON");
        };
        Format { two, mutant: "" }.actor(&agent, "parameter")?;
        Ok(agent)
    }

    /// What tells this context from others.
    fn context(&self, call: &Call) -> String {
        let mut context = vec![call.path.clone()];
        for name in ["activityId", "agent", "registration"] {
            if self.is(&format!("documents forget the {name}")) {
                continue;
            }
            let value = call.parameter(name).unwrap_or_default();
            let parsed: Value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
            context.push(parsed.to_string());
        }
        context.join(" ")
    }

    fn etag(&self, kept: &Kept) -> String {
        let digest = match self.mutant.as_str() {
            "ETag does not change" => "0".repeat(40),
            "ETag is a counter" => format!("version-{}-of-the-document", kept.changes),
            _ => conformance::multipart::hex(&Sha1::digest(&kept.body)),
        };
        if self.is("ETag has no quotes") { digest } else { format!("\"{digest}\"") }
    }

    fn read(&self, call: &Call, context: &str, id: &str) -> Answer {
        let state = self.state();
        let Some(kept) = find(&state, context, id) else {
            return match self.is("answers 200 for documents that are not there") {
                true => Ok(json_answer(&json!({}))),
                false => refuse(404, "no such document"),
            };
        };
        let etag = self.etag(kept);
        let had = call.header("If-None-Match");
        let known = had.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag))
            && !self.is("GET ignores If-None-Match");
        if known || (had.is_some() && self.is("answers 304 to any If-None-Match")) {
            let headers = vec![("ETag".to_owned(), etag)];
            return Ok(Response { status: 304, headers, body: Vec::new() });
        }
        let kind =
            if self.is("forgets content types") { "application/json" } else { &kept.content_type };
        let mut response = answer(200, kind, kept.body.clone());
        if self.is("cuts documents at 64 kilobytes") {
            response.body.truncate(65_536);
        }
        if self.is("reads documents as text") {
            response.body = String::from_utf8_lossy(&response.body).into_owned().into_bytes();
        }
        self.pack(call, &mut response, etag);
        self.dated(&mut response, kept.modified);
        Ok(response)
    }

    fn pack(&self, call: &Call, response: &mut Response, mut etag: String) {
        use std::io::Write as _;
        let wanted = call.header("Accept-Encoding").is_some_and(|text| text.contains("gzip"));
        if wanted && response.body.len() > 1000 {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(&response.body).unwrap();
            response.body = packer.finish().unwrap();
            if self.is("packs answers badly") {
                response.body.truncate(response.body.len() / 2);
            }
            response.headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
            if !self.is("gives packed answers the plain ETag") {
                etag = format!("W/{etag}");
            }
        }
        if !self.is("gives no ETag") {
            response.headers.push(("ETag".to_owned(), etag));
        }
    }

    fn dated(&self, response: &mut Response, time: Timestamp) {
        if !self.is("documents have no Last-Modified") {
            response.headers.push(("Last-Modified".to_owned(), http_date(time)));
        }
    }

    fn list(&self, call: &Call, context: &str) -> Answer {
        let state = self.state();
        let since = call.parameter("since").and_then(|text| text.parse::<Timestamp>().ok());
        let since = since.filter(|_| !self.is("documents ignore since"));
        let empty = std::collections::BTreeMap::new();
        let kept = state.documents.get(context).unwrap_or(&empty);
        let late = |kept: &Kept| since.is_none_or(|since| kept.modified > since);
        let mut ids: Vec<&String> =
            kept.iter().filter(|(_, kept)| late(kept)).map(|(id, _)| id).collect();
        if self.is("lists one document alone") {
            ids.truncate(1);
        }
        if self.is("an empty list of documents is 404") && ids.is_empty() {
            return refuse(404, "none");
        }
        let latest = kept.values().map(|kept| kept.modified).max();
        let mut response = json_answer(&json!(ids));
        if let Some(latest) =
            latest.filter(|_| !self.is("lists of documents have no Last-Modified"))
        {
            self.dated(&mut response, latest);
        }
        response.headers.push(("ETag".to_owned(), format!("\"{}\"", ids.len())));
        Ok(response)
    }

    fn precondition(&self, call: &Call, kept: Option<&Kept>) -> Result<(), Refused> {
        let ignores = |name: &str| self.is(&format!("{} ignores {name}", call.method));
        if let Some(wanted) = call.header("If-Match").filter(|_| !ignores("If-Match")) {
            let fits = kept.is_some_and(|kept| {
                let etag = self.etag(kept);
                let any = wanted.trim() == "*" && !self.is("knows no If-Match: *");
                let listed =
                    wanted.split(',').any(|one| one.trim().trim_start_matches("W/") == etag);
                any || if self.is("knows no list in If-Match") { wanted == etag } else { listed }
            });
            let absent = kept.is_none() && self.is("If-Match does not mind absence");
            if !fits && !absent {
                return refuse(412, "the document has changed");
            }
        }
        if call.header("If-None-Match").is_some_and(|text| text.trim() == "*")
            && kept.is_some()
            && !ignores("If-None-Match")
        {
            return refuse(412, "the document is there");
        }
        Ok(())
    }

    fn put_rules(&self, call: &Call, kept: Option<&Kept>) -> Result<(), Refused> {
        let bare = call.header("If-Match").is_none() && call.header("If-None-Match").is_none();
        let state = call.path == "activities/state";
        if call.method != "PUT" || !bare {
            return Ok(());
        }
        if state && !call.two && !self.is("states need preconditions") {
            return Ok(());
        }
        if kept.is_some() && !self.is("PUT overwrites without a precondition") {
            let text = match self.is("answers 409 without a word") {
                true => "",
                false => "read the document first, and send its ETag as If-Match",
            };
            return refuse(409, text);
        }
        let new = kept.is_none() && !state;
        if new && !call.two && !self.is("PUT of new profiles needs no precondition") {
            return refuse(400, "If-Match or If-None-Match is needed");
        }
        if kept.is_none() && call.two && self.is("PUT under 2.0 needs a precondition") {
            return refuse(400, "If-Match or If-None-Match is needed");
        }
        Ok(())
    }

    async fn write(&self, call: &Call, context: &str, id: &str) -> Answer {
        let kept = find(&self.state(), context, id).cloned();
        if self.is("checks preconditions before it locks") {
            self.precondition(call, kept.as_ref())?;
            self.put_rules(call, kept.as_ref())?;
            tokio::task::yield_now().await;
        }
        let stale = if self.is("merges what it read before it locks") && call.method == "POST" {
            tokio::task::yield_now().await;
            Some(kept)
        } else {
            None
        };
        let mut state = self.state();
        let before = stale.unwrap_or_else(|| find(&state, context, id).cloned());
        if !self.is("checks preconditions before it locks") {
            self.precondition(call, before.as_ref())?;
            self.put_rules(call, before.as_ref())?;
        }
        let content_type = call.header("Content-Type").unwrap_or("application/octet-stream");
        let body = match call.method.as_str() {
            "POST" => self.merged(before.as_ref(), content_type, &call.body)?,
            _ if self.is("PUT merges documents") => self
                .merged(before.as_ref(), content_type, &call.body)
                .unwrap_or_else(|_| call.body.clone()),
            _ => call.body.clone(),
        };
        let modified = match &before {
            Some(before) if self.is("Last-Modified stands still") => before.modified,
            _ => self.now(),
        };
        let changes = before.map_or(0, |before| before.changes + 1);
        let kept = Kept { content_type: content_type.to_owned(), body, modified, changes };
        let id = if self.is("folds the case of document ids") {
            id.to_lowercase()
        } else {
            id.to_owned()
        };
        let id = if self.is("cleans document ids") {
            id.replace(|c: char| !c.is_ascii(), "?")
        } else {
            id
        };
        state.documents.entry(context.to_owned()).or_default().insert(id, kept);
        let wrong = self.is(&format!("{} of documents answers 200", call.method));
        Ok(Response { status: if wrong { 200 } else { 204 }, ..Response::default() })
    }

    fn merged(
        &self,
        before: Option<&Kept>,
        content_type: &str,
        body: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let is_json = |text: &str| text.to_ascii_lowercase().starts_with("application/json");
        let parsed = serde_json::from_slice::<Value>(body);
        let invalid = is_json(content_type) && parsed.is_err();
        if invalid && !self.is("posts documents that are no JSON") {
            return refuse(400, "no JSON");
        }
        let Some(before) = before else {
            if self.is("POST needs a document") {
                return refuse(404, "nothing to merge with");
            }
            let named = is_json(content_type) || self.is("posts new documents of other types");
            let object = matches!(parsed, Ok(Value::Object(_)))
                || invalid
                || self.is("posts new documents that are no objects");
            return if named && object { Ok(body.to_vec()) } else { refuse(400, "no JSON object") };
        };
        if self.is("POST replaces documents") {
            return Ok(body.to_vec());
        }
        if !(is_json(content_type) && is_json(&before.content_type))
            && !self.is("merges other types")
        {
            return refuse(400, "only JSON is merged");
        }
        let old = serde_json::from_slice::<Value>(&before.body);
        match (old, parsed) {
            (Ok(Value::Object(mut old)), Ok(Value::Object(new))) => {
                for (name, value) in new {
                    match (old.get_mut(&name), value) {
                        (Some(Value::Object(inner)), Value::Object(more))
                            if self.is("merges deeply") =>
                        {
                            inner.extend(more);
                        }
                        (Some(_), _) if self.is("merging keeps what was there") => {}
                        (_, Value::Null) if self.is("merging null deletes") => {
                            drop(old.remove(&name));
                        }
                        (_, value) => drop(old.insert(name, value)),
                    }
                }
                Ok(Value::Object(old).to_string().into_bytes())
            }
            _ if self.is("merges anything") => Ok(body.to_vec()),
            _ => refuse(400, "only objects are merged"),
        }
    }

    fn erase(&self, call: &Call, context: &str, id: &str) -> Answer {
        let mut state = self.state();
        let kept = find(&state, context, id).cloned();
        self.precondition(call, kept.as_ref())?;
        if self.is("DELETE deletes the whole context") {
            state.documents.remove(context);
        } else if !self.is("DELETE deletes nothing")
            && let Some(documents) = state.documents.get_mut(context)
        {
            documents.remove(id);
        }
        Ok(Response { status: 204, ..Response::default() })
    }

    fn erase_all(&self, context: &str) -> Answer {
        let mut state = self.state();
        if self.is("DELETE of all states deletes everybody's") {
            state.documents.clear();
        } else if self.is("DELETE of all states looks at no registration") {
            let start = context.rsplit_once(' ').map_or(context, |(start, _)| start).to_owned();
            state.documents.retain(|key, _| !key.starts_with(&start));
        } else if !self.is("DELETE of all states deletes nothing") {
            state.documents.remove(context);
        }
        Ok(Response { status: 204, ..Response::default() })
    }
}

fn find<'a>(state: &'a State, context: &str, id: &str) -> Option<&'a Kept> {
    state.documents.get(context).and_then(|documents| documents.get(id))
}
