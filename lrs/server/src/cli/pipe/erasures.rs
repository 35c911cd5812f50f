//! `traccia pipe erasures` and `traccia pipe erased`

use std::process::ExitCode;

use clap::Args;
use reqwest::Method;
use serde_json::Value;

use super::{Format, One, path};
use crate::cli::client::{Target, encoded, member};
use crate::cli::exit::Exit;
use crate::cli::out::{note, say};

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
        let why = why.map_or("waits".to_owned(), |why| format!("BY HAND: {why}"));
        say!("{}  {}  {why}", member(notice, "erasure"), names.join(" "))?;
    }
    for told in items("told") {
        let there = told.get("there").and_then(Value::as_str).unwrap_or("by hand");
        say!("{}  done {}  there: {there}", member(told, "erasure"), member(told, "at"))?;
    }
    if found.get("forgotten").and_then(Value::as_u64).is_some_and(|count| count > 0) {
        let count = member(&found, "forgotten");
        note!("{count} earlier ones were to be done by hand and are forgotten: too many are.");
    }
    if items("waiting").chain(items("told")).next().is_none() {
        note!("No erasure has passed through this pipe.");
    }
    Ok(if by_hand == 0 { Exit::Done } else { Exit::No }.into())
}
