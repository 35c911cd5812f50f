//! Identifiers in letters of another case: a mail address is the same one, an account is another one.

use dataset::{Datum, Pseudonyms};
use store::{Followed, JournalVersion, ProgressDocument, Unnamed};

use super::*;

/// In the world, the address is in small letters.
fn in_other_letters() -> ErasureAsked {
    ErasureAsked { identifier: "mailto:P0@X.example".into(), ..asked() }
}

async fn run(world: &World, asked: &ErasureAsked) -> ErasureRecord {
    let begun = world.erasures().begin(asked, Actor::Machine).await.unwrap();
    world.erasures().run(begun.id).await.unwrap()
}

async fn says(world: &World, n: u32, actor: Value) {
    sample::put(&world.store, &[sample::with(sample::statement(n), "actor", actor)]).await;
}

/// Who has copies of tables knows the person by how the address was written in statements.
#[tokio::test]
async fn the_table_of_erasures_has_an_address_as_statements_wrote_it() {
    let world = World::new().await;
    says(&world, 20, json!({"mbox": "mailto:p0@x.EXAMPLE"})).await;
    run(&world, &in_other_letters()).await;
    let pseudonyms = Pseudonyms::of_recipient(&[7; 32], "data");
    let rows = erasure_rows(&*world.store, &pseudonyms).await.unwrap();
    let was: Vec<&Datum> = rows.iter().map(|row| &row[2]).collect();
    for written in ["p0@x.example", "p0@x.EXAMPLE", "P0@X.example"] {
        let known_by = Datum::Text(pseudonyms.of(&format!("mbox::mailto:{written}")));
        assert_eq!(was.iter().filter(|it| ***it == known_by).count(), 1, "{written}: {was:?}");
    }
    let by = |text| async move {
        let world = &world;
        world.erasures().list(None, 10, Some(text)).await.unwrap().found.len()
    };
    assert_eq!(by("mailto:P0@x.EXAMPLE").await, 1, "it is found in any letters");
}

/// Of the pseudonym of an address in other letters, the other store knows nothing.
#[tokio::test]
async fn other_stores_are_told_an_address_as_statements_wrote_it() {
    let world = World::new().await;
    let hashed = Identifier::Mbox("mailto:p0@x.example".into()).hashed().unwrap();
    says(&world, 20, hashed.to_agent()).await;
    let record = json!({
        "settings": {"direction": "push", "url": "https://other.example/xapi", "mapping": "pseudonymised"},
        "password": "", "secret": "a secret of theirs", "namespace": Uuid::nil(), "generation": 1,
        "state": crate::pipes::PipeState::default(),
    });
    assert!(world.store.add_pipe("p", &record.to_string()).await.unwrap());
    run(&world, &in_other_letters()).await;
    let kept = world.store.pipe("p").await.unwrap().unwrap().record;
    let pseudonyms = Pseudonyms::under(b"a secret of theirs");
    for written in ["mbox::mailto:p0@x.example".to_owned(), hashed.to_string()] {
        assert!(kept.contains(&pseudonyms.of(&written)), "{written} in {kept}");
    }
}

/// The journals of the person go, so those of the pseudonym must be read from the log.
#[tokio::test]
async fn a_course_with_journals_under_an_address_in_other_letters_is_read_again() {
    let world = World::new().await;
    says(&world, 20, json!({"mbox": "mailto:p0@x.EXAMPLE"})).await;
    world.store.put_course("d", "file", None, Selection::Changed).await.unwrap();
    let reading = world.store.course("d").await.unwrap().unwrap().reading;
    let followed = Followed { through: Instant::from_micros(1), reading };
    let actor = "mbox::mailto:p0@x.EXAMPLE".to_owned();
    let documents = vec![ProgressDocument { actor, body: Bytes::from_static(b"{}") }];
    let put =
        world.store.put_progress("d", JournalVersion::NONE, followed, documents, Unnamed::Stay);
    assert!(put.await.unwrap().is_some());
    run(&world, &asked()).await;
    assert_eq!(*world.journals.0.lock().unwrap(), ["c", "d"]);
}

#[tokio::test]
async fn who_was_erased_in_other_letters_is_erased_again_in_what_is_restored() {
    let (world, restored) = (World::new().await, World::new().await);
    for world in [&world, &restored] {
        says(world, 21, json!({"mbox": "mailto:p9@x.example"})).await;
    }
    let identifier = "mailto:P9@x.example".to_owned();
    let asked = ErasureAsked { identifier, ..asked() };
    let kept = world.erasures().begin(&asked, Actor::Machine).await.unwrap();
    // Also where nothing of the erasure was done when the list of erasures was taken.
    let ErasureRecord { reason, mode, marks, .. } = ErasureRecord::of(&kept).unwrap();
    let later = LaterErasure { id: kept.id, reason, mode, within: None, marks };
    assert_eq!(restored.erasures().begin_again(&[later]).await.unwrap(), 1);
    restored.erasures().resume().await;
    assert!(!restored.everything().await.contains("p9@x.example"));
}

/// Subjects of an identity provider may differ in the case of letters alone.
#[tokio::test]
async fn an_account_in_other_letters_is_somebody_elses() {
    let world = World::new().await;
    let store = &world.store;
    store.put_course("d", "file", None, Selection::Changed).await.unwrap();
    let list = "id,name,identifiers\nd-0,Carla,account:https://id.example|aB3\nd-1,Dario,account:https://id.example|Ab3\n";
    let list = course::LearnerList::parse(list.as_bytes()).unwrap();
    let enrolment =
        course::Enrolment { learners: list.learners().to_vec(), merged: BTreeMap::new() };
    let revision = store.course_revision("d").await.unwrap().unwrap().revision;
    assert!(store.put_enrolment("d", &enrolment.to_kept().unwrap(), revision).await.unwrap());
    let account = |name: &str| json!({"account": {"homePage": "https://id.example", "name": name}});
    says(&world, 22, account("aB3")).await;
    says(&world, 23, account("Ab3")).await;
    let hers = ErasureAsked { identifier: "account:https://id.example|aB3".into(), ..asked() };
    let record = run(&world, &hers).await;
    assert_eq!((record.counts["statements"], record.counts["learners"]), (1, 1));
    let course = store.course("d").await.unwrap().unwrap();
    let enrolment = course::Enrolment::from_kept(&course.enrolment).unwrap();
    let names: Vec<&str> = enrolment.learners.iter().map(|it| it.name.as_str()).collect();
    assert!(names.contains(&"Dario") && !names.contains(&"Carla"), "{names:?}");
    let hers = sample::kept(store, 22).await.statement.value().unwrap();
    assert_eq!(hers["actor"]["account"]["name"], record.pseudonym);
    let his = sample::kept(store, 23).await.statement.value().unwrap();
    assert_eq!(his["actor"]["account"]["name"], "Ab3");
}

/// A platform hashes an address as it writes it, and the letters are known only once another statement was read.
#[tokio::test]
async fn the_hash_of_an_address_in_other_letters_is_erased_where_statements_have_it_before() {
    let written = "mailto:p0@x.EXAMPLE";
    let hashed = Identifier::Mbox(written.into()).hashed().unwrap();
    let alone = run(&World::new().await, &asked()).await;
    let world = World::new().await;
    says(&world, 20, hashed.to_agent()).await;
    says(&world, 21, json!({"mbox": written})).await;
    let record = run(&world, &asked()).await;
    let Identifier::MboxSha1sum(hash) = hashed else { panic!("a hash") };
    assert!(!world.everything().await.contains(&hash));
    assert_eq!(record.counts["statements"], alone.counts["statements"] + 2, "each once");
}
