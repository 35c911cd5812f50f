//! `related_agents` and `related_activities`: everywhere the standard says, in depth.

use e2e::{Client, Statement, Traccia, activity, activity_iri, agent, anonymous_group, group};
use serde_json::{Value, json};

fn sub_statement(inner: &Statement) -> Value {
    let mut inner = inner.json();
    inner["objectType"] = json!("SubStatement");
    inner
}

/// Stores each place on its own and asserts that the broad filter finds it and the narrow one does not.
async fn found_only_broadly(
    who: &Client,
    places: Vec<(&str, Statement)>,
    filter: (&str, &str),
    broad: &str,
) {
    for (place, statement) in places {
        let id = who.store_one(&statement.json()).await;
        let found = who.found(&[filter, (broad, "true"), ("limit", "1")]).await;
        assert_eq!(found, vec![id.clone()], "{place} is found with {broad}");
        assert!(!who.found(&[filter]).await.contains(&id), "{place} is not found without {broad}");
    }
}

fn places_of_an_agent(who: &Value) -> Vec<(&'static str, Statement)> {
    let new = Statement::new;
    let team = group("team", &[agent("carla"), who.clone()]);
    let alone = anonymous_group(&[agent("carla"), who.clone()]);
    vec![
        ("instructor", new().with("/context/instructor", who.clone())),
        ("member of the instructing group", new().with("/context/instructor", alone.clone())),
        ("member of the team", new().with("/context/team", team.clone())),
        ("member of a team without identity", new().with("/context/team", alone.clone())),
        ("actor of a sub-statement", new().to(sub_statement(&new().by(who.clone())))),
        ("object of a sub-statement", new().to(sub_statement(&new().to(who.clone())))),
        ("member of the acting group of a sub-statement", new().to(sub_statement(&new().by(team)))),
        (
            "instructor of a sub-statement",
            new().to(sub_statement(&new().with("/context/instructor", who.clone()))),
        ),
        (
            "member of the team of a sub-statement",
            new().to(sub_statement(&new().with("/context/team", alone))),
        ),
    ]
}

#[tokio::test]
async fn an_agent_is_found_in_every_place_of_context_and_sub_statement() {
    let traccia = Traccia::start().await;
    let bruno = agent("bruno");
    let filter = ("agent", &*bruno.to_string());
    found_only_broadly(&traccia.admin(), places_of_an_agent(&bruno), filter, "related_agents")
        .await;
}

#[tokio::test]
async fn under_2_0_context_agents_and_groups_are_searched_too() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin().version("2.0.0");
    let bruno = agent("bruno");
    let in_agents = json!([{"objectType": "contextAgent", "agent": bruno,
        "relevantTypes": ["https://example.org/roles/tutor"]}]);
    let in_group = |group: Value| json!([{"objectType": "contextGroup", "group": group}]);
    let new = Statement::new;
    let member = group("class", &[agent("carla"), bruno.clone()]);
    let mut places = places_of_an_agent(&bruno);
    places.extend([
        ("context agent", new().with("/context/contextAgents", in_agents.clone())),
        ("member of a context group", new().with("/context/contextGroups", in_group(member))),
        (
            "member of a context group without identity",
            new().with(
                "/context/contextGroups",
                in_group(anonymous_group(std::slice::from_ref(&bruno))),
            ),
        ),
        (
            "context agent of a sub-statement",
            new().to(sub_statement(&new().with("/context/contextAgents", in_agents))),
        ),
    ]);
    found_only_broadly(&admin, places, ("agent", &bruno.to_string()), "related_agents").await;
}

#[tokio::test]
async fn a_group_is_found_as_team_and_as_context_group_by_its_own_identity() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin().version("2.0.0");
    let class = group("class", &[agent("carla")]);
    let in_group = json!([{"objectType": "contextGroup", "group": class}]);
    let new = Statement::new;
    let places = vec![
        ("team", new().with("/context/team", class)),
        ("context group", new().with("/context/contextGroups", in_group)),
    ];
    let asked = json!({"objectType": "Group", "mbox": "mailto:class@example.org"}).to_string();
    found_only_broadly(&admin, places, ("agent", &asked), "related_agents").await;
}

#[tokio::test]
async fn the_authority_is_a_related_agent() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let id = admin.store_one(&Statement::new().json()).await;
    let authority = admin.statement(&id).await["authority"].to_string();
    let found = admin.found(&[("agent", &authority), ("related_agents", "true")]).await;
    assert_eq!(found, vec![id]);
    assert!(admin.found(&[("agent", &authority)]).await.is_empty());
}

#[tokio::test]
async fn an_activity_is_found_in_every_place_of_context_and_sub_statement() {
    let traccia = Traccia::start().await;
    let golf = activity("golf");
    let listed = json!([activity("other"), golf]);
    let new = Statement::new;
    let mut places = vec![
        ("object of a sub-statement", new().to(sub_statement(&new().to(golf.clone())))),
        (
            "parent as a single activity",
            new().with("/context/contextActivities/parent", golf.clone()),
        ),
    ];
    for kind in ["parent", "grouping", "category", "other"] {
        let pointer = format!("/context/contextActivities/{kind}");
        let inner = new().with(&pointer, listed.clone());
        places.push((kind, inner.clone()));
        places.push((kind, new().to(sub_statement(&inner))));
    }
    let filter = ("activity", &*activity_iri("golf"));
    found_only_broadly(&traccia.admin(), places, filter, "related_activities").await;
}

#[tokio::test]
async fn a_reference_is_related_when_its_target_is() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let parent = json!([activity("golf")]);
    let target = Statement::new().with("/context/contextActivities/parent", parent).json();
    let target = admin.store_one(&target).await;
    let about = admin.store_one(&Statement::new().to(e2e::reference(&target)).json()).await;
    let query = [("activity", &*activity_iri("golf")), ("related_activities", "true")];
    assert_eq!(admin.found(&query).await, vec![about, target]);
}

#[tokio::test]
async fn broad_and_narrow_may_differ_per_filter_in_one_query() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let listed = json!([activity("golf")]);
    let both = Statement::new()
        .with("/context/instructor", agent("bruno"))
        .with("/context/contextActivities/grouping", listed);
    let id = admin.store_one(&both.json()).await;
    let (bruno, golf) = (agent("bruno").to_string(), activity_iri("golf"));
    let query = [("agent", &*bruno), ("activity", &golf)];
    let broad = |agents, activities| {
        [query.to_vec(), vec![("related_agents", agents), ("related_activities", activities)]]
            .concat()
    };
    assert_eq!(admin.found(&broad("true", "true")).await, vec![id]);
    assert!(admin.found(&broad("true", "false")).await.is_empty());
    assert!(admin.found(&broad("false", "true")).await.is_empty());
}
