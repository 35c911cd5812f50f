//! A SCORM package that also reports to Traccia: each SCO gets a page around it that hands every
//! call on to the platform and tells Traccia what was said. Content, identifiers and order stay.

use std::collections::{BTreeSet, HashMap};
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

use self::edits::{Edits, copy_of, escaped, in_utf_8, listed, value_of};

mod edits;

const MANIFEST: &str = "imsmanifest.xml";
const PAGE: &str = include_str!("shim/page.html");
const SCRIPT: &str = concat!(
    include_str!("shim/statements.js"),
    include_str!("shim/outbox.js"),
    include_str!("shim/mirror.js"),
);
/// The most SCOs of a package that says when all of them are completed: each page names them all.
const MOST_TOGETHER: usize = 200;
/// What of an identifier an IRI takes as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a package reports to beside its platform.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    /// The xAPI endpoint as the learners' browsers reach it, without a slash at its end.
    pub endpoint: String,
    /// The `Authorization` of its key, which is exchanged for that of a session. Every learner can read it.
    pub authorization: String,
    /// Where the key is exchanged: the address of `POST /api/v1/packages/ticket`.
    pub exchange: String,
    /// The IRI of the course. A SCO is `COURSE/IDENTIFIER`.
    pub activity: String,
    /// The home page of the learners' accounts; that of the platform's pages if missing.
    pub home_page: Option<String>,
    /// Whether the platform is asked nothing that the content does not ask itself.
    pub is_passive: bool,
}

/// A package that was written.
#[derive(Clone, Debug)]
pub struct Shimmed {
    /// The SCOs that report, by their IRI.
    pub scos: Vec<String>,
    /// The check of the package before.
    pub report: Report,
}

/// What a package is written of.
struct Prepared {
    manifest: String,
    wrapped: Vec<Wrapped>,
    report: Report,
}

/// A SCO and the page around it.
struct Wrapped {
    /// The page's name in the package.
    name: String,
    page: String,
    sco: String,
}

/// Writes `reader`'s package with pages that report to `mirror`. The files are copied as they are
/// packed. A package that is not SCORM, has nothing to launch or is not safe to unpack is refused
/// with a report whose findings are the reasons alone.
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
    let Prepared { manifest, wrapped, report } = match prepared(&mut reader, limits, mirror)? {
        Ok(prepared) => prepared,
        Err(report) => return Ok(Err(report)),
    };
    reader.seek(SeekFrom::Start(0))?;
    copy(reader, writer, &manifest, &wrapped).map_err(|error| match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other),
    })?;
    Ok(Ok(Shimmed { scos: wrapped.into_iter().map(|it| it.sco).collect(), report }))
}

/// Why [`shim`] would refuse a package; nothing where it would not.
///
/// # Errors
///
/// Those of the reader.
pub fn shim_refusal<R: Read + Seek>(reader: R, limits: &Limits) -> io::Result<Option<Report>> {
    Ok(prepared(reader, limits, &Mirror::default())?.err())
}

