//! Pages and the links between them.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::with;
use crate::failure::{Checked, Failure};
use crate::fixture::{iri, statement};
use crate::lrs::{Lrs, id_of};

pub(super) fn cases() -> Vec<Case> {
    cases! {
        "result-form" => form, ["XAPI-00110", "XAPI-00113", "XAPI-00154"],
            "A query answers with an object of statements and more";
        "more-absent-at-end" => absent_at_end, ["XAPI-00109"],
            "A page that holds everything has no more link, or an empty one";
        "more-present" => present, ["XAPI-00108", "XAPI-00114"],
            "A page that does not hold everything has a more link";
        "more-followed" => followed, ["XAPI-00111", "XAPI-00114"],
            "Following more gives each statement once, in order";
        "more-ascending" => followed_ascending, ["XAPI-00111", "XAPI-00166"],
            "Following more in ascending order gives each statement once, in order";
        "more-keeps-filter" => keeps_filter, ["XAPI-00111"],
            "The next page keeps filter and format";
        "more-under-writes" => under_writes, ["XC-PAGING-1"],
            "Statements that come in between neither repeat nor hide others on later pages";
        "more-again" => again, ["XC-PAGING-2"],
            "A more link can be followed twice";
        "more-needs-credentials" => needs_credentials, ["XC-PAGING-3"],
            "A more link is of no use without credentials";
    }
}

/// A verb that nobody uses, and `count` statements with it, oldest first.
async fn several(lrs: &Lrs, count: usize) -> Checked<(String, Vec<String>)> {
    let verb = iri();
    let sent: Vec<Value> = (0..count).map(|_| with(statement(), "/verb/id", json!(verb))).collect();
    for one in &sent {
        lrs.keep(one).await?;
    }
    Ok((verb, sent.iter().map(id_of).collect()))
}

/// All statements of a query, page by page; a chain of links without an end is a failure.
pub(super) async fn all_pages(lrs: &Lrs, parameters: &[(&str, &str)]) -> Checked<Vec<Value>> {
    let mut reply = lrs.get("statements").queries(parameters).await?.is(200)?;
    let mut found = reply.statements()?;
    for _ in 0..1000 {
        let Some(link) = more(&reply.json()?) else { return Ok(found) };
        reply = lrs.get(&link).await?.is(200)?;
        found.extend(reply.statements()?);
    }
    Err(Failure::wrong("an end of the pages", "1000 pages and still a more link"))
}

fn more(body: &Value) -> Option<String> {
    let link = body.get("more").and_then(Value::as_str).unwrap_or_default();
    (!link.is_empty()).then(|| link.to_owned())
}

async fn form(lrs: Lrs) -> Checked {
    let (verb, _) = several(&lrs, 1).await?;
    let reply = lrs.get("statements").query("verb", &verb).await?.is(200)?;
    let body = reply.json()?;
    let members: Vec<&String> = body.as_object().into_iter().flat_map(|o| o.keys()).collect();
    let fine = members.iter().all(|name| matches!(name.as_str(), "statements" | "more"))
        && body.get("statements").is_some_and(Value::is_array)
        && body.get("more").is_none_or(Value::is_string);
    reply.check(fine, "statements, a list, and more, a text", || body.to_string())
}

async fn absent_at_end(lrs: Lrs) -> Checked {
    let (verb, _) = several(&lrs, 2).await?;
    for limit in ["2", "3", "0"] {
        let ask = lrs.get("statements").query("verb", &verb).query("limit", limit);
        let reply = ask.await?.is(200)?;
        let link = more(&reply.json()?);
        reply.check(link.is_none(), "no more link", || format!("{link:?}"))?;
    }
    Ok(())
}

async fn present(lrs: Lrs) -> Checked {
    let (verb, _) = several(&lrs, 3).await?;
    let reply = lrs.get("statements").query("verb", &verb).query("limit", "2").await?.is(200)?;
    let link = more(&reply.json()?);
    let resolved = link.as_ref().is_some_and(|link| lrs.target.endpoint.join(link).is_ok());
    reply.check(resolved, "a more link", || format!("{link:?}"))
}

