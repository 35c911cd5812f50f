//! `cmi5.xml` and `tincan.xml`.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use roxmltree::Node;

use crate::archive::Archive;
use crate::finding::Findings;
use crate::href;
use crate::report::{Kind, Part, Report};
use crate::rule::Rule;
use crate::xml::{Manifest, attribute, child, child_text, children, text};

const CMI5: &str = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd";
const TINCAN: &str = "http://projecttincan.com/tincan.xsd";
const MOVE_ON: [&str; 5] =
    ["Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed", "NotApplicable"];
/// What a platform adds to the address of an AU (cmi5 8.1).
const LAUNCH: [&str; 5] = ["endpoint", "fetch", "actor", "registration", "activityId"];

/// A reading of a manifest; without an archive it came alone.
struct Reading<'a, 'i, R> {
    manifest: &'a Manifest<'i>,
    archive: Option<&'a Archive<R>>,
    findings: &'a mut Findings,
    ids: HashMap<String, u32>,
    /// The ids of the course's objectives.
    objectives: HashSet<&'a str>,
    units: usize,
}

/// Reads a `cmi5.xml` into the report. Without an archive it came alone.
pub(crate) fn cmi5<R: Read + Seek>(
    manifest: &Manifest<'_>,
    archive: Option<&Archive<R>>,
    report: &mut Report,
) {
    report.kind = Some(Kind::Cmi5);
    let root = manifest.root();
    let findings = &mut report.findings;
    if !is_root(manifest, "courseStructure", CMI5, findings) {
        return;
    }
    let objectives = child(root, "objectives");
    let objectives = objectives.into_iter().flat_map(|all| children(all, "objective"));
    let objectives = objectives.filter_map(|it| attribute(it, "id")).collect();
    let ids = HashMap::new();
    let mut reading = Reading { manifest, archive, findings, ids, objectives, units: 0 };
    let Some(course) = child(root, "course") else {
        reading.findings.add(Rule::CourseMissing, manifest.at(root), []);
        return;
    };
    let mut part = reading.part(course, "course");
    part.parts = reading.blocks(root);
    if reading.units == 0 {
        reading.findings.add(Rule::AuMissing, manifest.at(root), []);
    }
    report.reports.units = reading.units;
    report.parts.push(part);
}

/// Reads a `tincan.xml` into the report.
pub(crate) fn tincan<R: Read + Seek>(
    manifest: &Manifest<'_>,
    archive: &Archive<R>,
    report: &mut Report,
) {
    report.kind = Some(Kind::Xapi);
    let root = manifest.root();
    let findings = &mut report.findings;
    if !is_root(manifest, "tincan", TINCAN, findings) {
        return;
    }
    let (ids, objectives) = (HashMap::new(), HashSet::new());
    let archive = Some(archive);
    let mut reading = Reading { manifest, archive, findings, ids, objectives, units: 0 };
    let nodes: Vec<_> =
        child(root, "activities").into_iter().flat_map(|all| children(all, "activity")).collect();
    if nodes.is_empty() {
        reading.findings.add(Rule::ActivityMissing, manifest.at(root), []);
        return;
    }
    for node in nodes {
        let part = reading.activity(node);
        report.parts.push(part);
    }
    if reading.units == 0 {
        reading.findings.add(Rule::LaunchMissing, manifest.at(root), []);
    }
    report.reports.units = reading.units;
}

fn is_root(manifest: &Manifest<'_>, name: &str, namespace: &str, findings: &mut Findings) -> bool {
    let root = manifest.root();
    let (found, space) = (root.tag_name().name(), root.tag_name().namespace().unwrap_or_default());
    if found != name {
        findings.add(Rule::XmlRoot, manifest.at(root), [&name, &found]);
        return false;
    }
    if space != namespace {
        findings.add(Rule::XmlNamespace, manifest.at(root), [&space, &namespace]);
    }
    true
}

/// Whether an id has a scheme and no blanks: an absolute IRI as far as platforms check.
fn is_iri(id: &str) -> bool {
    let scheme = id.split_once(':').map(|(scheme, rest)| (scheme, !rest.is_empty()));
    let is_scheme = |scheme: &str| {
        let mut chars = scheme.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic())
            && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    };
    scheme.is_some_and(|(scheme, has_rest)| has_rest && is_scheme(scheme))
        && !id.contains(|c: char| c.is_whitespace() || "<>\"{}|\\^`".contains(c))
}

