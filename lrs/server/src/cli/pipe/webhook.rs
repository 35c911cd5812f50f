//! `traccia pipe webhook` and `traccia pipe secret`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Format, Mapping, One, secret, show, word};
use crate::cli::client::Target;
use crate::cli::exit::Exit;
use crate::cli::out::{in_words, say};
use texts::Message;

/// A webhook to be made.
#[derive(Debug, Args)]
pub(in crate::cli) struct Webhook {
    /// Its name: letters, digits, hyphens, dots and underscores
    name: String,
    /// The address that takes events
    #[arg(long)]
    to: String,
    /// Only statements that this reaction wrote. Repeatable
    #[arg(long = "reaction", value_name = "NAME")]
    reactions: Vec<String>,
    /// Only statements whose activity begins with this. Repeatable
    #[arg(long = "activity", value_name = "PREFIX")]
    activities: Vec<String>,
    /// Only statements of this verb, by its IRI. Repeatable
    #[arg(long = "verb", value_name = "IRI")]
    verbs: Vec<String>,
    /// Only statements of the activities of this course
    #[arg(long)]
    course: Option<String>,
    /// Begin with the statements stored after this instant; with the next one where missing
    #[arg(long)]
    since: Option<String>,
    /// What becomes of the statements
    #[arg(long, value_enum, default_value = "full")]
    mapping: Mapping,
    /// A file with the secret of pseudonyms, 16 characters or more
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
}

impl Webhook {
    pub(super) async fn create(self) -> anyhow::Result<ExitCode> {
        let body = json!({
            "name": self.name,
            "direction": "webhook",
            "url": self.to,
            "filter": {
                "reactions": self.reactions,
                "activities": self.activities,
                "verbs": self.verbs,
                "course": self.course,
                "since": self.since,
            },
            "mapping": word(&self.mapping),
            "secret": secret(self.secret_file)?,
        });
        let client = self.target.client()?;
        let made = client.json(client.request(Method::POST, "/api/v1/pipes").json(&body)).await?;
        show(&made, Format::Text)?;
        shown_once(&made)
    }
}

/// Gives a webhook another secret.
pub(super) async fn rotate(one: One) -> anyhow::Result<ExitCode> {
    let pipe = one.asked(Method::POST, "/signing-secret").await?;
    shown_once(&pipe)
}

fn shown_once(pipe: &Value) -> anyhow::Result<ExitCode> {
    if let Some(secret) = pipe.get("signing_secret").and_then(Value::as_str) {
        let shown = Message::new("cli-pipe-secret").with("secret", secret);
        say!("    {}", in_words(&shown))?;
    }
    Ok(Exit::Done.into())
}
