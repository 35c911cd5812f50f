//! The report as CSV for spreadsheets and as a table for terminals. (JSON is its `Serialize`.)

use std::fmt::Write as _;

use super::report::{Figures, ProgressReport, ReportRow};

const FIGURES: [&str; 8] = [
    "enrolled",
    "not_started",
    "in_progress",
    "completed",
    "passed",
    "failed",
    "score_mean",
    "hours",
];

impl ProgressReport {
    /// RFC 4180 with a header line of the JSON names, UTF-8, `,` and CRLF. No score is an empty
    /// field. Text that a spreadsheet would run as a formula is preceded by `'`.
    pub fn to_csv(&self) -> String {
        let mut csv =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let lines = std::iter::once(self.header()).chain(self.rows.iter().map(csv_line));
        // Writing to memory fails only on lines of unequal length, and these are made alike.
        let written = lines.map(|line| csv.write_record(line)).all(|line| line.is_ok());
        debug_assert!(written, "every line has the header's fields");
        String::from_utf8(csv.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// Columns aligned with spaces, text to the left and figures to the right, under a heading
    /// that says to when the figures are true. Ends with a line feed.
    pub fn to_table(&self) -> String {
        let through = self.through.as_deref().unwrap_or("no statement yet");
        let mut text = format!("{} through {through} ({})\n", self.course, self.time_zone);
        let lines: Vec<Vec<String>> =
            std::iter::once(self.header()).chain(self.rows.iter().map(table_line)).collect();
        let widths: Vec<usize> = (0..self.header().len())
            .map(|at| {
                let cells = lines.iter().filter_map(|line| line.get(at));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        for line in &lines {
            let mut out = String::new();
            for (at, (cell, width)) in line.iter().zip(&widths).enumerate() {
                let gap = if at == 0 { "" } else { "  " };
                // Writing to a String cannot fail.
                let _ = if at < self.grouping.keys().len() {
                    write!(out, "{gap}{cell:<width$}")
                } else {
                    write!(out, "{gap}{cell:>width$}")
                };
            }
            text.push_str(out.trim_end());
            text.push('\n');
        }
        text
    }

    fn header(&self) -> Vec<String> {
        let keys = self.grouping.keys().iter().map(|key| key.as_str());
        keys.chain(FIGURES).map(str::to_owned).collect()
    }
}

fn csv_line(row: &ReportRow) -> Vec<String> {
    let texts = row.group.iter().map(|(_, value)| without_formula(value));
    let score = row.figures.score_mean.map(|mean| mean.to_string()).unwrap_or_default();
    texts.chain(counts(&row.figures)).chain([score, row.figures.hours.to_string()]).collect()
}

fn table_line(row: &ReportRow) -> Vec<String> {
    let text = |value: &String| {
        if value.is_empty() { "-".to_owned() } else { value.clone() }
    };
    let texts = row.group.iter().map(|(_, value)| text(value));
    let score = row.figures.score_mean.map_or("-".to_owned(), |mean| format!("{mean:.4}"));
    let hours = format!("{:.2}", row.figures.hours);
    texts.chain(counts(&row.figures)).chain([score, hours]).collect()
}

fn counts(figures: &Figures) -> impl Iterator<Item = String> {
    let Figures { enrolled, not_started, in_progress, completed, passed, failed, .. } = *figures;
    let counts = [enrolled, not_started, in_progress, completed, passed, failed];
    counts.into_iter().map(|count| count.to_string())
}

fn without_formula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
