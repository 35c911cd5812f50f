//! `traccia health`

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use reqwest::Url;
use serde_json::Value;

use super::client::member;

/// Who asks has given up by then: a container's health check does after five seconds.
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
        match ailment(base).await? {
            None => {
                println!("{base} is ready");
                Ok(ExitCode::SUCCESS)
            }
            Some(reason) => {
                eprintln!("{base} is not ready: {reason}");
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

/// What keeps the server at `base` from working, in one line; none when it is ready.
async fn ailment(base: &str) -> anyhow::Result<Option<String>> {
    // One TLS provider for the whole program; a second installation is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // This server itself is asked, not what a proxy of the environment says of it.
    let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
    let answer = match http.get(format!("{base}/readyz")).send().await {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => {
            return Ok(Some(format!("no answer within {} seconds", PATIENCE.as_secs())));
        }
        Err(error) => return Ok(Some(format!("{:#}", anyhow::Error::new(error)))),
    };
    let status = answer.status();
    if status.is_success() {
        return Ok(None);
    }
    let problem = answer.json::<Value>().await.unwrap_or_default();
    Ok(Some(
        format!("{status} {}", member(&problem, "detail").replace('\n', " ")).trim().to_owned(),
    ))
}
