//! Keys that are in a list, and comparisons that are counted.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use futures::future::join_all;

use super::*;
use access::key::{Key, PreviousSecret};
use access::scope::Scope;
use access::ticket::Ticket;
use store::Result as StoreResult;
use xapi::authority::Authority;
use xapi::instant::Instant as Created;

const SECRET: [u8; 32] = [7; 32];

#[derive(Default)]
struct Keys {
    kept: Mutex<BTreeMap<String, KeptKey>>,
    asked: AtomicUsize,
}

#[async_trait]
impl KeyStore for Keys {
    async fn key(&self, name: &str) -> StoreResult<Option<KeptKey>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.kept.lock().unwrap().get(name).cloned())
    }

    async fn keys(&self) -> StoreResult<Vec<KeptKey>> {
        Ok(self.kept.lock().unwrap().values().cloned().collect())
    }

    async fn add_key(&self, key: KeptKey) -> StoreResult<bool> {
        Ok(self.kept.lock().unwrap().insert(key.key.name.clone(), key).is_none())
    }

    async fn remove_key(&self, name: &str) -> StoreResult<bool> {
        Ok(self.kept.lock().unwrap().remove(name).is_some())
    }

    async fn change_key(&self, _: &str, key: KeptKey) -> StoreResult<bool> {
        Ok(self.kept.lock().unwrap().insert(key.key.name.clone(), key).is_some())
    }

    async fn note_key_use(&self, _: &str, _: Created) -> StoreResult<()> {
        Ok(())
    }

    async fn key_uses(&self) -> StoreResult<BTreeMap<String, Created>> {
        Ok(BTreeMap::new())
    }
}

/// Stands for the slow hash: counts, and waits where it is told to.
#[derive(Default)]
struct Slow {
    hashed: AtomicUsize,
    is_held: Mutex<bool>,
    released: Condvar,
}

impl Slow {
    fn is_secret(&self, secret: &str, hash: &str) -> bool {
        self.hashed.fetch_add(1, Ordering::SeqCst);
        let held = self.is_held.lock().unwrap();
        drop(self.released.wait_while(held, |held| *held).unwrap());
        hash.strip_prefix("hash of ") == Some(secret)
    }

    fn hold(&self, held: bool) {
        *self.is_held.lock().unwrap() = held;
        self.released.notify_all();
    }

    fn count(&self) -> usize {
        self.hashed.load(Ordering::SeqCst)
    }
}

struct Scene {
    keys: Arc<Keys>,
    slow: Arc<Slow>,
    passed: Arc<Mutex<Duration>>,
    credentials: Arc<Credentials>,
}

/// A server with the keys `moodle` and `scorm`, whose secrets are `right`.
async fn scene() -> Scene {
    let (keys, slow) = (Arc::new(Keys::default()), Arc::new(Slow::default()));
    let compare = Arc::clone(&slow);
    let compare: Arc<Compare> = Arc::new(move |secret, hash| compare.is_secret(secret, hash));
    let store = Arc::clone(&keys) as Arc<dyn KeyStore>;
    let (passed, begin) = (Arc::new(Mutex::new(Duration::ZERO)), Instant::now());
    let clock = Arc::clone(&passed);
    let now = Arc::new(move || begin + *clock.lock().unwrap());
    let credentials = Arc::new(Credentials::made_of(store, SECRET, compare, now));
    let scene = Scene { keys, slow, passed, credentials };
    for name in ["moodle", "scorm"] {
        scene.add(name, "right").await;
    }
    scene
}

fn from(n: u8) -> Address {
    Address::of(Ipv4Addr::new(192, 0, 2, n).into())
}

fn header(name: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")))
}

impl Scene {
    async fn add(&self, name: &str, secret: &str) {
        let key = Key {
            name: name.into(),
            label: String::new(),
            scopes: vec![Scope::All],
            authority: Authority::of_key(name, "https://lrs.example"),
            bounds: None,
            created: Created::default(),
        };
        let secret_hash = format!("hash of {secret}");
        self.keys.add_key(KeptKey::new(key, secret_hash)).await.unwrap();
        self.credentials.keys_changed();
    }

    async fn revoke(&self, name: &str) {
        assert!(self.keys.remove_key(name).await.unwrap());
        self.credentials.keys_changed();
    }

    /// The status of a request with these credentials, or 200.
    async fn ask(&self, name: &str, secret: &str, address: u8) -> u16 {
        status(self.credentials.caller(Some(&header(name, secret)), from(address), self.at()).await)
    }

    /// What the clock says, which began at 0.
    fn at(&self) -> Created {
        let passed = self.passed.lock().unwrap().as_micros();
        Created::from_micros(i64::try_from(passed).unwrap())
    }

