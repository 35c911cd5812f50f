//! The output for programs.

use std::io::{self, Write};

use serde_json::{Value, json};
use validator::Violation;

use crate::input::Input;

pub(crate) fn print(input: &Input, out: &mut impl Write) -> io::Result<()> {
    let report = json!({
        "file": input.name,
        "valid": input.violations.is_empty(),
        "violations": input.violations.iter().map(violation).collect::<Vec<_>>(),
    });
    writeln!(out, "{report:#}")
}

fn violation(violation: &Violation) -> Value {
    let Violation { rule, statement, pointer, line, column, message } = violation;
    json!({
        "rule": rule.id,
        "clause": rule.clause,
        "message": message,
        "statement": statement,
        "pointer": pointer,
        "line": line,
        "column": column,
        "remedy": rule.remedy,
    })
}
