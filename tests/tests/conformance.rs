//! The conformance cases over the real program, in both versions, over HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use conformance::Version;
use conformance::known::Known;
use conformance::lrs::{Credentials, Target};
use conformance::result::{CaseResult, Outcome};
use conformance::runner::{self, Options, Server};
use conformance::transport::Http;
use conformance::{probe, report, suite};
use e2e::{Client, Setup, Traccia};

/// Faults of Traccia that are known, each to be mended and taken off.
const KNOWN: &str = include_str!("conformance.toml");

fn credentials(client: &Client) -> Option<Credentials> {
    let encoded = client.credentials().strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Credentials { user: user.to_owned(), password: password.to_owned() })
}

async fn server(traccia: &Traccia) -> Server {
    let mut target = Target::new(&format!("{}/xapi", traccia.url())).unwrap();
    target.credentials = credentials(&traccia.admin());
    target.reader = credentials(&traccia.holder_of(&["statements/read"]).await);
    let transport = Http::new(Duration::from_mins(1)).unwrap();
    Server { target: Arc::new(target), transport: Arc::new(transport) }
}

/// Fails for what is wrong and not known, and for what is known and not wrong.
async fn passes(version: Version, traccia: Traccia) {
    let server = server(&traccia).await;
    probe::probe(&server, version).await.unwrap();
    let known = Known::parse(KNOWN).unwrap();
    let options = Options { case_timeout: Duration::from_mins(3), ..Options::default() };
    let cases = runner::run(&server, version, suite::cases(), &known, &options, |_| {}).await;
    let surprising = |case: &CaseResult| match &case.known {
        Some(_) => case.outcome == Outcome::Passed,
        None => case.outcome != Outcome::Passed,
    };
    let wrong: Vec<CaseResult> = cases.iter().filter(|case| surprising(case)).cloned().collect();
    let run = conformance::result::Run {
        endpoint: traccia.url().to_owned(),
        program: String::new(),
        started: String::new(),
        cases: wrong,
        ended_early: None,
    };
    assert!(run.cases.is_empty(), "{}", report::text(&run, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn traccia_passes_every_case_of_1_0_3() {
    passes(Version::One, Traccia::program().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn traccia_passes_every_case_of_2_0_0() {
    passes(Version::Two, Traccia::program().await).await;
}

async fn on_mongodb() -> Traccia {
    Setup::default().store(&programs::fresh_database().await).start().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn traccia_on_mongodb_passes_every_case_of_1_0_3() {
    passes(Version::One, on_mongodb().await).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn traccia_on_mongodb_passes_every_case_of_2_0_0() {
    passes(Version::Two, on_mongodb().await).await;
}
