//! The three formats of answers, and the choice of languages in one of them.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::with;
use crate::failure::Checked;
use crate::fixture::{agent, choice, iri, mailbox, statement};
use crate::lrs::{Lrs, id_of};

pub(super) fn cases() -> Vec<Case> {
    cases! {
        "format-absent" => absent, ["XAPI-00168", "XAPI-00170"],
            "Without a format statements come as they were sent";
        "format-exact" => exact, ["XAPI-00170"],
            "Format exact gives statements as they were sent";
        "format-ids" => ids, ["XAPI-00171"],
            "Format ids gives of agents, verbs and activities no more than identifies them";
        "format-ids-groups" => ids_groups, ["XAPI-00171", "XC-FORMAT-1"],
            "Format ids gives each member of an anonymous group, and of an identified group its identifier";
        "format-ids-sub-statement" => ids_deep, ["XAPI-00171"],
            "Format ids reaches into sub-statements and contexts";
        "format-canonical" => canonical, ["XAPI-00169", "XC-FORMAT-2"],
            "Format canonical gives one language of each map";
        "format-canonical-agents" => canonical_agents, ["XAPI-00169"],
            "Format canonical gives agents as they were sent";
        "language-chosen" => language, ["XAPI-00172"],
            "The language asked for is chosen";
        "language-quality" => quality, ["XAPI-00172", "XC-FORMAT-3"],
            "Of several languages the one with the highest quality that exists is chosen";
        "language-each-map" => each_map, ["XC-FORMAT-3"],
            "The language is chosen for each map by itself";
        "language-range" => range, ["XC-FORMAT-3"],
            "A language matches its regional forms";
        "language-missing" => missing, ["XC-FORMAT-2"],
            "If no language asked for exists, some language is given";
    }
}

async fn stored_as(lrs: &Lrs, sent: &Value, format: &str, languages: &str) -> Checked<Value> {
    lrs.keep(sent).await?;
    let mut ask = lrs.get("statements").query("statementId", &id_of(sent));
    if !format.is_empty() {
        ask = ask.query("format", format);
    }
    if !languages.is_empty() {
        ask = ask.header("Accept-Language", languages);
    }
    ask.await?.is(200)?.json()
}

fn rich() -> Value {
    let named = json!({"objectType": "Agent", "name": "A name", "mbox": mailbox()});
    let sent = with(with(statement(), "/actor", named), "/object", choice());
    with(sent, "/verb/display", json!({"en-US": "answered", "it": "ha risposto"}))
}

fn expect(got: &Value, pointer: &str, want: &Value) -> Checked {
    let found = got.pointer(pointer).unwrap_or(&Value::Null);
    if found == want {
        return Ok(());
    }
    Err(crate::failure::Failure::wrong(format!("{want} at {pointer}"), found.to_string()))
}

async fn whole(lrs: &Lrs, format: &str) -> Checked {
    let sent = rich();
    let got = stored_as(lrs, &sent, format, "it").await?;
    for pointer in ["/actor", "/verb", "/object"] {
        expect(&got, pointer, sent.pointer(pointer).unwrap_or(&Value::Null))?;
    }
    Ok(())
}

async fn absent(lrs: Lrs) -> Checked {
    whole(&lrs, "").await
}

async fn exact(lrs: Lrs) -> Checked {
    whole(&lrs, "exact").await
}

async fn ids(lrs: Lrs) -> Checked {
    let sent = rich();
    let got = stored_as(&lrs, &sent, "ids", "").await?;
    for pointer in ["/actor/name", "/verb/display", "/object/definition"] {
        expect(&got, pointer, &Value::Null)?;
    }
    for pointer in ["/actor/mbox", "/verb/id", "/object/id"] {
        expect(&got, pointer, sent.pointer(pointer).unwrap_or(&Value::Null))?;
    }
    let list = lrs.get("statements").queries(&[
        ("format", "ids"),
        ("limit", "1"),
        ("activity", sent.pointer("/object/id").and_then(Value::as_str).unwrap_or_default()),
    ]);
    let reply = list.await?.is(200)?;
    let found = reply.statements()?;
    let bare = found.iter().all(|one| one.pointer("/object/definition").is_none());
    reply.check(bare && found.len() == 1, "no definition in a list either", || {
        json!(found).to_string()
    })
}

