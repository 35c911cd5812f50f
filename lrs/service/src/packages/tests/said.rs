//! Under which ids statements of played packages are kept.

use store::StatementStore as _;
use validator::Version;
use xapi::authority::Authority;

use super::*;
use crate::record::statements::prepare_all;

/// The name that the runtime gives the statement that the package is passed with 0.8, for this registration.
fn name_of_completion(registration: Uuid) -> Uuid {
    let name = r#"course completed {"completion":true,"success":true,"score":{"scaled":0.8}}"#;
    Uuid::new_v5(&registration, name.as_bytes())
}

/// Keeps a statement under an id, as the key or player of this name sends it.
async fn keep_as(failing: &Failing, name: &str, id: Uuid, mut statement: Value) {
    statement["id"] = id.to_string().into();
    let checked = validator::check_batch(statement.to_string().as_bytes(), Version::V1_0_3);
    let authority = Authority::of_key(name, "https://lrs.example");
    let batch = prepare_all(checked.unwrap().statements, Vec::new(), &authority).unwrap();
    failing.put_statements(batch).await.unwrap();
}

fn junk() -> Value {
    json!({"actor": {"mbox": "mailto:nobody@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"}, "object": {"id": "urn:junk"}})
}

async fn completions(failing: &Failing) -> usize {
    of_package(&said(failing).await).len()
}

/// A store, and the page of a learner who has begun an attempt.
async fn begun(packages: &Packages) -> (Page<'_>, Uuid) {
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(packages, Policy::Same).await;
    let registration = packages.open(&page.token).await.unwrap().launch.registration;
    page.begin("A").await;
    (page, registration)
}

#[tokio::test]
async fn no_other_sender_can_work_out_the_id_of_what_a_player_will_say() {
    let (failing, packages) = over();
    let (page, registration) = begun(&packages).await;
    keep_as(&failing, "attacker", name_of_completion(registration), junk()).await;
    page.send(&page.passed("A", 1)).await.unwrap();
    let all = said(&failing).await;
    assert_eq!(of_package(&all), [&json!(0.8)]);
    let of_registration = |id: &Uuid| {
        let verbs = ["initialized\nbegun", "passed\n", "terminated\nended"].map(str::to_owned);
        let names = verbs.map(|verb| format!("A\n{}\n{verb}", page.session));
        names.iter().any(|name| Uuid::new_v5(&registration, name.as_bytes()) == *id)
    };
    assert_eq!(all.iter().filter(|(id, _)| of_registration(id)).count(), 0, "{all:#?}");
    let name = name_of_completion(registration);
    let others = Packages { secret: [8; 32], ..packages.clone() };
    for number in [0, 1] {
        assert_ne!(packages.id_of(name, number), others.id_of(name, number), "by the secret");
    }
}

#[tokio::test]
async fn an_id_that_another_statement_has_is_passed_over_once_and_for_all() {
    let (failing, packages) = over();
    let (mut page, registration) = begun(&packages).await;
    let name = name_of_completion(registration);
    keep_as(&failing, "attacker", packages.id_of(name, 0), junk()).await;
    let commit = page.passed("A", 1);
    page.send(&commit).await.unwrap();
    assert_eq!(completions(&failing).await, 1);
    let ids: Vec<Uuid> = said(&failing).await.into_iter().map(|(id, _)| id).collect();
    assert!(ids.contains(&packages.id_of(name, 1)), "{ids:?}");
    page.send(&commit).await.unwrap();
    page.begin("A").await;
    page.send(&page.passed("A", 1)).await.unwrap();
    assert_eq!(completions(&failing).await, 1, "the same result is said once");
}

#[tokio::test]
async fn what_came_back_from_another_store_under_its_id_is_not_said_again() {
    let (failing, packages) = over();
    let (page, registration) = begun(&packages).await;
    let commit = page.passed("A", 1);
    page.send(&commit).await.unwrap();
    let own = said(&failing).await;
    let own = own.iter().find(|(_, it)| it["object"]["id"] == "urn:traccia:package:corso");
    let (id, mut copy) = own.unwrap().clone();
    assert_eq!(id, packages.id_of(name_of_completion(registration), 0));
    // A store of the same secret, which has only what a pipe brought back.
    let (restored, others) = over();
    for member in ["authority", "stored"] {
        copy.as_object_mut().unwrap().remove(member);
    }
    copy["timestamp"] = "2026-11-18T10:00:00Z".into();
    keep_as(&restored, "pipe:archive", id, copy).await;
    let launched = packages.open(&page.token).await.unwrap();
    let statement = own.unwrap().1.clone();
    let mut statement = statement;
    statement["id"] = name_of_completion(registration).to_string().into();
    for member in ["authority", "stored", "version"] {
        statement.as_object_mut().unwrap().remove(member);
    }
    others.say(&launched, vec![statement]).await.unwrap();
    assert_eq!(completions(&restored).await, 1);
}

/// Makes an attempt one of a release that had no ids under the secret.
async fn of_earlier_release(packages: &Packages, page: &mut Page<'_>) {
    let launch = packages.open(&page.token).await.unwrap().launch;
    let place = launch.place("corso");
    let seen = packages.seen::<Value>(&place.attempts()).await.unwrap();
    let mut attempts = seen.value.clone();
    let attempt = attempts["attempts"][0].as_object_mut().unwrap();
    assert_eq!(attempt.remove("keyed"), Some(true.into()));
    let attempts = Bytes::from(attempts.to_string());
    assert!(packages.put_seen(place.attempts(), &seen, attempts).await.unwrap());
    page.token = packages.launch("corso", learner(Policy::Same)).await.unwrap().token;
    assert!(!packages.open(&page.token).await.unwrap().launch.keyed);
}

#[tokio::test]
async fn what_an_earlier_release_has_said_is_not_said_again_and_what_others_said_there_is() {
    for (sender, expected) in [(PLAYER, 1), ("attacker", 2)] {
        let (failing, packages) = over();
        let (mut page, registration) = begun(&packages).await;
        of_earlier_release(&packages, &mut page).await;
        let mut completed = junk();
        completed["object"]["id"] = "urn:traccia:package:corso".into();
        keep_as(&failing, sender, name_of_completion(registration), completed).await;
        page.send(&page.passed("A", 1)).await.unwrap();
        assert_eq!(completions(&failing).await, expected, "{sender}");
        page.begin("A").await;
        assert_eq!(completions(&failing).await, expected, "{sender}");
    }
}
