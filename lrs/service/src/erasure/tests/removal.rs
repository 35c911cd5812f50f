//! Erasures that remove what the person did.

use super::*;
use store::DeadLetter;

fn to_delete() -> ErasureAsked {
    ErasureAsked { mode: ErasureMode::Delete, ..asked() }
}

/// What the person said herself.
fn hers(statement: Value) -> Value {
    sample::with(statement, "actor", sample::person("p0"))
}

/// A world in which the person is named in statements of others too, and voids what others said.
async fn world() -> World {
    let world = World::new().await;
    let taught =
        sample::with(sample::statement(11), "context", json!({"instructor": sample::person("p0")}));
    let team =
        json!({"objectType": "Group", "member": [sample::person("p0"), sample::person("p1")]});
    let alone = json!({"objectType": "Group", "member": [sample::person("p0")]});
    let answer = json!({"response": "what she answered"});
    let answer = sample::with(hers(sample::statement(14)), "result", answer);
    let all = [
        taught,
        sample::with(sample::statement(12), "actor", team),
        sample::with(sample::statement(13), "actor", alone),
        answer,
        // The first voids what she said, the second what somebody else said.
        hers(sample::voiding(15, 14)),
        hers(sample::voiding(16, 1)),
    ];
    for statement in all {
        sample::put(&world.store, &[statement]).await;
    }
    world
}

async fn run(world: &World, asked: &ErasureAsked) -> (Uuid, ErasureRecord) {
    let begun = world.erasures().begin(asked, Actor::Machine).await.unwrap();
    (begun.id, world.erasures().run(begun.id).await.unwrap())
}

#[tokio::test]
async fn what_the_person_did_goes_and_what_others_did_stays() {
    let world = world().await;
    let preview = world.erasures().preview(&to_delete()).await.unwrap();
    let (id, record) = run(&world, &to_delete()).await;
    let after = world.everything().await;
    for name in NAMES.into_iter().chain(["what she answered"]) {
        assert!(!after.contains(name), "{name} in {after}");
    }
    let log = sample::log(&world.store).await;
    let left: Vec<Uuid> = log.iter().map(|kept| kept.statement.id).collect();
    // Of another, a reference of another to what is gone, an instructor, a group, and what voids another's statement.
    assert_eq!(left, [1, 3, 11, 12, 16].map(sample::id));
    assert!(sample::kept(&world.store, 1).await.voided, "it is not there again");
    let of = |n: usize| String::from_utf8_lossy(&log[n].statement.body).into_owned();
    for n in [2, 3, 4] {
        assert!(of(n).contains(&record.pseudonym), "{}", of(n));
    }
    assert_eq!(
        (record.mode, record.counts["statements"], record.counts["removed"]),
        (ErasureMode::Delete, 8, 5)
    );
    assert_eq!((preview.counts["statements"], preview.counts["removed"]), (8, 5));
    let removed = world.store.removed_statements(Instant::default(), 10).await.unwrap();
    assert_eq!(
        removed.iter().map(|it| it.id).collect::<Vec<_>>(),
        [0, 2, 13, 14, 15].map(sample::id)
    );
    assert!(removed.iter().all(|it| it.by == id));
    // What another's statement needs stays.
    let hashes = ["hers", "shared"].map(|it| attachment(it).sha2);
    let attachments = world.store.attachments(&hashes).await.unwrap();
    assert_eq!(attachments.iter().map(|it| &it.sha2).collect::<Vec<_>>(), [&hashes[1]]);
}

#[tokio::test]
async fn the_learner_goes_and_a_frozen_list_says_that_a_line_was_erased() {
    let world = world().await;
    let before = world.store.certificate("c", "list").await.unwrap().unwrap();
    let before: report::FrozenCertificates = serde_json::from_slice(&before.body).unwrap();
    let (id, record) = run(&world, &to_delete()).await;
    let course = world.store.course("c").await.unwrap().unwrap();
    let enrolment = course::Enrolment::from_kept(&course.enrolment).unwrap();
    let learners: Vec<&str> = enrolment.learners.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(learners, ["l-1"]);
    let list = world.store.certificate("c", "list").await.unwrap().unwrap();
    let list: report::FrozenCertificates = serde_json::from_slice(&list.body).unwrap();
    assert_eq!(list.hash, before.hash);
    let erased = list.erased.unwrap().lines;
    assert_eq!((erased.len(), erased[0].line, erased[0].erasure.clone()), (1, 1, id.to_string()));
    assert_eq!((record.counts["learners"], record.counts["certificates"]), (1, 1));
    assert_eq!(*world.journals.0.lock().unwrap(), ["c"]);
}

