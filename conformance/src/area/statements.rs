//! Storing statements and reading them one by one.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::{with, without};
use crate::failure::Checked;
use crate::fixture::{iri, statement, uuid};
use crate::kept::{self, instant};
use crate::lrs::{Lrs, id_of};

pub(super) fn cases() -> Vec<Case> {
    [storing(), refusing(), reading()].concat()
}

fn storing() -> Vec<Case> {
    cases! {
        "statement-put" => put, ["XAPI-00143", "XAPI-00144", "XAPI-00139"],
            "PUT stores a statement under the id in the query and answers 204";
        "statement-put-without-id" => put_without_id, ["XAPI-00144", "XAPI-00026"],
            "A statement that is PUT takes the id of the query";
        "statement-post" => post, ["XAPI-00146", "XAPI-00147"],
            "POST of one statement answers 200 with a list of its id";
        "statement-post-batch" => post_batch, ["XAPI-00146", "XAPI-00147"],
            "POST of a list answers 200 with the ids in the order sent";
        "statement-id-made" => id_made, ["XAPI-00026", "XAPI-00146"],
            "A statement without an id gets one, and the answer tells it";
        "statement-post-nothing" => post_nothing, ["XC-STATEMENTS-1"],
            "POST of an empty list stores nothing and answers an empty list";
        "statement-stored-set" => stored_set, ["XAPI-00023", "XAPI-00097"],
            "The server sets stored, whatever was sent";
        "statement-timestamp-set" => timestamp_set, ["XC-STATEMENTS-2"],
            "A statement without a timestamp gets the stored time";
        "statement-timestamp-kept" => timestamp_kept, ["XAPI-00122"],
            "A timestamp is kept to the millisecond and stays the same instant";
        "statement-timestamp-future" => timestamp_future, ["XC-TIME-2"],
            "A timestamp in the near future is taken";
        "statement-version-set" => version_set, ["XC-VERSION-2"],
            "A statement without a version is returned with 1.0.0, or one of 2.0";
        "statement-kept-whole" => kept_whole, ["XC-STATEMENTS-3", "XAPI-00002", "XAPI-00015"],
            "Everything that was sent comes back";
        "context-activities-list" => context_list, ["XAPI-00096"],
            "A context activity that is sent alone is returned in a list";
        "statement-many" => many, ["XC-STATEMENTS-4"],
            "A batch of 200 statements is taken and every one of them is there";
    }
}

fn refusing() -> Vec<Case> {
    cases! {
        "statement-put-needs-id" => put_needs_id, ["XAPI-00145"],
            "PUT without a statementId is refused";
        "statement-put-other-id" => put_other_id, ["XC-STATEMENTS-5"],
            "PUT of a statement with another id than the query's is refused";
        "statement-put-bad-id" => put_bad_id, ["XAPI-00012", "XAPI-00145"],
            "PUT under an id that is no UUID is refused";
        "statement-put-list" => put_list, ["XAPI-00144", "XAPI-00014"],
            "PUT of a list is refused";
        "statement-immutable-put" => immutable_put, ["XAPI-00142"],
            "PUT under a known id changes nothing";
        "statement-immutable-post" => immutable_post, ["XAPI-00142"],
            "POST under a known id changes nothing";
        "statement-conflict" => conflict, ["XC-STATEMENTS-6"],
            "Another statement under a known id is answered 409";
        "statement-repeated" => repeated, ["XC-STATEMENTS-7"],
            "The same statement sent again is no conflict";
        "statement-batch-whole" => batch_whole, ["XAPI-00326", "XAPI-00182"],
            "If one statement of a batch is wrong, none of the batch is stored";
        "statement-batch-same-id" => batch_same_id, ["XC-STATEMENTS-8"],
            "A batch with one id twice is refused";
        "statement-refused-not-stored" => refused_not_stored, ["XAPI-00182"],
            "A refused statement is not there afterwards";
        "statement-no-json" => no_json, ["XAPI-00014"],
            "A body that is no JSON is refused";
        "statement-not-utf8" => not_utf8, ["XAPI-00015"],
            "A body that is not UTF-8 is refused";
        "statement-duplicate-key" => duplicate_key, ["XAPI-00021"],
            "An object with one key twice is refused";
        "statement-wrong-content-type" => wrong_content_type, ["XAPI-00127"],
            "A statement under another content type than JSON's is refused";
    }
}

