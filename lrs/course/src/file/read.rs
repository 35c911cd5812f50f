//! Values of the file as what the model wants them to be. A value that is something else is noted,
//! and reading goes on with something harmless in its place, so that one run names every fault.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use texts::{Message, MessageValue};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::Lines;
use crate::error::{CourseError, LONGEST_MESSAGE, MOST_FAULTS};
use crate::near::{near, quoted};

/// The first faults of a file so far.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// By where they stand and in which order they were found: at most [`MOST_FAULTS`], and the one
    /// after them.
    noted: BTreeMap<(usize, usize), Message>,
    found: usize,
    malformed: HashSet<(usize, usize)>,
}

impl Faults {
    /// Notes that what stands at a place is not of the right form, once for each place.
    pub(super) fn malformed(&mut self, span: Range<usize>, message: Message) {
        if self.malformed.insert((span.start, span.end)) {
            self.add(span.start, message);
        }
    }

    /// Whether a fault at this place is among the first so far. The message of another one need not be made.
    pub(super) fn wants(&self, at: usize) -> bool {
        let is_full = self.noted.len() > MOST_FAULTS;
        let last = self.noted.last_key_value().map_or(0, |((last, _), _)| *last);
        !is_full || at < last
    }

    fn add(&mut self, at: usize, message: Message) {
        if !self.wants(at) {
            return;
        }
        self.noted.insert((at, self.found), message.clipped(LONGEST_MESSAGE));
        self.found += 1;
        if self.noted.len() > MOST_FAULTS + 1 {
            self.noted.pop_last();
        }
    }

    /// Notes a fault of something whose form is right. What stands in place of something
    /// malformed has no further faults.
    pub(crate) fn note(&mut self, span: Range<usize>, message: Message) {
        if !self.is_malformed(&span) {
            self.add(span.start, message);
        }
    }

    fn missing(&mut self, span: Range<usize>, message: Message) {
        self.add(span.start, message);
        self.malformed.insert((span.start, span.end));
    }

    pub(super) fn is_malformed(&self, span: &Range<usize>) -> bool {
        self.malformed.contains(&(span.start, span.end))
    }

    /// Each with its line and column, in the order of the file; where there are more than are told,
    /// the last one says so.
    pub(crate) fn in_order(self, text: &str) -> Vec<CourseError> {
        let mut noted: Vec<(usize, Message)> =
            self.noted.into_iter().map(|((at, _), message)| (at, message)).collect();
        if let Some((_, message)) = noted.get_mut(MOST_FAULTS) {
            *message = Message::new("course-fault-more").with("count", MOST_FAULTS);
        }
        let lines = Lines::of(text);
        noted.into_iter().map(|(at, message)| lines.fault(at, message)).collect()
    }
}

/// A value and the key it stands under.
#[derive(Clone)]
pub(super) struct Node<'t> {
    pub(super) key: &'t str,
    pub(super) value: Value<'t>,
    pub(super) span: Range<usize>,
}

/// What stands at a place.
#[derive(Clone, Copy)]
pub(super) enum Value<'t> {
    /// Something else, or nothing, which is noted already.
    Wrong,
    Plain(&'t DeValue<'t>),
    Table(&'t DeTable<'t>),
}

impl<'t> Node<'t> {
    /// The whole file.
    pub(super) fn root(root: &'t Spanned<DeTable<'_>>) -> Self {
        Self { key: "", value: Value::Table(root.get_ref()), span: 0..0 }
    }

    pub(super) fn new(key: &'t str, value: &'t Spanned<DeValue<'_>>) -> Self {
        let span = value.span();
        let value = match value.get_ref() {
            DeValue::Table(table) => Value::Table(table),
            plain => Value::Plain(plain),
        };
        Self { key, value, span }
    }

    const fn wrong(key: &'t str, span: Range<usize>) -> Self {
        Self { key, value: Value::Wrong, span }
    }

    /// Notes what the value should be, unless that is noted. The message gets the value's `key`.
    pub(super) fn should_be(&self, message: Message, faults: &mut Faults) {
        if !matches!(self.value, Value::Wrong) {
            faults.malformed(self.span.clone(), message.with("key", self.key));
        }
    }
}

/// What can be read from a value of the file.
pub(super) trait Read: Sized {
    /// Whether it is a table, of which the file may have several under `[[key]]`.
    const IS_TABLE: bool = false;

    /// The value, or something harmless where it is not what it should be, which is noted.
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self;
}

impl<T: Read> Read for Spanned<T> {
    const IS_TABLE: bool = T::IS_TABLE;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        Self::new(node.span.clone(), T::read(node, faults))
    }
}

