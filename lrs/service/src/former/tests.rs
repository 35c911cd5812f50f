//! Notes that do not grow with each list.

use std::sync::Arc;

use report::FrozenCertificates;
use serde_json::json;
use store::KeptCertificates;
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::slow::Slow;
use uuid::Uuid;

use super::packed::{LOOSE, Left, bounded, newest, pack};
use super::*;

const COURSE: &str = "c";

fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(Arc::new(TurnedClock::at(at(1)))))
}

const fn at(n: i64) -> Instant {
    Instant::from_micros(n)
}

fn marks(marks: &[&str]) -> BTreeSet<String> {
    marks.iter().map(|it| (*it).to_owned()).collect()
}

async fn leave(store: &dyn Store, n: i64, people: &[(&str, &[&str])]) {
    let people = people.iter().map(|(learner, of)| ((*learner).to_owned(), marks(of)));
    note(store, COURSE, at(n), people.collect()).await.unwrap();
}

/// All that is noted: each learner with the instant and the marks, sorted.
async fn noted(store: &dyn Store) -> Vec<(String, i64, String)> {
    let see = |found: &mut Vec<(String, i64, String)>, it: &Departure| {
        let joined = |marks: &BTreeSet<String>| marks.iter().cloned().collect::<Vec<_>>().join(" ");
        let of =
            |(learner, marks): (&String, _)| (learner.clone(), it.until(learner), joined(marks));
        found.extend(it.people.iter().map(of));
    };
    let mut found = each(store, Vec::new(), see).await.unwrap();
    found.sort();
    found
}

fn of(learner: &str, until: i64, of: &str) -> (String, i64, String) {
    (learner.to_owned(), until, of.to_owned())
}

async fn ids(store: &dyn Store) -> Vec<String> {
    store.document_ids(&shelf(), None).await.unwrap().0
}

async fn packs(store: &dyn Store, most: usize) {
    let ids = ids(store).await;
    pack(store, COURSE, &ids, at(99), (most, usize::MAX)).await.unwrap();
}

/// A list of learners of one name each, with two addresses.
fn listed(count: usize, name: &str, of: &str) -> Enrolment {
    let line =
        |n: usize| format!("l-{n},{name},mailto:{n}@{of}.example;mailto:{n}@2.{of}.example\n");
    let text: String = (0..count).map(line).collect();
    let list = format!("id,name,identifiers\n{text}");
    let learners = course::LearnerList::parse(list.as_bytes()).unwrap().learners().to_vec();
    Enrolment { learners, merged: BTreeMap::new() }
}

#[test]
fn what_is_noted_of_many_learners_of_one_person_grows_with_their_number_alone() {
    let mut before = listed(400, "Anna", "x");
    let into = |n: usize| (format!("l-{n}"), "l-0".to_owned());
    before.merged = (1..400).map(into).collect();
    let own = |n: usize| marks_of(&[7; 32], &before.learners[n].identifiers);
    let of_one = leaving(&[7; 32], &listed(1, "Anna", "x"), None)["l-0"].len();
    let all = leaving(&[7; 32], &before, None);
    assert_eq!(all.len(), 400);
    for (n, learner) in before.learners.iter().enumerate() {
        let marks = &all[&learner.id];
        assert!(own(n).is_subset(marks) && own(0).is_subset(marks), "{n}");
        assert!(marks.len() <= of_one / 2 * 20, "{n}: {}", marks.len());
    }
}

#[test]
fn on_a_list_without_names_another_person_has_none_of_the_identifiers() {
    let before = listed(1, "", "x");
    let leaves = |after: &Enrolment| !leaving(&[7; 32], &before, Some(after)).is_empty();
    assert!(leaves(&listed(1, "", "y")) && leaves(&listed(1, "Carla", "y")));
    assert!(!leaves(&listed(1, "", "x")));
    let named = listed(1, "Anna", "x");
    assert!(leaving(&[7; 32], &named, Some(&listed(1, "Anna", "y"))).is_empty(), "a new address");
}

#[tokio::test]
async fn whoever_leaves_with_each_list_is_noted_once_with_all_marks() {
    let store = store();
    for n in 0..200 {
        let own = format!("of {n}");
        leave(&*store, n, &[("l-0", &["anna"]), ("l-1", &["bruno", &own])]).await;
        assert!(ids(&*store).await.len() <= LOOSE + 1, "{n}");
    }
    packs(&*store, usize::MAX).await;
    let found = noted(&*store).await;
    assert_eq!((ids(&*store).await.len(), found.len()), (1, 2));
    assert_eq!(found[0], of("l-0", 199, "anna"));
    assert_eq!((found[1].1, found[1].2.split(' ').count()), (199, 1 + 2 * 200));
}

