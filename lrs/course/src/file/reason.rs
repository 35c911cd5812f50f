//! Why a text is not TOML, in the words of the catalogue: the parser says so in English alone.

use texts::Message;

/// What the parser's descriptions begin with, and the message that says the same and what to write. The first that fits
/// counts.
const REASONS: [(&str, &str); 59] = [
    ("duplicate key", "course-toml-key-twice"),
    ("cannot extend value", "course-toml-key-extends"),
    ("recursion limit", "course-toml-too-deep"),
    ("cannot recurse further", "course-toml-too-deep"),
    ("`_` may only go between digits", "course-toml-number"),
    ("integers with a radix cannot be signed", "course-toml-number"),
    ("radix must be lowercase", "course-toml-number"),
    ("redundant integer number prefix", "course-toml-number"),
    ("redundant numeric sign", "course-toml-number"),
    ("unexpected leading zero", "course-toml-number"),
    ("unexpected sign", "course-toml-number"),
    ("invalid integer number", "course-toml-number"),
    ("invalid hexadecimal number", "course-toml-number"),
    ("invalid octal number", "course-toml-number"),
    ("invalid binary number", "course-toml-number"),
    ("invalid float", "course-toml-number"),
    ("invalid boolean", "course-toml-value"),
    ("invalid value", "course-toml-value"),
    ("invalid basic string", "course-toml-text"),
    ("invalid literal string", "course-toml-text"),
    ("invalid multi-line", "course-toml-text"),
    ("invalid string", "course-toml-text"),
    ("missing opening quote", "course-toml-text"),
    ("missing escaped value", "course-toml-escape"),
    ("too few unicode value digits", "course-toml-escape"),
    ("carriage return", "course-toml-carriage-return"),
    ("extra `=`", "course-toml-equals-extra"),
    ("extra assignment", "course-toml-equals-extra"),
    ("unexpected `=` in array", "course-toml-equals-extra"),
    ("missing assignment", "course-toml-equals-missing"),
    ("key with no value", "course-toml-value-missing"),
    ("missing value", "course-toml-value-missing"),
    ("extra comma", "course-toml-comma-extra"),
    ("missing comma", "course-toml-comma-missing"),
    ("unclosed array table", "course-toml-header"),
    ("unclosed array", "course-toml-list-open"),
    ("missing array opening", "course-toml-list-open"),
    ("unclosed inline table", "course-toml-braces-open"),
    ("missing inline table opening", "course-toml-braces-open"),
    ("unclosed table", "course-toml-header"),
    ("missing table open", "course-toml-header"),
    ("invalid table", "course-toml-header"),
    ("invalid comment character", "course-toml-comment"),
    ("missing comment start", "course-toml-comment"),
    ("unexpected content between comment", "course-toml-comment"),
    ("invalid unquoted key", "course-toml-key"),
    ("unquoted keys cannot be empty", "course-toml-key"),
    ("keys cannot be multi-line", "course-toml-key"),
    ("invalid key", "course-toml-key"),
    ("missing key", "course-toml-key"),
    ("invalid inline table element", "course-toml-key"),
    ("unexpected key or value", "course-toml-line-end"),
    ("unexpected content", "course-toml-line-end"),
    ("invalid date", "course-toml-time"),
    ("invalid month", "course-toml-time"),
    ("invalid year", "course-toml-time"),
    ("invalid day", "course-toml-time"),
    ("invalid time", "course-toml-time"),
    ("invalid ", "course-toml-value"),
];

/// The message for what the parser says; one that quotes the parser where it says something that [`REASONS`] lacks.
pub(super) fn message(of_parser: &str) -> Message {
    let known = REASONS.iter().find(|(begin, _)| of_parser.starts_with(begin));
    known.map_or_else(
        || Message::new("course-fault-not-toml").with("reason", of_parser),
        |(_, id)| Message::new(id),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use texts::Texts;

    use super::{REASONS, message};

    #[test]
    fn each_reason_is_said_in_both_languages() {
        for (begin, id) in REASONS {
            let [it, en] =
                [Texts::italian(), Texts::english()].map(|texts| message(begin).said(texts));
            assert!(it.is_some() && en.is_some(), "{begin}: {id}");
            assert_ne!(it, en, "{id}");
        }
    }

    #[test]
    fn what_the_parser_may_say_one_day_is_quoted_beside_what_a_reader_understands() {
        let unknown = message("the moon is full").said_in(Texts::italian());
        assert_eq!(
            unknown,
            "da qui il testo non è TOML. Il programma che lo legge lo dice in inglese: «the moon is full»"
        );
    }

    /// A file with all that TOML has, then broken at each place in turn.
    const FILE: &str = "id = \"c\\u00e9\" # x\na.b = 0x1F\nd = 2026-03-05T09:30:00Z\nn = [1_0, -2.5e3, 'y']\n\
                        t = { it = \"\"\"z\"\"\", en = '''w''' }\n[[m]]\nok = true\n[m.n]\ni = inf\n\
                        \"q\" = 0o7\r\nh = 09:30:00\n[a]\n";

    #[test]
    fn whatever_is_broken_the_reason_is_one_of_the_catalogue() {
        let unknown = |text: &str| -> Vec<String> {
            let (_, errors) = toml::de::DeTable::parse_recoverable(text);
            let of_parser = errors.iter().map(toml::de::Error::message);
            let quoted = of_parser.filter(|it| {
                !it.starts_with("string values must be quoted")
                    && message(it).id() == "course-fault-not-toml"
            });
            quoted.map(str::to_owned).collect()
        };
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for at in 0..FILE.len() {
            let (before, after) = FILE.split_at(at);
            let shorter = format!("{before}{}", after.get(1..).unwrap());
            let with = [
                "\"", "'", "=", "[", "]", "{", "}", ",", "\\", "\r", "\n", "_", "0", "-", "+",
                "\u{1}", " x", "#",
            ];
            let longer = with.map(|more| format!("{before}{more}{after}"));
            for text in longer.into_iter().chain([shorter, before.to_owned()]) {
                found.extend(unknown(&text));
                let (_, errors) = toml::de::DeTable::parse_recoverable(&text);
                seen.extend(errors.iter().map(|error| message(error.message()).id()));
            }
        }
        assert_eq!(found, BTreeSet::new(), "add these to REASONS");
        assert!(seen.len() > 15, "the file meets few reasons: {seen:?}");
    }

    #[test]
    fn a_table_in_a_table_in_a_table_and_so_on_is_refused_with_a_reason_of_the_catalogue() {
        let deep = format!("a = {}{}", "[".repeat(500), "]".repeat(500));
        let (_, errors) = toml::de::DeTable::parse_recoverable(&deep);
        assert_eq!(message(errors[0].message()).id(), "course-toml-too-deep");
    }
}
