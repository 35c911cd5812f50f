//! `GET /api/v1/statements/live`: statements as they come, as server-sent events (HTML Living Standard, 9.2).

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, stream};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::timeout;
use validator::Version;

use crate::problem::Problem;
use crate::signed_in::Signed;
use crate::state::Server;
use access::caller::{Caller, Readable};
use access::scope::Right;
use service::memory::{Memory, Reserved};
use service::progress::ProgressError;
use xapi::instant::Instant;
use xapi::parameters::Parameters;
use xapi::query::{Filter, Query, Wanted};
use xapi::stored::Stored;

/// How many a key, or a person, may have open.
const OF_KEY: usize = 4;
/// How many all keys may have open together, and all people: programs never take the places of people.
const OF_KEYS: usize = 48;
const OF_PEOPLE: usize = 16;
/// How many more there are for those of each kind who have none open: few who have many open leave the others out of it.
const OF_FIRST: usize = 16;
/// How far apart signs of life are.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long at most until a key that was revoked by another process is noticed.
const LOOK: Duration = Duration::from_secs(5);
/// How long statements are gathered before they are read.
const GATHERING: Duration = Duration::from_millis(100);
/// How long a reader waits after an error before it is tried again; also what clients are told to wait.
const RECOVERY: Duration = Duration::from_secs(2);
/// How many statements are read at a time.
const AT_ONCE: usize = 20;
/// A longer statement is not sent, in bytes: its id is.
const LONGEST: usize = 256 << 10;
/// Where a reader goes on that was cut off.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells proxies not to gather an answer.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The readers that are sent statements as they come.
pub struct Tails {
    open: Arc<Mutex<HashMap<Reader, usize>>>,
    ending: watch::Sender<bool>,
}

/// Whose places are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Reader {
    is_person: bool,
    name: String,
}

impl Reader {
    fn of(caller: &Caller) -> Self {
        Self { is_person: caller.person.is_some(), name: caller.key.name.clone() }
    }
}

impl Default for Tails {
    fn default() -> Self {
        Self { open: Arc::default(), ending: watch::Sender::new(false) }
    }
}

impl Tails {
    /// Ends all at once: the server stops.
    pub(crate) fn end(&self) {
        self.ending.send_replace(true);
    }

    /// One more place for a reader.
    fn place(&self, reader: Reader) -> Result<Place, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.get(&reader).copied().unwrap_or_default();
        let alike = open.iter().filter(|(other, _)| other.is_person == reader.is_person);
        let all = alike.map(|(_, count)| count).sum::<usize>();
        let most = if reader.is_person { OF_PEOPLE } else { OF_KEYS };
        let most = if own == 0 { most + OF_FIRST } else { most };
        if own >= OF_KEY || all >= most {
            return Err(Problem::too_many_tails(OF_KEY));
        }
        open.insert(reader.clone(), own + 1);
        Ok(Place { open: Arc::clone(&self.open), reader })
    }
}

/// A reader's place, until it is dropped.
struct Place {
    open: Arc<Mutex<HashMap<Reader, usize>>>,
    reader: Reader,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.reader) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.reader);
            }
        }
    }
}

