//! `traccia pipe erasures` and `traccia pipe erased`

use std::process::ExitCode;

use clap::Args;
use reqwest::Method;
use serde_json::Value;

use super::{Format, One, path};
use crate::cli::client::{Target, encoded, member};
use crate::cli::exit::Exit;
use crate::cli::out::{in_words, noted, say};
use texts::Message;

/// An erasure of a pipe.
#[derive(Debug, Args)]
pub(in crate::cli) struct Erased {
    /// The pipe's name
    name: String,
    /// The id of the erasure, as `erasures` lists it
    erasure: String,
    /// Let the other store be told once more, instead
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    target: Target,
}

impl Erased {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.target.client()?;
        let method = if self.again { Method::POST } else { Method::DELETE };
        let address = path(&self.name, &format!("/erasures/{}", encoded(&self.erasure)));
        client.bytes(client.request(method, &address)).await?;
        Ok(Exit::Done.into())
    }
}

/// Lists the erasures of a pipe; ends with 1 where one is to be done by hand.
pub(super) async fn list(one: One) -> anyhow::Result<ExitCode> {
    let found = one.asked(Method::GET, "/erasures").await?;
    let items = |name: &str| found.get(name).and_then(Value::as_array).into_iter().flatten();
    let is_by_hand = |it: &&Value| it.get("by_hand").is_some_and(Value::is_string);
    let by_hand = items("waiting").filter(is_by_hand).count();
    if one.format == Format::Json {
        say!("{found:#}")?;
        return Ok(if by_hand == 0 { Exit::Done } else { Exit::No }.into());
    }
    for notice in items("waiting") {
        let names = notice.get("identifiers").and_then(Value::as_array).into_iter().flatten();
        let names: Vec<&str> = names.filter_map(Value::as_str).collect();
        let why = notice.get("by_hand").and_then(Value::as_str);
        let to_do = |why: &str| Message::new("cli-pipe-erasure-by-hand").with("why", why);
        let why = why.map_or_else(|| Message::new("cli-pipe-erasure-waits"), to_do);
        say!("{}  {}  {}", member(notice, "erasure"), names.join(" "), in_words(&why))?;
    }
    for told in items("told") {
        let done = match told.get("there").and_then(Value::as_str) {
            Some(there) => Message::new("cli-pipe-erasure-done").with("there", there),
            None => Message::new("cli-pipe-erasure-done-by-hand"),
        };
        let done = in_words(&done.with("at", member(told, "at")));
        say!("{}  {done}", member(told, "erasure"))?;
    }
    if found.get("forgotten").and_then(Value::as_u64).is_some_and(|count| count > 0) {
        let count = member(&found, "forgotten");
        noted(&Message::new("cli-pipe-erasures-forgotten").with("count", count));
    }
    if items("waiting").chain(items("told")).next().is_none() {
        noted(&Message::new("cli-pipe-no-erasures"));
    }
    Ok(if by_hand == 0 { Exit::Done } else { Exit::No }.into())
}
