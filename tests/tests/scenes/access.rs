//! Who may do what: 401 for nobody, 403 for the wrong key, and each scope's own reach.

use e2e::{Ask, Client, Document, Multipart, Statement, Traccia, new_id};
use serde_json::{Value, json};

#[tokio::test]
async fn without_valid_credentials_everything_is_401() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let strangers = [
        ("nobody", traccia.anonymous()),
        ("a wrong secret", traccia.with_key("seed", "wrong")),
        ("an unknown key", traccia.with_key("other", "seed-secret-of-the-tests")),
        ("an empty secret", traccia.with_key("seed", "")),
        ("no base64", admin.authorization("Basic !!!")),
        ("no colon", admin.authorization("Basic bm9jb2xvbg==")),
        ("another scheme", admin.authorization("Bearer abc")),
    ];
    for (who, stranger) in strangers {
        for ask in [
            stranger.get("/statements"),
            stranger.post("/statements").json(&Statement::new().json()),
            Document::state("x").put(&stranger, &json!({})),
            Document::agent_profile("x").get(&stranger),
            stranger.get("/agents").query(&[("agent", "{\"mbox\":\"mailto:a@example.org\"}")]),
            stranger.get("/activities").query(&[("activityId", "https://example.org/a")]),
            stranger.get("/api/v1/keys"),
        ] {
            let reply = ask.await;
            assert_eq!(reply.status, 401, "{who}: {reply}");
            reply.problem(401);
            assert!(reply.header("www-authenticate").starts_with("Basic"), "{reply}");
        }
    }
    assert!(admin.found(&[]).await.is_empty());
}

#[tokio::test]
async fn the_scheme_may_be_written_in_any_case() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let lower = admin.credentials().replacen("Basic", "basic", 1);
    admin.authorization(&lower).get("/statements").await.is(200);
}

/// What can be asked, in the columns of the table below.
const ASKS: [&str; 8] = [
    "write statements",
    "read statements",
    "write state",
    "read state",
    "write profile",
    "read profile",
    "read agents",
    "manage keys",
];

fn ask(what: &str, who: &Client) -> Ask {
    let anna = "{\"mbox\":\"mailto:anna@example.org\"}";
    match what {
        "write statements" => who.post("/statements").json(&Statement::new().json()),
        "read statements" => who.get("/statements"),
        "write state" => Document::state(&new_id()).put(who, &json!({"a": 1})),
        "read state" => Document::state("x").list(who),
        "write profile" => {
            Document::agent_profile(&new_id()).put(who, &json!({})).header("if-none-match", "*")
        }
        "read profile" => Document::activity_profile("x").list(who),
        "read agents" => who.get("/agents").query(&[("agent", anna)]),
        _ => who.get("/api/v1/keys"),
    }
}

#[tokio::test]
async fn each_scope_reaches_as_far_as_the_standard_says() {
    let traccia = Traccia::start().await;
    let may: [(&[&str], &[&str]); 8] = [
        (&["statements/write"], &["write statements"]),
        (&["statements/read"], &["read statements"]),
        (&["statements/read/mine"], &["read statements"]),
        (&["state"], &["write state", "read state"]),
        (&["profile"], &["write profile", "read profile"]),
        (&["all/read"], &["read statements", "read state", "read profile", "read agents"]),
        (&["statements/write", "state"], &["write statements", "write state", "read state"]),
        (&["all"], &ASKS[..]),
    ];
    for (scopes, allowed) in may {
        let holder = traccia.holder_of(scopes).await;
        for what in ASKS {
            if what == "read agents" && !allowed.contains(&what) {
                continue; // left open by the standard, and asked by the scenes below
            }
            let reply = ask(what, &holder).await;
            if allowed.contains(&what) {
                let writes_document = matches!(what, "write state" | "write profile");
                let fine = if writes_document { 204 } else { 200 };
                assert_eq!(reply.status, fine, "{scopes:?} may {what}: {reply}");
            } else {
                reply.problem(403);
            }
        }
    }
}

