//! Why requests were refused: kept for those who send them and find out later, such as the administrator of a
//! platform whose statements do not arrive. [`RefusalLog`] writes, [`Refusals`] reads.
//!
//! Nothing that opens a door is kept ([`mask`]), of a key no more than the newest refusals, and all within a bound of
//! bytes ([`store::MOST_BYTES`]): what anybody sends in vain cannot fill the disk.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;

use xapi::instant::Instant;

mod log;
mod mask;
mod read;
mod rows;
#[cfg(test)]
mod tests;

pub use log::RefusalLog;
use read::stopped;
pub use read::{Refusals, SeenRefusal, Sight};
pub(crate) use rows::refusal_rows;

/// The longest body that is kept, in bytes.
pub const LONGEST_BODY: usize = 16 << 10;
/// The largest body that is looked through for the statement at fault, in bytes.
pub const LOOKED_THROUGH: usize = 1 << 20;
/// The most characters of a path, of the value of a parameter or header, and of a text.
const LONGEST_TEXT: usize = 1_000;
/// The most parameters.
const MOST_PARAMETERS: usize = 32;

/// A request that was refused just now.
pub struct RefusedRequest {
    /// The name of the key that sent it; empty where it had no good one.
    pub key: String,
    /// What was asked.
    pub asked: AskedRequest,
    /// The status of the answer.
    pub status: u16,
    /// The rule that was broken.
    pub rule: String,
    /// What is said of it and what statements it brought; found out later, off the request's way.
    pub found: Box<dyn FnOnce() -> Found + Send>,
    /// How many bytes wait until then.
    pub weight: usize,
}

/// What a refused request asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedRequest {
    /// `GET`, `PUT` …
    pub method: String,
    /// Without parameters.
    pub path: String,
    /// The parameters.
    pub query: BTreeMap<String, String>,
    /// Headers that say nothing of secrets.
    pub headers: BTreeMap<String, String>,
    /// The version of xAPI that was spoken, such as `1.0.3`.
    pub version: Option<String>,
}

/// What a refusal says, and about what.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The clause of the standard; empty where the limit is Traccia's own.
    pub clause: String,
    /// The statement at fault in its batch, from 0.
    pub index: Option<usize>,
    /// The place in that statement, as a JSON pointer.
    pub pointer: Option<String>,
    /// In Italian.
    pub it: RefusalWords,
    /// In English.
    pub en: RefusalWords,
    /// The statements that the request brought, JSON or what was meant as such.
    pub statements: Option<Bytes>,
}

/// What a refusal says, without naming a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalWords {
    /// What is wrong.
    pub message: String,
    /// What the sender can do.
    pub remedy: String,
}

/// A part of a refused request's body, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBody {
    /// As it was sent, with `***` in place of secrets.
    pub text: String,
    /// What it is.
    pub is: BodyIs,
}

/// What is kept of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyIs {
    /// All statements of the request.
    Request,
    /// The statement at fault alone.
    Statement,
}

/// What is kept of a refusal beside what it is found by; the JSON of [`store::KeptRefusal::body`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Details {
    asked: AskedRequest,
    clause: String,
    index: Option<usize>,
    pointer: Option<String>,
    it: RefusalWords,
    en: RefusalWords,
    body: Option<KeptBody>,
}

impl Details {
    fn of(asked: AskedRequest, found: Found) -> Self {
        let Found { clause, index, pointer, it, en, statements } = found;
        let body = statements.and_then(|statements| body(&statements, index));
        let (it, en) = (it.clipped(), en.clipped());
        Self { asked: asked.harmless(), clause, index, pointer, it, en, body }
    }
}

/// All of a body that is short, and of a longer one the statement at fault; nothing that is no text.
fn body(statements: &Bytes, index: Option<usize>) -> Option<KeptBody> {
    let text = std::str::from_utf8(statements).ok()?;
    if text.len() <= LONGEST_BODY {
        return Some(KeptBody { text: mask::secrets(text), is: BodyIs::Request });
    }
    let all: Vec<&serde_json::value::RawValue> = serde_json::from_str(text).ok()?;
    let one = all.get(index?)?.get();
    let is_short = one.len() <= LONGEST_BODY;
    is_short.then(|| KeptBody { text: mask::secrets(one), is: BodyIs::Statement })
}

impl RefusalWords {
    fn clipped(self) -> Self {
        Self { message: clipped(&self.message), remedy: clipped(&self.remedy) }
    }
}

impl AskedRequest {
    /// Without secrets, and no longer than must be.
    fn harmless(self) -> Self {
        let Self { method, path, query, headers, version } = self;
        let shown = |(name, value): (String, String)| {
            let value = if mask::is_secret_name(&name) {
                mask::MASK.to_owned()
            } else {
                clipped(&mask::secrets_of_text(&value))
            };
            (clipped(&name), value)
        };
        Self {
            method: clipped(&method),
            path: clipped(&path),
            query: query.into_iter().take(MOST_PARAMETERS).map(shown).collect(),
            headers: headers.into_iter().take(MOST_PARAMETERS).map(shown).collect(),
            version,
        }
    }
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The id of a refusal of this instant.
fn new_id(at: Instant) -> uuid::Uuid {
    let micros = u64::try_from(at.micros()).unwrap_or_default();
    let mut random: [u8; 10] = rand::random();
    // The microseconds of the millisecond stand where ids of version 7 may count.
    let [.., high, low] = (micros % 1_000).to_be_bytes();
    if let Some(begin) = random.first_chunk_mut::<2>() {
        *begin = [high, low];
    }
    uuid::Builder::from_unix_timestamp_millis(micros / 1_000, &random).into_uuid()
}
