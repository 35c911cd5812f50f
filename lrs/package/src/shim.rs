//! A SCORM package that also reports to Traccia: each SCO gets a page around it that hands every
//! call on to the platform and tells Traccia what was said. Content, identifiers and order stay.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use roxmltree::Node;
use serde_json::json;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::archive::Archive;
use crate::check::check;
use crate::finding::{Findings, Place};
use crate::href;
use crate::limits::Limits;
use crate::report::{Kind, Report};
use crate::rule::{Rule, Severity};
use crate::xml::{Manifest, attribute, child, child_text, children, decode};

const MANIFEST: &str = "imsmanifest.xml";
const PAGE: &str = include_str!("shim/page.html");
const SCRIPT: &str = concat!(
    include_str!("shim/statements.js"),
    include_str!("shim/outbox.js"),
    include_str!("shim/mirror.js"),
);
/// What of an identifier an IRI takes as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a package reports to beside its platform.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    /// The xAPI endpoint as the learners' browsers reach it, without a slash at its end.
    pub endpoint: String,
    /// The `Authorization` of its statements. Every learner can read it.
    pub authorization: String,
    /// The IRI of the course. A SCO is `COURSE/IDENTIFIER`.
    pub activity: String,
    /// The home page of the learners' accounts; that of the platform's pages if missing.
    pub home_page: Option<String>,
    /// Whether the platform is asked nothing that the content does not ask itself.
    pub is_passive: bool,
}

/// A package that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shimmed {
    /// The SCOs that report, by their IRI.
    pub scos: Vec<String>,
}

/// A SCO and the page around it.
struct Wrapped {
    /// The page's name in the package.
    name: String,
    page: String,
    sco: String,
}

/// Changes of a text, by their place in it.
type Edits = Vec<(std::ops::Range<usize>, String)>;

/// Writes `reader`'s package with pages that report to `mirror`. The files are copied as they are
/// packed. A package that is not SCORM, has nothing to launch or is not safe to unpack is refused
/// with the report of its check, in which an error says why.
///
/// # Errors
///
/// Those of the reader and the writer.
pub fn shim<R: Read + Seek, W: Write + Seek>(
    mut reader: R,
    writer: W,
    limits: &Limits,
    mirror: &Mirror,
) -> io::Result<Result<Shimmed, Report>> {
    let (manifest, wrapped) = match prepared(&mut reader, limits, mirror)? {
        Ok(prepared) => prepared,
        Err(report) => return Ok(Err(report)),
    };
    reader.seek(SeekFrom::Start(0))?;
    copy(reader, writer, &manifest, &wrapped).map_err(|error| match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other),
    })?;
    Ok(Ok(Shimmed { scos: wrapped.into_iter().map(|it| it.sco).collect() }))
}

/// Why [`shim`] would refuse a package; nothing where it would not.
///
/// # Errors
///
/// Those of the reader.
pub fn shim_refusal<R: Read + Seek>(reader: R, limits: &Limits) -> io::Result<Option<Report>> {
    Ok(prepared(reader, limits, &Mirror::default())?.err())
}

/// The new manifest and the pages, or the report that says why there are none.
fn prepared<R: Read + Seek>(
    mut reader: R,
    limits: &Limits,
    mirror: &Mirror,
) -> io::Result<Result<(String, Vec<Wrapped>), Report>> {
    let mut report = check(&mut reader, limits)?;
    if report.findings.iter().any(|finding| forbids(finding.rule)) {
        return Ok(Err(report));
    }
    let is_scorm = report.kind.is_some_and(|kind| kind == Kind::Scorm12 || kind.is_2004());
    if !is_scorm || report.reports.units == 0 {
        report.findings.add(Rule::ShimNotScorm, Place::WHOLE, []);
        return Ok(Err(report));
    }
    reader.seek(SeekFrom::Start(0))?;
    let made = pages(&mut reader, limits, mirror, &mut report.findings)?;
    Ok(made.ok_or(report))
}

/// Whether a package with a finding of this rule is not written again.
fn forbids(rule: Rule) -> bool {
    let of = ["package.archive-", "package.name-", "package.xml-"];
    rule.severity() == Severity::Error && of.iter().any(|start| rule.id().starts_with(start))
}

