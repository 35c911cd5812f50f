//! Where an object uses a key again.

use std::collections::HashSet;

use super::{elements, members};
use crate::{
    pointer::Place,
    report::{At, Finding},
    rules::json::DUPLICATE_KEY,
};

/// Every key of the text that its object has already used, in the order of the text.
pub(super) fn findings(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    walk(text.trim_start(), text.len() - text.trim_start().len(), Place::Root, &mut findings);
    findings
}

fn walk(text: &str, start: usize, place: Place<'_>, findings: &mut Vec<Finding>) {
    if text.starts_with('[') {
        for (index, range) in elements(text).into_iter().enumerate() {
            let Some(inner) = text.get(range.clone()) else {
                continue;
            };
            walk(inner, start + range.start, place.index(index), findings);
        }
    } else if text.starts_with('{') {
        let mut seen = HashSet::new();
        for member in members(text) {
            let place = place.key(&member.key);
            if !seen.insert(member.key.clone()) {
                findings.push(Finding {
                    rule: &DUPLICATE_KEY,
                    pointer: place.pointer(),
                    at: At::Byte(start + member.whole.start),
                    message: format!("`{}` is already a member of this object", member.key),
                });
            }
            let Some(inner) = text.get(member.value.clone()) else {
                continue;
            };
            walk(inner, start + member.value.start, place, findings);
        }
    }
}
