//! What a curve over time asks of the store.

use course::{ActorProgress, Evidence};
use serde_json::json;

use super::*;

/// The document of an actor who completes an activity on each of some days of 2026.
fn document(course: &course::Course, actor: usize, days: &[&str]) -> ProgressDocument {
    let said = |(stored, day): (i64, &&str)| {
        let statement = json!({
            "actor": {"mbox": format!("mailto:u{actor}@x.example")},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": format!("https://x.example/{stored}")},
            "timestamp": format!("2026-{day}T10:00:00Z"),
            "result": {"duration": "PT1H"},
        });
        Evidence::read(&statement, &format!("s{stored}"), stored).unwrap()
    };
    let history: Vec<Evidence> = (0..).zip(days).map(said).collect();
    let progress = ActorProgress::rebuild(course, &history);
    ProgressDocument {
        actor: format!("mbox::mailto:u{actor}@x.example"),
        body: serde_json::to_vec(&progress).unwrap().into(),
    }
}

async fn keep(scene: &Scene, documents: Vec<ProgressDocument>) {
    let store = &scene.progress.store;
    let known = store.watermark("c").await.unwrap();
    let written =
        store.put_progress("c", known.version, known.followed, documents, Unnamed::Stay).await;
    assert!(written.unwrap().is_some());
}

async fn curve(scene: &Scene) -> String {
    let query = ReportQuery { small_groups: true, ..ReportQuery::of(named("curve").unwrap()) };
    let query = ReportQuery { by: Some("region".parse().unwrap()), ..query };
    let table = scene.progress.report("c", query, None).await.unwrap();
    String::from_utf8(write(&table, Format::Csv, Language::En).unwrap()).unwrap()
}

#[tokio::test]
async fn a_curve_is_made_of_the_board_and_only_who_said_something_since_is_read() {
    let scene = Scene::with(ENOUGH).await;
    let enrolled = scene.progress.boards.enrolled("c").await.unwrap();
    let said = |actor, days: &[&str]| document(&enrolled.course, actor, days);
    keep(&scene, vec![said(0, &["02-10", "05-04"]), said(1, &["03-31"])]).await;
    let first = curve(&scene).await;
    assert!(first.contains("2026-03-31,Lazio,1485,1,0,"), "{first}");
    scene.watched.calls();
    assert_eq!(curve(&scene).await, first);
    // The follower looks at a document of its own from time to time.
    let read = |calls: Vec<Call>| {
        let actors = |call: &Call| if let Call::Documents(_, actors) = call { *actors } else { 0 };
        calls.iter().map(actors).sum::<usize>()
    };
    assert!(read(scene.watched.calls()) <= 1, "no document is read where none changed");

    keep(&scene, vec![said(2, &["04-01"]), said(1, &["02-10"])]).await;
    scene.watched.calls();
    let second = curve(&scene).await;
    assert!(second.contains("2026-04-30,Lazio,1485,2,0,"), "{second}");
    let read = read(scene.watched.calls());
    assert!((1..=5).contains(&read), "those of the two who said something: {read}");
    scene.progress.boards.forget("c");
    assert_eq!(curve(&scene).await, second, "as a board that is read anew says");
}

#[tokio::test]
async fn the_tracks_of_a_board_are_in_the_budget() {
    let scene = Scene::with(ENOUGH).await;
    scene.progress.boards.board("c", None).await.unwrap();
    let before = scene.memory.held();
    let enrolled = scene.progress.boards.enrolled("c").await.unwrap();
    let days = ["01-10", "02-10", "03-10", "04-10", "05-10"];
    let documents = (0..500).map(|actor| document(&enrolled.course, actor, &days));
    keep(&scene, documents.collect()).await;
    let board = scene.progress.boards.board("c", None).await.unwrap();
    let tracks: usize = board.members.iter().map(|member| member.track.weight()).sum();
    assert!(tracks >= 500 * days.len() * 16, "{tracks}");
    assert!(scene.memory.held() >= before + tracks, "{} and {before}", scene.memory.held());
}
