//! User names, addresses and pseudonyms that are something of others too.

use store::{Followed, JournalVersion, ProgressDocument, Unnamed};

use super::*;

/// Journals of these actors in the course `c`.
async fn journals(world: &World, actors: &[&str]) {
    let reading = world.store.course("c").await.unwrap().unwrap().reading;
    let document =
        |actor: &&str| ProgressDocument { actor: (*actor).into(), body: Bytes::from_static(b"{}") };
    let documents = actors.iter().map(document).collect();
    let followed = Followed { through: Instant::from_micros(1), reading };
    let put =
        world.store.put_progress("c", JournalVersion::NONE, followed, documents, Unnamed::Stay);
    assert!(put.await.unwrap().is_some());
}

async fn journaled(world: &World) -> Vec<String> {
    let found = world.store.progress("c", "", 10).await.unwrap();
    found.into_iter().map(|it| it.actor).collect()
}

async fn run(world: &World, asked: &ErasureAsked) -> ErasureRecord {
    let begun = world.erasures().begin(asked, Actor::Machine).await.unwrap();
    world.erasures().run(begun.id).await.unwrap()
}

fn read_again(world: &World) -> Vec<String> {
    std::mem::take(&mut *world.journals.0.lock().unwrap())
}

const OTHERS: [&str; 3] = [
    "account::RSSMRA80A01H501U@https://sso.example",
    "account::p9@x.example@https://sso.example",
    "mbox::mailto:p9@x.example",
];

fn of_north(identifier: &str) -> ErasureAsked {
    let within = Some(sample::authority("north").ifi().to_owned());
    ErasureAsked { identifier: identifier.into(), within, ..asked() }
}

/// Who may erase what it has sent alone chooses the identifiers, and has sent nothing.
#[tokio::test]
async fn an_erasure_within_an_authority_removes_no_journal() {
    let world = World::new().await;
    journals(&world, &OTHERS).await;
    for identifier in [
        "account:https://x|p9@x.example",
        "account:https://x|RSSMRA80A01H501U",
        "mailto:p9@x.example",
        "mailto:P9@x.example",
        "account:https://sso.example|RSSMRA80A01H501U",
    ] {
        run(&world, &of_north(identifier)).await;
        assert_eq!(journaled(&world).await, OTHERS, "{identifier}");
        assert_eq!(read_again(&world), [""; 0], "{identifier}");
    }
    // Where its own statements change, what they count for is read again.
    let hers = sample::with(sample::statement(30), "actor", sample::person("p9"));
    let statements = vec![sample::prepared_by("north", &hers)];
    let batch = store::Batch { statements, attachments: Vec::new() };
    world.store.put_statements(batch).await.unwrap();
    run(&world, &of_north("mailto:P9@x.example")).await;
    assert_eq!(journaled(&world).await, OTHERS);
    assert_eq!(read_again(&world), ["c"]);
}

/// Journals are somebody's whose identifier it is, in whatever letters of an address.
#[tokio::test]
async fn journals_go_with_their_actor_alone_and_their_course_is_read_again() {
    let world = World::new().await;
    journals(&world, &OTHERS).await;
    for identifier in ["account:https://x|p9@x.example", "account:https://x|RSSMRA80A01H501U"] {
        let record = run(&world, &ErasureAsked { identifier: identifier.into(), ..asked() }).await;
        assert_eq!(record.counts["journals"], 0, "{identifier}");
        assert_eq!((journaled(&world).await.len(), read_again(&world)), (3, Vec::new()));
    }
    let identifier = "mailto:P9@x.example".to_owned();
    run(&world, &ErasureAsked { identifier, ..asked() }).await;
    assert_eq!(journaled(&world).await, OTHERS[..2]);
    assert_eq!(read_again(&world), ["c"]);
}

fn enrolled(world: &World) -> impl Future<Output = course::Enrolment> {
    let store = Arc::clone(&world.store);
    async move {
        let kept = store.course("c").await.unwrap().unwrap();
        course::Enrolment::from_kept(&kept.enrolment).unwrap()
    }
}

