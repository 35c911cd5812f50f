//! State, activity profiles and agent profiles: documents with tags, merged, listed and deleted.

use e2e::{Document, Statement, Traccia, activity_iri, agent, new_id};
use serde_json::{Value, json};

fn sorted(list: &Value) -> Vec<String> {
    let mut ids: Vec<String> = serde_json::from_value(list.clone()).expect("a list of ids");
    ids.sort();
    ids
}

#[tokio::test]
async fn any_bytes_come_back_as_they_went_in() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin().version("2.0.0");
    let bytes: Vec<u8> = (0..=255).collect();
    for document in Document::of_each_kind("bytes") {
        document.put_bytes(&admin, "application/x-own; a=b", &bytes).await.is(204);
        let seen = document.get(&admin).await.expect(200);
        assert_eq!(seen.bytes, bytes, "{document:?}");
        assert_eq!(seen.header("content-type"), "application/x-own; a=b");
    }
}

#[tokio::test]
async fn a_document_has_a_tag_and_a_moment_also_for_head() {
    let traccia = Traccia::start().await;
    for version in ["1.0.3", "2.0.0"] {
        let admin = traccia.admin().version(version);
        for document in Document::of_each_kind(version) {
            document.put(&admin, &json!({"a": 1})).header("if-none-match", "*").await.is(204);
            let seen = document.get(&admin).await.expect(200);
            let tag = seen.header("etag");
            assert!(tag.starts_with('"') && tag.ends_with('"'), "quoted: {tag}");
            assert!(seen.header("last-modified").ends_with("GMT"), "{seen}");
            let head = document.head(&admin).await.expect(200);
            assert_eq!(head.header("etag"), tag);
            assert!(head.bytes.is_empty());
        }
    }
}

#[tokio::test]
async fn a_tag_follows_the_content() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let state = Document::state("tag");
    state.put(&admin, &json!({"a": 1})).await.is(204);
    let first = state.get(&admin).await.header("etag");
    state.put(&admin, &json!({"a": 2})).await.is(204);
    let second = state.get(&admin).await.header("etag");
    assert_ne!(first, second);
    state.put(&admin, &json!({"a": 1})).await.is(204);
    assert_eq!(state.get(&admin).await.header("etag"), first);
}

#[tokio::test]
async fn a_wrong_tag_is_412_and_changes_nothing() {
    let traccia = Traccia::start().await;
    let wrong = "\"0000000000000000000000000000000000000000\"";
    for version in ["1.0.3", "2.0.0"] {
        let admin = traccia.admin().version(version);
        for document in Document::of_each_kind(version) {
            document.put(&admin, &json!({"a": 1})).header("if-none-match", "*").await.is(204);
            let again = document.put(&admin, &json!({"a": 2})).header("if-none-match", "*").await;
            again.problem(412);
            document.put(&admin, &json!({"a": 2})).header("if-match", wrong).await.problem(412);
            document.post(&admin, &json!({"b": 2})).header("if-match", wrong).await.problem(412);
            document.delete(&admin).header("if-match", wrong).await.problem(412);
            assert_eq!(document.get(&admin).await.expect(200).json(), json!({"a": 1}));
        }
    }
}

#[tokio::test]
async fn the_right_tag_lets_through() {
    let traccia = Traccia::start().await;
    for version in ["1.0.3", "2.0.0"] {
        let admin = traccia.admin().version(version);
        for document in Document::of_each_kind(version) {
            document.put(&admin, &json!({"a": 1})).header("if-none-match", "*").await.is(204);
            let tag = document.get(&admin).await.header("etag");
            document.put(&admin, &json!({"a": 2})).header("if-match", &tag).await.is(204);
            let tag = document.get(&admin).await.header("etag");
            document.post(&admin, &json!({"b": 3})).header("if-match", &tag).await.is(204);
            let seen = document.get(&admin).await.expect(200);
            assert_eq!(seen.json(), json!({"a": 2, "b": 3}));
            document.delete(&admin).header("if-match", &seen.header("etag")).await.is(204);
            document.get(&admin).await.problem(404);
        }
    }
}

