//! The metrics of this process: their names, units and meanings, and the recorder that counts them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// How often samples are put into their buckets where nobody asks for metrics: they would take memory without end.
const UPKEEP: Duration = Duration::from_secs(5);
/// The upper ends of buckets, in seconds: from what a commit takes to what a report of all learners takes.
const SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// The upper ends of buckets of how many jobs share a commit.
const JOBS: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 300.0, 1_000.0];

/// What a metric counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Something that only grows while the process lives.
    Counter,
    /// Something as it is now.
    Gauge,
    /// How often something took how long, or was how large.
    Histogram,
}

/// Every metric: its name, its kind, its labels, and what it tells. Labels have no more than 500 values each.
pub const METRICS: [(&str, MetricKind, &[&str], &str); 20] = [
    (
        "traccia_http_requests_total",
        MetricKind::Counter,
        &["method", "route", "status"],
        "Answers, by the template of their route; `other` for files of the browser UI and for what is not there.",
    ),
    (
        "traccia_http_request_duration_seconds",
        MetricKind::Histogram,
        &["method", "route"],
        "From the head of a request to the head of its answer.",
    ),
    (
        "traccia_refusals_total",
        MetricKind::Counter,
        &["rule", "key"],
        "Requests that broke a rule, by the rule and the key; no key where none was good, (people) for sessions.",
    ),
    (
        "traccia_statements_total",
        MetricKind::Counter,
        &["key"],
        "Statements that were kept for a key and were not there before.",
    ),
    ("traccia_store_up", MetricKind::Gauge, &[], "Whether the store could be asked: 1 or 0."),
    (
        "traccia_store_group_size",
        MetricKind::Histogram,
        &[],
        "Jobs that shared a transaction (SQLite), or requests that shared a group (MongoDB).",
    ),
    (
        "traccia_store_commit_seconds",
        MetricKind::Histogram,
        &[],
        "What a transaction or group took, from its beginning until it was durable.",
    ),
    (
        "traccia_store_checkpoint_seconds",
        MetricKind::Histogram,
        &["by"],
        "What it took to bring the journal into the database, by its thread or by the writer, which commits wait for (SQLite \
         alone).",
    ),
    (
        "traccia_store_queue",
        MetricKind::Gauge,
        &[],
        "Jobs that wait for the next transaction or group.",
    ),
    ("traccia_store_used_bytes", MetricKind::Gauge, &[], "What the store takes on the disk."),
    ("traccia_disk_free_bytes", MetricKind::Gauge, &[], "What is left on the disk of the store."),
    (
        "traccia_follower_lag_seconds",
        MetricKind::Gauge,
        &["course"],
        "For how long the oldest statement has been there that does not count in a course yet.",
    ),
    (
        "traccia_silent_sources",
        MetricKind::Gauge,
        &[],
        "Keys that have not sent for three times as long as usual, and an hour at least.",
    ),
    ("traccia_memory_budget_bytes", MetricKind::Gauge, &[], "What all requests may hold together."),
    (
        "traccia_memory_budget_held_bytes",
        MetricKind::Gauge,
        &[],
        "What requests hold together now.",
    ),
    (
        "traccia_process_resident_bytes",
        MetricKind::Gauge,
        &[],
        "The memory of the process (Linux).",
    ),
    (
        "traccia_process_open_files",
        MetricKind::Gauge,
        &[],
        "Open descriptors of the process (Linux).",
    ),
    (
        "traccia_certificate_expiry_seconds",
        MetricKind::Gauge,
        &[],
        "When the certificate in use ends, in seconds since 1970; absent without TLS of its own.",
    ),
    (
        "traccia_scans_total",
        MetricKind::Counter,
        &["outcome"],
        "Files that a clamd server looked at: clean, infected, or failed; absent without clamd.",
    ),
    (
        DROPPED_LINES,
        MetricKind::Counter,
        &[],
        "Lines of the log that were dropped because standard error took them too slowly.",
    ),
];

const DROPPED_LINES: &str = "traccia_log_lines_dropped_total";

