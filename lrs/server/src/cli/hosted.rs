//! The packages of a server: `traccia package import` and what follows it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Map, Value, json};

use super::client::{Client, Target, encoded, member};
use super::exit::{self, Exit};
use super::out::{self, Format, in_words, listed, noted, said, say};
use course::Identifier;
use texts::Message;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Hosted {
    /// Import a SCORM package, or a new version of one; new launches play it
    Import {
        /// The package: a zip
        file: PathBuf,
        /// What addresses and course files call it: small letters, digits and `-`
        #[arg(long)]
        name: String,
        #[command(flatten)]
        target: Target,
    },
    /// List the packages of a server
    List {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// List the versions of a package; `*` is the one that new launches play
    Versions {
        /// The package's name
        name: String,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Let new launches play another version, such as the one before
    Rollback {
        /// The package's name
        name: String,
        /// The version's number; the one before the current one if missing
        #[arg(long)]
        version: Option<u64>,
        #[command(flatten)]
        target: Target,
    },
    /// Remove a package, or one version of it; statements and what learners have reached stay
    Remove {
        /// The package's name
        name: String,
        /// This version alone
        #[arg(long)]
        version: Option<u64>,
        /// Also while learners have launches that are good
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Print the address at which a learner plays a package. It is secret: who has it is the learner
    Launch(Box<Launch>),
    /// List the launches of a package that are good, without their addresses
    Launches {
        /// The package's name
        name: String,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Take a launch back: its address is refused from now on
    Revoke {
        /// The package's name
        name: String,
        /// The launch's id
        id: String,
        #[command(flatten)]
        target: Target,
    },
}

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Launch {
    /// The package's name
    name: String,
    /// A learner of --course, by their id in its list
    #[arg(long, requires = "course", required_unless_present_any = ["mail", "account", "preview"])]
    learner: Option<String>,
    /// The learner's course
    #[arg(long, requires = "learner")]
    course: Option<String>,
    /// The learner by mail address; also `mbox::mailto:ADDRESS`, as `learners unassigned` prints it
    #[arg(long, conflicts_with_all = ["learner", "account", "preview"])]
    mail: Option<String>,
    /// The learner by an account, as `HOME_PAGE|NAME`; also `account::NAME@HOME_PAGE`, as `learners unassigned` prints it
    #[arg(long, conflicts_with_all = ["learner", "mail", "preview"])]
    account: Option<String>,
    /// The name that the content shows, with --mail or --account
    #[arg(long, conflicts_with_all = ["learner", "preview"])]
    person: Option<String>,
    /// Nobody in particular: nothing is kept
    #[arg(long, conflicts_with = "learner")]
    preview: bool,
    /// How many hours the address is good for; 72 if missing
    #[arg(long)]
    hours: Option<u32>,
    /// Which attempt: the last unless it is finished, the same in any case, a new one, or the best
    #[arg(long, value_enum, default_value = "last")]
    attempt: Attempt,
    /// The language of the player
    #[arg(long, value_enum, default_value = "it")]
    lang: Language,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    target: Target,
}

/// Which attempt a launch is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Attempt {
    Last,
    Same,
    New,
    Best,
}

/// A language of the player.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    It,
    En,
}

impl Hosted {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Import { file, name, target } => import(file, &name, target).await?,
            Self::List { format, target } => list(format, &target.client()?).await?,
            Self::Versions { name, format, target } => {
                versions(&name, format, &target.client()?).await?;
            }
            Self::Rollback { name, version, target } => {
                rollback(&name, version, &target.client()?).await?;
            }
            Self::Remove { name, version, force, target } => {
                remove(&name, version, force, &target.client()?).await?;
            }
            Self::Launch(launch) => launch.run().await?,
            Self::Launches { name, format, target } => {
                launches(&name, format, &target.client()?).await?;
            }
            Self::Revoke { name, id, target } => {
                let path = format!("{}/launches/{}", path(&name), encoded(&id));
                let client = target.client()?;
                client.bytes(client.request(Method::DELETE, &path)).await?;
                said(&Message::new("hosted-told-revoked").with("id", id))?;
            }
        }
        Ok(Exit::Done.into())
    }
}

