//! Where infected files lie, to be looked at: a folder that only the server's user can enter, with a bound.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::ScannedFrom;

/// How many files lie there, and how many bytes; the oldest go first.
const FILES: usize = 100;
const BYTES: u64 = 1 << 30;
/// What the name of a file ends with that nothing shall open by itself.
const SUFFIX: &str = "quarantined";

/// A folder for infected files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Quarantine {
    folder: PathBuf,
}

impl Quarantine {
    /// In this folder, which is made with the first file.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps a file under the name of its hash, with what is known of it as `HASH.json`. A file that lies there already is
    /// noted anew; one that is larger than all room is noted without its bytes.
    pub(super) fn keep(
        &self,
        hash: &str,
        bytes: &mut impl Read,
        signature: &str,
        from: &ScannedFrom,
    ) -> io::Result<()> {
        make_private(&self.folder)?;
        let file = self.folder.join(format!("{hash}.{SUFFIX}"));
        let partial = self.folder.join(format!("{hash}.partial"));
        let copied = io::copy(&mut bytes.take(BYTES + 1), &mut private(&partial)?);
        let is_whole = copied.is_ok_and(|length| length <= BYTES);
        if is_whole {
            fs::rename(&partial, &file)?;
        } else {
            fs::remove_file(&partial)?;
        }
        let ScannedFrom { sender, what, at } = from;
        let note = json!({
            "signature": signature, "sha256": hash, "sender": sender, "what": what, "at": at,
            "kept": is_whole,
        });
        let note = serde_json::to_vec_pretty(&note).map_err(io::Error::other)?;
        io::Write::write_all(&mut private(&self.folder.join(format!("{hash}.json")))?, &note)?;
        self.make_room()
    }

    /// Removes the oldest files until the rest is within the bounds.
    fn make_room(&self) -> io::Result<()> {
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let path = entry.path();
            let is_note = path.extension().is_some_and(|it| it == "json");
            if !is_note {
                continue;
            }
            let bytes = fs::metadata(path.with_extension(SUFFIX)).map_or(0, |it| it.len());
            kept.push((entry.metadata()?.modified()?, bytes, path));
        }
        kept.sort_by(|one, other| other.cmp(one));
        let mut room = BYTES;
        for (place, (_, bytes, note)) in kept.into_iter().enumerate() {
            if let Some(left) = room.checked_sub(bytes).filter(|_| place < FILES) {
                room = left;
                continue;
            }
            room = 0;
            let file = note.with_extension(SUFFIX);
            if file.exists() {
                fs::remove_file(file)?;
            }
            fs::remove_file(note)?;
        }
        Ok(())
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// A new file in place of the one that may be there, which only this user can read, and nobody can run.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