async fn in_order(lrs: &Lrs, parameters: &[(&str, &str)], want: &[String]) -> Checked {
    let found: Vec<String> = all_pages(lrs, parameters).await?.iter().map(id_of).collect();
    if found == want {
        return Ok(());
    }
    Err(Failure::wrong(format!("on all pages together {want:?}"), format!("{found:?}")))
}

async fn followed(lrs: Lrs) -> Checked {
    let (verb, mut ids) = several(&lrs, 5).await?;
    ids.reverse();
    in_order(&lrs, &[("verb", &verb), ("limit", "2")], &ids).await?;
    in_order(&lrs, &[("verb", &verb), ("limit", "1")], &ids).await
}

async fn followed_ascending(lrs: Lrs) -> Checked {
    let (verb, ids) = several(&lrs, 5).await?;
    in_order(&lrs, &[("verb", &verb), ("limit", "2"), ("ascending", "true")], &ids).await
}

async fn keeps_filter(lrs: Lrs) -> Checked {
    let (verb, _) = several(&lrs, 2).await?;
    lrs.keep(&statement()).await?;
    let first =
        lrs.get("statements").queries(&[("verb", &verb), ("limit", "1"), ("format", "ids")]);
    let Some(link) = more(&first.await?.is(200)?.json()?) else {
        return Err(Failure::wrong("a more link", "none"));
    };
    let reply = lrs.get(&link).await?.is(200)?;
    let next = reply.statements()?;
    let fine = next.len() == 1
        && next.iter().all(|one| one.pointer("/verb/id") == Some(&json!(verb)))
        && next.iter().all(|one| one.pointer("/verb/display").is_none());
    reply.check(fine, "one statement of the same query, in format ids", || json!(next).to_string())
}

async fn under_writes(lrs: Lrs) -> Checked {
    let (verb, mut ids) = several(&lrs, 4).await?;
    ids.reverse();
    let first = lrs.get("statements").queries(&[("verb", &verb), ("limit", "2")]).await?.is(200)?;
    let mut found: Vec<String> = first.statements()?.iter().map(id_of).collect();
    let late = with(statement(), "/verb/id", json!(verb));
    lrs.keep(&late).await?;
    let Some(link) = more(&first.json()?) else {
        return Err(Failure::wrong("a more link", "none"));
    };
    let reply = lrs.get(&link).await?.is(200)?;
    found.extend(reply.statements()?.iter().map(id_of));
    reply.check(found == ids, format!("after the new one came, still {ids:?}"), || {
        format!("{found:?}")
    })
}

async fn again(lrs: Lrs) -> Checked {
    let (verb, _) = several(&lrs, 3).await?;
    let first = lrs.get("statements").queries(&[("verb", &verb), ("limit", "1")]).await?.is(200)?;
    let Some(link) = more(&first.json()?) else {
        return Err(Failure::wrong("a more link", "none"));
    };
    let once = lrs.get(&link).await?.is(200)?.statements()?;
    let reply = lrs.get(&link).await?.is(200)?;
    let twice = reply.statements()?;
    reply.check(once == twice, "the same page again", || json!(twice).to_string())
}

async fn needs_credentials(lrs: Lrs) -> Checked {
    if lrs.target.credentials.is_none() {
        return Err(Failure::NotApplicable("the server asks for no credentials".to_owned()));
    }
    let (verb, _) = several(&lrs, 2).await?;
    let first = lrs.get("statements").queries(&[("verb", &verb), ("limit", "1")]).await?.is(200)?;
    match more(&first.json()?) {
        Some(link) => lrs.get(&link).anonymous().await?.has_one_of(&[401, 403]).map(drop),
        None => Err(Failure::wrong("a more link", "none")),
    }
}