fn reading() -> Vec<Case> {
    cases! {
        "statement-get" => get, ["XAPI-00156", "XAPI-00158", "XAPI-00159", "XAPI-00165"],
            "GET with statementId answers 200 with that statement alone";
        "statement-get-unknown" => get_unknown, ["XC-STATEMENTS-9"],
            "GET of an unknown statement answers 404";
        "statement-get-bad-id" => get_bad_id, ["XAPI-00012"],
            "GET of an id that is no UUID is refused";
        "statement-get-both-ids" => get_both_ids, ["XC-STATEMENTS-10"],
            "GET with statementId and voidedStatementId is refused";
        "statement-get-id-and-filter" => get_id_and_filter, ["XAPI-00151"],
            "GET with statementId and a filter is refused";
        "statement-get-voided-id-and-filter" => get_voided_id_and_filter, ["XAPI-00150"],
            "GET with voidedStatementId and a filter is refused";
        "statement-get-id-and-format" => get_id_and_format, ["XAPI-00151", "XAPI-00158"],
            "GET with statementId may have format and attachments";
        "statement-last-modified" => last_modified, ["XC-STATEMENTS-11"],
            "GET of one statement tells its stored time as Last-Modified";
        "statement-consistent-through" => consistent_through, ["XAPI-00153", "XAPI-00160"],
            "Every answer to a GET tells through when it is consistent, in ISO 8601";
        "statement-consistent-through-holds" => consistent_through_holds, ["XC-STATEMENTS-12"],
            "What was stored before the time told is found";
    }
}

async fn put(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.put("statements").query("statementId", &id_of(&sent)).json(&sent).await?.is(204)?;
    same(&lrs, &sent).await
}

/// Asserts that the statement is stored as it was sent.
async fn same(lrs: &Lrs, sent: &Value) -> Checked {
    let got = lrs.fetch(&id_of(sent)).await?;
    match kept::lost(sent, &got) {
        None => Ok(()),
        Some(at) => Err(crate::failure::Failure::wrong(
            format!("the statement as it was sent, at {at}"),
            got.pointer(&at).unwrap_or(&Value::Null).to_string(),
        )),
    }
}

async fn put_without_id(lrs: Lrs) -> Checked {
    let (id, sent) = (uuid(), without(statement(), "/id"));
    lrs.put("statements").query("statementId", &id).json(&sent).await?.is(204)?;
    same(&lrs, &with(sent, "/id", json!(id))).await
}

async fn post(lrs: Lrs) -> Checked {
    let sent = statement();
    let reply = lrs.post("statements").json(&sent).await?.is(200)?;
    let ids = reply.json()?;
    reply.check(ids == json!([id_of(&sent)]), "a list of the one id", || ids.to_string())?;
    same(&lrs, &sent).await
}

async fn post_batch(lrs: Lrs) -> Checked {
    let sent: Vec<Value> = (0..5).map(|_| statement()).collect();
    let reply = lrs.post("statements").json(&json!(sent)).await?.is(200)?;
    let (ids, want) = (reply.json()?, json!(sent.iter().map(id_of).collect::<Vec<_>>()));
    reply.check(ids == want, "the ids in the order sent", || ids.to_string())?;
    for one in &sent {
        same(&lrs, one).await?;
    }
    Ok(())
}

async fn id_made(lrs: Lrs) -> Checked {
    let sent = without(statement(), "/id");
    let reply = lrs.post("statements").json(&json!([sent.clone(), sent])).await?.is(200)?;
    let ids: Vec<String> = serde_json::from_value(reply.json()?).unwrap_or_default();
    let fine = ids.len() == 2
        && ids.first() != ids.last()
        && ids.iter().all(|id| uuid::Uuid::parse_str(id).is_ok());
    reply.check(fine, "two different UUIDs", || format!("{ids:?}"))?;
    for id in ids {
        same(&lrs, &with(without(lrs.fetch(&id).await?, "/none"), "/id", json!(id))).await?;
    }
    Ok(())
}

async fn post_nothing(lrs: Lrs) -> Checked {
    let reply = lrs.post("statements").json(&json!([])).await?;
    let fine = reply.status() == 400 || (reply.status() == 200 && reply.json()? == json!([]));
    reply.check(fine, "200 with an empty list, or 400", || reply.summary())
}

