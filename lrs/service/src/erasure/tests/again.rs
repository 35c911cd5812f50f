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

async fn everything(world: &World) -> String {
    let refusals = world.store.refusals(&store::RefusalFilter::default(), 100).await.unwrap();
    let people = world.store.people().await.unwrap();
    format!("{refusals:?}{people:?}{}", world.everything().await)
}

#[tokio::test]
async fn who_is_in_accounts_the_audit_log_or_refusals_alone_is_erased_again() {
    for place in ["account", "audit", "details", "refusal"] {
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
