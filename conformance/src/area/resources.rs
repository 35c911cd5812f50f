//! Agents, activities, about.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::with;
use crate::failure::{Checked, Failure};
use crate::fixture::{agent, choice, iri, names, statement};
use crate::lrs::Lrs;

pub(super) fn cases() -> Vec<Case> {
    [of_agents(), of_activities(), of_about()].concat()
}

fn of_agents() -> Vec<Case> {
    cases! {
        "agents-person" => person, ["XAPI-00236", "XAPI-00237", "XAPI-00245", "XAPI-00246", "XAPI-00247", "XAPI-00248"],
            "GET of agents answers 200 with a person, for unknown agents too";
        "agents-lists" => lists, ["XAPI-00239", "XAPI-00240", "XAPI-00241", "XAPI-00242", "XAPI-00244"],
            "A person's identifiers are lists and hold the one asked for";
        "agents-names" => person_names, ["XAPI-00238"],
            "A person's names are a list with the names known";
        "agents-nothing-else" => nothing_else, ["XC-AGENTS-1"],
            "A person has no other members";
        "agents-needs-agent" => needs_agent, ["XAPI-00243"],
            "GET of agents without an agent is refused";
        "agents-wrong-agent" => wrong_agent, ["XAPI-00249"],
            "GET of agents with something that is no agent is refused";
    }
}

fn of_activities() -> Vec<Case> {
    cases! {
        "activities-get" => activity, ["XAPI-00251", "XAPI-00252", "XAPI-00253"],
            "GET of activities answers 200 with the activity as statements described it";
        "activities-needs-id" => needs_activity, ["XAPI-00250"],
            "GET of activities without an activityId is refused";
        "activities-wrong-id" => wrong_activity, ["XAPI-00012"],
            "GET of activities with an activityId that is no IRI is refused";
        "activities-merged" => merged, ["XAPI-00254"],
            "The languages of several statements come together in one activity";
        "activities-unknown" => unknown, ["XC-ACTIVITIES-1"],
            "An unknown activity is answered with its id";
    }
}

fn of_about() -> Vec<Case> {
    cases! {
        "about-get" => about, ["XAPI-00315", "XAPI-00318", "XAPI-00319"],
            "GET of about answers 200 with a list of versions";
        "about-versions" => about_versions, ["XAPI-00316"],
            "Every version told is one that exists";
        "about-this-version" => about_this, ["XAPI-00317", "XC-ABOUT-1"],
            "The versions told include the one under test";
        "about-any-version-header" => about_any, ["XAPI-00321", "XC-ABOUT-2"],
            "about answers whatever version is asked for, or none";
        "about-open" => about_open, ["XC-ABOUT-3"],
            "about answers without credentials";
        "about-members" => about_members, ["XC-ABOUT-4"],
            "about has no other members than version and extensions";
    }
}

async fn person_of(lrs: &Lrs, who: &Value) -> Checked<Value> {
    lrs.get("agents").query("agent", &who.to_string()).await?.is(200)?.json()
}

async fn person(lrs: Lrs) -> Checked {
    let reply = lrs.get("agents").query("agent", &agent().to_string()).await?.is(200)?;
    let got = reply.json()?;
    reply.check(got.get("objectType") == Some(&json!("Person")), "objectType Person", || {
        got.to_string()
    })
}

async fn lists(lrs: Lrs) -> Checked {
    let mut all = json!({"mbox": "$mail", "mbox_sha1sum": "$sha1", "openid": "$iri", "account": {"homePage": "$iri", "name": "$uuid"}});
    crate::fixture::freshen(&mut all, &names());
    for (name, value) in all.as_object().into_iter().flatten() {
        let who = Value::Object([(name.clone(), value.clone())].into_iter().collect());
        lrs.keep(&with(statement(), "/actor", who.clone())).await?;
        let got = person_of(&lrs, &who).await?;
        let held = got.get(name).and_then(Value::as_array).is_some_and(|list| list.contains(value));
        if !held {
            return Err(Failure::wrong(format!("{name}: a list with {value}"), got.to_string()));
        }
    }
    Ok(())
}

async fn person_names(lrs: Lrs) -> Checked {
    let who = with(agent(), "/name", json!("A name"));
    lrs.keep(&with(statement(), "/actor", who.clone())).await?;
    let got = person_of(&lrs, &who).await?;
    let name = got
        .get("name")
        .and_then(Value::as_array)
        .is_some_and(|list| list.contains(&json!("A name")));
    if name { Ok(()) } else { Err(Failure::wrong("name: a list with \"A name\"", got.to_string())) }
}

