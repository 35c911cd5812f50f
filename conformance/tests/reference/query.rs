//! Finding statements.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::resources::identifier;
use super::{
    Answer, Call, Reference, Refused, State, Stored, http_date, json_answer, refuse, values,
};

const FILTERS: [&str; 12] = [
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "ascending",
    "from",
    "upto",
];

/// A query, read.
struct Query {
    agent: Option<String>,
    verb: Option<String>,
    activity: Option<String>,
    registration: Option<String>,
    related_agents: bool,
    related_activities: bool,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    limit: usize,
    ascending: bool,
}

impl Reference {
    pub(crate) fn find(&self, call: &Call) -> Answer {
        self.known(
            call,
            &[&FILTERS[..], &["statementId", "voidedStatementId", "format", "attachments"]]
                .concat(),
        )?;
        self.values_of(call)?;
        let (id, voided) = (call.parameter("statementId"), call.parameter("voidedStatementId"));
        if id.is_some() && voided.is_some() && !self.is("takes both ids") {
            return refuse(400, "one id alone");
        }
        let filtered = call.query.iter().any(|(name, _)| FILTERS.contains(&name.as_str()));
        for (name, given) in [("statementId", id), ("voidedStatementId", voided)] {
            if given.is_some() && filtered && !self.is(&format!("takes filters with {name}")) {
                return refuse(400, "an id goes with no filter");
            }
        }
        match (id, voided) {
            (Some(id), _) => self.one(call, id, false),
            (None, Some(id)) => self.one(call, id, true),
            (None, None) => self.many(call),
        }
    }

    fn values_of(&self, call: &Call) -> Result<(), Refused> {
        let boolean = |text: &str| matches!(text, "true" | "false");
        for (name, value) in &call.query {
            let fits = match name.as_str() {
                "statementId" | "voidedStatementId" | "registration" => values::uuid(value),
                "verb" | "activity" => values::iri(value),
                "since" | "until" => value.parse::<Timestamp>().is_ok(),
                "limit" => value.parse::<u32>().is_ok(),
                "ascending" | "related_agents" | "related_activities" | "attachments" => {
                    boolean(value)
                        || (self.is("folds the case of truth values")
                            && boolean(&value.to_lowercase()))
                }
                "format" => matches!(value.as_str(), "ids" | "exact" | "canonical"),
                "agent" => self.agent_of(value, call.two).is_ok(),
                _ => true,
            };
            if !fits && !self.is(&format!("takes any {name} in queries")) {
                return refuse(400, format!("{name} makes no sense"));
            }
        }
        Ok(())
    }

    fn one(&self, call: &Call, id: &str, voided: bool) -> Answer {
        let id = id.to_lowercase();
        let state = self.state();
        let found = state.by_id.get(&id).map(|at| &state.statements[*at]);
        let is_voided = state.voided.contains(&id);
        let fits = match (is_voided, voided) {
            (true, false) => self.is("gives voided statements by statementId"),
            (false, true) => self.is("gives any statement by voidedStatementId"),
            (true, true) => !self.is("knows no voidedStatementId"),
            (false, false) => true,
        };
        let Some(found) = found.filter(|_| fits) else {
            let status = if self.is("answers 200 for unknown statements") { 200 } else { 404 };
            return refuse(status, "no such statement");
        };
        let value = self.formatted(call, &found.value);
        let mut response = self.with_attachments(call, &state, value, &[&found.value]);
        if !self.is("statements have no Last-Modified") {
            let time = match self.is("Last-Modified of statements is now") {
                true => found.stored + jiff::SignedDuration::from_hours(1),
                false => found.stored,
            };
            response.headers.push(("Last-Modified".to_owned(), http_date(time)));
        }
        if self.is("statements have no content type") {
            response.headers.retain(|(name, _)| name != "Content-Type");
        }
        Ok(response)
    }

    fn many(&self, call: &Call) -> Answer {
        let query = self.query(call);
        let state = self.state();
        let mut found: Vec<&Stored> =
            state.statements.iter().filter(|one| self.meets(&state, &query, call, one)).collect();
        if self.is("orders by timestamp") {
            found.sort_by_key(|one| one.value["timestamp"].as_str().map(str::to_owned));
        }
        if query.ascending == self.is("knows no ascending") && !self.is("gives the oldest first") {
            found.reverse();
        }
        let more = if query.limit > 0 && found.len() > query.limit {
            self.more(call, &query, &found)
        } else {
            String::new()
        };
        if query.limit > 0 && !self.is("knows no limit") {
            found.truncate(query.limit);
        }
        let more = if self.is("always has a more link") {
            "/xapi/statements?limit=1".to_owned()
        } else {
            more
        };
        let values: Vec<&Value> = found.iter().map(|one| &one.value).collect();
        if values.is_empty() && self.is("an empty result is 404") {
            return refuse(404, "none");
        }
        let list: Vec<Value> = values.iter().map(|value| self.formatted(call, value)).collect();
        let result = match self.mutant.as_str() {
            "a result is a bare list" => json!(list),
            "a result has more members" => json!({"statements": list, "more": more, "count": 1}),
            _ => json!({"statements": list, "more": more}),
        };
        if call.parameter("attachments") == Some("true") {
            return Ok(self.with_attachments(call, &state, result, &values));
        }
        Ok(json_answer(&result))
    }

