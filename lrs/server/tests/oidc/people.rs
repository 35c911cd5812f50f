//! Who signs in, and what they are here.

use std::io::{Cursor, Write as _};

use reqwest::Method;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::idp::Idp;
use crate::world::{KEY, World, claims, is_in, is_refused};

#[tokio::test]
async fn a_first_sign_in_makes_the_person_and_each_later_one_says_role_and_territory_anew() {
    let world = World::new().await;
    let cookie = is_in(&world.sign_in(json!({})).await);
    let session = async || {
        let asked = world.page(Method::GET, "/api/v1/session", &cookie);
        asked.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let shown = session().await;
    assert_eq!((&shown["name"], &shown["label"]), (&json!("anna"), &json!("Anna Rossi")));
    assert_eq!((&shown["role"], &shown["provider"]), (&json!("designer"), &json!("Ente ente")));
    let coordinator = json!({"realm_access": {"roles": ["coord"]}, "regions": ["Umbria"]});
    is_in(&world.sign_in(coordinator).await);
    let shown = session().await;
    assert_eq!(shown["role"], "regional_coordinator");
    assert_eq!(shown["bounds"], json!({"regions": ["Umbria"]}));
    is_refused(&world.sign_in(json!({"realm_access": {"roles": ["coord"]}})).await, "territory");
    is_refused(&world.sign_in(json!({"realm_access": {"roles": ["other"]}})).await, "role");
    assert_eq!(session().await["role"], "regional_coordinator", "as before");
    let noted = world.noted().await;
    let actions: Vec<&Value> = noted.iter().map(|it| &it["action"]).collect();
    let expected = [
        "session.refused",
        "session.refused",
        "session.begun",
        "person.changed",
        "session.begun",
        "person.created",
    ];
    assert_eq!(actions, expected);
    let (refused, changed) = (&noted[0], &noted[3]);
    assert_eq!(refused["target"], "anna");
    assert_eq!(refused["details"]["reason"], "role");
    assert_eq!(refused["details"]["provider"], "ente");
    assert_eq!(changed["details"]["role"], "regional_coordinator");
    assert_eq!(changed["details"]["provider"], "ente");
}

/// A package of SCORM 1.2 with one SCO.
fn package() -> Vec<u8> {
    let manifest = r#"<?xml version="1.0"?>
<manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="O"><organization identifier="O"><title>Corso</title>
    <item identifier="I" identifierref="R"><title>Uno</title></item></organization></organizations>
  <resources><resource identifier="R" type="webcontent" adlcp:scormtype="sco" href="index.html">
    <file href="index.html"/></resource></resources>
</manifest>
"#;
    let page = "<script>LMSInitialize(''); LMSFinish('')</script>";
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("imsmanifest.xml", manifest), ("index.html", page)] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn keys_that_somebody_has_made_for_packages_end_with_the_role_that_the_provider_takes_away() {
    let world = World::new().await;
    let cookie = is_in(&world.sign_in(json!({})).await);
    let page = "https://moodle.example.it";
    let query =
        [("activity", format!("{page}/mod/scorm/view.php?id=7")), ("home_page", page.into())];
    let asked = world.page(Method::POST, "/api/v1/packages/shim", &cookie).query(&query);
    let asked = asked.header("content-type", "application/zip").body(package());
    assert_eq!(asked.send().await.unwrap().status(), 200);
    let made = async || {
        let keys = world.read("/api/v1/keys").await;
        keys.as_array().unwrap().iter().filter(|key| key["made_by"] == "person:anna").count()
    };
    is_in(&world.sign_in(json!({"name": "Anna R."})).await);
    assert_eq!(made().await, 1, "another label takes nothing away");
    is_in(
        &world.sign_in(json!({"realm_access": {"roles": ["coord"]}, "regions": ["Umbria"]})).await,
    );
    assert_eq!(made().await, 0);
}

#[tokio::test]
async fn a_name_is_of_one_issuer_and_subject_alone() {
    let world = World::new().await;
    let local = json!({"name": "bea", "label": "", "role": "designer"});
    let made = world.admin(Method::POST, "/api/v1/people").json(&local);
    assert_eq!(made.send().await.unwrap().status(), 201);
    is_refused(&world.sign_in(json!({"preferred_username": "bea"})).await, "taken");
    is_in(&world.sign_in(json!({})).await);
    is_refused(&world.sign_in(json!({"sub": "8"})).await, "taken");
    let begun = world.begin("other").await;
    is_refused(&world.ended(&begun, &world.other, &KEY, json!({})).await, "taken");
    // The same person under another name at the provider is the same person here.
    is_in(&world.sign_in(json!({"preferred_username": "anna.bianchi"})).await);
    let shown = |it: &Value| [it["name"].clone(), it["provider"].clone(), it["invited"].clone()];
    let people: Vec<_> = world.people().await.iter().map(shown).collect();
    let anna = [json!("anna"), json!("Ente ente"), json!(false)];
    assert_eq!(people, [anna, [json!("bea"), json!(null), json!(true)]]);
}

#[tokio::test]
async fn who_is_disabled_here_is_signed_out_and_stays_out_whatever_the_provider_says() {
    let world = World::new().await;
    let cookie = is_in(&world.sign_in(json!({})).await);
    let disabled = json!({"label": "", "role": "designer", "disabled": true});
    let put = world.admin(Method::PUT, "/api/v1/people/anna").json(&disabled);
    assert_eq!(put.send().await.unwrap().status(), 200);
    let asked = world.page(Method::GET, "/api/v1/session", &cookie);
    assert_eq!(asked.send().await.unwrap().status(), 401);
    is_refused(&world.sign_in(json!({})).await, "disabled");
    is_refused(&world.sign_in(json!({"preferred_username": "carla"})).await, "disabled");
    let admin = json!({"realm_access": {"roles": ["admin"]}});
    is_refused(&world.sign_in(admin).await, "disabled");
    assert_eq!(world.people().await[0]["role"], "designer");
}

#[tokio::test]
async fn who_signs_in_at_a_provider_has_no_password_and_no_second_factor_here() {
    let world = World::new().await;
    let cookie = is_in(&world.sign_in(json!({})).await);
    let invited = world.admin(Method::POST, "/api/v1/people/anna/invitation").send().await.unwrap();
    assert_eq!(invited.status(), 409);
    let told: Value = invited.json().await.unwrap();
    assert!(told["type"].as_str().unwrap().ends_with("person-vouched"), "{told}");
    let password = json!({"old": "x", "new": "cavallo e batteria"});
    let put = world.page(Method::PUT, "/api/v1/session/password", &cookie).json(&password);
    assert_eq!(put.send().await.unwrap().status(), 409);
    let factor = world.page(Method::POST, "/api/v1/session/totp", &cookie);
    assert_eq!(factor.send().await.unwrap().status(), 409);
    for password in ["", "x"] {
        let tried = json!({"name": "anna", "password": password});
        let tried = world.http.post(format!("{}/api/v1/sessions", world.url)).json(&tried);
        assert_eq!(tried.send().await.unwrap().status(), 401, "{password}");
    }
}

#[tokio::test]
async fn two_first_sign_ins_at_a_time_make_one_person() {
    let world = World::new().await;
    let (one, two) = tokio::join!(world.sign_in(json!({})), world.sign_in(json!({})));
    assert_ne!(is_in(&one), is_in(&two));
    assert_eq!(world.people().await.len(), 1);
}

#[tokio::test]
async fn claims_may_stand_in_the_userinfo_but_those_of_the_token_hold() {
    let world = World::with("", |provider| provider.userinfo = true).await;
    let told = |sub: &str| {
        json!({"sub": sub, "name": "Somebody", "preferred_username": "dora",
            "realm_access": {"roles": ["designer"]}})
    };
    let bare = json!({"preferred_username": null, "realm_access": null, "name": "Dora Neri"});
    let without = async |idp: &Idp| {
        let begun = world.begin("ente").await;
        let mut claims = claims(&begun, idp, &bare);
        let members = claims.as_object_mut().unwrap();
        members.retain(|_, value| !value.is_null());
        world.ended_with(&begun, idp, KEY.sign(&claims)).await
    };
    world.idp.tells(told("8"));
    is_refused(&without(&world.idp).await, "answer");
    world.idp.tells(told("7"));
    is_in(&without(&world.idp).await);
    let dora = &world.people().await[0];
    assert_eq!((&dora["name"], &dora["label"]), (&json!("dora"), &json!("Dora Neri")));
}
