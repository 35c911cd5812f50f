//! Texts that others may see: without what opens a door, and without who a person is.
//!
//! A body stays as it was sent but for the strings that are masked, so that it breaks the same rules when it is checked
//! again. It need not be JSON to be masked: it may have been refused because it is none.

use std::borrow::Cow;

/// What stands in place of a value.
pub(super) const MASK: &str = "***";

/// Parts of the names of members and parameters whose values open a door.
const SECRET_NAMES: [&str; 13] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "authorization",
    "credential",
    "apikey",
    "api_key",
    "api-key",
    "cookie",
    "sesskey",
    "sessionid",
];
/// Members that say who a person is, or what a person wrote.
const PERSONAL_NAMES: [&str; 5] = ["name", "mbox", "mbox_sha1sum", "openid", "response"];
/// Members all of whose strings may say who a person is.
const PERSONAL_PARTS: [&str; 2] = ["account", "extensions"];
/// Schemes of `Authorization` (RFC 9110, 11).
const SCHEMES: [&str; 3] = ["basic ", "bearer ", "digest "];

/// Whether the value under a name opens a door.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|part| name.contains(part))
}

/// A body without secrets: the values of members that are called like one, credentials in other strings, and the
/// passwords and tokens of addresses.
pub(super) fn secrets(body: &str) -> String {
    masked(body, is_secret_name, &|place, text| {
        if place.is_some_and(|named| named.is_within) {
            return Some(Cow::Borrowed(MASK));
        }
        let harmless = secrets_of_text(text);
        (harmless != text).then_some(harmless)
    })
}

/// A body without persons: names, identifiers and answers of people, and what extensions say. Nothing where the body is
/// no JSON, in which a string may be anything.
pub(super) fn persons(body: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(body).ok()?;
    Some(masked(body, |name| PERSONAL_PARTS.contains(&name), &|place, _| {
        let is_personal =
            place.is_some_and(|it| it.is_within || PERSONAL_NAMES.contains(&it.name.as_str()));
        is_personal.then_some(Cow::Borrowed(MASK))
    }))
}

/// A text without credentials: what follows a scheme of `Authorization`, the user part of an address, and the values of
/// an address's parameters that are called like a secret.
pub(super) fn secrets_of_text(text: &str) -> Cow<'_, str> {
    let without = after_schemes(text);
    let without = match user_of_address(&without) {
        Some(masked) => Cow::Owned(masked),
        None => without,
    };
    match parameters_of_address(&without) {
        Some(masked) => Cow::Owned(masked),
        None => without,
    }
}

fn after_schemes(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    let places = SCHEMES.iter().flat_map(|scheme| {
        lower.match_indices(scheme).map(|(at, found)| at.saturating_add(found.len()))
    });
    // Words of a sentence are shorter than credentials.
    let is_credential = |begin: &usize| {
        let word = text.get(*begin..).and_then(|rest| rest.split_whitespace().next());
        word.is_some_and(|word| word.len() >= 8)
    };
    let before = places.filter(is_credential).min().and_then(|begin| text.get(..begin));
    before.map_or(Cow::Borrowed(text), |before| Cow::Owned(format!("{before}{MASK}")))
}

/// Each `https://user:password@host` without the user.
fn user_of_address(text: &str) -> Option<String> {
    let (mut masked, mut rest, mut found) = (String::with_capacity(text.len()), text, false);
    while let Some((before, after)) = rest.split_once("://") {
        masked.push_str(before);
        masked.push_str("://");
        rest = after;
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        if let Some(host) = after.get(..end)?.rfind('@') {
            masked.push_str(MASK);
            rest = after.get(host..)?;
            found = true;
        }
    }
    masked.push_str(rest);
    found.then_some(masked)
}

/// Each parameter that is called like a secret without its value, behind whichever question mark of the text it stands.
fn parameters_of_address(text: &str) -> Option<String> {
    let begin = text.find('?')?.saturating_add(1);
    let (mut masked, mut found) = (text.get(..begin)?.to_owned(), false);
    for part in text.get(begin..)?.split_inclusive(['&', '#', ';']) {
        match value_of_secret(part).and_then(|value| part.split_at_checked(value)) {
            Some((name, value)) => {
                masked.push_str(name);
                masked.push_str(MASK);
                masked.extend(value.chars().next_back().filter(|it| matches!(it, '&' | '#' | ';')));
                found = true;
            }
            None => masked.push_str(part),
        }
    }
    found.then_some(masked)
}