    fn wait(&self, seconds: u64) {
        *self.passed.lock().unwrap() += Duration::from_secs(seconds);
    }

    /// A request that goes on by itself.
    fn begin(&self, name: &str, secret: &str) -> tokio::task::JoinHandle<u16> {
        let (credentials, header) = (Arc::clone(&self.credentials), header(name, secret));
        tokio::spawn(async move {
            status(credentials.caller(Some(&header), from(1), Created::default()).await)
        })
    }

    async fn until_hashed(&self, count: usize) {
        while self.slow.count() < count {
            tokio::task::yield_now().await;
        }
    }
}

fn status(caller: Result<Caller, Problem>) -> u16 {
    caller.map_or_else(|problem| problem.status().as_u16(), |_| 200)
}

#[test]
fn a_secret_may_hold_colons() {
    let header = format!("basic {}", STANDARD.encode("key:a:b"));
    assert_eq!(basic(&header), Some(("key".into(), "a:b".into())));
    assert_eq!(basic("Bearer abc"), None);
    assert_eq!(basic("Basic %%%"), None);
}

#[tokio::test]
async fn good_credentials_are_hashed_once_however_long_ago_and_however_spelt() {
    let scene = scene().await;
    for pause in [0, 29, 31, 86_400, 86_400] {
        scene.wait(pause);
        assert_eq!(scene.ask("moodle", "right", 1).await, 200);
    }
    let lower = header("moodle", "right").replacen("Basic", "bAsic  ", 1);
    assert_eq!(
        status(scene.credentials.caller(Some(&lower), from(2), Created::default()).await),
        200
    );
    assert_eq!(scene.slow.count(), 1);
}

#[tokio::test]
async fn a_key_revoked_on_another_node_works_for_thirty_seconds_at_most_however_it_is_used() {
    let scene = scene().await;
    assert_eq!(scene.ask("moodle", "right", 1).await, 200);
    scene.keys.remove_key("moodle").await.unwrap();
    for _ in 0..29 {
        scene.wait(1);
        assert_eq!(scene.ask("moodle", "right", 1).await, 200);
    }
    scene.wait(1);
    assert_eq!(scene.ask("moodle", "right", 1).await, 401);
}

#[tokio::test]
async fn a_key_revoked_here_works_no_more_and_one_made_anew_has_its_new_secret() {
    let scene = scene().await;
    assert_eq!(scene.ask("moodle", "right", 1).await, 200);
    scene.revoke("moodle").await;
    assert_eq!(scene.ask("moodle", "right", 1).await, 401);
    scene.add("moodle", "new").await;
    assert_eq!(scene.ask("moodle", "right", 1).await, 401);
    assert_eq!(scene.ask("moodle", "new", 1).await, 200);
    // The others need no new hash for it.
    assert_eq!(scene.ask("scorm", "right", 1).await, 200);
    let hashed = scene.slow.count();
    scene.revoke("moodle").await;
    assert_eq!(scene.ask("scorm", "right", 1).await, 200);
    assert_eq!(scene.slow.count(), hashed);
}

#[tokio::test]
async fn a_key_revoked_while_its_secret_is_hashed_is_refused_and_stays_so() {
    let scene = scene().await;
    scene.slow.hold(true);
    let asked = scene.begin("moodle", "right");
    scene.until_hashed(1).await;
    scene.revoke("moodle").await;
    scene.slow.hold(false);
    assert_eq!(asked.await.unwrap(), 401);
    assert_eq!(scene.ask("moodle", "right", 1).await, 401);
}

#[tokio::test]
async fn a_key_made_while_its_secret_was_found_bad_is_good() {
    let scene = scene().await;
    scene.slow.hold(true);
    let asked = scene.begin("new", "right");
    scene.until_hashed(1).await;
    scene.add("new", "right").await;
    scene.slow.hold(false);
    assert_eq!(asked.await.unwrap(), 401, "it was not there");
    assert_eq!(scene.ask("new", "right", 1).await, 200);
}

#[tokio::test]
async fn unknown_names_cost_what_wrong_secrets_cost() {
    let work = async |name: &str| {
        let scene = scene().await;
        let mut statuses = Vec::new();
        // Different secrets until they are throttled, and one of them again.
        for n in (0..12).chain([3, 3]) {
            statuses.push(scene.ask(name, &format!("wrong {n}"), 1).await);
        }
        (statuses, scene.slow.count(), scene.keys.asked.load(Ordering::SeqCst))
    };
    let (known, unknown) = (work("moodle").await, work("nobody").await);
    assert_eq!(known, unknown);
    let (statuses, hashed, _) = known;
    assert_eq!(statuses[..10], [401; 10]);
    assert_eq!(statuses[10..], [429, 429, 401, 401]);
    assert_eq!(hashed, 10, "a wrong secret that comes again is known");
}

