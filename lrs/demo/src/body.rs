//! Public bodies, from a table.

use serde::Deserialize;

/// A public body; what is no municipality has no code and no population.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Body {
    pub(super) region: String,
    pub(super) province: String,
    #[serde(rename = "body")]
    pub(super) name: String,
    pub(super) istat: String,
    pub(super) population_class: String,
}

/// The bodies of a table, in its order.
pub(super) fn bodies(table: &str) -> Vec<Body> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(table.as_bytes());
    reader.deserialize().filter_map(Result::ok).collect()
}
