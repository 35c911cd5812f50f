//! A learner list is read alike in UTF-8 and in UTF-16, and its learners make the same list again.
#![no_main]

use course::LearnerList;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let list = LearnerList::parse(text.as_bytes());
    if !text.starts_with('\u{feff}') {
        let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16).collect();
        assert_eq!(LearnerList::parse(&utf16).ok(), list.as_ref().ok().cloned());
    }
    let Ok(list) = list else { return };
    assert_eq!(LearnerList::from_learners(list.learners().to_vec()).ok(), Some(list));
});
