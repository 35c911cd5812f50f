//! What a learning record store means: the words and rules of xAPI beyond the form of a
//! statement. Pure: no I/O, no clock, no async.

pub mod activity;
pub mod attachment;
pub mod authority;
pub mod canonical;
pub mod clock;
pub mod cursor;
pub mod document;
pub mod erase;
pub mod format;
pub mod index;
pub mod instant;
pub mod language;
pub mod large;
pub mod mentioned;
mod normal_form;
pub mod origin;
pub mod parameters;
pub mod person;
pub mod prepare;
pub mod query;
pub mod refusal;
pub mod same;
pub mod sayings;
pub mod signature;
mod splice;
pub mod stored;
pub mod subject;
