//! Erasing a person.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;
use uuid::Uuid;
use validator::ifi::Ifi;

use super::sample::{
    activity, defined, found, ids, ids_of, kept, log, of_activity, of_person, person, put_each,
    reference, statement, verb, with,
};
use access::audit::{Actor, AuditEntry, AuditFilter};
use access::chain::ChainFollower;
use store::{
    Batch, ERASURES_BYTES, ErasedPart, KeptCertificates, KeptErasure, KeptRefusal, RefusalFilter,
    Rewrite, Scrub, Selection, Store,
};
use xapi::attachment::Attachment;
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf, Unguarded};
use xapi::erase::Eraser;
use xapi::instant::Instant;
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

const PSEUDONYM: &str = "erased-0123456789abcdef";
const BY: Uuid = Uuid::from_u128(7);

/// Erases the person `p0`, who is the learner `l-0`.
fn eraser() -> Arc<Eraser> {
    let identifier = Ifi::Mbox("mailto:p0@x.example".into());
    Arc::new(Eraser::new([identifier], ["c/l-0".to_owned()], PSEUDONYM))
}

/// Erases the person from all statements; gives how many named them.
async fn rewrite(store: &Arc<dyn Store>) -> usize {
    let erased = log(store).await.into_iter().filter_map(|kept| erased(&eraser(), kept.statement));
    let erased: Vec<Rewrite> = erased.collect();
    let count = erased.len();
    assert_eq!(store.rewrite_statements(erased).await.unwrap(), 0);
    count
}

/// A statement that was read, without the person.
fn erased(eraser: &Eraser, read: Stored) -> Option<Rewrite> {
    eraser.bytes(&read.body).map(|body| Rewrite { read, body, everywhere: true })
}

async fn erase(store: &Arc<dyn Store>, part: ErasedPart) -> u64 {
    store.erase(part, &eraser(), BY).await.unwrap()
}

fn of(identifier: &str, related: bool) -> Filter {
    Filter { agent: Some(Match { text: identifier.to_owned(), related }), ..Filter::default() }
}

/// Wherever statements name the person, and those that refer to such statements.
pub async fn statements_are_found_by_the_pseudonym_instead(store: &Arc<dyn Store>) {
    let about = activity("about/p0@x.example");
    let named = with(
        statement(0),
        "object",
        json!({"id": about["id"], "definition":
        {"name": {"it": "Il corso di P0@x.example"}}}),
    );
    let named = with(named, "actor", json!({"mbox": "mailto:p0@x.example", "name": "Zero"}));
    let instructor = with(statement(1), "context", json!({"instructor": person("p0")}));
    let inner = json!({"objectType": "SubStatement", "actor": person("p0"), "verb": verb("did"),
        "object": activity("b")});
    let within = with(statement(4), "object", inner);
    let all = [named, instructor, reference(2, 0), reference(3, 2), within, statement(5)];
    put_each(store, &all).await;
    let before = "mbox::mailto:p0@x.example";
    let direct = ids(store, of(before, false)).await;
    let related = ids(store, of(before, true)).await;
    assert_eq!((direct.clone(), related.clone()), (ids_of([0, 2, 3]), ids_of([0, 1, 2, 3, 4])));
    let stored = |kept: &store::Kept| (kept.statement.id, kept.statement.stored, kept.voided);
    let places: Vec<_> = log(store).await.iter().map(stored).collect();
    assert_eq!(rewrite(store).await, 3);
    assert!(erase(store, ErasedPart::Index).await > 0);
    let after = eraser().pseudonymous().to_string();
    for (related_too, expected) in [(false, &direct), (true, &related)] {
        assert_eq!(ids(store, of(&after, related_too)).await, *expected);
        assert!(ids(store, of(before, related_too)).await.is_empty());
    }
    assert!(ids(store, of_activity("about/p0@x.example")).await.is_empty());
    assert_eq!(ids(store, of_activity(&format!("about/{PSEUDONYM}"))).await, ids_of([0, 2, 3]));
    assert_eq!(log(store).await.iter().map(stored).collect::<Vec<_>>(), places);
    // All else is found as before.
    assert_eq!(ids(store, of_person("p5")).await, ids_of([5]));
    assert_eq!(ids(store, of_activity("b")).await, Vec::<Uuid>::new());
    assert_eq!(
        kept(store, 0).await.statement.value().unwrap()["actor"]["account"]["name"],
        PSEUDONYM
    );
    assert!(store.agent_names(before).await.unwrap().is_empty());
    assert!(store.agent_names(&after).await.unwrap().is_empty());
    let new = format!("https://a.example/about/{PSEUDONYM}");
    let known = defined(&**store, std::slice::from_ref(&new)).await;
    assert_eq!(known, [(new, json!({"name": {"it": format!("Il corso di {PSEUDONYM}")}}))]);
    // Once more finds nothing.
    assert_eq!((rewrite(store).await, erase(store, ErasedPart::Index).await), (0, 0));
}

