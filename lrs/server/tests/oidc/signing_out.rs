//! Who signs out here is led to where the provider signs them out.

use std::collections::BTreeMap;

use reqwest::{Method, Response, Url};
use serde_json::{Value, json};

use crate::idp::CLIENT;
use crate::world::{KEY, World, claims, cookies, is_in};

async fn sign_out(world: &World, cookie: &str) -> Response {
    world.page(Method::DELETE, "/api/v1/session", cookie).send().await.unwrap()
}

#[tokio::test]
async fn who_signs_out_is_led_to_the_provider_with_the_token_of_the_sign_in() {
    let world = World::new().await;
    let end = format!("{}/end?realm=ente", world.idp.url());
    world.idp.says("end_session_endpoint", json!(end));
    let begun = world.begin("ente").await;
    let token = KEY.sign(&claims(&begun, &world.idp, &json!({})));
    let back = world.ended_with(&begun, &world.idp, token.clone()).await;
    let cookie = is_in(&back);
    let hint = cookies(&back).remove("__Secure-traccia-hint").expect("a cookie");
    for attribute in ["Path=/api/v1/session", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(hint.contains(attribute), "{hint}");
    }
    let both = format!("{cookie}; {}", hint.split(';').next().unwrap());
    let response = sign_out(&world, &both).await;
    assert_eq!(response.status(), 200);
    let cleared = cookies(&response);
    for cookie in ["__Host-traccia", "__Secure-traccia-hint"] {
        assert!(cleared[cookie].contains("Max-Age=0"), "{cleared:?}");
    }
    let told: Value = response.json().await.unwrap();
    let page = Url::parse(told["provider"].as_str().unwrap()).unwrap();
    assert!(page.as_str().starts_with(&end), "{page}");
    let query: BTreeMap<_, _> = page.query_pairs().into_owned().collect();
    assert_eq!(query["client_id"], CLIENT);
    assert_eq!(query["id_token_hint"], token);
    assert_eq!(query["post_logout_redirect_uri"], format!("{}/", world.url));
    let asked = world.page(Method::GET, "/api/v1/session", &cookie).send().await.unwrap();
    assert_eq!(asked.status(), 401, "the session is over");
}

#[tokio::test]
async fn without_the_token_the_provider_is_told_who_asks() {
    let world = World::new().await;
    world.idp.says("end_session_endpoint", json!(format!("{}/end", world.idp.url())));
    let long = json!({"padding": "x".repeat(4_000)});
    let back = world.sign_in(long).await;
    assert!(!cookies(&back).contains_key("__Secure-traccia-hint"), "browsers would not keep it");
    let told: Value = sign_out(&world, &is_in(&back)).await.json().await.unwrap();
    let page = told["provider"].as_str().unwrap();
    assert!(page.contains("client_id=traccia") && !page.contains("id_token_hint"), "{page}");
}

#[tokio::test]
async fn where_the_provider_or_the_settings_have_no_such_page_signing_out_ends_here() {
    let world = World::new().await;
    let cookie = is_in(&world.sign_in(json!({})).await);
    assert_eq!(sign_out(&world, &cookie).await.status(), 204);
    let world = World::with("", |provider| provider.sign_out_here_alone = true).await;
    world.idp.says("end_session_endpoint", json!(format!("{}/end", world.idp.url())));
    let cookie = is_in(&world.sign_in(json!({})).await);
    assert_eq!(sign_out(&world, &cookie).await.status(), 204);
}
