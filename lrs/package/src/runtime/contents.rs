//! A SCORM package as the player needs it: the default organization with what its items launch.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use roxmltree::Node;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::launch::Sco;
use super::sequencing;
use crate::archive::Archive;
use crate::check::check;
use crate::finding::{Findings, Place};
use crate::href;
use crate::limits::Limits;
use crate::report::{Kind, Report};
use crate::rule::{Rule, Severity};
use crate::xml::{Manifest, attribute, child, child_text, children, decode};

const MANIFEST: &str = "imsmanifest.xml";
/// The longest title, in characters: each statement has those of its SCO and its package.
const LONGEST_TITLE: usize = 300;
/// What of a path a URL does not take as it is.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What the player shows of a package. Its JSON is kept with the version and given to the player.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageContents {
    /// The standard.
    pub standard: Kind,
    /// The identifier of the organization.
    pub identifier: String,
    /// Its title.
    pub title: String,
    /// Its sequencing, as the manifest has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencing: Option<Value>,
    /// Whether global objectives are the learner's for good, and not of one attempt alone
    /// (`adlseq:objectivesGlobalToSystem`, SCORM 2004 CAM 3.4.1.6).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub objectives_global_to_system: bool,
    /// Whether what SCOs share is the learner's for good, and not of one attempt alone
    /// (`adlcp:sharedDataGlobalToSystem`, SCORM 2004 4th edition CAM 3.4.1.6).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub shared_data_global_to_system: bool,
    /// The hosts that its files load scripts, images or films from, as far as the check finds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Its items.
    pub items: Vec<Item>,
}

/// An item of the organization, or of another item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Item {
    /// What it asks of the platform.
    #[serde(flatten)]
    pub sco: Sco,
    /// Whether menus show the item.
    pub is_visible: bool,
    /// The URL that is launched, relative to the package's root; nothing for a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch: Option<String>,
    /// Whether it reports. What does not is done when it was shown.
    pub is_sco: bool,
    /// `adlcp:prerequisites` of SCORM 1.2.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prerequisites: String,
    /// The controls that the player hides (`adlnav:hideLMSUI`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hide: Vec<String>,
    /// Its sequencing, as the manifest has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequencing: Option<Value>,
    /// `adlcp:data` and `adlcp:completionThreshold`, as the manifest has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Value>,
    /// The items below.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}

impl PackageContents {
    /// Reads a package. One that is not SCORM, has nothing to launch, or has errors, is refused with the report of its check.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn read<R: Read + Seek>(
        mut reader: R,
        limits: &Limits,
    ) -> io::Result<Result<Self, Report>> {
        let mut report = check(&mut reader, limits)?;
        let kind = report.kind.filter(|kind| *kind == Kind::Scorm12 || kind.is_2004());
        if report.findings.count(Severity::Error) > 0 {
            return Ok(Err(report));
        }
        reader.seek(SeekFrom::Start(0))?;
        let found = match kind {
            Some(kind) => read(&mut reader, limits, kind)?
                .filter(|it| it.all().any(|item| item.launch.is_some())),
            None => None,
        };
        let found = found.map(|found| Self { hosts: hosts(&report), ..found });
        let Some(found) = found else {
            report.findings.add(Rule::PlayNotScorm, Place::WHOLE, []);
            return Ok(Err(report));
        };
        let size = serde_json::to_vec(&found).map_err(io::Error::other)?.len();
        if size > limits.contents_bytes {
            report.findings.add(Rule::PlayLarge, Place::WHOLE, [&size, &limits.contents_bytes]);
            return Ok(Err(report));
        }
        Ok(Ok(found))
    }

    /// All items, in the order of the manifest, a group before what is in it.
    pub fn all(&self) -> impl Iterator<Item = &Item> {
        let mut open: Vec<&Item> = self.items.iter().rev().collect();
        std::iter::from_fn(move || {
            let next = open.pop()?;
            open.extend(next.items.iter().rev());
            Some(next)
        })
    }

    /// The items that report.
    pub fn scos(&self) -> impl Iterator<Item = &Item> {
        self.all().filter(|item| item.is_sco && item.launch.is_some())
    }

    /// What the manifest says of the SCO of this item.
    pub fn sco(&self, identifier: &str) -> Option<&Sco> {
        self.scos().map(|item| &item.sco).find(|sco| sco.identifier == identifier)
    }
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_yes(is_so: &bool) -> bool {
    *is_so
}

