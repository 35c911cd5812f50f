//! `traccia retention`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::client::{Client, Target, member, shown};
use super::confirm;
use super::exit::Exit;
use super::out::{self, in_words, said, say};
use texts::Message;

const AT: &str = "/api/v1/retention";

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Retention {
    /// Show the rules, and what they did last
    Show {
        #[command(flatten)]
        target: Target,
    },
    /// List the people whom the last nights have left to an administrator, because texts of others would change: each by an
    /// identifier, for `traccia person erase` after a dry run
    LeftOut {
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
            Self::LeftOut { target } => {
                left_out(&target.client()?).await?;
                Ok(Exit::Done.into())
            }
            Self::Set { file, dry_run, yes, target } => {
                set(&target.client()?, &file, dry_run, yes).await
            }
        }
    }
}

async fn left_out(client: &Client) -> anyhow::Result<()> {
    let kept = client.get(AT).await?;
    let part = |name: &str| kept.get(name).cloned().unwrap_or_default();
    let rules = json!({"rules": part("rules"), "most_a_day": part("most_a_day")});
    let would = client.request(Method::POST, &format!("{AT}/dry-run")).json(&rules);
    let would = client.json(would).await?;
    for person in would.get("left_out").and_then(Value::as_array).into_iter().flatten() {
        say!("{}", shown(person))?;
    }
    Ok(())
}

async fn set(client: &Client, file: &Path, dry_run: bool, yes: bool) -> anyhow::Result<ExitCode> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| out::reading(&name))?;
    let send = |method, path: &str| {
        let request = client.request(method, path).header(CONTENT_TYPE, "application/json");
        request.body(text.clone())
    };
    let would = client.json(send(Method::POST, &format!("{AT}/dry-run"))).await?;
    said(&Message::new("cli-retention-would").with("count", member(&would, "people")))?;
    said(&Message::new("cli-retention-about").with("count", member(&would, "statements")))?;
    if dry_run {
        return Ok(Exit::Done.into());
    }
    if !confirm::is_wanted(yes, &Message::new("cli-retention-sure"))? {
        return Ok(Exit::No.into());
    }
    show(&client.json(send(Method::PUT, AT)).await?)?;
    Ok(Exit::Done.into())
}

/// What a rule may be on, and how that is said.
const CONDITIONS: [(&str, &str); 3] = [
    ("course", "cli-retention-course"),
    ("verb", "cli-retention-verb"),
    ("source", "cli-retention-source"),
];

fn show(retention: &Value) -> std::io::Result<()> {
    let rules = retention.get("rules").and_then(Value::as_array);
    let rules = rules.map_or(&[][..], Vec::as_slice);
    if rules.is_empty() {
        return said(&Message::new("cli-retention-none"));
    }
    for rule in rules {
        let conditions = CONDITIONS.map(|(name, message)| {
            let value = rule.get(name).and_then(Value::as_str);
            value.map(|value| in_words(&Message::new(message).with("value", value)))
        });
        let mut conditions: Vec<String> = conditions.into_iter().flatten().collect();
        if conditions.is_empty() {
            conditions.push(in_words(&Message::new("cli-retention-all")));
        }
        let days = Message::new("cli-retention-rule").with("days", member(rule, "days"));
        say!("{}  {}", in_words(&days), conditions.join("  "))?;
    }
    said(&Message::new("cli-retention-most").with("count", member(retention, "most_a_day")))?;
    match retention.get("last").filter(|it| !it.is_null()) {
        Some(last) => {
            let part = |name: &str| member(last, name);
            let words = Message::new("cli-retention-last").with("at", part("at"));
            said(&words.with("due", part("due")).with("erased", part("erased")))?;
            // A server of an earlier release leaves nobody out.
            match last.get("left_out").and_then(Value::as_u64).unwrap_or_default() {
                0 => Ok(()),
                count => said(&Message::new("cli-retention-left-out").with("count", count)),
            }
        }
        None => Ok(()),
    }
}
