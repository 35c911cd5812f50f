//! What is printed at the end of a run.

use std::fmt::Write as _;

use crate::catalogue::Level;
use crate::result::{CaseResult, Outcome, Run};

/// The failures, each with what was expected and by which clause, and the counts of each version.
pub fn text(run: &Run, strict: bool) -> String {
    let mut out = String::new();
    for case in &run.cases {
        let what = match &case.outcome {
            Outcome::Failed { expected, got } => format!("expected {expected}\n    got      {got}"),
            Outcome::NoAnswer { reason } => format!("no answer to judge: {reason}"),
            _ => continue,
        };
        failure(&mut out, case, &what);
    }
    for version in run.versions() {
        let counts = run.counts(version);
        let _ = write!(out, "xAPI {version}: {} of {} cases passed", counts.passed, counts.all());
        for (count, what) in [
            (counts.failed, "failed"),
            (counts.missed, "recommendations missed"),
            (counts.known, "failed as known"),
            (counts.skipped, "skipped"),
        ] {
            if count > 0 {
                let _ = write!(out, ", {count} {what}");
            }
        }
        out.push('\n');
    }
    for case in
        run.cases.iter().filter(|case| case.known.is_some() && case.outcome == Outcome::Passed)
    {
        let _ = writeln!(
            out,
            "{} in {} is known to fail and passes: take it off the list",
            case.id, case.version
        );
    }
    if let Some(reason) = &run.ended_early {
        let _ = writeln!(out, "The run ended early: {reason}.");
    } else if run.exit_code(strict) == 0 {
        out.push_str("Nothing counts against this server.\n");
    }
    out
}

fn failure(out: &mut String, case: &CaseResult, what: &str) {
    let word = match (&case.known, case.level) {
        (Some(_), _) => "KNOWN",
        (None, Level::Must) => "FAILED",
        (None, Level::Should) => "MISSED",
    };
    let _ =
        writeln!(out, "{word} {} (xAPI {})\n    {}\n    {what}", case.id, case.version, case.title);
    for clause in case.clauses() {
        let _ = writeln!(out, "    {clause}");
    }
    if let Some(exchange) = &case.evidence {
        let _ = writeln!(out, "    {}", exchange.curl.chars().take(600).collect::<String>());
    }
    out.push('\n');
}
