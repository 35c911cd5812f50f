//! Erasures that a key asks for of what it has sent itself.

use store::Batch;

use super::*;

/// The person, whom nothing in the world names before.
const HERS: &str = "carla9@x.example";

fn asked_by_north(mode: ErasureMode) -> ErasureAsked {
    ErasureAsked {
        identifier: format!("mailto:{HERS}"),
        reason: "12/2026".into(),
        mode,
        within: Some(sample::authority("north").ifi().to_owned()),
        ..asked()
    }
}

async fn sends(world: &World, key: &str, statements: &[Value]) {
    for value in statements {
        let statements = vec![sample::prepared_by(key, value)];
        let batch = Batch { statements, attachments: vec![attachment("of her work")] };
        world.store.put_statements(batch).await.unwrap();
    }
}

fn hers(n: u32) -> Value {
    sample::with(sample::statement(n), "actor", json!({"mbox": format!("mailto:{HERS}")}))
}

async fn run(world: &World, asked: &ErasureAsked) -> ErasureRecord {
    let begun = world.erasures().begin(asked, Actor::Key("north".into())).await.unwrap();
    let erasures = world.erasures();
    let record = erasures.run(begun.id).await.unwrap();
    world.turned.pass(24 * 3_600);
    erasures.scrub_due_files().await.unwrap();
    assert!(erasures.verify(begun.id).await.unwrap().holds);
    record
}

/// The numbers of the statements that name the person.
async fn naming(world: &World) -> Vec<u32> {
    let log = sample::log(&world.store).await;
    let named =
        log.iter().filter(|kept| String::from_utf8_lossy(&kept.statement.body).contains(HERS));
    let number = |id: Uuid| (0..100).find(|n| sample::id(*n) == id).unwrap();
    named.map(|kept| number(kept.statement.id)).collect()
}

fn of_person() -> xapi::query::Filter {
    let text = format!("mbox::mailto:{HERS}");
    let agent = Some(xapi::query::Match { text, related: true });
    xapi::query::Filter { agent, ..xapi::query::Filter::default() }
}

#[tokio::test]
async fn what_others_have_sent_of_the_person_stays_and_is_found() {
    let world = World::new().await;
    sends(&world, "north", &[hers(30), hers(31)]).await;
    sends(
        &world,
        "south",
        &[with_attachment(&hers(32), &attachment("of her work")), sample::reference(33, 32)],
    )
    .await;
    let record = run(&world, &asked_by_north(ErasureMode::Pseudonymise)).await;
    assert_eq!((record.counts["statements"], record.remains), (2, true));
    assert_eq!(naming(&world).await, [32]);
    assert_eq!(sample::ids(&world.store, of_person()).await, [32, 33].map(sample::id));
    let north = sample::kept(&world.store, 30).await.statement.value().unwrap();
    assert_eq!(north["actor"]["account"]["name"], record.pseudonym);
    // What one has sent names the person once more, and goes; what others have sent is as it was.
    sends(&world, "north", &[hers(34)]).await;
    run(&world, &asked_by_north(ErasureMode::Delete)).await;
    assert_eq!(naming(&world).await, [32]);
    assert_eq!(world.store.statement(sample::id(34)).await.unwrap(), None);
    let left = world.store.attachments(&[attachment("of her work").sha2]).await.unwrap();
    assert_eq!(left.len(), 1, "the attachment of another's statement");
}

/// Also where the other one has had the person erased already, under the same pseudonym: the statement still says what is
/// attached to it.
#[tokio::test]
async fn the_attachment_of_a_statement_that_another_has_had_erased_stays() {
    let world = World::new().await;
    let hers = |n: u32| with_attachment(&hers(n), &attachment("of her work"));
    sends(&world, "south", &[hers(30)]).await;
    sends(&world, "north", &[hers(31)]).await;
    let pseudonym = Some(format!("erased-{:032x}", 7));
    for key in ["south", "north"] {
        let within = Some(sample::authority(key).ifi().to_owned());
        let asked = asked_by_north(ErasureMode::Pseudonymise);
        run(&world, &ErasureAsked { within, pseudonym: pseudonym.clone(), ..asked }).await;
    }
    let left = world.store.attachments(&[attachment("of her work").sha2]).await.unwrap();
    assert_eq!(left.len(), 1);
}