#[tokio::test]
async fn who_may_only_write_cannot_manage_keys_or_read_progress() {
    let traccia = Traccia::start().await;
    let writer = traccia.holder_of(&["statements/write"]).await;
    writer.get("/api/v1/keys").await.problem(403);
    let wish = json!({"label": "more", "scopes": ["all"]});
    writer.post("/api/v1/keys").json(&wish).await.problem(403);
    writer.get("/api/v1/courses/any/progress").query(&[("by", "module")]).await.problem(403);
}

#[tokio::test]
async fn mine_is_what_this_key_wrote_in_every_way_of_reading() {
    let traccia = Traccia::start().await;
    let mine = traccia.holder_of(&["statements/write", "statements/read/mine"]).await;
    let other = traccia.admin();
    let own = mine.store_one(&Statement::new().json()).await;
    let foreign = other.store_one(&Statement::new().json()).await;
    let about = other.store_one(&Statement::new().to(e2e::reference(&own)).json()).await;
    assert_eq!(mine.found(&[]).await, vec![own.clone()]);
    mine.statement(&own).await;
    for hidden in [&foreign, &about] {
        let reply = mine.get("/statements").query(&[("statementId", hidden)]).await;
        reply.problem(404);
        assert!(!reply.text().contains("mailto:anna"), "nothing leaks: {reply}");
    }
    let anna = "{\"mbox\":\"mailto:anna@example.org\"}";
    assert_eq!(mine.found(&[("agent", anna), ("related_agents", "true")]).await, vec![own]);
    assert_eq!(other.found(&[]).await.len(), 3);
}

#[tokio::test]
async fn a_page_link_of_another_key_shows_only_ones_own() {
    let traccia = Traccia::start().await;
    let mine = traccia.holder_of(&["statements/write", "statements/read/mine"]).await;
    let admin = traccia.admin();
    admin.store(&[Statement::new().json(), Statement::new().json()]).await;
    let more = admin.get("/statements").query(&[("limit", "1")]).await.more().unwrap();
    let reply = mine.follow(&more).await.expect(200);
    assert!(reply.statements().is_empty(), "{reply}");
}

#[tokio::test]
async fn each_key_is_its_own_authority() {
    let traccia = Traccia::start().await;
    let (one, two) = (traccia.holder_of(&["all"]).await, traccia.holder_of(&["all"]).await);
    let first = one.store_one(&Statement::new().json()).await;
    let second = two.store_one(&Statement::new().json()).await;
    let authority = |s: Value| s["authority"].clone();
    let (a, b) = (one.statement(&first).await, two.statement(&second).await);
    assert_ne!(authority(a), authority(b));
}

#[tokio::test]
async fn the_same_statement_from_two_keys_is_still_the_same() {
    let traccia = Traccia::start().await;
    let (one, two) = (traccia.holder_of(&["all"]).await, traccia.holder_of(&["all"]).await);
    let statement = Statement::new().id(&new_id()).json();
    one.store_one(&statement).await;
    two.store_one(&statement).await;
    assert_eq!(one.found(&[]).await.len(), 1);
}

#[tokio::test]
async fn a_key_is_listed_without_its_secret_and_can_be_revoked() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let wish = json!({"label": "office of Terni", "scopes": ["statements/write"]});
    let made = admin.post("/api/v1/keys").json(&wish).await.expect(201).json();
    let (key, secret) = (made["key"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let holder = traccia.with_key(key, secret);
    holder.post("/statements").json(&Statement::new().json()).await.is(200);
    let list = admin.get("/api/v1/keys").await.expect(200);
    assert!(list.text().contains("office of Terni") && list.text().contains(key), "{list}");
    assert!(!list.text().contains(secret), "a secret is shown once: {list}");
    admin.delete(&format!("/api/v1/keys/{key}")).await.is(204);
    holder.post("/statements").json(&Statement::new().json()).await.problem(401);
}

#[tokio::test]
async fn an_unknown_scope_is_refused() {
    let traccia = Traccia::start().await;
    let wish = json!({"label": "x", "scopes": ["statements/everything"]});
    traccia.admin().post("/api/v1/keys").json(&wish).await.problem(400);
}

#[tokio::test]
async fn secrets_are_not_on_disk() {
    let traccia = Traccia::start().await;
    traccia.admin().store_one(&Statement::new().json()).await;
    let mut folders = vec![traccia.folder().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let secret = b"seed-secret-of-the-tests";
            let there = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!there, "the secret is readable in {}", path.display());
        }
    }
}

