//! Notes changes in the audit log: who asked for them, what was done, and to what; and who read or exported personal data.
//!
//! Every route of the API that changes something has a row in [`ROWS`], so that none is forgotten: a test holds the rows to
//! the API's description.

use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::state::Server;
use access::audit::Actor;
use access::caller::Caller;
use dataset::aggregate::short;
use service::audit::Audit;
use xapi::cursor::Cursors;
use xapi::parameters::Parameters;

/// What is noted of the requests of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noted {
    /// This action, by the caller, to what the path names.
    As(&'static str),
    /// What the handler notes, for there is no caller yet.
    ByHandler,
    /// Nothing, for this reason.
    Not(&'static str),
}

use Noted::{As, ByHandler, Not};

/// Method and path of every route that changes something, and what is noted of it.
const ROWS: &[(&str, &str, Noted)] = &[
    ("POST", "/api/v1/keys", As("key.created")),
    ("DELETE", "/api/v1/keys/{key}", As("key.revoked")),
    ("POST", "/api/v1/keys/{key}/secret", As("key.rotated")),
    ("PUT", "/api/v1/courses/{id}", As("course.changed")),
    ("DELETE", "/api/v1/courses/{id}", As("course.deleted")),
    ("POST", "/api/v1/courses/{id}/rebuild", As("course.rebuilt")),
    ("PUT", "/api/v1/courses/{id}/learners", As("learners.changed")),
    ("PUT", "/api/v1/courses/{id}/learners/{learner}/merge", As("learner.merged")),
    ("DELETE", "/api/v1/courses/{id}/learners/{learner}/merge", As("learner.unmerged")),
    (
        "PUT",
        "/api/v1/courses/{id}/events/{event}/sessions/{session}/register",
        As("register.replaced"),
    ),
    (
        "POST",
        "/api/v1/courses/{id}/events/{event}/sessions/{session}/register",
        As("register.extended"),
    ),
    (
        "POST",
        "/api/v1/courses/{id}/check-in",
        Not("a learner checks in, and the statement says so"),
    ),
    ("POST", "/api/v1/courses/{id}/certificates", As("certificates.frozen")),
    ("POST", "/api/v1/courses/{id}/mappings", As("course.mapped")),
    ("POST", "/api/v1/statements/check", Not("nothing is kept")),
    ("POST", "/api/v1/statements/aggregate", Not("a question changes nothing")),
    ("POST", "/api/v1/refusals/{refusal}/test", Not("nothing is kept")),
    ("DELETE", "/api/v1/jobs/{job}", Not("it has ended, and is forgotten with the process")),
    ("POST", "/api/v1/packages/check", Not("nothing is kept")),
    ("POST", "/api/v1/packages/shim", As("package.shimmed")),
    ("POST", "/api/v1/packages/ticket", Not("players do it at each launch")),
    ("POST", "/api/v1/packages", As("package.imported")),
    ("PUT", "/api/v1/packages/{name}", As("package.chosen")),
    ("DELETE", "/api/v1/packages/{name}", As("package.removed")),
    (
        "POST",
        "/api/v1/packages/{name}/launches",
        Not("one for each learner: they are listed with the package"),
    ),
    ("DELETE", "/api/v1/packages/{name}/launches/{id}", As("launch.revoked")),
    ("POST", "/api/v1/sessions", ByHandler),
    ("DELETE", "/api/v1/session", Not("one's own, at the end of the day")),
    ("DELETE", "/api/v1/sessions/{id}", As("session.revoked")),
    ("PUT", "/api/v1/session/password", As("person.password_changed")),
    ("POST", "/api/v1/session/totp", Not("it is not on yet")),
    ("PUT", "/api/v1/session/totp", As("person.totp_on")),
    ("DELETE", "/api/v1/session/totp", As("person.totp_off")),
    ("POST", "/api/v1/setup", ByHandler),
    ("POST", "/api/v1/invitations", ByHandler),
    ("POST", "/api/v1/erasures", As("person.erased")),
    ("PUT", "/api/v1/retention", As("retention.changed")),
    ("POST", "/api/v1/retention/dry-run", Not("nothing is kept")),
    ("POST", "/api/v1/dossiers", As("person.exported")),
    ("POST", "/api/v1/people", As("person.created")),
    ("PUT", "/api/v1/people/{name}", As("person.changed")),
    ("DELETE", "/api/v1/people/{name}", As("person.removed")),
    ("POST", "/api/v1/people/{name}/invitation", As("person.invited")),
    ("PUT", "/api/v1/reactions/{name}", As("reaction.changed")),
    ("DELETE", "/api/v1/reactions/{name}", As("reaction.removed")),
    ("POST", "/api/v1/reactions/{name}/dry-run", Not("nothing is kept")),
    ("POST", "/api/v1/pipes", As("pipe.created")),
    ("PUT", "/api/v1/pipes/{pipe}", As("pipe.changed")),
    ("DELETE", "/api/v1/pipes/{pipe}", As("pipe.removed")),
    ("POST", "/api/v1/pipes/{pipe}/test", Not("nothing is sent and nothing is kept")),
    ("POST", "/api/v1/pipes/{pipe}/pause", As("pipe.paused")),
    ("POST", "/api/v1/pipes/{pipe}/resume", As("pipe.resumed")),
    ("POST", "/api/v1/pipes/{pipe}/replay", As("pipe.replayed")),
    ("POST", "/api/v1/pipes/{pipe}/signing-secret", As("pipe.secret_rotated")),
    ("POST", "/api/v1/pipes/{pipe}/erasures/{erasure}", As("pipe.erasure_told_again")),
    ("DELETE", "/api/v1/pipes/{pipe}/erasures/{erasure}", As("pipe.erasure_done")),
    ("POST", "/api/v1/pipes/{pipe}/dead-letters/{statement}", As("pipe.letter_retried")),
    ("DELETE", "/api/v1/pipes/{pipe}/dead-letters/{statement}", As("pipe.letter_dropped")),
];

/// Whether a reading is noted, by the parameters of its query.
type When = fn(&Parameters) -> bool;

const ALWAYS: When = |_| true;
/// In a form that is written to a file.
const AS_FILE: When = |asked| asked.get("format").is_some_and(|it| FILES.contains(&it));
/// Not a page to be looked at.
const AS_WHOLE: When =
    |asked| ["search", "sort", "limit", "after"].iter().all(|name| asked.get(name).is_none());
/// What one person did, or what is found by somebody's name: a search by text looks at the names of actors.
const OF_A_PERSON: When =
    |asked| asked.get("agent").is_some() || asked.get("text").is_some() || names_actors(asked);
/// The columns of `statements` that say who somebody is.
const OF_ACTORS: [&str; 2] = ["actor", "instructor"];
/// The formats that are written to files.
const FILES: [&str; 5] = ["csv", "xlsx", "html", "text", "ndjson"];

/// The routes that give personal data of somebody, or many people's data to take along: their path, when a reading is
/// noted, and as what. The first row that fits counts. Lists and reports that are looked at are not noted.
const READINGS: &[(&str, When, Noted)] = &[
    ("/api/v1/courses/{id}/learners", AS_WHOLE, As("learners.exported")),
    ("/api/v1/courses/{id}/learners/{learner}", ALWAYS, As("learner.read")),
    ("/api/v1/courses/{id}/learners/{learner}/statements", ALWAYS, As("learner.read")),
    ("/api/v1/courses/{id}/reports/{report}", AS_FILE, As("report.exported")),
    ("/api/v1/courses/{id}/progress", AS_FILE, As("report.exported")),
    ("/api/v1/courses/{id}/certificates/{list}", ALWAYS, As("certificates.read")),
    ("/api/v1/courses/{id}/certificates/{list}/people", ALWAYS, As("certificates.read")),
    ("/api/v1/statements", AS_FILE, As("statements.exported")),
    ("/api/v1/statements", OF_A_PERSON, As("statements.read")),
    ("/api/v1/statements/live", OF_A_PERSON, As("statements.read")),
    ("/api/v1/data/{table}", ALWAYS, As("data.exported")),
    ("/api/v1/data/{table}/{part}/{file}", ALWAYS, As("data.exported")),
    ("/api/v1/odata/{table}", ALWAYS, As("data.exported")),
    ("/api/v1/my/export", ALWAYS, As("own.exported")),
];
/// Somebody's statements were read.
pub(crate) const STATEMENTS_READ: &str = "statements.read";

/// On a response: what is noted beside what the path names.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// To what the change was made, where the path does not name it.
    pub target: Option<String>,
    /// What else there is to know.
    pub details: Option<Value>,
}

