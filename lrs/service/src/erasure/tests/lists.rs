//! Frozen lists of earlier releases, whose lines have no salts.

use report::FrozenCertificates;

use super::*;

/// Makes the list of the world one of an earlier release, under the name that it had there; gives the name and the list.
async fn bare(world: &World) -> (String, FrozenCertificates) {
    let kept = world.store.certificate("c", "list").await.unwrap().unwrap();
    let mut list: FrozenCertificates = serde_json::from_slice(&kept.body).unwrap();
    list.salted = false;
    list.people.iter_mut().for_each(|person| person.salt.clear());
    list.hash = list.computed();
    let body = Bytes::from(serde_json::to_vec(&list).unwrap());
    let id = list.id();
    let kept = KeptCertificates { id: id.clone(), body, ..kept };
    assert!(world.store.add_certificates("c", kept).await.unwrap());
    assert!(world.store.remove_certificates("c", "list").await.unwrap());
    (id, list)
}

/// The one list that the course has.
async fn only(world: &World) -> (String, FrozenCertificates) {
    let lists = world.store.certificates("c").await.unwrap();
    let [list] = &lists[..] else { panic!("{} lists", lists.len()) };
    (list.id.clone(), serde_json::from_slice(&list.body).unwrap())
}

#[tokio::test]
async fn a_list_of_an_earlier_release_loses_hash_and_name_with_the_first_line_that_is_erased() {
    for method in ["", "add_certificates", "remove_certificates"] {
        let world = World::new().await;
        let (old, before) = bare(&world).await;
        let begun = world.erasures().begin(&asked(), Actor::Machine).await.unwrap();
        if !method.is_empty() {
            world.failing.fail(&[method]);
            assert!(world.erasures().run(begun.id).await.is_err(), "{method}");
            world.failing.fail(&[]);
        }
        let record = world.erasures().run(begun.id).await.unwrap();
        let (id, list) = only(&world).await;
        assert_eq!(record.lists, [format!("c/{id}")], "{method}");
        assert!(list.is_intact() && list.salted && list.people[0].salt.is_empty(), "{method}");
        assert_eq!(list.id(), id);
        // Nobody who guesses the line finds the hash, or its beginning.
        let guess = FrozenCertificates { erased: None, hash: String::new(), ..before.clone() };
        let kept = serde_json::to_string(&list).unwrap();
        assert!(id != old && !kept.contains(&guess.computed()[..12]), "{method}: {kept}");
    }
}

#[tokio::test]
async fn a_list_from_which_an_earlier_release_erased_somebody_gets_salts_at_the_start() {
    let world = World::new().await;
    let (old, list) = bare(&world).await;
    world.erasures().resume().await;
    assert_eq!(only(&world).await, (old.clone(), list.clone()), "nobody was erased from it");
    // As the earlier release left it.
    let line = json!({"line": 1, "erasure": "e", "at": 9});
    let mut value = json!(list);
    value["people"][0]["learner"] = "erased-1".into();
    value["people"][0]["name"] = "".into();
    value["erased"] = json!({"lines": [line], "hash": "of the list as it was"});
    let left: FrozenCertificates = serde_json::from_value(value).unwrap();
    assert!(left.is_bare());
    let kept = world.store.certificate("c", &old).await.unwrap().unwrap();
    let body = Bytes::from(serde_json::to_vec(&left).unwrap());
    world.store.replace_certificates("c", KeptCertificates { body, ..kept }).await.unwrap();
    world.erasures().resume().await;
    let (id, salted) = only(&world).await;
    assert!(salted.is_intact() && !salted.is_bare() && id != old);
    assert_eq!((id, salted.people[0].learner.as_str()), (salted.id(), "erased-1"));
    world.erasures().resume().await;
    assert_eq!(only(&world).await.1, salted);
}