/// It could find out who stands behind a pseudonym, and keep administrators from erasing under one.
#[tokio::test]
async fn a_key_is_told_nothing_of_a_pseudonym_and_keeps_nobody_from_it() {
    let world = World::new().await;
    let pseudonym = |n: u32| Some(format!("erased-{n:032x}"));
    let whole = |n: u32, who: &str| ErasureAsked {
        pseudonym: pseudonym(n),
        identifier: format!("mailto:{who}@x.example"),
        ..asked()
    };
    let begun = world.erasures().begin(&whole(7, "p0"), Actor::Machine).await.unwrap();
    world.erasures().run(begun.id).await.unwrap();
    for who in ["p0", "p1"] {
        let asked = ErasureAsked {
            within: asked_by_north(ErasureMode::Pseudonymise).within,
            ..whole(7, who)
        };
        run(&world, &asked).await;
        let asked = ErasureAsked { pseudonym: pseudonym(8), ..asked };
        run(&world, &asked).await;
    }
    let refused = world.erasures().begin(&whole(7, "p1"), Actor::Machine).await;
    assert!(matches!(refused, Err(ErasureError::PseudonymTaken)), "{refused:?}");
    world.erasures().begin(&whole(8, "p5"), Actor::Machine).await.unwrap();
}

/// Or the other one's statement would be valid again.
#[tokio::test]
async fn what_voids_the_statement_of_another_stays() {
    let world = World::new().await;
    sends(&world, "south", &[hers(30)]).await;
    let voiding = sample::with(sample::voiding(31, 30), "actor", hers(0)["actor"].clone());
    sends(&world, "north", &[voiding]).await;
    let record = run(&world, &asked_by_north(ErasureMode::Delete)).await;
    assert!(sample::kept(&world.store, 30).await.voided);
    assert_eq!((record.counts["statements"], record.counts.get("removed")), (1, None));
}

#[tokio::test]
async fn whom_nothing_else_names_is_nowhere_afterwards() {
    let world = World::new().await;
    sends(&world, "north", &[hers(30), sample::reference(31, 30)]).await;
    world
        .audit()
        .note(Actor::Key("k".into()), "statements.read", &format!("mbox::mailto:{HERS}"), None)
        .await;
    let before = world.store.audit(&AuditFilter::default(), 10).await.unwrap();
    let record = run(&world, &asked_by_north(ErasureMode::Pseudonymise)).await;
    assert!(!record.remains);
    let audit = world.store.audit(&AuditFilter::default(), 10).await.unwrap();
    let stays = before.iter().all(|it| audit.contains(it));
    assert!(stays, "what others did is said as it was: {audit:?}");
    assert_eq!(world.everything().await.matches(HERS).count(), 1, "in the audit log");
    assert!(sample::ids(&world.store, of_person()).await.is_empty());
}

/// The course with its learners, its frozen lists, the accounts and the documents.
async fn of_nobody_who_sends(world: &World) -> String {
    let store = &world.store;
    let course = store.course("c").await.unwrap().unwrap();
    let list = store.certificate("c", "list").await.unwrap().unwrap();
    let people = store.people().await.unwrap();
    let documents = store.documents_beyond(None, 10).await.unwrap();
    format!("{} {:?} {people:?} {documents:?}", course.enrolment, list.body)
}

/// A learner list, an account or a document is nobody's who sends statements.
#[tokio::test]
async fn learners_accounts_and_documents_stay() {
    let world = World::new().await;
    world.signs_in("anna.rossi", &["mailto:p0@x.example"]).await;
    let hers = sample::with(sample::statement(30), "actor", sample::person("p0"));
    sends(&world, "north", &[hers]).await;
    let before = of_nobody_who_sends(&world).await;
    let identifier = "mailto:p0@x.example".to_owned();
    // Whose address is guessed has nothing in the key's statements.
    let others = vec!["mailto:p1@x.example".to_owned()];
    let asked = ErasureAsked { identifier, others, ..asked_by_north(ErasureMode::Delete) };
    let record = run(&world, &asked).await;
    assert!(record.remains);
    assert_eq!(world.store.statement(sample::id(30)).await.unwrap(), None);
    assert_eq!(of_nobody_who_sends(&world).await, before);
    // Nor does the list say whom else to erase.
    let own = crate::erasure::marks::of(&[7; 32], ["mbox::mailto:p0@x.example"].into_iter());
    assert_eq!(record.marks, own, "the one that stood in its statements");
    let documents = world.store.documents_beyond(None, 10).await.unwrap();
    assert_eq!(documents.len(), 1);
    let only_document = World::new().await;
    let course = only_document.store.course_revision("c").await.unwrap().unwrap();
    let none = course::Enrolment::default().to_kept().unwrap();
    assert!(only_document.store.put_enrolment("c", &none, course.revision).await.unwrap());
    let erased = [0, 2].map(sample::id);
    let log = sample::log(&only_document.store).await.into_iter().map(|kept| kept.statement);
    let all = log.filter(|it| erased.contains(&it.id)).collect();
    only_document.store.remove_statements(all, Uuid::nil()).await.unwrap();
    let identifier = "mailto:p0@x.example".to_owned();
    let asked = ErasureAsked { identifier, ..asked_by_north(ErasureMode::Delete) };
    assert!(run(&only_document, &asked).await.remains);
    assert_eq!(only_document.store.documents_beyond(None, 10).await.unwrap(), documents);
}

