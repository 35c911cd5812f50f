//! What a file is, and the check of what it is.

use std::io::{self, Read, Seek, SeekFrom};

use crate::archive::{Archive, ends_in, fold};
use crate::content;
use crate::finding::{Findings, Place};
use crate::limits::Limits;
use crate::report::{Kind, Report};
use crate::rule::Rule;
use crate::xml::{Manifest, decode};
use crate::{scorm, unfolded, xapi};

/// The manifests, the one that is used first.
const MANIFESTS: [&str; 3] = ["cmi5.xml", "imsmanifest.xml", "tincan.xml"];

/// Sources of authoring tools, by the end of their name.
const SOURCES: [(&str, &str); 12] = [
    (".story", "Articulate Storyline"),
    (".cptx", "Adobe Captivate"),
    (".cpvc", "Adobe Captivate"),
    (".elp", "eXeLearning"),
    (".elpx", "eXeLearning"),
    (".h5p", "H5P"),
    ("h5p.json", "H5P"),
    (".awt", "Lectora"),
    (".trec", "Camtasia"),
    (".pptx", "PowerPoint"),
    ("moodle_backup.xml", "Moodle"),
    ("contentv3.xml", "eXeLearning"),
];

/// Checks a package: a zip, or a bare `cmi5.xml`.
///
/// Memory is bounded: the directory of the archive, the manifest, and a piece of one file at a
/// time. Every file is unpacked once, so that damage shows.
///
/// # Errors
///
/// Only those of the reader. Whatever is wrong with the package is a finding.
pub fn check<R: Read + Seek>(mut reader: R, limits: &Limits) -> io::Result<Report> {
    let mut report =
        Report { findings: Findings::new(limits.findings_per_rule), ..Report::default() };
    let mut head = Vec::new();
    reader.by_ref().take(64).read_to_end(&mut head)?;
    reader.seek(SeekFrom::Start(0))?;
    let is_text = [&b"<"[..], b"\xef\xbb\xbf<", b"\xff\xfe<\0", b"\xfe\xff\0<"]
        .iter()
        .any(|start| head.starts_with(start));
    if is_text {
        bare::<R>(reader, limits, &mut report)?;
    } else if let Some(mut archive) = Archive::open(reader, limits, &mut report.findings)? {
        within(&mut archive, limits, &mut report);
    }
    report.findings.sort();
    Ok(report)
}

/// A manifest that came alone: cmi5 allows it.
fn bare<R: Read + Seek>(reader: R, limits: &Limits, report: &mut Report) -> io::Result<()> {
    let mut bytes = Vec::new();
    reader.take(limits.manifest_bytes + 1).read_to_end(&mut bytes)?;
    let (name, findings) = ("cmi5.xml", &mut report.findings);
    if bytes.len() as u64 > limits.manifest_bytes {
        findings.add(Rule::ManifestSize, Place::file(name), [&limits.manifest_bytes]);
        return Ok(());
    }
    let Some(text) = decode(name, &bytes, findings) else { return Ok(()) };
    if !text.contains("courseStructure") {
        findings.add(Rule::NotZip, Place::WHOLE, [&"xml"]);
        return Ok(());
    }
    if let Some(manifest) = Manifest::parse(name, &text, limits, findings) {
        xapi::cmi5::<R>(&manifest, None, report);
    }
    Ok(())
}

fn within<R: Read + Seek>(archive: &mut Archive<R>, limits: &Limits, report: &mut Report) {
    let there: Vec<&str> = MANIFESTS.into_iter().filter(|name| archive.has(name)).collect();
    match there.first() {
        Some(name) => {
            if there.len() > 1 {
                report.findings.add(Rule::ManifestsSeveral, Place::WHOLE, [name]);
            }
            manifest(archive, name, limits, report);
        }
        None if is_aicc(archive) => {
            report.kind = Some(Kind::Aicc);
            report.findings.add(Rule::AiccNotPlayed, Place::WHOLE, []);
        }
        None => unrecognised(archive, &mut report.findings),
    }
    content::read(archive, report);
}

fn manifest<R: Read + Seek>(
    archive: &mut Archive<R>,
    name: &str,
    limits: &Limits,
    report: &mut Report,
) {
    let bytes = archive.text(name, limits.manifest_bytes, &mut report.findings);
    let text = bytes.and_then(|bytes| decode(name, &bytes, &mut report.findings));
    let Some(text) = text else { return };
    let Some(manifest) = Manifest::parse(name, &text, limits, &mut report.findings) else { return };
    match name {
        "cmi5.xml" => xapi::cmi5(&manifest, Some(archive), report),
        "tincan.xml" => xapi::tincan(&manifest, archive, report),
        _ if !unfolded::is_within(&manifest, limits, &mut report.findings) => {}
        _ => scorm::read(&manifest, archive, report),
    }
}

/// An AICC course has a course, an assignable unit and a structure file at its root.
fn is_aicc<R: Read + Seek>(archive: &Archive<R>) -> bool {
    let has =
        |end: &str| archive.files().any(|name| !name.contains('/') && fold(name).ends_with(end));
    has(".crs") && has(".au") && has(".cst")
}

/// Says why a zip is no package, as helpfully as its names allow.
fn unrecognised<R: Read + Seek>(archive: &Archive<R>, findings: &mut Findings) {
    let names = || archive.files();
    for expected in MANIFESTS {
        if let Some(found) = archive.like(expected) {
            findings.add(Rule::ManifestCase, Place::file(found), [&expected]);
            return;
        }
    }
    let below = names().find(|name| {
        MANIFESTS
            .iter()
            .any(|manifest| name.strip_suffix(manifest).is_some_and(|folder| folder.ends_with('/')))
    });
    if let Some(name) = below {
        let folder = name.rsplit_once('/').map(|(folder, _)| folder).unwrap_or_default();
        findings.add(Rule::ManifestNotAtRoot, Place::file(name), [&folder]);
        return;
    }
    let source = names().find_map(|name| {
        let name_folded = fold(name);
        let tool = SOURCES.iter().find(|(end, _)| name_folded.ends_with(end));
        tool.map(|(_, tool)| (name, *tool))
    });
    if let Some((name, tool)) = source {
        findings.add(Rule::AuthoringSource, Place::file(name), [&tool]);
    } else if let Some(zip) = names().find(|name| ends_in(name, &["zip"])) {
        findings.add(Rule::ZipInZip, Place::file(zip), []);
    } else if let Some(page) = names()
        .find(|name| ["index.html", "index.htm", "story.html"].contains(&fold(name).as_str()))
    {
        findings.add(Rule::WebExport, Place::file(page), []);
    } else {
        findings.add(Rule::Unrecognised, Place::WHOLE, []);
    }
}
