//! Texts that a spreadsheet would run: written behind a `'`, and read without.

/// What a spreadsheet takes for the beginning of a formula.
const BEGINNINGS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fn would_run(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINNINGS)
}

/// A text as it is written into a sheet: behind a `'` where a spreadsheet would run it, or where a text begins so that was
/// written behind one. Who reads sheets here reads the text without the mark.
pub fn written(text: String) -> String {
    if would_run(&text) { format!("'{text}") } else { text }
}

/// A text of a sheet without the `'` that keeps it from being run.
pub(super) fn read(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| would_run(rest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_run_is_written_behind_a_mark_and_comes_back() {
        for (text, sheet) in [
            ("=HYPERLINK(\"http://e.example\")", "'=HYPERLINK(\"http://e.example\")"),
            ("-", "'-"),
            ("+39 075", "'+39 075"),
            ("@x", "'@x"),
            ("'=x", "''=x"),
            ("'Ndrangheta", "'Ndrangheta"),
            ("D'Angelo", "D'Angelo"),
            ("", ""),
            ("'", "'"),
        ] {
            assert_eq!(written(text.to_owned()), sheet);
            assert_eq!(read(sheet), text);
        }
        assert_eq!(read("=x"), "=x", "one that people write");
    }
}
