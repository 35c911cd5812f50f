//! `traccia key`

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Target, encoded, member};
use super::confirm;
use super::exit::Exit;
use super::out::{Format, in_words, listed, noted, said, say};
use super::place::Place;
use crate::app;
use crate::clock::SystemClock;
use crate::config::Flags;
use service::keys::{FIRST, Founder};
use texts::Message;
use xapi::clock::Clock;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Make a key; its secret is printed once and kept nowhere
    Create(Create),
    /// Make a key with the scope `all` in a store that has none, without a server and without
    /// another key, and print it: for scripts. A server without any key makes one when it starts.
    /// An embedded store is this command's alone while it works, so a server must be stopped
    Init {
        /// Its name
        #[arg(long, default_value = FIRST)]
        name: String,
        /// Also where a key with the scope `all` is there, as when its secret is lost
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Give a key another secret and print it; the secret before is good for some hours still
    Rotate {
        /// The key's name
        name: String,
        /// For how many hours the secret before is good still, up to 2160
        #[arg(long, default_value_t = 24)]
        hours: u32,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// List all keys, without secrets: name, scopes and label, and below what the key is bound to, when it was used last,
    /// and until when it and its secret before are good
    List {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Revoke a key; its statements stay. Asks before the last key with the scope `all` goes
    Revoke {
        /// The key's name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        target: Target,
    },
}

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// What it may do: statements/write, statements/read/mine, statements/read, state,
    /// profile, progress/read, presence/write, packages/launch, packages, data/read, metrics/read,
    /// identities/read, erasures/write, all/read, all
    #[arg(long = "scope", required = true)]
    scopes: Vec<String>,
    /// Bind it to a region: its reports and registers are of learners there alone. Repeatable
    #[arg(long = "region")]
    regions: Vec<String>,
    /// Bind it to a body, by name or ISTAT code. Repeatable
    #[arg(long = "body")]
    bodies: Vec<String>,
    /// Bind it to an activity and what is below it: it sends statements of these alone. Repeatable
    #[arg(long = "activity")]
    activities: Vec<String>,
    /// Bind it to learners with an account of this home page. Repeatable
    #[arg(long = "home-page", requires = "activities")]
    home_pages: Vec<String>,
    /// What it is for
    #[arg(long, default_value = "")]
    label: String,
    /// Its name; made up when missing
    #[arg(long = "name")]
    name: Option<String>,
    /// Until when it is good: a day, such as 2027-01-31, or RFC 3339 [default: until it is revoked]
    #[arg(long, value_name = "DAY")]
    expires: Option<String>,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    target: Target,
}

impl Key {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create(command) => command.run().await?,
            Self::Rotate { name, hours, format, target } => {
                let client = target.client()?;
                let path = format!("/api/v1/keys/{}/secret", encoded(&name));
                let request = client.request(Method::POST, &path).json(&json!({"hours": hours}));
                let key = client.json(request).await?;
                show_secret(&key, format)?;
                let until = member(&key, "previous_until");
                if format == Format::Text && !until.is_empty() {
                    noted(&Message::new("key-told-previous").with("until", until));
                }
            }
            Self::List { format, target } => {
                let client = target.client()?;
                let keys = client.get("/api/v1/keys").await?;
                listed(&keys, format, print)?;
            }
            Self::Init { name, force, place } => init(&name, force, place).await?,
            Self::Revoke { name, yes, target } => return revoke(name, yes, target).await,
        }
        Ok(Exit::Done.into())
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<()> {
        let Self { scopes, regions, bodies, activities, home_pages, .. } = self;
        let client = self.target.client()?;
        let named = [&regions, &bodies, &activities, &home_pages];
        let is_bound = named.iter().any(|names| !names.is_empty());
        let mut new = json!({"label": self.label, "scopes": scopes, "key": self.name});
        if let Some(members) = new.as_object_mut() {
            members.extend(self.expires.map(|expires| ("expires".to_owned(), expires.into())));
            let bounds = json!({"regions": regions, "bodies": bodies,
                "activities": activities, "home_pages": home_pages});
            members.extend(is_bound.then_some(("bounds".to_owned(), bounds)));
        }
        let request = client.request(Method::POST, "/api/v1/keys").json(&new);
        show_secret(&client.json(request).await?, self.format)
    }
}

