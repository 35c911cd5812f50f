//! Launches that are known, taken back, and of versions that were removed; and what a new attempt begins with.

use super::*;
use crate::audit::Actor;
use crate::erasure::{ErasureAsked, ErasureMode, Erasures};

#[tokio::test]
async fn commits_know_the_launch_without_asking_the_store_and_what_is_taken_back_is_refused_at_once()
 {
    let clock = TurnedClock::at(NOW);
    let (failing, packages) = over_at(&clock);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    failing.fail(&["launch", "package", "package_version"]);
    let mut commit = page.passed("A", 1);
    commit["terminate"] = false.into();
    page.send(&commit).await.unwrap();
    failing.fail(&[]);
    let id = packages.launches("corso").await.unwrap().remove(0).id;
    packages.revoke("corso", &id).await.unwrap();
    let error = page.send(&page.passed("A", 2)).await.unwrap_err();
    assert!(matches!(error, Unheard::Revoked), "{error}");
}

#[tokio::test]
async fn a_launch_that_another_process_took_back_is_refused_ten_seconds_later() {
    let clock = TurnedClock::at(NOW);
    let (failing, packages) = over_at(&clock);
    let other = of(Arc::<Failing>::clone(&failing), &clock);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let launched = packages.launch("corso", learner(Policy::Last)).await.unwrap();
    packages.open(&launched.token).await.unwrap();
    other.revoke("corso", &launched.id).await.unwrap();
    clock.set(Instant::from_micros(NOW.micros() + 10_000_000));
    let error = packages.open(&launched.token).await.unwrap_err();
    assert!(matches!(error, Unheard::Revoked), "{error}");
}

#[tokio::test]
async fn who_is_erased_plays_no_more_and_says_nothing() {
    let clock = TurnedClock::at(NOW);
    let (failing, packages) = over_at(&clock);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let journals = Arc::new(packages.progress.clone());
    let store = Arc::<Failing>::clone(&failing);
    let erasures = Erasures::new(store, Arc::new(clock.clone()), journals, [7; 32]);
    let erasures = erasures.of_players(packages.clone());
    let asked = ErasureAsked {
        identifier: "mailto:anna@example.org".into(),
        others: Vec::new(),
        reason: "12/2026".into(),
        pseudonym: None,
        mode: ErasureMode::Pseudonymise,
        within: None,
    };
    let begun = erasures.begin(&asked, Actor::Machine).await.unwrap();
    erasures.run(begun.id).await.unwrap();
    let error = page.send(&page.passed("A", 1)).await.unwrap_err();
    assert!(matches!(error, Unheard::Unknown), "{error}");
    let said = said(&failing).await;
    assert!(said.iter().all(|(_, it)| it["actor"]["mbox"].is_null()), "{said:?}");
}

#[tokio::test]
async fn launches_that_are_known_no_longer_hold_nothing_of_packages() {
    let clock = TurnedClock::at(NOW);
    let (_, packages) = over_at(&clock);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let first = packages.launch("corso", learner(Policy::Last)).await.unwrap();
    let opened = packages.open(&first.token).await.unwrap();
    let hosted = Arc::downgrade(&opened.hosted);
    drop(opened);
    packages.versions().clear();
    assert_eq!(hosted.strong_count(), 1, "it is known");
    clock.set(Instant::from_micros(NOW.micros() + 10_000_000));
    let second = packages.launch("corso", learner(Policy::Last)).await.unwrap();
    packages.open(&second.token).await.unwrap();
    assert_eq!(hosted.strong_count(), 0);
}

#[tokio::test]
async fn a_launch_that_is_taken_back_while_it_is_read_is_not_known_afterwards() {
    let clock = TurnedClock::at(NOW);
    let inner: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let around = Around::new(inner, Meanwhile::before("package"));
    let packages = of(Arc::<Around<Meanwhile>>::clone(&around), &clock);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let launched = packages.launch("corso", learner(Policy::Last)).await.unwrap();
    let (same, id) = (packages.clone(), launched.id.clone());
    // Its launch is read already, and its package is being asked for.
    let revoke = async move { same.revoke("corso", &id).await.unwrap() };
    *around.hook.happens.lock().unwrap() = Some(Box::pin(revoke));
    packages.open(&launched.token).await.unwrap();
    let error = packages.open(&launched.token).await.unwrap_err();
    assert!(matches!(error, Unheard::Revoked), "{error}");
}

#[tokio::test]
async fn a_launch_of_a_version_that_was_removed_says_so_here_and_in_other_processes() {
    let clock = TurnedClock::at(NOW);
    let (failing, packages) = over_at(&clock);
    let other = of(Arc::<Failing>::clone(&failing), &clock);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let launched = packages.launch("corso", learner(Policy::Last)).await.unwrap();
    packages.open(&launched.token).await.unwrap();
    other.open(&launched.token).await.unwrap();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let error = packages.remove("corso", Some(1), false).await.unwrap_err();
    assert!(matches!(error, PackageError::Launched { launches: 1, .. }), "{error}");
    packages.remove("corso", Some(1), true).await.unwrap();
    let error = packages.open(&launched.token).await.unwrap_err();
    assert!(matches!(error, Unheard::Removed), "{error}");
    clock.set(Instant::from_micros(NOW.micros() + 10_000_000));
    let error = other.open(&launched.token).await.unwrap_err();
    assert!(matches!(error, Unheard::Removed), "{error}");
    assert!(packages.launches("corso").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_package_is_removed_without_its_launches_being_read() {
    let (failing, packages) = over();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let launched = packages.launch("corso", learner(Policy::Last)).await.unwrap();
    packages.revoke("corso", &launched.id).await.unwrap();
    failing.fail(&["launches"]);
    packages.remove("corso", None, false).await.unwrap();
}

#[tokio::test]
async fn a_new_attempt_begins_with_the_global_objectives_and_shared_data_of_the_one_before() {
    let (_, packages) = over();
    packages.import("corso", package(&["A", "B"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::New).await;
    page.begin("A").await;
    let (objectives, shared) = (json!({"urn:o": {"satisfied": true}}), json!({"urn:s": "uno"}));
    let kept = json!({"session": page.session, "sequence": 1, "sco": "", "at": NOW.to_string(),
        "sequencing": {"current": "A", "engine": "{}", "objectives": objectives, "shared": shared}});
    page.send(&kept).await.unwrap();
    let other = Page::of(&packages, Policy::New).await;
    let opened = packages.open(&other.token).await.unwrap();
    let (_, sequencing) = packages.standing(&opened, &Memory::new(64 << 20)).await.unwrap();
    let carried = json!({"objectives": objectives, "shared": shared});
    assert_eq!(sequencing, carried, "and nothing else of it");
    let first = packages.open(&page.token).await.unwrap();
    let (_, own) = packages.standing(&first, &Memory::new(64 << 20)).await.unwrap();
    assert_eq!(own["current"], "A");
}