#[tokio::test]
async fn several_tags_and_a_weak_one_may_be_offered() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let profile = Document::agent_profile("tags");
    profile.put(&admin, &json!({"a": 1})).header("if-none-match", "*").await.is(204);
    let tag = profile.get(&admin).await.header("etag");
    let offered = format!("\"other\", {tag}");
    profile.put(&admin, &json!({"a": 2})).header("if-match", &offered).await.is(204);
    profile.put(&admin, &json!({"a": 3})).header("if-match", "*").await.is(204);
}

#[tokio::test]
async fn under_1_0_3_a_profile_needs_a_condition_and_a_state_does_not() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let state = Document::state("bare");
    state.put(&admin, &json!({"a": 1})).await.is(204);
    state.put(&admin, &json!({"a": 2})).await.is(204);
    for profile in [Document::activity_profile("bare"), Document::agent_profile("bare")] {
        profile.put(&admin, &json!({"a": 1})).await.problem(400);
        profile.get(&admin).await.problem(404);
        profile.put(&admin, &json!({"a": 1})).header("if-none-match", "*").await.is(204);
        profile.put(&admin, &json!({"a": 2})).await.problem(409);
        assert_eq!(profile.get(&admin).await.json(), json!({"a": 1}));
    }
}

#[tokio::test]
async fn under_2_0_an_existing_document_needs_a_condition_and_a_new_one_does_not() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin().version("2.0.0");
    for document in Document::of_each_kind("bare") {
        document.put(&admin, &json!({"a": 1})).await.is(204);
        document.put(&admin, &json!({"a": 2})).await.problem(409);
        assert_eq!(document.get(&admin).await.json(), json!({"a": 1}), "{document:?}");
    }
}

#[tokio::test]
async fn post_merges_the_top_level_only() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for document in Document::of_each_kind("merge") {
        document.post(&admin, &json!({"x": 1, "deep": {"a": 1, "b": 2}})).await.is(204);
        document.post(&admin, &json!({"y": null, "deep": {"c": 3}})).await.is(204);
        let seen = document.get(&admin).await.expect(200);
        assert_eq!(seen.json(), json!({"x": 1, "deep": {"c": 3}, "y": null}), "{document:?}");
        assert!(seen.header("content-type").starts_with("application/json"));
    }
}

#[tokio::test]
async fn only_objects_can_be_merged() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let state = Document::state("list");
    state.put(&admin, &json!([1, 2])).await.is(204);
    state.post(&admin, &json!({"a": 1})).await.problem(400);
    let state = Document::state("object");
    state.put(&admin, &json!({"a": 1})).await.is(204);
    state.post(&admin, &json!([1])).await.problem(400);
    let state = Document::state("text");
    state.put_bytes(&admin, "text/plain", b"{\"a\": 1}").await.is(204);
    state.post(&admin, &json!({"b": 1})).await.problem(400);
    assert_eq!(state.get(&admin).await.text(), "{\"a\": 1}");
}

#[tokio::test]
async fn a_list_gives_the_ids_and_since_only_newer_ones() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin().version("2.0.0");
    for (one, two) in Document::of_each_kind("one").iter().zip(&Document::of_each_kind("two")) {
        one.put(&admin, &json!({"a": 1})).await.is(204);
        two.put(&admin, &json!({"a": 1})).await.is(204);
        assert_eq!(sorted(&one.list(&admin).await.expect(200).json()), ["one", "two"]);
        let long_ago = one.list(&admin).query(&[("since", "2020-01-01T00:00:00Z")]).await;
        assert_eq!(sorted(&long_ago.expect(200).json()), ["one", "two"]);
        let ahead = one.list(&admin).query(&[("since", "2200-01-01T00:00:00Z")]).await;
        assert_eq!(ahead.expect(200).json(), json!([]));
    }
}

#[tokio::test]
async fn a_registration_and_an_agent_have_states_of_their_own() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let plain = Document::state("own");
    let registered = plain.clone().where_("registration", &new_id());
    let of_bruno = plain.clone().where_("agent", &agent("bruno").to_string());
    plain.put(&admin, &json!({"who": "plain"})).await.is(204);
    registered.put(&admin, &json!({"who": "registered"})).await.is(204);
    of_bruno.put(&admin, &json!({"who": "bruno"})).await.is(204);
    for (document, who) in [(&plain, "plain"), (&registered, "registered"), (&of_bruno, "bruno")] {
        assert_eq!(document.get(&admin).await.expect(200).json()["who"], who);
    }
    registered.delete(&admin).await.is(204);
    registered.get(&admin).await.problem(404);
    plain.get(&admin).await.is(200);
}

