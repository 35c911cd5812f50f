//! Values as small numbers, so that groups and sets of values are of numbers.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use rustc_hash::FxHashMap;

use super::batch::{NONE, Values};
use crate::schema::{Datum, DatumKind};

/// The code of a missing value.
pub(super) const MISSING: u32 = 0;

/// The codes of the values of a column, from 1 up.
pub(super) enum Codes {
    /// What senders choose is hashed under a seed of the process.
    Text { known: HashMap<Arc<[u8]>, u32, RandomState>, words: Vec<Arc<[u8]>>, bytes: usize },
    /// Whole numbers, and the bits of other ones.
    Bits { known: FxHashMap<i64, u32>, bits: Vec<i64> },
}

/// What a word takes beside its bytes.
const WORD: usize = 80;
/// What a number takes.
const BITS: usize = 40;

impl Codes {
    pub(super) fn of(kind: DatumKind) -> Self {
        if kind == DatumKind::Text {
            Self::Text { known: HashMap::default(), words: Vec::new(), bytes: 0 }
        } else {
            Self::Bits { known: FxHashMap::default(), bits: Vec::new() }
        }
    }

    /// An upper bound of the bytes it holds.
    pub(super) const fn weight(&self) -> usize {
        match self {
            Self::Text { words, bytes, .. } => words.len() * WORD + *bytes,
            Self::Bits { bits, .. } => bits.len() * BITS,
        }
    }

    /// The codes of these rows.
    pub(super) fn of_rows(&mut self, values: &Values, rows: &[u32]) -> Vec<u32> {
        match values {
            Values::Text { words, codes } => {
                let mut own = vec![NONE; words.len()];
                let mut code = |row: &u32| {
                    let Some(local) = codes.get(*row as usize).filter(|it| **it != NONE) else {
                        return MISSING;
                    };
                    let Some(slot) = own.get_mut(*local as usize) else { return MISSING };
                    if *slot == NONE {
                        *slot =
                            words.get(*local as usize).map_or(MISSING, |it| self.word(it.data()));
                    }
                    *slot
                };
                rows.iter().map(&mut code).collect()
            }
            Values::Whole(values) => self.each(values, rows, |it| it),
            Values::Number(values) => self.each(values, rows, |it| it.to_bits().cast_signed()),
            Values::Truth(values) => self.each(values, rows, i64::from),
        }
    }

    fn each<T: Copy>(
        &mut self,
        values: &[Option<T>],
        rows: &[u32],
        bits: impl Fn(T) -> i64,
    ) -> Vec<u32> {
        let value = |row: &u32| values.get(*row as usize).copied().flatten();
        rows.iter().map(|row| value(row).map_or(MISSING, |it| self.number(bits(it)))).collect()
    }

    fn word(&mut self, word: &[u8]) -> u32 {
        let Self::Text { known, words, bytes } = self else { return MISSING };
        if let Some(code) = known.get(word) {
            return *code;
        }
        let kept: Arc<[u8]> = word.into();
        words.push(Arc::clone(&kept));
        *bytes += word.len();
        let code = u32::try_from(words.len()).unwrap_or(MISSING);
        known.insert(kept, code);
        code
    }

    /// The code of a whole number.
    pub(super) fn number(&mut self, number: i64) -> u32 {
        let Self::Bits { known, bits } = self else { return MISSING };
        *known.entry(number).or_insert_with(|| {
            bits.push(number);
            u32::try_from(bits.len()).unwrap_or(MISSING)
        })
    }

    /// The number of a code.
    pub(super) fn bits(&self, code: u32) -> Option<i64> {
        let Self::Bits { bits, .. } = self else { return None };
        bits.get((code as usize).checked_sub(1)?).copied()
    }

    /// The value of a code.
    pub(super) fn datum(&self, code: u32, kind: DatumKind) -> Datum {
        let Some(at) = (code as usize).checked_sub(1) else { return Datum::Null };
        match self {
            Self::Text { words, .. } => {
                Datum::text(words.get(at).map(|word| String::from_utf8_lossy(word).into_owned()))
            }
            Self::Bits { bits, .. } => bits.get(at).map_or(Datum::Null, |bits| match kind {
                DatumKind::Timestamp => Datum::Time(*bits),
                DatumKind::Number => Datum::Number(f64::from_bits(bits.cast_unsigned())),
                DatumKind::Truth => Datum::Truth(*bits != 0),
                _ => Datum::Whole(*bits),
            }),
        }
    }
}