/// On a request that is noted: its caller, once that is known.
#[derive(Clone, Default)]
struct Witness(Arc<OnceLock<Actor>>);

/// Notes on a request that is noted who its caller is.
pub(super) fn witness(parts: &Parts, caller: &Caller) {
    if let Some(Witness(actor)) = parts.extensions.get() {
        actor.get_or_init(|| actor_of(caller));
    }
}

/// Who a caller is in the audit log.
pub(crate) fn actor_of(caller: &Caller) -> Actor {
    match &caller.person {
        Some(person) => Actor::Person(person.name.clone()),
        None => Actor::Key(caller.key.name.clone()),
    }
}

/// Notes a request that has changed something. What only shows a change (`dry_run`) is not noted.
pub(super) async fn note(
    State(server): State<Server>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = asked(&request, &server.cursors);
    let reading = reading_of(&request, asked.as_ref());
    let Some(action) = reading.or_else(|| action_of(&request)) else {
        return next.run(request).await;
    };
    let witness = Witness::default();
    let note = Note {
        audit: server.audit.clone(),
        witness: witness.clone(),
        action,
        target: target_of(&request, asked.as_ref(), |words| server.audit.searched(words)),
        is_reading: reading.is_some(),
        is_answered: false,
    };
    request.extensions_mut().insert(witness);
    let mut response = next.run(request).await;
    let told = response.extensions_mut().remove::<Told>().unwrap_or_default();
    note.answered(response.status().is_success(), told).await;
    response
}