/// Statements as they come: each as an event `statement` whose `id` is its `stored` in microseconds and whose data is the
/// statement as it is kept. A reader that comes back with `Last-Event-ID` misses none.
///
/// Filters are those of GET /xapi/statements. With `course`, the statements are those of its learners that bear on it, as
/// far as the key's bounds reach, and the right that is needed is to read courses. A statement of more than 256 KiB comes
/// as an event `large` with its `id` and `bytes`. Ends when the key is revoked or the session is over; a key, or a
/// person, may have 4 open.
#[utoipa::path(get, path = "/api/v1/statements/live", tag = "statements", security(("key" = [])),
    params(("verb" = Option<String>, Query, description = "with this verb's IRI"),
        ("activity" = Option<String>, Query, description = "about the activity of this IRI"),
        ("agent" = Option<String>, Query, description = "about this Agent or Group, JSON"),
        ("course" = Option<String>, Query, description = "of the learners of the course of this id"),
        ("Last-Event-ID" = Option<String>, Header, description = "the `id` of the last event that came")),
    responses((status = 200, body = String, content_type = "text/event-stream"),
        (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Signed(signed_in): Signed,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    parameters.only(&["verb", "activity", "agent", "course"])?;
    let course = parameters.get("course").map(str::to_owned);
    let readable = readable(&server, &caller, course.as_deref()).await?;
    let filter = filter(&parameters)?;
    let place = server.tails.place(Reader::of(&caller))?;
    let after = match last_event(&headers)? {
        Some(last) => last,
        None => server.record.consistent_through().await?,
    };
    let tail = Tail {
        memory: server.shares.of_key(&caller.key.name),
        ending: server.tails.ending.subscribe(),
        changes: server.credentials.changes(),
        server,
        caller,
        session: signed_in.map(|it| it.session.id.clone()),
        readable,
        filter,
        course,
        after,
        ready: VecDeque::new(),
        held: None,
        begun: false,
        _place: place,
    };
    let events = Sse::new(tail.events()).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    Ok(([(BUFFERING, HeaderValue::from_static("no"))], events).into_response())
}

/// The statements that a caller may be sent.
async fn readable(
    server: &Server,
    caller: &Caller,
    course: Option<&str>,
) -> Result<Readable, Problem> {
    if let Some(course) = course {
        caller.may(Right::ReadCourses)?;
        server.progress.sieve(course, caller.key.bounds.clone()).await?;
        return Ok(Readable::All);
    }
    let readable = caller.readable()?;
    if caller.key.bounds.is_some() {
        return Err(ProgressError::Bounded.into());
    }
    Ok(readable)
}

/// The filter of the parameters that are those of the standard.
fn filter(parameters: &Parameters) -> Result<Filter, Problem> {
    let mut of_standard = Parameters::default();
    for (name, value) in parameters.iter().filter(|(name, _)| *name != "course") {
        of_standard.push(name.to_owned(), value.to_owned())?;
    }
    match Query::parse(&of_standard, Version::V2_0_0)?.wanted {
        Wanted::Many(filter) => Ok(Filter { ascending: true, limit: AT_ONCE, ..*filter }),
        Wanted::One(_) | Wanted::Voided(_) => Ok(Filter::default()),
    }
}

fn last_event(headers: &HeaderMap) -> Result<Option<Instant>, Problem> {
    let Some(header) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let text = header.to_str().unwrap_or_default();
    let micros = text.parse::<i64>().ok().filter(|micros| *micros >= 0);
    let micros = micros.ok_or_else(|| {
        Problem::parameter("Last-Event-ID", text, "the `id` of an event of this address")
    })?;
    Ok(Some(Instant::from_micros(micros)))
}

/// One reader's way along the log.
struct Tail {
    server: Server,
    caller: Caller,
    /// The id of the session, where the caller is a person.
    session: Option<String>,
    readable: Readable,
    filter: Filter,
    course: Option<String>,
    /// Up to here all was sent.
    after: Instant,
    /// What was read and is not sent yet.
    ready: VecDeque<Stored>,
    /// The memory of what was read.
    held: Option<Reserved>,
    memory: Memory,
    begun: bool,
    ending: watch::Receiver<bool>,
    changes: watch::Receiver<()>,
    _place: Place,
}

impl Tail {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
        stream::unfold(self, |mut tail| async move {
            let event = tail.next().await?;
            Some((Ok(event), tail))
        })
    }

    /// The next event; none at the end.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::replace(&mut self.begun, true) {
            // So that the client knows at once that it is connected.
            return Some(Event::default().retry(RECOVERY).comment("live"));
        }
        loop {
            if *self.ending.borrow() {
                return None;
            }
            if let Some(statement) = self.ready.pop_front() {
                return Some(event(&statement));
            }
            self.held = None;
            match self.read().await {
                Ok(Found::Some) => {}
                Ok(Found::Nothing) => self.wait().await,
                Ok(Found::End) => return None,
                Err(problem) => {
                    tracing::debug!(?problem, "statements cannot be read as they come");
                    self.pause(RECOVERY).await;
                }
            }
        }
    }

    /// Whether the caller would be let in now, with the same rights.
    async fn is_current(&self) -> Result<bool, Problem> {
        let Some(session) = &self.session else {
            let now = self.server.record.now();
            return self.server.credentials.is_current(&self.caller, now).await;
        };
        let found = self.server.people.current(session).await?;
        Ok(found.is_some_and(|found| Some(&found.person) == self.caller.person.as_ref()))
    }

    /// Reads what came since.
    async fn read(&mut self) -> Result<Found, Problem> {
        if !self.is_current().await? {
            return Ok(Found::End);
        }
        let record = &self.server.record;
        let until = record.consistent_through().await?;
        let filter = Filter { since: Some(self.after), until: Some(until), ..self.filter.clone() };
        // As of GET statements: many large pages of one key would take all readers of the engine.
        let turn = self.server.pages.turn(&self.caller.key.name).await?;
        let page = record.readable_page(filter, self.readable.clone()).await?;
        drop(turn);
        let weight = page.statements.iter().map(|it| it.body.len()).sum::<usize>();
        self.held = Some(self.memory.reserve(weight)?);
        let (reached, is_all) = (page.beyond.unwrap_or(until), page.beyond.is_none());
        let statements = match &self.course {
            None => page.statements,
            Some(course) => {
                let bounds = self.caller.key.bounds.clone();
                let sieve = match self.server.progress.sieve(course, bounds).await {
                    Ok(sieve) => sieve,
                    Err(ProgressError::NoCourse(_)) => return Ok(Found::End),
                    Err(error) => return Err(error.into()),
                };
                let sift = move || {
                    let statements = page.statements.into_iter();
                    statements.filter(|it| sieve.passes(it)).collect::<Vec<_>>()
                };
                self.server.compute.run(&self.caller.key.name, weight, sift).await?
            }
        };
        self.after = reached;
        self.ready = statements.into();
        Ok(if self.ready.is_empty() && is_all { Found::Nothing } else { Found::Some })
    }

    /// Returns when there may be something new, and soon enough to notice that the key is gone.
    async fn wait(&mut self) {
        let news = self.server.record.wait_for_news(self.after, LOOK);
        let ended = self.ending.wait_for(|ending| *ending);
        tokio::select! {
            () = news => {}
            _ = ended => return,
            _ = self.changes.changed() => return,
        }
        self.pause(GATHERING).await;
    }

    /// Waits, unless the server ends.
    async fn pause(&mut self, time: Duration) {
        // Which of the two it was does not matter.
        let _ = timeout(time, self.ending.wait_for(|ending| *ending)).await;
    }
}