fn path(name: &str) -> String {
    format!("/api/v1/packages/{}", encoded(name))
}

async fn import(file: PathBuf, name: &str, target: Target) -> anyhow::Result<()> {
    let shown = file.display().to_string();
    let opened = tokio::fs::File::open(&file).await;
    let opened = opened.with_context(|| out::opening(&shown))?;
    let length = opened.metadata().await.with_context(|| out::reading(&shown))?.len();
    let client = target.client()?;
    let path = format!("/api/v1/packages?name={}", encoded(name));
    let request = client.request(Method::POST, &path).header(CONTENT_TYPE, "application/zip");
    let request = request.header(CONTENT_LENGTH, length).body(opened);
    let package = client.json(request).await?;
    let current = member(&package, "current");
    let message = Message::new("hosted-told-imported").with("name", name);
    let message = message.with("version", &current);
    said(&message.with("described", described(&package, &current)))?;
    let message = Message::new("hosted-told-named").with("name", name);
    noted(&message.with("activity", member(&package, "activity")));
    Ok(())
}

/// The version of this number, in a few words.
fn described(package: &Value, number: &str) -> String {
    let mut versions = versions_of(package);
    let version = versions.find(|version| member(version, "version") == number);
    version.map(words).unwrap_or_default()
}

fn versions_of(package: &Value) -> impl Iterator<Item = &Value> {
    package.get("versions").and_then(Value::as_array).into_iter().flatten()
}

fn words(version: &Value) -> String {
    let size = Message::new("hosted-told-size").with("files", member(version, "files"));
    let size = in_words(&size.with("bytes", member(version, "bytes")));
    format!(
        "{}  {}  {size}, {}",
        member(version, "title"),
        member(version, "standard"),
        member(version, "imported")
    )
}

async fn list(format: Format, client: &Client) -> anyhow::Result<()> {
    let packages = client.get("/api/v1/packages").await?;
    listed(&packages, format, |package| {
        let current = member(package, "current");
        say!("{}  {current}  {}", member(package, "name"), described(package, &current))
    })?;
    Ok(())
}

async fn versions(name: &str, format: Format, client: &Client) -> anyhow::Result<()> {
    let package = client.get(&path(name)).await?;
    if format == Format::Json {
        return Ok(say!("{package:#}")?);
    }
    let current = member(&package, "current");
    versions_of(&package).try_for_each(|version| {
        let number = member(version, "version");
        let mark = if number == current { "*" } else { " " };
        say!("{mark} {number}  {}", words(version))
    })?;
    Ok(())
}

async fn rollback(name: &str, version: Option<u64>, client: &Client) -> anyhow::Result<()> {
    let number = if let Some(number) = version {
        number
    } else {
        let package = client.get(&path(name)).await?;
        let number = |it: &Value, member: &str| it.get(member).and_then(Value::as_u64);
        let unknown = || in_words(&Message::new("cli-versions-unknown"));
        let current = number(&package, "current").with_context(unknown)?;
        let before = versions_of(&package).filter_map(|it| number(it, "version"));
        let before = before.filter(|it| *it < current).max();
        before.ok_or_else(|| {
            let message = Message::new("hosted-told-none-before").with("name", name);
            exit::usage(in_words(&message.with("version", current)))
        })?
    };
    let request = client.request(Method::PUT, &path(name)).json(&json!({"current": number}));
    client.json(request).await?;
    let message = Message::new("hosted-told-chosen").with("name", name);
    Ok(said(&message.with("version", number))?)
}

async fn remove(
    name: &str,
    version: Option<u64>,
    force: bool,
    client: &Client,
) -> anyhow::Result<()> {
    let of_version = version.map(|number| format!("&version={number}")).unwrap_or_default();
    let path = format!("{}?force={force}{of_version}", path(name));
    client.bytes(client.request(Method::DELETE, &path)).await?;
    match version {
        Some(number) => {
            let message = Message::new("hosted-told-version-removed").with("name", name);
            Ok(said(&message.with("version", number))?)
        }
        None => Ok(said(&Message::new("hosted-told-removed").with("name", name))?),
    }
}

