//! One self-contained page: the verdict first, then the areas, then every failure with its evidence.

use std::fmt::Write as _;

use crate::Version;
use crate::catalogue::Level;
use crate::result::{CaseResult, Outcome, Run, count};
use crate::suite;

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn render(run: &Run) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>xAPI conformance of {endpoint}</title><style>{STYLE}</style></head><body><main>\n\
         <h1>xAPI conformance</h1><p class=\"target\">{endpoint}<br>{started}, xapi-conformance {program}</p>\n",
        endpoint = escape(&run.endpoint),
        started = escape(&run.started),
        program = escape(&run.program),
    );
    if let Some(reason) = &run.ended_early {
        let _ =
            writeln!(page, "<p class=\"verdict bad\">The run ended early: {}.</p>", escape(reason));
    }
    for version in run.versions() {
        verdict(&mut page, run, version);
    }
    for version in run.versions() {
        areas(&mut page, run, version);
    }
    for (title, wanted) in SECTIONS {
        section(&mut page, run, title, wanted);
    }
    page.push_str("</main></body></html>\n");
    page
}

type Wanted = fn(&CaseResult) -> bool;

const SECTIONS: [(&str, Wanted); 4] = [
    ("What fails", |case| case.counts(false)),
    ("Recommendations missed", |case| case.counts(true) && case.level == Level::Should),
    ("Known failures", |case| case.known.is_some() && case.outcome != Outcome::Passed),
    ("Not tested", |case| matches!(case.outcome, Outcome::Skipped { .. } | Outcome::NotRun)),
];

fn verdict(page: &mut String, run: &Run, version: Version) {
    let counts = run.counts(version);
    let (class, sentence) = match counts.failed {
        0 if counts.known == 0 => ("good", format!("No failure against xAPI {version}.")),
        0 => ("good", format!("No failure against xAPI {version} but the {} known.", counts.known)),
        1 => ("bad", format!("1 failure against xAPI {version}.")),
        failed => ("bad", format!("{failed} failures against xAPI {version}.")),
    };
    let _ = writeln!(
        page,
        "<p class=\"verdict {class}\">{sentence} <span>{} of {} cases passed, {} recommendations missed, {} not tested.</span></p>",
        counts.passed,
        counts.all(),
        counts.missed,
        counts.skipped,
    );
}

fn areas(page: &mut String, run: &Run, version: Version) {
    let _ = writeln!(
        page,
        "<h2>xAPI {version} by area</h2><table><thead><tr><th>area</th><th>passed</th><th>failed</th><th>of</th><th></th></tr></thead><tbody>"
    );
    for area in suite::areas() {
        let of = |case: &&CaseResult| case.version == version && case.area == area;
        let counts = count(run.cases.iter().filter(of));
        if counts.all() == 0 {
            continue;
        }
        let bad = counts.failed + counts.missed + counts.known;
        let _ = writeln!(
            page,
            "<tr><td>{area}</td><td>{}</td><td>{bad}</td><td>{}</td><td><meter min=\"0\" max=\"{}\" value=\"{}\"></meter></td></tr>",
            counts.passed,
            counts.all(),
            counts.all(),
            counts.passed,
        );
    }
    page.push_str("</tbody></table>\n");
}

fn section(page: &mut String, run: &Run, title: &str, wanted: Wanted) {
    let cases: Vec<&CaseResult> = run.cases.iter().filter(|case| wanted(case)).collect();
    if cases.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{title} ({})</h2>", cases.len());
    for case in cases {
        one(page, case);
    }
}

fn one(page: &mut String, case: &CaseResult) {
    let _ = writeln!(
        page,
        "<details><summary><b>{}</b> <code>{} · {}</code></summary><dl>",
        escape(&case.title),
        escape(&case.id),
        case.version
    );
    match &case.outcome {
        Outcome::Failed { expected, got } => {
            entry(page, "expected", expected);
            entry(page, "got", got);
        }
        Outcome::NoAnswer { reason } => entry(page, "no answer", reason),
        Outcome::Skipped { reason } => entry(page, "reason", reason),
        Outcome::Passed | Outcome::NotRun => {}
    }
    if let Some(reason) = &case.known {
        entry(page, "known", reason);
    }
    entry(page, "the standard", &case.clauses().join("\n"));
    page.push_str("</dl>");
    if let Some(exchange) = &case.evidence {
        let lines = |headers: &[(String, String)]| {
            let line = |(name, value): &(String, String)| format!("{name}: {value}");
            headers.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        let request = format!(
            "{}\n{}\n\n{}",
            exchange.request,
            lines(&exchange.request_headers),
            exchange.request_body
        );
        let response = format!(
            "{}\n{}\n\n{}",
            exchange.answer,
            lines(&exchange.response_headers),
            exchange.response_body
        );
        for (name, text) in
            [("Request", &request), ("Answer", &response), ("The same by hand", &exchange.curl)]
        {
            let _ = writeln!(page, "<h3>{name}</h3><pre>{}</pre>", escape(text));
        }
    }
    page.push_str("</details>\n");
}

fn entry(page: &mut String, name: &str, text: &str) {
    let _ = writeln!(page, "<dt>{name}</dt><dd>{}</dd>", escape(text).replace('\n', "<br>"));
}

/// Text for HTML; everything from the server under test goes through here.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
