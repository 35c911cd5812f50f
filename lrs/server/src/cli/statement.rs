//! `traccia statement`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use reqwest::{Method, Response};
use serde_json::Value;

use super::client::{Client, Target, encoded, member};
use super::exit::Exit;
use super::out::{self, in_words, noted, said, say};
use texts::Message;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Statement {
    /// Have the server check statements without keeping them; ends with 1 where they break a rule
    Check {
        /// A file with a statement or a list of them, JSON
        file: PathBuf,
        /// The version of xAPI that they are of [default: the server's]
        #[arg(long)]
        version: Option<String>,
        #[command(flatten)]
        target: Target,
    },
    /// Print statements as they come, one a line, until the command is ended
    Live {
        /// With this verb's IRI alone
        #[arg(long)]
        verb: Option<String>,
        /// About the activity of this IRI alone
        #[arg(long)]
        activity: Option<String>,
        /// About this Agent or Group alone, JSON
        #[arg(long)]
        agent: Option<String>,
        /// Of the learners of this course alone, and what bears on it
        #[arg(long)]
        course: Option<String>,
        #[command(flatten)]
        target: Target,
    },
}

impl Statement {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check { file, version, target } => check(&target.client()?, &file, version).await,
            Self::Live { verb, activity, agent, course, target } => {
                let asked =
                    [("verb", verb), ("activity", activity), ("agent", agent), ("course", course)];
                live(&target.client()?, &asked).await
            }
        }
    }
}

async fn check(
    client: &Client,
    file: &std::path::Path,
    version: Option<String>,
) -> anyhow::Result<ExitCode> {
    let name = file.display();
    let body = std::fs::read(file).with_context(|| out::reading(&name))?;
    let query = version.map(|version| format!("?version={}", encoded(&version)));
    let address = format!("/api/v1/statements/check{}", query.unwrap_or_default());
    let request = client.request(Method::POST, &address);
    let request = request.header(CONTENT_TYPE, "application/json").body(body);
    let found = client
        .json(request)
        .await
        .with_context(|| in_words(&Message::new("cli-checking").with("name", &name)))?;
    let violations = found.get("violations").and_then(Value::as_array);
    for violation in violations.into_iter().flatten() {
        let part = |key: &str| member(violation, key);
        let place = format!("{name}:{}:{}", part("line"), part("column"));
        say!("{place}: {} ({}): {}", part("rule"), part("clause"), part("message"))?;
        say!("    {}: {}", part("pointer"), part("remedy"))?;
    }
    if violations.is_some_and(Vec::is_empty) {
        let good = Message::new("cli-statement-good").with("name", &name);
        said(&good.with("count", member(&found, "statements")))?;
        return Ok(Exit::Done.into());
    }
    Ok(Exit::No.into())
}

async fn live(client: &Client, asked: &[(&str, Option<String>)]) -> anyhow::Result<ExitCode> {
    let query: Vec<String> = asked
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", encoded(value.as_ref()?))))
        .collect();
    let address = format!("/api/v1/statements/live?{}", query.join("&"));
    let mut last = None;
    loop {
        let mut request = client.request(Method::GET, &address);
        if let Some(last) = &last {
            request = request.header(HeaderName::from_static("last-event-id"), last);
        }
        let response = client.send(request).await?;
        if !response.status().is_success() {
            // Gives the server's reason.
            client.body_of(response).await?;
            return Ok(Exit::No.into());
        }
        let seen = follow(response).await?;
        let Some(seen) = seen.or(last) else {
            noted(&Message::new("cli-statement-ended"));
            return Ok(Exit::No.into());
        };
        last = Some(seen);
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    }
}

/// Prints the statements of a connection until it ends; gives the id of the last event.
async fn follow(mut response: Response) -> anyhow::Result<Option<String>> {
    let (mut buffer, mut last) = (Vec::new(), None);
    while let Ok(Some(part)) = response.chunk().await {
        buffer.extend_from_slice(&part);
        while let Some(end) = buffer.windows(2).position(|pair| pair == b"\n\n") {
            let event: Vec<u8> = buffer.drain(..end + 2).collect();
            let event = String::from_utf8_lossy(&event);
            let field = |name: &'static str| {
                event.lines().filter_map(move |line| line.strip_prefix(name)).map(str::trim_start)
            };
            let data: Vec<&str> = field("data:").collect();
            if !data.is_empty() {
                say!("{}", data.join(" "))?;
            }
            last = field("id:").next().map(str::to_owned).or(last);
        }
    }
    Ok(last)
}