impl<'a, 'i, R: Read + Seek> Reading<'a, 'i, R> {
    fn part(&mut self, node: Node<'a, 'i>, what: &'static str) -> Part {
        let place = self.manifest.at(node);
        let line = self.manifest.line(node);
        let id = attribute(node, "id").unwrap_or_default().to_owned();
        if id.is_empty() {
            self.findings.add(Rule::IdentifierMissing, place, [&what]);
        } else if !is_iri(&id) {
            self.findings.add(Rule::IdNotIri, place, [&what, &id]);
        }
        if let Some(first) = self.ids.insert(id.clone(), line).filter(|_| !id.is_empty()) {
            self.findings.add(Rule::IdentifierDuplicate, place, [&id, &first]);
        }
        let named = child(node, "title").or_else(|| child(node, "name"));
        let title = named.map(|it| match child(it, "langstring") {
            Some(first) => text(first),
            None => text(it),
        });
        let title = title.unwrap_or_default();
        if title.is_empty() {
            self.findings.add(Rule::TitleMissing, place, [&id]);
        }
        Part { what, id, title, launch: None, line, settings: Vec::new(), parts: Vec::new() }
    }

    /// The blocks and AUs below an element; as deep as the manifest, which is within its limit.
    fn blocks(&mut self, node: Node<'a, 'i>) -> Vec<Part> {
        let mut parts = Vec::new();
        for below in node.children().filter(Node::is_element) {
            match below.tag_name().name() {
                "block" => {
                    let mut block = self.part(below, "block");
                    block.parts = self.blocks(below);
                    if block.parts.is_empty() {
                        self.findings.add(Rule::BlockEmpty, self.manifest.at(below), [&block.id]);
                    }
                    parts.push(block);
                }
                "au" => parts.push(self.au(below)),
                _ => {}
            }
        }
        parts
    }

    fn au(&mut self, node: Node<'a, 'i>) -> Part {
        self.units += 1;
        let mut part = self.part(node, "au");
        let place = self.manifest.at(node);
        let move_on = attribute(node, "moveOn").unwrap_or("NotApplicable");
        if !MOVE_ON.contains(&move_on) {
            self.findings.add(
                Rule::ElementValue,
                place,
                [&"moveOn", &move_on, &MOVE_ON.join(", ")],
            );
        }
        part.settings.push(("moveOn", move_on.to_owned()));
        match attribute(node, "masteryScore") {
            Some(score) => {
                if !score.parse::<f64>().is_ok_and(|score| (0.0..=1.0).contains(&score)) {
                    self.findings.add(Rule::MasteryScore, place, [&score, &"0", &"1"]);
                }
                part.settings.push(("masteryScore", score.to_owned()));
            }
            None if ["Passed", "CompletedAndPassed"].contains(&move_on) => {
                self.findings.add(Rule::MoveOnNeedsScore, place, [&part.id, &move_on]);
            }
            None => {}
        }
        if let Some(method) = attribute(node, "launchMethod") {
            let known = ["AnyWindow", "OwnWindow"];
            if !known.contains(&method) {
                let expected = known.join(", ");
                self.findings.add(Rule::ElementValue, place, [&"launchMethod", &method, &expected]);
            }
            part.settings.push(("launchMethod", method.to_owned()));
        }
        self.objectives(node);
        let url = child_text(node, "url");
        if url.is_empty() {
            self.findings.add(Rule::AuUrl, place, [&part.id]);
            return part;
        }
        let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
        for name in query.split('&').filter_map(|pair| pair.split('=').next()) {
            if LAUNCH.contains(&name) {
                self.findings.add(Rule::AuQuery, place, [&part.id, &name]);
            }
        }
        self.launched(node, "url", &url);
        part.launch = Some(url);
        part
    }

    /// The objectives that an AU refers to are those of the course.
    fn objectives(&mut self, node: Node<'a, 'i>) {
        for reference in
            child(node, "objectives").into_iter().flat_map(|all| children(all, "objective"))
        {
            let id = attribute(reference, "idref").unwrap_or_default();
            if !self.objectives.contains(id) {
                self.findings.add(Rule::ObjectiveMissing, self.manifest.at(reference), [&id]);
            }
        }
    }

    fn activity(&mut self, node: Node<'a, 'i>) -> Part {
        let mut part = self.part(node, "activity");
        if let Some(kind) = attribute(node, "type") {
            part.settings.push(("type", kind.to_owned()));
        }
        let launch = child_text(node, "launch");
        if !launch.is_empty() {
            self.units += 1;
            self.launched(node, "launch", &launch);
            part.launch = Some(launch);
        }
        part
    }

    fn launched(&mut self, node: Node<'a, 'i>, element: &'static str, url: &str) {
        let place = self.manifest.at(child(node, element).unwrap_or(node));
        match self.archive {
            Some(archive) => {
                href::resolve(archive, "", url, Rule::HrefMissing, place, self.findings);
            }
            None if !href::is_external(url) => {
                self.findings.add(Rule::HrefRelativeBare, place, [&url]);
            }
            None => {}
        }
    }
}