/// An address in other letters is the same person's: what it was called goes too.
pub async fn names_of_an_address_in_other_letters_go(store: &Arc<dyn Store>) {
    let actor = |mbox: &str| json!({"mbox": format!("mailto:{mbox}"), "name": "Zero"});
    let all = ["p0@x.example", "P0@X.example", "p1@x.example"];
    let all: Vec<_> =
        (0..).zip(all).map(|(n, who)| with(statement(n), "actor", actor(who))).collect();
    put_each(store, &all).await;
    assert_eq!(rewrite(store).await, 2);
    let said = ["mbox::mailto:P0@X.example", "mbox::mailto:p1@x.example"].map(str::to_owned);
    let eraser = Arc::new((*eraser()).clone().as_written(said));
    store.erase(ErasedPart::Index, &eraser, BY).await.unwrap();
    for (who, names) in [("p0@x.example", 0), ("P0@X.example", 0), ("p1@x.example", 1)] {
        let found = store.agent_names(&format!("mbox::mailto:{who}")).await.unwrap();
        assert_eq!(found.len(), names, "{who}");
    }
    assert!(ids(store, of("mbox::mailto:P0@X.example", true)).await.is_empty());
    assert_eq!(ids(store, of_person("p1")).await, ids_of([2]));
}

/// Where the person is erased from a part of the statements alone, others go on being found by all that they say.
pub async fn statements_that_stay_are_found_as_before(store: &Arc<dyn Store>) {
    let page = |n: u32| with(statement(n), "object", activity("of/p0@x.example"));
    let all = [0, 1].map(|n| with(page(n), "actor", person("p0")));
    put_each(store, &[all[0].clone(), all[1].clone(), reference(2, 1)]).await;
    let read = kept(store, 0).await.statement;
    let body = eraser().bytes(&read.body).unwrap();
    let one = vec![Rewrite { read, body, everywhere: false }];
    assert_eq!(store.rewrite_statements(one).await.unwrap(), 0);
    assert_eq!(ids(store, of_person("p0")).await, ids_of([1, 2]));
    assert_eq!(ids(store, of_activity("of/p0@x.example")).await, ids_of([1, 2]));
    let after = eraser().pseudonymous().to_string();
    assert_eq!(ids(store, of(&after, false)).await, ids_of([0]));
    assert_eq!(ids(store, of_activity(&format!("of/{PSEUDONYM}"))).await, ids_of([0]));
}

/// Documents, a refused request and entries of the audit log that are called like users of a platform.
async fn fill_with_names_of_others(store: &Arc<dyn Store>) {
    let documents = [
        key(Resource::State, "p1", "suspend_data"),
        key(Resource::State, "p1", "urn:traccia:attempts"),
        DocumentKey {
            shelf: Shelf {
                agent: "urn:traccia:reactions".into(),
                ..key(Resource::AgentProfile, "p1", "").shelf
            },
            id: "rule:a".into(),
        },
    ];
    for key in &documents {
        put_document(
            store,
            key.clone(),
            "application/json",
            br#"{"of":"adlnet.gov suspend_data"}"#,
        )
        .await;
    }
    let refusal = KeptRefusal {
        id: Uuid::from_u128(1),
        key: "k".into(),
        rule: "iri".into(),
        status: 400,
        at: Instant::from_micros(5),
        body: r#"{"body":"http://adlnet.gov/ suspend_data https://a.example/verbs_2026/a"}"#.into(),
    };
    store.keep_refusals(vec![refusal]).await.unwrap();
    let entry = |n: i64, actor, target: &str| AuditEntry {
        id: AuditEntry::id(Instant::from_micros(n), 7),
        at: Instant::from_micros(n),
        actor,
        action: "key.created".into(),
        target: target.into(),
        details: r#"{"key":"verbs_2026"}"#.into(),
    };
    assert!(
        store.add_audit(entry(2, Actor::Key("verbs_2026".into()), "verbs_2026")).await.unwrap()
    );
    assert!(
        store.add_audit(entry(3, Actor::Person("verbs_2026".into()), "a.example")).await.unwrap()
    );
}

