//! What is decided on one node holds on the other.

use std::time::Duration;

use e2e::course;
use e2e::{Statement, eventually};

use crate::two;

/// A good key is remembered for thirty seconds.
const REVOCATION: Duration = Duration::from_secs(35);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_key_made_on_one_node_works_on_the_other_until_it_is_revoked() {
    let [one, other] = two().await;
    let made = one.cli(&["key", "create", "--scope", "statements/write", "--format", "json"]).await;
    let made = made.json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let holder = other.with_key(&text("key"), &text("secret"));
    holder.store_one(&Statement::new().json()).await;
    one.cli(&["key", "revoke", &text("key")]).await.success();
    eventually("the key is refused on the other node", REVOCATION, || async {
        let reply = holder.post("/statements").json(&Statement::new().json()).await;
        if reply.status == 401 { Ok(()) } else { Err(reply.to_string()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_course_put_on_one_node_is_there_on_the_other() {
    let [one, other] = two().await;
    course::load(&one.admin()).await;
    let path = course::at("");
    assert_eq!(other.admin().get(&path).await.expect(200).text(), course::file());
    let changed = course::file().replace("Prevenzione", "Prima");
    other.admin().put(&path).body("application/toml", changed.clone()).await.is(200);
    assert_eq!(one.admin().get(&path).await.expect(200).text(), changed);
    let report = course::report(&one.admin()).await;
    assert!(report.to_string().contains("Prima"), "{report}");
    assert_eq!(course::counts(&report, "m1", "Umbria")["enrolled"], 3);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_link_to_more_that_one_node_gave_works_on_the_other() {
    let [one, other] = two().await;
    let batch = [(); 4].map(|()| Statement::new().json());
    let ids = one.admin().store(&batch).await;
    let query = [("limit", "2"), ("ascending", "true")];
    let more = one.admin().get("/statements").query(&query).await.more().expect("a second page");
    let path = more.strip_prefix(one.url()).unwrap_or(&more);
    assert_eq!(other.admin().follow(path).await.expect(200).statement_ids(), ids[2..]);
}
