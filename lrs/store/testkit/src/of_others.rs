//! An erasure changes nothing of others because of a word.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;
use validator::ifi::Ifi;

use super::sample::{
    activity, defined, ids, ids_of, log, of_activity, person, put_each, statement, with,
};
use store::{
    ErasedPart, Followed, JournalVersion, ProgressDocument, Rewrite, Selection, Store, Unnamed,
};
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf, Unguarded};
use xapi::erase::Eraser;
use xapi::instant::Instant;
use xapi::query::{Filter, Match};

const PSEUDONYM: &str = "erased-0123456789abcdef";
const BY: Uuid = Uuid::from_u128(7);
/// What learners may have for a user name.
const NAMES: [&str; 6] = [
    "p1@x.example",
    "RSSMRA80A01H501U",
    "https://a.example/quiz?id=7",
    "slide_12",
    "choice_b",
    "mod1.page2",
];

fn account(home_page: &str, name: &str) -> Value {
    json!({"account": {"homePage": home_page, "name": name}})
}

fn eraser() -> Arc<Eraser> {
    let home_page = "https://moodle.example";
    let named = NAMES.map(|name| Ifi::Account { home_page: home_page.into(), name: name.into() });
    Arc::new(Eraser::new(named, [], PSEUDONYM))
}

/// The people who have such a name otherwise.
fn others() -> [Value; 2] {
    let mut named = person("p1");
    named["name"] = json!("p1@x.example");
    [named, account("https://sso.example", "RSSMRA80A01H501U")]
}

async fn erase(store: &Arc<dyn Store>) -> u64 {
    let mut count = 0;
    for part in ErasedPart::EVERY {
        count += store.erase(part, &eraser(), BY).await.unwrap();
    }
    count
}

async fn rewrite(store: &Arc<dyn Store>, eraser: &Eraser, everywhere: bool) -> u64 {
    let rewritten = log(store).await.into_iter().filter_map(|kept| {
        let text = std::str::from_utf8(&kept.statement.body).unwrap();
        let body = Bytes::from(eraser.statement(text)?);
        Some(Rewrite { read: kept.statement, body, everywhere })
    });
    let rewritten: Vec<Rewrite> = rewritten.collect();
    let count = rewritten.len() as u64;
    assert_eq!(store.rewrite_statements(rewritten).await.unwrap(), 0);
    count
}

async fn put_documents(store: &Arc<dyn Store>) {
    let agents = ["mbox::mailto:p1@x.example", "account::RSSMRA80A01H501U@https://sso.example"];
    let body = br#"{"location":"slide_12","answers":{"q1":"choice_b"},"at":"https://a.example/quiz?id=7"}"#;
    for agent in agents {
        let activity = "https://a.example/quiz?id=7".to_owned();
        let shelf =
            Shelf { resource: Resource::State, activity, agent: agent.into(), registration: None };
        let key = DocumentKey { shelf, id: "mod1.page2".into() };
        let (content_type, updated) = ("application/json".to_owned(), Instant::from_micros(5));
        let document = Document { content_type, body: Bytes::from_static(body), updated };
        let free =
            Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
        store.change_document(key, free, Change::Put(document)).await.unwrap();
    }
}

async fn put_journals(store: &Arc<dyn Store>) {
    store.put_course("c", "file", None, Selection::Changed).await.unwrap();
    let reading = store.course("c").await.unwrap().unwrap().reading;
    let actors = [
        "account::RSSMRA80A01H501U@https://sso.example",
        "account::p1@x.example@https://sso.example",
        "mbox::mailto:p1@x.example",
    ];
    let document =
        |actor: &str| ProgressDocument { actor: actor.into(), body: Bytes::from_static(b"{}") };
    let followed = Followed { through: Instant::from_micros(1), reading };
    let documents = actors.map(document).into();
    let put = store.put_progress("c", JournalVersion::NONE, followed, documents, Unnamed::Stay);
    assert!(put.await.unwrap().is_some());
}