async fn launches(name: &str, format: Format, client: &Client) -> anyhow::Result<()> {
    let path = format!("{}/launches", path(name));
    let launches = client.get(&path).await?;
    listed(&launches, format, |launch| {
        let is = |name: &str| launch.get(name) == Some(&Value::Bool(true));
        let actor = launch.get("actor").filter(|actor| !actor.is_null());
        let who = actor.map_or_else(|| in_words(&Message::new("hosted-told-preview")), who);
        let what = if is("revoked") { "hosted-told-launch-revoked" } else { "hosted-told-launch" };
        let message = ["id", "expires", "version", "attempt"].into_iter();
        let message =
            message.fold(Message::new(what), |it, name| it.with(name, member(launch, name)));
        said(&message.with("who", who))
    })?;
    Ok(())
}

/// A learner, in a few words.
fn who(actor: &Value) -> String {
    let text = |pointer: &str| actor.pointer(pointer).and_then(Value::as_str);
    let named = text("/name").or(text("/mbox")).or(text("/account/name")).or(text("/openid"));
    named.or(text("/mbox_sha1sum")).unwrap_or_default().to_owned()
}

impl Launch {
    async fn run(self) -> anyhow::Result<()> {
        let client = self.target.client()?;
        let mut wanted = Map::new();
        if self.preview {
            wanted.insert("preview".into(), true.into());
        } else if let (Some(learner), Some(course)) = (self.learner, self.course) {
            wanted.insert("learner".into(), learner.into());
            wanted.insert("course".into(), course.into());
        } else {
            wanted.insert("actor".into(), actor(self.mail, self.account, self.person)?);
        }
        let attempt = match self.attempt {
            Attempt::Last => "last",
            Attempt::Same => "same",
            Attempt::New => "new",
            Attempt::Best => "best",
        };
        wanted.insert("attempt".into(), attempt.into());
        let language = if self.lang == Language::En { "en" } else { "it" };
        wanted.insert("language".into(), language.into());
        wanted.extend(self.hours.map(|hours| ("hours".to_owned(), hours.into())));
        let path = format!("{}/launches", path(&self.name));
        let request = client.request(Method::POST, &path).json(&Value::Object(wanted));
        let made = client.json(request).await?;
        if self.format == Format::Json {
            return Ok(say!("{made:#}")?);
        }
        say!("{}", member(&made, "url"))?;
        let message = ["attempt", "version", "expires", "id"].into_iter();
        let new = Message::new("hosted-told-launched").with("name", &self.name);
        noted(&message.fold(new, |it, name| it.with(name, member(&made, name))));
        Ok(())
    }
}

/// The Agent that an identifier names, written as lists of learners or as reports write it.
fn identified(text: &str) -> anyhow::Result<Value> {
    let identifier = text.parse::<Identifier>();
    let identifier = identifier.map_err(|error| exit::usage(in_words(&error.message())))?;
    Ok(identifier.to_agent())
}

/// The learner as an Agent.
fn actor(
    mail: Option<String>,
    account: Option<String>,
    person: Option<String>,
) -> anyhow::Result<Value> {
    let mut actor = match (mail, account) {
        (Some(mail), _) => {
            let mail = mail.trim();
            let is_whole = ["mailto:", "mbox:"].iter().any(|kind| mail.starts_with(kind));
            identified(&if is_whole { mail.to_owned() } else { format!("mailto:{mail}") })?
        }
        (None, Some(account)) => {
            let account = account.trim();
            let is_whole = account.starts_with("account:");
            identified(&if is_whole { account.to_owned() } else { format!("account:{account}") })?
        }
        (None, None) => {
            return Err(exit::usage(in_words(&Message::new("hosted-told-nobody"))));
        }
    };
    if let (Some(members), Some(person)) = (actor.as_object_mut(), person) {
        members.insert("name".to_owned(), person.into());
    }
    Ok(actor)
}
