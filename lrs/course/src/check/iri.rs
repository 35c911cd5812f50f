//! IRIs of a course file.

use std::ops::Range;

use texts::Message;
use toml::Spanned;

use super::FileCheck;
use crate::file::OneOrMany;

impl FileCheck<'_> {
    /// Only what would never match is refused: the grammar of IRIs is the validator's concern.
    pub(super) fn iri(&mut self, what: &str, span: Range<usize>, text: &str) -> String {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if !is_scheme || text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
        {
            let message = Message::new("course-fault-iri").with("what", what).with("text", text);
            self.fault(span, message);
        }
        text.to_owned()
    }

    pub(super) fn iris(&mut self, what: &str, iris: Option<Spanned<OneOrMany>>) -> Vec<String> {
        let Some(iris) = iris else { return Vec::new() };
        let span = iris.span();
        let list = iris.into_inner().into_list();
        if list.is_empty() {
            self.fault(span.clone(), Message::new("course-fault-iris-none").with("what", what));
        }
        list.iter().map(|iri| self.iri(what, span.clone(), iri)).collect()
    }
}