/// The hosts that a check says are loaded from.
fn hosts(report: &Report) -> Vec<String> {
    let is_loaded = |rule| matches!(rule, Rule::HostLoaded | Rule::MixedContent);
    let found = report.findings.iter().filter(|finding| is_loaded(finding.rule));
    let values = found.flat_map(|finding| &finding.values);
    let hosts = values.filter(|(name, _)| *name == "host").map(|(_, host)| host.clone());
    // What is no name of a host must not stand in a policy.
    let is_name = |it: &String| it.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c));
    hosts.filter(is_name).collect()
}

fn read<R: Read + Seek>(
    reader: R,
    limits: &Limits,
    kind: Kind,
) -> io::Result<Option<PackageContents>> {
    // The check has told what is wrong with these.
    let told = &mut Findings::new(1);
    let Some(mut archive) = Archive::open(reader, limits, told)? else { return Ok(None) };
    let bytes = archive.text(MANIFEST, limits.manifest_bytes, told);
    let text = bytes.and_then(|bytes| decode(MANIFEST, &bytes, told));
    let Some(text) = text else { return Ok(None) };
    let Some(manifest) = Manifest::parse(MANIFEST, &text, limits, told) else { return Ok(None) };
    Ok(organization(&manifest, &archive, kind))
}

fn organization<R>(
    manifest: &Manifest<'_>,
    archive: &Archive<R>,
    kind: Kind,
) -> Option<PackageContents>
where
    R: Read + Seek,
{
    let root = manifest.root();
    let all = child(root, "organizations")?;
    let default = attribute(all, "default");
    let is_default =
        |it: &Node<'_, '_>| default.is_none() || attribute(*it, "identifier") == default;
    let chosen = children(all, "organization").find(is_default);
    let node = chosen.or_else(|| child(all, "organization"))?;
    let resources = child(root, "resources");
    let resources = resources.into_iter().flat_map(|it| children(it, "resource"));
    let resources = resources.filter_map(|it| Some((attribute(it, "identifier")?.to_owned(), it)));
    let collection = child(root, "sequencingCollection").into_iter();
    let collection = collection.flat_map(|all| children(all, "sequencing"));
    // Of one identifier the first counts.
    let mut sequencings = HashMap::new();
    for (id, shared) in collection.filter_map(|it| Some((attribute(it, "ID")?.to_owned(), it))) {
        sequencings.entry(id).or_insert(shared);
    }
    let resources = resources.collect();
    let reading = Reading { manifest, archive, resources, sequencings, kind };
    let items = children(node, "item").map(|item| reading.item(item)).collect();
    let is_global =
        |name: &str| attribute(node, name).is_none_or(|it| !matches!(it.trim(), "false" | "0"));
    Some(PackageContents {
        standard: kind,
        identifier: attribute(node, "identifier").unwrap_or_default().to_owned(),
        title: title(node),
        sequencing: sequencing::of(&reading.sequencings, node),
        objectives_global_to_system: is_global("objectivesGlobalToSystem"),
        shared_data_global_to_system: is_global("sharedDataGlobalToSystem"),
        hosts: Vec::new(),
        items,
    })
}

struct Reading<'a, 'i, R> {
    manifest: &'a Manifest<'i>,
    archive: &'a Archive<R>,
    resources: HashMap<String, Node<'a, 'i>>,
    /// The sequencing collection.
    sequencings: HashMap<String, Node<'a, 'i>>,
    kind: Kind,
}

