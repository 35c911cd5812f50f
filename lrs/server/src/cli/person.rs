//! `traccia person`

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Target, encoded, member, shown};
use super::confirm;
use super::exit::Exit;
use super::out::{self, in_words, noted, said, say};
use texts::Message;

/// How often a server is asked whether an erasure is done.
const BETWEEN: Duration = Duration::from_millis(500);

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Person {
    /// Erase a person everywhere: statements speak of a pseudonym from then on, or go with the person; documents, names and
    /// accounts of the person go. It cannot be taken back
    Erase {
        /// An identifier, such as mailto:anna@example.org or account:HOMEPAGE|NAME, or COURSE/LEARNER; all that learner lists
        /// have beside it are erased too
        identifier: String,
        /// A further identifier of the same person. Repeatable
        #[arg(long = "identifier", value_name = "IDENTIFIER")]
        others: Vec<String>,
        /// Why: a file number or an article of the law. It is kept
        #[arg(long, required_unless_present = "dry_run")]
        reason: Option<String>,
        /// What becomes of what the person did
        #[arg(long, value_enum, default_value_t)]
        mode: Mode,
        /// Show what would be erased, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Write everything that is kept of a person into a zip archive: JSON, and a page to read in Italian and English
    Export {
        /// An identifier, such as mailto:anna@example.org or account:HOMEPAGE|NAME
        identifier: String,
        /// A further identifier of the same person. Repeatable
        #[arg(long = "identifier", value_name = "IDENTIFIER")]
        others: Vec<String>,
        /// The file to write
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// List erasures, the oldest first
    Erasures {
        /// Those that erased this identifier
        #[arg(long)]
        of: Option<String>,
        #[command(flatten)]
        target: Target,
    },
    /// Show an erasure as JSON, and check its proof against the audit log; ends with 1 where the proof does not hold
    Proof {
        /// The erasure's id, as `erase` and `erasures` print it
        erasure: String,
        #[command(flatten)]
        target: Target,
    },
}

/// What becomes of what the person did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// Statements speak of the pseudonym: hours and completions stay true
    #[default]
    Pseudonymise,
    /// What the person alone did is removed: hours and completions go. Statements of others that name the person speak of
    /// the pseudonym
    Delete,
}

impl Person {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Erase { identifier, others, reason, mode, dry_run, yes, target } => {
                let mut asked = json!({"identifier": identifier, "identifiers": others,
                    "reason": reason.unwrap_or_default()});
                // A server of an earlier release knows of no mode, and does what the default says.
                if let (Mode::Delete, Some(members)) = (mode, asked.as_object_mut()) {
                    members.insert("mode".to_owned(), json!("delete"));
                }
                erase(&target.client()?, &asked, dry_run, yes).await
            }
            Self::Export { identifier, others, output, target } => {
                let client = target.client()?;
                let asked = json!({"identifier": identifier, "identifiers": others});
                let asked = client.request(Method::POST, "/api/v1/dossiers").json(&asked);
                let archive = client.bytes(asked).await?;
                let name = output.display().to_string();
                write_private(&output, &archive).with_context(|| out::writing(&name))?;
                say!("{name}")?;
                Ok(Exit::Done.into())
            }
            Self::Erasures { of, target } => {
                list(&target.client()?, of.as_deref()).await?;
                Ok(Exit::Done.into())
            }
            Self::Proof { erasure, target } => {
                let client = target.client()?;
                let shown = client.get(&at(&erasure)).await?;
                say!("{shown:#}")?;
                let holds = shown.get("holds") == Some(&Value::Bool(true));
                Ok(if holds { Exit::Done } else { Exit::No }.into())
            }
        }
    }
}

/// Writes a file that only this user reads. One that is there keeps its permissions.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

fn at(erasure: &str) -> String {
    format!("/api/v1/erasures/{}", encoded(erasure))
}

async fn erase(
    client: &Client,
    asked: &Value,
    dry_run: bool,
    yes: bool,
) -> anyhow::Result<ExitCode> {
    let preview = client.request(Method::POST, "/api/v1/erasures?dry_run=true").json(asked);
    let preview = client.json(preview).await?;
    show(&preview)?;
    if dry_run {
        return Ok(Exit::Done.into());
    }
    if !confirm::is_wanted(yes, &Message::new("cli-person-sure"))? {
        return Ok(Exit::No.into());
    }
    let begun = client.request(Method::POST, "/api/v1/erasures").json(asked);
    let id = member(&client.json(begun).await?, "id");
    noted(&Message::new("cli-person-begun").with("id", &id));
    loop {
        let shown = client.get(&at(&id)).await?;
        if member(&shown, "state") == "done" {
            let erased = Message::new("cli-person-erased").with("id", &id);
            said(&erased.with("proof", member(&shown, "proof")))?;
            return Ok(Exit::Done.into());
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// The characters of the longest word before what is listed of a person, in either language.
const WIDTH: usize = 14;

fn show(preview: &Value) -> std::io::Result<()> {
    let list = |name: &str| {
        let items = preview.get(name).and_then(Value::as_array);
        items.cloned().unwrap_or_default()
    };
    let of_kind =
        |kind: &'static str, what: &str| say!("{:<WIDTH$}  {what}", in_words(&Message::new(kind)));
    for identifier in list("identifiers") {
        of_kind("cli-person-identifier", &shown(&identifier))?;
    }
    for learner in list("learners") {
        let part = |name: &str| member(&learner, name);
        let place = Message::new("cli-person-in").with("learner", part("learner"));
        of_kind("cli-person-learner", &in_words(&place.with("course", part("course"))))?;
    }
    for account in list("accounts") {
        of_kind("cli-person-account", &shown(&account))?;
    }
    for (what, count) in preview.get("counts").and_then(Value::as_object).into_iter().flatten() {
        say!("{:<WIDTH$}  {count}", counted(what))?;
    }
    let has = |what: &str| preview.pointer(&format!("/counts/{what}")).is_some();
    if has("others") || has("documents_of_others") {
        noted(&Message::new("cli-person-check"));
    }
    for left in list("left") {
        noted(&Message::new("cli-person-left").with("what", shown(&left)));
    }
    Ok(())
}

/// A kind of things that are counted, in words; as the server calls it where this program does not know the kind.
fn counted(what: &str) -> String {
    let message = match what {
        "statements" => "cli-person-statements",
        "removed" => "cli-person-removed",
        "others" => "cli-person-others",
        "unreadable" => "cli-person-unreadable",
        "learners" => "cli-person-learners",
        "accounts" => "cli-person-accounts",
        "documents" => "cli-person-documents",
        "documents_of_others" => "cli-person-documents-of-others",
        "certificates" => "cli-person-certificates",
        unknown => return unknown.to_owned(),
    };
    in_words(&Message::new(message))
}

async fn list(client: &Client, of: Option<&str>) -> anyhow::Result<()> {
    let of = of.map(|it| format!("&identifier={}", encoded(it))).unwrap_or_default();
    for erasure in client.pages(&format!("/api/v1/erasures?limit=500{of}")).await? {
        let part = |name: &str| member(&erasure, name);
        say!(
            "{}  {}  {}  {}  {}  {}",
            part("created"),
            part("id"),
            part("state"),
            part("mode"),
            part("by"),
            part("reason")
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_exported_of_a_person_is_for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::TempDir::new().unwrap();
        let path = home.path().join("anna.zip");
        write_private(&path, b"zip").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