/// Prints a key with its secret.
fn show_secret(key: &Value, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => say!("{key:#}"),
        Format::Text => say!("{}:{}", member(key, "key"), member(key, "secret")),
    }
    .map_err(|error| unseen(&member(key, "key"), &error))?;
    if format == Format::Text {
        noted(&Message::new("key-told-once"));
    }
    Ok(())
}

async fn init(name: &str, force: bool, place: Place) -> anyhow::Result<()> {
    let settings = place.settings(Flags::default())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let opening = || in_words(&Message::new("cli-key-store"));
    let store = app::open(&settings.engine()?, &clock).await.with_context(opening)?;
    let home_page =
        settings.base_url()?.map_or_else(|| format!("http://{}", settings.listen), str::to_owned);
    let founder = Founder::new(store, clock, &home_page);
    let key = founder.init(name, force).await?;
    if let Err(error) = say!("{key}") {
        founder.forget(&key).await?;
        anyhow::bail!(in_words(&Message::new("cli-key-unprinted").with("error", error)));
    }
    noted(&Message::new("key-told-first"));
    Ok(())
}

async fn revoke(name: String, yes: bool, target: Target) -> anyhow::Result<ExitCode> {
    let client = target.client()?;
    let keys = client.get("/api/v1/keys").await?;
    let mut managing = keys.as_array().into_iter().flatten().filter(|key| may_manage(key));
    let is_last =
        managing.next().is_some_and(|key| member(key, "key") == name) && managing.next().is_none();
    if is_last {
        let what = Message::new("cli-key-last").with("name", &name);
        if !confirm::is_wanted(yes, &what)? {
            return Ok(Exit::No.into());
        }
    }
    let path = format!("/api/v1/keys/{}?last={is_last}", encoded(&name));
    client.bytes(client.request(Method::DELETE, &path)).await?;
    said(&Message::new("key-told-revoked").with("key", name))?;
    Ok(Exit::Done.into())
}

fn may_manage(key: &Value) -> bool {
    let scopes = key.get("scopes").and_then(Value::as_array);
    let stays = key.get("expires").is_none();
    stays && scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope == "all"))
}

fn print(key: &Value) -> std::io::Result<()> {
    let scopes: Vec<&str> = key
        .get("scopes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    say!("{}  {}  {}", member(key, "key"), scopes.join(","), member(key, "label"))?;
    BOUNDS.into_iter().try_for_each(|(member, what)| {
        let bound =
            key.get("bounds").and_then(|bounds| bounds.get(member)).and_then(Value::as_array);
        let names: Vec<&str> = bound.into_iter().flatten().filter_map(Value::as_str).collect();
        if names.is_empty() {
            return Ok(());
        }
        say!("    {}: {}", in_words(&Message::new(what)), names.join(", "))
    })?;
    TIMES.into_iter().try_for_each(|(name, what)| match key.get(name).and_then(Value::as_str) {
        Some(at) => say!("    {}: {at}", in_words(&Message::new(what))),
        None => Ok(()),
    })
}

/// The instants of a key and who made it, and how they are said.
const TIMES: [(&str, &str); 4] = [
    ("last_used", "cli-key-used"),
    ("expires", "cli-key-expires"),
    ("previous_until", "cli-key-previous"),
    ("made_by", "cli-key-made-by"),
];

/// What a key is bound to, and how it is said.
const BOUNDS: [(&str, &str); 4] = [
    ("regions", "cli-key-regions"),
    ("bodies", "cli-key-bodies"),
    ("activities", "cli-key-activities"),
    ("home_pages", "cli-key-home-pages"),
];

/// A key whose secret was not shown is of no use: that its output was closed is an error here.
fn unseen(name: &str, error: &std::io::Error) -> anyhow::Error {
    let unseen = Message::new("cli-key-unseen").with("name", name).with("error", error);
    anyhow::anyhow!(in_words(&unseen))
}
