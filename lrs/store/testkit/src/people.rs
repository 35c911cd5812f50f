//! People, and the links for the first of them.

use std::sync::Arc;

use access::bounds::Bounds;
use access::person::{Invitation, KeptPerson, Person};
use access::role::Role;
use access::totp::KeptTotp;
use store::{HeldPerson, Store};
use xapi::instant::Instant;

fn person(name: &str, role: Role) -> KeptPerson {
    KeptPerson::new(Person {
        name: name.to_owned(),
        label: "dell'\"ufficio\" è".to_owned(),
        role,
        bounds: None,
        learner: Vec::new(),
        is_disabled: false,
        created: Instant::from_micros(1_795_000_000_123_456),
        last_sign_in: None,
    })
}

/// With all that there can be.
fn whole(name: &str) -> KeptPerson {
    let mut whole = person(name, Role::RegionalCoordinator);
    whole.person.bounds = Some(Bounds { regions: vec!["Umbria".into()], ..Bounds::default() });
    whole.person.learner = vec!["mailto:a@x.example".into()];
    whole.person.is_disabled = true;
    whole.person.last_sign_in = Some(Instant::from_micros(7));
    whole.password_hash = Some("$argon2id$…".into());
    whole.totp = Some(KeptTotp { secret: "ABC".into(), is_on: true, used: vec![2, 1] });
    whole.invitation = Some(link("h"));
    whole.generation = 3;
    whole
}

fn link(hash: &str) -> Invitation {
    Invitation { hash: hash.to_owned(), expires: Instant::from_micros(9) }
}

async fn held(store: &Arc<dyn Store>, name: &str) -> HeldPerson {
    store.person(name).await.unwrap().unwrap()
}

/// With everything, and with nothing beside the name.
pub async fn a_person_comes_back_as_they_were_added(store: &Arc<dyn Store>) {
    assert_eq!(store.person("a").await.unwrap(), None);
    for kept in [person("a", Role::Administrator), whole("b@x.example")] {
        assert!(store.add_person(kept.clone()).await.unwrap());
        assert_eq!(held(store, &kept.person.name).await.kept, kept);
    }
    assert_eq!(store.person("A").await.unwrap(), None, "names are told apart by their case");
}

/// In the order of their bytes.
pub async fn people_are_listed_by_name(store: &Arc<dyn Store>) {
    assert!(store.people().await.unwrap().is_empty());
    for name in ["b", "a", "c", "B", "à"] {
        assert!(store.add_person(person(name, Role::Designer)).await.unwrap());
    }
    let people = store.people().await.unwrap();
    let names: Vec<&str> = people.iter().map(|it| it.kept.person.name.as_str()).collect();
    assert_eq!(names, ["B", "a", "b", "c", "à"]);
    assert_eq!(people.get(1), Some(&held(store, "a").await));
}

/// The first stays as it is.
pub async fn of_those_who_add_a_name_at_once_one_does(store: &Arc<dyn Store>) {
    assert!(store.add_person(person("a", Role::Designer)).await.unwrap());
    assert!(!store.add_person(person("a", Role::Administrator)).await.unwrap());
    assert_eq!(held(store, "a").await.kept, person("a", Role::Designer));
    let adding = (0..16).map(|_| store.add_person(person("b", Role::Designer)));
    let added = futures::future::join_all(adding).await;
    assert_eq!(added.into_iter().filter(|added| *added.as_ref().unwrap()).count(), 1);
}

/// All others are told so, and have changed nothing.
pub async fn a_person_is_changed_by_one_of_those_who_saw_the_same(store: &Arc<dyn Store>) {
    assert!(!store.change_person(person("a", Role::Learner), 0).await.unwrap());
    store.add_person(person("a", Role::Designer)).await.unwrap();
    let first = held(store, "a").await;
    let changing = (0..16).map(|generation| {
        store.change_person(KeptPerson { generation, ..first.kept.clone() }, first.revision)
    });
    let changed = futures::future::join_all(changing).await;
    let winners: Vec<usize> = (0..16).filter(|n| *changed[*n].as_ref().unwrap()).collect();
    assert_eq!(winners.len(), 1);
    let second = held(store, "a").await;
    assert_eq!(second.kept.generation as usize, winners[0]);
    assert_ne!(second.revision, first.revision);
    assert!(!store.change_person(first.kept.clone(), first.revision).await.unwrap());
    assert!(!store.remove_person("a", first.revision).await.unwrap());
    assert_eq!(held(store, "a").await, second);
    let back = KeptPerson { generation: 0, ..first.kept };
    assert!(store.change_person(back.clone(), second.revision).await.unwrap());
    let third = held(store, "a").await;
    assert_eq!(third.kept, back);
    assert_ne!(third.revision, first.revision, "the same record is another state");
}

/// A change of the one who had it before does not reach the other.
pub async fn a_person_who_was_removed_is_gone_and_another_may_have_the_name(
    store: &Arc<dyn Store>,
) {
    assert!(!store.remove_person("a", 0).await.unwrap());
    for name in ["a", "b"] {
        store.add_person(person(name, Role::Designer)).await.unwrap();
    }
    let first = held(store, "a").await;
    assert!(store.remove_person("a", first.revision).await.unwrap());
    assert!(!store.remove_person("a", first.revision).await.unwrap());
    assert_eq!(store.person("a").await.unwrap(), None);
    assert_eq!(store.people().await.unwrap(), [held(store, "b").await]);
    assert!(!store.change_person(first.kept.clone(), first.revision).await.unwrap());
    assert_eq!(store.person("a").await.unwrap(), None, "a change brings nobody back");
    assert!(store.add_person(person("a", Role::Learner)).await.unwrap());
    assert!(!store.change_person(first.kept, first.revision).await.unwrap());
    assert_eq!(held(store, "a").await.kept.person.role, Role::Learner);
}

/// Of many who take it at once, too, by one, and whichever link they have. Links that are added later are good again: the
/// one who took the first may have ended before there was a person.
pub async fn a_setup_link_is_taken_once(store: &Arc<dyn Store>) {
    assert!(!store.take_setup("one").await.unwrap(), "there is none");
    for hash in ["one", "two", "one"] {
        store.add_setup(link(hash)).await.unwrap();
    }
    let mut links = store.setups().await.unwrap();
    links.sort_by(|one, other| one.hash.cmp(&other.hash));
    assert_eq!(links, [link("one"), link("two")]);
    let asked = (0..16).map(|n| store.take_setup(if n % 2 == 0 { "one" } else { "two" }));
    let taken = futures::future::join_all(asked).await;
    assert_eq!(taken.into_iter().filter(|taken| *taken.as_ref().unwrap()).count(), 1);
    assert!(store.setups().await.unwrap().is_empty());
    for hash in ["one", "two"] {
        assert!(!store.take_setup(hash).await.unwrap(), "{hash}");
    }
    store.add_setup(link("three")).await.unwrap();
    assert_eq!(store.setups().await.unwrap(), [link("three")]);
    assert!(store.take_setup("three").await.unwrap());
    assert!(!store.take_setup("three").await.unwrap());
}
