//! Where xAPI is served, however players write the address.

use e2e::{Statement, Traccia};

#[tokio::test]
async fn every_spelling_of_the_endpoint_leads_to_the_same_store() {
    let traccia = Traccia::start().await;
    for mount in ["/xapi", "/xAPI", "/data/xAPI", "/xapi/", "/data/xAPI/", "//xapi", "/xapi//"] {
        let me = traccia.admin().at(mount);
        let id = me.store_one(&Statement::new().json()).await;
        traccia.admin().statement(&id).await;
    }
}

#[tokio::test]
async fn a_slash_at_the_end_is_tolerated() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    admin.post("/statements/").json(&Statement::new().json()).await.is(200);
    admin.get("/statements/").await.is(200);
    admin.get("/about/").await.is(200);
    admin.get("/agents/").query(&[("agent", "{\"mbox\":\"mailto:a@example.org\"}")]).await.is(200);
}

#[tokio::test]
async fn a_more_link_stays_at_the_mount_it_was_asked_at() {
    let traccia = Traccia::start().await;
    for mount in ["/xapi", "/data/xAPI"] {
        let me = traccia.admin().at(mount);
        me.store(&[Statement::new().json(), Statement::new().json()]).await;
        let more = me.get("/statements").query(&[("limit", "1")]).await.more().unwrap();
        me.follow(&more).await.is(200);
    }
}

#[tokio::test]
async fn an_address_beside_the_mounts_is_404() {
    let traccia = Traccia::start().await;
    traccia.admin().at("/other").get("/statements").await.is(404);
    traccia.admin().at("").get("/statements").await.is(404);
}