/// Whoever reads the proof knows what was done. The proof of an erasure of before says nothing of it.
#[tokio::test]
async fn the_proof_says_the_mode() {
    let world = world().await;
    let (id, record) = run(&world, &to_delete()).await;
    assert!(world.erasures().verify(id).await.unwrap().holds);
    let other = ErasureRecord { mode: ErasureMode::Pseudonymise, ..record.clone() };
    assert_ne!(other.computed(), record.proof);
    assert!(!json!(other).to_string().contains("mode"));
    let audit = world.store.audit(&AuditFilter::default(), 10).await.unwrap();
    let done = audit.iter().find(|entry| entry.action == ERASED).unwrap();
    assert!(done.details.contains(r#""mode":"delete""#), "{audit:?}");
}

#[tokio::test]
async fn a_removal_that_fails_at_any_step_goes_on_and_comes_to_the_same() {
    fails_at_every_step(&to_delete(), &["remove_statements", "pipes"]).await;
}

/// What she voided is gone when the statement is read that voids it: the erasure remembers that, and so does one that goes on
/// after a failure at any call.
#[tokio::test]
async fn what_voids_a_removed_statement_goes_too_however_much_later_it_was_said() {
    let between: Vec<Value> = (100..).map(sample::statement).take(find::STATEMENTS).collect();
    for method in ["log", "change_erasure", "remove_statements"] {
        for works in 0.. {
            let world = World::new().await;
            sample::put(&world.store, &[hers(sample::statement(14))]).await;
            sample::put(&world.store, &between).await;
            sample::put(&world.store, &[hers(sample::voiding(15, 14))]).await;
            let begun = world.erasures().begin(&to_delete(), Actor::Machine).await.unwrap();
            world.failing.fail_after(method, works);
            let first = world.erasures().run(begun.id).await;
            world.failing.fail(&[]);
            let record = world.erasures().run(begun.id).await.unwrap();
            let removed = world.store.removed_statements(Instant::default(), 10).await.unwrap();
            let removed: Vec<Uuid> = removed.iter().map(|it| it.id).collect();
            assert_eq!(removed, [0, 2, 14, 15].map(sample::id), "{method} {works}");
            assert_eq!(record.counts["removed"], 4, "{method} {works}");
            if first.is_ok() {
                assert!(works > 1, "{method} fails before and after the first statements");
                break;
            }
        }
    }
}

#[tokio::test]
async fn what_was_removed_after_a_backup_is_removed_again_in_what_is_restored_of_it() {
    let (first, restored) = (world().await, world().await);
    let (id, record) = run(&first, &to_delete()).await;
    let ErasureRecord { reason, mode, marks, .. } = record;
    let later = LaterErasure { id, reason, mode, within: None, marks };
    assert_eq!(restored.erasures().begin_again(&[later]).await.unwrap(), 1);
    restored.erasures().resume().await;
    let ids = async |world: &World| {
        let log = sample::log(&world.store).await;
        log.iter().map(|kept| kept.statement.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&restored).await, ids(&first).await);
    assert!(!restored.everything().await.contains("what she answered"));
}

#[tokio::test]
async fn what_other_stores_answered_about_removed_statements_goes() {
    let world = world().await;
    let record = json!({
        "settings": {"direction": "push", "url": "https://other.example/xapi"},
        "password": "", "secret": "", "namespace": Uuid::nil(), "generation": 1,
        "state": crate::pipes::PipeState::default(),
    });
    assert!(world.store.add_pipe("p", &record.to_string()).await.unwrap());
    let letter = |n: u32| DeadLetter {
        pipe: "p".into(),
        statement: sample::id(n),
        stored: Instant::from_micros(5),
        status: 400,
        body: "no".into(),
        at: Instant::from_micros(6),
    };
    world.store.keep_dead_letters(vec![letter(14), letter(1)]).await.unwrap();
    run(&world, &to_delete()).await;
    assert_eq!(world.store.dead_letters("p", None, 10).await.unwrap(), [letter(1)]);
    let kept = world.store.pipe("p").await.unwrap().unwrap().record;
    assert!(kept.contains(r#""mode":"delete""#), "{kept}");
}

/// A copy has no statement under a removed id either.
#[tokio::test]
async fn a_copy_keeps_the_ids_taken() {
    let world = world().await;
    run(&world, &to_delete()).await;
    let copy: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&world.clock)));
    crate::transfer::Transfer::new(&*world.store, &*copy, &|_| ()).run().await.unwrap();
    let removed = world.store.removed_statements(Instant::default(), 10).await.unwrap();
    assert_eq!(copy.removed_statements(Instant::default(), 10).await.unwrap(), removed);
    let again = copy.put_statements(sample::batch(&[sample::statement(0)])).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
}
