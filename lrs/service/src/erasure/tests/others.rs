//! What others do while somebody is erased, and what others are told.

use super::*;

/// Says something of the person whenever statements are about to be rewritten.
struct GoesOn(Arc<dyn Store>, Mutex<u32>);

#[async_trait]
impl Hook for GoesOn {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        if method == "rewrite_statements" {
            let number = {
                let mut number = self.1.lock().unwrap();
                *number += 2;
                *number
            };
            assert!(number < 1_000, "the erasure has no end");
            let hers = sample::with(sample::statement(number), "actor", sample::person("p0"));
            sample::put(&self.0, &[hers]).await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn somebody_who_goes_on_naming_the_person_keeps_no_erasure_from_ending() {
    let world = World::new().await;
    let goes_on = GoesOn(Arc::clone(&world.store), Mutex::new(100));
    let store: Arc<dyn Store> = Around::new(Arc::clone(&world.store), goes_on);
    let journals: Arc<dyn Journals> = Arc::<NotedJournals>::clone(&world.journals);
    let erasures = Erasures::new(store, Arc::clone(&world.clock), journals, [7; 32]);
    let begun = erasures.begin(&asked(), Actor::Machine).await.unwrap();
    let record = erasures.run(begun.id).await.unwrap();
    assert!(record.counts["statements"] >= 3, "{:?}", record.counts);
    let hers = sample::log(&world.store)
        .await
        .into_iter()
        .filter(|kept| std::str::from_utf8(&kept.statement.body).unwrap().contains("p0@x.example"));
    assert!(hers.count() <= 1, "what was said last alone");
}

/// An identifier that was in a learner list or a request alone is no business of other stores.
#[tokio::test]
async fn other_stores_are_told_the_identifiers_that_were_in_statements() {
    let world = World::new().await;
    let record = json!({
        "settings": {"direction": "push", "url": "https://other.example/xapi"},
        "password": "", "secret": "", "namespace": Uuid::nil(), "generation": 1,
        "state": crate::pipes::PipeState::default(),
    });
    assert!(world.store.add_pipe("p", &record.to_string()).await.unwrap());
    let others = vec!["mailto:anna.secret@x.example".to_owned()];
    let erasures = world.erasures();
    let begun = erasures.begin(&ErasureAsked { others, ..asked() }, Actor::Machine).await.unwrap();
    let done = erasures.run(begun.id).await.unwrap();
    assert_eq!(done.counts.get("pipes"), Some(&1));
    let kept = world.store.pipe("p").await.unwrap().unwrap().record;
    assert!(kept.contains("p0@x.example") && !kept.contains("anna.secret"), "{kept}");
}

/// What nobody has asked for is said before it is done.
#[tokio::test]
async fn a_dry_run_counts_statements_of_others_that_would_change() {
    let world = World::new().await;
    let says = |n: u32, response: &str| {
        sample::with(sample::statement(n), "result", json!({"response": response}))
    };
    let about = sample::with(
        says(22, "of anna.rossi"),
        "object",
        json!({"objectType": "Agent", "mbox": "mailto:p0@x.example"}),
    );
    let all = [says(20, "of anna.rossi"), says(21, "of P0@x.example"), about, says(23, "of bruno")];
    sample::put(&world.store, &all).await;
    let others = vec!["account:https://x.example|anna.rossi".to_owned()];
    let asked = ErasureAsked { others, ..asked() };
    let counts = world.erasures().preview(&asked).await.unwrap().counts;
    assert_eq!((counts["statements"], counts["others"]), (4, 1), "{counts:?}");
}

#[tokio::test]
async fn what_another_store_answered_last_loses_the_person() {
    let world = World::new().await;
    let record = |settings: Value| {
        json!({
            "settings": settings, "password": "", "secret": "", "namespace": Uuid::nil(), "generation": 1,
            "state": {"cursor": 7, "attempts": 0, "retry_at": null, "delivered": 3, "through": null, "is_consistent": false,
                "paused": {"is_alarm": true, "reason": "404: P0@x.example is not known", "at": 5},
                "last": {"at": 5, "status": 404, "is_good": false, "detail": "no such person: p0@x.example"}},
        })
    };
    let settings = json!({"direction": "webhook", "url": "https://other.example/hook"});
    assert!(world.store.add_pipe("p", &record(settings).to_string()).await.unwrap());
    // Who is in no statement is not told to other stores.
    let identifier = "mailto:p0@x.example".to_owned();
    let begun = world
        .erasures()
        .begin(&ErasureAsked { identifier, ..asked() }, Actor::Machine)
        .await
        .unwrap();
    let done = world.erasures().run(begun.id).await.unwrap();
    assert_eq!(done.counts["pipe_answers"], 1);
    let kept = world.store.pipe("p").await.unwrap().unwrap().record;
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let state = &kept["state"];
    assert_eq!(state["last"]["detail"], format!("no such person: {}", done.pseudonym));
    assert_eq!(state["paused"]["reason"], format!("404: {} is not known", done.pseudonym));
    assert_eq!((&state["cursor"], &state["delivered"]), (&json!(7), &json!(3)));
}

/// As the open tables see it.
#[tokio::test]
async fn the_page_of_the_person_is_erased_from_their_own_statements() {
    let world = World::new().await;
    let page = json!({"id": "https://moodle.example/user/profile.php?id=7",
        "definition": {"name": {"it": "Profilo di Anna Rossi"}}});
    let hers = sample::with(
        sample::statement(20),
        "actor",
        json!({"account": {"homePage": "https://moodle.example", "name": "7"}}),
    );
    let all = [hers, sample::statement(21)].map(|it| sample::with(it, "object", page.clone()));
    sample::put(&world.store, &all).await;
    let begun = world.erasures().begin(&asked(), Actor::Machine).await.unwrap();
    let done = world.erasures().run(begun.id).await.unwrap();
    let object =
        async |n| sample::kept(&world.store, n).await.statement.value().unwrap()["object"].clone();
    let id = format!("https://moodle.example/user/profile.php?id={}", done.pseudonym);
    assert_eq!(object(20).await, json!({"id": id}));
    assert_eq!(object(21).await["id"], page["id"], "7 may be anything in what others did");
}

/// The work of others is about these others, whoever taught them.
#[tokio::test]
async fn attachments_of_others_stay_but_for_what_has_the_statement_as_it_was() {
    let world = World::new().await;
    let taught = |n: u32, text: &'static str, usage: &str| {
        let of_others = sample::with(
            with_attachment(&sample::statement(n), &attachment(text)),
            "context",
            json!({"instructor": sample::person("p0")}),
        );
        let mut statement = sample::with(of_others, "actor", sample::person("p9"));
        statement["attachments"][0]["usageType"] = json!(usage);
        statement
    };
    let said = sample::with(
        with_attachment(&sample::statement(22), &attachment("said")),
        "result",
        json!({"response": "to p0@x.example"}),
    );
    let said = sample::with(said, "actor", sample::person("p9"));
    let all = [
        taught(20, "work", "https://u.example/u"),
        taught(21, "signed", xapi::signature::USAGE_TYPE),
        said,
    ];
    // She has handed the same file in.
    let own = with_attachment(&sample::statement(23), &attachment("work"));
    let all = all.into_iter().chain([sample::with(own, "actor", sample::person("p0"))]);
    let texts = ["work", "signed", "said", "work"];
    for (statement, text) in all.zip(texts) {
        let mut batch = sample::batch(&[statement]);
        batch.attachments = vec![attachment(text)];
        world.store.put_statements(batch).await.unwrap();
    }
    for mode in [ErasureMode::Pseudonymise, ErasureMode::Delete] {
        let asked = ErasureAsked { mode, ..asked() };
        let begun = world.erasures().begin(&asked, Actor::Machine).await.unwrap();
        world.erasures().run(begun.id).await.unwrap();
        let mut left: Vec<String> = Vec::new();
        for text in ["hers", "shared", "work", "signed", "said"] {
            let found = world.store.attachments(&[attachment(text).sha2]).await.unwrap();
            left.extend(found.first().map(|_| text.to_owned()));
        }
        assert_eq!(left, ["shared", "work", "said"], "{mode:?}");
    }
}

/// Anybody may send a statement of an administrator, and rules of retention erase who is named in old ones alone.
#[tokio::test]
async fn the_audit_log_says_what_those_did_who_sign_in_still() {
    let world = World::new().await;
    let person = access::person::Person {
        name: "p0@x.example".into(),
        label: "Capo".into(),
        role: access::role::Role::Administrator,
        bounds: None,
        learner: Vec::new(),
        is_disabled: false,
        created: world.clock.now(),
        last_sign_in: None,
    };
    let kept = access::person::KeptPerson::new(person);
    assert!(world.store.add_person(kept).await.unwrap());
    let by = || Actor::Person("p0@x.example".into());
    world.audit().note(by(), "key.created", "k7", None).await;
    let of_creation = async || {
        let audit = world.store.audit(&AuditFilter::default(), 10).await.unwrap();
        audit.into_iter().find(|it| it.action == "key.created").unwrap().actor
    };
    let run = async || {
        let begun = world.erasures().begin(&asked(), Actor::Machine).await.unwrap();
        world.erasures().run(begun.id).await.unwrap()
    };
    run().await;
    assert_eq!(of_creation().await, by());
    // Once the account is removed, nobody acts under the name any more.
    let revision = world.store.person("p0@x.example").await.unwrap().unwrap().revision;
    assert!(world.store.remove_person("p0@x.example", revision).await.unwrap());
    let record = run().await;
    assert_eq!(of_creation().await, Actor::Person(record.pseudonym));
}