/// Where in a part of a query the value begins of a parameter that is called like a secret. Another address may begin in
/// the part.
fn value_of_secret(part: &str) -> Option<usize> {
    let mut begin = 0_usize;
    for piece in part.split_inclusive('?') {
        if let Some((name, _)) = piece.split_once('=').filter(|(name, _)| is_secret_name(name)) {
            return Some(begin.saturating_add(name.len()).saturating_add(1));
        }
        begin = begin.saturating_add(piece.len());
    }
    None
}

/// The innermost of the members that a value is in.
struct Named {
    name: String,
    /// Whether this member or one around it is of those that are masked as a whole: looked at once for each member, and not
    /// for each value in it.
    is_within: bool,
}

/// Says what stands in place of a value of a body: told the member that it is in and the value's text. `None` where it stays.
type Change<'c> = dyn for<'t> Fn(Option<&Named>, &'t str) -> Option<Cow<'t, str>> + 'c;

/// `body` with other values where `change` says so. All that is in members of a name that `is_whole` is within.
fn masked(body: &str, is_whole: fn(&str) -> bool, change: &Change<'_>) -> String {
    let mut walk = Walk {
        out: String::with_capacity(body.len()),
        path: Vec::new(),
        open: Vec::new(),
        named: false,
        is_whole,
    };
    let mut rest = body;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string(rest),
            '-' | '0'..='9' | 'a'..='z' | 'A'..='Z' => word(rest),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        walk.take(token, after, change);
        rest = after;
    }
    walk.out
}

/// The length of the string that a text begins with, its quotation marks included; all of it where it has no end.
fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a number, of `true` and the like.
fn word(text: &str) -> usize {
    let is_end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
    text.find(is_end).unwrap_or(text.len())
}

/// A way through a body, token by token.
struct Walk {
    out: String,
    /// The names of the members that are open.
    path: Vec<Named>,
    /// Of each object or list that is open: how many names were open when it began.
    open: Vec<usize>,
    /// Whether the last of `path` is the name of the value that comes next.
    named: bool,
    is_whole: fn(&str) -> bool,
}

impl Walk {
    fn take(&mut self, token: &str, after: &str, change: &Change<'_>) {
        let first = token.chars().next().unwrap_or_default();
        match first {
            '{' | '[' => {
                self.open.push(self.path.len());
                self.named = false;
            }
            '}' | ']' => {
                let names = self.open.pop().unwrap_or_default();
                self.path.truncate(names);
            }
            ',' => self.path.truncate(self.open.last().copied().unwrap_or_default()),
            '"' if after.trim_start().starts_with(':') && !self.named => {
                self.path.truncate(self.open.last().copied().unwrap_or_default());
                let name = unquoted(token).into_owned();
                let is_within =
                    self.path.last().is_some_and(|it| it.is_within) || (self.is_whole)(&name);
                self.path.push(Named { name, is_within });
                self.named = true;
            }
            '"' => {
                self.named = false;
                let text = unquoted(token);
                if let Some(other) = change(self.path.last(), &text) {
                    self.out.push_str(&serde_json::Value::from(other.as_ref()).to_string());
                    return;
                }
            }
            c if c.is_ascii_alphanumeric() || c == '-' => {
                self.named = false;
                let is_number = c.is_ascii_digit() || c == '-';
                if is_number && change(self.path.last(), "").is_some() {
                    self.out
                        .extend(token.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }));
                    return;
                }
            }
            _ => {}
        }
        self.out.push_str(token);
    }
}

