//! Requests in the disguise of a form: wanted by 1.0.3, refused by 2.0.

use serde_json::json;

use crate::Version;
use crate::ask::{Ask, Reply};
use crate::case::{Case, cases};
use crate::document::{Document, Kind};
use crate::failure::Checked;
use crate::fixture::{iri, statement, uuid};
use crate::lrs::{Lrs, id_of};

pub(super) fn cases() -> Vec<Case> {
    let old = cases! {
        "alternate-get" => get, ["XAPI-00148", "XAPI-00336"],
            "A GET in a form answers as the GET would";
        "alternate-query" => query, ["XAPI-00148", "XAPI-00336"],
            "The parameters of a query may stand in a form";
        "alternate-put" => put, ["XAPI-00336"],
            "A PUT in a form stores the content";
        "alternate-post" => post, ["XAPI-00336"],
            "A POST in a form stores the content";
        "alternate-document" => document, ["XAPI-00336"],
            "Documents may be stored and deleted by forms, with preconditions as fields";
        "alternate-utf8" => utf8, ["XC-ALTERNATE-1"],
            "The content of a form is read as UTF-8";
        "alternate-type" => untyped, ["XC-ALTERNATE-4"],
            "A form is understood under text/plain and under no content type";
        "alternate-extra-parameter" => extra, ["XAPI-00336", "XC-ALTERNATE-2"],
            "Another query parameter beside method is refused";
        "alternate-no-content" => no_content, ["XAPI-00336"],
            "A PUT in a form without content is refused";
        "alternate-unknown-method" => unknown_method, ["XC-ALTERNATE-2"],
            "A method that does not exist is refused";
        "alternate-not-by-put" => not_by_put, ["XC-ALTERNATE-2"],
            "Only POST carries a method parameter";
    };
    let mut cases: Vec<Case> = old.into_iter().map(|case| case.only(Version::One)).collect();
    let gone = Case::new(
        "alternate-gone",
        "Requests with a method parameter are refused under 2.0",
        &["XC-ALTERNATE-3"],
        gone,
    );
    cases.push(gone.only(Version::Two));
    cases
}

/// A request in a form: its method in the query, all else in the body, the credentials included.
fn form(lrs: &Lrs, method: &str, path: &str, fields: &[(&str, &str)]) -> Ask {
    let ask = lrs.post(path).query("method", method).unversioned().anonymous();
    ask.body("application/x-www-form-urlencoded", encoded(lrs, fields).as_bytes())
}

fn encoded(lrs: &Lrs, fields: &[(&str, &str)]) -> String {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    body.append_pair("X-Experience-API-Version", lrs.version.text());
    if let Some(who) = &lrs.target.credentials {
        body.append_pair("Authorization", &who.basic());
    }
    body.finish()
}

async fn get(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let reply =
        form(&lrs, "GET", "statements", &[("statementId", &id_of(&sent))]).await?.is(200)?;
    let got = id_of(&reply.json()?);
    reply.check(got == id_of(&sent), "that statement", || got)
}

async fn query(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let verb = sent.pointer("/verb/id").and_then(|v| v.as_str()).unwrap_or_default();
    let reply =
        form(&lrs, "GET", "statements", &[("verb", verb), ("limit", "1")]).await?.is(200)?;
    let got: Vec<String> = reply.statements()?.iter().map(id_of).collect();
    reply.check(got == [id_of(&sent)], "the one statement", || format!("{got:?}"))
}

const JSON: (&str, &str) = ("Content-Type", "application/json");

async fn put(lrs: Lrs) -> Checked {
    let sent = statement();
    let fields = [("statementId", &*id_of(&sent)), ("content", &sent.to_string()), JSON];
    form(&lrs, "PUT", "statements", &fields).await?.is(204)?;
    lrs.fetch(&id_of(&sent)).await.map(drop)
}

