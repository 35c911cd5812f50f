//! The browser UI that `make web` builds into `lrs/web/dist`, as files in the program. A debug build
//! reads the folder instead, so that a changed UI needs no new program.

use std::io::Read as _;

use flate2::read::GzDecoder;
use http_api::web::Asset;
use rust_embed::{Embed, EmbeddedFile};
use sha2::{Digest as _, Sha256};

#[derive(Embed)]
#[folder = "../web/dist"]
// Each lies there compressed as well, which almost all browsers take.
#[exclude = "assets/*.js"]
#[allow_missing = true]
struct Files;

/// See [`http_api::web::Assets`].
pub fn asset(path: &str) -> Option<Asset> {
    let plain = |file: EmbeddedFile| Asset { hash: file.metadata.sha256_hash(), bytes: file.data };
    Files::get(path).map(plain).or_else(|| unpacked(&Files::get(&format!("{path}.gz"))?.data))
}

/// A file that the program has compressed alone.
fn unpacked(compressed: &[u8]) -> Option<Asset> {
    let mut bytes = Vec::new();
    let unpacked = GzDecoder::new(compressed).read_to_end(&mut bytes);
    if let Err(error) = unpacked {
        tracing::error!(%error, "a file of the UI cannot be unpacked");
        return None;
    }
    Some(Asset { hash: Sha256::digest(&bytes).into(), bytes: bytes.into() })
}

/// Whether the program has the UI.
pub(crate) fn is_built() -> bool {
    Files::get("index.html").is_some()
}
