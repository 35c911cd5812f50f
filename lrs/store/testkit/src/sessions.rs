//! Sessions of people.

use std::sync::Arc;

use access::session::KeptSession;
use store::Store;
use xapi::instant::Instant;

const fn at(micros: i64) -> Instant {
    Instant::from_micros(micros)
}

fn session(id: &str, person: &str, since: i64) -> KeptSession {
    KeptSession {
        id: id.to_owned(),
        person: person.to_owned(),
        generation: 2,
        since: at(since),
        last_used: at(since),
        expires: at(since + 100),
        address: "2001:db8::1".into(),
        agent: "Mozilla/5.0 «è»".into(),
    }
}

/// An id is one session's.
pub async fn a_session_comes_back_until_it_is_removed(store: &Arc<dyn Store>) {
    assert_eq!(store.session("a").await.unwrap(), None);
    assert!(!store.remove_session("a").await.unwrap());
    assert!(store.add_session(session("a", "anna", 5)).await.unwrap());
    assert!(!store.add_session(session("a", "bea", 5)).await.unwrap());
    assert_eq!(store.session("a").await.unwrap(), Some(session("a", "anna", 5)));
    assert!(store.remove_session("a").await.unwrap());
    assert!(!store.remove_session("a").await.unwrap());
    assert_eq!(store.session("a").await.unwrap(), None);
    assert!(store.sessions_of("anna").await.unwrap().is_empty());
}

/// A clock that steps back does not make a session older.
pub async fn the_last_use_of_a_session_goes_forward_alone(store: &Arc<dyn Store>) {
    store.add_session(session("a", "anna", 5)).await.unwrap();
    for (used, expected) in [(9, 9), (7, 9), (-1, 9), (12, 12)] {
        store.use_session("a", at(used)).await.unwrap();
        let expected = KeptSession { last_used: at(expected), ..session("a", "anna", 5) };
        assert_eq!(store.session("a").await.unwrap().as_ref(), Some(&expected), "{used}");
        assert_eq!(store.sessions_of("anna").await.unwrap(), [expected], "{used}");
    }
}

/// Whatever comes first.
pub async fn a_session_that_is_used_while_it_is_removed_stays_gone(store: &Arc<dyn Store>) {
    store.use_session("never", at(7)).await.unwrap();
    assert_eq!(store.session("never").await.unwrap(), None);
    for n in 0..16 {
        let id = format!("s{n}");
        store.add_session(session(&id, "anna", n)).await.unwrap();
        let using = (0..4).map(|m| store.use_session(&id, at(n + m)));
        let using = futures::future::join_all(using);
        let (used, removed) = futures::future::join(using, store.remove_session(&id)).await;
        for used in used {
            used.unwrap();
        }
        assert!(removed.unwrap());
        assert_eq!(store.session(&id).await.unwrap(), None, "{n}");
    }
    assert!(store.sessions_of("anna").await.unwrap().is_empty());
}

/// The newest is listed first, and those of others stay.
pub async fn the_sessions_of_a_person_go_but_for_one(store: &Arc<dyn Store>) {
    for (id, person, since) in
        [("a", "anna", 1), ("b", "anna", 3), ("c", "anna", 2), ("d", "bea", 4)]
    {
        store.add_session(session(id, person, since)).await.unwrap();
    }
    let of = async |person: &str| {
        let found = store.sessions_of(person).await.unwrap();
        found.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!(of("anna").await, ["b", "c", "a"]);
    store.remove_sessions_of("anna", Some("c")).await.unwrap();
    assert_eq!(of("anna").await, ["c"]);
    store.remove_sessions_of("anna", Some("d")).await.unwrap();
    assert!(of("anna").await.is_empty(), "another's session is not spared");
    assert_eq!(of("bea").await, ["d"]);
    store.remove_sessions_of("bea", None).await.unwrap();
    assert!(of("bea").await.is_empty());
}

/// Those that end at that instant or later stay.
pub async fn sessions_that_ended_are_removed(store: &Arc<dyn Store>) {
    for (id, since) in [("a", 1), ("b", 2), ("c", 3)] {
        store.add_session(session(id, "anna", since)).await.unwrap();
    }
    store.remove_sessions(at(102)).await.unwrap();
    assert_eq!(store.session("a").await.unwrap(), None);
    let left = store.sessions_of("anna").await.unwrap();
    assert_eq!(left, [session("c", "anna", 3), session("b", "anna", 2)]);
}
