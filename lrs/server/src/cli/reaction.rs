//! `traccia reaction`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::Method;
use serde_json::Value;

use super::client::{Target, encoded, member};
use super::confirm;
use super::exit::Exit;
use super::out::{Format, in_words, listed, said, say};
use texts::Message;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Reaction {
    /// List reactions: name, course (`*` for none), event, how many statements were written, and why one cannot write
    List {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Print a reaction as JSON
    Show {
        /// The reaction's name
        name: String,
        #[command(flatten)]
        target: Target,
    },
    /// Make or change a reaction from a JSON file
    Put {
        /// The reaction's name: letters, digits, hyphens and underscores
        name: String,
        /// What it reacts to and writes: see docs/reactions.md
        file: PathBuf,
        /// Only say whom it would write a statement of now
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Remove a reaction; what it wrote stays
    Remove {
        /// The reaction's name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        target: Target,
    },
}

impl Reaction {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List { format, target } => {
                let client = target.client()?;
                let all = client.get("/api/v1/reactions").await?;
                listed(&all, format, print)?;
            }
            Self::Show { name, target } => {
                let client = target.client()?;
                let shown = client.get(&at(&name)).await?;
                say!("{shown:#}")?;
            }
            Self::Put { name, file, dry_run, target } => put(&name, &file, dry_run, target).await?,
            Self::Remove { name, yes, target } => return remove(&name, yes, target).await,
        }
        Ok(Exit::Done.into())
    }
}

fn at(name: &str) -> String {
    format!("/api/v1/reactions/{}", encoded(name))
}

fn print(reaction: &Value) -> std::io::Result<()> {
    let event = reaction.get("when").map(|when| {
        let module = when.get("module").and_then(Value::as_str);
        module.map_or_else(|| member(when, "event"), |it| format!("{} {it}", member(when, "event")))
    });
    let [name, written] = ["name", "written"].map(|it| member(reaction, it));
    let course = reaction.get("course").and_then(Value::as_str).unwrap_or("*");
    let is_paused = reaction.get("paused") == Some(&Value::Bool(true));
    let paused = is_paused.then(|| format!("  {}", in_words(&Message::new("cli-reaction-paused"))));
    let (event, paused) = (event.unwrap_or_default(), paused.unwrap_or_default());
    let written = in_words(&Message::new("cli-reaction-written").with("count", written));
    say!("{name}  {course}  {event}  {written}{paused}")?;
    match reaction.get("fault").and_then(Value::as_str) {
        Some(fault) => say!("    {fault}"),
        None => Ok(()),
    }
}

async fn put(name: &str, file: &Path, dry_run: bool, target: Target) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| {
        in_words(&Message::new("cli-reaction-reading").with("name", file.display()))
    })?;
    let client = target.client()?;
    let (method, path) = if dry_run {
        (Method::POST, format!("{}/dry-run", at(name)))
    } else {
        (Method::PUT, at(name))
    };
    let request = client.request(method, &path);
    let request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(text);
    let answer = client.json(request).await?;
    if !dry_run {
        return Ok(print(&answer)?);
    }
    let named = answer.get("named").and_then(Value::as_array).into_iter().flatten();
    let named: Vec<&str> = named.filter_map(Value::as_str).collect();
    said(&Message::new("cli-reaction-would").with("count", member(&answer, "learners")))?;
    if let Some(through) = answer.get("through").and_then(Value::as_str) {
        let through = Message::new("cli-reaction-through").with("through", through);
        say!("    {}", in_words(&through))?;
    }
    if !named.is_empty() {
        say!("    {}", named.join(", "))?;
        say!("{:#}", answer.get("example").unwrap_or(&Value::Null))?;
    }
    Ok(())
}

async fn remove(name: &str, yes: bool, target: Target) -> anyhow::Result<ExitCode> {
    let client = target.client()?;
    if !confirm::is_wanted(yes, &Message::new("cli-reaction-remove").with("name", name))? {
        return Ok(Exit::No.into());
    }
    client.bytes(client.request(Method::DELETE, &at(name))).await?;
    said(&Message::new("cli-reaction-removed").with("name", name))?;
    Ok(Exit::Done.into())
}
