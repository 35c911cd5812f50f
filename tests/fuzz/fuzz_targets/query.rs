//! The order of parameters does not matter, nor whether their letters are written as percent signs and digits.
#![no_main]
#![expect(clippy::expect_used, reason = "a fuzz target fails by panicking")]

use std::fmt::Write as _;

use libfuzzer_sys::fuzz_target;
use validator::Version;
use xapi::parameters::Parameters;
use xapi::query::Query;

fuzz_target!(|query: &str| {
    for version in [Version::V1_0_3, Version::V2_0_0] {
        let read = |query: &str| Query::parse(&Parameters::parse(query).ok()?, version).ok();
        let asked = read(query);
        let reversed: Vec<&str> = query.rsplit('&').collect();
        assert_eq!(read(&reversed.join("&")), asked);
        if asked.is_some() {
            assert_eq!(read(&encoded(query)), asked);
        }
    }
});

/// The query with each byte percent-encoded that separates nothing and is not encoded already.
fn encoded(query: &str) -> String {
    let mut text = String::new();
    let mut rest = query.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'&' | b'=' => text.push(char::from(byte)),
            b'+' => text.push_str("%20"),
            b'%' => {
                text.push('%');
                text.extend(rest.by_ref().take(2).map(char::from));
            }
            other => write!(text, "%{other:02X}").expect("a text can be written"),
        }
    }
    text
}
