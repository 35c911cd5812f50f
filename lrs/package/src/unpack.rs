//! All files of a package, unpacked piece by piece.

use std::io::{self, Read, Seek};

use crate::archive::Archive;
use crate::finding::Findings;
use crate::limits::Limits;

/// What unpacking gives, in this order for each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpacked<'a> {
    /// A file of this name begins.
    File(&'a str),
    /// The next bytes of the file.
    Piece(&'a [u8]),
    /// The file is whole.
    End,
}

/// Gives the files of an archive to `take`, by name, until `take` gives false. False where not all was given: an archive
/// that `check` finds no error in is given as a whole.
///
/// # Errors
///
/// Those of the reader.
pub fn unpack<R: Read + Seek>(
    reader: R,
    limits: &Limits,
    mut take: impl FnMut(Unpacked<'_>) -> bool,
) -> io::Result<bool> {
    let told = &mut Findings::new(1);
    let Some(mut archive) = Archive::open(reader, limits, told)? else { return Ok(false) };
    let names: Vec<String> = archive.files().map(str::to_owned).collect();
    for name in names {
        let mut goes_on = take(Unpacked::File(&name));
        let is_whole = goes_on
            && archive.pieces(&name, told, |piece| {
                goes_on = take(Unpacked::Piece(piece));
                goes_on
            });
        if !(is_whole && goes_on && take(Unpacked::End)) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn zipped() -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [("b.txt", "two"), ("a/è.txt", "one"), ("c", "")] {
            let stored = zip::CompressionMethod::Stored;
            let options = SimpleFileOptions::default().compression_method(stored);
            writer.start_file(name, options).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn unpacked(bytes: Vec<u8>, most: usize) -> (bool, Vec<String>) {
        let mut told = Vec::new();
        let whole = unpack(Cursor::new(bytes), &Limits::default(), |unpacked| {
            told.push(match unpacked {
                Unpacked::File(name) => format!("file {name}"),
                Unpacked::Piece(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                Unpacked::End => "end".to_owned(),
            });
            told.len() < most
        });
        (whole.unwrap(), told)
    }

    #[test]
    fn every_file_is_given_with_its_bytes_until_no_more_is_wanted() {
        let all = ["file a/è.txt", "one", "end", "file b.txt", "two", "end", "file c", "end"];
        assert_eq!(unpacked(zipped(), 99), (true, all.map(str::to_owned).to_vec()));
        for most in 1..all.len() {
            let (is_whole, told) = unpacked(zipped(), most);
            assert!(!is_whole);
            assert_eq!(told, all[..most]);
        }
    }

    #[test]
    fn a_damaged_archive_is_not_whole() {
        let mut bytes = zipped();
        let at = bytes.windows(3).position(|window| window == b"two").unwrap();
        bytes[at] ^= 0xff;
        assert!(!unpacked(bytes, 99).0);
        assert!(!unpacked(b"no zip".to_vec(), 99).0);
    }
}
