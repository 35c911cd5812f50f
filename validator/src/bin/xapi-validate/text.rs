//! The output for people.

use std::io::{self, Write};

use validator::Violation;

use crate::input::Input;

pub(crate) fn print(input: &Input, out: &mut impl Write) -> io::Result<()> {
    for violation in &input.violations {
        print_one(input, violation, out)?;
    }
    match input.violations.len() {
        0 => writeln!(out, "{}: valid ({})", input.name, counted(input.valid, "statement")),
        count => writeln!(out, "{}: {}", input.name, counted(count, "violation")),
    }
}

fn print_one(input: &Input, violation: &Violation, out: &mut impl Write) -> io::Result<()> {
    let Violation { rule, pointer, line, column, message, .. } = violation;
    let gutter = " ".repeat(line.to_string().len());
    let place = if pointer.is_empty() { String::new() } else { format!(" ({pointer})") };
    let (shown, caret) = window(&input.line(*line), *column);
    writeln!(out, "error[{}]: {message}", rule.id)?;
    writeln!(out, "{gutter}--> {}:{line}:{column}{place}", input.name)?;
    writeln!(out, "{gutter} |")?;
    writeln!(out, "{line} | {shown}")?;
    writeln!(out, "{gutter} | {}^", " ".repeat(caret))?;
    writeln!(out, "{gutter} = clause: {}. {}", rule.clause, rule.summary)?;
    writeln!(out, "{gutter} = help: {}", rule.remedy)?;
    writeln!(out)
}

const BEFORE: usize = 40;
const SHOWN: usize = 100;

/// The part of a line around a 1-based column, and how far the column lies from its start.
/// Statements often are one line of thousands of characters.
fn window(line: &str, column: usize) -> (String, usize) {
    let line: Vec<char> = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let at = column.saturating_sub(1);
    let start = if line.len() > SHOWN { at.saturating_sub(BEFORE).min(line.len()) } else { 0 };
    let end = line.len().min(start + SHOWN);
    let mut shown: String = line.get(start..end).unwrap_or_default().iter().collect();
    let mut caret = at - start;
    if start > 0 {
        shown.insert(0, '…');
        caret += 1;
    }
    if end < line.len() {
        shown.push('…');
    }
    (shown, caret)
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
