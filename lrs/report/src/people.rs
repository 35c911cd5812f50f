//! The columns that say which learner a row is about.

use std::collections::BTreeSet;

use crate::table::{Cell, Column, Kind};
use course::Identifier;
use course::Learner;

/// Who, and where they work.
pub(crate) fn columns() -> Vec<Column> {
    ["learner", "name", "region", "province", "body", "role", "office", "edition"]
        .map(|key| Column::of(key, Kind::Text))
        .into()
}

/// The cells of [`columns`].
pub(crate) fn cells(learner: &Learner) -> Vec<Cell> {
    let Learner { id, name, region, province, body, role, office, edition, .. } = learner;
    let texts = [id, name, region, province, body, role, office, edition];
    texts.into_iter().map(|text| Cell::Text(text.clone())).collect()
}

/// The mail addresses of a learner that are not `unseen`, without `mailto:`.
pub(crate) fn contact(learner: &Learner, unseen: &BTreeSet<Identifier>) -> Cell {
    let address = |identifier: &Identifier| match identifier {
        Identifier::Mbox(mbox) if !unseen.contains(identifier) => {
            Some(mbox.trim_start_matches("mailto:").to_owned())
        }
        _ => None,
    };
    Cell::List(learner.identifiers.iter().filter_map(address).collect())
}
