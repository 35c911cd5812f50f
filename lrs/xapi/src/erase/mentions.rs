//! Whether a text that is a diagnostic and no record, such as a refused request, may be about a person. Such a text is often of
//! the wrong shape: that is why it was refused. So the person is looked for in the text as it stands and as it is read once its
//! escapes are undone, and a text that has a word of the person by chance counts too.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use percent_encoding::percent_decode_str;
use validator::ifi::Ifi;

use super::place::folded;

/// How often escapes of JSON are undone: a text is kept in JSON, may be JSON itself, and may have JSON in its strings.
const DEEPEST: usize = 4;

/// The words of a person.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentions {
    /// As [`plain`] writes them.
    words: BTreeSet<String>,
    /// `None` where there are no words, or too many.
    found: Option<AhoCorasick>,
}

impl Mentions {
    /// The words of these identifiers.
    pub(super) fn of<'i>(identifiers: impl IntoIterator<Item = &'i Ifi>) -> Self {
        Self::default().with(identifiers.into_iter().map(word))
    }

    /// These with further words.
    pub(super) fn with<'w>(mut self, words: impl IntoIterator<Item = &'w str>) -> Self {
        self.words.extend(words.into_iter().map(plain).filter(|it| !it.is_empty()));
        self.found = if self.words.is_empty() { None } else { AhoCorasick::new(&self.words).ok() };
        self
    }

    /// Whether a text has one of the words as a whole.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let mut text = text.to_owned();
        for _ in 0..DEEPEST {
            if self.stand_in(&text) || self.stand_behind_percents(&text) {
                return true;
            }
            let Some(within) = unescaped(&text) else { return false };
            text = within;
        }
        self.stand_in(&text)
    }

    fn stand_behind_percents(&self, text: &str) -> bool {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        (text.contains('%') && self.stand_in(&decoded(text)))
            || (text.contains('+') && self.stand_in(&decoded(&text.replace('+', " "))))
    }

    fn stand_in(&self, text: &str) -> bool {
        let text = plain(text);
        let is_whole = |from: usize, to: usize| {
            let (before, word) = (text.get(..from), text.get(from..to));
            let (Some(before), Some(word), Some(after)) = (before, word, text.get(to..)) else {
                return false;
            };
            let is_part = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
            let goes_on = |one: Option<char>, other: Option<char>| is_part(one) && is_part(other);
            !goes_on(before.chars().next_back(), word.chars().next())
                && !goes_on(word.chars().next_back(), after.chars().next())
        };
        match &self.found {
            Some(found) => {
                let mut found = found.find_overlapping_iter(&text);
                found.any(|it| is_whole(it.start(), it.end()))
            }
            None => self.words.iter().any(|word| {
                text.match_indices(word.as_str())
                    .any(|(at, word)| is_whole(at, at.saturating_add(word.len())))
            }),
        }
    }
}

/// What a text has of an identifier: not the scheme, which may be what was wrong, nor the system of an account.
fn word(identifier: &Ifi) -> &str {
    match identifier {
        Ifi::Mbox(mbox) => mbox.strip_prefix("mailto:").unwrap_or(mbox),
        Ifi::MboxSha1Sum(hash) => hash,
        Ifi::OpenId(uri) => uri.split_once("://").map_or(uri, |(_, rest)| rest),
        Ifi::Account { name, .. } => name,
    }
}

/// A text in small letters, with one blank for all that stand together.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    folded(&words.join(" "))
}

/// A text without the escapes of JSON; `None` where it has none.
fn unescaped(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        let mut after = escape.chars();
        match after.next() {
            Some('n' | 'r' | 't' | 'b' | 'f') => out.push(' '),
            Some('u') => {
                let (units, behind) = units(escape);
                rest = behind;
                out.extend(char::decode_utf16(units).map(|it| it.unwrap_or(' ')));
                continue;
            }
            Some(letter) => out.push(letter),
            None => {}
        }
        rest = after.as_str();
    }
    out.push_str(rest);
    Some(out)
}

/// The units of UTF-16 in the escapes with which a text goes on behind a `\`, and what follows.
fn units(text: &str) -> (Vec<u16>, &str) {
    let (mut units, mut rest) = (Vec::new(), text);
    loop {
        let from = if units.is_empty() { Some(rest) } else { rest.strip_prefix('\\') };
        let digits = from.and_then(|it| it.strip_prefix('u'));
        let Some((unit, behind)) = digits.and_then(|it| it.split_at_checked(4)) else { break };
        let Ok(unit) = u16::from_str_radix(unit, 16) else { break };
        units.push(unit);
        rest = behind;
    }
    if units.is_empty() { (units, rest.strip_prefix('u').unwrap_or(rest)) } else { (units, rest) }
}
