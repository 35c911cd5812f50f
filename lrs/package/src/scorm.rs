//! `imsmanifest.xml`: SCORM 1.2 and SCORM 2004.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Seek};

use roxmltree::Node;

use crate::archive::{Archive, ends_in};
use crate::finding::Findings;
use crate::href;
use crate::report::{Kind, Part, Report};
use crate::rule::Rule;
use crate::shim::is_own;
use crate::xml::{Manifest, attribute, child, child_text, children, text};

const ADLCP_12: &str = "http://www.adlnet.org/xsd/adlcp_rootv1p2";
const ADLCP_2004: &str = "http://www.adlnet.org/xsd/adlcp_v1p3";
const IMSCP_12: &str = "http://www.imsproject.org/xsd/imscp_rootv1p1p2";
const IMSCP_2004: &str = "http://www.imsglobal.org/xsd/imscp_v1p1";

/// A reading of a SCORM manifest.
struct Reading<'a, 'i, R> {
    manifest: &'a Manifest<'i>,
    archive: &'a Archive<R>,
    findings: &'a mut Findings,
    kind: Kind,
    resources: HashMap<String, Resource<'a, 'i>>,
    /// The ids of the sequencing collection.
    collection: BTreeSet<&'a str>,
    /// The resources that items refer to.
    used: BTreeSet<String>,
    /// The files that the manifest names.
    listed: BTreeSet<String>,
    scos: usize,
    /// Whether a SCO was found that reports to Traccia beside its platform.
    is_mirrored: bool,
    /// How many SCOs have no mastery score, and the item of the first.
    without_score: (usize, Option<Node<'a, 'i>>),
}

#[derive(Clone, Copy)]
struct Resource<'a, 'i> {
    node: Node<'a, 'i>,
    is_sco: bool,
}

/// Reads a manifest into the report.
pub(crate) fn read<R: Read + Seek>(
    manifest: &Manifest<'_>,
    archive: &Archive<R>,
    report: &mut Report,
) {
    let root = manifest.root();
    let found = root.tag_name().name();
    if found != "manifest" {
        report.findings.add(Rule::XmlRoot, manifest.at(root), [&"manifest", &found]);
        return;
    }
    let kind = version(manifest, &mut report.findings);
    report.kind = Some(kind);
    let (resources, used, listed) = (HashMap::new(), BTreeSet::new(), BTreeSet::new());
    let findings = &mut report.findings;
    let collection = child(root, "sequencingCollection");
    let collection = collection.into_iter().flat_map(|all| children(all, "sequencing"));
    let collection = collection.filter_map(|it| attribute(it, "ID")).collect();
    let mut reading = Reading {
        manifest,
        archive,
        findings,
        kind,
        resources,
        collection,
        used,
        listed,
        scos: 0,
        is_mirrored: false,
        without_score: (0, None),
    };
    reading.namespace();
    reading.schemas();
    reading.identifiers();
    reading.resources();
    report.parts = reading.organizations();
    reading.references();
    reading.descriptions();
    reading.unlisted();
    if let (count, Some(node)) = reading.without_score {
        let item = attribute(node, "identifier").unwrap_or_default();
        let place = manifest.at(node);
        reading.findings.add(Rule::MasteryScoreMissing, place, [&count, &item]);
    }
    if reading.scos == 0 {
        reading.findings.add(Rule::ScoMissing, manifest.at(root), []);
    }
    report.reports.units = reading.scos;
}

/// The version: what `schemaversion` says, else what the namespaces mean.
fn version(manifest: &Manifest<'_>, findings: &mut Findings) -> Kind {
    let root = manifest.root();
    let is_2004 = manifest.declares(ADLCP_2004) || manifest.declares(IMSCP_2004);
    let namespace = match (manifest.declares(ADLCP_12), is_2004) {
        (_, true) => Some(Kind::Scorm2004Third),
        (true, false) => Some(Kind::Scorm12),
        (false, false) => None,
    };
    let metadata = child(root, "metadata");
    let node = metadata.and_then(|metadata| child(metadata, "schemaversion"));
    let said = node.map(text).unwrap_or_default();
    let place = manifest.at(node.unwrap_or(root));
    let kind = match said.as_str() {
        "1.2" => Kind::Scorm12,
        "CAM 1.3" | "2004 2nd Edition" => Kind::Scorm2004Second,
        "2004 3rd Edition" => Kind::Scorm2004Third,
        "2004 4th Edition" => Kind::Scorm2004Fourth,
        _ => {
            let assumed = namespace.unwrap_or(Kind::Scorm12);
            if said.is_empty() {
                findings.add(Rule::VersionMissing, place, [&assumed.name()]);
            } else {
                findings.add(Rule::VersionUnknown, place, [&said]);
            }
            return assumed;
        }
    };
    if namespace.is_some_and(|namespace| kind.is_2004() != namespace.is_2004()) {
        let uri = if kind.is_2004() { ADLCP_12 } else { ADLCP_2004 };
        findings.add(Rule::VersionMismatch, place, [&said, &uri]);
    }
    kind
}

