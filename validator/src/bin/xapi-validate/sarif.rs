//! The output for editors and CI systems: SARIF 2.1.0.

use std::io::{self, Write};

use serde_json::{Value, json};
use validator::{Rule, Violation, rules};

use crate::input::Input;

pub(crate) fn print(input: &Input, out: &mut impl Write) -> io::Result<()> {
    let driver = json!({
        "name": "xapi-validate",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": rules().iter().map(rule).collect::<Vec<_>>(),
    });
    let results: Vec<_> = input.violations.iter().map(|v| result(&input.name, v)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    writeln!(out, "{log:#}")
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": format!("{} ({})", rule.summary, rule.clause) },
        "help": { "text": rule.remedy },
    })
}

fn result(file: &str, violation: &Violation) -> Value {
    let Violation { rule, pointer, line, column, message, .. } = violation;
    json!({
        "ruleId": rule.id,
        "level": "error",
        "message": { "text": message },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": file },
                "region": { "startLine": line, "startColumn": column },
            },
            "logicalLocations": [{ "fullyQualifiedName": pointer }],
        }],
    })
}
