//! People who are on no learner list any more.

use course::{Enrolment, LearnerList};
use report::FrozenCertificates;

use super::*;
use crate::former;

/// Puts another list in the place of the course's, as courses do.
async fn put_list(world: &World, list: &str, is_noted: bool) {
    let kept = world.store.course("c").await.unwrap().unwrap();
    let before = Enrolment::from_kept(&kept.enrolment).unwrap();
    let learners = LearnerList::parse(list.as_bytes()).unwrap().learners().to_vec();
    let after = Enrolment { learners, merged: BTreeMap::new() };
    if is_noted {
        let leaving = former::leaving(&[7; 32], &before, Some(&after));
        former::note(&*world.store, "c", world.clock.now(), leaving).await.unwrap();
    }
    let text = after.to_kept().unwrap();
    assert!(world.store.put_enrolment("c", &text, kept.revision).await.unwrap());
}

const WITHOUT: &str = "id,name,identifiers\nl-1,Bruno,mailto:p1@x.example\n";
const ANOTHER: &str =
    "id,name,identifiers\nl-1,Bruno,mailto:p1@x.example\nl-0,Carla,mailto:p7@x.example\n";

/// The learners of a frozen list, and the targets of the audit log.
async fn told(world: &World, list: &str) -> (Vec<String>, Vec<String>) {
    let kept = world.store.certificate("c", list).await.unwrap().unwrap();
    let list: FrozenCertificates = serde_json::from_slice(&kept.body).unwrap();
    assert!(list.is_intact());
    let filter = AuditFilter { action: Some("learner.read".to_owned()), ..AuditFilter::default() };
    let entries = world.store.audit(&filter, 100).await.unwrap();
    let people = list.people.into_iter().map(|it| format!("{} {}", it.learner, it.name));
    (people.collect(), entries.into_iter().map(|it| it.target).collect())
}

/// What the notes of former learners say.
async fn notes(world: &World) -> String {
    let documents = world.store.documents_beyond(None, 100).await.unwrap();
    let notes = documents.iter().filter(|(key, _)| key.shelf.agent == store::FORMER_LEARNERS);
    notes.map(|(_, it)| String::from_utf8_lossy(&it.body).into_owned()).collect()
}

#[tokio::test]
async fn who_left_the_list_is_erased_from_frozen_lists_and_the_audit_log_by_any_identifier() {
    let hashed = "mailto:p0@x.example".parse::<Identifier>().unwrap().hashed().unwrap().listed();
    for identifier in ["mailto:P0@x.example", "account:https://moodle.example|7", &hashed] {
        let world = World::new().await;
        put_list(&world, WITHOUT, true).await;
        let kept = notes(&world).await;
        assert!(kept.contains("l-0") && !kept.contains("p0@x") && !kept.contains("Anna"), "{kept}");
        let asked = ErasureAsked { identifier: identifier.into(), ..asked() };
        let found = world.erasures().preview(&asked).await.unwrap();
        assert_eq!(
            (found.counts["certificates"], found.counts["learners"]),
            (1, 0),
            "{identifier}"
        );
        let left = usize::from(identifier == hashed);
        assert_eq!(found.left.len(), left, "of the address of a hash: {:?}", found.left);
        let begun = world.erasures().begin(&asked, Actor::Machine).await.unwrap();
        let record = world.erasures().run(begun.id).await.unwrap();
        let (people, targets) = told(&world, "list").await;
        let pseudonym = &record.pseudonym;
        assert_eq!(people, [format!("{pseudonym} "), "l-1 Bruno".to_owned()], "{identifier}");
        assert_eq!(targets, [format!("c/{pseudonym}")], "{identifier}");
        assert_eq!(record.lists, ["c/list"]);
        assert_eq!(notes(&world).await, "", "{identifier}");
    }
}

#[tokio::test]
async fn an_erasure_of_who_left_the_list_that_fails_at_any_step_goes_on() {
    for method in ["change_document", "document", "document_ids", "replace_certificates"] {
        let mut failed = 0;
        for works in 0.. {
            let world = World::new().await;
            put_list(&world, WITHOUT, true).await;
            let begun = world.erasures().begin(&asked(), Actor::Machine).await.unwrap();
            world.failing.fail_after(method, works);
            let first = world.erasures().run(begun.id).await;
            world.failing.fail(&[]);
            let record = world.erasures().run(begun.id).await.unwrap();
            let (people, targets) = told(&world, "list").await;
            assert_eq!(people[0], format!("{} ", record.pseudonym), "{method} {works}");
            assert_eq!(targets, [format!("c/{}", record.pseudonym)], "{method} {works}");
            assert_eq!((record.counts["certificates"], notes(&world).await.as_str()), (1, ""));
            if first.is_ok() {
                break;
            }
            failed += 1;
        }
        assert!(failed > 0, "{method}");
    }
}

