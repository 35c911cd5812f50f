//! The descriptor of a report: commands, addresses, descriptions and refusals are made of
//! its descriptor.

use std::collections::BTreeMap;
use std::fmt;

use course::Bilingual;
use jiff::civil::Date;

use crate::detail::Detail;
use crate::grouping::{GroupKey, Grouping};
use crate::parameter::Parameter;
use crate::reports::health::DataHealth;
use crate::sessions::SessionPlace;
use crate::table::{Cell, Table};
use crate::view::View;
use crate::words::words;

/// A report: what it is called, what it takes, and how it is made. Two are equal by name.
pub struct Report {
    /// Its name in addresses and commands. `report-NAME` in the catalogue is its title.
    pub name: &'static str,
    /// What it answers, in a few words, for the descriptions of API and commands; with its number in
    /// the list of reports that the programmes ask for, such as R5.
    pub about: &'static str,
    /// What its rows can be told apart by.
    pub grouped: Grouped,
    /// What it takes beside the parameters that all reports on learners take.
    pub own: &'static [Parameter],
    /// What must be given.
    pub required: &'static [Parameter],
    /// What it needs beside the standings of learners.
    pub needs: Needs,
    /// The earlier day that it compares the day of the report with.
    pub compares_with: Option<fn(Date) -> Option<Date>>,
    /// Whether its table may be made of some learners after the other: each row is of one learner, the rows are in the
    /// order of the learners, and neither columns, notes nor totals depend on who they are.
    pub in_parts: bool,
    /// Makes its table.
    pub make: Make,
}

/// What the rows of a report can be told apart by, and what they are where nothing is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouped {
    /// Parts of the course, and what learners have in common.
    Freely(&'static str),
    /// What learners have in common.
    ByLearners,
    /// Nothing: it has a row for each learner, or for each of their parts.
    Not,
}

/// What a report needs beside the standings of learners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Standings,
    /// All that each learner's actors said.
    Details,
    /// That, and what statements call the questions and parts in it.
    DetailsAndNames,
    /// That, and the notes of presence sheets.
    DetailsAndNotes,
}

/// How the table of a report is made.
#[derive(Clone, Copy)]
pub enum Make {
    /// Of learners and where they stand.
    OfLearners(fn(&Asked<'_>) -> Table),
    /// Of what was found about the data of the whole course: it takes no day and no learners.
    OfData(fn(DataHealth<'_>) -> Table),
}

/// What a report on learners is made of.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The learners that the reader may see and asked for.
    pub view: View<'a>,
    /// The same on the day that the report compares with; that of the report where there is none.
    pub earlier: View<'a>,
    /// By what rows are told apart.
    pub grouping: &'a Grouping,
    /// Of each learner what was said, where the report needs it.
    pub details: &'a [Detail],
    /// The notes of presence sheets by the ids of their statements, where the report needs them.
    pub notes: &'a BTreeMap<String, String>,
    /// What statements call questions and parts of activities, by their IRIs, where the report needs them. One that no
    /// statement names is not there.
    pub names: &'a BTreeMap<String, Bilingual>,
    /// [`Parameter::Expand`].
    pub expand: bool,
    /// [`Parameter::Session`].
    pub session: Option<SessionPlace<'a>>,
}

static NO_NOTES: BTreeMap<String, String> = BTreeMap::new();
static NO_NAMES: BTreeMap<String, Bilingual> = BTreeMap::new();

impl<'a> Asked<'a> {
    /// What statements call a question or a part, by its IRI.
    pub(crate) fn name_of(&self, object: &str) -> Cell {
        self.names.get(object).map_or(Cell::Empty, |name| Cell::bilingual(name.clone()))
    }

    /// With nothing but these learners and this grouping.
    pub fn new(view: View<'a>, grouping: &'a Grouping) -> Self {
        Self {
            earlier: view.clone(),
            view,
            grouping,
            details: &[],
            notes: &NO_NOTES,
            names: &NO_NAMES,
            expand: false,
            session: None,
        }
    }
}

impl Report {
    /// A report on learners that takes no grouping and needs nothing further: what a descriptor
    /// says beside its name, text and function differs from this.
    pub(crate) const fn plain(
        name: &'static str,
        about: &'static str,
        make: fn(&Asked<'_>) -> Table,
    ) -> Self {
        Self {
            name,
            about,
            grouped: Grouped::Not,
            own: &[],
            required: &[],
            needs: Needs::Standings,
            compares_with: None,
            in_parts: false,
            make: Make::OfLearners(make),
        }
    }

    /// Its title for people.
    pub fn title(&self) -> Bilingual {
        words(&format!("report-{}", self.name))
    }

    /// Whether it is about the data and not about learners.
    pub const fn is_of_data(&self) -> bool {
        matches!(self.make, Make::OfData(_))
    }

    /// The parameters that it takes; any other is refused.
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut all = Parameter::OF_ALL_REPORTS.to_vec();
        if self.is_of_data() {
            return all;
        }
        if self.grouped != Grouped::Not {
            all.extend([Parameter::By, Parameter::SmallGroups]);
        }
        all.extend(Parameter::OF_LEARNERS);
        all.extend(self.own);
        all
    }

    /// The grouping where nothing is asked.
    pub const fn usual_grouping(&self) -> &'static str {
        match self.grouped {
            Grouped::Freely(usual) => usual,
            Grouped::ByLearners | Grouped::Not => "",
        }
    }

    /// The first key of a grouping by which its rows cannot be told apart.
    pub fn refused_key<'g>(&self, grouping: &'g Grouping) -> Option<&'g GroupKey> {
        let mut keys = grouping.keys().iter();
        match self.grouped {
            Grouped::Freely(_) => None,
            Grouped::ByLearners => keys.find(|key| !key.is_of_learners()),
            Grouped::Not => keys.next(),
        }
    }
}

impl PartialEq for Report {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Report {}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Report").field(&self.name).finish()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
