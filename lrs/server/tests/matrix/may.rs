//! Who may, by the scopes of keys and the roles of people: the sets that the rows of the table name.

pub(crate) const EVERYBODY: &[&str] = &[];
pub(crate) const ALL: &[&str] = &["all", "administrator"];
pub(crate) const EDIT: &[&str] = &["all", "administrator", "designer"];
pub(crate) const ENROL: &[&str] = &["all", "administrator", "national_coordinator"];
/// Who is signed in, whatever their role.
pub(crate) const PEOPLE: &[&str] = &[
    "administrator",
    "national_coordinator",
    "regional_coordinator",
    "designer",
    "data_reader",
    "learner",
];
pub(crate) const WRITE: &[&str] = &["statements/write", "all"];
pub(crate) const READ: &[&str] = &["statements/read/mine", "statements/read", "all/read", "all"];
pub(crate) const PAGES: &[&str] = &[
    "statements/read/mine",
    "statements/read",
    "all/read",
    "all",
    "administrator",
    "designer",
    "data_reader",
];
pub(crate) const PAGES_ALL: &[&str] =
    &["statements/read", "all/read", "all", "administrator", "designer", "data_reader"];
pub(crate) const READ_ALL: &[&str] = &["statements/read", "all/read", "all"];
/// Who reads all statements and all courses.
pub(crate) const READ_EVERYTHING: &[&str] =
    &["all/read", "all", "administrator", "designer", "data_reader"];
/// Who sends or reads statements.
pub(crate) const SENT_OR_READ: &[&str] = &[
    "statements/write",
    "statements/read/mine",
    "statements/read",
    "all/read",
    "all",
    "administrator",
    "designer",
    "data_reader",
];
pub(crate) const STATE: &[&str] = &["state", "all"];
pub(crate) const READ_STATE: &[&str] = &["state", "all/read", "all"];
pub(crate) const PROFILE: &[&str] = &["profile", "all"];
pub(crate) const READ_PROFILES: &[&str] = &["profile", "all/read", "all"];
pub(crate) const COURSES: &[&str] = &[
    "progress/read",
    "progress/read in Umbria",
    "all/read",
    "all",
    "administrator",
    "national_coordinator",
    "regional_coordinator",
    "designer",
    "data_reader",
];
/// What is about a whole course, or about learners elsewhere.
pub(crate) const UNBOUND: &[&str] = &[
    "progress/read",
    "all/read",
    "all",
    "administrator",
    "national_coordinator",
    "designer",
    "data_reader",
];
pub(crate) const REGISTERS: &[&str] = &[
    "presence/write",
    "presence/write in Umbria",
    "all",
    "administrator",
    "national_coordinator",
    "regional_coordinator",
];
pub(crate) const UNBOUND_REGISTERS: &[&str] =
    &["presence/write", "all", "administrator", "national_coordinator"];
pub(crate) const KEYS: &[&str] = &[
    "statements/write",
    "statements/read/mine",
    "statements/read",
    "state",
    "profile",
    "progress/read",
    "progress/read in Umbria",
    "presence/write",
    "presence/write in Umbria",
    "packages/launch",
    "packages",
    "data/read",
    "identities/read",
    "metrics/read",
    "erasures/write",
    "all/read",
    "all",
    "administrator",
    "national_coordinator",
    "regional_coordinator",
    "designer",
    "data_reader",
    "learner",
];
/// Who has people erased: from everything, or from the statements of one's own authority.
pub(crate) const ERASE: &[&str] = &["erasures/write", "all", "administrator"];
/// Who reads the metrics.
pub(crate) const METRICS: &[&str] =
    &["metrics/read", "all/read", "all", "administrator", "data_reader"];
pub(crate) const DATA: &[&str] = &["data/read", "all/read", "all", "administrator", "data_reader"];
/// Who asks about statements: all of them, or those of one's own authority.
pub(crate) const QUESTIONS: &[&str] = &[
    "statements/read/mine",
    "statements/read",
    "data/read",
    "all/read",
    "all",
    "administrator",
    "designer",
    "data_reader",
];
pub(crate) const IDENTITIES: &[&str] =
    &["identities/read", "all/read", "all", "administrator", "data_reader"];
/// Who reads some of the tables.
pub(crate) const TABLES: &[&str] =
    &["data/read", "identities/read", "all/read", "all", "administrator", "data_reader"];
pub(crate) const READ_PACKAGES: &[&str] = &[
    "packages/launch",
    "packages",
    "all/read",
    "all",
    "administrator",
    "national_coordinator",
    "designer",
    "data_reader",
];
pub(crate) const LAUNCH: &[&str] =
    &["packages/launch", "packages", "all", "administrator", "national_coordinator", "designer"];
pub(crate) const PACKAGES: &[&str] = &["packages", "all", "administrator", "designer"];