async fn ids_groups(lrs: Lrs) -> Checked {
    let members = json!([{"name": "A", "mbox": mailbox()}, {"name": "B", "openid": iri()}]);
    let anonymous = json!({"objectType": "Group", "name": "G", "member": members});
    let got = stored_as(&lrs, &with(statement(), "/actor", anonymous), "ids", "").await?;
    expect(&got, "/actor/member/0/mbox", members.pointer("/0/mbox").unwrap_or(&Value::Null))?;
    expect(&got, "/actor/member/1/openid", members.pointer("/1/openid").unwrap_or(&Value::Null))?;
    expect(&got, "/actor/member/0/name", &Value::Null)?;
    let identified =
        json!({"objectType": "Group", "name": "G", "mbox": mailbox(), "member": members});
    let got = stored_as(&lrs, &with(statement(), "/actor", identified.clone()), "ids", "").await?;
    expect(&got, "/actor/mbox", identified.get("mbox").unwrap_or(&Value::Null))?;
    expect(&got, "/actor/name", &Value::Null)
}

async fn ids_deep(lrs: Lrs) -> Checked {
    let sub = with(crate::fixture::sub_statement(), "/object/object", choice());
    let sent = with(sub, "/context/instructor", with(agent(), "/name", json!("I")));
    let sent = with(sent, "/context/contextActivities/parent", json!([choice()]));
    let got = stored_as(&lrs, &sent, "ids", "").await?;
    for pointer in [
        "/object/object/definition",
        "/object/verb/display",
        "/context/instructor/name",
        "/context/contextActivities/parent/0/definition",
    ] {
        expect(&got, pointer, &Value::Null)?;
    }
    expect(
        &got,
        "/context/instructor/mbox",
        sent.pointer("/context/instructor/mbox").unwrap_or(&Value::Null),
    )
}

async fn canonical(lrs: Lrs) -> Checked {
    const MAPS: [&str; 3] = [
        "/object/definition/name",
        "/object/definition/description",
        "/object/definition/choices/0/description",
    ];
    let mut sent = rich();
    for pointer in MAPS {
        crate::edit::set(&mut sent, pointer, json!({"en-US": "One", "it": "Uno", "fr": "Un"}));
    }
    let got = stored_as(&lrs, &sent, "canonical", "it").await?;
    for pointer in MAPS {
        expect(&got, pointer, &json!({"it": "Uno"}))?;
    }
    Ok(())
}

async fn canonical_agents(lrs: Lrs) -> Checked {
    let sent = rich();
    let got = stored_as(&lrs, &sent, "canonical", "it").await?;
    expect(&got, "/actor", sent.pointer("/actor").unwrap_or(&Value::Null))
}

async fn language(lrs: Lrs) -> Checked {
    let sent = rich();
    let got = stored_as(&lrs, &sent, "canonical", "it").await?;
    expect(&got, "/object/definition/name", &json!({"it": "Una domanda"}))?;
    let got = stored_as(&lrs, &rich(), "canonical", "en-US").await?;
    expect(&got, "/object/definition/name", &json!({"en-US": "A question"}))
}

async fn quality(lrs: Lrs) -> Checked {
    let got = stored_as(&lrs, &rich(), "canonical", "fr, en-US;q=0.5, it;q=0.8").await?;
    expect(&got, "/object/definition/name", &json!({"it": "Una domanda"}))?;
    let got = stored_as(&lrs, &rich(), "canonical", "it;q=0.2, en-US;q=0.9").await?;
    expect(&got, "/object/definition/name", &json!({"en-US": "A question"}))
}

async fn each_map(lrs: Lrs) -> Checked {
    let got = stored_as(&lrs, &rich(), "canonical", "it, en-US;q=0.1").await?;
    expect(&got, "/object/definition/name", &json!({"it": "Una domanda"}))?;
    expect(&got, "/object/definition/description", &json!({"en-US": "Which one?"}))
}

async fn range(lrs: Lrs) -> Checked {
    let names = json!({"en-US": "One", "it-IT": "Uno", "fr": "Un"});
    let sent = with(rich(), "/object/definition/name", names);
    let got = stored_as(&lrs, &sent, "canonical", "it, fr;q=0.5").await?;
    expect(&got, "/object/definition/name", &json!({"it-IT": "Uno"}))
}

async fn missing(lrs: Lrs) -> Checked {
    let got = stored_as(&lrs, &rich(), "canonical", "ja").await?;
    let name = got.pointer("/object/definition/name").and_then(Value::as_object);
    match name.map_or(0, serde_json::Map::len) {
        1 => Ok(()),
        count => Err(crate::failure::Failure::wrong("one language", format!("{count}"))),
    }
}
