//! Changing a few places of a JSON text and copying all the rest byte for byte.

use std::ops::Range;

use serde_json::Value;
use validator::json::{Member, members};

use super::instant::Instant;

/// A copy of a statement's text in the making. Places are changed from front to back.
pub(super) struct Splice<'a> {
    source: &'a str,
    copied: usize,
    /// The copy up to here.
    pub(super) text: String,
    /// Where in the copy instants are to be written over zeros.
    pub(super) instants_at: Vec<usize>,
}

impl<'a> Splice<'a> {
    /// A copy of `source` that may take about `more` bytes more.
    pub(super) fn new(source: &'a str, more: usize) -> Self {
        let text = String::with_capacity(source.len() + more + 192);
        Self { source, copied: 0, text, instants_at: Vec::with_capacity(2) }
    }

    /// Writes something else in the place of `range`.
    pub(super) fn replace(&mut self, range: Range<usize>, write: impl FnOnce(&mut Self)) {
        self.copy_to(range.start);
        write(self);
        self.copied = range.end;
    }

    /// Writes a string of zeros for an instant.
    pub(super) fn instant(&mut self) {
        self.text.push('"');
        self.instants_at.push(self.text.len());
        self.text.extend(std::iter::repeat_n('0', Instant::TEXT_LENGTH));
        self.text.push('"');
    }

    /// Puts brackets around each context activity in the `context` at `range` that stands alone.
    pub(super) fn list_activities(&mut self, range: Range<usize>, context: Option<&Value>) {
        let slots = context.and_then(|context| context.get("contextActivities"));
        let slots = slots.and_then(Value::as_object);
        if !slots.is_some_and(|slots| slots.values().any(Value::is_object)) {
            return;
        }
        let lists = self.members_in(range).filter(|member| member.key == "contextActivities");
        let slots = lists.flat_map(|list| self.members_in(list.value)).collect::<Vec<_>>();
        for slot in slots.into_iter().map(|slot| slot.value) {
            if self.source.get(slot.clone()).is_some_and(|text| text.starts_with('{')) {
                self.insert(slot.start, "[");
                self.insert(slot.end, "]");
            }
        }
    }

    /// The same in the `SubStatement` at `range`, if it is one.
    pub(super) fn list_activities_within(&mut self, range: Range<usize>, object: Option<&Value>) {
        let Some(context) = object.and_then(|object| object.get("context")) else { return };
        for member in self.members_in(range).filter(|member| member.key == "context") {
            self.list_activities(member.value, Some(context));
        }
    }

    /// The members of the object at `range`, with their places in the source.
    fn members_in(&self, range: Range<usize>) -> impl Iterator<Item = Member> + use<> {
        let start = range.start;
        let text = self.source.get(range).unwrap_or_default();
        let moved = move |range: Range<usize>| range.start + start..range.end + start;
        members(text).into_iter().map(move |member| Member {
            value: moved(member.value),
            whole: moved(member.whole),
            ..member
        })
    }

    /// Copies all that is left but the closing brace.
    pub(super) fn up_to_the_closing_brace(&mut self) {
        self.copy_to(self.source.rfind('}').unwrap_or(self.source.len()));
    }

    fn insert(&mut self, at: usize, text: &str) {
        self.copy_to(at);
        self.text.push_str(text);
    }

    fn copy_to(&mut self, end: usize) {
        self.text.push_str(self.source.get(self.copied..end).unwrap_or_default());
        self.copied = end;
    }
}