/// Counts the lines that this process could not write to its log; nothing where it writes none.
static DROPPED: OnceLock<Arc<AtomicU64>> = OnceLock::new();

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to count, once in a process; says in the log where that cannot be.
pub(super) fn count() {
    let handle = RECORDER.get_or_init(|| match recorder() {
        Ok(handle) => {
            describe();
            Some(handle)
        }
        Err(error) => {
            tracing::error!(error, "there are no metrics");
            None
        }
    });
    if let Some(handle) = handle.clone() {
        tokio::spawn(async move {
            let mut rounds = tokio::time::interval(UPKEEP);
            loop {
                rounds.tick().await;
                handle.run_upkeep();
            }
        });
    }
}

fn recorder() -> Result<PrometheusHandle, String> {
    let seconds = Matcher::Suffix("_seconds".into());
    let jobs = Matcher::Full("traccia_store_group_size".into());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, &SECONDS);
    let builder = builder.and_then(|it| it.set_buckets_for_metric(jobs, &JOBS));
    builder.and_then(PrometheusBuilder::install_recorder).map_err(|error| error.to_string())
}

fn describe() {
    for (name, kind, _, help) in METRICS {
        let unit = match name.rsplit('_').next() {
            Some("seconds") => Unit::Seconds,
            Some("bytes") => Unit::Bytes,
            _ => Unit::Count,
        };
        match kind {
            MetricKind::Counter => describe_counter!(name, unit, help),
            MetricKind::Gauge => describe_gauge!(name, unit, help),
            MetricKind::Histogram => describe_histogram!(name, unit, help),
        }
    }
}

/// Tells from now on of the lines that the log of this process could not write. Only the first counter counts.
pub fn count_dropped_lines(lines: Arc<AtomicU64>) {
    let _ = DROPPED.set(lines);
}

/// All metrics in Prometheus' text format.
pub(super) fn exposition() -> String {
    let dropped = DROPPED.get().map_or(0, |lines| lines.load(Ordering::Relaxed));
    counter!(DROPPED_LINES).absolute(dropped);
    RECORDER.get().and_then(Option::as_ref).map(PrometheusHandle::render).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The metrics that a text names, each without what Prometheus appends to histograms.
    fn named(text: &str) -> BTreeSet<String> {
        let is_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let words = text.split(|it| !is_word(it)).filter(|word| word.starts_with("traccia_"));
        let name = |word: &str| {
            let ends = ["_bucket", "_sum", "_count"];
            let base = ends.iter().find_map(|end| word.strip_suffix(end));
            base.unwrap_or(word).to_owned()
        };
        words.map(name).collect()
    }

    fn document(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations");
        std::fs::read_to_string(folder.join(name)).unwrap()
    }

    #[test]
    fn dashboard_alerts_and_documentation_name_the_metrics_that_there_are() {
        let known: BTreeSet<String> = METRICS.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(named(&document("monitoring.md")), known);
        assert_eq!(named(&document("grafana.json")), known, "each has a place on the dashboard");
        let alerts = named(&document("alerts.yml"));
        assert!(alerts.len() > 8 && alerts.is_subset(&known), "{alerts:?}");
    }

    #[test]
    fn the_dashboard_is_one_that_grafana_takes() {
        let dashboard: serde_json::Value = serde_json::from_str(&document("grafana.json")).unwrap();
        assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 36);
        let variables = dashboard["templating"]["list"].as_array().unwrap();
        assert_eq!(variables[0]["name"], "datasource");
        let panels = dashboard["panels"].as_array().unwrap();
        let ids: BTreeSet<u64> = panels.iter().map(|it| it["id"].as_u64().unwrap()).collect();
        assert_eq!(ids.len(), panels.len(), "ids are unique");
        for panel in panels {
            let place = &panel["gridPos"];
            let end = place["x"].as_u64().unwrap() + place["w"].as_u64().unwrap();
            assert!(end <= 24 && place["h"].as_u64().unwrap() > 0, "{panel}");
            for target in panel["targets"].as_array().unwrap() {
                assert_eq!(target["datasource"]["uid"], "${datasource}");
                assert!(target["expr"].as_str().unwrap().contains("traccia_"), "{target}");
            }
        }
    }
}