async fn post(lrs: Lrs) -> Checked {
    let sent = statement();
    let fields = [("content", &*sent.to_string()), JSON];
    let reply = form(&lrs, "POST", "statements", &fields).await?.is(200)?;
    let ids = reply.json()?;
    reply.check(ids == json!([id_of(&sent)]), "a list of the id", || ids.to_string())?;
    lrs.fetch(&id_of(&sent)).await.map(drop)
}

/// What `sendBeacon` sends of a string, and `fetch` of a blob, while a page is being left.
async fn untyped(lrs: Lrs) -> Checked {
    for kind in ["text/plain;charset=UTF-8", ""] {
        let sent = statement();
        let form = encoded(&lrs, &[("content", &*sent.to_string()), JSON]);
        let ask = lrs.post("statements").query("method", "POST").unversioned().anonymous();
        let ask = match kind {
            "" => ask.untyped(form.as_bytes()),
            _ => ask.body(kind, form.as_bytes()),
        };
        ask.await?.is(200)?;
        lrs.fetch(&id_of(&sent)).await?;
    }
    Ok(())
}

async fn send(
    lrs: &Lrs,
    document: &Document,
    method: &str,
    more: &[(&str, &str)],
) -> Checked<Reply> {
    let mut fields: Vec<(&str, &str)> =
        document.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend(more);
    form(lrs, method, document.kind.path(), &fields).await
}

async fn document(lrs: Lrs) -> Checked {
    let document = Document::new(Kind::ActivityProfile);
    let create = [("content", "{\"a\":1}"), JSON, ("If-None-Match", "*")];
    send(&lrs, &document, "PUT", &create).await?.is(204)?;
    send(&lrs, &document, "PUT", &create).await?.is(412)?;
    let etag = document.etag(&lrs).await?;
    let replace = [("content", "{\"b\":1}"), JSON, ("If-Match", &*etag)];
    send(&lrs, &document, "PUT", &replace).await?.is(204)?;
    document.holds(&lrs, &json!({"b": 1})).await?;
    send(&lrs, &document, "DELETE", &[]).await?.is(204)?;
    document.is_absent(&lrs).await
}

async fn utf8(lrs: Lrs) -> Checked {
    let document = Document::new(Kind::State);
    let fields = [("content", "{\"a\":\"è 日本 &=+%\"}"), JSON];
    send(&lrs, &document, "PUT", &fields).await?.is(204)?;
    document.holds(&lrs, &json!({"a": "è 日本 &=+%"})).await
}

async fn extra(lrs: Lrs) -> Checked {
    let sent = statement();
    let fields = [("content", &*sent.to_string()), JSON];
    let ask = form(&lrs, "PUT", "statements", &fields).query("statementId", &id_of(&sent));
    ask.await?.is(400)?;
    lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(404).map(drop)
}

async fn no_content(lrs: Lrs) -> Checked {
    form(&lrs, "PUT", "statements", &[("statementId", &uuid()), JSON]).await?.is(400).map(drop)
}

async fn unknown_method(lrs: Lrs) -> Checked {
    form(&lrs, "FETCH", "statements", &[("verb", &iri())]).await?.has_one_of(&[400, 405]).map(drop)
}

async fn not_by_put(lrs: Lrs) -> Checked {
    let sent = statement();
    let ask = lrs.put("statements").query("method", "PUT").query("statementId", &id_of(&sent));
    ask.json(&sent).await?.is(400).map(drop)
}

async fn gone(lrs: Lrs) -> Checked {
    let sent = statement();
    let content = sent.to_string();
    let fields = [("statementId", &*id_of(&sent)), ("content", &content), JSON];
    for ask in [
        form(&lrs, "PUT", "statements", &fields).versioned("2.0.0"),
        form(&lrs, "GET", "statements", &[("limit", "1")]).versioned("2.0.0"),
        lrs.post("statements").query("method", "POST").json(&sent),
    ] {
        let ask = match &lrs.target.credentials {
            Some(who) => ask.by(who),
            None => ask,
        };
        ask.await?.is_refused()?;
    }
    lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(404).map(drop)
}
