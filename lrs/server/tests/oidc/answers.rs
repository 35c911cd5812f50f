//! Answers that do not hold: nobody is signed in, and nobody is made.

use reqwest::Method;
use serde_json::{Value, json};

use crate::idp::{CLIENT, unsigned};
use crate::world::{Begun, KEY, OTHER_KEY, World, challenge_of, claims, is_in, is_refused, now};

#[tokio::test]
async fn a_token_that_does_not_hold_signs_nobody_in() {
    let world = World::new().await;
    let with = async |changed: Value| world.sign_in(changed).await;
    is_refused(&with(json!({"nonce": "another"})).await, "answer");
    is_refused(&with(json!({"nonce": null})).await, "answer");
    is_refused(&with(json!({"exp": now() - 90})).await, "answer");
    is_refused(&with(json!({"iat": now() + 90})).await, "answer");
    is_refused(&with(json!({"aud": "another"})).await, "answer");
    is_refused(&with(json!({"aud": [CLIENT, "another"]})).await, "answer");
    is_refused(&with(json!({"iss": "https://idp.example"})).await, "answer");
    is_refused(&with(json!({"iss": world.other.url()})).await, "answer");
    is_refused(&with(json!({"preferred_username": "a:b"})).await, "nameless");
    let begun = world.begin("ente").await;
    is_refused(&world.ended(&begun, &world.idp, &OTHER_KEY, json!({})).await, "answer");
    assert_eq!(world.people().await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_token_that_the_key_of_the_provider_has_not_signed_signs_nobody_in() {
    let world = World::new().await;
    let ended = async |sign: &dyn Fn(&Value) -> String| {
        let begun = world.begin("ente").await;
        let token = sign(&claims(&begun, &world.idp, &json!({})));
        world.ended_with(&begun, &world.idp, token).await
    };
    is_refused(&ended(&unsigned).await, "answer");
    is_refused(&ended(&|claims| KEY.sign_with_secret(claims)).await, "answer");
    is_refused(&ended(&|claims| KEY.sign_with_public_key(claims)).await, "answer");
    is_refused(&ended(&|_| "no token".to_owned()).await, "answer");
    let cut = |claims: &Value| {
        let token = KEY.sign(claims);
        token[..token.len() - 4].to_owned()
    };
    is_refused(&ended(&cut).await, "answer");
    is_in(&ended(&|claims| KEY.sign(claims)).await);
}

#[tokio::test]
async fn an_answer_counts_in_the_browser_that_began_the_sign_in_alone() {
    let world = World::new().await;
    let begun = world.begin("ente").await;
    let refused = async |begun: &Begun| {
        is_refused(&world.ended(begun, &world.idp, &KEY, json!({})).await, "state");
    };
    // Somebody leads another's browser here, to have it signed in as them.
    refused(&Begun { cookie: "a=b".into(), ..world.begin("ente").await }).await;
    refused(&Begun { cookie: begun.cookie.clone(), ..world.begin("ente").await }).await;
    refused(&Begun { state: "another".into(), ..world.begin("ente").await }).await;
    refused(&Begun { state: String::new(), ..world.begin("ente").await }).await;
    let touched = begun.cookie.replacen('=', "=x", 1);
    refused(&Begun { cookie: touched, ..begun.clone() }).await;
    // A code of another sign-in: its challenge is not that of this one's verifier.
    let injected = Begun { challenge: challenge_of("x"), ..world.begin("ente").await };
    is_refused(&world.ended(&injected, &world.idp, &KEY, json!({})).await, "answer");
    assert_eq!(world.people().await, [] as [Value; 0]);
}

#[tokio::test]
async fn an_answer_of_one_provider_is_not_taken_for_one_of_another() {
    let world = World::new().await;
    let begun = world.begin("ente").await;
    let elsewhere = Begun { id: "other".into(), ..begun.clone() };
    is_refused(&world.ended(&elsewhere, &world.other, &KEY, json!({})).await, "state");
    let (state, code) = (("state", begun.state.as_str()), ("code", "x"));
    let other = world.other.url();
    is_refused(&world.back(&begun, &[state, code, ("iss", &other)]).await, "answer");
    is_refused(&world.back(&begun, &[state, code, ("iss", "")]).await, "answer");
    assert_eq!(world.idp.asked("/token"), 0, "the code is shown to nobody");
    // A provider that says that it names itself does so in each answer (RFC 9207).
    let world = World::new().await;
    world.idp.says("authorization_response_iss_parameter_supported", json!(true));
    is_refused(&world.sign_in(json!({})).await, "answer");
    let begun = world.begin("ente").await;
    let token = KEY.sign(&claims(&begun, &world.idp, &json!({})));
    let code = world.idp.code(token, &begun.challenge, &begun.redirect);
    let (state, issuer) = (begun.state.clone(), world.idp.url());
    let query = [("code", code.as_str()), ("state", &state), ("iss", &issuer)];
    is_in(&world.back(&begun, &query).await);
}

#[tokio::test]
async fn a_sign_in_that_is_broken_off_says_so() {
    let world = World::new().await;
    let begun = world.begin("ente").await;
    let state = ("state", begun.state.as_str());
    is_refused(&world.back(&begun, &[state, ("error", "access_denied")]).await, "cancelled");
    is_refused(&world.back(&begun, &[state]).await, "answer");
    is_refused(&world.back(&begun, &[]).await, "state");
    is_refused(&world.back(&begun, &[("error", "access_denied")]).await, "state");
}

#[tokio::test]
async fn a_code_is_good_once_and_leads_nowhere_else() {
    let world = World::new().await;
    let begun = world.begin("ente").await;
    let mut claims = claims(&begun, &world.idp, &json!({}));
    claims.as_object_mut().unwrap().remove("preferred_username");
    let code = world.idp.code(KEY.sign(&claims), &begun.challenge, &begun.redirect);
    let evil = "https://evil.example";
    let query = [
        ("code", code.as_str()),
        ("state", &begun.state),
        ("next", evil),
        ("redirect_uri", evil),
        ("sign-in", evil),
    ];
    is_in(&world.back(&begun, &query).await);
    is_refused(&world.back(&begun, &query).await, "answer");
    assert_eq!(world.people().await[0]["name"], "7", "the subject, where there is no user name");
}

#[tokio::test]
async fn a_session_that_somebody_else_put_into_the_browser_is_not_the_one_that_begins() {
    let world = World::new().await;
    let planted = is_in(&world.sign_in(json!({})).await);
    let end = world.page(Method::DELETE, "/api/v1/session", &planted);
    assert!(end.send().await.unwrap().status().is_success());
    let begun = world.begin("ente").await;
    let shown = Begun { cookie: format!("{planted}; {}", begun.cookie), ..begun };
    let cookie = is_in(&world.ended(&shown, &world.idp, &KEY, json!({})).await);
    assert_ne!(cookie, planted);
    let asked = world.page(Method::GET, "/api/v1/session", &planted);
    assert_eq!(asked.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn clocks_may_be_a_minute_apart() {
    let world = World::new().await;
    is_in(&world.sign_in(json!({"exp": now() - 30})).await);
    is_in(&world.sign_in(json!({"iat": now() + 30})).await);
    is_refused(&world.sign_in(json!({"exp": now() - 61})).await, "answer");
}

#[tokio::test]
async fn made_up_codes_wait_after_ten_and_people_who_come_without_one_do_not_count() {
    let world = World::new().await;
    let back = async |begun: &Begun, code: &str| {
        let url = format!("{}/api/v1/oidc/{}/callback", world.url, begun.id);
        let mut url = reqwest::Url::parse(&url).unwrap();
        url.query_pairs_mut().append_pair("code", code).append_pair("state", &begun.state);
        let request = world.http.get(url).header("cookie", &begun.cookie);
        request.send().await.unwrap()
    };
    let without = Begun { cookie: "a=b".into(), ..world.begin("ente").await };
    for _ in 0..20 {
        is_refused(&back(&without, "made-up").await, "state");
    }
    let begun = world.begin("ente").await;
    for _ in 0..10 {
        is_refused(&back(&begun, "made-up").await, "answer");
    }
    let asked = world.idp.asked("/token");
    is_refused(&back(&begun, "made-up").await, "busy");
    assert_eq!(world.idp.asked("/token"), asked, "the provider is left alone");
    let other = world.begin("other").await;
    is_in(&world.ended(&other, &world.other, &KEY, json!({})).await);
}