async fn stored_set(lrs: Lrs) -> Checked {
    let old = "2001-01-01T00:00:00Z";
    let sent = with(statement(), "/stored", json!(old));
    lrs.keep(&sent).await?;
    let reply = lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(200)?;
    let got = reply.json()?;
    let stored = got.get("stored").and_then(Value::as_str).unwrap_or_default().to_owned();
    let fine =
        instant(&stored).is_some_and(|stored| Some(stored) > instant("2020-01-01T00:00:00Z"));
    reply.check(fine, "a stored time set by the server", || stored)
}

async fn timestamp_set(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let reply = lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(200)?;
    let got = reply.json()?;
    let at = |name: &str| got.get(name).and_then(Value::as_str).and_then(instant);
    let fine = at("timestamp").is_some() && at("timestamp") == at("stored");
    reply.check(fine, "a timestamp equal to stored", || got.to_string())
}

async fn timestamp_kept(lrs: Lrs) -> Checked {
    for text in ["2015-11-18T12:17:00.123Z", "2015-11-18T12:17:00.9+02:00"] {
        let sent = with(statement(), "/timestamp", json!(text));
        lrs.keep(&sent).await?;
        same(&lrs, &sent).await?;
    }
    Ok(())
}

async fn timestamp_future(lrs: Lrs) -> Checked {
    let first = statement();
    lrs.keep(&first).await?;
    let stored = lrs.fetch(&id_of(&first)).await?;
    let now = stored.get("stored").and_then(Value::as_str).and_then(instant);
    let five = jiff::SignedDuration::from_mins(5);
    let later = now.and_then(|now| now.checked_add(five).ok()).map(|time| time.to_string());
    let sent = with(statement(), "/timestamp", json!(later));
    lrs.keep(&sent).await?;
    same(&lrs, &sent).await
}

async fn version_set(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let reply = lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(200)?;
    let version = reply.json()?.get("version").cloned().unwrap_or_default();
    let text = version.as_str().unwrap_or_default().to_owned();
    let start = match lrs.version {
        crate::Version::One => text == "1.0.0",
        crate::Version::Two => text.starts_with("2.0") || text == "1.0.0",
    };
    reply.check(start, "the version of the standard", || version.to_string())
}

async fn kept_whole(lrs: Lrs) -> Checked {
    let sent = json!({
        "id": uuid(), "actor": {"objectType": "Agent", "name": "Zoë 日本 \u{1F600}", "mbox": crate::fixture::mailbox()},
        "verb": {"id": iri(), "display": {"en-US": "answered", "it": "ha risposto"}}, "object": crate::fixture::choice(),
        "result": {"score": {"scaled": 0.123_456, "raw": 1e-7}, "success": false, "response": "a\n\"b\"\\", "duration": "PT1H2M3.04S", "extensions": {iri(): [{}, null, ""]}},
        "context": {"registration": uuid(), "language": "it", "contextActivities": {"category": [crate::fixture::activity()]}, "extensions": {iri(): {"a": [[]]}}},
        "timestamp": "2015-11-18T12:17:00.123Z",
    });
    lrs.keep(&sent).await?;
    same(&lrs, &sent).await
}

async fn context_list(lrs: Lrs) -> Checked {
    for key in ["parent", "grouping", "category", "other"] {
        let pointer = format!("/context/contextActivities/{key}");
        let sent = with(statement(), &pointer, crate::fixture::activity());
        lrs.keep(&sent).await?;
        let reply = lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(200)?;
        let got = reply.json()?;
        let list = got.pointer(&pointer).is_some_and(Value::is_array);
        reply.check(list, format!("a list at {pointer}"), || got.to_string())?;
    }
    Ok(())
}

async fn many(lrs: Lrs) -> Checked {
    let verb = iri();
    let sent: Vec<Value> = (0..200).map(|_| with(statement(), "/verb/id", json!(verb))).collect();
    lrs.keep(&json!(sent)).await?;
    let mut missing: std::collections::BTreeSet<String> = sent.iter().map(id_of).collect();
    for found in super::paging::all_pages(&lrs, &[("verb", &verb)]).await? {
        missing.remove(&id_of(&found));
    }
    let first = missing.first().cloned().unwrap_or_default();
    let got = format!("{} missing, among them {first}", missing.len());
    if missing.is_empty() {
        Ok(())
    } else {
        Err(crate::failure::Failure::wrong("all 200 statements", got))
    }
}

