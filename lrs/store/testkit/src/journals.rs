//! The progress that is kept of learners, by course and actor.

use super::courses::{
    all_progress, course, document, first_reading, followed, number, put, revision, write,
};
use std::sync::Arc;
use store::{
    DOCUMENTS_BYTES, JournalVersion, Lead, ProgressPage, Result, Selection, Store, Unnamed,
    Watermark,
};

/// Actors not named stay, unless the whole is replaced; other courses are not touched.
pub async fn progress_is_replaced_in_part_or_as_a_whole(store: &Arc<dyn Store>) {
    for id in ["c", "d"] {
        put(store, id).await;
        let documents = vec![document("a2", "{}"), document("a1", "{}")];
        write(store, id, first_reading(1), documents, Unnamed::Stay).await;
    }
    let part = vec![document("a3", "3"), document("a1", "1")];
    write(store, "c", first_reading(2), part, Unnamed::Stay).await;
    let kept = vec![document("a1", "1"), document("a2", "{}"), document("a3", "3")];
    assert_eq!(all_progress(store, "c").await, kept);
    assert_eq!(store.watermark("c").await.unwrap().followed, first_reading(2));

    write(store, "c", first_reading(3), Vec::new(), Unnamed::Stay).await;
    assert_eq!(all_progress(store, "c").await, kept);
    assert_eq!(store.watermark("c").await.unwrap().followed, first_reading(3));

    let whole = vec![document("a2", "{\"a\": 1.0}")];
    write(store, "c", followed(2, number(2)), whole.clone(), Unnamed::Go).await;
    assert_eq!(all_progress(store, "c").await, whole);
    assert_eq!(store.watermark("c").await.unwrap().followed, followed(2, number(2)));

    let other = vec![document("a1", "{}"), document("a2", "{}")];
    assert_eq!(all_progress(store, "d").await, other);
    assert_eq!(store.watermark("d").await.unwrap().followed, first_reading(1));
}

/// Its watermark is the beginning, under no reading; and without a course nothing is kept.
pub async fn progress_of_a_course_never_followed_is_empty(store: &Arc<dyn Store>) {
    let documents = vec![document("a1", "{}")];
    let written = store
        .put_progress("c", JournalVersion::NONE, first_reading(1), documents, Unnamed::Go)
        .await
        .unwrap();
    assert_eq!(written, None);
    for _ in 0..2 {
        assert_eq!(store.watermark("c").await.unwrap(), Watermark::default());
        assert_eq!(all_progress(store, "c").await, []);
        assert_eq!(
            store.written_since("c", JournalVersion::NONE).await.unwrap(),
            (Watermark::default(), Vec::new())
        );
        if store.course("c").await.unwrap().is_none() {
            put(store, "c").await;
        }
    }
    assert_ne!(course(store, "c").await.reading, Watermark::default().followed.reading);
}

/// It is of the old reading until a follower works on the new one.
pub async fn a_course_put_again_keeps_its_progress(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let first = revision(store, "c").await;
    let documents = vec![document("a1", "{}")];
    write(store, "c", followed(9, first), documents.clone(), Unnamed::Go).await;
    let before = store.watermark("c").await.unwrap();
    assert!(store.put_course("c", "changed", Some(first), Selection::Changed).await.unwrap());
    let second = revision(store, "c").await;
    assert!(store.put_enrolment("c", "{}", second).await.unwrap());
    assert_eq!(store.watermark("c").await.unwrap(), before);
    assert_eq!(all_progress(store, "c").await, documents);
}

/// Pages join without gap or repetition, by actor, whatever characters these are of.
pub async fn progress_is_paged_by_actor(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let mut actors: Vec<String> =
        ["mbox::mailto:z@x", "account::1@https://m", "é", "Z", "a", "a b"]
            .map(str::to_owned)
            .into();
    let documents = actors.iter().map(|actor| document(actor, "{}")).collect();
    write(store, "c", first_reading(1), documents, Unnamed::Stay).await;
    actors.sort();
    for limit in [1, 2, 4, 100] {
        let (mut read, mut after) = (Vec::new(), String::new());
        loop {
            let page = store.progress("c", &after, limit).await.unwrap();
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            after.clone_from(&last.actor);
            read.extend(page.into_iter().map(|document| document.actor));
        }
        assert_eq!(read, actors, "{limit} at a time");
    }
    assert_eq!(store.progress("c", "a", 100).await.unwrap()[0].actor, "a b");
}