/// The new manifest, the pages and the report of the check, or the report that says why there are none.
fn prepared<R: Read + Seek>(
    mut reader: R,
    limits: &Limits,
    mirror: &Mirror,
) -> io::Result<Result<Prepared, Report>> {
    let mut report = check(&mut reader, limits)?;
    let is_scorm = report.kind.is_some_and(|kind| kind == Kind::Scorm12 || kind.is_2004());
    let is_other = report.kind.is_some() && !is_scorm;
    if !is_other && report.findings.iter().any(|finding| forbids(finding.rule)) {
        report.findings.retain(forbids);
        return Ok(Err(report));
    }
    if !is_scorm || report.reports.units == 0 {
        // An error of the check says it better, as of a manifest that is not where it should be.
        if report.kind.is_some() || !report.findings.has_errors() {
            report.findings = Findings::new(1);
            report.findings.add(Rule::ShimNotScorm, Place::WHOLE, []);
        } else {
            report.findings.retain(|rule| rule.severity() == Severity::Error);
        }
        return Ok(Err(report));
    }
    reader.seek(SeekFrom::Start(0))?;
    let mut refusals = Findings::new(1);
    Ok(match pages(&mut reader, limits, mirror, &mut refusals)? {
        Some((manifest, wrapped)) => Ok(Prepared { manifest, wrapped, report }),
        None => Err(Report { findings: refusals, ..report }),
    })
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
    let Some((wrapped, edits)) = wrap(&manifest, &text, &archive, mirror, findings) else {
        return Ok(None);
    };
    match edits.made_in(&text) {
        Ok(new) => Ok(Some((in_utf_8(&new), wrapped))),
        Err(place) => {
            let line = memchr::memchr_iter(b'\n', text.as_bytes().get(..place).unwrap_or_default());
            let line = u32::try_from(line.count() + 1).unwrap_or(u32::MAX);
            findings.add(Rule::ShimManifest, Place::line(MANIFEST, line), []);
            Ok(None)
        }
    }
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
    let (items, mut identifiers) = (Items::of(root), identifiers(root));
    let (mut units, mut edits) = (Vec::new(), Edits::default());
    for resource in child(root, "resources").into_iter().flat_map(|all| children(all, "resource")) {
        let Some(launched) = Launched::of(resource, manifest, archive) else { continue };
        if is_own(&launched.page) {
            findings.add(Rule::ShimTwice, manifest.at(resource), [&launched.page]);
            return None;
        }
        let id = attribute(resource, "identifier").unwrap_or_default();
        // Platforms launch what the resource says and do not tell the page which item it stands for. So the first
        // item keeps the resource, and each further one gets a resource of its own, with a page of its own.
        for (n, unit) in items.launching(id).into_iter().enumerate() {
            let name = free_name(archive, &launched.within, units.len() + 1);
            let href = format!("{}{name}", launched.folder);
            let full = format!("{href}{}", launched.query);
            if n == 0 {
                edits.replace(launched.range.clone(), escaped(&full));
                edits.add(listed(resource, text, &href));
            } else {
                let copy = free_identifier(&mut identifiers, id, n + 1);
                edits.replace(value_of(unit.item?, "identifierref")?, escaped(&copy));
                edits
                    .insert(resource.range().end, &copy_of(resource, text, &copy, (&href, &full))?);
            }
            let name = format!("{}{name}", launched.within);
            units.push(Unit { name, launch: launched.page.clone(), ..unit });
        }
    }
    if units.is_empty() {
        findings.add(Rule::ShimNotScorm, Place::WHOLE, []);
        return None;
    }
    let scos: Vec<String> = units.iter().map(|unit| unit.iri(mirror)).collect();
    let of_default = units.iter().zip(&scos).filter(|(unit, _)| unit.is_of_default);
    let mut whole: Vec<&String> = of_default.map(|(_, sco)| sco).collect();
    if whole.len() > MOST_TOGETHER {
        whole.clear();
    }
    let pages = units.iter().map(|unit| unit.page(&items.title, mirror, &whole));
    let pages: Vec<String> = pages.collect();
    let names = units.into_iter().map(|unit| unit.name);
    let wrapped = names.zip(pages).zip(scos);
    Some((wrapped.map(|((name, page), sco)| Wrapped { name, page, sco }).collect(), edits))
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

/// A SCO as an item launches it.
#[derive(Clone, Default)]
struct Unit<'a, 'i> {
    /// Nothing where no item launches the resource.
    item: Option<Node<'a, 'i>>,
    /// The identifier of the item, or else of the resource.
    id: String,
    title: String,
    /// Whether the learner must complete it to complete the package.
    is_of_default: bool,
    /// The name of the page around it in the package, and what that page launches.
    name: String,
    launch: String,
}

impl Unit<'_, '_> {
    fn iri(&self, mirror: &Mirror) -> String {
        format!("{}/{}", mirror.activity, utf8_percent_encode(&self.id, SEGMENT))
    }

    /// The page around what it launches. `whole` are the SCOs of the package.
    fn page(&self, course_title: &str, mirror: &Mirror, whole: &[&String]) -> String {
        let settings = json!({
            "endpoint": mirror.endpoint,
            "authorization": mirror.authorization,
            "exchange": mirror.exchange,
            "homePage": mirror.home_page,
            "isPassive": mirror.is_passive,
            "launch": format!("./{}", self.launch),
            "scos": whole,
            "about": { "course": mirror.activity, "courseTitle": course_title, "sco": self.iri(mirror),
                "title": self.title },
        });
        // Within a script, the sign that could end it is written otherwise.
        let settings = settings.to_string().replace('<', "\\u003c");
        let page = PAGE.replacen("{SCRIPT}", SCRIPT, 1).replacen("{SETTINGS}", &settings, 1);
        page.replacen("{TITLE}", &escaped(&self.title), 1)
    }
}

/// The items of a manifest, by the resource that they launch.
struct Items<'a, 'i> {
    launching: HashMap<String, Vec<Unit<'a, 'i>>>,
    /// The title of the default organization, or else of the first.
    title: String,
}

impl<'a, 'i: 'a> Items<'a, 'i> {
    fn of(root: Node<'a, 'i>) -> Self {
        let all = child(root, "organizations");
        let organizations: Vec<_> =
            all.into_iter().flat_map(|all| children(all, "organization")).collect();
        let is_named = |it: &&Node<'_, '_>| {
            attribute(**it, "identifier") == all.and_then(|all| attribute(all, "default"))
        };
        let default = organizations.iter().find(is_named).or(organizations.first()).copied();
        let mut launching: HashMap<String, Vec<Unit<'a, 'i>>> = HashMap::new();
        for item in root.descendants().filter(|it| it.tag_name().name() == "item") {
            let of = attribute(item, "identifierref").unwrap_or_default();
            if !of.is_empty() {
                let id = attribute(item, "identifier").unwrap_or_default().to_owned();
                let is_of_default = item.ancestors().any(|it| Some(it) == default);
                let (item, title) = (Some(item), child_text(item, "title"));
                let unit = Unit { item, id, title, is_of_default, ..Unit::default() };
                launching.entry(of.to_owned()).or_default().push(unit);
            }
        }
        Self { launching, title: default.map(|it| child_text(it, "title")).unwrap_or_default() }
    }

    /// The SCOs that are made of the resource of this identifier: one for each item.
    fn launching(&self, resource: &str) -> Vec<Unit<'a, 'i>> {
        let of_itself = || {
            let (id, title) = (resource.to_owned(), self.title.clone());
            vec![Unit { id, title, ..Unit::default() }]
        };
        self.launching.get(resource).cloned().unwrap_or_else(of_itself)
    }
}

