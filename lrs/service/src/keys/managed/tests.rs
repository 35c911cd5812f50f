use access::key::is_secret;
use store_testkit::clock::TurnedClock;
use store_testkit::failing::Failing;
use store_testkit::memory::MemoryStore;
use store_testkit::slow::Slow;
use tokio::sync::mpsc;

use super::*;
use crate::memory::Memory;
use crate::record::Record;

const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);

fn over(store: Arc<dyn Store>) -> Keys {
    let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(NOW));
    let record = Record::new(Arc::clone(&store), Arc::clone(&clock));
    let (commands, _) = mpsc::channel(1);
    let url = "https://lrs.example";
    let progress = CourseService::new(
        Arc::clone(&store),
        Arc::clone(&clock),
        record,
        commands,
        url,
        [7; 32],
        &Memory::new(1 << 30),
    );
    Keys::new(store, clock, progress, url, [7; 32])
}

fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(Arc::new(TurnedClock::at(NOW))))
}

fn named(name: &str, scopes: &[&str]) -> NewKey {
    let scopes = scopes.iter().map(ToString::to_string).collect();
    NewKey { name: Some(name.into()), secret: Some("s".into()), scopes, ..NewKey::default() }
}

#[tokio::test]
async fn a_key_is_kept_as_it_was_asked_for_when_the_clock_says() {
    let store = store();
    let made = over(Arc::clone(&store)).create(named("k", &["all", "state", "all"])).await;
    let Founded { kept, secret } = made.unwrap();
    assert_eq!(secret, "s");
    assert_eq!(store.key("k").await.unwrap().unwrap(), kept);
    assert_eq!(kept.key.created, NOW);
    assert_eq!(kept.key.scopes.len(), 2, "each scope once");
    assert_eq!(kept.key.authority, Authority::of_key("k", "https://lrs.example"));
}

