//! A report as text, JSON and SARIF 2.1.0.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::finding::Finding;
use crate::report::{Kind, Part, Report};
use crate::rule::{Rule, Severity};

/// What of a path a URI takes as it is.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// The words of one language.
pub trait Words {
    /// The text `id` of the catalogue with these values in it.
    fn say(&self, id: &str, values: &[(&'static str, String)]) -> String;
}

fn message(words: &dyn Words, finding: &Finding) -> String {
    words.say(finding.rule.text_id(), &finding.values)
}

fn remedy(words: &dyn Words, finding: &Finding) -> String {
    words.say(&format!("{}.remedy", finding.rule.text_id()), &finding.values)
}

/// Text on one line, with its control characters written out, as in `\u{1b}`: names in a package may be anybody's, and
/// must neither steer a terminal nor look like a line of the report.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { plain.extend(c.escape_unicode()) } else { plain.push(c) }
    }
    plain
}

/// What the package is and will report, and whether another platform has to play it.
fn sentence(words: &dyn Words, report: &Report) -> String {
    let Some(kind) = report.kind else { return words.say("package-is-none", &[]) };
    let told = report.reports;
    let all = [
        (told.status, "package-tells-status"),
        (told.score, "package-tells-score"),
        (told.answers, "package-tells-answers"),
        (told.time, "package-tells-time"),
        (told.place, "package-tells-place"),
    ];
    let told_parts = all.into_iter().filter(|(is_told, _)| *is_told);
    let list: Vec<String> = told_parts.map(|(_, id)| words.say(id, &[])).collect();
    let values = [
        ("kind", kind.name().to_owned()),
        ("units", told.units.to_string()),
        ("what", list.join(", ")),
    ];
    if kind == Kind::Aicc {
        return words.say("package-not-played", &[("kind", kind.name().to_owned())]);
    }
    let id = match (told.units, list.is_empty()) {
        (0, _) => "package-reports-nothing",
        (_, true) => "package-reports-unknown",
        (1, false) => "package-reports-one",
        _ => "package-reports-several",
    };
    let sentence = words.say(id, &values);
    // Whoever hosts a package learns before the import that this one is for another platform.
    match kind {
        Kind::Cmi5 | Kind::Xapi => format!("{sentence} {}", words.say("package-elsewhere", &[])),
        _ => sentence,
    }
}

/// The report as text for people: the sentence, the structure, the findings, a count.
pub fn text(report: &Report, file: &str, words: &dyn Words) -> String {
    let mut shown = format!("{file}: {}\n", sentence(words, report));
    for part in &report.parts {
        outline(part, 1, words, &mut shown);
    }
    shown += &findings(report, file, words, Severity::Note);
    let count = |severity| report.findings.count(severity).to_string();
    let values = [
        ("errors", count(Severity::Error)),
        ("warnings", count(Severity::Warning)),
        ("notes", count(Severity::Note)),
    ];
    let _ = writeln!(shown, "{}", words.say("package-count", &values));
    shown
}

/// The findings of this severity and worse as text for people, two lines each; empty where there are none.
pub fn findings(report: &Report, file: &str, words: &dyn Words, least: Severity) -> String {
    let mut shown = String::new();
    for finding in report.findings.iter().filter(|finding| finding.severity <= least) {
        let inner = finding.file.as_deref().map(|inner| format!("/{}", plain(inner)));
        let inner = inner.unwrap_or_default();
        let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        let severity = words.say(severity_text(finding.severity), &[]);
        let message = plain(&message(words, finding));
        let remedy = plain(&remedy(words, finding));
        // Writing into a text cannot fail.
        let _ = writeln!(
            shown,
            "{file}{inner}{line}: {severity}: {message} [{}]\n    {remedy}",
            finding.rule.id()
        );
    }
    for (rule, more) in report.findings.left_off().filter(|(rule, _)| rule.severity() <= least) {
        let values = [("rule", rule.id().to_owned()), ("count", more.to_string())];
        let _ = writeln!(shown, "{}", words.say("package-left-off", &values));
    }
    shown
}

fn outline(part: &Part, depth: usize, words: &dyn Words, shown: &mut String) {
    let what = words.say(&format!("package-part-{}", part.what), &[]);
    let launch =
        part.launch.as_deref().map(|launch| format!(" → {}", plain(launch))).unwrap_or_default();
    let settings = part.settings.iter().map(|(name, value)| format!("  {name}={}", plain(value)));
    let settings: String = settings.collect();
    let _ = writeln!(
        shown,
        "{}{what} “{}” ({}){launch}{settings}",
        "  ".repeat(depth),
        plain(&part.title),
        plain(&part.id)
    );
    for below in &part.parts {
        outline(below, depth + 1, words, shown);
    }
}

const fn severity_text(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "package-error",
        Severity::Warning => "package-warning",
        Severity::Note => "package-note",
    }
}

/// The report as JSON: `kind`, `sentence`, `reports`, `files`, `parts`, `findings` and `counts`.
pub fn json(report: &Report, words: &dyn Words) -> Value {
    let finding = |finding: &Finding| {
        let values: serde_json::Map<String, Value> =
            finding.values.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({
            "rule": finding.rule, "severity": finding.severity, "file": finding.file, "line": finding.line,
            "message": message(words, finding), "remedy": remedy(words, finding), "values": values,
        })
    };
    json!({
        "kind": report.kind,
        "sentence": sentence(words, report),
        "reports": report.reports,
        "files": report.files,
        "parts": report.parts,
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "counts": {
            "errors": report.findings.count(Severity::Error),
            "warnings": report.findings.count(Severity::Warning),
            "notes": report.findings.count(Severity::Note),
        },
    })
}

/// The report as SARIF 2.1.0. The package is artifact 0; a file within it is a nested artifact.
pub fn sarif(report: &Report, file: &str, words: &dyn Words) -> Value {
    let uri = |path: &str| utf8_percent_encode(path, PATH).to_string();
    let mut rules: Vec<Rule> = report.findings.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut files: Vec<&str> = report.findings.iter().filter_map(|it| it.file.as_deref()).collect();
    files.sort_unstable();
    files.dedup();
    let mut artifacts = vec![json!({ "location": { "uri": uri(file) } })];
    let nested = |inner: &&str| json!({ "location": { "uri": format!("/{}", uri(inner)) }, "parentIndex": 0 });
    artifacts.extend(files.iter().map(nested));
    let result = |finding: &Finding| {
        let index = finding.file.as_deref().and_then(|inner| files.binary_search(&inner).ok());
        let mut place = match (index, &finding.file) {
            (Some(index), Some(inner)) => {
                json!({ "artifactLocation": { "uri": format!("/{}", uri(inner)), "index": index + 1 } })
            }
            _ => json!({ "artifactLocation": { "uri": uri(file), "index": 0 } }),
        };
        if let (Some(line), Some(place)) = (finding.line, place.as_object_mut()) {
            place.insert("region".to_owned(), json!({ "startLine": line }));
        }
        let text = format!("{} {}", message(words, finding), remedy(words, finding));
        json!({
            "ruleId": finding.rule, "ruleIndex": rules.binary_search(&finding.rule).ok(),
            "level": finding.severity, "message": { "text": text },
            "locations": [{ "physicalLocation": place }],
        })
    };
    let rule =
        |rule: &Rule| json!({ "id": rule, "defaultConfiguration": { "level": rule.severity() } });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "traccia package check",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(rule).collect::<Vec<_>>(),
            } },
            "artifacts": artifacts,
            "results": report.findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}
