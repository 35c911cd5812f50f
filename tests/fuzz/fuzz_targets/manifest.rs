//! What a manifest says does not depend on how the archive keeps it, and each finding has a place that there is.
#![no_main]
#![expect(clippy::expect_used, reason = "a fuzz target fails by panicking")]

use std::io::{Cursor, Write as _};

use libfuzzer_sys::fuzz_target;
use package::{Limits, Report, check};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fuzz_target!(|manifest: &[u8]| {
    let name = name(manifest);
    let stored = checked(name, manifest, CompressionMethod::Stored);
    let deflated = checked(name, manifest, CompressionMethod::Deflated);
    assert_eq!(stored.findings, deflated.findings);
    let lines = 1 + manifest.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    for finding in stored.findings.iter().filter(|it| it.file.as_deref() == Some(name)) {
        let line = finding.line.map_or(1, |line| usize::try_from(line).expect("it is small"));
        assert!((1..=lines).contains(&line), "{finding:?}");
    }
});

/// The name under which a manifest is looked for that has these words.
fn name(manifest: &[u8]) -> &'static str {
    let has = |word: &[u8]| manifest.windows(word.len()).any(|window| window == word);
    if has(b"courseStructure") {
        "cmi5.xml"
    } else if has(b"tincan") {
        "tincan.xml"
    } else {
        "imsmanifest.xml"
    }
}

/// The check of a package of this manifest and one page.
fn checked(name: &str, manifest: &[u8], method: CompressionMethod) -> Report {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in [(name, manifest), ("index.html", b"<title>x</title>")] {
        archive.start_file(name, options).expect("memory can be written");
        archive.write_all(bytes).expect("memory can be written");
    }
    let bytes = archive.finish().expect("memory can be written").into_inner();
    // However well a manifest packs, it is judged by what it says.
    let limits = Limits { ratio: u64::MAX, ..Limits::default() };
    check(Cursor::new(bytes), &limits).expect("memory can be read")
}
