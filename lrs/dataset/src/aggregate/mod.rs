//! Questions about the rows of `statements`: filter, dimensions, measures, order. No I/O, no clock.
//!
//! An [`Ask`] is a question as it comes, in JSON or in [`short`]; a [`Plan`] is one that has an answer. An [`Aggregator`]
//! folds rows, column by column, in the order of `stored`, and ends in an [`GroupedAnswer`]. What it holds is bounded
//! ([`FoldBounds`]): a question beyond a bound has no answer, and never a part of one.

mod answer;
mod ask;
mod batch;
mod behind;
mod codes;
mod columns;
mod filter;
mod fold;
mod period;
mod scan;
pub mod short;
mod states;
#[cfg(test)]
mod tests;

pub use answer::{AnswerColumn, AnswerError, GroupedAnswer};
pub use ask::{
    Ask, AskError, Dimension, Duplicates, Measure, Order, RowCondition, ShareOf, Voided,
};
pub use behind::SMALL_GROUP;
pub use columns::{Plan, zone};
pub use filter::{Test, WhereOf};
pub use fold::{Aggregator, Bound, FoldBounds, FoldError};
pub use period::Period;
pub use scan::{ColumnFile, SeekRead};