/// Hosts, verbs and documents of a platform may be called like a user of it.
pub async fn a_person_with_the_name_of_something_else_takes_nothing_along(store: &Arc<dyn Store>) {
    let account =
        |name: &str| Ifi::Account { home_page: "https://x.example".into(), name: name.into() };
    let names = ["adlnet.gov", "a.example", "127.0.0.1", "suspend_data", "verbs_2026"].map(account);
    let site = Ifi::OpenId("https://a.example".into());
    let shelves =
        ["reactions", "retention", "attempts"].map(|it| Ifi::OpenId(format!("urn:traccia:{it}")));
    let all = names.into_iter().chain([site]).chain(shelves);
    let eraser = Arc::new(Eraser::new(all, [], PSEUDONYM));
    let other = with(
        statement(1),
        "verb",
        json!({"id": "http://adlnet.gov/expapi/verbs_2026/completed",
        "display": {"en": "completed"}}),
    );
    put_each(store, &[statement(0), other]).await;
    let log_before = log(store).await;
    fill_with_names_of_others(store).await;
    assert!(log_before.iter().all(|kept| eraser.bytes(&kept.statement.body).is_none()));
    for part in ErasedPart::EVERY {
        // A refused request is a diagnostic: a word is enough.
        let expected = u64::from(part == ErasedPart::Refusals);
        assert_eq!(store.erase(part, &eraser, BY).await.unwrap(), expected, "{part:?}");
    }
    assert_eq!(log(store).await, log_before);
}

/// Also where the pseudonym is known already, and a statement names two of the person's identifiers.
pub async fn a_person_of_several_identifiers_becomes_one(store: &Arc<dyn Store>) {
    let two = [Ifi::Mbox("mailto:p0@x.example".into()), Ifi::Mbox("mailto:p1@x.example".into())];
    let eraser = Arc::new(Eraser::new(two, [], PSEUDONYM));
    let pair = json!({"objectType": "Group", "member": [person("p0"), person("p1")]});
    let both = with(statement(2), "actor", pair);
    put_each(store, &[statement(0), statement(1), both, reference(3, 1)]).await;
    let all = log(store).await.into_iter();
    let erased = all.filter_map(|kept| erased(&eraser, kept.statement));
    store.rewrite_statements(erased.collect()).await.unwrap();
    store.erase(ErasedPart::Index, &eraser, BY).await.unwrap();
    let after = eraser.pseudonymous().to_string();
    assert_eq!(ids(store, of(&after, false)).await, ids_of([0, 1, 2, 3]));
    assert_eq!(store.erase(ErasedPart::Index, &eraser, BY).await.unwrap(), 0);
}

/// An erasure is of what was said before.
pub async fn who_is_named_again_is_found_by_that_alone(store: &Arc<dyn Store>) {
    put_each(store, &[statement(0)]).await;
    rewrite(store).await;
    erase(store, ErasedPart::Index).await;
    let again = with(statement(1), "actor", person("p0"));
    put_each(store, &[again, reference(2, 0)]).await;
    assert_eq!(ids(store, of_person("p0")).await, ids_of([1]));
    let after = eraser().pseudonymous().to_string();
    assert_eq!(ids(store, of(&after, false)).await, ids_of([0, 2]));
    // The statement as it was sent first is another one now.
    let refused = store.put_statements(super::sample::batch(&[statement(0)])).await;
    assert!(matches!(refused, Err(store::StoreError::Conflict { .. })), "{refused:?}");
}

