//! Who a statement is attributed to.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::with;
use crate::failure::Checked;
use crate::fixture::{agent, statement};
use crate::lrs::{Lrs, id_of};

pub(super) fn cases() -> Vec<Case> {
    cases! {
        "authority-set" => set, ["XAPI-00099", "XAPI-00024"],
            "A statement without an authority gets the agent of the credentials";
        "authority-same" => same, ["XAPI-00099"],
            "The same credentials give the same authority";
        "authority-not-claimed" => claimed, ["XC-AUTHORITY-1"],
            "An authority that was sent does not make the statement another's unseen";
    }
}

async fn authority_of(lrs: &Lrs, sent: &Value) -> Checked<Value> {
    lrs.keep(sent).await?;
    let reply = lrs.get("statements").query("statementId", &id_of(sent)).await?.is(200)?;
    let authority = reply.json()?.get("authority").cloned().unwrap_or_default();
    let identified = ["mbox", "mbox_sha1sum", "openid", "account", "member"]
        .iter()
        .any(|name| authority.get(name).is_some());
    reply.check(identified, "an authority that identifies someone", || authority.to_string())?;
    Ok(authority)
}

async fn set(lrs: Lrs) -> Checked {
    authority_of(&lrs, &statement()).await.map(drop)
}

async fn same(lrs: Lrs) -> Checked {
    let (one, other) =
        (authority_of(&lrs, &statement()).await?, authority_of(&lrs, &statement()).await?);
    if one == other {
        return Ok(());
    }
    Err(crate::failure::Failure::wrong(format!("the authority {one} again"), other.to_string()))
}

/// Either the server replaces it, or it trusts the sender and keeps it: nothing else is allowed.
async fn claimed(lrs: Lrs) -> Checked {
    let own = authority_of(&lrs, &statement()).await?;
    let other = agent();
    let got = authority_of(&lrs, &with(statement(), "/authority", other.clone())).await?;
    let kept = got.get("mbox") == other.get("mbox");
    if got == own || kept {
        return Ok(());
    }
    Err(crate::failure::Failure::wrong(
        "the server's authority or the one sent",
        json!(got).to_string(),
    ))
}
