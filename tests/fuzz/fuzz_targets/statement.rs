//! Checking never panics; what passes alone passes in a batch, byte for byte; every violation
//! lies within the body.
#![no_main]
#![expect(clippy::expect_used, reason = "a fuzz target fails by panicking")]

use libfuzzer_sys::fuzz_target;
use validator::{Version, check, check_batch};

fuzz_target!(|body: &[u8]| {
    for version in [Version::V1_0_3, Version::V2_0_0] {
        match check(body, version) {
            Ok(statement) => {
                let many = [b"[", body, b"]"].concat();
                let batch =
                    check_batch(&many, version).expect("what passes alone passes in a batch");
                assert_eq!(batch.statements, [statement]);
            }
            Err(report) => {
                assert!(!report.violations.is_empty());
                let lines = body.split(|&b| b == b'\n').count();
                assert!(report.violations.iter().all(|violation| violation.line <= lines));
            }
        }
    }
});
