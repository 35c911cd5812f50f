//! The share of the memory budget that a request holds from: each key has one, and all requests
//! without a key have one together. A share is less than the whole, so one key cannot take the memory
//! of all others.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use lru::LruCache;

use super::problem::Problem;
use super::state::Server;
use access::caller::Caller;
use service::memory::{Memory, Reserved};

/// How many keys' shares are told apart; an older one is begun anew.
const KEYS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();
/// Answers up to this size are not counted: they take no more than the connection that they are for.
const SMALL: u64 = 1024;

/// The memory of all requests, and its parts.
pub struct Shares {
    whole: Memory,
    nobody: Memory,
    of_keys: Mutex<LruCache<String, OfKey>>,
}

/// What a key has, and how much of that may be answers on their way.
#[derive(Clone, Debug)]
struct OfKey {
    all: Memory,
    answers: Memory,
}

impl Shares {
    /// Shares of this budget: three quarters for a key, half of that for its answers; an eighth
    /// for all requests without a key.
    pub fn new(whole: Memory) -> Self {
        let nobody = whole.part(whole.size() / 8);
        Self { whole, nobody, of_keys: Mutex::new(LruCache::new(KEYS)) }
    }

    /// The share of the key of this name.
    pub fn of_key(&self, name: &str) -> Memory {
        self.key(name).all
    }

    fn key(&self, name: &str) -> OfKey {
        let mut of_keys = self.of_keys.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let all = self.whole.part(self.whole.size() / 4 * 3);
            OfKey { answers: all.part(all.size() / 2), all }
        };
        of_keys.get_or_insert_ref(name, new).clone()
    }

    /// The memory of all requests together.
    pub(crate) const fn whole(&self) -> &Memory {
        &self.whole
    }

    /// The share of all requests whose key is not known, or not known yet.
    pub const fn of_nobody(&self) -> &Memory {
        &self.nobody
    }
}

/// The share of the caller, for handlers that need much memory. Asks for a good key.
#[derive(Clone, Debug)]
pub struct Share(pub Memory);

impl FromRequestParts<Server> for Share {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, server).await?;
        Ok(Self(server.shares.of_key(&caller.key.name)))
    }
}

/// What the answers to the caller may hold, for handlers that make large answers: they reserve it
/// before they make an answer. Asks for a good key.
#[derive(Clone, Debug)]
pub struct Answers(pub Memory);

impl FromRequestParts<Server> for Answers {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, server).await?;
        Ok(Self(server.shares.key(&caller.key.name).answers))
    }
}

/// Says of an answer that its bytes hold their memory already, in its extensions.
#[derive(Clone, Copy, Debug)]
pub struct Paid;

/// The share that a request's answer is reserved in, once the caller is known.
#[derive(Clone, Debug, Default)]
struct Payer(Arc<OnceLock<Memory>>);

/// Notes on a request which caller's share its answer is reserved in.
pub(super) fn charge(parts: &Parts, server: &Server, caller: &Caller) {
    if let Some(Payer(payer)) = parts.extensions.get() {
        payer.get_or_init(|| server.shares.key(&caller.key.name).answers);
    }
}

/// Reserves an answer in the share of its caller until it is sent: a client that does not read its
/// answers gets 503 for the next ones.
pub(super) async fn hold_answer(
    State(server): State<Server>,
    mut request: Request,
    next: Next,
) -> Response {
    let payer = Payer::default();
    request.extensions_mut().insert(payer.clone());
    let response = next.run(request).await;
    let size = axum::body::HttpBody::size_hint(response.body()).exact().unwrap_or_default();
    if size <= SMALL || response.extensions().get::<Paid>().is_some() {
        return response;
    }
    let memory = payer.0.get().unwrap_or(server.shares.of_nobody());
    match memory.reserve(usize::try_from(size).unwrap_or(usize::MAX)) {
        Ok(reserved) => response.map(|body| held(body, reserved)),
        Err(exhausted) => Problem::from(exhausted).into_response(),
    }
}

/// `body`, whose bytes hold what was `reserved` wherever they wait to be sent.
fn held(body: Body, reserved: Reserved) -> Body {
    let mut left = Some(reserved);
    Body::new(body.map_frame(move |frame| {
        frame.map_data(|data| match left.take() {
            Some(reserved) => reserved.hold(data),
            None => data,
        })
    }))
}