/// What is noted of a request, where something is.
fn action_of(request: &Request) -> Option<&'static str> {
    if request.method().is_safe() || is_dry(request) {
        return None;
    }
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let method = request.method().as_str();
    match ROWS.iter().find(|(of, at, _)| *of == method && *at == path)?.2 {
        As(action) => Some(action),
        ByHandler | Not(_) => None,
    }
}

/// The parameters of a request; of one that follows a `more` link, those of the request that the link goes on with, whoever
/// made that. `None` where they cannot be read.
fn asked(request: &Request, cursors: &Cursors) -> Option<Parameters> {
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default()).ok()?;
    Some(cursors.resume(parameters).ok()?.0)
}

/// As what a request that reads personal data is noted.
fn reading_of(request: &Request, asked: Option<&Parameters>) -> Option<&'static str> {
    // HEAD tells how much would be read.
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let mut rows = READINGS.iter().filter(|(at, ..)| *at == path);
    match rows.find(|(_, when, _)| asked.is_some_and(when))?.2 {
        As(action) => Some(action),
        ByHandler | Not(_) => None,
    }
}

/// Whether a condition of a search is on a column that says who somebody is.
fn names_actors(asked: &Parameters) -> bool {
    of_actors(asked).next().is_some()
}

/// The conditions of a search that are on columns that say who somebody is.
fn of_actors(asked: &Parameters) -> impl Iterator<Item = &str> {
    let conditions = asked.all("where");
    conditions.filter(|text| OF_ACTORS.contains(&short::column_of(text)))
}

/// The identifier of an Agent in JSON, by its text; the JSON where it has none.
pub(crate) fn identified(agent: &str) -> String {
    let value: Option<Value> = serde_json::from_str(agent).ok();
    let identifier = value.as_ref().and_then(validator::ifi::of).map(|ifi| ifi.to_string());
    identifier.unwrap_or_else(|| agent.to_owned())
}

fn is_dry(request: &Request) -> bool {
    // As handlers read it.
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default());
    parameters.is_ok_and(|it| it.boolean("dry_run").unwrap_or_default())
}

/// What the parameters of the path name, with slashes between them; else the query's `agent`, by its identifier, what a
/// search looks for in columns that say who somebody is, or `name`. Of the words that a search looks for in names, which may be
/// a part of somebody's, there is what `searched` makes of them.
fn target_of(
    request: &Request,
    asked: Option<&Parameters>,
    searched: impl Fn(&str) -> String,
) -> String {
    let template = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let segments = template.split('/').zip(request.uri().path().split('/'));
    let named = segments.filter(|(of, _)| of.starts_with('{'));
    let named = named.map(|(_, value)| percent_decode_str(value).decode_utf8_lossy());
    let named = named.collect::<Vec<_>>().join("/");
    if !named.is_empty() {
        return named;
    }
    let Some(parameters) = asked else { return String::new() };
    if let Some(agent) = parameters.get("agent") {
        return identified(agent);
    }
    let text = parameters.get("text").map(|text| format!("text={}", searched(text)));
    let mut sought: Vec<String> =
        text.into_iter().chain(of_actors(parameters).map(str::to_owned)).collect();
    if !sought.is_empty() {
        // What names somebody comes first: the log cuts what is long.
        sought.sort_by_key(|it| (it.contains('!'), it.len()));
        return sought.join(" ");
    }
    parameters.get("name").map(str::to_owned).unwrap_or_default()
}

/// A request that is about to be noted.
struct Note {
    audit: Audit,
    witness: Witness,
    action: &'static str,
    target: String,
    is_reading: bool,
    is_answered: bool,
}

