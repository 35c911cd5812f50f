//! The metrics of requests. Their names, units and meanings are listed in `traccia` (`app/metrics.rs`).
//!
//! No label has more than [`MOST`] values: what comes after them is counted together, as `(others)`.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics::{counter, gauge, histogram};

use crate::state::Server;

/// How many values a label has at most.
const MOST: usize = 500;

/// The values of a label that were seen so far.
struct Seen(Mutex<HashSet<String>>);

static KEYS: LazyLock<Seen> = LazyLock::new(Seen::none);
static RULES: LazyLock<Seen> = LazyLock::new(Seen::none);
/// The courses whose lag was told last.
static FOLLOWED: LazyLock<Seen> = LazyLock::new(Seen::none);

impl Seen {
    fn none() -> Self {
        Self(Mutex::default())
    }

    /// `value` where it is among the first that were seen.
    fn bounded(&self, value: &str) -> String {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(value) || seen.len() < MOST && seen.insert(value.to_owned()) {
            return value.to_owned();
        }
        "(others)".to_owned()
    }

    /// The values of last time that are not among those of `now`. A gauge keeps what it was set to: that of a course that
    /// was deleted while it was behind would say so for ever.
    fn gone(&self, now: HashSet<String>) -> Vec<String> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = seen.difference(&now).cloned().collect();
        *seen = now;
        gone
    }
}

/// Counts an answer of a route.
pub(super) fn answered(method: &Method, route: &str, status: StatusCode, taken: Duration) {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::POST,
        Method::DELETE,
        Method::OPTIONS,
        Method::PATCH,
    ];
    // Anybody can make methods up.
    let method = known.iter().find(|it| *it == method).map_or("OTHER", Method::as_str).to_owned();
    let labels = [("method", method), ("route", route.to_owned())];
    histogram!("traccia_http_request_duration_seconds", &labels).record(taken);
    let [method, route] = labels;
    let labels = [method, route, ("status", status.as_u16().to_string())];
    counter!("traccia_http_requests_total", &labels).increment(1);
}

/// Counts a refusal by rule, and by the key that was refused where that is a good one.
pub(super) fn refused(rule: &str, key: &str) {
    let labels = [("rule", RULES.bounded(rule)), ("key", KEYS.bounded(key))];
    counter!("traccia_refusals_total", &labels).increment(1);
}

/// Counts the statements of a source that were kept, and were not there before.
pub(crate) fn kept(key: &str, new: usize) {
    let new = u64::try_from(new).unwrap_or(u64::MAX);
    counter!("traccia_statements_total", "key" => KEYS.bounded(key)).increment(new);
}

/// Sets the gauges of what is found out when somebody asks. A store that cannot be asked leaves what was found last.
#[expect(clippy::cast_precision_loss, reason = "gauges are floating-point numbers")]
pub(crate) async fn gauges(server: &Server) {
    let memory = server.shares.whole();
    gauge!("traccia_memory_budget_bytes").set(memory.size() as f64);
    gauge!("traccia_memory_budget_held_bytes").set(memory.held() as f64);
    let process = Process::now();
    if let Some(bytes) = process.resident {
        gauge!("traccia_process_resident_bytes").set(bytes as f64);
    }
    if let Some(files) = process.files {
        gauge!("traccia_process_open_files").set(files as f64);
    }
    let found = server.vitals.report().await;
    gauge!("traccia_store_up").set(if found.is_ok() { 1.0 } else { 0.0 });
    let Ok(report) = found else { return };
    let lags = || report.followers.iter().take(MOST);
    for lag in lags() {
        let course = lag.course.clone();
        gauge!("traccia_follower_lag_seconds", "course" => course).set(lag.seconds as f64);
    }
    for course in FOLLOWED.gone(lags().map(|lag| lag.course.clone()).collect()) {
        gauge!("traccia_follower_lag_seconds", "course" => course).set(0.0);
    }
    if let Some(used) = report.space.used {
        gauge!("traccia_store_used_bytes").set(used as f64);
    }
    if let Some(free) = report.space.free {
        gauge!("traccia_disk_free_bytes").set(free as f64);
    }
    let silent = report.sources.iter().filter(|source| source.is_silent).count();
    gauge!("traccia_silent_sources").set(silent as f64);
}

/// What the system says of this process; nothing where it cannot be asked.
struct Process {
    resident: Option<u64>,
    files: Option<usize>,
}

impl Process {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = resident.and_then(|text| text.split_whitespace().next()?.parse().ok());
        let files = std::fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
        Self { resident: kilobytes.map(|it: u64| it * 1024), files }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_no_more_values_than_there_may_be() {
        let seen = Seen::none();
        for n in 0..MOST {
            assert_eq!(seen.bounded(&n.to_string()), n.to_string());
        }
        assert_eq!(seen.bounded("one more"), "(others)");
        assert_eq!(seen.bounded("7"), "7");
    }

    #[test]
    fn a_course_that_is_gone_is_told_of_once_more() {
        let told = Seen::none();
        let gone = |now: &[&str]| told.gone(now.iter().map(|&it| it.to_owned()).collect());
        assert_eq!(gone(&["a", "b"]), [""; 0]);
        assert_eq!(gone(&["b"]), ["a"]);
        assert_eq!(gone(&["b"]), [""; 0]);
    }
}
