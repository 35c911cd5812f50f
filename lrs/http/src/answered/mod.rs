//! Every answer on its way out: the id of its request, one line in the log, and the metrics.
//!
//! The line has who asked, what was refused and where, and how long it took; nothing of what a request says, for that is
//! about people, and no query, for a query may hold a secret.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::credentials::{Address, basic};
use super::language::{preferred, write};
use super::problem::{Broken, Problem};
use super::state::Server;
use access::caller::Caller;

mod figures;
pub(crate) mod id;
pub mod proxies;

pub(crate) use self::figures::{gauges, kept};
pub(crate) use self::id::RequestId;

/// What is polled, by monitoring and by balancers: its lines are for those who look closer.
const POLLED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The routes that give files of the player and of packages. Files of the browser UI are of no route.
const FILES: [&str; 2] = ["/launch-assets/{*path}", "/p/{key}/{*path}"];

/// The most of a text that a stranger chose which is written into a line, in bytes: a path, the name of a key that is none, the
/// place of a fault.
const LONGEST: usize = 500;

/// What becomes known of a request while it is served.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    route: Option<MatchedPath>,
    caller: Option<Asking>,
    /// The header with the key that was shown, be it good or not.
    shown: Option<HeaderValue>,
}

/// Whose credentials were good.
#[derive(Clone, Debug)]
enum Asking {
    Key(String),
    Person(String),
}