impl<'a, 'i, R: Read + Seek> Reading<'a, 'i, R> {
    fn namespace(&mut self) {
        let root = self.manifest.root();
        let found = root.tag_name().namespace().unwrap_or_default();
        let expected = if self.kind.is_2004() { IMSCP_2004 } else { IMSCP_12 };
        if found != expected {
            self.findings.add(Rule::XmlNamespace, self.manifest.at(root), [&found, &expected]);
        }
    }

    /// The schemas that the manifest says are in the package.
    fn schemas(&mut self) {
        let root = self.manifest.root();
        let locations = attribute(root, "schemaLocation").unwrap_or_default();
        for schema in locations.split_whitespace().skip(1).step_by(2) {
            if !href::is_external(schema) && !self.archive.has(schema) {
                self.findings.add(Rule::SchemaMissing, self.manifest.at(root), [&schema]);
            }
        }
    }

    fn identifiers(&mut self) {
        let mut first: HashMap<&str, u32> = HashMap::new();
        for node in self.manifest.root().descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            if !["manifest", "organization", "item", "resource"].contains(&name) {
                continue;
            }
            let place = self.manifest.at(node);
            let Some(id) = attribute(node, "identifier").filter(|id| !id.is_empty()) else {
                self.findings.add(Rule::IdentifierMissing, place, [&name]);
                continue;
            };
            if let Some(line) = first.insert(id, self.manifest.line(node)) {
                self.findings.add(Rule::IdentifierDuplicate, place, [&id, &line]);
            }
            if name == "manifest" && node != self.manifest.root() {
                self.findings.add(Rule::SubManifest, place, []);
            }
        }
    }

    fn resources(&mut self) {
        let Some(all) = child(self.manifest.root(), "resources") else { return };
        for node in children(all, "resource") {
            let id = attribute(node, "identifier").unwrap_or_default().to_owned();
            let place = self.manifest.at(node);
            let expected = if self.kind.is_2004() { "scormType" } else { "scormtype" };
            let named = node.attributes().find(|it| it.name().eq_ignore_ascii_case("scormtype"));
            let value = named.map(|it| it.value()).unwrap_or_default();
            match named {
                None => self.findings.add(Rule::ScormTypeMissing, place, [&id, &expected]),
                Some(it) if it.name() != expected => {
                    self.findings.add(Rule::ScormTypeCase, place, [&id, &it.name(), &expected]);
                }
                Some(_) if !["sco", "asset"].contains(&value) => {
                    self.findings.add(Rule::ScormType, place, [&id, &value]);
                }
                Some(_) => {}
            }
            self.files(node, &id);
            let is_sco = value.eq_ignore_ascii_case("sco");
            self.resources.insert(id, Resource { node, is_sco });
        }
    }

    /// The launched file of a resource, and those that it lists.
    fn files(&mut self, node: Node<'a, 'i>, id: &str) {
        let ancestors: Vec<_> = node.ancestors().collect();
        let bases = ancestors.iter().rev().filter_map(|it| attribute(*it, "base"));
        let base: String = bases.collect();
        for file in children(node, "file") {
            let href = attribute(file, "href").unwrap_or_default();
            let place = self.manifest.at(file);
            let found =
                href::resolve(self.archive, &base, href, Rule::FileMissing, place, self.findings);
            self.listed.extend(found);
        }
        let Some(href) = attribute(node, "href").filter(|href| !href.is_empty()) else {
            let launched = attribute(node, "scormtype").or_else(|| attribute(node, "scormType"));
            if launched == Some("sco") {
                self.findings.add(Rule::ResourceHref, self.manifest.at(node), [&id]);
            }
            return;
        };
        let place = self.manifest.at(node);
        let found =
            href::resolve(self.archive, &base, href, Rule::HrefMissing, place, self.findings);
        let is_html = |file: &String| {
            let extension = file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            ["html", "htm", "xhtml", "php", "asp", "aspx", "jsp"].contains(&extension.as_str())
        };
        if let Some(file) = found {
            let is_sco = attribute(node, "scormtype").or_else(|| attribute(node, "scormType"));
            let page = file.rsplit('/').next().unwrap_or_default();
            if is_sco == Some("sco")
                && is_own(page)
                && !std::mem::replace(&mut self.is_mirrored, true)
            {
                self.findings.add(Rule::ShimPresent, place, [&file]);
            }
            if is_sco == Some("sco") && !is_html(&file) {
                self.findings.add(Rule::LaunchNotHtml, place, [&file]);
            }
            self.listed.insert(file);
        }
    }

    fn organizations(&mut self) -> Vec<Part> {
        let root = self.manifest.root();
        let all = child(root, "organizations");
        let nodes: Vec<_> = all.into_iter().flat_map(|all| children(all, "organization")).collect();
        let Some(all) = all.filter(|_| !nodes.is_empty()) else {
            self.findings.add(
                Rule::OrganizationsMissing,
                self.manifest.at(all.unwrap_or(root)),
                [],
            );
            return Vec::new();
        };
        if let Some(default) = attribute(all, "default")
            && !nodes.iter().any(|node| attribute(*node, "identifier") == Some(default))
        {
            self.findings.add(Rule::OrganizationDefault, self.manifest.at(all), [&default]);
        }
        if nodes.len() > 1 {
            let place = self.manifest.at(all);
            self.findings.add(Rule::OrganizationsSeveral, place, [&nodes.len()]);
        }
        nodes.into_iter().map(|node| self.organization(node)).collect()
    }

    fn organization(&mut self, node: Node<'a, 'i>) -> Part {
        let mut part = self.part(node, "organization");
        if part.parts.is_empty() {
            self.findings.add(Rule::OrganizationEmpty, self.manifest.at(node), [&part.id]);
        }
        part.settings.extend(self.sequencing(node));
        part
    }

    fn part(&mut self, node: Node<'a, 'i>, what: &'static str) -> Part {
        let id = attribute(node, "identifier").unwrap_or_default().to_owned();
        let title = child_text(node, "title");
        if title.is_empty() {
            self.findings.add(Rule::TitleMissing, self.manifest.at(node), [&id]);
        }
        // As deep as the manifest, which is within its limit.
        let parts = children(node, "item").map(|item| self.item(item)).collect();
        let line = self.manifest.line(node);
        Part { what, id, title, launch: None, line, settings: Vec::new(), parts }
    }

    fn item(&mut self, node: Node<'a, 'i>) -> Part {
        let mut part = self.part(node, "item");
        part.settings.extend(self.sequencing(node));
        part.settings.extend(self.settings(node));
        let place = self.manifest.at(node);
        let Some(reference) = attribute(node, "identifierref").filter(|it| !it.is_empty()) else {
            if part.parts.is_empty() {
                self.findings.add(Rule::ItemNothing, place, [&part.id]);
            }
            return part;
        };
        let Some(resource) = self.resources.get(reference).copied() else {
            self.findings.add(Rule::ItemResource, place, [&part.id, &reference]);
            return part;
        };
        self.used.insert(reference.to_owned());
        part.launch = attribute(resource.node, "href").map(str::to_owned);
        if !part.parts.is_empty() {
            self.findings.add(Rule::ItemGroupLaunches, place, [&part.id]);
        }
        if !resource.is_sco {
            part.what = "asset";
            self.findings.add(Rule::ItemAsset, place, [&part.id]);
            return part;
        }
        part.what = "sco";
        self.scos += 1;
        let has_score = part.settings.iter().any(|(name, _)| *name == "masteryScore");
        if self.kind == Kind::Scorm12 && !has_score {
            self.without_score.0 += 1;
            self.without_score.1.get_or_insert(node);
        }
        part
    }

    /// What an item asks of the platform.
    fn settings(&mut self, node: Node<'a, 'i>) -> Vec<(&'static str, String)> {
        let place = self.manifest.at(node);
        let id = attribute(node, "identifier").unwrap_or_default();
        let mut settings = Vec::new();
        let mastery = child_text(node, "masteryscore");
        if !mastery.is_empty() {
            if !mastery.parse::<f64>().is_ok_and(|score| (0.0..=100.0).contains(&score)) {
                self.findings.add(Rule::MasteryScore, place, [&mastery, &"0", &"100"]);
            }
            settings.push(("masteryScore", mastery));
        }
        if !child_text(node, "prerequisites").is_empty() {
            self.findings.add(Rule::Prerequisites, place, [&id]);
            settings.push(("prerequisites", child_text(node, "prerequisites")));
        }
        for (name, limit) in [("datafromlms", 255), ("dataFromLMS", 4000)] {
            let length = child_text(node, name).chars().count();
            if length > limit {
                self.findings.add(Rule::LaunchDataLong, place, [&id, &length, &limit]);
            }
        }
        for name in ["timelimitaction", "timeLimitAction"] {
            let value = child_text(node, name);
            let known =
                ["exit,message", "exit,no message", "continue,message", "continue,no message"];
            if !value.is_empty() && !known.contains(&value.as_str()) {
                let expected = known.join(" | ");
                self.findings.add(Rule::ElementValue, place, [&name, &value, &expected]);
            }
        }
        settings
    }

    /// Whether there is sequencing, and whether what it refers to is there.
    fn sequencing(&mut self, node: Node<'a, 'i>) -> Option<(&'static str, String)> {
        let sequencing = child(node, "sequencing")?;
        let place = self.manifest.at(sequencing);
        if !self.kind.is_2004() {
            self.findings.add(Rule::SequencingVersion, place, []);
        }
        if let Some(reference) = attribute(sequencing, "IDRef")
            && !self.collection.contains(reference)
        {
            self.findings.add(Rule::SequencingReference, place, [&reference]);
        }
        let measures = sequencing.descendants();
        let measures = measures.filter(|it| it.tag_name().name() == "minNormalizedMeasure");
        for measure in measures {
            let value = text(measure);
            if !value.parse::<f64>().is_ok_and(|score| (-1.0..=1.0).contains(&score)) {
                let place = self.manifest.at(measure);
                self.findings.add(Rule::MasteryScore, place, [&value, &"-1", &"1"]);
            }
        }
        let of: Vec<_> =
            sequencing.children().filter(Node::is_element).map(|it| it.tag_name().name()).collect();
        Some(("sequencing", of.join(" ")))
    }

    /// Dependencies that lead nowhere, and resources that nothing leads to.
    fn references(&mut self) {
        let mut reached = self.used.clone();
        let mut open: Vec<String> = reached.iter().cloned().collect();
        while let Some(id) = open.pop() {
            let Some(resource) = self.resources.get(&id) else { continue };
            for dependency in children(resource.node, "dependency") {
                let on = attribute(dependency, "identifierref").unwrap_or_default();
                if reached.insert(on.to_owned()) {
                    open.push(on.to_owned());
                }
            }
        }
        let mut resources: Vec<_> = self.resources.iter().collect();
        resources.sort_by_key(|(_, resource)| resource.node.range().start);
        for (id, resource) in resources {
            if !reached.contains(id) {
                self.findings.add(Rule::ResourceUnused, self.manifest.at(resource.node), [id]);
            }
            for dependency in children(resource.node, "dependency") {
                let on = attribute(dependency, "identifierref").unwrap_or_default();
                if !self.resources.contains_key(on) {
                    let place = self.manifest.at(dependency);
                    self.findings.add(Rule::DependencyMissing, place, [id, &on]);
                }
            }
        }
    }

    /// Descriptions of the course that lie in files of their own (`adlcp:location`).
    fn descriptions(&mut self) {
        for node in
            self.manifest.root().descendants().filter(|it| it.tag_name().name() == "location")
        {
            let Some(href) = node.text().map(str::trim).filter(|href| !href.is_empty()) else {
                continue;
            };
            let place = self.manifest.at(node);
            let found =
                href::resolve(self.archive, "", href, Rule::FileMissing, place, self.findings);
            self.listed.extend(found);
        }
    }

    fn unlisted(&mut self) {
        let is_own = |file: &&str| {
            !(file.eq_ignore_ascii_case("imsmanifest.xml") || ends_in(file, &["xsd", "dtd"]))
        };
        let files = self.archive.files().filter(is_own);
        let unlisted: Vec<_> = files.filter(|file| !self.listed.contains(*file)).collect();
        if let Some(example) = unlisted.first() {
            let root = self.manifest.root();
            self.findings.add(
                Rule::FilesUnlisted,
                self.manifest.at(root),
                [&unlisted.len(), example],
            );
        }
    }
}