impl Read for String {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        match node.value {
            Value::Plain(DeValue::String(text)) => text.to_string(),
            Value::Plain(DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_)) => {
                node.should_be(Message::new("course-fault-text-unquoted"), faults);
                Self::new()
            }
            _ => {
                node.should_be(Message::new("course-fault-text"), faults);
                Self::new()
            }
        }
    }
}

impl Read for f64 {
    /// Not a number where it is none.
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let number = match node.value {
            Value::Plain(DeValue::Integer(_) | DeValue::Float(_)) => number(node),
            _ => None,
        };
        number.unwrap_or_else(|| {
            let message = match meant_number(node) {
                Some(meant) => Message::new("course-fault-number-meant").with("meant", meant),
                None => Message::new("course-fault-number"),
            };
            node.should_be(message, faults);
            Self::NAN
        })
    }
}

fn number(node: &Node<'_>) -> Option<f64> {
    match node.value {
        Value::Plain(DeValue::Float(float)) => float.as_str().parse().ok(),
        #[expect(clippy::cast_precision_loss, reason = "no course has 2^52 hours")]
        Value::Plain(DeValue::Integer(integer)) => {
            i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|whole| whole as f64)
        }
        _ => None,
    }
}

/// The number that is written as a text, or with a comma that makes two of it: `"4"`, `[0,6]`.
fn meant_number(node: &Node<'_>) -> Option<String> {
    let text = match node.value {
        Value::Plain(DeValue::String(text)) => text.replace(',', "."),
        Value::Plain(DeValue::Array(parts)) => {
            let mut digits = parts.iter().map(|part| match part.get_ref() {
                DeValue::Integer(integer) => Some(integer.as_str()),
                _ => None,
            });
            let (whole, fraction) = (digits.next()??, digits.next()??);
            digits.next().is_none().then(|| format!("{whole}.{fraction}"))?
        }
        _ => return None,
    };
    let text = text.trim().to_owned();
    text.parse::<f64>().is_ok_and(f64::is_finite).then_some(text)
}

impl Read for u16 {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        whole(node, faults, Self::MAX.into()).unwrap_or_default()
    }
}

impl Read for usize {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        whole(node, faults, 1_000_000).unwrap_or_default()
    }
}

fn whole<N: TryFrom<i64>>(node: &Node<'_>, faults: &mut Faults, most: i64) -> Option<N> {
    let value = match node.value {
        Value::Plain(DeValue::Integer(integer)) => {
            i64::from_str_radix(integer.as_str(), integer.radix()).ok()
        }
        _ => None,
    };
    let value = value.filter(|value| (0..=most).contains(value));
    if value.is_none() {
        node.should_be(Message::new("course-fault-whole-number").with("most", most), faults);
    }
    N::try_from(value?).ok()
}

impl Read for Datetime {
    /// Neither day nor time where it is none.
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        match node.value {
            Value::Plain(DeValue::Datetime(it)) => *it,
            Value::Plain(DeValue::String(text)) if text.parse::<Self>().is_ok() => {
                let message = Message::new("course-fault-time-quoted").with("text", text);
                node.should_be(message, faults);
                NO_TIME
            }
            _ => {
                node.should_be(Message::new("course-fault-time"), faults);
                NO_TIME
            }
        }
    }
}

const NO_TIME: Datetime = Datetime { date: None, time: None, offset: None };

/// A name in several languages.
impl Read for BTreeMap<String, String> {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let table = match node.value {
            Value::Table(table) => table,
            Value::Plain(DeValue::String(text)) => {
                node.should_be(languages(&format!("{{ it = {text:?} }}")), faults);
                return Self::new();
            }
            _ => {
                node.should_be(languages("{ it = \"…\" }"), faults);
                return Self::new();
            }
        };
        let read = |(tag, value): (&Spanned<_>, &Spanned<_>)| {
            let tag: &std::borrow::Cow<'_, str> = tag.get_ref();
            let node = Node::new(tag, value);
            let text = String::read(&node, faults);
            let is_wrong = faults.is_malformed(&node.span);
            (tag.to_string(), if is_wrong { "…".to_owned() } else { text })
        };
        table.iter().map(read).collect()
    }
}

fn languages(example: &str) -> Message {
    Message::new("course-fault-languages").with("example", example)
}

impl<T: Read> Read for Vec<T> {
    /// Without what is not of the right form.
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut all = Self::new();
        let mut read = |node: Node<'_>, faults: &mut Faults| {
            let value = T::read(&node, faults);
            if !faults.is_malformed(&node.span) {
                all.push(value);
            }
        };
        match node.value {
            Value::Plain(DeValue::Array(parts)) => {
                for part in parts {
                    read(Node::new(node.key, part), faults);
                }
            }
            // What it holds may have faults of its own.
            Value::Table(_) if T::IS_TABLE => {
                let place = node.span.start..node.span.start;
                let message = Message::new("course-fault-several").with("key", node.key);
                faults.malformed(place, message.with("header", header(node.key)));
                read(node.clone(), faults);
            }
            Value::Plain(DeValue::String(text)) if !T::IS_TABLE => {
                node.should_be(list(&format!("[{:?}]", &**text)), faults);
            }
            _ if T::IS_TABLE => {
                let message = Message::new("course-fault-tables");
                node.should_be(message.with("header", header(node.key)), faults);
            }
            _ => node.should_be(list("[\"…\"]"), faults),
        }
        all
    }
}

