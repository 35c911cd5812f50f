//! The cases, one file for each part of the standard.

mod access;
mod alternate;
mod attachments;
mod authority;
mod canonical;
mod concurrency;
mod document_parameters;
mod documents;
mod filters;
mod paging;
mod protocol;
mod references;
mod resources;
mod signatures;
mod statements;
mod voiding;

use crate::case::{Case, in_area};
use crate::table;

const TABLES: [(&str, &str); 5] = [
    ("statement", include_str!("../../cases/statement.toml")),
    ("actor", include_str!("../../cases/actor.toml")),
    ("object", include_str!("../../cases/object.toml")),
    ("result", include_str!("../../cases/result.toml")),
    ("attachment", include_str!("../../cases/attachments.toml")),
];

/// Every case, in the order of the areas.
pub(crate) fn all() -> Vec<Case> {
    let tables = TABLES.iter().map(|(area, text)| in_area(area, table::cases(text)));
    let code = [
        in_area("statements", statements::cases()),
        in_area("authority", authority::cases()),
        in_area("voiding", voiding::cases()),
        in_area("filters", filters::cases()),
        in_area("references", references::cases()),
        in_area("paging", paging::cases()),
        in_area("canonical", canonical::cases()),
        in_area("attachments", attachments::cases()),
        in_area("signatures", signatures::cases()),
        in_area("documents", documents::cases()),
        in_area("document-parameters", document_parameters::cases()),
        in_area("concurrency", concurrency::cases()),
        in_area("resources", resources::cases()),
        in_area("protocol", protocol::cases()),
        in_area("alternate", alternate::cases()),
        in_area("access", access::cases()),
    ];
    tables.chain(code).flatten().collect()
}
