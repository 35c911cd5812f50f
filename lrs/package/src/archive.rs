//! The archive: what is in it, and whether it is safe to unpack. Nothing is unpacked into memory
//! but what [`Archive::text`] returns, which is bounded.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read, Seek, SeekFrom};

use unicode_normalization::UnicodeNormalization as _;
use zip::read::OwnedZipFileEntry;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, ZipReadOptions};

use crate::finding::{Findings, Place};
use crate::limits::Limits;
use crate::rule::Rule;

/// An archive whose directory has been read.
pub(crate) struct Archive<R> {
    reader: R,
    entries: Vec<OwnedZipFileEntry>,
    /// The files by name.
    files: BTreeMap<String, usize>,
    /// The files by their name in lower case and NFC.
    folded: HashMap<String, String>,
}

/// A name as file systems that ignore case compare it.
pub(crate) fn fold(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

/// Whether a name has one of these extensions, in whatever case.
pub(crate) fn ends_in(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|it| extensions.iter().any(|other| it.eq_ignore_ascii_case(other)))
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory and holds it to the limits. Nothing where the archive is not safe to
    /// read on: the findings say why.
    pub(crate) fn open(
        mut reader: R,
        limits: &Limits,
        findings: &mut Findings,
    ) -> io::Result<Option<Self>> {
        let mut magic = [0; 8];
        let read = read_up_to(&mut reader, &mut magic)?;
        let magic = magic.get(..read).unwrap_or_default();
        reader.seek(SeekFrom::Start(0))?;
        let mut archive =
            Self { reader, entries: Vec::new(), files: BTreeMap::new(), folded: HashMap::new() };
        if let Err(error) = archive.directory(limits, findings) {
            if let ZipError::Io(error) = &error
                && !matches!(
                    error.kind(),
                    io::ErrorKind::UnexpectedEof
                        | io::ErrorKind::InvalidData
                        | io::ErrorKind::InvalidInput
                )
            {
                return Err(io::Error::new(error.kind(), error.to_string()));
            }
            if magic.starts_with(b"PK\x03\x04") || magic.starts_with(b"PK\x05\x06") {
                findings.add(Rule::ArchiveTruncated, Place::WHOLE, []);
            } else {
                findings.add(Rule::NotZip, Place::WHOLE, [&kind_of(magic)]);
            }
            return Ok(None);
        }
        archive.names(limits, findings);
        archive.overlaps(findings);
        Ok((!findings.has_errors()).then_some(archive))
    }

    fn directory(&mut self, limits: &Limits, findings: &mut Findings) -> Result<(), ZipError> {
        let mut iterable = ZipIterable::try_new(&mut self.reader, zip::read::Config::default())?;
        let count = iterable.len();
        if count > limits.entries {
            findings.add(Rule::ArchiveEntries, Place::WHOLE, [&count, &limits.entries]);
            return Ok(());
        }
        if count == 0 {
            findings.add(Rule::ArchiveEmpty, Place::WHOLE, []);
        }
        let mut begin = None;
        for entry in iterable.files()? {
            let entry: OwnedZipFileEntry = entry?.into();
            let at = entry.central_header_start();
            if at - *begin.get_or_insert(at) > limits.directory_bytes {
                findings.add(Rule::ArchiveDirectory, Place::WHOLE, [&limits.directory_bytes]);
                break;
            }
            self.entries.push(entry);
        }
        Ok(())
    }

    fn names(&mut self, limits: &Limits, findings: &mut Findings) {
        let mut total = 0_u64;
        for (index, entry) in self.entries.iter().enumerate() {
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            let place = Place::file(&name);
            sound_name(&name, entry, limits, findings);
            sound_entry(&name, entry, limits, findings);
            total = total.saturating_add(entry.size());
            if entry.is_dir() {
                continue;
            }
            if self.files.insert(name.clone(), index).is_some() {
                findings.add(Rule::NameDuplicate, place, []);
            } else if let Some(other) = self.folded.insert(fold(&name), name.clone()) {
                findings.add(Rule::NameCase, place, [&other]);
            }
        }
        if total > limits.unpacked_bytes {
            findings.add(Rule::ArchiveSize, Place::WHOLE, [&total, &limits.unpacked_bytes]);
        }
        for name in self.files.keys() {
            let folders = name.match_indices('/').filter_map(|(at, _)| name.get(..at));
            if let Some(folder) =
                folders.into_iter().find(|folder| self.files.contains_key(*folder))
            {
                findings.add(Rule::NameFolder, Place::file(folder), []);
            }
        }
    }

    /// Two entries that share bytes unpack to more than what a reader expects of the archive.
    fn overlaps(&self, findings: &mut Findings) {
        let mut ranges: Vec<(u64, u64, usize)> = Vec::with_capacity(self.entries.len());
        for (index, entry) in self.entries.iter().enumerate() {
            // A local header has at least 30 bytes and the name.
            let head = entry.header_start().saturating_add(30 + entry.name_raw().len() as u64);
            ranges.push((
                entry.header_start(),
                head.saturating_add(entry.compressed_size()),
                index,
            ));
        }
        ranges.sort_unstable();
        for pair in ranges.windows(2) {
            let [(_, end, first), (start, _, second)] = pair else { continue };
            if end > start {
                let name = |index: usize| {
                    self.entries
                        .get(index)
                        .map(|entry| String::from_utf8_lossy(entry.name_raw()).into_owned())
                };
                let (Some(first), Some(second)) = (name(*first), name(*second)) else { continue };
                findings.add(Rule::ArchiveOverlap, Place::file(&second), [&first]);
            }
        }
    }

    /// The names of all files, in order.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether there is a file of exactly this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// The file whose name differs from this one in case or Unicode form alone.
    pub(crate) fn like(&self, name: &str) -> Option<&str> {
        self.folded.get(&fold(name)).map(String::as_str)
    }

    /// The bytes of a file, if it has at most `limit`. Nothing where it has more, is missing or damaged.
    pub(crate) fn text(
        &mut self,
        name: &str,
        limit: u64,
        findings: &mut Findings,
    ) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let is_whole = self.pieces(name, findings, |piece| {
            bytes.extend_from_slice(piece);
            bytes.len() as u64 <= limit
        });
        if bytes.len() as u64 > limit {
            findings.add(Rule::ManifestSize, Place::file(name), [&limit]);
            return None;
        }
        is_whole.then_some(bytes)
    }

    /// Gives the unpacked bytes of a file to `take`, piece by piece, until that says no. False
    /// where the file is not there, or does not unpack to what the directory says.
    pub(crate) fn pieces(
        &mut self,
        name: &str,
        findings: &mut Findings,
        mut take: impl FnMut(&[u8]) -> bool,
    ) -> bool {
        let Some(entry) = self.files.get(name).and_then(|index| self.entries.get(*index)) else {
            return false;
        };
        let declared = entry.size();
        // A file with one name in the directory and another before its bytes is two files.
        match local_name(&mut self.reader, entry) {
            Ok(other) if other == entry.name_raw() => {}
            Ok(other) => {
                let other = String::from_utf8_lossy(&other);
                findings.add(Rule::ArchiveHeaders, Place::file(name), [&other]);
                return false;
            }
            Err(error) => {
                findings.add(Rule::ArchiveDamaged, Place::file(name), [&error]);
                return false;
            }
        }
        let mut file = match entry.as_ref().with_reader(&mut self.reader, ZipReadOptions::new()) {
            Ok(file) => file,
            Err(error) => {
                findings.add(Rule::ArchiveDamaged, Place::file(name), [&error]);
                return false;
            }
        };
        let (mut buffer, mut read) = (vec![0; 64 * 1024], 0_u64);
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    read += count as u64;
                    if read > declared {
                        break;
                    }
                    if !take(buffer.get(..count).unwrap_or_default()) {
                        return true;
                    }
                }
                Err(error) => {
                    findings.add(Rule::ArchiveDamaged, Place::file(name), [&error]);
                    return false;
                }
            }
        }
        if read != declared {
            findings.add(Rule::ArchiveSizeFalse, Place::file(name), [&declared]);
        }
        read == declared
    }
}

