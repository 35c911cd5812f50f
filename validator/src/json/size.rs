//! How much a JSON text holds, counted before anything of it is read.
//!
//! Values take many times the bytes of their text: an empty list is two bytes, and some seventy
//! once read. So the memory that a text will take is bounded by what it holds, not by its length.

use serde_json::Value;

use crate::{report::Finding, rules::json::SIZE};

/// What an element of an array takes while it is read: arrays grow by doubling.
const ELEMENT: usize = 2 * size_of::<Value>();
/// What a member of an object takes: its place among the members, which grow by doubling, its key,
/// its hash, and its place in the index.
const MEMBER: usize = 2 * (size_of::<String>() + size_of::<Value>()) + 32;
/// What an object takes that has any members: room for the first three, and an index.
const OBJECT: usize = 160;
/// What a string takes beyond its bytes.
const STRING: usize = 16;

/// A text may take this many bytes once read, however short it is, …
const FREE: usize = 192 << 20;
/// … and this many more for each of its own bytes.
const PER_BYTE: usize = 6;

/// What a JSON text holds. For a text that is no JSON, what a reader finds before it stops, at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The bytes of the text.
    pub bytes: usize,
    /// How many values of any kind, the outermost one included.
    pub values: usize,
    /// How many elements the outermost array has; 0 when the text is no array.
    pub elements: usize,
    members: usize,
    objects: usize,
    strings: usize,
}

impl Size {
    /// Counts what `text` holds, in one pass and without allocating.
    ///
    /// ```
    /// let size = validator::json::Size::of(br#"[{"a": [1, 2]}, "[,]"]"#);
    /// assert_eq!((size.values, size.elements), (6, 2));
    /// ```
    pub fn of(text: &[u8]) -> Self {
        let mut size = Self { bytes: text.len(), values: 1, ..Self::default() };
        let mut place = Nesting::default();
        let mut bytes = text.iter();
        while let Some(byte) = bytes.next() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b',' => size.element(&place),
                b':' => {
                    size.members += 1;
                    size.values += 1;
                }
                b']' | b'}' => place.leave(),
                b'[' | b'{' => {
                    size.first(&mut place);
                    size.objects += usize::from(*byte == b'{');
                    place.enter(*byte == b'{');
                }
                b'"' => {
                    size.first(&mut place);
                    size.strings += 1;
                    skip_string(&mut bytes);
                }
                _ => size.first(&mut place),
            }
        }
        size
    }

    /// The bytes of memory that the text's values take once read, at most.
    pub const fn weight(&self) -> usize {
        let elements = self.values.saturating_sub(self.members);
        elements
            .saturating_mul(ELEMENT)
            .saturating_add(self.members.saturating_mul(MEMBER))
            .saturating_add(self.objects.saturating_mul(OBJECT))
            .saturating_add(self.strings.saturating_mul(STRING))
            .saturating_add(self.bytes)
    }

    /// The bytes of memory that a text of this length may take.
    pub const fn limit(&self) -> usize {
        FREE.saturating_add(self.bytes.saturating_mul(PER_BYTE))
    }

    /// Refuses a text that would take more memory than one of its length may.
    pub(crate) fn check(&self) -> Result<(), Finding> {
        if self.weight() <= self.limit() {
            return Ok(());
        }
        let megabytes = |bytes: usize| bytes >> 20;
        let message = format!(
            "{} values take {} MiB of memory; the limit for {} bytes is {} MiB",
            self.values,
            megabytes(self.weight()),
            self.bytes,
            megabytes(self.limit()),
        );
        Err(Finding::at_byte(&SIZE, 0, message))
    }

    /// A comma: what follows it in an array is another element.
    fn element(&mut self, place: &Nesting) {
        if !place.is_object() {
            self.values += 1;
            self.elements += usize::from(place.depth == 1);
        }
    }

    /// Whatever is first in an array is an element too, without a comma before it.
    fn first(&mut self, place: &mut Nesting) {
        if std::mem::take(&mut place.is_empty) {
            self.element(place);
        }
    }
}

/// Where in a text a byte lies.
#[derive(Default)]
struct Nesting {
    depth: usize,
    /// One bit for each of the outer arrays and objects: 1 for an object. Beyond the depth that a
    /// reader takes, arrays, which count more, stand for both.
    objects: u128,
    /// Whether nothing has been found yet in the innermost array or object.
    is_empty: bool,
}

impl Nesting {
    fn enter(&mut self, is_object: bool) {
        if let Some(bit) = bit(self.depth) {
            self.objects = if is_object { self.objects | bit } else { self.objects & !bit };
        }
        self.depth += 1;
        self.is_empty = true;
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.is_empty = false;
    }

    fn is_object(&self) -> bool {
        let bit = self.depth.checked_sub(1).and_then(bit);
        bit.is_some_and(|bit| self.objects & bit != 0)
    }
}

/// The bit of [`Nesting::objects`] that stands for a depth.
fn bit(depth: usize) -> Option<u128> {
    u32::try_from(depth).ok().and_then(|depth| 1_u128.checked_shl(depth))
}

/// Goes to the end of a string whose opening quote is passed.
fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}
