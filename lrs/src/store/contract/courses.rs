//! Courses, and the progress that is kept of their learners.

use std::sync::Arc;

use bytes::Bytes;

use crate::store::{KeptCourse, ProgressDocument, Store, Watermark};
use crate::xapi::instant::Instant;

fn document(learner: &str, body: &str) -> ProgressDocument {
    ProgressDocument { learner: learner.to_owned(), body: Bytes::from(body.to_owned()) }
}

fn watermark(through: i64, revision: i64) -> Watermark {
    Watermark { through: Instant::from_micros(through), revision }
}

async fn course(store: &Arc<dyn Store>, id: &str) -> KeptCourse {
    store.course(id).await.unwrap().expect("the course was put")
}

/// Every change of file or learners counts, and leaves the other as it is.
pub async fn a_course_comes_back_and_its_revision_grows(store: &Arc<dyn Store>) {
    assert_eq!(store.course("c").await.unwrap(), None);
    store.put_course("c", "# é\n").await.unwrap();
    let first = course(store, "c").await;
    assert_eq!((first.id.as_str(), first.file.as_str()), ("c", "# é\n"));
    assert_eq!(first.learners, "");

    assert!(store.put_learners("c", "learner\nu1\n").await.unwrap());
    let second = course(store, "c").await;
    assert_eq!((second.file.as_str(), second.learners.as_str()), ("# é\n", "learner\nu1\n"));
    assert!(second.revision > first.revision);

    store.put_course("c", "other").await.unwrap();
    let third = course(store, "c").await;
    assert_eq!((third.file.as_str(), third.learners.as_str()), ("other", "learner\nu1\n"));
    assert!(third.revision > second.revision);
}

/// All of them.
pub async fn courses_are_listed_by_id(store: &Arc<dyn Store>) {
    assert!(store.courses().await.unwrap().is_empty());
    for id in ["b", "a", "c"] {
        store.put_course(id, id).await.unwrap();
    }
    let courses = store.courses().await.unwrap();
    assert_eq!(
        courses.iter().map(|course| course.id.as_str()).collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    assert_eq!(courses[1], course(store, "b").await);
}

/// Nobody can be enrolled in nothing.
pub async fn learners_belong_to_a_course_that_is_there(store: &Arc<dyn Store>) {
    store.put_course("c", "").await.unwrap();
    let before = store.courses().await.unwrap();
    assert!(!store.put_learners("d", "learner\n").await.unwrap());
    assert_eq!(store.courses().await.unwrap(), before);
}

/// Learners not named stay, unless the whole is replaced; other courses are not touched.
pub async fn progress_is_replaced_in_part_or_as_a_whole(store: &Arc<dyn Store>) {
    for id in ["c", "d"] {
        store.put_course(id, "").await.unwrap();
        let documents = vec![document("u2", "{}"), document("u1", "{}")];
        store.put_progress(id, watermark(1, 1), documents, false).await.unwrap();
    }
    let part = vec![document("u3", "3"), document("u1", "1")];
    store.put_progress("c", watermark(2, 1), part, false).await.unwrap();
    let kept = vec![document("u1", "1"), document("u2", "{}"), document("u3", "3")];
    assert_eq!(store.progress("c").await.unwrap(), (watermark(2, 1), kept.clone()));

    store.put_progress("c", watermark(3, 1), Vec::new(), false).await.unwrap();
    assert_eq!(store.progress("c").await.unwrap(), (watermark(3, 1), kept));

    let whole = vec![document("u2", "{\"a\": 1.0}")];
    store.put_progress("c", watermark(2, 2), whole.clone(), true).await.unwrap();
    assert_eq!(store.progress("c").await.unwrap(), (watermark(2, 2), whole));

    let other = vec![document("u1", "{}"), document("u2", "{}")];
    assert_eq!(store.progress("d").await.unwrap(), (watermark(1, 1), other));
}

/// Its watermark is the beginning, under no revision.
pub async fn progress_of_a_course_never_followed_is_empty(store: &Arc<dyn Store>) {
    assert_eq!(store.progress("c").await.unwrap(), (Watermark::default(), Vec::new()));
    store.put_course("c", "").await.unwrap();
    assert_eq!(store.progress("c").await.unwrap(), (Watermark::default(), Vec::new()));
    assert_ne!(course(store, "c").await.revision, Watermark::default().revision);
}

/// It is of the old revision until somebody follows the new one.
pub async fn a_course_put_again_keeps_its_progress(store: &Arc<dyn Store>) {
    store.put_course("c", "").await.unwrap();
    let revision = course(store, "c").await.revision;
    let documents = vec![document("u1", "{}")];
    store.put_progress("c", watermark(9, revision), documents.clone(), true).await.unwrap();
    store.put_course("c", "changed").await.unwrap();
    store.put_learners("c", "learner\n").await.unwrap();
    assert_eq!(store.progress("c").await.unwrap(), (watermark(9, revision), documents));
}

/// A reader at any time sees documents with the watermark they were written with.
pub async fn watermark_and_documents_move_together(store: &Arc<dyn Store>) {
    store.put_course("c", "").await.unwrap();
    let writer = tokio::spawn({
        let store = Arc::clone(store);
        async move {
            for n in 1..100 {
                let text = n.to_string();
                let documents = ["u1", "u2"].map(|learner| document(learner, &text)).into();
                store.put_progress("c", watermark(n, n), documents, n % 7 == 0).await.unwrap();
            }
        }
    });
    let mut seen = 0;
    while !writer.is_finished() || seen < 99 {
        let (watermark, documents) = store.progress("c").await.unwrap();
        let through = watermark.through.micros();
        assert_eq!(watermark.revision, through);
        assert!(through >= seen, "the watermark went back");
        if through > 0 {
            let text = through.to_string();
            assert_eq!(documents, ["u1", "u2"].map(|learner| document(learner, &text)));
        }
        seen = through;
    }
    writer.await.unwrap();
}
