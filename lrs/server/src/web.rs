//! The browser UI that `make web` builds into `lrs/web/dist`, as files in the program. A debug build
//! reads the folder instead, so that a changed UI needs no new program.

use http_api::web::Asset;
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Files;

/// See [`http_api::web::Assets`].
pub fn asset(path: &str) -> Option<Asset> {
    let file = Files::get(path)?;
    Some(Asset { hash: file.metadata.sha256_hash(), bytes: file.data })
}

/// Whether the program has the UI.
pub(crate) fn is_built() -> bool {
    Files::get("index.html").is_some()
}