#[tokio::test]
async fn the_lines_of_who_has_the_id_now_stay_and_those_of_who_had_it_before_go() {
    let world = World::new().await;
    put_list(&world, ANOTHER, true).await;
    let kept = world.store.certificate("c", "list").await.unwrap().unwrap();
    let mut list: FrozenCertificates = serde_json::from_slice(&kept.body).unwrap();
    list.frozen = world.clock.now().micros() + 1;
    list.people[0].name = "Carla".into();
    list.salt(|| "salt".to_owned());
    let body = Bytes::from(serde_json::to_vec(&list).unwrap());
    let later = KeptCertificates { id: "later".into(), body, ..kept };
    assert!(world.store.add_certificates("c", later).await.unwrap());
    let found = world.erasures().preview(&asked()).await.unwrap();
    assert_eq!(found.counts["certificates"], 1);
    let left = "entries of the audit log about `c/l-0`: this id was somebody else's too";
    assert_eq!(found.left, [left]);
    let begun = world.erasures().begin(&asked(), Actor::Machine).await.unwrap();
    let record = world.erasures().run(begun.id).await.unwrap();
    assert_eq!(told(&world, "list").await.0[0], format!("{} ", record.pseudonym));
    assert_eq!(
        told(&world, "later").await,
        (vec!["l-0 Carla".to_owned(), "l-1 Bruno".to_owned()], vec!["c/l-0".to_owned()])
    );
    // And the other way round.
    let world = World::new().await;
    put_list(&world, ANOTHER, true).await;
    let carla = ErasureAsked { identifier: "mailto:p7@x.example".into(), ..asked() };
    let found = world.erasures().preview(&carla).await.unwrap();
    assert_eq!((found.counts["certificates"], found.counts["learners"]), (0, 1));
}

#[tokio::test]
async fn who_left_before_that_was_noted_is_told_of_and_erased_by_course_and_learner() {
    let [world, restored] = [World::new().await, World::new().await];
    for world in [&world, &restored] {
        put_list(world, WITHOUT, false).await;
    }
    let found = world.erasures().preview(&asked()).await.unwrap();
    assert_eq!(found.counts["certificates"], 0);
    let [left] = &found.left[..] else { panic!("{:?}", found.left) };
    assert!(left.contains("frozen lists of the course `c`") && left.contains("(1)"), "{left}");
    let by_id = ErasureAsked { identifier: "c/l-0".into(), ..asked() };
    assert_eq!(world.erasures().preview(&by_id).await.unwrap().counts["certificates"], 1);
    let begun = world.erasures().begin(&by_id, Actor::Machine).await.unwrap();
    let record = world.erasures().run(begun.id).await.unwrap();
    let (people, targets) = told(&world, "list").await;
    assert_eq!(people[0], format!("{} ", record.pseudonym));
    assert_eq!(targets, [format!("c/{}", record.pseudonym)]);
    let listed =
        async |text: &str| world.erasures().list(None, 10, Some(text)).await.unwrap().found.len();
    assert_eq!((listed("c/l-0").await, listed("c/l-1").await), (1, 0));
    assert_eq!(world.erasures().preview(&asked()).await.unwrap().left, Vec::<String>::new());
    // And erased again after a restore.
    let ErasureRecord { reason, mode, within, marks, .. } = record;
    let later = LaterErasure { id: begun.id, reason, mode, within, marks };
    assert_eq!(restored.erasures().begin_again(&[later]).await.unwrap(), 1);
    restored.erasures().resume().await;
    assert!(told(&restored, "list").await.0[0].starts_with("erased-"));
}

/// The list gave the id to somebody else after the backup was made, who was erased by course and learner.
#[tokio::test]
async fn who_had_the_id_when_the_backup_was_made_is_not_erased_in_the_place_of_another() {
    let [world, restored] = [World::new().await, World::new().await];
    put_list(&world, ANOTHER, true).await;
    let by_id = ErasureAsked { identifier: "c/l-0".into(), ..asked() };
    let begun = world.erasures().begin(&by_id, Actor::Machine).await.unwrap();
    let ErasureRecord { reason, mode, within, marks, .. } =
        world.erasures().run(begun.id).await.unwrap();
    let later = LaterErasure { id: begun.id, reason, mode, within, marks };
    let before = (told(&restored, "list").await, restored.everything().await);
    assert_eq!(restored.erasures().begin_again(&[later]).await.unwrap(), 0);
    restored.erasures().resume().await;
    assert_eq!((told(&restored, "list").await, restored.everything().await), before);
}

#[tokio::test]
async fn course_and_learner_stand_for_all_identifiers_of_who_is_on_the_list() {
    let world = World::new().await;
    let by_id = ErasureAsked { identifier: "c/l-0".into(), ..asked() };
    let erasures = world.erasures();
    assert_eq!(
        erasures.preview(&by_id).await.unwrap().counts,
        erasures.preview(&asked()).await.unwrap().counts
    );
    for wrong in ["l-0", "c/", "/l-0", "c d/l-0"] {
        let wrong = ErasureAsked { identifier: wrong.into(), ..asked() };
        let refused = erasures.begin(&wrong, Actor::Machine).await;
        assert!(matches!(refused, Err(ErasureError::Identifier(_))), "{}", wrong.identifier);
    }
    let within = ErasureAsked { within: Some("x".into()), ..by_id };
    let refused = erasures.begin(&within, Actor::Machine).await;
    assert!(matches!(refused, Err(ErasureError::Identifier(_))), "of one's own alone");
}
