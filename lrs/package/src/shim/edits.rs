//! Changes of a manifest's text: what is not changed stays as it was, byte by byte.

use std::ops::Range;

use roxmltree::Node;

/// Changes of a text, by their place in it.
#[derive(Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Puts `new` in the place of what is at `range`.
    pub(super) fn replace(&mut self, range: Range<usize>, new: String) {
        self.0.push((range, new));
    }

    /// Puts `new` before what is at `place`; behind what was put there before.
    pub(super) fn insert(&mut self, place: usize, new: &str) {
        self.0.push((place..place, new.to_owned()));
    }

    pub(super) fn add(&mut self, (range, new): (Range<usize>, String)) {
        self.0.push((range, new));
    }

    /// The text with all changes made.
    ///
    /// # Errors
    ///
    /// The place of the first change that overlaps the one before it, or is not in the text: no change is dropped.
    pub(super) fn made_in(mut self, text: &str) -> Result<String, usize> {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let (mut made, mut at) = (String::with_capacity(text.len()), 0);
        for (range, new) in self.0 {
            // Nothing where the change begins before the end of the last one.
            made += text.get(at..range.start).ok_or(range.start)?;
            made += &new;
            at = range.end;
        }
        made += text.get(at..).ok_or(at)?;
        Ok(made)
    }
}

/// Where the value of an attribute of this local name stands.
pub(super) fn value_of(node: Node<'_, '_>, name: &str) -> Option<Range<usize>> {
    node.attributes().find(|it| it.name() == name).map(|it| it.range_value())
}

/// The name of an element as the text writes it, and its prefix with the colon.
fn name_of(source: &str) -> (&str, String) {
    let start = source.strip_prefix('<').unwrap_or(source);
    let name = start.split(|c: char| c.is_whitespace() || "/>".contains(c)).next();
    let name = name.unwrap_or("resource");
    let prefix = name.rsplit_once(':').map(|(prefix, _)| format!("{prefix}:")).unwrap_or_default();
    (name, prefix)
}

/// The place and text of the element that lists a file of the resource.
#[expect(clippy::expect_used, reason = "the element was read from this text")]
pub(super) fn listed(resource: Node<'_, '_>, text: &str, href: &str) -> (Range<usize>, String) {
    let range = resource.range();
    let source = text.get(range.clone()).expect("the text of the element");
    let (name, prefix) = name_of(source);
    let element = format!("<{prefix}file href=\"{}\"/>", escaped(href));
    let before = resource
        .children()
        .find(|it| it.is_element() && ["file", "dependency"].contains(&it.tag_name().name()));
    if let Some(before) = before {
        let at = before.range().start;
        return (at..at, element);
    }
    match source.rfind("</") {
        Some(at) => (range.start + at..range.start + at, element),
        // It ends in itself.
        None => (range.end - 2..range.end, format!(">{element}</{name}>")),
    }
}

/// A resource that is as `resource` but for its identifier and what it launches: `href` without, and `full` with its
/// query. Its files are those of the first one, on which it depends.
pub(super) fn copy_of(
    resource: Node<'_, '_>,
    text: &str,
    identifier: &str,
    (href, full): (&str, &str),
) -> Option<String> {
    let range = resource.range();
    let source = text.get(range.clone())?;
    let end = end_of_tag(source)?;
    let (name, prefix) = name_of(source);
    let original = resource.attribute("identifier").map(escaped)?;
    let mut edits = Edits::default();
    for (attribute, value) in [("identifier", identifier), ("href", full)] {
        let Range { start, end } = value_of(resource, attribute)?;
        let within = start.checked_sub(range.start)?..end.checked_sub(range.start)?;
        edits.replace(within, escaped(value));
    }
    let tag = edits.made_in(source.get(..end)?).ok()?;
    Some(format!(
        "{}><{prefix}file href=\"{}\"/><{prefix}dependency identifierref=\"{original}\"/></{name}>",
        tag.trim_end_matches('/'),
        escaped(href),
    ))
}

/// Where the `>` of the start tag is at which `source` begins: one within a value does not count.
fn end_of_tag(source: &str) -> Option<usize> {
    let mut quote = None;
    source.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(begun), byte) if begun == byte => quote = None,
            _ => {}
        }
        quote.is_none() && byte == b'>'
    })
}

pub(super) fn escaped(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A manifest that says that it is UTF-8, whatever it was.
pub(super) fn in_utf_8(text: &str) -> String {
    let declared = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    match declared {
        Some((declaration, rest)) if declaration.contains("encoding") => {
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{rest}")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(edits: &[(Range<usize>, &str)]) -> Result<String, usize> {
        let edits = edits.iter().map(|(range, new)| (range.clone(), (*new).to_owned()));
        Edits(edits.collect()).made_in("0123456789")
    }

    #[test]
    fn changes_are_made_in_the_order_of_their_places() {
        assert_eq!(
            made(&[(8..9, "b"), (1..2, "a"), (5..5, "x"), (5..5, "y")]).unwrap(),
            "0a234xy567b9"
        );
    }

    #[test]
    fn changes_that_overlap_or_are_not_in_the_text_are_an_error_and_none_is_dropped() {
        assert_eq!(made(&[(1..4, "a"), (3..5, "b")]), Err(3));
        assert_eq!(made(&[(1..4, "a"), (2..2, "b")]), Err(2));
        assert_eq!(made(&[(1..4, "a"), (4..5, "b")]).unwrap(), "0ab56789");
        assert_eq!(made(&[(8..12, "a")]), Err(12));
    }

    #[test]
    fn a_tag_ends_at_the_sign_that_is_in_no_value() {
        assert_eq!(end_of_tag("<a b='>' c=\">'\">x"), Some(15));
        assert_eq!(end_of_tag("<a b='"), None);
    }
}
