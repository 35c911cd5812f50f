//! What a refusal says to those who look for the row that was refused, and in which language.

use e2e::{Client, Document, Multipart, Problem, Statement, Traccia, account, activity, new_id};
use serde_json::{Value, json};

const ITALIAN: (&str, &str) = ("accept-language", "it-IT,it;q=0.9,en;q=0.5");

async fn refused(who: &Client, batch: &Value, language: &str) -> Problem {
    let ask = who.post("/statements").json(batch).header("accept-language", language);
    ask.await.problem(400)
}

/// A batch as Moodle sends it, whose third and fourth rows are wrong.
fn batch() -> Value {
    let row = |name: Value| {
        let who = json!({"account": {"homePage": "https://moodle.example.it", "name": name}});
        Statement::new().by(who).did("completed").to(activity("quiz-5")).json()
    };
    let second = Statement::new().to(activity("page")).with("/result/duration", json!("1 hour"));
    json!([row(json!("7")), row(json!("8")), row(json!(1042)), second.json()])
}

#[tokio::test]
async fn a_refused_statement_of_a_batch_is_named_by_what_it_is_about() {
    let traccia = Traccia::start().await;
    let problem = refused(&traccia.admin(), &batch(), "en").await;
    let detail = problem.body["detail"].as_str().unwrap();
    let row = "Statement 3 (verb http://adlnet.gov/expapi/verbs/completed, \
               object https://example.org/activities/quiz-5, \
               actor account:https://moodle.example.it|1042): ";
    assert!(detail.starts_with(row), "{detail}");
    assert!(detail.ends_with("(1 more)"), "{detail}");
    assert_eq!(problem.body["statement"], 2, "for programs, from 0");
    let subjects = problem.body["subjects"].as_array().unwrap();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert_eq!(subjects[0]["statement"], 2);
    assert_eq!(subjects[0]["actor"], "account:https://moodle.example.it|1042");
    assert_eq!(subjects[1]["statement"], 3);
    assert_eq!(subjects[1]["object"], "https://example.org/activities/page");
}

#[tokio::test]
async fn so_is_one_that_is_refused_beyond_its_form() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let kept = Statement::new().id(&new_id());
    admin.store_one(&kept.json()).await;
    let other = kept.by(account("https://moodle.example.it", "9")).json();
    let conflict = admin.post("/statements").json(&json!([Statement::new().json(), other])).await;
    let conflict = conflict.problem(409);
    let detail = conflict.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("Statement 2 (verb ") && detail.contains("|9)"), "{detail}");

    let attachment = json!([{"usageType": "https://example.org/file", "display": {"en": "File"},
        "contentType": "text/plain", "length": 1, "sha2": "0".repeat(64)}]);
    let lacking = Statement::new().with("/attachments", attachment).json();
    let body = Multipart::of(&json!([Statement::new().json(), Statement::new().json(), lacking]));
    let missing = admin.post("/statements").multipart(&body).await.problem(400);
    assert!(
        missing.body["detail"].as_str().unwrap().starts_with("Statement 3 (verb "),
        "{missing:?}"
    );
    assert_eq!(missing.body["rule"], "attachment-missing");
    assert_eq!(missing.body["subjects"][0]["statement"], 2);
}

#[tokio::test]
async fn an_equal_id_is_named_by_the_place_that_people_count() {
    let traccia = Traccia::start().await;
    let one = Statement::new().id(&new_id()).json();
    let problem = refused(&traccia.admin(), &json!([one, one]), "en").await;
    let detail = problem.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("Statement 2 (") && detail.contains("statement 1 of"), "{detail}");
}