#[tokio::test]
async fn the_hash_of_somebody_elses_file_does_not_open_it() {
    let traccia = Traccia::start().await;
    let scopes = ["statements/write", "statements/read/mine"];
    let (owner, other) = (traccia.holder_of(&scopes).await, traccia.holder_of(&scopes).await);
    let secret = b"the other region's list of learners";
    let described = |file_url: Option<&str>| {
        let mut attachment = json!({
            "usageType": "https://example.org/list", "display": {"en": "list"},
            "contentType": "text/plain", "length": secret.len(), "sha2": e2e::sha2_hex(secret),
        });
        if let Some(url) = file_url {
            attachment["fileUrl"] = json!(url);
        }
        Statement::new().with("/attachments", json!([attachment])).json()
    };
    let body = Multipart::of(&described(None)).attachment("text/plain", secret);
    let own = owner.post("/statements").multipart(&body).await.expect(200).json()[0].clone();
    let taken = other.store_one(&described(Some("https://example.org/mine"))).await;
    let parts = |who: &Client, id: &str| {
        let query = [("statementId", id), ("attachments", "true")];
        who.get("/statements").query(&query)
    };
    assert_eq!(parts(&other, &taken).await.expect(200).parts().len(), 1, "the statement alone");
    let seen = parts(&owner, own.as_str().unwrap()).await.expect(200).parts();
    assert_eq!(seen.len(), 2, "the owner gets the file");
}

/// Who may send statements and read those of their own key, another such key, and the administrator.
async fn two_and_all() -> (Traccia, Client, Client, Client) {
    let traccia = Traccia::start().await;
    let scopes = ["statements/write", "statements/read/mine"];
    let (mine, other) = (traccia.holder_of(&scopes).await, traccia.holder_of(&scopes).await);
    let admin = traccia.admin();
    (traccia, mine, other, admin)
}

#[tokio::test]
async fn a_conflict_names_the_places_to_who_may_read_the_other_statement() {
    let (traccia, mine, other, admin) = two_and_all().await;
    let writer = traccia.holder_of(&["statements/write"]).await;
    let kept = Statement::new().id(&new_id()).json();
    let id = other.store_one(&kept).await;
    let mut wrong = kept.clone();
    wrong["verb"]["id"] = json!("https://example.org/verbs/guessed");
    wrong["result"] = json!({"success": true});
    let asks = |who: &Client| {
        let put = who.put("/statements").query(&[("statementId", &id)]).json(&wrong);
        let batch = json!([Statement::new().json(), wrong]);
        [put, who.post("/statements").json(&batch)]
    };
    for who in [&other, &admin] {
        for ask in asks(who) {
            let told = ask.await.expect(409);
            assert!(told.text().contains("/verb/id") && told.text().contains("/result"), "{told}");
        }
    }
    for who in [&mine, &writer] {
        for ask in asks(who) {
            let told = ask.await.expect(409);
            let problem = told.json();
            assert_eq!(problem["rule"], "statement-conflict", "{told}");
            assert!(problem.get("pointer").is_none(), "{told}");
            assert!(!told.text().contains("differ at"), "{told}");
            let places = ["/verb/id", "/result", "/object/", "/actor/"];
            assert!(!places.iter().any(|place| told.text().contains(place)), "{told}");
        }
    }
    let own = Statement::new().id(&new_id()).json();
    writer.store_one(&own).await;
    let mut changed = own.clone();
    changed["result"] = json!({"success": true});
    let told = writer.post("/statements").json(&changed).await.expect(409);
    assert!(!told.text().contains("/result"), "who reads nothing is told nothing: {told}");
}