#[tokio::test]
async fn wrong_secrets_of_a_name_lock_nobody_else_out() {
    let scene = scene().await;
    assert_eq!(scene.ask("moodle", "right", 1).await, 200);
    for n in 0..20 {
        scene.ask("moodle", &format!("wrong {n}"), 1).await;
    }
    assert_eq!(scene.ask("moodle", "wrong", 1).await, 429);
    assert_eq!(scene.ask("moodle", "right", 1).await, 200, "its owner, remembered");
    assert_eq!(scene.ask("scorm", "right", 1).await, 200, "another key behind the same proxy");
    scene.add("cold", "right").await;
    for n in 0..20 {
        scene.ask("cold", &format!("wrong {n}"), 1).await;
    }
    assert_eq!(scene.ask("cold", "right", 2).await, 200, "its owner, from elsewhere");
}

#[tokio::test]
async fn a_made_up_secret_is_hashed_while_guesses_fill_the_queue_of_its_own_name_and_address() {
    let scene = scene().await;
    let secret = scene.credentials.made_up.secret("office");
    scene.add("office", &secret).await;
    for n in 0..20 {
        scene.ask("office", &format!("wrong {n}"), 1).await;
    }
    let before = scene.slow.count();
    scene.slow.hold(true);
    let guess = scene.begin("moodle", "wrong");
    scene.until_hashed(before + 1).await;
    let asked = scene.begin("office", &secret);
    scene.until_hashed(before + 2).await;
    scene.slow.hold(false);
    assert_eq!((asked.await.unwrap(), guess.await.unwrap()), (200, 401));
}

#[tokio::test]
async fn the_secret_of_a_key_that_was_just_made_is_known() {
    let scene = scene().await;
    let kept = scene.keys.key("moodle").await.unwrap().unwrap();
    scene.credentials.remember(kept, "right");
    assert_eq!(scene.ask("moodle", "right", 1).await, 200);
    assert_eq!(scene.slow.count(), 0);
}

#[tokio::test]
async fn a_hundred_players_with_one_key_need_one_hash() {
    let scene = scene().await;
    scene.slow.hold(true);
    let asked: Vec<_> = (0..100).map(|_| scene.begin("moodle", "right")).collect();
    scene.until_hashed(1).await;
    scene.slow.hold(false);
    assert!(join_all(asked).await.into_iter().all(|status| status.unwrap() == 200));
    assert_eq!(scene.slow.count(), 1);
}

#[tokio::test]
async fn a_guess_that_is_cut_off_counts_as_much() {
    let scene = scene().await;
    scene.slow.hold(true);
    let asked = scene.begin("moodle", "wrong");
    scene.until_hashed(1).await;
    asked.abort();
    assert!(asked.await.is_err());
    scene.slow.hold(false);
    for n in 1..10 {
        assert_eq!(scene.ask("moodle", &format!("wrong {n}"), 1).await, 401);
    }
    assert_eq!(scene.ask("moodle", "wrong 10", 1).await, 429);
}