/// The name in the header before a file's bytes.
fn local_name(reader: &mut (impl Read + Seek), entry: &OwnedZipFileEntry) -> io::Result<Vec<u8>> {
    reader.seek(SeekFrom::Start(entry.header_start()))?;
    let mut header = [0; 30];
    reader.read_exact(&mut header)?;
    let [.., low, high, _, _] = header;
    let mut name = Vec::new();
    reader.take(u64::from(u16::from_le_bytes([low, high]))).read_to_end(&mut name)?;
    Ok(name)
}

fn sound_name(name: &str, entry: &OwnedZipFileEntry, limits: &Limits, findings: &mut Findings) {
    let place = Place::file(name);
    if str::from_utf8(entry.name_raw()).is_err() {
        findings.add(Rule::NameEncoding, place, []);
    }
    if name.chars().any(char::is_control) {
        findings.add(Rule::NameControl, place, []);
    }
    let drive = name.as_bytes().get(1) == Some(&b':');
    if drive || name.starts_with(['/', '\\']) || name.split(['/', '\\']).any(|part| part == "..") {
        findings.add(Rule::NameEscapes, place, []);
    } else if name.contains('\\') {
        findings.add(Rule::NameBackslash, place, []);
    }
    if name.len() > limits.name_bytes {
        findings.add(Rule::NameLength, place, [&limits.name_bytes]);
    }
    if name.matches('/').count() > limits.folders {
        findings.add(Rule::NameDepth, place, [&limits.folders]);
    }
}

fn sound_entry(name: &str, entry: &OwnedZipFileEntry, limits: &Limits, findings: &mut Findings) {
    let place = Place::file(name);
    match entry.unix_mode().unwrap_or_default() & 0o170_000 {
        0 | 0o040_000 | 0o100_000 => {}
        0o120_000 => findings.add(Rule::ArchiveSymlink, place, []),
        _ => findings.add(Rule::ArchiveDevice, place, []),
    }
    if entry.encrypted() {
        findings.add(Rule::ArchiveEncrypted, place, []);
    }
    let method = entry.compression();
    if method != CompressionMethod::Stored && method != CompressionMethod::Deflated {
        findings.add(Rule::ArchiveCompression, place, [&format!("{method:?}")]);
    }
    let (size, packed) = (entry.size(), entry.compressed_size());
    if size > limits.ratio_from && size > packed.saturating_mul(limits.ratio) {
        findings.add(Rule::ArchiveRatio, place, [&size, &packed, &limits.ratio]);
    }
}

fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut first = Vec::new();
    reader.take(buffer.len() as u64).read_to_end(&mut first)?;
    for (to, from) in buffer.iter_mut().zip(&first) {
        *to = *from;
    }
    Ok(first.len())
}

/// What a file that is no zip begins like.
fn kind_of(magic: &[u8]) -> &'static str {
    const KINDS: [(&[u8], &str); 6] = [
        (b"Rar!", "rar"),
        (b"7z\xbc\xaf", "7z"),
        (b"\x1f\x8b", "gzip"),
        (b"%PDF", "pdf"),
        (b"\xd0\xcf\x11\xe0", "office"),
        (b"<", "xml"),
    ];
    let kind = KINDS.iter().find(|(start, _)| magic.starts_with(start));
    kind.map_or("other", |(_, kind)| kind)
}
