//! Who may do what: 401 and 403.

use serde_json::json;

use crate::ask::Ask;
use crate::case::{Case, cases};
use crate::document::{Document, Kind};
use crate::failure::{Checked, Failure};
use crate::fixture::{agent, iri, statement, uuid};
use crate::lrs::{Credentials, Lrs, id_of};

pub(super) fn cases() -> Vec<Case> {
    cases! {
        "access-basic" => basic, ["XAPI-00335"],
            "Requests with HTTP Basic credentials are let in";
        "access-none" => none, ["XAPI-00334", "XC-ACCESS-1"],
            "Requests without credentials are answered 401, whatever the resource";
        "access-wrong-password" => wrong_password, ["XAPI-00334", "XC-ACCESS-1"],
            "A wrong password is answered 401";
        "access-unknown-user" => unknown_user, ["XAPI-00334", "XC-ACCESS-1"],
            "An unknown user is answered 401";
        "access-garbage" => garbage, ["XC-ACCESS-2"],
            "An Authorization header that makes no sense is answered 401 or 400";
        "access-nothing-stored" => nothing_stored, ["XAPI-00334", "XAPI-00182"],
            "A statement of a stranger is not stored";
        "access-read-only-reads" => reader_reads, ["XC-ACCESS-3"],
            "Credentials that may read statements read them";
        "access-read-only-writes" => reader_writes, ["XAPI-00327", "XC-ACCESS-4"],
            "Credentials that may not write statements are answered 403";
        "access-read-only-documents" => reader_documents, ["XAPI-00327", "XC-ACCESS-4"],
            "Credentials that may read statements alone may not write documents";
    }
}

/// Why the cases about 401 do not apply to a server without credentials.
fn needed(lrs: &Lrs) -> Checked<Credentials> {
    let missing = "the server asks for no credentials";
    lrs.target.credentials.clone().ok_or_else(|| Failure::NotApplicable(missing.to_owned()))
}

/// One request to each resource, reading and writing.
fn each(lrs: &Lrs) -> Vec<Ask> {
    let one = statement();
    let mut asks = vec![
        lrs.get("statements").query("limit", "1"),
        lrs.post("statements").json(&one),
        lrs.put("statements").query("statementId", &id_of(&one)).json(&one),
        lrs.get("agents").query("agent", &agent().to_string()),
        lrs.get("activities").query("activityId", &iri()),
    ];
    for kind in Kind::ALL {
        let document = Document::new(kind);
        asks.push(document.list().ask(lrs, "GET"));
        asks.push(document.create(lrs).json(&json!({})));
        asks.push(document.ask(lrs, "POST").json(&json!({})));
        asks.push(document.ask(lrs, "DELETE"));
    }
    asks
}

async fn basic(lrs: Lrs) -> Checked {
    needed(&lrs)?;
    lrs.get("statements").query("limit", "1").await?.is(200).map(drop)
}

async fn none(lrs: Lrs) -> Checked {
    needed(&lrs)?;
    for ask in each(&lrs) {
        ask.anonymous().await?.is(401)?;
    }
    Ok(())
}

async fn wrong_password(lrs: Lrs) -> Checked {
    let known = needed(&lrs)?;
    let wrong = Credentials { password: format!("{}x", known.password), ..known };
    for ask in each(&lrs) {
        ask.by(&wrong).await?.is(401)?;
    }
    Ok(())
}

async fn unknown_user(lrs: Lrs) -> Checked {
    let known = needed(&lrs)?;
    let stranger = Credentials { user: uuid(), ..known };
    lrs.get("statements").query("limit", "1").by(&stranger).await?.is(401)?;
    lrs.post("statements").json(&statement()).by(&stranger).await?.is(401).map(drop)
}

async fn garbage(lrs: Lrs) -> Checked {
    needed(&lrs)?;
    for text in ["Basic", "Basic !!!", "Basic bm8tY29sb24=", "Bearer nothing", "nonsense"] {
        let ask = lrs.get("statements").query("limit", "1").header("Authorization", text);
        ask.await?.has_one_of(&[400, 401])?;
    }
    Ok(())
}

async fn nothing_stored(lrs: Lrs) -> Checked {
    needed(&lrs)?;
    let sent = statement();
    lrs.post("statements").json(&sent).anonymous().await?.is(401)?;
    lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(404).map(drop)
}

async fn reader_reads(lrs: Lrs) -> Checked {
    let reader = lrs.reader()?;
    let sent = statement();
    lrs.keep(&sent).await?;
    let ask = lrs.get("statements").query("statementId", &id_of(&sent)).by(&reader);
    ask.await?.is(200).map(drop)
}

async fn reader_writes(lrs: Lrs) -> Checked {
    let reader = lrs.reader()?;
    let sent = statement();
    lrs.post("statements").json(&sent).by(&reader).await?.is(403)?;
    let put = lrs.put("statements").query("statementId", &id_of(&sent)).json(&sent);
    put.by(&reader).await?.is(403)?;
    lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(404).map(drop)
}

async fn reader_documents(lrs: Lrs) -> Checked {
    let reader = lrs.reader()?;
    for kind in Kind::ALL {
        let document = Document::new(kind);
        document.create(&lrs).json(&json!({})).by(&reader).await?.is(403)?;
        document.is_absent(&lrs).await?;
    }
    Ok(())
}