/// Mail addresses, tax codes, addresses of activities, places in packages and answers.
pub async fn whatever_the_user_name_what_is_of_others_stays(store: &Arc<dyn Store>) {
    let quiz =
        json!({"id": "https://a.example/quiz?id=7", "definition": {"name": {"it": "Di choice_b"}}});
    let said = |n: u32| {
        let about = with(statement(n), "object", quiz.clone());
        with(about, "result", json!({"response": "choice_b"}))
    };
    let all: Vec<Value> = (0..).zip(others()).map(|(n, who)| with(said(n), "actor", who)).collect();
    put_each(store, &all).await;
    put_documents(store).await;
    put_journals(store).await;
    let everything = async || {
        let documents = store.documents_beyond(None, 10).await.unwrap();
        let journals = store.progress("c", "", 10).await.unwrap();
        let names = store.agent_names("mbox::mailto:p1@x.example").await.unwrap();
        let known = defined(&**store, &["https://a.example/quiz?id=7".to_owned()]).await;
        (log(store).await, documents, journals, names, known)
    };
    let before = everything().await;
    assert_eq!((before.1.len(), before.2.len(), before.3.len(), before.4.len()), (2, 3, 1, 1));
    assert_eq!(rewrite(store, &eraser(), true).await, 0);
    assert_eq!(erase(store).await, 0);
    assert_eq!(everything().await, before);
    let of = |text: &str| Filter {
        agent: Some(Match { text: text.to_owned(), related: false }),
        ..Filter::default()
    };
    assert_eq!(ids(store, of("mbox::mailto:p1@x.example")).await, ids_of([0]));
    let found = ids(store, of("account::RSSMRA80A01H501U@https://sso.example")).await;
    assert_eq!(found, ids_of([1]));
    assert_eq!(ids(store, of_activity("quiz?id=7")).await, ids_of([0, 1]));
}

/// Where several of its activities get other ids, and another statement has one of them alone.
pub async fn a_statement_is_found_by_the_activities_that_it_has(store: &Arc<dyn Store>) {
    let grouped = |n: u32, names: &[&str]| {
        let list: Vec<Value> =
            names.iter().map(|it| activity(&format!("of/p0@x.example/{it}"))).collect();
        with(statement(n), "context", json!({"contextActivities": {"grouping": list}}))
    };
    put_each(store, &[grouped(0, &["a", "b"]), grouped(1, &["a"]), grouped(2, &["b"])]).await;
    let eraser = Eraser::new([Ifi::Mbox("mailto:p0@x.example".into())], [], PSEUDONYM);
    assert_eq!(rewrite(store, &eraser, true).await, 3);
    store.erase(ErasedPart::Index, &Arc::new(eraser), BY).await.unwrap();
    let related = |name: &str| {
        let text = format!("https://a.example/of/{PSEUDONYM}/{name}");
        Filter { activity: Some(Match { text, related: true }), ..Filter::default() }
    };
    assert_eq!(ids(store, related("a")).await, ids_of([0, 1]));
    assert_eq!(ids(store, related("b")).await, ids_of([0, 2]));
}

/// The page is of the person where the person did the statement alone.
pub async fn who_has_the_activity_of_a_page_goes_on_having_it(store: &Arc<dyn Store>) {
    let page = activity("user/profile?id=7");
    let hers = with(statement(0), "actor", account("https://moodle.example", "7"));
    let group = json!({"objectType": "Group",
        "member": [account("https://moodle.example", "7"), person("p1")]});
    let shared = with(statement(2), "actor", group);
    let all = [hers, statement(1), shared].map(|it| with(it, "object", page.clone()));
    put_each(store, &all).await;
    let seven = Ifi::Account { home_page: "https://moodle.example".into(), name: "7".into() };
    let eraser = Eraser::new([seven], [], PSEUDONYM);
    assert_eq!(rewrite(store, &eraser, false).await, 2);
    store.erase(ErasedPart::Index, &Arc::new(eraser), BY).await.unwrap();
    assert_eq!(ids(store, of_activity("user/profile?id=7")).await, ids_of([1, 2]));
    let own = of_activity(&format!("user/profile?id={PSEUDONYM}"));
    assert_eq!(ids(store, own).await, ids_of([0]));
}