enum Found {
    /// Something to send, or more to read.
    Some,
    /// All was read.
    Nothing,
    /// The reader may read no longer.
    End,
}

fn event(statement: &Stored) -> Event {
    let event = Event::default().id(statement.stored.micros().to_string());
    match std::str::from_utf8(&statement.body) {
        Ok(text) if text.len() <= LONGEST => event.event("statement").data(text),
        _ => {
            let told = json!({"id": statement.id.to_string(), "bytes": statement.body.len()});
            event.event("large").data(told.to_string())
        }
    }
}

impl Problem {
    /// A reader too many.
    fn too_many_tails(most: usize) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "live-too-many",
            format!("Statements are sent to as many readers as may be: {most} with one key."),
            "Close another page that shows statements as they come.",
        )
        .with("most", most)
        .again_after(HEARTBEAT.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(is_person: bool, n: usize) -> Reader {
        Reader { is_person, name: n.to_string() }
    }

    #[test]
    fn keys_fill_their_own_places_and_leave_those_of_people() {
        let tails = Tails::default();
        let mut places: Vec<Place> =
            (0..OF_KEYS).map(|n| tails.place(reader(false, n / OF_KEY)).unwrap()).collect();
        for n in 0..OF_FIRST {
            places.push(tails.place(reader(false, OF_KEYS + n)).unwrap());
        }
        assert!(tails.place(reader(false, 1_000)).is_err(), "another key finds no place");
        for n in 0..OF_PEOPLE {
            places.push(tails.place(reader(true, n / OF_KEY)).unwrap());
        }
        places.truncate(OF_KEYS - 1);
        assert!(tails.place(reader(true, 0)).is_ok());
        assert!(tails.place(reader(false, OF_KEYS)).is_ok());
        drop(places);
        assert!(tails.open.lock().unwrap().is_empty());
    }

    #[test]
    fn few_who_have_many_open_leave_a_place_for_each_of_the_others() {
        let tails = Tails::default();
        for (is_person, most) in [(true, OF_PEOPLE), (false, OF_KEYS)] {
            let mut places: Vec<Place> =
                (0..most).map(|n| tails.place(reader(is_person, n / OF_KEY)).unwrap()).collect();
            for n in 0..OF_FIRST {
                let other = reader(is_person, 100 + n);
                places.push(tails.place(other.clone()).unwrap());
                assert!(tails.place(other).is_err(), "one each");
            }
            assert!(tails.place(reader(is_person, 1_000)).is_err(), "all are taken");
        }
    }

    #[test]
    fn nobody_has_more_places_than_there_are_for_each() {
        let tails = Tails::default();
        for is_person in [true, false] {
            let own: Vec<_> = (0..=OF_KEY).map(|_| tails.place(reader(is_person, 1))).collect();
            assert_eq!(own.iter().filter(|place| place.is_ok()).count(), OF_KEY);
        }
    }
}