impl Note {
    async fn answered(mut self, is_done: bool, Told { target, details }: Told) {
        self.is_answered = true;
        let Some(actor) = self.witness.0.get().cloned().filter(|_| is_done) else { return };
        let target = target.unwrap_or_else(|| std::mem::take(&mut self.target));
        // Written to its end, whether the client waits for its answer or not.
        let (audit, action, is_reading) = (self.audit.clone(), self.action, self.is_reading);
        let noting = async move {
            if is_reading {
                audit.note_reading(actor, action, &target, details).await;
            } else {
                audit.note(actor, action, &target, details).await;
            }
        };
        let _ = tokio::spawn(noting).await;
    }
}

/// The client went away before its answer: what it asked for may have been done.
impl Drop for Note {
    fn drop(&mut self) {
        let Some(actor) = self.witness.0.get().cloned().filter(|_| !self.is_answered) else {
            return;
        };
        let (audit, action) = (self.audit.clone(), self.action);
        let target = std::mem::take(&mut self.target);
        let details = Some(json!({"outcome": "unknown: the client did not wait for its answer"}));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { audit.note(actor, action, &target, details).await });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use xapi::instant::Instant;

    use super::*;

    #[test]
    fn parameters_are_read_as_handlers_read_them() {
        let request = |query: &str| {
            let uri = format!("/api/v1/courses/c?{query}");
            Request::builder().uri(uri).body(axum::body::Body::empty()).unwrap()
        };
        for (query, is) in [
            ("dry_run=true", true),
            ("dry_run=%74rue", true),
            ("dry%5Frun=True&x=1", true),
            ("dry_run=false", false),
            ("dry_run=1", false),
            ("", false),
        ] {
            assert_eq!(is_dry(&request(query)), is, "{query}");
        }
        let request = request("n%61me=un+corso%2F1");
        let asked = asked(&request, &Cursors::new([7; 32]));
        assert_eq!(target_of(&request, asked.as_ref(), str::to_uppercase), "un corso/1");
    }

    #[test]
    fn a_search_for_somebody_is_noted_with_what_was_looked_for() {
        let anna = r#"agent={"mbox":"mailto:a@x.it"}"#;
        for (query, target) in [
            (anna, Some("mbox::mailto:a@x.it")),
            ("text=anna", Some("text=ANNA")),
            ("where=actor%3D12ab&text=anna&limit=1", Some("text=ANNA actor=12ab")),
            ("where=verb=passed&where=instructor!=", Some("instructor!=")),
            (
                "where=actor!%3Dlong&where=instructor%3D1234&where=actor%3D12ab",
                Some("actor=12ab instructor=1234 actor!=long"),
            ),
            ("where=verb=passed&where=actor_home=https://x.it", None),
            ("limit=10", None),
            ("", None),
        ] {
            let first = Parameters::parse(query).unwrap();
            let written = query.replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
            // The next pages are of the same person, and another caller may have begun.
            let cursors = Cursors::new([7; 32]);
            let next = cursors.continue_after(&first, Instant::from_micros(9)).unwrap();
            for query in [written, next] {
                let uri = format!("/api/v1/statements?{query}");
                let request = Request::builder().uri(uri).body(axum::body::Body::empty()).unwrap();
                let asked = asked(&request, &cursors).unwrap();
                assert_eq!(OF_A_PERSON(&asked), target.is_some(), "{query}");
                assert_eq!(
                    target_of(&request, Some(&asked), str::to_uppercase),
                    target.unwrap_or_default(),
                    "{query}"
                );
            }
        }
    }

    #[test]
    fn every_reading_is_of_a_route_that_there_is() {
        let routes = crate::describe::description().paths.paths;
        for (path, ..) in READINGS {
            assert!(routes.get(*path).is_some_and(|item| item.get.is_some()), "{path}");
        }
        assert!(READINGS.iter().any(|(.., noted)| *noted == As(STATEMENTS_READ)));
        let agent = r#"{"mbox":"mailto:a@x.it"}"#;
        assert_eq!(identified(agent), "mbox::mailto:a@x.it");
        assert_eq!(identified("{}"), "{}");
    }

    #[test]
    fn every_route_that_changes_something_has_a_row() {
        let mut routes = BTreeSet::new();
        for (path, item) in crate::describe::description().paths.paths {
            let changing = [("PUT", item.put), ("POST", item.post), ("DELETE", item.delete)];
            for (method, operation) in changing {
                if operation.is_some() && path.starts_with("/api/") {
                    routes.insert((method.to_owned(), path.clone()));
                }
            }
        }
        let rows: BTreeSet<(String, String)> = ROWS
            .iter()
            .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
            .collect();
        assert_eq!(rows.len(), ROWS.len(), "one row for a route");
        assert_eq!(routes.difference(&rows).collect::<Vec<_>>(), [] as [&(String, String); 0]);
        assert_eq!(rows.difference(&routes).collect::<Vec<_>>(), [] as [&(String, String); 0]);
    }
}
