//! Who has copies of tables learns which rows of these are of people who were erased since.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::served::Served;

/// The rows of a table, as the server has them now.
async fn rows(served: &Served, table: &str, more: &str) -> Vec<Value> {
    let path = format!("/api/v1/data/{table}?format=ndjson{more}");
    let text = served.ok(&path).await.text().await.unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ids(rows: &[Value], column: &str, value: &Value) -> Vec<Value> {
    rows.iter().filter(|row| row[column] == *value).map(|row| row["id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_of_erasures_names_the_rows_that_every_recipient_has_of_an_erased_person() {
    let served = Served::start().await;
    let recipients = ["", "&recipient=umbria"];
    let mut copies = Vec::new();
    for recipient in recipients {
        copies.push(rows(&served, "statements", recipient).await);
        assert_eq!(rows(&served, "erasures", recipient).await, Vec::<Value>::new());
    }
    let named = rows(&served, "identities", "").await;
    let was = named.iter().find(|row| row["ifi"] == "mbox::mailto:l5@x.example").unwrap();
    let was = was["actor"].clone();
    // Who asks writes the address in other letters than the statements do.
    let wanted = json!({"identifier": "mailto:L5@X.example", "reason": "Art. 17"});
    let begun = served.post("/api/v1/erasures", &wanted, &[]).await;
    assert_eq!(begun.status(), 202);
    let begun: Value = begun.json().await.unwrap();
    let path = format!("/api/v1/erasures/{}", begun["id"].as_str().unwrap());
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let shown: Value = served.ok(&path).await.json().await.unwrap();
        if shown["state"] == "done" {
            break;
        }
        assert!(Instant::now() < deadline, "erased within a minute: {shown}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for (recipient, copy) in recipients.into_iter().zip(copies) {
        let erasures = rows(&served, "erasures", recipient).await;
        assert_eq!(
            erasures.len(),
            4,
            "the address, its hash, and both in small letters: {erasures:?}"
        );
        assert!(erasures.iter().all(|row| row["erasure"] == begun["id"]), "{erasures:?}");
        assert!(erasures.iter().all(|row| row["mode"] == "pseudonymise"), "{erasures:?}");
        // Of a copy from before, `was` finds the person's statements; of the rows that are there now it finds none, and nothing
        // says which are theirs.
        let of_copy: Vec<Value> =
            erasures.iter().flat_map(|row| ids(&copy, "actor", &row["was"])).collect();
        let now = rows(&served, "statements", recipient).await;
        let left: Vec<Value> =
            erasures.iter().flat_map(|row| ids(&now, "actor", &row["was"])).collect();
        assert_eq!(left, Vec::<Value>::new(), "{erasures:?}");
        let columns: Vec<&String> = erasures[0].as_object().unwrap().keys().collect();
        assert_eq!(columns, ["erasure", "at", "was", "mode"]);
        assert!(of_copy.len() > 5, "{of_copy:?}");
        if recipient.is_empty() {
            assert!(erasures.iter().any(|row| row["was"] == was), "{erasures:?}");
        }
        assert!(!format!("{erasures:?}").to_lowercase().contains("l5@x"), "{erasures:?}");
    }
}