/// The new manifest and the pages. Nothing where the findings say why there are none.
fn pages<R: Read + Seek>(
    reader: R,
    limits: &Limits,
    mirror: &Mirror,
    findings: &mut Findings,
) -> io::Result<Option<(String, Vec<Wrapped>)>> {
    // The check has told what is wrong with these.
    let told = &mut Findings::new(1);
    let Some(mut archive) = Archive::open(reader, limits, told)? else { return Ok(None) };
    let bytes = archive.text(MANIFEST, limits.manifest_bytes, told);
    let text = bytes.and_then(|bytes| decode(MANIFEST, &bytes, told));
    let Some(text) = text else { return Ok(None) };
    let Some(manifest) = Manifest::parse(MANIFEST, &text, limits, told) else { return Ok(None) };
    let wrapped = wrap(&manifest, &text, &archive, mirror, findings);
    Ok(wrapped.map(|(wrapped, edits)| (in_utf_8(&edited(&text, edits)), wrapped)))
}

/// The pages, and what becomes of the manifest. Nothing where the package reports already.
fn wrap<R: Read + Seek>(
    manifest: &Manifest<'_>,
    text: &str,
    archive: &Archive<R>,
    mirror: &Mirror,
    findings: &mut Findings,
) -> Option<(Vec<Wrapped>, Edits)> {
    let root = manifest.root();
    let items = items(root);
    let (mut wrapped, mut edits) = (Vec::new(), Vec::new());
    for resource in child(root, "resources").into_iter().flat_map(|all| children(all, "resource")) {
        let Some(launched) = Launched::of(resource, manifest, archive) else { continue };
        if is_own(&launched.page) {
            findings.add(Rule::ShimTwice, manifest.at(resource), [&launched.page]);
            return None;
        }
        let name = free_name(archive, &launched.within, wrapped.len() + 1);
        let href = format!("{}{name}", launched.folder);
        edits.push((launched.range.clone(), escaped(&format!("{href}{}", launched.query))));
        edits.push(listed(resource, text, &href));
        let id = attribute(resource, "identifier").unwrap_or_default();
        let (sco, page) = page(id, &launched.page, &items, mirror);
        wrapped.push(Wrapped { name: format!("{}{name}", launched.within), page, sco });
    }
    if wrapped.is_empty() {
        findings.add(Rule::ShimNotScorm, Place::WHOLE, []);
        return None;
    }
    Some((wrapped, edits))
}

/// What a SCO's resource launches.
struct Launched {
    /// Where the value of its `href` stands.
    range: std::ops::Range<usize>,
    /// The `href` up to the page, the page, and what follows.
    folder: String,
    page: String,
    query: String,
    /// The folder of the page in the package.
    within: String,
}

impl Launched {
    /// Nothing where it is no SCO, or launches no file of the package.
    fn of<R: Read + Seek>(
        resource: Node<'_, '_>,
        manifest: &Manifest<'_>,
        archive: &Archive<R>,
    ) -> Option<Self> {
        let is_sco = resource.attributes().any(|it| {
            it.name().eq_ignore_ascii_case("scormtype") && it.value().eq_ignore_ascii_case("sco")
        });
        let href = resource.attribute_node("href").filter(|_| is_sco)?;
        let ancestors: Vec<_> = resource.ancestors().collect();
        let base: String = ancestors.iter().rev().filter_map(|it| attribute(*it, "base")).collect();
        let (value, place) = (href.value().trim(), manifest.at(resource));
        // The check has told what is wrong with it.
        let mut told = Findings::new(1);
        let file = href::resolve(archive, &base, value, Rule::HrefMissing, place, &mut told)?;
        let (path, query) = value.split_at(value.find(['?', '#']).unwrap_or(value.len()));
        let (folder, page) = path.split_at(path.rfind(['/', '\\']).map_or(0, |at| at + 1));
        let within = file.rfind('/').and_then(|at| file.get(..=at)).unwrap_or_default();
        Some(Self {
            range: href.range_value(),
            folder: folder.to_owned(),
            page: page.to_owned(),
            query: query.to_owned(),
            within: within.to_owned(),
        })
    }
}

