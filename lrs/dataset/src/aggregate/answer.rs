//! What a question is answered with.

use std::cmp::Ordering;

use serde_json::{Value, json};
use xapi::instant::Instant;

use super::columns::Plan;
use crate::schema::Datum;
use crate::text::{json as json_of, shown};
use crate::workbook::{RowWorkbook, WorkbookError};

/// What is taken while an answer is written: for any, for each cell beside its text, and for each byte of it, which JSON may
/// write as six, and which is there as a tree and as a text.
const WRITING: usize = 1 << 20;
const CELL_WRITTEN: usize = 128;
const TEXT_WRITTEN: usize = 8;

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Its name.
    pub name: String,
    /// `text`, `whole`, `number`, `truth`, `timestamp` or `date`.
    pub kind: &'static str,
}

/// An answer: a row for each group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupedAnswer {
    /// Dimensions, then measures.
    pub columns: Vec<AnswerColumn>,
    /// Sorted as asked.
    pub rows: Vec<Vec<Datum>>,
    /// How many groups are hidden.
    pub hidden: usize,
    /// How many figures of the groups that show are hidden, which are null.
    pub hidden_figures: usize,
    /// Whether all groups are there but the hidden ones: false where the question's own limit cut them.
    pub complete: bool,
}

/// Why an answer cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// As CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// As a workbook.
    #[error("the answer does not fit into a workbook, take another format: {0}")]
    Workbook(#[from] WorkbookError),
}

impl GroupedAnswer {
    /// The groups that show, and how many groups and figures do not.
    pub(super) fn of(
        plan: &Plan,
        mut rows: Vec<Vec<Datum>>,
        (hidden, hidden_figures): (usize, usize),
    ) -> Self {
        let dimensions = plan.dimensions.len();
        rows.sort_by(|a, b| {
            let by = |(at, descending): &(usize, bool)| {
                let order = compare(a.get(*at), b.get(*at));
                if *descending { order.reverse() } else { order }
            };
            let asked = plan.order.iter().map(by).find(|order| order.is_ne());
            // Equal ones come by their dimensions, so that an answer has one order.
            let rest = (0..dimensions).map(|at| compare(a.get(at), b.get(at)));
            asked
                .or_else(|| rest.into_iter().find(|order| order.is_ne()))
                .unwrap_or(Ordering::Equal)
        });
        let limit = plan.limit.unwrap_or(usize::MAX);
        let complete = rows.len() <= limit;
        rows.truncate(limit);
        Self { columns: plan.columns(), rows, hidden, hidden_figures, complete }
    }

    /// An upper bound of the bytes that it takes.
    pub fn weight(&self) -> usize {
        let of = |row: &Vec<Datum>| {
            row.len() * size_of::<Datum>() + row.iter().map(Datum::weight).sum::<usize>()
        };
        self.rows.iter().map(of).sum()
    }

    /// An upper bound of the bytes that it takes while it is written, in any format.
    pub fn weight_written(&self) -> usize {
        let cells = self.rows.iter().map(Vec::len).sum::<usize>();
        WRITING + cells * CELL_WRITTEN + self.weight() * TEXT_WRITTEN
    }

    /// As a JSON object; `through` says up to where all statements are in it.
    pub fn json(&self, through: Instant) -> Value {
        let columns = self.columns.iter().map(|it| json!({"name": it.name, "type": it.kind}));
        let cell = |datum: &Datum| json_of(datum).unwrap_or_default();
        let rows = self.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>());
        json!({
            "through": through.to_string(), "columns": columns.collect::<Vec<_>>(),
            "rows": rows.collect::<Vec<_>>(), "hidden": self.hidden,
            "hidden_figures": self.hidden_figures, "complete": self.complete,
        })
    }

    /// As CSV (RFC 4180), with a header.
    ///
    /// # Errors
    /// None for rows of these columns.
    pub fn csv(&self) -> Result<Vec<u8>, AnswerError> {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(self.columns.iter().map(|it| course::written_in_sheet(it.name.clone())))?;
        for row in &self.rows {
            out.write_record(row.iter().map(shown))?;
        }
        out.into_inner().map_err(|error| csv::Error::from(error.into_error()).into())
    }

    /// As an Excel workbook, every value of its own type; texts end after 32,767 characters.
    ///
    /// # Errors
    /// [`AnswerError::Workbook`].
    pub fn xlsx(&self) -> Result<Vec<u8>, AnswerError> {
        let mut book = RowWorkbook::begin(self.columns.iter().map(|column| column.name.as_str()))?;
        let is_date = |at: usize| self.columns.get(at).is_some_and(|column| column.kind == "date");
        for row in &self.rows {
            book.add(row, is_date)?;
        }
        Ok(book.end()?)
    }
}

/// Missing values first.
fn compare(a: Option<&Datum>, b: Option<&Datum>) -> Ordering {
    match (a, b) {
        (Some(Datum::Text(a)), Some(Datum::Text(b))) => a.cmp(b),
        (Some(Datum::Time(a) | Datum::Whole(a)), Some(Datum::Time(b) | Datum::Whole(b))) => {
            a.cmp(b)
        }
        (Some(Datum::Count(a)), Some(Datum::Count(b))) => a.cmp(b),
        (Some(Datum::Number(a)), Some(Datum::Number(b))) => a.total_cmp(b),
        (Some(Datum::Truth(a)), Some(Datum::Truth(b))) => a.cmp(b),
        (Some(Datum::Null), Some(Datum::Null)) => Ordering::Equal,
        (Some(Datum::Null), _) => Ordering::Less,
        (_, Some(Datum::Null)) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