/// Long texts lie elsewhere in some engines.
pub async fn a_long_statement_is_rewritten_too(store: &Arc<dyn Store>) {
    let long = json!({"response": format!("{} p0@x.example", "x".repeat(400 << 10))});
    put_each(store, &[with(statement(0), "result", long)]).await;
    assert_eq!(rewrite(store).await, 1);
    let kept = kept(store, 0).await.statement.value().unwrap();
    assert!(kept["result"]["response"].as_str().unwrap().ends_with(PSEUDONYM));
    assert_eq!(rewrite(store).await, 0);
    // One that is not there is left out, also where its instant is another one.
    let other = super::sample::stamped(&statement(9), 5);
    let moved =
        Stored { stored: Instant::from_micros(1), ..super::sample::stamped(&statement(0), 1) };
    let same = |read: Stored| Rewrite { body: read.body.clone(), read, everywhere: true };
    let unkept = vec![same(other), same(moved)];
    assert_eq!(store.rewrite_statements(unkept).await.unwrap(), 0);
    assert_eq!(log(store).await.len(), 1);
    assert!(found(store, of_person("p0")).await.is_empty());
}

/// Of two erasures on two servers, neither brings back whom the other one has erased; also where the text lies elsewhere.
pub async fn a_text_that_was_replaced_meanwhile_stays(store: &Arc<dyn Store>) {
    let long = json!({"response": format!("{} p0@x.example", "x".repeat(400 << 10))});
    for (n, result) in [(0, json!({"response": "short"})), (1, long)] {
        let both = json!({"objectType": "Group", "member": [person("p0"), person("p1")]});
        put_each(store, &[with(with(statement(n), "actor", both), "result", result)]).await;
    }
    let read: Vec<Stored> = log(store).await.into_iter().map(|kept| kept.statement).collect();
    let other = Eraser::new([Ifi::Mbox("mailto:p1@x.example".into())], [], "erased-other");
    let of = |eraser: &Eraser| {
        read.iter().filter_map(|read| erased(eraser, read.clone())).collect::<Vec<_>>()
    };
    assert_eq!(store.rewrite_statements(of(&other)).await.unwrap(), 0);
    assert_eq!(store.rewrite_statements(of(&eraser())).await.unwrap(), 2, "both are read again");
    let everything = async || {
        let all = log(store).await.into_iter().map(|kept| kept.statement.body);
        all.map(|body| String::from_utf8(body.to_vec()).unwrap()).collect::<String>()
    };
    assert!(!everything().await.contains("p1@x.example"), "nobody comes back");
    assert_eq!(rewrite(store).await, 2);
    let left = everything().await;
    assert!(!left.contains("p0@x.example") && !left.contains("p1@x.example"));
    assert!(left.contains(PSEUDONYM) && left.contains("erased-other"));
}

fn key(resource: Resource, agent: &str, name: &str) -> DocumentKey {
    let activity = if resource == Resource::AgentProfile { "" } else { "https://a.example/a" };
    let shelf = Shelf {
        resource,
        activity: activity.into(),
        agent: if agent.is_empty() {
            String::new()
        } else {
            format!("mbox::mailto:{agent}@x.example")
        },
        registration: None,
    };
    DocumentKey { shelf, id: name.into() }
}

async fn put_document(
    store: &Arc<dyn Store>,
    key: DocumentKey,
    content_type: &str,
    body: &'static [u8],
) {
    let updated = Instant::from_micros(5);
    let document =
        Document { content_type: content_type.into(), body: Bytes::from_static(body), updated };
    let free = Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
    store.change_document(key, free, Change::Put(document)).await.unwrap();
}

