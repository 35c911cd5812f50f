//! Mailbox IRIs: `mailto:` and an e-mail address.

use email_address::{EmailAddress, Options};

/// `mailto:` in lower case, followed by one e-mail address (RFC 5322) without display name
/// (xAPI 1.0.3 Data 2.4.2.3).
pub fn is_mailbox(text: &str) -> bool {
    text.strip_prefix("mailto:").is_some_and(|address| is_plain(address) || is_address(address))
}

/// Letters, digits, dots and dashes around one `@`: the form nearly every address has.
fn is_plain(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let is_label = |label: &str, more: &[u8]| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.len() <= 63
    };
    local.len() <= 64
        && domain.len() <= 254
        && local.split('.').all(|label| is_label(label, b"_-+"))
        && domain.split('.').all(|label| is_label(label, b"-"))
}

fn is_address(address: &str) -> bool {
    EmailAddress::parse_with_options(address, Options::default().without_display_text()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{is_address, is_mailbox, is_plain};

    #[test]
    fn the_quick_way_takes_nothing_that_the_grammar_refuses() {
        for address in ["maria.rossi@example.it", "a@b", "o_l+x@a-b.example", "9@9.it"] {
            assert!(is_plain(address) && is_address(address), "{address}");
        }
    }

    #[test]
    fn what_is_no_mailbox_is_refused() {
        for text in [
            "",
            "mailto:",
            "maria@example.it",
            "MAILTO:maria@example.it",
            "mailto:maria",
            "mailto:@example.it",
            "mailto:maria@",
            "mailto:Maria <maria@example.it>",
            "mailto:a b@example.it",
            "mailto:a..b@example.it",
            "mailto:a@b@c",
        ] {
            assert!(!is_mailbox(text), "{text}");
        }
    }

    #[test]
    fn unusual_mailboxes_are_taken() {
        for text in ["mailto:\"a b\"@example.it", "mailto:a@[127.0.0.1]", "mailto:è@example.it"] {
            assert!(is_mailbox(text), "{text}");
        }
    }
}
