//! Courses, the progress that is kept of their learners, and frozen lists of certificates.

use std::sync::Arc;

use bytes::Bytes;

use store::{
    CourseRevision, Followed, JournalVersion, KeptCertificates, KeptCourse, ProgressDocument,
    Reading, Revision, Selection, Store, Unnamed, Watermark,
};
use xapi::instant::Instant;

pub(crate) fn document(actor: &str, body: &str) -> ProgressDocument {
    ProgressDocument { actor: actor.to_owned(), body: Bytes::from(body.to_owned()) }
}

/// Documents of the reading that begins at the first revision.
pub(crate) fn first_reading(through: i64) -> Followed {
    followed(through, Revision::FIRST)
}

pub(crate) fn followed(through: i64, since: Revision) -> Followed {
    in_reading(through, Reading::since(since))
}

fn in_reading(through: i64, reading: Reading) -> Followed {
    Followed { through: Instant::from_micros(through), reading }
}

fn frozen(id: &str, created: i64) -> KeptCertificates {
    let body = Bytes::from(format!("{{\"at\": {created}}}"));
    KeptCertificates { id: id.to_owned(), created: Instant::from_micros(created), body }
}

pub(crate) async fn course(store: &Arc<dyn Store>, id: &str) -> KeptCourse {
    store.course(id).await.unwrap().expect("the course was put")
}

/// The revision of this number, also one that no course ever has.
pub(crate) fn number(number: i64) -> Revision {
    Revision::from_number(number)
}

pub(crate) async fn revision(store: &Arc<dyn Store>, id: &str) -> Revision {
    course(store, id).await.revision
}

/// A course without learners that takes its first file.
pub(crate) async fn put(store: &Arc<dyn Store>, id: &str) {
    assert!(store.put_course(id, "", None, Selection::Changed).await.unwrap());
}

/// Writes progress based on what is there.
pub(crate) async fn write(
    store: &Arc<dyn Store>,
    course: &str,
    followed: Followed,
    documents: Vec<ProgressDocument>,
    unnamed: Unnamed,
) -> JournalVersion {
    let based_on = store.watermark(course).await.unwrap().version;
    let written = store.put_progress(course, based_on, followed, documents, unnamed).await.unwrap();
    written.expect("nobody else writes")
}

pub(crate) async fn all_progress(store: &Arc<dyn Store>, course: &str) -> Vec<ProgressDocument> {
    store.progress(course, "", 1000).await.unwrap()
}

/// Every change of file or learners counts, and leaves the other as it is.
pub async fn a_course_comes_back_and_its_revision_grows(store: &Arc<dyn Store>) {
    assert_eq!(store.course("c").await.unwrap(), None);
    assert_eq!(store.course_revision("c").await.unwrap(), None);
    assert!(store.put_course("c", "# é\n", None, Selection::Changed).await.unwrap());
    let first = course(store, "c").await;
    assert_eq!((first.id.as_str(), first.file.as_str()), ("c", "# é\n"));
    assert_eq!(first.enrolment, "");
    assert_eq!(first.revision, Revision::FIRST);

    assert!(store.put_enrolment("c", "{\"é\": 1}", first.revision).await.unwrap());
    let second = course(store, "c").await;
    assert_eq!((second.file.as_str(), second.enrolment.as_str()), ("# é\n", "{\"é\": 1}"));
    assert!(second.revision > first.revision);

    assert!(store.put_course("c", "other", Some(second.revision), Selection::Same).await.unwrap());
    let third = course(store, "c").await;
    assert_eq!((third.file.as_str(), third.enrolment.as_str()), ("other", "{\"é\": 1}"));
    assert!(third.revision > second.revision);
    let KeptCourse { id, revision, reading, .. } = third;
    let expected = Some(CourseRevision { id, revision, reading });
    assert_eq!(store.course_revision("c").await.unwrap(), expected);
}

/// With its learners, progress and lists, and nothing of other courses.
pub async fn a_deleted_course_is_gone_with_all_that_is_its_own(store: &Arc<dyn Store>) {
    for id in ["c", "d"] {
        put(store, id).await;
        let first = revision(store, id).await;
        assert!(store.put_enrolment(id, "{\"é\": 1}", first).await.unwrap());
        write(store, id, followed(9, first), vec![document("a1", "{}")], Unnamed::Go).await;
        assert!(store.add_certificates(id, frozen("l1", 20)).await.unwrap());
    }
    let other = course(store, "d").await;
    let last = revision(store, "c").await;
    for based_on in [number(0), number(last.number() - 1), last.next()] {
        assert!(!store.delete_course("c", based_on).await.unwrap());
    }
    assert!(!store.delete_course("e", Revision::FIRST).await.unwrap(), "there is no such course");
    assert_eq!(all_progress(store, "c").await.len(), 1, "and nothing was changed");

    let followed_before = store.watermark("c").await.unwrap();
    assert!(store.delete_course("c", last).await.unwrap());
    assert!(!store.delete_course("c", last).await.unwrap(), "it is gone already");
    assert_eq!(store.course("c").await.unwrap(), None);
    assert_eq!(store.course_revision("c").await.unwrap(), None);
    assert_eq!(store.courses().await.unwrap().len(), 1);
    assert_eq!(store.watermark("c").await.unwrap(), Watermark::default());
    assert_eq!(all_progress(store, "c").await, []);
    assert_eq!(store.certificates("c").await.unwrap(), []);
    assert!(!store.put_enrolment("c", "{}", last).await.unwrap());
    for based_on in [JournalVersion::NONE, followed_before.version] {
        let late = vec![document("a1", "{}")];
        let late = store.put_progress("c", based_on, followed(10, last), late, Unnamed::Stay).await;
        assert_eq!(late.unwrap(), None, "a follower that does not know it yet writes nothing");
    }

    assert_eq!(course(store, "d").await, other);
    assert_eq!(all_progress(store, "d").await, [document("a1", "{}")]);
    assert_eq!(store.certificates("d").await.unwrap(), [frozen("l1", 20)]);
}

