//! An archive in which the check finds no error is unpacked as a whole; and the check says the same twice.
#![no_main]
#![expect(clippy::expect_used, reason = "a fuzz target fails by panicking")]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use package::{Limits, Severity, check, unpack};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { unpacked_bytes: 4 << 20, ..Limits::default() };
    let report = check(Cursor::new(bytes), &limits).expect("memory can be read");
    let again = check(Cursor::new(bytes), &limits).expect("memory can be read");
    assert_eq!(report.findings, again.findings);
    let is_archive = bytes.starts_with(b"PK");
    if is_archive && report.findings.count(Severity::Error) == 0 {
        let whole = unpack(Cursor::new(bytes), &limits, |_| true).expect("memory can be read");
        assert!(whole, "sound, and not given as a whole");
    }
});
