//! A look at the tags of a manifest before it is parsed: parsers compare each attribute of an element
//! with all others, and each namespace with all that are in scope.

use memchr::{memchr, memmem};

use crate::limits::Limits;

/// What there is too much of, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMuch {
    pub(crate) of: Excess,
    at: usize,
}

/// What there is too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    /// Elements nested one in the other.
    Depth,
    /// Attributes of one element.
    Attributes,
    /// Declarations of namespaces.
    Namespaces,
    /// Elements and attributes.
    Nodes,
}

impl TooMuch {
    /// The line in the text, from 1.
    pub(crate) fn line(self, text: &str) -> u32 {
        let before = text.as_bytes().get(..self.at).unwrap_or_default();
        u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
    }
}

/// Goes through the tags of a text, in time that grows with its length alone.
pub(crate) fn within(text: &str, limits: &Limits) -> Result<(), TooMuch> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut nodes, mut namespaces) = (0, 0_usize, 0_usize, 0);
    while let Some(found) = memchr(b'<', bytes.get(at..).unwrap_or_default()) {
        at += found;
        let rest = bytes.get(at..).unwrap_or_default();
        let too_much = |of| Err(TooMuch { of, at });
        if let Some(length) = passed_over(rest) {
            at += length;
            continue;
        }
        if rest.starts_with(b"</") {
            depth = depth.saturating_sub(1);
            at += 2;
            continue;
        }
        let tag = start_tag(text.get(at..).unwrap_or_default());
        let attributes = outside_quotes(tag).filter(|(_, byte)| *byte == b'=').count();
        namespaces += memmem::find_iter(tag.as_bytes(), b"xmlns").count();
        nodes += 1 + attributes;
        if !tag.ends_with("/>") {
            depth += 1;
        }
        if depth > limits.manifest_depth {
            return too_much(Excess::Depth);
        }
        if attributes > limits.element_attributes {
            return too_much(Excess::Attributes);
        }
        if namespaces > limits.manifest_namespaces {
            return too_much(Excess::Namespaces);
        }
        if nodes > limits.manifest_nodes as usize {
            return too_much(Excess::Nodes);
        }
        at += tag.len().max(1);
    }
    Ok(())
}

/// The length of a comment, a CDATA section, a declaration or a processing instruction.
fn passed_over(rest: &[u8]) -> Option<usize> {
    const ENDS: [(&[u8], &[u8]); 4] =
        [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"), (b"<!", b">")];
    let (start, end) = ENDS.iter().find(|(start, _)| rest.starts_with(start))?;
    let after = rest.get(start.len()..).unwrap_or_default();
    let found = memmem::find(after, end);
    Some(found.map_or(rest.len(), |length| start.len() + length + end.len()))
}

/// The tag at the beginning of a text, up to the `>` that is in no attribute's value.
pub(crate) fn start_tag(text: &str) -> &str {
    let end = outside_quotes(text).find(|(_, byte)| *byte == b'>');
    end.and_then(|(at, _)| text.get(..=at)).unwrap_or(text)
}

fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut within = None;
    text.bytes().enumerate().filter(move |(_, byte)| {
        if let Some(quote) = within {
            if *byte == quote {
                within = None;
            }
            return false;
        }
        if matches!(byte, b'"' | b'\'') {
            within = Some(*byte);
        }
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Limits {
        Limits {
            manifest_depth: 2,
            element_attributes: 2,
            manifest_namespaces: 1,
            manifest_nodes: 6,
            ..Limits::default()
        }
    }

    #[test]
    fn tags_are_told_from_what_only_looks_like_tags() {
        let fine = [
            "<a><b/><c/></a>",
            "<a x='>' y='<b><c><d>'/>",
            "<a><!-- <b><c><d> --></a>",
            "<a><![CDATA[<b><c><d>]]></a>",
            "<?x <a><b><c> ?><a/>",
            "<a x='====='/>",
        ];
        for text in fine {
            assert_eq!(within(text, &small()), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_there_is_too_much_of_is_named_with_its_line() {
        let cases = [
            ("<a>\n<b>\n<c>", Excess::Depth, 3),
            ("<a>\n<b x='>' y='' z=''/>", Excess::Attributes, 2),
            ("<a xmlns='a'>\n<b xmlns:c='b'/>", Excess::Namespaces, 2),
            ("<a>\n<b/><b/><b/><b/><b/><b/>", Excess::Nodes, 2),
        ];
        for (text, of, line) in cases {
            let found = within(text, &small()).unwrap_err();
            assert_eq!((found.of, found.line(text)), (of, line), "{text}");
        }
    }
}
