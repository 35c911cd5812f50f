//! Statements that take others back.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::{set, with};
use crate::failure::Checked;
use crate::fixture::{iri, reference, statement, sub_statement, uuid, voiding};
use crate::lrs::{Lrs, id_of};

pub(super) fn cases() -> Vec<Case> {
    cases! {
        "voided-not-by-id" => not_by_id, ["XAPI-00018", "XAPI-00163", "XAPI-00019"],
            "A voided statement is not given by statementId";
        "voided-by-voided-id" => by_voided_id, ["XAPI-00155", "XAPI-00157"],
            "A voided statement is given by voidedStatementId, whole";
        "voided-not-in-lists" => not_in_lists, ["XAPI-00163"],
            "A voided statement is in no list";
        "voided-id-of-unvoided" => unvoided, ["XAPI-00157", "XC-VOIDING-1"],
            "A statement that is not voided is not given by voidedStatementId";
        "voiding-statement-listed" => listed, ["XAPI-00162"],
            "The voiding statement itself is given, and found by what it voids";
        "voiding-not-voided" => not_voided, ["XAPI-00016", "XAPI-00018"],
            "A voiding statement cannot be voided";
        "voiding-needs-reference" => needs_reference, ["XAPI-00017", "XAPI-00020"],
            "A statement with the verb voided whose object is no statement reference is refused";
        "voiding-unknown" => unknown, ["XC-VOIDING-2"],
            "Voiding a statement that is not there is taken";
        "voiding-before" => before, ["XC-VOIDING-3"],
            "A statement that comes after its voiding is voided";
        "voided-reference-followed" => followed, ["XAPI-00162"],
            "Statements that refer to a voided one are still found by its properties";
        "voided-not-reusable" => not_reusable, ["XAPI-00142", "XC-VOIDING-4"],
            "A voided statement's id stays taken";
        "voiding-own-batch" => own_batch, ["XAPI-00018"],
            "A batch may void a statement that it contains";
    }
}

/// A statement and the one that voids it, both stored.
async fn pair(lrs: &Lrs) -> Checked<(Value, Value)> {
    let sent = statement();
    let voids = voiding(&id_of(&sent));
    lrs.keep(&sent).await?;
    lrs.keep(&voids).await?;
    Ok((sent, voids))
}

async fn not_by_id(lrs: Lrs) -> Checked {
    let (sent, _) = pair(&lrs).await?;
    lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(404).map(drop)
}

async fn by_voided_id(lrs: Lrs) -> Checked {
    let (sent, _) = pair(&lrs).await?;
    let reply = lrs.get("statements").query("voidedStatementId", &id_of(&sent)).await?.is(200)?;
    let got = reply.json()?;
    let lost = crate::kept::lost(&sent, &got);
    reply.check(lost.is_none(), "the voided statement as it was sent", || got.to_string())
}

async fn not_in_lists(lrs: Lrs) -> Checked {
    let (sent, voids) = pair(&lrs).await?;
    let verb = text(&sent, "/verb/id");
    lrs.finds(&[("verb", &verb)], &[&id_of(&voids)]).await
}

fn text(statement: &Value, pointer: &str) -> String {
    statement.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

async fn unvoided(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    lrs.get("statements").query("voidedStatementId", &id_of(&sent)).await?.is(404).map(drop)
}

async fn listed(lrs: Lrs) -> Checked {
    let (sent, voids) = pair(&lrs).await?;
    lrs.fetch(&id_of(&voids)).await?;
    let activity = text(&sent, "/object/id");
    lrs.finds(&[("activity", &activity)], &[&id_of(&voids)]).await
}

/// The server may refuse the attempt or ignore it.
async fn not_voided(lrs: Lrs) -> Checked {
    let (sent, voids) = pair(&lrs).await?;
    let attempt = voiding(&id_of(&voids));
    lrs.post("statements").json(&attempt).await?.has_one_of(&[200, 204, 400, 403, 409])?;
    lrs.fetch(&id_of(&voids)).await?;
    lrs.get("statements").query("voidedStatementId", &id_of(&sent)).await?.is(200).map(drop)
}

async fn needs_reference(lrs: Lrs) -> Checked {
    let verb = json!("http://adlnet.gov/expapi/verbs/voided");
    for base in
        [statement(), sub_statement(), with(statement(), "/object", crate::fixture::agent())]
    {
        lrs.post("statements").json(&with(base, "/verb/id", verb.clone())).await?.is(400)?;
    }
    Ok(())
}

async fn unknown(lrs: Lrs) -> Checked {
    lrs.post("statements").json(&voiding(&uuid())).await?.is(200).map(drop)
}

async fn before(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&voiding(&id_of(&sent))).await?;
    lrs.post("statements").json(&sent).await?.is(200)?;
    let late = lrs.get("statements").query("statementId", &id_of(&sent)).await?;
    late.is(404)?;
    lrs.get("statements").query("voidedStatementId", &id_of(&sent)).await?.is(200).map(drop)
}

async fn followed(lrs: Lrs) -> Checked {
    let sent = statement();
    let refers = reference(&id_of(&sent));
    let voids = voiding(&id_of(&sent));
    for one in [&sent, &refers, &voids] {
        lrs.keep(one).await?;
    }
    let agent = sent.pointer("/actor").map(Value::to_string).unwrap_or_default();
    lrs.finds(&[("agent", &agent)], &[&id_of(&voids), &id_of(&refers)]).await
}

async fn not_reusable(lrs: Lrs) -> Checked {
    let (sent, _) = pair(&lrs).await?;
    let mut other = sent.clone();
    set(&mut other, "/verb/id", json!(iri()));
    lrs.post("statements").json(&other).await?.has_one_of(&[409, 204, 200])?;
    let reply = lrs.get("statements").query("voidedStatementId", &id_of(&sent)).await?.is(200)?;
    let verb = text(&reply.json()?, "/verb/id");
    reply.check(verb == text(&sent, "/verb/id"), "the first statement, unchanged", || verb)
}

async fn own_batch(lrs: Lrs) -> Checked {
    let sent = statement();
    let voids = voiding(&id_of(&sent));
    lrs.keep(&json!([sent, voids])).await?;
    lrs.get("statements").query("statementId", &id_of(&sent)).await?.is(404).map(drop)
}
