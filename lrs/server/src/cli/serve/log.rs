//! What is logged, the filter in `TRACCIA_LOG`, and how.

use std::io::IsTerminal as _;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use super::lines::Lines;
use crate::app::metrics;

/// The crates of the server, which `traccia` stands for in a filter.
const CRATES: [&str; 9] = [
    "access",
    "course",
    "http_api",
    "report",
    "service",
    "store",
    "store_mongo",
    "store_sqlite",
    "traccia",
];
/// What a filter calls all of [`CRATES`]; `lrs` is what it called them when they were one.
const ALL: [&str; 2] = ["traccia", "lrs"];

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// A JSON object a line, for programs.
    Json,
}

/// Logs what `TRACCIA_LOG` says, or what matters, to standard error as long as that is there.
///
/// A thread of its own writes. Requests never wait for standard error, which may be a pipe that nobody empties: lines for which
/// there is no room are dropped and counted (`traccia_log_lines_dropped_total`), see [`Lines`]. Dropping the guard writes what
/// waits, for a second at most.
///
/// # Errors
/// Where `TRACCIA_LOG` is no filter.
pub(super) fn to_stderr(format: Format) -> anyhow::Result<WorkerGuard> {
    let wanted = std::env::var("TRACCIA_LOG").unwrap_or_else(|_| "info".into());
    let filter = EnvFilter::try_new(directives(&wanted)).map_err(|error| {
        anyhow::anyhow!(
            "TRACCIA_LOG is `{wanted}`, which is no filter: {error}; use a level such as `info`, or levels by part such \
             as `warn,traccia=debug`"
        )
    })?;
    let (lines, guard) = Lines::to(std::io::stderr());
    metrics::count_dropped_lines(lines.dropped());
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(lines)
        // Colours in a file would hide its words from a search.
        .with_ansi(std::io::stderr().is_terminal())
        // It would report on standard error that standard error is closed, and panic.
        .log_internal_errors(false);
    match format {
        Format::Text => subscriber.init(),
        Format::Json => subscriber.json().flatten_event(true).with_current_span(false).init(),
    }
    Ok(guard)
}

/// The filter with each crate of the server in place of `traccia`.
fn directives(wanted: &str) -> String {
    let each = wanted.split(',').flat_map(|directive| {
        let directive = directive.trim();
        match directive.split_once('=').filter(|(part, _)| ALL.contains(part)) {
            Some((_, level)) => CRATES.iter().map(|name| format!("{name}={level}")).collect(),
            None => vec![directive.to_owned()],
        }
    });
    each.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traccia_stands_for_all_crates_of_the_server() {
        let every = CRATES.map(|name| format!("{name}=debug")).join(",");
        assert_eq!(directives("warn, traccia=debug"), format!("warn,{every}"));
        assert_eq!(directives("lrs=debug"), every);
        assert_eq!(directives("info,hyper=trace,traccia::app"), "info,hyper=trace,traccia::app");
    }
}
