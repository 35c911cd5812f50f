//! What bodies take that are made to take much memory. Bytes are counted, never time.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::sync::{Mutex, MutexGuard, PoisonError};

use peak_alloc::PeakAlloc;
use validator::json::{self, Size};
use validator::{Version, check, check_batch};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Tests that measure run one at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The most bytes that `work` had at a time, and the bytes that its result has.
fn taken<T>(work: impl FnOnce() -> T) -> (usize, usize, T) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = work();
    let of = |usage: usize| usage.saturating_sub(before);
    (of(MEMORY.peak_usage()), of(MEMORY.current_usage()), result)
}

/// What a request may take that has a body of so many bytes.
fn allowed(body: &str) -> usize {
    8 * body.len() + (256 << 20)
}

/// `part` again and again, up to this many bytes, between `before` and `after`.
fn filled(before: &str, part: &str, bytes: usize, after: &str) -> String {
    let parts = vec![part; bytes / (part.len() + 1)].join(",");
    format!("{before}{parts}{after}")
}

const EXTENSION: &str = r#"{"actor":{"mbox":"mailto:a@example.it"},"verb":{"id":"http://v.it/v"},
    "object":{"id":"http://v.it/o"},"result":{"extensions":{"http://v.it/e":"#;
const GROUP: &str = r#"{"verb":{"id":"http://v.it/v"},"object":{"id":"http://v.it/o"},
    "actor":{"objectType":"Group","member":["#;

/// Bodies that hold as much as they can in few bytes.
fn dense(bytes: usize) -> Vec<(&'static str, String)> {
    let extension = |part| filled(&format!("{EXTENSION}["), part, bytes, "]}}}");
    vec![
        ("numbers", filled("[", "1", bytes, "]")),
        ("lists", extension("[]")),
        ("objects", extension("{}")),
        ("objects with a member", extension(r#"{"":1}"#)),
        ("lists in lists", extension("[[[[]]]]")),
        ("texts", extension(r#""""#)),
        ("members that are nobody", filled(GROUP, "{}", bytes, "]}}")),
        ("one key", filled("{", r#""a":0"#, bytes, "}")),
    ]
}

#[test]
fn no_body_takes_more_than_eight_times_its_bytes_and_256_mib() {
    let _alone = alone();
    for (name, body) in dense(16 << 20) {
        let (most, _, report) = taken(|| check_batch(body.as_bytes(), Version::V1_0_3));
        assert!(report.is_err(), "{name} is not taken");
        assert!(most < allowed(&body), "{name} took {} MiB", most >> 20);
    }
}

#[test]
fn what_is_taken_at_the_limit_is_within_it_too() {
    let _alone = alone();
    for (name, body) in dense(1 << 20) {
        let size = Size::of(body.as_bytes());
        // As many of them as the limit lets pass.
        let fits = (size.limit() / size.weight().max(1)).max(1);
        let (_, larger) = dense(fits << 20).into_iter().find(|(it, _)| *it == name).unwrap();
        let size = Size::of(larger.as_bytes());
        assert!(size.weight() <= size.limit(), "{name}");
        let (most, _, _) = taken(|| check(larger.as_bytes(), Version::V1_0_3));
        assert!(most < allowed(&larger), "{name} took {} MiB", most >> 20);
    }
}

#[test]
fn a_texts_weight_is_no_less_than_what_it_takes_once_read() {
    let _alone = alone();
    let objects = |members: usize| {
        let members: Vec<String> = (0..members).map(|n| format!(r#""k{n}":[{n}]"#)).collect();
        filled("[", &format!("{{{}}}", members.join(",")), 100_000, "]")
    };
    let mut texts: Vec<String> = dense(100_000).into_iter().map(|(_, text)| text).collect();
    texts.extend((1..20).map(objects));
    texts.push(objects(3_000));
    for text in texts {
        let (_, kept, value) = taken(|| json::parse(text.as_bytes()).ok());
        let weight = Size::of(text.as_bytes()).weight();
        assert!(kept <= weight, "{kept} bytes, but {weight} were expected of {text:.40}");
        assert!(value.is_none() || kept * 6 > weight, "{weight} for {kept} of {text:.40}");
    }
}

#[test]
fn what_a_text_holds_is_counted_as_a_reader_finds_it() {
    let _alone = alone();
    for (text, values, elements) in [
        ("", 1, 0),
        ("7", 1, 0),
        ("[]", 1, 0),
        (r#"[ "a,b" , "\"," , {} ]"#, 4, 3),
        (r#"{"a":[1,[2]],"b":{"c":[]}}"#, 7, 0),
        ("[[1,2],[3]]", 6, 2),
    ] {
        let size = Size::of(text.as_bytes());
        assert_eq!((size.values, size.elements), (values, elements), "{text}");
    }
    // Deeper than a reader goes: counted on, and never less than there is.
    let deep = format!("{}{}{}", "[".repeat(500), "1,2", "]".repeat(500));
    assert_eq!(Size::of(deep.as_bytes()).values, 502);
    let deep = format!(r"[{}1{},2]", r#"{"a":"#.repeat(500), "}".repeat(500));
    assert!(Size::of(deep.as_bytes()).values >= 503);
    assert_eq!(Size::of(deep.as_bytes()).elements, 2);
}

#[test]
fn the_refusal_names_the_limit() {
    let _alone = alone();
    let body = filled("[", "[]", 8 << 20, "]");
    let report = json::parse(body.as_bytes()).err().unwrap();
    let violation = &report.violations[0];
    assert_eq!(violation.rule.id, "json-size");
    assert!(violation.message.contains("the limit for"), "{}", violation.message);
    let report = json::parse_as::<serde_json::Value>(body.as_bytes()).err().unwrap();
    assert_eq!(report.violations[0].rule.id, "json-size");
}
