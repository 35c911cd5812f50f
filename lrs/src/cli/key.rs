//! `traccia key`

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Target, encoded, member};

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Make a key; its secret is printed once and kept nowhere
    Create {
        /// What it may do: statements/write, statements/read/mine, statements/read, state,
        /// profile, progress/read, presence/write, all/read, all
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// Bind it to a region: its reports and registers are of learners there alone. Repeatable
        #[arg(long = "region")]
        regions: Vec<String>,
        /// Bind it to a body, by name or ISTAT code. Repeatable
        #[arg(long = "body")]
        bodies: Vec<String>,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
        /// Its name; made up when missing
        #[arg(long = "name")]
        name: Option<String>,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// List all keys, without secrets
    List {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Revoke a key; its statements stay
    Revoke {
        /// The key's name
        name: String,
        #[command(flatten)]
        target: Target,
    },
}

/// How to print keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

impl Key {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create { scopes, regions, bodies, label, name, format, target } => {
                let client = target.client()?;
                let is_bound = !regions.is_empty() || !bodies.is_empty();
                let mut new = json!({"label": label, "scopes": scopes, "key": name});
                if let Some(members) = new.as_object_mut().filter(|_| is_bound) {
                    let bounds = json!({"regions": regions, "bodies": bodies});
                    members.insert("bounds".to_owned(), bounds);
                }
                let request = client.request(Method::POST, "/api/v1/keys").json(&new);
                let key = client.json(request).await?;
                match format {
                    Format::Json => println!("{key:#}"),
                    Format::Text => {
                        println!("{}:{}", member(&key, "key"), member(&key, "secret"));
                        eprintln!("The secret is shown this once.");
                    }
                }
            }
            Self::List { format, target } => {
                let client = target.client()?;
                let keys = client.json(client.request(Method::GET, "/api/v1/keys")).await?;
                if format == Format::Json {
                    println!("{keys:#}");
                } else {
                    keys.as_array().into_iter().flatten().for_each(print);
                }
            }
            Self::Revoke { name, target } => {
                let client = target.client()?;
                let path = format!("/api/v1/keys/{}", encoded(&name));
                client.text(client.request(Method::DELETE, &path)).await?;
                println!("{name} is revoked");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(key: &Value) {
    let scopes: Vec<&str> = key
        .get("scopes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    println!("{}  {}  {}", member(key, "key"), scopes.join(","), member(key, "label"));
}
