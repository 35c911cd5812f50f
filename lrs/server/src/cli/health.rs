//! `traccia health`

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use reqwest::Url;
use reqwest::header::ACCEPT_LANGUAGE;
use serde_json::Value;

use super::client::{language_of_terminal, member};
use super::exit::Exit;
use super::out::{in_words, noted, said};
use texts::Message;

/// A container's health check gives up after five seconds.
const PATIENCE: Duration = Duration::from_secs(4);

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Health {
    /// The server's address
    #[arg(long, env = "TRACCIA_URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
}

impl Health {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let base = self.url.as_str().trim_end_matches('/');
        match state(base).await? {
            Ok(warnings) => {
                said(&Message::new("cli-health-ready").with("base", base))?;
                for warning in warnings {
                    let warns = Message::new("cli-health-warns").with("base", base);
                    noted(&warns.with("warning", warning));
                }
                Ok(Exit::Done.into())
            }
            Err(reason) => {
                let not_ready = Message::new("cli-health-not-ready").with("base", base);
                noted(&not_ready.with("reason", reason));
                Ok(Exit::No.into())
            }
        }
    }
}

/// What the server at `base` warns of, where it is ready; else what keeps it from working, in one line.
async fn state(base: &str) -> anyhow::Result<Result<Vec<String>, String>> {
    // One TLS provider for the whole program; a second installation is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // This server itself is asked, not what a proxy of the environment says of it.
    let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
    let asked = http.get(format!("{base}/readyz"));
    let asked = asked.header(ACCEPT_LANGUAGE, language_of_terminal().tag());
    let answer = match asked.send().await {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => {
            let late = Message::new("cli-health-late").with("seconds", PATIENCE.as_secs());
            return Ok(Err(in_words(&late)));
        }
        Err(error) => return Ok(Err(format!("{:#}", anyhow::Error::new(error)))),
    };
    let status = answer.status();
    let said = answer.json::<Value>().await.unwrap_or_default();
    if status.is_success() {
        let warnings = said.get("warnings").and_then(Value::as_array).into_iter().flatten();
        return Ok(Ok(warnings.filter_map(Value::as_str).map(str::to_owned).collect()));
    }
    let reason = member(&said, "detail").replace('\n', " ");
    Ok(Err(format!("{status} {reason}").trim().to_owned()))
}