#[tokio::test]
async fn the_same_agent_written_otherwise_has_the_same_documents() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let state = Document::state("same");
    state.put(&admin, &json!({"a": 1})).await.is(204);
    let named = json!({"name": "Anna", "mbox": "mailto:anna@example.org"}).to_string();
    state.clone().where_("agent", &named).get(&admin).await.is(200);
}

#[tokio::test]
async fn all_states_of_an_activity_can_be_deleted_at_once() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let (one, two) = (Document::state("one"), Document::state("two"));
    let other = Document::state("one").where_("agent", &agent("bruno").to_string());
    for document in [&one, &two, &other] {
        document.put(&admin, &json!({"a": 1})).await.is(204);
    }
    one.delete_all(&admin).await.is(204);
    one.get(&admin).await.problem(404);
    assert_eq!(one.list(&admin).await.expect(200).json(), json!([]));
    other.get(&admin).await.is(200);
}

#[tokio::test]
async fn deleting_what_is_not_there_is_no_failure() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for document in Document::of_each_kind("never") {
        document.delete(&admin).await.is(204);
    }
}

#[tokio::test]
async fn profiles_cannot_be_deleted_all_at_once() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    Document::agent_profile("one").delete_all(&admin).await.problem(400);
    Document::activity_profile("one").delete_all(&admin).await.problem(400);
}

#[tokio::test]
async fn a_document_outlives_a_restart() {
    let traccia = Traccia::program().await;
    let state = Document::state("long");
    state.put(&traccia.admin(), &json!({"a": 1})).await.is(204);
    let tag = state.get(&traccia.admin()).await.header("etag");
    let traccia = traccia.restart().await;
    assert_eq!(state.get(&traccia.admin()).await.expect(200).header("etag"), tag);
}

#[tokio::test]
async fn a_put_keeps_any_bytes_whatever_they_are_called() {
    let traccia = Traccia::start().await;
    let who = traccia.admin();
    // Players send suspend data as application/json that is none; losing a bookmark would be worse.
    let state = Document::state("bookmark");
    state.put_bytes(&who, "application/json", b"page=3").await.is(204);
    assert_eq!(state.get(&who).await.expect(200).bytes, b"page=3");
}

#[tokio::test]
async fn a_tag_that_cannot_be_read_does_not_pass_for_none() {
    let traccia = Traccia::start().await;
    let who = traccia.admin();
    let state = Document::state("guarded");
    state.put(&who, &json!({"a": 1})).await.is(204);
    state.put(&who, &json!({"a": 2})).header("if-match", "\"\u{e9}\"").await.problem(400);
    assert_eq!(state.get(&who).await.expect(200).json(), json!({"a": 1}));
}

#[tokio::test]
async fn a_copy_is_not_shown_before_it_was_asked_for_again() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let id = admin.store_one(&Statement::new().json()).await;
    let state = Document::state("fresh");
    state.put(&admin, &json!({"a": 1})).await.is(204);
    let (anna, golf) = (agent("anna").to_string(), activity_iri("golf"));
    for ask in [
        state.get(&admin),
        state.head(&admin),
        state.list(&admin),
        admin.get("/statements"),
        admin.get("/statements").query(&[("statementId", &id)]),
        admin.get("/agents").query(&[("agent", &anna)]),
        admin.get("/activities").query(&[("activityId", &golf)]),
        admin.get("/about"),
    ] {
        let reply = ask.await.expect(200);
        assert_eq!(reply.header("cache-control"), "no-cache", "{reply}");
    }
    let refused = Document::state("none").get(&admin).await.expect(404);
    assert_eq!(refused.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn who_has_the_document_already_is_told_so_without_it() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for document in Document::of_each_kind("had") {
        document.put(&admin, &json!({"a": 1})).header("if-none-match", "*").await.is(204);
        let first = document.get(&admin).await.header("etag");
        for had in [first.clone(), format!("\"other\", W/{first}"), "*".to_owned()] {
            for ask in [document.get(&admin), document.head(&admin)] {
                let reply = ask.header("if-none-match", &had).await.expect(304);
                assert!(reply.bytes.is_empty(), "{reply}");
                assert_eq!(reply.header("etag"), first);
                assert_eq!(reply.header("cache-control"), "no-cache");
                assert_eq!(reply.header("x-experience-api-version"), "1.0.3");
            }
        }
        document.post(&admin, &json!({"b": 2})).await.is(204);
        let changed = document.get(&admin).header("if-none-match", &first).await.expect(200);
        assert_eq!(changed.json(), json!({"a": 1, "b": 2}));
        document.delete(&admin).await.is(204);
        document.get(&admin).header("if-none-match", &first).await.problem(404);
    }
    let nobody = traccia.anonymous();
    Document::state("had").get(&nobody).header("if-none-match", "*").await.problem(401);
}

