//! The audit log.

use std::sync::Arc;

use access::audit::{Actor, AuditEntry, AuditFilter};
use access::chain::{ChainFollower, SealedEntry};
use store::Store;
use xapi::instant::Instant;

fn entry(n: i64, actor: Actor, action: &str) -> AuditEntry {
    let at = Instant::from_micros(n);
    AuditEntry {
        id: AuditEntry::id(at, 7),
        at,
        actor,
        action: action.to_owned(),
        target: format!("k{n} è"),
        details: if n % 2 == 0 { String::new() } else { r#"{"a":"«è»"}"#.to_owned() },
    }
}

fn key(name: &str) -> Actor {
    Actor::Key(name.into())
}

async fn added(store: &Arc<dyn Store>) -> Vec<AuditEntry> {
    let entries = vec![
        entry(9, Actor::Person("anna".into()), "key.revoked"),
        entry(7, Actor::Machine, "person.created"),
        entry(5, key("anna"), "key.created"),
        entry(3, key("k"), "key.created"),
        entry(1, key("k"), "course.put"),
    ];
    // In another order than that of their ids.
    for n in [2, 0, 4, 1, 3] {
        assert!(store.add_audit(entries[n].clone()).await.unwrap());
    }
    entries
}

/// In pages that join.
pub async fn entries_come_back_the_newest_first(store: &Arc<dyn Store>) {
    let all = AuditFilter::default();
    assert!(store.audit(&all, 10).await.unwrap().is_empty());
    let entries = added(store).await;
    assert_eq!(store.audit(&all, 10).await.unwrap(), entries);
    assert_eq!(store.audit(&all, 2).await.unwrap(), entries[..2]);
    let before = Some(entries[1].id.clone());
    assert_eq!(store.audit(&AuditFilter { before, ..all }, 2).await.unwrap(), entries[2..4]);
}

/// Each condition alone, and all together.
pub async fn entries_are_found_by_who_what_and_when(store: &Arc<dyn Store>) {
    let entries = added(store).await;
    let (all, text) = (AuditFilter::default(), |text: &str| Some(text.to_owned()));
    let instant = |n| Some(Instant::from_micros(n));
    for filter in [
        AuditFilter { actor: text("anna"), ..all.clone() },
        AuditFilter { actor: text("nobody"), ..all.clone() },
        AuditFilter { action: text("key.created"), ..all.clone() },
        AuditFilter { since: instant(3), until: instant(7), ..all.clone() },
        AuditFilter {
            actor: text("k"),
            action: text("key.created"),
            since: instant(2),
            until: instant(3),
            before: Some(entries[2].id.clone()),
        },
    ] {
        let expected: Vec<AuditEntry> =
            entries.iter().filter(|entry| filter.includes(entry)).cloned().collect();
        assert_eq!(store.audit(&filter, 10).await.unwrap(), expected, "{filter:?}");
        let first: Vec<AuditEntry> = expected.into_iter().take(1).collect();
        assert_eq!(store.audit(&filter, 1).await.unwrap(), first, "{filter:?}");
    }
}

/// Also where another process writes one of the same id.
pub async fn an_entry_is_never_replaced(store: &Arc<dyn Store>) {
    let first = entry(1, key("k"), "key.created");
    assert!(store.add_audit(first.clone()).await.unwrap());
    assert!(!store.add_audit(entry(1, Actor::Machine, "other")).await.unwrap());
    assert_eq!(store.audit(&AuditFilter::default(), 10).await.unwrap(), [first]);
}

/// The whole chain, which must be unbroken.
async fn chain(store: &Arc<dyn Store>) -> Vec<SealedEntry> {
    let (mut follower, mut all) = (ChainFollower::default(), Vec::new());
    loop {
        let page = store.audit_chain(follower.head().number, 7).await.unwrap();
        if page.is_empty() {
            return all;
        }
        for sealed in page {
            follower.take(&sealed).unwrap();
            all.push(sealed);
        }
    }
}

/// In the order in which they were added, whatever their ids are.
pub async fn entries_are_a_chain_in_the_order_in_which_they_were_kept(store: &Arc<dyn Store>) {
    assert!(store.audit_chain(0, 10).await.unwrap().is_empty());
    let entries = added(store).await;
    // One that was there changes nothing.
    assert!(!store.add_audit(entries[0].clone()).await.unwrap());
    let chained: Vec<Option<AuditEntry>> =
        chain(store).await.into_iter().map(|it| it.entry).collect();
    assert_eq!(chained, [2, 0, 4, 1, 3].map(|n| Some(entries[n].clone())));
    let rest = store.audit_chain(3, 10).await.unwrap();
    assert_eq!(rest.iter().map(|it| it.seal.number).collect::<Vec<_>>(), [4, 5]);
    let salts: std::collections::BTreeSet<String> =
        chain(store).await.into_iter().map(|it| it.seal.salt).collect();
    assert_eq!(salts.len(), 5, "each entry has a salt of its own");
}

/// Nobody waits for anybody, and the chain has each entry once.
pub async fn entries_that_are_added_at_once_are_one_chain(store: &Arc<dyn Store>) {
    let add = |n: i64| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.add_audit(entry(n, key("k"), "key.created")).await })
    };
    let adding: Vec<_> = (0..24).map(add).collect();
    for added in adding {
        assert!(added.await.unwrap().unwrap());
    }
    let mut ids: Vec<String> =
        chain(store).await.into_iter().filter_map(|it| Some(it.entry?.id)).collect();
    ids.sort_unstable();
    let expected: Vec<String> = (0..24).map(|n| entry(n, Actor::Machine, "").id).collect();
    assert_eq!(ids, expected);
}

/// As a copy of a store keeps them: the chain of the copy goes on after them.
pub async fn restored_entries_keep_their_place_in_the_chain(store: &Arc<dyn Store>) {
    use access::chain::Head;
    let old = entry(1, Actor::Machine, "old");
    assert!(store.restore_unchained_audit(old.clone()).await.unwrap());
    assert!(!store.restore_unchained_audit(old.clone()).await.unwrap());
    let first = entry(5, key("k"), "first");
    let first = SealedEntry { seal: Head::default().seal(&first, [1; 16]), entry: Some(first) };
    let head = Head { number: 1, hash: first.seal.hash.clone() };
    let mut second = entry(3, key("k"), "second");
    let mut seal = head.seal(&second, [2; 16]);
    second.target = "erased".into();
    seal.salt.clear();
    seal.erased_by = "e1".into();
    let second = SealedEntry { seal, entry: Some(second) };
    // Also in another order.
    for sealed in [&second, &first] {
        assert!(store.restore_audit(sealed.clone()).await.unwrap());
        assert!(!store.restore_audit(sealed.clone()).await.unwrap());
    }
    let nothing = SealedEntry { entry: None, ..second.clone() };
    assert!(!store.restore_audit(nothing).await.unwrap());
    assert!(store.add_audit(entry(7, key("k"), "third")).await.unwrap());
    let all = chain(store).await;
    assert_eq!(all[..2], [first, second]);
    assert_eq!(all[2].entry.as_ref().unwrap().action, "third");
    assert_eq!(store.audit(&AuditFilter::default(), 10).await.unwrap().len(), 4);
    assert_eq!(store.audit(&AuditFilter::default(), 10).await.unwrap()[3], old);
}
