//! What a list of learners says that is hardly meant. The list is taken all the same.

use std::collections::{BTreeMap, BTreeSet};

use texts::Message;

use super::error::clipped;
use super::identifier::Identifier;
use super::learner::Learner;
use super::learner_list::LearnerList;
use super::near::{near, offer};
use super::territory::{self, Municipality, Territories};

/// Lines and values of a warning that are listed.
const LISTED: usize = 10;

/// What many lines of a list have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListWarning {
    /// Its name for programs. `list-warning-KIND` in the catalogue says what is wrong, and what to do.
    pub kind: &'static str,
    /// How many lines it is about.
    pub count: usize,
    /// The first of them, in the order of the file.
    pub lines: Vec<u64>,
    /// The first values at fault, each once, with what may have been meant.
    pub values: Vec<Message>,
}

impl ListWarning {
    /// Every kind that there is.
    pub const KINDS: [&'static str; 10] = [
        WarningKind::Swapped.as_str(),
        WarningKind::Region.as_str(),
        WarningKind::Unlisted.as_str(),
        WarningKind::Province.as_str(),
        WarningKind::IstatZero.as_str(),
        WarningKind::IstatElsewhere.as_str(),
        WarningKind::IstatFormer.as_str(),
        WarningKind::IstatUnknown.as_str(),
        WarningKind::Comma.as_str(),
        WarningKind::Slash.as_str(),
    ];
}

/// What is wrong with a value, in the order in which warnings are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum WarningKind {
    Swapped,
    Region,
    Unlisted,
    Province,
    IstatZero,
    IstatElsewhere,
    IstatFormer,
    IstatUnknown,
    Comma,
    Slash,
}

impl LearnerList {
    /// What is to be warned of, with the lines of the file that the list was read from.
    ///
    /// Where the territories are Italy's, regions, provinces and ISTAT codes are held against ISTAT's list of
    /// municipalities, unless not one of them is in it: then the learners do not work in Italy. Where the territories
    /// are a list, regions are held against that list.
    pub fn warnings(&self, territories: &Territories) -> Vec<ListWarning> {
        let mut found = FoundWarnings::default();
        let mut places: BTreeMap<[&str; 3], Vec<u64>> = BTreeMap::new();
        for (line, learner) in self.with_lines() {
            let Learner { region, province, istat, .. } = learner;
            places.entry([region, province, istat]).or_default().push(line);
            identifiers(line, learner, &mut found);
        }
        match territories {
            Territories::Regions(regions) => {
                found.add_places(&places, |[region, ..], _| unlisted(region, regions));
            }
            Territories::Italy if places.keys().any(|place| is_italian(*place)) => {
                found.add_places(&places, |place, found| {
                    faults_of(place, |kind| found.wants_values(kind))
                });
            }
            Territories::Italy | Territories::Any => {}
        }
        found.warnings()
    }
}

#[derive(Default)]
struct FoundWarnings(BTreeMap<WarningKind, (Vec<u64>, Vec<Message>)>);

impl FoundWarnings {
    fn add(&mut self, kind: WarningKind, line: u64, value: &Message) {
        let (lines, values) = self.0.entry(kind).or_default();
        lines.push(line);
        if values.len() < LISTED && !values.contains(value) {
            values.push(value.clone());
        }
    }

    /// Adds what is wrong with places, each of which stands on some lines.
    fn add_places(
        &mut self,
        places: &BTreeMap<[&str; 3], Vec<u64>>,
        faults_of: impl Fn([&str; 3], &Self) -> Vec<(WarningKind, Message)>,
    ) {
        for (place, lines) in places {
            for (kind, value) in faults_of(*place, self) {
                for line in lines {
                    self.add(kind, *line, &value);
                }
            }
        }
    }

    /// Whether further values of a kind are listed.
    fn wants_values(&self, kind: WarningKind) -> bool {
        self.0.get(&kind).is_none_or(|(_, values)| values.len() < LISTED)
    }

    fn warnings(self) -> Vec<ListWarning> {
        let warning = |(kind, (mut lines, values)): (WarningKind, (Vec<u64>, _))| {
            lines.sort_unstable();
            lines.dedup();
            let count = lines.len();
            lines.truncate(LISTED);
            ListWarning { kind: kind.as_str(), count, lines, values }
        };
        self.0.into_iter().map(warning).collect()
    }
}

