//! References from a manifest to files: where they lead, and why they lead nowhere.

use std::io::{Read, Seek};

use percent_encoding::percent_decode_str;

use crate::archive::Archive;
use crate::finding::{Findings, Place};
use crate::rule::Rule;

/// Whether this is an address of its own: `https://…`, `//host/…`.
pub(crate) fn is_external(href: &str) -> bool {
    let scheme = href.split_once("://").map(|(scheme, _)| scheme);
    href.starts_with("//")
        || scheme.is_some_and(|it| ["http", "https"].contains(&it.to_ascii_lowercase().as_str()))
}

/// The file that a reference leads to. Where it leads nowhere, or only on some platforms, the
/// findings say why; `missing` is the rule of a reference to no file.
pub(crate) fn resolve<R: Read + Seek>(
    archive: &Archive<R>,
    base: &str,
    href: &str,
    missing: Rule,
    place: Place<'_>,
    findings: &mut Findings,
) -> Option<String> {
    if is_external(href) {
        findings.add(Rule::HrefExternal, place, [&href]);
        return None;
    }
    let whole = format!("{base}{href}");
    let path = whole.split(['?', '#']).next().unwrap_or_default();
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    if path.starts_with(['/', '\\']) || is_drive || path.to_ascii_lowercase().starts_with("file:") {
        findings.add(Rule::HrefAbsolute, place, [&href]);
        return None;
    }
    let forward = path.replace('\\', "/");
    let Some(plain) = without_dots(&forward) else {
        findings.add(Rule::HrefEscapes, place, [&href]);
        return None;
    };
    let decoded = percent_decode_str(&plain).decode_utf8_lossy().into_owned();
    if path.contains('\\') {
        findings.add(Rule::HrefBackslash, place, [&href]);
        return archive.has(&decoded).then_some(decoded);
    }
    if archive.has(&decoded) {
        if decoded == plain && plain.contains(' ') {
            findings.add(Rule::HrefSpace, place, [&href]);
        }
        return Some(decoded);
    }
    if archive.has(&plain) {
        findings.add(Rule::HrefEncoded, place, [&href, &plain]);
        return Some(plain);
    }
    match archive.like(&decoded) {
        Some(found) => findings.add(Rule::HrefCase, place, [&href, &found]),
        None => findings.add(missing, place, [&href]),
    }
    archive.like(&decoded).map(str::to_owned)
}

/// A path without `.` and `..`; nothing where it leads out of the package.
fn without_dots(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