#[tokio::test]
async fn who_stores_a_document_is_told_its_tag() {
    let traccia = Traccia::start().await;
    for version in ["1.0.3", "2.0.0"] {
        let admin = traccia.admin().version(version);
        for document in Document::of_each_kind(version) {
            let put = document.put(&admin, &json!({"a": 1})).header("if-none-match", "*").await;
            let tag = put.expect(204).header("etag");
            assert_eq!(document.get(&admin).await.header("etag"), tag);
            let post = document.post(&admin, &json!({"b": 2})).header("if-match", &tag).await;
            let tag = post.expect(204).header("etag");
            let seen = document.get(&admin).await;
            assert_eq!((seen.header("etag"), seen.json()), (tag.clone(), json!({"a": 1, "b": 2})));
            let gone = document.delete(&admin).header("if-match", &tag).await.expect(204);
            assert_eq!(gone.maybe_header("etag"), None);
        }
    }
}

#[tokio::test]
async fn a_first_post_is_a_json_object_too() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for document in Document::of_each_kind("first") {
        document.post(&admin, &json!([1, 2])).await.problem(400);
        document.post_bytes(&admin, "application/json", b"\"text\"").await.problem(400);
        document.post_bytes(&admin, "application/json", b"{").await.problem(400);
        document.post_bytes(&admin, "text/plain", b"{}").await.problem(400);
        document.get(&admin).await.problem(404);
        document.post(&admin, &json!({"a": 1})).await.is(204);
        assert_eq!(document.get(&admin).await.expect(200).json(), json!({"a": 1}));
    }
}

#[tokio::test]
async fn a_refusal_names_the_clause_of_the_version_that_is_spoken() {
    let traccia = Traccia::start().await;
    let (old, new) = (traccia.admin(), traccia.admin().version("2.0.0"));
    let state = Document::state("clause");
    state.put(&new, &json!({"a": 1})).await.is(204);
    let refused = state.put(&new, &json!({"a": 2})).await.problem(409);
    assert_eq!(refused.body["clause"], "xAPI 2.0.0 4.1.4");
    let profile = Document::agent_profile("clause");
    profile.put(&new, &json!({"a": 1})).await.is(204);
    let refused = profile.put(&old, &json!({"a": 2})).await.problem(409);
    assert_eq!(refused.body["clause"], "xAPI 1.0.3 Communication 3.1");
}

#[tokio::test]
async fn a_document_is_no_page_of_traccias() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let script = b"<script>fetch('/api/v1/keys')</script>";
    for (kind, is_saved) in [
        ("text/html", true),
        ("image/svg+xml", true),
        ("application/xhtml+xml; charset=utf-8", true),
        ("application/pdf", true),
        ("text/plain", false),
        ("application/json", false),
        ("image/png", false),
    ] {
        let state = Document::state(kind);
        state.put_bytes(&admin, kind, script).await.is(204);
        let (anna, golf) = (agent("anna").to_string(), activity_iri("golf"));
        let form = [("stateId", kind), ("agent", &anna), ("activityId", &golf)];
        for ask in [state.get(&admin), admin.post("/activities/state?method=GET").form(&form)] {
            let seen = ask.await.expect(200);
            assert_eq!(seen.header("content-type"), kind);
            assert_eq!(seen.header("content-security-policy"), "sandbox; default-src 'none'");
            assert_eq!(seen.header("x-content-type-options"), "nosniff");
            let saved = seen.maybe_header("content-disposition");
            assert_eq!(saved.as_deref(), is_saved.then_some("attachment"), "{kind}");
        }
    }
}
