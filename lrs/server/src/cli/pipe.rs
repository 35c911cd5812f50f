//! `traccia pipe`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Target, encoded, member};
use super::confirm;
use super::exit::Exit;
use super::out::{self, Format, in_words, noted, say};
use erasures::Erased;
use texts::Message;
use webhook::Webhook;

mod erasures;
mod webhook;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Pipe {
    /// Make a pipe that sends statements to another store; it begins at once
    Push(Box<New>),
    /// Make a pipe that fetches statements from another store; it begins at once
    Pull(Box<New>),
    /// Make a webhook: a signed event for each statement, to an address. Prints the secret that signs
    Webhook(Box<Webhook>),
    /// Give a webhook another secret, which is printed; for a day the one before signs as well
    Secret(One),
    /// List all pipes: how far they are, and how far behind; ends with 1 where one has stopped by itself
    List {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Show one pipe with its settings and its last answer
    Show(One),
    /// Ask the other store whether the pipe could work; ends with 1 where it could not. Sends no statement
    Test(One),
    /// Make a pipe rest
    Pause(One),
    /// Make a pipe go on at once, whatever it waits for
    Resume(One),
    /// Make a pipe go on from an instant, back or forward; what is there already changes nothing
    Replay {
        /// The pipe's name
        name: String,
        /// Statements stored after this instant, as 2026-01-01T00:00:00Z
        #[arg(long)]
        from: String,
        #[command(flatten)]
        target: Target,
    },
    /// Remove a pipe and its dead letters; what it has delivered stays
    Remove {
        /// The pipe's name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        target: Target,
    },
    /// List the erasures of people that the other store has to be told of; ends with 1 where one is to be done by hand
    Erasures(One),
    /// Say that an erasure was done by hand in the other store; its identifiers are forgotten
    Erased(Erased),
    /// List the statements that a pipe has given up, and why
    Dead(One),
    /// Try to deliver statements again that a pipe has given up; ends with 1 where some are refused still
    Retry(Letters),
    /// Drop dead letters: their statements will not be delivered
    Drop(Letters),
}

/// A pipe to be made.
#[derive(Debug, Args)]
pub(super) struct New {
    /// Its name: letters, digits, hyphens, dots and underscores
    name: String,
    /// The xAPI end point of the other store, what stands before /statements
    #[arg(long)]
    to: String,
    /// The user name there; of a Traccia the name of a key
    #[arg(long, default_value = "")]
    user: String,
    /// A file with the password there
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Only statements whose activity begins with this. Repeatable
    #[arg(long = "activity", value_name = "PREFIX")]
    activities: Vec<String>,
    /// Only statements of this verb, by its IRI. Repeatable
    #[arg(long = "verb", value_name = "IRI")]
    verbs: Vec<String>,
    /// Only statements of the activities of this course
    #[arg(long)]
    course: Option<String>,
    /// Only statements of actors with an account of this home page. Repeatable
    #[arg(long = "home-page", value_name = "IRI")]
    home_pages: Vec<String>,
    /// Only statements stored after this instant
    #[arg(long)]
    since: Option<String>,
    /// What becomes of the statements
    #[arg(long, value_enum, default_value = "full")]
    mapping: Mapping,
    /// A file with the secret of pseudonyms, 16 characters or more
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Leave `stored` and `authority` of this server in what is sent
    #[arg(long)]
    keep_origin: bool,
    /// The version of xAPI in which statements are fetched
    #[arg(long, default_value = "1.0.3")]
    xapi_version: String,
    /// How often new statements are looked for, in seconds
    #[arg(long, default_value_t = 10)]
    every: u64,
    /// How far before the last one is read again, in seconds
    #[arg(long)]
    overlap: Option<u64>,
    /// The instant that the source filters by; Ralph takes `timestamp`
    #[arg(long, value_enum, default_value = "stored")]
    reads_by: By,
    #[command(flatten)]
    target: Target,
}

/// See `PipeMapping` of the API.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum Mapping {
    Full,
    Pseudonymised,
    Downgraded,
}

/// See `ReadsBy` of the API.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Stored,
    Timestamp,
}

/// A pipe that is there.
#[derive(Debug, Args)]
pub(super) struct One {
    /// The pipe's name
    name: String,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    target: Target,
}

/// Some dead letters of a pipe.
#[derive(Debug, Args)]
pub(super) struct Letters {
    /// The pipe's name
    name: String,
    /// The ids of their statements, as `dead` lists them
    #[arg(required_unless_present = "all")]
    statements: Vec<String>,
    /// All of them
    #[arg(long, conflicts_with = "statements")]
    all: bool,
    #[command(flatten)]
    target: Target,
}