/// The list of the next night brings the person back, and the other store tells of the erasure again.
#[tokio::test]
async fn a_person_who_is_erased_again_with_one_pseudonym_is_one_learner() {
    let world = World::new().await;
    let pseudonym = Some(format!("erased-{:032x}", 7));
    let again = ErasureAsked { pseudonym: pseudonym.clone(), ..asked() };
    run(&world, &again).await;
    let mut with_her = enrolled(&world).await;
    let list = course::LearnerList::parse(LEARNERS.as_bytes()).unwrap();
    with_her.learners.push(list.learners()[0].clone());
    let revision = world.store.course_revision("c").await.unwrap().unwrap().revision;
    let text = with_her.to_kept().unwrap();
    assert!(world.store.put_enrolment("c", &text, revision).await.unwrap());
    let record = run(&world, &again).await;
    assert_eq!(record.counts["learners"], 1);
    let learners = enrolled(&world).await.learners;
    let ids: Vec<&str> = learners.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, [record.pseudonym.as_str(), "l-1"]);
    assert!(course::LearnerList::from_learners(learners).is_ok());
    // Also where somebody has made one learner of the two, in either direction.
    for into_pseudonym in [true, false] {
        let mut merged = enrolled(&world).await;
        merged.learners.push(list.learners()[0].clone());
        let (one, other) = (record.pseudonym.clone(), "l-0".to_owned());
        merged.merged = if into_pseudonym { [(other, one)] } else { [(one, other)] }.into();
        let revision = world.store.course_revision("c").await.unwrap().unwrap().revision;
        let text = merged.to_kept().unwrap();
        assert!(world.store.put_enrolment("c", &text, revision).await.unwrap());
        let record = run(&world, &again).await;
        assert_eq!(record.counts.get("statements"), None, "those of the pseudonym, with its hours");
        let left = enrolled(&world).await;
        let mut ids: Vec<&str> = left.learners.iter().map(|it| it.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, [record.pseudonym.as_str(), "l-1"], "{into_pseudonym}");
        assert_eq!(left.merged, BTreeMap::new());
    }
    let count = world.store.erasures(None, 10).await.unwrap().len();
    // Somebody else does not become one with the person.
    let identifier = "mailto:p1@x.example".to_owned();
    let other = ErasureAsked { identifier, pseudonym, ..asked() };
    let refused = world.erasures().begin(&other, Actor::Machine).await;
    assert!(matches!(refused, Err(ErasureError::PseudonymTaken)), "{refused:?}");
    assert_eq!(world.store.erasures(None, 10).await.unwrap().len(), count);
}

/// Nobody could read the course any more.
#[tokio::test]
async fn learners_whom_nothing_could_read_are_not_kept() {
    let world = World::new().await;
    let pseudonym = format!("erased-{:032x}", 7);
    let mut enrolment = enrolled(&world).await;
    let account =
        Identifier::Account { home_page: xapi::erase::HOME_PAGE.into(), name: pseudonym.clone() };
    // Another learner has the account of the pseudonym.
    enrolment.learners[1].identifiers.push(account);
    let revision = world.store.course_revision("c").await.unwrap().unwrap().revision;
    let text = enrolment.to_kept().unwrap();
    assert!(world.store.put_enrolment("c", &text, revision).await.unwrap());
    let asked = ErasureAsked { pseudonym: Some(pseudonym), ..asked() };
    let begun = world.erasures().begin(&asked, Actor::Machine).await.unwrap();
    let failed = world.erasures().run(begun.id).await;
    assert!(matches!(failed, Err(ErasureError::Store(StoreError::Corrupt(_)))), "{failed:?}");
    assert_eq!(world.store.course("c").await.unwrap().unwrap().enrolment, text);
}

/// Those of the person go, and are no others'.
#[tokio::test]
async fn a_dry_run_counts_documents_of_others_that_would_change() {
    let world = World::new().await;
    let document = async |agent: &str, body: &'static str| {
        let shelf = Shelf {
            resource: Resource::AgentProfile,
            activity: String::new(),
            agent: format!("mbox::mailto:{agent}@x.example"),
            registration: None,
        };
        let (content_type, updated) = ("application/json".to_owned(), world.clock.now());
        let body = Bytes::from_static(body.as_bytes());
        let change = Change::Put(Document { content_type, body, updated });
        let free =
            Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
        let key = DocumentKey { shelf, id: "a".into() };
        world.store.change_document(key, free, change).await.unwrap();
    };
    document("p1", r#"{"location":"slide_12"}"#).await;
    document("p2", r#"{"of":"p0@x.example"}"#).await;
    let others = vec!["account:https://x.example|slide_12".to_owned()];
    let asked = ErasureAsked { others, ..asked() };
    let counts = world.erasures().preview(&asked).await.unwrap().counts;
    assert_eq!((counts["documents"], counts["documents_of_others"]), (2, 1), "{counts:?}");
}
