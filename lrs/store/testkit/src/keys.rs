//! Keys, the store's own secret, and whether it is there.

use std::sync::Arc;

use serde_json::json;

use access::key::{KeptKey, Key, KeyLife, PreviousSecret};
use access::scope::Scope;
use store::Store;
use xapi::authority::Authority;
use xapi::instant::Instant;

fn key(name: &str, scopes: &[Scope]) -> KeptKey {
    let authority = json!({"name": "Ufficio è", "mbox": format!("mailto:{name}@x.example")});
    let key = Key {
        bounds: None,
        name: name.to_owned(),
        label: "of the \"office\"\nof tests".to_owned(),
        scopes: scopes.to_vec(),
        authority: Authority::from_agent(authority),
        created: Instant::from_micros(1_795_000_000_123_456),
    };
    KeptKey::new(key, format!("$argon2id$of {name}"))
}

/// With every scope, one, and none.
pub async fn a_key_comes_back_as_it_was_added(store: &Arc<dyn Store>) {
    assert_eq!(store.key("all").await.unwrap(), None);
    let keys = [key("all", &Scope::EVERY), key("none", &[]), key("one", &[Scope::State])];
    for key in &keys {
        assert!(store.add_key(key.clone()).await.unwrap());
        assert_eq!(store.key(&key.key.name).await.unwrap().as_ref(), Some(key));
    }
    assert_eq!(store.keys().await.unwrap(), keys);
    assert_eq!(store.key("ALL").await.unwrap(), None, "names are told apart by their case");
}

/// In the order of their bytes.
pub async fn keys_are_listed_by_name(store: &Arc<dyn Store>) {
    assert!(store.keys().await.unwrap().is_empty());
    for name in ["b", "a", "c", "B", "à"] {
        assert!(store.add_key(key(name, &[Scope::All])).await.unwrap());
    }
    let names: Vec<_> = store.keys().await.unwrap().into_iter().map(|key| key.key.name).collect();
    assert_eq!(names, ["B", "a", "b", "c", "à"]);
}

/// Of many who take a name at once, too, one alone has it.
pub async fn a_name_taken_leaves_the_first_key(store: &Arc<dyn Store>) {
    let first = key("a", &[Scope::State]);
    assert!(store.add_key(first.clone()).await.unwrap());
    assert!(!store.add_key(key("a", &[Scope::All])).await.unwrap());
    assert_eq!(store.key("a").await.unwrap(), Some(first));

    let adding = (0..16).map(|_| store.add_key(key("b", &[Scope::All])));
    let added = futures::future::join_all(adding).await;
    assert_eq!(added.into_iter().filter(|added| *added.as_ref().unwrap()).count(), 1);
}

/// Its name is free again.
pub async fn a_removed_key_is_gone(store: &Arc<dyn Store>) {
    assert!(!store.remove_key("a").await.unwrap());
    for name in ["a", "b"] {
        store.add_key(key(name, &[Scope::State])).await.unwrap();
    }
    assert!(store.remove_key("a").await.unwrap());
    assert!(!store.remove_key("a").await.unwrap());
    assert_eq!(store.key("a").await.unwrap(), None);
    assert_eq!(store.keys().await.unwrap(), [key("b", &[Scope::State])]);
    assert!(store.add_key(key("a", &[Scope::All])).await.unwrap());
}

/// With all that can be changed of it; a secret that somebody else changed meanwhile is not overwritten.
pub async fn a_key_is_changed_where_it_has_the_secret_still(store: &Arc<dyn Store>) {
    let first = key("a", &[Scope::State]);
    assert!(!store.change_key(&first.secret_hash, first.clone()).await.unwrap());
    assert_eq!(store.key("a").await.unwrap(), None);
    for name in ["a", "b"] {
        store.add_key(key(name, &[Scope::State])).await.unwrap();
    }
    let (expires, until) = (Some(Instant::from_micros(9)), Instant::from_micros(7));
    let previous = Some(PreviousSecret { hash: first.secret_hash.clone(), until });
    let mut second = key("a", &[Scope::All]);
    second.secret_hash = "$argon2id$second".into();
    second.life = KeyLife { expires, previous, maker: None };
    assert!(store.change_key(&first.secret_hash, second.clone()).await.unwrap());
    assert_eq!(store.key("a").await.unwrap().as_ref(), Some(&second));
    assert!(!store.change_key(&first.secret_hash, first.clone()).await.unwrap());
    assert_eq!(store.keys().await.unwrap(), [second, key("b", &[Scope::State])]);
}

/// The latest use of each; of none that is not there.
pub async fn the_last_use_of_a_key_goes_with_the_key(store: &Arc<dyn Store>) {
    for name in ["a", "b"] {
        store.add_key(key(name, &[Scope::State])).await.unwrap();
    }
    for (name, at) in [("a", 5), ("a", 9), ("a", 7), ("nobody", 7)] {
        store.note_key_use(name, Instant::from_micros(at)).await.unwrap();
    }
    let uses = store.key_uses().await.unwrap();
    assert_eq!(uses.into_iter().collect::<Vec<_>>(), [("a".into(), Instant::from_micros(9))]);
    store.remove_key("a").await.unwrap();
    store.add_key(key("a", &[Scope::State])).await.unwrap();
    assert!(store.key_uses().await.unwrap().is_empty());
}

/// Also for those who ask first at the same time.
pub async fn the_secret_stays(store: &Arc<dyn Store>) {
    let asked = futures::future::join_all((0..8).map(|_| store.secret())).await;
    let secret = store.secret().await.unwrap();
    assert!(asked.into_iter().all(|asked| asked.unwrap() == secret));
    assert_ne!(secret, [0; 32]);
}

/// Empty or not.
pub async fn the_store_answers_a_ping(store: &Arc<dyn Store>) {
    store.ping().await.unwrap();
    super::sample::put(store, &[super::sample::statement(0)]).await;
    store.ping().await.unwrap();
}