async fn put_needs_id(lrs: Lrs) -> Checked {
    lrs.put("statements").json(&statement()).await?.is(400).map(drop)
}

async fn put_other_id(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.put("statements").query("statementId", &uuid()).json(&sent).await?.is(400)?;
    absent(&lrs, &id_of(&sent)).await
}

async fn put_bad_id(lrs: Lrs) -> Checked {
    let sent = without(statement(), "/id");
    lrs.put("statements").query("statementId", "not-a-uuid").json(&sent).await?.is(400).map(drop)
}

async fn put_list(lrs: Lrs) -> Checked {
    let sent = statement();
    let ask = lrs.put("statements").query("statementId", &id_of(&sent));
    ask.json(&json!([sent])).await?.is(400).map(drop)
}

async fn immutable_put(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let other = with(sent.clone(), "/verb/id", json!(iri()));
    let ask = lrs.put("statements").query("statementId", &id_of(&sent)).json(&other);
    ask.await?.has_one_of(&[409, 204])?;
    same(&lrs, &sent).await
}

async fn immutable_post(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let other = with(sent.clone(), "/verb/id", json!(iri()));
    lrs.post("statements").json(&other).await?.has_one_of(&[409, 204, 200])?;
    same(&lrs, &sent).await
}

async fn conflict(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let id = id_of(&sent);
    for pointer in ["/verb/id", "/object/id"] {
        let other = with(sent.clone(), pointer, json!(iri()));
        lrs.post("statements").json(&other).await?.is(409)?;
        lrs.put("statements").query("statementId", &id).json(&other).await?.is(409)?;
    }
    Ok(())
}

async fn repeated(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    lrs.post("statements").json(&sent).await?.has_one_of(&[200, 204])?;
    lrs.put("statements").query("statementId", &id_of(&sent)).json(&sent).await?.is(204)?;
    same(&lrs, &sent).await
}

async fn batch_whole(lrs: Lrs) -> Checked {
    let (first, last) = (statement(), statement());
    let bad = without(statement(), "/actor");
    lrs.post("statements").json(&json!([first, bad, last])).await?.is(400)?;
    absent(&lrs, &id_of(&first)).await?;
    absent(&lrs, &id_of(&last)).await
}

async fn batch_same_id(lrs: Lrs) -> Checked {
    let first = statement();
    let second = with(statement(), "/id", json!(id_of(&first)));
    lrs.post("statements").json(&json!([first, second])).await?.is(400)?;
    absent(&lrs, &id_of(&first)).await
}

async fn absent(lrs: &Lrs, id: &str) -> Checked {
    lrs.get("statements").query("statementId", id).await?.is(404).map(drop)
}

async fn refused_not_stored(lrs: Lrs) -> Checked {
    let bad = with(statement(), "/result", json!({"score": {"scaled": 7}}));
    lrs.post("statements").json(&bad).await?.is(400)?;
    absent(&lrs, &id_of(&bad)).await?;
    lrs.put("statements").query("statementId", &id_of(&bad)).json(&bad).await?.is(400)?;
    absent(&lrs, &id_of(&bad)).await
}

async fn no_json(lrs: Lrs) -> Checked {
    let good = statement().to_string();
    let cut = good.get(..good.len() - 1).unwrap_or_default().to_owned();
    for text in [
        cut,
        format!("{good},"),
        good.replace('"', "'"),
        "text".to_owned(),
        String::new(),
        "1".to_owned(),
        "[1]".to_owned(),
    ] {
        lrs.post("statements").body("application/json", text.as_bytes()).await?.is(400)?;
    }
    Ok(())
}

async fn not_utf8(lrs: Lrs) -> Checked {
    let text = with(statement(), "/actor/name", json!("caf#")).to_string();
    let bytes: Vec<u8> = text.bytes().map(|byte| if byte == b'#' { 0xE9 } else { byte }).collect();
    lrs.post("statements").body("application/json", &bytes).await?.is(400).map(drop)
}

