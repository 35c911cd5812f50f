//! Language tags (RFC 5646).

use oxilangtag::LanguageTag;

/// A well-formed RFC 5646 language tag in which no extension singleton comes twice
/// (xAPI 1.0.3 Data 2.2, 4.2). The subtags need not be registered.
pub fn is_language_tag(text: &str) -> bool {
    is_common(text) || LanguageTag::parse(text).is_ok() && singletons_are_distinct(text)
}

/// `en`, `ase`, `en-US`: nearly every tag there is, told apart without a parser.
fn is_common(text: &str) -> bool {
    match text.as_bytes() {
        [a, b] => [a, b].into_iter().all(u8::is_ascii_alphabetic),
        [a, b, c] => [a, b, c].into_iter().all(u8::is_ascii_alphabetic),
        [a, b, b'-', c, d] => [a, b, c, d].into_iter().all(u8::is_ascii_alphabetic),
        _ => false,
    }
}

fn singletons_are_distinct(text: &str) -> bool {
    let mut seen = 0_u128;
    for subtag in text.split('-') {
        let &[singleton] = subtag.as_bytes() else {
            continue;
        };
        let singleton = singleton.to_ascii_lowercase();
        if singleton == b'x' {
            break;
        }
        let bit = 1_u128 << (singleton & 0x7f);
        if seen & bit != 0 {
            return false;
        }
        seen |= bit;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_language_tag;

    #[test]
    fn tags_of_every_shape_are_taken() {
        let tags = "de cmn en-US zh-Hant sr-Latn-RS es-419 sl-rozaj-biske i-klingon x-private \
                    de-1996 en-a-bbb-x-a-ccc zh-cmn-Hans-CN hy-Latn-IT-arevela";
        for tag in tags.split(' ').filter(|tag| !tag.is_empty()) {
            assert!(is_language_tag(tag), "{tag}");
        }
    }

    #[test]
    fn ill_formed_tags_are_refused() {
        for tag in ["", "d", "italianissimo", "en_US", "en-", "a23456789", "en-a-bb-a-cc", "it it"]
        {
            assert!(!is_language_tag(tag), "{tag}");
        }
    }
}
