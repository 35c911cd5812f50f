//! A small, correct learning record store in memory, whose every behaviour a mutant can break.
//!
//! It is reached through the suite's `Transport`, without sockets. A question by `is` marks the places where the mutant
//! of that name does something else; the table in `mutants.rs` lists them all.

mod access;
mod attachments;
mod documents;
mod format;
mod formats;
mod mutants;
mod query;
mod resources;
mod statements;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use conformance::exchange::{Request, Response};
use conformance::lrs::{Credentials, Target};
use conformance::runner::Server;
use conformance::transport::{Pending, Transport, TransportError};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) use mutants::{Mutant, mutants};

/// How much faster than ours the server's clock runs, so that no case has to wait for a second.
const HASTE: u32 = 200;

pub(crate) struct Reference {
    pub(crate) mutant: String,
    state: Mutex<State>,
    begun: Instant,
    last: AtomicI64,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) statements: Vec<Stored>,
    pub(crate) by_id: HashMap<String, usize>,
    pub(crate) voided: BTreeSet<String>,
    pub(crate) attachments: HashMap<String, (String, Vec<u8>)>,
    pub(crate) documents: BTreeMap<String, BTreeMap<String, documents::Kept>>,
    pub(crate) activities: HashMap<String, Value>,
    pub(crate) names: HashMap<String, Vec<Value>>,
}

#[expect(clippy::struct_field_names, reason = "the standard's own name")]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) value: Value,
    pub(crate) stored: Timestamp,
}

/// A request being answered.
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) two: bool,
}

/// A refusal: status and reason.
pub(crate) struct Refused(pub(crate) u16, pub(crate) String);

pub(crate) type Answer = Result<Response, Refused>;

pub(crate) fn refuse<T>(status: u16, reason: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(status, reason.into()))
}

impl From<String> for Refused {
    fn from(reason: String) -> Self {
        Self(400, reason)
    }
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) fn answer(status: u16, content_type: &str, body: Vec<u8>) -> Response {
    let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
    Response { status, headers, body }
}

pub(crate) fn json_answer(value: &Value) -> Response {
    answer(200, "application/json", value.to_string().into_bytes())
}

impl Reference {
    pub(crate) fn new(mutant: &str) -> Arc<Self> {
        Arc::new(Self {
            mutant: mutant.to_owned(),
            state: Mutex::default(),
            begun: Instant::now(),
            last: AtomicI64::new(0),
        })
    }

    /// The server of a mutant, ready to be tested; no mutant for the correct one.
    pub(crate) fn server(mutant: &str) -> Server {
        let who = |user: &str| {
            Some(Credentials { user: user.to_owned(), password: format!("{user}-secret") })
        };
        let mut target = Target::new("http://reference.example/xapi").unwrap();
        target.credentials = who("all");
        target.reader = who("reader");
        target.settle = Duration::ZERO;
        target.second = Duration::from_secs(1) / HASTE;
        Server { target: Arc::new(target), transport: Self::new(mutant) }
    }

    pub(crate) fn is(&self, mutant: &str) -> bool {
        self.mutant == mutant
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The time now: later than ever before.
    pub(crate) fn now(&self) -> Timestamp {
        const START: i64 = 1_770_000_000_000_000;
        let passed = (self.begun.elapsed() * HASTE).as_micros();
        let now = START + i64::try_from(passed).unwrap();
        let step = |last: i64| Some(now.max(last + 1000));
        let last = self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step).unwrap();
        Timestamp::from_microsecond(now.max(last + 1000)).unwrap()
    }

    async fn respond(&self, request: Request) -> Response {
        let mut call = call(&request);
        if call.method == "OPTIONS" {
            return self.preflight();
        }
        if let Err(Refused(status, reason)) = self.unfold(&mut call) {
            return self.finish(&call, answer(status, "text/plain", reason.into_bytes()));
        }
        let head = call.method == "HEAD";
        if head {
            "GET".clone_into(&mut call.method);
        }
        let mut response = match self.route(&mut call).await {
            Ok(response) => response,
            Err(Refused(status, reason)) => {
                let reason = if self.is("explains no refusal") { String::new() } else { reason };
                answer(status, "text/plain", reason.into_bytes())
            }
        };
        if head {
            self.head(&mut response, &call);
        }
        self.finish(&call, response)
    }

