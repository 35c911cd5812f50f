//! Filters, references, time windows and order.

use e2e::{ADL, account, new_id, reference};
use e2e::{Client, Statement, Traccia, activity, activity_iri, agent, anonymous_group, group};
use serde_json::{Value, json};

async fn stored_at(who: &Client, id: &str) -> String {
    who.statement(id).await["stored"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_agent_is_found_as_actor_as_object_and_as_member() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let bruno = agent("bruno");
    let here = admin
        .store(&[
            Statement::new().by(bruno.clone()).json(),
            Statement::new().to(bruno.clone()).json(),
            Statement::new().by(group("team", &[agent("carla"), bruno.clone()])).json(),
            Statement::new().by(anonymous_group(std::slice::from_ref(&bruno))).json(),
        ])
        .await;
    admin
        .store(&[
            Statement::new().json(),
            Statement::new().with("/context/instructor", bruno.clone()).json(),
        ])
        .await;
    let found = admin.found(&[("agent", &bruno.to_string()), ("ascending", "true")]).await;
    assert_eq!(found, here);
}

#[tokio::test]
async fn each_kind_of_identifier_finds_its_agent() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let sum = "ebd31e95054c018b10727ccffd2ef2ec3a016ee9";
    for who in [
        agent("dario"),
        json!({"mbox_sha1sum": sum}),
        json!({"openid": "https://dario.example.org/"}),
        account("https://example.org", "dario"),
    ] {
        let id = admin.store_one(&Statement::new().by(who.clone()).json()).await;
        assert_eq!(admin.found(&[("agent", &who.to_string())]).await, vec![id], "{who}");
    }
    let stranger = account("https://other.example.org", "dario");
    assert!(admin.found(&[("agent", &stranger.to_string())]).await.is_empty());
}

#[tokio::test]
async fn filters_narrow_each_other() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let registration = new_id();
    let base = Statement::new()
        .by(agent("bruno"))
        .did("passed")
        .to(activity("golf"))
        .with("/context/registration", json!(registration));
    let wanted = admin.store_one(&base.json()).await;
    admin
        .store(&[
            base.clone().by(agent("carla")).json(),
            base.clone().did("failed").json(),
            base.clone().to(activity("tennis")).json(),
            base.clone().with("/context/registration", json!(new_id())).json(),
        ])
        .await;
    let (bruno, golf) = (agent("bruno").to_string(), activity_iri("golf"));
    let passed = format!("{ADL}passed");
    let query = [
        ("agent", bruno.as_str()),
        ("verb", &passed),
        ("activity", &golf),
        ("registration", &registration),
    ];
    assert_eq!(admin.found(&query).await, vec![wanted]);
    for each in query {
        assert_eq!(admin.found(&[each]).await.len(), 4, "{each:?} alone");
    }
}

#[tokio::test]
async fn the_window_is_on_stored_and_not_on_timestamp() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let id = admin.store_one(&Statement::new().when("1999-12-31T23:59:59Z").json()).await;
    assert_eq!(admin.found(&[("since", "2020-01-01T00:00:00Z")]).await, vec![id]);
    assert!(admin.found(&[("until", "2020-01-01T00:00:00Z")]).await.is_empty());
}

#[tokio::test]
async fn a_reference_matches_when_its_target_matches() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let registration = new_id();
    let target = Statement::new()
        .by(agent("bruno"))
        .did("passed")
        .to(activity("golf"))
        .with("/context/registration", json!(registration));
    let target = admin.store_one(&target.json()).await;
    let confirmed =
        Statement::new().did("https://example.org/verbs/confirmed").to(reference(&target));
    let about = admin.store_one(&confirmed.json()).await;
    let (bruno, golf) = (agent("bruno").to_string(), activity_iri("golf"));
    let passed = format!("{ADL}passed");
    for query in [
        ("agent", bruno.as_str()),
        ("verb", &passed),
        ("activity", &golf),
        ("registration", &registration),
    ] {
        let found = admin.found(&[query, ("ascending", "true")]).await;
        assert_eq!(found, vec![target.clone(), about.clone()], "{query:?}");
    }
    assert!(admin.found(&[("activity", &activity_iri("tennis"))]).await.is_empty());
}

#[tokio::test]
async fn a_chain_of_references_matches_to_its_end_in_any_order_of_arrival() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        let traccia = Traccia::start().await;
        let admin = traccia.admin();
        let ids: Vec<String> = (0..4).map(|_| new_id()).collect();
        let mut chain: Vec<Value> = vec![Statement::new().id(&ids[0]).to(activity("golf")).json()];
        for link in ids.windows(2) {
            chain.push(Statement::new().id(&link[1]).to(reference(&link[0])).json());
        }
        for place in order {
            admin.store_one(&chain[place]).await;
        }
        let mut found = admin.found(&[("activity", &activity_iri("golf"))]).await;
        found.sort();
        let mut all = ids.clone();
        all.sort();
        assert_eq!(found, all, "arrival {order:?}");
    }
}

#[tokio::test]
async fn a_voided_target_is_not_found_but_what_refers_to_it_is() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let target = admin.store_one(&Statement::new().to(activity("golf")).json()).await;
    let about = admin.store_one(&Statement::new().to(reference(&target)).json()).await;
    let voiding = admin.store_one(&Statement::voiding(&target).json()).await;
    let golf = activity_iri("golf");
    let found = admin.found(&[("activity", &golf), ("ascending", "true")]).await;
    assert_eq!(found, vec![about, voiding]);
}

#[tokio::test]
async fn a_page_of_matches_by_reference_is_in_the_order_of_arrival() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let target = admin.store_one(&Statement::new().to(activity("golf")).json()).await;
    let mut all = vec![target.clone()];
    for number in 0..6 {
        let next = if number % 2 == 0 { reference(&target) } else { activity("golf") };
        all.push(admin.store_one(&Statement::new().to(next).json()).await);
    }
    let query = [("activity", activity_iri("golf")), ("limit", "2".to_owned())];
    let query: Vec<(&str, &str)> =
        query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut found = admin.found_on_all_pages(&query).await;
    found.reverse();
    assert_eq!(found, all);
}

#[tokio::test]
async fn consistent_through_covers_what_was_just_stored() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let id = admin.store_one(&Statement::new().json()).await;
    let stored = stored_at(&admin, &id).await;
    let page = admin.get("/statements").await.expect(200);
    let through = page.header("x-experience-api-consistent-through");
    let seconds = |text: &str| text.get(..19).map(str::to_owned);
    assert!(seconds(&through) >= seconds(&stored), "{through} is not before {stored}");
    let refused = admin.get("/statements").query(&[("limit", "-1")]).await.expect(400);
    refused.header("x-experience-api-consistent-through");
}
