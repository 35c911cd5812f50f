//! Statements that refer to others are found by what they refer to.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::with;
use crate::failure::Checked;
use crate::fixture::{agent, iri, reference, statement, uuid};
use crate::lrs::{Lrs, id_of};

pub(super) fn cases() -> Vec<Case> {
    cases! {
        "reference-by-verb" => by_verb, ["XC-REFERENCE-1"],
            "A statement that refers to another is found by the other's verb";
        "reference-by-agent" => by_agent, ["XC-REFERENCE-1"],
            "A statement that refers to another is found by the other's agent";
        "reference-by-activity" => by_activity, ["XC-REFERENCE-1"],
            "A statement that refers to another is found by the other's activity";
        "reference-by-registration" => by_registration, ["XC-REFERENCE-1"],
            "A statement that refers to another is found by the other's registration";
        "reference-chain" => chain, ["XC-REFERENCE-2"],
            "References are followed on from reference to reference";
        "reference-first" => first, ["XC-REFERENCE-3"],
            "A reference that came before what it refers to is found as well";
        "reference-in-context" => in_context, ["XC-REFERENCE-4"],
            "A reference in the context does not count";
        "reference-in-sub-statement" => in_sub_statement, ["XC-REFERENCE-4"],
            "A reference inside a sub-statement does not count";
        "reference-time" => time, ["XC-REFERENCE-5"],
            "since, until and limit look at the referring statement itself";
        "reference-all-filters" => all_filters, ["XC-REFERENCE-6"],
            "All filters must hold for one and the same statement of the chain";
        "reference-circle" => circle, ["XC-REFERENCE-7"],
            "References that form a circle hang nothing";
    }
}

async fn found_through(lrs: &Lrs, pointer: &str, value: Value, query: (&str, &str)) -> Checked {
    let target = with(statement(), pointer, value);
    let refers = reference(&id_of(&target));
    lrs.keep(&target).await?;
    lrs.keep(&refers).await?;
    lrs.finds(&[query], &[&id_of(&refers), &id_of(&target)]).await
}

async fn by_verb(lrs: Lrs) -> Checked {
    let verb = iri();
    found_through(&lrs, "/verb/id", json!(verb), ("verb", &verb)).await
}

async fn by_agent(lrs: Lrs) -> Checked {
    let who = agent();
    found_through(&lrs, "/actor", who.clone(), ("agent", &who.to_string())).await
}

async fn by_activity(lrs: Lrs) -> Checked {
    let what = iri();
    found_through(&lrs, "/object/id", json!(what), ("activity", &what)).await
}

async fn by_registration(lrs: Lrs) -> Checked {
    let which = uuid();
    found_through(&lrs, "/context/registration", json!(which), ("registration", &which)).await
}

fn verb_of(statement: &Value) -> String {
    statement.pointer("/verb/id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

async fn chain(lrs: Lrs) -> Checked {
    let target = statement();
    let middle = reference(&id_of(&target));
    let outer = reference(&id_of(&middle));
    for one in [&target, &middle, &outer] {
        lrs.keep(one).await?;
    }
    let want = [&*id_of(&outer), &id_of(&middle), &id_of(&target)];
    lrs.finds(&[("verb", &verb_of(&target))], &want).await
}

async fn first(lrs: Lrs) -> Checked {
    let target = statement();
    let refers = reference(&id_of(&target));
    lrs.keep(&refers).await?;
    lrs.keep(&target).await?;
    lrs.finds(&[("verb", &verb_of(&target))], &[&id_of(&target), &id_of(&refers)]).await
}

async fn in_context(lrs: Lrs) -> Checked {
    let target = statement();
    let pointing = json!({"objectType": "StatementRef", "id": id_of(&target)});
    let refers = with(statement(), "/context/statement", pointing);
    lrs.keep(&target).await?;
    lrs.keep(&refers).await?;
    lrs.finds(&[("verb", &verb_of(&target))], &[&id_of(&target)]).await
}

async fn in_sub_statement(lrs: Lrs) -> Checked {
    let target = statement();
    let pointing = json!({"objectType": "StatementRef", "id": id_of(&target)});
    let refers = with(crate::fixture::sub_statement(), "/object/object", pointing);
    lrs.keep(&target).await?;
    lrs.keep(&refers).await?;
    lrs.finds(&[("verb", &verb_of(&target))], &[&id_of(&target)]).await
}

async fn time(lrs: Lrs) -> Checked {
    let target = statement();
    let refers = reference(&id_of(&target));
    lrs.keep(&target).await?;
    lrs.keep(&refers).await?;
    let stored = lrs.fetch(&id_of(&target)).await?;
    let stored = stored.get("stored").and_then(Value::as_str).unwrap_or_default().to_owned();
    let verb = verb_of(&target);
    lrs.finds(&[("verb", &verb), ("since", &stored)], &[&id_of(&refers)]).await?;
    lrs.finds(&[("verb", &verb), ("until", &stored)], &[&id_of(&target)]).await?;
    lrs.finds(&[("verb", &verb), ("limit", "1")], &[&id_of(&refers)]).await
}

async fn all_filters(lrs: Lrs) -> Checked {
    let target = statement();
    let refers = reference(&id_of(&target));
    lrs.keep(&target).await?;
    lrs.keep(&refers).await?;
    let actor = |one: &Value| one.pointer("/actor").map(Value::to_string).unwrap_or_default();
    let both = [("verb", &*verb_of(&target)), ("agent", &*actor(&target))];
    lrs.finds(&both, &[&id_of(&refers), &id_of(&target)]).await?;
    let neither = [("verb", &*verb_of(&target)), ("agent", &*actor(&statement()))];
    lrs.finds(&neither, &[]).await
}

async fn circle(lrs: Lrs) -> Checked {
    let (one, other) = (uuid(), uuid());
    let first = with(reference(&other), "/id", json!(one));
    let second = with(reference(&one), "/id", json!(other));
    lrs.keep(&first).await?;
    lrs.keep(&second).await?;
    lrs.finds(&[("verb", &verb_of(&first))], &[&other, &one]).await
}
