//! Providers that are down, answer nonsense or change their keys; servers behind proxies.

use serde_json::json;

use crate::idp::Mode;
use crate::world::{DISCOVERY, KEY, OTHER_KEY, World, is_in, is_refused, location};

#[tokio::test]
async fn a_provider_that_does_not_answer_as_it_should_is_said_to_be_down_and_the_other_goes_on() {
    for mode in [Mode::Down, Mode::Garbage, Mode::Long, Mode::Redirect] {
        for path in [DISCOVERY, "/jwks"] {
            let world = World::new().await;
            world.idp.answers(path, Some(mode));
            let to = location(&world.start("ente").await);
            assert_eq!(to, "/?sign-in=down", "{mode:?} {path}");
            let begun = world.begin("other").await;
            is_in(&world.ended(&begun, &world.other, &KEY, json!({})).await);
        }
    }
}

#[tokio::test]
async fn a_provider_that_gives_no_token_signs_nobody_in() {
    let world = World::new().await;
    for (mode, reason) in [
        (Mode::Down, "answer"),
        (Mode::Garbage, "answer"),
        (Mode::Long, "down"),
        (Mode::Redirect, "answer"),
    ] {
        world.idp.answers("/token", Some(mode));
        is_refused(&world.sign_in(json!({})).await, reason);
    }
    world.idp.answers("/token", None);
    is_in(&world.sign_in(json!({})).await);
}

#[tokio::test]
async fn documents_of_another_issuer_or_with_unsafe_addresses_are_not_used() {
    for (member, value) in [
        ("issuer", json!("https://idp.example")),
        ("authorization_endpoint", json!("http://idp.example/authorize")),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("end_session_endpoint", json!("http://idp.example/end")),
        ("token_endpoint", json!(null)),
    ] {
        let world = World::new().await;
        world.idp.says(member, value);
        assert_eq!(location(&world.start("ente").await), "/?sign-in=down", "{member}");
    }
}

#[tokio::test]
async fn a_key_that_the_provider_has_made_meanwhile_is_found() {
    let world = World::new().await;
    is_in(&world.sign_in(json!({})).await);
    is_in(&world.sign_in(json!({})).await);
    assert_eq!(world.idp.asked("/jwks"), 1, "not at each sign-in");
    world.idp.publish(&OTHER_KEY);
    let begun = world.begin("ente").await;
    is_in(&world.ended(&begun, &world.idp, &OTHER_KEY, json!({})).await);
    assert_eq!(world.idp.asked("/jwks"), 2);
    for _ in 0..3 {
        is_refused(&world.sign_in(json!({})).await, "answer");
    }
    assert_eq!(world.idp.asked("/jwks"), 2, "not for each bad signature");
}

#[tokio::test]
async fn the_secret_is_shown_as_the_provider_takes_it() {
    let world = World::new().await;
    world.idp.says("token_endpoint_auth_methods_supported", json!(["client_secret_post"]));
    is_in(&world.sign_in(json!({})).await);
}

#[tokio::test]
async fn the_ways_to_sign_in_are_listed_and_plain_http_from_elsewhere_is_not_one() {
    let world = World::new().await;
    let ways = world.read("/api/v1/sign-in").await;
    let offered = |id: &str| json!({"id": id, "title": format!("Ente {id}"), "url": format!("/api/v1/oidc/{id}/start")});
    assert_eq!(ways, json!({"password": true, "oidc": [offered("ente"), offered("other")]}));
    let url = format!("{}/api/v1/oidc/ente/start", world.url);
    let request = world.http.get(url).header("host", "traccia.example.it");
    let response = request.send().await.unwrap();
    assert_eq!(location(&response), "/?sign-in=insecure");
}

#[tokio::test]
async fn behind_a_proxy_people_are_led_to_where_browsers_see_the_server() {
    let world = World::with("https://traccia.example.it/lrs", |_| ()).await;
    let begun = world.begin("ente").await;
    assert_eq!(begun.redirect, "https://traccia.example.it/lrs/api/v1/oidc/ente/callback");
    let back = world.ended(&begun, &world.idp, &KEY, json!({})).await;
    assert_eq!(location(&back), "/lrs/?sign-in=done");
    let ways = world.read("/api/v1/sign-in").await;
    assert_eq!(ways["oidc"][0]["url"], "/lrs/api/v1/oidc/ente/start");
}
