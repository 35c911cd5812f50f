//! Archives written byte by byte, so that they can be wrong in any way.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A package that is right, or a step from it.
#[derive(Clone, Debug)]
pub(crate) struct Files(pub(crate) Vec<(String, Vec<u8>)>);

impl Files {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let owned = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        Self(owned.collect())
    }

    /// With one file more.
    pub(crate) fn and(mut self, name: &str, text: impl Into<Vec<u8>>) -> Self {
        self.0.push((name.to_owned(), text.into()));
        self
    }

    /// Without a file, which must be there.
    pub(crate) fn without(mut self, name: &str) -> Self {
        let before = self.0.len();
        self.0.retain(|(other, _)| other != name);
        assert_ne!(self.0.len(), before, "{name}");
        self
    }

    /// With another text in a file, where the first one must be.
    pub(crate) fn with(mut self, name: &str, from: &str, to: &str) -> Self {
        let (_, bytes) = self.0.iter_mut().find(|(other, _)| other == name).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        *bytes = text.replacen(from, to, 1).into_bytes();
        self
    }

    pub(crate) fn named(mut self, name: &str, to: &str) -> Self {
        let (other, _) = self.0.iter_mut().find(|(other, _)| other == name).unwrap();
        to.clone_into(other);
        self
    }

    /// The text of a file.
    pub(crate) fn text(&self, name: &str) -> String {
        let (_, bytes) = self.0.iter().find(|(other, _)| other == name).unwrap();
        String::from_utf8(bytes.clone()).unwrap()
    }

    /// As common programs pack it.
    pub(crate) fn packed(&self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in &self.0 {
            writer.start_file(name.as_str(), options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// As entries that a case can spoil.
    pub(crate) fn raw(&self) -> Raw {
        let entries = self.0.iter().map(|(name, bytes)| Entry::new(name.as_bytes(), bytes));
        Raw { entries: entries.collect(), ..Raw::default() }
    }
}

/// An entry, stored as it is.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) local_name: Vec<u8>,
    pub(crate) data: Vec<u8>,
    pub(crate) crc: u32,
    pub(crate) size: u32,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) mode: u32,
    pub(crate) comment: Vec<u8>,
    /// Another place of its bytes.
    pub(crate) at: Option<u32>,
}

impl Entry {
    pub(crate) fn new(name: &[u8], data: &[u8]) -> Self {
        Self {
            name: name.to_vec(),
            local_name: name.to_vec(),
            data: data.to_vec(),
            crc: crc32(data),
            size: u32::try_from(data.len()).unwrap(),
            flags: 0x0800,
            method: 0,
            mode: 0o100_644,
            comment: Vec::new(),
            at: None,
        }
    }
}

/// An archive of entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Raw {
    pub(crate) entries: Vec<Entry>,
    /// Another count than that of the entries.
    pub(crate) count: Option<u16>,
}

impl Raw {
    pub(crate) fn and(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    /// With the last entry changed.
    pub(crate) fn change(mut self, change: impl FnOnce(&mut Entry)) -> Self {
        change(self.entries.last_mut().unwrap());
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            let at = entry.at.unwrap_or_else(|| u32::try_from(bytes.len()).unwrap());
            let packed = u32::try_from(entry.data.len()).unwrap();
            let common = |into: &mut Vec<u8>, name: &[u8]| {
                for value in [20, entry.flags, entry.method, 0, 0x21] {
                    into.extend(value.to_le_bytes());
                }
                for value in [entry.crc, packed, entry.size] {
                    into.extend(value.to_le_bytes());
                }
                into.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
                into.extend(0_u16.to_le_bytes());
            };
            if entry.at.is_none() {
                bytes.extend(b"PK\x03\x04");
                common(&mut bytes, &entry.local_name);
                bytes.extend(&entry.local_name);
                bytes.extend(&entry.data);
            }
            directory.extend(b"PK\x01\x02");
            // Made on Unix.
            directory.extend(0x0314_u16.to_le_bytes());
            common(&mut directory, &entry.name);
            directory.extend(u16::try_from(entry.comment.len()).unwrap().to_le_bytes());
            directory.extend([0; 4]);
            directory.extend((entry.mode << 16).to_le_bytes());
            directory.extend(at.to_le_bytes());
            directory.extend(&entry.name);
            directory.extend(&entry.comment);
        }
        let start = u32::try_from(bytes.len()).unwrap();
        let many = u16::try_from(self.entries.len()).unwrap_or(u16::MAX);
        let count = self.count.unwrap_or(many);
        bytes.extend(&directory);
        if self.entries.len() > usize::from(u16::MAX) {
            self.end_64(&mut bytes, u64::from(start), directory.len() as u64);
        }
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend(count.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
        bytes.extend(start.to_le_bytes());
        bytes.extend([0; 2]);
        bytes
    }

    /// The end of a directory of more than 65,535 entries.
    fn end_64(&self, bytes: &mut Vec<u8>, start: u64, length: u64) {
        let at = bytes.len() as u64;
        bytes.extend(b"PK\x06\x06");
        bytes.extend(44_u64.to_le_bytes());
        bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let count = self.entries.len() as u64;
        for value in [count, count, length, start] {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(b"PK\x06\x07\0\0\0\0");
        bytes.extend(at.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}