    fn query(&self, call: &Call) -> Query {
        let text = |name: &str| call.parameter(name).map(str::to_owned);
        let yes = |name: &str| call.parameter(name).is_some_and(|v| v.eq_ignore_ascii_case("true"));
        let time = |name: &str| call.parameter(name).and_then(|text| text.parse().ok());
        let agent = text("agent").and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let unless = |mutant: &str| !self.is(mutant);
        Query {
            agent: agent.map(|agent| identifier(&agent)).filter(|_| unless("knows no agent")),
            verb: text("verb").filter(|_| unless("knows no verb")),
            activity: text("activity").filter(|_| unless("knows no activity")),
            registration: text("registration").filter(|_| unless("knows no registration")),
            related_agents: yes("related_agents") || self.is("always looks at related agents"),
            related_activities: yes("related_activities")
                || self.is("always looks at related activities"),
            since: time("since").filter(|_| unless("knows no since")),
            until: time("until").filter(|_| unless("knows no until")),
            limit: call.parameter("limit").and_then(|text| text.parse().ok()).unwrap_or_default(),
            ascending: yes("ascending"),
        }
    }

    /// The link to the next page: the same query, and the place of the last statement given.
    fn more(&self, call: &Call, query: &Query, found: &[&Stored]) -> String {
        if self.is("has no more link") {
            return String::new();
        }
        let skip = usize::from(self.is("repeats a statement on the next page"));
        let at = match self.is("skips a statement on the next page") {
            true => query.limit.min(found.len() - 1),
            false => query.limit - 1 - skip.min(query.limit - 1),
        };
        let last = found[at].stored.to_string();
        let mut next = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &call.query {
            let lost = match self.mutant.as_str() {
                "more forgets the format" => name == "format",
                "more forgets the filter" => name == "verb",
                "more forgets the order" => name == "ascending",
                _ => false,
            };
            if !lost && !matches!(name.as_str(), "from" | "upto") {
                next.append_pair(name, value);
            }
        }
        let key = if query.ascending { "from" } else { "upto" };
        if self.is("counts statements for more") {
            let seen = call
                .parameter("upto")
                .and_then(|text| text.parse::<usize>().ok())
                .unwrap_or_default();
            next.append_pair(key, &(seen + query.limit).to_string());
        } else {
            next.append_pair(key, &last);
        }
        let path = if self.is("more leads nowhere") { "/elsewhere" } else { "/xapi/statements" };
        format!("{path}?{}", next.finish())
    }

    fn meets(&self, state: &State, query: &Query, call: &Call, one: &Stored) -> bool {
        if one.id.is_empty()
            || (state.voided.contains(&one.id) && !self.is("lists voided statements"))
        {
            return false;
        }
        let after = query.since.is_none_or(|since| {
            one.stored > since || (self.is("since includes the time itself") && one.stored == since)
        });
        let before = query.until.is_none_or(|until| {
            one.stored < until
                || (one.stored == until && !self.is("until excludes the time itself"))
        });
        let timed = after && before && self.on_page(state, call, one);
        if !timed {
            return false;
        }
        let mut seen = BTreeSet::new();
        self.matches(state, query, one, &mut seen)
    }

    fn on_page(&self, state: &State, call: &Call, one: &Stored) -> bool {
        if let Some(upto) = call.parameter("upto") {
            if let Ok(skip) = upto.parse::<usize>() {
                let verb = call.parameter("verb");
                let newer = state.statements.iter().filter(|other| {
                    other.stored > one.stored
                        && other.value.pointer("/verb/id").and_then(Value::as_str) == verb
                });
                return newer.count() >= skip;
            }
            return upto.parse::<Timestamp>().is_ok_and(|upto| one.stored < upto);
        }
        let from = call.parameter("from").and_then(|text| text.parse::<Timestamp>().ok());
        from.is_none_or(|from| one.stored > from)
    }

