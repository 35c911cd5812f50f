//! The parameters of reports, as addresses and commands write them.

/// A parameter of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// By what rows are told apart.
    By,
    /// At the end of which day.
    At,
    /// The format of the answer.
    Format,
    /// Its language.
    Lang,
    /// One learner.
    Learner,
    /// The learners of a region.
    Region,
    /// Those of a province.
    Province,
    /// Those of a body.
    Body,
    /// Those in a role.
    Role,
    /// Those of an office.
    Office,
    /// Those of an edition of the course.
    Edition,
    /// Whether modules are shown with their activities.
    Expand,
    /// A session of an event.
    Session,
    /// Whether small groups are shown.
    SmallGroups,
    /// How long a line may be.
    Width,
}

impl Parameter {
    /// Every parameter, in the order of the API's description.
    pub const EVERY: [Self; 15] = [
        Self::By,
        Self::At,
        Self::Format,
        Self::Lang,
        Self::Learner,
        Self::Region,
        Self::Province,
        Self::Body,
        Self::Role,
        Self::Office,
        Self::Edition,
        Self::Expand,
        Self::Session,
        Self::SmallGroups,
        Self::Width,
    ];

    /// What every report takes: how it is written.
    pub(crate) const OF_ALL_REPORTS: [Self; 3] = [Self::Format, Self::Lang, Self::Width];

    /// What every report on learners takes: the day, and which learners.
    pub(crate) const OF_LEARNERS: [Self; 8] = [
        Self::At,
        Self::Learner,
        Self::Region,
        Self::Province,
        Self::Body,
        Self::Role,
        Self::Office,
        Self::Edition,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::By => "by",
            Self::At => "at",
            Self::Format => "format",
            Self::Lang => "lang",
            Self::Learner => "learner",
            Self::Region => "region",
            Self::Province => "province",
            Self::Body => "body",
            Self::Role => "role",
            Self::Office => "office",
            Self::Edition => "edition",
            Self::Expand => "expand",
            Self::Session => "session",
            Self::SmallGroups => "small_groups",
            Self::Width => "width",
        }
    }

    /// What it does, for the description of the API.
    pub const fn about(self) -> &'static str {
        match self {
            Self::By => {
                "What rows are told apart by: any of module, activity, region, province, body, \
                 `population_class`, role, office, edition, and the further columns of the list of \
                 learners, separated by commas."
            }
            Self::At => {
                "A day, such as 2026-05-04: as it was at its end, in the course's time zone; at \
                 present if missing."
            }
            Self::Format => "json (default), csv, xlsx, html or text.",
            Self::Lang => "it or en; by Accept-Language if missing.",
            Self::Learner => "Only the learner of this id.",
            Self::Region => "Only learners of this region.",
            Self::Province => "Only learners of this province.",
            Self::Body => "Only learners of this body, by name or ISTAT code.",
            Self::Role => "Only learners in this role.",
            Self::Office => "Only learners of this office.",
            Self::Edition => "Only learners of this edition.",
            Self::Expand => "Of matrix: activities too.",
            Self::Session => "Of register: one session, as session or event/session.",
            Self::SmallGroups => {
                "true: figures of fewer than five people are shown, for those who may see the \
                 people themselves; not for publication."
            }
            Self::Width => {
                "Of text: how many characters a line may have; 80 if missing, 0 for any number."
            }
        }
    }
}
