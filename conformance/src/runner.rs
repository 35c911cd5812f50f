//! Runs cases side by side, and ends in any case.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream;

use crate::case::Case;
use crate::failure::{Checked, Failure};
use crate::known::Known;
use crate::lrs::{Lrs, Target};
use crate::result::{CaseResult, Outcome};
use crate::transport::Transport;
use crate::version::Version;

/// How cases are run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many at once.
    pub jobs: usize,
    /// How long one case may take.
    pub case_timeout: Duration,
    /// After how many cases in a row without any answer the rest is left.
    pub patience: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { jobs: 8, case_timeout: Duration::from_mins(1), patience: 16 }
    }
}

/// A server and the way to it.
#[derive(Clone)]
pub struct Server {
    /// What is tested.
    pub target: Arc<Target>,
    /// How requests get there.
    pub transport: Arc<dyn Transport>,
}

/// Runs the cases of a version, `options.jobs` at a time; `done` hears of each as it ends. The results come
/// in the order of the cases. If the server does not answer any more, the rest is not run.
pub async fn run(
    server: &Server,
    version: Version,
    cases: &[Case],
    known: &Known,
    options: &Options,
    done: impl Fn(&CaseResult),
) -> Vec<CaseResult> {
    let silent = Arc::new(AtomicUsize::new(0));
    let meant = cases.iter().filter(|case| case.versions.contains(&version)).cloned();
    let one = |(place, case): (usize, Case)| {
        let (server, silent, options) = (server.clone(), Arc::clone(&silent), options.clone());
        async move { (place, unless_silent(&server, version, &case, &options, &silent).await) }
    };
    let runs = stream::iter(meant.enumerate().map(one)).buffer_unordered(options.jobs.max(1));
    let told = runs.map(|(place, mut result)| {
        result.known = known.reason(&result.id, version);
        done(&result);
        (place, result)
    });
    let mut results: Vec<(usize, CaseResult)> = told.collect().await;
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Runs a case if the server has not been silent for too long.
async fn unless_silent(
    server: &Server,
    version: Version,
    case: &Case,
    options: &Options,
    silent: &AtomicUsize,
) -> CaseResult {
    if silent.load(Ordering::Relaxed) >= options.patience {
        return result(case, version, Outcome::NotRun, Duration::ZERO);
    }
    let result = run_one(server, version, case, options.case_timeout).await;
    match result.outcome {
        Outcome::NoAnswer { .. } => silent.fetch_add(1, Ordering::Relaxed),
        _ => silent.swap(0, Ordering::Relaxed),
    };
    result
}

/// Runs one case; whatever it does, even panicking, is a result.
pub async fn run_one(
    server: &Server,
    version: Version,
    case: &Case,
    timeout: Duration,
) -> CaseResult {
    let lrs = Lrs::new(Arc::clone(&server.target), Arc::clone(&server.transport), version);
    let begun = Instant::now();
    let task = tokio::spawn(case.run(lrs.clone()));
    let stop = task.abort_handle();
    let (outcome, exchange) = match tokio::time::timeout(timeout, task).await {
        Ok(Ok(checked)) => judged(checked),
        Ok(Err(panic)) => {
            (Outcome::NoAnswer { reason: format!("the case itself broke: {panic}") }, usize::MAX)
        }
        Err(_) => {
            stop.abort();
            (Outcome::NoAnswer { reason: format!("not finished within {timeout:?}") }, usize::MAX)
        }
    };
    let mut result = result(case, version, outcome, begun.elapsed());
    if !matches!(result.outcome, Outcome::Passed | Outcome::Skipped { .. }) {
        result.evidence = lrs.exchange(exchange);
    }
    result
}

fn judged(checked: Checked) -> (Outcome, usize) {
    match checked {
        Ok(()) => (Outcome::Passed, usize::MAX),
        Err(Failure::Wrong { expected, got, exchange }) => {
            (Outcome::Failed { expected, got }, exchange)
        }
        Err(Failure::Unreachable { error, exchange }) => {
            (Outcome::NoAnswer { reason: error.to_string() }, exchange)
        }
        Err(Failure::NotApplicable(reason)) => (Outcome::Skipped { reason }, usize::MAX),
    }
}

fn result(case: &Case, version: Version, outcome: Outcome, took: Duration) -> CaseResult {
    CaseResult {
        id: case.id.clone(),
        title: case.title.clone(),
        area: case.area.to_owned(),
        version,
        level: case.level(),
        requirements: case.requirements.clone(),
        outcome,
        milliseconds: took.as_millis().try_into().unwrap_or(u64::MAX),
        known: None,
        evidence: None,
    }
}