    fn matches(
        &self,
        state: &State,
        query: &Query,
        one: &Stored,
        seen: &mut BTreeSet<String>,
    ) -> bool {
        if self.fits(query, &one.value) {
            return true;
        }
        if !seen.insert(one.id.clone()) || self.is("follows no references") {
            return false;
        }
        if self.is("follows one reference alone") && seen.len() > 1 {
            return false;
        }
        let target =
            ["/object", "/context/statement", "/object/object"].iter().find_map(|pointer| {
                let counts = match *pointer {
                    "/context/statement" => self.is("follows references in the context"),
                    "/object/object" => self.is("follows references in sub-statements"),
                    _ => true,
                };
                let value = one.value.pointer(pointer).filter(|_| counts)?;
                let refers = value.get("objectType").is_some_and(|kind| kind == "StatementRef");
                value.get("id").filter(|_| refers)?.as_str().map(str::to_lowercase)
            });
        let Some(at) = target.and_then(|id| state.by_id.get(&id).copied()) else { return false };
        let target = &state.statements[at];
        if self.is("follows no references to voided statements")
            && state.voided.contains(&target.id)
        {
            return false;
        }
        if self.is("follows references backwards alone") && target.stored > one.stored {
            return false;
        }
        let timed = query.since.is_none_or(|since| target.stored > since);
        if self.is("looks at the target's time") && !timed {
            return false;
        }
        self.matches(state, query, target, seen)
    }

    fn fits(&self, query: &Query, value: &Value) -> bool {
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
        let verb = query.verb.as_ref().map(|verb| text("/verb/id") == Some(verb));
        let registration = query.registration.as_ref().map(|wanted| {
            text("/context/registration").is_some_and(|found| {
                match self.is("compares UUIDs as text") {
                    true => found == wanted,
                    false => found.eq_ignore_ascii_case(wanted),
                }
            })
        });
        let agent =
            query.agent.as_ref().map(|agent| self.has_agent(value, agent, query.related_agents));
        let activity = query
            .activity
            .as_ref()
            .map(|id| self.has_activity(value, id, query.related_activities));
        let all = [verb, registration, agent, activity];
        if self.is("takes one filter of many") {
            return all.contains(&Some(true)) || all.iter().all(Option::is_none);
        }
        all.into_iter().flatten().all(|holds| holds)
    }

    fn has_agent(&self, value: &Value, wanted: &str, related: bool) -> bool {
        let near = ["/actor", "/object"];
        let far = [
            "/context/instructor",
            "/context/team",
            "/authority",
            "/object/actor",
            "/object/object",
            "/object/context/instructor",
            "/object/context/team",
        ];
        let is = |pointer: &str| {
            let blind = self.agent_blind(pointer);
            value
                .pointer(pointer)
                .filter(|_| !blind)
                .is_some_and(|found| self.is_agent(found, wanted))
        };
        if near.iter().any(|pointer| is(pointer)) {
            return true;
        }
        let listed = |list: &str, key: &str| {
            let blind = self.agent_blind(list);
            let items = value.pointer(list).filter(|_| !blind).and_then(Value::as_array);
            items
                .into_iter()
                .flatten()
                .any(|item| item.get(key).is_some_and(|one| self.is_agent(one, wanted)))
        };
        related
            && (far.iter().any(|pointer| is(pointer))
                || listed("/context/contextAgents", "agent")
                || listed("/context/contextGroups", "group"))
    }

    fn agent_blind(&self, pointer: &str) -> bool {
        self.mutant.strip_prefix("finds no agent at ") == Some(pointer)
    }

    fn activity_blind(&self, pointer: &str) -> bool {
        self.mutant.strip_prefix("finds no activity at ") == Some(pointer)
    }

    fn is_agent(&self, found: &Value, wanted: &str) -> bool {
        if self.is("looks at names of agents") && found.get("name").is_some() {
            return false;
        }
        if identifier(found) == wanted {
            let group = found.get("objectType").is_some_and(|kind| kind == "Group");
            return !(group && self.is("finds no groups"));
        }
        let members = found.get("member").and_then(Value::as_array);
        !self.is("looks at no members")
            && members.into_iter().flatten().any(|one| identifier(one) == wanted)
    }

    fn has_activity(&self, value: &Value, wanted: &str, related: bool) -> bool {
        let is = |found: &Value| found.get("id").and_then(Value::as_str) == Some(wanted);
        let at =
            |pointer: &str| !self.activity_blind(pointer) && value.pointer(pointer).is_some_and(is);
        if at("/object") {
            return true;
        }
        let in_context = |start: &str| {
            ["parent", "grouping", "category", "other"].iter().any(|key| {
                let pointer = format!("{start}/contextActivities/{key}");
                let blind = self.activity_blind(&pointer);
                let list = value.pointer(&pointer).filter(|_| !blind).and_then(Value::as_array);
                list.into_iter().flatten().any(is)
            })
        };
        related && (at("/object/object") || in_context("/context") || in_context("/object/context"))
    }
}