impl Pipe {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Push(new) => create("push", *new).await,
            Self::Pull(new) => create("pull", *new).await,
            Self::Webhook(new) => new.create().await,
            Self::Secret(one) => webhook::rotate(one).await,
            Self::List { format, target } => list(&target.client()?, format).await,
            Self::Show(one) => {
                let pipe = one.asked(Method::GET, "").await?;
                show(&pipe, one.format)?;
                Ok(Exit::Done.into())
            }
            Self::Test(one) => test(one).await,
            Self::Pause(one) => changed(one, "pause").await,
            Self::Resume(one) => changed(one, "resume").await,
            Self::Replay { name, from, target } => {
                let client = target.client()?;
                let request = client.request(Method::POST, &path(&name, "/replay"));
                let pipe = client.json(request.json(&json!({"from": from}))).await?;
                show(&pipe, Format::Text)?;
                Ok(Exit::Done.into())
            }
            Self::Remove { name, yes, target } => remove(&name, yes, target).await,
            Self::Erasures(one) => erasures::list(one).await,
            Self::Erased(erased) => erased.run().await,
            Self::Dead(one) => dead(one).await,
            Self::Retry(letters) => retry(letters).await,
            Self::Drop(letters) => forget(letters).await,
        }
    }
}

impl One {
    async fn asked(&self, method: Method, action: &str) -> anyhow::Result<Value> {
        let client = self.target.clone().client()?;
        Ok(client.json(client.request(method, &path(&self.name, action))).await?)
    }
}

fn path(name: &str, rest: &str) -> String {
    format!("/api/v1/pipes/{}{rest}", encoded(name))
}

/// The text of a file that holds a secret.
fn secret(file: Option<PathBuf>) -> anyhow::Result<Option<String>> {
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(&file).with_context(|| out::reading(file.display()))?;
    let text = text.trim();
    anyhow::ensure!(!text.is_empty(), "{} is empty: write the secret into it", file.display());
    Ok(Some(text.to_owned()))
}

fn word(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|it| it.get_name().to_owned()).unwrap_or_default()
}

async fn create(direction: &str, new: New) -> anyhow::Result<ExitCode> {
    let body = json!({
        "name": new.name,
        "direction": direction,
        "url": new.to,
        "user": new.user,
        "password": secret(new.password_file)?,
        "filter": {
            "activities": new.activities,
            "verbs": new.verbs,
            "course": new.course,
            "home_pages": new.home_pages,
            "since": new.since,
        },
        "mapping": word(&new.mapping),
        "secret": secret(new.secret_file)?,
        "keeps_origin": new.keep_origin,
        "version": new.xapi_version,
        "every_seconds": new.every,
        "overlap_seconds": new.overlap,
        "reads_by": word(&new.reads_by),
    });
    let client = new.target.client()?;
    let pipe = client.json(client.request(Method::POST, "/api/v1/pipes").json(&body)).await?;
    show(&pipe, Format::Text)?;
    Ok(Exit::Done.into())
}

async fn list(client: &Client, format: Format) -> anyhow::Result<ExitCode> {
    let list = client.get("/api/v1/pipes").await?;
    let pipes: Vec<&Value> =
        list.get("items").and_then(Value::as_array).into_iter().flatten().collect();
    if format == Format::Json {
        say!("{:#}", json!(pipes))?;
    } else if pipes.is_empty() {
        noted(&Message::new("cli-pipe-none"));
    } else {
        pipes.iter().try_for_each(|pipe| line(pipe))?;
    }
    let is_stopped = pipes.iter().any(|pipe| member(pipe, "state") == "stopped");
    Ok(if is_stopped { Exit::No } else { Exit::Done }.into())
}

/// A pipe in a line.
fn line(pipe: &Value) -> std::io::Result<()> {
    let part = |name: &str| member(pipe, name);
    let arrow = if part("direction") == "pull" { "←" } else { "→" };
    let state = in_words(&state(&part("state")));
    say!("{}  {arrow} {}  {state}  {}", part("name"), part("url"), behind(pipe))?;
    match pipe.get("reason").and_then(Value::as_str) {
        Some(reason) => say!("    {reason}"),
        None => Ok(()),
    }
}

/// How far a pipe is behind, in words.
fn behind(pipe: &Value) -> String {
    let lag = |name: &str| pipe.pointer(&format!("/lag/{name}"));
    let seconds = lag("seconds").and_then(Value::as_u64).map(|it| format!("{it} s"));
    let more = if lag("is_more") == Some(&Value::Bool(true)) { "+" } else { "" };
    let statements = lag("statements")
        .and_then(Value::as_u64)
        .map(|it| in_words(&Message::new("cli-pipe-lag").with("count", format!("{it}{more}"))));
    let parts: Vec<String> = statements.into_iter().chain(seconds).collect();
    let unread = || in_words(&Message::new("cli-pipe-unread"));
    let lag = if parts.is_empty() { unread() } else { parts.join(", ") };
    let behind = Message::new("cli-pipe-behind").with("lag", lag);
    let behind = behind.with("delivered", member(pipe, "delivered"));
    let behind = in_words(&behind.with("dead", member(pipe, "dead_letters")));
    match member(pipe, "erasures_by_hand").as_str() {
        "0" | "" => behind,
        number => {
            let erasures = Message::new("cli-pipe-erasures-by-hand").with("count", number);
            format!("{behind}; {}", in_words(&erasures))
        }
    }
}

