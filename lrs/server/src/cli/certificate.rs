//! `traccia certificate`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::Method;
use serde_json::Value;

use super::client::{Target, encoded, member};
use super::exit;
use super::out::say;
use super::report::Rendering;
use report::FrozenCertificates;

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
    say!(
        "{}  {} people on {}  sha256:{}",
        member(list, "id"),
        member(list, "people"),
        member(list, "date"),
        member(list, "hash")
    )
}

async fn verify(file: &std::path::Path, target: Option<Target>) -> anyhow::Result<ExitCode> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {name}"))?;
    let list: FrozenCertificates = serde_json::from_str(&text)
        .with_context(|| format!("{name} is not a frozen certificate list in JSON"))?;
    if !list.is_intact() {
        return Err(exit::no(format!(
            "{name} was changed: its hash is {}, but what it says has the hash {}",
            list.hash,
            list.computed()
        )));
    }
    if let Some(target) = target {
        let client = target.client()?;
        let all = client.get(&lists(&list.course)).await?;
        let is_this = |known: &&Value| member(known, "hash") == list.hash;
        if !all.as_array().into_iter().flatten().any(|known| is_this(&known)) {
            let text = "has a right hash, but this server never froze it: somebody made it up";
            return Err(exit::no(format!("{name} {text}")));
        }
    }
    say!(
        "{name}: intact, {} people of {} on {}, sha256:{}",
        list.people.len(),
        list.course,
        list.date,
        list.hash
    )?;
    Ok(ExitCode::SUCCESS)
}
