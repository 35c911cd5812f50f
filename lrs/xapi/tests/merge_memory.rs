//! What merging into a document takes. Bytes are counted, never time.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use bytes::Bytes;
use peak_alloc::PeakAlloc;
use xapi::document::{Change, Document};
use xapi::instant::Instant;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const SIZE: usize = 8 << 20;

fn document(body: String) -> Document {
    let updated = Instant::default();
    Document { content_type: "application/json".into(), body: Bytes::from(body), updated }
}

/// Documents of the worst kinds: what they hold as values is many times their texts.
fn dense() -> [String; 3] {
    let list =
        |part: &str| format!("{{\"a\":[{}]}}", vec![part; SIZE / (part.len() + 1)].join(","));
    let members: Vec<String> = (0..SIZE / 14).map(|n| format!("\"m{n:07}\":[]")).collect();
    [list("1"), list("{}"), format!("{{{}}}", members.join(","))]
}

#[test]
fn a_small_change_of_a_large_document_takes_the_memory_of_a_copy() {
    for kept in dense() {
        let length = kept.len();
        let kept = document(kept);
        let posted = Change::Post(document("{\"x\":1}".into()), 2 * SIZE);
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let merged = posted.apply(Some(kept.clone())).unwrap().unwrap();
        let taken = MEMORY.peak_usage().saturating_sub(before);
        assert!(merged.body.ends_with(b",\"x\":1}"));
        assert!(taken < 2 * length, "{taken} bytes for a document of {length}");
    }
}
