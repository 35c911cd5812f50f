//! What a list of learners says that is hardly meant: nobody of it is refused for that.

use std::collections::BTreeMap;

use super::error::clipped;
use super::identifier::Identifier;
use super::learner::Learner;
use super::learner_list::LearnerList;
use super::near::{near, offer};
use super::territory::{self, Municipality};

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
    /// The first values at fault, each once.
    pub values: Vec<String>,
}

impl ListWarning {
    /// Every kind that there is.
    pub const KINDS: [&'static str; 9] = [
        Fault::Swapped.as_str(),
        Fault::Region.as_str(),
        Fault::Province.as_str(),
        Fault::IstatZero.as_str(),
        Fault::IstatElsewhere.as_str(),
        Fault::IstatFormer.as_str(),
        Fault::IstatUnknown.as_str(),
        Fault::Comma.as_str(),
        Fault::Slash.as_str(),
    ];
}

/// What is wrong with a value, in the order in which warnings are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Swapped,
    Region,
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
    /// Regions, provinces and ISTAT codes are held against ISTAT's list of municipalities, unless
    /// not one of them is in it: then the learners do not work in Italy.
    pub fn warnings(&self) -> Vec<ListWarning> {
        let mut found = Found::default();
        let mut places: BTreeMap<[&str; 3], Vec<u64>> = BTreeMap::new();
        for (line, learner) in self.with_lines() {
            let Learner { region, province, istat, .. } = learner;
            places.entry([region, province, istat]).or_default().push(line);
            identifiers(line, learner, &mut found);
        }
        if places.keys().any(|place| is_italian(*place)) {
            for (place, lines) in &places {
                for (kind, value) in faults_of(*place, |kind| found.wants_values(kind)) {
                    for line in lines {
                        found.add(kind, *line, &value);
                    }
                }
            }
        }
        found.warnings()
    }
}

#[derive(Default)]
struct Found(BTreeMap<Fault, (Vec<u64>, Vec<String>)>);

impl Found {
    fn add(&mut self, kind: Fault, line: u64, value: &str) {
        let (lines, values) = self.0.entry(kind).or_default();
        lines.push(line);
        if values.len() < LISTED && !values.iter().any(|known| *known == clipped(value)) {
            values.push(clipped(value).into_owned());
        }
    }

    /// Whether further values of a kind are listed.
    fn wants_values(&self, kind: Fault) -> bool {
        self.0.get(&kind).is_none_or(|(_, values)| values.len() < LISTED)
    }

    fn warnings(self) -> Vec<ListWarning> {
        let warning = |(kind, (mut lines, values)): (Fault, (Vec<u64>, _))| {
            lines.sort_unstable();
            lines.dedup();
            let count = lines.len();
            lines.truncate(LISTED);
            ListWarning { kind: kind.as_str(), count, lines, values }
        };
        self.0.into_iter().map(warning).collect()
    }
}

fn identifiers(line: u64, learner: &Learner, found: &mut Found) {
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
            found.add(Fault::Comma, line, &text);
        }
        if let Identifier::Account { home_page, .. } = identifier
            && home_page.ends_with('/')
        {
            found.add(Fault::Slash, line, home_page);
        }
    }
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
    wanted: impl Fn(Fault) -> bool,
) -> Vec<(Fault, String)> {
    let mut faults = Vec::new();
    let (known_region, is_province) =
        (territory::region_called(region), territory::is_province(province));
    let is_swapped = !is_province
        && territory::is_province(region)
        && territory::region_called(province).is_some();
    if is_swapped {
        faults.push((Fault::Swapped, format!("{region}, {province}")));
    } else {
        let with_near = |kind, text: &str, names: &mut dyn Iterator<Item = &'static str>| {
            if wanted(kind) {
                format!("{text}{}", offer(&near(text, names)))
            } else {
                String::new()
            }
        };
        if !region.is_empty() && known_region.is_none() {
            let value = with_near(Fault::Region, region, &mut territory::regions());
            faults.push((Fault::Region, value));
        }
        if !province.is_empty() && !is_province {
            let value = with_near(Fault::Province, province, &mut territory::all_names());
            faults.push((Fault::Province, value));
        }
    }
    if !istat.is_empty() {
        let (region, province) = if is_swapped { (province, region) } else { (region, province) };
        faults.extend(fault_of_code(istat, region, province));
    }
    faults
}

fn fault_of_code(istat: &str, region: &str, province: &str) -> Option<(Fault, String)> {
    match Municipality::of(istat) {
        Municipality::Unknown => {
            let lacks_zero = !matches!(Municipality::of(&padded(istat)), Municipality::Unknown);
            let kind = if lacks_zero { Fault::IstatZero } else { Fault::IstatUnknown };
            Some((kind, istat.to_owned()))
        }
        Municipality::Known(of) | Municipality::Former(of) => {
            let is_region = territory::region_called(region).is_none_or(|it| it == of.region);
            let is_province =
                !territory::is_province(province) || territory::may_be_called(of, province);
            if !is_region || !is_province {
                return Some((
                    Fault::IstatElsewhere,
                    format!("{istat}: {}, {}", of.name, of.region),
                ));
            }
            of.until.map(|until| (Fault::IstatFormer, format!("{istat}: {until}")))
        }
    }
}

/// A code of four or five digits with the zeros that a spreadsheet drops.
fn padded(istat: &str) -> String {
    if (4..6).contains(&istat.len()) { format!("{istat:0>6}") } else { istat.to_owned() }
}

impl Fault {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Swapped => "region-province-swapped",
            Self::Region => "region-unknown",
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