#[tokio::test]
async fn whose_an_id_was_and_until_when_stays_told_apart() {
    let store = store();
    let all: [(i64, &str, &[&str]); 6] = [
        (1, "l-0", &["anna"]),
        (2, "l-0", &["anna", "anna's other"]),
        (3, "l-0", &["carla"]),
        (4, "l-0", &["anna's other"]),
        (5, "l-1", &[]),
        (6, "l-1", &[]),
    ];
    for (n, learner, of) in all {
        leave(&*store, n, &[(learner, of)]).await;
    }
    let other = Leaving::from([("l-0".to_owned(), marks(&["anna"]))]);
    note(&*store, "c2", at(9), other).await.unwrap();
    // As a release before has written them.
    let early =
        Departure { course: COURSE.into(), until: 0, people: Leaving::new(), at: BTreeMap::new() };
    let people = Leaving::from([("l-2".to_owned(), marks(&["dora"]))]);
    let early = written(&Departure { people, ..early }, at(0)).unwrap();
    store.change_document(key(Uuid::nil().to_string()), any(), early).await.unwrap();
    packs(&*store, usize::MAX).await;
    let expected = [
        of("l-0", 2, "anna anna's other"),
        of("l-0", 3, "carla"),
        of("l-0", 4, "anna's other"),
        of("l-0", 9, "anna"),
        of("l-1", 6, ""),
        of("l-2", 0, "dora"),
    ];
    assert_eq!(noted(&*store).await, expected);
    // Once more, nothing changes but the ids of notes.
    packs(&*store, usize::MAX).await;
    assert_eq!(noted(&*store).await, expected);
}

#[tokio::test]
async fn beyond_the_bounds_who_left_first_goes_and_who_stands_in_a_frozen_list_stays() {
    let store = store();
    store.put_course(COURSE, "file", None, store::Selection::Changed).await.unwrap();
    let list = json!({"course": COURSE, "title": {"it": "C", "en": "C"}, "date": "2026-10-31",
        "rule": {"it": "", "en": ""}, "time_zone": "Europe/Rome", "through": null, "frozen": 1,
        "people": [{"learner": "l-0", "name": "Anna", "region": "", "province": "", "body": "", "istat": "",
            "role": "", "office": "", "edition": "", "since": "2026-10-01", "online": 5, "presence": 0, "score": null}]});
    let list: FrozenCertificates = serde_json::from_value(list).unwrap();
    let body = Bytes::from(serde_json::to_vec(&list).unwrap());
    let kept = KeptCertificates { id: "list".into(), created: at(1), body };
    assert!(store.add_certificates(COURSE, kept).await.unwrap());
    for n in 0..8_i64 {
        leave(&*store, n, &[(&format!("l-{n}"), &["somebody"])]).await;
    }
    packs(&*store, 3).await;
    let left: Vec<String> = noted(&*store).await.into_iter().map(|it| it.0).collect();
    assert_eq!(left, ["l-0", "l-6", "l-7"]);
    packs(&*store, 0).await;
    let left: Vec<String> = noted(&*store).await.into_iter().map(|it| it.0).collect();
    assert_eq!(left, ["l-0"], "an erasure must find the line of the frozen list");
}

#[test]
fn bytes_are_bounded_too() {
    let left = |n: i64| Left {
        learner: format!("l-{n}"),
        until: n,
        marks: marks(&["0123456789"]),
        note: 0,
        is_there: true,
    };
    let of = |bytes| bounded((0..9).map(left).collect(), &BTreeSet::new(), (9, bytes));
    assert_eq!(newest(of(3 * 13)), newest((6..9).map(left).collect()));
    assert!(of(12).is_empty());
}

#[tokio::test]
async fn notes_that_are_full_are_not_written_anew() {
    let store = store();
    let many: Leaving = (0..TOGETHER).map(|n| (format!("m-{n:04}"), marks(&["m"]))).collect();
    note(&*store, COURSE, at(1), many).await.unwrap();
    packs(&*store, usize::MAX).await;
    let full = ids(&*store).await;
    leave(&*store, 2, &[("l-0", &["anna"])]).await;
    packs(&*store, usize::MAX).await;
    let now = ids(&*store).await;
    assert_eq!((full.len(), now.len()), (1, 2));
    assert!(now.contains(&full[0]), "{full:?} {now:?}");
    // Somebody of it leaves once more.
    leave(&*store, 3, &[("m-0007", &["m"])]).await;
    packs(&*store, usize::MAX).await;
    assert!(!ids(&*store).await.contains(&full[0]));
    let found = noted(&*store).await;
    assert_eq!(found.len(), TOGETHER + 1);
    assert!(found.contains(&of("m-0007", 3, "m")));
}

/// An erasure takes somebody out of the notes while these are packed: wherever the packing stands.
#[tokio::test]
async fn who_is_forgotten_while_notes_are_packed_is_in_none_of_them() {
    // One write of what is packed, and three removals.
    for held in 0..4 {
        let store = store();
        for n in 0..3 {
            leave(&*store, n, &[("l-0", &["anna"]), ("l-1", &["bruno"])]).await;
        }
        let slow = Slow::at(Arc::clone(&store), "change_document");
        let packs_slowly = Arc::<Slow>::clone(&slow);
        let packing = tokio::spawn(async move { packs(&*packs_slowly, usize::MAX).await });
        for _ in 0..held {
            slow.arrived().await;
            slow.let_go();
        }
        slow.arrived().await;
        forget(&*store, at(9), |_, learner, _| learner == "l-0").await.unwrap();
        (0..50).for_each(|_| slow.let_go());
        packing.await.unwrap();
        let left: Vec<String> = noted(&*store).await.into_iter().map(|it| it.0).collect();
        assert_eq!(left, ["l-1"], "{held}");
    }
}