#[tokio::test]
async fn what_no_key_can_be_is_refused_and_not_kept() {
    let store = store();
    let keys = over(Arc::clone(&store));
    let bounded = |regions: &[&str], scopes| NewKey {
        bounds: Some(Bounds {
            regions: regions.iter().map(ToString::to_string).collect(),
            ..Bounds::default()
        }),
        ..named("k", scopes)
    };
    let no_agent = NewKey { authority: Some(Value::Null), ..named("k", &["all"]) };
    for (new, said) in [
        (named("k", &[]), "the key has no scopes"),
        (named("a:b", &["all"]), "has a colon"),
        (named("check-in", &["all"]), "is `check-in`"),
        (bounded(&[], &["progress/read"]), "no region and no body"),
        (bounded(&[" "], &["progress/read"]), "an empty one"),
        (bounded(&["Umbria"], &["all"]), "reaches beyond them"),
        (no_agent, "is not an Agent"),
    ] {
        let error = keys.create(new).await.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    assert!(matches!(keys.create(named("k", &["none"])).await, Err(KeyError::Scope(_))));
    assert!(store.keys().await.unwrap().is_empty());
    keys.create(named("k", &["state"])).await.unwrap();
    assert!(matches!(keys.create(named("k", &["all"])).await, Err(KeyError::Taken)));
}

#[tokio::test]
async fn of_two_requests_that_revoke_the_last_two_keys_at_once_one_is_refused() {
    let store = store();
    let slow = Slow::at(Arc::clone(&store), "remove_key");
    let keys = over(Arc::<Slow>::clone(&slow));
    for name in ["one", "two"] {
        keys.create(named(name, &["all"])).await.unwrap();
    }
    let revoke = |name| {
        let keys = keys.clone();
        tokio::spawn(async move { keys.revoke(name, false).await })
    };
    let first = revoke("one");
    slow.arrived().await;
    let second = revoke("two");
    tokio::task::yield_now().await;
    slow.let_go();
    slow.let_go();
    first.await.unwrap().unwrap();
    let Err(KeyError::Last(name)) = second.await.unwrap() else { panic!("the last key") };
    assert_eq!(name, "two");
    keys.revoke("two", true).await.unwrap();
    assert!(store.keys().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_key_of_a_package_ends_with_the_key_that_made_it() {
    let store = store();
    let keys = over(Arc::clone(&store));
    let end = Some(Instant::from_micros(NOW.micros() + 7));
    keys.create(NewKey { expires: end, ..named("teacher", &["packages"]) }).await.unwrap();
    keys.create(named("other", &["packages"])).await.unwrap();
    let of = |name: &str, maker: &str| NewKey {
        maker: Some(KeyMaker::Key(maker.into())),
        ..named(name, &["statements/write"])
    };
    let made = keys.create(of("p1", "teacher")).await.unwrap();
    assert_eq!(made.kept.life.expires, end);
    keys.create(of("p2", "other")).await.unwrap();
    keys.rotate("p1", Duration::ZERO).await.unwrap();
    let gone = keys.create(of("p3", "nobody")).await.unwrap_err();
    assert!(matches!(gone, KeyError::Unknown { .. }), "{gone}");
    keys.revoke("teacher", false).await.unwrap();
    let left = store.keys().await.unwrap();
    let left: Vec<&str> = left.iter().map(|kept| kept.key.name.as_str()).collect();
    assert_eq!(left, ["other", "p2"]);
}

#[tokio::test]
async fn a_rotated_key_has_two_secrets_for_a_while() {
    let store = store();
    let keys = over(Arc::clone(&store));
    let first = keys.create(named("k", &["state"])).await.unwrap();
    let hour = Duration::from_hours(1);
    let second = keys.rotate("k", hour).await.unwrap();
    assert_ne!(second.secret, first.secret);
    let kept = store.key("k").await.unwrap().unwrap();
    assert_eq!(kept, second.kept);
    assert_eq!(kept.key, first.kept.key);
    let end = Instant::from_micros(NOW.micros() + 3_600_000_000);
    let [new, old] = kept.hashes(end.previous())[..] else { panic!("two secrets") };
    assert!(is_secret(&second.secret, new) && is_secret(&first.secret, old));
    assert_eq!(kept.hashes(end).len(), 1);
    let third = keys.rotate("k", Duration::ZERO).await.unwrap().kept;
    assert_eq!(third.hashes(NOW).len(), 1, "both secrets before are refused at once");
    assert!(matches!(keys.rotate("k", LONGEST_GRACE + hour).await, Err(KeyError::Grace)));
    let unknown = keys.rotate("kk", hour).await;
    assert!(matches!(unknown, Err(KeyError::Unknown { .. })));
}

#[tokio::test]
async fn a_key_that_expires_is_not_the_one_that_stays() {
    let store = store();
    let keys = over(Arc::clone(&store));
    let expires = |micros: i64| Some(Instant::from_micros(NOW.micros() + micros));
    let gone = NewKey { expires: expires(0), ..named("gone", &["all"]) };
    assert!(matches!(keys.create(gone).await, Err(KeyError::Expired)));
    keys.create(NewKey { expires: expires(1), ..named("guest", &["all"]) }).await.unwrap();
    keys.create(named("owner", &["all"])).await.unwrap();
    let Err(KeyError::Last(name)) = keys.revoke("owner", false).await else {
        panic!("the last that stays")
    };
    assert_eq!(name, "owner");
    store.note_key_use("guest", NOW).await.unwrap();
    let listed = keys.all().await.unwrap();
    let [guest, owner] = &listed[..] else { panic!("two keys") };
    assert_eq!((guest.kept.life.expires, guest.last_used), (expires(1), Some(NOW)));
    assert_eq!((owner.kept.life.expires, owner.last_used), (None, None));
    keys.revoke("guest", false).await.unwrap();
}

#[tokio::test]
async fn a_name_that_no_key_has_is_answered_with_one_that_looks_like_it() {
    let keys = over(store());
    keys.create(named("moodle", &["state"])).await.unwrap();
    for (name, near) in [("modle", Some("moodle")), ("xyz", None)] {
        let Err(KeyError::Unknown { near: found, .. }) = keys.revoke(name, false).await else {
            panic!("no such key")
        };
        assert_eq!(found.as_deref(), near);
    }
}

#[tokio::test]
async fn a_store_that_fails_is_said_to_fail() {
    let failing = Failing::over(store());
    let keys = over(Arc::<Failing>::clone(&failing));
    failing.fail(&["add_key"]);
    let error = keys.create(named("k", &["all"])).await.unwrap_err();
    assert!(matches!(error, KeyError::Store(StoreError::Unavailable(_))), "{error}");
    failing.fail(&[]);
    keys.create(named("k", &["all"])).await.unwrap();
}