    fn head(&self, response: &mut Response, call: &Call) {
        if self.is(&format!("HEAD of {} has a body", resource(call))) {
            return;
        }
        response.body.clear();
        if self.is("HEAD loses the ETag") {
            response.headers.retain(|(name, _)| name != "ETag");
        }
        if self.is("HEAD says 200 for what is not there") {
            response.status = 200;
        }
    }

    async fn route(&self, call: &mut Call) -> Answer {
        self.version(call)?;
        if call.path != "about" || self.is("about needs credentials") {
            self.may(call)?;
        }
        self.unpack(call)?;
        match call.path.as_str() {
            "about" => self.about(call),
            "statements" => self.statements(call).await,
            "agents" => self.agents(call),
            "activities" => self.activities(call),
            "activities/state" | "activities/profile" | "agents/profile" => {
                self.documents(call).await
            }
            _ if self.is("answers unknown paths with 200") => Ok(json_answer(&json!({}))),
            _ => refuse(404, "no such resource"),
        }
    }

    /// What every answer has.
    fn finish(&self, call: &Call, mut response: Response) -> Response {
        let mut put = |name: &str, value: String| response.headers.push((name.to_owned(), value));
        if !self.is("does not say its version") {
            let version =
                if call.two == self.is("says the wrong version") { "1.0.3" } else { "2.0.0" };
            put("X-Experience-API-Version", version.to_owned());
        }
        let hidden = self.is("says no Consistent-Through on errors") && response.status >= 400;
        if call.path == "statements" && !hidden && !self.is("says no Consistent-Through") {
            let now = self.now();
            let through = match self.mutant.as_str() {
                "Consistent-Through stands still" => "2020-01-01T00:00:00Z".to_owned(),
                "Consistent-Through is a date of HTTP" => http_date(now),
                _ => now.to_string(),
            };
            response.headers.push(("X-Experience-API-Consistent-Through".to_owned(), through));
        }
        if !self.is("sends no CORS headers") {
            let exposed = match self.is("exposes no ETag to scripts") {
                true => "Last-Modified",
                false => {
                    "ETag, Last-Modified, X-Experience-API-Version, X-Experience-API-Consistent-Through"
                }
            };
            response.headers.push(("Access-Control-Allow-Origin".to_owned(), "*".to_owned()));
            response.headers.push(("Access-Control-Expose-Headers".to_owned(), exposed.to_owned()));
        }
        response
    }

    fn preflight(&self) -> Response {
        if self.is("refuses preflights") {
            return answer(405, "text/plain", b"no".to_vec());
        }
        let mut headers = vec![
            ("Access-Control-Allow-Origin".to_owned(), "*".to_owned()),
            ("Access-Control-Allow-Methods".to_owned(), "GET, HEAD, PUT, POST, DELETE".to_owned()),
        ];
        let allowed = match self.is("allows no If-Match in preflights") {
            true => "Authorization, Content-Type, If-None-Match, X-Experience-API-Version",
            false => {
                "Authorization, Content-Type, If-Match, If-None-Match, X-Experience-API-Version"
            }
        };
        headers.push(("Access-Control-Allow-Headers".to_owned(), allowed.to_owned()));
        Response { status: 204, headers, body: Vec::new() }
    }
}

impl Transport for Reference {
    fn send(&self, request: Request) -> Pending<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            Ok(self.respond(request).await)
        })
    }
}

pub(crate) fn resource(call: &Call) -> &'static str {
    match call.path.as_str() {
        "statements" if call.parameter("statementId").is_some() => "a statement",
        "statements" => "a query",
        "agents" => "agents",
        "activities" => "activities",
        "activities/state" => "a state",
        "activities/profile" => "an activity profile",
        "agents/profile" => "an agent profile",
        _ => "about",
    }
}

fn call(request: &Request) -> Call {
    let path = request.url.path();
    Call {
        method: request.method.clone(),
        path: path.strip_prefix("/xapi/").unwrap_or(path).to_owned(),
        query: request.url.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect(),
        headers: request.headers.clone(),
        body: request.body.clone(),
        two: request.header("X-Experience-API-Version").is_some_and(|text| text.starts_with('2')),
    }
}

pub(crate) fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