impl Notes {
    fn change(&self, change: impl FnOnce(&mut Noted)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn take(&self) -> Noted {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes on a request whose it is, once the credentials were found good.
pub(crate) fn note_caller(extensions: &Extensions, caller: &Caller) {
    let Some(notes) = extensions.get::<Notes>() else { return };
    let asking = match &caller.person {
        Some(person) => Asking::Person(person.name.clone()),
        None => Asking::Key(caller.key.name.clone()),
    };
    notes.change(|noted| noted.caller = Some(asking));
}

/// Notes which route a request has found, and the key that it shows once it was unfolded.
pub(super) async fn note_route(request: Request, next: Next) -> Response {
    if let Some(notes) = request.extensions().get::<Notes>() {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let shown = request.headers().get(AUTHORIZATION).cloned();
        notes.change(|noted| (noted.route, noted.shown) = (route, shown));
    }
    next.run(request).await
}

/// Finds out where a request comes from, gives the request its id, and tells of the answer. Outermost of all layers.
pub(super) async fn tell(
    State(server): State<Server>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_trusted = server.proxies.believe(&mut request);
    let id = RequestId::give(&mut request, is_trusted);
    let line = Line::of(&mut request, &id);
    let language = preferred(request.headers());
    let mut response = next.run(request).await;
    // A problem of one of the outer layers is still as it was made.
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response.headers_mut().remove(CONTENT_ENCODING);
        write(&mut response, &problem, language, Some(&id));
    }
    response.headers_mut().insert(id::HEADER, id.value());
    line.end(&response);
    response
}

/// The line of a request, which is written when the answer begins, or when nobody waits for it any more.
struct Line {
    begun: Instant,
    notes: Notes,
    id: RequestId,
    method: Method,
    path: String,
    address: Address,
    is_polled: bool,
    /// The answer is not worth a line at `info`.
    is_quiet: bool,
    is_over: bool,
}

/// Whether an answer gives a file as it is: of the browser UI, of the player or of a package. A page asks for dozens.
fn is_file(route: Option<&MatchedPath>, method: &Method, status: StatusCode) -> bool {
    let is_given = status.is_success() || status == StatusCode::NOT_MODIFIED;
    is_given
        && matches!(*method, Method::GET | Method::HEAD)
        && route.is_none_or(|route| FILES.contains(&route.as_str()))
}

impl Line {
    fn of(request: &mut Request, id: &RequestId) -> Self {
        let notes = Notes::default();
        notes.change(|noted| noted.shown = request.headers().get(AUTHORIZATION).cloned());
        request.extensions_mut().insert(notes.clone());
        let path = request.uri().path();
        Self {
            begun: Instant::now(),
            notes,
            id: id.clone(),
            method: request.method().clone(),
            path: in_short(service::packages::masked(path).into_owned()),
            address: Address::of_request(request.extensions()),
            is_polled: POLLED.contains(&path),
            is_quiet: false,
            is_over: false,
        }
    }

    fn end(mut self, response: &Response) {
        self.is_over = true;
        let Noted { route, caller, shown } = self.notes.take();
        let taken = self.begun.elapsed();
        let status = response.status();
        let broken = response.extensions().get::<Broken>();
        self.is_quiet = if self.is_polled {
            status == StatusCode::OK
        } else {
            is_file(route.as_ref(), &self.method, status)
        };
        let route = route.as_ref().map_or("other", MatchedPath::as_str);
        figures::answered(&self.method, route, status, taken);
        if let Some(Broken { rule, .. }) = broken {
            figures::refused(rule, key_of(caller.as_ref()));
        }
        self.write(Some(status), broken, (caller, shown));
    }

    /// Writes the line: at `info`, and at `debug` for files and for what is polled, where they were answered well.
    fn write(
        &self,
        status: Option<StatusCode>,
        broken: Option<&Broken>,
        (caller, shown): (Option<Asking>, Option<HeaderValue>),
    ) {
        let is_refused = status.is_some_and(|status| status.is_client_error());
        let (key, person) = match caller {
            Some(Asking::Key(key)) => (Some(key), None),
            Some(Asking::Person(person)) => (None, Some(person)),
            // Which key was refused; one of an answer that needs none is not looked at.
            None => (is_refused.then(|| name(shown.as_ref()).map(in_short)).flatten(), None),
        };
        let (id, from, millis) = (self.id.as_str(), self.address.text(), self.millis());
        let (rule, statement) = (broken.map(|it| &*it.rule), broken.and_then(|it| it.statement));
        let pointer = broken.and_then(|it| it.pointer.clone()).map(in_short);
        let pointer = pointer.as_deref();
        let (key, person) = (key.as_deref(), person.as_deref());
        let (status, Self { method, path, .. }) = (status.map_or(0, |it| it.as_u16()), self);
        if self.is_quiet {
            tracing::debug!(id, key, person, from, status, millis, "{method} {path:?}");
        } else if status == 0 {
            tracing::info!(id, key, person, from, millis, "unanswered {method} {path:?}");
        } else {
            tracing::info!(
                id,
                key,
                person,
                from,
                status,
                millis,
                rule,
                statement,
                pointer,
                "{method} {path:?}"
            );
        }
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The client has gone away before it was answered.
impl Drop for Line {
    fn drop(&mut self) {
        if !self.is_over {
            let Noted { caller, shown, .. } = self.notes.take();
            self.write(None, None, (caller, shown));
        }
    }
}

/// A text as a line has it: its first [`LONGEST`] bytes.
fn in_short(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

/// The key as metrics know it: people are one source, and who is not known is none.
fn key_of(caller: Option<&Asking>) -> &str {
    match caller {
        Some(Asking::Key(key)) => key,
        Some(Asking::Person(_)) => "(people)",
        None => "",
    }
}

/// The name of the key that a request shows, be it good or not.
fn name(header: Option<&HeaderValue>) -> Option<String> {
    let header = header.and_then(|value| value.to_str().ok());
    header.and_then(basic).map(|(name, _)| name)
}

/// Replaces the body of an answer.
pub(super) fn replace_body(response: &mut Response, body: Vec<u8>) {
    let headers: &mut HeaderMap = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    *response.body_mut() = Body::from(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_beginning_of_what_a_stranger_chose() {
        assert_eq!(in_short("/xapi/statements".to_owned()), "/xapi/statements");
        let long = format!("{}è{}", "a".repeat(LONGEST - 1), "b".repeat(60_000));
        assert_eq!(in_short(long), format!("{}…", "a".repeat(LONGEST - 1)));
    }
}