/// A page ends where its documents are large together, and has one in any case.
pub async fn a_page_of_progress_is_bounded_in_bytes(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(DOCUMENTS_BYTES * 2 / 5));
    let huge = format!("{{\"x\":\"{}\"}}", "x".repeat(DOCUMENTS_BYTES + 1));
    let bodies = [("a", &large), ("b", &large), ("c", &large), ("d", &huge), ("e", &large)];
    for (actor, body) in bodies {
        let reading = first_reading(1);
        write(store, "c", reading, vec![document(actor, body)], Unnamed::Stay).await;
    }
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let page = store.progress("c", &after, 100).await.unwrap();
        let Some(last) = page.last() else { break };
        after.clone_from(&last.actor);
        pages.push(page.into_iter().map(|it| it.actor).collect::<Vec<_>>().concat());
    }
    assert_eq!(pages, ["ab", "c", "d", "e"]);
}

/// Those that are there, however many are asked for.
pub async fn progress_is_found_by_actor(store: &Arc<dyn Store>) {
    for id in ["c", "d"] {
        put(store, id).await;
        let documents = (0..50).map(|n| document(&format!("a{n}"), id)).collect();
        write(store, id, first_reading(1), documents, Unnamed::Stay).await;
    }
    let asked = ["a7", "a50", "a3", "a7", "", "A7"].map(str::to_owned);
    let documents = vec![document("a7", "c"), document("a3", "c")];
    let found = ProgressPage { documents, more: false };
    assert_eq!(store.progress_of("c", &asked).await.unwrap(), found, "in the order asked for");
    assert_eq!(store.progress_of("c", &[]).await.unwrap(), ProgressPage::default());
    // More than an engine takes parameters.
    let many: Vec<String> = (0..40_000).rev().map(|n| format!("a{n}")).collect();
    let found = store.progress_of("d", &many).await.unwrap();
    let actors: Vec<&String> = found.documents.iter().map(|it| &it.actor).collect();
    assert_eq!(actors, many[39_950..].iter().collect::<Vec<_>>());
    assert!(!found.more);
    assert_eq!(store.progress_of("e", &many).await.unwrap(), ProgressPage::default());
}

/// What is read at once of actors who are asked for is large in no other case than that of one document.
pub async fn progress_found_by_actor_is_bounded_in_bytes(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(DOCUMENTS_BYTES * 2 / 5));
    let huge = format!("{{\"x\":\"{}\"}}", "x".repeat(DOCUMENTS_BYTES + 1));
    let bodies = [("a", &large), ("b", &large), ("c", &huge), ("d", &large), ("e", &huge)];
    for (actor, body) in bodies {
        let reading = first_reading(1);
        write(store, "c", reading, vec![document(actor, body)], Unnamed::Stay).await;
    }
    write(store, "c", first_reading(1), vec![document("f", "{}")], Unnamed::Stay).await;
    let asked: Vec<String> = "dnfbacome".chars().map(String::from).collect();
    let (mut left, mut pages) = (&asked[..], Vec::new());
    while !left.is_empty() {
        let page = store.progress_of("c", left).await.unwrap();
        pages.push(page.documents.iter().map(|it| it.actor.as_str()).collect::<String>());
        left = page.left(left);
    }
    assert_eq!(pages, ["dfb", "a", "c", "e"]);
}

/// A board with a version learns of whom something was written after it, and whether that was all.
pub async fn written_since_a_version_are_the_documents_of_later_writes(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let put = |through, documents: &[(&str, &str)], unnamed| {
        let documents = documents.iter().map(|(actor, body)| document(actor, body)).collect();
        write(store, "c", first_reading(through), documents, unnamed)
    };
    put(1, &[("a1", "1"), ("a2", "1")], Unnamed::Go).await;
    let first = store.watermark("c").await.unwrap();
    assert!(first.version > JournalVersion::NONE && first.base <= first.version);
    put(2, &[("a2", "2")], Unnamed::Stay).await;
    let second = store.watermark("c").await.unwrap();
    put(3, &[("a3", "3")], Unnamed::Stay).await;
    let third = store.watermark("c").await.unwrap();
    assert!(first.version < second.version && second.version < third.version);
    assert_eq!((second.base, third.base), (first.base, first.base));

    let since = |version| async move { store.written_since("c", version).await.unwrap() };
    let actors = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(since(JournalVersion::NONE).await, (third, actors(&["a1", "a2", "a3"])));
    assert_eq!(since(first.version).await, (third, actors(&["a2", "a3"])));
    assert_eq!(since(second.version).await, (third, actors(&["a3"])));
    assert_eq!(since(third.version).await, (third, actors(&[])));

    put(3, &[("a2", "4")], Unnamed::Go).await;
    let fourth = store.watermark("c").await.unwrap();
    assert!(fourth.version > third.version);
    assert!(fourth.base > third.version, "who knows an older version begins anew");
    assert_eq!(since(third.version).await, (fourth, actors(&["a2"])));
}