#[tokio::test]
async fn a_reference_of_ones_own_does_not_tell_what_anothers_statement_says() {
    let (_traccia, mine, other, admin) = two_and_all().await;
    let bert = e2e::agent("bert");
    let secret = Statement::new().by(bert.clone()).did("failed").to(e2e::activity("exam"));
    let secret = other.store_one(&secret.json()).await;
    let about = mine.store_one(&Statement::new().to(e2e::reference(&secret)).json()).await;
    let bert = bert.to_string();
    let exam = e2e::activity_iri("exam");
    let asked = [
        ("agent", bert.as_str()),
        ("verb", "http://adlnet.gov/expapi/verbs/failed"),
        ("activity", exam.as_str()),
    ];
    for asked in asked {
        for related in ["false", "true"] {
            let flags = [("related_agents", related), ("related_activities", related)];
            let query = [&[asked], &flags[..]].concat();
            assert_eq!(mine.found(&query).await, [""; 0], "{asked:?}");
            assert_eq!(admin.found(&query).await.len(), 2, "{asked:?}");
        }
    }
    let anna = e2e::agent("anna").to_string();
    assert_eq!(mine.found(&[("agent", &anna)]).await, [about], "what it says itself");
}

#[tokio::test]
async fn canonical_shows_definitions_of_others_to_who_may_read_them() {
    let (_traccia, mine, other, admin) = two_and_all().await;
    let named = |names: Value| {
        let mut activity = e2e::activity("exam");
        activity["definition"] = json!({"name": names});
        activity
    };
    let secret = named(json!({"en": "Dismissal of B.", "it": "Licenziamento di B."}));
    other.store_one(&Statement::new().to(secret).json()).await;
    let bare = mine.store_one(&Statement::new().to(e2e::activity("exam")).json()).await;
    let own = named(json!({"en": "Exam", "it": "Esame"}));
    let own = mine.store_one(&Statement::new().to(own).json()).await;
    let definition = async |who: &Client, id: &str| {
        let query = [("statementId", id), ("format", "canonical")];
        let ask = who.get("/statements").query(&query).header("accept-language", "it");
        ask.await.expect(200).json()["object"]["definition"].clone()
    };
    assert_eq!(definition(&mine, &bare).await, Value::Null);
    assert_eq!(definition(&mine, &own).await, json!({"name": {"it": "Esame"}}));
    let page = mine.get("/statements").query(&[("format", "canonical")]).await.expect(200);
    assert!(!page.text().contains("Licenziamento") && !page.text().contains("Dismissal"));
    assert_eq!(definition(&admin, &bare).await, json!({"name": {"it": "Esame"}}), "the latest");
}

#[tokio::test]
async fn who_guesses_secrets_has_to_wait_and_their_owners_do_not() {
    let traccia = Traccia::program().await;
    let wish = json!({"scopes": ["state"], "key": "office"});
    let made = traccia.admin().post("/api/v1/keys").json(&wish).await.expect(201).json();
    // Nothing is remembered of it any more.
    let traccia = traccia.restart().await;
    for name in ["seed", "office", "nobody"] {
        let guess = |n: u32| traccia.with_key(name, &format!("guess {n}")).get("/whoami");
        for n in 0..10 {
            guess(n).await.problem(401);
        }
        let refused = guess(10).await;
        refused.problem(429);
        let seconds: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=6).contains(&seconds), "{refused}");
    }
    traccia.with_key("office", made["secret"].as_str().unwrap()).get("/whoami").await.is(200);
    traccia.admin().get("/whoami").await.is(200);
}

/// Linux has all of 127.0.0.0/8.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_guesses_secrets_keeps_nobody_at_another_address_waiting() {
    let traccia = Traccia::start().await;
    let guess = |n: u32, address: &str| {
        let who = traccia.with_key("seed", &format!("guess {n}"));
        who.from_address(address.parse().unwrap()).get("/whoami")
    };
    for n in 0..10 {
        guess(n, "127.0.0.2").await.problem(401);
    }
    guess(10, "127.0.0.2").await.problem(429);
    guess(10, "127.0.0.3").await.problem(401);
}
