//! The server under test as a case sees it: requests in the version under test, every exchange kept.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use url::Url;

use crate::ask::Ask;
use crate::exchange::{Exchange, Request, Response};
use crate::failure::{Checked, Failure};
use crate::transport::Transport;
use crate::version::Version;

/// A user name and its password.
#[derive(Clone)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl Credentials {
    /// The value of the `Authorization` header.
    pub fn basic(&self) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", self.user, self.password)))
    }
}

/// What is tested, and how patiently.
#[derive(Clone)]
pub struct Target {
    /// The base address, such as `https://lrs.example.org/xapi/`; with a slash at its end.
    pub endpoint: Url,
    /// Who may do everything; `None` for a server that asks for no credentials.
    pub credentials: Option<Credentials>,
    /// Who may read statements but not write them, for the cases about 403.
    pub reader: Option<Credentials>,
    /// How long a stored statement may take to become visible.
    pub settle: Duration,
    /// How long a second of the server's clock is: one second, except for a made-up clock.
    pub second: Duration,
}

impl Target {
    /// A target at this address.
    ///
    /// # Errors
    /// If the address is no HTTP URL.
    pub fn new(endpoint: &str) -> Result<Self, String> {
        let text = format!("{}/", endpoint.trim_end_matches('/'));
        let endpoint = Url::parse(&text).map_err(|error| format!("{endpoint}: {error}"))?;
        if !matches!(endpoint.scheme(), "http" | "https") {
            return Err(format!("{endpoint}: only http and https are spoken"));
        }
        let settle = Duration::from_secs(5);
        let second = Duration::from_secs(1);
        Ok(Self { endpoint, credentials: None, reader: None, settle, second })
    }
}

/// A request and what came back, or why nothing did.
type Sent = (Request, Result<Response, String>);

/// The server, for one case in one version. Clones share the record of exchanges.
#[derive(Clone)]
pub struct Lrs {
    pub(crate) target: Arc<Target>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) sent: Arc<Mutex<Vec<Sent>>>,
    /// The version under test.
    pub version: Version,
}

impl Lrs {
    /// The server with an empty record.
    pub fn new(target: Arc<Target>, transport: Arc<dyn Transport>, version: Version) -> Self {
        Self { target, transport, version, sent: Arc::default() }
    }

    /// One exchange, by its place in the order in which they ended; the last one if there is none there.
    pub fn exchange(&self, index: usize) -> Option<Exchange> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let (request, answer) = sent.get(index).or(sent.last())?;
        Some(Exchange::new(request, answer.as_ref().map_err(String::as_str)))
    }

    /// A request by any method to a path below the endpoint.
    pub fn ask(&self, method: &str, path: &str) -> Ask {
        Ask::new(self, method, path)
    }

    /// GET.
    pub fn get(&self, path: &str) -> Ask {
        self.ask("GET", path)
    }

    /// PUT.
    pub fn put(&self, path: &str) -> Ask {
        self.ask("PUT", path)
    }

    /// POST.
    pub fn post(&self, path: &str) -> Ask {
        self.ask("POST", path)
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Ask {
        self.ask("DELETE", path)
    }

    /// The cases about 403 need a second key.
    pub(crate) fn reader(&self) -> Checked<Credentials> {
        let missing = "no credentials that may read but not write were given (--reader-user)";
        self.target.reader.clone().ok_or_else(|| Failure::NotApplicable(missing.to_owned()))
    }

    /// Lets more than a second pass, so that times told to the second differ; much less for a target
    /// that settles at once and counts its seconds faster.
    pub(crate) async fn wait_a_second(&self) {
        tokio::time::sleep(self.target.second + self.target.second / 10).await;
    }

    /// Lets a few milliseconds pass, so that times told to the millisecond differ.
    pub(crate) async fn pause(&self) {
        tokio::time::sleep(self.target.second / 200).await;
    }

    /// Stores statements (one, or a list) and waits until the last one can be read.
    pub(crate) async fn keep(&self, statements: &Value) -> Checked<()> {
        self.post("statements").json(statements).await?.is(200)?;
        let last = statements.as_array().and_then(|list| list.last()).unwrap_or(statements);
        match last.get("id").and_then(Value::as_str) {
            Some(id) => self.fetch(id).await.map(drop),
            None => Ok(()),
        }
    }

    /// The stored statement; waits for it as long as the target may take.
    pub(crate) async fn fetch(&self, id: &str) -> Checked<Value> {
        const PAUSE: Duration = Duration::from_millis(100);
        let mut waited = Duration::ZERO;
        loop {
            let reply = self.get("statements").query("statementId", id).await?;
            if reply.status() == 404 && waited < self.target.settle {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
                continue;
            }
            return reply.is(200)?.json();
        }
    }

    /// Asserts that a query gives exactly these statements, in this order.
    pub(crate) async fn finds(&self, parameters: &[(&str, &str)], ids: &[&str]) -> Checked<()> {
        let reply = self.get("statements").queries(parameters).await?.is(200)?;
        let found: Vec<String> = reply.statements()?.iter().map(id_of).collect();
        reply.check(found == ids, format!("the statements {ids:?}"), || format!("{found:?}"))
    }
}

/// The id of a statement; empty without one.
pub(crate) fn id_of(statement: &Value) -> String {
    statement.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}
