//! The regions, provinces and municipalities of Italy, to hold lists of learners against. The facts
//! are ISTAT's and have a date: what is not among them may be newer than they are.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use super::heading::folded;

const TABLE: &str = include_str!("provinces.tsv");

static PROVINCES: LazyLock<Vec<Province>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(Province::read).collect()
});

/// What has no part in telling a name from another one.
const FILLERS: [&str; 16] = [
    "autonoma",
    "citta",
    "comunale",
    "consorzio",
    "d",
    "della",
    "dell",
    "di",
    "e",
    "l",
    "libero",
    "metropolitana",
    "nell",
    "p",
    "provincia",
    "regione",
];

/// By these names people mean the region, too: its two provinces have the powers of regions.
const TRENTINO: [&str; 4] = ["Trento", "Bolzano", "Trentino", "Alto Adige"];
const TRENTINO_CODE: &str = "022";

/// The province of this code is not called as its chief town is.
const AOSTA: (&str, &str) = ("Aosta", "007");

/// Of a car plate, in letters.
const LONGEST_PLATE: usize = 2;

/// A province or metropolitan city, today's or one that is no more.
#[derive(Debug)]
pub(super) struct Province {
    code: &'static str,
    plate: &'static str,
    pub(super) name: &'static str,
    pub(super) region: &'static str,
    /// The last day on which official statistics used its code.
    pub(super) until: Option<&'static str>,
    numbers: Vec<RangeInclusive<u16>>,
    /// Its names, as [`key_of`] makes them.
    called: Vec<String>,
}

/// What regions and provinces are called: a list may have tens of thousands of names to look up.
struct Called {
    /// By [`key_of`] the name.
    regions: HashMap<String, &'static str>,
    /// The names, and the car plates in capital letters.
    provinces: HashSet<String>,
    plates: HashSet<String>,
}

static CALLED: LazyLock<Called> = LazyLock::new(|| {
    let mut regions = HashMap::new();
    for province in PROVINCES.iter() {
        for name in names(province.region) {
            regions.entry(key_of(name)).or_insert(province.region);
        }
    }
    let trentino = PROVINCES.iter().find(|it| it.code == TRENTINO_CODE).map(|it| it.region);
    regions.extend(trentino.into_iter().flat_map(|it| TRENTINO.map(|name| (key_of(name), it))));
    let provinces = PROVINCES.iter().flat_map(|it| it.called.iter().cloned()).collect();
    let plates = PROVINCES.iter().map(|it| it.plate.to_ascii_uppercase()).collect();
    Called { regions, provinces, plates }
});

impl Province {
    fn read(line: &'static str) -> Option<Self> {
        let mut parts = line.split('\t');
        let (code, plate, name, region) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let until = parts.next().filter(|day| !day.is_empty());
        let range = |text: &str| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            Some(first.parse().ok()?..=last.parse().ok()?)
        };
        let numbers: Option<Vec<_>> = parts.next()?.split(' ').map(range).collect();
        let also = (code == AOSTA.1).then_some(AOSTA.0);
        let called = names(name).chain(also).map(key_of).collect();
        Some(Self { code, plate, name, region, until, numbers: numbers?, called })
    }
}