/// Also where no learner list and no document does.
#[tokio::test]
async fn who_signs_in_is_still_named_by_the_account() {
    let world = World::new().await;
    world.signs_in("carla", &[&format!("mailto:{HERS}")]).await;
    sends(&world, "north", &[hers(30)]).await;
    let record = run(&world, &asked_by_north(ErasureMode::Delete)).await;
    assert_eq!((record.counts["removed"], record.remains), (1, true));
    assert_eq!(world.store.people().await.unwrap().len(), 1);
}

#[tokio::test]
async fn other_stores_are_not_told_by_themselves_of_what_a_key_has_asked_for() {
    let world = World::new().await;
    let pipe = json!({
        "settings": {"direction": "push", "url": "https://other.example/xapi"},
        "password": "", "secret": "", "namespace": Uuid::nil(), "generation": 1,
        "state": crate::pipes::PipeState::default(),
    });
    assert!(world.store.add_pipe("p", &pipe.to_string()).await.unwrap());
    sends(&world, "north", &[hers(30)]).await;
    let within = asked_by_north(ErasureMode::Pseudonymise);
    run(&world, &within).await;
    sends(&world, "north", &[hers(31)]).await;
    run(&world, &ErasureAsked { within: None, ..within }).await;
    let kept = world.store.pipe("p").await.unwrap().unwrap().record;
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let notices = kept["state"]["erasures"].as_array().unwrap();
    let by_hand: Vec<bool> = notices.iter().map(|it| it["by_hand"].is_string()).collect();
    assert_eq!(by_hand, [true, false], "{kept}");
}

#[tokio::test]
async fn an_erasure_of_what_a_key_has_sent_fails_anywhere_and_comes_to_the_same() {
    for method in [
        "change_erasure",
        "written_since",
        "rewrite_statements",
        "log",
        "courses",
        "documents_beyond",
    ] {
        let mut failed = 0;
        for works in 0.. {
            let world = World::new().await;
            sends(&world, "north", &[hers(30)]).await;
            sends(&world, "south", &[hers(31)]).await;
            let asked = asked_by_north(ErasureMode::Pseudonymise);
            let begun = world.erasures().begin(&asked, Actor::Machine).await.unwrap();
            world.failing.fail_after(method, works);
            let is_whole = world.erasures().run(begun.id).await.is_ok();
            failed += usize::from(!is_whole);
            world.failing.fail(&[]);
            let record = world.erasures().run(begun.id).await.unwrap();
            assert_eq!(
                (record.counts["statements"], record.remains),
                (1, true),
                "{method} {works}"
            );
            assert_eq!(naming(&world).await, [31], "{method} {works}");
            assert_eq!(
                sample::ids(&world.store, of_person()).await,
                [sample::id(31)],
                "{method} {works}"
            );
            if is_whole {
                break;
            }
        }
        assert!(failed > 0, "{method} is not called");
    }
}

/// What is restored is erased as far as it was.
#[tokio::test]
async fn a_restored_store_erases_within_the_same_authority() {
    let (world, restored) = (World::new().await, World::new().await);
    for world in [&world, &restored] {
        sends(world, "north", &[hers(30)]).await;
        sends(world, "south", &[hers(31)]).await;
    }
    let asked = asked_by_north(ErasureMode::Delete);
    let id = world.erasures().begin(&asked, Actor::Machine).await.unwrap().id;
    let ErasureRecord { reason, mode, within, marks, .. } = world.erasures().run(id).await.unwrap();
    let later = LaterErasure { id, reason, mode, within, marks };
    assert_eq!(restored.erasures().begin_again(&[later]).await.unwrap(), 1);
    restored.erasures().resume().await;
    assert_eq!(naming(&restored).await, [31]);
}

fn free() -> Precondition {
    Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed }
}

async fn document(world: &World, agent: &str, id: &str, body: &'static str) {
    let shelf = Shelf {
        resource: Resource::AgentProfile,
        activity: String::new(),
        agent: agent.to_owned(),
        registration: None,
    };
    let content_type = "application/json".to_owned();
    let (body, updated) = (Bytes::from_static(body.as_bytes()), world.clock.now());
    let change = Change::Put(Document { content_type, body, updated });
    let key = DocumentKey { shelf, id: id.to_owned() };
    world.store.change_document(key, free(), change).await.unwrap();
}