/// What a pipe does, in words.
fn state(state: &str) -> Message {
    match state {
        "waiting" => Message::new("cli-pipe-waiting"),
        "paused" => Message::new("cli-pipe-paused"),
        "stopped" => Message::new("cli-pipe-stopped"),
        _ => Message::new("cli-pipe-working"),
    }
}

fn show(pipe: &Value, format: Format) -> std::io::Result<()> {
    if format == Format::Json {
        return say!("{pipe:#}");
    }
    line(pipe)?;
    let part = |name: &str| member(pipe, name);
    let mapping = Message::new("cli-pipe-mapping").with("mapping", part("mapping"));
    say!("    {}", in_words(&mapping.with("cursor", part("cursor"))))?;
    if let Some(last) = pipe.get("last_answer").filter(|it| it.is_object()) {
        let new = Message::new("cli-pipe-last");
        let last = ["status", "at", "detail"]
            .into_iter()
            .fold(new, |message, name| message.with(name, member(last, name)));
        say!("    {}", in_words(&last))?;
    }
    Ok(())
}

async fn test(one: One) -> anyhow::Result<ExitCode> {
    let found = one.asked(Method::POST, "/test").await?;
    if one.format == Format::Json {
        say!("{found:#}")?;
    } else {
        for check in found.get("checks").and_then(Value::as_array).into_iter().flatten() {
            let part = |name: &str| member(check, name);
            let mark = if part("is_good") == "true" { "ok" } else { "NO" };
            say!("{mark}  {}  {}  {}", part("asked"), part("status"), part("detail"))?;
        }
    }
    let is_good = found.get("is_good") == Some(&Value::Bool(true));
    Ok(if is_good { Exit::Done } else { Exit::No }.into())
}

async fn changed(one: One, action: &str) -> anyhow::Result<ExitCode> {
    let pipe = one.asked(Method::POST, &format!("/{action}")).await?;
    show(&pipe, one.format)?;
    Ok(Exit::Done.into())
}

async fn remove(name: &str, yes: bool, target: Target) -> anyhow::Result<ExitCode> {
    if !confirm::is_wanted(yes, &Message::new("cli-pipe-remove").with("name", name))? {
        return Ok(Exit::No.into());
    }
    let client = target.client()?;
    client.bytes(client.request(Method::DELETE, &path(name, ""))).await?;
    Ok(Exit::Done.into())
}

/// All dead letters of a pipe.
async fn letters(client: &Client, name: &str) -> anyhow::Result<Vec<Value>> {
    Ok(client.pages(&path(name, "/dead-letters?limit=500")).await?)
}

async fn dead(one: One) -> anyhow::Result<ExitCode> {
    let client = one.target.client()?;
    let letters = letters(&client, &one.name).await?;
    if one.format == Format::Json {
        say!("{:#}", json!(letters))?;
        return Ok(Exit::Done.into());
    }
    if letters.is_empty() {
        noted(&Message::new("cli-pipe-no-letters"));
    }
    for letter in &letters {
        let part = |name: &str| member(letter, name);
        say!("{}  {}  {}  {}", part("at"), part("statement"), part("status"), part("body"))?;
    }
    Ok(Exit::Done.into())
}

impl Letters {
    async fn ids(&self, client: &Client) -> anyhow::Result<Vec<String>> {
        if !self.all {
            return Ok(self.statements.clone());
        }
        let letters = letters(client, &self.name).await?;
        Ok(letters.iter().map(|it| member(it, "statement")).collect())
    }
}

async fn retry(asked: Letters) -> anyhow::Result<ExitCode> {
    let client = asked.target.clone().client()?;
    let mut refused = 0;
    for id in asked.ids(&client).await? {
        let address = path(&asked.name, &format!("/dead-letters/{}", encoded(&id)));
        let came = client.json(client.request(Method::POST, &address)).await?;
        match came.get("letter").filter(|it| it.is_object()) {
            None => say!("{id}  {}", in_words(&Message::new("cli-pipe-delivered")))?,
            Some(letter) => {
                refused += 1;
                say!("{id}  {}  {}", member(letter, "status"), member(letter, "body"))?;
            }
        }
    }
    Ok(if refused == 0 { Exit::Done } else { Exit::No }.into())
}

async fn forget(asked: Letters) -> anyhow::Result<ExitCode> {
    let client = asked.target.clone().client()?;
    for id in asked.ids(&client).await? {
        let address = path(&asked.name, &format!("/dead-letters/{}", encoded(&id)));
        client.bytes(client.request(Method::DELETE, &address)).await?;
    }
    Ok(Exit::Done.into())
}
