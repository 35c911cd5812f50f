//! What is wrong with a text that is not TOML.

use std::borrow::Cow;
use std::ops::Range;

use texts::Message;
use toml::de::Error;

use super::read::Faults;
use super::reason;
use crate::error::CourseErrors;

/// The text with a point in place of each decimal comma, as long as before, and these commas as
/// faults.
pub(super) fn without_decimal_commas(text: &str) -> (Cow<'_, str>, Faults) {
    let mut mended = Cow::from(text);
    let mut faults = Faults::default();
    for place in decimal_commas(text) {
        let number = text.get(place.clone()).unwrap_or_default();
        let point = number.replace(',', ".");
        mended.to_mut().replace_range(place.clone(), &point);
        let message = Message::new("course-fault-decimal-comma").with("number", number);
        faults.note(place, message.with("point", point));
    }
    (mended, faults)
}

/// Where a number with a comma stands right after a `=`, outside of quotation marks and comments.
fn decimal_commas(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let mut quote = None;
        for (at, c) in line.char_indices() {
            match (quote, c) {
                (None, '#') => break,
                (None, '"' | '\'') => quote = Some(c),
                (None, '=') => {
                    let number = number_with_comma(line.get(at + 1..).unwrap_or_default());
                    found.extend(
                        number.map(|it| begin + at + 1 + it.start..begin + at + 1 + it.end),
                    );
                }
                (Some(open), _) if open == c => quote = None,
                _ => {}
            }
        }
        begin += line.len();
    }
    found
}

/// `0,6` at the beginning of a text, after spaces.
fn number_with_comma(text: &str) -> Option<Range<usize>> {
    let rest = text.trim_start_matches([' ', '\t']);
    let begin = text.len() - rest.len();
    let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(unsigned);
    let fraction = digits(unsigned.get(whole..)?.strip_prefix(',')?);
    let length = rest.len() - unsigned.len() + whole + 1 + fraction;
    (whole > 0 && fraction > 0).then(|| begin..begin + length)
}

/// The faults of a text that is not TOML, the first of each line: the others follow from it.
pub(super) fn not_toml(text: &str, mut faults: Faults, errors: &[Error]) -> CourseErrors {
    for error in errors {
        let span = error.span().unwrap_or_default();
        let message = message(text, &span, error.message());
        faults.note(span, message);
    }
    let mut errors = faults.in_order(text);
    errors.dedup_by_key(|error| error.line);
    CourseErrors(errors)
}

/// What the parser says of this place, in words of the catalogue.
fn message(text: &str, span: &Range<usize>, of_toml: &str) -> Message {
    if !of_toml.starts_with("string values must be quoted") {
        return reason::message(of_toml);
    }
    let value = text.get(span.clone()).unwrap_or_default();
    Message::new("course-fault-no-value").with("value", value)
}
