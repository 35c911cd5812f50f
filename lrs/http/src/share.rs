//! The share of the memory budget that a request holds from: each key has one, and all requests
//! without a key have one together. Forms whose key stands in the form have another, of which each address has a part. A share
//! is less than the whole, so one key cannot take the memory of all others.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use lru::LruCache;
use tokio::sync::Semaphore;

use super::credentials::Address;
use super::problem::Problem;
use super::state::Server;
use access::caller::Caller;
use service::memory::{Memory, Reserved};

/// How many keys' shares are told apart; an older one is begun anew.
const KEYS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();
/// How many addresses are told apart, for parts of the share of forms and for turns; an older one is begun anew.
const ADDRESSES: NonZeroUsize = NonZeroUsize::new(4096).unwrap();
/// Answers up to this size are not counted: they take no more than the connection that they are for.
const SMALL: u64 = 1024;

/// The memory of all requests, and its parts.
pub struct Shares {
    whole: Memory,
    nobody: OfKey,
    forms: Memory,
    forms_from: Mutex<LruCache<Address, Memory>>,
    of_keys: Mutex<LruCache<String, OfKey>>,
    /// Turns of those without a key.
    compressing_for: Mutex<LruCache<Address, Compressing>>,
}

/// What a key has, and how much of that may be answers on their way.
#[derive(Clone, Debug)]
struct OfKey {
    all: Memory,
    answers: Memory,
    compressing: Compressing,
}

/// The turn to compress a piece of an answer: one for a key, however many of its answers are compressed at once, and one for
/// all requests from an address without a key. In the extensions of an answer.
#[derive(Clone, Debug)]
pub(super) struct Compressing(pub(super) Arc<Semaphore>);

impl Default for Compressing {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Shares {
    /// Shares of this budget: three quarters for a key, half of that for its answers; an eighth
    /// for all requests without a key, and another for forms whose key is not known yet, a quarter of it for each address.
    pub fn new(whole: Memory) -> Self {
        let (nobody, forms) = (whole.part(whole.size() / 8), whole.part(whole.size() / 8));
        let nobody = OfKey::of(nobody.clone(), nobody);
        let (forms_from, of_keys) = (LruCache::new(ADDRESSES), LruCache::new(KEYS));
        Self {
            whole,
            nobody,
            forms,
            forms_from: Mutex::new(forms_from),
            of_keys: Mutex::new(of_keys),
            compressing_for: Mutex::new(LruCache::new(ADDRESSES)),
        }
    }

    /// The turn of all from an address who have no key: whoever asks for much there lets others sign in elsewhere.
    fn compressing_for(&self, address: Address) -> Compressing {
        let mut turns = self.compressing_for.lock().unwrap_or_else(PoisonError::into_inner);
        turns.get_or_insert(address, Compressing::default).clone()
    }

    /// What forms from an address may hold whose key is not known yet. Forms that are held back fill it, and no other
    /// address and no other kind of request has less for that.
    pub fn of_forms_from(&self, address: Address) -> Memory {
        let mut forms_from = self.forms_from.lock().unwrap_or_else(PoisonError::into_inner);
        forms_from.get_or_insert(address, || self.forms.part(self.forms.size() / 4)).clone()
    }

    /// The share of the key of this name.
    pub fn of_key(&self, name: &str) -> Memory {
        self.key(name).all
    }

    fn key(&self, name: &str) -> OfKey {
        let mut of_keys = self.of_keys.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let all = self.whole.part(self.whole.size() / 4 * 3);
            OfKey::of(all.part(all.size() / 2), all)
        };
        of_keys.get_or_insert_ref(name, new).clone()
    }

    /// The memory of all requests together.
    pub(crate) const fn whole(&self) -> &Memory {
        &self.whole
    }

    /// The share of all requests whose key is not known, or not known yet.
    pub const fn of_nobody(&self) -> &Memory {
        &self.nobody.all
    }
}

impl OfKey {
    fn of(answers: Memory, all: Memory) -> Self {
        Self { all, answers, compressing: Compressing::default() }
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
struct Payer(Arc<OnceLock<OfKey>>);

/// Notes on a request which caller's share its answer is reserved in.
pub(super) fn charge(parts: &Parts, server: &Server, caller: &Caller) {
    if let Some(Payer(payer)) = parts.extensions.get() {
        payer.get_or_init(|| server.shares.key(&caller.key.name));
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
    let address = Address::of_request(request.extensions());
    let mut response = next.run(request).await;
    let known = payer.0.get();
    let compressing = known.map(|payer| payer.compressing.clone());
    let compressing = compressing.unwrap_or_else(|| server.shares.compressing_for(address));
    response.extensions_mut().insert(compressing);
    let payer = known.unwrap_or(&server.shares.nobody);
    let size = axum::body::HttpBody::size_hint(response.body()).exact().unwrap_or_default();
    if size <= SMALL || response.extensions().get::<Paid>().is_some() {
        return response;
    }
    match payer.answers.reserve(usize::try_from(size).unwrap_or(usize::MAX)) {
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

#[cfg(test)]
mod tests {
    use axum::http::Extensions;
    use std::net::{IpAddr, SocketAddr};

    use axum::extract::ConnectInfo;

    use super::*;

    fn address(last: u8) -> Address {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(IpAddr::from([192, 0, 2, last]), 1)));
        Address::of_request(&extensions)
    }

    #[test]
    fn forms_that_an_address_holds_back_leave_room_for_others_and_for_requests_without_a_key() {
        let shares = Shares::new(Memory::new(3200));
        let own = shares.of_forms_from(address(1));
        let held = own.reserve(100).unwrap();
        shares.of_forms_from(address(1)).reserve(1).unwrap_err();
        let _other = shares.of_forms_from(address(2)).reserve(100).unwrap();
        let _nobody = shares.of_nobody().reserve(400).unwrap();
        drop(held);
        let _again = shares.of_forms_from(address(1)).reserve(100).unwrap();
    }

    #[test]
    fn without_a_key_each_address_has_a_turn_to_compress() {
        let shares = Shares::new(Memory::new(3200));
        let Compressing(one) = shares.compressing_for(address(1));
        let is_taken = |last| shares.compressing_for(address(last)).0.try_acquire().is_err();
        let _turn = one.try_acquire().unwrap();
        assert_eq!([1, 2].map(is_taken), [true, false]);
    }

    #[test]
    fn forms_of_all_addresses_have_a_bound() {
        let shares = Shares::new(Memory::new(3200));
        let hold = |last| shares.of_forms_from(address(last)).reserve(100);
        let held: Vec<_> = (0..4).map(|last| hold(last).unwrap()).collect();
        hold(4).unwrap_err();
        drop(held);
    }
}
