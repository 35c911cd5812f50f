//! A course file is read alike with a comment after it; each fault has its place in the file, and a text in each language.
#![no_main]

use course::Course;
use libfuzzer_sys::fuzz_target;
use texts::Texts;

fuzz_target!(|text: &str| {
    match Course::check(text) {
        Ok(checked) => {
            let commented = format!("{text}\n# the end\n");
            assert_eq!(Course::check(&commented), Ok(checked));
        }
        Err(errors) => {
            let lines = 1 + text.matches(['\n', '\r']).count();
            assert!(!errors.0.is_empty());
            for error in &errors.0 {
                assert!((1..=lines).contains(&error.line) && error.column > 0, "{error}");
                let said = [Texts::english(), Texts::italian()].map(|texts| error.text(texts));
                assert!(said.iter().all(|text| !text.is_empty()), "{error}");
            }
        }
    }
});