/// The IRI of a resource's SCO, and the page around what it launches.
fn page(
    resource: &str,
    launch: &str,
    items: &HashMap<String, Vec<(String, String)>>,
    mirror: &Mirror,
) -> (String, String) {
    let course_title = items.get("").and_then(|all| all.first()).map(|(_, title)| title.as_str());
    let course_title = course_title.unwrap_or_default();
    // A resource that several items launch is told by its own identifier.
    let (unit, title) = match items.get(resource).map(Vec::as_slice) {
        Some([(item, title)]) => (item.as_str(), title.as_str()),
        _ => (resource, course_title),
    };
    let sco = format!("{}/{}", mirror.activity, utf8_percent_encode(unit, SEGMENT));
    let settings = json!({
        "endpoint": mirror.endpoint,
        "authorization": mirror.authorization,
        "homePage": mirror.home_page,
        "isPassive": mirror.is_passive,
        "launch": format!("./{launch}"),
        "about": { "course": mirror.activity, "courseTitle": course_title, "sco": sco,
            "title": title },
    });
    // Within a script, the sign that could end it is written otherwise.
    let settings = settings.to_string().replace('<', "\\u003c");
    let page = PAGE.replacen("{SCRIPT}", SCRIPT, 1).replacen("{SETTINGS}", &settings, 1);
    (sco, page.replacen("{TITLE}", &escaped(title), 1))
}

/// Identifier and title of the items by the resource that they launch; those of the
/// organizations, the default one first, under no resource.
fn items(root: Node<'_, '_>) -> HashMap<String, Vec<(String, String)>> {
    let mut items: HashMap<String, Vec<(String, String)>> = HashMap::new();
    let default = child(root, "organizations").and_then(|all| attribute(all, "default"));
    for node in root.descendants().filter(Node::is_element) {
        let id = attribute(node, "identifier").unwrap_or_default();
        let named = (id.to_owned(), child_text(node, "title"));
        match node.tag_name().name() {
            "item" => {
                let reference = attribute(node, "identifierref").unwrap_or_default();
                if !reference.is_empty() {
                    items.entry(reference.to_owned()).or_default().push(named);
                }
            }
            "organization" => {
                let organizations = items.entry(String::new()).or_default();
                let at = if default == Some(id) { 0 } else { organizations.len() };
                organizations.insert(at, named);
            }
            _ => {}
        }
    }
    items
}

/// Whether a page is one that this made.
fn is_own(page: &str) -> bool {
    let number = page.strip_prefix("traccia-").and_then(|rest| rest.strip_suffix(".html"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn free_name<R: Read + Seek>(archive: &Archive<R>, folder: &str, from: usize) -> String {
    let names = (from..).map(|number| format!("traccia-{number}.html"));
    let mut free = names.filter(|name| archive.like(&format!("{folder}{name}")).is_none());
    free.next().unwrap_or_default()
}

/// The place and text of the element that lists a file of the resource.
fn listed(resource: Node<'_, '_>, text: &str, href: &str) -> (std::ops::Range<usize>, String) {
    let range = resource.range();
    let source = text.get(range.clone()).unwrap_or_default();
    let name =
        source.trim_start_matches('<').split(|c: char| c.is_whitespace() || "/>".contains(c));
    let name = name.into_iter().next().unwrap_or("resource");
    let prefix = name.rsplit_once(':').map(|(prefix, _)| format!("{prefix}:")).unwrap_or_default();
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// The text with its edits made, which do not overlap.
fn edited(text: &str, mut edits: Edits) -> String {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut made, mut at) = (String::with_capacity(text.len()), 0);
    for (range, new) in edits {
        made += text.get(at..range.start).unwrap_or_default();
        made += &new;
        at = range.end;
    }
    made + text.get(at..).unwrap_or_default()
}

/// A manifest that says that it is UTF-8, whatever it was.
fn in_utf_8(text: &str) -> String {
    let declared = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    match declared {
        Some((declaration, rest)) if declaration.contains("encoding") => {
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{rest}")
        }
        _ => text.to_owned(),
    }
}

fn copy<R: Read + Seek, W: Write + Seek>(
    reader: R,
    writer: W,
    manifest: &str,
    wrapped: &[Wrapped],
) -> Result<(), ZipError> {
    let mut archive = ZipArchive::new(reader)?;
    let mut writer = ZipWriter::new(writer);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    writer.start_file(MANIFEST, options)?;
    writer.write_all(manifest.as_bytes())?;
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index)?;
        if file.name_raw() != MANIFEST.as_bytes() {
            writer.raw_copy_file(file)?;
        }
    }
    for Wrapped { name, page, .. } in wrapped {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(page.as_bytes())?;
    }
    writer.finish()?;
    Ok(())
}