/// It begins anew, and who knows the earlier course cannot take it for that.
pub async fn a_course_put_after_it_was_deleted_is_another_one(store: &Arc<dyn Store>) {
    let mut highest = number(0);
    for round in 0..3 {
        put(store, "c").await;
        let fresh = course(store, "c").await;
        assert!(fresh.revision > highest, "{round}: {fresh:?} after {highest:?}");
        assert_eq!((fresh.reading, fresh.enrolment.as_str()), (Reading::since(fresh.revision), ""));
        assert_eq!(store.courses().await.unwrap()[0].revision, fresh.revision);
        assert_eq!(store.watermark("c").await.unwrap(), Watermark::default());
        assert_eq!(all_progress(store, "c").await, []);
        assert_eq!(store.certificates("c").await.unwrap(), []);
        assert!(
            !store.put_course("c", "twice", None, Selection::Changed).await.unwrap(),
            "it is there"
        );
        assert!(!store.put_course("c", "late", Some(highest), Selection::Changed).await.unwrap());

        let by = vec![document("a1", "{}")];
        write(store, "c", followed(9, fresh.revision), by.clone(), Unnamed::Go).await;
        write(store, "c", followed(10, fresh.revision), by.clone(), Unnamed::Stay).await;
        assert_eq!(all_progress(store, "c").await, by);
        assert!(store.add_certificates("c", frozen("l1", 20)).await.unwrap());
        assert!(store.put_enrolment("c", "{}", fresh.revision).await.unwrap());
        highest = revision(store, "c").await;
        assert!(store.delete_course("c", highest).await.unwrap());
    }
}

/// A follower that knows a version of the course that was deleted writes nothing to the one that took its id: not by the
/// reading of the old course, and not based on a version of it.
pub async fn progress_of_a_deleted_course_is_not_that_of_a_later_one(store: &Arc<dyn Store>) {
    for writes in 0..3 {
        put(store, "c").await;
        let old = course(store, "c").await;
        for n in 0..writes {
            let documents = vec![document("a1", "old")];
            write(store, "c", in_reading(n, old.reading), documents, Unnamed::Stay).await;
        }
        let known = store.watermark("c").await.unwrap().version;
        assert!(store.delete_course("c", old.revision).await.unwrap());
        put(store, "c").await;
        let new = course(store, "c").await;
        assert!(new.reading > old.reading);
        let late = |based_on, reading| {
            let documents = vec![document("a1", "late")];
            store.put_progress("c", based_on, in_reading(9, reading), documents, Unnamed::Stay)
        };
        for based_on in [JournalVersion::NONE, known] {
            assert_eq!(late(based_on, old.reading).await.unwrap(), None, "{writes}: {based_on:?}");
            assert_eq!(store.watermark("c").await.unwrap(), Watermark::default());
        }
        let documents = vec![document("a1", "new")];
        write(store, "c", in_reading(1, new.reading), documents.clone(), Unnamed::Stay).await;
        let first = store.watermark("c").await.unwrap();
        assert!(first.version > known, "{writes}: {known:?} is a version of both");
        for reading in [old.reading, new.reading] {
            assert_eq!(late(known, reading).await.unwrap(), None, "{writes}: {known:?}");
        }
        assert_eq!(all_progress(store, "c").await, documents);
        assert_eq!(store.watermark("c").await.unwrap(), first);
        assert!(store.delete_course("c", new.revision).await.unwrap());
    }
}

/// One of those who delete or change it at once has its way, and the others learn so.
pub async fn a_course_is_deleted_or_changed_and_never_both(store: &Arc<dyn Store>) {
    for _ in 0..8 {
        put(store, "c").await;
        let known = revision(store, "c").await;
        let (deleted, again, changed) = tokio::join!(
            store.delete_course("c", known),
            store.delete_course("c", known),
            store.put_enrolment("c", "{}", known)
        );
        let won = [deleted.unwrap(), again.unwrap(), changed.unwrap()];
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
        let left = store.course("c").await.unwrap();
        assert_eq!(left.is_some(), won[2]);
        if let Some(left) = left {
            assert!(store.delete_course("c", left.revision).await.unwrap());
        }
    }
}

