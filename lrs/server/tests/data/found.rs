//! Statements beyond the filters of the standard, and the tables as OData.

use serde_json::{Value, json};

use crate::served::Served;

const STATEMENTS: &str = "/api/v1/statements";

async fn page(served: &Served, query: &str) -> Value {
    served.ok(&format!("{STATEMENTS}?{query}")).await.json().await.unwrap()
}

fn ids(page: &Value) -> Vec<String> {
    let id = |it: &Value| it["id"].as_str().unwrap().to_owned();
    page["statements"].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_are_found_by_columns_names_and_times() {
    let served = Served::start().await;
    for (query, count) in [
        ("where=verb%3Dpassed", 16),
        ("where=verb%3Dpassed%7Cfailed", 24),
        ("where=verb%3Dpassed&where=timestamp%3C2025-01-09T08:05:00%2B01:00", 0),
        (
            "where=interaction_type%3Dchoice&where=success%3Dfalse&where=object%5E%3Dhttps://x.example/test/i1",
            10,
        ),
        ("text=STORYLINE", 0),
        ("text=L7@X.example&where=verb%3Dpassed", 1),
        ("where=verb%3Dpassed&until=2025-01-09T07:00:00Z", 0),
    ] {
        let found = page(&served, &format!("{query}&limit=1000")).await;
        assert_eq!(ids(&found).len(), count, "{query}");
        assert_eq!(found["more"], "", "{query}");
    }
    let voided = page(&served, "where=source%3Dstoryline&voided=include&limit=1000").await;
    let standing = page(&served, "where=source%3Dstoryline&limit=1000").await;
    assert_eq!(ids(&voided).len() - ids(&standing).len(), 4, "two voided, two that void");
    let counted = page(&served, "where=source%3Dstoryline&count=true&limit=1").await;
    assert_eq!(counted["count"], ids(&standing).len());
    let more: Value = served.ok(counted["more"].as_str().unwrap()).await.json().await.unwrap();
    assert_eq!((ids(&more), more.get("count")), (vec![ids(&standing)[1].clone()], None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_follow_one_another_and_every_format_has_the_same_statements() {
    let served = Served::start().await;
    let whole = page(&served, "where=source%3Dmoodle&limit=1000").await;
    let (mut all, mut next) = (Vec::new(), format!("{STATEMENTS}?where=source%3Dmoodle&limit=70"));
    while !next.is_empty() {
        let found: Value = served.ok(&next).await.json().await.unwrap();
        assert!(ids(&found).len() <= 70);
        all.extend(ids(&found));
        found["more"].as_str().unwrap().clone_into(&mut next);
    }
    assert_eq!(all, ids(&whole));
    let text = async |form: &str| {
        let path = format!("{STATEMENTS}?where=source%3Dmoodle&format={form}");
        served.ok(&path).await.bytes().await.unwrap()
    };
    let ndjson = text("ndjson").await;
    let line = |line: &[u8]| serde_json::from_slice::<Value>(line).unwrap()["id"].clone();
    let lines = ndjson.split(|byte| *byte == b'\n').filter(|it| !it.is_empty());
    assert_eq!(
        lines.map(line).collect::<Vec<_>>(),
        all.iter().map(|it| json!(it)).collect::<Vec<_>>()
    );
    let csv = String::from_utf8(text("csv").await.to_vec()).unwrap();
    assert_eq!(
        csv.lines().skip(1).map(|it| it.split(',').next().unwrap()).collect::<Vec<_>>(),
        all
    );
    assert!(csv.starts_with("id,stored,"));
    assert!(text("xlsx").await.starts_with(b"PK"));
    let nothing = served.ok(&format!("{STATEMENTS}?where=verb%3Dnone&format=csv")).await;
    assert_eq!(nothing.text().await.unwrap().lines().count(), 1, "the header");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_looked_for_is_said_and_a_key_finds_its_own_alone() {
    let served = Served::start().await;
    for query in [
        "where=colour%3Dred",
        "where=verb",
        "where=verb%3Dx&format=pdf",
        "text=a&count=true",
        "where=verb%3Dx&agent=a",
    ] {
        let status = served.get(&format!("{STATEMENTS}?{query}"), &[]).await.status();
        assert_eq!(status, 400, "{query}");
    }
    let (key, secret) = served.key(&["statements/read/mine"]).await;
    let own = served.http.get(format!("{}{STATEMENTS}?where=verb%3Dpassed&count=true", served.url));
    let own = own.basic_auth(key, Some(secret)).send().await.unwrap();
    let own: Value = own.json().await.unwrap();
    assert_eq!((ids(&own).len(), &own["count"]), (0, &json!(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_odata_client_reads_every_row_once() {
    let served = Served::start().await;
    let address = format!("{}/api/v1/odata/", served.url);
    let arguments = [address.clone(), "seed".into(), "secret".into()];
    let read = tokio::task::spawn_blocking(move || {
        crate::python("by_odata.py", &arguments.each_ref().map(String::as_str))
    });
    let Some(read) = read.await.unwrap() else { return };
    let ndjson = served.ok("/api/v1/data/statements").await.text().await.unwrap();
    let mut expected: Vec<String> = ndjson
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    let first: Vec<String> = expected.iter().take(3).cloned().collect();
    expected.sort();
    assert_eq!(read["all"], json!(expected));
    assert_eq!(read["first"], json!(first));
    assert_eq!((&read["passed"], &read["version"]), (&json!(16), &json!("4.0")));
    let learners = served.ok("/api/v1/data/learners").await.text().await.unwrap().lines().count();
    assert!(learners >= 40, "{learners}");
    assert_eq!((&read["learners"], &read["counted"]), (&json!(learners), &json!(learners)));
    assert_eq!(read["refused"], json!([400, 400, 400, 501, 501, 400]));
    let tables = read["tables"].as_array().unwrap();
    assert!(tables.contains(&json!("raw")) && tables.contains(&json!("context_activities")));
    let week = read["week"].as_array().unwrap();
    let stored = |row: &Value| row["stored"].as_str().unwrap().to_owned();
    assert!(
        !week.is_empty() && week.iter().all(|row| stored(row).starts_with("2025-02-0")),
        "{week:?}"
    );
    assert_eq!(week[0].as_object().unwrap().len(), 2, "the columns that were selected");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn next_links_carry_on_what_was_asked_and_who_may_not_read_identities_has_no_such_table() {
    let served = Served::start().await;
    let first = "/api/v1/odata/statements?$top=7&$select=id&$filter=source%20eq%20'moodle'";
    let page: Value = served.ok(first).await.json().await.unwrap();
    assert_eq!(page["value"].as_array().unwrap().len(), 7);
    assert!(page.get("@odata.nextLink").is_none(), "seven are all that were wanted");
    let (key, secret) = served.key(&["data/read"]).await;
    let get = async |path: &str| {
        let request = served.http.get(format!("{}/api/v1/odata/{path}", served.url));
        request.basic_auth(&key, Some(&secret)).send().await.unwrap()
    };
    let tables: Value = get("").await.json().await.unwrap();
    let names: Vec<&str> =
        tables["value"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"statements") && !names.contains(&"identities"), "{names:?}");
    assert_eq!(get("raw").await.status(), 403);
    assert!(!get("$metadata").await.text().await.unwrap().contains("identities_row"));
}

/// All rows by next links, and how many each page has.
async fn crawl(served: &Served, path: &str) -> (Vec<Value>, Vec<usize>) {
    let (mut rows, mut pages, mut next) = (Vec::new(), Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let page: Value = served.ok(&path).await.json().await.unwrap();
        let some = page["value"].as_array().unwrap();
        pages.push(some.len());
        rows.extend(some.iter().cloned());
        let link = page.get("@odata.nextLink").map(|link| link.as_str().unwrap());
        next = link.map(|link| link[link.find("/api/").unwrap()..].to_owned());
    }
    (rows, pages)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odata_pages_are_cut_within_statements() {
    let served = Served::start().await;
    let said = |n: u32| {
        let activity = |at: u32| json!({"id": format!("https://x.example/many/{n}/{at}")});
        json!({"actor": {"mbox": "mailto:many@x.example"}, "verb": {"id": "https://v.example/many"},
            "object": {"id": "https://x.example/page"},
            "context": {"contextActivities": {"other": (0..1_300).map(activity).collect::<Vec<_>>()}}})
    };
    let sent = served.http.post(format!("{}/xapi/statements", served.url));
    let sent = sent.basic_auth("seed", Some("secret")).header("x-experience-api-version", "2.0.0");
    let all: Vec<Value> = (0..5).map(said).collect();
    assert_eq!(sent.json(&all).send().await.unwrap().status(), 200);
    let path = "/api/v1/odata/context_activities?$select=activity\
        &$filter=startswith(activity,'https://x.example/many/')";
    let (rows, pages) = crawl(&served, path).await;
    assert!(pages.iter().all(|rows| *rows <= 5_000) && pages.len() > 1, "{pages:?}");
    let different: std::collections::BTreeSet<String> = rows.iter().map(Value::to_string).collect();
    assert_eq!((rows.len(), different.len()), (6_500, 6_500));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_for_odata_clients_are_those_of_odata_and_links_are_not_made_up() {
    let served = Served::start().await;
    for (query, status) in [
        ("$expand=agents", 501),
        ("$skip=5", 501),
        ("$search=a", 501),
        ("$skiptoken=0~9~~99999999999999999999", 400),
        ("$skiptoken=0~9~~18446744073709551615", 400),
        ("$apply=aggregate", 501),
    ] {
        let refused = served.get(&format!("/api/v1/odata/statements?{query}"), &[]).await;
        assert_eq!(refused.status(), status, "{query}");
        let kind = refused.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(kind.starts_with("application/json"), "{kind}");
        let body: Value = refused.json().await.unwrap();
        assert!(body["error"]["code"].is_string(), "{body}");
        assert!(body["error"]["message"].is_string(), "{body}");
    }
    let italian = [(reqwest::header::ACCEPT_LANGUAGE, "it")];
    let refused = served.get("/api/v1/odata/statements?$expand=agents", &italian).await;
    let body: Value = refused.json().await.unwrap();
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.contains("Il servizio OData non ammette"), "{message}");
}