/// What others have, and the program itself.
async fn of_others(world: &World) {
    for learner in ["b0", "b1"] {
        let agent = format!("account::{learner}@https://lms.example");
        document(world, &agent, "suspend_data", r#"{"page":1}"#).await;
        document(world, &agent, "urn:traccia:attempts", r#"{"of":"backdoor_2026"}"#).await;
    }
    for shelf in ["urn:traccia:reactions", "urn:traccia:retention"] {
        document(world, shelf, "rule:a", r#"{"to":"dirigente@ente.example"}"#).await;
    }
    let refusal = |n: u128, body: &str| store::KeptRefusal {
        id: Uuid::from_u128(n),
        key: "south".into(),
        rule: "iri".into(),
        status: 400,
        at: Instant::from_micros(5),
        body: body.into(),
    };
    let said =
        [r#"{"clause":"xAPI 1.0.3"}"#, r#"{"body":"dirigente@ente.example, backdoor_2026"}"#];
    let refusals = (1..).zip(said).map(|(n, body)| refusal(n, body)).collect();
    world.store.keep_refusals(refusals).await.unwrap();
    let by = || Actor::Person("dirigente@ente.example".into());
    let details = Some(json!({"label": "of dirigente@ente.example", "key": "backdoor_2026"}));
    world.audit().note(by(), "key.created", "backdoor_2026", details).await;
    let named = with_attachment(&sample::statement(41), &attachment("hers"));
    sends(world, "backdoor_2026", &[named]).await;
}

/// Everything that is kept but the erasures themselves and what the audit log says of them.
async fn all_but_erasures(world: &World) -> String {
    let store = &world.store;
    let log = sample::log(store).await;
    let documents = store.documents_beyond(None, 100).await.unwrap();
    let refusals = store.refusals(&store::RefusalFilter::default(), 100).await.unwrap();
    let audit = store.audit(&AuditFilter::default(), 100).await.unwrap();
    let audit: Vec<_> = audit.into_iter().filter(|it| it.action != ERASED).collect();
    let course = store.course("c").await.unwrap();
    format!("{log:?}{documents:?}{refusals:?}{audit:?}{course:?}")
}

/// The key chooses the texts that are looked for.
#[tokio::test]
async fn whatever_identifiers_a_key_names_nothing_of_others_changes() {
    let world = World::new().await;
    of_others(&world).await;
    let before = all_but_erasures(&world).await;
    for (identifier, remains) in [
        ("account:https://x|suspend_data", false),
        ("account:https://x|xAPI 1.0.3", false),
        ("account:https://x|urn:traccia:attempts", false),
        ("openid:urn:traccia:reactions", false),
        ("openid:urn:traccia:retention", false),
        ("account:https://x|backdoor_2026", false),
        ("mailto:dirigente@ente.example", true),
    ] {
        let asked =
            ErasureAsked { identifier: identifier.into(), ..asked_by_north(ErasureMode::Delete) };
        let record = run(&world, &asked).await;
        assert_eq!(record.remains, remains, "{identifier}");
        assert_eq!(all_but_erasures(&world).await, before, "{identifier}");
    }
    assert!(world.audit().verify(None).await.unwrap().broken.is_none());
}

/// Who has sent what is known afterwards.
#[tokio::test]
async fn a_key_does_not_erase_itself_as_the_authority_of_what_it_has_sent() {
    let world = World::new().await;
    sends(&world, "north-2026", &[sample::statement(30)]).await;
    let within = sample::authority("north-2026").ifi().to_owned();
    let authority = async || {
        sample::kept(&world.store, 30).await.statement.value().unwrap()["authority"].clone()
    };
    let before = authority().await;
    for identifier in ["account:https://x.example|north-2026".to_owned(), within.clone()] {
        let within = Some(within.clone());
        let asked = ErasureAsked {
            identifier: identifier.clone(),
            within,
            ..asked_by_north(ErasureMode::Pseudonymise)
        };
        let record = run(&world, &asked).await;
        assert!(record.remains || identifier != *record.within.as_ref().unwrap(), "{identifier}");
        assert_eq!(authority().await, before, "{identifier}");
    }
}

/// What the erasure of a key leaves in its own statements is said.
#[tokio::test]
async fn own_statements_lose_what_nothing_else_has_and_the_rest_remains() {
    for (response, left, remains) in [
        (format!("of {HERS}"), "of erased", false),
        ("of carla.verdi".to_owned(), "of carla.verdi", true),
    ] {
        let world = World::new().await;
        let said = sample::with(hers(30), "result", json!({"response": response}));
        sends(&world, "north", &[said]).await;
        let others = vec!["account:https://x.example|carla.verdi".to_owned()];
        let asked = ErasureAsked { others, ..asked_by_north(ErasureMode::Pseudonymise) };
        let record = run(&world, &asked).await;
        assert_eq!(record.remains, remains, "{response}");
        let kept = sample::kept(&world.store, 30).await.statement.value().unwrap();
        assert_eq!(kept["actor"]["account"]["name"], record.pseudonym);
        assert!(kept["result"]["response"].as_str().unwrap().starts_with(left), "{kept}");
    }
}
