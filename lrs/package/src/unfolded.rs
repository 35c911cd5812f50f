//! How large a manifest becomes once each item has what it refers to. Many items may name one resource or one sequencing,
//! so that a small manifest stands for gigabytes: what items refer to is counted before it is copied.

use std::collections::HashMap;

use roxmltree::Node;

use crate::finding::{Findings, Place};
use crate::limits::Limits;
use crate::rule::Rule;
use crate::xml::{Manifest, attribute, child, children};

/// The attributes that are copied to items, or become parts of addresses.
const COPIED: [&str; 6] = ["identifier", "identifierref", "href", "base", "parameters", "IDRef"];
/// What an element takes in memory beside its text, in bytes.
const ELEMENT: usize = 64;

/// Whether the manifest stays within the limits once it is unfolded; the findings say why not.
pub(crate) fn is_within(manifest: &Manifest<'_>, limits: &Limits, findings: &mut Findings) -> bool {
    let mut is_within = true;
    for node in manifest.root().descendants().filter(Node::is_element) {
        for copied in node.attributes().filter(|it| COPIED.contains(&it.name())) {
            let (name, length) = (copied.name(), copied.value().len());
            if length > limits.value_bytes {
                let place = manifest.at(node);
                findings.add(Rule::ManifestValueLong, place, [&name, &length, &limits.value_bytes]);
                is_within = false;
            }
        }
    }
    if is_within && bytes(manifest) > limits.unfolded_bytes {
        let place: Place<'_> = manifest.at(manifest.root());
        findings.add(Rule::ManifestUnfolded, place, [&limits.unfolded_bytes]);
        return false;
    }
    is_within
}

/// The bytes of what items and organizations refer to, counted as often as it is referred to.
fn bytes(manifest: &Manifest<'_>) -> usize {
    let root = manifest.root();
    let resources = child(root, "resources").into_iter();
    let resources = resources.flat_map(|all| children(all, "resource"));
    let resources: HashMap<&str, usize> = resources
        .filter_map(|node| Some((attribute(node, "identifier")?, address(node))))
        .collect();
    let collection = child(root, "sequencingCollection").into_iter();
    let collection = collection.flat_map(|all| children(all, "sequencing"));
    let sequencings: HashMap<&str, usize> =
        collection.filter_map(|node| Some((attribute(node, "ID")?, weight(node)))).collect();
    let is_part = |node: &Node<'_, '_>| {
        node.is_element() && ["item", "organization"].contains(&node.tag_name().name())
    };
    let of = |node: Node<'_, '_>| {
        let resource = attribute(node, "identifierref").and_then(|it| resources.get(it));
        let sequencing = child(node, "sequencing").and_then(|it| attribute(it, "IDRef"));
        let sequencing = sequencing.and_then(|it| sequencings.get(it));
        resource.copied().unwrap_or_default() + sequencing.copied().unwrap_or_default()
    };
    root.descendants().filter(is_part).map(of).fold(0, usize::saturating_add)
}

/// The length of the address of a resource, with the bases above it.
fn address(resource: Node<'_, '_>) -> usize {
    let bases = resource.ancestors().filter_map(|it| attribute(it, "base")).map(str::len);
    bases.sum::<usize>() + attribute(resource, "href").map_or(0, str::len)
}

/// What an element with all that is in it takes.
fn weight(node: Node<'_, '_>) -> usize {
    node.range().len() + ELEMENT * node.descendants().count()
}