/// How a table of which there may be several begins.
fn header(key: &str) -> String {
    format!("[[{key}]]")
}

fn list(example: &str) -> Message {
    Message::new("course-fault-list").with("example", example)
}

/// One of some words.
pub(super) fn word<T: Copy>(
    node: &Node<'_>,
    faults: &mut Faults,
    words: &[(&'static str, T)],
) -> Option<T> {
    let known = || words.iter().map(|(word, _)| *word);
    let one_of = || {
        let quoted: Vec<String> = known().map(|word| format!("\"{word}\"")).collect();
        quoted.join(", ")
    };
    let Value::Plain(DeValue::String(text)) = node.value else {
        node.should_be(Message::new("course-fault-one-of").with("words", one_of()), faults);
        return None;
    };
    let found = words.iter().find(|(word, _)| *word == &**text).map(|(_, value)| *value);
    if found.is_none() {
        let message = Message::new("course-fault-word-unknown").with("key", node.key);
        let message = message.with("text", text);
        faults.malformed(node.span.clone(), with_known(message, text, known(), one_of()));
    }
    found
}

/// A table whose keys are read one by one. A key that was not read is unknown.
pub(super) struct Fields<'t, 'f> {
    what: &'static str,
    node: &'t Node<'t>,
    known: Vec<&'static str>,
    faults: &'f mut Faults,
}

impl<'t, 'f> Fields<'t, 'f> {
    /// `what` the table is, as `course-table` of the catalogue tells tables apart: `activity`.
    pub(super) fn of(node: &'t Node<'t>, what: &'static str, faults: &'f mut Faults) -> Self {
        if !matches!(node.value, Value::Table(_)) {
            node.should_be(Message::new("course-fault-table").with("table", what), faults);
        }
        Self { what, node, known: Vec::new(), faults }
    }

    fn get(&mut self, key: &'static str) -> Option<Node<'t>> {
        self.known.push(key);
        let Value::Table(table) = self.node.value else { return None };
        let value = table.iter().find(|(known, _)| known.get_ref() == key).map(|(_, value)| value);
        value.map(|value| Node::new(key, value))
    }

    /// The value under a key that must be there.
    pub(super) fn required<T: Read>(&mut self, key: &'static str) -> T {
        let place = self.node.span.start..self.node.span.start;
        let node = self.get(key).unwrap_or_else(|| {
            if matches!(self.node.value, Value::Table(_)) {
                let message = Message::new("course-fault-key-missing").with("table", self.what);
                self.faults.missing(place.clone(), message.with("key", key));
            }
            Node::wrong(key, place)
        });
        T::read(&node, self.faults)
    }

    /// The value under a key that may be there.
    pub(super) fn optional<T: Read>(&mut self, key: &'static str) -> Option<T> {
        let node = self.get(key)?;
        Some(T::read(&node, self.faults))
    }

    /// The list under a key, empty where there is none.
    pub(super) fn list<T: Read>(&mut self, key: &'static str) -> Vec<T> {
        self.optional(key).unwrap_or_default()
    }

    /// Notes the keys that were not read.
    pub(super) fn end(self) {
        let Value::Table(table) = self.node.value else { return };
        for (key, _) in table {
            if self.known.contains(&&**key.get_ref()) || !self.faults.wants(key.span().start) {
                continue;
            }
            let known: Vec<String> = self.known.iter().map(|known| format!("`{known}`")).collect();
            let message = Message::new("course-fault-key-unknown").with("table", self.what);
            let message = message.with("key", key.get_ref());
            let names = self.known.iter().copied();
            let message = with_known(message, key.get_ref(), names, known.join(", "));
            self.faults.malformed(key.span(), message);
        }
    }
}

/// A message on an unknown text with one more value, `known`: the names that may have been meant, and all that are
/// known.
pub(super) fn with_known<'n>(
    message: Message,
    text: &str,
    names: impl IntoIterator<Item = &'n str>,
    known: String,
) -> Message {
    let near = near(text, names);
    let part = if near.is_empty() {
        Message::new("known-all")
    } else {
        Message::new("known-near").with_value("near", MessageValue::OneOf(quoted(&near)))
    };
    message.with_value("known", MessageValue::Message(part.with("known", known)))
}
