//! `traccia retention`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::client::{Client, Target, member};
use super::confirm;
use super::exit::Exit;
use super::out::say;

const AT: &str = "/api/v1/retention";

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Retention {
    /// Show the rules, and what they did last
    Show {
        #[command(flatten)]
        target: Target,
    },
    /// Replace all rules by those of a JSON file; a file without rules switches retention off
    Set {
        /// Rules such as {"rules": [{"course": "sicurezza", "days": 3650}]}: see docs/privacy.md
        file: PathBuf,
        /// Only say how many people they would erase now
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        target: Target,
    },
}

impl Retention {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Show { target } => {
                let client = target.client()?;
                show(&client.json(client.request(Method::GET, AT)).await?)?;
                Ok(Exit::Done.into())
            }
            Self::Set { file, dry_run, yes, target } => {
                set(&target.client()?, &file, dry_run, yes).await
            }
        }
    }
}

async fn set(client: &Client, file: &Path, dry_run: bool, yes: bool) -> anyhow::Result<ExitCode> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {name}"))?;
    let send = |method, path: &str| {
        let request = client.request(method, path).header(CONTENT_TYPE, "application/json");
        request.body(text.clone())
    };
    let would = client.json(send(Method::POST, &format!("{AT}/dry-run"))).await?;
    say!("{} people would be erased now", member(&would, "people"))?;
    say!("{} statements are by or about them", member(&would, "statements"))?;
    if dry_run {
        return Ok(Exit::Done.into());
    }
    if !confirm::is_wanted(yes, "From the next night on they are erased for good.")? {
        return Ok(Exit::No.into());
    }
    show(&client.json(send(Method::PUT, AT)).await?)?;
    Ok(Exit::Done.into())
}

fn show(retention: &Value) -> std::io::Result<()> {
    let rules = retention.get("rules").and_then(Value::as_array);
    let rules = rules.map_or(&[][..], Vec::as_slice);
    if rules.is_empty() {
        return say!("no rules: nobody is erased");
    }
    for rule in rules {
        let conditions = ["course", "verb", "source"].map(|name| {
            let value = rule.get(name).and_then(Value::as_str);
            value.map(|value| format!("{name} {value}"))
        });
        let conditions: Vec<String> = conditions.into_iter().flatten().collect();
        let of = if conditions.is_empty() { "all".to_owned() } else { conditions.join("  ") };
        say!("{} days  {of}", member(rule, "days"))?;
    }
    say!("at most {} people a day", member(retention, "most_a_day"))?;
    match retention.get("last").filter(|it| !it.is_null()) {
        Some(last) => {
            let part = |name: &str| member(last, name);
            say!("last {}: {} due, {} erased", part("at"), part("due"), part("erased"))
        }
        None => Ok(()),
    }
}