/// Those of the person go, and others lose what names the person.
pub async fn documents_of_the_person_go(store: &Arc<dyn Store>) {
    let put = async |key: DocumentKey, content_type: &str, body: &'static [u8]| {
        put_document(store, key, content_type, body).await;
    };
    let json = "application/json";
    let state = key(Resource::State, "p0", "bookmark");
    let profile = key(Resource::AgentProfile, "p0", "prefs");
    let other = key(Resource::State, "p1", "notes");
    let bytes = key(Resource::ActivityProfile, "", "picture");
    let named = key(Resource::ActivityProfile, "", "of/p0@x.example");
    put(state.clone(), json, b"{}").await;
    put(profile.clone(), json, b"{}").await;
    put(other.clone(), json, br#"{"n":1.00,"mail":"p0@x.example"}"#).await;
    put(bytes.clone(), "image/png", b"\xff\x00").await;
    put(named.clone(), "text/plain", b"x").await;
    // Without the person both have one address.
    let alike = key(Resource::ActivityProfile, "", "of/P0%40X.example");
    put(alike.clone(), "text/plain", b"y").await;
    assert_eq!(erase(store, ErasedPart::Documents).await, 5);
    for gone in [&state, &profile, &named, &alike] {
        assert_eq!(store.document(gone).await.unwrap(), None, "{gone:?}");
    }
    let body = async |key: &DocumentKey| store.document(key).await.unwrap().unwrap().body;
    let expected = format!(r#"{{"n":1.00,"mail":"{PSEUDONYM}"}}"#);
    assert_eq!(body(&other).await, expected);
    assert_eq!(body(&bytes).await, &b"\xff\x00"[..]);
    let renamed = |end: &str| key(Resource::ActivityProfile, "", &format!("of/{PSEUDONYM}{end}"));
    let both = [body(&renamed("")).await, body(&renamed("-2")).await];
    assert_eq!(BTreeSet::from(both), BTreeSet::from(["x", "y"].map(Bytes::from)));
    assert_eq!(erase(store, ErasedPart::Documents).await, 0);
}

/// Others' stay.
pub async fn journals_and_refusals_of_the_person_go(store: &Arc<dyn Store>) {
    use store::{Followed, JournalVersion, ProgressDocument, Unnamed};
    store.put_course("c", "file", None, Selection::Changed).await.unwrap();
    let reading = store.course("c").await.unwrap().unwrap().reading;
    let document = |n: u32| {
        // An address in other letters is the same person's.
        let actor = format!("mbox::mailto:{}{n}@x.example", if n == 0 { "P" } else { "p" });
        ProgressDocument { actor, body: Bytes::from_static(b"{}") }
    };
    let followed = Followed { through: Instant::from_micros(1), reading };
    let documents = vec![document(0), document(1)];
    let put = store.put_progress("c", JournalVersion::NONE, followed, documents, Unnamed::Stay);
    assert!(put.await.unwrap().is_some());
    let refusal = |n: u128, body: &str| KeptRefusal {
        id: Uuid::from_u128(n),
        key: "k".into(),
        rule: "iri".into(),
        status: 400,
        at: Instant::from_micros(5),
        body: body.into(),
    };
    // Parameters and bodies stand there as texts, of whatever shape: it may be why the request was refused.
    let account = |name: &str| json!({"account": {"homePage": "https://x.example", "name": name}});
    let asked = |name: &str| json!({"query": {"agent": account(name).to_string()}}).to_string();
    let sent = json!([{"actor": account("7"), "result": {"score": 7}}]).to_string();
    let sent = json!({"body": {"text": sent, "is": "request"}}).to_string();
    let named = refusal(1, r#"{"body":"{\"mbox\":\"mailto:p0@x.example\"}"}"#);
    let cut =
        json!({"body": {"text": r#"[{"account": {"homepage": "x", "name": 7"#, "is": "request"}});
    let others = [refusal(2, r#"{"body":"p1@x.example"}"#), refusal(5, &asked("77"))];
    let broken = refusal(6, &cut.to_string());
    let all = [named, others[0].clone(), refusal(3, &asked("7")), refusal(4, &sent), broken];
    store.keep_refusals(all.into_iter().chain([others[1].clone()]).collect()).await.unwrap();
    assert_eq!(erase(store, ErasedPart::Journals).await, 1);
    let account = Ifi::Account { home_page: "https://x.example".into(), name: "7".into() };
    let of_both = [Ifi::Mbox("mailto:p0@x.example".into()), account];
    let eraser = Arc::new(Eraser::new(of_both, [], PSEUDONYM));
    assert_eq!(store.erase(ErasedPart::Refusals, &eraser, BY).await.unwrap(), 4);
    assert_eq!(store.progress("c", "", 10).await.unwrap(), [document(1)]);
    let [one, other] = others;
    assert_eq!(store.refusals(&RefusalFilter::default(), 10).await.unwrap(), [other, one]);
    assert_eq!(erase(store, ErasedPart::Journals).await, 0);
    assert_eq!(store.erase(ErasedPart::Refusals, &eraser, BY).await.unwrap(), 0);
    assert_eq!(erase(store, ErasedPart::Launches).await, 0);
}

/// The rest of what was there stays.
pub async fn origins_and_dead_letters_lose_the_person(store: &Arc<dyn Store>) {
    let pulled = |n: u32, who: &str| {
        let value = with(statement(n), "authority", person(who));
        super::sample::prepared_from("old", &value)
    };
    let statements = vec![pulled(10, "p0"), pulled(11, "p1")];
    store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
    let letter = |n: u128, body: &str| store::DeadLetter {
        pipe: "out".into(),
        statement: Uuid::from_u128(n),
        stored: Instant::from_micros(5),
        status: 400,
        body: body.into(),
        at: Instant::from_micros(6),
    };
    let other = letter(2, "p1@x.example");
    let letters = vec![letter(1, "no such person: P0@x.example"), other.clone()];
    store.keep_dead_letters(letters).await.unwrap();
    assert_eq!(erase(store, ErasedPart::Origins).await, 1);
    assert_eq!(erase(store, ErasedPart::DeadLetters).await, 1);
    let ever = Instant::from_micros(i64::MAX);
    let origins = store.origins(Instant::default(), ever, 10).await.unwrap();
    let said = |n: usize| origins[n].origin.authority.clone().unwrap();
    assert_eq!(origins.len(), 2);
    assert!(said(0).contains(PSEUDONYM) && !said(0).contains("p0@"), "{}", said(0));
    assert_eq!(said(1), person("p1").to_string());
    let erased = letter(1, &format!("no such person: {PSEUDONYM}"));
    assert_eq!(store.dead_letters("out", None, 10).await.unwrap(), [erased, other]);
    assert_eq!(erase(store, ErasedPart::Origins).await, 0);
    assert_eq!(erase(store, ErasedPart::DeadLetters).await, 0);
}

/// The chain stays whole, and says what was changed by which erasure.
pub async fn the_audit_log_loses_the_person_and_stays_whole(store: &Arc<dyn Store>) {
    let entry = |n: i64, actor, target: &str, details: &str| AuditEntry {
        id: AuditEntry::id(Instant::from_micros(n), 7),
        at: Instant::from_micros(n),
        actor,
        action: "learner.read".into(),
        target: target.into(),
        details: details.into(),
    };
    let key = || Actor::Key("k".into());
    let old = entry(1, key(), "c/l-0", "");
    store.restore_unchained_audit(old).await.unwrap();
    let details = r#"{"identifier":"mailto:p0@x.example"}"#;
    for added in [
        entry(2, key(), "c/l-0", ""),
        entry(3, key(), "c/l-1", ""),
        entry(4, Actor::Person("p0@x.example".into()), "mbox::mailto:p0@x.example", details),
    ] {
        assert!(store.add_audit(added).await.unwrap());
    }
    assert_eq!(erase(store, ErasedPart::Audit).await, 3);
    let named = |name: &str| format!("c/{name}");
    let details = format!(r#"{{"identifier":"mailto:{PSEUDONYM}"}}"#);
    let expected = [
        entry(4, Actor::Person(PSEUDONYM.into()), PSEUDONYM, &details),
        entry(3, key(), "c/l-1", ""),
        entry(2, key(), &named(PSEUDONYM), ""),
        entry(1, key(), &named(PSEUDONYM), ""),
    ];
    assert_eq!(store.audit(&AuditFilter::default(), 10).await.unwrap(), expected);
    let mut follower = ChainFollower::default();
    let chain = store.audit_chain(0, 10).await.unwrap();
    assert!(chain.iter().all(|sealed| follower.take(sealed).is_ok()), "{chain:?}");
    assert_eq!((follower.erased(), follower.head().number), (2, 3));
    let by: Vec<&str> = chain.iter().map(|it| it.seal.erased_by.as_str()).collect();
    assert_eq!(by, [BY.to_string().as_str(), "", &BY.to_string()]);
    assert!(chain[0].seal.salt.is_empty() && !chain[1].seal.salt.is_empty());
    assert_eq!(erase(store, ErasedPart::Audit).await, 0);
    assert!(store.add_audit(entry(5, key(), "c", "")).await.unwrap());
    assert!(store.audit_chain(3, 10).await.unwrap().iter().all(|it| follower.take(it).is_ok()));
}

/// And what is not there is left out.
pub async fn attachments_are_removed(store: &Arc<dyn Store>) {
    let attachment = |n: u8| {
        let body = Bytes::from(vec![n; 400 << 10]);
        let sha2 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&body));
        Attachment { sha2, content_type: "text/plain".into(), body }
    };
    let statements = vec![super::sample::prepared_by("key", &statement(0))];
    let batch = Batch { statements, attachments: vec![attachment(0), attachment(1)] };
    store.put_statements(batch).await.unwrap();
    let hashes = [0, 1].map(|n| attachment(n).sha2);
    let removed = [hashes[0].to_uppercase(), "0".repeat(64)];
    store.remove_attachments(&removed).await.unwrap();
    let left = store.attachments(&hashes).await.unwrap();
    assert_eq!(left.iter().map(|it| &it.sha2).collect::<Vec<_>>(), [&hashes[1]]);
}

/// And removed, only where it is there.
pub async fn a_frozen_list_is_replaced(store: &Arc<dyn Store>) {
    store.put_course("c", "file", None, Selection::Changed).await.unwrap();
    let list = |body: &str| KeptCertificates {
        id: "l".into(),
        created: Instant::from_micros(5),
        body: Bytes::from(body.to_owned()),
    };
    assert!(!store.replace_certificates("c", list("1")).await.unwrap());
    assert!(store.add_certificates("c", list(&"1".repeat(400 << 10))).await.unwrap());
    assert!(store.replace_certificates("c", list("2")).await.unwrap());
    assert!(!store.replace_certificates("d", list("3")).await.unwrap());
    assert_eq!(store.certificates("c").await.unwrap(), [list("2")]);
    let large = KeptCertificates { id: "large".into(), ..list(&"1".repeat(400 << 10)) };
    assert!(store.add_certificates("c", large).await.unwrap());
    assert!(!store.remove_certificates("d", "large").await.unwrap());
    assert!(store.remove_certificates("c", "large").await.unwrap());
    assert!(!store.remove_certificates("c", "large").await.unwrap());
    assert_eq!(store.certificates("c").await.unwrap(), [list("2")]);
}

/// A done one is not changed any more.
pub async fn erasures_come_back_by_id(store: &Arc<dyn Store>) {
    let erasure = |n: u128, is_done: bool, body: &str| KeptErasure {
        id: Uuid::from_u128(n),
        created: Instant::from_micros(5),
        is_done,
        body: body.into(),
    };
    for n in [2, 1] {
        assert!(store.add_erasure(erasure(n, false, "{}")).await.unwrap());
        assert!(!store.add_erasure(erasure(n, true, "other")).await.unwrap());
    }
    assert!(store.change_erasure(erasure(1, false, r#"{"n":1}"#)).await.unwrap());
    assert!(store.change_erasure(erasure(1, true, r#"{"n":2}"#)).await.unwrap());
    assert!(!store.change_erasure(erasure(1, true, r#"{"n":3}"#)).await.unwrap());
    assert!(!store.change_erasure(erasure(9, false, "{}")).await.unwrap());
    let all = [erasure(1, true, r#"{"n":2}"#), erasure(2, false, "{}")];
    assert_eq!(store.erasures(None, 10).await.unwrap(), all);
    assert_eq!(store.erasures(None, 1).await.unwrap(), all[..1]);
    assert_eq!(store.erasures(Some(all[0].id), 10).await.unwrap(), all[1..]);
    for scrub in [Scrub::Records, Scrub::Everything] {
        store.scrub(scrub).await.unwrap();
        assert_eq!(store.erasures(None, 10).await.unwrap(), all);
    }
}

/// However many are asked for.
pub async fn erasures_are_read_a_few_mib_at_a_time(store: &Arc<dyn Store>) {
    let body = format!(r#"{{"n":"{}"}}"#, "1".repeat(ERASURES_BYTES / 2));
    for n in 1..=3_u128 {
        let (id, created) = (Uuid::from_u128(n), Instant::from_micros(5));
        let erasure = KeptErasure { id, created, is_done: false, body: body.clone() };
        assert!(store.add_erasure(erasure).await.unwrap());
    }
    let (mut after, mut pages) = (None, Vec::new());
    loop {
        let page = store.erasures(after, 10).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        pages.push(page.iter().map(|it| it.id.as_u128()).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec![1, 2], vec![3]]);
}
