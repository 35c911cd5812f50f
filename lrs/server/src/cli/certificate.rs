//! `traccia certificate`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::Method;
use serde_json::Value;

use super::client::{Target, encoded, member};
use super::exit;
use super::out::{self, in_words, said};
use super::report::Rendering;
use report::FrozenCertificates;
use texts::Message;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Certificate {
    /// Freeze the list of all who have a right to the certificate
    Freeze {
        /// The course's id
        course: String,
        /// At the end of this day, such as 2026-10-31; today when missing
        #[arg(long)]
        at: Option<String>,
        #[command(flatten)]
        target: Target,
    },
    /// List the frozen lists of a course
    List {
        /// The course's id
        course: String,
        #[command(flatten)]
        target: Target,
    },
    /// Print a frozen list, or write it to a file
    Show {
        /// The course's id
        course: String,
        /// The list's id
        list: String,
        #[command(flatten)]
        rendering: Rendering,
        #[command(flatten)]
        target: Target,
    },
    /// Check a frozen list (JSON): that its hash is right, and that the server froze it
    Verify {
        /// The list, as `show --format json` writes it
        file: PathBuf,
        /// Check the hash alone, without a server: whoever changes a list can make it a new hash,
        /// so compare it with one that was printed or published
        #[arg(long)]
        offline: bool,
        /// The server's address
        #[arg(long, env = "TRACCIA_URL", default_value = "http://127.0.0.1:8080")]
        url: reqwest::Url,
        /// The key, as KEY:SECRET
        #[arg(
            long,
            env = "TRACCIA_KEY",
            hide_env_values = true,
            required_unless_present = "offline"
        )]
        key: Option<String>,
    },
}

impl Certificate {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Freeze { course, at, target } => {
                let client = target.client()?;
                let day = at.map_or(String::new(), |at| format!("?at={}", encoded(&at)));
                let path = format!("{}{day}", lists(&course));
                print(&client.json(client.request(Method::POST, &path)).await?)?;
            }
            Self::List { course, target } => {
                let client = target.client()?;
                let all = client.get(&lists(&course)).await?;
                all.as_array().into_iter().flatten().try_for_each(print)?;
            }
            Self::Show { course, list, rendering, target } => {
                let path = format!("{}/{}", lists(&course), encoded(&list));
                return rendering.get(target, &path, &[]).await;
            }
            Self::Verify { file, offline, url, key } => {
                let target = (!offline).then(|| Target::new(url, key.unwrap_or_default()));
                return verify(&file, target).await;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn lists(course: &str) -> String {
    format!("/api/v1/courses/{}/certificates", encoded(course))
}

fn print(list: &Value) -> std::io::Result<()> {
    let parts = ["id", "people", "date", "hash"].into_iter();
    let new = Message::new("cli-certificates-one");
    said(&parts.fold(new, |it, name| it.with(name, member(list, name))))
}

async fn verify(file: &std::path::Path, target: Option<Target>) -> anyhow::Result<ExitCode> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| out::reading(&name))?;
    let list: FrozenCertificates = serde_json::from_str(&text)
        .with_context(|| in_words(&Message::new("cli-certificates-no-list").with("name", &name)))?;
    if !list.is_intact() {
        let changed = Message::new("cli-certificates-changed").with("name", name);
        let changed = changed.with("hash", &list.hash).with("computed", list.computed());
        return Err(exit::no(in_words(&changed)));
    }
    if let Some(target) = target {
        let client = target.client()?;
        let all = client.get(&lists(&list.course)).await?;
        let is_this = |known: &&Value| member(known, "hash") == list.hash;
        if !all.as_array().into_iter().flatten().any(|known| is_this(&known)) {
            let made_up = Message::new("cli-certificates-made-up").with("name", name);
            return Err(exit::no(in_words(&made_up)));
        }
    }
    let intact = Message::new("cli-certificates-intact").with("name", name);
    let intact = intact.with("people", list.people.len()).with("course", &list.course);
    said(&intact.with("date", list.date).with("hash", &list.hash))?;
    Ok(ExitCode::SUCCESS)
}
