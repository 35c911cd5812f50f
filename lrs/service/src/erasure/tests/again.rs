//! People whom a restored store has in something else than statements, documents and learner lists.

use super::*;

const HIM: &str = "ciro@x.example";

async fn account(store: &Arc<dyn Store>, clock: &Arc<dyn Clock>) {
    let person = access::person::Person {
        name: HIM.into(),
        label: "Ciro".into(),
        role: access::role::Role::Learner,
        bounds: None,
        learner: vec![format!("mailto:{HIM}")],
        is_disabled: false,
        created: clock.now(),
        last_sign_in: None,
    };
    assert!(store.add_person(access::person::KeptPerson::new(person)).await.unwrap());
}

async fn refusal(store: &Arc<dyn Store>) {
    let request = json!({"actor": {"mbox": format!("mailto:{HIM}")}}).to_string();
    let refusal = store::KeptRefusal {
        id: Uuid::from_u128(1),
        key: "south".into(),
        rule: "iri".into(),
        status: 400,
        at: Instant::from_micros(5),
        body: json!({"body": request}).to_string(),
    };
    store.keep_refusals(vec![refusal]).await.unwrap();
}

async fn launch(store: &Arc<dyn Store>) {
    let version = store::NewVersion {
        number: None,
        last: 0,
        key: "k1".into(),
        title: String::new(),
        standard: String::new(),
        outline: String::new(),
        created: Instant::from_micros(5),
        files: Vec::new(),
    };
    store.add_package_version(Uuid::from_u128(2), "corso", version).await.unwrap();
    let launch = store::KeptLaunch {
        token: "t".into(),
        package: "corso".into(),
        key: "k1".into(),
        created: Instant::from_micros(5),
        expires: Instant::from_micros(i64::MAX),
        revoked: false,
        body: json!({"actor": {"mbox": format!("mailto:{HIM}")}}).to_string(),
    };
    assert!(store.add_launch(launch).await.unwrap());
}

async fn origin(store: &Arc<dyn Store>) {
    let authority = Some(json!({"mbox": format!("mailto:{HIM}")}).to_string());
    let origin = xapi::origin::Origin { name: "archive".into(), stored: None, authority };
    let statement = sample::stamped(&sample::statement(20), 9_500_000);
    let restored = store::Restored { statement, origin: Some(origin) };
    store.restore_from(vec![restored], Vec::new()).await.unwrap();
}

async fn dead_letter(store: &Arc<dyn Store>) {
    let pipe = json!({
        "settings": {"direction": "push", "url": "https://other.example/xapi"},
        "password": "", "secret": "", "namespace": Uuid::nil(), "generation": 1,
        "state": crate::pipes::PipeState::default(),
    });
    assert!(store.add_pipe("p", &pipe.to_string()).await.unwrap());
    let letter = store::DeadLetter {
        pipe: "p".into(),
        statement: sample::id(1),
        stored: Instant::from_micros(5),
        status: 400,
        body: json!({"refused": {"mbox": format!("mailto:{HIM}")}}).to_string(),
        at: Instant::from_micros(6),
    };
    store.keep_dead_letters(vec![letter]).await.unwrap();
}

async fn everything(world: &World) -> String {
    let store = &world.store;
    let refusals = store.refusals(&store::RefusalFilter::default(), 100).await.unwrap();
    let people = store.people().await.unwrap();
    let launches = store.launches("corso", Instant::default(), 100).await.unwrap();
    let ever = Instant::from_micros(i64::MAX);
    let origins = store.origins(Instant::default(), ever, 100).await.unwrap();
    let letters = store.dead_letters("p", None, 100).await.unwrap();
    format!("{refusals:?}{people:?}{launches:?}{origins:?}{letters:?}{}", world.everything().await)
}

#[tokio::test]
async fn who_is_in_something_else_alone_is_erased_again() {
    for place in ["account", "audit", "details", "refusal", "launch", "origin", "letter"] {
        let [world, restored] = [World::new().await, World::new().await];
        for world in [&world, &restored] {
            let by = || Actor::Key("k".into());
            match place {
                "account" => account(&world.store, &world.clock).await,
                "audit" => {
                    let target = format!("mbox::mailto:{HIM}");
                    world.audit().note(by(), "statements.read", &target, None).await;
                }
                "details" => {
                    let details = Some(json!({"agent": format!("mailto:{HIM}")}));
                    world.audit().note(by(), "statements.read", "", details).await;
                }
                "launch" => launch(&world.store).await,
                "origin" => origin(&world.store).await,
                "letter" => dead_letter(&world.store).await,
                _ => refusal(&world.store).await,
            }
        }
        assert!(everything(&restored).await.contains(HIM), "{place}");
        let asked =
            ErasureAsked { identifier: format!("mailto:{HIM}"), reason: "x".into(), ..asked() };
        let id = world.erasures().begin(&asked, Actor::Machine).await.unwrap().id;
        let ErasureRecord { reason, mode, within, marks, .. } =
            world.erasures().run(id).await.unwrap();
        let later = LaterErasure { id, reason, mode, within, marks };
        assert_eq!(restored.erasures().begin_again(&[later]).await.unwrap(), 1, "{place}");
        restored.erasures().resume().await;
        let after = everything(&restored).await;
        assert!(!after.contains(HIM), "{place}: {after}");
    }
}

/// A key has had the person erased from its own statements later, or an administrator once more.
#[tokio::test]
async fn a_person_who_was_erased_several_times_is_erased_as_often_again() {
    let north = Some(sample::authority("north").ifi().to_owned());
    let deleted = ErasureAsked { mode: ErasureMode::Delete, ..asked() };
    for (later, count) in [(ErasureAsked { within: north, ..asked() }, 1), (asked(), 2)] {
        let [world, restored] = [World::new().await, World::new().await];
        let mut erasures = Vec::new();
        for asked in [&deleted, &later] {
            let id = world.erasures().begin(asked, Actor::Machine).await.unwrap().id;
            let ErasureRecord { reason, mode, within, marks, .. } =
                world.erasures().run(id).await.unwrap();
            erasures.push(LaterErasure { id, reason, mode, within, marks });
        }
        assert_eq!(restored.erasures().begin_again(&erasures).await.unwrap(), count);
        restored.erasures().resume().await;
        let removed = restored.store.removed_statements(Instant::default(), 10).await.unwrap();
        assert_eq!(removed.iter().map(|it| it.id).collect::<Vec<_>>(), [0, 2].map(sample::id));
        let after = everything(&restored).await;
        for name in NAMES {
            assert!(!after.contains(name), "{name} in {after}");
        }
    }
}