async fn nothing_else(lrs: Lrs) -> Checked {
    let who = agent();
    let reply = lrs.get("agents").query("agent", &who.to_string()).await?.is(200)?;
    let got = reply.json()?;
    let known = ["objectType", "name", "mbox", "mbox_sha1sum", "openid", "account"];
    let fine = got.as_object().is_some_and(|o| o.keys().all(|name| known.contains(&name.as_str())));
    reply.check(fine, "a person's members alone", || got.to_string())
}

async fn needs_agent(lrs: Lrs) -> Checked {
    lrs.get("agents").await?.is(400).map(drop)
}

async fn wrong_agent(lrs: Lrs) -> Checked {
    for text in [
        "text",
        "{",
        "{}",
        "{\"mbox\":\"nobody\"}",
        "{\"objectType\":\"Activity\",\"id\":\"http://example.org/a\"}",
    ] {
        lrs.get("agents").query("agent", text).await?.is(400)?;
    }
    Ok(())
}

fn id(activity: &Value) -> &str {
    activity.get("id").and_then(Value::as_str).unwrap_or_default()
}

async fn activity(lrs: Lrs) -> Checked {
    let what = choice();
    lrs.keep(&with(statement(), "/object", what.clone())).await?;
    let reply = lrs.get("activities").query("activityId", id(&what)).await?.is(200)?;
    let got = reply.json()?;
    reply.check(got == what, format!("{what}"), || got.to_string())
}

async fn needs_activity(lrs: Lrs) -> Checked {
    lrs.get("activities").await?.is(400).map(drop)
}

async fn wrong_activity(lrs: Lrs) -> Checked {
    for text in ["", "no scheme"] {
        lrs.get("activities").query("activityId", text).await?.is(400)?;
    }
    Ok(())
}

async fn merged(lrs: Lrs) -> Checked {
    let what = iri();
    let named = |tag: &str, text: &str| {
        let map = Value::Object([(tag.to_owned(), json!(text))].into_iter().collect());
        json!({"objectType": "Activity", "id": what, "definition": {"name": map}})
    };
    lrs.keep(&with(statement(), "/object", named("en-US", "one"))).await?;
    lrs.keep(&with(statement(), "/object", named("it", "uno"))).await?;
    let reply = lrs.get("activities").query("activityId", &what).await?.is(200)?;
    let got = reply.json()?;
    let fine = got.pointer("/definition/name") == Some(&json!({"en-US": "one", "it": "uno"}));
    reply.check(fine, "both languages", || got.to_string())
}

async fn unknown(lrs: Lrs) -> Checked {
    let what = iri();
    let reply = lrs.get("activities").query("activityId", &what).await?.is(200)?;
    let got = reply.json()?;
    reply.check(id(&got) == what, "an activity with that id", || got.to_string())
}

async fn versions(lrs: &Lrs) -> Checked<Vec<String>> {
    let reply = lrs.get("about").await?.is(200)?;
    let got = reply.json()?;
    let list = got.get("version").cloned().and_then(|list| serde_json::from_value(list).ok());
    list.ok_or_else(|| reply.wrong("version: a list of texts", got.to_string()))
}

async fn about(lrs: Lrs) -> Checked {
    versions(&lrs).await.map(drop)
}

async fn about_versions(lrs: Lrs) -> Checked {
    let told = versions(&lrs).await?;
    let exists = |version: &String| {
        let patch = |start: &str| {
            version.strip_prefix(start).is_some_and(|rest| rest.parse::<u8>().is_ok())
        };
        matches!(version.as_str(), "0.9" | "0.95") || patch("1.0.") || patch("2.0.")
    };
    match told.iter().find(|version| !exists(version)) {
        None => Ok(()),
        Some(version) => Err(Failure::wrong("versions of xAPI alone", version.clone())),
    }
}

async fn about_this(lrs: Lrs) -> Checked {
    let told = versions(&lrs).await?;
    if told.iter().any(|version| version == lrs.version.text()) {
        return Ok(());
    }
    Err(Failure::wrong(format!("{} among the versions", lrs.version), format!("{told:?}")))
}

async fn about_any(lrs: Lrs) -> Checked {
    lrs.get("about").unversioned().await?.is(200)?;
    lrs.get("about").versioned("BAD").await?.is(200)?;
    lrs.get("about").versioned("0.9").await?.is(200).map(drop)
}

async fn about_open(lrs: Lrs) -> Checked {
    lrs.get("about").anonymous().await?.is(200).map(drop)
}

async fn about_members(lrs: Lrs) -> Checked {
    let reply = lrs.get("about").await?.is(200)?;
    let got = reply.json()?;
    let fine = got
        .as_object()
        .is_some_and(|o| o.keys().all(|name| name == "version" || name == "extensions"));
    reply.check(fine, "version and extensions alone", || got.to_string())
}