/// What a string says; as it stands where that cannot be read.
fn unquoted(token: &str) -> Cow<'_, str> {
    match serde_json::from_str::<String>(token) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(token.trim_matches('"')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_under_the_name_of_a_secret_are_masked_however_deep() {
        let body = r#"{ "a" : {"x-Auth-Token": "abc", "userPassword":{"old":["1", 23, true]}},"b":"abc" ,"n": 1.00}"#;
        let masked = r#"{ "a" : {"x-Auth-Token": "***", "userPassword":{"old":["***", 00, true]}},"b":"abc" ,"n": 1.00}"#;
        assert_eq!(secrets(body), masked);
    }

    #[test]
    fn credentials_in_other_texts_are_masked() {
        for (text, shown) in [
            ("Basic dXNlcjpwYXNz", "Basic ***"),
            ("call with bearer eyJhbGciOi and go", "call with bearer ***"),
            ("a basic idea", "a basic idea"),
            ("https://anna:pw@lms.example/x@y", "https://***@lms.example/x@y"),
            ("https://x.example/?a=1&wstoken=s3&b=2", "https://x.example/?a=1&wstoken=***&b=2"),
            ("https://x.example/?password=x#top", "https://x.example/?password=***#top"),
            ("https://x.example/?a=token", "https://x.example/?a=token"),
            ("mailto:anna@x.example", "mailto:anna@x.example"),
            ("Basic auth: Basic dXNlcjpwYXNz", "Basic auth: Basic ***"),
            ("basic, bearer x, Bearer eyJhbGciOi", "basic, bearer x, Bearer ***"),
            (
                "https://a.example/ ftp://anna:pw@b.example/",
                "https://a.example/ ftp://***@b.example/",
            ),
            ("http://a:1@b/ http://c:2@d", "http://***@b/ http://***@d"),
            (
                "https://a.it/?x=1 https://b.it/?token=s",
                "https://a.it/?x=1 https://b.it/?token=***",
            ),
            (
                "https://a.it/?token=s?t https://b.it/?y=1&pwd=z;",
                "https://a.it/?token=***&pwd=***;",
            ),
        ] {
            assert_eq!(secrets_of_text(text), shown);
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_masked_as_far_as_it_can_be_read() {
        for (body, shown) in [
            (r#"{"token": "abc""#, r#"{"token": "***""#),
            (r#"{"token": "abc"#, r#"{"token": "***""#),
            (r#"{"a": "x" "secret": "y"}"#, r#"{"a": "x" "secret": "***"}"#),
            (r#"{"secret": "y",}"#, r#"{"secret": "***",}"#),
            ("not json è", "not json è"),
            (r#"]]}"secret":"x"#, r#"]]}"secret":"***""#),
        ] {
            assert_eq!(secrets(body), shown, "{body}");
        }
    }

    #[test]
    fn who_a_person_is_and_what_a_person_wrote_is_masked_and_the_rest_stays() {
        let body = r#"{"actor":{"name":"Maria","mbox":"mailto:m@x.it"},"verb":{"id":"https://v"},
            "object":{"id":"https://a","definition":{"name":{"it":"Corso"}}},
            "context":{"instructor":{"account":{"homePage":"https://h","name":"77"}},"extensions":{"https://e":["Rossi"]}},
            "result":{"response":"io","success":true}}"#;
        let shown = persons(body).unwrap();
        for gone in ["Maria", "m@x.it", "77", "Rossi", "\"io\"", "https://h"] {
            assert!(!shown.contains(gone), "{gone} in {shown}");
        }
        for stays in ["https://v", "https://a", "Corso", "true"] {
            assert!(shown.contains(stays), "{stays} not in {shown}");
        }
        assert_eq!(persons(r#"{"actor": {"name": "Maria"#), None);
    }

    #[test]
    fn a_body_without_secrets_stays_as_it_is() {
        for body in [
            "",
            "[]",
            "{\"a\" : [1.0e-5 ,\"\\u00e8\\\"\"]}\r\n",
            "\"",
            "\\\"{",
            "nul",
            "è{\"è\":\"è\"}",
        ] {
            assert_eq!(secrets(body), body);
        }
    }

    /// To look at all names above each value takes minutes where nothing is optimized.
    #[test]
    fn values_below_many_names_are_masked_in_time_that_grows_with_the_body() {
        const MANY: usize = 20_000;
        let deep = format!("{}[{}\"\"]", "{\"a\":".repeat(MANY), "\"\",".repeat(MANY));
        let began = std::time::Instant::now();
        assert_eq!(secrets(&deep), deep);
        let secret = secrets(&format!("{{\"token\":{deep}"));
        assert_eq!(secret.matches(MASK).count(), MANY + 1);
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