async fn duplicate_key(lrs: Lrs) -> Checked {
    let text = statement().to_string();
    let twice =
        text.replacen("{\"id\":", "{\"actor\":{\"mbox\":\"mailto:a@example.org\"},\"id\":", 1);
    lrs.post("statements").body("application/json", twice.as_bytes()).await?.is(400).map(drop)
}

async fn wrong_content_type(lrs: Lrs) -> Checked {
    for content_type in
        ["text/plain", "application/octet-stream", "multipart/form-data; boundary=x"]
    {
        let body = statement().to_string();
        lrs.post("statements")
            .body(content_type, body.as_bytes())
            .await?
            .has_one_of(&[400, 415])?;
    }
    Ok(())
}

async fn get(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let reply = lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(200)?;
    let got = reply.json()?;
    reply.check(id_of(&got) == id_of(&sent), "that statement alone", || got.to_string())?;
    let kind = reply.needs("content-type")?.to_owned();
    reply.check(kind.starts_with("application/json"), "content type application/json", || kind)
}

async fn get_unknown(lrs: Lrs) -> Checked {
    absent(&lrs, &uuid()).await?;
    lrs.get("statements").query("voidedStatementId", &uuid()).await?.is(404).map(drop)
}

async fn get_bad_id(lrs: Lrs) -> Checked {
    for name in ["statementId", "voidedStatementId"] {
        lrs.get("statements").query(name, "not-a-uuid").await?.is(400)?;
    }
    Ok(())
}

async fn get_both_ids(lrs: Lrs) -> Checked {
    let ask = lrs.get("statements").query("statementId", &uuid());
    ask.query("voidedStatementId", &uuid()).await?.is(400).map(drop)
}

async fn get_id_and_filter(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    for (name, value) in super::filters::one_of_each() {
        let ask = lrs.get("statements").query("statementId", &id_of(&sent));
        ask.query(name, &value).await?.is(400)?;
    }
    Ok(())
}

async fn get_voided_id_and_filter(lrs: Lrs) -> Checked {
    for (name, value) in super::filters::one_of_each() {
        let ask = lrs.get("statements").query("voidedStatementId", &uuid());
        ask.query(name, &value).await?.is(400)?;
    }
    Ok(())
}

async fn get_id_and_format(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    for (name, value) in
        [("format", "ids"), ("format", "exact"), ("format", "canonical"), ("attachments", "false")]
    {
        let ask = lrs.get("statements").query("statementId", &id_of(&sent));
        let reply = ask.query(name, value).await?.is(200)?;
        let got = id_of(&reply.json()?);
        reply.check(got == id_of(&sent), "that statement", || got)?;
    }
    Ok(())
}

async fn last_modified(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let reply = lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(200)?;
    let told = reply.needs("last-modified")?.to_owned();
    let stored = reply.json()?.get("stored").and_then(Value::as_str).and_then(instant);
    let time = jiff::fmt::rfc2822::parse(&told).ok().map(|time| time.timestamp().as_second());
    let fine = time.is_some() && time == stored.map(jiff::Timestamp::as_second);
    reply.check(fine, "the stored time, to the second", || told)
}

async fn consistent_through(lrs: Lrs) -> Checked {
    let asks = [
        lrs.get("statements").query("limit", "1"),
        lrs.get("statements").query("statementId", &uuid()),
        lrs.get("statements").query("limit", "no number"),
    ];
    for ask in asks {
        let reply = ask.await?;
        let told = reply.needs("x-experience-api-consistent-through")?.to_owned();
        reply.check(instant(&told).is_some(), "a timestamp of ISO 8601", || told)?;
    }
    Ok(())
}

async fn consistent_through_holds(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let stored = lrs.fetch(&id_of(&sent)).await?;
    let stored = stored.get("stored").and_then(Value::as_str).and_then(instant);
    for _ in 0..50 {
        let reply = lrs.get("statements").query("limit", "1").await?.is(200)?;
        let told = instant(reply.needs("x-experience-api-consistent-through")?);
        if told >= stored {
            let verb = sent.pointer("/verb/id").and_then(Value::as_str).unwrap_or_default();
            return lrs.finds(&[("verb", verb)], &[&id_of(&sent)]).await;
        }
        tokio::time::sleep(lrs.target.settle / 50).await;
    }
    Err(crate::failure::Failure::wrong(
        "a time that moves on past what is stored",
        "it stands still",
    ))
}
