//! A manifest as XML: decoded, parsed within limits, with the line of each element.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Error, Node, NodeId, ParsingOptions};

use crate::finding::{Findings, Place};
use crate::limits::Limits;
use crate::rule::Rule;
use crate::scan;

/// The text of a manifest: UTF-8, UTF-16 with a byte order mark, or what its declaration names.
/// Nothing where the bytes are not of that encoding.
pub(crate) fn decode(file: &str, bytes: &[u8], findings: &mut Findings) -> Option<String> {
    let declared = || {
        let head = String::from_utf8_lossy(bytes.get(..200.min(bytes.len()))?).into_owned();
        let declaration = head.strip_prefix("<?xml")?.split("?>").next()?.to_owned();
        let value = declaration.split("encoding").nth(1)?.trim_start_matches(['=', ' ']);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value.split(quote).nth(1).map(str::to_owned)
    };
    let (encoding, name) = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => (Some(encoding), encoding.name().to_owned()),
        None => match declared() {
            Some(name) => (encoding_rs::Encoding::for_label(name.as_bytes()), name),
            None => (Some(encoding_rs::UTF_8), "UTF-8".to_owned()),
        },
    };
    let decoded = encoding.map(|encoding| encoding.decode(bytes));
    if let Some((text, _, false)) = decoded {
        return Some(text.into_owned());
    }
    findings.add(Rule::XmlEncoding, Place::file(file), [&name]);
    None
}

/// A parsed manifest.
pub(crate) struct Manifest<'a> {
    file: &'a str,
    document: Document<'a>,
    /// Where each line ends, in bytes.
    lines: Vec<usize>,
    /// The elements that declare namespaces.
    declaring: Vec<NodeId>,
}

impl<'a> Manifest<'a> {
    /// Parses a manifest. Nothing where it is not XML within the limits.
    pub(crate) fn parse(
        file: &'a str,
        text: &'a str,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Option<Self> {
        // Before parsing: the parser's work grows with the square of some of these.
        if let Err(excess) = scan::within(text, limits) {
            let place = Place::line(file, excess.line(text));
            match excess.of {
                scan::Excess::Depth => {
                    findings.add(Rule::XmlDepth, place, [&limits.manifest_depth]);
                }
                scan::Excess::Attributes => {
                    findings.add(Rule::XmlAttributes, place, [&limits.element_attributes]);
                }
                scan::Excess::Namespaces => {
                    findings.add(Rule::XmlNamespaces, place, [&limits.manifest_namespaces]);
                }
                scan::Excess::Nodes => {
                    findings.add(Rule::XmlNodes, place, [&limits.manifest_nodes]);
                }
            }
            return None;
        }
        let options =
            ParsingOptions { nodes_limit: limits.manifest_nodes, ..ParsingOptions::default() };
        match Document::parse_with_options(text, options) {
            Ok(document) => {
                let lines = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
                let declares = |node: &Node<'_, '_>| {
                    let rest = text.get(node.range()).unwrap_or_default();
                    node.is_element() && scan::start_tag(rest).contains("xmlns")
                };
                let declaring = document.descendants().filter(declares).map(|it| it.id());
                let declaring = declaring.collect();
                let manifest = Self { file, document, lines, declaring };
                manifest.prefixes(findings);
                Some(manifest)
            }
            Err(error) => {
                refuse(file, text, &error, limits, findings);
                None
            }
        }
    }

    pub(crate) fn root(&self) -> Node<'_, 'a> {
        self.document.root_element()
    }

    fn declaring(&self) -> impl Iterator<Item = Node<'_, 'a>> {
        self.declaring.iter().filter_map(|id| self.document.get_node(*id))
    }

    /// Whether any element declares this namespace.
    pub(crate) fn declares(&self, uri: &str) -> bool {
        self.declaring().any(|node| node.namespaces().any(|it| it.uri() == uri))
    }

    /// Where an element is.
    pub(crate) fn at(&self, node: Node<'_, '_>) -> Place<'a> {
        Place::line(self.file, self.line(node))
    }

    /// The line of an element, from 1.
    pub(crate) fn line(&self, node: Node<'_, '_>) -> u32 {
        let before = self.lines.partition_point(|end| *end < node.range().start);
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    /// A prefix that means two things is legal, and misread by platforms that go by prefixes.
    fn prefixes(&self, findings: &mut Findings) {
        let mut bound: BTreeMap<&str, &str> = BTreeMap::new();
        let mut clashes: BTreeSet<&str> = BTreeSet::new();
        for node in self.declaring() {
            for namespace in node.namespaces() {
                let Some(prefix) = namespace.name() else { continue };
                let first = *bound.entry(prefix).or_insert(namespace.uri());
                if first != namespace.uri() && clashes.insert(prefix) {
                    let place = self.at(node);
                    findings.add(Rule::XmlPrefixClash, place, [&prefix, &first, &namespace.uri()]);
                }
            }
        }
    }
}

fn refuse(file: &str, text: &str, error: &Error, limits: &Limits, findings: &mut Findings) {
    let place = Place::line(file, error.pos().row);
    match error {
        Error::DtdDetected => {
            let before = text.split("<!DOCTYPE").next().unwrap_or_default();
            let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            findings.add(Rule::XmlDoctype, Place::line(file, line), []);
        }
        Error::NodesLimitReached
        | Error::AttributesLimitReached
        | Error::NamespacesLimitReached => {
            findings.add(Rule::XmlNodes, Place::file(file), [&limits.manifest_nodes]);
        }
        Error::UnknownNamespace(prefix, _) => {
            findings.add(Rule::XmlPrefixUndeclared, place, [prefix]);
        }
        Error::UnknownEntityReference(entity, _) => {
            findings.add(Rule::XmlEntity, place, [entity]);
        }
        other => findings.add(Rule::XmlMalformed, place, [other]),
    }
}

/// The child elements of this local name, in whatever namespace.
pub(crate) fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The first child element of this local name.
pub(crate) fn child<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// The text of an element, without blanks around it.
pub(crate) fn text(node: Node<'_, '_>) -> String {
    node.children().filter_map(|child| child.text()).collect::<String>().trim().to_owned()
}

/// The text of the first child of this local name; empty where there is none.
pub(crate) fn child_text(node: Node<'_, '_>, name: &str) -> String {
    let mut children = node.children().filter(Node::is_element);
    children.find(|child| child.tag_name().name() == name).map(text).unwrap_or_default()
}

/// The value of an attribute of this local name, in whatever namespace, without blanks around it.
pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|it| it.value().trim())
}
