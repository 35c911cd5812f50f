//! The columns that say who somebody is.

use crate::table::{Cell, Column, Kind};
use course::Identifier;
use course::Learner;

/// Who, and where they work.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::new("learner", Kind::Text, "Matricola", "Learner"),
        Column::new("name", Kind::Text, "Nome", "Name"),
        Column::new("region", Kind::Text, "Regione", "Region"),
        Column::new("province", Kind::Text, "Provincia", "Province"),
        Column::new("body", Kind::Text, "Ente", "Body"),
        Column::new("role", Kind::Text, "Ruolo", "Role"),
        Column::new("office", Kind::Text, "Ufficio", "Office"),
        Column::new("edition", Kind::Text, "Edizione", "Edition"),
    ]
}

/// The cells of [`columns`].
pub(super) fn cells(learner: &Learner) -> Vec<Cell> {
    let Learner { id, name, region, province, body, role, office, edition, .. } = learner;
    let texts = [id, name, region, province, body, role, office, edition];
    texts.into_iter().map(|text| Cell::Text(text.clone())).collect()
}

/// The mail addresses of a learner, without `mailto:`.
pub(super) fn contact(learner: &Learner) -> Cell {
    let address = |identifier: &Identifier| match identifier {
        Identifier::Mbox(mbox) => Some(mbox.trim_start_matches("mailto:").to_owned()),
        _ => None,
    };
    Cell::List(learner.identifiers.iter().filter_map(address).collect())
}
