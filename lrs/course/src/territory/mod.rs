//! The territories of a course: what the places in its learner lists are held against.

use std::collections::BTreeSet;

mod italy;

pub(super) use italy::{
    Municipality, all_names, is_province, may_be_called, region_called, regions,
};

/// Where the learners of a course may work: `territories` of the course file.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Territories {
    /// `"italy"`, which is also what a file without the key means: the regions, provinces and municipalities of Italy.
    #[default]
    Italy,
    /// `"any"`: places are taken as they come.
    Any,
    /// A list: these regions, letter by letter. Provinces and municipalities are taken as they come.
    Regions(BTreeSet<String>),
}

impl Territories {
    /// Whether this is the official name of a region, letter by letter; `false` where any may be one.
    pub fn has_region(&self, name: &str) -> bool {
        match self {
            Self::Italy => italy::is_region(name),
            Self::Any => false,
            Self::Regions(regions) => regions.contains(name),
        }
    }

    /// Whether this is the official code of a municipality; `false` where no codes are known.
    pub fn has_municipality(&self, code: &str) -> bool {
        match self {
            Self::Italy => italy::is_municipality(code),
            Self::Any | Self::Regions(_) => false,
        }
    }

    /// The hours of training that an employee is to do in a calendar year where the course file names none: Italy's by
    /// its directive of 2025, elsewhere none.
    pub fn hours_per_year(&self) -> Option<f64> {
        match self {
            Self::Italy => Some(italy::hours_per_year()),
            Self::Any | Self::Regions(_) => None,
        }
    }
}