#[tokio::test]
async fn who_has_to_wait_is_told_how_long() {
    let scene = scene().await;
    for n in 0..10 {
        scene.ask("moodle", &format!("wrong {n}"), 1).await;
    }
    let refused =
        scene.credentials.caller(Some(&header("moodle", "x")), from(1), Created::default()).await;
    let response = refused.unwrap_err().into_response();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=6).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_ticket_is_good_until_its_time_or_its_key_ends_and_is_never_hashed() {
    let scene = scene().await;
    let kept = scene.keys.key("scorm").await.unwrap().unwrap();
    let ticket = Ticket::new(&kept, "https://lms.example", "anna", Created::from_micros(100));
    let shown = scene.credentials.authorization("scorm", &ticket);
    let at = async |micros| {
        let found = scene.credentials.of_ticket(Some(&shown), Created::from_micros(micros)).await;
        found.map(|caller| caller.unwrap().key.bounds.clone().unwrap().learner)
    };
    assert_eq!(at(99).await.unwrap().as_deref(), Some("anna"));
    assert_eq!(at(100).await.unwrap_err().status(), StatusCode::UNAUTHORIZED.as_u16());
    let exchanged = scene.credentials.kept(&shown, from(1), Created::from_micros(1)).await;
    assert_eq!(exchanged.unwrap_err().status(), StatusCode::UNAUTHORIZED.as_u16());
    assert_eq!(scene.slow.count(), 0);
    let other = scene.credentials.authorization("moodle", &ticket);
    let found = scene.credentials.of_ticket(Some(&other), Created::from_micros(1)).await;
    assert!(found.is_err(), "it was made of another key");
    scene.keys.remove_key("scorm").await.unwrap();
    scene.credentials.keys_changed();
    assert_eq!(at(99).await.unwrap_err().status(), StatusCode::UNAUTHORIZED.as_u16());
    scene.add("scorm", "new").await;
    assert_eq!(at(99).await.unwrap_err().status(), StatusCode::UNAUTHORIZED.as_u16());
    let none =
        scene.credentials.of_ticket(Some(&header("scorm", "new")), Created::from_micros(1)).await;
    assert!(none.unwrap().is_none(), "a key is no ticket");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_tries_too_often_is_answered_late_and_no_other() {
    let scene = scene().await;
    let begun = tokio::time::Instant::now();
    let ask = async |name: &str, secret: &str| {
        let header = header(name, secret);
        status(
            slowed(scene.credentials.caller(Some(&header), from(1), Created::default()).await)
                .await,
        )
    };
    for number in 0..10 {
        assert_eq!(ask("moodle", &number.to_string()).await, 401);
    }
    assert_eq!(ask("scorm", "right").await, 200);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(ask("moodle", "one more").await, 429);
    assert_eq!(begun.elapsed(), HELD);
}

#[tokio::test(start_paused = true)]
async fn who_signs_in_too_often_is_answered_late_and_the_store_is_not_asked() {
    let scene = scene().await;
    let begun = tokio::time::Instant::now();
    for _ in 0..10 {
        let nobody = std::future::ready(Ok(None));
        let wrong = scene.credentials.password("anna", from(1), ("x", nobody), None).await;
        assert_eq!(wrong.err().unwrap().status(), StatusCode::UNAUTHORIZED.as_u16());
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    let asked = async { panic!("the store was asked") };
    let refused = scene.credentials.password("anna", from(1), ("x", asked), None).await;
    assert_eq!(refused.err().unwrap().status(), StatusCode::TOO_MANY_REQUESTS.as_u16());
    assert_eq!(begun.elapsed(), HELD);
}

#[tokio::test]
async fn a_rotated_key_takes_both_secrets_until_the_one_before_ends() {
    let scene = scene().await;
    assert_eq!(scene.ask("moodle", "right", 1).await, 200);
    let mut kept = scene.keys.key("moodle").await.unwrap().unwrap();
    let until = Created::from_micros(3_600_000_000);
    let hash = std::mem::replace(&mut kept.secret_hash, "hash of new".into());
    kept.life.previous = Some(PreviousSecret { hash, until });
    scene.keys.change_key("", kept).await.unwrap();
    scene.credentials.keys_changed();
    for secret in ["right", "new"] {
        assert_eq!(scene.ask("moodle", secret, 1).await, 200, "{secret}");
    }
    assert_eq!(scene.ask("moodle", "wrong", 1).await, 401);
    scene.wait(3_600);
    assert_eq!(scene.ask("moodle", "right", 1).await, 401);
    assert_eq!(scene.ask("moodle", "new", 1).await, 200);
}

#[tokio::test]
async fn a_key_that_has_expired_is_refused_and_its_secret_is_hashed_once() {
    let scene = scene().await;
    let mut kept = scene.keys.key("moodle").await.unwrap().unwrap();
    kept.life.expires = Some(Created::from_micros(60_000_000));
    scene.keys.change_key("", kept).await.unwrap();
    scene.credentials.keys_changed();
    scene.wait(59);
    assert_eq!(scene.ask("moodle", "right", 1).await, 200);
    scene.wait(31);
    for _ in 0..5 {
        assert_eq!(scene.ask("moodle", "right", 1).await, 401);
    }
    assert_eq!(scene.slow.count(), 1);
    let header = header("moodle", "right");
    let refused = scene.credentials.caller(Some(&header), from(1), scene.at()).await.unwrap_err();
    assert!(format!("{refused:?}").contains("has expired"), "{refused:?}");
    let fresh = self::scene().await;
    let mut kept = fresh.keys.key("moodle").await.unwrap().unwrap();
    kept.life.expires = Some(Created::from_micros(1));
    fresh.keys.change_key("", kept).await.unwrap();
    fresh.wait(1);
    for _ in 0..5 {
        assert_eq!(fresh.ask("moodle", "right", 1).await, 401);
    }
    assert_eq!(fresh.slow.count(), 1, "never good, and hashed once");
}