#[tokio::test]
async fn who_reads_italian_is_told_in_italian() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let problem = refused(&admin, &batch(), ITALIAN.1).await;
    assert_eq!(problem.body["title"], "Richiesta non valida");
    let detail = problem.body["detail"].as_str().unwrap();
    let row = "Statement 3 (verbo http://adlnet.gov/expapi/verbs/completed, \
               oggetto https://example.org/activities/quiz-5, \
               attore account:https://moodle.example.it|1042): Ogni valore ha il tipo JSON";
    assert!(detail.starts_with(row) && detail.ends_with("(e altri 1)"), "{detail}");
    assert!(problem.body["remedy"].as_str().unwrap().starts_with("Inviare numeri"), "{problem:?}");
    let violations = problem.violations();
    assert_eq!(violations[0]["pointer"], "/actor/account/name", "what programs read stays");
    assert!(violations[1]["message"].as_str().unwrap().starts_with("Una durata"), "{violations:?}");
    let english = refused(&admin, &batch(), "en-GB, it;q=0.5").await;
    assert_eq!(english.body["title"], "Bad Request");
}

#[tokio::test]
async fn every_refusal_of_xapi_is_said_in_italian() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let state = Document::state("said");
    state.put(&admin, &json!({})).await.is(204);
    let id = new_id();
    for (ask, says) in [
        (
            admin.get("/statements").query(&[("Limit", "1")]),
            "Il parametro `Limit` qui non è conosciuto.",
        ),
        (admin.get("/statements").query(&[("limit", "x")]), "Il valore del parametro `limit`"),
        (admin.get("/agents"), "Manca il parametro `agent`."),
        (admin.get("/statements").query(&[("statementId", &*id)]), "Non c'è niente"),
        (admin.put("/statements").query(&[("statementId", "x")]).json(&json!({})), "`statementId`"),
        (admin.post("/statements").body("text/plain", "x"), "`text/plain`"),
        (admin.post("/statements?method=BREW").untyped(""), "La richiesta alternativa"),
        (admin.version("3").get("/statements"), "X-Experience-API-Version"),
        (admin.delete("/statements"), "Questa risorsa non prevede"),
        (admin.get("/nothing-here"), "A questo indirizzo non c'è niente."),
        (traccia.anonymous().get("/statements"), "La richiesta non ha credenziali valide."),
        (state.put(&admin, &json!({})).header("if-none-match", "*"), "Il documento non è quello"),
        (state.post(&admin, &json!([])), "POST unisce oggetti JSON"),
    ] {
        let reply = ask.header(ITALIAN.0, ITALIAN.1).await;
        let problem = reply.problem(reply.status.as_u16());
        let detail = problem.body["detail"].as_str().unwrap();
        assert!(detail.contains(says), "{detail}");
        assert_eq!(reply.header("content-language"), "it");
        assert!(reply.header("vary").to_lowercase().contains("accept-language"), "{reply}");
    }
}

#[tokio::test]
async fn a_byte_order_mark_and_half_a_character_are_named() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let statement = Statement::new().json().to_string();
    let marked = format!("\u{feff}{statement}").into_bytes();
    let utf_16: Vec<u8> = "\u{feff}[]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cut = statement.replacen('{', "{\"result\":{\"response\":\"ok \\ud83d\"},", 1);
    let bytes = [b"[\"", &[0xed, 0xa0, 0xbd][..], b"\"]"].concat();
    for (body, rule, says) in [
        (marked.clone(), "json-byte-order-mark", "byte order mark"),
        ([b"\xef\xbb\xbf[]", &[][..]].concat(), "json-byte-order-mark", "byte order mark"),
        (utf_16, "json-utf8", "UTF-16"),
        (cut.clone().into_bytes(), "json-surrogate", "half of a surrogate pair"),
        (format!("[{cut}]").into_bytes(), "json-surrogate", "half of a surrogate pair"),
        (bytes, "json-surrogate", "half of a surrogate pair"),
    ] {
        let problem = admin.post("/statements").body("application/json", body).await.problem(400);
        assert_eq!(problem.body["rule"], rule, "{problem:?}");
        assert!(problem.says(says), "{problem:?}");
    }
    let state = Document::state("marked");
    let problem = state.post_bytes(&admin, "application/json", &marked).await.problem(400);
    assert!(problem.says("byte order mark"), "{problem:?}");
}
