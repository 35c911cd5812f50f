//! The regions, provinces and municipalities of Italy, to hold learner lists against. `provinces.tsv` is
//! ISTAT's and has a date: what is not among them may be newer. `italy.toml` has the other facts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::heading::folded;

const TABLE: &str = include_str!("provinces.tsv");

static PROVINCES: LazyLock<Vec<Province>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(Province::read).collect()
});

static FACTS: LazyLock<Facts> = LazyLock::new(Facts::read);

/// The facts of `italy.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    hours_per_year: f64,
    fillers: Vec<String>,
    /// By the code of a province.
    regions_also: BTreeMap<String, Vec<String>>,
    /// By the code of the province.
    provinces_also: BTreeMap<String, Vec<String>>,
}

impl Facts {
    #[expect(clippy::expect_used, reason = "a part of the program, which the tests below read")]
    fn read() -> Self {
        toml::from_str(include_str!("italy.toml")).expect("the facts of Italy")
    }
}

/// Of a car plate, in letters.
const LONGEST_PLATE: usize = 2;

/// A province or metropolitan city, today's or one that is no more.
#[derive(Debug)]
pub(crate) struct Province {
    code: &'static str,
    plate: &'static str,
    pub(crate) name: &'static str,
    pub(crate) region: &'static str,
    /// The last day on which official statistics used its code.
    pub(crate) until: Option<&'static str>,
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
    for (code, names) in &FACTS.regions_also {
        if let Some(province) = PROVINCES.iter().find(|it| it.code == code) {
            regions.extend(names.iter().map(|name| (key_of(name), province.region)));
        }
    }
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
        let also = FACTS.provinces_also.get(code).into_iter().flatten().map(String::as_str);
        let called = names(name).chain(also).map(key_of).collect();
        Some(Self { code, plate, name, region, until, numbers: numbers?, called })
    }
}

/// What an ISTAT code of a municipality is.
#[derive(Debug)]
pub(crate) enum Municipality {
    /// In the list, in this province.
    Known(&'static Province),
    /// Of a province that is no more.
    Former(&'static Province),
    /// Not in the list: merged, newer, or wrong.
    Unknown,
}

impl Municipality {
    /// Looks a code of six digits up.
    pub(crate) fn of(code: &str) -> Self {
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
pub(crate) fn region_called(text: &str) -> Option<&'static str> {
    CALLED.regions.get(&key_of(text)).copied()
}

/// Whether a text is the name of a region of Italy, letter by letter.
pub(super) fn is_region(text: &str) -> bool {
    regions().any(|name| name == text)
}

/// Whether a text is the ISTAT code of a municipality of Italy.
pub(super) fn is_municipality(text: &str) -> bool {
    matches!(Municipality::of(text), Municipality::Known(_))
}

/// Whether a province, of today or before, is called so or has this car plate.
pub(crate) fn is_province(text: &str) -> bool {
    let plate = text.trim();
    let is_plate =
        plate.len() <= LONGEST_PLATE && CALLED.plates.contains(&plate.to_ascii_uppercase());
    is_plate || CALLED.provinces.contains(&key_of(text))
}

/// Whether this is the province that is called so. Where it is no more, those that came after it
/// are called otherwise, and nothing is said.
pub(crate) fn may_be_called(province: &Province, text: &str) -> bool {
    province.until.is_some()
        || province.plate.eq_ignore_ascii_case(text.trim())
        || province.called.contains(&key_of(text))
}

/// The names of all regions and of all provinces.
pub(crate) fn all_names() -> impl Iterator<Item = &'static str> {
    regions().chain(PROVINCES.iter().flat_map(|it| names(it.name)))
}

/// The hours of training that an employee is to do in a calendar year.
pub(super) fn hours_per_year() -> f64 {
    FACTS.hours_per_year
}

/// The names of all regions.
pub(crate) fn regions() -> impl Iterator<Item = &'static str> {
    PROVINCES.iter().flat_map(|it| names(it.region))
}

/// A name in each of its languages.
fn names(name: &'static str) -> impl Iterator<Item = &'static str> {
    let alone = name.contains('/').then_some(name);
    name.split('/').chain(alone)
}

/// What tells a name from another one: its words but for the fillers, each once and in order.
fn key_of(text: &str) -> String {
    let folded = folded(text);
    let is_filler = |word: &str| FACTS.fillers.iter().any(|filler| filler == word);
    let words = folded.split(' ').filter(|word| !word.is_empty() && !is_filler(word));
    words.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_name_provinces_that_there_are() {
        assert_eq!(hours_per_year().to_bits(), 40.0_f64.to_bits());
        for code in FACTS.regions_also.keys().chain(FACTS.provinces_also.keys()) {
            assert!(PROVINCES.iter().any(|it| it.code == code), "{code}");
        }
    }

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