impl<R: Read + Seek> Reading<'_, '_, R> {
    fn item(&self, node: Node<'_, '_>) -> Item {
        let reference = attribute(node, "identifierref").and_then(|it| self.resources.get(it));
        let parameters = attribute(node, "parameters").unwrap_or_default();
        let launch = reference.and_then(|resource| self.launch(*resource, parameters));
        let is_sco = reference.is_some_and(|resource| {
            resource.attributes().any(|it| {
                it.name().eq_ignore_ascii_case("scormtype")
                    && it.value().eq_ignore_ascii_case("sco")
            })
        });
        let sequencing = sequencing::of(&self.sequencings, node);
        let hide = node.descendants().filter(|it| it.tag_name().name() == "hideLMSUI");
        let hide =
            hide.filter(|it| nearest_item(*it) == Some(node)).map(crate::xml::text).collect();
        let asks = ["data", "completionThreshold"];
        let asks = asks.into_iter().filter_map(|name| child(node, name)).map(sequencing::as_json);
        Item {
            sco: self.sco(node, sequencing.as_ref()),
            is_visible: attribute(node, "isvisible") != Some("false"),
            launch,
            is_sco,
            prerequisites: child_text(node, "prerequisites"),
            hide,
            asks: asks.collect(),
            sequencing,
            items: children(node, "item").map(|item| self.item(item)).collect(),
        }
    }

    fn sco(&self, node: Node<'_, '_>, sequencing: Option<&Value>) -> Sco {
        let either = |first: &str, second: &str| {
            let text = child_text(node, first);
            if text.is_empty() { child_text(node, second) } else { text }
        };
        let identifier = attribute(node, "identifier").unwrap_or_default().to_owned();
        let mut sco = Sco {
            identifier,
            title: title(node),
            launch_data: either("datafromlms", "dataFromLMS"),
            max_time_allowed: child_text(node, "maxtimeallowed"),
            time_limit_action: either("timelimitaction", "timeLimitAction"),
            ..Sco::default()
        };
        if !self.kind.is_2004() {
            let score = child_text(node, "masteryscore").parse::<f64>().ok();
            sco.mastery_score = score.filter(|it| it.is_finite());
            return sco;
        }
        sco.completion_threshold = child(node, "completionThreshold").and_then(threshold);
        if let Some(sequencing) = sequencing {
            sequencing::settle(&mut sco, sequencing);
        }
        sco
    }

    /// The URL of a resource, with the parameters of its item.
    fn launch(&self, resource: Node<'_, '_>, parameters: &str) -> Option<String> {
        let href = attribute(resource, "href").filter(|href| !href.is_empty())?;
        let ancestors: Vec<_> = resource.ancestors().collect();
        let base: String = ancestors.iter().rev().filter_map(|it| attribute(*it, "base")).collect();
        let (mut told, place) = (Findings::new(1), self.manifest.at(resource));
        let file = href::resolve(self.archive, &base, href, Rule::HrefMissing, place, &mut told)?;
        let (path, hash) = href.split_once('#').unwrap_or((href, ""));
        let query = path.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let (more, own_hash) = match parameters.split_once('#') {
            Some((more, hash)) => (more, hash),
            None => (parameters, ""),
        };
        let queries = [query, more.trim_start_matches(['?', '&'])];
        let queries: Vec<_> = queries.into_iter().filter(|it| !it.is_empty()).collect();
        let hash = if hash.is_empty() { own_hash } else { hash };
        let mut url = utf8_percent_encode(&file, PATH).to_string();
        for (sign, text) in [('?', queries.join("&")), ('#', hash.to_owned())] {
            if !text.is_empty() {
                url.push(sign);
                url += &text;
            }
        }
        Some(url)
    }
}

/// The title of an organization or item, as long as titles are.
fn title(node: Node<'_, '_>) -> String {
    child_text(node, "title").chars().take(LONGEST_TITLE).collect()
}

fn nearest_item<'a, 'i>(node: Node<'a, 'i>) -> Option<Node<'a, 'i>> {
    node.ancestors().find(|it| it.tag_name().name() == "item")
}

/// The third edition writes the measure as text, the fourth as an attribute that counts where another one says so.
fn threshold(node: Node<'_, '_>) -> Option<f64> {
    let text = crate::xml::text(node);
    let measure = if text.is_empty() {
        attribute(node, "completedByMeasure").filter(|it| matches!(*it, "true" | "1"))?;
        attribute(node, "minProgressMeasure").unwrap_or("1").to_owned()
    } else {
        text
    };
    measure.parse::<f64>().ok().filter(|it| (0.0..=1.0).contains(it))
}
