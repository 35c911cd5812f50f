//! The player of packages, which is built apart (`lrs/web/player`) and lies in the program.

use std::borrow::Cow;

use rust_embed::RustEmbed;

/// What `npm run build` in `lrs/web/player` has left; nothing where that was not run before the program was built.
#[derive(RustEmbed)]
#[folder = "../web/player/dist"]
#[allow_missing = true]
struct Player;

/// A file of the player by its path.
pub(super) fn file(path: &str) -> Option<Cow<'static, [u8]>> {
    Player::get(path).map(|file| file.data)
}
