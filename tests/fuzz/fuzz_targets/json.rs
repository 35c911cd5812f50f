//! What our reader takes, `serde_json` reads the same; and an object's members, put together
//! again, are the object.
#![no_main]
#![expect(clippy::expect_used, reason = "a fuzz target fails by panicking")]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use validator::json;

fuzz_target!(|bytes: &[u8]| {
    let theirs = serde_json::from_slice::<Value>(bytes);
    let Ok(ours) = json::parse(bytes) else { return };
    assert_eq!(theirs.ok().as_ref(), Some(&ours));
    let Value::Object(object) = &ours else { return };
    let text = std::str::from_utf8(bytes).expect("what is read is UTF-8");
    let members = json::members(text);
    let whole: Vec<_> = members.iter().map(|member| &text[member.whole.clone()]).collect();
    let again: Value =
        serde_json::from_str(&format!("{{{}}}", whole.join(","))).expect("an object");
    assert_eq!(again, ours);
    assert!(members.iter().map(|member| &member.key).eq(object.keys()));
});