/// What an ISTAT code of a municipality is.
#[derive(Debug)]
pub(super) enum Municipality {
    /// In the list, in this province.
    Known(&'static Province),
    /// Of a province that is no more.
    Former(&'static Province),
    /// Not in the list: merged, newer, or wrong.
    Unknown,
}

impl Municipality {
    /// Looks a code of six digits up.
    pub(super) fn of(code: &str) -> Self {
        let (Some(province), Some(number)) = (code.get(..3), code.get(3..)) else {
            return Self::Unknown;
        };
        let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        let Some(number) = number.parse::<u16>().ok().filter(|_| is_code) else {
            return Self::Unknown;
        };
        let has = |it: &&Province| {
            it.code == province && it.numbers.iter().any(|range| range.contains(&number))
        };
        match PROVINCES.iter().find(has) {
            Some(province) if province.until.is_some() => Self::Former(province),
            Some(province) => Self::Known(province),
            None => Self::Unknown,
        }
    }
}

/// The official name of the region that is called so, whatever its case, accents and hyphens.
pub(super) fn region_called(text: &str) -> Option<&'static str> {
    CALLED.regions.get(&key_of(text)).copied()
}

/// Whether a text is the name of a region of Italy, letter by letter.
pub fn is_region(text: &str) -> bool {
    regions().any(|name| name == text)
}

/// Whether a text is the ISTAT code of a municipality of Italy.
pub fn is_municipality(text: &str) -> bool {
    matches!(Municipality::of(text), Municipality::Known(_))
}

/// Whether a province, of today or before, is called so or has this car plate.
pub(super) fn is_province(text: &str) -> bool {
    let plate = text.trim();
    let is_plate =
        plate.len() <= LONGEST_PLATE && CALLED.plates.contains(&plate.to_ascii_uppercase());
    is_plate || CALLED.provinces.contains(&key_of(text))
}

/// Whether this is the province that is called so. Where it is no more, those that came after it
/// are called otherwise, and nothing is said.
pub(super) fn may_be_called(province: &Province, text: &str) -> bool {
    province.until.is_some()
        || province.plate.eq_ignore_ascii_case(text.trim())
        || province.called.contains(&key_of(text))
}

/// The names of all regions and of all provinces.
pub(super) fn all_names() -> impl Iterator<Item = &'static str> {
    regions().chain(PROVINCES.iter().flat_map(|it| names(it.name)))
}

/// The names of all regions.
pub(super) fn regions() -> impl Iterator<Item = &'static str> {
    PROVINCES.iter().flat_map(|it| names(it.region))
}

/// A name in each of its languages.
fn names(name: &'static str) -> impl Iterator<Item = &'static str> {
    let alone = name.contains('/').then_some(name);
    name.split('/').chain(alone)
}

/// What tells a name from another one: its words but for [`FILLERS`], each once and in order.
fn key_of(text: &str) -> String {
    let folded = folded(text);
    let words = folded.split(' ').filter(|word| !word.is_empty() && !FILLERS.contains(word));
    words.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_whole_and_holds_as_many_municipalities_as_there_are() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(PROVINCES.len(), rows);
        let current = PROVINCES.iter().filter(|it| it.until.is_none());
        let count: usize =
            current.flat_map(|it| &it.numbers).map(|range| range.clone().count()).sum();
        assert_eq!(count, 7_896);
        let regions: BTreeSet<&str> = PROVINCES.iter().map(|it| it.region).collect();
        assert_eq!(regions.len(), 20);
    }

    #[test]
    fn a_code_is_of_a_province_of_a_former_one_or_unknown() {
        let Municipality::Known(perugia) = Municipality::of("054039") else { panic!("Perugia") };
        assert_eq!((perugia.name, perugia.region), ("Perugia", "Umbria"));
        assert!(matches!(Municipality::of("118006"), Municipality::Known(it) if it.plate == "CA"));
        assert!(matches!(Municipality::of("092009"), Municipality::Former(_)));
        for unknown in ["54039", "054999", "999001", "05403x", "0540390", "", "è5403"] {
            assert!(matches!(Municipality::of(unknown), Municipality::Unknown), "{unknown}");
        }
    }

    #[test]
    fn regions_and_provinces_are_known_as_people_write_them() {
        for name in ["EMILIA ROMAGNA", "Emilia-Romagna", "Regione Emilia-Romagna"] {
            assert_eq!(region_called(name), Some("Emilia-Romagna"), "{name}");
        }
        for name in ["Valle d'Aosta", "Vallée d'Aoste", "Valle d'Aosta/Vallée d'Aoste"] {
            assert!(region_called(name).is_some(), "{name}");
        }
        for name in ["Trentino Alto Adige", "Südtirol", "Provincia autonoma di Trento"] {
            assert_eq!(region_called(name), Some("Trentino-Alto Adige/Südtirol"), "{name}");
        }
        for name in ["Perugia", "PG", "Reggio Emilia", "Monza e Brianza", "Aosta", "Bozen", "MB"] {
            assert!(is_province(name), "{name}");
        }
        assert!(is_province("Reggio nell'Emilia") && is_province("Città metropolitana di Milano"));
        assert!(region_called("Perugia").is_none() && !is_province("Umbria"));
        assert!(region_called("").is_none() && !is_province(""));
    }
}
