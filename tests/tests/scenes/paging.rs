//! `more`: whole, without repeats, also while others write.

use e2e::{Client, Reply, Statement, Traccia, activity, agent};

async fn fill(who: &Client, count: usize) -> Vec<String> {
    let batch: Vec<_> = (0..count).map(|_| Statement::new().to(activity("golf")).json()).collect();
    who.store(&batch).await
}

async fn next(who: &Client, page: &Reply) -> Option<Reply> {
    let more = page.more()?;
    Some(who.follow(&more).await.expect(200))
}

#[tokio::test]
async fn going_down_new_statements_do_not_shift_the_pages() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let mut ids = fill(&admin, 20).await;
    ids.reverse();
    let mut page = admin.get("/statements").query(&[("limit", "3")]).await.expect(200);
    let mut seen = page.statement_ids();
    while let Some(more) = page.more() {
        fill(&admin, 5).await;
        page = admin.follow(&more).await.expect(200);
        seen.extend(page.statement_ids());
    }
    assert_eq!(seen, ids, "exactly what was there when the first page was asked for");
}

#[tokio::test]
async fn going_up_new_statements_come_at_the_end_and_none_is_lost() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let mut ids = fill(&admin, 8).await;
    let query = [("limit", "3"), ("ascending", "true")];
    let mut page = admin.get("/statements").query(&query).await.expect(200);
    let mut seen = page.statement_ids();
    for round in 0.. {
        if round < 3 {
            ids.extend(fill(&admin, 2).await);
        }
        let Some(next) = next(&admin, &page).await else {
            break;
        };
        page = next;
        seen.extend(page.statement_ids());
    }
    assert!(ids.starts_with(&seen), "in order, nothing twice: {seen:?}");
    assert!(seen.len() >= 8, "all that was there at first: {}", seen.len());
}

#[tokio::test]
async fn a_link_works_again_and_after_a_restart() {
    let traccia = Traccia::program().await;
    let admin = traccia.admin();
    let ids = fill(&admin, 4).await;
    let query = [("limit", "2"), ("ascending", "true")];
    let more = admin.get("/statements").query(&query).await.more().expect("a second page");
    for _ in 0..2 {
        assert_eq!(admin.follow(&more).await.expect(200).statement_ids(), ids[2..]);
    }
    let path = more.split_once("://").map_or(more.clone(), |(_, rest)| {
        rest.split_once('/').map(|(_, path)| format!("/{path}")).unwrap_or_default()
    });
    let traccia = traccia.restart().await;
    assert_eq!(traccia.admin().follow(&path).await.expect(200).statement_ids(), ids[2..]);
}

#[tokio::test]
async fn a_link_carries_a_cursor_alone_which_nothing_may_stand_beside() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    fill(&admin, 3).await;
    let anna = agent("anna").to_string();
    let query = [("agent", anna.as_str()), ("limit", "1"), ("format", "ids")];
    let more = admin.get("/statements").query(&query).await.more().expect("a second page");
    let cursor = more.strip_prefix("/xapi/statements?cursor=").unwrap_or_else(|| panic!("{more}"));
    assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{more}");
    let next = admin.follow(&more).await.expect(200);
    assert_eq!(
        next.statements()[0]["verb"].as_object().map(serde_json::Map::len),
        Some(1),
        "{next}"
    );
    admin.follow(&next.more().expect("a third page")).await.is(200);
    // What the player was launched with, again.
    admin.follow(&format!("{more}&tincan=true")).await.is(200);
    admin.follow(&format!("{more}&limit=2")).await.problem(400);
}

#[tokio::test]
async fn a_link_that_was_tampered_with_is_refused() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    fill(&admin, 3).await;
    let more = admin.get("/statements").query(&[("limit", "1")]).await.more().unwrap();
    let middle = more.rfind(['=', '/']).unwrap() + 8;
    let other = if more.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let tampered = format!("{}{other}{}", &more[..middle], &more[middle + 1..]);
    admin.follow(&tampered).await.problem(400);
}
