//! Some rows, column by column. A column is read when it is needed.

use parquet::data_type::ByteArray;
use rustc_hash::FxHashMap;

use crate::columnar::ParquetError;
use crate::schema::{Datum, DatumKind, RowOf};

/// The code of a missing text.
pub(super) const NONE: u32 = u32::MAX;

/// The values of one column in a batch.
pub(super) enum Values {
    /// Different words, and the place of each row's word among them. A word may be there twice.
    Text {
        words: Vec<ByteArray>,
        codes: Vec<u32>,
    },
    /// Whole numbers, and instants in microseconds.
    Whole(Vec<Option<i64>>),
    Number(Vec<Option<f64>>),
    Truth(Vec<Option<bool>>),
}

/// Where the values of a batch come from.
pub(super) trait Columns {
    /// How many rows there are.
    fn rows(&self) -> usize;
    /// The values of a column of `statements`.
    fn read(&mut self, column: usize) -> Result<Values, ParquetError>;
}

/// A batch, with the columns that were needed so far.
pub(super) struct Batch<'a> {
    from: &'a mut dyn Columns,
    read: FxHashMap<usize, Values>,
    nothing: Values,
}

impl<'a> Batch<'a> {
    pub(super) fn of(from: &'a mut dyn Columns) -> Self {
        Self { from, read: FxHashMap::default(), nothing: Values::Truth(Vec::new()) }
    }

    pub(super) fn rows(&self) -> usize {
        self.from.rows()
    }

    /// Reads a column where that was not done yet.
    pub(super) fn need(&mut self, column: usize) -> Result<(), ParquetError> {
        if !self.read.contains_key(&column) {
            let values = self.from.read(column)?;
            self.read.insert(column, values);
        }
        Ok(())
    }

    /// A column that was needed before.
    pub(super) fn get(&self, column: usize) -> &Values {
        debug_assert!(self.read.contains_key(&column), "the column {column} is needed first");
        self.read.get(&column).unwrap_or(&self.nothing)
    }
}

impl Values {
    /// No value in any of so many rows.
    pub(super) fn nothing(kind: DatumKind, rows: usize) -> Self {
        match kind {
            DatumKind::Text => Self::Text { words: Vec::new(), codes: vec![NONE; rows] },
            DatumKind::Timestamp | DatumKind::Whole | DatumKind::Count => {
                Self::Whole(vec![None; rows])
            }
            DatumKind::Number => Self::Number(vec![None; rows]),
            DatumKind::Truth => Self::Truth(vec![None; rows]),
        }
    }

    /// Which rows have no value.
    pub(super) fn missing(&self) -> Vec<bool> {
        match self {
            Self::Text { codes, .. } => codes.iter().map(|code| *code == NONE).collect(),
            Self::Whole(values) => values.iter().map(Option::is_none).collect(),
            Self::Number(values) => values.iter().map(Option::is_none).collect(),
            Self::Truth(values) => values.iter().map(Option::is_none).collect(),
        }
    }

    /// The text of a row.
    pub(super) fn text(&self, row: u32) -> Option<&[u8]> {
        let Self::Text { words, codes } = self else { return None };
        let code = codes.get(row as usize).filter(|code| **code != NONE)?;
        words.get(*code as usize).map(ByteArray::data)
    }

    /// The whole number of a row.
    pub(super) fn whole(&self, row: u32) -> Option<i64> {
        let Self::Whole(values) = self else { return None };
        values.get(row as usize).copied().flatten()
    }

    /// The number of a row, whole or not.
    #[expect(clippy::cast_precision_loss, reason = "means and quantiles are of 53 bits")]
    pub(super) fn number(&self, row: u32) -> Option<f64> {
        match self {
            Self::Number(values) => values.get(row as usize).copied().flatten(),
            _ => self.whole(row).map(|whole| whole as f64),
        }
    }
}

/// Rows as they were flattened.
pub(super) struct Flat<'a> {
    pub(super) rows: &'a [RowOf],
    pub(super) kinds: &'a [DatumKind],
}

impl Columns for Flat<'_> {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn read(&mut self, column: usize) -> Result<Values, ParquetError> {
        let data = self.rows.iter().map(|row| row.get(column).unwrap_or(&Datum::Null));
        let kind = self.kinds.get(column).copied().unwrap_or(DatumKind::Text);
        Ok(match kind {
            DatumKind::Text => texts(data),
            DatumKind::Timestamp | DatumKind::Whole | DatumKind::Count => Values::Whole(
                data.map(|datum| match datum {
                    Datum::Time(whole) | Datum::Whole(whole) => Some(*whole),
                    Datum::Count(count) => Some(i64::from(*count)),
                    _ => None,
                })
                .collect(),
            ),
            DatumKind::Number => Values::Number(
                data.map(|datum| if let Datum::Number(it) = datum { Some(*it) } else { None })
                    .collect(),
            ),
            DatumKind::Truth => Values::Truth(
                data.map(|datum| if let Datum::Truth(it) = datum { Some(*it) } else { None })
                    .collect(),
            ),
        })
    }
}

fn texts<'a>(data: impl Iterator<Item = &'a Datum>) -> Values {
    let (mut words, mut known) = (Vec::new(), FxHashMap::<&str, u32>::default());
    let mut code = |datum: &'a Datum| {
        let Datum::Text(text) = datum else { return NONE };
        *known.entry(text.as_str()).or_insert_with(|| {
            words.push(ByteArray::from(text.as_str()));
            u32::try_from(words.len() - 1).unwrap_or(NONE)
        })
    };
    let codes = data.map(&mut code).collect();
    Values::Text { words, codes }
}