/// All identifiers of a manifest.
fn identifiers(root: Node<'_, '_>) -> BTreeSet<String> {
    let all = root.descendants().filter_map(|it| attribute(it, "identifier"));
    all.map(str::to_owned).collect()
}

/// An identifier that nothing in the manifest has, for a copy of the resource `id`.
#[expect(clippy::expect_used, reason = "there are more numbers than identifiers of a manifest")]
fn free_identifier(taken: &mut BTreeSet<String>, id: &str, from: usize) -> String {
    let mut names = (from..).map(|number| format!("{id}-traccia-{number}"));
    let free = names.find(|name| !taken.contains(name)).expect("a free one");
    taken.insert(free.clone());
    free
}

/// Whether a page is one that [`shim`] made, by its name without folders.
pub(crate) fn is_own(page: &str) -> bool {
    let number = page.strip_prefix("traccia-").and_then(|rest| rest.strip_suffix(".html"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[expect(clippy::expect_used, reason = "there are more numbers than files of an archive")]
fn free_name<R: Read + Seek>(archive: &Archive<R>, folder: &str, from: usize) -> String {
    let names = (from..).map(|number| format!("traccia-{number}.html"));
    let mut free = names.filter(|name| archive.like(&format!("{folder}{name}")).is_none());
    free.next().expect("a free one")
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
