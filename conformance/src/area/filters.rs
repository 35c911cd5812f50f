//! Which statements a query gives, and in which order.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::with;
use crate::failure::Checked;
use crate::fixture::{activity, agent, iri, statement, sub_statement, uuid};
use crate::lrs::{Lrs, id_of};

pub(super) fn cases() -> Vec<Case> {
    [by_property(), by_time(), refusals(), related()].concat()
}

fn by_property() -> Vec<Case> {
    cases! {
        "query-verb" => verb, ["XAPI-00180", "XAPI-00164"],
            "verb gives the statements with that verb alone";
        "query-agent" => by_agent, ["XAPI-00181", "XAPI-00164"],
            "agent gives the statements with that actor";
        "query-agent-identifiers" => by_identifier, ["XAPI-00181"],
            "agent finds by each kind of identifier, whatever the name";
        "query-agent-object" => by_agent_object, ["XAPI-00181"],
            "agent gives the statements with that agent as object";
        "query-agent-member" => by_member, ["XC-QUERY-1"],
            "agent gives the statements of groups that it is a member of";
        "query-group" => by_group, ["XC-QUERY-1"],
            "agent with an identified group gives the group's statements";
        "query-activity" => by_activity, ["XAPI-00179", "XAPI-00164"],
            "activity gives the statements about that activity";
        "query-registration" => by_registration, ["XAPI-00178", "XAPI-00164"],
            "registration gives the statements with that registration";
        "query-together" => together, ["XAPI-00164"],
            "Several filters must all hold";
        "query-none" => none, ["XAPI-00149", "XAPI-00154"],
            "A query that nothing matches answers 200 with an empty list";
        "query-ids-of-other-case" => uuid_case, ["XC-QUERY-2"],
            "A registration is found in either case";
    }
}

fn by_time() -> Vec<Case> {
    cases! {
        "query-order" => newest_first, ["XC-QUERY-3"],
            "The newest statement comes first, by stored and not by timestamp";
        "query-ascending" => ascending, ["XAPI-00166"],
            "ascending gives the oldest first";
        "query-limit" => limit, ["XAPI-00173"],
            "limit is the most that a page holds";
        "query-limit-zero" => limit_zero, ["XAPI-00173"],
            "A limit of 0 gives as many as the server will";
        "query-since" => since, ["XAPI-00175"],
            "since leaves out what was stored at that time or before";
        "query-until" => until, ["XAPI-00174"],
            "until leaves out what was stored after that time";
        "query-since-offset" => since_offset, ["XAPI-00175"],
            "since in another time zone is the same instant";
    }
}

fn refusals() -> Vec<Case> {
    cases! {
        "query-bad-values" => bad_values, ["XAPI-00012", "XC-QUERY-4"],
            "Parameters with values of the wrong form are refused";
        "query-truth-value-case" => truth_value_case, ["XC-QUERY-5"],
            "A truth value that is not written as in JSON is refused";
        "query-unknown-parameter" => unknown_parameter, ["XAPI-00324"],
            "A parameter that the standard does not know is refused";
        "query-parameter-case" => parameter_case, ["XAPI-00325"],
            "A parameter whose name differs in case is refused";
    }
}

fn related() -> Vec<Case> {
    let mut cases = cases! {
        "query-related-agents-off" => related_agents_off, ["XAPI-00181"],
            "Without related_agents neither instructor nor team is looked at";
        "query-related-activities-off" => related_activities_off, ["XAPI-00179"],
            "Without related_activities the context is not looked at";
        "query-related-authority" => related_authority, ["XAPI-00176"],
            "related_agents finds by authority";
    };
    let agents = [
        "/actor",
        "/object",
        "/context/instructor",
        "/context/team",
        "/object/actor",
        "/object/object",
        "/object/context/instructor",
        "/object/context/team",
    ];
    for pointer in agents {
        let id = format!("query-related-agents@{}", name(pointer));
        let title = format!("related_agents finds the agent at {pointer}");
        cases.push(Case::new(&id, &title, &["XAPI-00176"], move |lrs| related_agent(lrs, pointer)));
    }
    let activities = [
        "/object",
        "/context/contextActivities/parent/0",
        "/context/contextActivities/grouping/0",
        "/context/contextActivities/category/0",
        "/context/contextActivities/other/0",
        "/object/object",
        "/object/context/contextActivities/parent/0",
    ];
    for pointer in activities {
        let id = format!("query-related-activities@{}", name(pointer));
        let title = format!("related_activities finds the activity at {pointer}");
        cases.push(Case::new(&id, &title, &["XAPI-00177"], move |lrs| {
            related_activity(lrs, pointer)
        }));
    }
    for pointer in ["/context/contextAgents/0/agent", "/context/contextGroups/0/group"] {
        let id = format!("query-related-agents@{}", name(pointer));
        let title = format!("related_agents finds the agent at {pointer}");
        let case =
            Case::new(&id, &title, &["XC-CONTEXT-3"], move |lrs| related_agent(lrs, pointer));
        cases.push(case.only(crate::Version::Two));
    }
    cases
}

