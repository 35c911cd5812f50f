//! One attempt of one learner on one SCO, gathered of its rows.

use std::collections::BTreeMap;

use package::runtime::tree;
use serde_json::{Map, Value};

use super::elements;
use super::rows::{Key, Row};

/// The most elements of an attempt, and the most bytes of their values, that are gathered.
const MOST: usize = 20_000;
const BYTES: usize = 8 << 20;
/// Elements whose values no statement quotes, and which are long.
const UNQUOTED: [&str; 5] = [
    "cmi.suspend_data",
    "cmi.launch_data",
    "cmi.core.lesson_location",
    "cmi.location",
    "cmi.comments_from_lms",
];

/// What an attempt has.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) key: Key,
    /// The line of its first row, from 1.
    pub(super) line: u64,
    /// The account's name.
    pub(super) learner: String,
    /// The SCO's identifier in its manifest, and its title; empty where the export has none.
    pub(super) identifier: String,
    pub(super) title: String,
    /// When the first and the last of its rows were written, in seconds since 1970.
    pub(super) first: i64,
    pub(super) last: i64,
    /// The values by the element's name with dots, each with when it was written.
    elements: BTreeMap<String, (String, i64)>,
    bytes: usize,
}

/// The members of one interaction or objective: value and time by name.
pub(super) type Members<'a> = BTreeMap<&'a str, (&'a str, i64)>;

impl Attempt {
    pub(super) fn of(row: Row) -> Self {
        let mut attempt = Self {
            key: row.key,
            line: row.line,
            learner: row.learner.clone(),
            identifier: row.identifier.clone(),
            title: row.title.clone(),
            first: row.time,
            last: row.time,
            elements: BTreeMap::new(),
            bytes: 0,
        };
        attempt.add(row);
        attempt
    }

    /// Takes one more row. Of two of one element the later holds.
    pub(super) fn add(&mut self, row: Row) {
        self.first = self.first.min(row.time);
        self.last = self.last.max(row.time);
        let name = elements::name(&row.element);
        if self.fault().is_some() || UNQUOTED.contains(&name.as_str()) {
            return;
        }
        self.bytes += name.len() + row.value.len();
        let held = self.elements.entry(name).or_insert_with(|| (String::new(), i64::MIN));
        if row.time >= held.1 {
            *held = (row.value, row.time);
        }
    }

    /// Why the attempt is not taken.
    pub(super) fn fault(&self) -> Option<String> {
        let is_much = self.elements.len() > MOST || self.bytes > BYTES;
        is_much.then(|| format!("The attempt has more than {MOST} elements, or {BYTES} bytes."))
    }

    /// The value of an element, where it is there and not empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.timed(name).map(|(value, _)| value)
    }

    /// The value of an element, and when it was written.
    pub(super) fn timed(&self, name: &str) -> Option<(&str, i64)> {
        let (value, time) = self.elements.get(name)?;
        Some((value.trim(), *time)).filter(|(value, _)| !value.is_empty())
    }

    /// The data model as the run-time has it.
    pub(super) fn cmi(&self) -> Map<String, Value> {
        let own = self
            .elements
            .iter()
            .filter_map(|(name, (value, _))| Some((name.strip_prefix("cmi.")?, value.trim())));
        tree(own)
    }

    /// Whether the SCO speaks SCORM 1.2.
    pub(super) fn is_12(&self) -> bool {
        self.elements.keys().any(|name| name.starts_with("cmi.core."))
    }

    /// When the attempt began: as Moodle says, else with its first row.
    pub(super) fn begun(&self) -> i64 {
        let said = self.value("x.start.time").and_then(|text| text.parse::<f64>().ok());
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a date")]
        let said = said.filter(|time| (1.0..1e11).contains(time)).map(|time| time as i64);
        said.unwrap_or(self.first).min(self.first)
    }

    /// The interactions, or objectives, in the order of their places.
    pub(super) fn listed<'a>(&'a self, list: &str) -> Vec<Members<'a>> {
        let begin = format!("cmi.{list}.");
        let mut all: BTreeMap<u64, Members<'a>> = BTreeMap::new();
        for (name, (value, time)) in self.elements.range(begin.clone()..) {
            let Some(rest) = name.strip_prefix(&begin) else { break };
            let Some((place, member)) = rest.split_once('.') else { continue };
            if let Ok(place) = place.parse() {
                all.entry(place).or_default().insert(member, (value.trim(), *time));
            }
        }
        all.into_values().collect()
    }
}