/// All of them, as they are one by one.
pub async fn courses_are_listed_by_id(store: &Arc<dyn Store>) {
    assert!(store.courses().await.unwrap().is_empty());
    for id in ["b", "a", "c"] {
        put(store, id).await;
    }
    let courses = store.courses().await.unwrap();
    let ids: Vec<&str> = courses.iter().map(|course| course.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(Some(&courses[1]), store.course_revision("b").await.unwrap().as_ref());
}

/// Who read an older course than there is has decided on something else.
pub async fn a_change_of_a_course_holds_for_the_revision_it_was_based_on(store: &Arc<dyn Store>) {
    assert!(
        !store.put_course("c", "early", Some(number(7)), Selection::Changed).await.unwrap(),
        "there is none to replace"
    );
    assert_eq!(store.course("c").await.unwrap(), None);
    put(store, "c").await;
    assert!(
        !store.put_course("c", "again", None, Selection::Changed).await.unwrap(),
        "there is one already"
    );
    let first = revision(store, "c").await;
    assert!(store.put_enrolment("c", "{}", first).await.unwrap());
    let before = course(store, "c").await;
    assert!(!store.put_course("c", "late", Some(first), Selection::Changed).await.unwrap());
    assert!(!store.put_enrolment("c", "late", first).await.unwrap());
    assert!(!store.put_enrolment("c", "late", number(0)).await.unwrap());
    assert_eq!(course(store, "c").await, before);
}

/// Nobody can be enrolled in nothing.
pub async fn learners_belong_to_a_course_that_is_there(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let before = store.courses().await.unwrap();
    for based_on in [number(0), Revision::FIRST, revision(store, "c").await] {
        assert!(!store.put_enrolment("d", "{}", based_on).await.unwrap());
    }
    assert_eq!(store.courses().await.unwrap(), before);
}

/// The reading is the revision of the last file that takes other statements, and of no list.
pub async fn a_reading_is_the_revision_that_asked_for_it(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let first = course(store, "c").await;
    assert_eq!(first.reading, Reading::since(first.revision));
    assert!(store.put_course("c", "same", Some(first.revision), Selection::Same).await.unwrap());
    let second = course(store, "c").await;
    assert_eq!(second.reading, first.reading);
    assert!(store.put_enrolment("c", "{}", second.revision).await.unwrap());
    let third = course(store, "c").await;
    assert_eq!(third.reading, first.reading);
    assert!(
        store.put_course("c", "other", Some(third.revision), Selection::Changed).await.unwrap()
    );
    let fourth = course(store, "c").await;
    assert_eq!(fourth.reading, Reading::since(fourth.revision));
}

/// Each tries until its change is in: none is lost.
pub async fn changes_at_once_are_all_in_the_end(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let writers = (0..4).map(|n| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            for _ in 0..10 {
                loop {
                    let known = course(&store, "c").await;
                    let enrolment = format!("{}{n}", known.enrolment);
                    if store.put_enrolment("c", &enrolment, known.revision).await.unwrap() {
                        break;
                    }
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let enrolment = course(store, "c").await.enrolment;
    for n in ["0", "1", "2", "3"] {
        assert_eq!(enrolment.matches(n).count(), 10, "{enrolment}");
    }
}

/// For good, each under its id in its course.
pub async fn a_frozen_list_comes_back_as_it_was_and_stays(store: &Arc<dyn Store>) {
    for id in ["c", "d"] {
        put(store, id).await;
    }
    assert_eq!(store.certificates("c").await.unwrap(), []);
    let lists = [frozen("l1", 20), frozen("l2", 30), frozen("l3", 10)];
    for list in &lists {
        assert!(store.add_certificates("c", list.clone()).await.unwrap());
    }
    assert!(!store.add_certificates("c", frozen("l1", 99)).await.unwrap());
    assert!(store.add_certificates("d", frozen("l1", 40)).await.unwrap());
    let [first, second, third] = lists;
    assert_eq!(store.certificates("c").await.unwrap(), [second, first, third], "the newest first");
    assert_eq!(store.certificates("d").await.unwrap(), [frozen("l1", 40)]);
    let ids: Vec<String> =
        store.certificates("c").await.unwrap().into_iter().map(|it| it.id).collect();
    assert_eq!(store.certificate_ids("c").await.unwrap(), ids);
    assert_eq!(store.certificate_ids("e").await.unwrap(), [""; 0]);
    assert_eq!(store.certificate("d", "l1").await.unwrap(), Some(frozen("l1", 40)));
    assert_eq!(store.certificate("d", "l2").await.unwrap(), None);
    assert_eq!(store.certificate("e", "l1").await.unwrap(), None);
}
