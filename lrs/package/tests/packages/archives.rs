//! Archives that are not safe to unpack, or are none.

use std::io::{Cursor, Write as _};

use package::Rule;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::sound::{scorm_12, xapi};
use crate::zipped::{Entry, Files, Raw};
use crate::{Case, case};

/// A sound package and a file under another name.
fn beside(name: &str) -> Raw {
    named(name.as_bytes())
}

fn named(name: &[u8]) -> Raw {
    scorm_12().raw().and(Entry::new(name, b"x"))
}

fn changed(change: fn(&mut Entry)) -> Vec<u8> {
    beside("x.bin").change(change).bytes()
}

/// Zeros, packed a thousand times smaller.
fn bomb(files: usize, megabytes: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let zeros = vec![0; 1 << 20];
    for file in 0..files {
        writer.start_file(format!("{file}.bin"), options).unwrap();
        for _ in 0..megabytes {
            writer.write_all(&zeros).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn many(count: usize) -> Vec<u8> {
    let entries = (0..count).map(|at| Entry::new(format!("f/{at}.js").as_bytes(), b""));
    Raw { entries: entries.collect(), ..Raw::default() }.bytes()
}

/// Files whose bytes are those of one: a bomb that packs nothing.
fn shared() -> Vec<u8> {
    let mut raw = xapi().raw();
    let at = Some(0);
    for name in ["one.bin", "two.bin"] {
        raw = raw.and(Entry { at, ..Entry::new(name.as_bytes(), b"x") });
    }
    raw.bytes()
}

pub(crate) fn cases() -> Vec<Case> {
    [none(), cut(), bombs(), entries(), names(), folders()].into_iter().flatten().collect()
}

fn none() -> Vec<Case> {
    let not = |name, bytes: &'static [u8]| case(name, Rule::NotZip, move || bytes.to_vec());
    vec![
        not("an empty file", b""),
        not("a text", b"hello, this is no zip at all"),
        not("a RAR archive", b"Rar!\x1a\x07\x01\x00 and more"),
        not("a 7z archive", b"7z\xbc\xaf\x27\x1c and more"),
        not("a gzip file", b"\x1f\x8b\x08\x00 and more"),
        not("a PDF", b"%PDF-1.7 and more"),
        not("an old Office file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"),
        not("a page", b"<!DOCTYPE html><html></html>"),
        not("a manifest of SCORM alone", b"<manifest/>"),
        case("zeros", Rule::NotZip, || vec![0; 1 << 20]),
        case("an empty zip", Rule::ArchiveEmpty, || Raw::default().bytes()),
    ]
}

fn cut() -> Vec<Case> {
    let flipped = |at: usize| {
        let mut bytes = scorm_12().packed();
        bytes[at] ^= 0xff;
        bytes
    };
    vec![
        case("the first half", Rule::ArchiveTruncated, || {
            let bytes = scorm_12().packed();
            bytes[..bytes.len() / 2].to_vec()
        }),
        case("all but the last byte", Rule::ArchiveTruncated, || {
            let bytes = scorm_12().packed();
            bytes[..bytes.len() - 1].to_vec()
        }),
        case("a directory of more entries than there are", Rule::ArchiveTruncated, || {
            Raw { count: Some(60_000), ..scorm_12().raw() }.bytes()
        }),
        case("damaged bytes", Rule::ArchiveDamaged, move || flipped(60)),
        case("a wrong checksum", Rule::ArchiveDamaged, || changed(|it| it.crc ^= 1)),
        case("bytes that do not unpack", Rule::ArchiveDamaged, || {
            changed(|it| (it.method, it.data, it.size) = (8, vec![0xff; 40], 40))
        }),
        case("fewer bytes than said", Rule::ArchiveSizeFalse, || changed(|it| it.size = 1000)),
        case("more bytes than said", Rule::ArchiveDamaged, || changed(|it| it.size = 0)),
    ]
}

fn bombs() -> Vec<Case> {
    vec![
        case("a file of 100 MB of zeros", Rule::ArchiveRatio, || bomb(1, 100)),
        case("twenty files of 11 MB of zeros", Rule::ArchiveRatio, || bomb(20, 11)),
        case("files of 4 GB each", Rule::ArchiveSize, || {
            let entry = |name: &[u8]| Entry { size: u32::MAX - 1, ..Entry::new(name, b"x") };
            Raw { entries: vec![entry(b"a"), entry(b"b")], count: None }.bytes()
        }),
        case("files that share their bytes", Rule::ArchiveOverlap, shared),
        case("65,535 files", Rule::ArchiveEntries, || many(65_535)),
        case("100,000 files", Rule::ArchiveEntries, || many(100_000)),
        case("notes of 40 MB", Rule::ArchiveDirectory, || {
            let note = |at: usize| Entry {
                comment: vec![b'x'; 65_000],
                ..Entry::new(format!("{at}").as_bytes(), b"")
            };
            Raw { entries: (0..620).map(note).collect(), count: None }.bytes()
        }),
    ]
}

fn entries() -> Vec<Case> {
    let mode = |name, rule, mode| {
        case(name, rule, move || beside("x.bin").change(|it| it.mode = mode).bytes())
    };
    let method = |name, method| {
        case(name, Rule::ArchiveCompression, move || {
            beside("x.bin").change(|it| it.method = method).bytes()
        })
    };
    vec![
        mode("a symbolic link", Rule::ArchiveSymlink, 0o120_777),
        mode("a device", Rule::ArchiveDevice, 0o020_666),
        mode("a pipe", Rule::ArchiveDevice, 0o010_666),
        mode("a socket", Rule::ArchiveDevice, 0o140_666),
        method("LZMA", 14),
        method("BZIP2", 12),
        method("Deflate64", 9),
        method("a method that does not exist", 77),
        case("an encrypted file", Rule::ArchiveEncrypted, || changed(|it| it.flags |= 1)),
        case("one name in the directory, another before the bytes", Rule::ArchiveHeaders, || {
            changed(|it| it.local_name = b"../../x".to_vec())
        }),
    ]
}

fn names() -> Vec<Case> {
    let wrong = |name: &'static str, rule| case(name, rule, move || beside(name).bytes());
    vec![
        wrong("../x", Rule::NameEscapes),
        wrong("a/../../x", Rule::NameEscapes),
        wrong("/etc/passwd", Rule::NameEscapes),
        wrong("\\\\server\\share\\x", Rule::NameEscapes),
        wrong("C:/x", Rule::NameEscapes),
        wrong("C:\\x", Rule::NameEscapes),
        wrong("..\\x", Rule::NameEscapes),
        wrong("a\\..\\..\\x", Rule::NameEscapes),
        wrong("..", Rule::NameEscapes),
        wrong("a\\b.js", Rule::NameBackslash),
        wrong("a\0.js", Rule::NameControl),
        wrong("a\n.js", Rule::NameControl),
        wrong("a\u{85}.js", Rule::NameControl),
        wrong("index.html", Rule::NameDuplicate),
        wrong("INDEX.HTML", Rule::NameCase),
        wrong("Sco.js", Rule::NameCase),
        wrong("index.html/x.js", Rule::NameFolder),
        case("two forms of one accent", Rule::NameCase, || {
            beside("citt\u{e0}.js").and(Entry::new("citta\u{300}.js".as_bytes(), b"")).bytes()
        }),
        case("a name in Latin 1", Rule::NameEncoding, || {
            named(b"citt\xe0.js").change(|it| it.flags = 0).bytes()
        }),
        case("a name of 3,000 bytes", Rule::NameLength, || beside(&"x".repeat(3000)).bytes()),
        case("a file 200 folders deep", Rule::NameDepth, || {
            beside(&"a/".repeat(200))
                .change(|it| {
                    it.name.push(b'x');
                    it.local_name.push(b'x');
                })
                .bytes()
        }),
    ]
}

/// Zips of something else.
fn folders() -> Vec<Case> {
    let only =
        |name: &'static str, rule| case(name, rule, move || Files::new(&[(name, "x")]).packed());
    vec![
        only("notes.txt", Rule::Unrecognised),
        only("course.story", Rule::AuthoringSource),
        only("course.elpx", Rule::AuthoringSource),
        only("h5p.json", Rule::AuthoringSource),
        only("moodle_backup.xml", Rule::AuthoringSource),
        only("story.html", Rule::WebExport),
        only("course.zip", Rule::ZipInZip),
        case("a package in a folder", Rule::ManifestNotAtRoot, || {
            let Files(files) = scorm_12();
            Files(files.into_iter().map(|(name, it)| (format!("course/{name}"), it)).collect())
                .packed()
        }),
        case("a manifest in capitals", Rule::ManifestCase, || {
            scorm_12().named("imsmanifest.xml", "IMSManifest.xml").packed()
        }),
        case("two manifests", Rule::ManifestsSeveral, || {
            scorm_12().and("tincan.xml", xapi().text("tincan.xml")).packed()
        }),
        case("AICC", Rule::AiccNotPlayed, || {
            Files::new(&[("C.CRS", ""), ("c.au", ""), ("c.cst", ""), ("c.des", "")]).packed()
        }),
    ]
}