/// Who made documents of something older than what is kept changes nothing, and learns so.
pub async fn progress_made_of_an_older_version_is_refused(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let by = |text: &str| vec![document("a1", text)];
    assert_eq!(
        store
            .put_progress(
                "c",
                JournalVersion::from_number(7),
                first_reading(1),
                by("0"),
                Unnamed::Stay
            )
            .await
            .unwrap(),
        None
    );
    let first = store
        .put_progress("c", JournalVersion::NONE, first_reading(1), by("1"), Unnamed::Stay)
        .await
        .unwrap();
    let first = first.expect("nothing was written before");
    let second =
        store.put_progress("c", first, first_reading(2), by("2"), Unnamed::Stay).await.unwrap();
    assert!(second > Some(first));
    let kept = || async { (store.watermark("c").await.unwrap(), all_progress(store, "c").await) };
    let before = kept().await;
    assert_eq!(Some(before.0.version), second);
    for based_on in [JournalVersion::NONE, first] {
        for unnamed in [Unnamed::Stay, Unnamed::Go] {
            let late = store.put_progress("c", based_on, first_reading(3), by("3"), unnamed).await;
            assert_eq!(late.unwrap(), None);
            assert_eq!(kept().await, before);
        }
    }
}

/// Of many who saw the same version, and nothing of the others is left.
pub async fn of_writers_of_progress_one_wins(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let mut version = JournalVersion::NONE;
    for round in 0..5 {
        let writers = (0..8).map(|n| {
            let documents = vec![document(&format!("{round}-{n}"), "{}")];
            store.put_progress("c", version, first_reading(n), documents, Unnamed::Stay)
        });
        let written = futures::future::join_all(writers).await;
        let won: Vec<JournalVersion> = written.into_iter().filter_map(Result::unwrap).collect();
        let [won] = won.as_slice() else { panic!("{} writers won", won.len()) };
        version = *won;
    }
    assert_eq!(store.watermark("c").await.unwrap().version, version);
    assert_eq!(all_progress(store, "c").await.len(), 5);
}

/// Asked once or often, without another process.
pub async fn who_is_alone_leads(store: &Arc<dyn Store>) {
    for lead in [Lead::WhereFree, Lead::Insist, Lead::WhereFree] {
        assert!(store.lead(lead).await.unwrap());
    }
}

/// A reader at any time sees all documents of one write, which is that of the watermark or a later one.
pub async fn watermark_and_documents_move_together(store: &Arc<dyn Store>) {
    put(store, "c").await;
    let writer = tokio::spawn({
        let store = Arc::clone(store);
        async move {
            for n in 1..100 {
                let text = n.to_string();
                let documents = ["a1", "a2"].map(|actor| document(actor, &text)).into();
                let unnamed = if n % 7 == 0 { Unnamed::Go } else { Unnamed::Stay };
                write(&store, "c", followed(n, number(n)), documents, unnamed).await;
            }
        }
    });
    let (mut seen, mut version) = (0, JournalVersion::NONE);
    let both = ["a1", "a2"].map(str::to_owned);
    while !writer.is_finished() || seen < 99 {
        let (watermark, actors) = store.written_since("c", JournalVersion::NONE).await.unwrap();
        let through = watermark.followed.through.micros();
        assert_eq!(watermark.followed.reading.number(), through);
        assert!(through >= seen && watermark.version >= version, "the watermark went back");
        assert!(watermark.base <= watermark.version);
        if through > 0 {
            assert_eq!(actors, both);
            let found = store.progress_of("c", &both).await.unwrap().documents;
            let text = String::from_utf8(found[0].body.to_vec()).unwrap();
            assert!(text.parse::<i64>().unwrap() >= through, "{text} of {through}");
            assert_eq!(found, ["a1", "a2"].map(|actor| document(actor, &text)));
        }
        (seen, version) = (through, watermark.version);
    }
    writer.await.unwrap();
}