fn name(pointer: &str) -> String {
    let steps = pointer.split('/').filter(|step| !step.is_empty() && *step != "0");
    steps.collect::<Vec<_>>().join("-")
}

/// Every filter with a valid value.
pub(super) fn one_of_each() -> Vec<(&'static str, String)> {
    let time = "2015-11-18T12:17:00Z".to_owned();
    vec![
        ("agent", agent().to_string()),
        ("verb", iri()),
        ("activity", iri()),
        ("registration", uuid()),
        ("related_activities", "true".to_owned()),
        ("related_agents", "true".to_owned()),
        ("since", time.clone()),
        ("until", time),
        ("limit", "1".to_owned()),
        ("ascending", "true".to_owned()),
    ]
}

fn text(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// Stores three statements, the middle one of another kind, and expects a query to find the outer two.
async fn outer_two(lrs: &Lrs, pointer: &str, value: Value, parameter: (&str, &str)) -> Checked {
    let of_kind = || with(statement(), pointer, value.clone());
    let (first, other, last) = (of_kind(), statement(), of_kind());
    for one in [&first, &other, &last] {
        lrs.keep(one).await?;
    }
    lrs.finds(&[parameter], &[&id_of(&last), &id_of(&first)]).await
}

async fn verb(lrs: Lrs) -> Checked {
    let verb = iri();
    outer_two(&lrs, "/verb/id", json!(verb), ("verb", &verb)).await
}

async fn by_agent(lrs: Lrs) -> Checked {
    let who = agent();
    outer_two(&lrs, "/actor", who.clone(), ("agent", &who.to_string())).await
}

async fn by_identifier(lrs: Lrs) -> Checked {
    let names = crate::fixture::names();
    let mut all = json!([
        {"mbox": "$mail"}, {"mbox_sha1sum": "$sha1"}, {"openid": "$iri"}, {"account": {"homePage": "$iri", "name": "$uuid"}},
    ]);
    crate::fixture::freshen(&mut all, &names);
    for who in all.as_array().into_iter().flatten() {
        let named = with(who.clone(), "/name", json!("Somebody"));
        outer_two(&lrs, "/actor", named, ("agent", &who.to_string())).await?;
    }
    Ok(())
}

async fn by_agent_object(lrs: Lrs) -> Checked {
    let who = agent();
    outer_two(&lrs, "/object", who.clone(), ("agent", &who.to_string())).await
}

async fn by_member(lrs: Lrs) -> Checked {
    let who = agent();
    let group = json!({"objectType": "Group", "member": [agent(), who.clone()]});
    outer_two(&lrs, "/actor", group.clone(), ("agent", &who.to_string())).await?;
    let who = agent();
    let group = with(group, "/member/0", who.clone());
    outer_two(&lrs, "/object", group, ("agent", &who.to_string())).await
}

async fn by_group(lrs: Lrs) -> Checked {
    let group = json!({"objectType": "Group", "mbox": crate::fixture::mailbox()});
    let full = with(group.clone(), "/member", json!([agent()]));
    outer_two(&lrs, "/actor", full, ("agent", &group.to_string())).await
}

async fn by_activity(lrs: Lrs) -> Checked {
    let what = iri();
    outer_two(&lrs, "/object/id", json!(what), ("activity", &what)).await
}

async fn by_registration(lrs: Lrs) -> Checked {
    let which = uuid();
    outer_two(&lrs, "/context/registration", json!(which), ("registration", &which)).await
}

async fn uuid_case(lrs: Lrs) -> Checked {
    let which = uuid();
    let upper = which.to_uppercase();
    outer_two(&lrs, "/context/registration", json!(which), ("registration", &upper)).await
}

async fn together(lrs: Lrs) -> Checked {
    let (who, verb, which) = (agent(), iri(), uuid());
    let full = with(with(statement(), "/actor", who.clone()), "/verb/id", json!(verb));
    let full = with(full, "/context/registration", json!(which));
    let strip = |pointer: &str, value: Value| {
        with(with(full.clone(), pointer, value), "/id", json!(uuid()))
    };
    let others = [
        strip("/actor", agent()),
        strip("/verb/id", json!(iri())),
        strip("/context/registration", json!(uuid())),
    ];
    let batch: Vec<Value> = others.into_iter().chain([full.clone()]).collect();
    lrs.keep(&json!(batch)).await?;
    let query = [("agent", &*who.to_string()), ("verb", &verb), ("registration", &which)];
    lrs.finds(&query, &[&id_of(&full)]).await
}

async fn none(lrs: Lrs) -> Checked {
    lrs.finds(&[("verb", &iri())], &[]).await
}

/// Four statements with one verb, stored one after the other while their timestamps go backwards.
async fn four(lrs: &Lrs) -> Checked<(String, Vec<String>)> {
    let verb = iri();
    let mut ids = Vec::new();
    for year in [2018, 2017, 2016, 2015] {
        let one = with(statement(), "/verb/id", json!(verb));
        let one = with(one, "/timestamp", json!(format!("{year}-01-01T00:00:00Z")));
        lrs.keep(&one).await?;
        ids.push(id_of(&one));
    }
    Ok((verb, ids))
}

fn refs(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

async fn newest_first(lrs: Lrs) -> Checked {
    let (verb, mut ids) = four(&lrs).await?;
    ids.reverse();
    lrs.finds(&[("verb", &verb)], &refs(&ids)).await?;
    lrs.finds(&[("verb", &verb), ("ascending", "false")], &refs(&ids)).await
}

async fn ascending(lrs: Lrs) -> Checked {
    let (verb, ids) = four(&lrs).await?;
    lrs.finds(&[("verb", &verb), ("ascending", "true")], &refs(&ids)).await
}

async fn limit(lrs: Lrs) -> Checked {
    let (verb, mut ids) = four(&lrs).await?;
    ids.reverse();
    let start = refs(&ids).into_iter().take(2).collect::<Vec<_>>();
    lrs.finds(&[("verb", &verb), ("limit", "2")], &start).await
}

async fn limit_zero(lrs: Lrs) -> Checked {
    let (verb, mut ids) = four(&lrs).await?;
    ids.reverse();
    lrs.finds(&[("verb", &verb), ("limit", "0")], &refs(&ids)).await
}

/// The stored time of the second of [`four`], and what comes with it.
async fn second(lrs: &Lrs) -> Checked<(String, Vec<String>, String)> {
    let (verb, ids) = four(lrs).await?;
    let id = ids.get(1).cloned().unwrap_or_default();
    let stored = text(&lrs.fetch(&id).await?, "/stored");
    Ok((verb, ids, stored))
}

async fn since(lrs: Lrs) -> Checked {
    let (verb, ids, stored) = second(&lrs).await?;
    let after: Vec<&str> = refs(&ids).into_iter().skip(2).collect();
    lrs.finds(&[("verb", &verb), ("since", &stored), ("ascending", "true")], &after).await
}

async fn until(lrs: Lrs) -> Checked {
    let (verb, ids, stored) = second(&lrs).await?;
    let before: Vec<&str> = refs(&ids).into_iter().take(2).collect();
    lrs.finds(&[("verb", &verb), ("until", &stored), ("ascending", "true")], &before).await
}

async fn since_offset(lrs: Lrs) -> Checked {
    let (verb, ids, stored) = second(&lrs).await?;
    let instant = crate::kept::instant(&stored).unwrap_or_default();
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(3));
    let moved = instant.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string();
    let after: Vec<&str> = refs(&ids).into_iter().skip(2).collect();
    lrs.finds(&[("verb", &verb), ("since", &moved), ("ascending", "true")], &after).await
}

async fn bad_values(lrs: Lrs) -> Checked {
    let bad = [
        ("agent", "text"),
        ("agent", "{}"),
        ("agent", "{\"mbox\":\"nobody\"}"),
        ("agent", "{\"objectType\":\"Agent\",\"mbox\":1}"),
        ("verb", "no scheme"),
        ("activity", "no scheme"),
        ("registration", "not-a-uuid"),
        ("since", "yesterday"),
        ("until", "2015-13-01T00:00:00Z"),
        ("limit", "-1"),
        ("limit", "one"),
        ("limit", "1.5"),
        ("ascending", "yes"),
        ("related_agents", "yes"),
        ("related_activities", "1"),
        ("format", "exactly"),
        ("attachments", "maybe"),
        ("verb", ""),
        ("since", ""),
    ];
    for (name, value) in bad {
        lrs.get("statements").query(name, value).await?.is(400)?;
    }
    Ok(())
}

async fn truth_value_case(lrs: Lrs) -> Checked {
    for name in ["related_agents", "related_activities", "ascending", "attachments"] {
        lrs.get("statements").query(name, "TRUE").await?.is(400)?;
    }
    Ok(())
}

async fn unknown_parameter(lrs: Lrs) -> Checked {
    lrs.get("statements").query("unheardOf", "1").await?.is(400)?;
    lrs.post("statements").query("unheardOf", "1").json(&statement()).await?.is(400)?;
    let ask = lrs.put("statements").query("statementId", &uuid()).query("unheardOf", "1");
    ask.json(&crate::edit::without(statement(), "/id")).await?.is(400)?;
    lrs.get("agents")
        .query("agent", &agent().to_string())
        .query("unheardOf", "1")
        .await?
        .is(400)?;
    lrs.get("activities")
        .query("activityId", &iri())
        .query("unheardOf", "1")
        .await?
        .is(400)
        .map(drop)
}

async fn parameter_case(lrs: Lrs) -> Checked {
    for (name, value) in one_of_each() {
        let other: String = name.to_uppercase();
        lrs.get("statements").query(&other, &value).await?.is(400)?;
    }
    lrs.get("statements").query("statementid", &uuid()).await?.is(400)?;
    lrs.get("statements").query("Format", "ids").await?.is(400)?;
    lrs.put("statements").query("StatementId", &uuid()).json(&statement()).await?.is(400)?;
    lrs.get("activities").query("activityid", &iri()).await?.is(400).map(drop)
}

/// A statement with a value somewhere deep in it, and its id.
fn holding(pointer: &str, value: &Value) -> Value {
    let inner = pointer.strip_prefix("/object/").is_some();
    let mut base = if inner { sub_statement() } else { statement() };
    if let Some(list) = pointer.strip_suffix("/0") {
        crate::edit::set(&mut base, list, json!([value]));
    } else if let Some((list, key)) = pointer.split_once("/0/") {
        let kind = if key == "agent" { "contextAgent" } else { "contextGroup" };
        crate::edit::set(&mut base, list, json!([{"objectType": kind, key: value}]));
    } else {
        crate::edit::set(&mut base, pointer, value.clone());
    }
    base
}

async fn related_agent(lrs: Lrs, pointer: &'static str) -> Checked {
    let who = agent();
    let group = pointer.ends_with("team") || pointer.ends_with("group");
    let value =
        if group { json!({"objectType": "Group", "member": [who.clone()]}) } else { who.clone() };
    let sent = holding(pointer, &value);
    lrs.keep(&sent).await?;
    lrs.keep(&statement()).await?;
    lrs.finds(&[("agent", &who.to_string()), ("related_agents", "true")], &[&id_of(&sent)]).await
}

async fn related_activity(lrs: Lrs, pointer: &'static str) -> Checked {
    let what = activity();
    let sent = holding(pointer, &what);
    lrs.keep(&sent).await?;
    lrs.keep(&statement()).await?;
    let id = text(&what, "/id");
    lrs.finds(&[("activity", &id), ("related_activities", "true")], &[&id_of(&sent)]).await
}

async fn related_agents_off(lrs: Lrs) -> Checked {
    for pointer in ["/context/instructor", "/object/actor"] {
        let who = agent();
        lrs.keep(&holding(pointer, &who)).await?;
        lrs.finds(&[("agent", &who.to_string())], &[]).await?;
        lrs.finds(&[("agent", &who.to_string()), ("related_agents", "false")], &[]).await?;
    }
    Ok(())
}

async fn related_activities_off(lrs: Lrs) -> Checked {
    for pointer in ["/context/contextActivities/parent/0", "/object/object"] {
        let what = activity();
        lrs.keep(&holding(pointer, &what)).await?;
        lrs.finds(&[("activity", &text(&what, "/id"))], &[]).await?;
    }
    Ok(())
}

async fn related_authority(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let stored = lrs.fetch(&id_of(&sent)).await?;
    let mut authority = stored.get("authority").cloned().unwrap_or_default();
    if let Some(first) = authority.pointer("/member/0").cloned() {
        authority = first;
    }
    let verb = text(&sent, "/verb/id");
    let query = [("agent", &*authority.to_string()), ("related_agents", "true"), ("verb", &verb)];
    lrs.finds(&query, &[&id_of(&sent)]).await
}
