//! `traccia audit`

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::Value;

use super::client::{Target, encoded, member};
use super::exit::{self, Exit};
use super::out::{in_words, said};
use texts::Message;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Check by its hash chain that the audit log is as it was written; ends with 1, and names the first entry that is not
    Verify {
        /// What this command printed before, as NUMBER:HASH: the log must still have that entry, so that entries removed
        /// from the end are found
        #[arg(long, value_name = "NUMBER:HASH")]
        earlier: Option<String>,
        #[command(flatten)]
        target: Target,
    },
}

impl Audit {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Verify { earlier, target } = self;
        let earlier = match earlier.as_deref().map(|it| it.split_once(':')) {
            None => String::new(),
            Some(Some((number, hash))) => {
                format!("?number={}&hash={}", encoded(number), encoded(hash))
            }
            Some(None) => return Err(exit::usage(in_words(&Message::new("cli-audit-earlier")))),
        };
        let client = target.client()?;
        let path = format!("/api/v1/audit/verification{earlier}");
        let found = client.get(&path).await?;
        print(&found)
    }
}

fn print(found: &Value) -> anyhow::Result<ExitCode> {
    let part = |name: &str| member(found, name);
    let whole = Message::new("cli-audit-whole").with("number", part("number"));
    said(&whole.with("hash", part("hash")))?;
    if found.get("erased").and_then(Value::as_u64).is_some_and(|count| count > 0) {
        said(&Message::new("cli-audit-erased").with("count", part("erased")))?;
    }
    if let Some(newest) = found.get("newest_unchained").and_then(Value::as_str) {
        let unchained = Message::new("cli-audit-unchained").with("count", part("unchained"));
        said(&unchained.with("newest", newest))?;
    }
    let Some(broken) = found.get("broken").filter(|broken| !broken.is_null()) else {
        return Ok(Exit::Done.into());
    };
    let message = ["number", "id", "fault"].into_iter();
    let new = Message::new("cli-audit-broken");
    said(&message.fold(new, |it, name| it.with(name, member(broken, name))))?;
    Ok(Exit::No.into())
}
