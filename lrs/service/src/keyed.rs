//! Ids of statements that the server makes itself, under the store's secret: no sender can work them out before the
//! statements are kept, and keep others there or void them.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

/// An HMAC under the store's secret, filled up with zeros to a block of SHA-256 (RFC 2104, 2).
pub(crate) fn keyed(secret: [u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(&secret);
    <Hmac<Sha256> as hmac::KeyInit>::new(&block.into())
}

/// The id of what a text says. `kind`, a word without a line break, tells it from the ids of other kinds of texts.
pub(crate) fn id_of(secret: [u8; 32], kind: &str, text: &str) -> Uuid {
    let mut mac = keyed(secret);
    mac.update(kind.as_bytes());
    mac.update(b"\n");
    mac.update(text.as_bytes());
    let mut id = [0; 16];
    id.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(to, from)| *to = from);
    uuid::Builder::from_random_bytes(id).into_uuid()
}