fn identifiers(line: u64, learner: &Learner, found: &mut FoundWarnings) {
    for identifier in &learner.identifiers {
        let text = identifier.to_string();
        let after_comma = || text.split(',').skip(1).map(str::trim_start);
        let is_identifier = |text: &str| {
            let kinds = ["account:", "mailto:", "mbox:", "mbox_sha1sum:", "openid:"];
            kinds.iter().any(|kind| text.starts_with(kind))
        };
        let is_joined = match identifier {
            Identifier::Mbox(mbox) => mbox.contains(','),
            _ => after_comma().any(is_identifier),
        };
        if is_joined {
            found.add(WarningKind::Comma, line, &value(&text));
        }
        if let Identifier::Account { home_page, .. } = identifier
            && home_page.ends_with('/')
        {
            found.add(WarningKind::Slash, line, &value(home_page));
        }
    }
}

/// A region that is not among those of the course file.
fn unlisted(region: &str, regions: &BTreeSet<String>) -> Vec<(WarningKind, Message)> {
    if region.is_empty() || regions.contains(region) {
        return Vec::new();
    }
    let near = near(region, regions.iter().map(String::as_str));
    let value = Message::new("value-near").with("text", clipped(region));
    vec![(WarningKind::Unlisted, value.with_value("near", offer(&near)))]
}

fn is_italian([region, province, istat]: [&str; 3]) -> bool {
    let is_place = |text| territory::region_called(text).is_some() || territory::is_province(text);
    let is_code = || !matches!(Municipality::of(&padded(istat)), Municipality::Unknown);
    is_place(region) || is_place(province) || is_code()
}

/// What is wrong with a region, province and ISTAT code, each with the value that shows it. The names
/// that were meant are looked for where the value is `wanted`.
fn faults_of(
    [region, province, istat]: [&str; 3],
    wanted: impl Fn(WarningKind) -> bool,
) -> Vec<(WarningKind, Message)> {
    let mut faults = Vec::new();
    let (known_region, is_province) =
        (territory::region_called(region), territory::is_province(province));
    let is_swapped = !is_province
        && territory::is_province(region)
        && territory::region_called(province).is_some();
    if is_swapped {
        faults.push((WarningKind::Swapped, value(&format!("{region}, {province}"))));
    } else {
        let with_near = |kind, text: &str, names: &mut dyn Iterator<Item = &'static str>| {
            let near = if wanted(kind) { near(text, names) } else { Vec::new() };
            Message::new("value-near").with("text", clipped(text)).with_value("near", offer(&near))
        };
        if !region.is_empty() && known_region.is_none() {
            let value = with_near(WarningKind::Region, region, &mut territory::regions());
            faults.push((WarningKind::Region, value));
        }
        if !province.is_empty() && !is_province {
            let value = with_near(WarningKind::Province, province, &mut territory::all_names());
            faults.push((WarningKind::Province, value));
        }
    }
    if !istat.is_empty() {
        let (region, province) = if is_swapped { (province, region) } else { (region, province) };
        faults.extend(fault_of_code(istat, region, province));
    }
    faults
}

fn fault_of_code(istat: &str, region: &str, province: &str) -> Option<(WarningKind, Message)> {
    match Municipality::of(istat) {
        Municipality::Unknown => {
            let lacks_zero = !matches!(Municipality::of(&padded(istat)), Municipality::Unknown);
            let kind = if lacks_zero { WarningKind::IstatZero } else { WarningKind::IstatUnknown };
            Some((kind, value(istat)))
        }
        Municipality::Known(of) | Municipality::Former(of) => {
            let is_region = territory::region_called(region).is_none_or(|it| it == of.region);
            let is_province =
                !territory::is_province(province) || territory::may_be_called(of, province);
            if !is_region || !is_province {
                let text = format!("{istat}: {}, {}", of.name, of.region);
                return Some((WarningKind::IstatElsewhere, value(&text)));
            }
            of.until.map(|until| (WarningKind::IstatFormer, value(&format!("{istat}: {until}"))))
        }
    }
}

/// A value at fault as it stands in the list.
fn value(text: &str) -> Message {
    Message::new("value-near").with("text", clipped(text)).with("near", "")
}

/// A code of four or five digits with the zeros that a spreadsheet drops.
fn padded(istat: &str) -> String {
    if (4..6).contains(&istat.len()) { format!("{istat:0>6}") } else { istat.to_owned() }
}

impl WarningKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Swapped => "region-province-swapped",
            Self::Region => "region-unknown",
            Self::Unlisted => "region-unlisted",
            Self::Province => "province-unknown",
            Self::IstatZero => "istat-without-zero",
            Self::IstatElsewhere => "istat-elsewhere",
            Self::IstatFormer => "istat-former",
            Self::IstatUnknown => "istat-unknown",
            Self::Comma => "identifiers-joined",
            Self::Slash => "home-page-slash",
        }
    }
}
