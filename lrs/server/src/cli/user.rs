//! `traccia user`

use std::io::BufRead as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Target, encoded, member};
use super::confirm;
use super::exit::Exit;
use super::out::{Format, in_words, listed, note, noted, said, say};
use super::place::Place;
use crate::app;
use crate::clock::SystemClock;
use crate::config::Flags;
use service::audit::{Actor, Audit};
use service::people::People;
use texts::Message;
use xapi::clock::Clock;

/// The name of the administrator that `user init` invites.
const FIRST: &str = "admin";

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Invite a person: prints a link, good once and for a week, by which they choose a password
    Create {
        /// The name to sign in with, such as a mail address
        name: String,
        #[command(flatten)]
        about: About,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// List everybody: name, role, state and label, and below what they are bound to
    List {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Give a person another role, with the bounds or identifiers that go with it
    Role {
        /// The name to sign in with
        name: String,
        #[command(flatten)]
        about: About,
        #[command(flatten)]
        target: Target,
    },
    /// Keep a person from signing in, who is signed out at once
    Disable {
        /// The name to sign in with
        name: String,
        /// Let them sign in again
        #[arg(long)]
        undo: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Make a new link for a person who has lost the first, or forgotten the password
    Invite {
        /// The name to sign in with
        name: String,
        #[command(flatten)]
        target: Target,
    },
    /// Remove a person, who is signed out at once
    Remove {
        /// The name to sign in with
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Invite an administrator where none can sign in, without a server and without a key. An embedded store is this
    /// command's alone while it works, so a server must be stopped
    Init {
        /// The name to sign in with
        #[arg(long, default_value = FIRST)]
        name: String,
        /// Also where an administrator can sign in; who has the name becomes an administrator
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Give a person another password, read from one line of standard input, without a server: their sessions end, and
    /// with --reset-totp their second factor. An embedded store is this command's alone while it works
    Password {
        /// The name to sign in with
        name: String,
        /// Switch the second factor off
        #[arg(long)]
        reset_totp: bool,
        #[command(flatten)]
        place: Place,
    },
}

/// What is said of a person.
#[derive(Debug, Args)]
pub(super) struct About {
    /// `administrator`, `national_coordinator`, `regional_coordinator`, `designer`, `data_reader` or `learner`
    #[arg(long)]
    role: String,
    /// What others call them
    #[arg(long)]
    label: Option<String>,
    /// A region of a regional coordinator. Repeatable
    #[arg(long = "region")]
    regions: Vec<String>,
    /// A body of a regional coordinator, by name or ISTAT code. Repeatable
    #[arg(long = "body")]
    bodies: Vec<String>,
    /// An identifier of a learner, such as mailto:anna@example.org. Repeatable
    #[arg(long = "identifier")]
    identifiers: Vec<String>,
}

impl About {
    /// As the API takes it.
    fn json(self, label: &str) -> Value {
        let Self { role, label: given, regions, bodies, identifiers } = self;
        let mut about = json!({"role": role, "label": given.as_deref().unwrap_or(label)});
        if let Some(members) = about.as_object_mut() {
            if !regions.is_empty() || !bodies.is_empty() {
                let bounds = json!({"regions": regions, "bodies": bodies});
                members.insert("bounds".to_owned(), bounds);
            }
            if !identifiers.is_empty() {
                members.insert("learner".to_owned(), json!(identifiers));
            }
        }
        about
    }
}

impl User {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create { name, about, format, target } => {
                create(name, about, format, &target.client()?).await?;
            }
            Self::List { format, target } => list(format, &target.client()?).await?,
            Self::Role { name, about, target } => {
                let client = target.client()?;
                let known = client.get(&at(&name)).await?;
                let mut about = about.json(&member(&known, "label"));
                set(&mut about, "disabled", known.get("disabled").cloned().unwrap_or_default());
                let changed = client.request(Method::PUT, &at(&name)).json(&about);
                print(&client.json(changed).await?)?;
            }
            Self::Disable { name, undo, target } => {
                let client = target.client()?;
                let mut known = client.get(&at(&name)).await?;
                let taken = ["label", "role", "bounds", "learner", "disabled"];
                if let Some(members) = known.as_object_mut() {
                    members.retain(|name, _| taken.contains(&name.as_str()));
                }
                set(&mut known, "disabled", json!(!undo));
                let changed = client.request(Method::PUT, &at(&name)).json(&known);
                print(&client.json(changed).await?)?;
            }
            Self::Invite { name, target } => {
                let client = target.client()?;
                let path = format!("{}/invitation", at(&name));
                invited(&client.json(client.request(Method::POST, &path)).await?)?;
            }
            Self::Remove { name, yes, target } => return remove(&name, yes, target).await,
            Self::Init { name, force, place } => init(&name, force, place).await?,
            Self::Password { name, reset_totp, place } => {
                password(&name, reset_totp, place).await?;
            }
        }
        Ok(Exit::Done.into())
    }
}

fn at(name: &str) -> String {
    format!("/api/v1/people/{}", encoded(name))
}

fn set(value: &mut Value, name: &str, to: Value) {
    if let Some(members) = value.as_object_mut() {
        members.insert(name.to_owned(), to);
    }
}

async fn create(name: String, about: About, format: Format, client: &Client) -> anyhow::Result<()> {
    let mut new = about.json("");
    set(&mut new, "name", json!(name));
    let answer = client.json(client.request(Method::POST, "/api/v1/people").json(&new)).await?;
    match format {
        Format::Json => Ok(say!("{answer:#}")?),
        Format::Text => invited(&answer),
    }
}

/// Prints the link of an invitation.
fn invited(answer: &Value) -> anyhow::Result<()> {
    let invitation = answer.get("invitation").unwrap_or(&Value::Null);
    say!("{}", member(invitation, "url"))?;
    let person = answer.get("person").unwrap_or(&Value::Null);
    note!(
        "{} chooses a password by this link. It is shown this once, and good once, until {}.",
        member(person, "name"),
        member(invitation, "expires")
    );
    Ok(())
}

async fn list(format: Format, client: &Client) -> anyhow::Result<()> {
    let people = client.pages("/api/v1/people?limit=500").await?;
    Ok(listed(&Value::Array(people), format, print)?)
}

fn print(person: &Value) -> std::io::Result<()> {
    let is = |name: &str| person.get(name) == Some(&Value::Bool(true));
    let state = match (is("disabled"), is("invited"), is("totp")) {
        (true, ..) => "disabled",
        (_, true, _) => "invited",
        (.., true) => "active, with a second factor",
        _ => "active",
    };
    let [name, role, label] = ["name", "role", "label"].map(|it| member(person, it));
    say!("{name}  {role}  {state}  {label}")?;
    if let Some(provider) = person.get("provider").and_then(Value::as_str) {
        let at = Message::new("cli-user-provider").with("provider", provider);
        say!("    {}", in_words(&at))?;
    }
    let bounds = person.get("bounds").unwrap_or(&Value::Null);
    let lists = [("regions", bounds.get("regions")), ("bodies", bounds.get("bodies"))];
    let lists = lists.into_iter().chain([("identifiers", person.get("learner"))]);
    for (what, list) in lists {
        let names: Vec<&str> = list
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if !names.is_empty() {
            say!("    {what}: {}", names.join(", "))?;
        }
    }
    Ok(())
}

async fn remove(name: &str, yes: bool, target: Target) -> anyhow::Result<ExitCode> {
    let client = target.client()?;
    if !confirm::is_wanted(yes, &Message::new("cli-user-remove").with("name", name))? {
        return Ok(Exit::No.into());
    }
    client.bytes(client.request(Method::DELETE, &at(name))).await?;
    said(&Message::new("cli-user-removed").with("name", name))?;
    Ok(Exit::Done.into())
}

/// The people of a store that no server works on, the store's audit log, and where its server is seen from outside.
async fn open(place: Place) -> anyhow::Result<(People, Audit, String)> {
    let settings = place.settings(Flags::default())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let opening = || in_words(&Message::new("cli-user-store"));
    let store = app::open(&settings.engine()?, &clock).await.with_context(opening)?;
    let base_url =
        settings.base_url()?.map_or_else(|| format!("http://{}", settings.listen), str::to_owned);
    let people = app::people_of(&store, &clock, &base_url, &settings);
    Ok((people, Audit::new(store, clock), base_url))
}

async fn init(name: &str, force: bool, place: Place) -> anyhow::Result<()> {
    let (people, audit, base_url) = open(place).await?;
    let founding = || in_words(&Message::new("cli-user-founding"));
    let invited = people.found(name, force).await.with_context(founding)?;
    audit.note(Actor::Machine, "person.invited", &invited.person.name, None).await;
    say!("{base_url}/invitation#token={}", invited.secret)?;
    let founded = Message::new("cli-user-founded").with("name", &invited.person.name);
    noted(&founded.with("until", invited.expires));
    Ok(())
}

async fn password(name: &str, reset_totp: bool, place: Place) -> anyhow::Result<()> {
    noted(&Message::new("cli-user-new-password"));
    let mut line = String::new();
    let unread = || in_words(&Message::new("cli-user-password-unread"));
    std::io::stdin().lock().read_line(&mut line).with_context(unread)?;
    let (people, audit, _) = open(place).await?;
    people.set_password(name, line.trim_end_matches(['\r', '\n'])).await?;
    if reset_totp {
        people.switch_factor_off(name).await?;
        audit.note(Actor::Machine, "person.totp_off", name, None).await;
    }
    audit.note(Actor::Machine, "person.password_changed", name, None).await;
    said(&Message::new("cli-user-password").with("name", name))?;
    Ok(())
}
