//! Rows as text: CSV and NDJSON.

use serde_json::{Map, Value};
use xapi::instant::Instant;

use crate::schema::{Dataset, Datum};

/// Rows cannot be written as CSV.
pub type CsvError = csv::Error;

/// Writes rows as CSV (RFC 4180): a header, then a line for each row; null is an empty field. A text that a spreadsheet would
/// run as a formula stands behind a `'`: who sends statements chooses names, platforms and answers.
#[derive(Clone, Copy, Debug)]
pub struct CsvRows {
    has_header: bool,
    dataset: Dataset,
}

impl CsvRows {
    /// Lines of a table, which begin with its header.
    pub const fn begin(dataset: Dataset) -> Self {
        Self { has_header: false, dataset }
    }

    /// The lines of these rows, after the header where none was written yet.
    ///
    /// # Errors
    /// None for rows of this table.
    pub fn lines(&mut self, rows: &[Vec<Datum>]) -> Result<Vec<u8>, csv::Error> {
        let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        if !std::mem::replace(&mut self.has_header, true) {
            out.write_record(self.dataset.columns().iter().map(|column| column.name))?;
        }
        for row in rows {
            out.write_record(row.iter().map(shown))?;
        }
        out.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }
}

/// A row as a JSON object on a line of its own; a column without a value is left out.
pub fn json_line(dataset: Dataset, row: &[Datum]) -> String {
    let cells = dataset.columns().iter().zip(row);
    let members = cells.filter_map(|(column, datum)| Some((column.name.to_owned(), json(datum)?)));
    let object = Value::Object(members.collect::<Map<_, _>>());
    format!("{object}\n")
}

pub(crate) fn shown(datum: &Datum) -> String {
    match datum {
        Datum::Null => String::new(),
        Datum::Text(text) => course::written_in_sheet(text.clone()),
        Datum::Time(at) => Instant::from_micros(*at).to_string(),
        Datum::Whole(whole) => whole.to_string(),
        Datum::Count(count) => count.to_string(),
        Datum::Number(number) => number.to_string(),
        Datum::Truth(truth) => truth.to_string(),
    }
}

pub(crate) fn json(datum: &Datum) -> Option<Value> {
    Some(match datum {
        Datum::Null => return None,
        Datum::Text(text) => text.as_str().into(),
        Datum::Time(at) => Instant::from_micros(*at).to_string().into(),
        Datum::Whole(whole) => (*whole).into(),
        Datum::Count(count) => (*count).into(),
        Datum::Number(number) => (*number).into(),
        Datum::Truth(truth) => (*truth).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_lines_with_the_header_once() {
        let text = |text: &str| Datum::Text(text.to_owned());
        let row =
            vec![Datum::Time(0), text("result"), text("a\"b"), Datum::Null, Datum::Number(0.5)];
        let mut csv = CsvRows::begin(Dataset::Extensions);
        let first = String::from_utf8(csv.lines(std::slice::from_ref(&row)).unwrap()).unwrap();
        let line = "1970-01-01T00:00:00.000000Z,result,\"a\"\"b\",,0.5\n";
        assert_eq!(first, format!("stored,place,key,text,number\n{line}"));
        let second = String::from_utf8(csv.lines(std::slice::from_ref(&row)).unwrap()).unwrap();
        assert_eq!(second, line);
        let json = json_line(Dataset::Extensions, &row);
        let expected = r#"{"stored":"1970-01-01T00:00:00.000000Z","place":"result","key":"a\"b","number":0.5}"#;
        assert_eq!(json, format!("{expected}\n"));
    }

    #[test]
    fn a_text_that_a_spreadsheet_would_run_stands_behind_a_mark_in_csv_alone() {
        let text = |text: &str| Datum::Text(text.to_owned());
        for (sent, written) in [
            ("=1+1", "'=1+1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("a=1", "a=1"),
            ("'Ndrangheta", "'Ndrangheta"),
        ] {
            let row = [Datum::Time(0), text("result"), text("k"), text(sent), Datum::Number(-0.5)];
            let csv = CsvRows::begin(Dataset::Extensions).lines(&[row.to_vec()]).unwrap();
            let line = format!("1970-01-01T00:00:00.000000Z,result,k,{written},-0.5\n");
            assert!(String::from_utf8(csv).unwrap().ends_with(&line), "{sent}");
            let read: Value = serde_json::from_str(&json_line(Dataset::Extensions, &row)).unwrap();
            assert_eq!(read.get("text"), Some(&Value::from(sent)));
        }
    }
}
